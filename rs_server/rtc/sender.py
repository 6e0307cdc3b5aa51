"""A sender that takes encoded frames from a slot and puts them on the wire at once."""

import secrets
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable

from aiortc import MediaStreamTrack, RTCDtlsTransport, clock
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    unpack_remb_fci,
)
from aiortc.stats import RTCStatsReport

from . import feedback
from .pacer import Pacer
from .packets import Frame, abs_send_time, extensions, rtp_packet
from .payload import VIDEO
from .rate import SubscriberLimit
from .slot import FrameSource, Slot

HISTORY = 512
"""Packets kept to be sent again."""

_MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
_AT_ONCE, _AS_USUAL = bytes(3), b"\x00\x0f\xff"
"""Least and most of 12 bits each, in units of 10 ms. With both 0 a browser keeps nothing back to play it evenly; with
the widest it does as it likes."""

_Packet = tuple[int, bool, int, bytes]
"""Payload type, marker, timestamp, payload."""


class SlotSender:
    """Stands in for aiortc's RTCRtpSender on one line of a connection. Nothing is queued here, unless it is paced."""

    def __init__(self, track_or_kind: MediaStreamTrack | str, transport: RTCDtlsTransport) -> None:
        self.kind = track_or_kind if isinstance(track_or_kind, str) else track_or_kind.kind
        self.transport = transport
        self.track: MediaStreamTrack | None = None
        self.slot = Slot(self.kind, self._transmit)
        self.limit: SubscriberLimit | None = None
        self.round_trip: float | None = None
        """Seconds, smoothed; None until the browser reported."""
        self.at_once = False
        """What is shown is to be seen as soon as it is there, however unevenly it comes: a screen, not a person."""
        self.playout_delay_id: int | None = None
        """Of the header extension, where the browser takes it."""
        self.fraction_lost = 0.0
        self.bytes = 0
        self._ssrc = secrets.randbits(32)
        self._rtx_ssrc = secrets.randbits(32)
        self._stream_id = str(uuid.uuid4())
        self._track_id = str(uuid.uuid4())
        self._enabled = True
        self.pacer: Pacer[_Packet] | None = None
        self._payload_types: dict[str, int] = {}
        self._rtx_payload_types: dict[int, int] = {}
        self._mid: tuple[int, bytes] | None = None
        self._send_time_id: int | None = None
        self._cname = ""
        # The lower half of the range, so that the first wrap is far from the start of encryption.
        self._sequence = secrets.randbits(15)
        self._rtx_sequence = secrets.randbits(15)
        self._timestamp_base = secrets.randbits(31)
        self._picture = secrets.randbits(15)
        self._history: OrderedDict[int, _Packet] = OrderedDict()
        self._packets = 0
        self._open: _Packet | None = None
        self._last: tuple[int, int] | None = None
        self._reported: dict[int, float] = {}
        self._last_report: tuple[float, int, int, int] | None = None

    # What RTCPeerConnection and RTCDtlsTransport call.

    def setTransport(self, transport: RTCDtlsTransport) -> None:
        self.transport = transport

    async def getStats(self) -> RTCStatsReport:
        return RTCStatsReport()

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        if self._payload_types:
            return
        self._cname = parameters.rtcp.cname or ""
        for extension in parameters.headerExtensions:
            if extension.uri == _MID:
                self._mid = extension.id, parameters.muxId.encode()
            elif extension.uri == _SEND_TIME:
                self._send_time_id = extension.id
        self.transport._register_rtp_sender(self, parameters)
        for codec in parameters.codecs:
            name, original = codec.name.lower(), codec.parameters.get("apt")
            if codec.payloadType is None:
                continue
            if name != "rtx":
                self._payload_types.setdefault(name, codec.payloadType)
            elif isinstance(original, int):
                self._rtx_payload_types[original] = codec.payloadType
        self.slot.restart()
        self.slot.request_keyframe()

    async def stop(self) -> None:
        self._payload_types = {}
        self.show(None)
        self.transport._unregister_rtp_sender(self)

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpRrPacket | RtcpSrPacket):
            self._handle_report(packet)
        elif isinstance(packet, RtcpRtpfbPacket) and packet.fmt == RTCP_RTPFB_NACK:
            for sequence in packet.lost:
                self._retransmit(sequence & 0xFFFF)
        elif isinstance(packet, RtcpPsfbPacket):
            if packet.fmt in (RTCP_PSFB_PLI, RTCP_PSFB_FIR):
                self.slot.request_keyframe()
            elif packet.fmt == RTCP_PSFB_APP and self.limit is not None:
                try:
                    self.limit.remb(time.monotonic(), unpack_remb_fci(packet.fci)[0])
                except ValueError:
                    return

    # Ours.

    @property
    def codecs(self) -> frozenset[str]:
        """Lower-case names of what the peer takes; empty until connected."""
        return frozenset(self._payload_types)

    def pace(self, rate: Callable[[], float]) -> None:
        """Spread packets over time, at `rate()` bytes a second."""
        self.pacer = Pacer(self._send, rate)

    def show(self, source: FrameSource | None) -> None:
        """Send what comes from `source` from now on, or nothing. No packet of the former source leaves after
        this, not even as a retransmission."""
        self.slot.show(source)
        self._history.clear()
        self._cut_off()

    def name_stream(self, name: str) -> None:
        """Set the id of the media stream in the offer; lines of one stream are synchronised by the
        browser."""
        self._stream_id = name

    def report(self) -> list[AnyRtcpPacket]:
        """A sender report; empty while nothing was sent."""
        if self._last is None:
            return []
        ntp, timestamp = self._last
        self._reported[(ntp >> 16) & 0xFFFFFFFF] = time.monotonic()
        while len(self._reported) > 8:
            del self._reported[next(iter(self._reported))]
        info = RtcpSenderInfo(ntp, timestamp & 0xFFFFFFFF, self._packets & 0xFFFFFFFF, self.bytes & 0xFFFFFFFF)
        name = RtcpSourceInfo(ssrc=self._ssrc, items=[(1, self._cname.encode())])
        return [RtcpSrPacket(ssrc=self._ssrc, sender_info=info), RtcpSdesPacket(chunks=[name])]

    def _handle_report(self, packet: RtcpRrPacket | RtcpSrPacket) -> None:
        now = time.monotonic()
        for report in packet.reports:
            if report.ssrc != self._ssrc:
                continue
            sent = self._reported.get(report.lsr)
            if sent is not None and report.lsr:
                sample = max(0.0, now - sent - report.dlsr / 65536)
                self.round_trip = sample if self.round_trip is None else 0.8 * self.round_trip + 0.2 * sample
            self.fraction_lost = report.fraction_lost / 256
            before = self._last_report
            self._last_report = now, self.bytes, report.highest_sequence, report.packets_lost
            if self.limit is None or before is None or self.kind != "video" or now <= before[0]:
                continue
            expected = (report.highest_sequence - before[2]) & 0xFFFFFFFF
            if expected < 1 << 16:
                sending = int((self.bytes - before[1]) * 8 / (now - before[0]))
                self.limit.loss(now, expected, report.packets_lost - before[3], sending)

    def _transmit(self, frame: Frame, gap: int, timestamp: int) -> None:
        if not self._payload_types or not self._enabled:
            self.slot.restart()
            return
        video = self.kind == "video"
        payload_type = self._payload_types.get(frame.codec if video else "opus")
        if payload_type is None:
            # The peer cannot decode it.
            return
        if video:
            self._picture = (self._picture + 1) & 0x7FFF
            payloads = VIDEO[frame.codec].packetize(frame.data, self._picture)
        else:
            payloads = [frame.data]
            self._sequence += gap - 1
        last = len(payloads) - 1
        for number, payload in enumerate(payloads):
            packet = payload_type, number == last if video else frame.marker, timestamp + self._timestamp_base, payload
            if self.pacer is not None:
                self.pacer.put(packet, len(payload))
            elif not self._send(packet):
                return

    def _send(self, packet: _Packet) -> bool:
        payload_type, marker, timestamp, payload = packet
        self._sequence = (self._sequence + 1) & 0xFFFF
        data = rtp_packet(payload_type, marker, self._sequence, timestamp, self._ssrc, self._extension(), payload)
        if payload_type in self._rtx_payload_types:
            self._remember(self._sequence, packet)
        self._open = None if marker else packet
        if not feedback.send(self.transport, data):
            self.slot.restart()
            return False
        self._packets += 1
        self.bytes += len(payload)
        self._last = clock.current_ntp_time(), timestamp
        return True

    def _cut_off(self) -> None:
        """Drop what waits. A frame of which a part has gone is ended: its rest must not seem to come with the next."""
        if self.pacer is None or self.pacer.idle:
            return
        self.pacer.clear()
        if self._open is not None and self._payload_types:
            payload_type, _, timestamp, _ = self._open
            self._send((payload_type, True, timestamp, b""))

    def _extension(self) -> bytes:
        items = [] if self._mid is None else [self._mid]
        if self._send_time_id is not None:
            items.append((self._send_time_id, abs_send_time(time.time())))
        if self.playout_delay_id is not None:
            items.append((self.playout_delay_id, _AT_ONCE if self.at_once else _AS_USUAL))
        return extensions(items)

    def _remember(self, sequence: int, packet: _Packet) -> None:
        self._history.pop(sequence, None)
        self._history[sequence] = packet
        if len(self._history) > HISTORY:
            self._history.popitem(last=False)

    def _retransmit(self, sequence: int) -> None:
        packet = self._history.get(sequence)
        if packet is None:
            return
        payload_type, marker, timestamp, payload = packet
        if self.pacer is not None and not self.pacer.take(len(payload)):
            # It is asked for again; to send all at once would lose the same again on a narrow line.
            return
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        # RFC 4588, 4: the original sequence number stands before the payload.
        original = sequence.to_bytes(2, "big") + payload
        feedback.send(
            self.transport,
            rtp_packet(
                self._rtx_payload_types[payload_type],
                marker,
                self._rtx_sequence,
                timestamp,
                self._rtx_ssrc,
                self._extension(),
                original,
            ),
        )
