"""An agent who sees a customer's page through the real server, in two Chromium processes."""

import asyncio
import contextlib
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import CDPSession, Frame, Page, expect

from rs_server.demo import SITE_KEY
from tests.bench.cobrowse_pages import SCRIPT, page
from tests.support.browsers import People, ask_for_help, become_available, people, sign_in
from tests.support.bundle import PAGES, bundled
from tests.support.demo import Demo, demo

CUSTOMER = "Jeanne Petit"
SIZE = {"width": 1280, "height": 720}
STREAM = b"GET /api/v1/page-stream"

# What stands in the view, as its outer document sees it.
INNER = "document.querySelector('iframe')?.contentDocument"


class Relay:
    """Passes connections on to a port, and counts the bytes of page streams: `up` from the browser, `down` to it."""

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self.up = self.down = 0
        self._refused = asyncio.Semaphore(0)
        self._tasks: set[asyncio.Task[None]] = set()
        self._streams: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """The network of page streams fails, until `mend`."""
        self._is_cut = True
        for writer in self._streams:
            writer.transport.abort()

    async def tried(self) -> None:
        """A browser tried in vain to open a page stream, once more than was waited for before."""
        await self._refused.acquire()

    def mend(self) -> None:
        self._is_cut = False

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        # A browser may close, or be closed, at any time.
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await self._between(reader, writer)
        writer.close()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(1 << 16)
        counts = first.startswith(STREAM)
        if counts and self._is_cut:
            self._refused.release()
            return
        back, out = await asyncio.open_connection("127.0.0.1", self._to)
        out.write(first)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter, name: str) -> None:
            while data := await source.read(1 << 16):
                if counts:
                    setattr(self, name, getattr(self, name) + len(data))
                sink.write(data)
                await sink.drain()
            sink.close()

        if counts:
            self._streams.add(writer)
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(pump(reader, out, "up"))
                pumps.create_task(pump(back, writer, "down"))
        except* ConnectionError:
            pass
        finally:
            self._streams.discard(writer)
            out.close()


@dataclass
class Scene:
    company: Demo
    crowd: People
    agent: Page
    customer: Page
    relay: Relay

    async def share(self) -> Frame:
        """The customer says yes; the view, when all of the page is there."""
        await self.customer.get_by_role("button", name="Allow", exact=True).click()
        return await shown(self.agent, self.company)

    async def control(self) -> None:
        await self.agent.get_by_role("button", name="Control page").first.click()
        await self.customer.get_by_role("button", name="Allow", exact=True).click()
        await expect(self.agent.get_by_text(f"You control the page of {CUSTOMER}")).to_be_visible()


async def shown(agent: Page, company: Demo) -> Frame:
    """The view of a console that shows the page now, ready to be measured."""
    await agent.locator("iframe.page-frame").wait_for()
    view = await view_of(agent, company)
    await view.wait_for_function(f"() => {INNER}?.querySelector('#count')")
    await view.evaluate(SCRIPT)
    return view


async def view_of(agent: Page, company: Demo) -> Frame:
    """The view's own document in a console, when it is there."""
    async with asyncio.timeout(20):
        while True:
            for frame in agent.frames:
                if frame.url.startswith(str(company.facts["view"])):
                    return frame
            await agent.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")


@contextlib.asynccontextmanager
async def scene(folder: Path, body: str) -> AsyncIterator[Scene]:
    """A live session, begun on this page; the customer was asked whether it may be seen, and has not answered."""
    async with demo(folder / "data") as company, people(folder) as crowd:
        relay = Relay(company.port)
        await relay.start()
        try:
            async with served(page(body, embed(company))) as shop:
                yield await _begun(company, crowd, relay, shop)
        finally:
            await relay.close()


async def _begun(company: Demo, crowd: People, relay: Relay, shop: int) -> Scene:
    agent = await crowd.person(viewport={"width": 1600, "height": 1000})
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    flag = elsewhere({company.port: relay.port, company.shop_port: shop})
    customer = await crowd.person(flags=[flag], viewport=SIZE)
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    await customer.get_by_role("button", name="Allow", exact=True).wait_for()
    return Scene(company, crowd, agent, customer, relay)


def elsewhere(ports: Mapping[int, int]) -> str:
    """A browser with this flag connects to other ports of loopback than those that pages name."""
    rules = [f"MAP {host}:{port} 127.0.0.1:{to}" for port, to in ports.items() for host in ("localhost", "127.0.0.1")]
    rest = "MAP localhost 127.0.0.1, MAP 127.0.0.1 127.0.0.1, MAP * ~NOTFOUND"
    return f"--host-resolver-rules={', '.join(rules)}, {rest}"


@contextlib.asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[int]:
    """On loopback; yields the port."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def served(html: str) -> AsyncIterator[int]:
    """This page, at every address; yields the port."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/{rest:.*}", show)
    async with serving(app) as port:
        yield port


def embed(company: Demo) -> str:
    return f'<script src="{company.base}/embed.js" data-site="{SITE_KEY}" data-lang="en" defer></script>'


@contextlib.asynccontextmanager
async def plain(crowd: People, body: str, *flags: str, head: str = "") -> AsyncIterator[Page]:
    """The same page in a browser of its own, with no help and nobody who looks."""
    async with served(page(body, head)) as port:
        customer = await crowd.person(viewport=SIZE, flags=flags)
        await customer.goto(f"http://127.0.0.1:{port}/")
        try:
            yield customer
        finally:
            await done_with(customer)


async def done_with(page: Page) -> None:
    """Its browser ends."""
    assert page.context.browser is not None
    await page.context.browser.close()


async def rrweb(folder: Path) -> str:
    """The script of the peer."""
    return await bundled(PAGES / "rrweb.ts", folder)


# What it says as it comes, one message an event, as its documentation does.
RECORD = """() => {
  const said = (window.__said = []);
  window.__stopRecord = rrweb.record({ emit: (event) => said.push(JSON.stringify(event)),
    blockSelector: "deskside-help" });
}"""


def packed(messages: Sequence[str]) -> int:
    """Bytes on the wire of these, each deflated by itself and sent by a browser in one frame (RFC 7692, 6455)."""
    total = 0
    for message in messages:
        deflate = zlib.compressobj(wbits=-15)
        size = len(deflate.compress(message.encode()) + deflate.flush(zlib.Z_SYNC_FLUSH)) - 4
        total += size + 4 + (2 if size < 126 else 4 if size < 65536 else 10)
    return total


async def cdp(page: Page) -> CDPSession:
    return await page.context.new_cdp_session(page)


async def metrics(session: CDPSession) -> dict[str, float]:
    found: dict[str, Any] = await session.send("Performance.getMetrics")
    return {one["name"]: float(one["value"]) for one in found["metrics"]}


async def heap(session: CDPSession) -> float:
    """MB of JavaScript after a collection."""
    await session.send("HeapProfiler.collectGarbage")
    used: dict[str, float] = await session.send("Runtime.getHeapUsage")
    return used["usedSize"] / 1e6
