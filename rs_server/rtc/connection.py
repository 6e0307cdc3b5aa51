"""One PeerConnection of an endpoint with us: we offer, once, with every line that will ever be needed."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

import aiortc.rtcicetransport as ice_transport_module
import aiortc.rtcpeerconnection as connection_module
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpCodecCapability,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.codecs import get_capabilities
from aiortc.rtcdtlstransport import RtpReceiver, RtpRouter
from aiortc.rtp import AnyRtcpPacket, RtcpRrPacket, RtpPacket
from aiortc.sdp import SessionDescription

from . import feedback
from .ice import HostConnection, IceSettings, parse_candidate, publish_address
from .rate import RateController, SubscriberLimit
from .receiver import PassReceiver
from .sender import PLAYOUT_DELAY, SlotSender

Kind = Literal["audio", "video"]
State = Literal["new", "connecting", "connected", "failed", "closed"]

MAX_DESCRIPTION = 200_000
"""Characters of a peer's description that we are ready to read."""

REPORT_INTERVAL = 1.0

NATIVE_LEAST, NATIVE_RATE = 300_000, 8_000_000
"""Bit/s that a native client may always send, since less is of no use for a whole screen, and at most."""

_PLAYOUT_DELAY_ID = 5
"""Of the header extension; aiortc has 1 to 3."""

_H264 = "42e01f"
"""Constrained baseline, which every decoder has; levels above may be sent to us and to browsers alike."""
_OPUS = "minptime=10;useinbandfec=1;usedtx=1"


class BadDescription(ValueError):
    """The peer's answer does not fit our offer."""


@dataclass(frozen=True)
class Traffic:
    """What went over a connection, since its beginning."""

    received: int
    """Bytes, as `sent`."""
    sent: int
    expected: int
    """Media packets that should have come, and `lost`: those that did not."""
    lost: int


class MidRouter(RtpRouter):
    """Finds the line of a packet by its MID where the SSRC says nothing (RFC 9143, 9.2).

    aiortc's router knows only SSRCs that the description names, without those of retransmissions, and gives
    up as soon as two lines share a payload type."""

    def route_rtp(self, packet: RtpPacket) -> RtpReceiver | None:
        found = super().route_rtp(packet)
        if found is not None or packet.ssrc in self.ssrc_table:
            return found
        receiver = self.mid_table.get(packet.extensions.mid)
        if receiver is None or receiver not in self.payload_type_table.get(packet.payload_type, ()):
            return None
        if len(self.ssrc_table) < MAX_SSRCS:
            self.ssrc_table[packet.ssrc] = receiver
        return receiver


MAX_SSRCS = 256


@contextlib.contextmanager
def own_parts(connection: Callable[..., HostConnection]) -> Iterator[None]:
    """Let RTCPeerConnection build its parts from our classes. It looks them up as globals of its modules;
    they are put back before anything else can run."""
    parts: list[tuple[ModuleType, str, object]] = [
        (connection_module, "RTCRtpReceiver", PassReceiver),
        (connection_module, "RTCRtpSender", SlotSender),
        (ice_transport_module, "Connection", connection),
    ]
    saved = [(module, name, getattr(module, name)) for module, name, _ in parts]
    try:
        for module, name, part in parts:
            setattr(module, name, part)
        yield
    finally:
        for module, name, part in saved:
            setattr(module, name, part)


def preferences(kind: Kind, h264: bool) -> list[RTCRtpCodecCapability]:
    """What we carry: Opus; VP8, and where it is asked for H.264, both with retransmission."""
    wanted = {"audio/opus", "video/vp8", "video/rtx"}
    return [
        codec
        for codec in get_capabilities(kind).codecs
        if codec.mimeType.lower() in wanted
        or (h264 and codec.mimeType == "video/H264" and codec.parameters["profile-level-id"] == _H264)
    ]


class MediaConnection:
    """Lines to receive on and lines to send on, bundled on one transport. `receivers` and `senders` are in
    the order of the arguments; `mids` has the line's name for each of them, receivers first. A native client
    may send H.264; a browser sends VP8 and is sent either."""

    def __init__(self, ice: IceSettings, receive: Sequence[Kind], send: Sequence[Kind], native: bool = False) -> None:
        self.on_state: Callable[[State], None] | None = None
        self.rate = RateController(minimum=NATIVE_LEAST, maximum=NATIVE_RATE) if native else RateController()
        self.limit = SubscriberLimit()
        self.receivers: list[PassReceiver] = []
        self.senders: list[SlotSender] = []
        self.mids: list[str] = []
        self._ice = ice
        self._pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self._lines: list[RTCRtpTransceiver] = []
        with own_parts(functools.partial(HostConnection, ice)):
            for kind in receive:
                self._add_line(kind, "recvonly", native)
            for kind in send:
                self._add_line(kind, "sendonly")
        self._transport = self.receivers[0].transport
        self._transport._rtp_router = MidRouter()
        self._reports: asyncio.TimerHandle | None = None
        self._answered = False
        self._pc.on("connectionstatechange", self._changed)

    def _add_line(self, kind: Kind, direction: Literal["recvonly", "sendonly"], h264: bool = True) -> None:
        line = self._pc.addTransceiver(kind, direction=direction)
        line.setCodecPreferences(preferences(kind, h264))
        self._lines.append(line)
        receiver: Any = line.receiver
        sender: Any = line.sender
        assert isinstance(receiver, PassReceiver)
        assert isinstance(sender, SlotSender)
        if direction == "recvonly":
            receiver.rate = self.rate if kind == "video" else None
            self.receivers.append(receiver)
        else:
            sender.limit = self.limit
            # A stream of its own for each line: a browser would else hold back a picture for another's sound.
            sender.name_stream(f"slot-{len(self.senders)}")
            self.senders.append(sender)

    @property
    def heard(self) -> float:
        """When anything last came from the peer, in seconds on the monotonic clock."""
        connection = self._transport.transport._connection
        assert isinstance(connection, HostConnection)
        return connection.heard

    async def offer(self) -> str:
        """The description to send to the browser. Raises NoPort when there is no socket to be had."""
        await self._pc.setLocalDescription(await self._pc.createOffer())
        self.mids = [line.mid or "" for line in self._lines]
        text = publish_address(self._pc.localDescription.sdp, self._ice.public_address)
        return _with_playout_delay(_with_opus_parameters(text))

    async def answer(self, sdp: str) -> None:
        """Take the browser's answer and connect. Raises BadDescription."""
        if self._answered:
            raise BadDescription("there is an answer already")
        text = self._checked(sdp)
        self._answered = True
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=text, type="answer"))
        except Exception as error:
            # The parser and the state machine raise whatever a hostile text makes them stumble over.
            raise BadDescription(str(error)) from error
        for line, part in zip(self._lines, SessionDescription.parse(text).media, strict=True):
            taken = {each.id for each in part.rtp.headerExtensions if each.uri == PLAYOUT_DELAY}
            sender: Any = line.sender
            if line.kind == "video" and taken == {_PLAYOUT_DELAY_ID}:
                sender.playout_delay_id = _PLAYOUT_DELAY_ID

    async def add_candidate(self, line: str) -> bool:
        """Take a trickled candidate; False when it is of no use and was ignored."""
        candidate = parse_candidate(line)
        if candidate is None:
            return False
        await self._transport.transport.addRemoteCandidate(candidate)
        return True

    def traffic(self) -> Traffic:
        """Counters for measuring quality."""
        total = next(iter(self._transport._get_stats().values()))
        return Traffic(
            received=total.bytesReceived,
            sent=total.bytesSent,
            expected=sum(receiver.expected for receiver in self.receivers),
            lost=sum(receiver.lost for receiver in self.receivers),
        )

    async def close(self) -> None:
        """Say goodbye and let go of the sockets."""
        if self._reports is not None:
            self._reports.cancel()
            self._reports = None
        self.on_state = None
        await self._pc.close()

    def _checked(self, sdp: str) -> str:
        if len(sdp) > MAX_DESCRIPTION:
            raise BadDescription("the description is too long")
        # The end of candidates must not be believed, see HostConnection.add_remote_candidate.
        lines = [line for line in sdp.splitlines() if not line.startswith("a=end-of-candidates")]
        text = "\r\n".join(lines) + "\r\n"
        try:
            media = SessionDescription.parse(text).media
        except Exception as error:
            raise BadDescription("the description cannot be read") from error
        if [part.rtp.muxId for part in media] != self.mids:
            raise BadDescription("the lines are not those of the offer")
        for line, part in zip(self._lines, media, strict=True):
            allowed = ("sendonly", "inactive") if line.direction == "recvonly" else ("recvonly", "inactive")
            if part.kind != line.kind or (part.direction or "sendrecv") not in allowed:
                raise BadDescription("a line is answered in the wrong direction")
            if part.dtls is None or not part.dtls.fingerprints or part.dtls.role not in ("client", "server"):
                raise BadDescription("a line has no fingerprint or role")
            if len(part.ssrc) > 8 or len(part.ice_candidates) > 100:
                raise BadDescription("a line says too much")
        return text

    def _changed(self) -> None:
        state = self._pc.connectionState
        if state == "connected" and self._reports is None:
            self._report()
        if self.on_state is not None:
            self.on_state(state)  # type: ignore[arg-type]

    def _report(self) -> None:
        self._reports = asyncio.get_running_loop().call_later(REPORT_INTERVAL, self._report)
        packets: list[AnyRtcpPacket] = []
        for sender in self.senders:
            packets += sender.report()
        blocks = [block for receiver in self.receivers if (block := receiver.report()) is not None]
        if blocks:
            packets.append(RtcpRrPacket(ssrc=self.receivers[0]._rtcp_ssrc, reports=blocks))
        for start in range(0, len(packets), 10):
            feedback.send_rtcp(self._transport, packets[start : start + 10])


def _with_opus_parameters(sdp: str) -> str:
    """Ask for discontinuous transmission and for redundancy within the stream (RFC 7587, 6.1)."""
    lines: list[str] = []
    for line in sdp.splitlines():
        lines.append(line)
        if line.startswith("a=rtpmap:") and " opus/" in line.lower():
            payload_type = line.removeprefix("a=rtpmap:").split()[0]
            lines.append(f"a=fmtp:{payload_type} {_OPUS}")
    return "\r\n".join(lines) + "\r\n"


def _with_playout_delay(sdp: str) -> str:
    """Offer on lines of video to say how long pictures may be kept back."""
    lines: list[str] = []
    for line in sdp.splitlines():
        lines.append(line)
        if line.startswith("a=extmap:") and line.endswith("abs-send-time"):
            lines.append(f"a=extmap:{_PLAYOUT_DELAY_ID} {PLAYOUT_DELAY}")
    return "\r\n".join(lines) + "\r\n"
