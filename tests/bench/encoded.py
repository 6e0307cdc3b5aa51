"""Pictures and sounds that were encoded once, carried by aiortc undecoded and on loopback."""

import asyncio
import contextlib
import functools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import aioice.ice
import aiortc.rtcrtpreceiver
import av
import numpy as np
import pytest
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters

from tests.unit.rtc.client import TICKS, Feed
from tests.unit.rtc.pictures import opus_frames

WIDTH, HEIGHT, FPS = 1280, 720, 15
CALM, BUSY = 1_500_000, 3_000_000
"""Bits a second."""


class Undecoded:
    """Takes the place of a decoder and passes frames on as they are."""

    def __init__(self, codec: RTCRtpCodecParameters) -> None:
        self._base = Fraction(1, codec.clockRate)

    def decode(self, frame: JitterFrame) -> list[Any]:
        packet = av.Packet(frame.data)
        packet.pts, packet.time_base = frame.timestamp, self._base
        return [packet]


@contextlib.contextmanager
def loopback(*, decode: bool = False) -> Iterator[None]:
    """aiortc of this process stays on loopback, and decodes nothing unless asked to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])
        if not decode:
            patch.setattr(aiortc.rtcrtpreceiver, "get_decoder", Undecoded)
        yield


class Loop(Feed):
    """Sends the same frames over and over while `gate` is set."""

    def __init__(self, kind: str, frames: list[bytes], rate: float) -> None:
        super().__init__(kind, frames, rate)
        self.gate = asyncio.Event()
        self._due = 0.0

    async def recv(self) -> Any:
        if self.readyState != "live":
            raise MediaStreamError
        await self.gate.wait()
        loop = asyncio.get_running_loop()
        # After a pause, or when the machine was busy, it goes on from now.
        self._due = max(self._due + 1 / self._rate, loop.time() - 1 / self._rate)
        await asyncio.sleep(self._due - loop.time())
        packet = av.Packet(self._frames[self.sent % len(self._frames)])
        packet.pts = int(self._due * TICKS[self.kind])
        packet.time_base = Fraction(1, TICKS[self.kind])
        self.sent += 1
        return packet


def camera(bits: int = CALM) -> Loop:
    return Loop("video", video(bits), FPS)


def mic() -> Loop:
    return Loop("audio", opus_frames(50), 50)


@functools.cache
def video(bits: int, seconds: float = 2.0) -> list[bytes]:
    """VP8 of something that moves, 720p; the first frame is the only keyframe."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    codec.time_base = Fraction(1, FPS)
    codec.bit_rate = bits
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    codec.gop_size = 1000
    random = np.random.default_rng(1)
    ground = np.kron(random.integers(40, 220, (HEIGHT // 16, WIDTH // 16, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    packets = []
    for number in range(int(seconds * FPS)):
        picture = np.roll(ground, 8 * number, axis=1)
        picture[200:520, 400:880] = random.integers(0, 60, (320, 480, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [bytes(packet) for packet in packets]
