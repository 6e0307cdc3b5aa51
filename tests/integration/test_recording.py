"""What is asked of the media engine: nothing before it was told or agreed to, nothing after it was taken back."""

import asyncio
from typing import Any

import pytest

from rs_server.ports import LegLost, PartClosed, Source
from tests.support.client import Refused, Socket

from .conftest import House, Start, accept, me, state
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
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        for queue in acd.queues():
            await acd.config.put_queue(unit, queue.id, queue.name, recording="off")
        await acd.reconfigure(unit)
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


async def recording_mic(house: House) -> tuple[Socket, Socket, str, str]:
    """(customer, agent, session, leg), the customer's microphone being recorded."""
    customer, agent, session = await house.live()
    leg = await connect(customer, session)
    await customer.do("grant.give", session, capability="hear")
    await settle(house)
    assert (leg, "mic") in recorded(house)
    return customer, agent, session, leg


def fail(house: House, leg: str) -> str:
    """The disk fails under the part of this leg's microphone."""
    part = next(part for part, source in house.media.parts.items() if source == Source(leg, "mic"))
    del house.media.parts[part]
    house.media.say(PartClosed(part, 2.0, 1, 1, 0, False))
    return part


async def test_a_part_that_fails_is_followed_by_another(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.recordings.RETRY_SECONDS", 0.0)
    customer, agent, session, leg = await recording_mic(house)
    begun = asyncio.Event()
    house.media.heard = begun.set
    failed = fail(house, leg)
    while (leg, "mic") not in recorded(house):
        await begun.wait()
        begun.clear()
    assert failed not in house.media.parts
    again = asyncio.Event()
    house.media.heard = again.set
    fail(house, leg)
    while (leg, "mic") not in recorded(house):
        await again.wait()
        again.clear()

    def told() -> list[Any]:
        return [line for line in agent.view(session)["lines"] if line["kind"] == "dropped"]

    await agent.until(told)
    assert [(line["by"], line["data"], line["audience"]) for line in told()] == [
        (me(customer, session), {"reason": "recording", "label": "mic"}, "staff")
    ], "once, though it failed twice"
    await customer.do("chat.post", session, key="k", text="hello")
    await customer.until(lambda: any(line["kind"] == "chat" for line in customer.view(session)["lines"]))
    assert not [line for line in customer.view(session)["lines"] if line["kind"] == "dropped"]


async def test_a_disk_that_fails_is_not_tried_without_end(house: House) -> None:
    customer, agent, session, leg = await recording_mic(house)
    fail(house, leg)
    await agent.event("line.added", session)
    await agent.until(lambda: any(line["kind"] == "dropped" for line in agent.view(session)["lines"]))
    # Anything that brings the recordings in line again.
    await customer.do("grant.give", session, capability="screen_view")
    await settle(house)
    assert (leg, "screen") in recorded(house)
    assert (leg, "mic") not in recorded(house)
    recordings = house.services.recordings
    recordings._due(session)
    await settle(house)
    assert (leg, "mic") not in recorded(house), "five seconds are not over"
    recordings._not_before.clear()
    recordings._due(session)
    await settle(house)
    assert (leg, "mic") in recorded(house)


async def test_nothing_is_kept_of_legs_that_are_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.recordings.LATE_SECONDS", 0.0)
    customer, _agent, session, leg = await recording_mic(house)
    recordings = house.services.recordings
    house.media.say(LegLost(leg))
    await customer.event("media.failed", session, leg=leg)
    await settle(house)
    assert session not in recordings._running
    assert recordings._parts == {}
    again = await connect(customer, session)
    await settle(house)
    assert (again, "mic") in recorded(house)


async def test_notices_are_summed_and_shown_to_who_may_see_all(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, agent, session = await house.live()
    person = me(customer, session)
    notices = house.services.recordings.notices
    for _ in range(5):
        await notices.add(session, person, "dropped:screen", 7)
    await notices.add(session, person, "dropped:mic", 1)
    boss = await house.signed_in("sam")

    async def shown(api: Any) -> list[tuple[str, str, int]]:
        rows = (await api.call("GET", f"/sessions/{session}"))["notices"]
        return [(row["participant"], row["what"], row["count"]) for row in rows]

    first = [(person, "dropped:screen", 7), (person, "dropped:mic", 1)]
    assert await shown(boss) == first
    assert await shown(agent.api) == []
    notices._over((session, person, "dropped:mic"))
    notices._over((session, person, "dropped:screen"))
    await asyncio.gather(*notices._tasks)
    assert await shown(boss) == [*first, (person, "dropped:screen", 28)]
    await notices.add(session, person, "dropped:screen", 3)
    await notices.add(session, person, "dropped:mic", 2)
    await notices.close()
    assert await shown(boss) == [
        *first,
        (person, "dropped:screen", 28),
        (person, "dropped:mic", 2),
        (person, "dropped:screen", 3),
    ]
