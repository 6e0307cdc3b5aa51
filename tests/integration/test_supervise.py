"""The supervisor's live page, and what is done from it."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from rs_server.core.permissions import Profile
from rs_server.store.tables import supervisions
from tests.support.client import Refused, Socket
from webacd.core.config import AgentConfig, GroupConfig, QueueConfig, Rules, SkillConfig, SkillLevel, Step, TeamList
from webacd.core.items import id_of, kind_of

from .conftest import House, offered, state

Cases = tuple[tuple[dict[str, Any], str], ...]


def page(socket: Socket) -> dict[str, Any]:
    """What the supervisor's page knows: the snapshot and every change since, by id."""
    known: dict[str, Any] = {}
    for frame in socket.frames:
        body = frame["body"]
        if body["type"] == "supervise.snapshot":
            known = {name: {} for name in ("agents", "queues", "waiting")} | {"names": body["names"]}
        elif body["type"] != "supervise.changed":
            continue
        for name, key in (("agents", "user"), ("queues", "id"), ("waiting", "contact")):
            known[name] |= {row[key]: row for row in body.get(name, ())}
            for gone in body.get(f"{name}_gone", ()):
                known[name].pop(gone)
        known["alarms"] = body.get("alarms") if body.get("alarms") is not None else known.get("alarms", {})
        known["names"] = body.get("names") or known["names"]
    return known


async def watching(house: House) -> Socket:
    boss = await house.staff("sam")
    await boss.event("desk.snapshot")
    await boss.do("supervise.watch")
    await boss.event("supervise.snapshot")
    return boss


async def configure(house: House, *items: Any) -> None:
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        for item in items:
            await acd.config.put(unit, kind_of(item), id_of(item), item)
        await acd.reconfigure(unit)


async def test_the_page_equals_a_fresh_one_after_everything(house: House) -> None:
    boss, amelie = await watching(house), await house.agent("amelie")
    amelie_id = await house.user_id("amelie")

    async def check() -> None:
        other = await watching(house)
        fresh = page(other)
        await boss.until(lambda: page(boss) == fresh, 5)
        await other.close()

    await check()
    customer, session = await house.customer("Jeanne")
    offer = await offered(amelie, session)
    await boss.until(lambda: page(boss)["agents"][amelie_id]["in_hand"])
    held = page(boss)["agents"][amelie_id]["in_hand"][0]
    assert (held["state"], held["medium"], held["customer"]) == ("offered", "session", "Jeanne")
    await check()
    await amelie.do("offer.reject", offer=offer["id"])
    await boss.until(lambda: page(boss)["queues"]["support"]["waiting"] == 1)
    await check()
    contact = next(iter(page(boss)["waiting"]))
    await amelie.do("contact.pick", contact=contact)
    await boss.until(lambda: page(boss)["queues"]["support"]["answered"] == 1)
    await boss.until(lambda: page(boss)["agents"][amelie_id]["in_hand"][0]["state"] == "active")
    assert not page(boss)["waiting"]
    await check()
    await configure(house, QueueConfig("new", "New queue", groups=("nobody",)))
    await boss.until(lambda: "new" in page(boss)["queues"])
    assert page(boss)["queues"]["new"]["agents"] == 0
    assert {"kind": "queue", "id": "new", "of": "group", "to": "nobody"} in page(boss)["alarms"]
    await check()
    await customer.do("session.leave", session)
    await check()
    await boss.do("supervise.unwatch")
    before = len(boss.bodies("supervise.changed"))
    await amelie.do("agent.state", state="not_ready", reason="lunch")
    await boss.until(lambda: any(one["state"] == "not_ready" for one in boss.desk()["team"]))
    other = await watching(house)
    assert page(other)["agents"][amelie_id]["reason"] == "lunch"
    assert len(boss.bodies("supervise.changed")) == before, "who does not watch is told nothing"


async def test_an_agents_state(house: House) -> None:
    boss, amelie = await watching(house), await house.agent("amelie")
    amelie_id = await house.user_id("amelie")
    await boss.do("supervise.state", agent=amelie_id, state="not_ready", reason="lunch")
    told = await amelie.event("desk.notice")
    assert (told["kind"], told["by_name"], told["data"]) == (
        "state_set",
        "Sam Okafor",
        {"state": "not_ready", "reason": "lunch"},
    )
    await amelie.until(lambda: amelie.desk()["me"]["reason"] == "lunch")
    await boss.until(lambda: page(boss)["agents"][amelie_id]["reason"] == "lunch")
    cases: Cases = (
        ({"agent": amelie_id, "state": "not_ready", "reason": "no such"}, "bad_request"),
        ({"agent": amelie_id, "state": "offline"}, "bad_request"),
        ({"agent": "nobody", "state": "ready"}, "not_found"),
        ({"agent": await house.user_id("sofia"), "state": "ready"}, "not_ready"),
    )
    for fields, code in cases:
        with pytest.raises(Refused, match=code):
            await boss.do("supervise.state", **fields)
    with pytest.raises(Refused, match="not_allowed"):
        await amelie.do("supervise.state", agent=amelie_id, state="ready")


async def test_a_reason_where_one_is_required(house: House) -> None:
    amelie = await house.agent("amelie")
    await configure(house, Rules(reason_required=True))
    await amelie.until(lambda: amelie.desk()["rules"]["reason_required"])
    with pytest.raises(Refused, match="bad_request"):
        await amelie.do("agent.state", state="not_ready")
    await amelie.do("agent.state", state="not_ready", reason="lunch")
    await amelie.until(lambda: amelie.desk()["me"]["reason"] == "lunch")


async def test_a_missed_offer_is_said(house: House) -> None:
    await configure(house, QueueConfig("support", "Support", offer_seconds=0.2))
    amelie = await house.agent("amelie")
    await house.customer("Jeanne")
    told = await amelie.event("desk.notice")
    assert (told["kind"], told["data"]) == ("offer_missed", {"customer": "Jeanne"})
    await amelie.until(lambda: amelie.desk()["me"]["state"] == "not_ready")


async def test_skills_are_given_and_taken(house: House) -> None:
    await configure(house, SkillConfig("fr", "French"))
    boss, amelie = await watching(house), await house.agent("amelie")
    amelie_id = await house.user_id("amelie")
    assert {"id": "fr", "name": "French"} in page(boss)["names"]["skills"]
    others = page(boss)["agents"][amelie_id]["skills"]
    await boss.do("supervise.skill", agent=amelie_id, skill="fr", level=7)
    assert (await amelie.event("desk.notice", kind="skill_set"))["data"] == {"skill": "French", "level": "7"}
    given = {"skill": "fr", "level": 7}
    await boss.until(lambda: given in page(boss)["agents"][amelie_id]["skills"])
    await boss.do("supervise.skill", agent=amelie_id, skill="fr", level=0)
    await boss.until(lambda: page(boss)["agents"][amelie_id]["skills"] == others)
    await amelie.event("desk.notice", kind="skill_removed")
    cases: Cases = (
        ({"agent": amelie_id, "skill": "no", "level": 1}, "not_found"),
        ({"agent": "nobody", "skill": "fr", "level": 1}, "not_found"),
        ({"agent": amelie_id, "skill": "fr", "level": 11}, "bad_request"),
        ({"agent": amelie_id, "skill": "fr", "level": -1}, "bad_request"),
    )
    for fields, code in cases:
        with pytest.raises(Refused, match=code):
            await boss.do("supervise.skill", **fields)


async def test_queues_are_given_and_taken(house: House) -> None:
    boss, amelie = await watching(house), await house.agent("amelie")
    amelie_id = await house.user_id("amelie")
    agents = page(boss)["queues"]["support"]["agents"]
    await boss.do("supervise.queue", agent=amelie_id, queue="support", inside=False)
    await boss.until(lambda: page(boss)["queues"]["support"]["agents"] == agents - 1)
    await amelie.event("desk.notice", kind="queue_out")
    _customer, session = await house.customer("Jeanne")
    await boss.until(lambda: page(boss)["queues"]["support"]["waiting"] == 1)
    assert not amelie.desk()["offers"]
    await boss.do("supervise.queue", agent=amelie_id, queue="support", inside=True)
    await offered(amelie, session)
    cases: Cases = (
        ({"agent": amelie_id, "queue": "no", "inside": True}, "not_found"),
        ({"agent": "nobody", "queue": "support", "inside": True}, "not_found"),
    )
    for fields, code in cases:
        with pytest.raises(Refused, match=code):
            await boss.do("supervise.queue", **fields)


async def test_a_queue_that_groups_bring_is_not_taken(house: House) -> None:
    boss, amelie_id = await watching(house), await house.user_id("amelie")
    await configure(
        house,
        *(GroupConfig("first", "First line"), GroupConfig("later", "Helpers")),
        QueueConfig("support", "Support", groups=("first",), steps=(Step(60.0, groups=("later",)),)),
        AgentConfig(amelie_id, ("support", "billing"), groups=("first", "later")),
    )
    # The page knows it beforehand, and offers no way back that would be refused.
    await boss.until(lambda: page(boss)["queues"]["support"]["groups"] == ["first"])
    with pytest.raises(Refused, match="by_group") as caught:
        await boss.do("supervise.queue", agent=amelie_id, queue="support", inside=False)
    assert caught.value.error["field"] == "First line"
    found = house.services.acd.agent(amelie_id)
    assert found.queues == ("billing", "support")
    # Who only helps out later is not in the queue from the start.
    await configure(house, AgentConfig(amelie_id, ("support", "billing"), groups=("later",)))
    await boss.do("supervise.queue", agent=amelie_id, queue="support", inside=False)
    assert house.services.acd.agent(amelie_id).queues == ("billing",)


async def test_who_waits_is_moved_and_keeps_place_and_priority(house: House) -> None:
    boss = await watching(house)
    customer, session = await house.customer("Jeanne")
    await boss.until(lambda: page(boss)["waiting"])
    contact, row = next(iter(page(boss)["waiting"].items()))
    await boss.do("supervise.move", contact=contact, queue="billing")
    await boss.until(lambda: page(boss)["waiting"][contact]["queue"] == "billing")
    moved = page(boss)["waiting"][contact]
    assert (moved["arrived_at"], moved["priority"]) == (row["arrived_at"], row["priority"])
    await customer.until(lambda: customer.view(session)["session"]["queue"] == "billing")
    assert (page(boss)["queues"]["support"]["waiting"], page(boss)["queues"]["billing"]["waiting"]) == (0, 1)
    with pytest.raises(Refused, match="not_found"):
        await boss.do("supervise.move", contact=contact, queue="nowhere")
    with pytest.raises(Refused, match="offer_gone"):
        await boss.do("supervise.move", contact="nothing", queue="billing")


async def test_a_supervisor_takes_one_who_is_offered_to_another(house: House) -> None:
    amelie = await house.agent("amelie")
    sam_id = await house.user_id("sam")
    await configure(house, AgentConfig(sam_id, queues=("billing",)))
    boss = await watching(house)
    customer, session = await house.customer("Jeanne")
    await offered(amelie, session)
    contact = amelie.desk()["offers"][0]["contact"]
    await boss.do("supervise.pull", contact=contact)
    await boss.event("session.snapshot", session)
    await customer.until(lambda: state(customer, session) == "live")
    assert (await amelie.event("desk.notice", kind="contact_taken"))["data"] == {"customer": "Jeanne"}
    await amelie.until(lambda: not amelie.desk()["offers"])


async def test_every_act_is_written_down(house: House) -> None:
    await configure(house, SkillConfig("fr", "French"))
    boss, _amelie = await watching(house), await house.agent("amelie")
    amelie_id, sam_id = await house.user_id("amelie"), await house.user_id("sam")
    await boss.do("supervise.state", agent=amelie_id, state="not_ready")
    await boss.do("supervise.skill", agent=amelie_id, skill="fr", level=3)
    await boss.do("supervise.queue", agent=amelie_id, queue="support", inside=False)
    with pytest.raises(Refused):
        await boss.do("supervise.skill", agent=amelie_id, skill="no", level=3)
    async with house.services.hub.database.read() as connection:
        rows = (await connection.execute(select(supervisions).order_by(supervisions.c.seq))).all()
        changes = await house.installation.acd.config.changes(connection, None, 2)
    assert [(row.by, row.action, row.subject) for row in rows] == [
        (sam_id, "state", amelie_id),
        (sam_id, "skill", amelie_id),
        (sam_id, "queue_out", amelie_id),
    ]
    assert msgspec.json.decode(rows[0].detail)["was"] == "ready"
    assert {(change.kind, change.id, change.by) for change in changes} == {("agent", amelie_id, sam_id)}


async def test_skills_open_what_waits_to_an_agent(house: House) -> None:
    """The waiting list says what this agent can handle, and again when the skills are others."""
    await configure(
        house, SkillConfig("fr", "French"), QueueConfig("support", "Support", skills=(SkillLevel("fr", 5),))
    )
    boss, sofia = await watching(house), await house.staff("sofia")
    await sofia.event("desk.snapshot")
    await house.customer("Jeanne")
    await sofia.until(lambda: sofia.desk()["waiting"])
    sofia_id = await house.user_id("sofia")
    await boss.do("supervise.skill", agent=sofia_id, skill="fr", level=5)
    await sofia.until(lambda: sofia.desk()["waiting"][0]["can_handle"])


async def test_team_lists_are_whom_the_administrator_named(house: House) -> None:
    amelie = await house.agent("amelie")
    await house.hire("tilda", Profile.TELEPHONY)
    paul, sam, tilda = [await house.user_id(name) for name in ("paul", "sam", "tilda")]
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        for team in acd.configuration().team_lists:
            await acd.config.remove(unit, "team_list", team.id)
    await configure(
        house,
        TeamList("near", "Near", members=(paul, tilda, "nobody")),
        TeamList("others", "Others", members=(sam,), departments=("Elsewhere",)),
    )
    await amelie.until(lambda: [team["id"] for team in amelie.desk()["teams"]] == ["near"])
    assert {row["user"] for row in amelie.desk()["team"]} == {paul, tilda}
    outside = next(row for row in amelie.desk()["team"] if row["user"] == tilda)
    assert (outside["agent"], outside["state"]) == (False, "offline")
    here = await house.staff("tilda")
    await here.event("desk.snapshot")
    await amelie.until(
        lambda: next(row for row in amelie.desk()["team"] if row["user"] == tilda)["state"] == "not_ready"
    )
    other = await house.staff("sofia")
    assert [team["id"] for team in (await other.event("desk.snapshot"))["teams"]] == ["near"]
    await configure(house, TeamList("near", "Near", members=(sam,)))
    await amelie.until(lambda: [row["user"] for row in amelie.desk()["team"]] == [sam])


async def test_team_bar_is_kept_with_the_account(house: House) -> None:
    amelie = await house.agent("amelie")
    users = [await house.user_id("sofia"), await house.user_id("paul")]
    await amelie.do("team.bar", users=users)
    await amelie.until(lambda: amelie.desk()["bar"] == users)
    with pytest.raises(Refused, match="bad_request"):
        await amelie.do("team.bar", users=[f"u{number}" for number in range(26)])
    await house.stop()
    await house.begin()
    again = await house.staff("amelie")
    assert (await again.event("desk.snapshot"))["bar"] == users


async def test_own_figures_survive_a_restart(house: House) -> None:
    customer, amelie, session = await house.live()
    await amelie.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")
    wrap_up = (await amelie.until(lambda: amelie.desk()["wrap_ups"]))[0]
    await amelie.do("wrap_up.done", contact=wrap_up["contact"])
    await amelie.until(lambda: (amelie.desk()["shift"] or {}).get("handled") == 1)
    shift = amelie.desk()["shift"]
    assert 0 < shift["handle"] <= shift["busy"] + 0.001
    assert shift["busy"] <= shift["signed_in"]
    await house.stop()
    await house.begin()
    again = await house.staff("amelie")
    await again.until(lambda: (again.desk().get("shift") or {}).get("handled") == 1)
    assert again.desk()["shift"]["handle"] == pytest.approx(shift["handle"])
    assert again.desk()["shift"]["since"] == shift["since"]
