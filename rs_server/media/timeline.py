"""Where in time a frame belongs: the browser's timestamps, held to the clock on which frames arrive. Pure."""

from dataclasses import dataclass

BUCKET = 1.5
"""Seconds. The quickest frame of the last one to two buckets tells how long the way is without queues."""

PAUSE = 1.0
"""Seconds without a frame after which timestamps are not trusted to have gone on with time."""


@dataclass(slots=True)
class Timeline:
    """Positions, in seconds since the first frame, of frames with timestamps of `rate` ticks a second.

    Timestamps give the even spacing, arrival the truth in the long run: a stall of the network does not move
    frames, a clock that runs differently does not add up, and a pause takes as long as it took."""

    rate: int
    _start: float | None = None
    _epoch: int = -1
    _arrived: float = 0.0
    _bucket_start: float = 0.0
    _least: float = 0.0
    _least_before: float = 0.0

    def position(self, timestamp: int, epoch: int, arrived: float) -> float:
        """Seconds; may be a little before an earlier one. `arrived` is on the monotonic clock."""
        seconds = timestamp / self.rate
        transit = arrived - seconds
        if self._start is None:
            self._start = arrived
        if epoch != self._epoch or arrived - self._arrived > PAUSE:
            self._epoch = epoch
            self._bucket_start = arrived
            self._least = self._least_before = transit
        elif arrived - self._bucket_start > BUCKET:
            self._bucket_start = arrived
            self._least_before, self._least = self._least, transit
        self._least = min(self._least, transit)
        self._arrived = arrived
        return seconds + min(self._least, self._least_before) - self._start
