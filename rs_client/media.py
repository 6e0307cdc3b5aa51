"""The one connection on which pictures leave."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from aiortc import RTCIceServer

from rs_client.link import Refused, Unreachable
from rs_server.protocol.media import IceServer, MediaAnswer, MediaCodec, MediaFailed, MediaOffer, MediaOpen
from rs_server.protocol.socket import ClientBody
from rs_server.rtc.connection import BadDescription
from rs_server.rtc.publish import PublishConnection

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds until it must be connected."""

Say = Callable[[ClientBody], Awaitable[None]]


class NoMedia(Exception):
    """Pictures cannot be sent; `str` says why in English."""


class Media:
    def __init__(self, say: Say) -> None:
        self.on_lost: Callable[[], None] = lambda: None
        """What was shown has to be shown anew."""
        self.on_codec: Callable[[str], None] = lambda _: None
        self._say = say
        self._connection: PublishConnection | None = None
        self._leg = ""
        self._connected = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ready(self) -> PublishConnection:
        """Connected, opened first where it is not. Raises NoMedia, and what `say` raises."""
        if self._connection is None:
            await self._say(MediaOpen(native=True))
        try:
            async with asyncio.timeout(PATIENCE):
                await self._connected.wait()
        except TimeoutError:
            self._drop()
            raise NoMedia("no connection for pictures came about") from None
        assert self._connection is not None
        return self._connection

    def heard(self, body: MediaOffer | MediaFailed | MediaCodec) -> None:
        match body:
            case MediaOffer(native=True):
                self._drop()
                self._start(self._answer(body))
            case MediaFailed(native=True) if body.leg in ("*", self._leg):
                self._lost()
            case MediaCodec() if body.leg == self._leg:
                self.on_codec(body.codec)

    async def close(self) -> None:
        self._drop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)

    async def _answer(self, offer: MediaOffer) -> None:
        connection = PublishConnection(
            servers=[_server(each) for each in offer.ice_servers], relay_only=offer.relay_only
        )
        self._connection, self._leg = connection, offer.leg
        connection.on_state = lambda state: self._changed(connection, state)
        try:
            answer = await connection.answer(offer.sdp, {str(label): mid for label, mid in offer.publish.items()})
            await self._say(MediaAnswer(leg=offer.leg, sdp=answer))
        except (BadDescription, OSError, Refused, Unreachable) as error:
            log.warning("the connection for pictures cannot be made: %s", error)
            if self._connection is connection:
                self._lost()

    def _changed(self, connection: PublishConnection, state: str) -> None:
        if connection is not self._connection:
            return
        if state == "connected":
            self._connected.set()
        elif state in ("failed", "closed"):
            self._lost()

    def _lost(self) -> None:
        was = self._connection is not None
        self._drop()
        if was:
            self.on_lost()

    def _drop(self) -> None:
        connection, self._connection, self._leg = self._connection, None, ""
        self._connected.clear()
        if connection is not None:
            for label in connection.labels:
                connection.show(label, None)
            self._start(connection.close())

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        with contextlib.suppress(asyncio.CancelledError):
            if task.exception() is not None:
                log.error("media", exc_info=task.exception())

    def hide(self, label: str) -> None:
        """Nothing leaves on this line after this."""
        if self._connection is not None and label in self._connection.labels:
            self._connection.show(label, None)


def _server(server: IceServer) -> RTCIceServer:
    return RTCIceServer(urls=server.urls, username=server.username, credential=server.credential)
