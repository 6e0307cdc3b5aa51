"""Pictures of one application's window, with its own menus and dialogs, and never a pixel of anybody else's."""

from typing import Any

import xcffib
import xcffib.damage
import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.geometry import Rect
from rs_client.x11.display import Display, Vanished, WindowError
from rs_client.x11.windows import Windows

from .x11_feed import X11Feed
from .x11_layer import Layer
from .x11_pixels import Pixels

_ROOT_CHANGES = (
    xp.MapNotifyEvent,
    xp.UnmapNotifyEvent,
    xp.ConfigureNotifyEvent,
    xp.ReparentNotifyEvent,
    xp.DestroyNotifyEvent,
    xp.CirculateNotifyEvent,
    xp.GravityNotifyEvent,
)


class WindowFeed(X11Feed):
    """The picture is the inside of the window. Menus and dialogs of the same application are painted where they stand
    over it, cut at its edges. Raises Gone when there is no such window."""

    def __init__(self, display: Display, window: int, rate: float) -> None:
        self._window = window
        self._windows = Windows(display)
        self._popups: dict[int, tuple[Layer, Rect]] = {}
        """By window; where each stands in the picture, the first the lowest."""
        self._kin_stale = True
        self._shown_anew: set[int] = set()
        """Windows that were mapped since the popups were last looked at: they have a new pixmap."""
        self._frame = 0
        super().__init__(display, rate)
        core = display.core
        try:
            core.ChangeWindowAttributesChecked(window, xp.CW.EventMask, [xp.EventMask.StructureNotify]).check()
            core.ChangeWindowAttributes(display.root, xp.CW.EventMask, [xp.EventMask.SubstructureNotify])
            self._layer = Layer(display, window, self._pixels)
        except WindowError:
            raise Gone("there is no such window") from None
        self._hidden = not self._windows.viewable(window)
        self._place = self._windows.place(window) or self._place
        self._begin()

    def to_root(self, x: float, y: float) -> tuple[int, int] | None:
        if self._closed or self._hidden:
            return None
        try:
            place = self._windows.place(self._window)
        except xcffib.XcffibException:
            return None
        return place.at(x, y) if place else None

    def _saw(self, event: Any) -> bool:
        if isinstance(event, xcffib.damage.NotifyEvent):
            return True
        if not isinstance(event, _ROOT_CHANGES):
            return False
        # Anything that moves may cover the cursor's place, be a menu of ours, or be our frame.
        self._kin_stale = True
        if isinstance(event, xp.MapNotifyEvent):
            self._shown_anew.add(event.window)
        if isinstance(event, (xp.MapNotifyEvent, xp.UnmapNotifyEvent)):
            self._saw_shown(event)
        elif event.window == self._window and isinstance(event, xp.DestroyNotifyEvent):
            self.close()
        elif event.window == self._window and isinstance(event, xp.ConfigureNotifyEvent):
            self._stale |= (event.width, event.height) != self.size
        return not self._hidden

    def _saw_shown(self, event: Any) -> None:
        """Window managers hide a window by unmapping it, or its frame alone; either takes its pixmap away."""
        was, self._hidden = self._hidden, not self._windows.viewable(self._window)
        new = isinstance(event, xp.MapNotifyEvent) and event.window in (self._window, self._frame)
        self._stale |= new or (was and not self._hidden)

    def _bind(self) -> None:
        size = self._layer.bind()
        place = self._windows.place(self._window)
        if place is None:
            raise Vanished
        self._place = Rect(place.x, place.y, *size)

    def _damage(self) -> list[Rect]:
        found = self._layer.changed()
        if self._kin_stale:
            self._kin_stale = False
            found += self._look_around()
        for layer, rect in self._popups.values():
            found += [each.moved(rect.x, rect.y) for each in layer.changed()]
        return found

    def _look_around(self) -> list[Rect]:
        """Find the place on the screen and the popups anew; what that changes in the picture."""
        self._look_again = True
        self._frame = self._windows.top(self._window)
        own = self._windows.place(self._window)
        if own is not None:
            self._place = Rect(own.x, own.y, self._place.width, self._place.height)
        before = {window: rect for window, (_, rect) in self._popups.items()}
        family = self._windows.family(self._window)
        old, self._popups = self._popups, {}
        for window, place in family:
            rect = place.moved(-self._place.x, -self._place.y)
            layer = self._popup(window, rect, old.pop(window, None))
            if layer is not None:
                self._popups[window] = (layer, rect)
        for layer, _ in old.values():
            layer.close()
        self._shown_anew.clear()
        after = {window: rect for window, (_, rect) in self._popups.items()}
        if list(before.items()) == list(after.items()):
            return []
        return [*before.values(), *after.values()]

    def _popup(self, window: int, rect: Rect, known: tuple[Layer, Rect] | None) -> Layer | None:
        """None when it is gone by now."""
        try:
            layer = known[0] if known else Layer(self._display, window, Pixels(self._display))
            anew = not self._shown_anew.isdisjoint((window, self._windows.top(window)))
            if known is None or anew or known[1][2:] != rect[2:]:
                layer.bind()
            return layer
        except WindowError:
            return None

    def _fetch(self, rows: list[tuple[int, int]]) -> None:
        self._layer.fetch(rows)

    def _paint_over(self) -> list[Rect]:
        picture = self._pixels.array
        everything = Rect(0, 0, picture.shape[1], picture.shape[0])
        painted = []
        for layer, rect in self._popups.values():
            height, width = layer.pixels.array.shape[:2]
            part = everything.cut(Rect(rect.x, rect.y, width, height))
            if part is None:
                continue
            try:
                layer.fetch([(0, height)])
            except WindowError:
                self._kin_stale = True
                continue
            x, y = part.x - rect.x, part.y - rect.y
            own = layer.pixels.array[y : y + part.height, x : x + part.width]
            picture[part.y : part.y + part.height, part.x : part.x + part.width] = own
            painted.append(part)
        return painted

    def _shows_cursor(self, x: int, y: int) -> bool:
        return self._windows.holds(self._window, x, y)
