"""Reloads, crashes and lost browsers: a session goes on. How fast it has to is held by `make bench`."""

import asyncio
from pathlib import Path

from playwright.async_api import expect

from tests.support.browsers import (
    OWN_SOUND,
    People,
    ask_for_help,
    become_available,
    next_picture,
    say,
    sees_pattern,
    share_pattern,
    sign_in,
)
from tests.support.client import Api, Socket
from tests.support.demo import Demo
from tests.support.figures import note
from tests.support.survival import kill_agent, kill_server, kill_worker, reload_while_talking, talking

ALOUD = """<audio></audio><script>
  const voice = document.querySelector("audio");
  voice.srcObject = new AudioContext().createMediaStreamDestination().stream;
  voice.play().catch(() => {});
</script>"""


async def test_ordinary_rules_refuse_sound_where_nobody_clicked(crowd: People) -> None:
    """Otherwise it would say nothing that it plays after a reload."""
    page = await crowd.person(autoplay=False)
    async with page.expect_console_message(lambda said: said.text.startswith(OWN_SOUND)) as said:
        await page.goto(f"data:text/html,{ALOUD}")
    assert (await said.value).text == f"{OWN_SOUND}NotAllowedError"


async def test_a_reload_on_either_side_or_both_is_survived(company: Demo, crowd: People) -> None:
    """Under Chromium's ordinary rules for autoplay."""
    agent, _customer, window = await talking(company, crowd, autoplay=False)
    await say(window, "before the reload")
    await expect(agent.get_by_text("before the reload").first).to_be_visible()
    await share_pattern(window, 0b1010_0110)
    await agent.get_by_role("button", name="Ask to see screen").click()
    await window.get_by_role("button", name="Allow", exact=True).click()
    await sees_pattern(agent, 0b1010_0110)

    for who in ((window,), (agent,), (window, agent)):
        note(f"reload of {len(who)}: voice back", await reload_while_talking(agent, window, *who), "s")
        await expect(window.get_by_role("button", name="Hear the agent")).to_have_count(0)
        await expect(agent.get_by_text("holds the sound back")).to_have_count(0)
        await expect(window.get_by_text("before the reload").first).to_be_visible()
        await expect(agent.get_by_text("before the reload").first).to_be_visible()
        await expect(window.get_by_role("button", name="Allow", exact=True)).to_have_count(0)

    await share_pattern(window, 0b1100_0101)
    await window.get_by_role("button", name="Share again").click()
    await sees_pattern(agent, 0b1100_0101)


async def test_a_crash_of_the_server_loses_nobody(company: Demo, crowd: People) -> None:
    agent, _customer, window = await talking(company, crowd)
    await say(window, "before the crash")
    await expect(agent.get_by_text("before the crash").first).to_be_visible()
    waiting = await crowd.person()
    await agent.get_by_role("button", name="Available").first.click()
    await agent.get_by_role("menuitem").filter(has_text="Break").click()
    await ask_for_help(waiting, company, name="Marc Keller")
    await expect(agent.get_by_text("Marc Keller").first).to_be_visible()

    since = await waiting_since(company, "Marc Keller")
    note("server killed: voice back after its start", await kill_server(company, agent, window), "s")
    await expect(agent.get_by_text("Marc Keller").first).to_be_visible()
    await expect(waiting.get_by_text("You are next").first).to_be_visible()
    assert await waiting_since(company, "Marc Keller") == since
    await say(window, "after the crash")
    await expect(agent.get_by_text("after the crash").first).to_be_visible()
    await expect(agent.get_by_text("before the crash").first).to_be_visible()


async def waiting_since(company: Demo, name: str) -> tuple[float, float]:
    """When somebody began to wait, as the session has it and as the queue has it."""
    auditor, colleague = Api(company.base), Api(company.base)
    try:
        await auditor.login("otto", company.password("otto"))
        rows = (await auditor.call("GET", "/sessions"))["rows"]
        [session] = [row["session"] for row in rows if row["session"]["customer_name"] == name]
        await colleague.login("paul", company.password("paul"))
        socket = await Socket(colleague).open()
        queued = await socket.until(
            lambda: next((one for one in socket.desk().get("waiting", ()) if one["session"] == session["id"]), None)
        )
        await socket.close()
        return session["waiting_since"], queued["arrived_at"]
    finally:
        await auditor.close()
        await colleague.close()


async def test_a_crash_of_the_media_worker_is_mended_and_the_recording_goes_on(
    company: Demo, crowd: People, tmp_path: Path
) -> None:
    agent, _customer, window = await talking(company, crowd)
    parts = company.data / "blobs" / "recordings"

    def recorded() -> set[Path]:
        return set(parts.rglob("*.webm"))

    before = recorded()
    assert before
    note("media worker killed: voice back", await kill_worker(company, agent, window), "s")
    async with asyncio.timeout(30):
        while len(recorded() - before) < 2:
            await next_picture(agent)


async def test_an_agents_browser_dies_and_another_agent_goes_on(company: Demo, crowd: People) -> None:
    agent, _customer, window = await talking(company, crowd)
    await say(window, "please stay with me")
    other = await crowd.person(hertz=660)
    await sign_in(other, company, "paul")
    await become_available(other)
    note("agent's browser killed: the customer is told", await kill_agent(agent, window), "s")
    await other.get_by_role("button", name="Accept").click()
    await expect(other.get_by_text("please stay with me").first).to_be_visible()
    await say(other, "I am Paul, I go on.")
    await expect(window.get_by_text("I am Paul, I go on.")).to_be_visible()
    await expect(window.get_by_text("recorded").first).to_be_visible()
