"""Several agents: a second one in the session, one who is lost, and how many sessions one may have."""

import asyncio
from typing import Any

import pytest

from rs_server.core.permissions import Profile
from rs_server.services.watch import MOST_SOCKETS
from tests.support.client import Refused, Socket

from .conftest import House, Start, accept, me, offered, state
from .test_views import newest_question


async def joining(house: House) -> tuple[Socket, Socket, Socket, str]:
    """(customer, agent, colleague who has asked to join, session)."""
    customer, agent, session = await house.live()
    colleague = await house.staff("sofia")
    await colleague.event("desk.snapshot")
    await customer.do("grant.give", session, capability="hear")
    await agent.do("agent.invite", session, user=await house.user_id("sofia"))
    invitations = await colleague.until(lambda: colleague.desk()["invitations"])
    assert invitations[0]["by_name"] == "Amélie Morel"
    await colleague.do("agent.join", session)
    return customer, agent, colleague, session


def participant(socket: Socket, session: str, name: str) -> Any:
    return next((p for p in socket.view(session)["participants"] if p["name"] == name), None)


async def place(customer: Socket, session: str) -> dict[str, Any]:
    """Position and estimate, as they were told or as the snapshot brought them."""
    found: dict[str, Any] = await customer.until(lambda: customer.view(session).get("position"))
    return found


async def test_a_colleague_is_agreed_to(house: House) -> None:
    customer, agent, colleague, session = await joining(house)
    question = await newest_question(customer, session)
    assert participant(customer, session, "Sofia Lind")["joined_at"] is None
    assert not colleague.bodies("session.snapshot"), "before the customer agrees, a colleague knows nothing of it"
    with pytest.raises(Refused, match="not_found"):
        await colleague.do("chat.post", session, key="1", text="hello")
    await customer.do("grant.answer", session, grant=question, allow=True)
    await colleague.event("session.snapshot", session)
    held = [g["capability"] for g in colleague.view(session)["grants"] if g["holder"] == me(colleague, session)]
    assert held == ["further_agent", "hear"]
    await colleague.do("chat.post", session, key="1", text="hello")
    with pytest.raises(Refused, match="not_allowed"):
        await colleague.do("session.end", session)
    await colleague.do("agent.state", state="ready")
    with pytest.raises(Refused, match="conflict"):
        await agent.do("session.leave", session)
    with pytest.raises(Refused, match="not_allowed"):
        await colleague.do("session.hand_over", session, to=me(colleague, session))
    await agent.do("session.hand_over", session, to=me(colleague, session))
    with pytest.raises(Refused, match="not_allowed"):
        await agent.do("session.end", session)
    await agent.do("session.leave", session)
    await agent.until(lambda: session not in agent.desk()["sessions"])
    with pytest.raises(Refused, match="not_found"):
        await agent.do("chat.post", session, key="2", text="still here?")
    await colleague.until(lambda: colleague.view(session)["session"]["primary"] == me(colleague, session))
    await colleague.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")


async def test_a_colleague_is_refused(house: House) -> None:
    customer, _agent, colleague, session = await joining(house)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=False)
    await customer.until(lambda: participant(customer, session, "Sofia Lind")["left_at"] is not None)
    with pytest.raises(Refused, match="not_allowed"):
        await colleague.do("agent.join", session)
    assert not colleague.bodies("session.snapshot")
    with pytest.raises(Refused, match="not_found"):
        await colleague.api.call("GET", f"/sessions/{session}")


async def test_nobody_comes_uninvited(house: House) -> None:
    _customer, _agent, session = await house.live()
    other = await house.staff("paul")
    with pytest.raises(Refused, match="not_allowed"):
        await other.do("agent.join", session)


async def test_a_customer_sends_a_colleague_out(house: House) -> None:
    customer, agent, colleague, session = await joining(house)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await colleague.event("session.snapshot", session)
    await customer.do("grant.withdraw", session, capability="further_agent")
    await colleague.until(lambda: session not in colleague.desk()["sessions"])
    before = len(colleague.frames)
    await agent.do("chat.post", session, key="1", text="alone again")
    await customer.until(lambda: any(line["text"] == "alone again" for line in customer.view(session)["lines"]))
    assert not [frame for frame in colleague.frames[before:] if frame["session"] == session]


async def test_who_may_not_be_invited(house: House) -> None:
    _customer, agent, session = await house.live()
    for who in (await house.user_id("otto"), "nobody"):
        with pytest.raises(Refused, match="not_found"):
            await agent.do("agent.invite", session, user=who)
    with pytest.raises(Refused, match="conflict"):
        await agent.do("agent.invite", session, user=await house.user_id("amelie"))


def break_off(house: House, socket: Socket) -> None:
    """The connection is gone without a word."""
    assert socket.ws._response.connection is not None
    assert socket.ws._response.connection.transport is not None
    socket.ws._response.connection.transport.abort()


async def test_an_agent_is_lost(start: Start) -> None:
    house = await start(presence_grace=0.6)
    agent, other = await house.agent("amelie"), await house.staff("sofia")
    customer, session = await house.customer("Jeanne")
    await customer.event("session.snapshot", session)
    asked_at = customer.view(session)["session"]["created_at"]
    await accept(agent, session)
    await customer.until(lambda: state(customer, session) == "live")
    await customer.do("grant.give", session, capability="hear")
    later, _ = await house.customer("Karl")
    break_off(house, agent)
    await customer.until(lambda: [line["kind"] for line in customer.view(session)["lines"]][-2:] == ["lost", "queued"])
    view = customer.view(session)
    assert view["session"]["state"] == "waiting"
    assert view["session"]["waiting_since"] == asked_at
    # The recording is the session's; everything else was for that person.
    assert {grant["capability"] for grant in view["grants"] if grant["state"] == "granted"} <= {"record"}
    await customer.until(lambda: (customer.view(session).get("position") or {}).get("position") == 1)
    await other.do("agent.state", state="ready")
    offer = await offered(other, session)
    assert offer["arrived_at"] == pytest.approx(asked_at, abs=0.5)
    await accept(other, session)
    await customer.until(lambda: state(customer, session) == "live")
    await customer.do("chat.post", session, key="1", text="are you there?")
    await other.until(lambda: any(line["text"] == "are you there?" for line in other.view(session)["lines"]))
    await later.close()


async def test_an_agent_comes_back_in_time(start: Start) -> None:
    house = await start(presence_grace=5.0)
    customer, agent, session = await house.live()
    break_off(house, agent)
    await agent.until(lambda: agent.bye)
    back = await Socket(agent.api).open()
    await back.event("session.snapshot", session)
    assert state(back, session) == "live"
    assert state(customer, session) == "live"
    assert back.desk()["me"]["state"] == "ready"


async def test_a_waiting_customer_who_vanishes_has_left(start: Start) -> None:
    house = await start(vanish_after=0.0)
    agent = await house.staff("amelie")
    await agent.event("desk.snapshot")
    customer, session = await house.customer()
    await agent.until(lambda: agent.desk()["waiting"])
    break_off(house, customer)
    await agent.until(lambda: not agent.desk()["waiting"])
    found = await house.services.hub.get(session)
    assert (found.info.state, found.info.ended_by) == ("ended", "customer")
    assert house.services.watch._away == {}


async def test_three_at_once_and_the_fourth_waits(house: House) -> None:
    agent = await house.agent()
    served = [await house.live(agent) for _ in range(3)]
    assert len({session for _customer, _agent, session in served}) == 3
    fourth, session = await house.customer("Dora")
    position = await place(fourth, session)
    assert position["position"] == 1
    assert position["estimate"] is None or position["estimate"] >= 0
    fifth, last = await house.customer("Emil")
    assert (await place(fifth, last))["position"] == 2
    await agent.until(lambda: len(agent.desk()["waiting"]) == 2)
    assert agent.desk()["offers"] == []
    with pytest.raises(Refused, match="at_capacity"):
        await agent.do("contact.pick", contact=agent.desk()["waiting"][0]["contact"])
    await agent.do("session.end", served[0][2])
    wrap_up = (await agent.until(lambda: agent.desk()["wrap_ups"]))[0]
    await agent.do("wrap_up.done", contact=wrap_up["contact"])
    await accept(agent, session)
    await fifth.until(lambda: (fifth.view(last).get("position") or {}).get("position") == 1)


async def test_one_at_a_time(start: Start) -> None:
    house = await start(capacity=1)
    agent = await house.agent()
    assert (await agent.api.call("GET", "/desk/config"))["multisession"] is False
    await house.live(agent)
    second, session = await house.customer("Karl")
    assert (await place(second, session))["position"] == 1
    await agent.until(lambda: [waiting["session"] for waiting in agent.desk()["waiting"]] == [session])
    assert agent.desk()["offers"] == []
    with pytest.raises(Refused, match="at_capacity"):
        await agent.api.call("POST", "/sessions", {})


async def test_signing_out_gives_the_sessions_back_at_once(start: Start) -> None:
    house = await start(presence_grace=60.0)
    customer, agent, session = await house.live()
    await agent.api.call("POST", "/logout")
    await customer.until(lambda: state(customer, session) == "waiting")


async def test_an_offer_that_went_to_another_leaves_no_leg(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.watch.LEG_SECONDS", 0.0)
    agent = await house.agent()
    _customer, session = await house.customer()
    offer = await offered(agent, session)
    await agent.do("media.open", session)
    assert len(house.media.legs) == 1
    await house.services.watch.round()
    assert len(house.media.legs) == 1, "it is warm while the offer is open"
    await agent.do("offer.reject", offer=offer["id"])
    await agent.do("agent.state", state="not_ready")
    await house.services.watch.round()
    assert house.media.legs == {}


async def joined(house: House) -> tuple[Socket, Socket, Socket, str]:
    customer, agent, colleague, session = await joining(house)
    await customer.do("grant.answer", session, grant=await newest_question(customer, session), allow=True)
    await colleague.event("session.snapshot", session)
    return customer, agent, colleague, session


async def is_out(customer: Socket, session: str, name: str) -> None:
    await customer.until(lambda: participant(customer, session, name)["left_at"] is not None)
    person = participant(customer, session, name)["id"]
    await customer.until(lambda: customer.view(session)["lines"][-1]["kind"] == "lost")
    held = [grant for grant in customer.view(session)["grants"] if grant["holder"] == person]
    assert not [grant for grant in held if grant["state"] in ("asked", "granted")]
    assert state(customer, session) == "live"


@pytest.mark.parametrize("way", ["closes", "signs out"])
async def test_a_further_agent_who_is_gone_is_out(start: Start, way: str) -> None:
    house = await start(presence_grace=0.6)
    customer, _agent, colleague, session = await joined(house)
    if way == "closes":
        break_off(house, colleague)
    else:
        await colleague.api.call("POST", "/logout")
    await is_out(customer, session, "Sofia Lind")
    await house.services.watch.round()
    assert house.services.watch._staff_away == {}


async def test_who_handed_over_and_is_gone_is_out(start: Start) -> None:
    house = await start(presence_grace=0.6)
    customer, agent, colleague, session = await joined(house)
    await colleague.do("agent.state", state="ready")
    await agent.do("session.hand_over", session, to=me(colleague, session))
    break_off(house, agent)
    await is_out(customer, session, "Amélie Morel")


async def test_a_further_agent_who_reloads_stays(start: Start) -> None:
    house = await start(presence_grace=60.0)
    customer, _agent, colleague, session = await joined(house)
    break_off(house, colleague)
    await colleague.until(lambda: colleague.bye)
    await house.services.watch.round()
    back = await Socket(colleague.api).open()
    await back.event("session.snapshot", session)
    await house.services.watch.round()
    assert participant(customer, session, "Sofia Lind")["left_at"] is None


async def test_agents_stay_while_slow_work_is_done(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Closing legs and letting customers go may take as long as it likes."""
    house = await start(presence_grace=0.6, vanish_after=0.0)
    stuck, never = asyncio.Event(), asyncio.Event()

    async def leave(*_: Any) -> None:
        stuck.set()
        await never.wait()

    monkeypatch.setattr(house.services.sessions, "leave", leave)
    agent = await house.agent()
    waiting, session = await house.customer("Karl")
    await offered(agent, session)
    await agent.do("agent.state", state="not_ready")
    break_off(house, waiting)
    await asyncio.wait_for(stuck.wait(), 10)
    rounds = 0
    renew = house.services.acd.renew

    def count(actor: str) -> bool:
        nonlocal rounds
        rounds += 1
        return bool(renew(actor))

    monkeypatch.setattr(house.services.acd, "renew", count)
    # More rounds than fit into the grace.
    await agent.until(lambda: rounds >= 0 and agent.desk()["me"]["state"] == "not_ready")
    async with asyncio.timeout(30):
        while rounds < 6:
            await asyncio.sleep(0.01)
    assert agent.desk()["me"]["state"] == "not_ready"
    view = house.services.acd.agent(await house.user_id("amelie"))
    assert view.state == "not_ready"


async def test_capacity_is_set_on_what_is_there(start: Start) -> None:
    house = await start()
    await house.stop()
    for capacity in (1, 5):
        house = await start(capacity=capacity)
        agent = await house.staff("amelie")
        assert (await agent.event("desk.snapshot"))["me"]["capacity"] == capacity
        told = await agent.api.call("GET", "/desk/config")
        assert (told["multisession"], told["capacity"]) == (capacity > 1, capacity)
        await house.stop()


async def test_an_administrator_who_serves_no_queue_has_a_desk(house: House) -> None:
    await house.hire("max", Profile.MAIN_ADMINISTRATOR)
    agent = await house.agent()
    boss = await house.staff("max")
    desk = await boss.event("desk.snapshot")
    assert (desk["me"]["state"], desk["me"]["capacity"]) == ("not_ready", 0)
    assert "Max" not in [colleague["name"] for colleague in desk["team"]]
    assert (await boss.api.call("GET", "/desk/config"))["capacity"] == 0
    with pytest.raises(Refused, match="unknown_agent"):
        await boss.do("agent.state", state="ready")
    _customer, session = await house.customer()
    await boss.until(lambda: [waiting["session"] for waiting in boss.desk()["waiting"]] == [session])
    assert boss.desk()["waiting"][0]["may_pick"] is False
    await accept(agent, session)
    await boss.until(lambda: not boss.desk()["waiting"])


async def test_chat_makes_no_desk_look(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, agent, session = await house.live()
    # The figures of the shift are read from the store, a little later.
    await agent.until(lambda: (agent.desk()["shift"] or {}).get("working"))
    stirs: list[int] = []
    monkeypatch.setattr(house.services.desk, "stir", lambda *_users: stirs.append(1))
    reads = 0
    read = house.services.hub.database.read

    def counted() -> Any:
        nonlocal reads
        reads += 1
        return read()

    monkeypatch.setattr(house.services.hub.database, "read", counted)
    for number in range(5):
        await customer.do("chat.post", session, key=f"k{number}", text="hello")
    await agent.until(lambda: len([li for li in agent.view(session)["lines"] if li["text"] == "hello"]) == 5)
    assert not stirs
    # One may still be of the figures, which are read a moment later.
    assert reads <= 1
    await customer.do("session.leave", session)
    await agent.until(lambda: state(agent, session) == "ended" or session not in agent.desk()["sessions"])
    assert stirs


async def test_the_oldest_socket_makes_room(house: House) -> None:
    api = await house.signed_in("amelie")
    sockets = [await Socket(api).open() for _ in range(MOST_SOCKETS)]
    assert not any(socket.bye for socket in sockets)
    last = await Socket(api).open()
    await sockets[0].until(lambda: sockets[0].bye)
    assert sockets[0].bye is not None
    assert sockets[0].bye["code"] == "not_allowed"
    await last.do("agent.state", state="ready")
    assert not any(socket.bye for socket in (*sockets[1:], last))
