"""What a server that is not at home passes on: everything, as it is, both ways, without keeping it."""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType, web
from yarl import URL

from rs_server.cluster.forward import Forwarder, SocketRule
from rs_server.http.kit import Settings
from rs_server.http.peers import BY_PEER, INTERNAL_PORT, TOKEN, guard, token_of

SECRET = token_of(b"one key")
LIMIT = 4096
PIECE = b"x" * 65536


@dataclass
class Home:
    """Stands for the home, and notes what came."""

    seen: list[web.Request] = field(default_factory=list)
    closed: list[tuple[int | None, str]] = field(default_factory=list)
    read: int = 0
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    broken: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/echo", self.echo)
        app.router.add_post("/upload", self.upload)
        app.router.add_get("/endless", self.endless)
        app.router.add_get("/torn", self.torn)
        app.router.add_get("/nothing", self.nothing)
        app.router.add_get("/socket", self.socket)
        app.router.add_get("/deflated", self.socket)
        app.router.add_get("/refused", self.refused)
        return app

    async def echo(self, request: web.Request) -> web.Response:
        self.seen.append(request)
        body = await request.read()
        response = web.Response(body=body, status=201, reason="Made", headers={"X-Answer": "yes"})
        response.set_cookie("one", "1", httponly=True)
        response.set_cookie("two", "2")
        return response

    async def upload(self, request: web.Request) -> web.Response:
        digest = hashlib.sha256()
        async for chunk in request.content.iter_any():
            digest.update(chunk)
            self.read += len(chunk)
        return web.json_response({"size": self.read, "sha256": digest.hexdigest()})

    async def endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(PIECE)
                self.read += len(PIECE)
        finally:
            self.broken.set()

    async def torn(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    async def nothing(self, _request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def refused(self, _request: web.Request) -> web.Response:
        return web.Response(status=403)

    async def socket(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        ws = web.WebSocketResponse(protocols=("chat",), max_msg_size=LIMIT, autoping=False)
        await ws.prepare(request)
        async for message in ws:
            match message.type, message.data:
                case WSMsgType.TEXT, "close":
                    await ws.close(code=4001, message=b"enough")
                case WSMsgType.TEXT, "abort":
                    assert request.transport is not None
                    request.transport.abort()
                case WSMsgType.TEXT, "ping":
                    await ws.ping(b"are you there")
                case WSMsgType.TEXT, "large":
                    await ws.send_bytes(b"y" * 1_000_000)
                case WSMsgType.TEXT, text:
                    await ws.send_str(text)
                case WSMsgType.PONG, data:
                    await ws.send_str(f"pong {bytes(data).decode()}")
                case _, data:
                    await ws.send_bytes(data)
        self.closed.append((ws.close_code, ""))
        self.broken.set()
        return ws


@dataclass
class Way:
    """The home, the one before it, and a client."""

    home: Home
    forwarder: Forwarder
    base: str
    http: aiohttp.ClientSession


async def serve(app: web.Application, runners: list[web.AppRunner]) -> int:
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
    await runner.setup()
    runners.append(runner)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


@pytest.fixture
async def way() -> AsyncIterator[Way]:
    runners: list[web.AppRunner] = []
    home = Home()
    settings = Settings(base_url="https://x", origin="https://x", secure=True)
    forwarder = Forwarder(SECRET, settings, {"/socket": SocketRule(LIMIT, False), "/deflated": SocketRule(LIMIT, True)})
    forwarder.address = f"127.0.0.1:{await serve(home.app(), runners)}"
    app = web.Application()
    app[INTERNAL_PORT], app[TOKEN] = 1, SECRET
    forwarder.add_to(app)
    port = await serve(app, runners)
    async with aiohttp.ClientSession(auto_decompress=False) as http:
        yield Way(home, forwarder, f"http://127.0.0.1:{port}", http)
    for runner in reversed(runners):
        await runner.cleanup()


async def test_what_is_asked_and_answered_stays_as_it_is(way: Way) -> None:
    headers = {
        "Host": "support.example",
        "X-Own": "kept",
        "Cookie": "deskside=abc",
        "Connection": "keep-alive, X-Hop",
        "X-Hop": "for this connection only",
        "Te": "trailers",
        "X-Forwarded-For": "203.0.113.1",
        "X-Deskside-Peer": "guessed",
    }
    url = URL(f"{way.base}/echo?a=%2Fb%20c&d", encoded=True)
    async with way.http.request("PUT", url, data=b"body", headers=headers) as answer:
        assert (answer.status, answer.reason, await answer.read()) == (201, "Made", b"body")
        assert answer.headers["X-Answer"] == "yes"
        assert answer.headers["Content-Length"] == "4"
        cookies = answer.headers.getall("Set-Cookie")
        assert [cookie.split(";")[0] for cookie in cookies] == ["one=1", "two=2"]
    (seen,) = way.home.seen
    assert (seen.method, seen.raw_path) == ("PUT", "/echo?a=%2Fb%20c&d")
    assert (seen.headers["Host"], seen.headers["X-Own"]) == ("support.example", "kept")
    assert (seen.headers["Cookie"], seen.headers["X-Deskside-Peer"]) == ("deskside=abc", SECRET)
    assert seen.headers.getall("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.headers["X-Forwarded-Proto"] == "https"
    assert not {"X-Hop", "Te"} & set(seen.headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS", "PATCH", "POST"])
async def test_every_method_without_a_body(way: Way, method: str) -> None:
    async with way.http.request(method, f"{way.base}/echo") as answer:
        assert (answer.status, await answer.read()) == (201, b"")
    assert way.home.seen[0].method == method
    assert way.home.seen[0].headers.get("Transfer-Encoding") is None


async def test_an_answer_without_a_body(way: Way) -> None:
    async with way.http.get(f"{way.base}/nothing") as answer:
        assert (answer.status, await answer.read()) == (204, b"")


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_upload_is_passed_on_whole(way: Way, chunked: bool) -> None:
    data = bytes(range(256)) * 40_000

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(data), 100_000):
            yield data[start : start + 100_000]

    async with way.http.post(f"{way.base}/upload", data=pieces() if chunked else io.BytesIO(data)) as answer:
        assert await answer.json() == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


async def test_an_upload_is_not_kept_until_it_is_whole(way: Way) -> None:
    more = asyncio.Event()

    async def pieces() -> AsyncIterator[bytes]:
        yield PIECE
        await more.wait()
        yield PIECE

    asking = asyncio.create_task(way.http.post(f"{way.base}/upload", data=pieces()))
    await until(lambda: way.home.read == len(PIECE))
    more.set()
    async with await asking as answer:
        assert (await answer.json())["size"] == 2 * len(PIECE)


async def test_a_slow_reader_holds_the_sender_up_and_its_end_ends_it(way: Way) -> None:
    async with way.http.get(f"{way.base}/endless") as answer:
        assert await answer.content.readexactly(len(PIECE)) == PIECE
        before = -1
        # It stops, once what lies between them is full.
        async with asyncio.timeout(20):
            while way.home.read != before:
                before = way.home.read
                await asyncio.sleep(0.3)
        assert way.home.read < 64 << 20
        answer.close()
    async with asyncio.timeout(30):
        await way.home.broken.wait()


async def test_what_is_torn_does_not_look_whole(way: Way) -> None:
    with pytest.raises(aiohttp.ClientError):
        async with way.http.get(f"{way.base}/torn") as answer:
            await answer.read()


async def test_nobody_at_home(way: Way, unused_tcp_port: int) -> None:
    for address in (None, f"127.0.0.1:{unused_tcp_port}"):
        way.forwarder.address = address
        async with way.http.get(f"{way.base}/echo") as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
            assert (await answer.json())["code"] == "unavailable"
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await way.http.ws_connect(f"{way.base}/socket")
        assert caught.value.status == 503
    way.forwarder.address = None
    async with way.http.get(f"{way.base}/readyz") as answer:
        assert (answer.status, (await answer.json())["role"]) == (503, "no home")


async def test_a_body_is_never_sent_twice(way: Way) -> None:
    """A home that closes a kept connection in the moment in which the next request comes."""
    seen: list[bytes] = []

    async def home(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(home, "127.0.0.1", 0) as server:
        way.forwarder.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with way.http.get(f"{way.base}/first") as answer:
            assert await answer.read() == b"ok"
        async with way.http.put(f"{way.base}/second", data=b"body") as answer:
            assert answer.status == 503
    assert [head.split()[1] for head in seen] == [b"/first", b"/second"]


async def test_a_socket_both_ways(way: Way) -> None:
    async with way.http.ws_connect(f"{way.base}/socket", protocols=("other", "chat")) as ws:
        assert ws.protocol == "chat"
        await ws.send_str("grüß dich")
        assert (await ws.receive()).data == "grüß dich"
        await ws.send_bytes(b"\x00\xff")
        assert (await ws.receive()).data == b"\x00\xff"
        await ws.send_str("large")
        assert len((await ws.receive()).data) == 1_000_000
        # The far end alone knows whether it lives.
        await ws.send_str("ping")
        assert (await ws.receive()).data == "pong are you there"
    seen = way.home.seen[0]
    assert seen.headers["X-Forwarded-For"] == "127.0.0.1"
    await until(lambda: bool(way.home.closed))
    assert way.home.closed[0][0] == 1000


@pytest.mark.parametrize(("path", "deflated"), [("/socket", 0), ("/deflated", 15)])
async def test_compression_is_each_hops_own(way: Way, path: str, deflated: int) -> None:
    async with way.http.ws_connect(f"{way.base}{path}", compress=15) as ws:
        assert ws.compress == deflated
        await ws.send_str("again " * 100)
        assert (await ws.receive()).data == "again " * 100
    assert "Sec-WebSocket-Extensions" not in way.home.seen[0].headers


async def test_codes_of_closing(way: Way) -> None:
    async with way.http.ws_connect(f"{way.base}/socket") as ws:
        await ws.send_str("close")
        message = await ws.receive()
        assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 4001, "enough")
    async with way.http.ws_connect(f"{way.base}/socket") as ws:
        way.home.closed.clear()
        await ws.close(code=4002)
        await until(lambda: bool(way.home.closed))
        assert way.home.closed[0][0] == 4002


async def test_a_home_that_is_gone_takes_its_sockets_along(way: Way) -> None:
    async with way.http.ws_connect(f"{way.base}/socket") as ws:
        await ws.send_str("abort")
        message = await ws.receive()
        assert message.type in (WSMsgType.CLOSED, WSMsgType.ERROR)
        assert ws.close_code == 1006


async def test_when_another_is_at_home_nothing_waits_for_the_former(way: Way) -> None:
    """It was stopped, and says nothing; not even that it is gone."""
    silent = asyncio.Event()

    async def stopped(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    home = way.forwarder.address
    async with await asyncio.start_server(stopped, "127.0.0.1", 0) as server:
        socket = await way.http.ws_connect(f"{way.base}/socket")
        way.forwarder.address = None
        await socket.send_str("not known to be another yet")
        assert (await socket.receive()).data == "not known to be another yet"
        way.forwarder.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        assert (await socket.receive()).type in (WSMsgType.CLOSED, WSMsgType.ERROR)
        await until(lambda: not way.forwarder._under_way)
        asking = asyncio.create_task(way.http.post(f"{way.base}/echo"))
        await until(lambda: bool(way.forwarder._under_way))
        way.forwarder.address = home
        with pytest.raises(aiohttp.ClientError):
            await asking
        await until(lambda: not way.forwarder._under_way)
        silent.set()


async def test_a_client_that_is_gone_is_told(way: Way) -> None:
    ws = await way.http.ws_connect(f"{way.base}/socket")
    transport = ws._response.connection.transport  # type: ignore[union-attr]
    assert transport is not None
    transport.abort()
    async with asyncio.timeout(30):
        await way.home.broken.wait()
    assert way.home.closed[0][0] == 1001


async def test_what_is_too_large_is_refused_here(way: Way) -> None:
    async with way.http.ws_connect(f"{way.base}/socket") as ws:
        await ws.send_str("z" * (LIMIT - 1))
        assert len((await ws.receive()).data) == LIMIT - 1
        await ws.send_str("z" * (LIMIT + 1))
        message = await ws.receive()
        assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)
    await until(lambda: bool(way.home.closed))


async def test_a_refusal_of_a_socket_is_passed_on(way: Way) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await way.http.ws_connect(f"{way.base}/refused")
    assert caught.value.status == 403


@pytest.mark.parametrize(("shown", "status"), [(SECRET, 200), ("guessed", 403), ("", 403), ("é", 403)])
async def test_only_servers_of_ours_come_in_by_the_internal_address(shown: str, status: int) -> None:
    runners: list[web.AppRunner] = []
    app = web.Application(middlewares=[guard])

    async def look(request: web.Request) -> web.Response:
        return web.json_response(BY_PEER in request)

    app.router.add_get("/", look)
    app[TOKEN] = SECRET
    app[INTERNAL_PORT] = 0
    inside, outside = await serve(app, runners), 0
    # The same application by a second address, which is everybody's.
    await web.TCPSite(runners[0], "127.0.0.1", 0).start()
    outside = int(runners[0].addresses[1][1])
    app._state[INTERNAL_PORT] = inside
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{inside}/", headers={"X-Deskside-Peer": shown}) as answer:
            assert answer.status == status
        async with http.get(f"http://127.0.0.1:{outside}/", headers={"X-Deskside-Peer": shown}) as answer:
            assert await answer.json() is False
    await runners[0].cleanup()


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)
