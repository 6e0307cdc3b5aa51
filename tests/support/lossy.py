"""A relay of datagrams that plays a bad line: narrow, lossy, long. Between two who know each other only through it."""

import asyncio
import random
import re
import time
from collections.abc import Callable

QUEUE = 0.3
"""Seconds of datagrams that wait before a narrow line; what comes while it is full is lost (tail drop)."""

HEADERS = 28
"""Bytes of IPv4 and UDP, which take their part of the line."""

HOST = "127.0.0.1"


class Line:
    """One direction. What is set counts for what comes from then on; nothing overtakes anything."""

    def __init__(self, seed: int) -> None:
        self.rate: float | None = None
        """Bit/s; None: any number."""
        self.loss = 0.0
        """Share of datagrams, drawn from a row of chances that is always the same."""
        self.delay = 0.0
        """Seconds, one way."""
        self.passed = self.lost = self.dropped = 0
        """Datagrams; `lost` by chance, `dropped` because the queue was full."""
        self._chance = random.Random(seed)
        self._free_at = self._last = 0.0

    def free(self) -> None:
        self.rate, self.loss, self.delay = None, 0.0, 0.0

    def put(self, data: bytes, deliver: Callable[[bytes], None]) -> None:
        now = time.monotonic()
        if self._chance.random() < self.loss:
            self.lost += 1
            return
        leaves = now
        if self.rate is not None:
            if self._free_at - now > QUEUE:
                self.dropped += 1
                return
            leaves = self._free_at = max(self._free_at, now) + (len(data) + HEADERS) * 8 / self.rate
        self.passed += 1
        self._last = arrives = max(self._last, leaves + self.delay)
        if arrives <= now:
            deliver(data)
            return
        loop = asyncio.get_running_loop()
        loop.call_at(loop.time() + arrives - now, deliver, data)


class _Side(asyncio.DatagramProtocol):
    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self.received = received

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.received(data, addr)


class Relay:
    """`up` leads from the client to the server, `down` back. The client finds the server by an offer that was `bent`,
    and the server must not know where the client is: its answer is `hidden`."""

    def __init__(self) -> None:
        self.up, self.down = Line(1), Line(2)
        self._client: tuple[str, int] | None = None
        self._server: tuple[str, int] | None = None
        self._sides: list[asyncio.DatagramTransport] = []

    async def start(self) -> "Relay":
        loop = asyncio.get_running_loop()
        for received in (self._from_client, self._from_server):
            side, _ = await loop.create_datagram_endpoint(
                lambda received=received: _Side(received),  # type: ignore[misc]
                local_addr=(HOST, 0),
            )
            self._sides.append(side)
        return self

    def bent(self, offer: str) -> str:
        """The description with our address in place of the server's; there must be only one."""
        found = {int(port) for port in _CANDIDATE.findall(offer)}
        (port,) = found
        self._server = HOST, port
        ours = self._sides[0].get_extra_info("sockname")[1]
        return _CANDIDATE.sub(lambda match: match[0].replace(f" {port} ", f" {ours} "), offer)

    @staticmethod
    def hidden(answer: str) -> str:
        return "".join(line for line in answer.splitlines(True) if not line.startswith("a=candidate:"))

    def close(self) -> None:
        for side in self._sides:
            side.close()

    def _from_client(self, data: bytes, addr: tuple[str, int]) -> None:
        self._client = addr
        self.up.put(data, self._to_server)

    def _from_server(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr == self._server:
            self.down.put(data, self._to_client)

    def _to_server(self, data: bytes) -> None:
        # What is still on the way when it is closed arrives nowhere.
        if not self._sides[1].is_closing():
            self._sides[1].sendto(data, self._server)

    def _to_client(self, data: bytes) -> None:
        if self._client is not None and not self._sides[0].is_closing():
            self._sides[0].sendto(data, self._client)


_CANDIDATE = re.compile(rf"(?m)^a=candidate:\S+ \d+ udp \d+ {re.escape(HOST)} (\d+) typ host")
