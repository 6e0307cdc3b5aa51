"""What every bus does, for those who subscribe in the process that publishes, and in another one."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from rs_server.bus import redis as redis_bus
from rs_server.bus.memory import MemoryBus
from rs_server.bus.redis import BadBus, RedisBus
from rs_server.ports import Bus
from tests.support.redis import Redis


async def _nothing() -> None:
    pass


@dataclass
class Pair:
    """Where is published, and where is subscribed: one bus, or two of one installation."""

    here: Bus
    there: Bus
    subscribed: Callable[[], Awaitable[None]] = _nothing
    """Wait until what was subscribed is in force."""

    def __post_init__(self) -> None:
        self._numbers = itertools.count()

    def publish(self, topic: str, payload: bytes) -> None:
        self.here.publish(topic, payload)

    def subscribe(self, topic: str, handler: Callable[[str, bytes], None]) -> Callable[[], None]:
        return self.there.subscribe(topic, handler)

    async def delivered(self) -> None:
        """Wait until all that was published has come: what follows it has."""
        heard = asyncio.Event()
        topic = f"mark.{next(self._numbers)}"
        end = self.there.subscribe(topic, lambda _topic, _payload: heard.set())
        await self.subscribed()
        self.here.publish(topic, b"")
        async with asyncio.timeout(30):
            await heard.wait()
        end()


@pytest.fixture(params=["memory", "redis-here", "redis-there"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    if request.param == "memory":
        memory = MemoryBus()
        yield Pair(memory, memory)
        return
    async with AsyncExitStack() as stack:
        buses = []
        server: Redis = request.getfixturevalue("redis")
        for _ in range(1 if request.param == "redis-here" else 2):
            one = RedisBus(server.url)
            await one.start()
            stack.push_async_callback(one.close)
            buses.append(one)
        yield Pair(buses[0], buses[-1], buses[-1].settled)


class Ear(list[tuple[str, bytes]]):
    def __call__(self, topic: str, payload: bytes) -> None:
        self.append((topic, payload))


async def test_everyone_subscribed_gets_every_message_in_order(bus: Pair) -> None:
    one, two = Ear(), Ear()
    bus.subscribe("a", one)
    bus.subscribe("a", two)
    await bus.subscribed()
    for number in range(100):
        bus.publish("a", b"%d" % number)
    await bus.delivered()
    assert one == two == [("a", b"%d" % number) for number in range(100)]


async def test_topics_are_apart(bus: Pair) -> None:
    ear = Ear()
    bus.subscribe("session.a", ear)
    await bus.subscribed()
    for topic in ("session.b", "session.", "session.aa", "session", "session.*"):
        bus.publish(topic, b"x")
    await bus.delivered()
    assert ear == []


async def test_nobody_listens(bus: Pair) -> None:
    bus.publish("a", b"x")


async def test_what_was_before_is_not_heard(bus: Pair) -> None:
    bus.publish("a", b"early")
    await bus.delivered()
    ear = Ear()
    bus.subscribe("a", ear)
    await bus.subscribed()
    bus.publish("a", b"late")
    await bus.delivered()
    assert ear == [("a", b"late")]


async def test_after_the_end_nothing_is_heard(bus: Pair) -> None:
    ear, other = Ear(), Ear()
    end = bus.subscribe("a", ear)
    bus.subscribe("a", other)
    await bus.subscribed()
    end()
    end()
    bus.publish("a", b"x")
    await bus.delivered()
    assert ear == []
    assert other == [("a", b"x")]
    bus.subscribe("a", ear)
    bus.publish("a", b"y")
    await bus.delivered()
    assert ear == [("a", b"y")]


async def test_a_topic_that_everybody_left_can_be_taken_up_again(bus: Pair) -> None:
    ear = Ear()
    for number in range(20):
        end = bus.subscribe("a", ear)
        await bus.subscribed()
        bus.publish("a", b"%d" % number)
        await bus.delivered()
        end()
        bus.subscribe("a", ear)()
    assert [payload for _topic, payload in ear] == [b"%d" % number for number in range(20)]


async def test_one_handler_twice_is_two_subscriptions(bus: Pair) -> None:
    ear = Ear()
    ends = [bus.subscribe("a", ear), bus.subscribe("a", ear)]
    await bus.subscribed()
    bus.publish("a", b"x")
    await bus.delivered()
    assert len(ear) == 2
    ends[0]()
    ends[0]()
    bus.publish("a", b"y")
    await bus.delivered()
    assert len(ear) == 3


async def test_subscribing_and_ending_while_a_message_is_delivered(bus: Pair) -> None:
    late = Ear()
    ends: list[Callable[[], None]] = []

    def handler(_topic: str, _payload: bytes) -> None:
        ends.pop()()
        bus.subscribe("a", late)

    ends.append(bus.subscribe("a", handler))
    await bus.subscribed()
    bus.publish("a", b"x")
    await bus.delivered()
    bus.publish("a", b"y")
    await bus.delivered()
    assert late == [("a", b"y")]


async def test_one_that_fails_does_not_stop_the_others(bus: Pair, caplog: pytest.LogCaptureFixture) -> None:
    ear = Ear()

    def broken(_topic: str, _payload: bytes) -> None:
        raise RuntimeError("broken")

    bus.subscribe("a", broken)
    bus.subscribe("a", ear)
    await bus.subscribed()
    with caplog.at_level(logging.ERROR):
        bus.publish("a", b"x")
        await bus.delivered()
    assert ear == [("a", b"x")]
    assert "subscriber failed" in caplog.text


async def test_payloads_are_bytes_as_they_are(bus: Pair) -> None:
    ear = Ear()
    bus.subscribe("a", ear)
    await bus.subscribed()
    payloads = [b"", bytes(range(256)), b"x" * 1_000_000]
    for payload in payloads:
        bus.publish("a", payload)
    await bus.delivered()
    assert [payload for _topic, payload in ear] == payloads


async def test_nothing_is_kept_of_topics_that_nobody_hears(bus: Pair) -> None:
    for number in range(1000):
        bus.subscribe(f"session.{number}", Ear())()
    await bus.delivered()
    for name in ("_handlers", "_counts"):
        assert not getattr(bus.there, name, {})


# --- of Redis alone ---


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.01)


async def test_redis_may_die_and_come_back(redis: Redis) -> None:
    here, there, ear = RedisBus(redis.url), RedisBus(redis.url), Ear()
    await here.start()
    await there.start()
    there.subscribe("a", ear)
    await there.settled()
    here.publish("a", b"before")
    await until(lambda: len(ear) == 1)
    redis.kill()
    try:
        await until(lambda: not there._confirmed)
        there.subscribe("b", ear)
        mine = Ear()
        here.subscribe("a", mine)
        here.publish("a", b"while it was away")
        assert mine == [("a", b"while it was away")]
    finally:
        redis.start()
    await there.settled()
    for number in range(50):
        here.publish("ab"[number % 2], b"%d" % number)
    await until(lambda: ear[-1][1] == b"49")
    after = [payload for _topic, payload in ear if payload.isdigit()]
    assert after == [b"%d" % number for number in range(50)]
    await here.close()
    await there.close()


async def test_what_waits_for_redis_is_bounded(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr(redis_bus, "MOST_WAITING", 10)
    bus = RedisBus(f"redis://127.0.0.1:{unused_tcp_port}/0")
    await bus.start()
    with caplog.at_level(logging.WARNING):
        for number in range(100):
            bus.publish("a", b"%d" % number)
    assert [payload for _topic, payload in bus._outbox] == [b"%d" % number for number in range(90, 100)]
    assert bus._bytes == 20
    assert caplog.text.count("dropped") == 1
    await bus.close()


def test_what_is_no_address_is_named() -> None:
    with pytest.raises(BadBus, match="redis://"):
        RedisBus("somewhere:6379")
