"""How soon an auditor who moves the playhead sees the picture of that moment."""

import asyncio
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.bench.rows import Row, measures, spread
from tests.e2e.test_stop_and_replay import in_session, read_timeline
from tests.support.browsers import people, sees_pattern, sign_in
from tests.support.demo import demo

RECORDED = 63.0
PICTURE = 3.0
SEEKS = 40
SHARE = (1280, 720, 15)

# The share shows another pattern every few seconds; when each was shown, in seconds of the wall's clock.
CHANGE = """
(seconds) => {
  window.__shown = [];
  const next = () => {
    window.__pattern.code = 1 + window.__shown.length;
    window.__shown.push(Date.now() / 1000);
  };
  next();
  setInterval(next, 1000 * seconds);
}
"""

# Moves the playhead and waits for the picture; milliseconds, or null when it never came.
SEEK = """
([to, code, patience]) => new Promise((done) => {
  const slider = document.querySelector("input[type=range]");
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const began = performance.now();
  set.call(slider, String(to));
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  const look = () => {
    const took = performance.now() - began;
    if (window.__readPatterns().includes(code)) done(took);
    else if (took > patience) done(null);
    else requestAnimationFrame(look);
  };
  look();
})
"""


@measures("replay.seek", seconds=220)
async def seek(folder: Path) -> Sequence[Row]:
    async with demo(folder / "data") as company, people(folder) as crowd:
        agent, window = await in_session(company, crowd)
        await window.evaluate("([w, h, fps]) => window.__sharePattern(0, w, h, fps)", SHARE)
        await window.get_by_role("button", name="Share my screen").click()
        await sees_pattern(agent, 0)
        await window.evaluate(CHANGE, PICTURE)
        began = time.monotonic()
        await asyncio.sleep(RECORDED)
        shown: list[float] = await window.evaluate("() => window.__shown")
        recorded = time.monotonic() - began
        await agent.get_by_role("button", name="End session").click()
        await agent.get_by_role("menuitem").first.click()
        await expect(window.get_by_role("radio").first).to_be_visible()

        auditor = await crowd.person()
        await sign_in(auditor, company, "otto", "/audit")
        replay = auditor.get_by_role("link", name="Replay").or_(auditor.get_by_role("button", name="Replay"))
        await replay.first.click()
        await auditor.get_by_role("slider", name="Position").wait_for()
        timeline = await read_timeline(auditor)
        took = await seeks(auditor, [at - float(timeline["began_at"]) for at in shown])
    share = f"{recorded:.0f} s of a share of {SHARE[0]} x {SHARE[1]}"
    peer = f"{len(took)} seeks in {share}; {min(took):.0f} to {max(took):.0f} ms"
    return spread("replay.seek", took, "ms", at_most=(500, 1500), peer=peer)


async def seeks(auditor: Page, starts: Sequence[float]) -> list[float]:
    """Milliseconds of each; `starts`: when picture 1, 2, ... began on the timeline."""
    chance = random.Random(1)
    took: list[float] = []
    before = 0
    for _ in range(SEEKS):
        # Another picture than the one that stands there, and not at its very edge.
        number = chance.choice([number for number in range(len(starts) - 1) if number != before])
        before = number
        to = starts[number] + chance.uniform(0.25, 0.75) * (starts[number + 1] - starts[number])
        found: Any = await auditor.evaluate(SEEK, [to, 1 + number, 10_000])
        assert found is not None, f"the picture of {to:.1f} s was not seen"
        took.append(float(found))
    return took
