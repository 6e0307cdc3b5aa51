"""Who is taken for present: by time that passed, not by what the wall clock says."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.acd import Floor, VirtualClock, sqlite
from webacd.service import AcdService
from webacd.steady import Steps

GRACE = 8.0


class Passed:
    """Time that passes; the wall clock goes along."""

    def __init__(self, wall: VirtualClock) -> None:
        self.wall = wall
        self.time = 50.0

    def go(self, seconds: float) -> None:
        self.time += seconds
        self.wall.time += seconds

    def __call__(self) -> float:
        return self.time


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    floor = Floor(sqlite(tmp_path), VirtualClock())
    passed = Passed(floor.clock)
    floor.acd = AcdService(floor.database, floor.clock, "t1", monotonic=passed)
    floor.passed = passed  # type: ignore[attr-defined]
    await floor.configure()
    await floor.acd.start()
    yield floor
    await floor.close()


def passed(floor: Floor) -> Passed:
    found: Passed = floor.passed  # type: ignore[attr-defined]
    return found


async def test_a_clock_set_forward_loses_nobody(floor: Floor) -> None:
    await floor.ready("ann", "bob")
    await floor.serve("c1", "ann")
    for _ in range(3):
        floor.clock.time += 3600
        await floor.acd.tick()
    assert [floor.state(agent)[0] for agent in ("ann", "bob")] == ["ready", "ready"]
    assert [contact.id for contact in floor.acd.contacts_of("ann")] == ["c1"]


async def test_the_grace_is_as_long_as_ever_after_it(floor: Floor) -> None:
    await floor.ready("ann")
    passed(floor).go(5)
    floor.clock.time += 3600
    await floor.acd.tick()
    passed(floor).go(GRACE - 5.5)
    await floor.acd.tick()
    assert floor.state("ann") == ("ready", None)
    passed(floor).go(1)
    await floor.acd.tick()
    assert floor.state("ann") == ("offline", None)


async def test_a_clock_set_back_takes_no_grace_and_gives_none(floor: Floor) -> None:
    await floor.ready("ann")
    floor.clock.time -= 3600
    await floor.acd.tick()
    passed(floor).go(GRACE - 1)
    await floor.acd.tick()
    assert floor.state("ann") == ("ready", None)
    passed(floor).go(2)
    await floor.acd.tick()
    assert floor.state("ann") == ("offline", None)


async def test_whoever_is_named_in_time_stays(floor: Floor) -> None:
    """After we stood still: the hook comes before the look."""
    await floor.ready("ann", "bob")

    def name_ann() -> None:
        floor.acd.renew("ann")

    floor.acd.before_leases_end(name_ann)
    passed(floor).go(60)
    await floor.acd.tick()
    assert floor.state("ann") == ("ready", None)
    assert floor.state("bob") == ("offline", None)


def test_steps() -> None:
    time = 0.0
    steps = Steps(lambda: time)
    assert steps.since_last(100.0) == 0.0
    time = 1.0
    assert steps.since_last(101.05) == 0.0
    assert steps.since_last(111.0) == pytest.approx(10.0)
    assert steps.since_last(111.0) == 0.0
    assert steps.since_last(50.0) == 0.0
    assert steps.since_last(51.0) == pytest.approx(1.0)
