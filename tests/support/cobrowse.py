"""An agent's program that takes a customer and reads what their page says, and pages of a company to look at."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from playwright.async_api import Page

from rs_server.protocol.page import HEADER_SIZE, read
from tests.support.client import Api, Socket
from tests.support.demo import Demo
from tests.support.page import PageSocket


class Watcher:
    """Takes the next customer of the demonstration, and watches their page as far as it is allowed."""

    def __init__(self, company: Demo, name: str = "sofia") -> None:
        self.company = company
        self.name = name
        self.api = Api(company.base)
        self.session = ""
        self._acts = 0

    async def start(self) -> "Watcher":
        await self.api.login(self.name, self.company.password(self.name))
        self.socket = await Socket(self.api).open()
        await self.socket.do("agent.state", state="ready")
        return self

    async def take(self) -> str:
        """The session of the next offer."""
        offer = await self.socket.until(lambda: (self.socket.desk().get("offers") or [None])[0])
        await self.socket.do("offer.accept", offer=offer["id"])
        self.session = offer["session"]
        await self.socket.until(lambda: self.socket.view(self.session).get("session", {}).get("state") == "live")
        self.wire = await PageSocket(self.api, self.session, "view").open()
        return self.session

    async def close(self) -> None:
        if self.session:
            await self.wire.close()
        await self.socket.close()
        await self.api.close()

    # --- what the page said ---

    def messages(self) -> list[tuple[int, list[Any]]]:
        """Whole messages with their epochs, in order."""
        found: list[tuple[int, list[Any]]] = []
        pieces: list[bytes] = []
        for frame in self.wire.frames:
            header = read(frame)
            pieces = [*pieces, frame[HEADER_SIZE:]] if header.chunk else [frame[HEADER_SIZE:]]
            if header.last:
                found.append((header.epoch, json.loads(b"".join(pieces))))
        return found

    def events(self, kind: str) -> list[Any]:
        return [event for _, message in self.messages() for event in message[1:] if event[0] == kind]

    def said(self) -> str:
        """All that ever came of the page, as text."""
        return "\n".join(json.dumps(message, ensure_ascii=False) for _, message in self.messages())

    async def until(self, condition: Callable[[], Any], timeout: float = 30) -> Any:
        return await self.wire.until(condition, timeout)

    async def sees(self, text: str, timeout: float = 30) -> None:
        try:
            await self.until(lambda: text in self.said(), timeout)
        except TimeoutError:
            raise AssertionError(f"{text!r} is not in: {self.said()[-3000:]}") from None

    # --- what the agent does ---

    def node(self, fits: Callable[[list[Any]], bool]) -> int:
        """Number of the first element of the newest epoch that fits: `[id, 1, tag, attributes, ...]`."""
        messages = self.messages()
        newest = max(epoch for epoch, _ in messages)
        for epoch, message in messages:
            for node in _elements(message[1:]) if epoch == newest else ():
                if fits(node):
                    return int(node[0])
        raise AssertionError("no such element")

    async def act(self, **op: Any) -> dict[str, Any]:
        """The last word on an act: its result."""
        self._acts += 1
        act = f"act-{self._acts}"
        epoch = max(epoch for epoch, _ in self.messages())
        await self.socket.do("page.act", self.session, act=act, epoch=epoch, op=op)

        def over() -> Any:
            results = [one for one in self.socket.bodies("page.result") if one["act"] == act]
            return next((one for one in results if one["outcome"] != "asking"), None)

        result: dict[str, Any] = await self.socket.until(over, 20)
        return result

    def tabs(self) -> list[dict[str, Any]]:
        said = self.socket.bodies("page.tabs", self.session)
        return list(said[-1]["tabs"]) if said else []


def _elements(events: Sequence[Any]) -> list[list[Any]]:
    found: list[list[Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            if len(value) >= 5 and value[1] == 1 and isinstance(value[2], str):
                found.append(value)
            for one in value:
                walk(one)

    walk(list(events))
    return found


@asynccontextmanager
async def watcher(company: Demo, name: str = "sofia") -> AsyncIterator[Watcher]:
    agent = await Watcher(company, name).start()
    try:
        yield agent
    finally:
        await agent.close()


def embed(company: Demo, attributes: str = "") -> str:
    return f'<script src="{company.base}/embed.js" data-site="acme-tools" {attributes}></script>'


class Pages:
    """Pages of a company's at an origin of their own, which is one of the site's."""

    def __init__(self) -> None:
        self.origin = ""
        self._answers: dict[str, tuple[str, dict[str, str]]] = {}

    def put(self, path: str, body: str, **headers: str) -> str:
        """The address of this page."""
        self._answers[path] = (f"<!doctype html>{body}", headers)
        return self.origin + path

    async def answer(self, request: web.Request) -> web.Response:
        if request.path not in self._answers:
            raise web.HTTPNotFound
        body, headers = self._answers[request.path]
        return web.Response(text=body, content_type="text/html", headers=headers)


@asynccontextmanager
async def pages(company: Demo, host: str = "127.0.0.1", **settings: Any) -> AsyncIterator[Pages]:
    """Serves pages that belong to the demonstration's site, whose settings may change with it."""
    made = Pages()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    made.origin = f"http://{host}:{runner.addresses[0][1]}"
    try:
        await _change_site(company, made.origin, settings)
        yield made
    finally:
        await runner.cleanup()


async def _change_site(company: Demo, origin: str, settings: dict[str, Any]) -> None:
    admin = Api(company.base)
    try:
        await admin.login("ada", company.password("ada"))
        [site] = (await admin.call("GET", "/admin/sites"))["sites"]
        changed = {**site["settings"], **settings, "origins": [*site["settings"]["origins"], origin]}
        await admin.call("PUT", f"/admin/sites/{site['key']}", {"version": site["version"], "settings": changed})
    finally:
        await admin.close()


async def get_help(page: Page, name: str = "Jeanne Petit") -> None:
    """On a page of the company's: into the queue."""
    await page.get_by_role("button", name="Get help").click()
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Get help").last.click()


async def allow(page: Page) -> None:
    """Say yes to the question that is there, or comes."""
    await page.get_by_role("button", name="Allow", exact=True).click()
