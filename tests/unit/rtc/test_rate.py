"""The rate controller against a simulated line: what it uses of it, and how long its queue grows."""

import random
from dataclasses import dataclass, field

import pytest

from rs_server.rtc.rate import MAXIMUM, MINIMUM, RateController, SubscriberLimit, Throughput

FRAME_MS = 66
PACKET = 1200


@dataclass
class Line:
    """A bottleneck of `capacity(ms)` bit/s with a queue of at most 1.5 s, and a sender that obeys REMB after
    40 ms.

    Times are whole ms from 0."""

    capacity: list[tuple[int, int]]
    loss: float = 0.0
    controller: RateController = field(default_factory=RateController)
    seed: int = 1
    delivered: list[tuple[int, int]] = field(default_factory=list)
    queue_ms: list[tuple[int, float]] = field(default_factory=list)

    def run(self, until: int) -> None:
        chance = random.Random(self.seed)
        free_at = 0.0
        told: list[tuple[int, int]] = [(0, 300_000)]
        arrivals: list[tuple[float, float, int, bool]] = []
        for frame_at in range(0, until, FRAME_MS):
            target = next(bps for at, bps in reversed(told) if at <= frame_at)
            # An encoder hits its target on average; a browser paces at two and a half times the target.
            size = int(min(target, 3_000_000) * FRAME_MS / 8000 * chance.uniform(0.7, 1.3))
            count = max(1, size // PACKET)
            for number in range(count):
                sent = frame_at + number * FRAME_MS / 2.5 / count
                capacity = next(bps for at, bps in reversed(self.capacity) if at <= sent)
                waiting = max(0.0, free_at - sent)
                self.queue_ms.append((int(sent), waiting))
                if waiting > 1500:
                    arrivals.append((sent + 20, sent, 0, False))
                    continue
                free_at = max(free_at, sent) + PACKET * 8000 / capacity
                arrivals.append((free_at + 20, sent, PACKET, chance.random() >= self.loss))
            while arrivals and arrivals[0][0] < frame_at + FRAME_MS:
                at, sent, size, came = arrivals.pop(0)
                self.controller.lost(1, int(came))
                if not came:
                    continue
                self.delivered.append((int(at), size))
                stamp = int(sent / 1000 * (1 << 18)) & 0xFFFFFF
                bps = self.controller.add(int(at), stamp, size, 7)
                if bps is not None:
                    told.append((int(at) + 20, bps))

    def throughput(self, start: int, end: int) -> float:
        """Bit/s delivered between two times."""
        return sum(size for at, size in self.delivered if start <= at < end) * 8000 / (end - start)

    def queued(self, start: int, end: int, share: float) -> float:
        """The queue in ms that `share` of the packets did not exceed."""
        waits = sorted(wait for at, wait in self.queue_ms if start <= at < end)
        return waits[int(len(waits) * share)]


def test_a_free_line_is_used() -> None:
    line = Line([(0, 50_000_000)])
    line.run(10_000)
    assert line.throughput(2_000, 10_000) > 2_400_000


def test_loss_of_five_percent_does_not_starve() -> None:
    line = Line([(0, 50_000_000)], loss=0.05)
    line.run(10_000)
    assert line.throughput(3_000, 10_000) > 2_000_000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_narrow_line_is_used_without_a_long_queue(seed: int) -> None:
    line = Line([(0, 1_000_000)], seed=seed)
    line.run(40_000)
    assert line.throughput(10_000, 40_000) > 650_000
    assert line.queued(10_000, 40_000, 0.5) < 150
    assert line.queued(10_000, 40_000, 0.95) < 400


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_line_that_narrows_and_widens_is_followed(seed: int) -> None:
    line = Line([(0, 5_000_000), (10_000, 800_000), (30_000, 5_000_000)], seed=seed)
    line.run(50_000)
    assert line.queued(14_000, 30_000, 0.95) < 500
    assert line.throughput(14_000, 30_000) > 500_000
    assert line.throughput(42_000, 50_000) > 2_000_000


def test_heavy_loss_is_backed_away_from() -> None:
    line = Line([(0, 50_000_000)], loss=0.25)
    line.run(15_000)
    assert line.throughput(10_000, 15_000) < 700_000


def test_the_cap_of_subscribers_holds_and_is_lifted() -> None:
    controller = RateController()
    controller.cap = 400_000
    assert controller.estimate == 400_000
    controller.cap = 1
    assert controller.estimate == MINIMUM
    controller.cap = None
    assert MINIMUM < controller.estimate <= MAXIMUM


def test_sources_are_told_while_they_are_heard() -> None:
    controller = RateController()
    for at in range(0, 12_000, 100):
        controller.add(at, (at << 18) // 1000 & 0xFFFFFF, 500, 1 if at < 1_000 else 2)
    assert controller.sources == [2]


def test_abs_send_time_wraps() -> None:
    controller = RateController()
    told = [controller.add(at, ((63_000 + at) << 18) // 1000 & 0xFFFFFF, 1_200, 1) for at in range(0, 4_000, 5)]
    assert min(bps for bps in told if bps is not None) >= 1_500_000


def test_throughput_forgets() -> None:
    rate = Throughput(1_000)
    rate.add(0, 1_000)
    rate.add(500, 1_000)
    assert rate.rate(900) == 16_000
    assert rate.rate(1_200) == 8_000
    assert rate.rate(2_000) == 0


def test_a_subscriber_is_limited_by_its_remb_while_it_is_fresh() -> None:
    limit = SubscriberLimit()
    assert limit.limit(0.0) is None
    limit.remb(1.0, 900_000)
    assert limit.limit(2.0) == 900_000
    assert limit.limit(7.0) is None


def test_a_subscriber_without_remb_is_limited_by_its_loss() -> None:
    limit = SubscriberLimit()
    limit.loss(1.0, 100, 3, 2_000_000)
    assert limit.limit(1.0) is None
    limit.loss(3.0, 100, 20, 2_000_000)
    assert limit.limit(3.0) == 1_800_000
    for second in range(6, 60, 3):
        limit.loss(float(second), 100, 0, 1_000_000)
    assert limit.limit(60.0) is None


def test_small_samples_of_loss_say_nothing() -> None:
    chance = random.Random(3)
    limit = SubscriberLimit()
    lowest = 2_000_000
    for second in range(600):
        lost = sum(chance.random() < 0.05 for _ in range(12))
        limit.loss(float(second), 12, lost, 1_000_000)
        lowest = min(lowest, limit.limit(float(second)) or lowest)
    assert lowest > 700_000


def test_loss_alone_never_refuses_the_least() -> None:
    limit = SubscriberLimit()
    for second in range(0, 100, 2):
        limit.loss(float(second), 200, 150, 400_000)
    assert limit.limit(100.0) == SubscriberLimit.LEAST


def test_uneven_arrival_without_a_queue_cuts_nothing() -> None:
    """As on a machine that is busy."""
    chance = random.Random(2)
    controller = RateController()
    at, lowest = 0, controller.estimate
    for number in range(4_000):
        sent = number * 5
        at = max(at, sent + chance.choice((0, 0, 0, 0, 20, 35)))
        controller.add(at, (sent << 18) // 1000 & 0xFFFFFF, 1_200, 7)
        lowest = min(lowest, controller.estimate)
    assert lowest >= 1_900_000


def test_a_way_that_becomes_longer_is_not_a_full_line() -> None:
    controller = RateController()
    for number in range(8_000):
        sent = number * 5
        late = 200 if number > 2_000 else 0
        controller.add(sent + late, (sent << 18) // 1000 & 0xFFFFFF, 1_200, 7)
    assert controller.estimate > 1_900_000


def test_each_remb_is_told() -> None:
    told: list[int] = []
    limit = SubscriberLimit()
    limit.on_remb = lambda: told.append(limit.limit(1.0) or 0)
    limit.remb(1.0, 700_000)
    assert told == [700_000]
