"""Events of long ago are forgotten; nothing that the queue goes by is. Whatever the database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, update

from webacd import tables
from webacd.forgetting import Forgetting
from webacd.service import AcdService

from .acd import Floor, VirtualClock

DAY = 86400.0


@pytest.fixture
async def floor(any_url: str) -> AsyncIterator[Floor]:
    floor = Floor(any_url, VirtualClock())
    await floor.configure()
    await floor.acd.start()
    yield floor
    await floor.close()


async def ends(floor: Floor) -> tuple[int, int]:
    """Numbers of the first and the last event."""
    async with floor.database.read() as connection:
        found = await connection.execute(select(func.min(tables.events.c.seq), func.max(tables.events.c.seq)))
        first, last = found.one()
        return first, last


async def check(floor: Floor, forgetting: Forgetting) -> None:
    """What is left after a point in time and what was true then come to what is true now."""
    async with floor.database.read() as connection:
        then = await floor.acd.store.load(connection)
        number = await floor.acd.store.last_event(connection)
    await floor.enqueue(f"c{number}")
    await floor.enqueue(f"d{number}", "care")
    await forgetting.forget()
    async with floor.database.read() as connection:
        for event in await floor.acd.store.events(connection, after=number):
            then.apply(event)
        now = await floor.acd.store.load(connection)
    assert then.snapshot() == now.snapshot()
    again = AcdService(floor.database, floor.clock, "t1")
    async with floor.database.read() as connection:
        assert (await again.store.load(connection)).snapshot() == floor.acd._core.state.snapshot()


async def test_what_is_old_is_forgotten_and_the_rest_goes_on(floor: Floor) -> None:
    forgetting = Forgetting(floor.database, floor.clock, floor.acd.store, days=3.0)
    await floor.ready("ann")
    await floor.enqueue("c1")
    _, old = await ends(floor)
    assert await forgetting.forget() == 0
    floor.clock.time += 2 * DAY
    await floor.enqueue("c2", "care")
    first, last = await ends(floor)
    floor.clock.time += 1.5 * DAY
    assert await forgetting.forget() == old - first + 1
    assert await ends(floor) == (old + 1, last)
    await floor.ready("ann", "bob")
    await check(floor, forgetting)


async def test_numbers_go_on_where_all_is_old(floor: Floor) -> None:
    forgetting = Forgetting(floor.database, floor.clock, floor.acd.store, days=2.0)
    _, last = await ends(floor)
    floor.clock.time += 100 * DAY
    await forgetting.forget()
    assert await ends(floor) == (last, last)
    await floor.acd.close()
    await floor.acd.start()
    await floor.enqueue("c1")
    assert (await ends(floor))[1] > last


async def test_without_days_nothing_is_forgotten(floor: Floor) -> None:
    forgetting = Forgetting(floor.database, floor.clock, floor.acd.store, days=0.0)
    await forgetting.start()
    await forgetting.close()
    assert (await ends(floor))[0] == 1


async def test_it_is_done_by_itself(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webacd.forgetting.MOST", 1)
    before = await ends(floor)
    await floor.enqueue("c1")
    await floor.enqueue("c2")
    floor.clock.time += 100 * DAY
    forgetting = Forgetting(floor.database, floor.clock, floor.acd.store, days=2.0)
    assert await forgetting.forget() == (await ends(floor))[1] - before[0]


async def test_numbers_may_be_large(floor: Floor) -> None:
    large = 2**31 + 5
    await floor.enqueue("c1")
    await floor.acd.close()
    async with floor.database.begin() as unit:
        _, last = await ends(floor)
        await unit.connection.execute(update(tables.events).where(tables.events.c.seq == last).values(seq=large))
        await unit.connection.execute(update(tables.contacts).values(seq=large))
    after = AcdService(floor.database, floor.clock, "t1")
    await after.start()
    floor.acd = after
    await floor.enqueue("c2")
    assert (await ends(floor))[1] > large
    assert [each.contact for each in after.waiting()] == ["c1", "c2"]
