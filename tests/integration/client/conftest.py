"""An X server for the tests of this folder, and programs on it that end with each test."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from rs_client.capture.x11 import X11Capture
from rs_client.geometry import Rect
from rs_client.inject.x11 import X11Injector
from tests.support import xserver as xs
from tests.support.native_call import Call, calling
from tests.support.xserver import Application, XServer

Inject = Callable[..., X11Injector]


@pytest.fixture(scope="session")
def xserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[XServer]:
    absent = xs.missing()
    if absent is not None:
        pytest.skip(absent)
    with xs.running(tmp_path_factory.mktemp("x")) as server:
        server.monitors(left=Rect(0, 0, 640, 800), right=Rect(640, 0, 640, 800))
        yield server


@pytest.fixture
def program(xserver: XServer) -> Iterator[Callable[[], Application]]:
    """Programs, each another client of the X server. The pointer begins in a corner."""
    begun: list[Application] = []

    def begin() -> Application:
        begun.append(Application(xserver.display))
        return begun[-1]

    first = begin()
    first.x.core.WarpPointer(0, first.x.root, 0, 0, 0, 0, xs.WIDTH - 1, xs.HEIGHT - 1)
    first.x.flush()
    yield begin
    for each in begun:
        each.close()
    xserver.settle()


@pytest.fixture
def capture(xserver: XServer) -> Iterator[X11Capture]:
    opened = X11Capture(xserver.display)
    yield opened
    opened.close()


@pytest.fixture
async def inject(xserver: XServer) -> AsyncIterator[Inject]:
    begun: list[X11Injector] = []

    def begin(confined: str | Rect | None = None) -> X11Injector:
        begun.append(X11Injector(confined, xserver.display))
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


@pytest.fixture
def tk(xserver: XServer) -> None:
    absent = xs.no_tk()
    if absent is not None:
        pytest.skip(absent)


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with calling(tmp_path) as opened:
        yield opened
