"""How fast a browser may send, told to it by REMB (draft-alvestrand-rmcat-remb-03). Pure: time comes in.

One controller serves a whole connection, because a browser takes REMB for its connection as a whole. It looks
at the delay of video packets (a trend line over groups of packets, as in draft-ietf-rmcat-gcc-02) and at
loss."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

MINIMUM = 150_000
MAXIMUM = 6_000_000
START = 2_000_000

LOSS_LIMIT = 0.10
"""Loss below this is what radio does, not what a full line does: cutting at 2 % starves a share for
nothing."""

LOSS_SAMPLE = 60
"""Packets without which a share of lost ones says nothing: one of ten is chance, not a full line."""

CUT_PAUSE_MS = 300
"""A cut needs a round trip to show; cutting again at once would go far below the line."""

QUEUED_MS = 50
"""Delay above the least of late without which there is no queue: a machine that is busy delays packets by some ms,
and growth of that says nothing of the line."""

LONG_QUEUE_MS = 100
"""Above this nothing more is tried."""

LEAST_OF_MS = 5_000
"""For how long, and at most twice that, the least delay counts."""

SHORT_MS, SHORT_PACKETS = 200, 12
"""What came in so short a time is what a full line carries, when it is so many packets."""

FORGET_MS = 10_000
"""After so long without a cut the line counts as one that was never full."""

BURST_MS = 5
WINDOW = 20
EMIT_MS = 200


class Throughput:
    """Bits per second over the last half second: a longer memory would cut to what the line was."""

    def __init__(self, window_ms: int = 500) -> None:
        self._window = window_ms
        self._samples: deque[tuple[int, int]] = deque()
        self._bytes = 0

    def add(self, now_ms: int, size: int) -> None:
        self._samples.append((now_ms, size))
        self._bytes += size
        self.rate(now_ms)

    def short(self, now_ms: int) -> int:
        """Bits per second of the last moments; where too few packets came, of the whole window."""
        late = [sample for sample in self._samples if sample[0] > now_ms - SHORT_MS]
        if len(late) < SHORT_PACKETS:
            return self.rate(now_ms)
        # From the first of them: before, all may have stood still while the way became longer.
        span = max(SHORT_MS // 4, now_ms - late[0][0])
        return sum(size for _, size in late[1:]) * 8 * 1000 // span

    def rate(self, now_ms: int) -> int:
        while self._samples and self._samples[0][0] <= now_ms - self._window:
            self._bytes -= self._samples.popleft()[1]
        return self._bytes * 8 * 1000 // self._window


@dataclass(slots=True)
class Trend:
    """Whether a queue grows on the way, from send and arrival times in ms."""

    state: str = "normal"
    """`over`, `under` or `normal` use of the line."""
    _group: tuple[float, float, float] | None = None
    _previous: tuple[float, float, float] | None = None
    _delay: float = 0.0
    _smooth: float = 0.0
    _points: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    _count: int = 0
    _threshold: float = 12.5
    _adapted: float | None = None
    _over_for: float = 0.0
    _slope: float = 0.0
    _least: float | None = None
    _least_before: float | None = None
    _least_since: float = 0.0

    @property
    def queued(self) -> float:
        """Delay above the least of the last seconds, in ms."""
        least = [each for each in (self._least, self._least_before) if each is not None]
        return self._delay - min(least) if least else 0.0

    def add(self, sent: float, arrived: float) -> None:
        group = self._group
        if group is None:
            self._group = (sent, sent, arrived)
            return
        since = sent - group[0]
        if since < 0:
            return
        if since <= BURST_MS:
            self._group = (group[0], max(group[1], sent), arrived)
            return
        if self._previous is not None:
            self._compare(group, self._previous)
        self._previous, self._group = group, (sent, sent, arrived)

    def _compare(self, group: tuple[float, float, float], previous: tuple[float, float, float]) -> None:
        sent, arrived = group[1] - previous[1], group[2] - previous[2]
        if arrived > 3000 or sent > 3000:
            self._points.clear()
            self._least = self._least_before = None
            self._delay = self._smooth = 0.0
            self._count = 0
            return
        self._count = min(self._count + 1, 60)
        self._delay += arrived - sent
        if group[2] - self._least_since > LEAST_OF_MS:
            self._least_before, self._least, self._least_since = self._least, None, group[2]
        self._least = self._delay if self._least is None else min(self._least, self._delay)
        self._smooth = 0.9 * self._smooth + 0.1 * self._delay
        self._points.append((group[2], self._smooth))
        if len(self._points) == WINDOW:
            self._detect(group[2], sent, self._fit())

    def _fit(self) -> float:
        origin = self._points[0][0]
        mean_x = sum(x - origin for x, _ in self._points) / WINDOW
        mean_y = sum(y for _, y in self._points) / WINDOW
        spread = sum((x - origin - mean_x) ** 2 for x, _ in self._points)
        if not spread:
            return self._slope
        return sum((x - origin - mean_x) * (y - mean_y) for x, y in self._points) / spread

    def _detect(self, now: float, sent: float, slope: float) -> None:
        value = self._count * slope * 4.0
        if value > self._threshold:
            self._over_for += sent
            if self._over_for > 10 and slope >= self._slope:
                self.state = "over"
        else:
            self._over_for = 0.0
            self.state = "under" if value < -self._threshold else "normal"
        self._slope = slope
        if self._adapted is not None and abs(value) <= self._threshold + 15:
            gain = 0.039 if abs(value) < self._threshold else 0.0087
            step = gain * (abs(value) - self._threshold) * min(now - self._adapted, 100.0)
            self._threshold = max(6.0, min(600.0, self._threshold + step))
        self._adapted = now


class RateController:
    """What to tell one sending browser."""

    def __init__(self, start: int = START, minimum: int = MINIMUM, maximum: int = MAXIMUM) -> None:
        self._estimate = float(start)
        self._start, self._minimum, self._maximum = start, minimum, maximum
        self.cap: int | None = None
        """The most that those who receive it can take, in bit/s; None when nobody said."""
        self._trend = Trend()
        self._incoming = Throughput()
        self._sources: dict[int, int] = {}
        self._sent: int | None = None
        self._first: int | None = None
        self._grown = self._told = self._cut = 0
        self._loss_read = 0
        self._loss = 0.0
        self._expected = self._received = 0
        self._ceiling: float | None = None

    @property
    def estimate(self) -> int:
        """Bit/s to be told now."""
        bounded = min(self._maximum, max(self._minimum, self._estimate))
        return int(bounded if self.cap is None else min(bounded, max(self.cap, self._minimum)))

    @property
    def sources(self) -> list[int]:
        """SSRCs heard in the last 10 s."""
        return list(self._sources)

    def lost(self, expected: int, received: int) -> None:
        """Packets that should have come and that came the first time, since the last call."""
        self._expected += expected
        self._received += received

    def add(self, now_ms: int, send_time: int, size: int, ssrc: int) -> int | None:
        """Note a video packet: arrival in ms, abs-send-time (24 bits), bytes. Returns bit/s when it is time
        to say so."""
        if self._first is None:
            self._first = self._grown = self._loss_read = now_ms
            self._sent = send_time
        assert self._sent is not None
        self._sent += ((send_time - self._sent + (1 << 23)) & 0xFFFFFF) - (1 << 23)
        self._trend.add(self._sent * 1000 / (1 << 18), now_ms)
        self._incoming.add(now_ms, size)
        self._sources[ssrc] = now_ms
        incoming = self._incoming.rate(now_ms)
        full = self._trend.state == "over" and self._trend.queued > QUEUED_MS
        if full and now_ms - self._cut > CUT_PAUSE_MS and now_ms - self._first > 500:
            incoming = self._incoming.short(now_ms)
            self._reduce(now_ms, 0.85 * incoming)
            known = self._ceiling
            self._ceiling = incoming if known is None else 0.7 * known + 0.3 * incoming
            return self._tell(now_ms)
        if now_ms - self._loss_read >= 1000:
            self._read_loss(now_ms, incoming)
        if now_ms - self._told < EMIT_MS:
            return None
        self._grow(now_ms, incoming)
        return self._tell(now_ms)

    def _reduce(self, now_ms: int, target: float) -> None:
        self._estimate = min(self._estimate, max(self._minimum, target))
        self._cut = self._grown = now_ms

    def _read_loss(self, now_ms: int, incoming: int) -> None:
        self._loss_read = now_ms
        if self._expected < LOSS_SAMPLE:
            return
        self._loss = max(0, self._expected - self._received) / self._expected
        self._expected = self._received = 0
        if self._loss > LOSS_LIMIT and now_ms - self._cut > 1000:
            self._reduce(now_ms, max(incoming, self._minimum) * (1 - 0.5 * self._loss))

    def _grow(self, now_ms: int, incoming: int) -> None:
        elapsed = min(1000, now_ms - self._grown) / 1000
        self._grown = now_ms
        quiet = now_ms - self._cut
        if self._trend.state != "normal" or self._loss > LOSS_LIMIT or quiet < 500:
            return
        if self._trend.queued > LONG_QUEUE_MS:
            return
        if quiet > FORGET_MS:
            self._ceiling = None
        # What was not tried is not known: the estimate stays within reach of what really comes in.
        reach = max(1.5 * incoming, self._start if self._ceiling is None else 0) + 10_000
        if self._estimate >= reach:
            return
        near = self._ceiling is not None and quiet < 8000 and incoming > 0.75 * self._ceiling
        factor = 1.08 if near else 1.15 if quiet < 3000 else 1.7
        self._estimate = min(self._maximum, self._estimate * factor**elapsed + (4000 if near else 0))

    def _tell(self, now_ms: int) -> int:
        self._told = now_ms
        for ssrc in [ssrc for ssrc, heard in self._sources.items() if now_ms - heard > 10_000]:
            del self._sources[ssrc]
        return self.estimate


class SubscriberLimit:
    """What one receiving endpoint can take, from its REMB, or from its loss while it sends none.

    A browser sends REMB only on a connection on which it has live media to send."""

    FRESH = 5.0
    """Seconds for which a REMB counts."""

    LEAST = 300_000
    """What is never refused for loss: below, a picture is of no use to anybody."""

    def __init__(self, minimum: int = MINIMUM) -> None:
        self.on_remb: Callable[[], None] = lambda: None
        """Told of each REMB."""
        self._minimum = minimum
        self._remb: tuple[float, int] | None = None
        self._by_loss: float | None = None
        self._changed = float("-inf")
        self._expected = 0
        self._lost = 0

    def remb(self, now: float, bps: int) -> None:
        """A REMB of the endpoint, in bit/s."""
        self._remb = now, bps
        self.on_remb()

    def loss(self, now: float, expected: int, lost: int, sending: int) -> None:
        """A receiver report: packets since the one before, how many were lost, and what we send in bit/s."""
        self._expected += expected
        self._lost += lost
        if self._expected < LOSS_SAMPLE or now - self._changed < 1.0:
            return
        fraction = max(0, self._lost) / self._expected
        self._expected = self._lost = 0
        self._changed = now
        if fraction > LOSS_LIMIT:
            base = sending if self._by_loss is None else min(self._by_loss, sending)
            self._by_loss = max(self.LEAST, base * (1 - 0.5 * fraction))
        elif self._by_loss is not None:
            self._by_loss *= 1.15
            if self._by_loss > MAXIMUM:
                self._by_loss = None

    def limit(self, now: float) -> int | None:
        """Bit/s, or None when nothing speaks for a limit."""
        if self._remb is not None and now - self._remb[0] < self.FRESH:
            return max(self._minimum, self._remb[1])
        return None if self._by_loss is None else int(self._by_loss)
