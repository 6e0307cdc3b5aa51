"""Who asks from where: our pages, a site's, somebody else's, a sandbox, a program."""

from typing import Any

import aiohttp
import pytest
from yarl import URL

from rs_server.demo import SITE_KEY
from tests.support.client import Api, Refused, Socket

from .conftest import ELSEWHERE, SHOP, House

OWN, NONE, NULL = "own", "", "null"
ORIGINS = [OWN, SHOP, ELSEWHERE, NULL, NONE]


def seen_from(house: House, origin: str, known: Api | None = None) -> Api:
    """A page of that origin, in the browser of `known`."""
    api = house.api(house.base if origin == OWN else origin)
    if known is not None:
        api.http.cookie_jar.update_cookies(
            {cookie.key: cookie.value for cookie in known.http.cookie_jar}, response_url=URL(house.base)
        )
        api.access = known.access
    return api


async def code(api: Api, method: str, path: str, body: Any = None) -> str:
    try:
        await api.call(method, path, body)
    except Refused as refused:
        return refused.code
    return "done"


async def test_with_a_cookie(house: House) -> None:
    agent = await house.signed_in("amelie")
    looked, changed = {}, {}
    for origin in ORIGINS:
        api = seen_from(house, origin, agent)
        looked[origin] = await code(api, "GET", "/me")
        changed[origin] = await code(api, "POST", "/sessions", {})
    foreign = "foreign_origin"
    assert looked == {OWN: "done", SHOP: foreign, ELSEWHERE: foreign, NULL: foreign, NONE: "done"}
    assert changed == {OWN: "done", SHOP: foreign, ELSEWHERE: foreign, NULL: foreign, NONE: "not_signed_in"}


async def test_a_cookie_is_nothing_on_a_route_for_sites(house: House) -> None:
    agent = await house.signed_in("amelie")
    assert await code(seen_from(house, SHOP, agent), "GET", "/files/x/content") == "not_signed_in"
    assert await code(seen_from(house, OWN, agent), "GET", "/files/x/content") == "not_found"


async def test_with_a_token(house: House) -> None:
    page, _session = await house.customer()
    got = {origin: await code(seen_from(house, origin, page.api), "POST", "/session/link") for origin in ORIGINS}
    foreign = "foreign_origin"
    assert got == {OWN: foreign, SHOP: "done", ELSEWHERE: foreign, NULL: foreign, NONE: "done"}


async def test_callbacks(house: House) -> None:
    foreign = "foreign_origin"
    page, _session = await house.customer()
    wish = {"number": "+33612345678"}
    looked, asked = {}, {}
    for origin in (OWN, ELSEWHERE, NULL, SHOP, NONE):
        looked[origin] = await code(seen_from(house, origin, page.api), "GET", "/session/callback")
        asked[origin] = await code(seen_from(house, origin, page.api), "POST", "/session/callback", wish)
    # The page that asked has nothing left to ask for.
    assert looked == {OWN: foreign, SHOP: "done", ELSEWHERE: foreign, NULL: foreign, NONE: "done"}
    assert asked == {OWN: foreign, SHOP: "done", ELSEWHERE: foreign, NULL: foreign, NONE: "session_ended"}
    agent = await house.signed_in("amelie")
    body = {"queue": "support", "number": "+33698765432"}
    made = {origin: await code(seen_from(house, origin, agent), "POST", "/callbacks", body) for origin in ORIGINS}
    assert made == {OWN: "done", SHOP: foreign, ELSEWHERE: foreign, NULL: foreign, NONE: "not_signed_in"}


async def test_a_site_runs_on_its_pages_only(house: House) -> None:
    looked, asked = {}, {}
    for origin in ORIGINS:
        api = seen_from(house, origin)
        looked[origin] = await code(api, "GET", f"/sites/{SITE_KEY}")
        asked[origin] = await code(api, "POST", f"/sites/{SITE_KEY}/sessions", {"name": "J"})
    foreign = "foreign_origin"
    assert looked == asked == {OWN: "done", SHOP: "done", ELSEWHERE: foreign, NULL: foreign, NONE: "done"}


async def test_joining_is_for_our_pages(house: House) -> None:
    got = {origin: await code(seen_from(house, origin), "POST", "/join", {"number": "1"}) for origin in ORIGINS}
    foreign = "foreign_origin"
    assert got == {OWN: "link_invalid", SHOP: foreign, ELSEWHERE: foreign, NULL: foreign, NONE: "link_invalid"}


async def test_signing_in_is_for_our_pages(house: House) -> None:
    body = {"name": "amelie", "password": house.passwords["amelie"]}
    got = {origin: await code(seen_from(house, origin), "POST", "/login", body) for origin in ORIGINS}
    foreign = "foreign_origin"
    assert got == {OWN: "done", SHOP: foreign, ELSEWHERE: foreign, NULL: foreign, NONE: "done"}


async def knock(api: Api, token: str | None) -> str:
    try:
        socket = await Socket(api, token).open()
    except aiohttp.WSServerHandshakeError as error:
        return f"http {error.status}"
    answer = socket.bye["code"] if socket.bye else "welcome"
    await socket.close()
    return str(answer)


async def test_sockets_with_a_cookie(house: House) -> None:
    agent = await house.signed_in("amelie")
    got = {origin: await knock(seen_from(house, origin, agent), None) for origin in ORIGINS}
    assert got == {
        OWN: "welcome",
        SHOP: "not_signed_in",
        ELSEWHERE: "http 403",
        NULL: "http 403",
        NONE: "not_signed_in",
    }


async def test_sockets_with_nothing(house: House) -> None:
    got = {origin: await knock(seen_from(house, origin), None) for origin in ORIGINS}
    assert got == {
        OWN: "not_signed_in",
        SHOP: "not_signed_in",
        ELSEWHERE: "http 403",
        NULL: "http 403",
        NONE: "not_signed_in",
    }


@pytest.mark.parametrize("origin", ORIGINS)
async def test_sockets_with_a_page_token(house: House, origin: str) -> None:
    api = house.api(SHOP)
    ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "J"})
    want = {OWN: "resume_refused", SHOP: "welcome", ELSEWHERE: "http 403", NULL: "http 403", NONE: "welcome"}
    assert await knock(seen_from(house, origin), ticket["token"]) == want[origin]


async def test_a_token_weighs_more_than_a_cookie(house: House) -> None:
    """An agent who tries the shop in the same browser is the customer there."""
    agent = await house.signed_in("amelie")
    api = seen_from(house, SHOP, agent)
    ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "J"})
    socket = await Socket(api, ticket["token"]).open()
    assert socket.welcome["session"] == ticket["session"]


async def test_answers_may_be_read_by_those_who_may_ask(house: House) -> None:
    for origin, shown in ((SHOP, SHOP), (house.base, None)):
        api = house.api(origin)
        url = f"{house.base}/api/v1/sites/{SITE_KEY}"
        async with api.http.get(url, headers=api.headers()) as response:
            assert response.headers.get("Access-Control-Allow-Origin") == shown
            assert "Access-Control-Allow-Credentials" not in response.headers


async def test_preflight(house: House) -> None:
    async def ask(origin: str, path: str) -> int:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        async with house.api().http.options(f"{house.base}/api/v1{path}", headers=headers) as response:
            allowed = response.headers.get("Access-Control-Allow-Origin")
            assert allowed == (origin if response.status == 204 else None)
            return response.status

    crossing = f"/sites/{SITE_KEY}/sessions"
    assert [await ask(origin, crossing) for origin in (SHOP, ELSEWHERE, "null")] == [204, 403, 403]
    assert [await ask(SHOP, path) for path in ("/login", "/join", "/sessions", "/me")] == [405] * 4


async def test_a_form_of_another_page_does_nothing(house: House) -> None:
    agent = await house.signed_in("amelie")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        headers = {**agent.headers(), "Content-Type": kind}
        async with agent.http.post(f"{house.base}/api/v1/sessions", data=b"{}", headers=headers) as response:
            assert (await response.json())["code"] == "bad_request"


async def test_a_further_tab_is_of_the_same_customer_and_origin(house: House) -> None:
    page, session = await house.customer()
    ticket = await page.api.call("POST", "/session/tab")
    assert ticket["session"] == session
    with pytest.raises(Refused, match="foreign_origin"):
        await seen_from(house, ELSEWHERE, page.api).call("POST", "/session/tab")
    with pytest.raises(Refused, match="not_signed_in"):
        await house.api(SHOP).call("POST", "/session/tab")
    tab = await Socket(house.api(SHOP), ticket["token"]).open()
    assert tab.bye is None
    [mine, other] = [one.view(session)["you"] for one in (page, tab) if await one.event("session.snapshot", session)]
    assert mine == other
    window = await Socket(house.api(), ticket["token"]).open()
    assert window.bye is not None
    assert window.bye["code"] == "resume_refused"
