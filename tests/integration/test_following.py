"""The session follows its contact whatever happens in between."""

import asyncio
import random

from tests.integration.conftest import House, Start, accept, me, offered, state
from tests.support.client import Socket


async def test_a_request_that_is_cancelled_in_its_commit_parts_nothing(house: House) -> None:
    """Memory and disk agree after every cancellation, and the session can go on."""
    customer, _agent, session = await house.live()
    hub = house.services.hub

    async def line(number: int) -> None:
        async with hub.change(session) as change:
            change.line("chat", change.session.customer, f"line {number}")

    chance = random.Random(4)
    loop = asyncio.get_running_loop()
    for number in range(150):
        task = asyncio.create_task(line(number))
        loop.call_later(chance.uniform(0, 0.006), task.cancel)
        await asyncio.gather(task, return_exceptions=True)
    await line(1000)
    await customer.until(lambda: any(one["text"] == "line 1000" for one in customer.view(session)["lines"]))
    fresh = await Socket(customer.api, customer.welcome["resume"]).open()
    await fresh.event("session.snapshot", session)
    assert fresh.view(session)["lines"] == customer.view(session)["lines"]


async def lose(agent: Socket) -> None:
    """The agent's browser is gone."""
    await agent.close()


async def test_a_colleague_whom_the_queue_gives_the_session_is_not_turned_away(start: Start) -> None:
    house = await start(presence_grace=1.0)
    customer, agent, session = await house.live()
    second = await house.agent("paul")
    await agent.do("agent.invite", session, user=second.desk()["me"]["user"])
    await second.do("agent.join", session)
    question = await customer.event("grant.changed", session)
    await lose(agent)
    await accept(second, session)
    await customer.until(lambda: state(customer, session) == "live")
    view = customer.view(session)
    grants = {grant["id"]: grant for grant in view["grants"]}
    assert grants[question["grant"]["id"]]["state"] == "cancelled"
    mine = next(p for p in view["participants"] if p["id"] == me(second, session))
    assert mine["joined_at"] is not None
    assert mine["left_at"] is None


async def test_recording_on_demand_goes_on_with_the_next_agent(start: Start) -> None:
    house = await start(presence_grace=1.0)
    customer, agent, session = await house.called()
    await agent.do("recording.start", session)
    question = await customer.event("grant.changed", session)
    await customer.do("grant.answer", session, grant=question["grant"]["id"], allow=True)
    await customer.until(lambda: customer.view(session)["session"]["recording"])
    second = await house.agent("sofia")
    await lose(agent)
    await accept(second, session)
    await customer.until(lambda: state(customer, session) == "live")
    view = second.view(session)
    assert view["session"]["recording"]
    [grant] = [g for g in view["grants"] if g["capability"] == "record" and g["state"] == "granted"]
    assert grant["holder"] == me(second, session)
    assert not any(line["kind"] == "recording_off" for line in view["lines"])


async def test_an_invitation_outlives_its_agent_and_rings_nobody(start: Start) -> None:
    house = await start(presence_grace=1.0)
    agent = await house.agent("sofia")
    other = await house.agent("paul")
    session, link = await house.outbound(agent, "support")
    await lose(agent)
    hub = house.services.hub
    async with asyncio.timeout(30):
        while hub.peek(session).info.primary is not None or house.services.acd.waiting():
            await asyncio.sleep(0.02)
    assert state(other, session) is None
    customer = await house.join(link)
    await customer.until(lambda: state(customer, session) == "waiting")
    await offered(other, session)
    await accept(other, session)
    await customer.until(lambda: state(customer, session) == "live")


async def test_the_agent_who_is_longest_in_the_session_takes_it_on(start: Start) -> None:
    """Before anybody in the queue: also when the contact is being offered to another by then."""
    house = await start(presence_grace=1.0)
    customer, agent, session = await house.live()
    third = await house.agent("sofia")
    second = await house.staff("paul")
    await second.event("desk.snapshot")
    await agent.do("agent.invite", session, user=second.desk()["me"]["user"])
    await second.do("agent.join", session)
    question = await customer.event("grant.changed", session)
    await customer.do("grant.answer", session, grant=question["grant"]["id"], allow=True)
    await second.event("session.snapshot", session)
    await lose(agent)
    await customer.until(lambda: customer.view(session)["session"]["primary"] == me(second, session))
    assert state(customer, session) == "live"
    await third.until(lambda: not third.desk().get("offers"))
