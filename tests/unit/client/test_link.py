"""The way to the server, against one that behaves badly."""

import asyncio
import datetime
import ipaddress
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rs_client import link as module
from rs_client.core.address import Target
from rs_client.link import Link, Refused, Server, Unreachable
from rs_server.protocol.consent import StopAll
from rs_server.protocol.desktop import NativeClient
from rs_server.protocol.errors import Code
from rs_server.protocol.socket import EventFrame, Welcome

TOKEN, DEVICE = "t" * 24, "d" * 24
PROGRAM = NativeClient(name="rs-client", version="1", platform="linux", can=["desktop"])
Act = Callable[["Fake", web.WebSocketResponse], Awaitable[None]]


class Fake:
    """A server whose sockets do what the test says, one act each; the last one goes on for all further ones."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.hellos: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.answers: dict[str, web.Response] = {}
        self.origin = ""

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        self.headers.append(request.headers)
        self.hellos.append(await ws.receive_json())
        act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        await act(self, ws)
        return ws

    async def http(self, request: web.Request) -> web.Response:
        self.headers.append(request.headers)
        return self.answers[request.path]


async def welcome(ws: web.WebSocketResponse, resume: str = "r" * 24) -> None:
    await ws.send_json({"type": "welcome", "now": 1.0, "resume": resume, "access": "a" * 24, "session": "s"})


async def stay(_: Fake, ws: web.WebSocketResponse) -> None:
    await welcome(ws)
    async for message in ws:
        await ws.send_json({"type": "reply", "id": json.loads(message.data)["id"], "error": None})


async def bye(ws: web.WebSocketResponse, code: str) -> None:
    await ws.send_json({"type": "bye", "error": {"code": code, "message": "no"}})


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF", (0.01,))
    monkeypatch.setattr(module, "SILENCE", 0.2)


async def start(fake: Fake, context: ssl.SSLContext | None = None) -> web.AppRunner:
    app = web.Application()
    app.router.add_get("/api/v1/socket", fake.socket)
    app.router.add_route("*", "/{path:.*}", fake.http)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    port = runner.addresses[0][1]
    fake.origin = f"{'https' if context else 'http'}://127.0.0.1:{port}"
    return runner


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    fake = Fake()
    runner = await start(fake)
    yield fake
    await runner.cleanup()


class Joined:
    """A link, and what it said."""

    def __init__(self, server: Server) -> None:
        self.link = Link(server, TOKEN, DEVICE, PROGRAM)
        self.welcomes: list[Welcome] = []
        self.events: list[EventFrame] = []
        self.lost = 0
        self.changed = asyncio.Event()
        self.link.on_welcome = self._put(self.welcomes.append)
        self.link.on_event = self._put(self.events.append)
        self.link.on_lost = self._lose
        self.task = asyncio.create_task(self.link.run())

    def _put(self, put: Callable[[Any], None]) -> Callable[[Any], None]:
        def heard(each: Any) -> None:
            put(each)
            self.changed.set()

        return heard

    def _lose(self) -> None:
        self.lost += 1
        self.changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def join(fake: Fake, quick: None) -> AsyncIterator[Callable[[], Joined]]:
    server = Server(fake.origin)
    begun: list[Joined] = []

    def begin() -> Joined:
        begun.append(Joined(server))
        return begun[-1]

    yield begin
    for each in begun:
        await each.link.close()
        await asyncio.gather(each.task, return_exceptions=True)
    await server.close()


async def test_it_says_what_it_is_without_an_origin(fake: Fake, join: Callable[[], Joined]) -> None:
    fake.acts = [stay]
    joined = join()
    await joined.until(lambda: bool(joined.welcomes))
    assert fake.hellos[0]["token"] == TOKEN
    assert fake.hellos[0]["device"] == DEVICE
    assert fake.hellos[0]["native"]["can"] == ["desktop"]
    assert "Origin" not in fake.headers[0]
    assert "Cookie" not in fake.headers[0]
    await joined.link.say(StopAll(), "s")


async def test_it_comes_back_with_the_fresh_token(fake: Fake, join: Callable[[], Joined]) -> None:
    async def gone(_: Fake, ws: web.WebSocketResponse) -> None:
        await welcome(ws, "n" * 24)

    fake.acts = [gone, stay]
    joined = join()
    await joined.until(lambda: len(joined.welcomes) == 2)
    assert [each["token"] for each in fake.hellos[:2]] == [TOKEN, "n" * 24]
    assert joined.lost == 1


async def test_silence_is_a_loss(fake: Fake, join: Callable[[], Joined]) -> None:
    over = asyncio.Event()

    async def silent(_: Fake, ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        await over.wait()

    fake.acts = [silent, stay]
    joined = join()
    await joined.until(lambda: len(joined.welcomes) == 2)
    assert joined.lost >= 1
    over.set()


@pytest.mark.parametrize("code", ["resume_refused", "session_ended", "not_allowed", "not_signed_in", "conflict"])
async def test_some_refusals_are_final(fake: Fake, join: Callable[[], Joined], code: str) -> None:
    async def refuse(_: Fake, ws: web.WebSocketResponse) -> None:
        await bye(ws, code)

    fake.acts = [refuse]
    joined = join()
    error = await asyncio.wait_for(joined.task, 10)
    assert error is not None
    assert error.code.value == code
    assert len(fake.hellos) == 1


@pytest.mark.parametrize("code", ["behind", "unavailable", "server_error"])
async def test_after_others_it_tries_again(fake: Fake, join: Callable[[], Joined], code: str) -> None:
    async def refuse(_: Fake, ws: web.WebSocketResponse) -> None:
        await bye(ws, code)

    fake.acts = [refuse, stay]
    joined = join()
    await joined.until(lambda: bool(joined.welcomes))


async def test_a_command_without_a_connection_fails_at_once(fake: Fake, join: Callable[[], Joined]) -> None:
    fake.acts = [stay]
    joined = join()
    with pytest.raises(Unreachable):
        await joined.link.say(StopAll(), "s")


async def test_a_refused_command_and_one_whose_reply_is_lost(fake: Fake, join: Callable[[], Joined]) -> None:
    async def odd(_: Fake, ws: web.WebSocketResponse) -> None:
        await welcome(ws)
        first = await ws.receive_json()
        await ws.send_json({"type": "reply", "id": first["id"], "error": {"code": "not_allowed", "message": "no"}})
        await ws.receive_json()

    fake.acts = [odd, stay]
    joined = join()
    await joined.until(lambda: bool(joined.welcomes))
    with pytest.raises(Refused) as refused:
        await joined.link.say(StopAll(), "s")
    assert refused.value.code is Code.NOT_ALLOWED
    with pytest.raises(Unreachable):
        await joined.link.say(StopAll(), "s")


@pytest.mark.parametrize(
    "strange",
    ["", "{}", "[]", "null", '{"type":"event"}', '{"type":"what"}', "\u0000", "[" * 5000, '{"type":"reply","id":77}'],
)
async def test_strange_frames_are_passed_over(fake: Fake, join: Callable[[], Joined], strange: str) -> None:
    async def odd(_: Fake, ws: web.WebSocketResponse) -> None:
        await ws.send_str(strange)
        await stay(_, ws)

    fake.acts = [odd]
    joined = join()
    await joined.until(lambda: bool(joined.welcomes))
    await joined.link.say(StopAll(), "s")


# --- joining ---

AIM = Target("", link=TOKEN)


def answered(body: Any, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda: answered({"code": "link_invalid", "message": "no"}, 404), "link_invalid"),
        (lambda: answered({"code": "throttled", "message": "no", "retry_after": 3}, 429), "throttled"),
        (lambda: answered({"hello": "there"}), "strange"),
        (lambda: web.Response(text="<html>", status=404), "strange"),
        (lambda: web.Response(status=302, headers={"Location": "http://192.0.2.1/"}), "strange"),
    ],
)
async def test_what_answers_when_joining(fake: Fake, answer: Callable[[], web.Response], error: str) -> None:
    fake.answers = {"/api/v1/join": answer(), f"/api/v1/links/{TOKEN}": answer()}
    server = Server(fake.origin)
    try:
        for ask in (lambda: server.join(AIM, "en"), lambda: server.look(AIM)):
            with pytest.raises((Refused, Unreachable)) as wrong:
                await ask()
            found = wrong.value
            assert (found.why if isinstance(found, Unreachable) else cast(Refused, found).code.value) == error
    finally:
        await server.close()


async def test_a_server_that_is_not_there() -> None:
    server = Server("http://127.0.0.1:1")
    try:
        with pytest.raises(Unreachable) as wrong:
            await server.join(AIM, "en")
    finally:
        await server.close()
    assert wrong.value.why == "offline"


def certified(folder: Path, name: str, *, days: int = 1) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate that its own holder signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    alternative = x509.DNSName(name) if name[0].isalpha() else x509.IPAddress(ipaddress.ip_address(name))
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    path.write_bytes(private + public)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, trusted


@pytest.mark.parametrize(
    ("name", "days", "trusted", "why"),
    [
        ("127.0.0.1", 1, True, None),
        ("127.0.0.1", 1, False, "certificate"),
        ("other.example", 1, True, "certificate"),
        ("127.0.0.1", -1, True, "certificate"),
    ],
)
async def test_the_certificate_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: int, trusted: bool, why: str | None
) -> None:
    context, public = certified(tmp_path, name, days=days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
    fake = Fake()
    fake.acts = [stay]
    fake.answers = {"/api/v1/join": answered({"session": "s", "reference": "R", "token": TOKEN})}
    runner = await start(fake, context)
    server = Server(fake.origin)
    try:
        if why is None:
            assert (await server.join(AIM, "en")).token == TOKEN
            return
        with pytest.raises(Unreachable) as wrong:
            await server.join(AIM, "en")
        assert wrong.value.why == why
        with pytest.raises(Unreachable) as wrong:
            await Link(server, TOKEN, DEVICE, PROGRAM).run()
        assert wrong.value.why == why
        assert fake.hellos == []
    finally:
        await server.close()
        await runner.cleanup()
