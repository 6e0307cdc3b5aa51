"""Recording of lines into files, read back with PyAV."""

import asyncio
import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import pytest_asyncio

from rs_server.media.recorder import PartRecorder
from rs_server.media.wire import Progress
from rs_server.ports import Label, PartClosed, PartOpened, Source
from rs_server.rtc.packets import Frame
from rs_server.rtc.payload import VIDEO
from tests.unit.rtc.pictures import h264_frames, opus_frames, vp8_frames

START = 100.0
WALL = 1_000_000.0


class Desk:
    """Makes recorders and keeps what they tell."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[PartOpened | PartClosed | Progress] = []
        self.disk = ThreadPoolExecutor(1)

    def recorder(self, label: Label, path: str | None = None) -> PartRecorder:
        return PartRecorder(
            "p", Source("leg", label), path or self.path, self.disk, lambda at: WALL + at, self.events.append
        )

    @property
    def path(self) -> str:
        return str(self.folder / "parts" / "p.webm")

    def of(self, kind: type) -> Any:
        found = [event for event in self.events if type(event) is kind]
        assert len(found) == 1
        return found[0]


@pytest_asyncio.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    result = Desk(tmp_path)
    yield result
    result.disk.shutdown()


def picture(data: bytes, at: float, codec: str = "vp8") -> Frame:
    width, height = VIDEO[codec].size(data)
    keyframe = VIDEO[codec].is_keyframe(data)
    return Frame(data, int(at * 90_000), 0, 1, keyframe, START + at, True, width, height, codec)


def sound(data: bytes, timestamp: float, arrived: float) -> Frame:
    return Frame(data, int(timestamp * 48_000), 0, 1, True, START + arrived)


async def test_a_part_begins_with_a_keyframe_and_has_every_frame(desk: Desk) -> None:
    recorder = desk.recorder("camera")
    frames = vp8_frames("red", 50)
    recorder.push(picture(frames[1], 0.0))
    for number, frame in enumerate(frames * 2):
        recorder.push(picture(frame, 1 + number / 25))
    await recorder.finish(START + 6)
    opened, closed = desk.of(PartOpened), desk.of(PartClosed)
    assert (opened.codec, opened.source) == ("vp8", Source("leg", "camera"))
    assert opened.started_at == pytest.approx(WALL + START + 1)
    assert closed.ended_at == pytest.approx(WALL + START + 1 + 99 / 25, abs=0.01)
    assert (closed.frames, closed.keyframes, closed.complete) == (100, 2, True)
    assert closed.bytes == os.path.getsize(desk.path)
    with av.open(desk.path) as container:
        assert sum(1 for _ in container.decode(video=0)) == 100


async def test_it_is_announced_with_its_first_frame_on_disk(desk: Desk) -> None:
    recorder = desk.recorder("screen")
    recorder.push(picture(vp8_frames("red", 2)[0], 0.0))
    while not any(isinstance(event, PartOpened) for event in desk.events):
        await asyncio.sleep(0)
    with av.open(desk.path) as container:
        assert next(container.demux(video=0)).is_keyframe
    await recorder.finish(START)


async def test_what_is_on_disk_is_never_more_than_a_tick_behind(desk: Desk) -> None:
    recorder = desk.recorder("camera")
    for number, frame in enumerate(vp8_frames("red", 50)):
        recorder.push(picture(frame, number / 25))
    recorder.tick(START + 2)
    while not any(isinstance(event, Progress) and event.frames == 50 for event in desk.events):
        await asyncio.sleep(0)
    with av.open(desk.path) as container:
        assert sum(1 for packet in container.demux(video=0) if packet.size) == 50
    await recorder.finish(START + 2)


async def test_a_size_that_changes_stays_in_the_part(desk: Desk) -> None:
    recorder = desk.recorder("screen")
    frames = vp8_frames("red", 5) + vp8_frames("blue", 5, width=240, height=180)
    for number, frame in enumerate(frames):
        recorder.push(picture(frame, number / 10))
    await recorder.finish(START + 1)
    with av.open(desk.path) as container:
        decoded: list[Any] = list(container.decode(video=0))
    assert [(frame.width, frame.height) for frame in decoded] == [(160, 120)] * 5 + [(240, 180)] * 5


async def test_h264_of_changing_size(desk: Desk) -> None:
    recorder = desk.recorder("desktop")
    frames = h264_frames("red", 5) + h264_frames("blue", 5, width=240, height=180)
    recorder.push(picture(frames[1], 0.0, "h264"))
    for number, frame in enumerate(frames):
        recorder.push(picture(frame, 1 + number / 10, "h264"))
    await recorder.finish(START + 2)
    assert desk.of(PartOpened).codec == "h264"
    assert (desk.of(PartClosed).frames, desk.of(PartClosed).keyframes) == (10, 2)
    with av.open(desk.path) as container:
        decoded: list[Any] = list(container.decode(video=0))
    assert [(frame.width, frame.height) for frame in decoded] == [(160, 120)] * 5 + [(240, 180)] * 5
    assert decoded[-1].to_ndarray(format="rgb24")[90, 120, 2] > 150


async def test_a_keyframe_without_parameters_begins_nothing(desk: Desk) -> None:
    recorder = desk.recorder("desktop")
    data = b"\0\0\0\1\x67\x42\0\0\0\1\x65\x80"
    recorder.push(Frame(data, 0, 0, 1, True, START, True, 160, 120, "h264"))
    await recorder.finish(START + 1)
    assert desk.of(PartClosed).frames == 0


async def test_another_codec_ends_the_part(desk: Desk) -> None:
    recorder = desk.recorder("desktop")
    for number, frame in enumerate(h264_frames("red", 5)):
        recorder.push(picture(frame, number / 10, "h264"))
    over = [recorder.over]
    for number, frame in enumerate(vp8_frames("red", 5)):
        recorder.push(picture(frame, 0.5 + number / 10))
        over.append(recorder.over)
    assert over == [False] + [True] * 5
    await recorder.finish(START + 1)
    assert (desk.of(PartClosed).frames, desk.of(PartClosed).complete) == (5, True)


async def test_gaps_in_sound_keep_time(desk: Desk) -> None:
    recorder = desk.recorder("mic")
    frames = opus_frames(100)
    # One second of sound, three of which only a packet in 0.4 s comes, one of sound.
    times = [n / 50 for n in range(50)] + [1 + 0.4 * n for n in range(1, 8)] + [4 + n / 50 for n in range(50)]
    for at, frame in zip(times, frames + frames, strict=False):
        recorder.push(sound(frame, at, at))
    await recorder.finish(START + 5)
    closed = desk.of(PartClosed)
    assert closed.frames == len(times)
    with av.open(desk.path) as container:
        decoded = [frame.to_ndarray() for frame in container.decode(audio=0)]
    samples = np.concatenate(decoded, axis=1)[0]
    assert samples.size / 48_000 == pytest.approx(5.0, abs=0.05)
    loud = np.abs(samples.reshape(-1, 4800)).max(axis=1) > 0.02
    assert loud[:10].all()
    assert loud[41:49].all()


async def test_silence_passes_while_nothing_is_sent(desk: Desk) -> None:
    recorder = desk.recorder("mic")
    recorder.push(sound(opus_frames(1)[0], 0.0, 0.0))
    for second in range(1, 11):
        recorder.tick(START + second)
    await recorder.finish(START + 10)
    assert desk.of(PartClosed).ended_at == pytest.approx(WALL + START + 9.5, abs=0.1)


async def test_sound_that_comes_all_at_once_is_kept(desk: Desk) -> None:
    recorder = desk.recorder("mic")
    for number, frame in enumerate(opus_frames(100)):
        stalled = 40 <= number < 70
        recorder.push(sound(frame, number / 50, 70 / 50 if stalled else number / 50))
    await recorder.finish(START + 2)
    assert desk.of(PartClosed).frames == 100
    with av.open(desk.path) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) == pytest.approx(96_000, abs=1_000)


async def test_keyframes_are_wanted_every_five_seconds(desk: Desk) -> None:
    recorder = desk.recorder("camera")
    assert recorder.wants_keyframe(START)
    recorder.push(picture(vp8_frames("red", 1)[0], 0.0))
    assert not recorder.wants_keyframe(START + 4.9)
    assert recorder.wants_keyframe(START + 5)
    assert not desk.recorder("mic").wants_keyframe(START)
    await recorder.finish(START)


async def test_a_still_desktop_needs_no_further_keyframes(desk: Desk) -> None:
    recorder = desk.recorder("desktop")
    assert recorder.wants_keyframe(START)
    frames = vp8_frames("red", 10)
    for number, frame in enumerate(frames[:2]):
        recorder.push(picture(frame, number / 10))
    assert not recorder.wants_keyframe(START + 60)
    for number, frame in enumerate(frames[2:]):
        recorder.push(picture(frame, 1 + number / 10))
    assert recorder.wants_keyframe(START + 60)
    await recorder.finish(START)


async def test_a_part_without_frames_has_no_file(desk: Desk) -> None:
    recorder = desk.recorder("camera")
    await recorder.finish(START)
    await recorder.finish(START)
    closed = desk.of(PartClosed)
    assert (closed.frames, closed.bytes, closed.complete) == (0, 0, True)
    assert not os.path.exists(desk.path)


async def test_an_earlier_recording_is_not_written_over(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    os.makedirs(os.path.dirname(desk.path))
    Path(desk.path).write_bytes(b"earlier")
    recorder = desk.recorder("camera")
    recorder.push(picture(vp8_frames("red", 1)[0], 0.0))
    await recorder.finish(START)
    assert recorder.failed
    assert not desk.of(PartClosed).complete
    assert Path(desk.path).read_bytes() == b"earlier"
    assert "failed" in caplog.text


async def test_a_disk_that_refuses_ends_the_part(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    recorder = desk.recorder("camera", "/proc/nothing/can/be/here.webm")
    frames = vp8_frames("red", 10)
    recorder.push(picture(frames[0], 0.0))
    while not recorder.failed:
        await asyncio.sleep(0)
    recorder.push(picture(frames[1], 0.1))
    await recorder.finish(START)
    assert not desk.of(PartClosed).complete
    assert "failed" in caplog.text
