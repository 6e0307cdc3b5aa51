"""The demonstration as a user starts it, and browsers for its people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browsers import CHROMIUM, People, people
from tests.support.demo import Demo, demo


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "data") as running:
        yield running


@pytest.fixture
async def crowd(tmp_path: Path) -> AsyncIterator[People]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    async with people(tmp_path) as everybody:
        yield everybody
        assert everybody.errors == []
