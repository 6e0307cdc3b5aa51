"""The frames of the tab that is shown, on their way to the viewers: checked, looked through, kept for late comers."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

import structlog

from rs_server.core.page import Leak, TooLarge
from rs_server.protocol.page import FRAME_LIMIT, Header, NeedSnapshot, read
from rs_server.services.notices import Notices
from rs_server.services.page_state import PageClient, Source, Stream

log = structlog.get_logger()

SNAPSHOT_SECONDS = 2.0
"""At the least between two snapshots that are asked for: each costs the customer's page."""
LONGEST_SECONDS = 60.0
"""Between two, where each was too large and the next is likely to be so."""
IN_FLIGHT_SECONDS = 5.0
"""After the end of the last consent, or of being shown, what still comes was sent before its sender knew."""


class Tee(Protocol):
    """Gets what is passed on as well."""

    def message(self, session: str, epoch: int, begins: bool, frames: Sequence[bytes]) -> None: ...


class Relay:
    """`secrets`: of a session's site, what must never leave the page; `leaked` is called when it did, `tell` when the
    page became too large to be shown, or is so no longer."""

    def __init__(
        self,
        notices: Notices,
        tee: Tee,
        secrets: Callable[[str], Sequence[bytes]],
        leaked: Callable[[Stream, str], None],
        tell: Callable[[Stream], None],
    ) -> None:
        self._notices = notices
        self._tee = tee
        self._secrets = secrets
        self._leaked = leaked
        self._tell = tell
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- frames ---

    def arrived(self, stream: Stream, source: Source, frame: bytes) -> None:
        """A frame of a tab: its message goes on when it is whole; or it is dropped and counted."""
        if not source.open:
            self._unwanted(stream, source)
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
            # After a gap nothing fits but a new snapshot. A frame of an old epoch is only late.
            if fault == "order":
                self.ask(stream)
            return
        if header.begins:
            stream.epoch = header.epoch
            stream.wanted = False
        try:
            frames = source.hold.add(header, frame, self._secrets(stream.session))
        except TooLarge:
            self._drop(stream, source, "too_large")
            source.order.refuse(header)
            if header.message == 0:
                # What comes next asks anew, when the page has changed.
                self._unask(stream)
                self._refuse(stream, stream.refused + 1)
            else:
                self.ask(stream)
        except Leak:
            self._leaked(stream, "page")
        else:
            if frames is not None:
                self._pass_on(stream, header, frames)

    def _unwanted(self, stream: Stream, source: Source) -> None:
        if _now() < source.closed_at + IN_FLIGHT_SECONDS:
            self._drop(stream, source, "late")
            return
        self._drop(stream, source, "not_shown" if stream.viewers else "no_consent")
        self._note(stream, source)

    def _pass_on(self, stream: Stream, header: Header, frames: Sequence[bytes]) -> None:
        begins = header.message == 0
        if begins:
            self._refuse(stream, 0)
        stream.log.add(begins, frames)
        for client, told in list(stream.views.items()):
            if client.participant in stream.viewers and (told or begins):
                stream.views[client] = True
                for frame in frames:
                    client.pass_on(frame)
        self._tee.message(stream.session, header.epoch, begins, frames)

    def _refuse(self, stream: Stream, times: int) -> None:
        """So many snapshots in a row were too large now."""
        changed = bool(stream.refused) != bool(times)
        stream.refused = times
        if changed:
            self._tell(stream)

    def _drop(self, stream: Stream, source: Source, reason: str) -> None:
        source.dropped[reason] += 1
        if source.dropped[reason] == 1:
            log.warning("page stream dropped", session=stream.session, reason=reason)

    def _note(self, stream: Stream, source: Source) -> None:
        """For the detail report; what comes while a note is being stored goes with the next."""
        source.unnoted += 1
        if source.unnoted == 1:
            task = asyncio.create_task(self._store_note(stream.session, source))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _store_note(self, session: str, source: Source) -> None:
        while source.unnoted:
            count = source.unnoted
            await self._notices.add(session, source.client.participant, "dropped:page", count)
            source.unnoted -= count

    # --- who comes late ---

    def catch_up(self, stream: Stream, client: PageClient) -> None:
        frames = stream.log.frames()
        if frames:
            stream.views[client] = True
            client.catch_up(frames)
        else:
            self.ask(stream)

    def ask(self, stream: Stream) -> None:
        """A snapshot is needed; not more often than the page can bear."""
        if stream.shown is None or not stream.shown.open:
            return
        stream.wanted = True
        if stream.ask_timer is None:
            wait = max(0.0, stream.asked_at + _pause(stream.refused) - _now())
            if wait > 0:
                stream.ask_timer = asyncio.get_running_loop().call_later(wait, self._ask_now, stream)
            else:
                self._ask_now(stream)

    def _ask_now(self, stream: Stream) -> None:
        stream.ask_timer = None
        source = stream.shown
        if stream.wanted and source is not None and source.open:
            stream.asked_at = _now()
            source.client.send(NeedSnapshot())

    def _unask(self, stream: Stream) -> None:
        stream.wanted = False
        if stream.ask_timer is not None:
            stream.ask_timer.cancel()
            stream.ask_timer = None

    # --- one tab is shown ---

    def open(self, stream: Stream, source: Source, now: float) -> int:
        """The source may send. Returns the epoch of its next snapshot, which is not to be asked for."""
        epoch = stream.next_epoch(now)
        source.begin(epoch)
        stream.log.clear()
        stream.wanted = False
        stream.asked_at = _now()
        self._refuse(stream, 0)
        return epoch

    def shut(self, stream: Stream, source: Source) -> None:
        source.end(_now())
        # Half a page is of no use to who comes meanwhile.
        stream.log.clear()
        self._refuse(stream, 0)
        self._unask(stream)


def _pause(refused: int) -> float:
    """Seconds between two snapshots, of which so many were too large."""
    return min(SNAPSHOT_SECONDS * 2.0 ** min(refused, 30), max(LONGEST_SECONDS, SNAPSHOT_SECONDS))


def _now() -> float:
    return asyncio.get_running_loop().time()
