"""What every bus does. A further adapter joins by one line in `BUSES`."""

import logging
from collections.abc import Callable

import pytest

from rs_server.bus.memory import MemoryBus
from rs_server.ports import Bus

BUSES: dict[str, Callable[[], Bus]] = {"memory": MemoryBus}


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> Bus:
    return BUSES[request.param]()


class Ear(list[tuple[str, bytes]]):
    def __call__(self, topic: str, payload: bytes) -> None:
        self.append((topic, payload))


def test_everyone_subscribed_gets_every_message_in_order(bus: Bus) -> None:
    one, two = Ear(), Ear()
    bus.subscribe("a", one)
    bus.subscribe("a", two)
    for number in range(100):
        bus.publish("a", b"%d" % number)
    assert one == two == [("a", b"%d" % number) for number in range(100)]


def test_topics_are_apart(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe("session.a", ear)
    for topic in ("session.b", "session.", "session.aa", "session", "session.*"):
        bus.publish(topic, b"x")
    assert ear == []


def test_nobody_listens(bus: Bus) -> None:
    bus.publish("a", b"x")


def test_what_was_before_is_not_heard(bus: Bus) -> None:
    bus.publish("a", b"early")
    ear = Ear()
    bus.subscribe("a", ear)
    bus.publish("a", b"late")
    assert ear == [("a", b"late")]


def test_after_the_end_nothing_is_heard(bus: Bus) -> None:
    ear, other = Ear(), Ear()
    end = bus.subscribe("a", ear)
    bus.subscribe("a", other)
    end()
    end()
    bus.publish("a", b"x")
    assert ear == []
    assert other == [("a", b"x")]
    bus.subscribe("a", ear)
    bus.publish("a", b"y")
    assert ear == [("a", b"y")]


def test_one_handler_twice_is_two_subscriptions(bus: Bus) -> None:
    ear = Ear()
    ends = [bus.subscribe("a", ear), bus.subscribe("a", ear)]
    bus.publish("a", b"x")
    assert len(ear) == 2
    ends[0]()
    ends[0]()
    bus.publish("a", b"y")
    assert len(ear) == 3


def test_subscribing_and_ending_while_a_message_is_delivered(bus: Bus) -> None:
    late = Ear()
    ends: list[Callable[[], None]] = []

    def handler(_topic: str, _payload: bytes) -> None:
        ends.pop()()
        bus.subscribe("a", late)

    ends.append(bus.subscribe("a", handler))
    bus.publish("a", b"x")
    bus.publish("a", b"y")
    assert late == [("a", b"y")]


def test_one_that_fails_does_not_stop_the_others(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    ear = Ear()

    def broken(_topic: str, _payload: bytes) -> None:
        raise RuntimeError("broken")

    bus.subscribe("a", broken)
    bus.subscribe("a", ear)
    with caplog.at_level(logging.ERROR):
        bus.publish("a", b"x")
    assert ear == [("a", b"x")]
    assert "subscriber failed" in caplog.text


def test_payloads_are_bytes_as_they_are(bus: Bus) -> None:
    ear = Ear()
    bus.subscribe("a", ear)
    payloads = [b"", bytes(range(256)), b"x" * 1_000_000]
    for payload in payloads:
        bus.publish("a", payload)
    assert [payload for _topic, payload in ear] == payloads


def test_nothing_is_kept_of_topics_that_nobody_hears(bus: Bus) -> None:
    for number in range(1000):
        bus.subscribe(f"session.{number}", Ear())()
    handlers = getattr(bus, "_handlers", {})
    assert not handlers
