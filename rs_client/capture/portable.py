"""Windows and macOS, through mss. NOT VERIFIED: written from its documentation, run on neither system.

There is nothing here that says what changed, so the screen is looked at and compared, `rate` times a second while
it changes and less often while it does not; the cursor is in the picture where mss draws it. Single windows are
not offered: a part of the screen would show whatever covers them."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from rs_client.errors import Gone, Unsupported, Why
from rs_client.geometry import Rect

from .base import WHOLE, Array, Feed, Picture, Screen, Window

IDLE_RATE = 5.0
"""Looks a second while nothing changes."""


class PortableCapture:
    def __init__(self) -> None:
        self._shots = _shots()

    def screens(self) -> Sequence[Screen]:
        places = [Rect(each["left"], each["top"], each["width"], each["height"]) for each in self._shots.monitors]
        monitors = [Screen(str(number), str(number), place) for number, place in enumerate(places) if number]
        return [Screen(WHOLE, "", places[0]), *monitors]

    def windows(self) -> Sequence[Window]:
        return []

    def mark(self, id: str) -> str:
        raise Gone("there is no such window")

    def marked(self, id: str) -> str:
        return ""

    def open_screen(self, id: str, rate: float = 30) -> Feed:
        for screen in self.screens():
            if screen.id == id:
                return PolledFeed(_shots(), screen.place, rate)
        raise Gone("there is no such screen")

    def open_window(self, id: str, rate: float = 30) -> Feed:
        raise Unsupported(Why.NO_WINDOWS, "On this system whole screens can be shown, not single programs.")

    def close(self) -> None:
        self._shots.close()


class PolledFeed:
    hidden = False

    def __init__(self, shots: Any, place: Rect, rate: float) -> None:
        self._shots = shots
        self._place = place
        self._gap = 1 / rate
        self._pixels: Array | None = None
        self._last = 0.0
        self._closed = asyncio.Event()

    @property
    def size(self) -> tuple[int, int]:
        return self._place.width, self._place.height

    async def next(self) -> Picture:
        gap = self._gap
        while True:
            await self._pause(self._last + gap - time.monotonic())
            before, picture = self._pixels, self._grab()
            if before is None or before.shape != picture.pixels.shape:
                return picture
            damage = _rows_changed(before, picture.pixels)
            if damage is not None:
                return picture._replace(damage=[damage])
            gap = max(self._gap, 1 / IDLE_RATE)

    async def refresh(self) -> Picture:
        return self._grab()

    def to_root(self, x: float, y: float) -> tuple[int, int] | None:
        return self._place.at(x, y)

    def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            self._shots.close()

    def _grab(self) -> Picture:
        if self._closed.is_set():
            raise Gone("what was shared is not there any more")
        place = self._place
        shot = self._shots.grab({"left": place.x, "top": place.y, "width": place.width, "height": place.height})
        self._pixels = np.frombuffer(shot.raw, np.uint8).reshape(shot.height, shot.width, 4)
        self._last = time.monotonic()
        return Picture(self._pixels, None, self._last)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._closed.wait(), max(seconds, 0))
        except TimeoutError:
            return


def _shots() -> Any:
    try:
        import mss
    except ImportError:
        raise Unsupported(Why.NOT_INSTALLED, "Parts of the client are missing: pip install deskside[client]") from None
    module: Any = mss
    return module.mss(with_cursor=True)


def _rows_changed(before: Array, after: Array) -> Rect | None:
    rows = np.flatnonzero((before.view(np.uint32) != after.view(np.uint32)).any(axis=(1, 2)))
    if not len(rows):
        return None
    return Rect(0, int(rows[0]), after.shape[1], int(rows[-1] - rows[0]) + 1)
