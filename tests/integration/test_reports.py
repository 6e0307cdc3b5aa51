"""A customer says that something is not right."""

import msgspec
import pytest
from sqlalchemy import select

from rs_server.store.tables import supervisions
from tests.support.client import Refused

from .conftest import House


async def test_it_ends_is_written_down_and_supervisors_are_told(house: House) -> None:
    boss = await house.staff("sam")
    await boss.event("desk.snapshot")
    customer, agent, session = await house.live()
    mine = customer.view(session)["you"]
    await customer.do("session.report", session, reason="They want vouchers.")
    await agent.until(lambda: agent.view(session)["session"]["state"] == "ended")
    assert agent.view(session)["session"]["ended_by"] == "customer"
    told = await boss.event("desk.notice", kind="reported")
    assert told["data"]["reference"] == agent.view(session)["session"]["reference"]
    assert "Am\u00e9lie" in told["data"]["agents"]
    lines = [each for each in agent.view(session)["lines"] if each["kind"] == "reported"]
    assert [(each["by"], each["text"]) for each in lines] == [(mine, "They want vouchers.")]
    assert not [each for each in customer.view(session)["lines"] if each["kind"] == "reported"]
    # As a client does that had no answer.
    await customer.do("session.report", session)
    assert await noted(house) == [(mine, session, "They want vouchers.")]
    assert house.services.reports.count == 1
    assert not agent.bodies("desk.notice"), "the agent is told of the end, not of the alarm"


async def test_an_agent_who_ends_it_first_hides_nothing(house: House) -> None:
    boss = await house.staff("sam")
    await boss.event("desk.snapshot")
    customer, agent, session = await house.live()
    mine = customer.view(session)["you"]
    await agent.do("session.end", session)
    await customer.until(lambda: customer.view(session)["session"]["state"] == "ended")
    await customer.do("session.report", session, reason="They want vouchers.")
    await customer.do("session.report", session, reason="Again.")
    told = await boss.event("desk.notice", kind="reported")
    assert told["data"]["reference"] == agent.view(session)["session"]["reference"]
    assert await noted(house) == [(mine, session, "They want vouchers.")]
    assert house.services.reports.count == 1
    found = await house.services.hub.get(session)
    assert [each.text for each in found.lines if each.kind == "reported"] == ["They want vouchers."]
    assert found.info.ended_by == "agent"
    await boss.do("supervise.watch")
    assert len(boss.bodies("desk.notice")) == 1


async def noted(house: House) -> list[tuple[str, str, str]]:
    """By whom, of which session, why."""
    async with house.installation.acd.database.read() as connection:
        rows = (await connection.execute(select(supervisions).where(supervisions.c.action == "reported"))).all()
    return [(each.by, each.subject, msgspec.json.decode(each.detail)["reason"]) for each in rows]


async def test_who_waits_may_report_too_and_staff_may_not(house: House) -> None:
    customer, session = await house.customer("Jeanne")
    await customer.do("session.report", session)
    await customer.until(lambda: customer.view(session)["session"]["state"] == "ended")
    _, agent, other = await house.live()
    with pytest.raises(Refused, match="not_allowed"):
        await agent.do("session.report", other)
