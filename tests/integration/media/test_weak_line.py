"""The customer's line is the weak one: what the agent sees of a screen that scrolls while the way from the client to
the worker is narrow, loses packets, or is long."""

import asyncio
import contextlib
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
from tests.support import timecode
from tests.support.figures import note
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
    rate: float
    """Pictures a second that the agent saw."""
    delays: list[float]

    @property
    def middle(self) -> float:
        return statistics.median(self.delays)


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
        found = timecode.seen(await self.page.evaluate("takeCodes()"))
        return Stage(len(found) / (time.monotonic() - began), [each.delay for each in found] or [99.0])


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
        await sees(lambda: page.evaluate("codes.length > 30"), 20)
        yield Scene(relay, connection, broadcast, page)
    finally:
        broadcast.stop()
        await running
        await connection.close()
        relay.close()
