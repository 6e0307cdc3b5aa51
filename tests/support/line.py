"""A line to a server that can be cut and mended."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class Line:
    def __init__(self, target: str) -> None:
        self.base = ""
        self._target = urlsplit(target)
        self._open: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._up = True
        self._upward = asyncio.Event()
        self._upward.set()

    def over(self, url: str) -> str:
        """The same address by way of this line."""
        return url.replace(f"{self._target.scheme}://{self._target.netloc}", self.base)

    def cut(self) -> None:
        self._up = False
        for writer in self._open:
            writer.transport.abort()

    def hold(self) -> None:
        """What goes up to the server waits from now on."""
        self._upward.clear()

    def go_on(self) -> None:
        self._upward.set()

    def mend(self) -> None:
        self._up = True

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        there_reader, there = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._open |= {writer, there}
        try:
            await asyncio.gather(_pass_on(reader, there, self._upward), _pass_on(there_reader, writer))
        finally:
            self._open -= {writer, there}

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self.carry(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, open_: asyncio.Event | None = None
) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            if open_ is not None:
                await open_.wait()
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def line(target: str) -> AsyncIterator[Line]:
    opened = Line(target)
    server = await asyncio.start_server(opened.accept, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    opened.base = f"http://127.0.0.1:{port}"
    try:
        yield opened
    finally:
        server.close()
        await opened.close()
        await server.wait_closed()
