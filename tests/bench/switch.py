"""An agent goes to and fro between three customers, and no picture may stop for it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.bench.rows import Row, measures, row
from tests.e2e.test_several import NAMES, bring_to_front, small_customer
from tests.support.browsers import become_available, moving_video, people, sign_in
from tests.support.demo import demo

SWITCHES = 20


@measures("switch.longest_pause", seconds=150)
async def longest_pause(folder: Path) -> Sequence[Row]:
    """Three shares of 320 x 180 at 10 frames a second; the longest time without a decoded frame of any of them."""
    async with demo(folder / "data") as company, people(folder) as crowd:
        agent = await crowd.person(hertz=440)
        await sign_in(agent, company, "sofia")
        await become_available(agent)
        for number in range(3):
            await small_customer(crowd, company, agent, number)
        await moving_video(agent, 3)

        loop = asyncio.get_running_loop()
        await agent.evaluate("() => window.__watchPauses()")
        began = loop.time()
        for switch in range(SWITCHES):
            await bring_to_front(agent, NAMES[switch % 3])
        took = loop.time() - began
        paused = await longest(agent)

        await agent.evaluate("() => window.__watchPauses()")
        await asyncio.sleep(took)
        still = await longest(agent)
    peer = f"{still:.2f} s in as much time without switching, {SWITCHES} switches in {took:.1f} s"
    return [row("switch.longest_pause", paused, "s", at_most=0.5, peer=peer)]


async def longest(agent: Page) -> float:
    """Seconds, of the three streams since the watch began."""
    pauses: list[dict[str, Any]] = await agent.evaluate("() => window.__pauses()")
    assert len(pauses) == 3, f"{len(pauses)} streams"
    return max(float(pause["longest"]) for pause in pauses)
