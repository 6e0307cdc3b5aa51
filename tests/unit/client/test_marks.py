"""What is pointed at and drawn: for how long, of whom, and how much of it."""

from typing import Any

import pytest

from rs_client.core import marks as core
from rs_client.core.marks import Dot, Frame, Line, Marks
from rs_server.protocol.desktop import DesktopMark, ScreenHighlight, ScreenPointer, ScreenStroke, ScreenWipe

BLUE = 0x3155D6


def mark(shown: Any, by: str = "a") -> DesktopMark:
    return DesktopMark(by=by, by_name=by.title(), picture=1, shown=shown)


def after(*shown: Any, by: str = "a", at: float = 0.0) -> Marks:
    marks = Marks()
    for each in shown:
        marks.take(mark(each, by), BLUE, at)
    return marks


def stroke(number: int = 1, *, end: bool = False, points: int = 2) -> ScreenStroke:
    return ScreenStroke(stroke=number, points=[(0.1, 0.2)] * points, end=end)


def test_a_pointer_is_where_it_was_last_until_it_leaves_or_is_silent() -> None:
    marks = after(ScreenPointer(at=(0.1, 0.1)), ScreenPointer(at=(0.5, 0.6)))
    assert marks.shapes(1.0) == [Dot((0.5, 0.6), BLUE, "A")]
    assert marks.changes_in(1.0) == pytest.approx(core.POINTER - 1)
    assert marks.shapes(core.POINTER) == []
    assert marks.changes_in(core.POINTER) is None
    marks.take(mark(ScreenPointer(at=(0.5, 0.6))), BLUE, 9.0)
    marks.take(mark(ScreenPointer(at=None)), BLUE, 9.1)
    assert marks.shapes(9.2) == []


def test_a_frame_stays_until_it_is_taken_away() -> None:
    marks = after(ScreenHighlight(box=(0.8, 0.2, 0.4, 0.6)))
    assert marks.shapes(1e6) == [Frame((0.4, 0.2, 0.8, 0.6), BLUE, "A")]
    marks.take(mark(ScreenHighlight(box=None)), BLUE, 1.0)
    assert marks.shapes(1.0) == []


def test_a_line_of_several_pieces_fades_after_its_end() -> None:
    marks = after(stroke(), stroke(end=True), stroke(2))
    (line, open_line) = marks.shapes(0.0)
    assert isinstance(line, Line)
    assert (len(line.points), line.strength) == (4, 1)
    assert marks.changes_in(0.0) == pytest.approx(core.STROKE - core.FADE)
    half = core.STROKE - core.FADE / 2
    fading = marks.shapes(half)[0]
    assert isinstance(fading, Line)
    assert fading.strength == pytest.approx(0.5)
    assert marks.changes_in(half) == core.FRAME
    assert marks.shapes(core.STROKE) == [open_line], "its end may have been lost: it goes later"
    assert marks.shapes(core.STROKE * core.UNENDED) == []


def test_wiping_and_leaving_take_what_is_of_one_person() -> None:
    marks = after(ScreenHighlight(box=(0, 0, 1, 1)), stroke(end=True))
    marks.take(mark(stroke(), "b"), BLUE, 0.0)
    marks.take(mark(ScreenWipe()), BLUE, 0.0)
    assert len(marks.shapes(0.0)) == 1
    assert not marks.sift({"a", "b"})
    assert marks.sift({"a"})
    assert marks.shapes(0.0) == []


def lines(marks: Marks) -> list[Line]:
    return [each for each in marks.shapes(0.0) if isinstance(each, Line)]


def test_lines_all_over_the_picture_are_only_so_long_together() -> None:
    marks = Marks()
    across = [(float(each % 2), 0.5) for each in range(200)]
    marks.take(mark(ScreenStroke(stroke=1, points=across)), BLUE, 0.0)
    (alone,) = lines(marks)
    assert len(alone.points) == core.MOST_LENGTH + 1
    for number in range(2, 10):
        marks.take(mark(ScreenStroke(stroke=number, points=across[:11])), BLUE, 0.0)
    assert [len(each.points) for each in lines(marks)] == [11] * int(core.MOST_LENGTH / 10), "the oldest go"


def test_there_is_only_so_much_of_everything() -> None:
    marks = Marks()
    for number in range(2 * core.MOST_STROKES):
        marks.take(mark(stroke(number)), BLUE, 0.0)
    assert len(lines(marks)) == core.MOST_STROKES
    for number in range(2 * core.MOST_STROKES):
        for _ in range(2):
            marks.take(mark(stroke(number, points=core.MOST_POINTS - 1)), BLUE, float(number))
    assert [len(each.points) for each in lines(marks)] == [core.MOST_POINTS] * (core.MOST_DRAWN // core.MOST_POINTS)
    marks = Marks()
    for number in range(2 * core.MOST_HANDS):
        marks.take(mark(ScreenPointer(at=(0, 0)), str(number)), BLUE, 0.0)
    assert len(marks.shapes(0.0)) == core.MOST_HANDS
