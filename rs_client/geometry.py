"""Rectangles of a screen. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Rect(NamedTuple):
    """Pixels; the right and the lower edge are outside."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def cut(self, other: "Rect") -> "Rect | None":
        """What both have in common; None when nothing."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None

    def within(self, others: Sequence["Rect"]) -> "Rect":
        """Moved into the one that it has most in common with, else the first; to its upper left corner when too
        large."""

        def common(other: Rect) -> int:
            part = self.cut(other)
            return part.width * part.height if part else 0

        into = max(others, key=common)
        x = max(into.x, min(self.x, into.x + into.width - self.width))
        return Rect(x, max(into.y, min(self.y, into.y + into.height - self.height)), self.width, self.height)

    def moved(self, dx: int, dy: int) -> "Rect":
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """The pixel at these fractions of width and height; None outside of 0..1."""
        if not (0 <= x <= 1 and 0 <= y <= 1):
            return None
        return self.x + min(int(x * self.width), self.width - 1), self.y + min(int(y * self.height), self.height - 1)


def bands(rects: Iterable[Rect], height: int) -> list[tuple[int, int]]:
    """(first row, number of rows) of the rows that the rectangles touch, without overlap, in order.

    Ends are even where the picture has such a row: chroma of 4:2:0 is shared by two rows."""
    found: list[tuple[int, int]] = []
    spans = sorted((max(rect.y, 0) & ~1, min((rect.y + rect.height + 1) & ~1, height)) for rect in rects)
    for top, bottom in spans:
        if bottom <= top:
            continue
        if found and top <= found[-1][1]:
            found[-1] = (found[-1][0], max(bottom, found[-1][1]))
        else:
            found.append((top, bottom))
    return [(top, bottom - top) for top, bottom in found]
