"""What the polled capture compares."""

import numpy as np

from rs_client.capture.portable import _rows_changed
from rs_client.geometry import Rect


def test_rows_that_changed() -> None:
    before = np.zeros((20, 10, 4), np.uint8)
    after = before.copy()
    assert _rows_changed(before, after) is None
    after[3, 4, 0] = after[11, 0, 2] = 1
    assert _rows_changed(before, after) == Rect(0, 3, 10, 9)
