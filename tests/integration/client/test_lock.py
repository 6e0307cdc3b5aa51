"""While the screen is locked nobody sees or does anything, and control does not come back by itself."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import xcffib.xproto as xp

from rs_client import lock
from rs_client.geometry import Rect
from tests.support import xserver as xs
from tests.support.client import Refused
from tests.support.client_program import native
from tests.support.native_call import Call
from tests.support.screen_lock import LOGIN, Manager, Saver, Service, daemon
from tests.support.xserver import Application, XServer, until

from .test_session import allowed, joined

SHIFT = {"op": "key", "key": "Shift", "code": "ShiftLeft", "down": True}
LETTER = {"op": "key", "key": "a", "code": "KeyA", "down": True}
GNOME = "org.gnome.ScreenSaver"

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="not installed: dbus-daemon")


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[str]:
    async with daemon(tmp_path) as address:
        yield address


@pytest.fixture
def env(xserver: XServer, bus: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", xserver.display)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus)
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)


@contextlib.asynccontextmanager
async def watching() -> AsyncIterator[list[bool]]:
    told: list[bool] = []
    task = asyncio.create_task(lock.watch(told.append))
    yield told
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("name", [GNOME, "org.freedesktop.ScreenSaver", "org.mate.ScreenSaver"])
async def test_what_desktops_say(env: None, bus: str, name: str) -> None:
    async with Service.at(bus, name) as service, Service.at(bus) as stranger:
        saver = Saver(service, name)
        await saver.lock(True)
        async with watching() as told:
            await until(lambda: told == [True], "it was locked already")
            path = "/" + name.replace(".", "/")
            await stranger.signal(path, name, "ActiveChanged", "b", False)
            await stranger.signal(path, "org.cinnamon.ScreenSaver", "ActiveChanged", "b", False)
            await saver.lock(False)
            await until(lambda: len(told) > 1, "unlocked")
            await saver.lock(True)
            await until(lambda: len(told) > 2, "locked")
            assert told == [True, False, True]


async def test_a_saver_that_comes_later_and_goes(env: None, bus: str) -> None:
    async with watching() as told:
        async with Service.at(bus, GNOME) as service:
            saver = Saver(service, GNOME)
            async with asyncio.timeout(20):
                while not told:
                    await saver.lock(True)
                    await asyncio.sleep(0.05)
        await until(lambda: told == [True, False], "who locked is gone")


@pytest.mark.parametrize(("name", "away"), [("LockedHint", True), ("Active", False)])
async def test_what_logind_says(env: None, bus: str, name: str, away: bool) -> None:
    async with Service.at(bus, LOGIN) as service:
        manager = Manager(service)
        await manager.set(name, away)
        async with watching() as told:
            await until(lambda: told == [True], "it was locked already")
            await manager.set(name, not away)
            await until(lambda: told == [True, False], "unlocked")


async def test_without_any_bus_the_x_server_tells(
    xserver: XServer, program: Callable[[], Application], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DISPLAY", xserver.display)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    app = program()
    async with watching() as told:
        async with saver_of(app):
            await until(lambda: told == [True], "covered")
        await until(lambda: told == [True, False], "uncovered")


@contextlib.asynccontextmanager
async def saver_of(app: Application) -> AsyncIterator[None]:
    try:
        app.x.core.ForceScreenSaver(xp.ScreenSaver.Active)
        app.x.flush()
        yield
    finally:
        app.x.core.ForceScreenSaver(xp.ScreenSaver.Reset)
        app.x.flush()


async def test_a_locked_screen_is_not_shown_and_control_ends(
    xserver: XServer, bus: str, program: Any, call: Call, tmp_path: Path
) -> None:
    app: Application = program()
    window = app.window(Rect(100, 100, 200, 150), xs.RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    env = {**xserver.env, "DBUS_SESSION_BUS_ADDRESS": bus, "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={tmp_path}/none"}
    async with Service.at(bus, GNOME) as service, native(tmp_path, env, "--terminal", call.link) as client:
        saver = Saver(service, GNOME)
        await joined(client, call)
        await allowed(client, call, "desktop_view", "see your desktop?")
        await allowed(client, call, "desktop_control", "control your desktop?")
        picture = await call.shown()
        await call.sees("desktop")
        await call.input(picture["number"], SHIFT)
        await until(lambda: app.pressed()[0], "Shift is down")
        await saver.lock(True)
        await paused(call, True)
        await call.grant("desktop_control", "withdrawn")
        assert app.pressed() == (set(), 0)
        assert call.grants("desktop_view", "granted")
        so_far = len(app.hear(xp.KeyPressEvent))
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(picture["number"], LETTER)
        await saver.lock(False)
        await paused(call, False)
        again = await call.shown()
        assert again["number"] != picture["number"]
        await client.said("While the screen was locked nothing was shown.")
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(again["number"], LETTER)
        assert len(app.hear(xp.KeyPressEvent)) == so_far
        assert "see your desktop?" not in client.text[client.text.index("While the screen") :]


def paused(call: Call, wanted: bool) -> Awaitable[Any]:
    def is_so() -> bool:
        picture = call.agent.bodies("desktop.shared", call.session)[-1]["picture"]
        return picture is not None and picture["paused"] is wanted

    found: Awaitable[Any] = call.agent.until(is_so, 20)
    return found
