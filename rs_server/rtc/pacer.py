"""Spreads the packets of large frames over time: a keyframe at once would fill a queue on the way and be lost in it."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

INTERVAL = 0.005
BURST = 12_000
"""Bytes that may go at once after a pause."""

Packet = TypeVar("Packet")


class Pacer(Generic[Packet]):
    """`send(packet)` is called for each in order, now or later; `rate` gives bytes a second."""

    def __init__(self, send: Callable[[Packet], bool], rate: Callable[[], float]) -> None:
        self._send = send
        self._rate = rate
        self._waiting: deque[tuple[Packet, int]] = deque()
        self._bytes = 0
        self._budget = float(BURST)
        self._at = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def delay(self) -> float:
        """Seconds until everything that waits is sent."""
        return self._bytes / self._rate()

    @property
    def idle(self) -> bool:
        return not self._waiting

    def put(self, packet: Packet, size: int) -> None:
        self._waiting.append((packet, size))
        self._bytes += size
        if self._timer is None:
            self._go()

    def take(self, size: int) -> bool:
        """Whether something of this size may go now beside what waits, which then waits longer."""
        self._fill()
        if self._budget < -BURST:
            return False
        self._budget -= size
        return True

    def clear(self) -> None:
        """Nothing of what waits is sent."""
        self._waiting.clear()
        self._bytes = 0
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _go(self) -> None:
        self._timer = None
        self._fill()
        while self._waiting and self._budget > 0:
            packet, size = self._waiting.popleft()
            self._bytes -= size
            self._budget -= size
            if not self._send(packet):
                self.clear()
                return
        if self._waiting:
            self._timer = asyncio.get_running_loop().call_later(INTERVAL, self._go)

    def _fill(self) -> None:
        now = time.monotonic()
        self._budget = min(BURST, self._budget + (now - self._at) * self._rate())
        self._at = now
