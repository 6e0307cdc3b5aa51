"""The configuration on disk: history, versions, taking back; and what a change is said to do, against what it does."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rs_server.ports import ContactEnded, ContactLeft, Offered, OfferEnded, WrapUpEnded
from tests.contract.acd import START, Floor, VirtualClock, sqlite
from webacd.config import ChangedMeanwhile, NoSuchChange
from webacd.core.config import (
    AgentConfig,
    Choice,
    Configuration,
    End,
    GroupConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Step,
)
from webacd.core.items import Change, Items, Kind
from webacd.effects import Effect


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    floor = Floor(sqlite(tmp_path), VirtualClock())
    await floor.configure()
    await floor.acd.start()
    yield floor
    await floor.close()


async def put(floor: Floor, kind: Kind, id: str, item: Any, by: str = "max") -> int:
    async with floor.unit() as unit:
        return await floor.acd.config.put(unit, kind, id, item, by)


async def items(floor: Floor) -> Items:
    async with floor.database.read() as connection:
        return await floor.config.items(connection)


async def history(floor: Floor, before: int | None = None, limit: int = 100) -> list[Any]:
    async with floor.database.read() as connection:
        return list(await floor.config.changes(connection, before, limit))


async def test_every_change_says_who_when_and_what(floor: Floor) -> None:
    version = await put(floor, "skill", "fr", SkillConfig("fr", "French"))
    floor.clock.time += 60
    await put(floor, "skill", "fr", SkillConfig("fr", "Français"), by="ada")
    async with floor.unit() as unit:
        await floor.acd.config.remove(unit, "skill", "fr", by="max")
    third, second, first = (await history(floor))[:3]
    assert (first.version, first.by, first.at, first.before) == (version, "max", START, None)
    assert first.after == SkillConfig("fr", "French")
    assert (second.by, second.at) == ("ada", START + 60)
    assert (second.before, second.after) == (SkillConfig("fr", "French"), SkillConfig("fr", "Français"))
    assert (third.before, third.after) == (SkillConfig("fr", "Français"), None)
    assert [each.version for each in (first, second, third)] == [version, version + 1, version + 2]
    assert [each.version for each in await history(floor, before=version + 2, limit=1)] == [version + 1]


async def test_what_changes_nothing_leaves_no_trace(floor: Floor) -> None:
    version = await put(floor, "group", "g", GroupConfig("g", "G"))
    assert await put(floor, "group", "g", GroupConfig("g", "G"), by="ada") == version
    async with floor.unit() as unit:
        assert await floor.config.remove(unit, "group", "nothing") == version
    assert (await history(floor))[0].version == version


async def test_an_item_under_another_name_is_a_mistake(floor: Floor) -> None:
    with pytest.raises(ValueError, match="no group"):
        await put(floor, "group", "g", GroupConfig("h", "H"))
    with pytest.raises(ValueError, match="no group"):
        await put(floor, "group", "g", SkillConfig("g", "G"))


async def test_who_changes_what_has_changed_meanwhile_is_told(floor: Floor) -> None:
    seen = await put(floor, "skill", "fr", SkillConfig("fr", "French"))
    await put(floor, "group", "g", GroupConfig("g", "G"))
    async with floor.database.read() as connection:
        await floor.config.not_changed_since(connection, [("skill", "fr"), ("skill", "new")], seen)
        with pytest.raises(ChangedMeanwhile):
            await floor.config.not_changed_since(connection, [("skill", "fr"), ("group", "g")], seen)


async def test_a_new_default_queue_replaces_the_former_in_one_go(floor: Floor) -> None:
    await put(floor, "queue", "new", QueueConfig("new", "New", default=True))
    assert [queue.id for queue in (await items(floor)).of(QueueConfig) if queue.default] == ["new"]
    new, care = sorted((await history(floor))[:2], key=lambda each: each.id == "care")
    assert new.batch == care.batch
    async with floor.unit() as unit:
        await floor.config.undo(unit, care.version)
    assert [queue.id for queue in (await items(floor)).of(QueueConfig) if queue.default] == ["care"]


async def test_taking_back_and_taking_that_back(floor: Floor) -> None:
    first = await put(floor, "skill", "fr", SkillConfig("fr", "French"))
    second = await put(floor, "skill", "fr", SkillConfig("fr", "Français"))
    async with floor.unit() as unit:
        back = await floor.config.undo(unit, second, by="ada")
    assert (await items(floor))["skill", "fr"] == SkillConfig("fr", "French")
    newest = (await history(floor))[0]
    assert (newest.version, newest.undoes, newest.by) == (back, second, "ada")
    for old in (first, second):
        async with floor.unit() as unit:
            with pytest.raises(ChangedMeanwhile):
                await floor.config.undo(unit, old)
    async with floor.unit() as unit:
        await floor.config.undo(unit, back)
    assert (await items(floor))["skill", "fr"] == SkillConfig("fr", "Français")
    async with floor.unit() as unit:
        with pytest.raises(NoSuchChange):
            await floor.config.undo(unit, 10_000)


async def test_taking_back_what_was_added_and_what_was_removed(floor: Floor) -> None:
    before = await items(floor)
    added = await put(floor, "group", "g", GroupConfig("g", "G"))
    async with floor.unit() as unit:
        await floor.config.undo(unit, added)
    assert dict(await items(floor)) == dict(before)
    async with floor.unit() as unit:
        await floor.config.remove_queue(unit, "sales")
    assert (await items(floor)).configuration() != before.configuration()
    async with floor.unit() as unit:
        await floor.config.undo(unit, (await floor.config.changes(unit.connection, None, 1))[0].version)
    assert dict(await items(floor)) == dict(before)


async def test_tenants_do_not_see_each_other(floor: Floor) -> None:
    other = type(floor.config)("t2")
    async with floor.unit() as unit:
        version = await other.put(unit, "group", "g", GroupConfig("g", "G"))
        assert version == 1
        assert ("group", "g") not in await floor.config.items(unit.connection)
        await floor.config.put(unit, "group", "h", GroupConfig("h", "H"))
        assert [each.id for each in await other.changes(unit.connection, None, 9)] == ["g"]


async def test_an_outcome_code_is_of_one_queue_or_of_all(floor: Floor) -> None:
    async with floor.unit() as unit:
        await floor.config.put_outcome_code(unit, "sold", "Sold again", queue="care")
        await floor.config.put_outcome_code(unit, "solved", "Solved", queue="care")
    codes = {queue.id: queue.outcome_codes for queue in (await items(floor)).configuration().queues}
    assert codes == {"care": (Choice("sold", "Sold again"), Choice("solved", "Solved")), "sales": ()}
    async with floor.unit() as unit:
        await floor.config.put_outcome_code(unit, "sold", "Sold")
        await floor.config.remove_outcome_code(unit, "solved")
    codes = {queue.id: queue.outcome_codes for queue in (await items(floor)).configuration().queues}
    assert codes == {"care": (Choice("sold", "Sold"),), "sales": (Choice("sold", "Sold"),)}


async def test_references_to_what_is_gone_route_nobody_and_are_told(floor: Floor) -> None:
    await floor.ready("ann", "bob")
    await floor.enqueue("c1")
    async with floor.unit() as unit:
        await floor.config.remove(unit, "queue", "sales")
        await floor.acd.reconfigure(unit)
    dangling = (await items(floor)).dangling()
    assert {(each.kind, each.id, each.to) for each in dangling} == {
        ("agent", "ann", "sales"),
        ("agent", "bob", "sales"),
    }
    [waiting] = floor.acd.waiting()
    assert (waiting.contact, waiting.queue, waiting.offered_to) == ("c1", "care", "bob")


# --- what is said before, and what happens ---


def agent(id: str, queues: Sequence[str], capacity: int = 2) -> Change:
    return Change("agent", id, AgentConfig(id, tuple(queues), capacity))


def queue(id: str, **fields: Any) -> Change:
    return Change("queue", id, QueueConfig(id, id.title(), **fields))


CHANGES: Mapping[str, Sequence[Change]] = {
    "nothing of routing": [Change("reason", "tea", Choice("tea", "Tea"))],
    "a queue goes": [Change("queue", "sales", None)],
    "the other queue goes": [Change("queue", "care", None)],
    "all queues go": [Change("queue", "care", None), Change("queue", "sales", None)],
    "an agent goes who serves": [Change("agent", "ann", None)],
    "all agents go": [Change("agent", each, None) for each in ("ann", "bob", "cid")],
    "an agent leaves a queue with an offer open": [agent("bob", ["care"])],
    "nobody is left in a queue": [agent("ann", []), agent("bob", ["care"])],
    "one session at a time": [Change("rules", "rules", Rules(single_session=True, reask_seconds=3.0))],
    "less room": [agent("ann", ["sales"], 1), agent("cid", ["care"], 1)],
    "more room": [agent("ann", ["sales"], 8)],
    "an agent helps out": [agent("cid", ["care", "sales"], 3)],
    "a new queue is the default, and one goes": [queue("new", default=True), Change("queue", "sales", None)],
    "a skill that nobody has": [queue("sales", skills=(SkillLevel("fr", 5),))],
    "a skill that one has": [
        Change("skill", "fr", SkillConfig("fr", "French")),
        queue("sales", skills=(SkillLevel("fr", 5),)),
        Change("agent", "ann", AgentConfig("ann", ("sales",), 4, skills=(SkillLevel("fr", 5),))),
    ],
    "a group helps out": [
        Change("group", "all", GroupConfig("all", "All")),
        queue("sales", groups=("all",)),
        Change("agent", "cid", AgentConfig("cid", ("care",), 4, groups=("all",))),
    ],
    "who waits is sent away": [queue("sales", steps=(Step(0.0, end=End("close")),))],
    "who waits goes on": [queue("care", steps=(Step(0.0, end=End("queue", "sales")),))],
    "none of this medium": [Change("rules", "rules", Rules(limits={"session": 0}, reask_seconds=3.0))],
    "other times": [queue("sales", offer_seconds=5.0, ageing=0.0, allow_pick=True)],
}


async def busy(floor: Floor) -> None:
    """Somebody is served, in wrap-up, offered and waiting, in both queues."""
    await floor.ready("ann")
    await floor.serve("served", "ann")
    await floor.serve("over", "ann")
    await floor.complete("over")
    await floor.ready("bob", "cid")
    for number in range(4):
        await floor.enqueue(f"s{number}", "sales", number % 2)
    for number in range(4):
        await floor.enqueue(f"c{number}", "care")
    assert {each.offered_to for each in floor.acd.waiting()} == {None, "bob", "cid"}


def effects(found: Sequence[Effect]) -> set[tuple[str, str]]:
    return {(each.code, repr(sorted(each.params.items()))) for each in found}


def counted(**counts: int) -> list[Effect]:
    return [Effect(code, {"count": count}) for code, count in counts.items() if count]


def could_serve(configuration: Configuration, name: str, agent: AgentConfig) -> bool:
    [queue] = [each for each in configuration.queues if each.id == name]
    known = {each.id for each in configuration.skills}
    levels = {each.skill: each.level for each in agent.skills if each.skill in known}
    serves = name in agent.queues or bool(set(agent.groups) & set(queue.groups))
    able = all(levels.get(each.skill, 0) >= each.level for each in queue.skills)
    return serves and able and configuration.limit(agent, "session") > 0


async def happened(floor: Floor, change: Callable[[], Any], configuration: Configuration) -> list[Effect]:
    """Make the change and count what came of it, by what everybody sees."""
    acd = floor.acd

    def load(view: Any) -> int:
        return int(view.sessions + view.wrap_ups + len(acd.offers(view.agent)))

    contacts = {each.contact: each.queue for each in acd.waiting()}
    online = {view.agent for view in acd.agents() if view.state != "offline"}
    over = {view.agent for view in acd.agents() if load(view) > view.capacity}
    held = [each for view in acd.agents() for each in acd.contacts_of(view.agent)]
    contacts |= {each.id: each.queue or "" for each in held}
    floor.told.clear()
    await change()
    found: list[Effect] = []
    moved = Counter(
        (contacts[each.contact], each.queue) for each in acd.waiting() if contacts[each.contact] != each.queue
    )
    found += [Effect("contacts_moved", {"queue": a, "to": b or None, "count": n}) for (a, b), n in moved.items()]
    names = {each.queue for each in acd.waiting()}
    for name in sorted(names):
        if name and not any(could_serve(configuration, name, each) for each in configuration.agents):
            count = sum(each.queue == name for each in acd.waiting())
            found.append(Effect("contacts_without_agents", {"queue": name, "count": count}))
    told = floor.told
    ends = Counter(each.outcome for each in told if isinstance(each, ContactEnded))
    if ends["redirected"]:
        found.append(Effect("contacts_ended", {"to": "close", "count": ends["redirected"]}))
    found += counted(
        contacts_returned=sum(isinstance(each, ContactLeft) for each in told),
        offers_rescinded=sum(isinstance(each, OfferEnded) and each.outcome == "rescinded" for each in told),
        offers_made=sum(isinstance(each, Offered) for each in told),
        wrap_ups_ended=sum(isinstance(each, WrapUpEnded) for each in told),
    )
    still = {view.agent for view in acd.agents() if view.state != "offline"}
    if online - still:
        found.append(Effect("agents_signed_out", {"agents": sorted(online - still), "count": len(online - still)}))
    newly = {view.agent for view in acd.agents() if load(view) > view.capacity} - over
    if newly:
        found.append(Effect("agents_over_capacity", {"agents": sorted(newly), "count": len(newly)}))
    return found


@pytest.mark.parametrize("name", CHANGES)
async def test_what_is_said_before_is_what_happens(floor: Floor, name: str) -> None:
    await busy(floor)
    wanted = (await items(floor)).after(CHANGES[name])
    for default in [each for each in wanted.of(QueueConfig) if each.default and each.id != "new"]:
        if ("queue", "new") in wanted:
            wanted = wanted.after([Change("queue", default.id, msgspec.structs.replace(default, default=False))])
    before = floor.acd._core.state.snapshot()
    async with floor.database.read() as connection:
        said = await floor.acd.preview(connection, wanted.configuration())
    assert floor.acd._core.state.snapshot() == before

    async def change() -> None:
        async with floor.unit() as unit:
            await floor.config.apply(unit, CHANGES[name])
            await floor.acd.reconfigure(unit)

    did = await happened(floor, change, wanted.configuration())
    assert effects(said) == effects(did)
    if name == "nothing of routing":
        assert said == []
    else:
        assert said or name == "other times"
