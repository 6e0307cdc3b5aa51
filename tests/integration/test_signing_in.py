"""Signing in and out of staff."""

import asyncio
import time
from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy import update

from rs_server.services import ids
from rs_server.store.tables import sign_ins
from tests.support.client import Api, Refused, Socket
from tests.support.figures import held

from .conftest import House, Start


async def attempt(api: Api, name: str, password: str) -> tuple[int, Any, Any]:
    body = {"name": name, "password": password}
    async with api.http.post(f"{api.base}/api/v1/login", json=body, headers=api.headers()) as response:
        return response.status, await response.json(), response.headers


async def test_known_and_unknown_names_are_alike(house: House) -> None:
    api = house.api()
    await house.services.identity.disable(await house.user_id("paul"))
    said = [
        await attempt(api, "amelie", "wrong password 123"),
        await attempt(api, "nobody", "wrong password 123"),
        await attempt(api, "paul", house.passwords["paul"]),
        await attempt(api, "amelie", "x" * 1000),
    ]
    assert len({(status, repr(answer)) for status, answer, _ in said}) == 1
    assert said[0][0] == 401
    assert all("Set-Cookie" not in headers for _, _, headers in said)


async def test_the_right_one_is_slowed_down_after_many_wrong_ones_and_only_there(house: House) -> None:
    guesser = house.api(address="127.0.0.2")
    statuses = [(await attempt(guesser, "amelie", "wrong"))[0] for _ in range(14)]
    assert statuses == [401] * 10 + [429] * 4
    status, answer, headers = await attempt(guesser, "amelie", house.passwords["amelie"])
    assert (status, answer["code"]) == (429, "throttled")
    assert 0 < int(headers["Retry-After"]) <= 6
    assert (await attempt(house.api(address="127.0.0.3"), "amelie", house.passwords["amelie"]))[0] == 200
    assert (await attempt(guesser, "sofia", house.passwords["sofia"]))[0] == 200


async def test_one_address_tries_many_names(house: House) -> None:
    guesser = house.api(address="127.0.0.2")
    results = await asyncio.gather(*(attempt(guesser, f"name{number}", "wrong") for number in range(40)))
    assert sum(status == 429 for status, _, _ in results) >= 5


async def test_the_cookie(house: House) -> None:
    status, answer, headers = await attempt(house.api(), "Amelie ", house.passwords["amelie"])
    assert status == 200
    assert answer["name"] == "amelie"
    cookie = SimpleCookie(headers["Set-Cookie"])["deskside"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Strict", "/", "")
    assert not cookie["secure"]
    assert len(cookie.value) >= 32
    assert cookie.value not in str(answer)
    async with house.services.hub.database.read() as connection:
        stored = [row.token_hash for row in await connection.execute(sign_ins.select())]
    assert ids.digest(cookie.value) in stored
    assert cookie.value.encode() not in stored


async def test_the_cookie_is_secure_where_the_base_is(start: Start) -> None:
    house = await start(base_url="https://help.acme.example")
    api = Api(f"http://127.0.0.1:{house.installation.port}", "https://help.acme.example")
    house.apis.append(api)
    status, _, headers = await attempt(api, "amelie", house.passwords["amelie"])
    assert status == 200
    assert "Secure" in headers["Set-Cookie"]


async def test_a_cookie_that_somebody_planted_is_replaced(house: House) -> None:
    api = house.api()
    api.http.cookie_jar.update_cookies({"deskside": "x" * 32})
    await api.login("amelie", house.passwords["amelie"])
    (cookie,) = [c for c in api.http.cookie_jar if c.key == "deskside" and c.value != "x" * 32]
    assert len(cookie.value) >= 32


async def test_a_disabled_user_is_out_at_once(house: House) -> None:
    _customer, agent, session = await house.live()
    second = await Socket(agent.api).open()
    began = time.monotonic()
    await house.services.identity.disable(await house.user_id("amelie"))
    await asyncio.gather(agent.until(lambda: agent.bye), second.until(lambda: second.bye))
    held("a disabled user is out after", time.monotonic() - began, "s", 1)
    assert agent.bye is not None
    assert agent.bye["code"] == "not_signed_in"
    before = (await house.services.hub.get(session)).seq
    with pytest.raises((Refused, ConnectionError)):
        await agent.do("chat.post", session, key="k", text="still here")
    found = await house.services.hub.get(session)
    assert not any(line.text == "still here" for line in found.lines)
    assert found.seq >= before
    again = await Socket(agent.api).open()
    assert again.bye is not None
    with pytest.raises(Refused, match="not_signed_in"):
        await agent.api.call("GET", "/me")


async def test_what_is_on_its_way_when_the_socket_closes_is_not_done(house: House) -> None:
    _customer, agent, session = await house.live()
    for number in range(50):
        body = {"type": "chat.post", "key": f"k{number}", "text": "late"}
        await agent.ws.send_json({"type": "command", "id": 1000 + number, "session": session, "body": body})
        agent._replies[1000 + number] = asyncio.get_running_loop().create_future()
    for client in house.services.presences.clients(await house.user_id("amelie")):
        client.close("not_signed_in")
    at_close = (await house.services.hub.get(session)).seq
    await agent.until(lambda: agent.bye)
    assert (await house.services.hub.get(session)).seq <= at_close + 2


async def test_signing_out_closes_the_sockets_of_that_sign_in_only(house: House) -> None:
    here, there = await house.staff("amelie"), await house.staff("amelie")
    tab = await Socket(here.api).open()
    await here.api.call("POST", "/logout")
    await asyncio.gather(here.until(lambda: here.bye), tab.until(lambda: tab.bye))
    await there.do("agent.state", state="ready")
    assert there.bye is None
    assert (await Socket(here.api).open()).bye is not None


async def test_a_sign_in_that_is_over_closes_its_socket(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.http.sockets.SIGN_IN_SECONDS", 0.05)
    agent = await house.staff("amelie")
    async with house.services.hub.database.begin() as unit:
        await unit.connection.execute(update(sign_ins).values(expires_at=1.0))
    await agent.until(lambda: agent.bye)
    assert agent.bye is not None
    assert agent.bye["code"] == "not_signed_in"


async def test_an_office_behind_one_address_signs_in(house: House) -> None:
    office = house.api(address="127.0.0.4")
    for _ in range(40):
        assert (await attempt(office, "amelie", house.passwords["amelie"]))[0] == 200
    guesses = [(await attempt(office, f"name{number}", "wrong"))[0] for number in range(40)]
    assert 429 in guesses, "what is wrong counts all the same"
