"""rrweb live, as it comes: recorder and replayer in two Chromium processes, and a relay that passes on what comes."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import WSMsgType, web
from playwright.async_api import Page, TimeoutError

from tests.bench.cobrowse_pages import SCRIPT, page
from tests.bench.cobrowse_scene import SIZE, done_with, rrweb, serving
from tests.support.browsers import People
from tests.support.bundle import PAGES

WATCH = """() => {
  const inner = __replayer.iframe.contentDocument;
  const seen = (window.__seen = {});
  new MutationObserver(() => (seen[inner.querySelector("#count")?.textContent] ??= window.__wall())).observe(inner,
    { childList: true, characterData: true, subtree: true });
}"""


@contextlib.asynccontextmanager
async def _served(folder: Path, body: str) -> AsyncIterator[str]:
    sockets: list[web.WebSocketResponse] = []
    scripts = f"<script>{await rrweb(folder)}\n{(PAGES / 'rrweb_live.js').read_text()}</script>"

    async def show(request: web.Request) -> web.Response:
        inner = page(body, scripts) if request.path == "/page" else f"<body><script>{SCRIPT}</script>{scripts}"
        return web.Response(text=inner, content_type="text/html")

    async def relay(request: web.Request) -> web.WebSocketResponse:
        mine = web.WebSocketResponse(max_msg_size=1 << 26)
        await mine.prepare(request)
        sockets.append(mine)
        async for message in mine:
            if message.type is WSMsgType.TEXT:
                for other in sockets:
                    if other is not mine:
                        await other.send_str(message.data)
        return mine

    app = web.Application()
    app.router.add_get("/socket", relay)
    app.router.add_get("/{page:page|view}", show)
    async with serving(app) as port:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            for one in sockets:
                await one.close()


async def rrweb_live(
    crowd: People, folder: Path, body: str, warm: int, count: int, *, at_once: bool = False
) -> list[float]:
    """Milliseconds from each of so many changes, after `warm` others, to the same change in the replayer. `at_once`: it
    is told that it is behind, and to build no tree of its own, of which its guide says nothing."""
    async with _served(folder, body) as base:
        view, customer = await crowd.person(viewport=SIZE), await crowd.person(viewport=SIZE)
        await view.goto(f"{base}/view{'?at-once' if at_once else ''}")
        await view.wait_for_function("() => window.__ready")
        await customer.goto(f"{base}/page")
        await customer.wait_for_function("() => window.__start && (__start(), true)")
        await view.wait_for_function("() => __replayer.iframe.contentDocument.querySelector('#count')")
        await view.evaluate(WATCH)
        found = await _delays(customer, view, warm, count)
        for one in (customer, view):
            await done_with(one)
        return found


async def _delays(customer: Page, view: Page, warm: int, count: int) -> list[float]:
    await customer.evaluate("() => __bench.fill()")
    await customer.wait_for_function(
        "(count) => Object.keys(__bench.changed).length >= count", arg=warm + count, timeout=60_000
    )
    changed: dict[str, float] = await customer.evaluate("() => { __bench.stop(); return __bench.changed }")
    # What a peer does not show is not waited for.
    with contextlib.suppress(TimeoutError):
        await view.wait_for_function("(last) => window.__seen[last]", arg=max(changed, key=int), timeout=5000)
    seen: dict[str, float] = await view.evaluate("() => window.__seen")
    return [seen[number] - changed[number] for number in changed if number in seen and int(number) > warm]
