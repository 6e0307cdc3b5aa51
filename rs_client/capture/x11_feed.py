"""Pictures of one target, when something in it changed."""

import abc
import asyncio
import time
from typing import Any

import xcffib

from rs_client.errors import Gone
from rs_client.geometry import Rect, bands
from rs_client.x11.display import Display, WindowError

from .base import Picture
from .x11_cursor import Cursor
from .x11_pixels import Pixels


class X11Feed(abc.ABC):
    """What screens and windows have in common. It has a connection to the X server of its own.

    What stands over the target's own pixels (the cursor, an application's menus) is painted into the picture; so
    the rows under it are always fetched anew before it is painted again."""

    def __init__(self, display: Display, rate: float) -> None:
        self._display = display
        self._gap = 1 / rate
        self._pixels = Pixels(display)
        self._cursor = Cursor(display)
        self._place = Rect(0, 0, 0, 0)
        """Of the picture, in root coordinates."""
        self._stale = True
        """The size may be another, or the pixels are not those of the target any more."""
        self._hidden = False
        self._closed = False
        self._over: list[Rect] = []
        self._drawn: Rect | None = None
        """Where the cursor is in the picture."""
        self._look_again = True
        """Whether the cursor is over what is shared may be another answer now."""
        self._last = 0.0
        self._news = asyncio.Event()
        self._news.set()

    def _begin(self) -> None:
        """To be called when all is ready."""
        self._display.flush()
        self._display.watch(self._read)

    @property
    def size(self) -> tuple[int, int]:
        return self._place.width, self._place.height

    @property
    def hidden(self) -> bool:
        return self._hidden

    async def next(self) -> Picture:
        while True:
            self._read()
            await self._news.wait()
            early = self._last + self._gap - time.monotonic()
            if early > 0:
                await asyncio.sleep(early)
            picture = self._picture(whole=False)
            if picture is not None:
                return picture

    async def refresh(self) -> Picture:
        picture = self._picture(whole=True)
        while picture is None:
            if self._pixels.array.size:
                return Picture(self._pixels.array, None, time.monotonic())
            await self._news.wait()
            picture = self._picture(whole=True)
        return picture

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._display.close()
        self._news.set()

    def _read(self) -> None:
        if self._closed:
            return
        try:
            for event in self._display.events():
                if self._cursor.saw(event) or self._saw(event):
                    self._news.set()
        except (Gone, xcffib.XcffibException):
            self.close()

    def _picture(self, *, whole: bool) -> Picture | None:
        """None when there is nothing new after all, or nothing to be seen."""
        self._read()
        self._news.clear()
        if self._closed:
            self._news.set()
            raise Gone("what was shared is not there any more")
        if self._hidden:
            return None
        try:
            picture = self._grab(whole)
        except WindowError:
            # It changed or went away meanwhile; the event that says so is on its way.
            self._stale = True
            picture = None
        except xcffib.XcffibException as error:
            if isinstance(error, xcffib.Error):
                raise
            self.close()
            raise Gone("the display ended") from None
        return picture

    def _grab(self, whole: bool) -> Picture | None:
        if self._stale:
            self._stale = False
            self._bind()
            whole = True
        everything = Rect(0, 0, self._place.width, self._place.height)
        damage = [part for part in map(everything.cut, self._damage()) if part]
        damage += self._move_cursor(everything)
        if not (damage or whole):
            return None
        rows = [everything] if whole else [*damage, *self._over]
        self._fetch(bands(rows, everything.height))
        self._over = self._paint_over()
        if self._drawn is not None:
            self._cursor.draw(self._pixels.array, self._place.x, self._place.y)
            self._over.append(self._drawn)
        self._last = time.monotonic()
        return Picture(self._pixels.array, None if whole else damage, self._last)

    def _move_cursor(self, everything: Rect) -> list[Rect]:
        """What that damages in the picture."""
        new = self._cursor.update()
        if not (new or self._look_again):
            return []
        self._look_again = False
        shown = everything.cut(self._cursor.place.moved(-self._place.x, -self._place.y))
        now = shown if shown and self._shows_cursor(self._cursor.x, self._cursor.y) else None
        before, self._drawn = self._drawn, now
        return [part for part in (before, now) if part] if new or before != now else []

    @abc.abstractmethod
    def _saw(self, event: Any) -> bool:
        """Whether the event means that there may be something new."""

    @abc.abstractmethod
    def _bind(self) -> None:
        """Find out place and size, and make `_pixels` fit. Raises Gone, WindowError."""

    @abc.abstractmethod
    def _damage(self) -> list[Rect]:
        """In the picture's coordinates; may stand out of it."""

    @abc.abstractmethod
    def _fetch(self, rows: list[tuple[int, int]]) -> None:
        """The target's own pixels."""

    def _paint_over(self) -> list[Rect]:
        """What belongs to the target and stands above its own pixels; where that is."""
        return []

    @abc.abstractmethod
    def _shows_cursor(self, x: int, y: int) -> bool:
        """Whether the pointer, there in root coordinates, is over what is shared."""

    @abc.abstractmethod
    def to_root(self, x: float, y: float) -> tuple[int, int] | None: ...
