"""What is recorded: which streams go into which part, and what became of the parts."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import structlog

from rs_server.core.consent import open_question
from rs_server.core.errors import Refusal
from rs_server.core.page_record import count_messages
from rs_server.core.session import Change, Session, is_in
from rs_server.ports import BlobMissing, Blobs, Media, PartClosed, PartOpened, Source
from rs_server.protocol.consent import Grant
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.notices import Notices
from rs_server.store import recordings as store
from rs_server.store import sessions as session_store

log = structlog.get_logger()

RETRY_SECONDS = 5.0
"""A stream whose part failed gets a new one, but not more often than this."""
LATE_SECONDS = 30.0
TOLD_SECONDS = 60.0
"""The staff of a session is told of failures at most so often."""


@dataclass(slots=True)
class _Known:
    """A part that has not closed yet."""

    session: str
    participant: str
    source: Source
    began_at: float


class Recordings:
    """Starts a part for each stream that is recorded; a stream that comes back on another leg, or whose part failed,
    gets a new part. `notices` holds what was held back."""

    def __init__(self, hub: Hub, media: Media, blobs: Blobs) -> None:
        self._hub = hub
        self._media = media
        self._blobs = blobs
        self._running: dict[str, dict[Source, str]] = {}
        self._parts: dict[str, _Known] = {}
        self._not_before: dict[Source, float] = {}
        self._told: dict[str, float] = {}
        self._sync_soon: Callable[[str], None] | None = None
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.notices = Notices(hub.database, hub.clock)

    def on_due(self, sync_soon: Callable[[str], None]) -> None:
        """Call with the session when `sync` may begin again what failed."""
        self._sync_soon = sync_soon

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        await self.notices.close()

    async def start(self) -> None:
        """Parts that a crash left open are closed with what is on disk."""
        async with self._hub.database.read() as connection:
            left = await store.unfinished(connection)
        for part in left:
            size = await self._blobs.size(part.blob) or 0
            written = await self._blobs.changed(part.blob)
            frames, keyframes = await self._counted(part) if part.label == "page" else (part.frames, part.keyframes)
            async with self._hub.database.begin() as unit:
                await store.close_part(
                    unit.connection,
                    part.id,
                    ended_at=written or part.started_at,
                    frames=frames,
                    keyframes=keyframes,
                    size=size,
                    complete=False,
                )

    async def _counted(self, part: store.PartRow) -> tuple[int, int]:
        """Messages and snapshots of a page that are on disk."""
        try:
            stored = b"".join([chunk async for chunk in self._blobs.read(part.blob)])
            return await asyncio.to_thread(count_messages, stored)
        except (BlobMissing, ValueError):
            return 0, 0

    async def sync(self, session: Session, streams: Mapping[Source, str]) -> None:
        """Record exactly these streams (with the participant each is of), if the session is recorded now."""
        name = session.info.id
        wanted = streams if session.info.recording else {}
        for source, part in list(self._running.get(name, {}).items()):
            if source not in wanted:
                self._forget(name, source)
                await self._media.stop_recording(part)
        for source, participant in wanted.items():
            now = self._hub.clock.now()
            if source in self._running.get(name, {}) or now < self._not_before.get(source, now):
                continue
            part = ids.new_id()
            path = self._blobs.path(f"recordings/{name}/{part}.webm")
            if path is None:
                raise RuntimeError("recordings need blobs with a path")
            self._not_before.pop(source, None)
            self._running.setdefault(name, {})[source] = part
            self._parts[part] = _Known(name, participant, source, now)
            await self._media.record(source, part, path)

    def forget_leg(self, session: str, leg: str) -> None:
        """The leg is gone, and its parts with it: what comes next begins new ones."""
        for source in [s for s in self._running.get(session, {}) if s.leg == leg]:
            self._forget(session, source)
        for source in [s for s in self._not_before if s.leg == leg]:
            del self._not_before[source]
        # What the engine has yet to say of them comes soon, or, where the leg was gone before they began, never.
        for part in [part for part, known in self._parts.items() if known.source.leg == leg]:
            asyncio.get_running_loop().call_later(LATE_SECONDS, self._parts.pop, part, None)

    def _forget(self, session: str, source: Source) -> None:
        running = self._running.get(session, {})
        running.pop(source, None)
        if not running:
            self._running.pop(session, None)

    async def opened(self, event: PartOpened) -> None:
        known = self._parts.get(event.part)
        if known is None:
            return
        async with self._hub.database.begin() as unit:
            await store.add_part(
                unit.connection,
                store.PartRow(
                    id=event.part,
                    session=known.session,
                    participant=known.participant,
                    label=event.source.label,
                    codec=event.codec,
                    blob=f"recordings/{known.session}/{event.part}.webm",
                    started_at=event.started_at,
                ),
            )
            await session_store.mark_recorded(unit.connection, known.session)

    async def closed(self, event: PartClosed) -> None:
        known = self._parts.pop(event.part, None)
        if known is not None and self._running.get(known.session, {}).get(known.source) == event.part:
            # Nobody stopped it: the stream goes on, unrecorded.
            self._forget(known.session, known.source)
            self._begin_again(known)
            if not event.complete:
                try:
                    await self.tell_failed(known.session, known.participant, known.source.label)
                except Exception:
                    # Where recordings cannot be written, this may not go on disk, either.
                    log.exception("failed recording not told", session=known.session)
        async with self._hub.database.begin() as unit:
            await store.close_part(
                unit.connection,
                event.part,
                ended_at=event.ended_at,
                frames=event.frames,
                keyframes=event.keyframes,
                size=event.bytes,
                complete=event.complete,
            )

    def _begin_again(self, known: _Known) -> None:
        now = self._hub.clock.now()
        self._not_before[known.source] = due = max(now, known.began_at + RETRY_SECONDS)
        former = self._timers.pop(known.session, None)
        if former is not None:
            former.cancel()
        self._timers[known.session] = asyncio.get_running_loop().call_later(due - now, self._due, known.session)

    def _due(self, session: str) -> None:
        self._timers.pop(session, None)
        if self._sync_soon is not None:
            self._sync_soon(session)

    async def tell_failed(self, name: str, participant: str, label: str) -> None:
        """Say in the session's log that a part failed."""
        log.error("recording failed", session=name, label=label)
        now = self._hub.clock.now()
        self._told = {session: at for session, at in self._told.items() if now - at < TOLD_SECONDS}
        session = self._hub.peek(name)
        if session is None or session.info.state == "ended" or name in self._told:
            return
        self._told[name] = now
        async with self._hub.change(name) as change:
            person = change.session.participants.get(participant)
            change.line("dropped", person, audience="staff", reason="recording", label=label)

    # --- on demand ---

    async def ask(self, session_id: str, who: Participant) -> None:
        """The agent wants to record: the customer is asked; the answer begins it."""
        async with self._hub.change(session_id) as change:
            session = change.session
            self._check(session, who)
            if session.info.recording:
                return
            customer = session.customer
            if customer is None or not is_in(customer) or session.info.state != "live":
                raise Refusal("no_customer")
            granted = any(g.capability == "record" and g.giver == customer.id for g in session.live_grants())
            if granted:
                turn_on(change, who)
                return
            asked = any(g.capability == "record" and g.state == "asked" for g in session.grants.values())
            if not asked:
                open_question(change, who, "record", customer)

    async def stop(self, session_id: str, who: Participant) -> None:
        async with self._hub.change(session_id) as change:
            self._check(change.session, who)
            turn_off(change, who)

    def _check(self, session: Session, who: Participant) -> None:
        if session.info.recording_policy != "on_demand":
            raise ProtocolError(Code.NOT_ALLOWED, "the queue decides what is recorded")
        if session.info.primary != who.id:
            raise ProtocolError(Code.NOT_ALLOWED, "only the agent in charge records")


def turn_on(change: Change, who: Participant | None) -> None:
    if not change.session.info.recording:
        change.line("recording_on", who)
        change.info(recording=True)


def turn_off(change: Change, who: Participant | None) -> None:
    if change.session.info.recording:
        change.info(recording=False)
        change.line("recording_off", who)


def record_by_policy(change: Change) -> None:
    """Where the queue always records: the customer was told before joining; the log says so, then it begins."""
    session = change.session
    customer, agent = session.customer, session.participants.get(session.info.primary or "")
    if session.info.recording_policy != "always" or customer is None or agent is None:
        return
    if any(grant.capability == "record" for grant in session.live_grants()):
        return
    change.grant(
        Grant(
            id=change.new_id(),
            capability="record",
            giver=customer.id,
            holder=agent.id,
            state="granted",
            asked_at=change.now,
            decided_at=change.now,
            basis="notice",
        )
    )
    change.line("notice", None, capability="record")
    if not session.info.recording:
        change.info(recording=True)
        change.line("recording_on", None)
