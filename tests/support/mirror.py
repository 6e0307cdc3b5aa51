"""A page and its view in two tabs, with the capture and the view of ours and nothing between."""

import contextlib
import time
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Page, Route, TimeoutError

from tests.support.bundle import PAGES, bundled

BASE = "http://mirror.localhost:9"
DOCUMENT = (
    '<!doctype html><html lang="en"><head><title>mirror</title></head>'
    '<body>{}<script src="/harness.js"></script></body></html>'
)

LIKE = "(page) => harness.print(mirror.tree.document, true) === page"


class Pair:
    """The customer's page and what somebody else sees of it."""

    def __init__(self, page: Page, view: Page) -> None:
        self.page = page
        self.view = view

    async def start(self) -> None:
        """Capture from now on, until all of the page has been said."""
        await self.page.evaluate("() => source.start()")
        await self.page.wait_for_function("() => source.whole")

    async def stop(self) -> None:
        await self.page.evaluate("() => source.stop()")

    async def differences(self, timeout: float = 20.0) -> list[str]:
        """Nothing when the view is like the page, or comes to be in time; else where they part."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            page = await self._written("print", self.page)
            with contextlib.suppress(TimeoutError):
                # The page may go on as well: how it is now is looked for only so long.
                await self.view.wait_for_function(LIKE, arg=page, polling=100, timeout=2000)
                if page == await self._written("print", self.page):
                    return []
        page, view = await self._written("written", self.page), await self._written("written", self.view)
        at = next((i for i, (a, b) in enumerate(zip(page, view, strict=False)) if a != b), min(len(page), len(view)))
        return [f"at {at} of {len(page)}, {len(view)}", *page[max(0, at - 8) : at + 4], "--- view:", *view[at : at + 4]]

    async def _written(self, how: str, page: Page) -> Any:
        if page is self.page:
            return await page.evaluate("(how) => harness[how](document, false)", how)
        return await page.evaluate("(how) => harness[how](mirror.tree.document, true)", how)

    async def errors(self) -> list[str]:
        found: list[str] = await self.view.evaluate("() => mirror.errors")
        return found

    async def figures(self) -> dict[str, Any]:
        """Of both, since they were last set back."""
        page = await self.page.evaluate(
            "() => (({ tasks, bytes, messages, events }) => ({ ...tasks, bytes, messages, events }))(source)"
        )
        view = await self.view.evaluate("() => mirror.tasks")
        return {"page": page, "view": view}

    async def reset(self) -> None:
        await self.page.evaluate("() => source.reset()")
        await self.view.evaluate("() => { mirror.tasks.longest = 0; mirror.tasks.all = [] }")


async def pair(context: BrowserContext, folder: Path, body: str = "", slice_of: int | None = None) -> Pair:
    """Two tabs of one browser, in processes of their own; `body`: of the customer's page; `slice_of`: so many nodes."""
    script = await bundled(PAGES / "mirror.ts", folder)

    async def answer(route: Route) -> None:
        if route.request.url.endswith("/harness.js"):
            await route.fulfill(content_type="text/javascript", body=script)
        else:
            inner = body if route.request.url.endswith("/page") else ""
            await route.fulfill(content_type="text/html; charset=utf-8", body=DOCUMENT.format(inner))

    await context.route(f"{BASE}/**", answer)
    page, mirror = await context.new_page(), await context.new_page()
    await mirror.goto(f"{BASE}/view")
    await page.goto(f"{BASE}/page")
    await mirror.evaluate("() => { globalThis.mirror = new harness.Mirror('pair') }")
    await page.evaluate("(slice) => { globalThis.source = new harness.Source('pair', slice ?? undefined) }", slice_of)
    return Pair(page, mirror)
