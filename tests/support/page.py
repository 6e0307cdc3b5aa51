"""Programs that speak the page stream: a page that sends, a viewer who keeps, a viewer who reads when told."""

import asyncio
import base64
import contextlib
import json
import os
import socket
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from rs_server.http.kit import COOKIE
from rs_server.protocol.page import HEADER_SIZE, Header, Kind, pack, read
from tests.support.client import Api


class PageSocket:
    """A page stream socket; what comes is kept in order."""

    def __init__(self, api: Api, session: str, role: str, token: str | None = None, tab: str | None = None) -> None:
        self.api = api
        self.hello = {"type": "page.hello", "session": session, "role": role, "token": token, "tab": tab}
        self.welcome: dict[str, Any] = {}
        self.words: list[dict[str, Any]] = []
        self.frames: list[bytes] = []
        self.bye: str | None = None
        self._changed = asyncio.Condition()
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> "PageSocket":
        headers = {"Origin": self.api.origin} if self.api.origin else {}
        url = f"{self.api.base}/api/v1/page-stream"
        self.ws = await self.api.http.ws_connect(url, headers=headers, max_msg_size=1 << 24, compress=15)
        await self.ws.send_json(self.hello)
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: self.welcome or self.bye)
        return self

    async def _read(self) -> None:
        async for message in self.ws:
            async with self._changed:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.frames.append(message.data)
                else:
                    self._word(message.json())
                self._changed.notify_all()
        async with self._changed:
            self.bye = self.bye or "closed"
            self._changed.notify_all()

    def _word(self, word: dict[str, Any]) -> None:
        if word["type"] == "page.welcome":
            self.welcome = word
        elif word["type"] == "bye":
            self.bye = word["error"]["code"]
        else:
            self.words.append(word)

    async def until(self, condition: Callable[[], Any], timeout: float = 30) -> Any:
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(condition)
        return condition()

    async def count(self, frames: int) -> None:
        """Wait for so many frames."""
        await self.until(lambda: len(self.frames) >= frames)

    async def has(self, *frames: bytes) -> None:
        """Wait for as many frames; they are these."""
        await self.count(len(frames))
        assert self.frames == list(frames)

    def asked(self) -> int:
        """So many snapshots were asked for."""
        return sum(word["type"] == "page.need_snapshot" for word in self.words)

    def flow(self) -> bool:
        """Whether it is open now."""
        said = [word["open"] for word in self.words if word["type"] == "page.flow"]
        return bool(said[-1] if said else self.welcome["open"])

    async def about(self, title: str, address: str, active: bool) -> None:
        await self.ws.send_json({"type": "page.about", "title": title, "address": address, "active": active})

    def said(self, kind: str) -> list[dict[str, Any]]:
        return [word for word in self.words if word["type"] == kind]

    async def close(self) -> None:
        await self.ws.close()
        if self._reader is not None:
            await self._reader

    def abort(self) -> None:
        """The connection is gone, without a word."""
        self.ws.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class Page:
    """A source: counts epochs and messages as it has to."""

    def __init__(self, wire: PageSocket) -> None:
        self.wire = wire
        self.epoch: int = wire.welcome["epoch"] - 1
        self.message = 0
        self._flows = 0

    def next_epoch(self) -> int:
        """As told by the welcome, or by what opened since."""
        opened = [word["epoch"] for word in self.wire.said("page.flow") if word["open"]]
        if len(opened) > self._flows:
            self._flows = len(opened)
            return int(opened[-1])
        return self.epoch + 1

    async def snapshot(self, *chunks: bytes) -> list[bytes]:
        """Send one in so many chunks. Returns the frames."""
        self.epoch, self.message = self.next_epoch(), 0
        return await self._send(Kind.SNAPSHOT, chunks)

    async def event(self, *chunks: bytes) -> list[bytes]:
        self.message += 1
        return await self._send(Kind.EVENT, chunks)

    async def _send(self, kind: Kind, chunks: tuple[bytes, ...]) -> list[bytes]:
        frames = [
            pack(Header(kind, self.epoch, self.message, number, number == len(chunks) - 1), chunk)
            for number, chunk in enumerate(chunks)
        ]
        for frame in frames:
            await self.wire.ws.send_bytes(frame)
        return frames


class RawSocket:
    """A bare connection with a small buffer: reads nothing until told, and sees the bytes of the wire."""

    def __init__(self, api: Api, path: str, hello: dict[str, Any]) -> None:
        self._api = api
        self._path = path
        self._hello = hello
        self._inflate = zlib.decompressobj(-15)
        self._buffer = b""

    async def open(self) -> dict[str, Any]:
        """Returns the answer to the hello."""
        where = urlsplit(self._api.base)
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(self.sock, (where.hostname, where.port))
        cookies = [f"Cookie: {COOKIE}={morsel.value}" for morsel in self._api.http.cookie_jar if morsel.key == COOKIE]
        lines = [
            f"GET {self._path} HTTP/1.1",
            f"Host: {where.netloc}",
            *([f"Origin: {self._api.origin}"] if self._api.origin else []),
            *cookies,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            "Sec-WebSocket-Extensions: permessage-deflate",
        ]
        await loop.sock_sendall(self.sock, ("\r\n".join(lines) + "\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._buffer:
            await self._more()
        self.answer, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        await self.say(self._hello)
        answer: dict[str, Any] = json.loads((await self.frame())[1])
        return answer

    async def say(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        # A mask of zeros changes nothing (RFC 6455, 5.3).
        await asyncio.get_running_loop().sock_sendall(
            self.sock, struct.pack("!BBH", 0x81, 0x80 | 126, len(data)) + bytes(4) + data
        )

    async def _more(self) -> None:
        async with asyncio.timeout(30):
            data = await asyncio.get_running_loop().sock_recv(self.sock, 65536)
        if not data:
            raise ConnectionResetError
        self._buffer += data

    async def frame(self) -> tuple[int, bytes]:
        """(bytes on the wire, payload) of the next frame that is no ping. Raises `ConnectionResetError` at the end."""
        while True:
            for size, opcode, compressed, payload in self._parse():
                if opcode < 8:
                    return size, self._plain(payload) if compressed else payload
            await self._more()

    def _plain(self, payload: bytes) -> bytes:
        return self._inflate.decompress(payload + b"\x00\x00\xff\xff")

    def _parse(self) -> Iterator[tuple[int, int, bool, bytes]]:
        """The next frame, when it is whole (RFC 6455, 5.2; the server sends no fragments)."""
        if len(self._buffer) < 2:
            return
        first, length = self._buffer[0], self._buffer[1]
        start = {126: 4, 127: 10}.get(length, 2)
        if len(self._buffer) < start:
            return
        if start > 2:
            length = int.from_bytes(self._buffer[2:start], "big")
        if len(self._buffer) < start + length:
            return
        payload, self._buffer = self._buffer[start : start + length], self._buffer[start + length :]
        yield start + length, first & 15, bool(first & 0x40), payload

    async def rest(self) -> list[bytes]:
        """What still comes before the connection ends."""
        got = []
        with contextlib.suppress(ConnectionResetError):
            while True:
                got.append((await self.frame())[1])
        return got

    def close(self) -> None:
        self.sock.close()


class RawView(RawSocket):
    """A viewer of a page."""

    def __init__(self, api: Api, session: str) -> None:
        super().__init__(api, "/api/v1/page-stream", {"type": "page.hello", "session": session, "role": "view"})

    async def open_view(self) -> "RawView":
        assert (await self.open())["type"] == "page.welcome"
        return self


def payload(frame: bytes) -> bytes:
    read(frame)
    return frame[HEADER_SIZE:]
