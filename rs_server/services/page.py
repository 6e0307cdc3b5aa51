"""The customer's page in a session: who is connected, which tab is shown, and who may see it. Who may is read off the
session's consents at each of its changes, and nowhere else."""

import asyncio
import functools
from collections.abc import Callable, Sequence

import structlog

from rs_server.core.session import Session, is_in
from rs_server.protocol.cobrowse import PageAct, PageActed, PagePoint, PageTabs, TabId
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import PageAbout, PageFlow, PageWelcome
from rs_server.protocol.session import Durable, Participant
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.services.notices import Notices
from rs_server.services.page_control import PageControl
from rs_server.services.page_grants import PageGrants
from rs_server.services.page_recording import PageRecorder
from rs_server.services.page_relay import Relay
from rs_server.services.page_state import PageClient, Source, Stream
from rs_server.services.page_telling import PageTelling
from rs_server.services.presence import Client, Presences

log = structlog.get_logger()

MOST_VIEWS = 4
"""Open at once of one participant; a further one closes the oldest."""
MOST_TABS = 12
"""Connected at once; a further one closes the one that was not used for longest."""
RETURN_SECONDS = 3.0
"""A tab that is gone is waited for so long: it may only have gone to the next page."""

Canaries = Callable[[Session], Sequence[str]]
"""What a site's company typed where nobody may ever see it."""


class PageStreams:
    def __init__(
        self, hub: Hub, presences: Presences, notices: Notices, recorder: PageRecorder, canaries: Canaries
    ) -> None:
        self._hub = hub
        self._canaries = canaries
        self._streams: dict[str, Stream] = {}
        self._recorder = recorder
        self._telling = PageTelling(hub, presences)
        self._relay = Relay(notices, recorder, self._secrets, self._leaked, self._telling.tell)
        self._grants = PageGrants(hub, self._connected)
        self._control = PageControl(hub, presences, notices, recorder)
        recorder.on_snapshot(self._want_snapshot)
        hub.react(self._changed)

    def start(self) -> None:
        for session in self._hub.open():
            self._grants.look(session)

    async def close(self) -> None:
        for stream in self._streams.values():
            stream.forget_timers()
        self._control.close()
        await self._grants.close()
        await self._relay.close()
        await self._recorder.close()

    def _connected(self, session: str) -> bool:
        stream = self._streams.get(session)
        return stream is not None and bool(stream.sources)

    def _secrets(self, session: str) -> Sequence[bytes]:
        found = self._hub.peek(session)
        return _encoded(tuple(self._canaries(found))) if found is not None else ()

    def _want_snapshot(self, session: str) -> None:
        stream = self._streams.get(session)
        if stream is not None:
            self._relay.ask(stream)

    def tabs(self, session: str, reader: Participant | None) -> PageTabs | None:
        """As this participant may know them; None when no page was ever connected. Customers hear of an alarm only."""
        stream = self._streams.get(session)
        return self._telling.tabs(stream, reader) if stream is not None else None

    # --- who is connected ---

    def source(self, session: Session, client: PageClient, tab: TabId | None) -> PageWelcome:
        """A tab's connection; a former one of it is closed. Raises `not_allowed` after an alarm."""
        stream = self._stream(session)
        if stream.alarm:
            raise ProtocolError(Code.NOT_ALLOWED, "the page was stopped for this session")
        name = tab or ids.new_id()
        former = stream.sources.get(name)
        if former is not None:
            self._end_source(stream, former, Code.CONFLICT)
        elif len(stream.sources) >= MOST_TABS and (idle := stream.tabs.most_idle) is not None:
            self._end_source(stream, stream.sources[idle], Code.NOT_ALLOWED)
        if (waiting := stream.return_timers.pop(name, None)) is not None:
            waiting.cancel()
        source = stream.sources[name] = Source(client, name)
        stream.tabs.come(name)
        stream.had_page = True
        self._recorder.settle(session, bool(stream.viewers))
        now = self._hub.clock.now()
        epoch = self._show(stream, source) or stream.next_epoch(now)
        self._telling.tell(stream)
        self._grants.look(session)
        return PageWelcome(now=now, epoch=epoch, open=source.open)

    def about(self, session: str, client: PageClient, about: PageAbout) -> None:
        """What a tab says of itself."""
        stream = self._streams[session]
        source = _source_of(stream, client)
        if source is None:
            return
        text = f"{about.title} {about.address}".encode()
        if any(secret in text for secret in self._secrets(session)):
            self._leaked(stream, "about")
            return
        seen = bool(stream.viewers)
        stream.tabs.about(source.tab, about.title if seen else "", about.address if seen else "", about.active)
        self._show(stream)
        self._telling.tell(stream)

    def pause(self, session: str, client: PageClient, paused: bool) -> None:
        """A tab's page wants nobody to see the site's tabs, or no longer so."""
        stream = self._streams[session]
        source = _source_of(stream, client)
        if source is not None:
            self._set_pausing(stream, source.tab, paused)

    def _set_pausing(self, stream: Stream, tab: str, pausing: bool) -> None:
        before = stream.paused
        (stream.pausing.add if pausing else stream.pausing.discard)(tab)
        found = self._hub.peek(stream.session)
        if stream.paused != before and found is not None:
            self._settle(found, stream)

    def view(self, session: Session, client: PageClient) -> PageWelcome:
        """A viewer's connection; `begin` goes on."""
        stream = self._stream(session)
        mine = [other for other in stream.views if other.participant == client.participant]
        for older in mine[: max(0, len(mine) + 1 - MOST_VIEWS)]:
            older.close(Code.NOT_ALLOWED)
        stream.views[client] = False
        return PageWelcome(now=self._hub.clock.now(), epoch=0, open=client.participant in stream.viewers)

    def begin(self, session: str, client: PageClient) -> None:
        """Give a viewer, who was welcomed, what went before."""
        stream = self._streams[session]
        if client.participant in stream.viewers:
            self._relay.catch_up(stream, client)

    def arrived(self, session: str, client: PageClient, frame: bytes) -> None:
        """A frame of a tab."""
        stream = self._streams[session]
        source = _source_of(stream, client)
        if source is not None:
            self._relay.arrived(stream, source, frame)

    def gone(self, session: str, client: PageClient) -> None:
        """A connection is closed."""
        stream = self._streams.get(session)
        if stream is None:
            return
        stream.views.pop(client, None)
        source = _source_of(stream, client)
        if source is not None:
            self._end_source(stream, source)
        found = self._hub.peek(session)
        if found is not None:
            self._grants.look(found)
        self._forget(stream, over=found is None)

    def signed_out(self, user: str, sign_in: bytes | None) -> None:
        """Close the user's sockets that rest on this sign-in, or all of them (None)."""
        for stream in self._streams.values():
            for client in list(stream.views):
                if client.user == user and sign_in in (None, client.sign_in):
                    client.take_back()
                    client.close(Code.NOT_SIGNED_IN)

    def _stream(self, session: Session) -> Stream:
        return self._streams.setdefault(session.info.id, Stream(session))

    def _forget(self, stream: Stream, over: bool) -> None:
        """What is known of the page lasts as long as the session."""
        if over and not stream.sources and not stream.views:
            self._streams.pop(stream.session, None)
            stream.forget_timers()

    def _end_source(self, stream: Stream, source: Source, code: Code | None = None) -> None:
        if code is not None:
            source.client.close(code)
        if source.dropped:
            log.info("page stream ended", session=stream.session, dropped=dict(source.dropped))
        was_open = source.open
        if was_open:
            self._relay.shut(stream, source)
        del stream.sources[source.tab]
        stream.tabs.go(source.tab)
        loop = asyncio.get_running_loop()
        stream.return_timers[source.tab] = loop.call_later(RETURN_SECONDS, self._not_back, stream, source.tab)
        self._show(stream)
        if was_open and stream.shown is None:
            self._recorder.cut(stream.session)
        self._telling.tell(stream)

    def _not_back(self, stream: Stream, tab: str) -> None:
        stream.return_timers.pop(tab, None)
        stream.tabs.forget(tab)
        self._set_pausing(stream, tab, False)
        self._show(stream)
        self._telling.tell(stream)

    # --- which tab is shown ---

    def choose(self, session: str, who: Participant, tab: str | None) -> None:
        """Raises `not_allowed` for who does not see the page, `not_found`."""
        stream = self._streams.get(session)
        if stream is None or who.id not in stream.viewers:
            raise ProtocolError(Code.NOT_ALLOWED, "only who sees the page chooses what is shown")
        if not stream.tabs.choose(tab):
            raise ProtocolError(Code.NOT_FOUND, "no such tab")
        self._show(stream)
        self._telling.tell(stream)

    def _show(self, stream: Stream, welcomed: Source | None = None) -> int | None:
        """Only the tab that is shown sends, when anybody may see it. Returns the epoch of `welcomed`, which hears of
        it by its welcome, when it is that one."""
        shown = stream.shown
        for source in stream.sources.values():
            if source.open and (source is not shown or not stream.viewers):
                self._relay.shut(stream, source)
                source.client.send(PageFlow(open=False))
        if shown is None or shown.open or not stream.viewers:
            return None
        epoch = self._relay.open(stream, shown, self._hub.clock.now())
        if shown is welcomed:
            return epoch
        shown.client.send(PageFlow(open=True, epoch=epoch))
        return None

    # --- what staff does there ---

    async def act(self, session: str, who: Participant, body: PageAct) -> None:
        await self._control.act(session, self._streams.get(session), who, body)

    async def point(self, session: str, who: Participant, client: Client, body: PagePoint) -> None:
        await self._control.point(session, self._streams.get(session), who, client, body)

    def acted(self, session: str, body: PageActed) -> None:
        self._control.acted(session, body)

    # --- consents ---

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        self._grants.look(session)
        stream = self._streams.get(session.info.id)
        if stream is None:
            return
        self._settle(session, stream)
        self._send_away(session, stream)
        if session.info.state == "ended":
            self._forget(stream, over=True)

    def _settle(self, session: Session, stream: Stream) -> None:
        before = stream.viewers
        stream.read_grants(session)
        self._apply(stream, before)
        self._recorder.settle(session, bool(stream.viewers))

    def _apply(self, stream: Stream, before: frozenset[str]) -> None:
        """First take away, then give."""
        self._control.settle(stream)
        for client in list(stream.views):
            if client.participant in before - stream.viewers:
                client.take_back()
                client.send(PageFlow(open=False))
                stream.views[client] = False
        if before and not stream.viewers:
            stream.tabs.forget_titles()
            stream.views = dict.fromkeys(stream.views, False)
        self._show(stream)
        for client in list(stream.views):
            if client.participant in stream.viewers - before:
                client.send(PageFlow(open=True))
                self._relay.catch_up(stream, client)
        self._telling.tell(stream)

    def _send_away(self, session: Session, stream: Stream) -> None:
        """Close the sockets of those who are not in the session any more."""
        here = {person.id for person in session.participants.values() if is_in(person)}
        code = Code.SESSION_ENDED if session.info.state == "ended" else Code.NOT_FOUND
        clients = [*stream.views, *(source.client for source in stream.sources.values())]
        for client in clients:
            if client.participant not in here:
                client.close(code)

    # --- what must never leave the page ---

    def leaked(self, session: Session, where: str) -> None:
        """Something of the page came here that holds a canary: its stream stops, for good."""
        self._leaked(self._stream(session), where)

    def _leaked(self, stream: Stream, where: str) -> None:
        if stream.alarm:
            return
        log.warning("canary", session=stream.session, where=where)
        stream.alarm = True
        before, stream.viewers, stream.controllers = stream.viewers, frozenset(), frozenset()
        self._apply(stream, before)
        for source in list(stream.sources.values()):
            self._end_source(stream, source, Code.NOT_ALLOWED)
        self._telling.tell(stream, at_once=True)
        self._grants.alarm(stream.session)


@functools.lru_cache
def _encoded(canaries: tuple[str, ...]) -> Sequence[bytes]:
    """Asked for at each frame."""
    return [canary.encode() for canary in canaries]


def _source_of(stream: Stream, client: PageClient) -> Source | None:
    for source in stream.sources.values():
        if source.client is client:
            return source
    return None
