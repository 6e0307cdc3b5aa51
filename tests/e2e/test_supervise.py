"""The supervisor on a phone, a transfer, indicator and own figures at their limits, the team bar by keyboard."""

import re
import time

from playwright.async_api import Page, expect

from rs_server.demo import SITE_KEY
from tests.support.browsers import People, ask_for_help, become_available, open_window, sign_in
from tests.support.client import Api
from tests.support.demo import Demo, configure
from webacd.core.config import Indicator, Rules, SkillConfig, Threshold


async def wait_in_line(company: Demo, *names: str) -> None:
    """Customers whose pages nobody looks at."""
    api = Api(company.base, company.shop)
    for name in names:
        await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": name, "language": "en"})
    await api.close()


async def supervisor(company: Demo, crowd: People) -> Page:
    page = await crowd.person(viewport={"width": 320, "height": 640})
    await sign_in(page, company, "sam", "/supervise")
    await page.get_by_role("tab", name="Agents").wait_for()
    return page


async def test_a_supervisor_on_a_phone(company: Demo, crowd: People) -> None:
    await configure(company, SkillConfig("fr", "French"))
    agent = await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    boss = await supervisor(company, crowd)
    tile = boss.get_by_role("listitem", name="Support", exact=True)
    await expect(tile).to_contain_text("1/2")
    waiting, agents = tile.get_by_role("button").first, tile.get_by_role("button").last
    await waiting.click()
    await agents.click()
    await expect(agents).to_have_attribute("aria-pressed", "true")
    await expect(waiting).to_have_attribute("aria-pressed", "false")
    await expect(boss.get_by_role("tab", name="Agents")).to_have_attribute("aria-selected", "true")
    await agents.click()
    await expect(agents).to_have_attribute("aria-pressed", "false")
    assert await boss.evaluate("document.documentElement.scrollWidth") <= 320
    await boss.get_by_role("button", name="Sofia Lind").click()
    queue = boss.get_by_role("switch", name="Support")
    await expect(queue).to_be_checked()
    await queue.click()
    await expect(agent.get_by_text("Sam Okafor took you out of the queue Support")).to_be_visible()
    await expect(queue).not_to_be_checked()
    await wait_in_line(company, "Jeanne")
    await boss.get_by_role("button", name="Undo").click()
    await expect(queue).to_be_checked()
    await expect(agent.get_by_role("button", name="Accept")).to_be_visible()
    await agent.get_by_role("button", name="Not now").click()

    await boss.get_by_placeholder("Give a skill").click()
    await boss.get_by_role("option", name="French").click()
    await expect(agent.get_by_text("Sam Okafor gave you the skill French, level 5")).to_be_visible()
    await boss.get_by_role("button", name="Set to Unavailable").click()
    await expect(agent.get_by_text("Sam Okafor set you to: Unavailable")).to_be_visible()
    await expect(agent.get_by_role("button", name="Unavailable").first).to_be_visible()
    await boss.keyboard.press("Escape")

    await boss.get_by_role("tab", name="Waiting").click()
    await boss.get_by_role("button", name="What to do with Jeanne").click()
    await boss.get_by_role("menuitem", name="Billing").click()
    await expect(boss.get_by_text("Jeanne waits for Billing now")).to_be_visible()
    await expect(boss.get_by_role("listitem", name="Billing", exact=True)).to_contain_text(re.compile("1\\s*waits"))
    assert await boss.evaluate("document.documentElement.scrollWidth") <= 320


async def test_a_transfer_keeps_the_wait(company: Demo, crowd: People) -> None:
    agent, other, customer = [await crowd.person() for _ in range(3)]
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    asked = time.monotonic()
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)
    await sign_in(other, company, "sam")
    # Whoever is chosen in the team is asked about first; what was typed is there the next time.
    await agent.get_by_role("button", name="Sam Okafor").last.click()
    await agent.get_by_role("menuitem", name="Transfer Jeanne Petit").click()
    dialog = agent.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name="Transfer to Sam Okafor")).to_be_visible()
    await dialog.get_by_label("Note for the next one").fill("Has the receipt.")
    await agent.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(agent.get_by_role("button", name="Sam Okafor").last).to_be_focused()
    await agent.get_by_role("button", name="Transfer", exact=True).click()
    await expect(dialog.get_by_label("Note for the next one")).to_have_value("Has the receipt.")
    await dialog.get_by_role("button", name="Transfer to Billing").click()
    await expect(dialog).to_have_count(0)
    for page in (window, customer):
        await expect(page.get_by_text("You are being transferred to Billing.", exact=False).first).to_be_visible()
    await expect(agent.get_by_role("button", name="Jeanne Petit")).to_have_count(0)
    await agent.get_by_role("button", name="Not now").click()

    await other.get_by_role("button", name="Unavailable").first.click()
    await other.get_by_role("menuitem", name="Available", exact=True).click()
    bar = other.get_by_role("region", name="Contact offered: Jeanne Petit")
    await expect(bar).to_contain_text("transferred by Sofia Lind")
    shown = re.search(r"waited (\d+):(\d+)", await bar.inner_text())
    assert shown is not None
    # Both clocks show whole seconds.
    assert int(shown[1]) * 60 + int(shown[2]) >= time.monotonic() - asked - 4
    await other.get_by_role("button", name="Accept").click()
    await expect(other.get_by_role("log").get_by_text("Has the receipt.")).to_be_visible()
    await expect(window.get_by_text("Sam Okafor joined")).to_be_visible()
    await expect(window.get_by_text("Has the receipt.")).to_have_count(0)


async def test_indicator_and_figures_pass_their_limits(company: Demo, crowd: People) -> None:
    rules = Rules(
        indicator=Indicator(slow_count=2, slow_seconds=600, fast_count=3, fast_seconds=900), busy=Threshold(0.001, None)
    )
    await configure(company, rules)
    agent = await crowd.person(reduced_motion="no-preference")
    await sign_in(agent, company, "sofia")
    signal = agent.locator("[data-signal]")
    for state, names in (("off", ()), ("on", ("Anna",)), ("slow", ("Bruno",)), ("fast", ("Chloe",))):
        await wait_in_line(company, *names)
        await expect(signal).to_have_attribute("data-signal", state)
    assert await signal.evaluate("(it) => getComputedStyle(it).animationName") == "signal"
    await expect(agent).to_have_title(re.compile("3 wait"))
    await expect(agent.locator("link[rel=icon]")).to_have_attribute("href", re.compile("%3E3%3C%2Ftext"))
    await expect(signal).to_have_attribute("aria-label", re.compile("Urgent: 3 wait"))
    await agent.emulate_media(reduced_motion="reduce")
    assert await signal.evaluate("(it) => getComputedStyle(it).animationName") == "none"
    await expect(agent.get_by_text("!!", exact=True)).to_be_visible()

    busy = agent.locator("[data-figure=busy]")
    await expect(busy).to_have_attribute("data-level", "plain")
    await become_available(agent)
    await agent.get_by_role("button", name="Accept").click()
    await expect(busy).to_have_attribute("data-level", "warn")
    await expect(busy).to_contain_text("(look)")
    await agent.reload()
    await expect(busy).to_have_attribute("data-level", "warn")


async def test_the_team_bar_is_arranged_by_keyboard(company: Demo, crowd: People) -> None:
    agent = await crowd.person()
    await sign_in(agent, company, "sofia")
    for name in ("Paul Bauer", "Sam Okafor"):
        await agent.get_by_role("button", name=name).last.click()
        await agent.get_by_role("menuitem", name="Put into the team bar").click()
        await agent.get_by_role("list", name="Team bar").get_by_role("button", name=name).wait_for()
    bar = agent.get_by_role("list", name="Team bar").get_by_role("button")
    await expect(bar).to_have_text([re.compile("Paul Bauer"), re.compile("Sam Okafor")])
    await bar.first.focus()
    await agent.keyboard.press("Shift+ArrowRight")
    await expect(bar).to_have_text([re.compile("Sam Okafor"), re.compile("Paul Bauer")])
    await bar.first.drag_to(bar.last)
    await expect(bar).to_have_text([re.compile("Paul Bauer"), re.compile("Sam Okafor")])
    await agent.get_by_role("button", name="Amélie Morel").last.click()
    await agent.get_by_role("menuitem", name="Put into the team bar").click()
    await expect(bar).to_have_count(3)
    await bar.first.focus()
    await agent.keyboard.press("Shift+ArrowRight")
    await agent.keyboard.press("Shift+ArrowRight")
    arranged = [re.compile("Sam Okafor"), re.compile("Amélie Morel"), re.compile("Paul Bauer")]
    await expect(bar).to_have_text(arranged)
    await expect(bar.last).to_be_focused()
    await agent.reload()
    await expect(bar).to_have_text(arranged)
