"""*Stop* is immediate; what was recorded is replayed as it was."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import (
    People,
    ask_for_help,
    become_available,
    hears,
    next_picture,
    open_window,
    say,
    sees_pattern,
    share_pattern,
    sign_in,
)
from tests.support.demo import Demo
from tests.support.figures import held, note

NOTE = """() => {
  for (const kind of ["click", "keydown"])
    addEventListener(kind, () => { window.__acted = performance.timeOrigin + performance.now(); }, true);
}"""


async def in_session(company: Demo, crowd: People) -> tuple[Page, Page]:
    agent = await crowd.person(hertz=440)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await crowd.person(hertz=1000)
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    return agent, await open_window(customer)


@pytest.mark.parametrize("rounds", [12, pytest.param(50, marks=pytest.mark.long)])
async def test_stop_ends_what_the_agent_sees_at_once(company: Demo, crowd: People, rounds: int) -> None:
    agent, window = await in_session(company, crowd)
    await share_pattern(window, 0b1010_1010)
    late: list[float] = []
    for round_ in range(rounds):
        await window.get_by_role("button", name="Share my screen").click()
        await agent.evaluate("() => window.__watchArrivals()")
        await agent.wait_for_function("() => window.__arrivals.count > 2")
        await window.evaluate(NOTE)
        if round_ % 2:
            await window.get_by_role("button", name="Stop", exact=True).click()
        else:
            await window.keyboard.press("Escape")
            await window.keyboard.press("Escape")
        stopped = await window.evaluate("() => window.__acted")
        await expect(window.get_by_role("button", name="Share my screen")).to_be_visible()
        await agent.wait_for_function("() => performance.now() - window.__arrivals.seen > 400")
        last = await agent.evaluate("() => performance.timeOrigin + window.__arrivals.last")
        late.append(last - stopped)
    held(f"Stop to the last frame that came, slowest of {rounds}", max(late), "ms", 200)


async def test_an_auditor_replays_a_session(company: Demo, crowd: People) -> None:
    agent, window = await in_session(company, crowd)
    await window.get_by_role("button", name="Microphone").click()
    await hears(agent, 1000)
    await window.evaluate("() => window.__sharePattern(1, 640, 360)")
    await window.get_by_role("button", name="Share my screen").click()
    await sees_pattern(agent, 1)
    for code, width, height in ((2, 640, 360), (3, 960, 540), (4, 480, 270), (5, 640, 360)):
        await window.evaluate(
            "(next) => Object.assign(window.__pattern, next)", {"code": code, "width": width, "height": height}
        )
        await sees_pattern(agent, code)
        await say(window, f"this is picture {code}")
        await expect(agent.get_by_text(f"this is picture {code}").first).to_be_visible()
    # What was sent before the grant arrived is rightly not there: a few frames, of many.
    async with asyncio.timeout(40):
        while await window.evaluate("() => window.__sent()") < 150:
            await next_picture(window)
    await window.get_by_role("button", name="Stop sharing").click()
    await expect(window.get_by_role("button", name="Share my screen")).to_be_visible()
    sent = await window.evaluate("() => window.__sent()")
    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await expect(window.get_by_role("radio").first).to_be_visible()

    auditor = await crowd.person()
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name="Replay").or_(auditor.get_by_role("button", name="Replay")).first.click()
    await auditor.get_by_role("button", name="Play").wait_for()
    timeline = await read_timeline(auditor)
    screen = [part for part in timeline["parts"] if part["label"] == "screen"]
    share = sum(part["frames"] for part in screen) / sent
    note("frames recorded of those sent", 100 * share, "%")
    assert 0.95 <= share <= 1.02
    assert {part["label"] for part in timeline["parts"]} >= {"mic", "screen"}

    said = {
        event["body"]["line"]["text"]: event["at"]
        for event in timeline["events"]
        if event["body"]["type"] == "line.added" and event["body"]["line"]["kind"] == "chat"
    }
    for code in (2, 4, 3, 5):
        await seek(auditor, said[f"this is picture {code}"])
        await sees_pattern(auditor, code)
        await expect(auditor.get_by_text(f"this is picture {code}").first).to_be_visible()


async def read_timeline(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(
        "async () => (await fetch(`/api/v1/sessions/${location.pathname.split('/')[2]}/timeline`)).json()"
    )
    return found


async def seek(page: Page, seconds: float) -> None:
    await page.get_by_role("slider", name="Position").fill(f"{seconds:.2f}")


async def test_what_happened_together_is_replayed_together(company: Demo, crowd: People) -> None:
    agent, window = await in_session(company, crowd)
    await window.evaluate("() => window.__beeper()")
    await share_pattern(window, 0b0000_0001)
    await window.get_by_role("button", name="Microphone").click()
    await window.get_by_role("button", name="Share my screen").click()
    await sees_pattern(agent, 0b0000_0001)
    box = window.get_by_label("Message").first
    await box.fill("now!")
    await agent.evaluate("() => window.__watchArrivals()")
    await agent.wait_for_function("() => window.__arrivals.count > 45")
    await window.evaluate(
        "() => addEventListener('keydown', (e) => e.key === 'Enter' && window.__flashAndBeep(0b11110000), true)"
    )
    await box.press("Enter")
    await sees_pattern(agent, 0b1111_0000)
    await say(agent, "the end")
    await expect(window.get_by_text("the end").first).to_be_visible()
    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await expect(window.get_by_role("radio").first).to_be_visible()

    auditor = await crowd.person()
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name="Replay").or_(auditor.get_by_role("button", name="Replay")).first.click()
    await auditor.get_by_role("button", name="Play").wait_for()
    timeline = await read_timeline(auditor)
    [at] = [
        event["at"]
        for event in timeline["events"]
        if event["body"]["type"] == "line.added" and event["body"]["line"]["text"] == "now!"
    ]
    # A page that stalled sees things together that were not, or apart that were together: look again then.
    for _ in range(6):
        apart, stalled = await replayed_apart(auditor, at - 2)
        if stalled < 50:
            break
    note("the page's longest stall meanwhile", stalled, "ms")
    note("flash, beep and line in replay: apart", apart, "ms")
    assert apart < 150


async def replayed_apart(auditor: Page, start: float) -> tuple[float, float]:
    """Milliseconds between the first and the last of the three when the page plays them, and its longest stall."""
    await seek(auditor, start)
    await sees_pattern(auditor, 0b0000_0001)
    await auditor.evaluate("() => window.__watchReplay(0b11110000, 'now!')")
    await auditor.get_by_role("button", name="Play").click()
    await auditor.wait_for_function("() => window.__found.flash && window.__found.beep && window.__found.line")
    found: dict[str, float] = await auditor.evaluate("() => window.__found")
    await auditor.get_by_role("button", name="Pause").or_(auditor.get_by_role("button", name="Play")).first.click()
    stalled = found.pop("stall")
    return max(found.values()) - min(found.values()), stalled
