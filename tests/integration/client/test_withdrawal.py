"""The customer stops while an agent acts without pause: from their key to the last that was done and the last that was
captured, by the X server's own clock and its own record of who fetched pixels."""

import asyncio
import contextlib
import itertools
import math
import signal
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import xcffib.xproto as xp

from rs_client.geometry import Rect
from tests.support import xserver as xs
from tests.support.client import Api, Refused, Socket
from tests.support.client_program import Native, native
from tests.support.figures import SLACK, held
from tests.support.native_call import Call
from tests.support.person import Person
from tests.support.x_record import Captures
from tests.support.xserver import Application, XServer, until

from .test_session import allowed, joined

Way = Literal["keys", "terminal", "page"]
WAYS: tuple[Way, ...] = ("keys", "terminal", "page")
LIMIT = 200.0
"""Milliseconds."""
PLACE, PAINTED = Rect(0, 0, 200, 150), Rect(0, 0, 50, 50)
LONG = (pytest.mark.long, pytest.mark.timeout(3600))
KEYS = [{"op": "key", "key": "a", "code": "KeyA", "down": down} for down in (True, False)]
SHIFT = {"op": "key", "key": "Shift", "code": "ShiftLeft", "down": True}


def now() -> float:
    """Milliseconds of the clock by which X servers stamp events (CLOCK_MONOTONIC)."""
    return time.monotonic() * 1000 % 2**32


@dataclass
class Scene:
    """The customer has a page and the program; the agent acts in a window that changes all the time."""

    call: Call
    page: Socket
    client: Native
    app: Application
    window: int
    person: Person
    captures: Captures
    painted: int = 0

    async def paint(self) -> None:
        while True:
            self.app.fill(self.window, PAINTED, self.painted * 999 & 0xFFFFFF)
            self.painted += 1
            await asyncio.sleep(0.02)

    async def let(self) -> int:
        """The agent may see and act; the number of the picture."""
        await self.call.agent.until(lambda: not self.call.grants("desktop_view", "granted"))
        if self.call.agent.bodies("desktop.shared", self.call.session):
            await self.call.hidden()
        await self._allowed("desktop_view", "see your desktop?")
        await self._allowed("desktop_control", "control your desktop?")
        return int((await self.call.shown())["number"])

    async def _allowed(self, capability: str, words: str) -> None:
        try:
            await allowed(self.client, self.call, capability, words)
        except Refused as refused:
            if refused.code != "throttled":
                raise
            await asyncio.sleep(refused.error["retry_after"])
            await self._allowed(capability, words)

    async def act(self, picture: int) -> None:
        """Until it is refused."""
        while True:
            try:
                await self.call.input(picture, SHIFT, *KEYS * 4)
            except Refused as refused:
                if refused.code != "behind":
                    return
                await asyncio.sleep(0.01)

    def heard(self) -> list[int]:
        """When something was pressed or let go in the window: by the agent, by the program as it lets go, and by the
        customer's own Stop keys."""
        self.app.hear()
        kinds = (xp.KeyPressEvent, xp.KeyReleaseEvent)
        return [each.time for each in self.app.events if isinstance(each, kinds)]

    def presses(self) -> list[int]:
        """When the agent's letter was."""
        self.app.hear()
        code = self.person.code(ord("a"))
        return [each.time for each in self.app.events if isinstance(each, xp.KeyPressEvent) and each.detail == code]

    async def stop(self, way: Way) -> float:
        """When the customer began to say so."""
        begun = now()
        match way:
            case "keys":
                self.person.stop_keys()
            case "terminal":
                self.client.type("s")
            case "page":
                await self.page.do("stop", self.call.session)
        return begun

    async def over(self) -> None:
        """Everybody knows, and the window has changed many times since."""
        grants = self.call.grants
        await self.call.agent.until(
            lambda: not (grants("desktop_control", "granted") or grants("desktop_view", "granted"))
        )
        painted = self.painted
        await until(lambda: self.painted > painted + 20, "painted")

    def held(self) -> bool:
        return self.app.pressed() != (set(), 0)


@contextlib.asynccontextmanager
async def customer(call: Call) -> AsyncIterator[Socket]:
    """By a link, in a browser's way."""
    api = Api(call.house.base)
    try:
        link = call.link.rsplit("/", 1)[-1].partition("?")[0]
        ticket = await api.call("POST", "/join", {"link": link, "name": "Jeanne"})
        page = await Socket(api, ticket["token"]).open()
        yield page
        await page.close()
    finally:
        await api.close()


@pytest.fixture
def captures(xserver: XServer) -> Iterator[Captures]:
    recorded = Captures(xserver.display)
    yield recorded
    recorded.close()


@pytest.fixture
async def scene(xserver: XServer, program: Any, call: Call, captures: Captures, tmp_path: Path) -> AsyncIterator[Scene]:
    app: Application = program()
    window = app.window(PLACE, xs.RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    async with customer(call) as page:
        made = await page.api.call("POST", "/session/client")
        async with native(tmp_path, xserver.env, "--terminal", f"{call.house.base}{made['path']}") as client:
            await joined(client, call)
            made = Scene(call, page, client, app, window, Person(program()), captures)
            painting = asyncio.create_task(made.paint())
            yield made
            painting.cancel()


def since(begun: float, times: list[int]) -> float:
    """Milliseconds to the last of them."""
    return max(times) - begun


@pytest.mark.parametrize("rounds", [12, pytest.param(300, marks=LONG)])
async def test_from_stop_to_the_last_input_and_the_last_frame(scene: Scene, rounds: int) -> None:
    acted, captured = dict.fromkeys(WAYS, -math.inf), dict.fromkeys(WAYS, -math.inf)
    for way, _ in zip(itertools.cycle(WAYS), range(rounds), strict=False):
        scene.app.events.clear()
        scene.captures.times.clear()
        picture = await scene.let()
        acting = asyncio.create_task(scene.act(picture))
        await until(lambda: len(scene.heard()) > 20 and len(scene.captures.times) > 5, "acted and seen")
        begun = await scene.stop(way)
        await scene.over()
        await acting
        heard, fetched = scene.heard(), scene.captures.times
        assert min(heard) < begun < now()
        assert not scene.held()
        acted[way] = max(acted[way], since(begun, heard))
        captured[way] = max(captured[way], since(begun, fetched))
    for way in WAYS:
        held(f"program: Stop by {way} to the last input, of {rounds // 3}", acted[way], "ms", LIMIT)
        held(f"program: Stop by {way} to the last capture, of {rounds // 3}", captured[way], "ms", LIMIT)


@pytest.mark.parametrize(("way", "at_once"), [("keys", 50), ("terminal", 5), ("page", 50)])
async def test_a_thousand_inputs_that_wait_are_not_applied(scene: Scene, way: Way, at_once: int) -> None:
    """They and the Stop come while the program stands still; the server has passed all of them."""
    picture = await scene.let()
    await scene.call.input(picture, SHIFT, *KEYS)
    await until(lambda: len(scene.heard()) >= 3 and scene.held(), "Shift is down")
    await until(lambda: scene.captures.times, "captured")
    process = scene.client.process
    process.send_signal(signal.SIGSTOP)
    await until(lambda: "State:\tT" in Path(f"/proc/{process.pid}/status").read_text(), "it stands still")
    applied = len(scene.presses())
    assert applied == 1
    events = (KEYS * at_once)[:at_once]
    await asyncio.gather(*(scene.call.input(picture, *events) for _ in range(1000 // at_once)))
    await scene.stop(way)
    goes_on = now()
    process.send_signal(signal.SIGCONT)
    await scene.over()
    assert len(scene.presses()) == applied
    assert not scene.held()
    assert since(goes_on, scene.captures.times) < LIMIT * SLACK
