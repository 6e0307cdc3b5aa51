"""A page that changes all the time: nothing grows with it on either side, nor on the server."""

from pathlib import Path

import pytest

from tests.bench.cobrowse_churn import grown
from tests.support.browsers import CHROMIUM
from tests.support.figures import note

LONG = (pytest.mark.long, pytest.mark.timeout(900))


@pytest.mark.parametrize(
    ("changes", "seconds"), [(5000, 12), pytest.param(30_000, 600, marks=LONG, id="ten minutes at 50 a second")]
)
async def test_nothing_grows_with_the_changes_of_a_page(tmp_path: Path, changes: int, seconds: float) -> None:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    first, last = await grown(tmp_path, changes, seconds)
    for side in first._fields:
        note(f"{changes} changes in {seconds} s: {side} grew by", getattr(last, side) - getattr(first, side), "MB")
    assert last.customer - first.customer < 1, (first, last)
    assert last.agent - first.agent < 1, (first, last)
    assert last.server - first.server < 16, (first, last)
