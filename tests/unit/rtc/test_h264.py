"""H.264 payloads and frames, also of those who mean harm."""

import pytest
from aiortc.codecs.h264 import h264_depayload as stock_depayload
from hypothesis import given
from hypothesis import strategies as st

from rs_server.rtc.codecs import MAX_PAYLOAD
from rs_server.rtc.h264 import (
    MAX_UNITS,
    h264_acceptable,
    h264_depayload,
    h264_is_keyframe,
    h264_packetize,
    h264_parameters,
    h264_size,
    h264_sized,
    h264_units,
)

from .pictures import h264_frames

START = b"\0\0\0\1"


def unit(kind: int, body: bytes) -> bytes:
    """A NAL unit as an encoder makes it: no start code within, no zero at the end."""
    return bytes([0x60 | kind]) + body.replace(b"\0", b"\x01") + b"\x80"


units = st.lists(
    st.builds(unit, st.sampled_from([1, 5, 6, 7, 8]), st.binary(max_size=4000)), min_size=1, max_size=6
).map(tuple)


@given(units)
def test_a_frame_survives_being_cut(parts: tuple[bytes, ...]) -> None:
    payloads = h264_packetize(b"".join(START + part for part in parts))
    assert all(len(payload) <= MAX_PAYLOAD for payload in payloads)
    data = b"".join(h264_depayload(payload).data for payload in payloads)
    assert tuple(h264_units(data)) == parts
    assert b"".join(stock_depayload(payload) for payload in payloads) == data


@given(units)
def test_containers_get_lengths(parts: tuple[bytes, ...]) -> None:
    data = h264_sized(b"".join(START + part for part in parts))
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    assert tuple(found) == parts


def test_aggregates_are_taken_apart() -> None:
    first, second = unit(7, b"abc"), unit(8, b"d")
    aggregate = bytes([0x78]) + b"".join(len(each).to_bytes(2, "big") + each for each in (first, second))
    assert h264_depayload(aggregate) == (True, START + first + START + second)
    assert not h264_depayload(bytes([0x78]) + b"\0\2" + b"\x68\x01").starts_keyframe


@given(st.binary(max_size=64))
def test_a_hostile_payload_is_read_or_refused(payload: bytes) -> None:
    try:
        found = h264_depayload(payload)
    except ValueError:
        return
    assert len(found.data) <= 4 * len(payload)


@given(st.binary(max_size=200), st.lists(st.sampled_from([b"\0\0\1", START, b"\x67", b"\x65", b"\0"]), max_size=40))
def test_a_hostile_frame_is_read(noise: bytes, codes: list[bytes]) -> None:
    step = max(1, len(noise) // (len(codes) + 1))
    data = b"".join(code + noise[at * step : (at + 1) * step] for at, code in enumerate(codes))
    h264_is_keyframe(data)
    h264_parameters(data)
    width, height = h264_size(data)
    assert 0 <= width <= 16384
    assert 0 <= height <= 16384
    assert sum(map(len, h264_packetize(data))) <= 2 * len(data)


@given(st.binary(max_size=80))
def test_a_hostile_parameter_set_gives_a_size_or_none(body: bytes) -> None:
    for profile in (66, 77, 88, 100):
        width, height = h264_size(START + bytes([0x67, profile]) + body)
        assert (width > 0) == (height > 0)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x67",
        b"\x00\x01",  # type 0
        b"\x78",  # an empty aggregate
        b"\x78\0\0",  # a unit of no bytes
        b"\x78\0\5abc",  # a unit that is not all there
        b"\x78\0\1a\0",
        b"\x7c\x85",  # a fragment of nothing
        b"\x7c\xc5a",  # begin and end at once
        b"\x7c\x9ca",  # a fragment of a fragment
        b"\x7d\x85\0\0a",  # FU-B
        b"\x79\0\0\0\1a",  # STAP-B
        b"\x7f\x01\x02",
    ],
)
def test_what_is_malformed_is_refused(payload: bytes) -> None:
    with pytest.raises(ValueError):
        h264_depayload(payload)


def test_a_flood_of_units_is_not_passed_on() -> None:
    assert h264_acceptable((START + b"\x65\x80") * MAX_UNITS)
    assert not h264_acceptable((START + b"\x65\x80") * (MAX_UNITS + 1))


@pytest.mark.parametrize("size", [(176, 144), (160, 120), (1920, 1080), (642, 358)])
def test_keyframes_and_their_size(size: tuple[int, int]) -> None:
    frames = h264_frames("red", 3, *size)
    assert [h264_is_keyframe(frame) for frame in frames] == [True, False, False]
    assert h264_size(frames[0]) == size
    assert h264_size(frames[1]) == (0, 0)
    assert h264_depayload(h264_packetize(frames[0])[0]).starts_keyframe
    assert not any(h264_depayload(payload).starts_keyframe for payload in h264_packetize(frames[0])[1:])
    assert not h264_is_keyframe(b"")


def test_the_record_for_containers() -> None:
    parameters = h264_parameters(h264_frames("red", 1)[0])
    assert parameters is not None
    record = parameters.record()
    assert record[0] == 1
    assert record[1:4] == parameters.sequence[1:4]
    assert record.endswith(parameters.picture)
    assert h264_parameters(h264_frames("red", 2)[1]) is None
