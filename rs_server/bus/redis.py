"""Bus between processes, on Redis pub/sub (https://redis.io/docs/latest/develop/interact/pubsub/)."""

import asyncio
import contextlib
import importlib.util
import logging
import random
import secrets
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rs_server.bus.memory import Handler, MemoryBus

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = logging.getLogger(__name__)

MOST_WAITING = 2000
MOST_WAITING_BYTES = 16 * 1024 * 1024
"""What waits for a Redis that is away; the oldest goes first, since it is only news."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
SOCKET_SECONDS = 5.0
_MARK = 8


class BadBus(Exception):
    """The bus cannot be used as it is named; the text says why, to whoever started the server."""


class RedisBus:
    """Subscribers of this process hear at once, as with `MemoryBus`; those of others through Redis. The messages of
    one publisher come in order, on all topics. While Redis is away they wait, within bounds; one that was on its
    way when the connection broke may come twice.

    `start` returns at once, whether Redis is there or not."""

    def __init__(self, url: str, prefix: str = "deskside:") -> None:
        """Raises `BadBus` when the driver is missing or the URL is none."""
        if importlib.util.find_spec("redis") is None:
            raise BadBus("redis is not installed: pip install 'deskside[redis]'")
        import redis.asyncio
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        try:
            self._redis: Redis = redis.asyncio.Redis.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_connect_timeout=SOCKET_SECONDS,
                socket_keepalive=True,
                health_check_interval=10,
            )
        except ValueError as error:
            raise BadBus(f"not an address like redis://host:6379/0: {error}") from error
        self._prefix = prefix
        self._local = MemoryBus()
        # By it we know what we said ourselves.
        self._mark = secrets.token_bytes(_MARK)
        self._counts: dict[str, int] = {}
        self._confirmed: set[str] = set()
        self._outbox: deque[tuple[str, bytes]] = deque()
        self._bytes = 0
        self._dropped = 0
        self._stir = asyncio.Event()
        self._changed = asyncio.Condition()
        self._pubsub: Any = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._tasks = [asyncio.create_task(self._write_on()), asyncio.create_task(self._read_on())]

    async def close(self) -> None:
        """What still waits gets a moment to leave."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1 if self._confirmed else 0):
                while self._outbox:
                    await asyncio.sleep(0.01)
        # Again where need be: a cancellation that meets an answer of Redis can be swallowed on the way.
        while running := [task for task in self._tasks if not task.done()]:
            for task in running:
                task.cancel()
            await asyncio.wait(running, timeout=0.2)
        await self._redis.aclose()

    def publish(self, topic: str, payload: bytes) -> None:
        self._local.publish(topic, payload)
        self._outbox.append((topic, payload))
        self._bytes += len(payload)
        while len(self._outbox) > MOST_WAITING or self._bytes > MOST_WAITING_BYTES:
            self._bytes -= len(self._outbox.popleft()[1])
            if self._dropped == 0:
                log.warning("redis is away or slow: the oldest messages are dropped")
            self._dropped += 1
        self._stir.set()

    def subscribe(self, topic: str, handler: Handler) -> Callable[[], None]:
        end_local = self._local.subscribe(topic, handler)
        self._counts[topic] = self._counts.get(topic, 0) + 1
        self._stir.set()
        ended = False

        def end() -> None:
            nonlocal ended
            end_local()
            if ended:
                return
            ended = True
            self._counts[topic] -= 1
            if not self._counts[topic]:
                del self._counts[topic]
            self._stir.set()

        return end

    async def settled(self) -> None:
        """Wait until Redis knows everything that we are subscribed to by now."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._counts.keys() <= self._confirmed and bool(self._confirmed))

    # --- speaking ---

    async def _write_on(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            await self._stir.wait()
            self._stir.clear()
            try:
                await self._follow_topics()
                while self._outbox:
                    await self._send()
                pause = SHORTEST_PAUSE
            except Exception as error:
                log.info("redis: %s; trying again", error)
                await asyncio.sleep(_spread(pause))
                pause = min(LONGEST_PAUSE, pause * 2)
                self._stir.set()

    async def _send(self) -> None:
        item = self._outbox[0]
        topic, payload = item
        async with asyncio.timeout(SOCKET_SECONDS):
            await self._redis.publish(self._prefix + topic, self._mark + payload)
        # It may have been dropped meanwhile.
        if self._outbox and self._outbox[0] is item:
            self._outbox.popleft()
            self._bytes -= len(payload)
        if self._dropped:
            log.warning("redis is back; %d messages were dropped", self._dropped)
            self._dropped = 0

    async def _follow_topics(self) -> None:
        """Bring what Redis sends us in line with what is subscribed here."""
        pubsub = self._pubsub
        if pubsub is None:
            return
        known = {channel.decode().removeprefix(self._prefix) for channel in pubsub.channels} - {self._own}
        known -= {channel.decode().removeprefix(self._prefix) for channel in pubsub.pending_unsubscribe_channels}
        wanted = set(self._counts)
        if more := wanted - known:
            await pubsub.subscribe(*(self._prefix + topic for topic in more))
        if fewer := known - wanted:
            await pubsub.unsubscribe(*(self._prefix + topic for topic in fewer))

    # --- hearing ---

    @property
    def _own(self) -> str:
        return f"server.{self._mark.hex()}"

    async def _read_on(self) -> None:
        pause = SHORTEST_PAUSE
        while True:
            pubsub = self._redis.pubsub()
            try:
                # A topic of our own, so that there is always something to be subscribed to.
                await pubsub.subscribe(self._prefix + self._own, *(self._prefix + topic for topic in self._counts))
                self._pubsub = pubsub
                self._stir.set()
                while True:
                    message = await pubsub.get_message(timeout=SOCKET_SECONDS)
                    if message is not None:
                        pause = SHORTEST_PAUSE
                        await self._hear(message)
            except Exception as error:
                log.info("redis: %s; connecting again", error)
            finally:
                self._pubsub = None
                self._confirmed.clear()
                with contextlib.suppress(Exception):
                    await pubsub.aclose()  # type: ignore[no-untyped-call]
            await asyncio.sleep(_spread(pause))
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _hear(self, message: dict[str, Any]) -> None:
        topic = message["channel"].decode().removeprefix(self._prefix)
        kind = message["type"]
        if kind == "message":
            data: bytes = message["data"]
            if data[:_MARK] != self._mark:
                self._local.publish(topic, data[_MARK:])
            return
        async with self._changed:
            if kind == "subscribe":
                self._confirmed.add(topic)
            elif kind == "unsubscribe":
                self._confirmed.discard(topic)
                # Subscribed again while the answer was on its way.
                self._stir.set()
            self._changed.notify_all()


def _spread(pause: float) -> float:
    """So that many do not come back in the same moment."""
    return pause * random.uniform(0.5, 1.5)  # noqa: S311
