"""The demonstration as a user starts it, and browsers for its people."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.browsers import CHROMIUM, People, people
from tests.support.demo import Demo, demo
from tests.support.view import Hosts, Viewing, hosts


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


@pytest.fixture
async def served() -> AsyncIterator[Hosts]:
    async with hosts() as running:
        yield running


@pytest.fixture
async def viewing(served: Hosts, crowd: People) -> Viewing:
    viewing = await Viewing(await crowd.person(), served).open()
    await viewing.mode()
    return viewing


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several browsers on two busy cores need longer than what a unit test is given."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.timeout(240))
