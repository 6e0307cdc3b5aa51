"""The connection of an engine with its workers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rs_server.media import wire
from rs_server.ports import LegState, Source


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[tuple[wire.Channel, wire.Channel]]:
    """The engine's and the worker's end of a connection."""
    accepted: asyncio.Queue[wire.Channel] = asyncio.Queue()
    server = await asyncio.start_server(
        lambda reader, writer: accepted.put_nowait(wire.Channel(reader, writer)), "127.0.0.1", 0
    )
    worker = await wire.connect(f"tcp:127.0.0.1:{server.sockets[0].getsockname()[1]}")
    engine = await accepted.get()
    yield engine, worker
    await worker.close()
    await engine.close()
    server.close()


Ends = tuple[wire.Channel, wire.Channel]


async def test_both_sides_prove_the_secret(ends: Ends) -> None:
    engine, worker = ends
    pid, _ = await asyncio.gather(engine.admit(b"secret"), worker.introduce(b"secret", 77))
    assert pid == 77


async def test_a_worker_without_the_secret_is_turned_away(ends: Ends) -> None:
    engine, worker = ends

    async def turn_away() -> None:
        with pytest.raises(wire.Disconnected, match="without the secret"):
            await engine.admit(b"secret")
        await engine.close()

    async def knock() -> None:
        with pytest.raises(wire.Disconnected):
            await worker.introduce(b"guess", 1)

    await asyncio.gather(turn_away(), knock())


async def test_an_engine_without_the_secret_is_not_served(ends: Ends) -> None:
    engine, worker = ends
    nonce = bytes(32)
    engine.send(wire.Challenge(nonce))
    introduction = asyncio.create_task(worker.introduce(b"secret", 1))
    assert isinstance(await engine.receive(), wire.Hello)
    engine.send(wire.Welcome(bytes(32)))
    with pytest.raises(wire.Disconnected, match="engine without"):
        await introduction


async def test_messages_arrive_as_they_were(ends: Ends) -> None:
    engine, worker = ends
    messages: list[wire.Message] = [
        wire.Request(1, wire.Subscribe("leg", "4", Source("other", "screen"))),
        wire.Request(2, wire.Answer("leg", "x" * 200_000)),
        wire.News(LegState("leg", "connected")),
        wire.Reply(3, refused="no"),
        wire.Progress("part", 1.5, 2, 3, 4),
    ]
    for message in messages:
        engine.send(message)
        assert await worker.receive() == message


@pytest.mark.parametrize("data", [b"\xff\xff\xff\xff", b"\0\0\0\1\xc1", b"\0\0\0\2\x81", b"\0\0\0"])
async def test_nonsense_ends_the_connection(ends: Ends, data: bytes) -> None:
    engine, worker = ends
    worker._writer.write(data)
    await worker.close()
    with pytest.raises(wire.Disconnected):
        await engine.receive()


@pytest.mark.parametrize("address", ["", "http://x", "tcp:host", "tcp:127.0.0.1:port"])
async def test_an_address_says_what_it_is(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        await wire.connect(address)
