"""Everything about the queue's storage is tested on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.acd import OTHERS


@pytest.fixture(autouse=True, params=["sqlite", "postgres"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """`sqlite(tmp_path)` names a database of PostgreSQL in the one case."""
    if request.param == "postgres":
        OTHERS[tmp_path] = request.getfixturevalue("postgres_url")
    yield
    OTHERS.pop(tmp_path, None)
