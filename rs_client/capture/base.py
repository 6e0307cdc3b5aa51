"""What a capture gives, whatever the platform."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from rs_client.geometry import Rect

WHOLE = "all"
"""Id of the whole desktop, all monitors in one picture."""

Array = npt.NDArray[np.uint8]


class Screen(NamedTuple):
    """A monitor, in root coordinates; the whole desktop has the id `WHOLE` and no name."""

    id: str
    name: str
    place: Rect


class Window(NamedTuple):
    """A top-level window of an application. Title and application are what the application says: hostile text."""

    id: str
    title: str
    application: str


class Picture(NamedTuple):
    pixels: Array
    """(height, width, 4), blue, green, red and a byte without meaning; valid until the next call to its feed."""
    damage: Sequence[Rect] | None
    """What changed since the last picture; None: all of it."""
    at: float
    """`time.monotonic()` when it was grabbed."""


class Feed(Protocol):
    """Pictures of one target, for one reader."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the last picture, or of the target before the first."""

    @property
    def hidden(self) -> bool:
        """Whether it is minimised: no pictures come until it is shown again."""

    async def next(self) -> Picture:
        """Waits until something changed, at most `rate` times a second. The first is whole. Raises Gone."""

    async def refresh(self) -> Picture:
        """The whole picture now; while hidden, as it was last. Raises Gone."""

    def to_root(self, x: float, y: float) -> tuple[int, int] | None:
        """Fractions 0..1 of the picture as root coordinates; None outside of what is shared."""

    def close(self) -> None:
        """Idempotent; `next` raises Gone from then on."""


class Capture(Protocol):
    def screens(self) -> Sequence[Screen]:
        """The whole desktop first, then the monitors."""

    def windows(self) -> Sequence[Window]:
        """What the user may share one by one; windows of this process are left out."""

    def mark(self, id: str) -> str:
        """What tells this window apart from a later one that gets its id: kept on it as long as it lives. Raises
        Gone."""

    def marked(self, id: str) -> str:
        """The mark it has; empty when it has none."""

    def open_screen(self, id: str, rate: float = 30) -> Feed:
        """Raises Gone when there is no such screen. Needs a running loop."""

    def open_window(self, id: str, rate: float = 30) -> Feed:
        """Raises Gone when there is no such window. Needs a running loop."""

    def close(self) -> None:
        """Its feeds go on."""
