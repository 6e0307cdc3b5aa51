"""Joins people by the media engine: one leg for each, and in each slot what the consents allow, nothing else."""

import asyncio
from collections.abc import Mapping, Sequence

import structlog

from rs_server.core.session import Session, is_in
from rs_server.core.streams import CAPABILITY, NATIVE, SHARES, flows
from rs_server.ports import (
    FramesDropped,
    LegLost,
    LegQuality,
    LegState,
    Media,
    MediaEvent,
    MediaRefused,
    MediaUnavailable,
    PartClosed,
    PartOpened,
    Source,
    StreamState,
    Undecodable,
)
from rs_server.protocol.base import Message
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.media import IceServer, MediaCodec, MediaFailed, MediaOffer, MediaSlots, SlotContent
from rs_server.protocol.session import Durable, GrantChanged, Participant, ParticipantChanged, SessionChanged
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.legs import Leg, Turn
from rs_server.services.presence import Client, Presences, actor_of
from rs_server.services.recordings import Recordings
from rs_server.services.throttle import Throttle

log = structlog.get_logger()


class Calls:
    def __init__(self, hub: Hub, presences: Presences, media: Media, recordings: Recordings, turn: Turn) -> None:
        self._hub = hub
        self._presences = presences
        self._media = media
        self._recordings = recordings
        self._turn = turn
        self._legs: dict[tuple[str, str, bool], Leg] = {}
        """By session, actor, and whether it is of the native client."""
        self._by_id: dict[str, Leg] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._opened = Throttle(hub.clock, burst=10, refill=3.0)
        self._tasks: set[asyncio.Task[None]] = set()
        self._events: asyncio.Queue[MediaEvent] = asyncio.Queue()
        self._pump: asyncio.Task[None] | None = None
        hub.react(self._changed)
        media.listen(self._events.put_nowait)

    async def start(self) -> None:
        self._pump = asyncio.create_task(self._handle_events())

    async def close(self) -> None:
        if self._pump is not None:
            await self._events.join()
            self._pump.cancel()
            await asyncio.gather(self._pump, *self._tasks, return_exceptions=True)

    def relay(self, who: str) -> list[IceServer]:
        """The relay, with credentials for `who`; empty where there is none."""
        return self._turn.servers(self._hub.clock.now(), who)

    # --- legs ---

    async def open(self, session: str, client: Client, native: bool = False) -> None:
        """A fresh PeerConnection for this actor's window or native client; the former one of that ends.

        Raises `media_unavailable`, `throttled`."""
        self._opened.take(f"{session}|{client.actor}|{native}")
        leg_id = ids.new_id()
        async with self._lock(session):
            await self._drop(session, client.actor, native)
            try:
                if native:
                    # It shows nothing: that is the window's.
                    offer = await self._media.open(session, leg_id, audio_slots=0, video_slots=0, native=True)
                else:
                    offer = await self._media.open(session, leg_id)
            except MediaUnavailable as error:
                raise ProtocolError(Code.MEDIA_UNAVAILABLE) from error
            leg = Leg(session, client.actor, offer, native)
            self._legs[leg.key] = leg
            self._by_id[leg.id] = leg
            client.send(
                session,
                MediaOffer(
                    leg=leg.id,
                    sdp=offer.sdp,
                    publish=dict(offer.publish),
                    audio_slots=list(offer.audio_slots),
                    video_slots=list(offer.video_slots),
                    ice_servers=self._turn.servers(self._hub.clock.now(), leg.id),
                    relay_only=self._turn.relay_only,
                    native=native,
                ),
            )
        self.refresh(session)

    async def answer(self, session: str, actor: str, leg_id: str, sdp: str) -> None:
        leg = self._mine(session, actor, leg_id)
        if leg is None:
            return
        try:
            await self._media.answer(leg.id, sdp)
        except MediaRefused as error:
            raise ProtocolError(Code.MEDIA_REFUSED, str(error)) from error

    async def candidate(self, session: str, actor: str, leg_id: str, candidate: str, mid: str) -> None:
        leg = self._mine(session, actor, leg_id)
        if leg is not None:
            await self._media.candidate(leg.id, candidate, mid)

    def _mine(self, session: str, actor: str, leg_id: str) -> Leg | None:
        """The leg when it is this actor's present one; words for an earlier one are late, not wrong."""
        leg = self._by_id.get(leg_id)
        return leg if leg is not None and (leg.session, leg.actor) == (session, actor) else None

    def greet(self, session: str, client: Client) -> None:
        """A socket came back: tell it what its leg carries, or that there is none any more. Which kind of endpoint
        it is of is not known, so it hears of both."""
        for native in (False, True):
            leg = self._legs.get((session, client.actor, native))
            client.send(session, MediaFailed(leg="*", native=native) if leg is None else self._slots(leg))

    async def close_leg(self, session: str, actor: str) -> None:
        """Whatever the actor has in the session ends."""
        async with self._lock(session):
            for native in (False, True):
                await self._drop(session, actor, native)
        self.refresh(session)

    async def _drop(self, session: str, actor: str, native: bool) -> None:
        leg = self._legs.pop((session, actor, native), None)
        if leg is None:
            return
        self._by_id.pop(leg.id, None)
        self._recordings.forget_leg(session, leg.id)
        await self._media.close_leg(leg.id)
        self._note_gone(leg, "none")

    # --- who gets what ---

    def refresh(self, session: str) -> None:
        """Bring the slots of the session to what the consents say; soon, in order."""
        task = asyncio.create_task(self._refresh(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _refresh(self, session: str) -> None:
        try:
            await self._route(session)
        except Exception:
            log.exception("media routing failed", session=session)

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        if any(isinstance(event, GrantChanged | ParticipantChanged | SessionChanged) for event in events):
            self.refresh(session.info.id)

    async def _route(self, session_id: str) -> None:
        async with self._lock(session_id):
            session = self._hub.peek(session_id)
            if session is None:
                for key in [key for key in self._legs if key[0] == session_id]:
                    await self._drop(*key)
                self._locks.pop(session_id, None)
                return
            legs = {
                (p.id, native): leg
                for p in session.participants.values()
                for native in (False, True)
                if p.left_at is None and (leg := self._legs.get((session_id, actor_of(p), native))) is not None
            }
            wanted: dict[str, dict[tuple[str, str], Source]] = {person: {} for person, native in legs if not native}
            allowed: dict[Source, str] = {}
            for flow in flows(session, self._presences.on_hold(session)):
                sender = legs.get((flow.sender, flow.label in NATIVE))
                if sender is None:
                    continue
                source = Source(leg=sender.id, label=flow.label)
                allowed[source] = flow.sender
                if flow.receiver in wanted:
                    wanted[flow.receiver][(flow.sender, flow.label)] = source
            # First take away, then give: nobody gets for an instant what is being withdrawn.
            for leg in legs.values():
                for source in leg.allowed - allowed.keys():
                    await self._media.allow(source, False)
                    leg.allowed.discard(source)
            for person, what in wanted.items():
                await self._fill(legs[person, False], what)
            for source in allowed:
                sender = self._by_id[source.leg]
                if source not in sender.allowed:
                    sender.allowed.add(source)
                    await self._media.allow(source, True)
            await self._recordings.sync(session, self._recorded(session, legs, allowed))
            await self._drop_strangers(session)

    async def _fill(self, leg: Leg, wanted: Mapping[tuple[str, str], Source]) -> None:
        before = {mid: content for mid, (content, _source) in leg.slots.items()}
        for mid, (content, source) in list(leg.slots.items()):
            if wanted.get((content.participant, content.label)) != source:
                del leg.slots[mid]
                await self._media.subscribe(leg.id, mid, None)
        there = {(content.participant, content.label) for content, _source in leg.slots.values()}
        for (person, label), source in sorted(wanted.items(), key=lambda item: item[0]):
            if (person, label) in there:
                continue
            free = leg.free_slot(label)
            if free is None:
                log.warning("no free slot", session=leg.session, label=label)
                continue
            leg.slots[free] = (SlotContent(participant=person, label=source.label), source)
            await self._media.subscribe(leg.id, free, source)
        if {mid: content for mid, (content, _source) in leg.slots.items()} != before:
            self._tell(leg, self._slots(leg))

    def _tell(self, leg: Leg, body: Message) -> None:
        """To every socket of the leg's owner: one of them holds the leg, the others know that it is not theirs."""
        for client in self._presences.all_clients(leg.actor):
            client.send(leg.session, body)

    def _slots(self, leg: Leg) -> MediaSlots:
        return MediaSlots(leg=leg.id, slots={mid: content for mid, (content, _source) in leg.slots.items()})

    def _recorded(
        self, session: Session, legs: Mapping[tuple[str, bool], Leg], allowed: Mapping[Source, str]
    ) -> Mapping[Source, str]:
        """What flows is recorded; and a part goes on while its stream is only on hold."""
        recorded = dict(allowed)
        for (person, native), leg in legs.items():
            staff = session.participants[person].role != "customer"
            if staff and not native and session.info.state == "live":
                recorded[Source(leg=leg.id, label="mic")] = person
        return recorded

    async def _drop_strangers(self, session: Session) -> None:
        """Legs of people who are out. One who is only being offered the session keeps theirs: it is warm."""
        out = {actor_of(p) for p in session.participants.values() if p.left_at is not None}
        here = {actor_of(p) for p in session.participants.values() if p.left_at is None}
        for key in [k for k in self._legs if k[0] == session.info.id and k[1] in out - here]:
            await self._drop(*key)

    def _lock(self, session: str) -> asyncio.Lock:
        return self._locks.setdefault(session, asyncio.Lock())

    # --- what the engine says ---

    async def _handle_events(self) -> None:
        while True:
            event = await self._events.get()
            try:
                await self._handle(event)
            except Exception:
                log.exception("media event failed", kind=type(event).__name__)
            finally:
                self._events.task_done()

    async def _handle(self, event: MediaEvent) -> None:
        match event:
            case PartOpened():
                await self._recordings.opened(event)
            case PartClosed():
                await self._recordings.closed(event)
            case LegState():
                await self._leg_state(event)
            case StreamState(source=source, active=active):
                self._stream(source, active)
            case FramesDropped(source=source, frames=frames):
                await self._dropped(source, frames)
            case Undecodable(source=source):
                leg = self._by_id.get(source.leg)
                if leg is not None and leg.native:
                    self._tell(leg, MediaCodec(leg=leg.id, label=source.label, codec="vp8"))
            case LegQuality():
                leg = self._by_id.get(event.leg)
                if leg is not None:
                    trip = None if event.round_trip_ms is None else round(event.round_trip_ms)
                    self._note(leg, round_trip_ms=trip, loss=round(event.loss, 3))
            case LegLost(leg=leg_id):
                await self._lost(leg_id)

    async def _leg_state(self, event: LegState) -> None:
        leg = self._by_id.get(event.leg)
        if leg is None:
            return
        leg.state = event.state
        shown = {"connected": "connected", "connecting": "connecting"}.get(event.state, "failed")
        self._note(leg, media=shown)

    def _stream(self, source: Source, active: bool) -> None:
        leg = self._by_id.get(source.leg)
        if leg is None:
            return
        session = self._hub.peek(leg.session)
        person = self._person(session, leg)
        if session is None or person is None:
            return
        streams = self._streams(session, person)
        streams = streams | {source.label} if active else streams - {source.label}
        self._presences.update(session, person, streams=sorted(streams))

    async def _dropped(self, source: Source, frames: int) -> None:
        leg = self._by_id.get(source.leg)
        session = self._hub.peek(leg.session) if leg else None
        person = self._person(session, leg) if leg else None
        if leg is None or session is None or person is None or _may_send(session, person, source.label):
            return
        log.warning("media without consent dropped", session=leg.session, label=source.label, frames=frames)
        await self._recordings.notices.add(leg.session, person.id, f"dropped:{source.label}", frames)

    async def _lost(self, leg_id: str) -> None:
        leg = self._by_id.pop(leg_id, None)
        if leg is None:
            return
        if self._legs.get(leg.key) is leg:
            del self._legs[leg.key]
        self._recordings.forget_leg(leg.session, leg_id)
        self._note_gone(leg, "failed")
        self._tell(leg, MediaFailed(leg=leg_id, native=leg.native))
        self.refresh(leg.session)

    def _person(self, session: Session | None, leg: Leg) -> Participant | None:
        if session is None:
            return None
        return next((p for p in session.participants.values() if is_in(p) and actor_of(p) == leg.actor), None)

    def _note(self, leg: Leg, **changes: object) -> None:
        """Of the window's connection, which is what is shown of a participant's."""
        session = self._hub.peek(leg.session)
        person = self._person(session, leg)
        if session is not None and person is not None and not leg.native:
            self._presences.update(session, person, **changes)

    def _note_gone(self, leg: Leg, media: str) -> None:
        session = self._hub.peek(leg.session)
        person = self._person(session, leg)
        if session is None or person is None:
            return
        left = sorted(label for label in self._streams(session, person) if (label in NATIVE) != leg.native)
        state = {} if leg.native else {"media": media}
        self._presences.update(session, person, streams=left, **state)

    def _streams(self, session: Session, person: Participant) -> set[str]:
        now = next((p for p in self._presences.of(session) if p.participant == person.id), None)
        return set(now.streams if now else ())

    def legs(self) -> list[tuple[str, str]]:
        """(session, actor) of everybody who has one."""
        return list(dict.fromkeys((session, actor) for session, actor, _ in self._legs))


def _may_send(session: Session, person: Participant, label: str) -> bool:
    """What is held back only for now, since somebody is on hold, is nothing to be noted."""
    if person.role != "customer" and label not in SHARES:
        return True
    capability = CAPABILITY[label]  # type: ignore[index]  # a label of the port
    return any(g.giver == person.id and g.capability == capability for g in session.live_grants())
