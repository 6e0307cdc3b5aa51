"""Shop, queue, agent, voice, video, screens, chat, files, end: two people in two browsers."""

import hashlib
import os
from pathlib import Path

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

CUSTOMER_TONE, AGENT_TONE = 1000.0, 440.0


async def test_two_people_talk_see_share_write_and_pass_files(company: Demo, crowd: People, tmp_path: Path) -> None:
    agent = await crowd.person(hertz=AGENT_TONE)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await crowd.person(hertz=CUSTOMER_TONE)
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)

    await window.get_by_role("button", name="Microphone").click()
    await agent.get_by_role("button", name="Microphone").click()
    assert await hears(agent, CUSTOMER_TONE) > 0.5
    assert await hears(window, AGENT_TONE) > 0.5

    await window.get_by_role("button", name="Camera").click()
    await agent.get_by_role("button", name="Camera").click()
    await moving_video(agent)
    await moving_video(window)

    await share_pattern(window, 0b1011_0010)
    await agent.get_by_role("button", name="Ask to see screen").click()
    await window.get_by_role("button", name="Allow", exact=True).click()
    await sees_pattern(agent, 0b1011_0010)
    await share_pattern(agent, 0b0110_1101)
    await agent.get_by_role("button", name="Share my screen").click()
    await sees_pattern(window, 0b0110_1101)

    await say(agent, "Hello Jeanne, I see it.")
    await expect(window.get_by_text("Hello Jeanne, I see it.")).to_be_visible()
    await expect(customer.get_by_text("Hello Jeanne, I see it.")).to_be_visible()
    await say(window, "Merci <b>beaucoup</b> !")
    await expect(agent.get_by_text("Merci <b>beaucoup</b> !").first).to_be_visible()

    await agent.get_by_role("tab", name="Files").click()
    await pass_file(customer, agent, tmp_path / "from-customer.bin")
    await pass_file(agent, customer, tmp_path / "from-agent.bin")

    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await expect(window.get_by_role("radio").first).to_be_visible()


async def pass_file(sender: Page, receiver: Page, path: Path) -> None:
    """20 MB of noise from one to the other, with the same digest."""
    data = os.urandom(20 * 1024 * 1024)
    path.write_bytes(data)
    async with sender.expect_file_chooser() as chosen:
        await sender.get_by_role("button", name="Send a file").click()
    await (await chosen.value).set_files(path)
    link = receiver.get_by_role("button", name=path.name).or_(receiver.get_by_role("link", name=path.name)).first
    async with receiver.expect_download(timeout=30_000) as got:
        await link.click(timeout=30_000)
    arrived = Path(await (await got.value).path())
    assert hashlib.sha256(arrived.read_bytes()).digest() == hashlib.sha256(data).digest()
