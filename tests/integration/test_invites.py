"""Inviting a customer: link, number, e-mail. What is used, old or wrong tells nothing."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Iterable
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from rs_server.protocol.errors import ProtocolError
from rs_server.services.legs import Turn
from tests.support.client import Refused, Socket
from tests.support.demo import free_ports

from .conftest import House, Start, state

NUMBER = "/sessions/{}/invites"


async def outbound(house: House) -> tuple[Socket, str]:
    agent = await house.agent()
    session = (await agent.api.call("POST", "/sessions", {"queue": "billing"}))["session"]
    await agent.event("session.snapshot", session)
    return agent, session


async def invite(agent: Socket, session: str, **body: Any) -> Any:
    return await agent.api.call("POST", f"/sessions/{session}/invites", body)


async def test_by_link(house: House) -> None:
    agent, session = await outbound(house)
    made = await invite(agent, session, way="link")
    assert made["url"].startswith(f"{house.base}/j/")
    token = made["url"].rsplit("/", 1)[-1].partition("?")[0]
    assert len(token) >= 22
    info = await house.api().call("GET", f"/links/{token}")
    assert info["agent"] == "Amélie Morel"
    customer = await house.join(token)
    await agent.until(lambda: state(agent, session) == "live")
    await customer.until(lambda: state(customer, session) == "live")
    assert agent.view(session)["invites"][0]["state"] == "used"


async def test_the_relay_may_be_tried_before_joining_and_while_waiting(house: House) -> None:
    agent, session = await outbound(house)
    token = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    panel, _ = await house.customer()
    waiting = await house.join((await panel.api.call("POST", "/session/link"))["path"].rsplit("/", 1)[-1])
    assert (await house.api().call("GET", f"/links/{token}"))["ice_servers"] == []
    assert (await waiting.api.call("GET", "/session/relay"))["ice_servers"] == []
    with pytest.raises(Refused, match="not_signed_in"):
        await house.api().call("GET", "/session/relay")

    urls = ["turn:relay.example:3478"]
    house.services.calls._turn = Turn(urls, "shared secret")
    now, users = time.time(), set()
    for api, path in ((house.api(), f"/links/{token}"), (waiting.api, "/session/relay")):
        [server] = (await api.call("GET", path))["ice_servers"]
        expires, _, who = server["username"].partition(":")
        assert 0 < int(expires) - now <= Turn.SECONDS + 1
        users.add(who)
        mac = hmac.new(b"shared secret", server["username"].encode(), hashlib.sha1).digest()
        assert (server["urls"], server["credential"]) == (urls, base64.b64encode(mac).decode())
    assert len(users) == 2, "the relay's quota is a user's"


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]} {0[6]}{0[7]}{0[8]}"])
async def test_by_number(house: House, typed: str) -> None:
    agent, session = await outbound(house)
    number = (await invite(agent, session, way="number"))["number"]
    assert re.fullmatch(r"\d{9}", number)
    await house.api().call("POST", "/join", {"number": typed.format(number), "name": "J"})
    await agent.until(lambda: state(agent, session) == "live")
    with pytest.raises(Refused, match="link_invalid"):
        await house.api().call("POST", "/join", {"number": number})


@pytest.fixture
async def post_office() -> AsyncIterator[tuple[int, list[Message]]]:
    mails: list[Message] = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
            if "refused@" in str(envelope.rcpt_tos):
                return "550 no such person"
            mails.append(message_from_bytes(envelope.content))
            return "250 OK"

    port = free_ports(1)[0]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    await asyncio.to_thread(controller.start)
    yield port, mails
    await asyncio.to_thread(controller.stop)


async def test_by_mail(start: Start, post_office: tuple[int, list[Message]]) -> None:
    port, mails = post_office
    house = await start(smtp_host="127.0.0.1", smtp_port=port, smtp_sender="help@acme.example")
    agent, session = await outbound(house)
    made = await invite(
        agent, session, way="email", to="jeanne@home.example", language="fr", message="À tout de suite !\n.\nBcc: x@y.z"
    )
    assert made["invite"]["state"] == "open"
    (mail,) = mails
    assert mail["To"] == "jeanne@home.example"
    assert mail["From"] == "help@acme.example"
    assert mail["Bcc"] is None
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    text = payload.decode()
    assert "À tout de suite !" in text
    link = re.search(r"/j/([A-Za-z0-9_-]+)", text)
    assert link is not None
    await house.join(link.group(1))
    await agent.until(lambda: state(agent, session) == "live")


async def test_a_mail_that_is_not_taken(start: Start, post_office: tuple[int, list[Message]]) -> None:
    port, _mails = post_office
    house = await start(smtp_host="127.0.0.1", smtp_port=port)
    agent, session = await outbound(house)
    with pytest.raises(Refused, match="mail_failed"):
        await invite(agent, session, way="email", to="refused@home.example")
    await agent.until(lambda: agent.view(session)["invites"][0]["state"] == "failed")


async def test_without_a_post_office(start: Start) -> None:
    house = await start(smtp_host="127.0.0.1", smtp_port=free_ports(1)[0])
    agent, session = await outbound(house)
    with pytest.raises(Refused, match="mail_failed"):
        await invite(agent, session, way="email", to="jeanne@home.example")


@pytest.mark.parametrize(
    "to",
    [
        "",
        "jeanne",
        "jeanne@",
        "@home.example",
        "a@b",
        "a@b.c\nBcc: x@y.z",
        "a@b.c, d@e.f",
        "a b@c.d",
        "a@b.c\r\n",
        "<a@b.c>",
    ],
)
async def test_what_is_no_address(house: House, to: str) -> None:
    agent, session = await outbound(house)
    with pytest.raises(Refused, match="bad_request"):
        await invite(agent, session, way="email", to=to)
    assert house.services.outbox.mails == []
    assert agent.view(session)["invites"] == []


async def test_looking_uses_nothing_up(house: House) -> None:
    agent, session = await outbound(house)
    made = await invite(agent, session, way="link")
    token = made["url"].rsplit("/", 1)[-1].partition("?")[0]
    scanner = house.api("")
    for method in ("HEAD", "GET", "GET", "HEAD"):
        for path in (f"/j/{token}", f"/api/v1/links/{token}"):
            async with scanner.http.request(method, house.base + path) as response:
                assert response.status in (200, 405)
    assert agent.view(session)["invites"][0]["state"] == "open"
    await house.join(token)
    await agent.until(lambda: state(agent, session) == "live")


async def answer(house: House, method: str, path: str, body: Any = None, address: str | None = None) -> tuple[int, Any]:
    api = house.api(address=address)
    async with api.http.request(method, f"{house.base}/api/v1{path}", json=body, headers=api.headers()) as response:
        return response.status, await response.text()


async def test_nothing_is_told_of_a_link_or_number_that_does_not_open(house: House) -> None:
    agent, session = await outbound(house)
    links, numbers = {"unknown": "x" * 32}, {"unknown": "000000000"}
    for why in ("revoked", "expired", "used"):
        for way, found in (("link", links), ("number", numbers)):
            made = await invite(agent, session, way=way)
            found[why] = made["number"] or made["url"].rsplit("/", 1)[-1].partition("?")[0]
            if why == "revoked":
                await agent.api.call("DELETE", f"/sessions/{session}/invites/{made['invite']['id']}")
            if why == "expired":
                await expire(house, made["invite"]["id"])
    links["another"] = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    await house.join(links["used"], address="127.0.0.77")
    numbers["another"] = numbers.pop("used")
    said = {
        (why, kind): await answer(house, "POST", "/join", {kind: secret}, f"127.0.0.{index + 10 * len(kind)}")
        for kind, secrets in (("link", links), ("number", numbers))
        for index, (why, secret) in enumerate(secrets.items())
    }
    assert len({*said.values()}) == 1, said
    assert next(iter(said.values()))[0] == 404
    looked = {why: await answer(house, "GET", f"/links/{token}") for why, token in links.items()}
    assert len({*looked.values()}) == 1, looked


async def expire(house: House, entry: str) -> None:
    from sqlalchemy import update

    from rs_server.store.tables import invites

    async with house.services.hub.database.begin() as unit:
        await unit.connection.execute(update(invites).where(invites.c.id == entry).values(expires_at=1.0))


async def test_guesses_are_slowed_down_and_a_real_customer_still_joins(house: House) -> None:
    agent, session = await outbound(house)
    number = (await invite(agent, session, way="number"))["number"]
    guesser = house.api(address="127.0.0.2")
    said: list[int] = []
    for guess in range(200):
        body = {"number": f"{(int(number) + 1 + guess) % 10**9:09d}"}
        async with guesser.http.post(f"{house.base}/api/v1/join", json=body, headers=guesser.headers()) as response:
            said.append(response.status)
            if response.status == 429:
                assert int(response.headers["Retry-After"]) > 0
    assert said[:10] == [404] * 10
    assert said.count(404) < 13
    async with guesser.http.post(
        f"{house.base}/api/v1/join", json={"number": number}, headers=guesser.headers()
    ) as response:
        assert response.status == 429, "the right one waits as well"
    await house.api(address="127.0.0.3").call("POST", "/join", {"number": number, "name": "J"})
    await agent.until(lambda: state(agent, session) == "live")


async def test_many_guessers_do_not_lock_a_real_customer_out(house: House) -> None:
    agent, session = await outbound(house)
    number = (await invite(agent, session, way="number"))["number"]
    endpoints = house.services.endpoints
    refused = 0
    for attempt in range(10_000):
        try:
            endpoints.throttle(f"198.51.100.{attempt % 100}")
        except Exception:
            refused += 1
    assert refused > 9_000
    await house.api(address="127.0.0.3").call("POST", "/join", {"number": number, "name": "J"})
    await agent.until(lambda: state(agent, session) == "live")


async def test_a_link_of_ones_own_buys_no_guesses(house: House) -> None:
    agent, session = await outbound(house)
    token = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    guesser = house.api(address="127.0.0.2")
    said = []
    for guess in range(40):
        async with guesser.http.get(f"{house.base}/api/v1/links/{token}", headers=guesser.headers()):
            pass
        body = {"number": f"{guess:09d}"}
        async with guesser.http.post(f"{house.base}/api/v1/join", json=body, headers=guesser.headers()) as response:
            said.append(response.status)
    assert said.count(404) <= 12


async def test_a_second_customer_does_not_get_in(house: House) -> None:
    agent, session = await outbound(house)
    one = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    two = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    results = await asyncio.gather(house.join(one), house.join(two), return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 1
    with pytest.raises(Refused, match="conflict"):
        await invite(agent, session, way="link")


async def test_one_link_many_at_once(house: House) -> None:
    agent, session = await outbound(house)
    token = (await invite(agent, session, way="link"))["url"].rsplit("/", 1)[-1].partition("?")[0]
    results = await asyncio.gather(*(house.join(token) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, Socket) for result in results) == 1
    await agent.until(lambda: state(agent, session) == "live")


async def test_a_number_and_a_link_or_neither(house: House) -> None:
    for body in ({}, {"number": "1", "link": "x" * 32}):
        with pytest.raises(Refused, match="bad_request"):
            await house.api().call("POST", "/join", body)


def tries(house: House, addresses: Iterable[str]) -> int:
    """How many of these tries are let through, one after the other, at one instant."""
    passed = 0
    for address in addresses:
        with contextlib.suppress(ProtocolError):
            house.services.endpoints.throttle(address)
            passed += 1
    return passed


async def test_a_network_of_many_networks_is_one_guesser(house: House) -> None:
    assert tries(house, (f"2001:db8:1:{number:x}::1" for number in range(5000))) <= 45
    assert tries(house, ["2001:db8:2::1", "198.51.100.7"]) == 2


async def test_there_is_a_bound_for_all_together(house: House) -> None:
    assert tries(house, (f"2001:db8:{number:x}::1" for number in range(20_000))) <= 3100
