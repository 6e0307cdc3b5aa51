"""The service on SQLite: new starts, units that are rolled back, the timer, other writers, tenants."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import Database, UnitOfWork
from rs_server.ports import AcdEvent, ContactEnded, ContactQueued, ContactRequest, Offered
from tests.contract.acd import START, Floor, VirtualClock, refused, request, sqlite
from webacd import tables
from webacd.config import AcdConfig
from webacd.core.config import AgentConfig, Configuration, End, GroupConfig, QueueConfig, Step
from webacd.core.state import RoutingState
from webacd.service import AcdService
from webacd.store import AcdStore, StaleWriter, StoreConflict


class Fault(Exception):
    """Planted."""


class Written(AcdConfig):
    """Tables that say what the test wants."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__("t1")
        self.configuration = configuration

    async def read(self, connection: AsyncConnection) -> Configuration:
        return self.configuration


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    floor = Floor(sqlite(tmp_path), VirtualClock())
    await floor.configure()
    await floor.acd.start()
    yield floor
    await floor.close()


async def again(floor: Floor, tmp_path: Path, later: float = 0.0) -> Floor:
    """A new process on what the former one left, without a word from it."""
    await floor.close()
    floor.clock.time += later
    new = Floor(sqlite(tmp_path), floor.clock)
    await new.acd.start()
    return new


async def on_disk(floor: Floor) -> dict[str, Any]:
    async with floor.database.read() as connection:
        return (await floor.acd.store.load(connection)).snapshot()


async def rows(floor: Floor, table: Any) -> int:
    async with floor.database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def roll_back(floor: Floor, completed: str, enqueued: str) -> None:
    async def attempt() -> None:
        async with floor.unit() as unit:
            await floor.acd.complete(unit, completed)
            await floor.acd.enqueue(unit, request(enqueued))
            raise Fault

    with pytest.raises(Fault):
        await attempt()


async def work(floor: Floor) -> None:
    """Something of everything: waiting, offered, active, wrap-up, declined, ended, outbound."""
    await floor.ready("ann", "bob")
    await floor.serve("done", "ann")
    await floor.complete("done")
    await floor.serve("active", "bob")
    async with floor.unit() as unit:
        await floor.acd.start_outbound(unit, request("out", ""), "cid")
    floor.at_consoles.add("cid")
    for contact in ("c1", "c2", "c3"):
        await floor.enqueue(contact)
    await floor.advance(4)
    async with floor.unit() as unit:
        await floor.acd.reject(unit, "c1.1", floor.acd.offers("ann")[0].agent)
    await floor.enqueue("left")
    async with floor.unit() as unit:
        await floor.acd.abandon(unit, "left")


async def test_rows_say_what_the_core_knows(floor: Floor) -> None:
    await work(floor)
    assert await on_disk(floor) == floor.acd._core.state.snapshot()
    await floor.advance(60)
    assert await on_disk(floor) == floor.acd._core.state.snapshot()


async def test_events_say_what_the_core_knows(floor: Floor) -> None:
    await work(floor)
    state = RoutingState()
    async with floor.database.read() as connection:
        for event in await floor.acd.store.events(connection):
            state.apply(event)
    assert state.snapshot() == floor.acd._core.state.snapshot()


async def test_new_start_keeps_everybody(floor: Floor, tmp_path: Path) -> None:
    await work(floor)
    before = floor.acd._core.state.snapshot()
    views = (floor.acd.agents(), floor.acd.waiting())
    new = await again(floor, tmp_path, later=2.0)
    assert new.acd._core.state.snapshot() == before
    assert (new.acd.agents(), new.acd.waiting()) == views
    await new.close()


async def test_offers_that_ran_out_meanwhile_are_made_again(floor: Floor, tmp_path: Path) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    new = await again(floor, tmp_path, later=3600.0)
    assert new.state("ann") == ("ready", None)
    offers = new.acd.offers("ann")
    assert [(view.offer, view.arrived_at, view.deadline) for view in offers] == [("c1.2", START, START + 3620.0)]
    new.clock.time += 8
    await new.acd.tick()
    assert new.state("ann") == ("offline", None)
    await new.close()


async def test_active_contacts_stay_with_their_agents(floor: Floor, tmp_path: Path) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    new = await again(floor, tmp_path, later=3600.0)
    view = new.acd.agent("ann")
    assert view is not None
    assert view.sessions == 1
    await new.acd.presence("ann", True)
    await new.complete("c1")
    await new.close()


async def test_configuration_that_changed_meanwhile(floor: Floor, tmp_path: Path) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    async with floor.unit() as unit:
        await floor.config.remove_agent(unit, "ann")
    new = await again(floor, tmp_path)
    assert [view.contact for view in new.acd.waiting()] == ["c1"]
    assert await on_disk(new) == new.acd._core.state.snapshot()
    await new.close()


async def test_rolled_back_unit_leaves_nothing(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    floor.told.clear()
    before, events = floor.acd._core.state.snapshot(), await rows(floor, tables.events)
    await roll_back(floor, "c1", "c2")
    assert floor.told == []
    await floor.acd.tick()
    assert floor.acd._core.state.snapshot() == before
    assert await rows(floor, tables.events) == events
    await floor.enqueue("c2")
    assert [view.offer for view in floor.acd.offers("ann")] == ["c2.1"]
    assert await on_disk(floor) == floor.acd._core.state.snapshot()


async def test_rolled_back_unit_forgets_no_beat(floor: Floor) -> None:
    await floor.ready("ann")
    floor.clock.time += 5
    await roll_back(floor, "none", "c1")
    floor.clock.time += 3
    await floor.acd.tick()
    assert floor.state("ann") == ("offline", None)


async def test_listener_that_fails_undoes_the_command(floor: Floor) -> None:
    async def fail(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        raise Fault

    await floor.ready("ann")
    floor.acd.listen(fail)
    with pytest.raises(Fault):
        await floor.enqueue("c1")
    floor.acd._listeners.remove(fail)
    await floor.enqueue("c1")
    assert await rows(floor, tables.contacts) == 1
    assert floor.offered() == [("c1", "ann")]


async def test_unit_that_swallows_a_failure_is_read_again(floor: Floor) -> None:
    """The listener's fault is caught inside the unit and the rows are committed: they are the truth."""

    async def fail(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        raise Fault

    floor.acd.listen(fail)
    async with floor.unit() as unit:
        with pytest.raises(Fault):
            await floor.acd.enqueue(unit, request("c1"))
    floor.acd._listeners.remove(fail)
    await floor.acd.tick()
    assert [view.contact for view in floor.acd.waiting()] == ["c1"]
    assert await on_disk(floor) == floor.acd._core.state.snapshot()


async def test_listener_writes_in_the_unit_and_may_command(floor: Floor) -> None:
    async def eager(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        for event in events:
            if isinstance(event, Offered):
                await floor.acd.accept(unit, event.offer, event.agent)

    await floor.ready("ann")
    floor.acd.listen(eager)
    await floor.enqueue("c1")
    view = floor.acd.agent("ann")
    assert view is not None
    assert view.sessions == 1
    assert await on_disk(floor) == floor.acd._core.state.snapshot()


async def test_refusal_changes_nothing_and_the_unit_goes_on(floor: Floor) -> None:
    await floor.ready("ann")
    core, events = floor.acd._core, await rows(floor, tables.events)
    async with floor.unit() as unit:
        async with refused("offer_gone"):
            await floor.acd.accept(unit, "c1.1", "ann")
        async with refused("contact_gone"):
            await floor.acd.abandon(unit, "c1")
    assert floor.acd._core is core
    assert await rows(floor, tables.events) == events


async def test_agents_race_for_one_contact(floor: Floor) -> None:
    """Whoever is first has it; the others are told so."""
    for agent in ("ann", "bob"):
        await floor.acd.presence(agent, True)
    await floor.enqueue("c1")
    outcomes = await asyncio.gather(*(_pick(floor, agent) for agent in ("ann", "bob") * 4), return_exceptions=True)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert await on_disk(floor) == floor.acd._core.state.snapshot()


async def _pick(floor: Floor, agent: str) -> None:
    async with floor.unit() as unit:
        await floor.acd.pick(unit, "c1", agent)


async def test_timer_does_what_is_due(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.enqueue("c1")
    floor.told.clear()
    missed = asyncio.Event()

    async def hear(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        if any(isinstance(event, ContactQueued) for event in events):
            unit.after_commit(missed.set)

    floor.acd.listen(hear)
    for _ in range(4):
        floor.clock.time += 5
        await floor.acd.presence("ann", True)
    floor.acd.poke()
    await asyncio.wait_for(missed.wait(), 10)
    assert floor.state("ann") == ("not_ready", "missed_offer")


async def test_timer_survives_what_fails(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("webacd.service.RETRY_SECONDS", 0.01)
    await floor.ready("ann")
    failures, done = 2, asyncio.Event()

    async def hear(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise Fault
        unit.after_commit(done.set)

    floor.acd.listen(hear)
    floor.clock.time += 8
    floor.acd.poke()
    await asyncio.wait_for(done.wait(), 10)
    assert floor.state("ann") == ("offline", None)
    assert caplog.text.count("acd timer failed") == 2


async def test_writer_of_an_old_epoch_is_refused(floor: Floor, tmp_path: Path) -> None:
    await floor.ready("ann")
    other = Floor(sqlite(tmp_path), floor.clock)
    await other.acd.start()
    with pytest.raises(StaleWriter):
        await floor.enqueue("c1")
    await other.enqueue("c1")
    assert [view.contact for view in other.acd.waiting()] == ["c1"]
    await other.close()


async def test_row_in_another_state_is_not_written_over(floor: Floor) -> None:
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        await unit.connection.execute(tables.contacts.update().values(state="completed"))
    await floor.acd.presence("ann", True)
    with pytest.raises(StoreConflict):
        await _pick(floor, "ann")
    await floor.acd.tick()
    assert floor.acd.waiting() == []


async def test_tenants_never_meet(floor: Floor) -> None:
    config = AcdConfig("t2")
    async with floor.unit() as unit:
        await config.put_queue(unit, "sales", "Sales")
        await config.put_agent(unit, "ann", queues=["sales"])
    other = AcdService(floor.database, floor.clock, "t2")
    await other.start()
    await floor.ready("ann")
    await floor.enqueue("c1")
    await other.presence("ann", True)
    async with floor.unit() as unit:
        await other.set_state(unit, "ann", "ready")
        await other.enqueue(unit, ContactRequest("c1", "sales", "session", "s", "Other"))
        await floor.acd.enqueue(unit, request("c2"))
    assert [view.customer for view in other.offers("ann")] == ["Other"]
    assert [view.customer for view in floor.acd.offers("ann")] == ["C1", "C2"]
    await other.close()
    async with floor.database.read() as connection:
        loaded = await AcdStore("t2").load(connection)
        assert loaded.snapshot() == other._core.state.snapshot()


async def test_accuracy_of_estimates(floor: Floor) -> None:
    await floor.ready("ann")
    await floor.serve("c1", "ann")
    await floor.serve("c2", "ann")
    await floor.enqueue("c3")
    await floor.advance(100)
    await floor.complete("c1")
    async with floor.unit() as unit:
        await floor.acd.wrap_up_done(unit, "c1", "ann", None)
    await floor.accept("c3.1", "ann")
    async with floor.database.read() as connection:
        (sales,) = await floor.acd.store.accuracy(connection)
    assert (sales.queue, sales.contacts) == ("sales", 3)
    assert (sales.mean_estimate, sales.mean_wait) == pytest.approx((50.0, 100 / 3))
    assert sales.mean_error == pytest.approx(50 / 3)


async def test_grace_by_argument(tmp_path: Path) -> None:
    clock, database = VirtualClock(), Database(sqlite(tmp_path))
    await database.create_all()
    acd = AcdService(database, clock, "t1", grace=2.0)
    async with database.begin() as unit:
        await acd.config.put_agent(unit, "ann")
    await acd.start()
    await acd.presence("ann", True)
    clock.time += 2
    await acd.tick()
    assert [view.state for view in acd.agents()] == ["offline"]
    await acd.close()
    await database.close()


async def test_steps_and_ends_are_told_and_survive_a_new_start(floor: Floor, tmp_path: Path) -> None:
    end = Step(40.0, end=End("callback"))
    steps = (Step(10.0, groups=("backup",)), Step(20.0, end=None), end)
    sales = QueueConfig("sales", "Sales", steps=steps, sticky_days=1.0)
    people = (AgentConfig("ann", ("sales",), 1), AgentConfig("bob", (), 1, groups=("backup",)))
    configuration = Configuration((sales,), people, groups=(GroupConfig("backup", "Backup"),))
    floor.acd.config = Written(configuration)
    async with floor.unit() as unit:
        await floor.acd.reconfigure(unit)
    await floor.ready("ann", "bob")
    for contact in ("c1", "c2", "c3"):
        async with floor.unit() as unit:
            asked = ContactRequest(contact, "sales", "session", "s", "C", customer_key="k", number="+49")
            await floor.acd.enqueue(unit, asked)
    await floor.accept("c1.1", "ann")
    await floor.advance(12)
    await floor.accept("c2.1", "bob")
    before = floor.acd._core.state.snapshot()
    assert before["sticky"] == {("sales", "k"): ("bob", START + 12)}
    await floor.close()
    new = Floor(sqlite(tmp_path), floor.clock)
    new.acd.config = Written(configuration)
    new.at_consoles = floor.at_consoles
    await new.acd.start()
    assert new.acd._core.state.snapshot()["sticky"] == before["sticky"]
    view = new.acd.waiting_contact("c3")
    assert view is not None
    assert view.steps == 1
    await new.advance(28)
    assert new.hear(ContactEnded) == [ContactEnded("c3", "s", "callback")]
    assert await on_disk(new) == new.acd._core.state.snapshot()
    await new.close()


async def test_a_small_change_of_the_configuration_writes_little(floor: Floor) -> None:
    people = tuple(AgentConfig(f"a{number}", ("sales",), 1) for number in range(1200))
    before = Configuration((QueueConfig("sales", "Sales"),), people)
    floor.acd.config = Written(before)
    async with floor.unit() as unit:
        await floor.acd.reconfigure(unit)
    taught = msgspec.structs.replace(people[5], capacity=2)
    floor.acd.config = Written(msgspec.structs.replace(before, agents=(*people[:5], taught, *people[6:])))
    async with floor.unit() as unit:
        await floor.acd.reconfigure(unit)
    async with floor.database.read() as connection:
        last = (await floor.acd.store.events(connection))[-1]
    assert len(msgspec.json.encode(last)) < 300
    assert await on_disk(floor) == floor.acd._core.state.snapshot()
