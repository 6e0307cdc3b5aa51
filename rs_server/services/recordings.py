"""What is recorded: which streams go into which part, and what became of the parts."""

from collections.abc import Mapping

import structlog

from rs_server.core.consent import open_question
from rs_server.core.errors import Refusal
from rs_server.core.session import Change, Session, is_in
from rs_server.ports import Blobs, Media, PartClosed, PartOpened, Source
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.store import recordings as store
from rs_server.store import sessions as session_store

log = structlog.get_logger()


class Recordings:
    """Starts a part for each stream that is recorded; a stream that comes back on another leg gets a new part."""

    def __init__(self, hub: Hub, media: Media, blobs: Blobs) -> None:
        self._hub = hub
        self._media = media
        self._blobs = blobs
        self._running: dict[str, dict[Source, str]] = {}
        self._parts: dict[str, tuple[str, str]] = {}

    async def start(self) -> None:
        """Parts that a crash left open are closed with what is on disk."""
        async with self._hub.database.read() as connection:
            left = await store.unfinished(connection)
        for part in left:
            size = await self._blobs.size(part.blob) or 0
            written = await self._blobs.changed(part.blob)
            async with self._hub.database.begin() as unit:
                await store.close_part(
                    unit.connection,
                    part.id,
                    ended_at=written or part.started_at,
                    frames=part.frames,
                    keyframes=part.keyframes,
                    size=size,
                    complete=False,
                )

    async def sync(self, session: Session, streams: Mapping[Source, str]) -> None:
        """Record exactly these streams (with the participant each is of), if the session is recorded now."""
        wanted = streams if session.info.recording else {}
        running = self._running.setdefault(session.info.id, {})
        for source, part in list(running.items()):
            if source not in wanted:
                del running[source]
                await self._media.stop_recording(part)
        for source, participant in wanted.items():
            if source in running:
                continue
            part = ids.new_id()
            blob = f"recordings/{session.info.id}/{part}.webm"
            path = self._blobs.path(blob)
            if path is None:
                raise RuntimeError("recordings need blobs with a path")
            running[source] = part
            self._parts[part] = (session.info.id, participant)
            await self._media.record(source, part, path)
        if not running:
            self._running.pop(session.info.id, None)

    def forget_leg(self, session: str, leg: str) -> None:
        """The leg is gone, and its parts with it: what comes next begins new ones."""
        running = self._running.get(session, {})
        for source in [s for s in running if s.leg == leg]:
            del running[source]

    async def opened(self, event: PartOpened) -> None:
        known = self._parts.get(event.part)
        if known is None:
            return
        session, participant = known
        async with self._hub.database.begin() as unit:
            await store.add_part(
                unit.connection,
                store.PartRow(
                    id=event.part,
                    session=session,
                    participant=participant,
                    label=event.source.label,
                    codec=event.codec,
                    blob=f"recordings/{session}/{event.part}.webm",
                    started_at=event.started_at,
                ),
            )
            await session_store.mark_recorded(unit.connection, session)

    async def closed(self, event: PartClosed) -> None:
        self._parts.pop(event.part, None)
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
