"""The page stream's rules: the order of its frames, messages that are whole, what is kept for who comes late. No I/O,
no clock."""

from collections.abc import Sequence
from typing import Literal

from rs_server.protocol.page import HEADER_SIZE, Header

Fault = Literal["epoch", "order", "too_large"]

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
        self._refused: tuple[int, int] | None = None

    def fault(self, header: Header) -> Fault | None:
        """Why the frame does not come next. None when it does; then the one after it is waited for."""
        if header.begins:
            furthest = header.epoch if self._ahead is None else self.epoch + self._ahead
            if not self.epoch < header.epoch <= furthest:
                return "epoch"
            self.epoch = header.epoch
        elif header.epoch < self.epoch:
            return "epoch"
        elif (header.epoch, header.message) == self._refused:
            return "too_large"
        elif header.epoch > self.epoch or (header.message, header.chunk) != self._next:
            self.lose()
            return "order"
        self._next = (header.message + 1, 0) if header.last else (header.message, header.chunk + 1)
        return None

    def lose(self) -> None:
        """Something is missing."""
        self._next = None

    def refuse(self, header: Header) -> None:
        """The message of this frame is too large: what is left of it is not wanted, and no sign of a gap."""
        self.lose()
        self._refused = (header.epoch, header.message)


class Leak(Exception):
    """A message holds what must never leave the page."""


class TooLarge(Exception):
    """A message is larger than any that is taken."""


class Hold:
    """Keeps a message back until all of it is here and was looked through."""

    def __init__(self, limit: int) -> None:
        """`limit`: bytes of one message, with what each frame costs."""
        self._limit = limit
        self.clear()

    def clear(self) -> None:
        self._frames: list[bytes] = []
        self._size = 0
        self._tail = b""

    def add(self, header: Header, frame: bytes, secrets: Sequence[bytes]) -> Sequence[bytes] | None:
        """The next frame, by `Order`. Returns those of the message when it is the last.

        Raises `Leak` when one of `secrets` is in the message, and `TooLarge`; what was held is gone then."""
        if header.chunk == 0:
            self.clear()
        self._size += len(frame) + FRAME_COST
        try:
            if self._size > self._limit:
                raise TooLarge
            self._look(frame, secrets)
        except (Leak, TooLarge):
            self.clear()
            raise
        self._frames.append(frame)
        if not header.last:
            return None
        frames = self._frames
        self.clear()
        return frames

    def _look(self, frame: bytes, secrets: Sequence[bytes]) -> None:
        """A secret may begin in one frame and end in the next."""
        if secrets:
            text = self._tail + frame[HEADER_SIZE:]
            if any(secret in text for secret in secrets):
                raise Leak
            self._tail = text[-max(map(len, secrets)) :]


class Log:
    """The messages since the beginning of the last snapshot, or nothing when they are too many."""

    def __init__(self, limit: int) -> None:
        """`limit` in bytes."""
        self._limit = limit
        self._frames: list[bytes] = []
        self.size = 0
        """Bytes kept, with what each frame costs."""

    def add(self, begins: bool, frames: Sequence[bytes]) -> None:
        """A whole message. `begins`: it is a snapshot."""
        if begins:
            self.clear()
        elif not self._frames:
            # What came before was too much, or before our time.
            return
        self._frames.extend(frames)
        self.size += sum(map(len, frames)) + len(frames) * FRAME_COST
        if self.size > self._limit:
            self.clear()

    def clear(self) -> None:
        self._frames, self.size = [], 0

    def frames(self) -> Sequence[bytes]:
        """What brings a new viewer to where the others are; nothing when that takes a new snapshot."""
        return list(self._frames)
