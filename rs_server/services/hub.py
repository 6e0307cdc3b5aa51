"""Every change of a session goes through here: load, decide, store, and, once it is on disk, tell."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal
from weakref import WeakKeyDictionary

import msgspec
import structlog

from rs_server.core.errors import IllegalTransition, Refusal
from rs_server.core.session import Change, Session, for_staff_only, is_silent
from rs_server.db import Database, UnitOfWork
from rs_server.ports import Bus, Clock
from rs_server.protocol.base import Message
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable
from rs_server.protocol.socket import EventFrame
from rs_server.services import ids
from rs_server.store import sessions as store

log = structlog.get_logger()

Readers = Literal["everyone", "staff", "customer"]
Reaction = Callable[[Session, Sequence[Durable]], None]

MOST_OVER = 50
"""So many sessions that are over are kept in memory: they are looked at for a while yet."""

_MARKS: Mapping[str, bytes] = {"everyone": b"e", "staff": b"s", "customer": b"c"}


def topic(session: str) -> str:
    return f"session.{session}"


class Hub:
    """Holds the open sessions in memory; the store has the truth."""

    def __init__(self, database: Database, bus: Bus, clock: Clock, tenant: str) -> None:
        self.database = database
        self.bus = bus
        self.clock = clock
        self.tenant = tenant
        self._sessions: dict[str, Session] = {}
        self._over: OrderedDict[str, Session] = OrderedDict()
        self._working: WeakKeyDictionary[UnitOfWork, dict[str, Session]] = WeakKeyDictionary()
        self._reactions: list[Reaction] = []

    def react(self, reaction: Reaction) -> None:
        """Call after each committed change, with the new state and its events. May not wait or fail."""
        self._reactions.append(reaction)

    async def get(self, session: str) -> Session:
        """The committed state. Raises `not_found`."""
        found = self._sessions.get(session) or self._over.get(session)
        if found is None:
            async with self.database.read() as connection:
                found = await store.load(connection, self.tenant, session)
            if found is None:
                raise ProtocolError(Code.NOT_FOUND, "no such session")
            # Another may have loaded, even changed it, while we read.
            known = self._sessions.get(session) or self._over.get(session)
            found = known or self._keep(found)
        return found

    async def within(self, unit: UnitOfWork, session: str) -> Session:
        """The state as the unit has made it so far. Raises `not_found`."""
        return self._working.get(unit, {}).get(session) or await self.get(session)

    def _keep(self, session: Session) -> Session:
        """Hold it in memory: while it is not over, and some of those that are."""
        name = session.info.id
        if session.info.state != "ended":
            self._sessions[name] = session
            return session
        self._sessions.pop(name, None)
        self._over[name] = session
        self._over.move_to_end(name)
        while len(self._over) > MOST_OVER:
            self._over.popitem(last=False)
        return session

    def peek(self, session: str) -> Session | None:
        """The state when it is in memory."""
        return self._sessions.get(session)

    def open(self) -> list[Session]:
        """The sessions in memory that are not over."""
        return list(self._sessions.values())

    async def load_open(self) -> None:
        """After a start: bring every session that is not over into memory."""
        async with self.database.read() as connection:
            for name in await store.open_sessions(connection, self.tenant):
                found = await store.load(connection, self.tenant, name)
                if found is not None:
                    self._sessions[name] = found

    @asynccontextmanager
    async def unit(self, unit: UnitOfWork | None = None) -> AsyncIterator[UnitOfWork]:
        """The given unit of work, or a new one."""
        if unit is not None:
            yield unit
            return
        async with self.database.begin() as fresh:
            yield fresh

    @asynccontextmanager
    async def change(self, session: str, unit: UnitOfWork | None = None) -> AsyncIterator[Change]:
        """Work on a copy; on leaving, its events are stored, and after the commit they are told.

        A refusal of the rules leaves as `ProtocolError`, and nothing of the act remains."""
        with refusals():
            async with self.unit(unit) as inside:
                working = self._working.setdefault(inside, {})
                if session not in working:
                    working[session] = (await self.get(session)).copy()
                change = Change(working[session], self.clock.now(), ids.new_id)
                try:
                    yield change
                    await self.save(inside, change)
                except BaseException:
                    # Half a change is none: whoever goes on in this unit begins from what is stored.
                    working.pop(session, None)
                    raise

    async def create(self, unit: UnitOfWork, contact: str, session: Session) -> Change:
        """A new session's row; the caller emits its first events and calls `save`."""
        await store.create(unit.connection, self.tenant, contact, session)
        self._working.setdefault(unit, {})[session.info.id] = session
        return Change(session, self.clock.now(), ids.new_id)

    async def save(self, unit: UnitOfWork, change: Change) -> None:
        if not change.events:
            return
        session, events = change.session, list(change.events)
        change.events.clear()
        await store.append(unit.connection, session, events, change.now)
        # What is told is the state as it is now: a later change in the same unit tells its own.
        settled = session.copy()
        unit.after_commit(lambda: self._committed(settled, events, change.now))

    def _committed(self, session: Session, events: Sequence[tuple[int, Durable]], at: float) -> None:
        name = session.info.id
        self._keep(session)
        for seq, body in events:
            if is_silent(body):
                continue
            audience: Readers = "staff" if for_staff_only(body) else "everyone"
            self._publish(EventFrame(session=name, seq=seq, at=at, body=body), audience)
        bodies = [body for _seq, body in events]
        for reaction in self._reactions:
            try:
                reaction(session, bodies)
            except Exception:
                log.exception("reaction failed", session=name)

    def tell(self, session: str, body: Any, audience: Readers = "everyone") -> None:
        """Send a state or volatile message to everybody connected to the session, or those of one side."""
        assert isinstance(body, Message)
        self._publish(EventFrame(session=session, seq=0, at=self.clock.now(), body=body), audience)  # type: ignore[arg-type]

    def _publish(self, frame: EventFrame, audience: Readers) -> None:
        self.bus.publish(topic(frame.session or ""), _MARKS[audience] + msgspec.json.encode(frame))

    def listen(self, session: str, staff: bool, handler: Callable[[bytes], None]) -> Callable[[], None]:
        """Call `handler` with each encoded `EventFrame` of the session that this kind of reader may see."""

        mine = (_MARKS["everyone"], _MARKS["staff" if staff else "customer"])

        def on_message(_topic: str, payload: bytes) -> None:
            if payload[:1] in mine:
                handler(payload[1:])

        return self.bus.subscribe(topic(session), on_message)


class refusals:  # reads as a phrase: `with refusals():`
    """Turns the rules' refusals into the protocol's errors."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refusal):
            raise ProtocolError(Code(error.code), error.message) from error
        if isinstance(error, IllegalTransition):
            code = Code.SESSION_ENDED if error.kind == "session" and error.state == "ended" else Code.CONFLICT
            raise ProtocolError(code, str(error)) from error
