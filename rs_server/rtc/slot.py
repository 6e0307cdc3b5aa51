"""A place on a connection where one source after another is shown, as one unbroken stream. Pure: time comes
in."""

from collections.abc import Callable
from typing import Protocol

from .packets import CLOCK_RATES, Frame


class FrameSource(Protocol):
    """Whatever frames come from."""

    def add_sink(self, sink: Callable[[Frame], None]) -> None: ...

    def remove_sink(self, sink: Callable[[Frame], None]) -> None: ...

    def request_keyframe(self) -> None: ...


class Slot:
    """Switches between sources and rebases their numbers, so that a browser sees one stream without a seam.

    `transmit(frame, sequence_gap, timestamp)` is called for each frame to be sent, `sequence_gap` packets
    after the one that was sent last (1 unless sound was lost on the way here), `timestamp` in unwrapped RTP
    ticks."""

    def __init__(self, kind: str, transmit: Callable[[Frame, int, int], None]) -> None:
        self.kind = kind
        self.source: FrameSource | None = None
        self._transmit = transmit
        self._rate = CLOCK_RATES[kind]
        self._wants_keyframe = True
        self._epoch = -1
        self._codec = ""
        self._offset: int | None = None
        self._index = 0
        self._last: tuple[int, float] | None = None

    def show(self, source: FrameSource | None) -> None:
        """Switch to `source`, or to nothing. Nothing of the former one is sent afterwards."""
        if self.source is not None:
            self.source.remove_sink(self.push)
        self.source = source
        self.restart()
        if source is not None:
            source.add_sink(self.push)
            source.request_keyframe()

    def restart(self) -> None:
        """Begin anew with the next keyframe, as after a pause of the source."""
        self._wants_keyframe = self.kind == "video"
        self._offset = None

    def push(self, frame: Frame) -> None:
        """A frame of the present source."""
        if (frame.epoch, frame.codec) != (self._epoch, self._codec):
            self.restart()
            self._epoch, self._codec = frame.epoch, frame.codec
        if self._wants_keyframe:
            if not frame.keyframe:
                self.request_keyframe()
                return
            self._wants_keyframe = False
        gap = 1
        if self._offset is None:
            self._offset = self._base(frame.arrived) - frame.timestamp
        elif self.kind == "audio":
            gap = frame.index - self._index
            if gap <= 0:
                # Late sound: its number may already be another packet's.
                return
            gap = min(gap, 100)
        self._index = frame.index
        timestamp = frame.timestamp + self._offset
        if self._last is None or timestamp > self._last[0]:
            self._last = timestamp, frame.arrived
        self._transmit(frame, gap, timestamp)

    def request_keyframe(self) -> None:
        """Pass on a subscriber's request to the source."""
        if self.source is not None and self.kind == "video":
            self.source.request_keyframe()

    def _base(self, now: float) -> int:
        if self._last is None:
            return 0
        ticks, at = self._last
        return ticks + max(1, int((now - at) * self._rate))
