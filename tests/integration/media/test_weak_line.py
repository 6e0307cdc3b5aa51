"""The customer's line is the weak one: what the agent sees of a screen that scrolls while the way from the client to
the worker is narrow, loses packets, or is long."""

import asyncio
import contextlib
import itertools
import math
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from playwright.async_api import Page

from rs_client.encode import Broadcast
from rs_server.ports import LegState, Source
from rs_server.rtc.ice import IceSettings
from rs_server.rtc.publish import PublishConnection
from tests.bench.client_encode import GLYPH, HEIGHT, LINES_PER_SECOND, WIDTH, terminal
from tests.bench.rows import quantile
from tests.support import timecode
from tests.support.figures import SLACK, note
from tests.support.lossy import Relay

from .test_browsers import Studio, sees, studio, until

__all__ = ["studio"]
pytestmark = pytest.mark.timeout(180)

DESKTOP = Source("native", "desktop")
STRIP = 32
"""Rows of the time code."""

FPS = 30
LEAST_RATE, LONGEST_DELAY, PATIENCE = 5.0, 1.0, 10.0


class Shot(NamedTuple):
    pixels: npt.NDArray[np.uint8]
    damage: Sequence[tuple[int, int, int, int]] | None
    at: float


class Terminal:
    """A full-screen terminal that scrolls, under a time code."""

    def __init__(self) -> None:
        self._text = terminal(HEIGHT // GLYPH[0] + 1 + 20 * LINES_PER_SECOND)
        self._pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        self._began = self._next = time.monotonic()

    async def next(self) -> Shot:
        self._next = max(self._next + 1 / FPS, time.monotonic())
        await asyncio.sleep(self._next - time.monotonic())
        return await self.refresh()

    async def refresh(self) -> Shot:
        now = time.monotonic()
        last = len(self._text) - HEIGHT
        top = int((now - self._began) * LINES_PER_SECOND) * GLYPH[0] % last
        self._pixels[STRIP:] = self._text[top : top + HEIGHT - STRIP]
        row = np.repeat(timecode.blocks(timecode.now()), WIDTH // timecode.BLOCKS)
        self._pixels[:STRIP] = np.where(row, 255, 0)[None, :, None]
        return Shot(self._pixels, None, now)


class Stage(NamedTuple):
    seen: list[timecode.Seen]
    seconds: float

    @property
    def rate(self) -> float:
        """Pictures a second that the agent saw."""
        return len(self.seen) / self.seconds

    @property
    def delay(self) -> float:
        """Seconds until they were seen, in the middle."""
        return statistics.median([each.delay for each in self.seen]) if self.seen else math.inf

    @property
    def late(self) -> float:
        """Seconds, which one of twenty exceeds."""
        return quantile([each.delay for each in self.seen], 0.95) if self.seen else math.inf

    @property
    def longest(self) -> float:
        return max([each.delay for each in self.seen], default=math.inf)

    @property
    def pause(self) -> float:
        """The longest that one picture stood, in seconds."""
        return max([b.at - a.at for a, b in itertools.pairwise(self.seen)], default=math.inf) / 1000

    def __str__(self) -> str:
        delays = f"{self.delay:.3f} s (p95 {self.late:.3f}, longest {self.longest:.3f})"
        return f"{self.rate:.1f} fps, {delays}, pause {self.pause:.3f} s"


@dataclass
class Scene:
    relay: Relay
    connection: PublishConnection
    broadcast: Broadcast
    page: Page

    async def stage(self, seconds: float) -> Stage:
        """What is seen in this time."""
        await self.page.evaluate("takeCodes()")
        began = time.monotonic()
        await asyncio.sleep(seconds)
        found = await self.page.evaluate("takeCodes()")
        return Stage(timecode.seen(found), time.monotonic() - began)

    def line(self, rate: float | None = None, loss: float = 0.0, delay: float = 0.0) -> None:
        """Loss and delay are the same both ways; only the way up is narrow."""
        for way in (self.relay.up, self.relay.down):
            way.free()
            way.loss, way.delay = loss, delay
        self.relay.up.rate = rate

    async def recovered(self, before: Stage) -> float:
        """Seconds until a second of it is as good as before the line was bad."""
        began = time.monotonic()
        while True:
            stage = await self.stage(1.0)
            took = time.monotonic() - began
            if stage.rate > 0.8 * before.rate and stage.delay < before.delay + 0.1 * SLACK:
                return took
            assert took < PATIENCE * SLACK, f"not as before ({before}), but {stage}"


@contextlib.asynccontextmanager
async def scene(studio: Studio, codec: str) -> AsyncIterator[Scene]:
    relay = await Relay().start()
    connection = PublishConnection(IceSettings(["127.0.0.1"]))
    broadcast = Broadcast(Terminal(), codec=codec, backlog=lambda: connection.delay)
    running = asyncio.create_task(broadcast.run())
    try:
        offer = await studio.engine.open("session", "native", 0, 0, native=True)
        answer = await connection.answer(relay.bent(offer.sdp), offer.publish)  # type: ignore[arg-type]
        await studio.engine.answer("native", relay.hidden(answer))
        await until(lambda: LegState("native", "connected") in studio.events)
        connection.on_bit_rate = broadcast.set_bit_rate
        connection.show("desktop", broadcast.outlet)
        await studio.engine.allow(DESKTOP, True)
        page, seen = await studio.join("agent")
        mid = seen["video_slots"][0]
        await studio.engine.subscribe("agent", mid, DESKTOP)
        await page.evaluate(timecode.READER)
        await page.evaluate(f"watchCodes(M.videos['{mid}'], [0, 0, 1, {STRIP / HEIGHT}])")
        await sees(lambda: page.evaluate("codes.length > 60"), 20)
        yield Scene(relay, connection, broadcast, page)
    finally:
        broadcast.stop()
        await running
        await connection.close()
        relay.close()


LINES: dict[str, dict[str, float]] = {
    "1 Mbit/s": {"rate": 1_000_000},
    "5 % loss": {"loss": 0.05},
    "200 ms": {"delay": 0.2},
}


async def a_bad_line(studio: Studio, codec: str, seconds: float) -> None:
    """One after the other, each for so long, from its very beginning."""
    async with scene(studio, codec) as running:
        before = await running.stage(2.0)
        said = [f"{codec}, free: {before}"]
        stages: dict[str, Stage] = {}
        for name, line in LINES.items():
            running.line(**line)
            stages[name] = await running.stage(seconds)
            note(f"line.{codec}.{name}.fps", stages[name].rate, "fps")
            note(f"line.{codec}.{name}.delay.p95", stages[name].late, "s")
            note(f"line.{codec}.{name}.longest_delay", stages[name].longest, "s")
            note(f"line.{codec}.{name}.pause", stages[name].pause, "s")
            said.append(f"{name}: {stages[name]}")
        assert running.relay.up.dropped + running.relay.up.lost > 0, "the line was never bad"
        for name, stage in stages.items():
            assert stage.rate >= LEAST_RATE / SLACK, (name, said)
            assert stage.late < LONGEST_DELAY * SLACK, (name, said)
        # The way is really as long as it says.
        assert stages["200 ms"].delay > 0.2, said
        running.line()
        note(f"line.{codec}.recovered", await running.recovered(before), "s")


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_bad_line_slows_a_screen_down_and_does_not_stop_it(studio: Studio, codec: str) -> None:
    await a_bad_line(studio, codec, 3.0)


@pytest.mark.long
@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_bad_line_for_long(studio: Studio, codec: str) -> None:
    await a_bad_line(studio, codec, 30.0)
