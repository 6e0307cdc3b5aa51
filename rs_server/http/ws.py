"""The control socket: hello, resume, commands, events. See `rs_server/protocol/socket.py`."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from rs_server.core.permissions import allowed
from rs_server.core.session import Session, for_staff_only, is_in
from rs_server.http.access import address_of, own_page
from rs_server.http.kit import ACD_CODES, COOKIE, SERVICES, SETTINGS, Caller, Settings
from rs_server.http.messages import dispatch
from rs_server.ports import AcdRefused
from rs_server.protocol.acd import DeskChanged
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError
from rs_server.protocol.session import PresenceChanged, SessionSnapshot
from rs_server.protocol.socket import Beat, Bye, ClientFrame, Command, EventFrame, Hello, Reply, Welcome
from rs_server.services.everything import Services
from rs_server.services.ids import digest
from rs_server.services.throttle import Throttle
from rs_server.store import sessions as session_store
from rs_server.store.identity import User

log = structlog.get_logger()

FRAME_LIMIT = 256 * 1024
"""Bytes; an SDP answer is the largest thing that a client has to say."""
HELLO_SECONDS = 10.0
BEAT_SECONDS = 4.0
MOST_PENDING = 2000
MOST_PENDING_BYTES = 8 * 1024 * 1024
MOST_CATCH_UP = 1000
"""Who missed more events than this gets a snapshot instead."""

_decoder = msgspec.json.Decoder(ClientFrame)
_encoder = msgspec.json.Encoder()


class _Numbered(msgspec.Struct):
    id: int


class _Sequenced(msgspec.Struct):
    seq: int


SOCKETS: web.AppKey[set["Connection"]] = web.AppKey("sockets", set)


async def socket(request: web.Request) -> web.StreamResponse:
    services, settings = request.app[SERVICES], request.app[SETTINGS]
    refused = _refuse_origin(request, services, settings)
    if refused is not None:
        return refused
    ws = web.WebSocketResponse(max_msg_size=FRAME_LIMIT, compress=False, heartbeat=5.0, autoping=True)
    await ws.prepare(request)
    connection = Connection(ws, request, services, settings)
    request.app[SOCKETS].add(connection)
    try:
        await connection.run()
    finally:
        request.app[SOCKETS].discard(connection)
    return ws


def _refuse_origin(request: web.Request, services: Services, settings: Settings) -> web.Response | None:
    """A socket is opened by our pages, by pages of sites (with a token, never a cookie), or by a program that sends
    no Origin (with a token)."""
    origin = request.headers.get("Origin")
    if origin is None or origin == settings.origin or services.identity.site_origin(origin):
        return None
    return web.json_response({"code": Code.FOREIGN_ORIGIN.value, "message": "this page may not do that"}, status=403)


class Connection:
    """One socket. Sends from a bounded queue; who falls behind is cut and resumes."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, services: Services, settings: Settings) -> None:
        self._ws = ws
        self._request = request
        self._services = services
        self._settings = settings
        self._caller: Caller | None = None
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._bytes = 0
        self._heard = 0.0
        self._listening: dict[str, Callable[[], None]] = {}
        self._held: dict[str, list[bytes]] = {}
        self._actor = ""
        self._sign_in: bytes | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing: Code | None = None
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
        frame = EventFrame(session=session, seq=0, at=self._services.clock.now(), body=body)
        self._put(_encoder.encode(frame))

    def put(self, frame: bytes) -> None:
        self._put(frame)

    def close(self, code: str) -> None:
        """Say why, then close."""
        if self._closing is None:
            self._closing = Code(code)
            self._put(_encoder.encode(Bye(error=ErrorInfo(code=self._closing, message=self._closing.value))), last=True)

    def drop(self) -> None:
        """The server stops: close without a word; the client comes back by itself."""
        self._abort()

    # --- the connection's life ---

    async def run(self) -> None:
        writer = asyncio.create_task(self._write())
        try:
            hello = await self._hello()
            await self._identify(hello)
            await self._welcome(hello)
            await self._read()
        except ProtocolError as error:
            self._put(_encoder.encode(Bye(error=error.error)), last=True)
        except (TimeoutError, ConnectionResetError):
            pass
        finally:
            await self._finish(writer)

    async def _finish(self, writer: asyncio.Task[None]) -> None:
        for session in list(self._listening):
            self._unlisten(session)
        self._services.desk.unwatch(self)
        self._services.supervise.unwatch(self)
        if self._actor:
            self._services.presences.disconnect(self)
        self._put(b"", last=True)
        for task in self._tasks:
            task.cancel()
        try:
            await asyncio.gather(*self._tasks, return_exceptions=True)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                await asyncio.wait_for(writer, 2)
            with contextlib.suppress(TimeoutError, ConnectionResetError):
                await asyncio.wait_for(self._ws.close(), 2)
        finally:
            # Also when the connection was lost meanwhile, which cancels us.
            writer.cancel()

    async def _hello(self) -> Hello:
        message = await asyncio.wait_for(self._ws.receive(), HELLO_SECONDS)
        if message.type is not WSMsgType.TEXT:
            raise ProtocolError(Code.BAD_REQUEST, "the first frame is hello")
        frame = _decode(message.data)
        if not isinstance(frame, Hello):
            raise ProtocolError(Code.BAD_REQUEST, "the first frame is hello")
        return frame

    async def _identify(self, hello: Hello) -> None:
        """Raises `throttled` where many were refused before; else what was wrong."""
        services, address = self._services, address_of(self._request, self._settings)
        services.endpoints.throttle_hello(address)
        now = services.clock.now()
        try:
            if hello.token is None:
                user, token = await self._staff()
                self._caller = Caller(address, user=user, token=token)
                welcome = Welcome(now=now)
            else:
                origin = self._request.headers.get("Origin")
                endpoint, fresh, access = await services.endpoints.resume(hello.token, origin)
                participant = await services.endpoints.participant(endpoint)
                self._caller = Caller(address, endpoint=endpoint, participant=participant)
                welcome = Welcome(now=now, resume=fresh, access=access, session=endpoint.session)
        except ProtocolError:
            services.endpoints.hello_was_wrong(address)
            raise
        self._put(_encoder.encode(welcome))

    async def _welcome(self, hello: Hello) -> None:
        services, caller = self._services, self._caller
        assert caller is not None
        if caller.endpoint is not None and caller.participant is not None:
            self._actor = caller.participant.id
            await services.watch.connected(self, staff=False)
            await self._follow(caller.endpoint.session, hello.since.get(caller.endpoint.session))
        else:
            user = caller.staff()
            self._actor, self._sign_in = user.id, digest(caller.token)
            await services.watch.connected(self, staff=allowed("session.agent", user.roles))
            self._start(self._follow_new_sessions(hello))
        self._start(self._beat())

    async def _staff(self) -> tuple[User, str]:
        token = self._request.cookies.get(COOKIE, "")
        user = None
        if token and own_page(self._request, self._settings):
            user = await self._services.identity.signed_in(token)
        if user is None or user.tenant != self._services.hub.tenant:
            raise ProtocolError(Code.NOT_SIGNED_IN)
        return user, token

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("socket task failed", actor=self._actor, exc_info=task.exception())
            self.close(Code.SERVER_ERROR)

    # --- following sessions ---

    async def _follow_new_sessions(self, hello: Hello) -> None:
        """Staff: the desk, then every session of theirs, now and as they come."""
        services = self._services
        services.desk.watch(self)
        changed = asyncio.Event()

        def stir(session: Session) -> None:
            person = session.of_user(self._actor)
            here = person is not None and is_in(person) and session.info.state != "ended"
            if not here and session.info.id in self._listening:
                # Before another event of it can pass.
                self._unlisten(session.info.id)
                self.send(None, DeskChanged(sessions_gone=[session.info.id]))
            changed.set()

        since = dict(hello.since)
        end = services.watch.on_sessions(self._actor, stir)
        try:
            while True:
                changed.clear()
                for session in services.desk.sessions(self._actor):
                    if session not in self._listening:
                        await self._follow(session, since.pop(session, None))
                await changed.wait()
        finally:
            end()

    async def _follow(self, session_id: str, since: int | None) -> None:
        """Begin to pass on a session's events: first a snapshot, or what was missed; what happens meanwhile is
        held back and follows."""
        services = self._services
        self._held[session_id] = []
        self._listening[session_id] = services.hub.listen(
            session_id, self._is_staff, lambda frame: self._passed(session_id, frame)
        )
        session = await services.hub.get(session_id)
        missed = None
        if since is not None and 0 < since <= session.seq <= since + MOST_CATCH_UP:
            async with services.hub.database.read() as connection:
                missed = await session_store.events_after(connection, session_id, since)
            session = await services.hub.get(session_id)
        if session_id not in self._listening:
            return
        if missed is None or since is None:
            self._put(_encoder.encode(self._event(session_id, self._snapshot(session))))
            told = session.seq
        else:
            told = self._catch_up(session, since, missed)
        for frame in self._held.pop(session_id, []):
            # What was stored while we read is among what was read.
            seq = msgspec.json.decode(frame, type=_Sequenced).seq
            if seq == 0 or seq > told:
                self._put(frame)
        if session.info.state != "ended":
            services.calls.greet(session_id, self)

    def _passed(self, session: str, frame: bytes) -> None:
        held = self._held.get(session)
        if held is not None:
            held.append(frame)
        else:
            self._put(frame)

    def _catch_up(self, session: Session, since: int, missed: list[tuple[int, float, Any]]) -> int:
        """Tell what was missed; returns the number of the last event told."""
        name, told = session.info.id, since
        for seq, at, body in missed:
            if seq > session.seq:
                # Stored, but not told to anybody yet: it comes with the others.
                break
            told = seq
            if self._is_staff or not for_staff_only(body):
                self._put(_encoder.encode(EventFrame(session=name, seq=seq, at=at, body=body)))
        for presence in self._services.presences.of(session):
            self._put(_encoder.encode(self._event(name, PresenceChanged(presence=presence))))
        position = self._services.desk.position(name)
        if position is not None:
            self._put(_encoder.encode(self._event(name, position)))
        return told

    def _unlisten(self, session: str) -> None:
        end = self._listening.pop(session, None)
        if end is not None:
            end()
        self._held.pop(session, None)

    @property
    def _is_staff(self) -> bool:
        return self._caller is not None and self._caller.user is not None

    def _snapshot(self, session: Session) -> SessionSnapshot:
        return snapshot(session, self._services, self._actor, staff=self._is_staff)

    def _event(self, session: str, body: Any) -> EventFrame:
        return EventFrame(session=session, seq=0, at=self._services.clock.now(), body=body)

    # --- reading ---

    async def _read(self) -> None:
        async for message in self._ws:
            while (wait := self._pace.wait("")) > 0:
                await asyncio.sleep(wait)
            self._pace.spend("")
            if self._closing is not None:
                return
            if message.type is not WSMsgType.TEXT:
                raise ProtocolError(Code.BAD_REQUEST, "text frames only")
            frame = self._command(message.data)
            if frame is None:
                continue
            self._put(_encoder.encode(await self._do(frame)))

    def _command(self, data: str) -> Command | None:
        """None when it has no known shape, and its sender was told so. Raises when not even a reply fits."""
        try:
            frame = _decode(data)
        except ProtocolError as error:
            try:
                number = msgspec.json.decode(data, type=_Numbered).id
            except (msgspec.MsgspecError, RecursionError):
                raise error from None
            self._put(_encoder.encode(Reply(id=number, error=error.error)))
            return None
        if not isinstance(frame, Command):
            raise ProtocolError(Code.BAD_REQUEST, "one hello is enough")
        return frame

    async def _do(self, command: Command) -> Reply:
        assert self._caller is not None
        try:
            await dispatch(self._services, self._caller, self, command.session, command.body)
        except ProtocolError as error:
            return Reply(id=command.id, error=error.error)
        except AcdRefused as refused:
            code = ACD_CODES.get(refused.code, Code.CONFLICT)
            return Reply(id=command.id, error=ErrorInfo(code=code, message=refused.code))
        except Exception:
            log.exception("command failed", kind=type(command.body).__name__, session=command.session)
            return Reply(id=command.id, error=ErrorInfo(code=Code.SERVER_ERROR, message="something went wrong"))
        return Reply(id=command.id)

    # --- writing ---

    def _put(self, frame: bytes, last: bool = False) -> None:
        if self._bytes < 0:
            return
        if not last and (self._queue.qsize() > MOST_PENDING or self._bytes > MOST_PENDING_BYTES):
            log.info("socket fell behind", actor=self._actor)
            while not self._queue.empty():
                self._queue.get_nowait()
            self.close(Code.BEHIND)
            return
        if frame:
            self._bytes += len(frame)
            self._queue.put_nowait(frame)
        if last:
            self._queue.put_nowait(None)
            self._bytes = -1

    async def _write(self) -> None:
        while (frame := await self._queue.get()) is not None:
            try:
                await asyncio.wait_for(self._ws.send_frame(frame, WSMsgType.TEXT), 10)
            except (TimeoutError, ConnectionResetError, RuntimeError):
                self._abort()
                return
            if self._bytes > 0:
                self._bytes = max(0, self._bytes - len(frame))
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._ws.close(code=WSCloseCode.OK), 2)

    def _abort(self) -> None:
        transport = self._request.transport
        if transport is not None:
            transport.abort()

    async def _beat(self) -> None:
        """The protocol's pings find a dead client, but a page cannot see them: this is what it hears."""
        services = self._services
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            self._put(_encoder.encode(Beat(now=services.clock.now())))
            token = self._caller.token if self._caller is not None else ""
            if token and await services.identity.signed_in(token) is None:
                self.close(Code.NOT_SIGNED_IN)
                return


def _decode(data: str) -> ClientFrame:
    try:
        frame: ClientFrame = _decoder.decode(data)
        return frame
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(Code.BAD_REQUEST, str(error)) from error


def snapshot(session: Session, services: Services, actor: str, *, staff: bool) -> SessionSnapshot:
    """Everything that this reader may know of the session."""
    you = next((p.id for p in session.participants.values() if actor in (p.id, p.user)), "")
    lines = [line for line in session.lines if staff or line.audience == "everyone"]
    return SessionSnapshot(
        you=you,
        seq=session.seq,
        session=session.info,
        participants=list(session.participants.values()),
        grants=list(session.grants.values()),
        files=list(session.files.values()),
        lines=lines,
        presence=services.presences.of(session),
        note=session.note if staff else None,
        invites=list(session.invites.values()) if staff else [],
        position=services.desk.position(session.info.id) if session.info.state == "waiting" else None,
    )
