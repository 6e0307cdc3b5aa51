"""From a click to an end, over the wire."""

from tests.integration.conftest import House, accept


async def test_a_customer_is_served(house: House) -> None:
    customer, session = await house.customer("Jeanne", question="error 12")
    await customer.event("session.snapshot", session)
    view = customer.view(session)
    assert view["session"]["state"] == "waiting"
    # It is in the snapshot or comes after it, whichever was first.
    await customer.until(lambda: (customer.view(session).get("position") or {}).get("position") == 1)
    agent = await house.agent()
    await accept(agent, session)
    await customer.until(lambda: customer.view(session)["session"]["state"] == "live")
    assert [p["name"] for p in customer.view(session)["participants"]] == ["Jeanne", "Amélie Morel"]

    await customer.do("chat.post", session, key="k1", text="hello")
    await customer.do("chat.post", session, key="k1", text="hello")
    await agent.until(lambda: any(line["text"] == "hello" for line in agent.view(session)["lines"]))
    assert sum(line["text"] == "hello" for line in agent.view(session)["lines"]) == 1

    await agent.do("session.end", session)
    await customer.until(lambda: customer.view(session)["session"]["state"] == "ended")
    assert customer.view(session)["session"]["ended_by"] == "agent"
    await customer.do("session.rate", session, stars=5, comment="merci")
