"""A native client stands beside the window of the same participant: each has a leg, and each its streams."""

from typing import Any

from rs_server.ports import FramesDropped, LegLost, LegState, Source, StreamState, Undecodable
from rs_server.protocol.consent import Capability, Grant
from tests.support.client import Socket

from .conftest import House, me
from .test_recording import connect, recorded, settle


async def native(socket: Socket, session: str) -> str:
    """A leg of the native client."""
    before = len(socket.bodies("media.offer", session))
    await socket.do("media.open", session, native=True)
    await socket.until(lambda: len(socket.bodies("media.offer", session)) > before)
    offer = socket.bodies("media.offer", session)[-1]
    assert offer["native"]
    assert set(offer["publish"]) == {"desktop", "application"}
    assert offer["audio_slots"] == offer["video_slots"] == []
    await socket.do("media.answer", session, leg=offer["leg"], sdp="v=0")
    return str(offer["leg"])


def streams(socket: Socket, session: str, person: str) -> list[str]:
    presence = next(p for p in socket.view(session)["presence"] if p["participant"] == person)
    return list(presence["streams"])


def presence(socket: Socket, session: str, person: str) -> dict[str, Any]:
    return dict(next(p for p in socket.view(session)["presence"] if p["participant"] == person))


async def let(house: House, session: str, giver: str, holder: str, *capabilities: Capability) -> None:
    """As if the giver had agreed in the native client."""
    async with house.services.hub.change(session) as change:
        for capability in capabilities:
            change.grant(
                Grant(
                    id=change.new_id(),
                    capability=capability,
                    giver=giver,
                    holder=holder,
                    state="granted",
                    asked_at=change.now,
                )
            )


async def second(socket: Socket) -> Socket:
    """Another program of the same customer."""
    return await Socket(socket.api, socket.token).open()


async def test_two_legs_of_one_person_live_side_by_side(house: House) -> None:
    customer, agent, session = await house.called()
    client = await second(customer)
    window, theirs = await connect(customer, session), await native(client, session)
    mine = await connect(agent, session)
    assert set(house.media.legs) == {window, theirs, mine}
    giver, holder = me(customer, session), me(agent, session)
    await let(house, session, giver, holder, "screen_view", "desktop_view", "application_view")
    await settle(house)
    wanted = {Source(window, "screen"), Source(theirs, "desktop"), Source(theirs, "application")}
    assert wanted <= house.media.allowed
    shown = {source for (leg, _mid), source in house.media.slots.items() if leg == mine}
    assert wanted <= shown
    labels = {slot["label"] for slot in agent.bodies("media.slots", session)[-1]["slots"].values()}
    assert labels == {"screen", "desktop", "application"}
    assert not [leg for leg, _mid in house.media.slots if leg == theirs], "it shows nothing itself"

    again = await native(client, session)
    await settle(house)
    assert set(house.media.legs) == {window, again, mine}
    assert Source(again, "desktop") in house.media.allowed
    await connect(customer, session)
    assert again in house.media.legs
    await client.close()


async def test_a_withdrawn_grant_stops_the_stream(house: House) -> None:
    customer, agent, session = await house.called()
    theirs = await native(customer, session)
    await connect(agent, session)
    await settle(house)
    assert house.media.allowed == {source for source in house.media.allowed if source.leg != theirs}
    await let(house, session, me(customer, session), me(agent, session), "desktop_view")
    await settle(house)
    assert Source(theirs, "desktop") in house.media.allowed
    assert Source(theirs, "application") not in house.media.allowed
    await customer.do("grant.withdraw", session, capability="desktop_view")
    await settle(house)
    assert Source(theirs, "desktop") not in house.media.allowed
    assert Source(theirs, "desktop") not in house.media.slots.values()
    await let(house, session, me(customer, session), me(agent, session), "application_view")
    await settle(house)
    assert Source(theirs, "application") in house.media.allowed
    await customer.do("stop", session)
    await settle(house)
    assert not [source for source in house.media.allowed if source.leg == theirs]


async def test_an_agents_desktop_needs_the_agents_grant(house: House) -> None:
    customer, agent, session = await house.called()
    theirs = await native(agent, session)
    await connect(customer, session)
    await settle(house)
    assert not [source for source in house.media.allowed if source.leg == theirs]
    await let(house, session, me(agent, session), me(customer, session), "desktop_view")
    await settle(house)
    assert Source(theirs, "desktop") in house.media.slots.values()


async def test_what_is_granted_is_recorded(house: House) -> None:
    customer, agent, session = await house.called()
    theirs = await native(customer, session)
    await connect(agent, session)
    await let(house, session, me(customer, session), me(agent, session), "desktop_view")
    await let(house, session, me(customer, session), me(agent, session), "record")
    await agent.do("recording.start", session)
    await agent.until(lambda: agent.view(session)["session"]["recording"])
    await settle(house)
    assert (theirs, "desktop") in recorded(house)
    await customer.do("grant.withdraw", session, capability="desktop_view")
    await settle(house)
    assert (theirs, "desktop") not in recorded(house)


async def test_presence_is_of_both(house: House) -> None:
    customer, agent, session = await house.called()
    window, theirs = await connect(customer, session), await native(customer, session)
    person = me(customer, session)
    house.media.say(LegState(window, "connected"))
    for source in (Source(window, "screen"), Source(theirs, "desktop")):
        house.media.say(StreamState(source, True, 640, 480))
    await agent.until(lambda: streams(agent, session, person) == ["desktop", "screen"])
    house.media.say(LegState(theirs, "failed"))
    house.media.say(LegLost(theirs))
    await agent.until(lambda: streams(agent, session, person) == ["screen"])
    assert presence(agent, session, person)["media"] == "connected", "the window's is another"
    await customer.event("media.failed", session, leg=theirs, native=True)
    house.media.say(LegLost(window))
    await agent.until(lambda: presence(agent, session, person)["media"] == "failed")
    assert streams(agent, session, person) == []


async def test_who_comes_back_hears_of_both(house: House) -> None:
    customer, _agent, session = await house.called()
    theirs = await native(customer, session)
    client = await second(customer)
    await client.event("media.slots", session, leg=theirs)
    await client.event("media.failed", session, leg="*", native=False)
    assert not [body for body in client.bodies("media.failed", session) if body["native"]]
    await client.close()


async def test_a_codec_that_somebody_cannot_decode_is_changed(house: House) -> None:
    customer, _agent, session = await house.called()
    window, theirs = await connect(customer, session), await native(customer, session)
    house.media.say(Undecodable(Source(window, "screen"), "h264"))
    house.media.say(Undecodable(Source(theirs, "desktop"), "h264"))
    await customer.event("media.codec", session, leg=theirs, label="desktop", codec="vp8")
    assert len(customer.bodies("media.codec", session)) == 1


async def test_a_leg_is_its_owners(house: House) -> None:
    customer, agent, session = await house.called()
    theirs = await native(customer, session)
    answers = house.media.calls.count(("answer", theirs))
    await agent.do("media.answer", session, leg=theirs, sdp="v=0")
    await agent.do("media.candidate", session, leg=theirs, candidate="", mid="0")
    assert house.media.calls.count(("answer", theirs)) == answers
    assert ("candidate", theirs) not in house.media.calls


async def test_frames_of_a_desktop_that_nobody_may_see_are_noted(house: House) -> None:
    customer, agent, session = await house.called()
    theirs, mine = await native(customer, session), await native(agent, session)
    noted: list[tuple[str, str]] = []
    notices = house.services.recordings.notices

    async def add(_session: str, person: str, what: str, _count: int) -> None:
        noted.append((person, what))

    notices.add = add
    for leg in (theirs, mine):
        house.media.say(FramesDropped(Source(leg, "desktop"), 5))
    await house.services.calls._events.join()
    assert noted == [
        (me(customer, session), "dropped:desktop"),
        (me(agent, session), "dropped:desktop"),
    ]
