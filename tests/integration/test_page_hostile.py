"""A page that reloads, and one that is hostile: what does not fit is dropped, and nothing else is lost."""

import asyncio
import os
from typing import Any

import aiohttp
import pytest

from rs_server.protocol.page import FRAME_LIMIT, HEADER_SIZE, Header, Kind, pack

from .conftest import SHOP, House
from .test_page_stream import Scene, scene

__all__ = ["scene"]


async def test_a_reload_begins_a_new_epoch(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    sent = await page.snapshot(b"before")
    sent += await page.event(b"before")
    await page.wire.ws.send_bytes(pack(Header(Kind.EVENT, page.epoch, 2, 0, last=False), b"cut off"))
    await view.has(*sent)
    await page.wire.close()
    again = await scene.source()
    assert again.epoch >= page.epoch
    after = await again.snapshot(b"after")
    await view.has(*sent, *after)
    late = await scene.view()
    await late.has(*after)


async def test_the_newest_page_is_the_source(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    sent = await page.snapshot(b"first")
    await view.has(*sent)
    other = await scene.source()
    await page.wire.until(lambda: page.wire.bye)
    assert page.wire.bye == "conflict"
    sent += await other.snapshot(b"second")
    await view.has(*sent)


async def test_frames_that_do_not_fit(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page_relay.SNAPSHOT_SECONDS", 0.05)
    await scene.give()
    page, view = await scene.source(), await scene.view()
    sent = await page.snapshot(b"snapshot")
    epoch, ws = page.epoch, page.wire.ws
    for garbage in (b"", b"x", bytes(HEADER_SIZE), b"\x02" + sent[0][1:], b"\xff" * 100, b'{"type":"page.flow"}'):
        await ws.send_bytes(garbage)
    await scene.was_dropped("header", 6)
    for header in (
        Header(Kind.SNAPSHOT, epoch, 0, 0),
        Header(Kind.SNAPSHOT, epoch - 1, 0, 0),
        Header(Kind.SNAPSHOT, 2**32 - 1, 0, 0),
        Header(Kind.EVENT, epoch - 1, 1, 0),
    ):
        await ws.send_bytes(pack(header, b"bad"))
    await scene.was_dropped("epoch", 4)
    sent += await page.event(b"nothing was lost by that")
    await view.has(*sent)
    assert page.wire.asked() == 0

    await ws.send_bytes(sent[-1][:HEADER_SIZE] + bytes(FRAME_LIMIT))
    await scene.was_dropped("too_large", 1)
    page.message += 1
    await page.event(b"a gap")
    await page.event(b"and on")
    await scene.was_dropped("order", 2)
    await page.wire.until(page.wire.asked)
    sent += await page.snapshot(b"whole again")
    await view.has(*sent)


async def test_a_frame_that_is_far_too_large_ends_the_connection(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    # A bomb: it is small on the wire.
    await page.wire.ws.send_bytes(bytes(50_000_000))
    await page.wire.until(lambda: page.wire.bye)
    assert view.frames == []
    again = await scene.source()
    await view.has(*await again.snapshot(b"fine"))


async def test_words_after_hello(scene: Scene) -> None:
    await scene.give()
    page, view = await scene.source(), await scene.view()
    await page.wire.ws.send_json({"type": "page.flow", "open": True})
    await page.wire.until(lambda: page.wire.bye)
    await view.ws.send_bytes(pack(Header(Kind.SNAPSHOT, 1, 0, 0), b"from a viewer"))
    await view.until(lambda: view.bye)
    assert (page.wire.bye, view.bye) == ("bad_request", "bad_request")


async def test_a_flood_slows_down_only_its_sender(scene: Scene) -> None:
    await scene.give()
    page = await scene.source()

    async def flood() -> None:
        while True:
            await page.wire.ws.send_bytes(b"x")

    began = asyncio.get_running_loop().time()
    flooding = asyncio.create_task(flood())
    try:
        for number in range(10):
            async with asyncio.timeout(20):
                await scene.agent.do("chat.post", scene.session, key=str(number), text="quick")
        # A burst of 1,000, and 200 a second after it.
        seconds = asyncio.get_running_loop().time() - began
        assert scene.dropped().get("header", 0) < 1100 + 250 * seconds
    finally:
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        # A word of farewell would stand at the end of the flood.
        page.wire.abort()


async def test_a_flood_of_words_is_told_to_staff_in_time_not_in_number(scene: Scene) -> None:
    await scene.give()
    page = await scene.source()
    for number in range(900):
        await page.wire.about(f"Title {number}", f"{SHOP}/", True)
    await scene.agent.until(
        lambda: [tab["title"] for body in scene.agent.bodies("page.tabs")[-1:] for tab in body["tabs"]] == ["Title 899"]
    )
    assert len(scene.agent.bodies("page.tabs")) < 100
    await page.wire.ws.send_json({"type": "page.about", "title": "x" * 201, "address": f"{SHOP}/", "active": True})
    await page.wire.until(lambda: page.wire.bye)
    assert page.wire.bye == "bad_request"


async def test_a_message_without_an_end_is_kept_no_further_than_its_bound(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rs_server.services.page_state.MESSAGE_LIMIT", 300_000)
    monkeypatch.setattr("rs_server.services.page_relay.SNAPSHOT_SECONDS", 0.05)
    await scene.give()
    page, view = await scene.source(), await scene.view()
    sent = await page.snapshot(b"snapshot")
    for chunk in range(20):
        header = Header(Kind.EVENT, page.epoch, 1, chunk, last=False)
        await page.wire.ws.send_bytes(pack(header, os.urandom(60_000)))
    await scene.was_dropped("too_large", 16)
    source = scene.stream().shown
    assert source is not None
    assert source.hold._size == 0
    await page.wire.until(page.wire.asked)
    sent += await page.snapshot(b"whole again")
    await view.has(*sent)


HELLOS: dict[str, Any] = {
    "not JSON": "hello",
    "null": "null",
    "of the control socket": '{"type":"hello"}',
    "no role": '{"type":"page.hello","session":"s"}',
    "another role": '{"type":"page.hello","session":"s","role":"control"}',
    "another version": '{"type":"page.hello","session":"s","role":"view","version":2}',
    "a field more": '{"type":"page.hello","session":"s","role":"view","admin":true}',
    "a path": '{"type":"page.hello","session":"../s","role":"view"}',
    "deep": "[" * 100_000,
    "binary": b'{"type":"page.hello","session":"s","role":"view"}',
}


@pytest.mark.parametrize("name", HELLOS)
async def test_hellos_that_are_none(house: House, name: str) -> None:
    hello = HELLOS[name]
    async with house.api().http.ws_connect(f"{house.base}/api/v1/page-stream", headers={"Origin": house.base}) as ws:
        await (ws.send_bytes(hello) if isinstance(hello, bytes) else ws.send_str(hello))
        assert (await ws.receive_json())["error"]["code"] == "bad_request"


async def test_saying_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.http.sockets.HELLO_SECONDS", 0.1)
    async with house.api().http.ws_connect(f"{house.base}/api/v1/page-stream", headers={"Origin": house.base}) as ws:
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
