"""What is shown: from the screen to the connection, one picture at a time."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import msgspec

from rs_client.capture import WHOLE, Capture, Feed, Screen, Window
from rs_client.encode import Broadcast
from rs_client.errors import Gone, Unsupported, Why
from rs_client.geometry import Rect
from rs_client.link import Refused, Unreachable
from rs_client.media import Media, NoMedia
from rs_server.protocol.desktop import DesktopMeasure, DesktopShare, Monitor, Picture, ShareKind, ShareMode
from rs_server.protocol.socket import ClientBody
from rs_server.rtc.publish import PublishConnection

log = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between looks whether the size, or being minimised, changed."""
MEASURE = 2.0
AGAIN = 2.0
"""Seconds until what failed is tried once more."""

Say = Callable[[ClientBody], Awaitable[None]]


class Target(NamedTuple):
    """A monitor (`WHOLE`: all of them) or a window, by the capture's id, and the window's mark."""

    kind: ShareKind
    id: str
    mark: str = ""


class Shared(NamedTuple):
    """What is shown now. `confined`: where input may land, see `rs_client.inject`."""

    picture: Picture
    target: Target
    feed: Feed
    confined: str | Rect | None


class _Running:
    def __init__(self, shared: Shared, broadcast: Broadcast) -> None:
        self.shared = shared
        self.broadcast = broadcast
        self.task: asyncio.Task[None] | None = None
        self.connection: PublishConnection | None = None
        self.measured_at, self.measured_frames = time.monotonic(), 0

    def cut(self, media: Media) -> None:
        """No frame leaves after this."""
        media.hide(self.shared.target.kind)
        self.broadcast.stop()
        self.shared.feed.close()


class Sharer:
    """`want` what is to be shown, and `run` it."""

    def __init__(self, capture: Capture, media: Media, say: Say) -> None:
        self.on_shared: Callable[[Shared | None], None] = lambda _: None
        """Told at once when something is cut, and when something is shown."""
        self.on_gone: Callable[[], None] = lambda: None
        """The window was closed: nobody sees anything until something else is wanted."""
        self.on_failed: Callable[[Why], None] = lambda _: None
        self.mode: ShareMode = "standard"
        self._capture = capture
        self._media = media
        self._say = say
        # Whatever is under way for a picture of before a restart is for none of these.
        self._number = secrets.randbelow(2**30)
        self.covered = False
        """The screen is locked: set it before `want(None)`, and who views is told that the picture pauses."""
        self._last: Picture | None = None
        self._paused = False
        """That is said."""
        self._wanted: Target | None = None
        self._running: _Running | None = None
        self._said = False
        """The server thinks that something is shown."""
        self._wake = asyncio.Event()
        media.on_lost = self.again
        media.on_codec = self._codec

    @property
    def shared(self) -> Shared | None:
        return self._running.shared if self._running else None

    @property
    def name(self) -> str:
        """What is shown, or is about to be; empty for the whole desktop."""
        if self._running is not None:
            return self._running.shared.picture.name
        wanted = self._wanted
        if wanted is None:
            return ""
        if wanted.kind == "desktop":
            return next((each.name for each in self._capture.screens() if each.id == wanted.id), "")
        return self.title(wanted.id)

    def title(self, window: str) -> str:
        return next((_title(each) for each in self._capture.windows() if each.id == window), "")

    def screens(self) -> Sequence[Screen]:
        """What can be chosen: with several monitors also all of them."""
        found = list(self._capture.screens())
        return found[:1] if len(found) <= 2 else [*found[1:], found[0]]

    def want(self, target: Target | None) -> None:
        """What was shown before is cut here and now."""
        if target != self._wanted:
            self._wanted = target
            self._cut()
            self._wake.set()

    def again(self) -> None:
        """The same once more, from the beginning."""
        self._cut()
        self._wake.set()

    def forget(self) -> None:
        """The server knows nothing of what is shown: the connection was lost."""
        self._said = self._paused = False

    def set_mode(self, mode: ShareMode) -> None:
        self.mode = mode
        if self._running is not None:
            self._running.broadcast.mode = mode
            self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK):
                        await self._wake.wait()
                self._wake.clear()
                await self._settle()
        finally:
            self._cut()

    async def _settle(self) -> None:
        try:
            if self._running is not None:
                await self._look(self._running)
            elif self._wanted is not None:
                await self._begin(self._wanted)
            elif self._said:
                await self._hide()
        except Gone:
            self._gone()
        except Unsupported as error:
            log.warning("not shown: %s", error)
            self._failed(error.why)
        except NoMedia as error:
            log.warning("not shown: %s", error)
            self.on_failed(Why.NO_CONNECTION)
            self._cut()
            await asyncio.sleep(AGAIN)
            self._wake.set()
        except (Refused, Unreachable) as error:
            # Whoever lost the connection wants it again when it is back.
            log.info("not shown: %s", error)
            self._cut()
            await asyncio.sleep(LOOK)

    async def _hide(self) -> None:
        if not self.covered or self._last is None:
            self._said = self._paused = False
            await self._say(DesktopShare(picture=None))
        elif not self._paused:
            self._paused = True
            await self._say(DesktopShare(picture=msgspec.structs.replace(self._last, paused=True)))

    async def _begin(self, target: Target) -> None:
        feed, name, confined = self._open(target)
        self._number += 1
        picture = self._picture(target, feed, name, self._number)
        broadcast = Broadcast(
            feed, mode=self.mode, backlog=lambda: running.connection.delay if running.connection else 0
        )
        running = _Running(Shared(picture, target, feed, confined), broadcast)
        # From here on a change of mind cuts it, whatever is awaited.
        self._running = running
        # Before anybody is told: whoever hears of it may do something at once.
        self.on_shared(running.shared)
        await self._say(DesktopShare(picture=picture))
        self._said, self._paused, self._last = True, False, picture
        connection = await self._media.ready()
        if self._running is not running:
            return
        running.connection = connection
        if "h264" not in connection.codecs(target.kind):
            broadcast.codec = "vp8"
        connection.on_bit_rate = broadcast.set_bit_rate
        broadcast.set_bit_rate(connection.bit_rate)
        connection.show(target.kind, broadcast.outlet)
        running.task = asyncio.create_task(broadcast.run())
        running.task.add_done_callback(lambda task: self._ended(running, task))

    def _open(self, target: Target) -> tuple[Feed, str, str | Rect | None]:
        """(feed, what it is called, where input may land)"""
        if target.kind == "application":
            window = next((each for each in self._capture.windows() if each.id == target.id), None)
            if window is None:
                raise Gone("there is no such window")
            feed = self._capture.open_window(target.id)
            # From here on it is noticed when the window goes: what has the number now, has it then.
            if self._capture.marked(target.id) != target.mark:
                feed.close()
                raise Gone("another window has its number now")
            return feed, _title(window), target.id
        screen = next((each for each in self._capture.screens() if each.id == target.id), None)
        if screen is None:
            raise Gone("there is no such monitor")
        return self._capture.open_screen(target.id), screen.name, None if target.id == WHOLE else screen.place

    def _picture(self, target: Target, feed: Feed, name: str, number: int) -> Picture:
        width, height = feed.size
        monitors = self.screens() if target.kind == "desktop" else ()
        return Picture(
            number=number,
            kind=target.kind,
            name=name[:200],
            width=max(1, width),
            height=max(1, height),
            monitors=[
                Monitor(id=each.id, name=each.name, width=each.place.width, height=each.place.height)
                for each in monitors
            ],
            monitor=target.id if target.kind == "desktop" else None,
            mode=self.mode,
            paused=feed.hidden,
        )

    async def _look(self, running: _Running) -> None:
        """Say what changed, and how it goes."""
        shared = running.shared
        picture = self._picture(shared.target, shared.feed, shared.picture.name, shared.picture.number)
        if picture != shared.picture:
            running.shared = shared._replace(picture=picture)
            await self._say(DesktopShare(picture=picture))
            self.on_shared(running.shared)
        now = time.monotonic()
        since = now - running.measured_at
        if running.connection is not None and since >= MEASURE:
            frames = running.broadcast.frames
            rate = (frames - running.measured_frames) / since
            running.measured_at, running.measured_frames = now, frames
            connection = running.connection
            await self._say(DesktopMeasure(rate=rate, delay=connection.delay, bits=float(connection.bit_rate)))

    def _ended(self, running: _Running, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if self._running is not running or error is None:
            return
        if isinstance(error, Gone):
            self._gone()
        else:
            log.error("capturing failed", exc_info=error)
            self._failed(error.why if isinstance(error, Unsupported) else Why.FAILED)

    def _gone(self) -> None:
        was = self._wanted
        self.want(None)
        if was is not None:
            self.on_gone()

    def _failed(self, why: Why) -> None:
        self.want(None)
        self.on_failed(why)

    def _cut(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.cut(self._media)
            self.on_shared(None)

    def _codec(self, codec: str) -> None:
        if self._running is not None:
            self._running.broadcast.codec = codec


def _title(window: Window) -> str:
    return window.title or window.application
