"""What both sockets have in common: who may open one, the first frame, and what is sent, from a bounded queue."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from rs_server.http.access import address_of, own_page
from rs_server.http.kit import COOKIE, Settings
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError
from rs_server.protocol.socket import Bye
from rs_server.services.everything import Services
from rs_server.store.identity import User

log = structlog.get_logger()

HELLO_SECONDS = 10.0
HEARTBEAT_SECONDS = 5.0
SEND_SECONDS = 10.0
SIGN_IN_SECONDS = 4.0
MOST_PENDING = 2000
MOST_PENDING_BYTES = 8 * 1024 * 1024
MOST_UNSENT = 64 * 1024
"""Bytes that the system may hold back of a connection: what it has been given cannot be taken back."""
SMALL = 8 * 1024
"""Bytes; a frame that aiohttp packs at once, and that the buffer of a connection always has room for."""

_encoder = msgspec.json.Encoder()
_F = TypeVar("_F")


class Connected(Protocol):
    """An open socket."""

    def drop(self) -> None:
        """The server stops: close without a word; the client comes back by itself."""


SOCKETS: web.AppKey[set[Connected]] = web.AppKey("sockets", set)


# --- coming in ---


def refuse_origin(request: web.Request, services: Services, settings: Settings) -> web.Response | None:
    """A socket is opened by our pages, by pages of sites (with a token, never a cookie), or by a program that sends
    no Origin (with a token)."""
    origin = request.headers.get("Origin")
    if origin is None or origin == settings.origin or services.identity.site_origin(origin):
        return None
    return web.json_response({"code": Code.FOREIGN_ORIGIN.value, "message": "this page may not do that"}, status=403)


async def first_frame(ws: web.WebSocketResponse, kind: type[_F], decode: Callable[[str], Any]) -> _F:
    """The client's hello. Raises `bad_request` for anything else, `TimeoutError` when nothing comes."""
    message = await asyncio.wait_for(ws.receive(), HELLO_SECONDS)
    if message.type is not WSMsgType.TEXT:
        raise ProtocolError(Code.BAD_REQUEST, "the first frame is hello")
    frame = decode(message.data)
    if not isinstance(frame, kind):
        raise ProtocolError(Code.BAD_REQUEST, "the first frame is hello")
    return frame


def decoding(decoder: "msgspec.json.Decoder[Any]") -> Callable[[str], Any]:
    """Raises `bad_request` for what has no known shape."""

    def decode(data: str) -> Any:
        try:
            return decoder.decode(data)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ProtocolError(Code.BAD_REQUEST, str(error)) from error

    return decode


@contextlib.contextmanager
def knocking(request: web.Request, services: Services, settings: Settings) -> Iterator[str]:
    """The address of whoever says who they are inside. Raises `throttled` where many were refused before; a refusal
    inside counts."""
    address = address_of(request, settings)
    services.endpoints.throttle_hello(address)
    try:
        yield address
    except ProtocolError:
        services.endpoints.hello_was_wrong(address)
        raise


async def signed_in(request: web.Request, services: Services, settings: Settings) -> tuple[User, str]:
    """The staff user of the cookie, and the token in it. Raises `not_signed_in`."""
    token = request.cookies.get(COOKIE, "")
    user = None
    if token and own_page(request, settings):
        user = await services.identity.signed_in(token)
    if user is None or user.tenant != services.hub.tenant:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    return user, token


# --- sending ---


def hold_little_back(request: web.Request, most: int = MOST_UNSENT) -> None:
    """What is sent and not gone yet stays with us, where it can be taken back; but for so many bytes."""
    transport = request.transport
    if transport is None:
        return
    transport.set_write_buffer_limits(high=max(most, 2 * SMALL))
    sock = transport.get_extra_info("socket")
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if sock is not None and option is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, option, most)


class _Item(NamedTuple):
    data: bytes
    kind: WSMsgType
    counts: bool
    body: object = None
    """The message, where it is one."""


class Outbox:
    """Sends from a bounded queue. Who falls behind is told so and cut."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, most_bytes: int = MOST_PENDING_BYTES) -> None:
        self.owner = ""
        """For the log."""
        self.closing: Code | None = None
        self._request = request
        self._ws = ws
        self._most_bytes = most_bytes
        self._queue: asyncio.Queue[_Item | None] = asyncio.Queue()
        self._pending = 0
        self._bytes = 0
        self._sending = False
        self._ended = False

    @property
    def pending(self) -> int:
        """Frames in the queue."""
        return self._queue.qsize()

    def say(self, body: Any) -> None:
        """Queue a message as JSON text."""
        self.put(_encoder.encode(body), body=body)

    def put(self, data: bytes, kind: WSMsgType = WSMsgType.TEXT, body: object = None) -> None:
        """Queue a frame, and be cut when too many wait."""
        if self._ended:
            return
        if self._pending > MOST_PENDING or self._bytes > self._most_bytes:
            log.info("socket fell behind", actor=self.owner)
            self._empty()
            self.close(Code.BEHIND)
            return
        self._add(_Item(data, kind, True, body))

    def put_all(self, frames: Sequence[bytes], kind: WSMsgType) -> None:
        """Queue what somebody has to catch up with: it does not count as being behind."""
        for data in frames:
            if not self._ended:
                self._add(_Item(data, kind, False))

    def _add(self, item: _Item) -> None:
        if self._is_idle() and len(item.data) <= SMALL:
            self._send_at_once(item)
            return
        if item.counts:
            self._pending += 1
            self._bytes += len(item.data)
        self._queue.put_nowait(item)

    def _is_idle(self) -> bool:
        transport = self._request.transport
        return (
            not self._sending
            and self._queue.empty()
            and transport is not None
            and transport.get_write_buffer_size() == 0
        )

    def _send_at_once(self, item: _Item) -> None:
        """Without a task: where nothing waits, and for a small frame, aiohttp's coroutine runs to its end."""
        sending = self._ws.send_frame(item.data, item.kind)
        try:
            sending.send(None)
        except StopIteration:
            return
        except (ConnectionResetError, RuntimeError):
            self.drop()
            return
        log.error("sending paused", actor=self.owner)
        sending.close()
        self.drop()

    def _empty(self) -> Sequence[_Item]:
        items = []
        while not self._queue.empty():
            item = self._queue.get_nowait()
            if item is not None:
                items.append(item)
        self._pending = self._bytes = 0
        return items

    def unsay(self, which: Callable[[object], bool]) -> None:
        """Of the messages in the queue, those are not sent."""
        if not self._ended and self.pending:
            for item in self._empty():
                if item.body is None or not which(item.body):
                    self._add(item)

    def take_back(self, kind: WSMsgType) -> None:
        """No frame of this kind arrives any more. What left the queue and may not have gone out yet takes the
        connection with it."""
        if not self._ended:
            for item in self._empty():
                if item.kind is not kind:
                    self._add(item)
        transport = self._request.transport
        if transport is not None and (self._sending or transport.get_write_buffer_size() > 0):
            sock = transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                # Else the system would go on sending what it was given.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.drop()

    def close(self, code: Code) -> None:
        """Say why, then close."""
        self.refuse(ErrorInfo(code=code, message=code.value))

    def refuse(self, error: ErrorInfo) -> None:
        """Say what was wrong, then close. Only the first reason is told."""
        if self.closing is None:
            self.closing = error.code
            if not self._ended:
                self._add(_Item(_encoder.encode(Bye(error=error)), WSMsgType.TEXT, True))
            self.end()

    def end(self) -> None:
        """Close when everything is sent."""
        if not self._ended:
            self._ended = True
            self._queue.put_nowait(None)

    def drop(self) -> None:
        """Close now, without a word."""
        self._empty()
        self._ended = True
        self._queue.put_nowait(None)
        transport = self._request.transport
        if transport is not None:
            transport.abort()

    async def run(self) -> None:
        """Send until `end`, then close."""
        while (item := await self._queue.get()) is not None:
            self._sending = True
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await self._ws.send_frame(item.data, item.kind)
            except (TimeoutError, ConnectionResetError, RuntimeError):
                self.drop()
                return
            finally:
                self._sending = False
            if item.counts:
                self._pending = max(0, self._pending - 1)
                self._bytes = max(0, self._bytes - len(item.data))
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._ws.close(code=WSCloseCode.OK), 2)

    async def finish(self, writer: asyncio.Task[None], tasks: Sequence[asyncio.Task[None]]) -> None:
        """End the connection: what is queued goes out, what works for it stops."""
        self.end()
        for task in tasks:
            task.cancel()
        try:
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                await asyncio.wait_for(writer, 2)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                await asyncio.wait_for(self._ws.close(), 2)
        finally:
            # Also when the connection was lost meanwhile, which cancels us.
            writer.cancel()

    async def while_signed_in(self, services: Services, sign_in: bytes) -> None:
        """Close when the sign-in is over."""
        while True:
            await asyncio.sleep(SIGN_IN_SECONDS)
            if not await services.identity.still_signed_in(sign_in):
                self.close(Code.NOT_SIGNED_IN)
                return
