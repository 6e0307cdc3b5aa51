"""Events as changes of rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Table,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .config import put
from .core import events as ev
from .core.difference import KINDS, Kind
from .core.offer import OfferState
from .rows import RULES, json

MANY = 500


class StoreConflict(Exception):
    """A row is not in the state that the routing knows it in."""


class Projection:
    """Brings the rows of a tenant up to date. Each change names the state that it starts from and must find it, or
    raises `StoreConflict`."""

    def __init__(self, connection: AsyncConnection, tenant: str) -> None:
        self.connection = connection
        self.tenant = tenant

    async def apply(self, event: ev.Event) -> None:
        values: dict[str, Any]
        match event:
            case ev.Configured():
                await self._configure(event)
            case ev.ContactArrived():
                await self._insert_contact(event)
            case ev.ContactReturned():
                values = {"state": "queued", "agent": None, "offer": None, "queue": event.queue}
                values |= {"assigned_at": None, "declined": json(event.declined)}
                values |= {"steps": event.steps, "hold": json(event.hold), "skills": _kept_skills(event.queue)}
                if event.handled:
                    values["returned_at"] = event.at
                await self._contact(event.contact, ("offered", "active"), values)
            case ev.ContactMoved():
                values = {"queue": event.queue, "steps": event.steps, "hops": event.hops, "hold": json(event.hold)}
                values["skills"] = _kept_skills(event.queue)
                if event.reason == "moved":
                    values["returned_at"] = event.at
                await self._contact(event.contact, ("queued",), values)
            case ev.ContactWidened():
                await self._contact(event.contact, ("queued",), {"steps": event.steps})
            case ev.ContactHeld():
                await self._contact(event.contact, ("queued",), {"hold": json(event.hold)})
            case ev.OfferMade():
                await self._insert_offer(event)
            case ev.OfferClosed():
                values = {"state": event.outcome.value, "ended_at": event.at}
                await self._change(tables.offers, event.offer, ("pending",), values)
                await self._count_missed(event)
            case ev.ContactAssigned():
                await self._assign(event)
            case ev.ContactAbandoned():
                values = {"state": "abandoned", "agent": None, "offer": None, "ended_at": event.at}
                await self._contact(event.contact, ("queued", "offered"), values)
            case ev.ContactRedirected():
                state = "callback_scheduled" if event.to == "callback" else "redirected"
                await self._contact(event.contact, ("queued",), {"state": state, "ended_at": event.at})
            case ev.WrapUpStarted():
                values = {"state": "wrap_up", "wrap_up_deadline": event.deadline}
                await self._contact(event.contact, ("active",), values)
            case ev.ContactCompleted():
                values = {"state": "completed", "ended_at": event.at, "outcome_code": event.outcome_code}
                was = "wrap_up" if event.after_wrap_up else "active"
                await self._contact(event.contact, (was,), values)
            case ev.HandleTimeMeasured():
                key = {"tenant": self.tenant, "queue": event.queue}
                values = {"count": event.count, "mean": event.mean}
                await put(self.connection, tables.handle_times, key, values)
            case ev.AgentStateChanged():
                values = {"state": event.state, "reason": event.reason, "since": event.at}
                if event.state == "ready":
                    values["missed"] = 0
                key = {"tenant": self.tenant, "agent": event.agent}
                await put(self.connection, tables.agent_states, key, values)
            case ev.AgentMovedBack():
                await self._turn(event.agent, event.turn)

    async def _configure(self, event: ev.Configured) -> None:
        change = event.difference
        for kind in KINDS:
            await self._put_items(kind, {item.id: json(item) for item in change.put(kind)})
            gone = change.removed.get(kind, ())
            await self._each(delete(tables.routed).where(self._item(kind)), [{"item": id} for id in gone])
            order = [{"item": id, "place": place} for place, id in enumerate(change.order.get(kind, ()))]
            moved = update(tables.routed).where(self._item(kind)).values(position=bindparam("place"))
            await self._each(moved, order)
        if change.rules is not None:
            key = {"tenant": self.tenant, "kind": RULES, "id": RULES}
            await put(self.connection, tables.routed, key, {"body": json(change.rules)}, {"position": 0})
        table = tables.agent_states
        mine = and_(table.c.tenant == self.tenant, table.c.agent == bindparam("item"))
        await self._each(delete(table).where(mine), [{"item": id} for id in change.removed.get("agents", ())])
        known = await self._known(table, table.c.agent, [agent.id for agent in change.agents])
        fresh = {"tenant": self.tenant, "state": "offline", "since": event.at, "turn": 0, "missed": 0}
        new = [fresh | {"agent": agent.id} for agent in change.agents if agent.id not in known]
        await self._each(insert(table), new)

    async def _put_items(self, kind: Kind, bodies: Mapping[str, str | None]) -> None:
        table = tables.routed
        known = await self._known(table, table.c.id, list(bodies), table.c.kind == kind)
        here = and_(table.c.tenant == self.tenant, table.c.kind == kind)
        last = (await self.connection.execute(select(func.max(table.c.position)).where(here))).scalar_one()
        old = [{"item": id, "text": body} for id, body in bodies.items() if id in known]
        await self._each(update(table).where(self._item(kind)).values(body=bindparam("text")), old)
        new = [{"id": id, "body": body} for id, body in bodies.items() if id not in known]
        first = last + 1 if last is not None else 0
        rows = [each | {"tenant": self.tenant, "kind": kind, "position": at} for at, each in enumerate(new, first)]
        await self._each(insert(table), rows)

    def _item(self, kind: Kind) -> ColumnElement[bool]:
        table = tables.routed
        return and_(table.c.tenant == self.tenant, table.c.kind == kind, table.c.id == bindparam("item"))

    async def _known(
        self, table: Table, column: Column[Any], ids: Sequence[str], *also: ColumnElement[bool]
    ) -> set[str]:
        """Which of the ids have a row. Asked for few at a time: databases bound the size of a statement."""
        found: set[str] = set()
        for start in range(0, len(ids), MANY):
            query = select(column).where(table.c.tenant == self.tenant, column.in_(ids[start : start + MANY]), *also)
            found.update((await self.connection.execute(query)).scalars())
        return found

    async def _each(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            await self.connection.execute(statement, rows)

    async def _insert_contact(self, event: ev.ContactArrived) -> None:
        await self.connection.execute(
            insert(tables.contacts).values(
                tenant=self.tenant,
                id=event.contact,
                seq=event.seq,
                queue=event.queue,
                medium=event.medium,
                session=event.session,
                customer=event.customer,
                question=event.question,
                priority=event.priority,
                arrived_at=event.arrived_at,
                skills=json(event.skills),
                hold=json(event.hold),
                customer_key=event.customer_key,
                number=event.number,
                steps=event.steps,
                hops=0,
                returned_at=event.kept_place_at,
                estimate=event.estimate,
                state="queued",
                offers=0,
                declined="{}",
            )
        )

    async def _insert_offer(self, event: ev.OfferMade) -> None:
        await self.connection.execute(
            insert(tables.offers).values(
                tenant=self.tenant,
                id=event.offer,
                contact=event.contact,
                agent=event.agent,
                made_at=event.at,
                deadline=event.deadline,
                state="pending",
            )
        )
        values = {"state": "offered", "agent": event.agent, "offer": event.offer, "offers": event.number}
        await self._contact(event.contact, ("queued",), values)

    async def _assign(self, event: ev.ContactAssigned) -> None:
        values = {
            "state": "active",
            "agent": event.agent,
            "offer": None,
            "declined": "{}",
            "hold": json(event.hold),
            "assigned_at": func.coalesce(tables.contacts.c.assigned_at, event.at),
            "waited": func.coalesce(tables.contacts.c.waited, event.waited),
        }
        was = ("active",) if event.how == "handed_over" else ("queued", "offered")
        await self._contact(event.contact, was, values)
        await self._turn(event.agent, event.turn)
        if event.remember is not None:
            await self._remember(event, event.remember)

    async def _remember(self, event: ev.ContactAssigned, what: ev.Remember) -> None:
        table = tables.sticky
        key = {"tenant": self.tenant, "queue": what.queue, "customer": what.customer}
        await put(self.connection, table, key, {"agent": event.agent, "at": event.at})
        old = delete(table).where(table.c.tenant == self.tenant, table.c.at < what.since)
        await self.connection.execute(old)

    async def _count_missed(self, event: ev.OfferClosed) -> None:
        table = tables.agent_states
        mine = update(table).where(table.c.tenant == self.tenant, table.c.agent == event.agent)
        if event.outcome is OfferState.TIMED_OUT:
            await self.connection.execute(mine.values(missed=table.c.missed + 1))
        elif event.outcome is OfferState.ACCEPTED:
            await self.connection.execute(mine.values(missed=0))

    async def _turn(self, agent: str, turn: int) -> None:
        table = tables.agent_states
        mine = update(table).where(table.c.tenant == self.tenant, table.c.agent == agent)
        await self.connection.execute(mine.values(turn=turn))

    async def _contact(self, id: str, was: Sequence[str], values: Mapping[str, Any]) -> None:
        await self._change(tables.contacts, id, was, values)

    async def _change(
        self,
        table: Table,
        id: str,
        was: Sequence[str],
        values: Mapping[str, Any],
    ) -> None:
        change = update(table).where(table.c.tenant == self.tenant, table.c.id == id, table.c.state.in_(was))
        if (await self.connection.execute(change.values(values))).rowcount != 1:
            raise StoreConflict(f"{table.name} {id} is not {' or '.join(was)}")


def _kept_skills(queue: str | None) -> ColumnElement[str]:
    """Skills that were asked for with a contact are of the queue that it was meant for."""
    contacts = tables.contacts
    return case((contacts.c.queue == queue, contacts.c.skills), else_="{}")
