"""The sessions that a control socket follows: a snapshot of each or what was missed, then every event as it happens."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from rs_server.core.session import Session, is_in, is_told
from rs_server.http.sockets import Outbox
from rs_server.protocol.acd import DeskChanged
from rs_server.protocol.session import Participant, PresenceChanged, SessionSnapshot
from rs_server.protocol.socket import EventFrame
from rs_server.services.everything import Services
from rs_server.services.presence import Client
from rs_server.store import sessions as session_store

MOST_CATCH_UP = 1000
"""Who missed more events than this gets a snapshot instead."""


class _Sequenced(msgspec.Struct):
    seq: int


class Following:
    """What `client`, which is the actor's and sends by `out`, hears of sessions."""

    def __init__(self, services: Services, client: Client, out: Outbox, *, staff: bool) -> None:
        self._services = services
        self._client = client
        self._actor = client.actor
        self._out = out
        self._is_staff = staff
        self._listening: dict[str, Callable[[], None]] = {}
        self._held: dict[str, list[bytes]] = {}

    def end(self) -> None:
        for session in list(self._listening):
            self._unlisten(session)
        self._services.desk.unwatch(self._client)
        self._services.supervise.unwatch(self._client)

    async def follow_all(self, since: Mapping[str, int]) -> None:
        """Staff: the desk, then every session of theirs, now and as they come. `since` as in `Hello`."""
        services = self._services
        services.desk.watch(self._client)
        changed = asyncio.Event()

        def stir(session: Session) -> None:
            person = session.of_user(self._actor)
            here = person is not None and is_in(person) and session.info.state != "ended"
            if not here and session.info.id in self._listening:
                # Before another event of it can pass.
                self._unlisten(session.info.id)
                self._client.send(None, DeskChanged(sessions_gone=[session.info.id]))
            changed.set()

        seen = dict(since)
        end = services.watch.on_sessions(self._actor, stir)
        try:
            while True:
                changed.clear()
                for session in services.desk.sessions(self._actor):
                    if session not in self._listening:
                        await self.follow(session, seen.pop(session, None))
                await changed.wait()
        finally:
            end()

    async def follow(self, session_id: str, since: int | None) -> None:
        """Begin to pass on a session's events: first a snapshot, or what was missed; what happens meanwhile is
        held back and follows."""
        services = self._services
        self._held[session_id] = []
        self._listening[session_id] = services.hub.listen(
            session_id, self._is_staff, lambda frame: self._passed(session_id, frame)
        )
        session = await services.hub.get(session_id)
        missed = None
        if since is not None and 0 < since <= session.seq <= since + MOST_CATCH_UP:
            async with services.hub.database.read() as connection:
                missed = await session_store.events_after(connection, session_id, since)
            session = await services.hub.get(session_id)
        if session_id not in self._listening:
            return
        if missed is None or since is None:
            self._out.say(self._event(session_id, snapshot(session, services, self._actor, staff=self._is_staff)))
            told = session.seq
        else:
            told = self._catch_up(session, since, missed)
        for frame in self._held.pop(session_id, []):
            # What was stored while we read is among what was read.
            seq = msgspec.json.decode(frame, type=_Sequenced).seq
            if seq == 0 or seq > told:
                self._out.put(frame)
        if session.info.state != "ended":
            services.calls.greet(session_id, self._client)

    def _passed(self, session: str, frame: bytes) -> None:
        held = self._held.get(session)
        if held is not None:
            held.append(frame)
        else:
            self._out.put(frame)

    def _catch_up(self, session: Session, since: int, missed: list[tuple[int, float, Any]]) -> int:
        """Tell what was missed; returns the number of the last event told."""
        name, told = session.info.id, since
        for seq, at, body in missed:
            if seq > session.seq:
                # Stored, but not told to anybody yet: it comes with the others.
                break
            told = seq
            if is_told(body, staff=self._is_staff):
                self._out.say(EventFrame(session=name, seq=seq, at=at, body=body))
        for presence in self._services.presences.of(session, staff=self._is_staff):
            self._out.say(self._event(name, PresenceChanged(presence=presence)))
        position = self._services.desk.position(name)
        you = _part(session, self._actor)
        page = self._services.page_streams.tabs(name, you)
        for body in (position, page, *self._services.desktops.caught_up(session, you)):
            if body is not None:
                self._out.say(self._event(name, body))
        return told

    def _unlisten(self, session: str) -> None:
        end = self._listening.pop(session, None)
        if end is not None:
            end()
        self._held.pop(session, None)

    def _event(self, session: str, body: Any) -> EventFrame:
        return EventFrame(session=session, seq=0, at=self._services.clock.now(), body=body)


def _part(session: Session, actor: str) -> Participant | None:
    return next((p for p in session.participants.values() if actor in (p.id, p.user)), None)


def snapshot(session: Session, services: Services, actor: str, *, staff: bool) -> SessionSnapshot:
    """Everything that this reader may know of the session."""
    you = _part(session, actor)
    lines = [line for line in session.lines if staff or line.audience == "everyone"]
    return SessionSnapshot(
        you=you.id if you is not None else "",
        seq=session.seq,
        session=session.info,
        participants=list(session.participants.values()),
        grants=list(session.grants.values()),
        files=[file for file in session.files.values() if file.folder_of is None],
        lines=lines,
        presence=services.presences.of(session, staff=staff),
        note=session.note if staff else None,
        invites=list(session.invites.values()) if staff else [],
        position=services.desk.position(session.info.id) if session.info.state == "waiting" else None,
        page=services.page_streams.tabs(session.info.id, you),
        shares=services.desktops.shares(session, you),
    )
