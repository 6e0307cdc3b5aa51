"""What the customer's page sends, and what it costs the customer's browser, the disk and the network."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.async_api import Page, expect

from tests.bench.cobrowse_pages import FORM, PRICES
from tests.bench.cobrowse_scene import RECORD, cdp, metrics, packed, plain, rrweb, scene
from tests.bench.rows import Row, measures, row
from tests.support.browsers import People

SECONDS = 30.0
SETTLED = 4.0
VIDEO_SECONDS = 12.0
RATE = 50
CPU_SECONDS = 12.0
"""Of each of the stretches that are compared."""

FILL, CHURN = "() => __bench.fill()", f"() => __bench.churn({RATE})"
STOP = "() => __bench.stop()"

# The page as a share of this tab, with what `web/src/rtc` asks a browser for; bytes of RTP payload and headers.
SHARE = """async () => {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: 15, max: 30 } },
    preferCurrentTab: true });
  const [track] = stream.getTracks();
  track.contentHint = "detail";
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => to.addIceCandidate(candidate);
  to.onicecandidate = ({ candidate }) => from.addIceCandidate(candidate);
  const sender = from.addTrack(track, stream);
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
  window.__shared = async () => {
    for (const one of (await sender.getStats()).values())
      if (one.type === "outbound-rtp") return one.bytesSent + one.headerBytesSent;
    return 0;
  };
}"""


@measures("cobrowse.bytes.form", seconds=120)
async def form(folder: Path) -> Sequence[Row]:
    script = await rrweb(folder)
    async with scene(folder, FORM) as held:
        await held.share()
        await held.customer.evaluate(script)
        sent, peer = await rates(held.customer, FILL, lambda: held.relay.up)
        video = await as_video(held.crowd, FORM, FILL)
    return [row("cobrowse.bytes.form", sent / 1000, "KB/s", at_most=0.6, peer=_beside(peer, video))]


@measures("cobrowse.bytes.mutations", "cobrowse.recording", "cobrowse.customer_cpu", seconds=240)
async def mutations(folder: Path) -> Sequence[Row]:
    script = await rrweb(folder)
    async with scene(folder, PRICES) as held:
        rests = [await cpu(held.customer)]
        await held.share()
        costs = await cpu(held.customer)
        await held.customer.evaluate(script)
        stored = Stored(folder / "data")
        await stored.begun()
        sent, kept, peer = await rates(held.customer, CHURN, lambda: held.relay.up, stored.size)
        await held.customer.get_by_role("button", name="Stop", exact=True).first.click()
        await expect(held.agent.locator("iframe.page-frame")).to_have_count(0)
        rests.append(await cpu(held.customer))
        video = await as_video(held.crowd, PRICES, CHURN)
        off, on = await rrweb_cpu(held.crowd, script)
    rest = sum(rests) / 2
    note = f"{rests[0]:.0f} before and {rests[1]:.0f} after, {costs:.0f} when shown"
    note += f"; rrweb, which sends nothing here, {off:.0f} and {on:.0f}"
    return [
        row("cobrowse.bytes.mutations", sent / 1000, "KB/s", at_most=2.5, peer=_beside(peer, video)),
        row(
            "cobrowse.recording",
            60 * kept / 1000,
            "KB/min",
            at_most=80,
            peer=f"rrweb's events on the wire {60 * peer / 1000:.0f}",
        ),
        row("cobrowse.customer_cpu", costs - rest, "ms/s", at_most=30, peer=note),
    ]


def _beside(peer: float, video: float) -> str:
    words = f"as a share of the tab {video / 1000:.1f} KB/s"
    return f"{words}; rrweb as it comes, each message deflated {peer / 1000:.2f} KB/s"


async def rates(customer: Page, work: str, *counters: Callable[[], int]) -> list[float]:
    """Bytes a second of each of these while this is done, and of rrweb, which records the same beside it."""
    await asyncio.sleep(SETTLED)
    await customer.evaluate(RECORD)
    await customer.evaluate(work)
    await asyncio.sleep(SETTLED)
    # What it says of the page as a whole is left out, as ours is.
    await customer.evaluate("() => { window.__said.length = 0 }")
    before, began = [counter() for counter in counters], time.monotonic()
    await asyncio.sleep(SECONDS)
    after, took = [counter() for counter in counters], time.monotonic() - began
    said: list[str] = await customer.evaluate("() => { __stopRecord(); return __said }")
    await customer.evaluate(STOP)
    ours = [(last - first) / took for first, last in zip(before, after, strict=True)]
    return [*ours, packed(said) / took]


async def as_video(crowd: People, body: str, work: str) -> float:
    """Bytes a second of the same page as a share of its tab."""
    async with plain(crowd, body, "--auto-accept-this-tab-capture") as customer:
        # A share needs a click.
        await customer.locator("h1").click()
        await customer.evaluate(SHARE)
        await customer.evaluate(work)
        await customer.wait_for_function("async () => (await __shared()) > 20_000", timeout=20_000)
        # The first picture is left out, as the snapshot is.
        await asyncio.sleep(SETTLED)
        before, began = float(await customer.evaluate("() => __shared()")), time.monotonic()
        await asyncio.sleep(VIDEO_SECONDS)
        after = float(await customer.evaluate("() => __shared()"))
        return (after - before) / (time.monotonic() - began)


async def cpu(customer: Page) -> float:
    """Processor time of the page's main thread, ms a second, while it changes."""
    session = await cdp(customer)
    await session.send("Performance.enable", {"timeDomain": "threadTicks"})
    await customer.evaluate(CHURN)
    await asyncio.sleep(2)
    before = await metrics(session)
    await asyncio.sleep(CPU_SECONDS)
    after = await metrics(session)
    await customer.evaluate(STOP)
    await session.send("Performance.disable")
    took = after["Timestamp"] - before["Timestamp"]
    return 1000 * (after["TaskDuration"] - before["TaskDuration"]) / took


async def rrweb_cpu(crowd: People, script: str) -> tuple[float, float]:
    """The same without and with rrweb, which writes its JSON and sends nothing."""
    async with plain(crowd, PRICES) as customer:
        await customer.evaluate(script)
        before = await cpu(customer)
        await customer.evaluate(RECORD)
        return before, await cpu(customer)


class Stored:
    """The recorded pages of an installation on disk."""

    def __init__(self, data: Path) -> None:
        self._data = data

    async def begun(self) -> None:
        async with asyncio.timeout(20):
            while not self.size():
                await asyncio.sleep(0.2)

    def size(self) -> int:
        """Bytes."""
        size = 0
        for path in self._data.rglob("*.page*"):
            # A piece may be put into the whole at any time.
            with contextlib.suppress(FileNotFoundError):
                size += path.stat().st_size
        return size
