"""What native clients show, and what is done there. Who may is read off the session's consents at each message."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rs_server.core import native
from rs_server.core.capabilities import CONTROL_OF
from rs_server.core.session import Session, is_in
from rs_server.protocol.base import Message
from rs_server.protocol.desktop import (
    DesktopChoose,
    DesktopDo,
    DesktopInput,
    DesktopMark,
    DesktopMeasure,
    DesktopPoint,
    DesktopPointed,
    DesktopQuality,
    DesktopSet,
    DesktopShare,
    DesktopShared,
    Picture,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable, GrantChanged, Participant, ParticipantChanged, SessionChanged
from rs_server.services.hub import Hub
from rs_server.services.natives import Natives, NativeSocket
from rs_server.services.notices import Notices
from rs_server.services.presence import Client, Presences, actor_of
from rs_server.services.texts import plain
from rs_server.services.throttle import Throttle

MOST_BEHIND = 250
"""Frames that wait for a client that is given no more input meanwhile: it would be over when it came."""
MOST_MARKS_BEHIND = 50
MEASURE_SECONDS = 1.9


@dataclass(frozen=True, slots=True)
class _Share:
    picture: Picture
    since: float
    endpoint: str
    viewers: frozenset[str]
    """Who was told."""


class Desktops:
    def __init__(self, hub: Hub, presences: Presences, natives: Natives, notices: Notices) -> None:
        self._hub = hub
        self._presences = presences
        self._natives = natives
        self._notices = notices
        self._shares: dict[str, dict[str, _Share]] = {}
        """By session and giver."""
        self._begun: set[str] = set()
        """Grants of control that were used, which the log says."""
        self._points = Throttle(hub.clock, burst=120, refill=1 / 60)
        self._choices = Throttle(hub.clock, burst=20, refill=0.5)
        self._pictures = Throttle(hub.clock, burst=60, refill=1.0)
        self._lines = Throttle(hub.clock, burst=30, refill=30.0)
        self._measures = Throttle(hub.clock, burst=1, refill=MEASURE_SECONDS)
        hub.react(self._changed)

    # --- what is shown ---

    async def share(self, session_id: str, who: Participant, client: NativeSocket, body: DesktopShare) -> None:
        """Raises `not_allowed` while nobody may see it, `throttled`."""
        picture = body.picture
        if picture is None:
            self._drop(session_id, who.id)
            return
        self._pictures.take(who.id)
        session = await self._hub.get(session_id)
        if not native.viewers(session, who.id, picture.kind, client.endpoint):
            raise ProtocolError(Code.NOT_ALLOWED, "nobody may see that")
        if not native.is_said(session, who.id, picture.kind, plain(picture.name)):
            session = await self._say(session, who, picture)
        viewers = native.viewers(session, who.id, picture.kind, client.endpoint)
        if not viewers or self._natives.of(session_id, who.id) is not client:
            raise ProtocolError(Code.NOT_ALLOWED, "nobody may see that any more")
        former = self._shares.get(session_id, {}).get(who.id)
        same = former is not None and former.picture.kind == picture.kind
        since = former.since if same and former is not None else self._hub.clock.now()
        share = _Share(picture, since, client.endpoint, viewers)
        self._shares.setdefault(session_id, {})[who.id] = share
        self._tell(session, who.id, viewers | {who.id}, _told(who.id, share))

    async def _say(self, session: Session, who: Participant, picture: Picture) -> Session:
        """In the log, which has room for a conversation beside it. Who changes all too often what they show is named no
        more for what is named there already, and shows nothing else for the moment (`throttled`)."""
        name = plain(picture.name)
        if self._lines.wait(who.id) > 0 and native.is_said(session, who.id, picture.kind, name, ever=True):
            return session
        if native.is_said(session, who.id, picture.kind, None, ever=True):
            # The first after a consent is as rare as consents are.
            self._lines.take(who.id)
        async with self._hub.change(session.info.id) as change:
            change.line("sharing", who, what=picture.kind, name=name)
        return await self._hub.get(session.info.id)

    def shares(self, session: Session, reader: Participant | None) -> list[DesktopShared]:
        """What this participant views or gives."""
        return [
            _told(giver, share)
            for giver, share in self._shares.get(session.info.id, {}).items()
            if reader is not None and reader.id in share.viewers | {giver}
        ]

    def caught_up(self, session: Session, reader: Participant | None) -> list[DesktopShared]:
        """For who was away: also that nothing is shown, where there was something before, maybe."""
        found = {told.giver: told for told in self.shares(session, reader)}
        people = [person.id for person in session.participants.values() if is_in(person)]
        return [found.get(giver, DesktopShared(giver=giver, picture=None)) for giver in people]

    def measure(self, session_id: str, giver: str, body: DesktopMeasure) -> None:
        share = self._shares.get(session_id, {}).get(giver)
        session = self._hub.peek(session_id)
        if share is None or session is None or self._measures.wait(giver) > 0:
            return
        self._measures.spend(giver)
        told = DesktopQuality(giver=giver, rate=body.rate, delay=body.delay, bits=body.bits)
        self._tell(session, giver, share.viewers, told)

    def _drop(self, session_id: str, giver: str) -> None:
        shares = self._shares.get(session_id, {})
        share = shares.pop(giver, None)
        if not shares:
            self._shares.pop(session_id, None)
        session = self._hub.peek(session_id)
        if share is not None and session is not None:
            self._tell(session, giver, share.viewers | {giver}, DesktopShared(giver=giver, picture=None))

    def _tell(
        self, session: Session, giver: str, people: frozenset[str], body: Message, but: Client | None = None
    ) -> None:
        """To all windows of these people; not to the client that it is from."""
        source = self._natives.of(session.info.id, giver)
        for name in people:
            for client in self._presences.clients(actor_of(session.participants[name])):
                if client is not source and client is not but:
                    client.send(session.info.id, body)

    # --- what is done there ---

    async def input(self, session_id: str, who: Participant, body: DesktopInput) -> None:
        """Raises `not_allowed` (and notes it) for who has no control, `conflict` when another picture is shown or
        something is being asked there, `not_ready` without a client, `behind` when it does not keep up."""
        session = await self._hub.get(session_id)
        if not native.has_any(session, body.giver, who.id, CONTROL_OF.values()):
            await self._refuse(session_id, who, "desktop_input", len(body.events))
        if native.is_asked(session, body.giver):
            raise ProtocolError(Code.CONFLICT, "something is being asked there")
        client, share = self._shown(session_id, body.giver, body.picture)
        grant = native.control(session, body.giver, who.id, share.picture.kind, client.endpoint)
        if grant is None:
            await self._refuse(session_id, who, "desktop_input", len(body.events))
            return
        if grant.id not in self._begun:
            # The log says so before anything is done.
            async with self._hub.change(session_id) as change:
                native.begin_control(change, grant.id)
            self._begun.add(grant.id)
            await self.input(session_id, who, body)
            return
        if client.pending >= MOST_BEHIND:
            raise ProtocolError(Code.BEHIND, "the client does not keep up")
        client.send(session_id, DesktopDo(by=who.id, by_name=who.name, picture=body.picture, events=body.events))

    def choose(self, session_id: str, who: Participant, body: DesktopChoose) -> None:
        """Raises `not_allowed` for who does not see it, `not_ready`, `not_found` for the monitor, `throttled`."""
        share = self._viewed(session_id, who, body.giver)
        client = self._natives.of(session_id, body.giver)
        if client is None:
            raise ProtocolError(Code.NOT_READY, "the client is away")
        if body.monitor is not None and body.monitor not in {monitor.id for monitor in share.picture.monitors}:
            raise ProtocolError(Code.NOT_FOUND, "no such monitor")
        self._choices.take(who.id)
        client.send(session_id, DesktopSet(by=who.id, by_name=who.name, monitor=body.monitor, mode=body.mode))

    async def point(self, session_id: str, who: Participant, client: Client, body: DesktopPoint) -> None:
        """Show it there and to the others who see it. Raises `not_allowed`, `conflict`, `not_ready`, `throttled`."""
        try:
            share = self._viewed(session_id, who, body.giver)
        except ProtocolError:
            await self._notices.add(session_id, who.id, "dropped:desktop_point", 1)
            raise
        self._points.take(who.id)
        source, _ = self._shown(session_id, body.giver, body.picture)
        can = source.program is not None and "marks" in source.program.can
        if can and source.pending < MOST_MARKS_BEHIND:
            mark = DesktopMark(by=who.id, by_name=who.name, picture=body.picture, shown=body.shown)
            source.send(session_id, mark)
        told = DesktopPointed(by=who.id, giver=body.giver, picture=body.picture, shown=body.shown)
        self._tell(await self._hub.get(session_id), body.giver, share.viewers, told, but=client)

    def _viewed(self, session_id: str, who: Participant, giver: str) -> _Share:
        share = self._shares.get(session_id, {}).get(giver)
        if share is None or who.id not in share.viewers:
            raise ProtocolError(Code.NOT_ALLOWED, "this is not shown to you")
        return share

    def _shown(self, session_id: str, giver: str, picture: int) -> tuple[NativeSocket, _Share]:
        client = self._natives.of(session_id, giver)
        if client is None:
            raise ProtocolError(Code.NOT_READY, "the client is away")
        share = self._shares.get(session_id, {}).get(giver)
        if share is None or share.endpoint != client.endpoint or share.picture.number != picture:
            raise ProtocolError(Code.CONFLICT, "something else is shown")
        return client, share

    async def _refuse(self, session_id: str, who: Participant, what: str, count: int) -> None:
        await self._notices.add(session_id, who.id, f"dropped:{what}", count)
        raise ProtocolError(Code.NOT_ALLOWED, "nobody allowed that")

    # --- consents ---

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        if not any(isinstance(event, GrantChanged | ParticipantChanged | SessionChanged) for event in events):
            return
        for client in self._natives.in_session(session.info.id):
            self._take_back(session, client)
        for giver, share in list(self._shares.get(session.info.id, {}).items()):
            self._settle(session, giver, share)
        if session.info.state == "ended":
            self._shares.pop(session.info.id, None)
        self._begun -= {grant.id for grant in session.grants.values() if grant.state != "granted"}

    def _take_back(self, session: Session, client: NativeSocket) -> None:
        """What waits for the client, of somebody who may not do that any more, is thrown away."""
        place = (session, client.participant)
        viewers = native.viewers(*place, "desktop", client.endpoint) | native.viewers(
            *place, "application", client.endpoint
        )
        controllers = native.controllers(*place, "desktop", client.endpoint) | native.controllers(
            *place, "application", client.endpoint
        )
        if native.is_asked(*place):
            controllers = frozenset()
        client.unsend(lambda body: isinstance(body, DesktopDo) and body.by not in controllers)
        client.unsend(lambda body: isinstance(body, DesktopMark | DesktopSet) and body.by not in viewers)

    def _settle(self, session: Session, giver: str, share: _Share) -> None:
        viewers = native.viewers(session, giver, share.picture.kind, share.endpoint)
        if not viewers:
            self._drop(session.info.id, giver)
            return
        self._shares[session.info.id][giver] = replace(share, viewers=viewers)
        self._tell(session, giver, share.viewers - viewers, DesktopShared(giver=giver, picture=None))
        self._tell(session, giver, viewers - share.viewers, _told(giver, share))


def _told(giver: str, share: _Share) -> DesktopShared:
    return DesktopShared(giver=giver, picture=share.picture, since=share.since)
