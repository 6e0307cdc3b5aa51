"""What the engine and its workers say to each other: msgpack in frames of four bytes of length and a body.

The worker connects. Both sides prove that they hold the same secret before anything else is read.
"""

import asyncio
import hashlib
import hmac
import secrets

import msgspec

from rs_server.ports import (
    FramesDropped,
    LegOffer,
    LegQuality,
    LegState,
    PartClosed,
    PartOpened,
    Source,
    StreamState,
    Undecodable,
)

MAX_MESSAGE = 1 << 20
"""Bytes of one message; a description may have 200 KB."""

MAX_BACKLOG = 16 << 20
"""Bytes that may wait to be written before the other side counts as gone."""

MAX_DESCRIPTION = 200_000
"""Characters of a browser's description."""

MAX_CANDIDATE = 1000

HANDSHAKE_TIMEOUT = 5.0

SECRET_VARIABLE = "DESKSIDE_MEDIA_SECRET"  # noqa: S105
"""Environment variable in which a worker finds the secret."""


class Challenge(msgspec.Struct, frozen=True, tag="challenge"):
    nonce: bytes


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    proof: bytes
    nonce: bytes
    pid: int


class Welcome(msgspec.Struct, frozen=True, tag="welcome"):
    proof: bytes


class Open(msgspec.Struct, frozen=True, tag="open"):
    leg: str
    audio_slots: int
    video_slots: int
    native: bool = False


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    leg: str
    sdp: str


class Candidate(msgspec.Struct, frozen=True, tag="candidate"):
    leg: str
    candidate: str


class Allow(msgspec.Struct, frozen=True, tag="allow"):
    source: Source
    allowed: bool


class Subscribe(msgspec.Struct, frozen=True, tag="subscribe"):
    leg: str
    mid: str
    source: Source | None


class Record(msgspec.Struct, frozen=True, tag="record"):
    source: Source
    part: str
    path: str


class StopRecording(msgspec.Struct, frozen=True, tag="stop_recording"):
    part: str


class CloseLeg(msgspec.Struct, frozen=True, tag="close_leg"):
    leg: str


class Ping(msgspec.Struct, frozen=True, tag="ping"):
    pass


class Shutdown(msgspec.Struct, frozen=True, tag="shutdown"):
    """Finish what is being recorded, say so, and end."""


Command = Open | Answer | Candidate | Allow | Subscribe | Record | StopRecording | CloseLeg | Ping | Shutdown


class Request(msgspec.Struct, frozen=True, tag="request"):
    number: int
    command: Command


class Reply(msgspec.Struct, frozen=True, tag="reply"):
    """`refused` or `failed` say why there is no result."""

    number: int
    offer: LegOffer | None = None
    clock: float | None = None
    refused: str | None = None
    failed: str | None = None


class Progress(msgspec.Struct, frozen=True, tag="progress"):
    """What of an open part is on disk; the end of a part whose worker dies is told from this."""

    part: str
    ended_at: float
    frames: int
    bytes: int
    keyframes: int


WorkerEvent = LegState | StreamState | FramesDropped | Undecodable | PartOpened | PartClosed | LegQuality


class News(msgspec.Struct, frozen=True, tag="news"):
    """Something happened. Times in it are on the worker's clock."""

    event: WorkerEvent


Message = Challenge | Hello | Welcome | Request | Reply | Progress | News

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


class Disconnected(Exception):
    """The other side is gone, or does not speak our language."""


class Channel:
    """One connection of an engine with a worker."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, message: Message) -> None:
        """Put a message on the way. Never waits; a side that does not read is cut off."""
        if self._writer.is_closing():
            return
        body = _encoder.encode(message)
        self._writer.write(len(body).to_bytes(4, "big") + body)
        if self._writer.transport.get_write_buffer_size() > MAX_BACKLOG:
            self._writer.transport.abort()

    async def receive(self) -> Message:
        """The next message. Raises Disconnected."""
        try:
            size = int.from_bytes(await self._reader.readexactly(4), "big")
            if size > MAX_MESSAGE:
                raise Disconnected(f"message of {size} bytes")
            return _decoder.decode(await self._reader.readexactly(size))
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            raise Disconnected(str(error)) from error

    async def close(self) -> None:
        """Close; what was sent before is still delivered."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return

    async def admit(self, secret: bytes) -> int:
        """The engine's side of the handshake. Returns the worker's process id. Raises Disconnected."""
        nonce = secrets.token_bytes(32)
        self.send(Challenge(nonce))
        hello = await self._handshake()
        if not isinstance(hello, Hello) or not _proven(secret, b"worker", nonce, hello.proof):
            raise Disconnected("a worker without the secret")
        self.send(Welcome(_proof(secret, b"engine", hello.nonce)))
        return hello.pid

    async def introduce(self, secret: bytes, pid: int) -> None:
        """The worker's side of the handshake. Raises Disconnected."""
        challenge = await self._handshake()
        if not isinstance(challenge, Challenge):
            raise Disconnected("no challenge")
        nonce = secrets.token_bytes(32)
        self.send(Hello(_proof(secret, b"worker", challenge.nonce), nonce, pid))
        try:
            welcome = await self._handshake()
        except Disconnected as error:
            raise Disconnected("it hung up; is the secret the same on both sides?") from error
        if not isinstance(welcome, Welcome) or not _proven(secret, b"engine", nonce, welcome.proof):
            raise Disconnected("an engine without the secret")

    async def _handshake(self) -> Message:
        try:
            return await asyncio.wait_for(self.receive(), HANDSHAKE_TIMEOUT)
        except TimeoutError as error:
            raise Disconnected("no handshake") from error


def _proof(secret: bytes, role: bytes, nonce: bytes) -> bytes:
    return hmac.new(secret, role + nonce, hashlib.sha256).digest()


def _proven(secret: bytes, role: bytes, nonce: bytes, proof: bytes) -> bool:
    return hmac.compare_digest(_proof(secret, role, nonce), proof)


async def connect(address: str) -> Channel:
    """Connect to `unix:PATH` or `tcp:HOST:PORT`. Raises OSError, or ValueError for another kind of
    address."""
    kind, _, rest = address.partition(":")
    if kind == "unix":
        return Channel(*await asyncio.open_unix_connection(rest))
    host, _, port = rest.rpartition(":")
    if kind != "tcp" or not port.isdigit():
        raise ValueError(f"not an address of an engine: {address}")
    return Channel(*await asyncio.open_connection(host, int(port)))
