"""Recording of one publishing line into a file of its own, from packets as they were received."""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import BinaryIO

from rs_server.ports import PartClosed, PartOpened, Source
from rs_server.rtc.codecs import OPUS_SILENCE, OPUS_SILENCE_TICKS, opus_duration
from rs_server.rtc.h264 import h264_parameters, h264_sized
from rs_server.rtc.packets import CLOCK_RATES, Frame

from .timeline import Timeline
from .webm import Audio, Video, WebmWriter
from .wire import Progress

logger = logging.getLogger(__name__)

KEYFRAME_INTERVAL = 5.0
"""Seconds between keyframes of a recorded picture, so that one can seek in it."""

MAX_PENDING = 32 << 20
"""Bytes that may wait for the disk before the part is given up."""

AUDIO_AHEAD = 0.12
"""Seconds by which recorded sound may run ahead of its time before a packet is left out."""

STILL = ("desktop", "application")
"""Streams that send next to nothing while nothing changes."""

STILL_FRAMES = 5
"""Frames without which no further keyframe is wanted of such a stream: one can seek to the former."""

SILENT_AFTER = 1.0
"""Seconds without sound after which silence is written as it passes, rather than when sound comes back."""


@dataclass(slots=True)
class Totals:
    """What a part has so far."""

    frames: int = 0
    bytes: int = 0
    keyframes: int = 0
    end: float = 0.0
    """Seconds since its beginning."""


class PartFile:
    """A file that is written in order on another thread."""

    def __init__(self, path: str, executor: Executor, failed: Callable[[OSError], None]) -> None:
        self._path = path
        self._executor = executor
        self._failed = failed
        self._file: BinaryIO | None = None
        self._pending = 0
        self._broken = False

    def append(self, data: bytes, done: Callable[[], None] | None = None) -> None:
        """Write `data` at the end; `done` is called on the loop when it is in the file."""
        if self._broken or not data:
            return
        self._pending += len(data)
        if self._pending > MAX_PENDING:
            self._fail(OSError("the disk does not keep up"))
            return
        future = asyncio.get_running_loop().run_in_executor(self._executor, self._write, data)
        future.add_done_callback(lambda result: self._written(len(data), result, done))

    async def finish(self, tail: bytes, patches: list[tuple[int, bytes]]) -> bool:
        """Write the end, fill in the gaps, and close. False when the file is not whole."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._executor, self._finish, tail, patches)
        except OSError as error:
            self._fail(error)
        return not self._broken

    def _write(self, data: bytes) -> None:
        if self._file is None:
            self._file = self._open()
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]

    def _open(self) -> BinaryIO:
        os.makedirs(os.path.dirname(self._path) or ".", exist_ok=True)
        # An earlier recording is never written over; an empty file is a name that was taken for this one.
        empty = os.path.exists(self._path) and os.path.getsize(self._path) == 0
        return open(self._path, "r+b" if empty else "xb", buffering=0)

    def _finish(self, tail: bytes, patches: list[tuple[int, bytes]]) -> None:
        try:
            if tail and not self._broken:
                self._write(tail)
            if self._file is None or self._broken:
                return
            for position, data in patches:
                self._file.seek(position)
                self._file.write(data)
            os.fsync(self._file.fileno())
        finally:
            if self._file is not None:
                self._file.close()

    def _written(self, size: int, result: asyncio.Future[None], done: Callable[[], None] | None) -> None:
        self._pending -= size
        if result.cancelled():
            return
        error = result.exception()
        if isinstance(error, OSError):
            self._fail(error)
        elif error is not None:
            raise error
        elif done is not None and not self._broken:
            done()

    def _fail(self, error: OSError) -> None:
        if not self._broken:
            self._broken = True
            self._failed(error)


class PartRecorder:
    """One part. Give `push` to the line as a sink, call `tick` now and then, and `finish` once.

    `wall` turns seconds on the monotonic clock into seconds since the epoch; `emit` takes the events."""

    def __init__(
        self,
        part: str,
        source: Source,
        path: str,
        executor: Executor,
        wall: Callable[[float], float],
        emit: Callable[[PartOpened | PartClosed | Progress], None],
    ) -> None:
        self.part = part
        self.source = source
        self.totals = Totals()
        self.failed = False
        self.over = False
        """What comes now cannot go into this part: it is complete."""
        self.last_keyframe: float | None = None
        """When the last keyframe was recorded, on the monotonic clock."""
        self._video = source.label != "mic"
        self._wall = wall
        self._emit = emit
        self._file = PartFile(path, executor, self._on_failure)
        self._writer: WebmWriter | None = None
        self._timeline = Timeline(CLOCK_RATES["video" if self._video else "audio"])
        self._started = 0.0
        self._next_ms = 0
        self._ticks = 0
        self._heard = 0.0
        self._finished = False
        self._since_keyframe = 0

    def push(self, frame: Frame) -> None:
        """A frame of the line."""
        if self._finished or self.failed or self.over:
            return
        if self._writer is None:
            track = self._track(frame)
            if track is None:
                return
            self._begin(track, frame)
        elif self._video and self._writer.track.codec != frame.codec:
            self.over = True
            return
        position = self._timeline.position(frame.timestamp, frame.epoch, frame.arrived)
        if self._video:
            self._add_picture(frame, position)
        else:
            self._add_sound(frame, position)

    def tick(self, now: float) -> None:
        """Put on disk what waits, and let silence pass."""
        writer = self._writer
        if writer is None or self._finished or self.failed:
            return
        if not self._video and now - self._heard > SILENT_AFTER:
            self._fill(now - self._started - SILENT_AFTER / 2)
        self._append(writer.flush())

    def wants_keyframe(self, now: float) -> bool:
        """Whether it is time to ask the source for one."""
        if not self._video or (self.source.label in STILL and 0 < self._since_keyframe < STILL_FRAMES):
            return False
        return self.last_keyframe is None or now - self.last_keyframe >= KEYFRAME_INTERVAL

    async def finish(self, now: float) -> None:
        """Complete the file and tell. A part without any frame has no file."""
        if self._finished:
            return
        self._finished = True
        complete = not self.failed
        if self._writer is not None:
            tail, patches = self._writer.finish(max(1, round(self.totals.end * 1000)))
            self.totals.bytes = self._writer.position
            complete = await self._file.finish(tail, patches) and complete
        ended = self._wall(self._started + self.totals.end if self._writer is not None else now)
        totals = self.totals
        self._emit(PartClosed(self.part, ended, totals.frames, totals.bytes, totals.keyframes, complete))

    def _track(self, frame: Frame) -> Video | Audio | None:
        """What a part is that begins with this frame; None when none can."""
        if not self._video:
            return Audio()
        if not frame.keyframe or not frame.width:
            return None
        if frame.codec == "vp8":
            return Video(frame.width, frame.height)
        parameters = h264_parameters(frame.data)
        return None if parameters is None else Video(frame.width, frame.height, frame.codec, parameters.record())

    def _begin(self, track: Video | Audio, frame: Frame) -> None:
        self._writer = WebmWriter(track)
        self._started = frame.arrived
        self._file.append(self._writer.header())

    def _add_picture(self, frame: Frame, position: float) -> None:
        at_ms = max(self._next_ms, round(position * 1000))
        self._next_ms = at_ms + 1
        self._since_keyframe += 1
        if frame.keyframe:
            self.last_keyframe = frame.arrived
            self._since_keyframe = 1
        data = h264_sized(frame.data) if frame.codec == "h264" else frame.data
        self._add(at_ms, data, frame.keyframe)
        self.totals.end = at_ms / 1000

    def _add_sound(self, frame: Frame, position: float) -> None:
        duration = opus_duration(frame.data)
        ahead = self._ticks / 48000 - position
        if not duration or ahead > AUDIO_AHEAD:
            return
        self._heard = frame.arrived
        # Players lay packets end to end whatever the timestamps say, so a gap is filled with silence.
        self._fill(position)
        self._add(self._ticks * 1000 // 48000, frame.data, True)
        self._ticks += duration
        self.totals.end = self._ticks / 48000

    def _fill(self, until: float) -> None:
        assert self._writer is not None
        while self._ticks + OPUS_SILENCE_TICKS <= until * 48000:
            self._append(self._writer.add(self._ticks * 1000 // 48000, OPUS_SILENCE, True))
            self._ticks += OPUS_SILENCE_TICKS
            self.totals.end = self._ticks / 48000

    def _add(self, at_ms: int, data: bytes, keyframe: bool) -> None:
        assert self._writer is not None
        # What this completes was counted before.
        self._append(self._writer.add(at_ms, data, keyframe))
        self.totals.frames += 1
        self.totals.keyframes += keyframe
        if self.totals.frames == 1:
            # The first frame goes to disk alone, so that the part can be announced.
            self._file.append(self._writer.flush(), self._opened)

    def _append(self, data: bytes) -> None:
        if not data or self._writer is None:
            return
        self.totals.bytes = self._writer.position
        totals = self.totals
        ended = self._wall(self._started + totals.end)
        progress = Progress(self.part, ended, totals.frames, totals.bytes, totals.keyframes)
        self._file.append(data, lambda: self._emit(progress))

    def _opened(self) -> None:
        assert self._writer is not None
        codec = self._writer.track.codec
        self._emit(PartOpened(self.part, self.source, codec, self._wall(self._started)))

    def _on_failure(self, error: OSError) -> None:
        self.failed = True
        logger.error("recording part %s failed: %s", self.part, error)
