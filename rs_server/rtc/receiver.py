"""A receiver that gives encoded frames out on the loop: no decoder, no threads, no track to read from."""

import asyncio
import time
from collections.abc import Callable

from aiortc import RTCDtlsTransport
from aiortc.mediastreams import MediaStreamTrack
from aiortc.rtcrtpparameters import RTCRtpCodecParameters, RTCRtpReceiveParameters
from aiortc.rtcrtpreceiver import StreamStatistics
from aiortc.rtp import AnyRtcpPacket, RtcpReceiverInfo, RtcpSrPacket, RtpPacket, unwrap_rtx
from aiortc.stats import RTCStatsReport

from . import feedback
from .jitter import AudioBuffer, NackTracker, Piece, VideoBuffer, Whole
from .packets import Frame
from .payload import VIDEO
from .rate import RateController

KEYFRAME_PAUSE = 0.5
"""Seconds between two requests for a keyframe: a browser needs that long to answer the first."""

HUNT_PAUSE = 1.0
"""The same after a loss. Asking more eagerly makes a storm of keyframes that fills the line they are lost
on."""

NACK_INTERVAL = 0.02


class PassReceiver:
    """Stands in for aiortc's RTCRtpReceiver on one line of a connection.

    A BYE does not end it, and a new SSRC simply begins a new epoch: lines live as long as their
    connection."""

    def __init__(self, kind: str, transport: RTCDtlsTransport) -> None:
        self.kind = kind
        self.transport = transport
        self.on_frame: Callable[[Frame], None] | None = None
        self.rate: RateController | None = None
        self.lost = 0
        """Packets that never came, as far as reported until now; `expected` alike."""
        self.expected = 0
        self._enabled = True
        self._track: MediaStreamTrack | None = None
        self._codecs: dict[int, RTCRtpCodecParameters] = {}
        self._rtcp_ssrc = 0
        self._ssrc: int | None = None
        self._epoch = 0
        self._buffer: VideoBuffer | AudioBuffer = self._new_buffer()
        self._nack = NackTracker()
        self._statistics: StreamStatistics | None = None
        self._reported = (0, 0)
        self._sender_report: tuple[int, float] | None = None
        self._asked = float("-inf")
        self._ask_later: asyncio.TimerHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False

    # What RTCPeerConnection and RTCDtlsTransport call.

    @property
    def track(self) -> MediaStreamTrack | None:
        return self._track

    def setTransport(self, transport: RTCDtlsTransport) -> None:
        self.transport = transport

    async def getStats(self) -> RTCStatsReport:
        return RTCStatsReport()

    async def receive(self, parameters: RTCRtpReceiveParameters) -> None:
        if self._codecs:
            return
        self._codecs = {codec.payloadType: codec for codec in parameters.codecs if codec.payloadType is not None}
        self.transport._register_rtp_receiver(self, parameters)
        if parameters.encodings:
            self._adopt(parameters.encodings[0].ssrc)

    async def stop(self) -> None:
        self._stopped = True
        for handle in (self._timer, self._ask_later):
            if handle is not None:
                handle.cancel()
        self._timer = self._ask_later = None
        self.transport._unregister_rtp_receiver(self)

    def _set_rtcp_ssrc(self, ssrc: int) -> None:
        self._rtcp_ssrc = ssrc

    def _handle_disconnect(self) -> None:
        pass

    async def _handle_rtcp_packet(self, packet: AnyRtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket) and packet.ssrc == self._ssrc:
            self._sender_report = (packet.sender_info.ntp_timestamp >> 16) & 0xFFFFFFFF, time.monotonic()

    async def _handle_rtp_packet(self, packet: RtpPacket, arrival_time_ms: int) -> None:
        codec = self._codecs.get(packet.payload_type)
        if codec is None or not self._enabled or self._stopped:
            return
        now = time.monotonic()
        if self.rate is not None and packet.extensions.abs_send_time is not None:
            size = len(packet.payload) + packet.padding_size
            bps = self.rate.add(arrival_time_ms, packet.extensions.abs_send_time, size, packet.ssrc)
            if bps is not None:
                report = feedback.remb(self._rtcp_ssrc, bps, self.rate.sources)
                feedback.send_rtcp(self.transport, [report])
        repaired = codec.name.lower() == "rtx"
        if repaired:
            original = codec.parameters.get("apt")
            if self._ssrc is None or len(packet.payload) < 2 or not isinstance(original, int):
                return
            packet = unwrap_rtx(packet, payload_type=original, ssrc=self._ssrc)
        else:
            if packet.ssrc != self._ssrc:
                self._adopt(packet.ssrc)
            if self._statistics is None:
                self._statistics = StreamStatistics(codec.clockRate)
            self._statistics.add(packet)
            original = packet.payload_type
        self._take(packet, self._codecs.get(original), repaired, now)

    # Ours.

    def request_keyframe(self) -> None:
        """Ask the browser for a keyframe; soon rather than now when it was asked a moment ago."""
        self._request_keyframe(KEYFRAME_PAUSE)

    def report(self) -> RtcpReceiverInfo | None:
        """The block about this line for a receiver report; None while nothing came."""
        statistics = self._statistics
        if statistics is None or self._ssrc is None or statistics.max_seq is None:
            return None
        last, delay = 0, 0
        if self._sender_report is not None:
            last = self._sender_report[0]
            delay = min(int((time.monotonic() - self._sender_report[1]) * 65536), 0xFFFFFFFF)
        expected, lost = statistics.packets_expected, statistics.packets_lost
        self.expected += max(0, expected - self._reported[0])
        self.lost += max(0, lost - self._reported[1])
        self._reported = expected, lost
        return RtcpReceiverInfo(
            ssrc=self._ssrc,
            fraction_lost=min(255, statistics.fraction_lost),
            packets_lost=lost,
            highest_sequence=(statistics.cycles + statistics.max_seq) & 0xFFFFFFFF,
            jitter=min(statistics.jitter, 0xFFFFFFFF),
            lsr=last,
            dlsr=delay,
        )

    def _new_buffer(self) -> VideoBuffer | AudioBuffer:
        return VideoBuffer() if self.kind == "video" else AudioBuffer()

    def _adopt(self, ssrc: int) -> None:
        self._ssrc = ssrc
        self._epoch += 1
        self._buffer = self._new_buffer()
        self._nack = NackTracker()
        self._statistics = None
        self._reported = (0, 0)
        self._sender_report = None

    def _take(self, packet: RtpPacket, codec: RTCRtpCodecParameters | None, repaired: bool, now: float) -> None:
        if self.kind == "audio":
            piece = Piece(packet.sequence_number, packet.timestamp, bool(packet.marker), packet.payload, False)
            self._emit(self._buffer.add(piece, now), now, piece.marker)
            return
        name = "" if codec is None else codec.name.lower()
        if name not in VIDEO:
            return
        try:
            starts, data = VIDEO[name].depayload(packet.payload) if packet.payload else (False, b"")
        except ValueError:
            return
        piece = Piece(packet.sequence_number, packet.timestamp, bool(packet.marker), data, starts, name)
        buffer = self._buffer
        assert isinstance(buffer, VideoBuffer)
        frames = buffer.add(piece, now)
        missing = self._nack.add(piece.sequence, now, repaired)
        if self.rate is not None and self._nack.hopeless(self.rate.estimate):
            frames += buffer.give_up(now)
            self._nack.due(now, buffer.floor)
        if self.rate is not None and self._nack.expected >= 20:
            self.rate.lost(*self._nack.take_loss())
        self._emit(frames, now, True)
        if buffer.hunting:
            self._request_keyframe(HUNT_PAUSE)
        elif missing:
            self._ask_again(missing[-60:])
        if self._timer is None and (self._nack.waiting or buffer.blocked):
            self._timer = asyncio.get_running_loop().call_later(NACK_INTERVAL, self._tick)

    def _emit(self, frames: list[Whole], now: float, marker: bool) -> None:
        if self.on_frame is None:
            return
        for whole in frames:
            codec = VIDEO[whole.codec] if self.kind == "video" else None
            if codec is not None and not codec.acceptable(whole.data):
                continue
            keyframe = codec is None or codec.is_keyframe(whole.data)
            width, height = codec.size(whole.data) if codec is not None and keyframe else (0, 0)
            if keyframe and self._ask_later is not None:
                self._ask_later.cancel()
                self._ask_later = None
            self.on_frame(
                Frame(
                    whole.data,
                    whole.timestamp,
                    whole.index,
                    self._epoch,
                    keyframe,
                    now,
                    marker,
                    width,
                    height,
                    whole.codec,
                )
            )

    def _tick(self) -> None:
        self._timer = None
        buffer = self._buffer
        if self._stopped or not isinstance(buffer, VideoBuffer):
            return
        now = time.monotonic()
        self._emit(buffer.expire(now), now, True)
        if buffer.hunting:
            self._request_keyframe(HUNT_PAUSE)
        due = self._nack.due(now, buffer.floor)
        if due:
            self._ask_again(due)
        if self._nack.waiting or buffer.blocked:
            self._timer = asyncio.get_running_loop().call_later(NACK_INTERVAL, self._tick)

    def _ask_again(self, missing: list[int]) -> None:
        if self._ssrc is not None:
            feedback.send_rtcp(self.transport, feedback.nack(self._rtcp_ssrc, self._ssrc, missing))

    def _request_keyframe(self, pause: float) -> None:
        if self._stopped or self._ssrc is None or self.kind != "video":
            return
        now = time.monotonic()
        wait = self._asked + pause - now
        if wait <= 0:
            if feedback.send_rtcp(self.transport, [feedback.pli(self._rtcp_ssrc, self._ssrc)]):
                self._asked = now
        elif self._ask_later is None and pause == KEYFRAME_PAUSE:
            self._ask_later = asyncio.get_running_loop().call_later(wait, self._ask_late)

    def _ask_late(self) -> None:
        self._ask_later = None
        self._request_keyframe(KEYFRAME_PAUSE)
