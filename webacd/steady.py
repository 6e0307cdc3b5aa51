"""A clock that never goes back."""

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
