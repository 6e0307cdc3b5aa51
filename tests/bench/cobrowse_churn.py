"""A page that never rests: nothing grows with it."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import CDPSession, Error, Frame, Page

from tests.bench.cobrowse_pages import PRICES
from tests.bench.cobrowse_scene import INNER, cdp, heap, scene
from tests.bench.rows import Row, measures, row
from tests.bench.server import family_of

SECONDS = float(os.environ.get("CHURN_SECONDS", "75"))
"""600 for all of ten minutes."""
CHANGES = 600 * 50
"""As many as ten minutes have at 50 a second."""
SAME = f"() => {INNER}.querySelector('td.price').parentElement.parentElement.innerText"


class Sizes(NamedTuple):
    """MB."""

    customer: float
    agent: float
    server: float


@measures("cobrowse.churn", seconds=SECONDS + 120)
async def churn(folder: Path) -> Sequence[Row]:
    first, last = await grown(folder, CHANGES, SECONDS)
    peer = f"{CHANGES} mutations in {SECONDS:.0f} s; "
    return [
        row(
            "cobrowse.churn.customer", last.customer - first.customer, "MB", at_most=1, peer=_from(first.customer, peer)
        ),
        row("cobrowse.churn.agent", last.agent - first.agent, "MB", at_most=1, peer=_from(first.agent, peer)),
        # The server keeps what came since the last snapshot for who comes late, up to 16 MB.
        row("cobrowse.churn.server", last.server - first.server, "MB", at_most=16, peer=_from(first.server, peer)),
    ]


async def grown(folder: Path, changes: int, seconds: float) -> tuple[Sizes, Sizes]:
    """Sizes after a fifth of so many changes, when all is there that is only there once, and after all of them. The
    view is like the page then."""
    async with scene(folder, PRICES) as held:
        view = await held.share()
        customer, agent = await cdp(held.customer), await _cdp_of(view, held.agent)
        assert held.company.process is not None
        pid = held.company.process.pid
        await held.customer.evaluate("(rate) => __bench.churn(rate)", changes / seconds)
        async with asyncio.timeout(seconds + 60):
            await _changes(held.customer, changes // 5)
            first = await sizes(customer, agent, pid)
            await _changes(held.customer, changes)
        last = await sizes(customer, agent, pid)
        await held.customer.evaluate("() => __bench.stop()")
        page = await held.customer.evaluate(SAME.replace(INNER, "document"))
        await view.wait_for_function(f"(page) => ({SAME})() === page", arg=page)
        return first, last


def _from(size: float, words: str) -> str:
    return f"{words}from {size:.1f} MB"


async def _changes(customer: Page, count: int) -> None:
    """Waits for so many; the bound is the caller's."""
    await customer.wait_for_function("(count) => window.__mutations >= count", arg=count, polling=250, timeout=0)


async def sizes(customer: CDPSession, agent: CDPSession, pid: int) -> Sizes:
    server = sum(process.memory_info().rss for process in family_of(pid)) / 1e6
    return Sizes(await heap(customer), await heap(agent), server)


async def _cdp_of(view: Frame, agent: Page) -> CDPSession:
    """Of the process that has the view, which may be the console's."""
    try:
        return await agent.context.new_cdp_session(view)
    except Error:
        return await cdp(agent)
