"""A page that changes all the time, in short; ten minutes of it are in `make bench`, `cobrowse.churn`."""

from pathlib import Path

import pytest

from tests.bench.cobrowse_churn import grown
from tests.support.browsers import CHROMIUM


async def test_nothing_grows_with_the_changes_of_a_page(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    first, last = await grown(tmp_path, 5000, 12)
    assert last.customer - first.customer < 1, (first, last)
    assert last.agent - first.agent < 1, (first, last)
    assert last.server - first.server < 16, (first, last)
