"""A clock that never goes back, and how far it went that no time passed."""

from collections.abc import Callable

from rs_server.ports import Clock


class SteadyClock:
    """Follows a wall clock; when that one is set back, goes on from where it was. Seconds since the epoch."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._last = 0.0

    def now(self) -> float:
        wall = self._clock.now()
        self._ahead = max(self._ahead, self._last - wall)
        self._last = max(self._last, wall + self._ahead)
        return self._last


SMALLEST_STEP = 0.1
"""Seconds; less is not a step, but two clocks read one after the other."""


class Steps:
    """Where a clock was set forward, as told from one that only measures."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._apart: float | None = None

    def since_last(self, now: float) -> float:
        """Seconds that the clock, which says `now`, was set forward since it was last asked; 0 for none."""
        apart = now - self._monotonic()
        step = 0.0 if self._apart is None else apart - self._apart
        if self._apart is None or step < 0:
            self._apart = apart
            return 0.0
        if step < SMALLEST_STEP:
            return 0.0
        self._apart = apart
        return step
