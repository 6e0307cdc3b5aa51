"""One encoder of a stream of pictures. It knows neither threads nor clocks: both are the caller's."""

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal, NamedTuple

from .canvas import Area, Array, Canvas
from .codecs import CEILING, CODECS, RATE, TICKS, Codec

Mode = Literal["standard", "sampling"]
"""The best picture, in every pixel; or the fastest, in half of the width and height."""

SHRINK: dict[Mode, int] = {"standard": 1, "sampling": 2}


NARROW, WIDE = 1_200_000, 2_000_000
"""Bit/s below which a line cannot take a large picture that scrolls, and above which it can again. Between, the picture
is halved: with VP8 always, with H.264 while it is busy."""

BUSY_CHANGES, BUSY_SECONDS, CALM_SECONDS = 3, 0.5, 0.5
"""A picture is busy while it changes nearly everywhere so often. VP8 halves it then on any line: it does not find what
has scrolled far, and frames would be so large that fewer could be sent, between which more scrolls."""

BUSY_RATE = 3_500_000
"""Bit/s at most while a picture is busy: nobody sees how fine it is before it stands still."""

BUSY_PART = 0.4
"""Of the rows."""

LARGE = 1280 * 720
"""Pixels."""

SHORTEST, LONGEST = 1 / 60, 4 / RATE
"""Seconds between frames, outside of which a frame gets no smaller or larger share of the rate."""


class Encoded(NamedTuple):
    data: bytes
    codec: str
    keyframe: bool
    at: float
    """When the picture was taken, as it was given."""


class Encoder:
    """`bit_rate`, `mode` and `codec` may be set at any time, `keyframe` asked for; the next picture heeds them."""

    def __init__(self, codec: str = "h264", mode: Mode = "standard", ceiling: int = CEILING) -> None:
        self.codec = codec
        self.mode: Mode = mode
        self.bit_rate = ceiling // 4
        self.keyframe = True
        self._ceiling = ceiling
        self.busy = False
        """Nearly everything changes all the time; looked at with each picture, and `again`."""
        self._narrow = False
        self._changes: deque[float] = deque(maxlen=BUSY_CHANGES)
        """When the last ones were that changed nearly everything."""
        self._canvas: Canvas | None = None
        self._inner: Codec | None = None
        self._last = -1
        self._interval = 1 / RATE
        """Seconds between frames, smoothed."""

    def encode(self, pixels: Array, damage: Sequence[Area] | None, at: float) -> Encoded | None:
        """A picture (height, width, BGRA), of which `damage` changed; None: all of it. None when it looks as before."""
        height, width = pixels.shape[:2]
        self._watch(at)
        canvas, shrink = self._canvas, self._shrink(width * height)
        if canvas is None or (canvas.source, canvas.shrink) != ((width, height), shrink):
            canvas = self._canvas = Canvas(width, height, shrink)
            self._inner = None
            damage = None
        rows = canvas.draw(pixels, damage)
        if rows >= BUSY_PART * height:
            self._changes.append(at)
        if not rows and not self.keyframe and self._inner is not None:
            return None
        return self._encode(canvas, at)

    @property
    def outdated(self) -> bool:
        """The picture is to have another size: `again` cannot serve, a whole picture is wanted."""
        if self._canvas is None:
            return True
        width, height = self._canvas.source
        return self._canvas.shrink != self._shrink(width * height)

    def again(self, at: float) -> Encoded | None:
        """The last picture once more, finer; None before there was one, and when it is `outdated` now."""
        self._watch(at)
        return None if self._canvas is None or self.outdated else self._encode(self._canvas, at)

    def _watch(self, at: float) -> None:
        changes = self._changes
        if not changes or at - changes[-1] > CALM_SECONDS:
            self.busy = False
        elif len(changes) == BUSY_CHANGES and at - changes[0] < BUSY_SECONDS:
            self.busy = True

    def _shrink(self, pixels: int) -> int:
        limit = WIDE if self._narrow else NARROW
        self._narrow = self.bit_rate < limit
        either = self.codec == "vp8"
        halved = (self._narrow or self.busy) if either else (self._narrow and self.busy)
        return 2 if halved and pixels > LARGE else SHRINK[self.mode]

    def _share(self, at: float) -> float:
        if self._last >= 0:
            since = min(LONGEST, max(SHORTEST, at - self._last / TICKS))
            self._interval += 0.2 * (since - self._interval)
        return self._interval * RATE

    def _encode(self, canvas: Canvas, at: float) -> Encoded | None:
        inner = self._inner
        rate = max(100_000, min(self.bit_rate, self._ceiling, BUSY_RATE if self.busy else self._ceiling))
        if inner is None or inner.name != self.codec or not inner.fits(rate, self._share(at)):
            size = canvas.frame.width, canvas.frame.height
            inner = self._inner = CODECS[self.codec](*size, rate, self._ceiling)
            self.keyframe = True
        frame = canvas.frame
        # Time never stands still for an encoder, whatever the clock says.
        self._last = max(self._last + 1, int(at * TICKS))
        frame.pts, frame.time_base = self._last, Fraction(1, TICKS)
        data = inner.encode(frame, self.keyframe)
        if not data:
            return None
        keyframe, self.keyframe = self.keyframe, False
        return Encoded(data, inner.name, keyframe, at)
