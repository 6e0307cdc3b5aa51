"""The demonstration as a user starts it, and browsers for its people."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.browsers import CHROMIUM, People, people
from tests.support.demo import Demo, demo
from tests.support.view import Hosts, Viewing, hosts

T = TypeVar("T")


@pytest.fixture
async def _begun(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Demo | None, People | None]]:
    """The server and the first browser, side by side: each takes a second or two."""
    wanted = request.fixturenames
    if "crowd" in wanted and CHROMIUM is None:
        pytest.skip("chromium is not installed")

    async def begin(name: str, stack: AsyncExitStack, part: AbstractAsyncContextManager[T]) -> T | None:
        return await stack.enter_async_context(part) if name in wanted else None

    # The browsers end first: a server waits for those who are there.
    async with AsyncExitStack() as servers, AsyncExitStack() as browsers:
        async with asyncio.TaskGroup() as group:
            company = group.create_task(begin("company", servers, demo(tmp_path / "data")))
            crowd = group.create_task(begin("crowd", browsers, people(tmp_path, ready=1)))
        yield company.result(), crowd.result()


@pytest.fixture
async def company(_begun: tuple[Demo, None]) -> Demo:
    return _begun[0]


@pytest.fixture
async def crowd(_begun: tuple[None, People]) -> AsyncIterator[People]:
    yield _begun[1]
    assert _begun[1].errors == []


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
