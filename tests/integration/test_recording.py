"""What is asked of the media engine: nothing before it was told or agreed to, nothing after it was taken back."""

import pytest
from sqlalchemy import text

from rs_server.ports import Source
from tests.support.client import Refused, Socket

from .conftest import House, Start, accept, state
from .test_views import newest_question


async def connect(socket: Socket, session: str) -> str:
    """A leg for this person; its id."""
    before = len(socket.bodies("media.offer", session))
    await socket.do("media.open", session)
    await socket.until(lambda: len(socket.bodies("media.offer", session)) > before)
    leg = str(socket.bodies("media.offer", session)[-1]["leg"])
    await socket.do("media.answer", session, leg=leg, sdp="v=0")
    return leg


async def settle(house: House) -> None:
    """Until the media engine was told everything."""
    calls = house.services.calls
    while calls._tasks:
        import asyncio

        await asyncio.gather(*list(calls._tasks))


def recorded(house: House) -> set[tuple[str, str]]:
    return {(source.leg, source.label) for source in house.media.parts.values()}


async def recording(socket: Socket, session: str, on: bool) -> None:
    await socket.until(lambda: socket.view(session)["session"]["recording"] is on)


async def test_on_demand(house: House) -> None:
    customer, agent, session = await house.called()
    theirs, mine = await connect(customer, session), await connect(agent, session)
    await customer.do("grant.give", session, capability="hear")
    await settle(house)
    assert Source(theirs, "mic") in house.media.allowed
    assert recorded(house) == set()

    await agent.do("recording.start", session)
    await agent.do("recording.start", session)
    await settle(house)
    assert recorded(house) == set(), "asked is not agreed"
    question = await newest_question(customer, session)
    assert sum(grant["state"] == "asked" for grant in customer.view(session)["grants"]) == 1
    await customer.do("grant.answer", session, grant=question, allow=False)
    await settle(house)
    assert recorded(house) == set()

    await agent.do("recording.start", session)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await recording(customer, session, True)
    await settle(house)
    assert (theirs, "mic") in recorded(house)
    assert (mine, "mic") in recorded(house)
    assert not [label for _leg, label in recorded(house) if label == "screen"], "what does not flow is not recorded"

    await agent.do("recording.stop", session)
    await settle(house)
    assert recorded(house) == set()
    await agent.do("recording.start", session)
    await settle(house)
    assert recorded(house) != set(), "the grant still stands"

    await customer.do("grant.withdraw", session, capability="record")
    await recording(agent, session, False)
    await settle(house)
    assert recorded(house) == set()


async def test_only_the_agent_in_charge_records_and_not_where_the_queue_decides(house: House) -> None:
    customer, agent, session = await house.live()
    for kind in ("recording.start", "recording.stop"):
        with pytest.raises(Refused, match="not_allowed"):
            await agent.do(kind, session)
        with pytest.raises(Refused, match="not_allowed"):
            await customer.do(kind, session)


async def test_always(house: House) -> None:
    agent = await house.agent()
    customer, session = await house.customer()
    assert (await customer.api.call("GET", "/sites/acme-tools"))["recording"] == "always", "told before joining"
    leg = await connect(customer, session)
    await settle(house)
    assert recorded(house) == set()
    assert house.media.allowed == set()
    await accept(agent, session)
    await recording(customer, session, True)
    await customer.until(lambda: customer.view(session)["lines"][-1]["kind"] == "recording_on")
    view = customer.view(session)
    assert [(g["state"], g["basis"]) for g in view["grants"] if g["capability"] == "record"] == [("granted", "notice")]
    kinds = [line["kind"] for line in view["lines"]]
    assert kinds.index("notice") < kinds.index("recording_on")
    await settle(house)
    assert (leg, "mic") not in recorded(house), "what is not granted is not recorded, either"
    await customer.do("grant.give", session, capability="hear")
    await settle(house)
    assert (leg, "mic") in recorded(house)
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("grant.withdraw", session, capability="record")
    await customer.do("stop", session, voice=True)
    await settle(house)
    assert (leg, "mic") not in recorded(house)
    await customer.do("session.leave", session)
    await customer.until(lambda: state(customer, session) == "ended")
    await settle(house)
    assert recorded(house) == set()


async def test_off(house: House) -> None:
    database = house.services.hub.database
    async with database.begin() as unit:
        await unit.connection.execute(text("UPDATE acd_queues SET recording = 'off'"))
        await house.installation.acd.reconfigure(unit)
    customer, agent, session = await house.called()
    await connect(customer, session)
    await connect(agent, session)
    await customer.do("grant.give", session, capability="hear")
    with pytest.raises(Refused, match="not_allowed"):
        await agent.do("recording.start", session)
    await settle(house)
    assert not [call for call in house.media.calls if call[0] == "record"]


async def test_the_next_agent_goes_on_with_what_the_customer_agreed_to(start: Start) -> None:
    """The recording is the session's; what is recorded is what the customer lets the next agent hear."""
    house = await start(presence_grace=0.6)
    customer, agent, session = await house.called()
    theirs = await connect(customer, session)
    await customer.do("grant.give", session, capability="hear")
    await agent.do("recording.start", session)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await recording(customer, session, True)
    await agent.close()
    await customer.until(lambda: state(customer, session) == "waiting")
    assert customer.view(session)["session"]["recording"] is True
    other = await house.agent("sofia")
    await accept(other, session)
    await connect(other, session)
    await settle(house)
    assert (theirs, "mic") not in recorded(house)
    await customer.do("grant.give", session, capability="hear")
    await settle(house)
    assert (theirs, "mic") in recorded(house)
