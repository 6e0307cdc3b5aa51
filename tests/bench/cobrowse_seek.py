"""How soon an auditor who moves the playhead of half an hour sees the page as it was then."""

import base64
import gzip
import random
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.bench.cobrowse_pages import PRICES
from tests.bench.cobrowse_scene import plain, rrweb
from tests.bench.rows import Row, measures, spread
from tests.support.browsers import people
from tests.support.view import Viewing, hosts, init, record

MINUTES = 30
RATE = 50
ROWS = 400
SEEKS = 30
TICK = 100
"""Milliseconds between messages."""
TICKS = MINUTES * 60 * 1000 // TICK
EACH = RATE * TICK // 1000

# From the word to the port until the view says that it is there; then what stands in the first changed cell.
SEEK = """(at) => new Promise((done) => {
  said.length = 0;
  const began = performance.now();
  const channel = new MessageChannel();
  const look = () => of("state").length > 0 ? done(performance.now() - began) : channel.port2.postMessage(0);
  channel.port1.onmessage = look;
  tell({ type: "at", at });
  look();
})"""

# rrweb's own events for the same: one snapshot, then the same changes at the same times.
PEER = """([ticks, each, tick]) => {
  const events = [];
  const stop = rrweb.record({ emit: (event) => events.push(event) });
  const ids = [...document.querySelectorAll("td.price")].map((cell) => rrweb.record.mirror.getId(cell.firstChild));
  stop();
  const kept = events.filter(({ type }) => type === 2 || type === 4);
  const began = kept.at(-1).timestamp;
  for (let at = 1; at <= ticks; at++) {
    const texts = [];
    for (let one = 0; one < each; one++)
      texts.push({ id: ids[((at * each + one) * 13) % ids.length], value: `${at * each + one}.00` });
    const data = { source: 0, texts, attributes: [], removes: [], adds: [] };
    kept.push({ type: 3, timestamp: began + at * tick, data });
  }
  document.body.replaceChildren();
  window.__replayer = new rrweb.Replayer(kept, { root: document.body });
  window.__seek = (at) => {
    const before = performance.now();
    __replayer.pause(at * 1000);
    return performance.now() - before;
  };
}"""


@measures("cobrowse.seek", seconds=150)
async def seek(folder: Path) -> Sequence[Row]:
    chance = random.Random(1)
    times = [round(chance.uniform(1, 60 * MINUTES - 1), 1) for _ in range(SEEKS)]
    async with people(folder) as crowd:
        async with hosts() as served:
            viewing = await Viewing(await crowd.person(), served).open()
            await viewing.mode()
            ours = await _ours(viewing, times)
        async with plain(crowd, PRICES) as page:
            await page.evaluate(await rrweb(folder))
            await page.evaluate(PEER, [TICKS, EACH, TICK])
            peer = [await _peer(page, at) for at in times]
    words = f"rrweb with one snapshot p50 {statistics.median(peer):.0f}, longest {max(peer):.0f} ms"
    more = f"{words}; {MINUTES} min of {RATE} mutations/s; longest of {SEEKS} seeks {max(ours):.0f}"
    return spread("cobrowse.seek", ours, "ms", at_most=(150, 150), peer=more)


def part() -> bytes:
    """A recorded part: a table of prices, of which some change all the time, and a cursor that moves."""
    rows: list[Any] = [
        [100 + 6 * n, 1, "tr", 0, [
            [101 + 6 * n, 1, "td", 0, [[102 + 6 * n, 3, f"Item {n}"]]],
            [103 + 6 * n, 1, "td", {"class": "price"}, [[104 + 6 * n, 3, "0"]]],
        ]]
        for n in range(ROWS)
    ]  # fmt: skip
    parts = [record(0, 0, [0, init([10, 1, "table", 0, [[11, 1, "tbody", 0, rows]]]), ["whole"]])]
    for tick in range(1, TICKS + 1):
        changes: list[Any] = [
            ["text", 104 + 6 * cell_of(change), f"{change}.00"] for change in range(tick * EACH, (tick + 1) * EACH)
        ]
        cursor = ["cursor", [101 + 6 * (tick % ROWS), tick % 100 / 100, 0.5]]
        parts.append(record(tick * TICK, 0, [tick * TICK, *changes, cursor]))
    return gzip.compress(b"".join(parts))


def cell_of(change: int) -> int:
    return change * 13 % ROWS


def last_change(seconds: float) -> int:
    return (round(seconds * 1000) // TICK + 1) * EACH - 1


async def _ours(viewing: Viewing, times: Sequence[float]) -> list[float]:
    await viewing.page.evaluate(
        "(data) => { said.length = 0; tell({ type: 'recorded', data: bytes(data) }) }",
        base64.b64encode(part()).decode(),
    )
    await viewing.said("acts")
    await viewing.said("state")  # it stands at its beginning
    took = []
    for at in times:
        took.append(float(await viewing.page.evaluate(SEEK, at)))
        change = last_change(at)
        stands = await viewing.inner("doc.querySelectorAll('td.price')[arg].textContent", cell_of(change))
        assert stands == f"{change}.00", f"at {at} s stands {stands}"
    return took


async def _peer(page: Page, at: float) -> float:
    took: float = await page.evaluate("(at) => __seek(at)", at)
    return took
