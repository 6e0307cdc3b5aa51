"""A table of 5,000 rows and 8 columns: how long it holds up the customer's browser and the agent's."""

import asyncio
import re
import statistics
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Frame, Page, expect

from tests.bench.cobrowse_pages import TABLE
from tests.bench.cobrowse_scene import INNER, RECORD, Scene, plain, rrweb, scene
from tests.bench.rows import Row, measures, row

STARTS = 3
SORTS = 5
ROWS = 5000

SORT = """(up) => { __longest(); return new Promise((done) => setTimeout(() => { __bench.sort(up); done() })) }"""
LONGEST = "() => __longest()"
# Nothing was left to do for half a second: timers come when they are due, two pictures are drawn.
QUIET = """() => new Promise((done) => {
  let calm = performance.now(), last = calm;
  const look = () => {
    const now = performance.now();
    if (now - last > 40) calm = now;
    last = now;
    if (now - calm > 500) requestAnimationFrame(() => requestAnimationFrame(() => done()));
    else setTimeout(look, 4);
  };
  look();
})"""
FIRST = "document.querySelector('#table tr td').textContent"
SHOWS = f"""(first) => {{
  const rows = {INNER}.querySelector("#table")?.rows ?? [];
  return rows.length === {ROWS} && rows[0].cells[0].textContent === first;
}}"""


@measures("cobrowse.table", seconds=320)
async def table(folder: Path) -> Sequence[Row]:
    script = await rrweb(folder)
    async with scene(folder, TABLE) as held:
        own = await sorts(held.customer)
        starts, seen = [], []
        for number in range(STARTS):
            if number > 0:
                await ask_again(held)
            await held.customer.evaluate(LONGEST)
            view = await held.share()
            await view.wait_for_function(SHOWS, arg=await held.customer.evaluate(f"() => {FIRST}"))
            starts.append(await rest(held.customer))
            seen.append(await rest(view))
        ours, views = await shared_sorts(held.customer, view)
        async with plain(held.crowd, TABLE) as beside:
            peer_start, peer = await rrweb_sorts(beside, script)
    base, usual = statistics.median(own), statistics.median
    more = f"rrweb {usual(peer) - base:.0f} above; the page's own {_list(own)}, ours {_list(ours)}, rrweb {_list(peer)}"
    return [
        row("cobrowse.table.start", max(starts), "ms", at_most=150, peer=f"rrweb {peer_start:.0f}; of {_list(starts)}"),
        row("cobrowse.table.sort", usual(ours) - base, "ms", at_most=150, peer=more),
        row("cobrowse.table.view_start", max(seen), "ms", at_most=200, peer=f"of {_list(seen)}"),
        row("cobrowse.table.view_sort", max(views), "ms", at_most=200, peer=f"of {_list(views)}"),
    ]


async def ask_again(held: Scene) -> None:
    """The customer ends it, and is asked anew."""
    await held.customer.get_by_role("button", name="Stop", exact=True).first.click()
    await expect(held.agent.locator("iframe.page-frame")).to_have_count(0)
    await held.agent.get_by_role("button", name=re.compile("^View page")).click()
    await held.customer.get_by_role("button", name="Allow", exact=True).wait_for()
    await rest(held.customer)


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.0f}" for value in values)


async def rest(page: Page | Frame) -> float:
    """Longest task, ms, when nothing is left to do."""
    await page.evaluate(QUIET)
    found: float = await page.evaluate(LONGEST)
    return found


async def sorts(customer: Page) -> list[float]:
    """Longest task of each sort."""
    found = []
    for number in range(SORTS):
        await customer.evaluate(SORT, number % 2 == 0)
        found.append(await rest(customer))
    return found


async def shared_sorts(customer: Page, view: Frame) -> tuple[list[float], list[float]]:
    """The same on both sides, each sort seen by the agent."""
    ours, views = [], []
    for number in range(SORTS):
        await view.evaluate(LONGEST)
        # Always another order than before; the last one on its own was upwards.
        await customer.evaluate(SORT, number % 2 == 1)
        await view.wait_for_function(SHOWS, arg=await customer.evaluate(f"() => {FIRST}"))
        ours.append(await rest(customer))
        views.append(await rest(view))
    return ours, views


async def rrweb_sorts(customer: Page, script: str) -> tuple[float, list[float]]:
    """Longest task when rrweb begins, and of each sort."""
    await customer.evaluate(script)
    await asyncio.sleep(1)
    await customer.evaluate(LONGEST)
    # In a task of its own: what is evaluated here counts as none.
    await customer.evaluate(f"() => new Promise((done) => setTimeout(() => {{ ({RECORD})(); done() }}))")
    return await rest(customer), await sorts(customer)
