"""WebM files read back by another implementation."""

import io
from typing import Any

import av
import pytest

from rs_server.media.webm import Audio, Video, WebmWriter
from rs_server.rtc.codecs import vp8_is_keyframe
from rs_server.rtc.h264 import h264_is_keyframe, h264_parameters, h264_sized
from tests.unit.rtc.pictures import h264_frames, opus_frames, vp8_frames


def video_file(frames: list[bytes], step: int = 40) -> tuple[bytes, WebmWriter]:
    writer = WebmWriter(Video(160, 120))
    data = writer.header()
    for number, frame in enumerate(frames):
        data += writer.add(number * step, frame, vp8_is_keyframe(frame))
    return data, writer


def finish(data: bytes, writer: WebmWriter, duration: int) -> bytes:
    tail, patches = writer.finish(duration)
    whole = bytearray(data + tail)
    assert writer.position == len(whole)
    for position, patch in patches:
        whole[position : position + len(patch)] = patch
    return bytes(whole)


def read(data: bytes) -> Any:
    return av.open(io.BytesIO(data), "r", format="matroska")


def test_pictures_are_read_back() -> None:
    frames = vp8_frames("red", 60)
    data, writer = video_file(frames)
    with read(finish(data, writer, 2_400)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("vp8", 160, 120)
        assert container.duration == 2_400_000
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [bytes(packet) for packet in packets] == frames
        assert [packet.pts for packet in packets] == [number * 40 for number in range(60)]
        assert [packet.is_keyframe for packet in packets] == [True] + [False] * 59


def test_pictures_in_h264_are_read_back() -> None:
    frames = h264_frames("red", 60)
    parameters = h264_parameters(frames[0])
    assert parameters is not None
    writer = WebmWriter(Video(160, 120, "h264", parameters.record()))
    data = writer.header() + b"".join(
        writer.add(number * 40, h264_sized(frame), h264_is_keyframe(frame)) for number, frame in enumerate(frames)
    )
    with read(finish(data, writer, 2_400)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 160, 120)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [bytes(packet) for packet in packets] == [h264_sized(frame) for frame in frames]
        assert [packet.is_keyframe for packet in packets] == [True] + [False] * 59
        pictures = [frame for packet in packets for frame in stream.decode(packet)] + stream.decode(None)
    assert len(pictures) == 60
    assert pictures[30].to_ndarray(format="rgb24")[60, 80, 0] > 150


def test_sound_is_read_back() -> None:
    frames = opus_frames(100)
    writer = WebmWriter(Audio())
    data = writer.header() + b"".join(writer.add(number * 20, frame, True) for number, frame in enumerate(frames))
    with read(finish(data, writer, 2_000)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate) == ("opus", 48_000)
        decoded = list(container.decode(stream))
        assert sum(frame.samples for frame in decoded) == pytest.approx(96_000, abs=960)


def test_a_file_without_its_end_is_read_up_to_there() -> None:
    frames = vp8_frames("red", 60)
    data, writer = video_file(frames)
    written = writer.position
    assert written == len(data)
    for cut in (written, written - 100):
        with read(data[:cut]) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        assert 25 <= len(packets) <= 60


def test_one_can_seek() -> None:
    frames = vp8_frames("red", 50) * 6
    data, writer = video_file(frames, 40)
    with read(finish(data, writer, 12_000)) as container:
        container.seek(7_000_000)
        packet = next(container.demux(video=0))
        assert packet.is_keyframe
        assert packet.pts == 6_000


def test_an_empty_part_can_be_finished() -> None:
    writer = WebmWriter(Video(16, 16))
    whole = finish(writer.header(), writer, 1)
    assert b"V_VP8" in whole


def test_long_gaps_begin_a_new_cluster() -> None:
    writer = WebmWriter(Video(160, 120))
    key, *rest = vp8_frames("red", 3)
    data = writer.header() + writer.add(0, key, True) + writer.add(100_000, rest[0], False)
    data += writer.add(200_000, rest[1], False)
    with read(finish(data, writer, 200_040)) as container:
        assert [packet.pts for packet in container.demux(video=0) if packet.size] == [0, 100_000, 200_000]
