"""The way to the server: joining by HTTP, then the control socket, which is opened again whenever it is lost."""

import asyncio
import contextlib
import logging
import random
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeVar

import aiohttp
import msgspec

from rs_client.core.address import Target
from rs_server.protocol.api import EndpointTicket, JoinRequest, LinkInfo
from rs_server.protocol.desktop import NativeClient
from rs_server.protocol.errors import Code, ErrorInfo
from rs_server.protocol.socket import (
    Beat,
    Bye,
    ClientBody,
    Command,
    EventFrame,
    Hello,
    Reply,
    ServerFrame,
    Welcome,
)

log = logging.getLogger(__name__)

SILENCE = 10.0
"""Seconds without a word from the server, which beats every 4, after which the connection is given up."""
ANSWER = 15.0
QUIET = 30.0
"""Seconds without a byte after which a request that carries a file is given up."""
LARGEST = 16 * 1024 * 1024
BACK_OFF = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before the next try, give or take half."""
FINAL = frozenset(
    {
        Code.RESUME_REFUSED,
        Code.SESSION_ENDED,
        Code.NOT_ALLOWED,
        Code.NOT_SIGNED_IN,
        Code.CONFLICT,
        Code.LINK_INVALID,
        Code.BAD_REQUEST,
    }
)
"""After these there is no use in another try."""

_OF_HEAD = {404: Code.NOT_FOUND, 422: Code.FILE_DIGEST}
"""An answer to HEAD has a status alone."""

_encode = msgspec.json.Encoder().encode
_frames = msgspec.json.Decoder(ServerFrame)
_K = TypeVar("_K")


class Refused(Exception):
    """The server says no."""

    def __init__(self, error: ErrorInfo) -> None:
        super().__init__(f"{error.code.value}: {error.message}")
        self.error = error
        self.code = error.code


class Unreachable(Exception):
    """No answer, or none of a server of ours. `why`: offline, certificate, strange."""

    def __init__(self, why: str, words: str) -> None:
        super().__init__(words)
        self.why = why


class Server:
    """One server, by HTTP and the socket. Its certificate is always checked against what this machine trusts;
    redirects are not followed, and no proxy or sign-in is taken from the environment."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        connector = aiohttp.TCPConnector(ssl=ssl.create_default_context(), limit=8)
        self._http = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=ANSWER),
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.close()

    async def look(self, target: Target) -> LinkInfo | None:
        """Who is behind a link; uses nothing up. None for a number: of these nothing is told. Raises Refused,
        Unreachable."""
        if target.link is None:
            return None
        return await self._call("GET", f"/links/{target.link}", LinkInfo)

    async def join(self, target: Target, language: str) -> EndpointTicket:
        """Raises Refused (link_invalid, throttled), Unreachable."""
        asked = JoinRequest(number=target.number, link=target.link, language=language, native=True)
        return await self._call("POST", "/join", EndpointTicket, asked)

    async def _call(self, method: str, path: str, kind: type[_K], body: Any = None) -> _K:
        data = None if body is None else _encode(body)
        headers = {"Content-Type": "application/json"} if data is not None else {}
        with self._told():
            async with self._http.request(
                method, f"{self.origin}/api/v1{path}", data=data, headers=headers, allow_redirects=False
            ) as response:
                answer = await response.content.read(LARGEST)
                if response.status >= 400:
                    raise Refused(_decoded(answer, ErrorInfo))
                if response.status >= 300:
                    raise Unreachable("strange", "the server leads elsewhere")
                return _decoded(answer, kind)

    @contextlib.asynccontextmanager
    async def carry(
        self,
        method: str,
        path: str,
        access: str,
        headers: Mapping[str, str] | None = None,
        data: AsyncIterator[bytes] | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A request that may last, as long as the server does not fall silent. `access`: of the welcome. Raises
        Refused, Unreachable."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=ANSWER, sock_read=QUIET)
        with self._told():
            async with self._http.request(
                method,
                f"{self.origin}/api/v1{path}",
                data=data,
                headers={"Authorization": f"Bearer {access}", "Tus-Resumable": "1.0.0", **(headers or {})},
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                if method == "HEAD" and response.status in _OF_HEAD:
                    raise Refused(ErrorInfo(code=_OF_HEAD[response.status], message=""))
                if response.status >= 400:
                    raise Refused(_decoded(await response.content.read(LARGEST), ErrorInfo))
                if response.status >= 300:
                    raise Unreachable("strange", f"the server answers {response.status}")
                yield response

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Raises Unreachable."""
        with self._told():
            timeout = aiohttp.ClientWSTimeout(ws_close=2.0)
            ws = await self._http.ws_connect(f"{self.origin}/api/v1/socket", max_msg_size=LARGEST, timeout=timeout)
        try:
            yield ws
        finally:
            await ws.close()

    @contextlib.contextmanager
    def _told(self) -> Any:
        """What went wrong on the way, as one of ours."""
        try:
            yield
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            raise Unreachable("certificate", str(error)) from None
        except aiohttp.WSServerHandshakeError as error:
            raise Unreachable("offline" if error.status >= 500 else "strange", str(error)) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unreachable("offline", str(error) or type(error).__name__) from None


def _decoded(data: bytes, kind: type[_K]) -> _K:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Unreachable("strange", str(error)) from None


class Link:
    """The control socket of one endpoint. Set what is to be told, then `run` it."""

    def __init__(self, server: Server, token: str, device: str, native: NativeClient) -> None:
        self.on_welcome: Callable[[Welcome], None] = lambda _: None
        """The resume token in it is the one to keep."""
        self.on_event: Callable[[EventFrame], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None
        """Told at once; nothing is heard until the next welcome."""
        self.server = server
        self._token = token
        self._device = device
        self._native = native
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._number = 0
        self._replies: dict[int, asyncio.Future[None]] = {}
        self._closing = False

    async def run(self) -> ErrorInfo | None:
        """Until the session is over for this client: why, or None after `close`. Raises Unreachable when the server's
        certificate is wrong."""
        tries = 0
        while not self._closing:
            welcomed, error = False, None
            try:
                welcomed, error = await self._connected()
            except Unreachable as unreachable:
                if unreachable.why == "certificate":
                    raise
                log.info("not connected: %s", unreachable)
            if error is not None and error.code in FINAL:
                return error
            tries = 0 if welcomed else tries + 1
            wait = BACK_OFF[min(tries, len(BACK_OFF) - 1)] * random.uniform(0.5, 1.5)  # noqa: S311
            await asyncio.sleep(max(wait, (error.retry_after or 0) if error else 0))
        return None

    async def _connected(self) -> tuple[bool, ErrorInfo | None]:
        """One connection, to its end: whether it was one, and what the server's last word was."""
        welcomed, last = False, None
        async with self.server.socket() as ws:
            hello = Hello(token=self._token, native=self._native, device=self._device)
            try:
                await ws.send_str(_encode(hello).decode())
                while (frame := await self._frame(ws)) is not None:
                    match frame:
                        case Welcome():
                            welcomed, self._ws = True, ws
                            self._token = frame.resume or self._token
                            self.on_welcome(frame)
                        case Bye():
                            last = frame.error
                        case _:
                            self._heard(frame)
            except (ConnectionError, TimeoutError):
                log.info("the connection was lost")
            finally:
                self._lost(welcomed)
        return welcomed, last

    async def _frame(self, ws: aiohttp.ClientWebSocketResponse) -> ServerFrame | None:
        """None at the end. What this client is too old for is passed over. Raises TimeoutError after silence."""
        while True:
            message = await ws.receive(SILENCE)
            if message.type is not aiohttp.WSMsgType.TEXT:
                return None
            try:
                frame: ServerFrame = _frames.decode(message.data)
                return frame
            except (msgspec.MsgspecError, RecursionError) as error:
                log.warning("a frame that cannot be read: %s", error)

    def _heard(self, frame: Reply | EventFrame | Beat) -> None:
        match frame:
            case Reply():
                reply = self._replies.pop(frame.id, None)
                if reply is not None and not reply.done():
                    if frame.error is None:
                        reply.set_result(None)
                    else:
                        reply.set_exception(Refused(frame.error))
            case EventFrame():
                self.on_event(frame)
            case Beat():
                pass

    def _lost(self, welcomed: bool) -> None:
        self._ws = None
        replies, self._replies = self._replies, {}
        for reply in replies.values():
            if not reply.done():
                reply.set_exception(Unreachable("offline", "the connection was lost"))
        if welcomed:
            self.on_lost()

    async def say(self, body: ClientBody, session: str | None) -> None:
        """Send a command and wait for its reply. Raises Refused, Unreachable."""
        ws = self._ws
        if ws is None or ws.closed:
            raise Unreachable("offline", "there is no connection")
        self._number += 1
        number = self._number
        reply: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._replies[number] = reply
        try:
            await ws.send_str(_encode(Command(id=number, session=session, body=body)).decode())
            # Not wait_for: in Python 3.11 it loses a cancellation that comes together with the reply.
            async with asyncio.timeout(ANSWER):
                await reply
        except (ConnectionError, TimeoutError) as error:
            raise Unreachable("offline", str(error)) from None
        finally:
            self._replies.pop(number, None)
            if reply.done() and not reply.cancelled():
                reply.exception()

    async def close(self) -> None:
        """`run` ends."""
        self._closing = True
        if self._ws is not None:
            await self._ws.close()
