"""Frames that no client of ours would send, and readers that do not read."""

import asyncio
import gc
import json
import socket as net
import tracemalloc
from typing import Any

import pytest

from rs_server.demo import SITE_KEY
from tests.support.client import Api, Refused, Socket

from .conftest import BOTH, SHOP, House, state


async def raw(house: House, api: Api | None = None) -> Any:
    api = api or house.api()
    return await api.http.ws_connect(f"{house.base}/api/v1/socket", headers={"Origin": house.base})


async def last_words(ws: Any) -> Any:
    """The bye's code, or None when the connection just closed."""
    said = None
    async for message in ws:
        frame = message.json()
        if frame["type"] == "bye":
            said = frame["error"]["code"]
    return said


HELLO = json.dumps({"type": "hello"})

FIRST_FRAMES: dict[str, Any] = {
    "not JSON": "hello",
    "empty": "",
    "null": "null",
    "a list": "[]",
    "no type": "{}",
    "unknown type": '{"type":"good day"}',
    "a command": '{"type":"command","id":1,"body":{"type":"media.focus"}}',
    "an unknown field": '{"type":"hello","admin":true}',
    "a token of another kind": '{"type":"hello","token":7}',
    "a token that is too short": '{"type":"hello","token":"x"}',
    "since of another kind": '{"type":"hello","since":{"s":"x"}}',
    "deep": '{"type":"hello","since":' + '{"a":' * 50_000,
    "deep lists": "[" * 100_000,
    "half a pair": '{"type":"hello","token":"\\ud800xxxxxxxxxxxxxxxxxxx"}',
}


@pytest.mark.parametrize("name", FIRST_FRAMES)
async def test_first_frames(house: House, name: str) -> None:
    ws = await raw(house)
    await ws.send_str(FIRST_FRAMES[name])
    assert await last_words(ws) == "bad_request"
    await alive(house)


async def test_binary(house: House) -> None:
    ws = await raw(house)
    await ws.send_bytes(HELLO.encode())
    assert await last_words(ws) == "bad_request"
    agent = await house.agent()
    await agent.ws.send_bytes(b"\x00" * 10)
    await agent.until(lambda: agent.bye)
    assert agent.bye is not None
    assert agent.bye["code"] == "bad_request"


@pytest.mark.parametrize("size", [300_000, 2_000_000])
async def test_too_much(house: House, size: int) -> None:
    agent = await house.agent()
    await agent.ws.send_str("x" * size)
    await agent.until(lambda: agent.bye)
    await alive(house)


async def test_two_hellos(house: House) -> None:
    agent = await house.agent()
    await agent.ws.send_str(HELLO)
    await agent.until(lambda: agent.bye)
    assert agent.bye is not None
    assert agent.bye["code"] == "bad_request"


async def test_saying_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.http.sockets.HELLO_SECONDS", 0.1)
    ws = await raw(house)
    assert await last_words(ws) is None


async def test_closing_without_a_word(house: House) -> None:
    for _ in range(5):
        ws = await raw(house)
        await ws.close()
    await alive(house)


BODIES: dict[str, Any] = {
    "no body": {},
    "unknown": {"body": {"type": "session.delete"}},
    "a field missing": {"body": {"type": "chat.post", "key": "k"}},
    "a field more": {"body": {"type": "stop", "voice": True, "everybody": True}},
    "of another kind": {"body": {"type": "session.rate", "stars": "5"}},
    "out of range": {"body": {"type": "session.rate", "stars": 6}},
    "too long": {"body": {"type": "chat.post", "key": "k", "text": "x" * 4001}},
    "empty text": {"body": {"type": "chat.post", "key": "k", "text": ""}},
    "a key with a path": {"body": {"type": "chat.post", "key": "../k", "text": "x"}},
    "a capability that is none": {"body": {"type": "grant.ask", "capability": "everything"}},
    "what only the server says": {"body": {"type": "line.added", "line": {}}},
}


@pytest.mark.parametrize("name", BODIES)
async def test_commands_that_fit_nothing_are_answered(house: House, name: str) -> None:
    customer, session = await house.customer()
    reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    customer._replies[77] = reply
    await customer.ws.send_json({"type": "command", "id": 77, "session": session, **BODIES[name]})
    async with asyncio.timeout(30):
        assert (await reply)["error"]["code"] == "bad_request"
    await customer.do("chat.post", session, key="k", text="still here")


async def test_names_and_questions(house: House) -> None:
    api = house.api("http://127.0.0.1:1")
    bodies: list[Any] = [
        {},
        [],
        {"name": ""},
        {"name": "x" * 81},
        {"name": "a\x00b"},
        {"name": "a\nb"},
        {"name": "   "},
        {"name": "J", "language": "../../en"},
        {"name": "J", "question": "x" * 2001},
        {"name": 5},
    ]
    for body in bodies:
        with pytest.raises(Refused, match="bad_request"):
            await api.call("POST", "/sites/acme-tools/sessions", body)
    for data in (b"", b"{", b"[" * 60_000, b'{"x":' + b"[" * 60_000, b"\xff\xfe", b'{"name":"\\ud800"}'):
        headers = {**api.headers(), "Content-Type": "application/json"}
        url = f"{house.base}/api/v1/sites/acme-tools/sessions"
        async with api.http.post(url, data=data, headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (400, "bad_request"), data[:20]
    async with api.http.post(url, data=b" " * 100_000, headers=headers) as response:
        assert response.status == 413


async def alive(house: House) -> None:
    async with house.api().http.get(f"{house.base}/readyz") as response:
        assert response.status == 200


async def test_a_flood_slows_down_only_its_sender(house: House) -> None:
    customer, agent, session = await house.live()
    flooder, _own = await house.customer("Karl")
    command = json.dumps({"type": "command", "id": 1, "session": "x", "body": {"type": "chat.typing"}})

    async def flood() -> None:
        for _ in range(5000):
            await flooder.ws.send_str(command)

    class Counter(dict[int, Any]):
        answered = 0

        def pop(self, *_: Any) -> Any:
            Counter.answered += 1
            return asyncio.get_running_loop().create_future()

    flooder._replies = Counter()
    flooding = asyncio.create_task(flood())
    for number in range(10):
        async with asyncio.timeout(2):
            await agent.do("chat.post", session, key=str(number), text=f"quick {number}")
    await customer.until(lambda: any(line["text"] == "quick 9" for line in customer.view(session)["lines"]))
    assert flooder.bye is None
    assert Counter.answered < 2500
    flooding.cancel()
    await asyncio.gather(flooding, return_exceptions=True)


async def test_asking_for_consent_again_and_again(house: House) -> None:
    customer, agent, session = await house.live()

    async def on_and_off() -> None:
        for _ in range(200):
            await customer.do("grant.give", session, capability="see")
            await customer.do("grant.withdraw", session, capability="see")

    with pytest.raises(Refused, match="throttled"):
        await on_and_off()
    await agent.until(lambda: len(agent.view(session)["lines"]) > 30)
    assert len(agent.view(session)["lines"]) < 200
    await customer.do("stop", session)


async def test_opening_media_again_and_again(house: House) -> None:
    customer, _agent, session = await house.live()

    async def anew() -> None:
        for _ in range(30):
            await customer.do("media.open", session)

    with pytest.raises(Refused, match="throttled"):
        await anew()
    assert len(house.media.legs) == 1


async def test_chat_is_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    customer, _agent, session = await house.live()
    monkeypatch.setattr("rs_server.services.talk.MOST_CHARACTERS", 10_000)
    for number in range(2):
        await customer.do("chat.post", session, key=str(number), text="x" * 4000)
    with pytest.raises(Refused, match="throttled"):
        await customer.do("chat.post", session, key="9", text="x" * 4000)


async def test_a_reader_who_does_not_read_is_cut(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket with a small buffer that never reads, in a session where much happens."""
    customer, agent, session = await house.live()
    connection = next(c for c in house.installation.app[sockets_key()] if c.actor == await_id(customer, session))
    stuck = asyncio.Event()

    async def never(*_: Any) -> None:
        await stuck.wait()

    monkeypatch.setattr(connection._ws, "send_frame", never)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    from rs_server.protocol.session import Typing

    for _ in range(20_000):
        house.services.hub.tell(session, Typing(participant="x" * 1000))
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert connection.out.closing == "behind"
    assert connection.out.pending <= 3
    assert grown < 60_000_000
    monkeypatch.undo()
    stuck.set()
    await customer.until(lambda: customer.bye)
    assert customer.bye == {"code": "behind", "message": "behind", "field": None, "retry_after": None}
    back = await Socket(customer.api, customer.welcome["resume"], {session: customer.view(session)["seq"]}).open()
    agent = await Socket(agent.api).open()
    await agent.event("session.snapshot", session)
    await agent.do("chat.post", session, key="1", text="and on")
    await back.until(lambda: [body["line"]["text"] for body in back.bodies("line.added")] == ["and on"])


def sockets_key() -> Any:
    from rs_server.http.sockets import SOCKETS

    return SOCKETS


def await_id(socket: Socket, session: str) -> str:
    return str(socket.view(session)["you"])


async def test_a_dead_peer_does_not_hold_anything(house: House) -> None:
    """Connections that stop in the middle of the handshake or of a frame."""
    port = house.installation.port
    for data in (
        b"GET /api/v1/socket HTTP/1.1\r\n",
        b"\x16\x03\x01",
        b"POST /api/v1/join HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ):
        with net.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(data)
    await alive(house)


async def test_a_customer_who_left_does_nothing_more(house: House) -> None:
    customer, _agent, session = await house.live()
    await customer.do("session.leave", session)
    await customer.until(lambda: state(customer, session) == "ended")
    for kind, fields in (
        ("chat.post", {"key": "k", "text": "x"}),
        ("chat.typing", {}),
        ("grant.give", {"capability": "hear"}),
        ("media.open", {}),
        ("media.mute", {"muted": True}),
        ("stop", {}),
        ("session.leave", {}),
    ):
        with pytest.raises(Refused, match="session_ended"):
            await customer.do(kind, session, **fields)
    assert house.media.legs == {}
    assert house.services.presences._known == {}
    await customer.do("session.rate", session, stars=1)
    assert customer.ws.closed is False


@BOTH
async def test_control_characters_are_refused_before_any_database_sees_them(house: House) -> None:
    agent = await house.agent("amelie")
    body = {"queue": "support", "number": "+33612345678", "name": "Jeanne", "note": "one\r\n\ttwo"}
    for field in ("name", "note", "number", "email", "zone"):
        with pytest.raises(Refused, match="bad_request"):
            await agent.api.call("POST", "/callbacks", body | {field: "a\0b"})
    made = await agent.api.call("POST", "/callbacks", body)
    assert made["note"] == "one\r\n\ttwo"
    for path in ("/callbacks?text=%00", "/callbacks/%00", "/sites/%00", "/callbacks?text=%1b"):
        with pytest.raises(Refused, match="bad_request"):
            await agent.api.call("GET", path)
    shop = house.api(SHOP)
    with pytest.raises(Refused, match="bad_request"):
        await shop.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "Jeanne", "question": "\0"})
    _customer, _agent, session = await house.live(agent)
    for kind, fields in (("chat.post", {"key": "1", "text": "\0"}), ("note.save", {"text": "\x07", "version": 0})):
        with pytest.raises(Refused, match="bad_request"):
            await agent.do(kind, session, **fields)
