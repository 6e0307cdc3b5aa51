"""The main job with Firefox on one side and Chromium on the other."""

import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import (
    People,
    ask_for_help,
    become_available,
    hears,
    moving_video,
    open_window,
    say,
    sees_pattern,
    share_pattern,
    sign_in,
)
from tests.support.demo import Demo
from tests.support.firefox import HERTZ, Fox, FoxPage, firefox, lacking

from .test_cobrowse import NAME, click_on, page_of

pytestmark = pytest.mark.timeout(150)


FIELD = "(value) => [...document.querySelectorAll('input')].find((one) => one.value === value)"
IS_SHOWN = f"(value) => !!({FIELD})(value)"
VALUES = """() => {
  const values = [...document.querySelectorAll("input")].map((one) => one.value).filter(Boolean);
  return values.length > 0 && values;
}"""
HAS_NANTES = "() => [...document.querySelectorAll('input')].some((one) => one.value === 'Nantes')"


@pytest.fixture
async def fox() -> AsyncIterator[Fox]:
    missing = lacking()
    if missing:
        pytest.skip(missing)
    async with firefox() as running:
        yield running
        assert running.errors == []


async def media_both_ways(chromium: Page, foxes: Any, tone: float) -> None:
    assert await hears(chromium, HERTZ) > 0.5
    assert await hears(foxes, tone) > 0.5
    await moving_video(chromium)
    await moving_video(foxes)


async def test_a_customer_with_firefox(company: Demo, crowd: People, fox: Fox, tmp_path: Path) -> None:
    agent = await crowd.person(hertz=440)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await fox.page()
    await customer.goto(f"{company.shop}/checkout")
    await customer.click("Get help")
    await customer.fill("Your name", "Jeanne Petit")
    await customer.fill("Your question", "It says error 12")
    await customer.click("Get help", last=True)
    await agent.get_by_role("button", name="Accept").click()
    await customer.click("Talk, video or share screen")
    window = await fox.opened("/j/")

    await window.click("Microphone")
    await window.click("Camera")
    await agent.get_by_role("button", name="Microphone").click()
    await agent.get_by_role("button", name="Camera").click()
    await media_both_ways(agent, window, 440)

    await window.evaluate("(code) => window.__sharePattern(code)", 0b1011_0010)
    await agent.get_by_role("button", name="Ask to see screen").click()
    await window.click("Allow")
    await sees_pattern(agent, 0b1011_0010)
    await share_pattern(agent, 0b0110_1101)
    await agent.get_by_role("button", name="Share my screen").click()
    await sees_pattern(as_page(window), 0b0110_1101)

    await say(agent, "Hello Jeanne, I see it.")
    await window.sees("Hello Jeanne, I see it.")
    await customer.sees("Hello Jeanne, I see it.")
    await window.say("Thank you!")
    await expect(agent.get_by_text("Thank you!").first).to_be_visible()

    await agent.get_by_role("tab", name="Files").click()
    sent = noise(tmp_path / "from-customer.bin")
    await window.send_file(sent)
    async with agent.expect_download() as got:
        await agent.get_by_role("link", name=sent.name).click(timeout=30_000)
    assert digest(Path(await (await got.value).path())) == digest(sent)

    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await window.sees("", "radio")


async def test_an_agent_with_firefox(company: Demo, crowd: People, fox: Fox, tmp_path: Path) -> None:
    agent = await fox.page()
    await agent.goto(f"{company.base}/console")
    await agent.fill("Name", "sofia")
    await agent.fill("Password", company.password("sofia"))
    await agent.click("Sign in")
    await agent.click("Unavailable")
    await agent.click("Available", "menuitem")
    customer = await crowd.person(hertz=440)
    await ask_for_help(customer, company)
    await agent.click("Accept")
    window = await open_window(customer)

    await window.get_by_role("button", name="Microphone").click()
    await window.get_by_role("button", name="Camera").click()
    await agent.click("Microphone")
    await agent.click("Camera")
    await media_both_ways(window, agent, 440)

    await share_pattern(window, 0b1011_0010)
    await agent.click("Ask to see screen")
    await window.get_by_role("button", name="Allow", exact=True).click()
    await sees_pattern(as_page(agent), 0b1011_0010)
    await agent.evaluate("(code) => window.__sharePattern(code)", 0b0110_1101)
    await agent.click("Share my screen")
    await sees_pattern(window, 0b0110_1101)

    await agent.say("Hello Jeanne, I see it.")
    await expect(window.get_by_text("Hello Jeanne, I see it.")).to_be_visible()
    await say(window, "Thank you!")
    await agent.sees("Thank you!")

    await agent.click("Files", "tab")
    sent = noise(tmp_path / "from-agent.bin")
    await agent.send_file(sent)
    async with customer.expect_download() as got:
        await customer.get_by_role("button", name=sent.name).click(timeout=30_000)
    assert digest(Path(await (await got.value).path())) == digest(sent)

    await agent.click("End session")
    await agent.click("End for everyone", "menuitem")
    await expect(window.get_by_role("radio").first).to_be_visible()
    await agent.click("Done")


async def test_the_page_of_a_customer_with_firefox(company: Demo, crowd: People, fox: Fox) -> None:
    agent = await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    # The page's style sheet of another host, which only the server may read.
    fox.expected.append("/pictures/pictures.css")
    customer = await fox.page()
    await customer.goto(f"{company.shop}/checkout")
    await customer.click("Get help")
    await customer.fill("Your name", NAME)
    await customer.fill("Your question", "It says error 12")
    await customer.click("Get help", last=True)
    await agent.get_by_role("button", name="Accept").click()
    await customer.click("Allow")
    town, street = (page_of(agent).get_by_label(label) for label in ("Town", "Street and number"))
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    await customer.fill("Town", "Lyon")
    await expect(town).to_have_value("Lyon")
    await customer.fill("Street and number", "9 Secret Street")
    await expect(street).not_to_have_value("")
    assert "ecret" not in await street.input_value()

    await agent.get_by_role("button", name="Control page").first.click()
    await customer.click("Allow")
    await expect(agent.get_by_text(f"You control the page of {NAME}")).to_be_visible()
    await click_on(agent, town)
    await agent.keyboard.press("Control+a")
    await agent.keyboard.type("Nantes")
    await customer.wait_for_function(HAS_NANTES)
    await expect(town).to_have_value("Nantes")
    await customer.reload()
    await expect(town).to_have_value("")
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    await customer.click("Stop")
    await expect(agent.locator("iframe.page-frame")).to_have_count(0)


async def test_an_agent_with_firefox_sees_and_uses_a_page(company: Demo, crowd: People, fox: Fox) -> None:
    agent = await fox.page()
    await agent.goto(f"{company.base}/console")
    await agent.fill("Name", "sofia")
    await agent.fill("Password", company.password("sofia"))
    await agent.click("Sign in")
    await agent.click("Unavailable")
    await agent.click("Available", "menuitem")
    customer = await crowd.person()
    await ask_for_help(customer, company)
    await agent.click("Accept")
    await customer.get_by_role("button", name="Allow", exact=True).click()
    town = customer.get_by_label("Town")
    await customer.get_by_label("Street and number").fill("9 Secret Street")
    await town.fill("Lyon")
    assert await agent.within(IS_SHOWN, "Lyon")
    values = await agent.within(VALUES)
    assert len(values) == 2
    assert not any("ecret" in value for value in values)

    await agent.click("Control page")
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await agent.sees(f"You control the page of {NAME}")
    await expect(customer.get_by_text("sees and controls")).to_have_count(1)
    await agent.hit(FIELD, "Lyon")
    await expect(town).to_be_focused()
    await town.press("End")
    await agent.type("-Paris")
    await expect(town).to_have_value("Lyon-Paris")
    assert await agent.within(IS_SHOWN, "Lyon-Paris")
    await agent.click("Stop")
    await expect(customer.get_by_text("sees and controls")).to_have_count(0)


def as_page(page: FoxPage) -> Any:
    """For helpers that only evaluate in a page."""
    return page


def noise(path: Path) -> Path:
    path.write_bytes(os.urandom(2 * 1024 * 1024))
    return path


def digest(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
