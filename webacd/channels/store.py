"""Rows of callbacks. A change names the version it starts from and must find it."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.ports import CallbackAttempt, CallbackFilter, CallbackRefused
from webacd.core.callback import LIVE, Callback, CallbackState
from webacd.tables import contacts

from .tables import attempts, callbacks

_IN_HAND = ("queued", "offered", "active")
_FIELDS = tuple(each.name for each in msgspec.structs.fields(Callback))


class Held(NamedTuple):
    """A contact of medium `callback` that waits, is being offered, or that an agent has."""

    contact: str
    session: str
    state: str
    agent: str | None
    outcome: str | None
    """Of the callback that last had it."""


class Place(NamedTuple):
    queue: str | None
    priority: int
    arrived_at: float


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def row_of(tenant: str, callback: Callback) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(callback, name) for name in _FIELDS}
    values["state"] = callback.state.value
    search = f"{folded(callback.name)}\n{folded(callback.reference)}"
    return values | {"tenant": tenant, "live_key": callback.live_key, "search": search}


def _callback(row: RowMapping) -> Callback:
    values = {name: row[name] for name in _FIELDS}
    return Callback(**values | {"state": CallbackState(row["state"])})


class CallbackStore:
    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self._mine = callbacks.c.tenant == tenant

    async def add(self, connection: AsyncConnection, callback: Callback) -> None:
        """Raises `CallbackRefused`: exists, when one is live for this customer and queue."""
        try:
            async with connection.begin_nested():
                await connection.execute(insert(callbacks).values(row_of(self.tenant, callback)))
        except IntegrityError:
            raise CallbackRefused("exists") from None

    async def save(self, connection: AsyncConnection, before: Callback, after: Callback) -> None:
        """Raises `CallbackRefused`: changed, exists."""
        if after is before:
            return
        where = and_(self._mine, callbacks.c.id == before.id, callbacks.c.version == before.version)
        values = row_of(self.tenant, after)
        try:
            async with connection.begin_nested():
                count = (await connection.execute(update(callbacks).where(where).values(values))).rowcount
        except IntegrityError:
            raise CallbackRefused("exists") from None
        if count != 1:
            raise CallbackRefused("changed")

    async def get(self, connection: AsyncConnection, id: str) -> Callback:
        """Raises `CallbackRefused`: gone."""
        found = await self._all(connection, callbacks.c.id == id)
        if not found:
            raise CallbackRefused("gone")
        return found[0]

    async def live(self, connection: AsyncConnection, queue: str, key: str) -> Callback | None:
        """The one of this customer and queue."""
        found = await self._all(connection, callbacks.c.live_key == f"{queue}\t{key}")
        return found[0] if found else None

    async def of_customer(self, connection: AsyncConnection, key: str, source: str) -> list[Callback]:
        """Live ones, of any queue."""
        states = [state.value for state in LIVE]
        return await self._all(
            connection, callbacks.c.key == key, callbacks.c.source == source, callbacks.c.state.in_(states)
        )

    async def of_contacts(self, connection: AsyncConnection, contacts: Iterable[str]) -> dict[str, Callback]:
        """Live ones by contact."""
        states = [state.value for state in LIVE]
        found = await self._all(connection, callbacks.c.contact.in_(list(contacts)), callbacks.c.state.in_(states))
        return {each.contact: each for each in found if each.contact is not None}

    async def in_state(self, connection: AsyncConnection, *states: CallbackState) -> list[Callback]:
        return await self._all(connection, callbacks.c.state.in_([state.value for state in states]))

    async def due(
        self,
        connection: AsyncConnection,
        queue: str,
        now: float,
        ageing: float,
        limit: int,
        full: Collection[str | None] = (),
    ) -> list[Callback]:
        """Those of a queue whose time has come, in the order in which they will wait. `full`: agents for whom (None:
        for anybody) no more of a list or of the API may be queued; they would hide those behind them."""
        nobody = [agent or "" for agent in full]
        place = func.coalesce(callbacks.c.arrived_at, callbacks.c.at) - ageing * callbacks.c.priority
        query = (
            select(callbacks)
            .where(self._mine, callbacks.c.state == CallbackState.SCHEDULED.value)
            .where(callbacks.c.queue == queue, callbacks.c.at <= now)
            .where(~(callbacks.c.source.in_(("list", "api")) & func.coalesce(callbacks.c.agent, "").in_(nobody)))
            .order_by(place, callbacks.c.created_at, callbacks.c.id)
            .limit(limit)
        )
        return [_callback(row) for row in (await connection.execute(query)).mappings()]

    async def due_queues(self, connection: AsyncConnection, now: float) -> list[str]:
        query = (
            select(callbacks.c.queue)
            .where(self._mine, callbacks.c.state == CallbackState.SCHEDULED.value, callbacks.c.at <= now)
            .distinct()
            .order_by(callbacks.c.queue)
        )
        return list((await connection.execute(query)).scalars())

    async def next_due(self, connection: AsyncConnection, after: float) -> float | None:
        query = select(func.min(callbacks.c.at)).where(
            self._mine, callbacks.c.state == CallbackState.SCHEDULED.value, callbacks.c.at > after
        )
        found: float | None = (await connection.execute(query)).scalar_one()
        return found

    async def contact(self, connection: AsyncConnection, id: str) -> Place | None:
        """Where a contact of the queue stands."""
        table = contacts.c
        query = select(table.queue, table.priority, table.arrived_at)
        row = (await connection.execute(query.where(table.tenant == self.tenant, table.id == id))).one_or_none()
        return None if row is None else Place(*row)

    async def held(self, connection: AsyncConnection) -> list[Held]:
        """Live contacts of callbacks; wrap-ups are of none any more."""
        table = contacts.c
        mine = and_(callbacks.c.tenant == table.tenant, callbacks.c.contact == table.id)
        query = (
            select(table.id, table.session, table.state, table.agent, callbacks.c.outcome)
            .select_from(contacts.outerjoin(callbacks, mine))
            .where(table.tenant == self.tenant, table.medium == "callback", table.state.in_(_IN_HAND))
            .order_by(table.seq)
        )
        return [Held(*row) for row in await connection.execute(query)]

    async def find(
        self, connection: AsyncConnection, which: CallbackFilter, after: tuple[float, str] | None, limit: int
    ) -> list[Callback]:
        """By time and id."""
        table = callbacks.c
        where: list[ColumnElement[bool]] = [self._mine]
        if which.queue:
            where.append(table.queue == which.queue)
        if which.states:
            where.append(table.state.in_(list(which.states)))
        if which.agent:
            where.append(or_(table.agent == which.agent, table.holder == which.agent))
        if which.since is not None:
            where.append(table.at >= which.since)
        if which.until is not None:
            where.append(table.at < which.until)
        if which.text.strip():
            where.append(table.search.contains(folded(which.text), autoescape=True))
        if which.own:
            mine = which.own
            where.append(or_(table.created_by == mine, table.agent == mine, table.holder == mine))
        if after is not None:
            at, id = after
            where.append(or_(table.at > at, and_(table.at == at, table.id > id)))
        query = select(callbacks).where(*where).order_by(table.at, table.id).limit(limit)
        return [_callback(row) for row in (await connection.execute(query)).mappings()]

    # --- attempts ---

    async def begin_attempt(self, connection: AsyncConnection, callback: Callback, at: float) -> int:
        """Its number, counted from 1."""
        count = select(func.max(attempts.c.number)).where(*self._attempts_of(callback.id))
        number = ((await connection.execute(count)).scalar_one() or 0) + 1
        values = {"agent": callback.holder, "session": callback.session, "at": at, "note": ""}
        key = {"tenant": self.tenant, "callback": callback.id, "number": number}
        await connection.execute(insert(attempts).values(key | values))
        return int(number)

    async def end_attempt(self, connection: AsyncConnection, callback: str, outcome: str, note: str, at: float) -> None:
        """Of the open one; nothing when none is."""
        which = update(attempts).where(*self._attempts_of(callback), attempts.c.outcome.is_(None))
        await connection.execute(which.values(outcome=outcome, note=note, ended_at=at))

    async def attempts(self, connection: AsyncConnection, callback: str) -> Sequence[CallbackAttempt]:
        query = select(attempts).where(*self._attempts_of(callback)).order_by(attempts.c.number)
        names = [each.name for each in msgspec.structs.fields(CallbackAttempt)]
        rows = (await connection.execute(query)).mappings()
        return [CallbackAttempt(**{name: row[name] for name in names}) for row in rows]

    def _attempts_of(self, callback: str) -> list[ColumnElement[bool]]:
        return [attempts.c.tenant == self.tenant, attempts.c.callback == callback]

    async def _all(self, connection: AsyncConnection, *where: ColumnElement[bool]) -> list[Callback]:
        query = select(callbacks).where(self._mine, *where).order_by(callbacks.c.at, callbacks.c.id)
        return [_callback(row) for row in (await connection.execute(query)).mappings()]
