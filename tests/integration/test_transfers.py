"""A session is given on to a queue or to another agent, and its agent leaves."""

from typing import Any

import pytest

from rs_server.core.session import Change
from rs_server.protocol.errors import Code, ProtocolError
from tests.support.client import Refused, Socket

from .conftest import House, accept, me, offered, state


async def ready_pair(house: House) -> tuple[Socket, Socket]:
    return await house.agent("amelie"), await house.staff("sofia")


def kinds(socket: Socket, session: str) -> list[str]:
    return [line["kind"] for line in socket.view(session)["lines"]]


async def test_to_an_agent_who_goes_on_with_all_of_it(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, _, session = await house.live(amelie)
    await customer.do("chat.post", session, key="1", text="it says error 12")
    await customer.do("grant.give", session, capability="hear")
    created = customer.view(session)["session"]["created_at"]
    await sofia.do("agent.state", state="ready")
    sofia_id = await house.user_id("sofia")
    await amelie.do("session.transfer", session, agent=sofia_id, note="Knows the invoice.")
    await amelie.until(lambda: session not in amelie.desk()["sessions"])
    told = next(line for line in customer.view(session)["lines"] if line["kind"] == "transferred")
    assert told["data"] == {"to": "Sofia Lind", "target": "agent"}
    assert state(customer, session) == "waiting"
    assert customer.view(session)["session"]["waiting_since"] == created
    assert not [g for g in customer.view(session)["grants"] if g["state"] == "granted" and g["capability"] == "hear"]
    assert "Knows the invoice." not in str(customer.view(session)["lines"]), "the note is for colleagues"
    offer = await offered(sofia, session)
    assert (offer["medium"], offer["direct"], offer["transferred_by"]) == ("session", True, "Amélie Morel")
    assert offer["arrived_at"] == pytest.approx(created, abs=0.5)
    await accept(sofia, session)
    await customer.until(lambda: state(customer, session) == "live")
    texts = [line["text"] for line in sofia.view(session)["lines"]]
    assert "it says error 12" in texts
    assert "Knows the invoice." in texts
    await customer.do("chat.post", session, key="2", text="still there")
    await sofia.until(lambda: any(line["text"] == "still there" for line in sofia.view(session)["lines"]))
    assert sofia.view(session)["session"]["primary"] == me(sofia, session)
    await amelie.until(lambda: amelie.desk()["me"]["sessions"] == 0)
    assert not amelie.desk()["wrap_ups"], "who gives on has nothing to wrap up"


async def test_to_a_queue(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, _, session = await house.live(amelie)
    await amelie.do("agent.state", state="not_ready")
    await amelie.do("session.transfer", session, queue="billing")
    await customer.until(lambda: customer.view(session)["session"]["queue"] == "billing")
    assert customer.view(session)["session"]["queue_name"] == "Billing"
    position = await customer.until(lambda: customer.view(session).get("position"))
    assert position["position"] == 1
    await sofia.do("agent.state", state="ready")
    assert (await offered(sofia, session))["transferred_by"] == "Amélie Morel"
    await accept(sofia, session)
    await customer.until(lambda: state(customer, session) == "live")


async def test_recording_goes_on(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, _, session = await house.live(amelie)
    assert customer.view(session)["session"]["recording"], "support always records"
    await sofia.do("agent.state", state="ready")
    await amelie.do("session.transfer", session, agent=await house.user_id("sofia"))
    await offered(sofia, session)
    assert customer.view(session)["session"]["recording"]
    await accept(sofia, session)
    await customer.until(lambda: state(customer, session) == "live")
    granted = [g for g in sofia.view(session)["grants"] if g["capability"] == "record" and g["state"] == "granted"]
    assert [g["holder"] for g in granted] == [me(sofia, session)]


async def test_to_one_who_is_in_already(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, session = await joined(house, amelie, sofia)
    await amelie.do("session.transfer", session, agent=await house.user_id("sofia"), note="All yours.")
    await amelie.until(lambda: session not in amelie.desk()["sessions"])
    await sofia.until(lambda: sofia.view(session)["session"]["primary"] == me(sofia, session))
    assert state(customer, session) == "live", "nobody waits in between"
    assert "All yours." in [line["text"] for line in sofia.view(session)["lines"]]


async def test_to_one_who_is_in_already_happens_whole_or_not_at_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    amelie, sofia = await ready_pair(house)
    _customer, session = await joined(house, amelie, sofia)
    before = await house.services.hub.get(session)

    def fails(*_: Any) -> None:
        raise ProtocolError(Code.CONFLICT, "planted")

    with monkeypatch.context() as patched:
        patched.setattr(Change, "leave", fails)
        with pytest.raises(Refused, match="conflict"):
            await amelie.do("session.transfer", session, agent=await house.user_id("sofia"), note="All yours.")
    after = await house.services.hub.get(session)
    assert (after.seq, after.info.primary) == (before.seq, me(amelie, session))
    await amelie.do("session.transfer", session, agent=await house.user_id("sofia"))
    await sofia.until(lambda: sofia.view(session)["session"]["primary"] == me(sofia, session))


async def joined(house: House, amelie: Socket, sofia: Socket) -> tuple[Socket, str]:
    """(customer, session of amelie in which sofia is, too)."""
    customer, _, session = await house.live(amelie)
    sofia_id = await house.user_id("sofia")
    await sofia.do("agent.state", state="not_ready")
    await amelie.do("agent.invite", session, user=sofia_id)
    await sofia.until(lambda: sofia.desk()["invitations"])
    await sofia.do("agent.join", session)
    question = await customer.until(
        lambda: next((g["id"] for g in customer.view(session)["grants"] if g["state"] == "asked"), None)
    )
    await customer.do("grant.answer", session, grant=question, allow=True)
    await sofia.event("session.snapshot", session)
    return customer, session


async def test_what_is_refused(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, _, session = await house.live(amelie)
    sofia_id, otto = await house.user_id("sofia"), await house.user_id("otto")
    cases: list[tuple[Socket, dict[str, Any], str]] = [
        (amelie, {}, "bad_request"),
        (amelie, {"queue": "nowhere"}, "not_found"),
        (amelie, {"agent": "nobody"}, "not_found"),
        (amelie, {"agent": otto}, "not_found"),
        (amelie, {"agent": await house.user_id("amelie")}, "bad_request"),
        (amelie, {"agent": await house.user_id("paul")}, "not_ready"),
        (amelie, {"queue": "billing", "note": "x" * 2001}, "bad_request"),
        (sofia, {"queue": "billing"}, "not_found"),
        (customer, {"queue": "billing"}, "not_allowed"),
    ]
    for socket, fields, code in cases:
        with pytest.raises(Refused, match=code):
            await socket.do("session.transfer", session, **fields)
    assert state(customer, session) == "live", "nothing of what was refused remains"
    assert "transferred" not in kinds(customer, session)
    await amelie.until(lambda: amelie.desk()["me"]["sessions"] == 1)
    made, _link = await house.outbound(amelie)
    await amelie.event("session.snapshot", made)
    with pytest.raises(Refused, match="conflict"):
        await amelie.do("session.transfer", made, agent=sofia_id)
    await amelie.do("session.end", session)
    with pytest.raises(Refused, match=r"not_found|session_ended"):
        await amelie.do("session.transfer", session, queue="billing")


async def test_one_who_does_not_want_it_leaves_it_to_the_queue(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    customer, _, session = await house.live(amelie)
    await sofia.do("agent.state", state="ready")
    await amelie.do("agent.state", state="not_ready")
    await amelie.do("session.transfer", session, agent=await house.user_id("sofia"))
    offer = await offered(sofia, session)
    await sofia.do("offer.reject", offer=offer["id"])
    # Both may be asked again in the same moment, and then it is her turn first.
    await sofia.do("agent.state", state="not_ready")
    await amelie.do("agent.state", state="ready")
    await offered(amelie, session)
    await accept(amelie, session)
    await customer.until(lambda: state(customer, session) == "live")
    assert kinds(customer, session).count("joined") == 3, "it is a part of its own that the agent has now"


async def test_whom_one_can_give_it_to(house: House) -> None:
    amelie, sofia = await ready_pair(house)
    await house.customer("Karl")
    found = await sofia.api.call("GET", "/desk/targets")
    names = {queue["id"]: queue for queue in found["queues"]}
    assert names["support"]["waiting"] == 1
    assert names["support"]["ready"] == 1
    assert [agent["name"] for agent in found["agents"]] == ["Amélie Morel"]
    await amelie.do("agent.state", state="not_ready")
    await sofia.do("agent.state", state="ready")
    found = await amelie.api.call("GET", "/desk/targets")
    assert [(agent["name"], agent["state"]) for agent in found["agents"]] == [("Sofia Lind", "ready")]
