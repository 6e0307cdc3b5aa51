"""Large frames are spread over time, small ones go at once."""

import asyncio
import time

from rs_server.rtc.pacer import BURST, Pacer

from .client import until


class Line:
    def __init__(self, rate: float = 100_000.0) -> None:
        self.sent: list[int] = []
        self.at: list[float] = []
        self.up = True
        self.pacer = Pacer[int](self._send, lambda: rate)

    def _send(self, number: int) -> bool:
        self.sent.append(number)
        self.at.append(time.monotonic())
        return self.up


async def test_a_small_frame_goes_at_once() -> None:
    line = Line()
    for number in range(BURST // 1000):
        line.pacer.put(number, 1000)
    assert line.sent == list(range(BURST // 1000))
    assert line.pacer.idle
    assert line.pacer.delay == 0


async def test_a_large_one_takes_its_time_and_keeps_its_order() -> None:
    line = Line()
    count = BURST // 1000 + 20
    for number in range(count):
        line.pacer.put(number, 1000)
    assert len(line.sent) < count
    assert 0.1 < line.pacer.delay <= 0.21
    await until(lambda: line.pacer.idle)
    assert line.sent == list(range(count))
    # Twenty thousand bytes beyond the burst, at a hundred thousand a second.
    assert 0.15 < line.at[-1] - line.at[0] < 1


async def test_nothing_goes_after_it_was_cleared() -> None:
    line = Line()
    for number in range(50):
        line.pacer.put(number, 1000)
    before = len(line.sent)
    line.pacer.clear()
    assert line.pacer.idle
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(line.sent) == before
    line.pacer.put(99, 10)
    await until(lambda: line.sent[-1] == 99)


async def test_a_line_that_is_down_loses_what_waits() -> None:
    line = Line()
    line.up = False
    for number in range(50):
        line.pacer.put(number, 1000)
    await until(lambda: line.pacer.idle)
    assert len(line.sent) < 50


async def test_what_goes_beside_makes_the_rest_wait_and_is_bounded() -> None:
    line = Line()
    assert line.pacer.take(1000)
    taken = 1
    while line.pacer.take(1000):
        taken += 1
    assert taken <= 2 * BURST // 1000 + 3
    line.pacer.put(1, 1000)
    assert line.sent == []
    await until(lambda: line.sent == [1])
