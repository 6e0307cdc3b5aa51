"""The page stream's rules: the order of its frames, and what is kept for who comes late. No I/O, no clock."""

from collections.abc import Sequence
from typing import Literal

from rs_server.protocol.page import Header

Fault = Literal["epoch", "order"]

EPOCHS_AHEAD = 1000
"""A source may have begun so many epochs that never arrived."""
FRAME_COST = 64
"""Bytes that each frame takes beside its own, so that many small ones are bounded as well."""


class Order:
    """Knows what the next frame must be. At first, and after a gap, only the beginning of a new epoch fits."""

    def __init__(self, after: int = 0, ahead: int | None = None) -> None:
        """The first epoch is greater than `after`, and each at most `ahead` greater than the one before."""
        self.epoch = after
        self._ahead = ahead
        self._next: tuple[int, int] | None = None

    def fault(self, header: Header) -> Fault | None:
        """Why the frame does not come next. None when it does; then the one after it is waited for."""
        if header.begins:
            furthest = header.epoch if self._ahead is None else self.epoch + self._ahead
            if not self.epoch < header.epoch <= furthest:
                return "epoch"
            self.epoch = header.epoch
        elif header.epoch < self.epoch:
            return "epoch"
        elif header.epoch > self.epoch or (header.message, header.chunk) != self._next:
            self.lose()
            return "order"
        self._next = (header.message + 1, 0) if header.last else (header.message, header.chunk + 1)
        return None

    def lose(self) -> None:
        """Something is missing."""
        self._next = None


class Log:
    """The frames since the beginning of the last complete snapshot, or nothing when they are too many."""

    def __init__(self, limit: int) -> None:
        """`limit` in bytes."""
        self._limit = limit
        self._former = _Frames()
        """From the last complete snapshot to the one that is still coming."""
        self._present = _Frames()
        self._complete = False

    @property
    def size(self) -> int:
        """Bytes kept, with what each frame costs."""
        return self._former.size + self._present.size

    def add(self, header: Header, frame: bytes) -> None:
        """A frame that fits behind the former one, by `Order`."""
        if header.begins:
            if self._complete:
                self._former = self._present
            self._present = _Frames()
            self._complete = False
        elif not self._present.frames:
            # What came before was too much, or before our time.
            return
        self._present.add(frame)
        if header.message == 0 and header.last:
            self._complete = True
            self._former = _Frames()
        if self.size > self._limit:
            self._former = _Frames()
        if self.size > self._limit:
            self.clear()

    def clear(self) -> None:
        self._former, self._present, self._complete = _Frames(), _Frames(), False

    def frames(self) -> Sequence[bytes]:
        """What brings a new viewer to where the others are; nothing when that takes a new snapshot."""
        return [*self._former.frames, *self._present.frames]


class _Frames:
    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self.size = 0

    def add(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.size += len(frame) + FRAME_COST
