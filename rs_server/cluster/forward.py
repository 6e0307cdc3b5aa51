"""What a server is that is not at home: it passes everything on, and keeps nothing."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from rs_server.http.access import address_of
from rs_server.http.health import ready
from rs_server.http.kit import Settings, error_response, json_response
from rs_server.http.peers import PEER_HEADER, is_internal
from rs_server.protocol.errors import Code, ErrorInfo

log = logging.getLogger(__name__)

CONNECT_SECONDS = 2.0
CHUNK = 64 * 1024

_HOP = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer"),
        *("transfer-encoding", "upgrade", "expect"),
    }
)
"""Of one connection only (RFC 9110 section 7.6.1)."""
_OURS = frozenset({PEER_HEADER.lower(), "forwarded", "x-forwarded-for", "x-forwarded-proto"})
_SOCKET = frozenset({"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"})


class SocketRule(NamedTuple):
    """`limit`: largest message of a client in bytes. `compress`: offered to clients; between servers nothing is."""

    limit: int
    compress: bool


OTHER_SOCKETS = SocketRule(1 << 20, False)


class Forwarder:
    """Passes on to `address` (`host:port`); None: nobody is at home, and everything is asked to come back."""

    def __init__(self, token: str, settings: Settings, sockets: Mapping[str, SocketRule]) -> None:
        self._address: str | None = None
        self._under_way: dict[object, tuple[web.Request, str]] = {}
        self._token = token
        self._settings = settings
        self._sockets = sockets
        self._client: aiohttp.ClientSession | None = None

    @property
    def address(self) -> str | None:
        return self._address

    @address.setter
    def address(self, address: str | None) -> None:
        """What is still under way to another one is cut: that one answers nobody any more, perhaps without
        knowing it."""
        self._address = address
        if address is not None:
            for request, where in list(self._under_way.values()):
                if where != address:
                    _abort(request)

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self._alive)
        app.router.add_get("/readyz", self._ready)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        app.cleanup_ctx.append(self._lifetime)

    async def _lifetime(self, _app: web.Application) -> AsyncIterator[None]:
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        yield
        await self._client.close()

    async def _alive(self, request: web.Request) -> web.Response:
        return json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        if self._address is None:
            return ready("no home", {"home": "no server is at home"})
        return ready("forwarder", {})

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        # Nobody passes on to one who passes on: that could go round.
        address = self._address
        if address is None or is_internal(request):
            return _nobody()
        mark = object()
        self._under_way[mark] = (request, address)
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._socket(request, address)
            return await self._pass_on(request, address)
        except (aiohttp.ClientConnectorError, aiohttp.ServerDisconnectedError, aiohttp.ServerTimeoutError) as error:
            log.info("the home was not reached: %s", error)
            return _nobody()
        except aiohttp.ClientError as error:
            log.info("the home broke off: %s", error)
            return _nobody()
        finally:
            del self._under_way[mark]

    def _headers(self, request: web.Request) -> CIMultiDict[str]:
        headers = _without(request.headers, _HOP | _OURS)
        headers["X-Forwarded-For"] = address_of(request, self._settings)
        headers["X-Forwarded-Proto"] = "https" if self._settings.secure else "http"
        headers[PEER_HEADER] = self._token
        return headers

    # --- plain requests ---

    async def _pass_on(self, request: web.Request, address: str) -> web.StreamResponse:
        assert self._client is not None
        url = URL(f"http://{address}{request.raw_path}", encoded=True)
        body = request.content.iter_any() if request.body_exists else None
        async with self._client.request(
            request.method, url, headers=self._headers(request), data=body, allow_redirects=False
        ) as answer:
            response = web.StreamResponse(
                status=answer.status, reason=answer.reason, headers=_without(answer.headers, _HOP)
            )
            await response.prepare(request)
            try:
                async for chunk in answer.content.iter_chunked(CHUNK):
                    await response.write(chunk)
            except aiohttp.ClientError as error:
                log.info("the home broke off: %s", error)
                # What is not whole must not look whole.
                _abort(request)
                return response
            await response.write_eof()
            return response

    # --- sockets ---

    async def _socket(self, request: web.Request, address: str) -> web.StreamResponse:
        assert self._client is not None
        rule = self._sockets.get(request.path, OTHER_SOCKETS)
        protocols = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
        protocols = [each for each in protocols if each]
        headers = _without(self._headers(request), _SOCKET | {"sec-websocket-protocol"})
        try:
            home = await self._client.ws_connect(
                URL(f"http://{address}{request.raw_path}", encoded=True),
                headers=headers,
                protocols=protocols,
                autoping=False,
                autoclose=False,
                max_msg_size=0,
                compress=0,
            )
        except aiohttp.WSServerHandshakeError as refused:
            if refused.status == 403:
                return error_response(ErrorInfo(code=Code.FOREIGN_ORIGIN, message="this page may not do that"))
            return web.Response(status=refused.status if refused.status >= 400 else 502)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(_close, home)
            client = web.WebSocketResponse(
                protocols=[home.protocol] if home.protocol else (),
                max_msg_size=rule.limit,
                compress=rule.compress,
                autoping=False,
                autoclose=False,
            )
            await client.prepare(request)
            await self._both_ways(request, client, home)
            return client

    async def _both_ways(
        self, request: web.Request, client: web.WebSocketResponse, home: aiohttp.ClientWebSocketResponse
    ) -> None:
        inwards = asyncio.create_task(_pump(client, home))
        outwards = asyncio.create_task(_pump(home, client))
        try:
            await asyncio.wait((inwards, outwards), return_when=asyncio.FIRST_COMPLETED)
            if outwards.done() and not outwards.result():
                # The home is gone without a word; so are we.
                _abort(request)
            else:
                # The closing handshake goes on the other way round, but not for ever.
                await asyncio.wait((inwards, outwards), timeout=2)
        finally:
            for task in (inwards, outwards):
                task.cancel()
            await asyncio.gather(inwards, outwards, return_exceptions=True)


Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: Socket, target: Socket) -> bool:
    """Pass on what comes until an end comes; True when it was said properly. Pings and pongs too: only the far end
    knows whether it is alive."""
    while True:
        message = await source.receive()
        try:
            match message.type:
                case WSMsgType.TEXT:
                    await target.send_str(message.data)
                case WSMsgType.BINARY:
                    await target.send_bytes(message.data)
                case WSMsgType.PING:
                    await target.ping(message.data)
                case WSMsgType.PONG:
                    await target.pong(message.data)
                case WSMsgType.CLOSE:
                    await target.close(code=_sendable(message.data), message=(message.extra or "").encode())
                    await source.close()
                    return True
                case WSMsgType.CLOSING:
                    # The other pump has closed it.
                    return True
                case _:
                    # Too large, not UTF-8, or broken off; the socket itself has said so to its side.
                    code = source.close_code
                    said = code is not None and code != 1006
                    if said:
                        await target.close(code=_sendable(code))
                    return said
        except (ConnectionResetError, RuntimeError):
            return False


def _sendable(code: int | None) -> int:
    """Codes that stand for what was not said may not be said (RFC 6455 section 7.4.1)."""
    return 1000 if code is None or code in (0, 1005) else 1001 if code in (1006, 1015) else code


async def _close(home: aiohttp.ClientWebSocketResponse) -> None:
    """Where it is still open, its client has gone away."""
    with contextlib.suppress(TimeoutError, ConnectionResetError):
        async with asyncio.timeout(2):
            await home.close(code=WSCloseCode.GOING_AWAY)


def _without(headers: CIMultiDictProxy[str] | CIMultiDict[str], names: frozenset[str]) -> CIMultiDict[str]:
    """Without those names, nor those that `Connection` lists."""
    listed = {each.strip().lower() for line in headers.getall("Connection", []) for each in line.split(",")}
    gone = names | listed
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in gone)


def _nobody() -> web.Response:
    return error_response(ErrorInfo(code=Code.UNAVAILABLE, message="no server is at home just now", retry_after=1.0))


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
