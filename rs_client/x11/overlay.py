"""Marks above what is shown. Nobody can click or type into them: what is below gets it.

A window without a manager that has the shape of the marks and no shape for input (SHAPE 1.1): it looks the same with
and without a compositor. It covers no window of ours: nobody who points can hide, or imitate, who sees what."""

import asyncio
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple

import xcffib
import xcffib.shape
import xcffib.xproto as xp

from rs_client.core.marks import Dot, Frame, Line, Shape
from rs_client.errors import Gone
from rs_client.geometry import Rect

from .display import Display, WindowError
from .windows import Windows

WHITE = 0xFFFFFF


class Font(NamedTuple):
    """Of letters of one width; `wide`: it has more than Latin ones."""

    name: str
    width: int
    ascent: int
    descent: int
    wide: bool


FONTS = (
    Font("-misc-fixed-bold-r-normal--18-120-100-100-c-90-iso10646-1", 9, 14, 4, True),
    Font("-misc-fixed-medium-r-normal--18-120-100-100-c-90-iso10646-1", 9, 14, 4, True),
    # Part of every X server.
    Font("fixed", 6, 11, 2, False),
)
LONGEST_NAME = 40
_CIRCLE = 360 * 64


class Overlay:
    """Over a window (its number), a part of the screen, or all of it (None). Raises Unsupported. Needs a running
    loop."""

    def __init__(self, shown: str | Rect | None, name: str | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._display = Display(name)
        self._core = self._display.core
        self._shape = self._display.extension(xcffib.shape.key)
        self._windows = Windows(self._display)
        self._shown = shown
        self._shapes: Sequence[Shape] = ()
        self._place: Rect | None = None
        self._mapped = self._closed = False
        self._due = 0.0
        """Not before is painted again: at most half of the loop's time, and of the X server's, is for marks."""
        self._timer: asyncio.TimerHandle | None = None
        # Of a screen of 1080 lines one pixel.
        self._unit = max(1, round(self._display.screen.height_in_pixels / 1080))
        self._colours: dict[int, int] = {}
        self._last = 0
        """The pixel value that is drawn with."""
        self._window = self._display.new_id()
        self._mask = 0
        self._build()
        font, self._font = self._open_font()
        self._gc, self._bit = self._display.new_id(), 0
        self._core.CreateGC(self._gc, self._window, xp.GC.Font, [font])
        self._display.flush()
        self._display.watch(self._read)

    def draw(self, shapes: Sequence[Shape]) -> None:
        if self._closed:
            raise Gone("the display ended")
        self._shapes = shapes
        if shapes:
            self._paint_soon()
        else:
            self._paint()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._cancel()
            self._display.close()

    # --- the window ---

    def _build(self) -> None:
        core, window, sk = self._core, self._window, xcffib.shape.SK
        values = [0, 1, xp.EventMask.Exposure]
        kind = xp.CW.BackPixel | xp.CW.OverrideRedirect | xp.CW.EventMask
        size = (0, 0, 1, 1, 0)
        core.CreateWindow(0, window, self._display.root, *size, xp.WindowClass.InputOutput, 0, kind, values)
        for shaped in (sk.Bounding, sk.Input):
            self._shape.Rectangles(xcffib.shape.SO.Set, shaped, 0, window, 0, 0, 0, [])
        core.ChangeWindowAttributes(self._display.root, xp.CW.EventMask, [xp.EventMask.SubstructureNotify])

    def _find(self) -> Rect | None:
        """Where what is shown is now; None while it is not to be seen."""
        if isinstance(self._shown, Rect):
            return self._shown
        if self._shown is not None:
            window = int(self._shown)
            return self._windows.place(window) if self._windows.viewable(window) else None
        size = self._core.GetGeometry(self._display.root).reply()
        return Rect(0, 0, size.width, size.height)

    def _read(self) -> None:
        if self._closed:
            return
        try:
            if self._heard() and self._shapes:
                self._paint_soon()
        except Gone:
            self.close()

    def _paint_soon(self) -> None:
        """At once when it is due. Raises Gone then."""
        if self._loop.time() >= self._due:
            self._paint()
        elif self._timer is None:
            self._timer = self._loop.call_at(self._due, self._late)

    def _late(self) -> None:
        try:
            self._paint()
        except Gone:
            self.close()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _heard(self) -> bool:
        """Whether something moved, or has to be drawn again. Of ourselves only what came to light counts."""
        found = False
        for event in self._display.events():
            found |= isinstance(event, xp.ExposeEvent) or getattr(event, "window", self._window) != self._window
        return found

    def _paint(self) -> None:
        """Until the X server has done it."""
        self._cancel()
        began = self._loop.time()
        try:
            place = self._find()
            if place is None or not self._shapes:
                self._hide()
            else:
                self._lay(place)
                self._cut_out(place)
                self._colour(place)
            self._core.GetInputFocus().reply()
        except WindowError:
            # What is shown went while we looked: the next look finds it gone.
            self._hide()
            self._display.flush()
        except xcffib.XcffibException:
            raise Gone("the display ended") from None
        ended = self._loop.time()
        self._due = ended + (ended - began)

    def _hide(self) -> None:
        if self._mapped:
            self._mapped = False
            self._core.UnmapWindow(self._window)

    def _lay(self, place: Rect) -> None:
        """There, and above what it is for. What covers a window covers its marks as well."""
        cw = xp.ConfigWindow
        if place != self._place:
            self._core.ConfigureWindow(self._window, cw.X | cw.Y | cw.Width | cw.Height, [*place])
            self._new_mask(place)
            self._place = place
        top = self._windows.top(int(self._shown)) if isinstance(self._shown, str) else 0
        stack = self._windows.stack()
        wanted = stack.index(top) + 1 if top in stack else len(stack) - 1
        if stack.index(self._window) != wanted:
            values = [top, xp.StackMode.Above] if top else [xp.StackMode.Above]
            self._core.ConfigureWindow(self._window, cw.StackMode | (cw.Sibling if top else 0), values)

    def _new_mask(self, place: Rect) -> None:
        if self._mask:
            self._core.FreePixmap(self._mask)
            self._core.FreeGC(self._bit)
        self._mask, self._bit = self._display.new_id(), self._display.new_id()
        self._core.CreatePixmap(1, self._mask, self._window, place.width, place.height)
        self._core.CreateGC(self._bit, self._mask, 0, [])

    # --- what is drawn ---

    def _cut_out(self, place: Rect) -> None:
        """The window gets the shape of what is drawn."""
        self._ink(self._bit, 0)
        self._fill(self._mask, self._bit, Rect(0, 0, place.width, place.height))
        self._ink(self._bit, 1)
        for shape in self._shapes:
            self._draw(self._mask, self._bit, shape, place, coloured=False)
        self._ink(self._bit, 0)
        for ours in self._windows.ours():
            self._fill(self._mask, self._bit, ours.moved(-place.x, -place.y))
        self._shape.Mask(xcffib.shape.SO.Set, xcffib.shape.SK.Bounding, self._window, 0, 0, self._mask)
        if not self._mapped:
            self._mapped = True
            self._core.MapWindow(self._window)

    def _colour(self, place: Rect) -> None:
        for shape in self._shapes:
            self._draw(self._window, self._gc, shape, place, coloured=True)

    def _draw(self, on: int, gc: int, shape: Shape, place: Rect, *, coloured: bool) -> None:
        if coloured:
            self._ink(gc, self._pixel(shape.colour))
        match shape:
            case Line():
                self._line(on, gc, [_spot(place, *each) for each in shape.points], shape.strength)
            case Frame():
                left, top, right, bottom = shape.box
                (x1, y1), (x2, y2) = _spot(place, left, top), _spot(place, right, bottom)
                self._line(on, gc, [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)], 1)
                self._label(on, gc, (x1, y1 - 24 * self._unit), shape.name, place, coloured=coloured)
            case Dot():
                x, y = _spot(place, *shape.at)
                if coloured:
                    self._ink(gc, self._pixel(WHITE))
                self._disc(on, gc, x, y, 10 * self._unit)
                if coloured:
                    self._ink(gc, self._pixel(shape.colour))
                    self._disc(on, gc, x, y, 7 * self._unit)
                self._label(on, gc, (x + 14 * self._unit, y + 10 * self._unit), shape.name, place, coloured=coloured)

    def _label(self, on: int, gc: int, at: tuple[int, int], name: str, place: Rect, *, coloured: bool) -> None:
        text = self._letters(name)
        font = self._font
        width, height = font.width * len(text) + 12, font.ascent + font.descent + 4
        x, y = max(0, min(at[0], place.width - width)), max(0, min(at[1], place.height - height))
        self._fill(on, gc, Rect(x, y, width, height))
        if coloured:
            self._core.ChangeGC(gc, xp.GC.Background, [self._last])
            self._ink(gc, self._pixel(WHITE))
            self._core.ImageText16(len(text), on, gc, x + 6, y + 2 + font.ascent, text)

    def _letters(self, name: str) -> list[Any]:
        """What the font has of a name."""
        short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        if not self._font.wide:
            short = "".join(each if ord(each) < 0x100 else _plain(each) for each in short)
        return [xp.CHAR2B.synthetic(ord(each) >> 8, ord(each) & 255) for each in short if ord(each) < 0x10000]

    def _open_font(self) -> tuple[int, Font]:
        for font in FONTS:
            number = self._display.new_id()
            try:
                self._core.OpenFontChecked(number, len(font.name), font.name).check()
            except xcffib.Error:
                continue
            return number, font
        raise Gone("the X server has no fonts")

    # --- with what ---

    def _ink(self, gc: int, pixel: int) -> None:
        self._core.ChangeGC(gc, xp.GC.Foreground, [pixel])
        self._last = pixel

    def _pixel(self, colour: int) -> int:
        if colour not in self._colours:
            parts = [(colour >> shift & 0xFF) * 0x101 for shift in (16, 8, 0)]
            self._colours[colour] = self._core.AllocColor(self._display.screen.default_colormap, *parts).reply().pixel
        return self._colours[colour]

    def _line(self, on: int, gc: int, points: list[tuple[int, int]], strength: float) -> None:
        """It fades by becoming thin."""
        width = max(1, round(5 * self._unit * strength))
        values = [width, xp.CapStyle.Round, xp.JoinStyle.Round]
        self._core.ChangeGC(gc, xp.GC.LineWidth | xp.GC.CapStyle | xp.GC.JoinStyle, values)
        drawn = [xp.POINT.synthetic(*each) for each in (points if len(points) > 1 else points * 2)]
        self._core.PolyLine(xp.CoordMode.Origin, on, gc, len(drawn), drawn)

    def _disc(self, on: int, gc: int, x: int, y: int, radius: int) -> None:
        arc = xp.ARC.synthetic(x - radius, y - radius, 2 * radius, 2 * radius, 0, _CIRCLE)
        self._core.PolyFillArc(on, gc, 1, [arc])

    def _fill(self, on: int, gc: int, place: Rect) -> None:
        self._core.PolyFillRectangle(on, gc, 1, [xp.RECTANGLE.synthetic(*place)])


def _plain(letter: str) -> str:
    """Without its accents; nothing of other scripts."""
    return unicodedata.normalize("NFKD", letter).encode("latin-1", "ignore").decode("latin-1")


def _spot(place: Rect, x: float, y: float) -> tuple[int, int]:
    return int(x * (place.width - 1)), int(y * (place.height - 1))
