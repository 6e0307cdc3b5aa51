"""One heap of absolute deadlines. Void entries stay until they come to the top, where the owner is asked."""

import heapq
from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple


class DeadlineKind(IntEnum):
    OFFER = 0
    WRAP_UP = 1
    PRESENCE = 2
    HOLD = 3
    STEP = 4
    REASK = 5


class Deadline(NamedTuple):
    """In the same instant the order is that of kind and id, so that it does not hang on what was before."""

    at: float
    kind: DeadlineKind
    id: str


class Deadlines:
    """`current(kind, id, at)` says when the thing is due now: `at`, a later time, or None for never."""

    def __init__(self, current: Callable[[DeadlineKind, str, float], float | None]) -> None:
        self._heap: list[tuple[float, DeadlineKind, str]] = []
        self._current = current

    def add(self, at: float, kind: DeadlineKind, id: str) -> None:
        heapq.heappush(self._heap, (at, kind, id))

    def next(self) -> float | None:
        """The first time at which something is due."""
        while self._heap:
            at, kind, id = self._heap[0]
            due = self._current(kind, id, at)
            if due is not None and due <= at:
                return at
            heapq.heappop(self._heap)
            if due is not None:
                self.add(due, kind, id)
        return None

    def pop_due(self, now: float) -> Deadline | None:
        """The first of those due at `now`, removed; None when none is."""
        if not self._heap or self._heap[0][0] > now:
            return None
        at = self.next()
        if at is None or at > now:
            return None
        return Deadline(*heapq.heappop(self._heap))
