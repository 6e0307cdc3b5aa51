"""The view of customers' pages stands on a host of its own, which has nothing else."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.integration.conftest import House, Start


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def viewed(start: Start) -> tuple[House, str]:
    house = await start(view_listen="127.0.0.1:0")
    return house, house.installation.view_origin


async def test_the_view_and_its_policy(start: Start, http: aiohttp.ClientSession) -> None:
    house, view = await viewed(start)
    async with http.get(f"{view}/view/", headers={"Cookie": "deskside=x"}) as response:
        assert response.status == 200
        policy = {
            part.split(" ", 1)[0]: part.split(" ", 1)[1]
            for part in response.headers["Content-Security-Policy"].split("; ")
        }
        text = await response.text()
        assert "Set-Cookie" not in response.headers
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "font-src": "data: blob:",
        "media-src": "data: blob:",
        "frame-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": house.base,
    }
    assert f'data-console="{house.base}"' in text
    script = text.split('src="', 1)[1].split('"', 1)[0]
    async with http.get(view + script) as response:
        assert response.status == 200
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console",
        "/view",
        "/view/x",
        "/client",
        "/embed.js",
        "/api/v1/me",
        "/api/v1/socket",
        "/healthz",
        "/metrics",
    ],
)
async def test_the_views_host_has_nothing_else(start: Start, http: aiohttp.ClientSession, path: str) -> None:
    house, view = await viewed(start)
    async with http.get(view + path, allow_redirects=False) as response:
        assert response.status == 404
    # Whichever socket it came in by: the name decides.
    async with http.get(house.base + path, headers={"Host": view.removeprefix("http://")}) as response:
        assert response.status == 404


async def test_nothing_is_done_there(start: Start, http: aiohttp.ClientSession) -> None:
    _house, view = await viewed(start)
    for method in ("POST", "PUT", "OPTIONS"):
        async with http.request(method, f"{view}/view/") as response:
            assert response.status == 404


async def test_no_other_host_has_the_view(start: Start, http: aiohttp.ClientSession) -> None:
    house, view = await viewed(start)
    for base, host in ((house.base, None), (view, "localhost"), (view, "evil.example"), (view, "127.0.0.1:1")):
        headers = {"Host": host} if host else {}
        async with http.get(f"{base}/view/", headers=headers) as response:
            assert response.status == 404


async def test_the_console_is_told_and_may_frame_it(start: Start, http: aiohttp.ClientSession) -> None:
    house, view = await viewed(start)
    async with http.get(f"{house.base}/console") as response:
        assert f'"view": "{view}"' in await response.text()
        assert f"frame-src {view}" in response.headers["Content-Security-Policy"]
    async with http.get(f"{house.base}/join") as response:
        assert "frame-src" not in response.headers["Content-Security-Policy"]


async def test_without_one_there_is_none(house: House, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{house.base}/console") as response:
        assert '"view": null' in await response.text()
        assert "frame-src" not in response.headers["Content-Security-Policy"]
    async with http.get(f"{house.base}/view/") as response:
        assert response.status == 404


async def test_a_name_before_the_same_port(start: Start, http: aiohttp.ClientSession) -> None:
    """As behind a proxy: both names lead to one port."""
    house = await start(view_origin="https://view.example", base_url="https://support.example")
    address = f"http://127.0.0.1:{house.installation.port}"
    async with http.get(f"{address}/view/", headers={"Host": "View.Example"}) as response:
        assert response.status == 200
        assert "frame-ancestors https://support.example" in response.headers["Content-Security-Policy"]
    async with http.get(f"{address}/view/", headers={"Host": "support.example"}) as response:
        assert response.status == 404
