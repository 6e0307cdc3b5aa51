"""What people in the middle of a session live through, and for how long: seconds until voices are back, or somebody is
told. Tests hold that it goes on, `make bench` how fast."""

import asyncio
import os
import signal
import time

import psutil
from playwright.async_api import Page

from tests.support.browsers import (
    PLAYS,
    People,
    ask_for_help,
    become_available,
    hears,
    open_window,
    sign_in,
)
from tests.support.demo import Demo

CUSTOMER_TONE, AGENT_TONE = 1000.0, 440.0
AGENT_LOST = "The connection to Sofia Lind was lost. You are first in line"


async def talking(company: Demo, crowd: People, *, autoplay: bool = True) -> tuple[Page, Page, Page]:
    """(agent, the customer's page, the customer's window), with voice both ways."""
    agent = await crowd.person(hertz=AGENT_TONE, autoplay=autoplay)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await crowd.person(hertz=CUSTOMER_TONE, autoplay=autoplay)
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)
    await window.get_by_role("button", name="Microphone").click()
    await agent.get_by_role("button", name="Microphone").click()
    await both_hear(agent, window)
    return agent, customer, window


async def both_hear(agent: Page, window: Page) -> None:
    await hears(agent, CUSTOMER_TONE)
    await hears(window, AGENT_TONE)


async def reload(page: Page) -> None:
    """Until the page's own sound plays. Nothing is evaluated in the page before: that would count as a person's click,
    after which every sound is allowed."""
    async with page.expect_console_message(lambda said: said.text == PLAYS, timeout=30_000):
        await page.reload(wait_until="commit")


async def reload_while_talking(agent: Page, window: Page, *who: Page) -> float:
    """Until both hear each other again, each from its own page."""
    began = time.monotonic()
    await asyncio.gather(*(reload(page) for page in who))
    await both_hear(agent, window)
    return time.monotonic() - began


async def kill_server(company: Demo, agent: Page, window: Page) -> float:
    """From its next start, which is ready when it says so."""
    fresh = [(page, await next_connection(page)) for page in (agent, window)]
    await company.kill()
    await company.start()
    return await _voice_back(fresh)


async def kill_worker(company: Demo, agent: Page, window: Page) -> float:
    """The process that passes on sound and pictures."""
    assert company.process is not None
    [worker] = [
        child
        for child in psutil.Process(company.process.pid).children(recursive=True)
        if any("media" in word for word in child.cmdline())
    ]
    fresh = [(page, await next_connection(page)) for page in (agent, window)]
    os.kill(worker.pid, signal.SIGKILL)
    return await _voice_back(fresh)


async def _voice_back(fresh: list[tuple[Page, str]]) -> float:
    began = time.monotonic()
    for page, condition in fresh:
        await page.wait_for_function(condition)
    await both_hear(*(page for page, _ in fresh))
    return time.monotonic() - began


async def next_connection(page: Page) -> str:
    """The condition that this page has a PeerConnection that it does not have now, and it is connected."""
    count = int(await page.evaluate("() => window.__peers.length"))
    return f"() => window.__peers.length > {count} && window.__peers.at(-1).connectionState === 'connected'"


async def kill_agent(agent: Page, window: Page) -> float:
    """Until the customer reads that the agent's connection was lost, and what place in line that gives."""
    assert agent.context.browser is not None
    told = window.get_by_text(AGENT_LOST).first
    assert await told.count() == 0
    began = time.monotonic()
    await agent.context.browser.close()
    await told.wait_for(timeout=30_000)
    return time.monotonic() - began
