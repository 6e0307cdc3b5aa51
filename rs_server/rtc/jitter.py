"""Puts packets back in order and gives whole frames out as soon as they are whole. Pure: time comes in."""

from dataclasses import dataclass, field

from .packets import Unwrapper

CAPACITY = 1024
"""Packets held at most; a frame that does not fit is given up."""

BLOCKED = 1.0
"""Seconds to wait for a missing packet before looking for the next keyframe."""

BLOCKED_IN_KEYFRAME = 3.0
"""The same while a keyframe is arriving: giving it up only asks for another one as large."""


@dataclass(slots=True)
class Piece:
    """One media packet without its RTP header and payload descriptor."""

    sequence: int
    timestamp: int
    marker: bool
    data: bytes
    starts_keyframe: bool
    codec: str = "vp8"


@dataclass(slots=True)
class Whole:
    """A frame put together again."""

    index: int
    timestamp: int
    data: bytes
    codec: str = "vp8"


@dataclass(slots=True)
class VideoBuffer:
    """Reorders the packets of one video stream.

    A frame is whole with its marker bit (or with the first packet of the next timestamp), so it does not wait
    for the next frame to begin. After a gap that nobody fills, everything up to the next keyframe is thrown
    away and `hunting` is true: what comes out can always be decoded."""

    hunting: bool = True
    skips: int = 0
    _pieces: dict[int, Piece] = field(default_factory=dict)
    _next: int | None = None
    _sequences: Unwrapper = field(default_factory=lambda: Unwrapper(16))
    _timestamps: Unwrapper = field(default_factory=lambda: Unwrapper(32))
    _top: int = 0
    _latest: int = -1
    _blocked_since: float | None = None
    _in_keyframe: bool = False

    def add(self, piece: Piece, now: float) -> list[Whole]:
        """Take a packet (numbers as on the wire) and return the frames that it made whole, in order."""
        piece.sequence = self._sequences.unwrap(piece.sequence)
        piece.timestamp = self._timestamps.unwrap(piece.timestamp)
        if self._next is not None and piece.sequence < self._next:
            return []
        self._pieces[piece.sequence] = piece
        # In the middle of a frame nothing can become whole; walking it again at each packet would be
        # quadratic.
        midway = piece.sequence == self._top + 1 and piece.timestamp == self._latest and not piece.marker
        self._top = max(self._top, piece.sequence)
        self._latest = piece.timestamp
        self._in_keyframe |= piece.starts_keyframe
        if self.hunting:
            if not piece.starts_keyframe:
                self._bound()
                return []
            self._start_at(piece.sequence)
        elif midway and piece.data:
            return self._skip(now) if len(self._pieces) > CAPACITY else []
        frames = self._drain(now)
        if len(self._pieces) > CAPACITY:
            frames += self._skip(now)
        return frames

    @property
    def floor(self) -> int | None:
        """The lowest sequence number (unwrapped) that is still of use; None while hunting."""
        return None if self.hunting else self._next

    @property
    def blocked(self) -> bool:
        """Whether packets wait behind a gap."""
        return self._blocked_since is not None

    def expire(self, now: float) -> list[Whole]:
        """Give up what has been missing for too long; frames behind a keyframe that is already here come
        out."""
        if self._blocked_since is None:
            return []
        limit = BLOCKED_IN_KEYFRAME if self._in_keyframe else BLOCKED
        return self._skip(now) if now - self._blocked_since > limit else []

    def give_up(self, now: float) -> list[Whole]:
        """Repair nothing more, as after a gap that nobody filled. A keyframe that has begun is repaired all the same:
        the next would be as large."""
        return [] if self.hunting or self._in_keyframe else self._skip(now)

    def _start_at(self, sequence: int) -> None:
        self.hunting = False
        self._next = sequence
        self._in_keyframe = True
        self._pieces = {number: piece for number, piece in self._pieces.items() if number >= sequence}

    def _bound(self) -> None:
        # While hunting only the newest are kept: a keyframe's first packet may come after its second.
        if len(self._pieces) > CAPACITY // 4:
            for number in sorted(self._pieces)[: CAPACITY // 8]:
                del self._pieces[number]

    def _drain(self, now: float) -> list[Whole]:
        frames: list[Whole] = []
        while (frame := self._take()) is not None:
            frames.append(frame)
        if frames:
            self._blocked_since = None
        if not self._has_gap():
            self._blocked_since = None
        elif self._blocked_since is None:
            self._blocked_since = now
        return frames

    def _take(self) -> Whole | None:
        assert self._next is not None
        pieces = self._pieces
        # Padding stands between frames and belongs to none.
        while (piece := pieces.get(self._next)) is not None and not piece.data:
            del pieces[self._next]
            self._next += 1
        first = number = self._next
        run: list[Piece] = []
        complete = False
        while (piece := pieces.get(number)) is not None:
            if run and piece.timestamp != run[0].timestamp:
                complete = True
                break
            run.append(piece)
            number += 1
            if piece.marker:
                complete = True
                break
        if not complete:
            return None
        for used in range(first, number):
            del pieces[used]
        self._next = number
        self._in_keyframe = False
        return Whole(first, run[0].timestamp, b"".join(piece.data for piece in run), run[0].codec)

    def _has_gap(self) -> bool:
        assert self._next is not None
        return bool(self._pieces) and self._top - self._next + 1 != len(self._pieces)

    def _skip(self, now: float) -> list[Whole]:
        self.skips += 1
        self._blocked_since = None
        self._in_keyframe = False
        assert self._next is not None
        starts = [n for n, piece in self._pieces.items() if piece.starts_keyframe and n > self._next]
        if starts:
            self._start_at(min(starts))
            return self._drain(now)
        self._pieces.clear()
        self.hunting = True
        return []


@dataclass(slots=True)
class AudioBuffer:
    """Gives sound on as it arrives: a listener's own buffer puts it in order, a second one only adds
    delay."""

    _sequences: Unwrapper = field(default_factory=lambda: Unwrapper(16))
    _timestamps: Unwrapper = field(default_factory=lambda: Unwrapper(32))
    _seen: set[int] = field(default_factory=set)
    _highest: int = -1

    def add(self, piece: Piece, now: float) -> list[Whole]:
        """The packet itself, unless it is empty, a duplicate, or far too late."""
        sequence = self._sequences.unwrap(piece.sequence)
        timestamp = self._timestamps.unwrap(piece.timestamp)
        if not piece.data or sequence in self._seen or sequence < self._highest - 64:
            return []
        self._highest = max(self._highest, sequence)
        self._seen.add(sequence)
        if len(self._seen) > 128:
            self._seen = {number for number in self._seen if number >= self._highest - 64}
        return [Whole(sequence, timestamp, piece.data)]


@dataclass(slots=True)
class NackTracker:
    """Which packets are missing, and when to ask for them again (RFC 4585, 6.2.1)."""

    round_trip: float = 0.1
    """Seconds from a request to the packet, smoothed."""
    expected: int = 0
    """Packets that should have come since the last `loss`, and `received`: those that came the first time."""
    received: int = 0
    asked: int = 0
    _highest: int | None = None
    _missing: dict[int, "_Wanted"] = field(default_factory=dict)

    def add(self, sequence: int, now: float, repaired: bool = False) -> list[int]:
        """Note a packet (unwrapped number); `repaired` when it is a retransmission. Returns new gaps to ask
        for."""
        if not repaired:
            self.received += 1
        if self._highest is None:
            self._highest = sequence
            self.expected += 1
            return []
        if sequence <= self._highest:
            wanted = self._missing.pop(sequence, None)
            if wanted is not None and wanted.tries == 1:
                self.round_trip += 0.1 * (min(1.0, now - wanted.asked) - self.round_trip)
            return []
        new = list(range(self._highest + 1, sequence))
        self.expected += sequence - self._highest
        self._highest = sequence
        if len(new) > MAX_GAP:
            self._missing.clear()
            return []
        for number in new:
            self._missing[number] = _Wanted(now)
        self._trim(sequence)
        self.asked += len(new)
        return new

    def _trim(self, sequence: int) -> None:
        for number in [n for n in self._missing if n < sequence - MAX_AGE]:
            del self._missing[number]

    def due(self, now: float, floor: int | None) -> list[int]:
        """What to ask for again: unanswered for one and a half round trips, with back-off, ten times at most.

        Packets below `floor` are forgotten; with None all are."""
        if floor is None:
            self._missing.clear()
            return []
        for number in [n for n in self._missing if n < floor]:
            del self._missing[number]
        wait = max(0.04, 1.5 * self.round_trip)
        result = []
        for number, wanted in self._missing.items():
            if wanted.tries <= MAX_TRIES and now - wanted.asked > wait * (1 + wanted.tries / 2):
                wanted.asked = now
                wanted.tries += 1
                result.append(number)
        self.asked += len(result)
        return sorted(result)[:60]

    @property
    def waiting(self) -> bool:
        """Whether anything is missing."""
        return bool(self._missing)

    def hopeless(self, bit_rate: float) -> bool:
        """So much is missing that a new keyframe is there sooner than all of it at this rate of the line, which has
        become narrow."""
        return len(self._missing) > max(FEW, REPAIR * bit_rate / 8 / PACKET)

    def take_loss(self) -> tuple[int, int]:
        """(expected, received the first time) since the last call."""
        result = self.expected, self.received
        self.expected = self.received = 0
        return result


MAX_GAP = 300
"""A larger hole is a new beginning, not a loss to repair."""
MAX_AGE = 1000
FEW, REPAIR, PACKET = 16, 0.25, 1_200
"""Packets that are always asked for again; seconds that repairing may take; bytes of a packet."""
MAX_TRIES = 10


@dataclass(slots=True)
class _Wanted:
    asked: float
    tries: int = 1
