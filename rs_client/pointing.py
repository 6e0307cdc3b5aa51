"""Marks of those who view, on the screen of who shows it."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from rs_client.core.marks import COLOURS, FRAME, Marks, Shape
from rs_client.core.rights import Rights
from rs_client.errors import Gone, Unsupported
from rs_client.geometry import Rect
from rs_client.share import Shared
from rs_server.protocol.desktop import DesktopMark

log = logging.getLogger(__name__)


class Overlay(Protocol):
    def draw(self, shapes: Sequence[Shape]) -> None:
        """These and no others. Raises Gone when the display ended."""

    def close(self) -> None: ...


class Pointing:
    """`overlay` makes one above what is shown: a window, a part of the screen, or all of it (None)."""

    def __init__(self, rights: Rights, overlay: Callable[[str | Rect | None], Overlay]) -> None:
        self._rights = rights
        self._make = overlay
        self._marks = Marks()
        self._shared: Shared | None = None
        self._overlay: Overlay | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._painted = 0.0

    def show(self, shared: Shared | None) -> None:
        """What is shown now. What was drawn on another picture goes."""
        before, self._shared = self._shared, shared
        if shared is None or before is None or before.picture.number != shared.picture.number:
            self.close()

    def take(self, mark: DesktopMark) -> None:
        shared = self._shared
        if shared is None or mark.picture != shared.picture.number or mark.by not in self._viewers(shared):
            log.info("a mark was dropped")
            return
        people = list(self._rights.participants)
        colour = COLOURS[people.index(mark.by) % len(COLOURS)]
        self._marks.take(mark, colour, time.monotonic())
        self._paint_in(max(0.0, self._painted + FRAME - time.monotonic()))

    def settle(self) -> None:
        """To be called when somebody may see more or less than before."""
        if self._marks.sift(self._viewers(self._shared) if self._shared else ()):
            self._paint()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._marks.clear()
        overlay, self._overlay = self._overlay, None
        if overlay is not None:
            overlay.close()

    def _viewers(self, shared: Shared) -> frozenset[str]:
        return self._rights.viewers(shared.target.kind)

    def _paint_in(self, seconds: float) -> None:
        """Sooner when it is asked for again."""
        loop = asyncio.get_running_loop()
        at = loop.time() + seconds
        if self._timer is not None:
            at = min(at, self._timer.when())
            self._timer.cancel()
        self._timer = loop.call_at(at, self._paint)

    def _paint(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        shared = self._shared
        if shared is None:
            return
        self._painted = now = time.monotonic()
        try:
            if self._overlay is None:
                self._overlay = self._make(shared.confined)
            self._overlay.draw(self._marks.shapes(now))
        except (Gone, Unsupported) as error:
            log.warning("marks are not shown: %s", error)
            self.close()
            return
        again = self._marks.changes_in(now)
        if again is not None:
            self._paint_in(again)
