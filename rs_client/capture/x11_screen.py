"""Monitors, and pictures of one of them or of the whole desktop."""

from typing import Any

import xcffib.damage
import xcffib.randr
import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.geometry import Rect
from rs_client.x11.display import Display
from rs_client.x11.monitors import monitors, whole

from .base import WHOLE, Screen
from .x11_damage import Damage
from .x11_feed import X11Feed


def screens(display: Display) -> list[Screen]:
    """The whole desktop first. A monitor is known by its name."""
    return [Screen(WHOLE, "", whole(display)), *(Screen(name, name, place) for name, place in monitors(display))]


class ScreenFeed(X11Feed):
    """Raises Gone when there is no such screen."""

    def __init__(self, display: Display, id: str, rate: float) -> None:
        self._id = id
        super().__init__(display, rate)
        randr = display.extension(xcffib.randr.key)
        mask = xcffib.randr.NotifyMask
        randr.SelectInput(display.root, mask.ScreenChange | mask.CrtcChange | mask.OutputChange)
        display.core.ChangeWindowAttributes(display.root, xp.CW.EventMask, [xp.EventMask.StructureNotify])
        self._changes = Damage(display, display.root)
        self._place = self._find()
        self._begin()

    def to_root(self, x: float, y: float) -> tuple[int, int] | None:
        return None if self._closed else self._place.at(x, y)

    def _find(self) -> Rect:
        for screen in screens(self._display):
            if screen.id == self._id:
                return screen.place
        raise Gone("there is no such screen")

    def _saw(self, event: Any) -> bool:
        changes = (xp.ConfigureNotifyEvent, xcffib.randr.ScreenChangeNotifyEvent, xcffib.randr.NotifyEvent)
        if isinstance(event, changes):
            self._stale = True
            return True
        return isinstance(event, xcffib.damage.NotifyEvent)

    def _bind(self) -> None:
        try:
            self._place = self._find()
        except Gone:
            self.close()
            raise
        self._look_again = True
        self._pixels.resize(self._place.width, self._place.height)

    def _damage(self) -> list[Rect]:
        return [rect.moved(-self._place.x, -self._place.y) for rect in self._changes.taken()]

    def _fetch(self, rows: list[tuple[int, int]]) -> None:
        self._pixels.fetch(self._display.root, self._place.x, self._place.y, rows)

    def _shows_cursor(self, x: int, y: int) -> bool:
        return self._place.holds(x, y)
