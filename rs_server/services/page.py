"""The page stream between the customer's page and those who may see it: passed on, kept for late comers, cut off."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from rs_server.core.page import EPOCHS_AHEAD, Fault, Log, Order
from rs_server.core.session import Session, is_in
from rs_server.core.streams import page_viewers
from rs_server.ports import Bus
from rs_server.protocol.base import Message
from rs_server.protocol.errors import Code
from rs_server.protocol.page import FRAME_LIMIT, Header, NeedSnapshot, PageFlow, read
from rs_server.protocol.session import Durable
from rs_server.services.hub import Hub
from rs_server.services.notices import Notices

log = structlog.get_logger()

LOG_LIMIT = 16 * 1024 * 1024
"""Bytes of a session's stream that are kept for who comes late."""
SNAPSHOT_SECONDS = 2.0
"""At the least between two snapshots that are asked for: each costs the customer's page."""
IN_FLIGHT_SECONDS = 5.0
"""After the end of the last consent, what still comes was sent before its sender knew."""
MOST_VIEWS = 4
"""Open at once of one participant; a further one closes the oldest."""


class PageClient(Protocol):
    """A connected page stream socket."""

    @property
    def participant(self) -> str: ...

    @property
    def user(self) -> str:
        """Of staff; empty for a customer."""

    @property
    def sign_in(self) -> bytes | None:
        """Digest of the sign-in it rests on; None for a customer."""

    def send(self, body: Message) -> None: ...

    def pass_on(self, frame: bytes) -> None:
        """Queue a frame; a client that is too far behind is cut."""

    def catch_up(self, frames: Sequence[bytes]) -> None:
        """Queue what was kept; that much is nobody's being behind."""

    def take_back(self) -> None:
        """Of the frames that are queued, none may arrive any more."""

    def close(self, code: Code) -> None: ...


class _Source:
    """The connection that the page comes from, and what it sent that was not passed on."""

    def __init__(self, client: PageClient, order: Order) -> None:
        self.client = client
        self.order = order
        self.dropped: Counter[str] = Counter()
        self.unnoted = 0


class _Stream:
    """One session's, as far as it has clients in this process."""

    def __init__(self, session: Session) -> None:
        self.session = session.info.id
        self.allowed = page_viewers(session)
        self.source: _Source | None = None
        self.views: dict[PageClient, bool] = {}
        """Whether the viewer has what went before, and gets what comes."""
        self.order = Order()
        self.log = Log(LOG_LIMIT)
        self.wanted = False
        """A viewer waits for a snapshot that has not begun."""
        self.asked_at = float("-inf")
        self.closed_at = float("-inf")
        self.timer: asyncio.TimerHandle | None = None
        self.ends: Sequence[Callable[[], None]] = ()

    def lose(self) -> None:
        """What was kept is good for nothing any more."""
        self.log.clear()
        self.order.lose()
        self.views = dict.fromkeys(self.views, False)


class PageStreams:
    """From the source's connection over the bus to each process with viewers, which keeps a log of its own. Who may
    see is read off the session's consents at each of its changes, and nowhere else."""

    def __init__(self, hub: Hub, bus: Bus, notices: Notices) -> None:
        self._hub = hub
        self._bus = bus
        self._notices = notices
        self._streams: dict[str, _Stream] = {}
        self._epochs: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        hub.react(self._changed)

    async def close(self) -> None:
        for stream in list(self._streams.values()):
            self._forget_timer(stream)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- who is connected ---

    def source(self, session: Session, client: PageClient) -> tuple[int, bool]:
        """The page's connection; a former one is closed. Returns the epoch of its first snapshot, and whether anybody
        may see it."""
        stream = self._stream(session)
        if stream.source is not None:
            stream.source.client.close(Code.CONFLICT)
            self._end_source(stream)
        # Over a restart as well an epoch is never used again: they go with the time.
        after = max(self._epochs.get(stream.session, 0), int(self._hub.clock.now()) - 1)
        stream.source = _Source(client, Order(after, EPOCHS_AHEAD))
        stream.asked_at = _now()
        return after + 1, bool(stream.allowed)

    def view(self, session: Session, client: PageClient) -> bool:
        """A viewer's connection; `begin` goes on. Returns whether it may see the page now."""
        stream = self._stream(session)
        mine = [other for other in stream.views if other.participant == client.participant]
        for older in mine[: max(0, len(mine) + 1 - MOST_VIEWS)]:
            older.close(Code.NOT_ALLOWED)
        stream.views[client] = False
        return client.participant in stream.allowed

    def begin(self, session: str, client: PageClient) -> None:
        """Give a viewer, who was welcomed, what went before."""
        stream = self._streams[session]
        if client.participant in stream.allowed:
            self._catch_up(stream, client)

    def gone(self, session: str, client: PageClient) -> None:
        """A connection is closed."""
        stream = self._streams.get(session)
        if stream is None:
            return
        stream.views.pop(client, None)
        if stream.source is not None and stream.source.client is client:
            self._end_source(stream)
        if stream.source is None and not stream.views:
            del self._streams[session]
            self._forget_timer(stream)
            for end in stream.ends:
                end()

    def signed_out(self, user: str, sign_in: bytes | None) -> None:
        """Close the user's sockets that rest on this sign-in, or all of them (None)."""
        for stream in self._streams.values():
            for client in list(stream.views):
                if client.user == user and sign_in in (None, client.sign_in):
                    client.take_back()
                    client.close(Code.NOT_SIGNED_IN)

    def _stream(self, session: Session) -> _Stream:
        stream = self._streams.get(session.info.id)
        if stream is None:
            stream = self._streams[session.info.id] = _Stream(session)
            name, made = session.info.id, stream
            stream.ends = (
                self._bus.subscribe(_frames(name), lambda _topic, frame: self._passed(made, frame)),
                self._bus.subscribe(_wanted(name), lambda _topic, _nothing: self._ask(made)),
            )
        return stream

    def _end_source(self, stream: _Stream) -> None:
        source, stream.source = stream.source, None
        if source is not None and source.dropped:
            log.info("page stream ended", session=stream.session, dropped=dict(source.dropped))
        # The next one begins anew; half a page is of no use to who comes meanwhile.
        stream.log.clear()
        stream.wanted = False
        self._forget_timer(stream)

    # --- frames ---

    def arrived(self, session: str, client: PageClient, frame: bytes) -> None:
        """A frame of the source: it goes on, or is dropped and counted."""
        stream = self._streams[session]
        source = stream.source
        if source is None or source.client is not client:
            return
        if not stream.allowed:
            late = _now() < stream.closed_at + IN_FLIGHT_SECONDS
            self._drop(stream, source, "late" if late else "no_consent")
            if not late:
                self._note(session, source)
            return
        if len(frame) > FRAME_LIMIT:
            self._drop(stream, source, "too_large")
            return
        try:
            header = read(frame)
        except ValueError:
            self._drop(stream, source, "header")
            return
        fault = source.order.fault(header)
        if fault is not None:
            self._drop(stream, source, fault)
            self._want(stream, fault)
            return
        if header.begins:
            self._epochs[session] = header.epoch
            stream.wanted = False
        self._bus.publish(_frames(session), frame)

    def _drop(self, stream: _Stream, source: _Source, reason: str) -> None:
        source.dropped[reason] += 1
        if source.dropped[reason] == 1:
            log.warning("page stream dropped", session=stream.session, reason=reason)

    def _note(self, session: str, source: _Source) -> None:
        """For the detail report; what comes while a note is being stored goes with the next."""
        source.unnoted += 1
        if source.unnoted == 1:
            task = asyncio.create_task(self._store_note(session, source))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _store_note(self, session: str, source: _Source) -> None:
        while source.unnoted:
            count = source.unnoted
            await self._notices.add(session, source.client.participant, "dropped:page", count)
            source.unnoted -= count

    def _passed(self, stream: _Stream, frame: bytes) -> None:
        """From the bus, to the viewers here."""
        if not stream.allowed:
            return
        header = read(frame)
        fault = stream.order.fault(header)
        if fault is not None:
            stream.lose()
            if stream.views:
                self._want(stream, fault)
            return
        stream.log.add(header, frame)
        self._deliver(stream, header, frame)

    def _deliver(self, stream: _Stream, header: Header, frame: bytes) -> None:
        for client, told in list(stream.views.items()):
            if client.participant in stream.allowed and (told or header.begins):
                stream.views[client] = True
                client.pass_on(frame)

    # --- snapshots ---

    def _catch_up(self, stream: _Stream, client: PageClient) -> None:
        frames = stream.log.frames()
        if frames:
            stream.views[client] = True
            client.catch_up(frames)
        else:
            self._bus.publish(_wanted(stream.session), b"")

    def _want(self, stream: _Stream, fault: Fault) -> None:
        """After a gap nothing fits but a new snapshot. A frame of an old epoch is only late."""
        if fault == "order":
            self._bus.publish(_wanted(stream.session), b"")

    def _ask(self, stream: _Stream) -> None:
        """Tell the source, if it is here; not more often than its page can bear."""
        if stream.source is None or not stream.allowed:
            return
        stream.wanted = True
        if stream.timer is None:
            wait = max(0.0, stream.asked_at + SNAPSHOT_SECONDS - _now())
            if wait > 0:
                stream.timer = asyncio.get_running_loop().call_later(wait, self._ask_now, stream)
            else:
                self._ask_now(stream)

    def _ask_now(self, stream: _Stream) -> None:
        stream.timer = None
        if stream.wanted and stream.source is not None and stream.allowed:
            stream.asked_at = _now()
            stream.source.client.send(NeedSnapshot())

    def _forget_timer(self, stream: _Stream) -> None:
        if stream.timer is not None:
            stream.timer.cancel()
            stream.timer = None

    # --- consents ---

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        name = session.info.id
        if session.info.state == "ended":
            self._epochs.pop(name, None)
        stream = self._streams.get(name)
        if stream is None:
            return
        before, stream.allowed = stream.allowed, page_viewers(session)
        # First take away, then give.
        for client in list(stream.views):
            if client.participant in before - stream.allowed:
                client.take_back()
                client.send(PageFlow(open=False))
                stream.views[client] = False
        if before and not stream.allowed:
            stream.lose()
            stream.closed_at = _now()
        self._send_away(session, stream)
        if stream.source is not None and bool(before) != bool(stream.allowed):
            # Whoever begins sends a snapshot: there is none to be asked for.
            stream.source.order.lose()
            stream.asked_at = _now()
            stream.source.client.send(PageFlow(open=bool(stream.allowed)))
        for client in list(stream.views):
            if client.participant in stream.allowed - before:
                client.send(PageFlow(open=True))
                self._catch_up(stream, client)

    def _send_away(self, session: Session, stream: _Stream) -> None:
        """Close the sockets of those who are not in the session any more."""
        here = {person.id for person in session.participants.values() if is_in(person)}
        code = Code.SESSION_ENDED if session.info.state == "ended" else Code.NOT_FOUND
        clients = [*stream.views, *([stream.source.client] if stream.source else [])]
        for client in clients:
            if client.participant not in here:
                client.close(code)


def _frames(session: str) -> str:
    return f"page.{session}"


def _wanted(session: str) -> str:
    return f"page.{session}.wanted"


def _now() -> float:
    return asyncio.get_running_loop().time()
