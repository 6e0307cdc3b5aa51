"""Coming back: what was missed and nothing else; tokens that rotate; over a restart of the server."""

import asyncio
from typing import Any

import pytest

from tests.support.client import Socket

from .conftest import ELSEWHERE, SHOP, House, Start, state


def seqs(socket: Socket, session: str) -> list[int]:
    return [frame["seq"] for frame in socket.frames if frame["session"] == session and frame["seq"]]


async def said(socket: Socket, session: str, text: str) -> None:
    await socket.until(lambda: any(line["text"] == text for line in socket.view(session)["lines"]))


async def test_exactly_what_was_missed(house: House) -> None:
    customer, agent, session = await house.live()
    await agent.do("chat.post", session, key="0", text="before")
    await said(customer, session, "before")
    seen = customer.view(session)["seq"]
    await customer.close()
    for number in range(5):
        await agent.do("chat.post", session, key=f"m{number}", text=f"missed {number}")
        await agent.do("chat.post", session, key=f"p{number}", text="private", audience="staff")
    back = await Socket(customer.api, customer.welcome["resume"], {session: seen}).open()
    await agent.do("chat.post", session, key="9", text="after")
    await back.until(lambda: any(body["line"]["text"] == "after" for body in back.bodies("line.added")))
    texts = [body["line"]["text"] for body in back.bodies("line.added", session)]
    assert texts == [*(f"missed {number}" for number in range(5)), "after"]
    assert not back.bodies("session.snapshot")
    people = {person["id"] for person in customer.view(session)["participants"]}
    await back.until(
        lambda: people <= {body["presence"]["participant"] for body in back.bodies("presence.changed", session)}
    )
    numbers = seqs(back, session)
    assert numbers == sorted(set(numbers))
    assert numbers[0] > seen


async def test_what_was_said_before_the_page_was_closed_is_done(house: House) -> None:
    customer, agent, session = await house.live()
    for number in range(20):
        body = {"type": "chat.post", "key": str(number), "text": f"last {number}"}
        await customer.ws.send_json({"type": "command", "id": 100 + number, "session": session, "body": body})
    # Without goodbye: nobody waits for an answer any more.
    await customer.api.http.close()
    await said(agent, session, "last 19")
    texts = [line["text"] for line in agent.view(session)["lines"] if line["text"].startswith("last")]
    assert texts == [f"last {number}" for number in range(20)]


async def test_an_agent_misses_nothing_in_any_session(house: House) -> None:
    agent = await house.agent()
    one, _, first = await house.live(agent)
    two, _, second = await house.live(agent)
    await agent.until(lambda: state(agent, second) == "live")
    since = {name: agent.view(name)["seq"] for name in (first, second)}
    await agent.close()
    await one.do("chat.post", first, key="1", text="one")
    await two.do("chat.post", second, key="2", text="two")
    back = await Socket(agent.api, since=since).open()
    for session in (first, second):
        await back.event("line.added", session)
        assert seqs(back, session) == list(range(since[session] + 1, since[session] + 1 + len(seqs(back, session))))
    assert not back.bodies("session.snapshot")


@pytest.mark.parametrize("since", [-1, 0, 10_000])
async def test_a_number_that_cannot_be_gets_a_snapshot(house: House, since: int) -> None:
    customer, _agent, session = await house.live()
    back = await Socket(customer.api, customer.welcome["resume"], {session: since}).open()
    await back.event("session.snapshot", session)


async def test_no_event_comes_twice_or_not_at_all_while_much_happens(house: House) -> None:
    customer, agent, session = await house.live()
    since = customer.view(session)["seq"]
    token = customer.welcome["resume"]
    for number in range(8):
        await customer.close()
        await agent.do("chat.post", session, key=f"a{number}", text="x")
        opening = Socket(customer.api, token, {session: since})
        posting = agent.ws.send_json(
            {
                "type": "command",
                "id": 10_000 + number,
                "session": session,
                "body": {"type": "chat.post", "key": f"b{number}", "text": "last"},
            }
        )
        agent._replies[10_000 + number] = _nobody()
        await posting
        customer = await opening.open()
        await heard(customer, f"-b{number}")
        numbers = seqs(customer, session)
        assert numbers == list(range(since + 1, since + 1 + len(numbers)))
        since, token = numbers[-1], customer.welcome["resume"]


async def heard(socket: Socket, ending: str) -> None:
    await socket.until(lambda: any(body["line"]["id"].endswith(ending) for body in socket.bodies("line.added")))


def _nobody() -> Any:
    return asyncio.get_running_loop().create_future()


async def knock(house: House, token: str, origin: str | None = SHOP) -> Any:
    socket = await Socket(house.api(origin), token).open()
    return socket.bye["code"] if socket.bye else socket.welcome["resume"]


async def test_a_token_is_good_until_the_next_is_used(house: House) -> None:
    page, _session = await house.customer()
    first, second = page.token, page.welcome["resume"]
    assert first != second
    again = await knock(house, first or "")
    assert again not in (first, second)
    assert await knock(house, second) == "resume_refused", "the answer that carried it was replaced by another"
    third = await knock(house, again)
    assert await knock(house, first or "") == "resume_refused"
    fourth = await knock(house, third)
    assert await knock(house, again) == "resume_refused"
    assert len(fourth) >= 32


async def test_a_stolen_token(house: House) -> None:
    page, _session = await house.customer()
    stolen = page.token or ""
    back = await Socket(page.api, page.welcome["resume"]).open()
    assert await knock(house, stolen) == "resume_refused"
    assert await knock(house, back.welcome["resume"], house.base) == "resume_refused", "from another page of ours"
    assert await knock(house, "x" * 32) == "resume_refused"
    assert len(await knock(house, back.welcome["resume"])) >= 32, "what was refused did not use it up"


async def test_a_token_from_elsewhere_never_reaches_the_server(house: House) -> None:
    page, _session = await house.customer()
    headers = {"Origin": ELSEWHERE}
    async with page.api.http.get(
        f"{house.base}/api/v1/socket",
        headers={**headers, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"},
    ) as response:
        assert response.status == 403


async def test_tokens_for_reading_change_with_each_connection(house: House) -> None:
    page, _session = await house.customer()
    old = page.welcome["access"]
    back = await Socket(page.api, page.welcome["resume"]).open()
    assert back.welcome["access"] != old
    page.api.access = old
    async with page.api.http.post(f"{house.base}/api/v1/session/link", headers=page.api.headers()) as response:
        assert response.status == 401


async def test_the_server_restarts(start: Start) -> None:
    house = await start()
    customer, agent, session = await house.live()
    await customer.do("grant.give", session, capability="hear")
    await agent.do("chat.post", session, key="1", text="before")
    await said(customer, session, "before")
    seen, resume, cookies = customer.view(session), customer.welcome["resume"], agent.api
    port = house.installation.port
    await house.stop()
    await customer.until(lambda: customer.bye)
    house.config = type(house.config)(**{**vars(house.config), "listen_port": port})
    await house.begin()
    assert house.installation.port == port

    back = await Socket(customer.api, resume, {session: seen["seq"]}).open()
    again = await Socket(cookies, since={session: agent.view(session)["seq"]}).open()
    await again.event("desk.snapshot")
    await again.do("chat.post", session, key="2", text="after")
    await back.until(lambda: [body["line"]["text"] for body in back.bodies("line.added")][-1:] == ["after"])
    assert state(back, session) != "ended"
    assert not back.bodies("grant.changed"), "no new consent was needed"
    fresh = await Socket(cookies).open()
    snapshot = await fresh.event("session.snapshot", session)
    assert [grant["state"] for grant in snapshot["grants"] if grant["capability"] == "hear"] == ["granted"]
    assert snapshot["session"]["state"] == "live"
    await again.do("session.end", session)
    await back.until(lambda: state(back, session) == "ended")


async def placed(socket: Socket, session: str, place: int) -> None:
    await socket.until(lambda: (socket.view(session).get("position") or {}).get("position") == place)


async def test_who_waits_keeps_the_place_over_a_restart(start: Start) -> None:
    house = await start()
    waiting = [await house.customer(name) for name in ("A", "B", "C")]
    for socket, session in waiting:
        await socket.event("session.snapshot", session)
    arrived = [socket.view(session)["session"]["waiting_since"] for socket, session in waiting]
    await house.stop()
    await house.begin()
    for (socket, session), since, place in zip(waiting, arrived, (1, 2, 3), strict=True):
        socket.api.base = house.base
        back = await Socket(socket.api, socket.welcome["resume"]).open()
        await placed(back, session, place)
        assert back.view(session)["session"]["waiting_since"] == since


async def test_an_unknown_token_does_not_wait_for_writers(house: House) -> None:
    async with house.services.hub.database.begin():
        socket = await Socket(house.api(), "x" * 32).open()
    assert socket.bye is not None
    assert socket.bye["code"] == "resume_refused"


async def test_many_wrong_hellos_are_slowed_down_and_right_ones_cost_nothing(house: House) -> None:
    said: list[str] = []
    for _ in range(40):
        socket = await Socket(house.api(address="127.0.0.5"), "x" * 32).open()
        assert socket.bye is not None
        said.append(socket.bye["code"])
    assert said[:30] == ["resume_refused"] * 30
    assert "throttled" in said[30:]
    signed_in = await house.signed_in("amelie")
    for _ in range(40):
        socket = await Socket(signed_in).open()
        assert socket.bye is None
        await socket.close()
