"""Fetching from a company's hosts: nothing that is not listed, nothing that is not public, nothing too large."""

import gzip
import socket
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from rs_server.core.sniff import LIMITS
from rs_server.services.page_fetch import MOST_REDIRECTS, Fetcher, is_public

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
CSS = b"body { color: red }"


class Names(AbstractResolver):
    """Answers one after the other; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in found
        ]

    async def close(self) -> None:
        return None


class Origin:
    """A server on loopback that counts what is asked of it."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.answer: Callable[[web.Request], web.StreamResponse] = lambda _: web.Response(body=PNG)

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/{rest:.*}", self._handle)
        self.server = TestServer(app, host="127.0.0.1")
        await self.server.start_server()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return self.answer(request)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"


@pytest.fixture
async def origin() -> AsyncIterator[Origin]:
    made = Origin()
    await made.start()
    yield made
    await made.server.close()


Make = Callable[..., Any]


@pytest.fixture
async def fetcher() -> AsyncIterator[Make]:
    made: list[Fetcher] = []

    async def make(*, loopback: bool = True, resolver: Names | None = None) -> Fetcher:
        made.append(Fetcher(loopback=loopback, resolver=resolver))
        await made[-1].start()
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def test_a_picture_without_cookies_or_where_it_is_shown(origin: Origin, fetcher: Make) -> None:
    def answer(request: web.Request) -> web.Response:
        response = web.Response(body=PNG, content_type="text/html")
        response.set_cookie("taste", "chocolate")
        return response

    origin.answer = answer
    fetch = (await fetcher()).fetch
    for _ in range(2):
        got = await fetch(f"http://{origin.host}/a.png?size=2#part", {origin.host})
        assert (got.kind.mime, got.data) == ("image/png", PNG)
    assert [request.path_qs for request in origin.asked] == ["/a.png?size=2"] * 2
    for request in origin.asked:
        assert not {"Cookie", "Authorization", "Referer", "Origin"} & set(request.headers)


@pytest.mark.parametrize(
    "address",
    [
        "http://{host}/a.png",  # not in the list
        "http://user:secret@{host}/a.png",
        "http://user@{host}/a.png",
        "ftp://{host}/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "//{host}/a.png",
        "a.png",
        "http://",
        "http://[::1",
        "http://{host}.evil.example/a.png",
        "http://evil.example\\@{host}/a.png",
        "http://{host}:1/a.png",
    ],
)
async def test_an_address_that_is_not_of_a_listed_host(origin: Origin, fetcher: Make, address: str) -> None:
    fetch = (await fetcher()).fetch
    listed = set() if address.startswith("http://{host}/") else {origin.host}
    assert await fetch(address.format(host=origin.host), listed) is None
    assert origin.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("192.0.0.170", "198.18.0.1", "203.0.113.1", "224.0.0.251", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%lo", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::a00:1"),
        *("2001:0:4136:e378:8000:63bf:f5ff:fffe", "::127.0.0.1", "2130706433", "127.1", "0x7f.1", "localhost", ""),
    ],
)
def test_what_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"])
def test_what_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "2130706433", "127.1", "localhost"])
async def test_loopback_without_leave_is_not_asked(origin: Origin, fetcher: Make, host: str) -> None:
    fetch = (await fetcher(loopback=False)).fetch
    listed = f"{host}:{origin.server.port}"
    assert await fetch(f"http://{listed}/a.png", {listed}) is None
    assert origin.asked == []


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], ["93.184.215.14", "::1"]])
async def test_a_name_of_a_private_address_is_not_asked(origin: Origin, fetcher: Make, answer: list[str]) -> None:
    """One private address among public ones is enough: which one is taken would be chance."""
    fetch = (await fetcher(loopback=False, resolver=Names(answer))).fetch
    listed = f"cdn.example:{origin.server.port}"
    assert await fetch(f"http://{listed}/a.png", {listed}) is None
    assert origin.asked == []


async def test_the_address_that_was_checked_is_the_one_that_is_asked(origin: Origin, fetcher: Make) -> None:
    """A name that answers with another address the second time (DNS rebinding) gets no second time."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    fetch = (await fetcher(resolver=names)).fetch
    listed = f"cdn.example:{origin.server.port}"
    assert (await fetch(f"http://{listed}/a.png", {listed})).data == PNG
    assert names.asked == ["cdn.example"]
    assert [request.host for request in origin.asked] == [listed]


async def test_a_name_that_changes_its_mind_is_checked_again(origin: Origin, fetcher: Make) -> None:
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    fetch = (await fetcher(resolver=names)).fetch
    listed = f"cdn.example:{origin.server.port}"
    assert await fetch(f"http://{listed}/a.png", {listed}) is not None
    assert await fetch(f"http://{listed}/b.png", {listed}) is None
    assert [request.path for request in origin.asked] == ["/a.png"]


def redirect(to: str) -> Callable[[web.Request], web.Response]:
    return lambda request: (
        web.Response(status=302, headers={"Location": to}, body=b"") if request.path == "/a" else web.Response(body=PNG)
    )


async def test_a_redirect_is_followed_and_checked_like_the_first_address(origin: Origin, fetcher: Make) -> None:
    fetch = (await fetcher()).fetch
    origin.answer = redirect("/b.png")
    assert (await fetch(f"http://{origin.host}/a", {origin.host})).data == PNG
    elsewhere = ["http://10.0.0.1/b.png", "http://localhost:1/b.png", "//evil.example/b.png", "file:///etc/passwd", ""]
    for to in elsewhere:
        origin.answer = redirect(to)
        origin.asked.clear()
        assert await fetch(f"http://{origin.host}/a", {origin.host, "10.0.0.1"}) is None, to
        assert {request.path for request in origin.asked} == {"/a"}


async def test_a_redirect_to_a_private_address_by_a_listed_name(origin: Origin, fetcher: Make) -> None:
    names = Names(["127.0.0.1"], ["192.168.0.1"])
    fetch = (await fetcher(resolver=names)).fetch
    first, second = f"cdn.example:{origin.server.port}", f"inside.example:{origin.server.port}"
    origin.answer = redirect(f"http://{second}/b.png")
    assert await fetch(f"http://{first}/a", {first, second}) is None
    assert names.asked == ["cdn.example", "inside.example"]
    assert [request.path for request in origin.asked] == ["/a"]


async def test_redirects_end(origin: Origin, fetcher: Make) -> None:
    origin.answer = redirect("/a")
    assert await (await fetcher()).fetch(f"http://{origin.host}/a", {origin.host}) is None
    assert len(origin.asked) == MOST_REDIRECTS + 1


async def test_what_is_too_large_is_not_read_to_its_end(origin: Origin, fetcher: Make) -> None:
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(PNG)
        try:
            while True:
                await response.write(bytes(1 << 16))
                sent += 1 << 16
        except ConnectionResetError:
            return response

    app = web.Application()
    app.router.add_get("/endless.png", endless)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    host = f"127.0.0.1:{server.port}"
    assert await (await fetcher()).fetch(f"http://{host}/endless.png", {host}) is None
    await server.close()
    assert sent < 4 * LIMITS["image"]

    origin.answer = lambda _: web.Response(body=PNG + bytes(LIMITS["image"]))
    assert await (await fetcher()).fetch(f"http://{origin.host}/a.png", {origin.host}) is None


@pytest.mark.parametrize(
    ("begin", "size", "said"),
    [(b"wOF2", LIMITS["font"], "font/woff2"), (b"/* */", LIMITS["style"], "text/css"), (PNG, LIMITS["image"], "")],
)
async def test_each_kind_has_its_limit(origin: Origin, fetcher: Make, begin: bytes, size: int, said: str) -> None:
    fetch = (await fetcher()).fetch
    for more, taken in ((0, True), (1, False)):
        body = begin + b" " * (size - len(begin) + more)
        origin.answer = lambda _, body=body: web.Response(body=body, content_type=said or "image/png")  # type: ignore[misc]
        assert (await fetch(f"http://{origin.host}/a", {origin.host}) is not None) == taken


async def test_compressed_is_unpacked_and_a_bomb_is_not(origin: Origin, fetcher: Make) -> None:
    fetch = (await fetcher()).fetch

    def answer(body: bytes, coding: str, kind: str = "text/css") -> None:
        origin.answer = lambda _: web.Response(body=body, content_type=kind, headers={"Content-Encoding": coding})

    answer(gzip.compress(CSS), "gzip")
    assert (await fetch(f"http://{origin.host}/a.css", {origin.host})).data == CSS
    bomb = gzip.compress(bytes(500 << 20), compresslevel=9)
    assert len(bomb) < 1 << 20
    answer(bomb, "gzip", "image/png")
    assert await fetch(f"http://{origin.host}/a.css", {origin.host}) is None
    for body, coding in (
        (gzip.compress(CSS)[:-12], "gzip"),
        (CSS, "gzip"),
        (zlib.compress(CSS), "br"),
        (CSS, "gzip, gzip"),
    ):
        answer(body, coding)
        assert await fetch(f"http://{origin.host}/a.css", {origin.host}) is None, coding


@pytest.mark.parametrize(
    ("body", "said", "status"),
    [
        (b"<!doctype html>", "text/html", 200),
        (b"<!doctype html>", "image/png", 200),
        (CSS, "text/plain", 200),
        (b'{"secret": 1}', "application/json", 200),
        (PNG, "image/png", 404),
        (PNG, "image/png", 206),
        (b"", "image/png", 200),
    ],
)
async def test_what_is_no_asset(origin: Origin, fetcher: Make, body: bytes, said: str, status: int) -> None:
    origin.answer = lambda _: web.Response(body=body, content_type=said, status=status)
    assert await (await fetcher()).fetch(f"http://{origin.host}/a", {origin.host}) is None


async def test_who_does_not_answer_is_not_waited_for(fetcher: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page_fetch.SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        assert await (await fetcher()).fetch(f"http://{host}/a", {host}) is None
