"""A customer in a browser says that something is not right."""

import re

from playwright.async_api import expect

from tests.support.browsers import People, ask_for_help, become_available, open_window, sign_in
from tests.support.demo import Demo

TITLE = "This is not right: end and report"


async def test_all_ends_and_supervisors_are_told(company: Demo, crowd: People) -> None:
    agent, boss = await crowd.person(), await crowd.person()
    customer = await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await sign_in(boss, company, "sam", "/supervise")
    await boss.get_by_role("tab", name="Agents").wait_for()
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)
    await window.set_viewport_size({"width": 320, "height": 640})
    await window.get_by_role("button", name="Microphone").click()
    await expect(window.get_by_role("button", name="Microphone")).to_have_attribute("aria-pressed", "true")

    await window.bring_to_front()
    # By keyboard; nothing ends before it is confirmed.
    opener = window.get_by_role("button", name=TITLE)
    dialog = window.get_by_role("dialog", name=TITLE)
    assert await window.evaluate("document.documentElement.scrollWidth") <= 320
    await opener.focus()
    await window.keyboard.press("Enter")
    await expect(dialog.get_by_role("button", name="Stay")).to_be_focused()
    assert await window.evaluate("document.documentElement.scrollWidth") <= 320
    await window.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    await expect(opener).to_be_focused()
    await window.keyboard.press("Enter")
    await dialog.get_by_label("What happened?").fill("They want vouchers.")
    await window.keyboard.press("Tab")
    await window.keyboard.press("Tab")
    await expect(dialog.get_by_role("button", name="End and report")).to_be_focused()
    await window.keyboard.press("Enter")

    await expect(window.get_by_text("The company was told that something was not right.")).to_be_visible()
    await expect(window.get_by_role("heading", name="You have left")).to_be_focused()
    await expect(window.get_by_role("radio")).to_have_count(0)
    await window.reload()
    await expect(window.get_by_text("The company was told that something was not right.")).to_be_visible()
    await expect(customer.get_by_role("heading", name="You have left")).to_be_visible()
    said = re.compile("Jeanne Petit said that something was not right in session .* with Sofia Lind")
    notice = boss.get_by_text(said)
    await expect(notice).to_be_visible()
    await expect(agent.get_by_text("Jeanne Petit said that something was not right").first).to_be_visible()
    await expect(agent.get_by_text(re.compile("ended session .* with Sofia Lind"))).to_have_count(0)
