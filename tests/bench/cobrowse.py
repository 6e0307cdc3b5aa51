"""How soon an agent sees what changes on the customer's page, and what a click there does."""

import asyncio
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page

from tests.bench.cobrowse_live import rrweb_live
from tests.bench.cobrowse_pages import FORM
from tests.bench.cobrowse_scene import INNER, Scene, scene, shown
from tests.bench.rows import Row, measures, quantile, row, spread
from tests.support.browsers import sign_in

CHANGES = 120
WARM = 25
"""Changes before them, that do not count."""
CLICKS = 40
RELOADS = 5

# Notes when each number is first there.
WATCH = f"""() => {{
  const out = {INNER}.querySelector("#count");
  const seen = (window.__seen = {{}});
  new MutationObserver(() => (seen[out.textContent] ??= window.__wall())).observe(out,
    {{ childList: true, characterData: true, subtree: true }});
}}"""

# The agent's own clicks, and when the view showed what they did.
PRESSES = f"""() => {{
  const out = {INNER}.querySelector("#presses");
  const took = (window.__took = []);
  let at = null;
  addEventListener("pointerup", (event) => {{ at = event.timeStamp }}, true);
  new MutationObserver(() => {{
    if (at !== null) took.push(performance.now() - at);
    at = null;
  }}).observe(out, {{ childList: true, characterData: true, subtree: true }});
}}"""

LOADED = f"""(loaded) => new Promise((done) => {{
  const look = () => {{
    if ({INNER}.querySelector("#loaded")?.textContent === loaded) done(window.__wall());
    else setTimeout(look, 2);
  }};
  look();
}})"""


@measures("cobrowse.change", "cobrowse.late", "cobrowse.control", "cobrowse.reload", seconds=240)
async def how_soon(folder: Path) -> Sequence[Row]:
    async with scene(folder, FORM) as held:
        usual = await rrweb_live(held.crowd, folder, FORM, WARM, CHANGES // 2)
        at_once = await rrweb_live(held.crowd, folder, FORM, WARM, CHANGES // 2, at_once=True)
        view = await held.share()
        changes = (await delays(held.customer, [view]))[0]
        late = await late_view(held)
        _, latecomer = await delays(held.customer, [view, late])
        await held.control()
        presses = await round_trips(held, view)
        reloads = [await reload(held, view) for _ in range(RELOADS)]
    peer = f"rrweb over a bare relay: as its guide says {_both(usual)}, cast at once {_both(at_once)} ms"
    gone = f"median of {len(reloads)}: {statistics.median(reloads):.2f} s; longest here"
    return [
        *spread(
            "cobrowse.change", changes, "ms", at_most=(5, 25), peer=f"p50 and p95 of {peer}; {len(changes)} changes"
        ),
        *spread("cobrowse.late", latecomer, "ms", at_most=(None, 25), peer=f"{len(latecomer)} changes"),
        *spread("cobrowse.control", presses, "ms", at_most=(None, 50), peer=f"{len(presses)} clicks"),
        row("cobrowse.reload", max(reloads), "s", at_most=1, peer=gone),
    ]


def _both(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.1f} and {quantile(values, 0.95):.1f}" if values else "never"


async def delays(customer: Page, views: Sequence[Frame]) -> list[list[float]]:
    """Milliseconds from a change of the customer's page to the same change in each of the views."""
    for view in views:
        await view.evaluate(WATCH)
    first = int(await customer.evaluate("() => { __bench.fill(); return Object.keys(__bench.changed).length }"))
    await customer.wait_for_function(
        "(count) => Object.keys(__bench.changed).length >= count", arg=first + WARM + CHANGES, timeout=60_000
    )
    changed: dict[str, float] = await customer.evaluate("() => { __bench.stop(); return __bench.changed }")
    last = max(changed, key=int)
    found = []
    for view in views:
        await view.wait_for_function("(last) => window.__seen[last]", arg=last)
        seen: dict[str, float] = await view.evaluate("() => window.__seen")
        found.append(
            [seen[number] - changed[number] for number in changed if number in seen and int(number) > first + WARM]
        )
        assert len(found[-1]) >= 0.9 * CHANGES, "changes were not seen one by one"
    return found


async def late_view(held: Scene) -> Frame:
    """The view of a second agent, who comes when the page has been shown for a while."""
    second = await held.crowd.person(viewport={"width": 1600, "height": 1000})
    await sign_in(second, held.company, "paul")
    await held.agent.get_by_role("button", name="Invite").click()
    await held.agent.get_by_role("tab", name="Colleague").click()
    await held.agent.get_by_role("button", name="Ask Paul Bauer in").click()
    await second.get_by_role("button", name="Join").click()
    await held.customer.get_by_role("button", name="Allow", exact=True).click()
    await held.agent.keyboard.press("Escape")
    return await shown(second, held.company)


async def round_trips(held: Scene, view: Frame) -> list[float]:
    """Milliseconds from the agent's click to its effect in the agent's view."""
    await held.customer.evaluate("() => scrollTo(0, 0)")
    await view.evaluate(PRESSES)
    button = view.frame_locator("iframe").locator("#press")
    for number in range(1, CLICKS + 1):
        box = await button.bounding_box()
        assert box is not None
        await held.agent.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await view.wait_for_function("(number) => window.__took.length >= number", arg=number)
    took: list[float] = await view.evaluate("() => window.__took")
    return took


async def reload(held: Scene, view: Frame) -> float:
    """Seconds from the beginning of the customer's reload to the new page in the agent's view."""
    before = await held.customer.locator("#loaded").text_content()
    async with asyncio.TaskGroup() as both:
        both.create_task(held.customer.reload())
        watching = both.create_task(_came(held.customer, view, before))
    loaded: Any
    loaded, seen = watching.result()
    return float(seen - loaded) / 1000


async def _came(customer: Page, view: Frame, before: str | None) -> tuple[float, float]:
    await customer.wait_for_function(
        "(before) => (document.querySelector('#loaded')?.textContent ?? before) !== before", arg=before
    )
    loaded, offset = await customer.evaluate("() => [performance.timeOrigin, __wall() - performance.now()]")
    seen: float = await view.evaluate(LOADED, str(await customer.locator("#loaded").text_content()))
    assert abs(offset - loaded) < 50, "the clocks differ"
    return float(offset), seen
