"""A page chooses who answers and tells the agent details; nothing that it says wrong costs its customer the help."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from rs_server.demo import SITE_KEY
from tests.support.client import Refused
from webacd.core.config import SkillLevel
from webacd.core.contact import Contact

from .conftest import SHOP, House, Start, accept, state
from .test_agents import break_off
from .test_opening import close, tomorrow

SITE = f"/sites/{SITE_KEY}"
DETAILS = {"Order": "A-1042", "Élodie’s note": "<img src=x onerror=alert(1)> \u202eevil"}


async def ask(house: House, **more: Any) -> Any:
    body = {"name": "Jeanne", "language": "en", **more}
    return await house.api(SHOP).call("POST", f"{SITE}/sessions", body)


async def remove(house: House, kind: Any, id: str) -> None:
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        await acd.config.remove(unit, kind, id)
        await acd.reconfigure(unit)


async def teach(house: House, name: str, skill: str, level: int) -> None:
    acd, user = house.installation.acd, await house.user_id(name)
    async with acd.database.begin() as unit:
        known = next(each for each in acd.configuration().agents if each.id == user)
        kept = tuple(each for each in known.skills if each.skill != skill)
        taught = (*kept, SkillLevel(skill, level)) if level else kept
        await acd.config.put(unit, "agent", user, replace(known, skills=taught))
        await acd.reconfigure(unit)


def contact(house: House, session: str) -> Contact:
    contacts = house.installation.acd._core.state.contacts.values()
    return next(each for each in contacts if each.session == session)


async def test_only_where_the_page_is_is_known(house: House) -> None:
    ticket = await ask(house, page_url=f"{SHOP}/order?token=s3cret#s3cret")
    info = (await house.services.hub.get(ticket["session"])).info
    assert info.page_url == f"{SHOP}/order"


async def test_queue_skills_and_details_come_along(house: House) -> None:
    ticket = await ask(house, queue="billing", skills=["Refunds"], attributes=DETAILS)
    assert ticket["ignored"] == []
    info = (await house.services.hub.get(ticket["session"])).info
    assert (info.queue, info.skills, info.attributes) == ("billing", {"refunds": "Refunds"}, DETAILS)
    assert contact(house, ticket["session"]).skills == (("refunds", 1),)
    agent = await house.agent("sofia")
    await accept(agent, ticket["session"])
    assert agent.view(ticket["session"])["session"]["attributes"] == DETAILS
    otto = await house.signed_in("otto")
    detail = await otto.call("GET", f"/sessions/{ticket['session']}")
    assert (detail["session"]["attributes"], detail["session"]["skills"]) == (DETAILS, {"refunds": "Refunds"})


async def test_only_who_has_the_skill_is_asked(house: House) -> None:
    for name in ("sofia", "amelie"):
        await teach(house, name, "hardware", 0)
    sofia = await house.agent("sofia")
    ticket = await ask(house, skills=["hardware"])
    paul = await house.agent("paul")
    await accept(paul, ticket["session"])
    assert sofia.desk().get("offers", []) == []


async def test_what_does_not_count_is_told_and_loses_nobody(house: House) -> None:
    ticket = await ask(house, queue="refunds", skills=["french", "refunds"])
    told = [
        {"field": "queue", "value": "refunds", "reason": "not_listed"},
        {"field": "skills", "value": "french", "reason": "not_listed"},
    ]
    assert ticket["ignored"] == told
    info = (await house.services.hub.get(ticket["session"])).info
    assert (info.queue, info.skills) == ("support", {"refunds": "Refunds"})
    seen = await house.api(SHOP).call("GET", f"{SITE}?queue=refunds&skill=french&skill=refunds")
    assert seen["ignored"] == told
    assert (await house.api(SHOP).call("GET", SITE))["ignored"] == []


async def test_a_queue_or_skill_that_was_deleted(house: House) -> None:
    await remove(house, "skill", "hardware")
    identity = house.services.identity
    await identity.put_site(replace(identity.site(SITE_KEY), queues=("billing", "closed-down")))
    ticket = await ask(house, queue="closed-down", skills=["hardware"])
    assert [each["reason"] for each in ticket["ignored"]] == ["gone", "gone"]
    await accept(await house.agent("sofia"), ticket["session"])


async def test_whoever_waits_for_a_skill_that_is_deleted_is_served(house: House) -> None:
    for name in ("sofia", "paul", "amelie"):
        await teach(house, name, "hardware", 0)
    sofia = await house.agent("sofia")
    ticket = await ask(house, skills=["hardware"])
    assert contact(house, ticket["session"]).offer is None
    await remove(house, "skill", "hardware")
    await accept(sofia, ticket["session"])


async def test_hours_and_callbacks_are_those_of_the_queue_that_was_chosen(house: House) -> None:
    hours, begins = tomorrow()
    await close(house, "billing", hours)
    api = house.api(SHOP)
    assert (await api.call("GET", SITE))["closed"] is None
    seen = await api.call("GET", f"{SITE}?queue=billing")
    assert (seen["closed"]["opens_at"], seen["recording"]) == (begins, "on_demand")
    with pytest.raises(Refused) as refused:
        await ask(house, queue="billing")
    assert refused.value.code == "queue_closed"
    wish = {"number": "+33 1 99 00 12 34", "zone": "UTC"}
    with pytest.raises(Refused) as refused:
        await api.call("POST", f"{SITE}/callback", wish)
    assert refused.value.code == "conflict"
    assert await api.call("POST", f"{SITE}/callback?queue=billing", wish)


async def test_a_customer_whose_agent_is_lost_keeps_the_skills(start: Start) -> None:
    house = await start(presence_grace=0.6)
    for name, level in (("sofia", 0), ("paul", 1), ("amelie", 1)):
        await teach(house, name, "hardware", level)
    paul, sofia = await house.agent("paul"), await house.agent("sofia")
    customer, session = await house.customer(skills=["hardware"])
    await accept(paul, session)
    await customer.until(lambda: state(customer, session) == "live")
    break_off(house, paul)
    await customer.until(lambda: [line["kind"] for line in customer.view(session)["lines"]][-2:] == ["lost", "queued"])
    assert contact(house, session).skills == (("hardware", 1),)
    amelie = await house.agent("amelie")
    await accept(amelie, session)
    assert sofia.desk().get("offers", []) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"queue": "a\nb"},
        {"queue": "x" * 65},
        {"queue": 7},
        {"skills": ["s"] * 6},
        {"skills": [""]},
        {"skills": ["x" * 81]},
        {"skills": "refunds"},
        {"attributes": {f"k{number}": "v" for number in range(11)}},
        {"attributes": {"": "v"}},
        {"attributes": {" ": "v"}},
        {"attributes": {"x" * 41: "v"}},
        {"attributes": {"a\nb": "v"}},
        {"attributes": {"k": "x" * 201}},
        {"attributes": {"k": "a\x00b"}},
        {"attributes": {"k": "two\nlines"}},
        {"attributes": {"k": 1}},
        {"attributes": {"k": {"deep": "v"}}},
        {"attributes": [["k", "v"]]},
    ],
)
async def test_what_has_another_shape_is_refused(house: House, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        await ask(house, **wrong)
    assert refused.value.code == "bad_request"


async def test_as_much_as_may_be_said(house: House) -> None:
    most = {f"{number:040}": "é" * 200 for number in range(10)}
    customer, session = await house.customer(attributes=most, queue="x" * 64, skills=[f"{n}" * 80 for n in range(5)])
    assert customer.view(session)["session"]["attributes"] == most
    assert state(customer, session) == "waiting"


async def test_sessions_of_before_have_none(house: House) -> None:
    _, session = await house.customer()
    info = (await house.services.hub.get(session)).info
    before = msgspec.to_builtins(info)
    del before["skills"], before["attributes"]
    assert msgspec.convert(before, type(info)) == info
