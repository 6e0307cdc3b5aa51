"""How often somebody may try; time is virtual."""

import pytest

from rs_server.protocol.errors import ProtocolError
from rs_server.services import throttle
from rs_server.services.throttle import Throttle, network, wide_network


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


def refused(bucket: Throttle, key: str = "a") -> float:
    with pytest.raises(ProtocolError) as caught:
        bucket.take(key)
    assert caught.value.error.code == "throttled"
    assert caught.value.error.retry_after is not None
    return caught.value.error.retry_after


def test_a_burst_then_one_by_one(clock: Clock) -> None:
    bucket = Throttle(clock, burst=3, refill=10.0)
    for _ in range(3):
        bucket.take("a")
    assert refused(bucket) == 10.0
    clock.time += 4
    assert refused(bucket) == 6.0
    clock.time += 6
    bucket.take("a")
    refused(bucket)
    bucket.take("b")


def test_it_never_holds_more_than_the_burst(clock: Clock) -> None:
    bucket = Throttle(clock, burst=2, refill=1.0)
    bucket.take("a")
    clock.time += 1000
    bucket.take("a")
    bucket.take("a")
    refused(bucket)


def test_waiting_costs_nothing(clock: Clock) -> None:
    bucket = Throttle(clock, burst=1, refill=10.0)
    assert bucket.wait("a") == 0.0
    assert bucket.wait("a") == 0.0
    bucket.take("a")
    assert bucket.wait("a") == 10.0


def test_a_right_try_gives_back_only_itself(clock: Clock) -> None:
    bucket = Throttle(clock, burst=3, refill=10.0)
    bucket.take("a")
    bucket.take("a")
    for _ in range(20):
        bucket.take("a")
        bucket.give_back("a")
    bucket.take("a")
    refused(bucket)


def test_giving_back_never_makes_more(clock: Clock) -> None:
    bucket = Throttle(clock, burst=1, refill=10.0)
    for _ in range(5):
        bucket.give_back("a")
    bucket.take("a")
    refused(bucket)


def test_forgiven(clock: Clock) -> None:
    bucket = Throttle(clock, burst=1, refill=10.0)
    bucket.take("a")
    bucket.forgive("a")
    bucket.take("a")


def test_fresh(clock: Clock) -> None:
    bucket = Throttle(clock, burst=5, refill=10.0)
    assert bucket.fresh("a", 0)
    bucket.take("a")
    assert bucket.fresh("a", 1)
    assert not bucket.fresh("a", 0)


def test_a_clock_that_goes_back_locks_nobody_in(clock: Clock) -> None:
    bucket = Throttle(clock, burst=1, refill=10.0)
    bucket.take("a")
    clock.time -= 3600
    assert refused(bucket) <= 10.0
    clock.time += 10
    bucket.take("a")


def test_memory_is_bounded(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_MOST_KEYS", 10)
    bucket = Throttle(clock, burst=1, refill=10.0)
    for number in range(100):
        bucket.take(str(number))
    assert len(bucket._buckets) == 10
    refused(bucket, "99")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_network(address: str, place: str) -> None:
    assert network(address) == place


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::", "2001:db8:1::/48"),
        ("192.0.2.7", None),
        ("::ffff:192.0.2.7", None),
        ("", None),
    ],
)
def test_wide_network(address: str, place: str | None) -> None:
    assert wide_network(address) == place
