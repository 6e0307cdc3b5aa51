"""The encoders of FFmpeg, set for screens: no delay, no keyframe that nobody asked for."""

from fractions import Fraction
from typing import Protocol

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame

CEILING = 8_000_000
"""Bit/s."""

TICKS = 90_000
RATE = 30
"""Frames a second that x264 reckons with, whatever comes: where it looks at the time, it holds a frame back."""

BUFFER = 1_000_000
"""Bits that a frame may take beyond its share."""

NARROW, NARROW_BUFFER = 1_600_000, 0.3
"""Bit/s below which an encoder that begins takes only so many seconds of them: a keyframe must not fill the line."""

RESERVE, REBUILD_ABOVE, REBUILD_BELOW = 0.85, 1.9, 0.95
"""VP8 cannot change its rate: it takes so much of what is wanted, and begins anew, with a keyframe, when what is wanted
is so far from what it took."""

FINE = {"h264": "18", "vp8": "4"}
"""The finest quantiser: beyond, a still picture would be polished for ever."""


class Codec(Protocol):
    name: str

    def encode(self, frame: VideoFrame, keyframe: bool) -> bytes:
        """Empty when the encoder left the frame out."""

    def fits(self, bit_rate: int, share: float) -> bool:
        """Go on at this rate; False when a new one has to be made for it. `share`: how much more than its part of
        the rate a frame may have, since fewer than `RATE` come."""


class H264:
    """x264: libavcodec passes on a new rate while it is constant, at or below that of the beginning, and the buffer
    small."""

    name = "h264"

    def __init__(self, width: int, height: int, bit_rate: int, ceiling: int) -> None:
        self._ceiling = ceiling
        self._narrow = bit_rate < NARROW
        self._context = _context("libx264", width, height)
        self._context.bit_rate = ceiling
        self._context.qmin = int(FINE["h264"])
        self._context.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "profile": "baseline",
            "forced-idr": "1",
            "maxrate": str(ceiling),
            "bufsize": str(int(NARROW_BUFFER * bit_rate) if self._narrow else BUFFER),
            "x264-params": "scenecut=0:keyint=infinite",
        }
        self._context.open()
        self.fits(bit_rate, 1.0)

    def encode(self, frame: VideoFrame, keyframe: bool) -> bytes:
        return _encode(self._context, frame, keyframe)

    def fits(self, bit_rate: int, share: float) -> bool:
        self._context.bit_rate = min(int(bit_rate * share), self._ceiling)
        return not (self._narrow and bit_rate > REBUILD_ABOVE * NARROW)


class Vp8:
    """libvpx in real time."""

    name = "vp8"

    def __init__(self, width: int, height: int, bit_rate: int, ceiling: int) -> None:
        self._bit_rate = bit_rate = int(RESERVE * bit_rate)
        self._context = _context("libvpx", width, height)
        self._context.bit_rate = bit_rate
        self._context.qmin, self._context.qmax = int(FINE["vp8"]), 63
        self._context.options = {
            "deadline": "realtime",
            "cpu-used": "-6",
            "lag-in-frames": "0",
            "noise-sensitivity": "0",
            "minrate": str(bit_rate),
            "maxrate": str(bit_rate),
            "bufsize": str(bit_rate // 4),
            "rc_init_occupancy": str(bit_rate // 8),
            "max-intra-rate": "300",
            "overshoot-pct": "15",
            # After a frame that it left out itself, a screen has scrolled further than it searches: the next one costs
            # five times as much, and so does the next.
            "drop-threshold": "0",
        }
        self._context.open()

    def encode(self, frame: VideoFrame, keyframe: bool) -> bytes:
        return _encode(self._context, frame, keyframe)

    def fits(self, bit_rate: int, share: float) -> bool:
        # It looks at the time of each frame itself.
        return REBUILD_BELOW * self._bit_rate <= bit_rate <= REBUILD_ABOVE * self._bit_rate


def _context(name: str, width: int, height: int) -> VideoCodecContext:
    context = av.CodecContext.create(name, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate = Fraction(RATE, 1)
    context.time_base = Fraction(1, TICKS)
    context.gop_size = 1_000_000
    context.thread_count = 1
    return context


def _encode(context: VideoCodecContext, frame: VideoFrame, keyframe: bool) -> bytes:
    frame.pict_type = PictureType.I if keyframe else PictureType.NONE
    return b"".join(bytes(packet) for packet in context.encode(frame))


CODECS: dict[str, type[H264] | type[Vp8]] = {"h264": H264, "vp8": Vp8}
