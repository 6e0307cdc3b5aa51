"""The control socket: hello, resume, commands, events. See `rs_server/protocol/socket.py`."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from aiohttp import WSMsgType, web

from rs_server.core.permissions import allowed
from rs_server.db import Fenced
from rs_server.http import sockets
from rs_server.http.following import Following
from rs_server.http.kit import ACD_CODES, SERVICES, SETTINGS, Caller, Settings
from rs_server.http.messages import dispatch
from rs_server.http.sockets import SOCKETS, Outbox
from rs_server.ports import AcdRefused
from rs_server.protocol.desktop import NativeClient
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError
from rs_server.protocol.socket import Beat, ClientFrame, Command, EventFrame, Hello, Reply, Welcome
from rs_server.services.everything import Services
from rs_server.services.ids import digest
from rs_server.services.presence import actor_of
from rs_server.services.throttle import Throttle
from rs_server.store.endpoints import Endpoint

log = structlog.get_logger()

PATH = "/api/v1/socket"
FRAME_LIMIT = 1024 * 1024
"""Bytes; a text for the clipboard, escaped, is the largest thing that a client has to say."""
UNSENT = 16 * 1024
"""Bytes of input that may be on their way to a native client when they are not allowed any more."""
BEAT_SECONDS = 4.0
LAST_SECONDS = 5.0
"""For what a client said before the connection was lost."""

_decode = sockets.decoding(msgspec.json.Decoder(ClientFrame))


class _Numbered(msgspec.Struct):
    id: int


async def socket(request: web.Request) -> web.StreamResponse:
    services, settings = request.app[SERVICES], request.app[SETTINGS]
    refused = sockets.refuse_origin(request, services, settings)
    if refused is not None:
        return refused
    ws = web.WebSocketResponse(
        max_msg_size=FRAME_LIMIT,
        compress=False,
        heartbeat=sockets.HEARTBEAT_SECONDS,
        autoping=True,
        writer_limit=UNSENT,
    )
    await ws.prepare(request)
    connection = Connection(ws, request, services, settings)
    request.app[SOCKETS].add(connection)
    running = asyncio.create_task(connection.run())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        # The connection is lost. What was said before is still done: a page may be closed right after a press.
        if not connection.cut:
            await asyncio.wait({running}, timeout=LAST_SECONDS)
        raise
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        request.app[SOCKETS].discard(connection)
    return ws


class Connection:
    """One socket. Who falls behind is cut and resumes."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, services: Services, settings: Settings) -> None:
        self.out = Outbox(request, ws)
        self._ws = ws
        self._request = request
        self._services = services
        self._settings = settings
        self._following: Following | None = None
        self._actor = ""
        self.cut = False
        """By us: nothing that it said counts any more."""
        self._sign_in: bytes | None = None
        self._program: NativeClient | None = None
        self._endpoint: Endpoint | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        # Many commands a second are nobody's typing; a flood slows only itself down.
        self._pace = Throttle(services.clock, burst=200, refill=0.01)

    # --- what the services see ---

    @property
    def actor(self) -> str:
        return self._actor

    @property
    def sign_in(self) -> bytes | None:
        return self._sign_in

    def send(self, session: str | None, body: Any) -> None:
        self.out.say(EventFrame(session=session, seq=0, at=self._services.clock.now(), body=body))

    def put(self, frame: bytes) -> None:
        self.out.put(frame)

    def close(self, code: str) -> None:
        """Say why, then close."""
        self.out.close(Code(code))

    def drop(self) -> None:
        self.cut = True
        self.out.drop()

    # --- the same, of a native client's ---

    @property
    def endpoint(self) -> str:
        return self._endpoint.id if self._endpoint is not None else ""

    @property
    def session(self) -> str:
        return self._endpoint.session if self._endpoint is not None else ""

    @property
    def participant(self) -> str:
        return self._endpoint.participant if self._endpoint is not None else ""

    @property
    def program(self) -> NativeClient | None:
        return self._program

    @property
    def pending(self) -> int:
        return self.out.pending

    def unsend(self, which: Callable[[object], bool]) -> None:
        self.out.unsay(lambda said: isinstance(said, EventFrame) and which(said.body))

    # --- the connection's life ---

    async def run(self) -> None:
        writer = asyncio.create_task(self.out.run())
        try:
            hello = await sockets.first_frame(self._ws, Hello, _decode)
            caller = await self._identify(hello)
            await self._begin(hello, caller)
            await self._read(caller)
        except ProtocolError as error:
            self.out.refuse(error.error)
        except Fenced:
            self.drop()
        except (TimeoutError, ConnectionResetError):
            pass
        finally:
            if self._following is not None:
                self._following.end()
            if self._program is not None:
                self._services.natives.disconnect(self)
            if self._actor:
                self._services.presences.disconnect(self)
            await self.out.finish(writer, list(self._tasks))

    async def _identify(self, hello: Hello) -> Caller:
        """Raises `throttled` where many were refused before; else what was wrong."""
        services = self._services
        with sockets.knocking(self._request, services, self._settings) as address:
            now = services.clock.now()
            if hello.token is None:
                user, token = await sockets.signed_in(self._request, services, self._settings)
                caller = Caller(address, user=user, token=token)
                welcome = Welcome(now=now)
            else:
                origin = self._request.headers.get("Origin")
                endpoint, fresh, access = await services.endpoints.resume(
                    hello.token, origin, native=hello.native is not None, device=hello.device
                )
                participant = await services.endpoints.participant(endpoint)
                caller = Caller(address, endpoint=endpoint, participant=participant)
                welcome = Welcome(now=now, resume=fresh, access=access, session=endpoint.session)
        self.out.say(welcome)
        return caller

    async def _begin(self, hello: Hello, caller: Caller) -> None:
        services = self._services
        if caller.endpoint is not None and caller.participant is not None:
            self._actor = self.out.owner = actor_of(caller.participant)
            session = caller.endpoint.session
            if caller.participant.user is None:
                await services.watch.connected(self, staff=False)
            else:
                services.presences.connect_guest(self)
            if hello.native is not None:
                await self._begin_native(hello.native, caller.endpoint)
            self._following = Following(services, self, self.out, staff=False)
            await self._following.follow(session, hello.since.get(session))
        else:
            user = caller.staff()
            self._actor = self.out.owner = user.id
            self._sign_in = digest(caller.token)
            await services.watch.connected(self, staff=allowed("session.agent", user.roles))
            self._following = Following(services, self, self.out, staff=True)
            self._start(self._following.follow_all(hello.since))
            self._start(self.out.while_signed_in(services, self._sign_in))
        self._start(self._beat())

    async def _begin_native(self, program: NativeClient, endpoint: Endpoint) -> None:
        self._program, self._endpoint = program, endpoint
        # What is not allowed any more may not be on its way already.
        sockets.hold_little_back(self._request, UNSENT)
        if endpoint.sign_in is not None:
            self._sign_in = endpoint.sign_in
            self._start(self.out.while_signed_in(self._services, endpoint.sign_in))
        await self._services.natives.connect(self)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("socket task failed", actor=self._actor, exc_info=task.exception())
            self.close(Code.SERVER_ERROR)

    async def _beat(self) -> None:
        """The protocol's pings find a dead client, but a page cannot see them: this is what it hears."""
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self.out.say(Beat(now=self._services.clock.now()))

    # --- commands ---

    async def _read(self, caller: Caller) -> None:
        async for message in self._ws:
            while (wait := self._pace.wait("")) > 0:
                await asyncio.sleep(wait)
            self._pace.spend("")
            if self.cut or self.out.closing is not None:
                return
            if message.type is not WSMsgType.TEXT:
                raise ProtocolError(Code.BAD_REQUEST, "text frames only")
            command = self._command(message.data)
            reply = await self._do(caller, command) if command is not None else None
            if reply is not None:
                self.out.say(reply)

    def _command(self, data: str) -> Command | None:
        """None when it has no known shape, and its sender was told so. Raises when not even a reply fits."""
        try:
            frame = _decode(data)
        except ProtocolError as error:
            try:
                number = msgspec.json.decode(data, type=_Numbered).id
            except (msgspec.MsgspecError, RecursionError):
                raise error from None
            self.out.say(Reply(id=number, error=error.error))
            return None
        if not isinstance(frame, Command):
            raise ProtocolError(Code.BAD_REQUEST, "one hello is enough")
        return frame

    async def _do(self, caller: Caller, command: Command) -> Reply | None:
        """None: no answer, since the client has to ask another server."""
        try:
            await dispatch(self._services, caller, self, command.session, command.body)
        except ProtocolError as error:
            return Reply(id=command.id, error=error.error)
        except AcdRefused as refused:
            code = ACD_CODES.get(refused.code, Code.CONFLICT)
            return Reply(id=command.id, error=ErrorInfo(code=code, message=refused.code))
        except Fenced:
            self.drop()
            return None
        except Exception:
            log.exception("command failed", kind=type(command.body).__name__, session=command.session)
            return Reply(id=command.id, error=ErrorInfo(code=Code.SERVER_ERROR, message="something went wrong"))
        return Reply(id=command.id)
