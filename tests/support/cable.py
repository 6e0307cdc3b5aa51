"""The line to a server: a relay of TCP on loopback that counts what passes and can be cut."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit, urlunsplit

PIECE = 64 * 1024


class Cable:
    """`cuts`: after so many bytes, of both directions together, all its connections break, each once."""

    def __init__(self, port: int) -> None:
        self.passed = 0
        self.breaks = 0
        self.cuts: list[int] = []
        self.slow = 0.0
        """Seconds for each piece, where somebody has to come in between."""
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut_at(self, whole: int, shares: Sequence[float]) -> None:
        """While a file of this size passes from now on."""
        self.cuts = [self.passed + int(whole * share) for share in shares]

    def cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def through(self, url: str) -> str:
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=f"127.0.0.1:{self.port}"))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            self._writers.add(back)
            try:
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
            finally:
                self._writers.discard(back)
                back.transport.abort()
        self._writers.discard(writer)
        writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(PIECE):
            self.passed += len(data)
            if self.cuts and self.passed >= self.cuts[0]:
                self.cuts.pop(0)
                self.breaks += 1
                self.cut()
                return
            writer.write(data)
            await writer.drain()
            if self.slow:
                await asyncio.sleep(self.slow)
        if writer.can_write_eof():
            writer.write_eof()


@contextlib.asynccontextmanager
async def cable(base: str) -> AsyncIterator[Cable]:
    opened = Cable(urlsplit(base).port or 80)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()
