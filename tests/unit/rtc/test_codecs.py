"""VP8 payloads and Opus lengths."""

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from rs_server.rtc.codecs import (
    MAX_PAYLOAD,
    OPUS_SILENCE,
    OPUS_SILENCE_TICKS,
    opus_duration,
    vp8_depayload,
    vp8_is_keyframe,
    vp8_packetize,
    vp8_size,
)

from .pictures import vp8_frames


@given(st.binary(max_size=5000), st.integers(0, 0x7FFF))
def test_a_frame_survives_being_cut(data: bytes, picture: int) -> None:
    payloads = vp8_packetize(data, picture)
    assert all(len(payload) <= MAX_PAYLOAD for payload in payloads)
    parts = [vp8_depayload(payload) for payload in payloads]
    assert b"".join(part.data for part in parts) == data
    assert [part.starts_frame for part in parts] == [True] + [False] * (len(parts) - 1)
    for payload in payloads:
        descriptor, _ = VpxPayloadDescriptor.parse(payload)
        assert descriptor.picture_id == picture


@given(st.binary(max_size=12))
def test_a_hostile_payload_is_read_or_refused(payload: bytes) -> None:
    try:
        vp8_depayload(payload)
    except ValueError:
        return


def test_the_descriptor_of_temporal_layers_is_taken_off() -> None:
    # X; I, L, T, K; 15 bit picture id; TL0PICIDX; TID/KEYIDX.
    assert vp8_depayload(bytes([0x90, 0xF0, 0x81, 0x02, 0x07, 0x20]) + b"data") == (True, b"data")


def test_keyframes_and_their_size() -> None:
    frames = vp8_frames("red", 3, width=176, height=144)
    assert [vp8_is_keyframe(frame) for frame in frames] == [True, False, False]
    assert vp8_size(frames[0]) == (176, 144)
    assert vp8_size(frames[1]) == (0, 0)
    assert vp8_size(frames[0][:9]) == (0, 0)
    assert not vp8_is_keyframe(b"")


@pytest.mark.parametrize(
    ("packet", "ticks"),
    [
        (OPUS_SILENCE, OPUS_SILENCE_TICKS),
        (b"\x78\x00", 960),  # hybrid, 20 ms, one frame
        (b"\x08", 960),  # SILK narrow band, 20 ms: what DTX sends
        (b"\x18\x00", 2880),
        (b"\xf9\x00\x00", 1920),
        (b"\xfb\x03", 2880),
        (b"\xfb", 0),
        (b"\x1b\x3f", 0),
        (b"", 0),
    ],
)
def test_length_of_sound(packet: bytes, ticks: int) -> None:
    assert opus_duration(packet) == ticks
