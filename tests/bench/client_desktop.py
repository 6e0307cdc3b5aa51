"""A whole desktop of 1920 x 1080 seen and clicked from a browser: ours through server and media worker, beside x11vnc,
websockify and noVNC on the same screen, in the same browser, in the same run."""

import asyncio
import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from playwright.async_api import Page

from tests.bench.desktop_scene import HEIGHT, WIDTH
from tests.bench.desktop_view import COUNTER, Figures, measure
from tests.bench.rows import Row, measures, row
from tests.bench.server import family_of
from tests.support import xserver as xs
from tests.support.browsers import People, people, sign_in
from tests.support.client import Api
from tests.support.client_program import native
from tests.support.demo import ROOT, demo, free_ports
from tests.support.xserver import XServer

CUSTOMER = "Customer"
"""Who joins without giving a name."""

NOVNC = Path("/usr/share/novnc")
VIEWPORT: Any = {"width": WIDTH, "height": HEIGHT + 120}
OURS = """document.querySelector(".screen-over").parentElement.querySelector("video")"""
THEIRS = """document.querySelector("canvas")"""


def missing() -> str | None:
    absent = [tool for tool in ("x11vnc", "websockify") if shutil.which(tool) is None]
    if not (NOVNC / "vnc_lite.html").exists():
        absent.append("novnc")
    return f"not installed: {', '.join(absent)}" if absent else xs.missing()


class Screen:
    def __init__(self, server: XServer, scene: "subprocess.Popen[bytes]") -> None:
        self.server = server
        self._scene = scene

    def toggle(self) -> None:
        assert self._scene.stdin is not None
        self._scene.stdin.write(b"\n")
        self._scene.stdin.flush()


@contextlib.asynccontextmanager
async def screen(folder: Path) -> AsyncIterator[Screen]:
    folder.mkdir()
    with xs.running(folder, WIDTH, HEIGHT) as server:
        scene = server.run(
            *(sys.executable, "-m", "tests.bench.desktop_scene", str(folder)),
            env={**server.env, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert scene.stdout is not None
        assert scene.stdin is not None
        try:
            if await asyncio.to_thread(scene.stdout.readline) != b"ready\n":
                raise RuntimeError(f"no scene: {next(folder.glob('python*.log')).read_text()[-2000:]}")
            yield Screen(server, scene)
        finally:
            scene.stdin.close()
            await asyncio.to_thread(scene.wait, 10)
            scene.stdout.close()


async def ours(folder: Path, shown: Screen) -> Figures:
    async with demo(folder / "data") as company, people(folder) as crowd:
        api = Api(company.base)
        await api.login("sofia", company.password("sofia"))
        agent = await crowd.person(viewport=VIEWPORT)
        await agent.add_init_script(COUNTER)
        await sign_in(agent, company, "sofia")
        session = (await api.call("POST", "/sessions", {"queue": "billing"}))["session"]
        made = await api.call("POST", f"/sessions/{session}/invites", {"way": "link"})
        await api.close()
        async with native(folder, shown.server.env, "--terminal", made["url"]) as client:
            await client.said("y join")
            client.type("y")
            await client.said("Nobody sees your screen now.")
            await agent.get_by_text(CUSTOMER, exact=True).first.click()
            tools = agent.get_by_role("toolbar", name="Tools", exact=True)
            for tool, words in (("View desktop", "see your desktop?"), ("Control desktop", "control your desktop?")):
                await tools.get_by_role("button", name=tool, exact=True).click()
                # Before that nothing is an answer.
                await client.said("y yes", await client.said(words))
                client.type("y")
                await agent.locator(".screen-over").wait_for()
            await agent.locator(".screen-over[data-control]").wait_for()

            async def click(x: float, y: float) -> None:
                box = await agent.locator(".screen-over").bounding_box()
                assert box is not None
                scale = min(box["width"] / WIDTH, box["height"] / HEIGHT)
                left = box["x"] + (box["width"] - WIDTH * scale) / 2
                top = box["y"] + (box["height"] - HEIGHT * scale) / 2
                await agent.mouse.click(left + x * WIDTH * scale, top + y * HEIGHT * scale)

            return await measure(agent, OURS, click, shown.toggle, lambda: family_of(client.process.pid))


async def theirs(folder: Path, shown: Screen) -> Figures:
    vnc, web = free_ports(2)
    server = shown.server
    processes = [
        server.run("x11vnc", "-localhost", "-rfbport", str(vnc), "-forever", "-nopw", "-quiet"),
        server.run("websockify", "--web", str(NOVNC), f"127.0.0.1:{web}", f"127.0.0.1:{vnc}"),
    ]
    try:
        for port in (vnc, web):
            await listening(port)
        async with people(folder) as crowd:
            page = await seen(crowd, f"http://127.0.0.1:{web}/vnc_lite.html?scale=false")

            async def click(x: float, y: float) -> None:
                box = await page.locator("canvas").bounding_box()
                assert box is not None
                await page.mouse.click(box["x"] + x * WIDTH, box["y"] + y * HEIGHT)

            def family() -> list[psutil.Process]:
                return [each for process in processes for each in family_of(process.pid)]

            return await measure(page, THEIRS, click, shown.toggle, family)
    finally:
        for process in processes:
            process.terminate()


Side = Callable[[Path, Screen], Awaitable[Figures]]

ORDER: Sequence[Side] = (ours, theirs, theirs, ours)
"""What grows warm, or slow, in the course of it does so for both."""


async def seen(crowd: People, address: str) -> Page:
    page = await crowd.person(viewport=VIEWPORT)
    await page.add_init_script(COUNTER)
    await page.goto(address)
    await page.wait_for_function(f"() => document.querySelector('canvas')?.width === {WIDTH}")
    return page


async def listening(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    return
            except OSError:
                await asyncio.sleep(0.05)


NAMES = ("fps", "bytes", "delay", "idle_cpu", "idle_bytes", "click")


class Both(NamedTuple):
    """Of one figure, every repetition."""

    ours: list[float]
    theirs: list[float]

    @property
    def ratio(self) -> float:
        return statistics.mean(self.ours) / statistics.mean(self.theirs)

    def said(self, unit: str, scale: float = 1) -> str:
        ours, theirs = ([f"{scale * each:.3g}" for each in values] for values in self)
        return f"ours {' and '.join(ours)}, theirs {' and '.join(theirs)} {unit}"


@measures(*(f"client.desktop.{name}" for name in NAMES), seconds=240)
async def desktop(folder: Path) -> Sequence[Row]:
    absent = missing()
    if absent is not None:
        return [Row(f"client.desktop.{name}", None, "", None, None, f"skipped, {absent}") for name in NAMES]
    found: dict[Side, list[Figures]] = {ours: [], theirs: []}
    async with screen(folder / "x") as shown:
        for number, side in enumerate(ORDER):
            place = folder / str(number)
            place.mkdir()
            found[side].append(await side(place, shown))
            print(f"{side.__name__}: {found[side][-1]}", flush=True)

    def both(name: str) -> Both:
        return Both(*([float(getattr(each, name)) for each in found[side]] for side in (ours, theirs)))

    fps, bits, delay, click = both("fps"), both("bits"), both("delay"), both("click")
    idle, idle_bits = both("idle"), both("idle_bits")
    host = both("host").said("of a core while it scrolls")
    return [
        row("client.desktop.fps", fps.ratio, "of noVNC", at_least=3, peer=f"{fps.said('a second')}; {host}"),
        row("client.desktop.bytes", bits.ratio, "of noVNC", at_most=0.15, peer=bits.said("Mbit/s", 1e-6)),
        row("client.desktop.delay", delay.ratio, "of noVNC", at_most=0.8, peer=delay.said("ms", 1e3)),
        row("client.desktop.idle_cpu", max(idle.ours), "of a core", at_most=0.04, peer=idle.said("of a core")),
        row("client.desktop.idle_bytes", max(idle_bits.ours) / 1e3, "kbit/s", peer=idle_bits.said("kbit/s", 1e-3)),
        row("client.desktop.click", click.ratio, "of noVNC", at_most=1, peer=click.said("ms", 1e3)),
    ]
