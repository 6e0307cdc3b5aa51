"""What is sent goes at once where nothing waits, else in its turn; and never out of order."""

import asyncio
from typing import Any, cast
from unittest import mock

import pytest
from aiohttp import WSMsgType, web

from rs_server.http import sockets
from rs_server.http.sockets import SMALL, Outbox
from rs_server.protocol.errors import Code


class Wire:
    """Stands in for a request, its transport and its socket."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting = 0
        self.aborted = False
        self.gate: asyncio.Event | None = None
        self.fault: Exception | None = None
        self.transport = self

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def get_extra_info(self, _name: str) -> mock.Mock:
        return mock.Mock()

    def abort(self) -> None:
        self.aborted = True

    async def send_frame(self, data: bytes, _kind: WSMsgType) -> None:
        if self.fault is not None:
            raise self.fault
        if self.gate is not None:
            await self.gate.wait()
        self.sent.append(data)

    async def close(self, code: int = 1000) -> None:
        pass


def outbox(wire: Wire) -> Outbox:
    return Outbox(cast(web.Request, wire), cast("web.WebSocketResponse[Any]", wire))


async def ended(out: Outbox, writer: asyncio.Task[None]) -> None:
    await asyncio.wait_for(out.finish(writer, []), 5)


async def test_small_frames_go_before_the_call_is_over() -> None:
    wire = Wire()
    out = outbox(wire)
    out.put(b"one", WSMsgType.BINARY)
    out.put(b"two", WSMsgType.BINARY)
    assert wire.sent == [b"one", b"two"]
    assert out.pending == 0


async def test_small_frames_wait_behind_a_large_one() -> None:
    wire = Wire()
    out = outbox(wire)
    large = b"x" * (SMALL + 1)
    for frame in (b"one", large, b"two", b"three"):
        out.put(frame, WSMsgType.BINARY)
    assert wire.sent == [b"one"]
    writer = asyncio.create_task(out.run())
    await ended(out, writer)
    assert wire.sent == [b"one", large, b"two", b"three"]


async def test_nothing_overtakes_what_the_system_holds_back() -> None:
    wire = Wire()
    out = outbox(wire)
    wire.waiting = 10
    out.put(b"one", WSMsgType.BINARY)
    wire.waiting = 0
    out.put(b"two", WSMsgType.BINARY)
    assert wire.sent == []
    await ended(out, asyncio.create_task(out.run()))
    assert wire.sent == [b"one", b"two"]


async def test_one_that_pauses_is_sent_to_its_end_and_the_others_after_it() -> None:
    wire = Wire()
    out = outbox(wire)
    writer = asyncio.create_task(out.run())
    wire.gate = asyncio.Event()
    for frame in (b"one", b"two"):
        out.put(frame, WSMsgType.BINARY)
    assert wire.sent == []
    assert out.pending == 1
    wire.gate.set()
    await ended(out, writer)
    assert wire.sent == [b"one", b"two"]
    assert not wire.aborted


async def test_one_that_pauses_for_too_long_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "SEND_SECONDS", 0.01)
    wire = Wire()
    out = outbox(wire)
    writer = asyncio.create_task(out.run())
    wire.gate = asyncio.Event()
    out.put(b"one", WSMsgType.BINARY)
    await asyncio.wait_for(writer, 5)
    assert wire.aborted
    assert wire.sent == []


@pytest.mark.parametrize("fault", [ConnectionResetError(), RuntimeError()])
async def test_a_dead_connection_is_dropped_and_not_the_caller(fault: Exception) -> None:
    wire = Wire()
    wire.fault = fault
    out = outbox(wire)
    out.put(b"one", WSMsgType.BINARY)
    assert wire.aborted
    out.put(b"two", WSMsgType.BINARY)
    await asyncio.wait_for(out.run(), 5)
    assert wire.sent == []


async def test_what_is_taken_back_while_one_pauses_takes_the_connection_with_it() -> None:
    wire = Wire()
    out = outbox(wire)
    writer = asyncio.create_task(out.run())
    wire.gate = asyncio.Event()
    for frame in (b"one", b"two"):
        out.put(frame, WSMsgType.BINARY)
    out.take_back(WSMsgType.BINARY)
    assert wire.aborted
    wire.gate.set()
    await ended(out, writer)
    assert b"two" not in wire.sent


async def test_the_reason_is_said_before_the_end() -> None:
    wire = Wire()
    out = outbox(wire)
    out.close(Code.NOT_FOUND)
    out.put(b"late", WSMsgType.BINARY)
    await asyncio.wait_for(out.run(), 5)
    assert len(wire.sent) == 1
    assert b"not_found" in wire.sent[0]
