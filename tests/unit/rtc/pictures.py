"""Small encoded pictures and sounds to send about."""

import functools
from fractions import Fraction

import av
import numpy as np

from rs_server.rtc.h264 import h264_units

COLOURS = {"red": (200, 20, 20), "green": (20, 200, 20), "blue": (20, 20, 200)}


@functools.cache
def vp8_frames(colour: str, count: int, width: int = 160, height: int = 120, noise: int = 0) -> list[bytes]:
    """`count` VP8 frames of one colour, the first a keyframe; with `noise`, large ones."""
    codec = av.CodecContext.create("libvpx", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, 30)
    codec.bit_rate = 4_000_000 if noise else 300_000
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    codec.gop_size = 1000
    random = np.random.default_rng(1)
    packets = []
    for number in range(count):
        picture = np.full((height, width, 3), COLOURS[colour], np.uint8)
        picture[:8, : 8 + number % 8] = 255
        if noise:
            picture[16:] = random.integers(0, noise, (height - 16, width, 3), np.uint8)
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [bytes(packet) for packet in packets]


@functools.cache
def h264_frames(colour: str, count: int, width: int = 160, height: int = 120) -> list[bytes]:
    """As `vp8_frames`, in H.264 (Annex B)."""
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = width, height, "yuv420p"
    codec.time_base = Fraction(1, 30)
    codec.bit_rate = 300_000
    codec.options = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline"}
    codec.gop_size = 1000
    packets = []
    for number in range(count):
        picture = np.full((height, width, 3), COLOURS[colour], np.uint8)
        picture[:8, : 8 + number % 8] = 255
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts = number
        packets += codec.encode(frame)
    packets += codec.encode(None)
    # In the form in which it comes out of packets.
    return [b"".join(b"\0\0\0\1" + unit for unit in h264_units(bytes(packet))) for packet in packets]


@functools.cache
def opus_frames(count: int, hertz: float = 440.0) -> list[bytes]:
    """`count` Opus packets of 20 ms of a tone, 48 kHz stereo."""
    codec = av.CodecContext.create("libopus", "w")
    assert isinstance(codec, av.AudioCodecContext)
    codec.sample_rate, codec.layout, codec.format = 48000, "stereo", "s16"
    codec.time_base = Fraction(1, 48000)
    packets = []
    for number in range(count):
        at = np.arange(number * 960, (number + 1) * 960)
        wave = (np.sin(at * 2 * np.pi * hertz / 48000) * 8000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = 48000, number * 960
        packets += codec.encode(frame)
    return [bytes(packet) for packet in packets]
