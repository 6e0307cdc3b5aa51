"""Native clients: how they come in, whose they are, and what is left of them when they are gone."""

import asyncio
import secrets
from typing import Any

import pytest
from sqlalchemy import update

from rs_server.services.endpoints import NUMBER_SECONDS
from rs_server.store import tables
from tests.support import native
from tests.support.client import Refused, Socket

from .conftest import SHOP, House, Start, me, state
from .test_page_control import grant_of


def presence(socket: Socket, session: str, participant: str) -> Any:
    found = [p for p in socket.view(session)["presence"] if p["participant"] == participant]
    return found[0]["native"] if found else None


async def link_refused(house: House, address: str = "127.0.0.9", **body: Any) -> None:
    with pytest.raises(Refused) as caught:
        await house.api("", address).call("POST", "/join", body)
    assert caught.value.error == {"code": "link_invalid", "message": "link_invalid", "field": None, "retry_after": None}


async def allow(client: Socket, agent: Socket, session: str, *capabilities: str) -> None:
    """The agent asks, the client says yes."""
    for capability in capabilities:
        await agent.do("grant.ask", session, capability=capability)
        question = await grant_of(client, session, capability, "asked")
        await client.do("grant.answer", session, grant=question["id"], allow=True)
        await grant_of(agent, session, capability, "granted")


# --- coming in ---


@pytest.mark.parametrize("way", ["link", "number"])
async def test_the_customers_own_client(house: House, way: str) -> None:
    customer, agent, session = await house.live()
    made = await customer.api.call("POST", "/session/client")
    assert len(made["number"]) == 9
    assert made["expires_at"] == pytest.approx(house.services.clock.now() + NUMBER_SECONDS, abs=30)
    link, number = native.secret(made, "link")["link"], made["number"]
    api = house.api("")
    about = await api.call("GET", f"/links/{link}")
    assert (about["purpose"], about["company"], about["agent"]) == ("client", "Acme Tools", "Amélie Morel")
    await link_refused(house, link=link)
    await link_refused(house, number=number)
    client = await native.join(api, **native.secret(made, way))
    assert me(client, session) == me(customer, session), "one person, two programs"
    for secret in ({"link": link}, {"number": number}):
        await link_refused(house, **secret, native=True)
    with pytest.raises(Refused, match="link_invalid"):
        await api.call("GET", f"/links/{link}")
    await agent.until(lambda: presence(agent, session, me(customer, session)))
    assert presence(agent, session, me(customer, session)) == native.program()
    await customer.until(lambda: presence(customer, session, me(customer, session)))
    await client.close()
    await agent.until(lambda: presence(agent, session, me(customer, session)) is None)


async def test_asking_again_makes_what_was_made_before_useless(house: House) -> None:
    customer, _session = await house.customer()
    first = await customer.api.call("POST", "/session/client")
    second = await customer.api.call("POST", "/session/client")
    for way in ("link", "number"):
        await link_refused(house, **native.secret(first, way), native=True)
    await native.join(house.api(""), **native.secret(second, "number"))


@pytest.mark.parametrize("way", ["link", "number"])
async def test_an_invited_customer_without_any_window(house: House, way: str) -> None:
    agent = await house.agent()
    session, _ = await house.outbound(agent)
    made = await agent.api.call("POST", f"/sessions/{session}/invites", {"way": way})
    link = (made["url"] or "").rpartition("/")[2].partition("?")[0]
    secret = {"link": link} if way == "link" else {"number": made["number"]}
    client = await native.join(house.api(""), **secret)
    await agent.until(lambda: state(agent, session) == "live")
    await allow(client, agent, session, "desktop_view")


async def test_a_windows_link_lets_no_client_in(house: House) -> None:
    customer, _session = await house.customer()
    path = (await customer.api.call("POST", "/session/link"))["path"]
    link = path.rpartition("/")[2]
    await link_refused(house, link=link, native=True)
    await house.join(link)


async def test_guessing_numbers_is_slowed_down(house: House) -> None:
    customer, _session = await house.customer()
    made = await customer.api.call("POST", "/session/client")
    guesser = house.api("", "127.0.0.66")
    codes = []
    for number in range(40):
        with pytest.raises(Refused) as caught:
            await guesser.call("POST", "/join", {"number": f"{number:09d}", "native": True})
        codes.append(caught.value.code)
    assert codes[:10] == ["link_invalid"] * 10
    assert set(codes[10:]) == {"throttled"}
    with pytest.raises(Refused, match="throttled"):
        await guesser.call("POST", "/join", {**native.secret(made, "number"), "native": True})
    await native.join(house.api("", "127.0.0.67"), **native.secret(made, "number"))


async def test_links_are_not_made_without_end(house: House) -> None:
    customer, _session = await house.customer()
    codes = set()
    for _ in range(15):
        try:
            await customer.api.call("POST", "/session/client")
        except Refused as refused:
            codes.add(refused.code)
    assert codes == {"throttled"}


async def test_another_tenants_link_opens_nothing(start: Start) -> None:
    house = await start()
    customer, session = await house.customer()
    made = await customer.api.call("POST", "/session/client")
    async with house.services.hub.database.begin() as unit:
        await unit.connection.execute(update(tables.sessions).values(tenant="other"))
    await house.stop()
    await house.begin()
    for way in ("link", "number"):
        await link_refused(house, **native.secret(made, way), native=True)
    with pytest.raises(Refused, match="link_invalid"):
        await house.api("").call("GET", f"/links/{native.secret(made, 'link')['link']}")
    assert session


async def test_after_the_end_nothing_opens(house: House) -> None:
    customer, agent, session = await house.live()
    made = await customer.api.call("POST", "/session/client")
    client = await native.client_of(customer, house.api(""))
    made = await customer.api.call("POST", "/session/client")
    await agent.do("session.end", session)
    await link_refused(house, **native.secret(made, "link"), native=True)
    with pytest.raises(Refused, match="session_ended"):
        await customer.api.call("POST", "/session/client")
    await client.until(lambda: state(client, session) == "ended")
    # It may still have something to say.
    again = await native.back(client)
    await again.until(lambda: state(again, session) == "ended")
    with pytest.raises(Refused, match="session_ended"):
        await again.do("grant.give", session, capability="desktop_view")
    await again.do("session.report", session)
    assert house.services.reports.count == 1


# --- the endpoint ---


async def ticket(house: House, customer: Socket) -> str:
    made = await customer.api.call("POST", "/session/client")
    answer = await house.api("").call("POST", "/join", {**native.secret(made, "link"), "native": True})
    return str(answer["token"])


async def test_a_clients_token_is_good_for_a_client_on_its_device_alone(house: House) -> None:
    customer, _session = await house.customer()
    token, device = await ticket(house, customer), secrets.token_urlsafe(16)

    async def refused(origin: str = "", **hello: Any) -> str:
        socket = await Socket(house.api(origin), token, **hello).open()
        assert socket.bye is not None
        return str(socket.bye["code"])

    assert await refused() == "not_allowed"
    assert await refused(native=native.program()) == "bad_request"
    assert await refused(SHOP, native=native.program(), device=device) == "resume_refused"
    client = await native.come(house.api(""), token, device)
    token = client.welcome["resume"]
    assert await refused(native=native.program(), device=secrets.token_urlsafe(16)) == "resume_refused"
    assert await refused(device=device) == "not_allowed"
    again = await native.back(client)
    assert again.welcome["resume"] not in (None, token)
    # The one before the last was stolen: it is good no more.
    token = client.token or ""
    assert await refused(native=native.program(), device=device) == "resume_refused"


async def test_a_window_is_no_client(house: House) -> None:
    customer, session = await house.customer()
    token = customer.welcome["resume"]
    again = await Socket(customer.api, token, native=native.program(), device=secrets.token_urlsafe(16)).open()
    assert again.bye is not None
    assert again.bye["code"] == "not_allowed"
    window = await Socket(customer.api, token).open()
    with pytest.raises(Refused, match="not_allowed"):
        await window.do("desktop.share", session, picture=None)


async def test_the_later_client_takes_the_place_of_the_former(house: House) -> None:
    customer, agent, session = await house.live()
    first = await native.client_of(customer, house.api(""))
    await allow(first, agent, session, "desktop_view", "desktop_control", "files_read")
    second = await native.client_of(customer, house.api(""), "desktop")
    await first.until(lambda: first.bye)
    assert first.bye is not None
    assert first.bye["code"] == "not_allowed"
    for capability in ("desktop_view", "desktop_control", "files_read"):
        await grant_of(agent, session, capability, "ended")
    await agent.until(lambda: presence(agent, session, me(customer, session)) == native.program("desktop"))
    with pytest.raises(Refused, match="not_allowed"):
        await agent.do("grant.ask", session, capability="files_read")
    await agent.do("grant.ask", session, capability="desktop_view")
    question = await grant_of(second, session, "desktop_view", "asked")
    await second.do("grant.answer", session, grant=question["id"], allow=True)


# --- consent ---


async def test_a_question_waits_for_the_client_and_only_it_says_yes(house: House) -> None:
    customer, agent, session = await house.live()
    await agent.do("grant.ask", session, capability="application_view")
    question = await grant_of(customer, session, "application_view", "asked")
    assert question["expires_at"] - question["asked_at"] == 600
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("grant.answer", session, grant=question["id"], allow=True)
    with pytest.raises(Refused, match="not_allowed"):
        await customer.do("grant.give", session, capability="application_view")
    weak = await native.client_of(customer, house.api(""), "desktop")
    with pytest.raises(Refused, match="not_allowed"):
        await weak.do("grant.answer", session, grant=question["id"], allow=True)
    client = await native.client_of(customer, house.api(""))
    await client.do("grant.answer", session, grant=question["id"], allow=True)
    granted = await grant_of(agent, session, "application_view", "granted")
    assert granted["endpoint"]
    await customer.do("grant.withdraw", session, capability="application_view")
    await grant_of(client, session, "application_view", "withdrawn")
    await agent.do("grant.ask", session, capability="application_view")
    question = await grant_of(customer, session, "application_view", "asked")
    assert question["expires_at"] - question["asked_at"] == 90
    await customer.do("grant.answer", session, grant=question["id"], allow=False)
    await grant_of(agent, session, "application_view", "refused")


async def test_back_within_the_grace_nothing_is_asked_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, agent, session = await house.live()
    client = await native.client_of(customer, house.api(""))
    await allow(client, agent, session, "desktop_view", "desktop_control")
    await client.close()
    await agent.until(lambda: presence(agent, session, me(customer, session)) is None)
    client = await native.back(client)
    await client.event("session.snapshot", session)
    assert {g["state"] for g in client.view(session)["grants"] if g["capability"].startswith("desktop")} == {"granted"}
    monkeypatch.setattr("rs_server.services.natives.AWAY_SECONDS", 0.05)
    await client.close()
    for capability in ("desktop_view", "desktop_control"):
        await grant_of(agent, session, capability, "ended")


async def test_over_a_restart_of_the_server(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    house = await start()
    customer, agent, session = await house.live()
    client = await native.client_of(customer, house.api(""))
    await allow(client, agent, session, "desktop_view")
    await house.stop()
    await house.begin()
    client.api.base = house.base
    client = await native.back(client)
    await client.event("session.snapshot", session)
    await client.do("desktop.share", session, picture=native.picture())
    await client.close()
    await house.stop()
    monkeypatch.setattr("rs_server.services.natives.AWAY_SECONDS", 0.05)
    await house.begin()
    async with asyncio.timeout(30):
        while any(g.capability == "desktop_view" for g in (await house.services.hub.get(session)).live_grants()):
            await asyncio.sleep(0.01)


# --- an agent's own ---


async def own(house: House, agent: Socket, session: str, *can: str, way: str = "number") -> Socket:
    made = await agent.api.call("POST", f"/sessions/{session}/client")
    return await native.join(house.api(""), *can, **native.secret(made, way))


async def test_an_agents_client_shows_and_does_nothing_else(house: House) -> None:
    customer, agent, session = await house.live()
    made = await agent.api.call("POST", f"/sessions/{session}/client")
    about = await house.api("").call("GET", f"/links/{native.secret(made, 'link')['link']}")
    assert (about["purpose"], about["agent"]) == ("agent_client", "Amélie Morel")
    client = await native.join(house.api(""), **native.secret(made, "link"))
    mine = me(agent, session)
    assert me(client, session) == mine
    await link_refused(house, **native.secret(made, "number"), native=True)
    await agent.until(lambda: presence(agent, session, mine))
    assert not [p for p in customer.view(session)["presence"] if p["native"]]
    late = await Socket(customer.api, customer.welcome["resume"]).open()
    snapshot = await late.event("session.snapshot", session)
    assert not [p for p in snapshot["presence"] if p["native"]]
    assert not client.bodies("desk.snapshot")

    for kind, body in (
        ("chat.post", {"key": "k", "text": "hello"}),
        ("note.save", {"text": "n", "version": 0}),
        ("session.end", {}),
        ("grant.ask", {"capability": "desktop_view"}),
        ("agent.state", {"state": "ready"}),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            await client.do(kind, session, **body)
    for path in ("/me", "/sessions", f"/sessions/{session}"):
        with pytest.raises(Refused, match="not_allowed"):
            await client.api.call("GET", path)

    await client.do("grant.give", session, capability="desktop_view")
    await client.do("grant.give", session, capability="desktop_control")
    await grant_of(customer, session, "desktop_control", "granted")
    with pytest.raises(Refused, match="not_allowed"):
        await agent.do("grant.give", session, capability="desktop_view")
    await agent.do("grant.withdraw", session, capability="desktop_control")
    await grant_of(client, session, "desktop_control", "withdrawn")


async def test_an_agents_client_is_no_agent_for_the_queue(house: House) -> None:
    customer, agent, session = await house.live()
    client = await own(house, agent, session)
    user = await house.user_id("amelie")
    assert house.services.presences.online(user)
    await agent.close()
    async with asyncio.timeout(30):
        while house.services.presences.online(user):
            await asyncio.sleep(0.01)
    assert client.bye is None
    assert customer.bye is None


async def test_it_ends_with_the_sign_in(house: House) -> None:
    _customer, agent, session = await house.live()
    client = await own(house, agent, session)
    unused = await agent.api.call("POST", f"/sessions/{session}/client")
    other = await house.staff("amelie")
    await agent.api.call("POST", "/logout")
    await client.until(lambda: client.bye)
    assert client.bye is not None
    assert client.bye["code"] == "not_signed_in"
    again = await native.back(client)
    assert again.bye is not None
    assert again.bye["code"] == "not_signed_in"
    await link_refused(house, **native.secret(unused, "number"), native=True)
    assert other.bye is None, "another sign-in is another"


async def test_it_ends_with_the_agents_part(house: House) -> None:
    customer, agent, session = await house.live()
    client = await own(house, agent, session)
    await client.do("grant.give", session, capability="desktop_view")
    await agent.do("session.end", session)
    await client.until(lambda: client.bye)
    assert client.bye is not None
    assert client.bye["code"] == "session_ended"
    await grant_of(customer, session, "desktop_view", "ended")


async def test_only_in_a_session_of_ones_own(house: House) -> None:
    _customer, _agent, session = await house.live()
    sofia = await house.agent("sofia")
    with pytest.raises(Refused, match="not_found"):
        await sofia.api.call("POST", f"/sessions/{session}/client")
    other, _ = await house.outbound(sofia)
    client = await own(house, sofia, other)
    with pytest.raises(Refused, match="not_found"):
        await client.do("grant.give", session, capability="desktop_view")
    with pytest.raises(Refused, match="not_found"):
        await client.do("desktop.share", session, picture=native.picture())
