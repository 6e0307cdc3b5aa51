"""The page stream's socket: hello, then frames one way. See `rs_server/protocol/page.py`."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import msgspec
from aiohttp import WSMsgType, web

from rs_server.core.permissions import allowed
from rs_server.core.session import Session, is_in
from rs_server.db import Fenced
from rs_server.http import sockets
from rs_server.http.kit import SERVICES, SETTINGS, Caller, Settings
from rs_server.http.sockets import SOCKETS, Outbox
from rs_server.protocol.base import Message
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import PageAbout, PageHello, PagePause, PageRole, PageSourceFrame
from rs_server.protocol.session import Participant
from rs_server.services.everything import Services
from rs_server.services.identity import origin_of
from rs_server.services.ids import digest
from rs_server.services.throttle import Throttle

PERMISSION: Mapping[PageRole, str] = {"source": "session.customer", "view": "session.agent"}
PATH = "/api/v1/page-stream"
WIRE_LIMIT = 256 * 1024
"""Bytes of one frame, inflated; a larger one ends the connection before it is all there."""
MOST_BEHIND = 4 * 1024 * 1024
"""Bytes; a viewer for whom more waits is cut, and begins with the snapshot again."""

_decode = sockets.decoding(msgspec.json.Decoder(PageHello))
_decode_word = sockets.decoding(msgspec.json.Decoder(PageSourceFrame))


async def page_stream(request: web.Request) -> web.StreamResponse:
    services, settings = request.app[SERVICES], request.app[SETTINGS]
    refused = sockets.refuse_origin(request, services, settings)
    if refused is not None:
        return refused
    # One window for all messages: what repeats itself is hardly sent again.
    ws = web.WebSocketResponse(
        max_msg_size=WIRE_LIMIT, compress=True, heartbeat=sockets.HEARTBEAT_SECONDS, autoping=True
    )
    await ws.prepare(request)
    connection = PageConnection(ws, request, services, settings)
    request.app[SOCKETS].add(connection)
    try:
        await connection.run()
    finally:
        request.app[SOCKETS].discard(connection)
    return ws


class PageConnection:
    """One socket: of the page, or of somebody who sees it."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request, services: Services, settings: Settings) -> None:
        self.out = Outbox(request, ws, MOST_BEHIND)
        self._ws = ws
        self._request = request
        self._services = services
        self._settings = settings
        self._participant = ""
        self._user = ""
        self._sign_in: bytes | None = None
        # A page that changes all the time sends some 60 frames a second; a flood slows only itself down.
        self._pace = Throttle(services.clock, burst=1000, refill=0.005)

    # --- what the service sees ---

    @property
    def participant(self) -> str:
        return self._participant

    @property
    def user(self) -> str:
        return self._user

    @property
    def sign_in(self) -> bytes | None:
        return self._sign_in

    @property
    def pending(self) -> int:
        return self.out.pending

    def send(self, body: Message) -> None:
        self.out.say(body)

    def unsend(self, which: Callable[[object], bool]) -> None:
        self.out.unsay(which)

    def pass_on(self, frame: bytes) -> None:
        self.out.put(frame, WSMsgType.BINARY)

    def catch_up(self, frames: Sequence[bytes]) -> None:
        self.out.put_all(frames, WSMsgType.BINARY)

    def take_back(self) -> None:
        self.out.take_back(WSMsgType.BINARY)

    def close(self, code: Code) -> None:
        self.out.close(code)

    def drop(self) -> None:
        self.out.drop()

    # --- the connection's life ---

    async def run(self) -> None:
        writer = asyncio.create_task(self.out.run())
        tasks: list[asyncio.Task[None]] = []
        session = ""
        try:
            hello = await sockets.first_frame(self._ws, PageHello, _decode)
            caller = await self._identify(hello)
            found, part = await self._part(hello, caller)
            self._participant = self.out.owner = part.id
            session = hello.session
            if caller.user is not None:
                self._user, self._sign_in = caller.user.id, digest(caller.token)
                tasks.append(asyncio.create_task(self.out.while_signed_in(self._services, digest(caller.token))))
            if hello.role == "source":
                await self._feed(found, hello)
            else:
                await self._watch(found)
        except ProtocolError as error:
            self.out.refuse(error.error)
        except Fenced:
            self.drop()
        except (TimeoutError, ConnectionResetError):
            pass
        finally:
            self._services.page_streams.gone(session, self)
            await self.out.finish(writer, tasks)

    async def _identify(self, hello: PageHello) -> Caller:
        """Raises `throttled` where many were refused before; else what was wrong."""
        services = self._services
        with sockets.knocking(self._request, services, self._settings) as address:
            if hello.token is None:
                user, token = await sockets.signed_in(self._request, services, self._settings)
                return Caller(address, user=user, token=token)
            found = await services.endpoints.bearer(hello.token)
            origin = self._request.headers.get("Origin")
            if found is None or found[0].native or (origin is not None and origin != found[0].origin):
                raise ProtocolError(Code.RESUME_REFUSED)
            return Caller(address, endpoint=found[0], participant=found[1])

    async def _part(self, hello: PageHello, caller: Caller) -> tuple[Session, Participant]:
        """The session and the caller's part in it. Raises `not_allowed` for a role that is not theirs, `not_found`,
        `session_ended`."""
        if not allowed(PERMISSION[hello.role], caller.actors):
            raise ProtocolError(Code.NOT_ALLOWED)
        if caller.endpoint is not None and caller.endpoint.session != hello.session:
            raise ProtocolError(Code.NOT_FOUND, "no such session")
        session = await self._services.hub.get(hello.session)
        if caller.participant is not None:
            part = session.participants.get(caller.participant.id)
        else:
            part = session.of_user(caller.staff().id)
        if part is not None and session.info.state == "ended":
            raise ProtocolError(Code.SESSION_ENDED)
        if part is None or not is_in(part):
            raise ProtocolError(Code.NOT_FOUND, "no such session")
        return session, part

    async def _feed(self, session: Session, hello: PageHello) -> None:
        # An act that the customer does not allow any more may not be on its way already.
        sockets.hold_little_back(self._request)
        streams = self._services.page_streams
        self.send(streams.source(session, self, hello.tab))
        async for message in self._ws:
            while (wait := self._pace.wait("")) > 0:
                await asyncio.sleep(wait)
            self._pace.spend("")
            if self.out.closing is not None:
                return
            if message.type is WSMsgType.BINARY:
                streams.arrived(session.info.id, self, message.data)
            else:
                self._heard(session.info.id, _decode_word(message.data))

    def _heard(self, session: str, word: PageSourceFrame) -> None:
        streams = self._services.page_streams
        if isinstance(word, PagePause):
            streams.pause(session, self, word.paused)
        else:
            streams.about(session, self, self._checked(word))

    def _checked(self, about: PageAbout) -> PageAbout:
        """Raises `bad_request` for what is no address of the page that the socket is of."""
        origin = self._request.headers.get("Origin")
        if about.address == "":
            return about
        if not plain_address(about.address) or (origin and origin_of(about.address) != origin):
            raise ProtocolError(Code.BAD_REQUEST, "origin and path of this page, nothing more", field="address")
        return about

    async def _watch(self, session: Session) -> None:
        sockets.hold_little_back(self._request)
        streams = self._services.page_streams
        self.send(streams.view(session, self))
        streams.begin(session.info.id, self)
        async for _message in self._ws:
            raise ProtocolError(Code.BAD_REQUEST, "a viewer has nothing to say here")


def plain_address(address: str) -> bool:
    """Whether it is a page's, without what may be private in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and not set(address) & set("?#@") and address.isprintable()
