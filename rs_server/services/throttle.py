"""How often somebody may try. In memory: a restart forgives, an attacker gains one burst by it."""

from collections import OrderedDict

from rs_server.ports import Clock
from rs_server.protocol.errors import Code, ProtocolError

_MOST_KEYS = 100_000


class Throttle:
    """A bucket for each key: `burst` attempts at once, then one every `refill` seconds."""

    def __init__(self, clock: Clock, burst: int, refill: float) -> None:
        self._clock = clock
        self._burst = burst
        self._refill = refill
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until the next attempt is allowed; 0 when it is now. Takes nothing."""
        tokens = self._tokens(key)
        return 0.0 if tokens >= 1 else (1 - tokens) * self._refill

    def take(self, key: str) -> None:
        """Count an attempt. Raises `throttled` with the seconds to wait."""
        wait = self.wait(key)
        if wait > 0:
            raise ProtocolError(Code.THROTTLED, "too many attempts", retry_after=round(wait, 1))
        self._buckets[key] = (self._tokens(key) - 1, self._clock.now())
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)

    def forgive(self, key: str) -> None:
        self._buckets.pop(key, None)

    def _tokens(self, key: str) -> float:
        tokens, at = self._buckets.get(key, (float(self._burst), self._clock.now()))
        return min(float(self._burst), tokens + max(0.0, self._clock.now() - at) / self._refill)
