"""A connection that answers our server's offer and sends encoded pictures on its lines. It receives nothing."""

import asyncio
import functools
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCIceServer,
    RTCIceTransportPolicy,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.rtp import AnyRtcpPacket
from aiortc.sdp import SessionDescription

from . import feedback
from .connection import MAX_DESCRIPTION, REPORT_INTERVAL, BadDescription, State, own_parts, preferences
from .ice import ClientConnection, IceSettings
from .packets import CLOCK_RATES, Frame
from .payload import VIDEO
from .rate import START, SubscriberLimit
from .sender import SlotSender
from .slot import FrameSource

MAX_LINES = 64
HEADROOM, NARROW_HEADROOM = 2.5, 1.2
"""Times the bit rate at which the packets of a frame leave; the second below the rate of the start, where a keyframe
fills the queue before a narrow line."""

LEAST_PACE = 700_000
"""Below, VP8 at its coarsest would be held back although the line may take it."""


class Outlet:
    """A source of encoded pictures for lines of connections: what one encoder makes, for any number of them.

    `keyframe` is called whenever somebody cannot decode without one."""

    def __init__(self, keyframe: Callable[[], None]) -> None:
        self.request_keyframe = keyframe
        self._sinks: list[Callable[[Frame], None]] = []
        self._index = 0
        self._ticks = -1

    def add_sink(self, sink: Callable[[Frame], None]) -> None:
        if sink not in self._sinks:
            self._sinks.append(sink)

    def remove_sink(self, sink: Callable[[Frame], None]) -> None:
        if sink in self._sinks:
            self._sinks.remove(sink)

    def push(self, data: bytes, codec: str, at: float) -> None:
        """Send a frame (`vp8`, or `h264` in Annex B) of a picture that was taken at `at` (monotonic clock)."""
        self._index += 1
        keyframe = VIDEO[codec].is_keyframe(data)
        width, height = VIDEO[codec].size(data) if keyframe else (0, 0)
        self._ticks = ticks = max(self._ticks + 1, int(at * CLOCK_RATES["video"]))
        frame = Frame(data, ticks, self._index, 1, keyframe, time.monotonic(), True, width, height, codec)
        for sink in tuple(self._sinks):
            sink(frame)


class PublishConnection:
    """One for each offer. `show` says what goes out on a line; nothing does before."""

    def __init__(
        self,
        ice: IceSettings | None = None,
        servers: Sequence[RTCIceServer] = (),
        relay_only: bool = False,
    ) -> None:
        self.on_state: Callable[[State], None] | None = None
        self.on_bit_rate: Callable[[int], None] | None = None
        """Told when the server says another, and once a second while connected."""
        self._ice = ice
        self._limit = SubscriberLimit()
        self._limit.on_remb = self._tell_bit_rate
        self._bit_rate = START
        self._senders: dict[str, SlotSender] = {}
        self._reports: asyncio.TimerHandle | None = None
        policy = RTCIceTransportPolicy.RELAY if relay_only else RTCIceTransportPolicy.ALL
        self._pc = RTCPeerConnection(
            RTCConfiguration(
                iceServers=list(servers), iceTransportPolicy=policy, bundlePolicy=RTCBundlePolicy.MAX_BUNDLE
            )
        )
        self._pc.on("connectionstatechange", self._changed)

    async def answer(self, sdp: str, publish: Mapping[str, str]) -> str:
        """Take the server's offer, in which `publish` names the mid of each line by its label; call once.

        Returns the answer. Raises BadDescription, and NoPort when there is no socket to be had."""
        offer = _read(sdp)
        labels = {mid: label for label, mid in publish.items()}
        ice = self._ice or IceSettings(addresses=_loopback(offer))
        lines: list[RTCRtpTransceiver] = []
        with own_parts(functools.partial(ClientConnection, ice)):
            for part in offer.media:
                ours = part.kind == "video" and part.direction == "recvonly" and part.rtp.muxId in labels
                line = self._pc.addTransceiver(part.kind, direction="sendonly" if ours else "inactive")
                line.setCodecPreferences(preferences("video" if part.kind == "video" else "audio", h264=True))
                lines.append(line)
                if ours:
                    self._take(labels[part.rtp.muxId], line.sender)
        if not self._senders:
            raise BadDescription("the offer has no line of ours")
        try:
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp=sdp, type="offer"))
        except OSError:
            raise
        except Exception as error:
            # The parser and the state machine raise whatever a strange text makes them stumble over.
            raise BadDescription(str(error)) from error
        self._transport = lines[0].receiver.transport
        await self._pc.setLocalDescription(await self._pc.createAnswer())
        return self._pc.localDescription.sdp

    def _take(self, label: str, sender: Any) -> None:
        assert isinstance(sender, SlotSender)
        sender.limit = self._limit
        sender.pace(self._pace)
        self._senders[label] = sender

    def _pace(self) -> float:
        """Bytes a second."""
        rate = self.bit_rate
        return max(LEAST_PACE, (HEADROOM if rate >= START else NARROW_HEADROOM) * rate) / 8

    @property
    def labels(self) -> frozenset[str]:
        """Of the lines to send on, once there is an answer."""
        return frozenset(self._senders)

    def codecs(self, label: str) -> frozenset[str]:
        """What the line takes (`vp8`, `h264`); empty until connected."""
        return self._senders[label].codecs

    @property
    def bit_rate(self) -> int:
        """Bit/s that all lines together may send now, as far as the server and those who receive it can take."""
        said = self._limit.limit(time.monotonic())
        if said is not None:
            self._bit_rate = said
        return self._bit_rate

    @property
    def delay(self) -> float:
        """Seconds for which the newest packet waits to be sent: a reason to make no further frame."""
        return max((sender.pacer.delay for sender in self._senders.values() if sender.pacer is not None), default=0.0)

    @property
    def heard(self) -> float:
        """When anything last came from the server, in seconds on the monotonic clock; call after `answer`."""
        connection = self._transport.transport._connection
        assert isinstance(connection, ClientConnection)
        return connection.heard

    def show(self, label: str, source: FrameSource | None) -> None:
        """Send what comes from `source` on a line, or nothing. Nothing of the former one leaves after this."""
        self._senders[label].show(source)

    async def close(self) -> None:
        """Send nothing more, and let go of the sockets."""
        if self._reports is not None:
            self._reports.cancel()
            self._reports = None
        self.on_state = self.on_bit_rate = None
        for sender in self._senders.values():
            sender.show(None)
        await self._pc.close()

    def _changed(self) -> None:
        state = self._pc.connectionState
        if state == "connected" and self._reports is None:
            self._report()
        if self.on_state is not None:
            self.on_state(state)  # type: ignore[arg-type]

    def _report(self) -> None:
        self._reports = asyncio.get_running_loop().call_later(REPORT_INTERVAL, self._report)
        packets: list[AnyRtcpPacket] = []
        for sender in self._senders.values():
            packets += sender.report()
        if packets:
            feedback.send_rtcp(self._transport, packets)
        self._tell_bit_rate()

    def _tell_bit_rate(self) -> None:
        if self.on_bit_rate is not None:
            self.on_bit_rate(self.bit_rate)


def _read(sdp: str) -> SessionDescription:
    if len(sdp) > MAX_DESCRIPTION:
        raise BadDescription("the description is too long")
    try:
        offer = SessionDescription.parse(sdp)
    except Exception as error:
        raise BadDescription("the description cannot be read") from error
    if not 0 < len(offer.media) <= MAX_LINES or any(part.kind not in ("audio", "video") for part in offer.media):
        raise BadDescription("the lines are not those of a server of ours")
    return offer


def _loopback(offer: SessionDescription) -> list[str] | None:
    """A server on this machine alone is reached from its loopback address; None: from any."""
    hosts = {candidate.ip for part in offer.media for candidate in part.ice_candidates}
    local = sorted(host for host in hosts if host in ("127.0.0.1", "::1"))
    return local if hosts and len(local) == len(hosts) else None
