"""A customer's window and an agent's console in browsers, and a desktop of real windows that one of them shares."""

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from rs_client.geometry import Rect
from tests.support import xserver as xs
from tests.support.browsers import People, sign_in
from tests.support.client import Api
from tests.support.client_program import Native, native
from tests.support.demo import Demo
from tests.support.xserver import XServer

OVER = {"console": ".screen-over", "window": ".stage .over"}
"""What lies over the picture: in the agent's console, in the customer's window."""

# Red, green or blue of the pixel at these fractions is far above the others. The shadow root of the window is open.
SEES = """([over, x, y, wanted]) => {
  const find = (root) => root.querySelector(over) ?? [...root.querySelectorAll("*")]
    .map((one) => one.shadowRoot && find(one.shadowRoot)).find(Boolean);
  const video = find(document)?.parentElement.querySelector("video");
  if (!video?.videoWidth) return false;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const look = canvas.getContext("2d");
  look.drawImage(video, 0, 0);
  const { data } = look.getImageData(Math.floor(x * canvas.width), Math.floor(y * canvas.height), 1, 1);
  return [...data].slice(0, 3).every((value, at) => (wanted[at] ? value > 140 : value < 110));
}"""
GREEN, YELLOW, BLUE = [0, 1, 0], [1, 1, 0], [0, 0, 1]


@dataclass
class Scene:
    xserver: XServer
    agent: Page
    customer: Page
    folder: Path
    shown: Rect = field(default_factory=lambda: Rect(0, 0, xs.WIDTH, xs.HEIGHT))
    """What of the desktop is in the picture."""

    async def asks(self, tool: str) -> None:
        tools = self.agent.get_by_role("toolbar", name="Tools", exact=True)
        await tools.get_by_role("button", name=tool, exact=True).click()

    @contextlib.asynccontextmanager
    async def client(self) -> AsyncIterator[Native]:
        """The customer starts what the window offers."""
        async with self.started(*await self.offered()) as running:
            yield running

    async def offered(self) -> tuple[str, str]:
        """The server and the number that the customer's window says."""
        command = await self.customer.locator("input.code").input_value()
        return server_in(command), await self.customer.locator("output.number").inner_text()

    @contextlib.asynccontextmanager
    async def own(self) -> AsyncIterator[Native]:
        """The agent starts a client of their own, by the code of the console."""
        await self.asks("Share my desktop with control…")
        dialog = self.agent.get_by_role("dialog")
        command = await dialog.get_by_label("Copy this into a terminal").input_value()
        number = await dialog.locator(".big-number").inner_text()
        async with self.started(server_in(command), number) as running:
            await expect(dialog.get_by_text("Your program is connected")).to_be_visible()
            await dialog.get_by_role("button", name="Close").last.click()
            yield running

    def started(self, server: str, number: str) -> AbstractAsyncContextManager[Native]:
        return started(self.folder, self.xserver, server, number)

    async def over(self, page: Page | None = None) -> tuple[float, float, float, float]:
        box = await (page or self.agent).locator(self._over(page)).bounding_box()
        assert box is not None
        return box["x"], box["y"], box["width"], box["height"]

    async def sees(self, x: float, y: float, colour: list[int], page: Page | None = None) -> None:
        await (page or self.agent).wait_for_function(SEES, arg=[self._over(page), x, y, colour])

    async def click(self, x: int, y: int, page: Page | None = None) -> None:
        """At this pixel of the desktop."""
        await (page or self.agent).mouse.click(*await self.spot(x, y, page))

    async def spot(self, x: int, y: int, page: Page | None = None) -> tuple[float, float]:
        """Where that pixel is on the page."""
        left, top, width, height = await self.over(page)
        shown = self.shown
        scale = min(width / shown.width, height / shown.height)
        left, top = left + (width - shown.width * scale) / 2, top + (height - shown.height * scale) / 2
        return left + (x - shown.x) * scale, top + (y - shown.y) * scale

    def _over(self, page: Page | None) -> str:
        return OVER["window" if page is self.customer else "console"]


@contextlib.asynccontextmanager
async def started(folder: Path, xserver: XServer, server: str, number: str) -> AsyncIterator[Native]:
    """The client in its terminal form, which has joined by this number."""
    async with native(folder, xserver.env, "--terminal", "--server", server) as running:
        await running.said("Number or link:")
        running.type(number)
        await running.said("y join")
        running.type("y")
        yield running


def server_in(command: str) -> str:
    found = re.search(r'--server "([^"]+)"$', command)
    assert found, command
    return found[1]


@contextlib.asynccontextmanager
async def staged(
    company: Demo, crowd: People, folder: Path, language: str = "en-GB", name: str = "Jeanne Petit"
) -> AsyncIterator[Scene]:
    """Both in a live session, and a screen of its own for whoever shares."""
    absent = xs.missing()
    if absent is not None:
        pytest.skip(absent)
    folder = folder / "x"
    folder.mkdir()
    with xs.running(folder) as xserver:
        api = Api(company.base)
        await api.login("sofia", company.password("sofia"))
        agent = await crowd.person(permissions=["clipboard-read", "clipboard-write"])
        await sign_in(agent, company, "sofia")
        session = (await api.call("POST", "/sessions", {"queue": "billing"}))["session"]
        made = await api.call("POST", f"/sessions/{session}/invites", {"way": "link"})
        await api.close()
        customer = await crowd.person(language=language, permissions=["clipboard-read", "clipboard-write"])
        await customer.goto(f"{made['url']}?lang={language[:2]}")
        await customer.get_by_label(re.compile("^(Your name|Votre nom)")).fill(name)
        await customer.get_by_role("button", name=re.compile("^(Join|Entrer)$")).click()
        await customer.get_by_role("button", name=re.compile("^Micro")).wait_for()
        await agent.get_by_text(name).first.click()
        yield Scene(xserver, agent, customer, folder)
