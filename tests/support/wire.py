"""A line to a server that can be cut and mended: TCP, on loopback."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class Wire:
    def __init__(self, to: str) -> None:
        parts = urlsplit(to)
        self._host, self._port = parts.hostname or "localhost", parts.port or 80
        self._whole = True
        self._ends: set[asyncio.StreamWriter] = set()
        self.base = ""
        self.refused = 0
        """How often somebody tried while it was cut."""

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            self.refused += 1
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        self._ends |= {writer, far_writer}
        try:
            await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))
        finally:
            self._ends -= {writer, far_writer}
            for each in (writer, far_writer):
                each.transport.abort()

    def cut(self) -> None:
        self._whole = False
        for each in self._ends:
            each.transport.abort()

    def mend(self) -> None:
        self._whole = True


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@contextlib.asynccontextmanager
async def wire(to: str) -> AsyncIterator[Wire]:
    line = Wire(to)
    server = await asyncio.start_server(line.carry, "127.0.0.1", 0)
    line.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield line
    finally:
        line.cut()
        server.close()
        await server.wait_closed()
