"""A sender that takes encoded frames from a slot and puts them on the wire at once."""

import secrets
import time
import uuid
from collections import OrderedDict

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
from .codecs import vp8_packetize
from .packets import Frame, abs_send_time, extensions, rtp_packet
from .rate import SubscriberLimit
from .slot import FrameSource, Slot

HISTORY = 512
"""Packets kept to be sent again."""

_MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"

_Packet = tuple[bool, int, bytes]


class SlotSender:
    """Stands in for aiortc's RTCRtpSender on one line of a connection. Nothing is queued here."""

    def __init__(self, track_or_kind: MediaStreamTrack | str, transport: RTCDtlsTransport) -> None:
        self.kind = track_or_kind if isinstance(track_or_kind, str) else track_or_kind.kind
        self.transport = transport
        self.track: MediaStreamTrack | None = None
        self.slot = Slot(self.kind, self._transmit)
        self.limit: SubscriberLimit | None = None
        self.round_trip: float | None = None
        """Seconds, smoothed; None until the browser reported."""
        self.fraction_lost = 0.0
        self.bytes = 0
        self._ssrc = secrets.randbits(32)
        self._rtx_ssrc = secrets.randbits(32)
        self._stream_id = str(uuid.uuid4())
        self._track_id = str(uuid.uuid4())
        self._enabled = True
        self._payload_type: int | None = None
        self._rtx_payload_type: int | None = None
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
        self._last: tuple[int, int] | None = None
        self._reported: dict[int, float] = {}
        self._last_report: tuple[float, int, int, int] | None = None

    # What RTCPeerConnection and RTCDtlsTransport call.

    def setTransport(self, transport: RTCDtlsTransport) -> None:
        self.transport = transport

    async def getStats(self) -> RTCStatsReport:
        return RTCStatsReport()

    async def send(self, parameters: RTCRtpSendParameters) -> None:
        if self._payload_type is not None:
            return
        self._cname = parameters.rtcp.cname or ""
        for extension in parameters.headerExtensions:
            if extension.uri == _MID:
                self._mid = extension.id, parameters.muxId.encode()
            elif extension.uri == _SEND_TIME:
                self._send_time_id = extension.id
        main = parameters.codecs[0]
        for codec in parameters.codecs:
            if codec.name.lower() == "rtx" and codec.parameters.get("apt") == main.payloadType:
                self._rtx_payload_type = codec.payloadType
        self.transport._register_rtp_sender(self, parameters)
        self._payload_type = main.payloadType
        self.slot.restart()
        self.slot.request_keyframe()

    async def stop(self) -> None:
        self._payload_type = None
        self.slot.show(None)
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

    def show(self, source: FrameSource | None) -> None:
        """Send what comes from `source` from now on, or nothing. No packet of the former source leaves after
        this, not even as a retransmission."""
        self.slot.show(source)
        self._history.clear()

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
        if self._payload_type is None or not self._enabled:
            self.slot.restart()
            return
        timestamp += self._timestamp_base
        if self.kind == "video":
            self._picture = (self._picture + 1) & 0x7FFF
            payloads = vp8_packetize(frame.data, self._picture)
        else:
            payloads = [frame.data]
            self._sequence += gap - 1
        extension = self._extension()
        last = len(payloads) - 1
        for number, payload in enumerate(payloads):
            self._sequence = (self._sequence + 1) & 0xFFFF
            marker = number == last if self.kind == "video" else frame.marker
            packet = rtp_packet(self._payload_type, marker, self._sequence, timestamp, self._ssrc, extension, payload)
            if self._rtx_payload_type is not None:
                self._remember(self._sequence, (marker, timestamp, payload))
            if not feedback.send(self.transport, packet):
                self.slot.restart()
                return
            self._packets += 1
            self.bytes += len(payload)
        self._last = clock.current_ntp_time(), timestamp

    def _extension(self) -> bytes:
        items = [] if self._mid is None else [self._mid]
        if self._send_time_id is not None:
            items.append((self._send_time_id, abs_send_time(time.time())))
        return extensions(items)

    def _remember(self, sequence: int, packet: _Packet) -> None:
        self._history.pop(sequence, None)
        self._history[sequence] = packet
        if len(self._history) > HISTORY:
            self._history.popitem(last=False)

    def _retransmit(self, sequence: int) -> None:
        packet = self._history.get(sequence)
        if packet is None or self._rtx_payload_type is None:
            return
        marker, timestamp, payload = packet
        self._rtx_sequence = (self._rtx_sequence + 1) & 0xFFFF
        # RFC 4588, 4: the original sequence number stands before the payload.
        original = sequence.to_bytes(2, "big") + payload
        feedback.send(
            self.transport,
            rtp_packet(
                self._rtx_payload_type,
                marker,
                self._rtx_sequence,
                timestamp,
                self._rtx_ssrc,
                self._extension(),
                original,
            ),
        )
