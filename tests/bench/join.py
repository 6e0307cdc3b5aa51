"""From the first click to voices and pictures."""

import statistics
import time
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import BrowserContext, Page

from rs_server.demo import SITE_KEY
from tests.bench.rows import Row, measures, spread
from tests.support.browsers import PROBE, People, ask_for_help, become_available, people, sign_in
from tests.support.client import Api, Socket
from tests.support.demo import Demo, demo

CLICKS = 50
TALKS = 10

# Presses these buttons as soon as they can be pressed, and notes when a received line first gave something decoded.
ARM = """
(names) => {
  const now = () => performance.timeOrigin + performance.now();
  const first = (window.__first = { sound: null, picture: null, accepted: null, live: null });
  const left = new Set(names);
  const called = (node) => (node.getAttribute("aria-label") ?? node.innerText).trim();
  const find = (root, name) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.tagName === "BUTTON" && called(node) === name) return node;
      const inside = node.shadowRoot && find(node.shadowRoot, name);
      if (inside) return inside;
    }
    return null;
  };
  window.__clicked ??= addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button && called(button).startsWith("Accept"))
      window.__first.accepted ??= performance.timeOrigin + event.timeStamp;
  }, true) ?? true;
  clearInterval(window.__armed);
  window.__armed = setInterval(() => {
    for (const name of left) {
      const button = find(document, name);
      if (!button || button.ariaDisabled === "true" || button.ariaPressed === "true") continue;
      first.live ??= now();
      left.delete(name);
      button.click();
    }
    for (const peer of window.__peers)
      for (const { receiver } of peer.getTransceivers()) {
        const what = receiver.track.kind === "audio" ? "sound" : "picture";
        if (!first[what] && receiver.getSynchronizationSources().length) first[what] = now();
      }
    if (!left.size && first.sound && first.picture) clearInterval(window.__armed);
  }, 10);
}
"""


@measures("join.link_to_queue", seconds=60)
async def link_to_queue(folder: Path) -> Sequence[Row]:
    """From the request for help to the position on the socket; each customer has an address of their own."""
    took, bare = [], []
    async with demo(folder / "data") as company:
        for number in range(1, CLICKS + 1):
            began = time.perf_counter()
            async with aiohttp.ClientSession() as http, http.get(f"{company.base}/healthz") as answer:
                await answer.read()
            bare.append(1000 * (time.perf_counter() - began))
            took.append(1000 * await queued(company, f"127.0.1.{number}"))
    peer = f"a bare request on a fresh connection {statistics.median(bare):.1f} ms"
    return spread("join.link_to_queue", took, "ms", at_most=(100, 250), peer=peer)


async def queued(company: Demo, address: str) -> float:
    """Seconds until a customer from this address knows the position. They leave again."""
    api = Api(company.base, company.shop, address)
    try:
        began = time.perf_counter()
        ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "Jeanne", "language": "en"})
        socket = await Socket(api, ticket["token"]).open()
        await socket.until(lambda: socket.view(ticket["session"]).get("position"))
        took = time.perf_counter() - began
        await socket.do("session.leave", ticket["session"])
        await socket.close()
        return took
    finally:
        await api.close()


@measures("join.accept_to_sound", "join.accept_to_picture", seconds=200)
async def accept_to_talk(folder: Path) -> Sequence[Row]:
    """The customer waits in the session window. After *Accept* each side has to press *Microphone* and *Camera*; a
    script does so as soon as they are there."""
    sounds: dict[str, list[float]] = {"agent": [], "customer": []}
    pictures: dict[str, list[float]] = {"agent": [], "customer": []}
    async with demo(folder / "data", "--capacity", "8") as company, people(folder) as crowd:
        agent = await crowd.person(hertz=440)
        await sign_in(agent, company, "sofia")
        await become_available(agent)
        shop = await crowd.person(hertz=1000)
        assert shop.context.browser is not None
        for _ in range(TALKS):
            context = await shop.context.browser.new_context(locale="en-GB")
            found = await talk(company, crowd, agent, context)
            for who, first in found.items():
                sounds[who].append(first["sound"])
                pictures[who].append(first["picture"])
            await context.close()
    return [*_sides("join.accept_to_sound", sounds), *_sides("join.accept_to_picture", pictures)]


def _sides(name: str, sides: dict[str, list[float]]) -> list[Row]:
    halves = ", ".join(f"{who} {statistics.median(values):.2f}" for who, values in sides.items())
    peer = f"2 to 30 s; p50 here: {halves}"
    return spread(name, [*chain(*sides.values())], "s", at_most=(1.5, 1.5), peer=peer)


async def talk(company: Demo, crowd: People, agent: Page, context: BrowserContext) -> dict[str, dict[str, float]]:
    """One session; seconds from the click on *Accept* on either side."""
    await context.add_init_script(PROBE)
    page = await crowd.page(context)
    await agent.evaluate("() => { window.__peers = []; }")
    await ask_for_help(page, company)
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name="Talk, video or share screen").click()
    window = await opened.value
    await window.get_by_text("Keep this window open").wait_for()
    accept = agent.get_by_role("button", name="Accept")
    await accept.wait_for()
    for side in (agent, window):
        await side.evaluate(ARM, ["Microphone", "Camera"])
    await accept.click()
    found = {}
    for who, side in (("agent", agent), ("customer", window)):
        await side.wait_for_function("() => window.__first.sound && window.__first.picture", timeout=20_000)
        found[who] = await side.evaluate("() => window.__first")
    clicked = found["agent"]["accepted"]
    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await window.get_by_role("radio").first.wait_for()
    return {who: _since(clicked, first) for who, first in found.items()}


def _since(clicked: float, first: dict[str, Any]) -> dict[str, float]:
    return {what: (at - clicked) / 1000 for what, at in first.items() if at is not None}
