"""What pages are made of: fetched from listed hosts or sent by the page, kept with the session, shown to staff."""

import asyncio
import gzip
import hashlib
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace

from rs_server.core.permissions import Profile
from rs_server.demo import SITE_KEY
from rs_server.http import page_assets as http
from rs_server.services import page_assets
from tests.support.client import Api, Refused, Socket

from .conftest import ELSEWHERE, SHOP, House, Start

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
FONT = b"wOF2" + bytes(50)
CSS = b"@font-face { font-family: A; src: url(a.woff2) }"
CANARY = "CANARY-5f2b8c"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Cdn:
    """Another origin, which lets no script read what it has."""

    def __init__(self) -> None:
        self.base = ""
        self.asked: list[str] = []
        self.has = {"/a.png": (PNG, "image/png"), "/a.css": (CSS, "text/css"), "/a.html": (b"<html>", "text/html")}

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        body, kind = self.has.get(request.path, (b"", "text/plain"))
        return web.Response(body=body, content_type=kind, status=200 if body else 404)


@pytest.fixture
async def cdn() -> AsyncIterator[Cdn]:
    made = Cdn()
    app = web.Application()
    app.router.add_get("/{rest:.*}", made.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    made.base = f"http://127.0.0.1:{server.port}"
    yield made
    await server.close()


class Scene:
    def __init__(self, house: House, customer: Socket, agent: Socket, session: str) -> None:
        self.house, self.customer, self.agent, self.session = house, customer, agent, session

    @property
    def page(self) -> Api:
        return self.customer.api

    async def fetch(self, *urls: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.page.call("POST", "/page/assets", {"urls": urls}))["assets"]
        return found

    async def put(self, data: bytes, kind: str, digest: str = "", **headers: str) -> tuple[int, str]:
        """Status and code."""
        async with self.page.http.put(
            f"{self.house.base}/api/v1/page/assets/{digest or sha(data)}",
            data=io.BytesIO(data),
            headers={**self.page.headers(), "Content-Type": kind, **headers},
        ) as response:
            return response.status, "" if response.status == 204 else (await response.json())["code"]

    async def get(self, api: Api, digest: str, session: str = "") -> tuple[int, bytes, Any]:
        url = f"{self.house.base}/api/v1/sessions/{session or self.session}/page/assets/{digest}"
        async with api.http.get(url) as response:
            return response.status, await response.read(), response.headers


async def site_of(house: House, **changes: Any) -> None:
    identity = house.services.identity
    await identity.put_site(replace(identity.site(SITE_KEY), **changes))


@pytest.fixture
async def scene(start: Start, cdn: Cdn) -> Scene:
    """A live session whose agent sees the page."""
    house = await start(assets_from_loopback=True)
    await site_of(house, asset_hosts=(cdn.base.removeprefix("http://"),), canaries=(CANARY,))
    customer, agent, session = await house.live()
    await customer.do("grant.give", session, capability="page_view")
    return Scene(house, customer, agent, session)


async def test_fetched_kept_and_shown(scene: Scene, cdn: Cdn) -> None:
    picture, sheet, page, gone = await scene.fetch(
        *(f"{cdn.base}/{name}" for name in ("a.png", "a.css", "a.html", "x"))
    )
    assert picture == {
        "url": f"{cdn.base}/a.png",
        "hash": sha(PNG),
        "mime": "image/png",
        "size": len(PNG),
        "text": None,
    }
    assert (sheet["hash"], sheet["mime"], sheet["text"]) == (sha(CSS), "text/css", CSS.decode())
    assert page["hash"] is None
    assert gone["hash"] is None
    status, data, headers = await scene.get(scene.agent.api, sha(PNG))
    assert (status, data) == (200, PNG)
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"].startswith("private")
    assert headers["Content-Disposition"] == "attachment"


async def test_an_address_is_asked_once_a_session(scene: Scene, cdn: Cdn) -> None:
    for _ in range(2):
        (sheet,) = await scene.fetch(f"{cdn.base}/a.css")
        assert sheet["text"] == CSS.decode()
    twice = await scene.fetch(f"{cdn.base}/a.png", f"{cdn.base}/a.png")
    assert [each["hash"] for each in twice] == [sha(PNG)], "and told once"
    assert cdn.asked == ["/a.css", "/a.png"]


async def test_a_stylesheet_is_told_once_and_no_more_than_fits(
    scene: Scene, cdn: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = CSS + b" b { color: red }"
    cdn.has |= {"/same.css": (CSS, "text/css"), "/other.css": (other, "text/css")}
    urls = [f"{cdn.base}/{name}.css" for name in ("a", "same", "other")]
    first, same, second = await scene.fetch(*urls)
    assert (first["text"], same["text"], second["text"]) == (CSS.decode(), None, other.decode())
    assert first["hash"] == same["hash"]
    monkeypatch.setattr(page_assets, "MOST_TEXT", len(CSS) + 1)
    first, same, second = await scene.fetch(*urls)
    assert (first["text"], same["hash"], second["hash"]) == (CSS.decode(), sha(CSS), None)


async def test_few_bodies_are_held_at_a_time_and_not_for_long(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.http.page_assets.WHOLE_SECONDS", 0.5)
    held = most = 0
    whole = http._whole

    async def counted(content: Any) -> bytes:
        nonlocal held, most
        held += 1
        most = max(most, held)
        try:
            return await whole(content)
        finally:
            held -= 1

    monkeypatch.setattr(http, "_whole", counted)

    async def slow() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.05)

    async def put() -> int:
        url = f"{scene.house.base}/api/v1/page/assets/{sha(PNG)}"
        headers = {**scene.page.headers(), "Content-Type": "image/png"}
        async with scene.page.http.put(url, data=slow(), headers=headers) as response:
            return response.status

    async with asyncio.timeout(20):
        assert set(await asyncio.gather(*(put() for _ in range(3 * page_assets.PUTS_AT_ONCE)))) == {400}
    assert most == page_assets.PUTS_AT_ONCE
    assert await scene.put(PNG, "image/png") == (204, "")


async def test_a_host_that_is_not_listed_is_never_asked(scene: Scene, cdn: Cdn) -> None:
    await site_of(scene.house, asset_hosts=("cdn.example",))
    (found,) = await scene.fetch(f"{cdn.base}/a.png")
    assert found["hash"] is None
    assert cdn.asked == []


async def test_without_leave_nothing_of_this_machine(start: Start, cdn: Cdn) -> None:
    house = await start()
    await site_of(house, asset_hosts=(cdn.base.removeprefix("http://"),))
    customer, _agent, session = await house.live()
    await customer.do("grant.give", session, capability="page_view")
    answer = await customer.api.call("POST", "/page/assets", {"urls": [f"{cdn.base}/a.png"]})
    assert answer["assets"][0]["hash"] is None
    assert cdn.asked == []


async def test_sent_by_the_page(scene: Scene) -> None:
    for data, kind in ((PNG, "image/png"), (FONT, "font/woff2"), (FONT, "font/whatever")):
        assert await scene.put(data, kind) == (204, "")
    asked = {"hashes": [sha(b"other"), sha(FONT), sha(PNG)]}
    assert (await scene.page.call("POST", "/page/assets/known", asked))["known"] == [sha(FONT), sha(PNG)]
    status, data, headers = await scene.get(scene.agent.api, sha(FONT))
    assert (status, data, headers["Content-Type"]) == (200, FONT, "font/woff2")


@pytest.mark.parametrize(
    ("data", "kind", "digest", "said"),
    [
        (PNG, "image/png", sha(FONT), (422, "file_digest")),
        (PNG, "image/png", "x" * 64, (404, "not_found")),
        (PNG, "image/png", sha(PNG).upper(), (404, "not_found")),
        (CSS, "text/css", "", (422, "invalid")),
        (PNG, "font/woff2", "", (422, "invalid")),
        (FONT, "image/png", "", (422, "invalid")),
        (b"<!doctype html>", "image/svg+xml", "", (422, "invalid")),
        (b"", "image/png", "", (422, "invalid")),
        (PNG + bytes(6 << 20), "image/png", "", (413, "too_large")),
        (FONT + bytes(3 << 20), "font/woff2", "", (413, "too_large")),
        (f"<svg>{CANARY}</svg>".encode(), "image/svg+xml", "", (403, "not_allowed")),
    ],
)
async def test_what_is_not_taken(scene: Scene, data: bytes, kind: str, digest: str, said: tuple[int, str]) -> None:
    assert await scene.put(data, kind, digest) == said
    status, _, _ = await scene.get(scene.agent.api, sha(data))
    assert status == 404


async def test_a_bomb_sent_by_the_page(scene: Scene) -> None:
    bomb = gzip.compress(PNG + bytes(200 << 20), compresslevel=9)
    status, code = await scene.put(bomb, "image/png", sha(bomb), **{"Content-Encoding": "gzip"})
    assert (status, code) in ((413, "too_large"), (400, "bad_request"))


async def test_a_canary_in_an_asset_is_told_and_the_asset_not_kept(scene: Scene, cdn: Cdn) -> None:
    told: list[str] = []
    scene.house.services.page_assets.on_canary(lambda session: told.append(session.info.id))
    cdn.has["/leak.css"] = (f"a::after {{ content: '{CANARY}' }}".encode(), "text/css")
    (found,) = await scene.fetch(f"{cdn.base}/leak.css")
    assert found["hash"] is None
    assert told == [scene.session]


async def test_after_an_alarm_none_are_taken(scene: Scene) -> None:
    await scene.agent.do("grant.ask", scene.session, capability="page_control")
    leak = f"<svg>{CANARY}</svg>".encode()
    assert await scene.put(leak, "image/svg+xml") == (403, "not_allowed")
    control = await scene.customer.until(
        lambda: next(
            (
                grant
                for grant in scene.customer.view(scene.session)["grants"]
                if (grant["capability"], grant["state"]) == ("page_control", "cancelled")
            ),
            None,
        )
    )
    with pytest.raises(Refused, match="conflict"):
        await scene.customer.do("grant.answer", scene.session, grant=control["id"], allow=True)
    assert await scene.put(PNG, "image/png") == (403, "no_consent")


async def test_only_while_somebody_sees_the_page(scene: Scene, cdn: Cdn) -> None:
    await scene.fetch(f"{cdn.base}/a.png")
    await scene.customer.do("grant.withdraw", scene.session, capability="page_view")
    with pytest.raises(Refused) as refused:
        await scene.fetch(f"{cdn.base}/a.css")
    assert refused.value.code == "no_consent"
    assert await scene.put(FONT, "font/woff2") == (403, "no_consent")
    assert (await scene.get(scene.agent.api, sha(PNG)))[0] == 404
    await scene.customer.do("session.leave", scene.session)
    assert await scene.put(FONT, "font/woff2") in ((409, "session_ended"), (401, "not_signed_in"))
    assert cdn.asked == ["/a.png"]


async def test_a_replay_has_them_when_their_origin_is_gone(scene: Scene, cdn: Cdn) -> None:
    await scene.fetch(f"{cdn.base}/a.png")
    cdn.has.clear()
    await scene.agent.do("session.end", scene.session)
    await scene.house.stop()
    await scene.house.begin()
    assert (await scene.get(await scene.house.signed_in("otto"), sha(PNG)))[:2] == (200, PNG)


async def test_staff_beside_the_session(scene: Scene) -> None:
    await scene.put(PNG, "image/png")
    for name, status in (("otto", 200), ("ada", 200), ("sofia", 404), ("sam", 404)):
        assert (await scene.get(await scene.house.signed_in(name), sha(PNG)))[0] == status, name
    assert (await scene.get(scene.house.api(), sha(PNG)))[0] == 401
    await scene.house.hire("mona", Profile.MANAGER)
    assert (await scene.get(await scene.house.signed_in("mona"), sha(PNG)))[0] == 404


async def test_an_asset_of_another_session(scene: Scene) -> None:
    await scene.put(PNG, "image/png")
    other, session = await scene.house.customer("Karl")
    await other.event("session.snapshot", session)
    auditor = await scene.house.signed_in("otto")
    assert (await scene.get(auditor, sha(PNG), session))[0] == 404
    assert (await scene.get(auditor, sha(PNG)))[0] == 200
    with pytest.raises(Refused) as refused:
        await other.api.call("POST", "/page/assets/known", {"hashes": [sha(PNG)]})
    assert refused.value.code == "no_consent"


async def test_two_sessions_keep_the_same_picture_once(scene: Scene) -> None:
    await scene.put(PNG, "image/png")
    customer, agent, session = await scene.house.live(await scene.house.agent("sofia"))
    await customer.do("grant.give", session, capability="page_view")
    second = Scene(scene.house, customer, agent, session)
    assert (await customer.api.call("POST", "/page/assets/known", {"hashes": [sha(PNG)]}))["known"] == []
    assert await second.put(PNG, "image/png") == (204, "")
    assert (await second.get(agent.api, sha(PNG)))[:2] == (200, PNG)
    blobs = scene.house.config.data / "blobs" / "page_assets"
    assert [path.name for path in blobs.iterdir()] == [sha(PNG)]


async def test_a_server_that_died_while_it_wrote(scene: Scene) -> None:
    half = scene.house.config.data / "blobs" / "page_assets" / sha(PNG)
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(PNG[:10])
    assert await scene.put(PNG, "image/png") == (204, "")
    assert (await scene.get(scene.agent.api, sha(PNG)))[1] == PNG


@pytest.mark.parametrize("limit", ["MOST_ASSETS", "MOST_BYTES"])
async def test_a_session_has_its_share(scene: Scene, cdn: Cdn, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    monkeypatch.setattr(page_assets, limit, {"MOST_ASSETS": 1, "MOST_BYTES": len(PNG) + 10}[limit])
    assert await scene.put(PNG, "image/png") == (204, "")
    assert await scene.put(FONT, "font/woff2") == (413, "too_large")
    assert await scene.put(PNG, "image/png") == (204, "")
    (found,) = await scene.fetch(f"{cdn.base}/a.css")
    assert found["hash"] is None


async def test_a_flood_is_slowed(scene: Scene) -> None:
    async def many() -> None:
        for _ in range(200):
            await scene.fetch()

    with pytest.raises(Refused) as refused:
        await many()
    assert refused.value.code == "throttled"


async def test_pages_of_sites_may_ask_and_others_not(scene: Scene) -> None:
    url = f"{scene.house.base}/api/v1/page/assets/{sha(PNG)}"
    async with scene.page.http.options(
        url, headers={"Origin": SHOP, "Access-Control-Request-Method": "PUT"}
    ) as response:
        assert response.headers["Access-Control-Allow-Origin"] == SHOP
        assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    scene.page.origin = ELSEWHERE
    assert await scene.put(PNG, "image/png") == (403, "foreign_origin")


@pytest.mark.parametrize(
    "body", [{"urls": ["x"] * 51}, {"urls": ["x" * 4001]}, {"urls": [""]}, {"urls": [1]}, {}, {"urls": [], "more": 1}]
)
async def test_shapes(scene: Scene, body: Any) -> None:
    with pytest.raises(Refused) as refused:
        await scene.page.call("POST", "/page/assets", body)
    assert refused.value.code == "bad_request"
