"""A stand-in for a browser made of plain aiortc, which sends and receives encoded frames."""

import asyncio
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import aioice.ice
import aiortc.rtcrtpreceiver
import av
import pytest
from aiortc import (
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

TICKS = {"audio": 48000, "video": 90000}


class _Undecoded:
    """Passes frames on instead of decoding them."""

    def __init__(self, codec: RTCRtpCodecParameters) -> None:
        self._base = Fraction(1, codec.clockRate)

    def decode(self, frame: JitterFrame) -> list[Any]:
        packet = av.Packet(frame.data)
        packet.pts, packet.time_base = frame.timestamp, self._base
        return [packet]


@pytest.fixture
def plain_aiortc(monkeypatch: pytest.MonkeyPatch) -> None:
    """aiortc on loopback that decodes nothing."""
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
    monkeypatch.setattr(aiortc.rtcrtpreceiver, "get_decoder", _Undecoded)


class Feed(MediaStreamTrack):
    """A track that sends frames over and over, at a rate, until stopped."""

    def __init__(self, kind: str, frames: list[bytes], rate: float) -> None:
        super().__init__()
        self.kind = kind
        self.sent = 0
        self._frames = frames
        self._rate = rate
        self._began: float | None = None

    async def recv(self) -> Any:
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        if self._began is None:
            self._began = loop.time()
        await asyncio.sleep(self._began + self.sent / self._rate - loop.time())
        packet = av.Packet(self._frames[self.sent % len(self._frames)])
        packet.pts = int(self.sent * TICKS[self.kind] / self._rate)
        packet.time_base = Fraction(1, TICKS[self.kind])
        self.sent += 1
        return packet


class Client:
    """Answers an offer. `got[mid]` has the frames received on a line, in order."""

    def __init__(self) -> None:
        # With the default policy aiortc leaves later lines of a kind on a transport that never starts.
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.got: dict[str, list[bytes]] = {}
        self.times: dict[str, list[int]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def answer(self, offer: str, publish: Mapping[str, MediaStreamTrack]) -> str:
        """Take an offer, publish tracks on the lines with these mids, and return the answer."""
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for line in self.pc.getTransceivers():
            assert line.mid is not None
            if self._offered(line) == "recvonly":
                line.direction = "sendonly"
                line.sender.replaceTrack(publish.get(line.mid))
            else:
                self._tasks.append(asyncio.create_task(self._read(line.mid, line.receiver.track)))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        return self.pc.localDescription.sdp

    def line(self, mid: str) -> RTCRtpTransceiver:
        return next(line for line in self.pc.getTransceivers() if line.mid == mid)

    @property
    def transport(self) -> Any:
        return self.pc.getTransceivers()[0].receiver.transport

    async def close(self) -> None:
        await self.pc.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @staticmethod
    def _offered(line: RTCRtpTransceiver) -> str:
        # What we send to the client it may receive, and the other way round.
        return {"sendonly": "recvonly", "recvonly": "sendonly"}[line._offerDirection or ""]

    async def _read(self, mid: str, track: MediaStreamTrack) -> None:
        got, times = self.got.setdefault(mid, []), self.times.setdefault(mid, [])
        while True:
            try:
                packet: Any = await track.recv()
            except MediaStreamError:
                return
            got.append(bytes(packet))
            times.append(packet.pts)


def drop_some(transport: Any, drop: Callable[[int, bytes], bool]) -> list[int]:
    """Lose outgoing media packets of a transport: `drop(number, packet)` decides. Returns what was lost."""
    send = transport._send_rtp
    lost: list[int] = []
    count = 0

    async def lossy(data: bytes) -> None:
        nonlocal count
        if not 192 <= data[1] <= 208:
            count += 1
            if drop(count, data):
                lost.append(count)
                return
        await send(data)

    transport._send_rtp = lossy
    return lost


async def until(condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until `condition()` holds. Fails after `seconds`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        assert loop.time() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)
