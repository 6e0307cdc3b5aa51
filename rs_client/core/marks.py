"""What those who view point at and draw, and for how long. Pure: the time comes as an argument, in seconds."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from rs_server.protocol.desktop import DesktopMark, ScreenHighlight, ScreenPointer, ScreenStroke, Spot

POINTER = 5.0
"""So long a pointer stays that says no more."""
STROKE, FADE = 5.0, 0.8
UNENDED = 3
"""A stroke whose end was lost goes as well, only so many times later."""
MOST_HANDS = 16
MOST_STROKES = 64
MOST_POINTS = 1000
"""Of one stroke."""
MOST_DRAWN = 4000
"""Points of all strokes together."""
MOST_LENGTH = 20.0
"""Of all strokes together, in sides of the picture. X servers fill each row of a thick line: 4,000 points all over a
screen of 1080 lines took Xvfb 6 s, so much as this less than half of one."""
FRAME = 1 / 30
COLOURS = (0x3155D6, 0xB3401F, 0x8A3FB0, 0x8F5A00)
"""As in the browsers, by the order in which people came."""


class Dot(NamedTuple):
    at: Spot
    colour: int
    name: str


class Frame(NamedTuple):
    """From one corner to the other, left and upper first."""

    box: tuple[float, float, float, float]
    colour: int
    name: str


class Line(NamedTuple):
    """`strength`: 1, and less as it fades."""

    points: tuple[Spot, ...]
    colour: int
    strength: float


Shape = Dot | Frame | Line
"""In fractions of the picture."""


class _Hand:
    def __init__(self, name: str, colour: int) -> None:
        self.name, self.colour = name, colour
        self.pointer: tuple[Spot, float] | None = None
        """Where, and until when."""
        self.box: tuple[float, float, float, float] | None = None


class _Stroke:
    def __init__(self, by: str, number: int, colour: int) -> None:
        self.by, self.number, self.colour = by, number, colour
        self.points: list[Spot] = []
        self.length = 0.0
        self.until = 0.0

    def add(self, points: Iterable[Spot]) -> None:
        """As many as there is room for in one stroke."""
        for x, y in points:
            last_x, last_y = self.points[-1] if self.points else (x, y)
            length = self.length + abs(x - last_x) + abs(y - last_y)
            if len(self.points) == MOST_POINTS or length > MOST_LENGTH:
                return
            self.points.append((x, y))
            self.length = length


class Marks:
    def __init__(self) -> None:
        self._hands: dict[str, _Hand] = {}
        self._strokes: list[_Stroke] = []

    def take(self, mark: DesktopMark, colour: int, now: float) -> None:
        hand = self._hands.get(mark.by)
        if hand is None:
            if len(self._hands) >= MOST_HANDS:
                return
            hand = self._hands[mark.by] = _Hand(mark.by_name, colour)
        match mark.shown:
            case ScreenPointer(at=at):
                hand.pointer = None if at is None else (at, now + POINTER)
            case ScreenHighlight(box=box):
                hand.box = None if box is None else _ordered(*box)
            case ScreenStroke() as stroke:
                self._draw(mark.by, stroke, colour, now)
            case _:
                hand.box = None
                self._strokes = [each for each in self._strokes if each.by != mark.by]

    def _draw(self, by: str, piece: ScreenStroke, colour: int, now: float) -> None:
        stroke = next((each for each in self._strokes if (each.by, each.number) == (by, piece.stroke)), None)
        if stroke is None:
            stroke = _Stroke(by, piece.stroke, colour)
            self._strokes = [*self._strokes[1 - MOST_STROKES :], stroke]
        stroke.add(piece.points)
        stroke.until = now + STROKE * (1 if piece.end else UNENDED)
        while self._is_too_much():
            del self._strokes[0]

    def _is_too_much(self) -> bool:
        points = sum(len(each.points) for each in self._strokes)
        return points > MOST_DRAWN or sum(each.length for each in self._strokes) > MOST_LENGTH

    def sift(self, viewers: Collection[str]) -> bool:
        """Who views no more points at nothing. True when something went."""
        before = len(self._hands) + len(self._strokes)
        self._hands = {by: hand for by, hand in self._hands.items() if by in viewers}
        self._strokes = [each for each in self._strokes if each.by in viewers]
        return len(self._hands) + len(self._strokes) != before

    def clear(self) -> None:
        self.sift(())

    def shapes(self, now: float) -> list[Shape]:
        """The lowest first."""
        self._strokes = [each for each in self._strokes if each.until > now]
        hands = self._hands.values()
        return [
            *(Frame(hand.box, hand.colour, hand.name) for hand in hands if hand.box),
            *(Line(tuple(one.points), one.colour, min(1.0, (one.until - now) / FADE)) for one in self._strokes),
            *(Dot(hand.pointer[0], hand.colour, hand.name) for hand in hands if hand.pointer and hand.pointer[1] > now),
        ]

    def changes_in(self, now: float) -> float | None:
        """Seconds until it looks different, if nobody does anything; None: never."""
        ends = [each.until - FADE for each in self._strokes]
        ends += [hand.pointer[1] for hand in self._hands.values() if hand.pointer and hand.pointer[1] > now]
        return max(FRAME, min(ends) - now) if ends else None


def _ordered(x1: float, y1: float, x2: float, y2: float) -> tuple[float, float, float, float]:
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
