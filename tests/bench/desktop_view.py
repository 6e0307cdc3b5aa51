"""A desktop as it is seen in a browser: how often it changes, how late, for how many bytes, how soon a click shows."""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

import psutil
from playwright.async_api import Page

from rs_client.geometry import Rect
from tests.bench.desktop_scene import BUTTON, CODE, HEIGHT, WIDTH
from tests.bench.server import cpu_seconds
from tests.support import timecode

WINDOW = 6.0
IDLE = 8.0
SETTLE = 3.0
CALM = 8.0
"""Seconds until all is as fine as it gets."""
CLICKS = 10

# Counts what comes on sockets; of peer connections the browser itself counts.
COUNTER = """
window.socketBytes = 0;
window.WebSocket = new Proxy(WebSocket, {
  construct(Plain, all) {
    const made = new Plain(...all);
    made.addEventListener('message', ({ data }) => {
      window.socketBytes += data.byteLength ?? data.size ?? data.length;
    });
    return made;
  },
});
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  window.socketBytes += data.byteLength ?? data.length;
  send.call(this, data);
};
// With the headers of UDP and IP, which of a socket are not counted.
window.wireBytes = async () => {
  let sum = window.socketBytes;
  for (const peer of window.__peers ?? [])
    (await peer.getStats()).forEach((each) => {
      if (each.type !== 'transport') return;
      sum += each.bytesReceived + each.bytesSent + 28 * (each.packetsReceived + each.packetsSent);
    });
  return sum;
};
"""

CLICK = """
window.timeClick = async (source, place) => {
  const isLight = async () => {
    const { light, count } = await window.rowOf(source, place);
    // Beside the pointer, which is in the middle.
    return light(Math.floor(count / 8)) > 128;
  };
  const before = await isLight();
  window.clicked = null;
  addEventListener('mousedown', ({ timeStamp }) => {
    window.onEachPicture(source, (at) => {
      isLight().then((now) => {
        if (now !== before) window.clicked ??= at - performance.timeOrigin - timeStamp;
      });
      return window.clicked === null;
    });
  }, { capture: true, once: true });
};
void 0;
"""


class Figures(NamedTuple):
    fps: float
    delay: float
    """Seconds, p50."""
    bits: float
    """A second, while it scrolls."""
    host: float
    """Share of a core that showing takes, while it scrolls."""
    idle: float
    """The same while nothing happens."""
    idle_bits: float
    click: float
    """Seconds to visible, p50."""

    def __str__(self) -> str:
        return (
            f"{self.fps:.1f} fps, {self.delay * 1000:.0f} ms late, {self.bits / 1e6:.2f} Mbit/s, "
            f"host {self.host:.2f} of a core; idle {self.idle:.3f} of a core, {self.idle_bits / 1e3:.1f} kbit/s; "
            f"click {self.click * 1000:.0f} ms"
        )


def part(place: Rect) -> list[float]:
    return [place.x / WIDTH, place.y / HEIGHT, place.width / WIDTH, place.height / HEIGHT]


async def measure(
    page: Page,
    source: str,
    click: Callable[[float, float], Awaitable[None]],
    toggle: Callable[[], None],
    host: Callable[[], Sequence[psutil.Process]],
) -> Figures:
    """`source`: JavaScript for the element with the picture; `click`: at fractions of it; `toggle` the scene."""
    await page.evaluate(timecode.READER)
    await page.evaluate(CLICK)
    await page.evaluate(f"watchCodes({source}, {part(CODE)})")
    toggle()
    await page.wait_for_function("() => codes.length > 30")
    await asyncio.sleep(SETTLE)
    family = host()
    await page.evaluate("takeCodes()")
    bits, used, began = await page.evaluate("wireBytes()"), cpu_seconds(family), time.monotonic()
    await asyncio.sleep(WINDOW)
    seen = timecode.seen(await page.evaluate("takeCodes()"))
    took = time.monotonic() - began
    bits, used = 8 * (await page.evaluate("wireBytes()") - bits) / took, (cpu_seconds(family) - used) / took
    toggle()
    await asyncio.sleep(CALM)
    idle_bits, idle, began = await page.evaluate("wireBytes()"), cpu_seconds(family), time.monotonic()
    await asyncio.sleep(IDLE)
    idle_took = time.monotonic() - began
    idle = (cpu_seconds(family) - idle) / idle_took
    idle_bits = 8 * (await page.evaluate("wireBytes()") - idle_bits) / idle_took
    clicks = await clicked(page, source, click)
    late = statistics.median(each.delay for each in seen)
    return Figures(len(seen) / took, late, bits, used, idle, idle_bits, statistics.median(clicks))


async def clicked(page: Page, source: str, click: Callable[[float, float], Awaitable[None]]) -> list[float]:
    """Seconds until the button looked otherwise."""
    x, y, width, height = part(BUTTON)
    chance = random.Random(5)
    found = []
    for _ in range(CLICKS):
        # At any moment of whatever goes round in either program.
        await asyncio.sleep(0.4 + chance.random() / 2)
        await page.evaluate(f"timeClick({source}, {part(BUTTON)})")
        await click(x + width / 2, y + height / 2)
        await page.wait_for_function("() => clicked !== null", timeout=10_000)
        found.append(float(await page.evaluate("clicked")) / 1000)
    return found
