"""The mouse pointer, drawn into pictures: the X server leaves it out."""

from typing import Any

import numpy as np
import xcffib.xfixes
import xcffib.xinput

from rs_client.geometry import Rect
from rs_client.x11.display import RAW_MOTION, Display, Raw

from .base import Array


class Cursor:
    """`place` is where its image lies, in root coordinates; `x`, `y` is the point that it points at."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._fixes = display.extension(xcffib.xfixes.key)
        self._fixes.SelectCursorInput(display.root, xcffib.xfixes.CursorNotifyMask.DisplayCursor)
        # Moving the pointer damages nothing; its raw events say that it moved.
        display.select_raw(RAW_MOTION)
        self._moved = True
        self._other = True
        self._hot = (0, 0)
        self._image: Array = np.zeros((0, 0, 4), np.uint8)
        self._alpha: Array = self._image
        self.x = self.y = 0

    @property
    def place(self) -> Rect:
        height, width = self._image.shape[:2]
        return Rect(self.x - self._hot[0], self.y - self._hot[1], width, height)

    def saw(self, event: Any) -> bool:
        """Whether the event means that the cursor may look different now."""
        if isinstance(event, xcffib.xfixes.CursorNotifyEvent):
            self._other = True
        elif isinstance(event, Raw) and event.kind == RAW_MOTION:
            self._moved = True
        else:
            return False
        return True

    def update(self) -> bool:
        """Look where and how it is; whether either is new."""
        if not (self._moved or self._other):
            return False
        other, self._other, self._moved = self._other, False, False
        before = (self.x, self.y)
        if other:
            self._look()
        else:
            pointer = self._display.core.QueryPointer(self._display.root).reply()
            self.x, self.y = pointer.root_x, pointer.root_y
        return other or before != (self.x, self.y)

    def _look(self) -> None:
        found = self._fixes.GetCursorImage().reply()
        self.x, self.y = found.x, found.y
        self._hot = (found.xhot, found.yhot)
        words = np.array(found.cursor_image.list, dtype="<u4").reshape(found.height, found.width)
        self._image = words.view(np.uint8).reshape(found.height, found.width, 4)
        self._alpha = (255 - self._image[:, :, 3:].astype(np.uint16)).astype(np.uint8)

    def draw(self, picture: Array, left: int, top: int) -> None:
        """Into a picture whose corner is there in root coordinates. The colours are premultiplied (XFixes)."""
        height, width = picture.shape[:2]
        place = self.place.moved(-left, -top)
        part = place.cut(Rect(0, 0, width, height))
        if part is None:
            return
        rows = slice(part.y - place.y, part.y - place.y + part.height)
        columns = slice(part.x - place.x, part.x - place.x + part.width)
        under = picture[part.y : part.y + part.height, part.x : part.x + part.width]
        through = under.astype(np.uint16) * self._alpha[rows, columns]
        under[:] = self._image[rows, columns] + ((through + 127) // 255).astype(np.uint8)
