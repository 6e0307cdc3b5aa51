"""What is taken back while the line is down, and a window that is another one when it is back."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from rs_client.capture.x11 import X11Capture
from rs_client.geometry import Rect
from tests.support import xserver as xs
from tests.support.client_program import Native, native
from tests.support.line import Line, line
from tests.support.native_call import Call
from tests.support.xserver import Application, XServer

from .test_session import allowed, joined

Program = Callable[[], Application]
PLACE = Rect(50, 50, 300, 200)


@pytest.fixture
async def way(call: Call) -> AsyncIterator[Line]:
    async with line(call.house.base) as opened:
        yield opened


def client_of(way: Line, call: Call, xserver: XServer, folder: Path) -> Any:
    return native(folder, xserver.env, "--terminal", way.over(call.link))


async def controlled(client: Native, call: Call) -> None:
    await joined(client, call)
    await allowed(client, call, "desktop_view", "see your desktop?")
    await allowed(client, call, "desktop_control", "control your desktop?")
    await call.shown()


async def away(client: Native, way: Line) -> None:
    so_far = len(client.text)
    way.cut()
    await client.said("Connection lost.", so_far)


async def test_control_taken_back_meanwhile_is_over_when_the_line_is_back(
    xserver: XServer, call: Call, way: Line, tmp_path: Path
) -> None:
    async with client_of(way, call, xserver, tmp_path) as client:
        await controlled(client, call)
        await away(client, way)
        client.type("c")
        client.type("?")
        await client.said("Commands:", len(client.text))
        so_far, said = len(call.agent.frames), len(client.text)
        way.mend()
        await call.grant("desktop_control", "withdrawn")
        await client.said("sees your monitor left", said)
        await call.shown()
        bodies = [each["body"] for each in call.agent.frames[so_far:]]
        shown = [each["type"] == "desktop.shared" and each["picture"] is not None for each in bodies]
        taken = [each["type"] == "grant.changed" and each["grant"]["state"] == "withdrawn" for each in bodies]
        assert True not in shown[: taken.index(True)]
        assert call.grants("desktop_view", "granted")


@pytest.mark.parametrize(
    ("key", "gone", "stays"), [("c", "desktop_control", "desktop_view"), ("s", "desktop_view", "")]
)
async def test_it_is_not_forgotten_over_a_restart(
    xserver: XServer, call: Call, way: Line, tmp_path: Path, key: str, gone: str, stays: str
) -> None:
    async with client_of(way, call, xserver, tmp_path) as client:
        await controlled(client, call)
        await away(client, way)
        client.type(key)
        client.type("?")
        await client.said("Commands:", len(client.text))
        await client.kill()
    way.mend()
    async with client_of(way, call, xserver, tmp_path) as client:
        await client.said("You were in this conversation already.")
        client.type("y")
        await call.grant(gone, "withdrawn")
        if stays:
            await client.said("sees your monitor left")
            assert call.grants(stays, "granted")


async def test_a_mark_goes_with_its_window(capture: X11Capture, xserver: XServer) -> None:
    app = Application(xserver.display)
    window = await app.opened(PLACE, xs.RED, "Accounts")
    mark = capture.mark(str(window))
    assert mark == capture.mark(str(window)) == capture.marked(str(window))
    app.close()
    other = Application(xserver.display)
    try:
        assert await other.opened(PLACE, xs.BLUE, "Private") == window, "the X server gives numbers anew"
        assert capture.marked(str(window)) == ""
        assert capture.mark(str(window)) != mark
    finally:
        other.close()


async def test_another_window_with_the_number_of_the_one_that_was_chosen_is_not_shown(
    xserver: XServer, call: Call, way: Line, tmp_path: Path
) -> None:
    app = Application(xserver.display)
    window = await app.opened(PLACE, xs.RED, "Accounts")
    async with client_of(way, call, xserver, tmp_path) as client:
        await joined(client, call)
        await call.ask("application_view")
        await client.said("y yes")
        client.type("y")
        await client.said("Number of the window")
        client.type(next(each for each in client.lines if "Accounts" in each).split()[0])
        await call.shown()
        await client.said("sees the window \u201cAccounts\u201d")
        await away(client, way)
        await client.kill()
    app.close()
    other = Application(xserver.display)
    try:
        assert await other.opened(PLACE, xs.BLUE, "Private") == window
        so_far = len(call.agent.bodies("desktop.shared", call.session))
        way.mend()
        async with client_of(way, call, xserver, tmp_path) as client:
            await client.said("You were in this conversation already.")
            client.type("y")
            await client.said("The window that was shown is closed.")
            await call.grant("application_view", "withdrawn")
            told = call.agent.bodies("desktop.shared", call.session)[so_far:]
            assert all(each["picture"] is None or each["picture"]["name"] == "Accounts" for each in told)
    finally:
        other.close()
