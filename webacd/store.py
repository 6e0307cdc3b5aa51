"""The truth on disk: the events, appended, and rows that say what they come to.

Each event is one row more and at most two guarded changes: a change names the state it starts from and must
find it. All of it is SQL that PostgreSQL and SQLite both know.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .config import put
from .core import events as ev
from .core.agent import Agent, AgentState
from .core.config import Configuration
from .core.contact import Contact, ContactState
from .core.estimate import HandleTime
from .core.offer import Offer, OfferState
from .core.state import RoutingState

LIVE = (ContactState.QUEUED, ContactState.OFFERED, ContactState.ACTIVE, ContactState.WRAP_UP)


class StaleWriter(Exception):
    """Another process has taken over the routing of the tenant."""


class StoreConflict(Exception):
    """A row is not in the state that the routing knows it in."""


class EstimateAccuracy(msgspec.Struct, frozen=True):
    """Of the contacts of a queue that were answered: estimate at arrival against wait, seconds."""

    queue: str
    contacts: int
    mean_estimate: float
    mean_wait: float
    mean_error: float
    """Mean of the absolute differences."""


class AcdStore:
    """Rows of one tenant. `epoch` is 0 until `take_over`."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.epoch = 0

    async def take_over(self, connection: AsyncConnection) -> None:
        """Become the writer; every earlier one is refused from now on."""
        mine = tables.tenants.c.tenant == self.tenant
        change = update(tables.tenants).where(mine).values(epoch=tables.tenants.c.epoch + 1)
        if (await connection.execute(change)).rowcount == 0:
            await connection.execute(insert(tables.tenants).values(tenant=self.tenant, epoch=1))
        self.epoch = (await connection.execute(select(tables.tenants.c.epoch).where(mine))).scalar_one()

    async def last_event(self, connection: AsyncConnection) -> int:
        """Number of the last event; 0 when there is none."""
        return await self._max(connection, tables.events)

    async def write(self, connection: AsyncConnection, events: Sequence[ev.Event], after: int) -> None:
        """Append `events`, numbered from `after` + 1, and bring the rows up to date.

        Raises `StaleWriter`, `StoreConflict`."""
        # The change is none; it holds the row, so that a writer of a later epoch waits for this commit.
        hold = update(tables.tenants).where(
            tables.tenants.c.tenant == self.tenant, tables.tenants.c.epoch == self.epoch
        )
        if (await connection.execute(hold.values(epoch=self.epoch))).rowcount != 1:
            raise StaleWriter(self.tenant)
        rows = [
            {
                "tenant": self.tenant,
                "seq": seq,
                "at": event.at,
                "contact": getattr(event, "contact", None),
                "body": msgspec.json.encode(event).decode(),
            }
            for seq, event in enumerate(events, after + 1)
        ]
        await connection.execute(insert(tables.events), rows)
        for event in events:
            await self._project(connection, event)

    async def events(self, connection: AsyncConnection, after: int = 0) -> list[ev.Event]:
        """All events after that number, in order."""
        table = tables.events
        found = await connection.execute(
            select(table.c.body).where(table.c.tenant == self.tenant, table.c.seq > after).order_by(table.c.seq)
        )
        return [msgspec.json.decode(body, type=ev.Event) for body in found.scalars()]

    async def load(self, connection: AsyncConnection) -> RoutingState:
        """What the rows say, ready to be continued."""
        tenants = await self._rows(connection, tables.tenants)
        active = tenants[0]["active_configuration"] if tenants else None
        configuration = msgspec.json.decode(active, type=Configuration) if active else Configuration()
        configured = {agent.id: agent for agent in configuration.agents}
        states = {row["agent"]: row for row in await self._rows(connection, tables.agent_states)}
        state = RoutingState()
        state.load(
            configuration,
            agents=[
                _agent(id, states.get(id), agent.queues, configuration.capacity(agent))
                for id, agent in configured.items()
            ],
            contacts=[
                _contact(row)
                for row in await self._rows(connection, tables.contacts, state=[each.value for each in LIVE])
            ],
            offers=[
                _offer(row) for row in await self._rows(connection, tables.offers, state=[OfferState.PENDING.value])
            ],
            handle_times={
                row["queue"]: HandleTime(row["mean"], row["count"])
                for row in await self._rows(connection, tables.handle_times)
            },
            seq=await self._max(connection, tables.contacts),
        )
        return state

    async def accuracy(self, connection: AsyncConnection, since: float = 0.0) -> list[EstimateAccuracy]:
        """How good the estimates given at arrival were, by queue, for contacts that arrived since then."""
        table = tables.contacts
        found = await connection.execute(
            select(
                table.c.queue,
                func.count(),
                func.avg(table.c.estimate),
                func.avg(table.c.waited),
                func.avg(func.abs(table.c.estimate - table.c.waited)),
            )
            .where(table.c.tenant == self.tenant, table.c.arrived_at >= since)
            .where(table.c.estimate.is_not(None), table.c.waited.is_not(None), table.c.queue.is_not(None))
            .group_by(table.c.queue)
            .order_by(table.c.queue)
        )
        return [EstimateAccuracy(*row) for row in found]

    async def _project(self, connection: AsyncConnection, event: ev.Event) -> None:
        values: dict[str, Any]
        match event:
            case ev.Configured():
                await self._configure(connection, event)
            case ev.ContactArrived():
                await self._insert_contact(connection, event)
            case ev.ContactReturned():
                values = {"state": "queued", "agent": None, "offer": None, "queue": event.queue}
                values |= {"assigned_at": None, "declined": msgspec.json.encode(event.declined).decode()}
                await self._contact(connection, event.contact, ("offered", "active"), values)
            case ev.ContactMoved():
                await self._contact(connection, event.contact, ("queued",), {"queue": event.queue})
            case ev.OfferMade():
                await self._insert_offer(connection, event)
            case ev.OfferClosed():
                values = {"state": event.outcome.value, "ended_at": event.at}
                await self._change(connection, tables.offers, event.offer, ("pending",), values)
            case ev.ContactAssigned():
                await self._assign(connection, event)
            case ev.ContactAbandoned():
                values = {"state": "abandoned", "agent": None, "offer": None, "ended_at": event.at}
                await self._contact(connection, event.contact, ("queued", "offered"), values)
            case ev.WrapUpStarted():
                values = {"state": "wrap_up", "wrap_up_deadline": event.deadline}
                await self._contact(connection, event.contact, ("active",), values)
            case ev.ContactCompleted():
                values = {"state": "completed", "ended_at": event.at, "outcome_code": event.outcome_code}
                was = "wrap_up" if event.after_wrap_up else "active"
                await self._contact(connection, event.contact, (was,), values)
            case ev.HandleTimeMeasured():
                key = {"tenant": self.tenant, "queue": event.queue}
                values = {"count": event.count, "mean": event.mean}
                await put(connection, tables.handle_times, key, values)
            case ev.AgentStateChanged():
                values = {"state": event.state, "reason": event.reason, "since": event.at}
                key = {"tenant": self.tenant, "agent": event.agent}
                await put(connection, tables.agent_states, key, values)
            case ev.AgentMovedBack():
                await self._turn(connection, event.agent, event.turn)

    async def _configure(self, connection: AsyncConnection, event: ev.Configured) -> None:
        tenants = await self._rows(connection, tables.tenants)
        active = tenants[0]["active_configuration"] if tenants else None
        before = msgspec.json.decode(active, type=Configuration) if active else Configuration()
        configuration = event.difference.apply(before)
        text = msgspec.json.encode(configuration).decode()
        await put(connection, tables.tenants, {"tenant": self.tenant}, {"active_configuration": text})
        table = tables.agent_states
        known = {row["agent"] for row in await self._rows(connection, table)}
        wanted = {agent.id for agent in configuration.agents}
        for agent in sorted(known - wanted):
            gone = delete(table).where(table.c.tenant == self.tenant, table.c.agent == agent)
            await connection.execute(gone)
        for agent in sorted(wanted - known):
            row = {"tenant": self.tenant, "agent": agent, "state": "offline", "since": event.at, "turn": 0}
            await connection.execute(insert(table).values(row))

    async def _insert_contact(self, connection: AsyncConnection, event: ev.ContactArrived) -> None:
        await connection.execute(
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
                arrived_at=event.at,
                estimate=event.estimate,
                state="queued",
                offers=0,
                declined="{}",
            )
        )

    async def _insert_offer(self, connection: AsyncConnection, event: ev.OfferMade) -> None:
        await connection.execute(
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
        await self._contact(connection, event.contact, ("queued",), values)

    async def _assign(self, connection: AsyncConnection, event: ev.ContactAssigned) -> None:
        values = {
            "state": "active",
            "agent": event.agent,
            "offer": None,
            "declined": "{}",
            "assigned_at": func.coalesce(tables.contacts.c.assigned_at, event.at),
            "waited": func.coalesce(tables.contacts.c.waited, event.waited),
        }
        was = ("active",) if event.how == "handed_over" else ("queued", "offered")
        await self._contact(connection, event.contact, was, values)
        await self._turn(connection, event.agent, event.turn)

    async def _turn(self, connection: AsyncConnection, agent: str, turn: int) -> None:
        table = tables.agent_states
        mine = update(table).where(table.c.tenant == self.tenant, table.c.agent == agent)
        await connection.execute(mine.values(turn=turn))

    async def _contact(
        self, connection: AsyncConnection, id: str, was: Sequence[str], values: Mapping[str, Any]
    ) -> None:
        await self._change(connection, tables.contacts, id, was, values)

    async def _change(
        self,
        connection: AsyncConnection,
        table: Table,
        id: str,
        was: Sequence[str],
        values: Mapping[str, Any],
    ) -> None:
        change = update(table).where(table.c.tenant == self.tenant, table.c.id == id, table.c.state.in_(was))
        if (await connection.execute(change.values(values))).rowcount != 1:
            raise StoreConflict(f"{table.name} {id} is not {' or '.join(was)}")

    async def _rows(
        self, connection: AsyncConnection, table: Table, state: Sequence[str] | None = None
    ) -> Sequence[RowMapping]:
        query = select(table).where(table.c.tenant == self.tenant)
        if state is not None:
            query = query.where(table.c.state.in_(state))
        return (await connection.execute(query)).mappings().all()

    async def _max(self, connection: AsyncConnection, table: Table) -> int:
        query = select(func.max(table.c.seq)).where(table.c.tenant == self.tenant)
        return (await connection.execute(query)).scalar_one() or 0


def _agent(id: str, row: RowMapping | None, queues: Sequence[str], capacity: int) -> Agent:
    agent = Agent(id, tuple(sorted(set(queues))), capacity)
    if row is not None:
        agent.state = AgentState(row["state"])
        agent.reason, agent.since, agent.turn = row["reason"], row["since"], row["turn"]
    return agent


def _contact(row: RowMapping) -> Contact:
    same = ("id", "seq", "queue", "medium", "session", "customer", "question", "priority", "arrived_at")
    also = ("estimate", "agent", "offer", "offers", "assigned_at", "wrap_up_deadline")
    return Contact(
        **{name: row[name] for name in (*same, *also)},
        state=ContactState(row["state"]),
        declined=msgspec.json.decode(row["declined"], type=dict[str, float]),
    )


def _offer(row: RowMapping) -> Offer:
    return Offer(row["id"], row["contact"], row["agent"], row["made_at"], row["deadline"])
