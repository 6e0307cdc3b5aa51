"""The native clients that are connected: one of a participant, and what was given there while it is away."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

import structlog

from rs_server.core import native
from rs_server.core.capabilities import Native
from rs_server.core.session import Session, is_in
from rs_server.protocol.desktop import NativeClient
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable
from rs_server.services.hub import Hub
from rs_server.services.presence import Client, Presences

log = structlog.get_logger()

AWAY_SECONDS = 30.0
"""So long what was given at a client outlasts its connection: it comes back, and nobody is asked again."""


class NativeSocket(Client, Protocol):
    """A native client's control socket."""

    @property
    def endpoint(self) -> str: ...

    @property
    def session(self) -> str: ...

    @property
    def participant(self) -> str: ...

    @property
    def program(self) -> NativeClient | None: ...

    @property
    def pending(self) -> int:
        """Frames that wait to be sent."""

    def unsend(self, which: Callable[[object], bool]) -> None:
        """Of the messages that wait to be sent, those are not sent."""


_Key = tuple[str, str]
"""Session and participant."""


class Natives:
    def __init__(self, hub: Hub, presences: Presences) -> None:
        self._hub = hub
        self._presences = presences
        self._here: dict[str, dict[str, NativeSocket]] = {}
        """By session and participant."""
        self._away: dict[_Key, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        hub.react(self._changed)

    def start(self) -> None:
        """After a restart they have to come back as after any loss."""
        for session in self._hub.open():
            self._look(session)

    async def close(self) -> None:
        for timer in self._away.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- who is connected ---

    def of(self, session: str, participant: str) -> NativeSocket | None:
        return self._here.get(session, {}).get(participant)

    def able(self, session: str, participant: str) -> Native | None:
        """The client that this person has connected, as the rules know it."""
        client = self.of(session, participant)
        if client is None or client.program is None:
            return None
        return Native(client.endpoint, frozenset(client.program.can))

    def in_session(self, session: str) -> Sequence[NativeSocket]:
        return list(self._here.get(session, {}).values())

    async def connect(self, client: NativeSocket) -> None:
        """It takes the place of a former one; what was given at another ends first. A customer's comes back to a
        session that is over as well, to say what it still has to; anybody else's is refused (`session_ended`)."""
        session = await self._hub.get(client.session)
        if session.info.state == "ended":
            if session.participants[client.participant].role != "customer":
                raise ProtocolError(Code.SESSION_ENDED)
            return
        if any(grant.endpoint != client.endpoint for grant in native.given_by(session, client.participant)):
            async with self._hub.change(client.session) as change:
                native.rest_on(change, client.participant, client.endpoint)
        former = self.of(client.session, client.participant)
        self._here.setdefault(client.session, {})[client.participant] = client
        if former is not None:
            # Final for another program: two that come back by themselves would push each other out for ever.
            former.close(Code.CONFLICT if former.endpoint == client.endpoint else Code.NOT_ALLOWED)
        self._show(client, client.program)

    def disconnect(self, client: NativeSocket) -> None:
        if self.of(client.session, client.participant) is client:
            here = self._here[client.session]
            del here[client.participant]
            if not here:
                del self._here[client.session]
            self._show(client, None)

    def _show(self, client: NativeSocket, program: NativeClient | None) -> None:
        session = self._hub.peek(client.session)
        person = session.participants.get(client.participant) if session is not None else None
        if session is not None and person is not None:
            self._presences.update(session, person, native=program)
            self._look(session)

    def signed_out(self, user: str, sign_in: bytes | None) -> None:
        """Close the user's clients that rest on this sign-in, or all of them (None)."""
        for client in [client for here in self._here.values() for client in here.values()]:
            if client.sign_in is not None and client.actor == user and sign_in in (None, client.sign_in):
                client.close(Code.NOT_SIGNED_IN)

    # --- what was given there ---

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        for client in self.in_session(session.info.id):
            person = session.participants[client.participant]
            # A customer's hears that it is over, as their window does.
            if person.role != "customer" and (session.info.state == "ended" or not is_in(person)):
                client.close(Code.SESSION_ENDED)
        self._look(session)

    def _look(self, session: Session) -> None:
        """Whose client is away with something given there is waited for."""
        name = session.info.id
        missed = {(name, giver) for giver in native.givers(session) if self.of(name, giver) is None}
        for key in [key for key in self._away if key[0] == name and key not in missed]:
            self._away.pop(key).cancel()
        loop = asyncio.get_running_loop()
        for key in missed - self._away.keys():
            self._away[key] = loop.call_later(AWAY_SECONDS, self._not_back, key)

    def _not_back(self, key: _Key) -> None:
        self._away.pop(key, None)
        self._start(self._end(key))

    async def _end(self, key: _Key) -> None:
        session, giver = key
        async with self._hub.change(session) as change:
            if self.of(session, giver) is None:
                native.end_native(change, giver)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("consents of a native client not ended", exc_info=task.exception())
