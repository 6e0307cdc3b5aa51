"""What one feed shows, encoded once in a thread, for any number of lines."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from rs_server.rtc.publish import Outlet

from .canvas import Area, Array
from .codecs import CEILING
from .encoder import Encoded, Encoder, Mode

POLISH = 24
"""Frames after a change that make the picture finer, at most."""

POLISH_INTERVAL = 1 / 15
POLISH_AFTER = 0.2
"""Seconds without a change before that begins: who types changes the picture again before."""

SETTLED = 1_500
"""Bytes of a frame that has nothing more to make finer."""

REFRESH = 2.0
"""Seconds after which a still picture is sent once more: who lost something without knowing it gets it, and a browser
that sees nothing for three seconds would ask for a keyframe, which is a hundred times as large."""

BACKLOG = 0.1
"""Seconds of frames that wait to be sent, above which no further one is made."""

LOAD = 0.6
"""Share of a core that encoding may take: the customer wants to work on this machine."""

SAMPLING_INTERVAL = 1 / 10
"""Seconds between frames in the mode `sampling`, at least."""


class Shot(Protocol):
    """A picture of a feed; valid until the feed is asked for the next."""

    @property
    def pixels(self) -> Array: ...

    @property
    def damage(self) -> Sequence[Area] | None: ...

    @property
    def at(self) -> float: ...


class Pictures(Protocol):
    """A feed, see `rs_client.capture`."""

    async def next(self) -> Shot: ...

    async def refresh(self) -> Shot: ...


class Broadcast:
    """Run it as a task; show its `outlet` on lines. `backlog` gives the seconds for which frames wait to be sent."""

    def __init__(
        self,
        feed: Pictures,
        *,
        codec: str = "h264",
        mode: Mode = "standard",
        ceiling: int = CEILING,
        backlog: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.outlet = Outlet(self.request_keyframe)
        self.frames = 0
        """Sent until now, and of those `keyframes`."""
        self.keyframes = 0
        self._feed = feed
        self._encoder = Encoder(codec, mode, ceiling)
        self._backlog = backlog
        self._thread = ThreadPoolExecutor(1, "encoder")
        self._wake = asyncio.Event()
        self._keyframe = False
        self._left = 0
        self._sent_at = 0.0
        self._taken_at = self._took = 0.0
        """When the last picture was begun, and the seconds of processor time that it took."""
        self._stopped = False

    @property
    def mode(self) -> Mode:
        return self._encoder.mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        """Takes effect at once, also on a picture that stands still."""
        if mode != self._encoder.mode:
            self._encoder.mode = mode
            self._wake.set()

    @property
    def codec(self) -> str:
        return self._encoder.codec

    @codec.setter
    def codec(self, codec: str) -> None:
        """`vp8` where somebody who sees it cannot decode `h264`."""
        if codec != self._encoder.codec:
            self._encoder.codec = codec
            self.request_keyframe()

    def set_bit_rate(self, bit_rate: int) -> None:
        """Bit/s; a `PublishConnection` tells it."""
        self._encoder.bit_rate = bit_rate

    def request_keyframe(self) -> None:
        """Somebody cannot decode without one."""
        self._keyframe = True
        self._wake.set()

    def stop(self) -> None:
        """No frame leaves after this, not even one that is being encoded."""
        self._stopped = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`. Raises what the feed raises, as when its window is closed."""
        coming = asyncio.ensure_future(self._feed.next())
        try:
            while await self._wait(coming):
                if coming.done():
                    await self._show(coming.result())
                    await self._make_room()
                    coming = asyncio.ensure_future(self._feed.next())
                elif self._encoder.outdated:
                    await self._show(await self._feed.refresh())
                elif self._keyframe or time.monotonic() >= self._due():
                    await self._again()
        finally:
            coming.cancel()
            with contextlib.suppress(BaseException):
                await coming
            self._stopped = True
            self._thread.shutdown(wait=False)

    def _due(self) -> float:
        """When the picture is to be sent again although nothing changed."""
        wait = POLISH_AFTER if self._left == POLISH else POLISH_INTERVAL if self._left else REFRESH
        return self._sent_at + wait

    async def _wait(self, coming: "asyncio.Future[Shot]") -> bool:
        """For the next picture, for somebody who wants something, or until it is time. False: for nothing more."""
        woken = asyncio.ensure_future(self._wake.wait())
        timeout = max(0.0, self._due() - time.monotonic()) if self._sent_at else None
        await asyncio.wait((coming, woken), timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        self._wake.clear()
        return not self._stopped

    async def _make_room(self) -> None:
        """Before the feed is asked for more: what it shows meanwhile comes in one."""
        if self._encoder.mode == "sampling":
            await asyncio.sleep(self._sent_at + SAMPLING_INTERVAL - time.monotonic())
        else:
            await asyncio.sleep(self._taken_at + self._took / LOAD - time.monotonic())
        while not self._stopped and (waiting := self._backlog()) > BACKLOG:
            await asyncio.sleep(min(waiting - BACKLOG / 2, 0.5))

    async def _show(self, shot: Shot) -> None:
        encoder = self._encoder
        encoder.keyframe |= self._take_keyframe()
        self._taken_at = time.monotonic()
        encoded = await self._in_thread(lambda: encoder.encode(shot.pixels, shot.damage, shot.at))
        if encoded is not None:
            self._left = POLISH
            self._send(encoded)

    async def _again(self) -> None:
        encoder = self._encoder
        encoder.keyframe |= self._take_keyframe()
        if self._backlog() > BACKLOG:
            self._sent_at = time.monotonic()
            self._keyframe |= encoder.keyframe
            return
        at = time.monotonic()
        encoded = await self._in_thread(lambda: encoder.again(at))
        self._left = max(0, self._left - 1)
        if encoded is None:
            self._sent_at = time.monotonic()
            return
        if len(encoded.data) < SETTLED and not self._encoder.busy:
            self._left = 0
        self._send(encoded)

    def _take_keyframe(self) -> bool:
        wanted, self._keyframe = self._keyframe, False
        return wanted

    async def _in_thread(self, work: Callable[[], Encoded | None]) -> Encoded | None:
        def timed() -> Encoded | None:
            began = time.thread_time()
            try:
                return work()
            finally:
                self._took = time.thread_time() - began

        return await asyncio.get_running_loop().run_in_executor(self._thread, timed)

    def _send(self, encoded: Encoded) -> None:
        self._sent_at = time.monotonic()
        if encoded.keyframe:
            # Whoever asked while it was made has it now.
            self._keyframe = False
        if self._stopped:
            return
        self.frames += 1
        self.keyframes += encoded.keyframe
        self.outlet.push(encoded.data, encoded.codec, encoded.at)
