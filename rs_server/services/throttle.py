"""How often somebody may try. In memory: a restart forgives, an attacker gains one burst by it."""

import ipaddress
from collections import OrderedDict

from rs_server.ports import Clock
from rs_server.protocol.errors import Code, ProtocolError

_MOST_KEYS = 100_000


def network(address: str) -> str:
    """What one attacker holds at the least: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return address


def wide_network(address: str) -> str | None:
    """What one attacker may hold without much ado: an IPv6 network of 48 bits. None for IPv4."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed) >> 80 << 80, 48)))
    return None


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
        self.spend(key)

    def spend(self, key: str) -> None:
        """Count an attempt that is not to be refused."""
        self._buckets[key] = (max(0.0, self._tokens(key) - 1), self._clock.now())
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)

    def give_back(self, key: str) -> None:
        """The last attempt does not count; the earlier ones do."""
        if key in self._buckets:
            self._buckets[key] = (min(float(self._burst), self._tokens(key) + 1), self._clock.now())

    def forgive(self, key: str) -> None:
        """None of the attempts counts any more."""
        self._buckets.pop(key, None)

    def fresh(self, key: str, spent: int) -> bool:
        """True while at most `spent` attempts count."""
        return self._tokens(key) >= self._burst - spent

    def _tokens(self, key: str) -> float:
        now = self._clock.now()
        tokens, at = self._buckets.get(key, (float(self._burst), now))
        if at > now:
            # The clock was set back: go on from here.
            self._buckets[key] = (tokens, now)
            return tokens
        return min(float(self._burst), tokens + (now - at) / self._refill)
