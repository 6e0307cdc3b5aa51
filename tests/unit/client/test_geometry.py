"""Rectangles and rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_client.geometry import Rect, bands

rects = st.builds(Rect, *[st.integers(-50, 150)] * 2, *[st.integers(1, 120)] * 2)


@given(st.lists(rects), st.integers(1, 101))
def test_bands_are_the_rows_that_rectangles_touch(found: list[Rect], height: int) -> None:
    got = bands(found, height)
    rows = {row for top, count in got for row in range(top, top + count)}
    touched = {row for rect in found for row in range(rect.y, rect.y + rect.height) if 0 <= row < height}
    assert touched <= rows
    pairs = {row & ~1 for rect in found for row in range(rect.y, rect.y + rect.height)}
    assert {row & ~1 for row in rows} <= pairs
    assert sum(count for _, count in got) == len(rows)
    assert got == sorted(got)


@given(rects, rects)
def test_cut_is_what_both_have(one: Rect, other: Rect) -> None:
    part = one.cut(other)
    assert part == other.cut(one)
    for x in range(-50, 270, 7):
        for y in range(-50, 270, 7):
            assert (part is not None and part.holds(x, y)) == (one.holds(x, y) and other.holds(x, y))


@pytest.mark.parametrize(
    ("x", "y", "pixel"),
    [
        (0, 0, (10, 20)),
        (1, 1, (109, 69)),
        (0.5, 0.5, (60, 45)),
        (1.1, 0, None),
        (0, -0.1, None),
        (float("nan"), 0, None),
    ],
)
def test_fractions_are_pixels_inside(x: float, y: float, pixel: tuple[int, int] | None) -> None:
    assert Rect(10, 20, 100, 50).at(x, y) == pixel


@pytest.mark.parametrize(
    ("x", "y", "inside"), [(600, 10, (640, 10)), (660, 10, (660, 10)), (5000, -50, (500, 0)), (1150, 780, (1100, 600))]
)
def test_a_window_goes_into_the_monitor_that_has_most_of_it(x: int, y: int, inside: tuple[int, int]) -> None:
    monitors = [Rect(0, 0, 600, 800), Rect(640, 0, 560, 800)]
    assert Rect(x, y, 100, 200).within(monitors) == Rect(*inside, 100, 200)
    assert Rect(10, 10, 5000, 5000).within(monitors)[:2] in [(0, 0), (640, 0)]
