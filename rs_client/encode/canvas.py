"""The picture as encoders take it (4:2:0), of which only what changed is converted anew."""

from collections.abc import Sequence

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

Array = npt.NDArray[np.uint8]
Area = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

BAND = 16
"""Rows are converted in multiples of this, so that few kinds of conversion have to be set up."""

BAND_KINDS = 32


class Canvas:
    """`frame` is to be encoded and never kept: the next `draw` changes it. `shrink` 2 halves both sides."""

    def __init__(self, width: int, height: int, shrink: int) -> None:
        self.source = width, height
        self.shrink = shrink
        step = 2 * shrink
        # Encoders want even sides; what is cut off is less than a pixel of the picture as it is sent.
        self._width, self._height = max(step, width // step * step), max(step, height // step * step)
        self.frame = VideoFrame(self._width // shrink, self._height // shrink, "yuv420p")
        self._planes = [_rows(self.frame, index) for index in range(3)]
        for plane, value in zip(self._planes, (16, 128, 128), strict=True):
            plane[:] = value
        self._reformatters: dict[int, VideoReformatter] = {}

    def draw(self, pixels: Array, damage: Sequence[Area] | None) -> int:
        """Take over what changed of a picture (height, width, BGRA). Returns about how many rows look different."""
        return sum(bottom - top for top, bottom in self._bands(damage) if self._convert(pixels, top, bottom))

    def _bands(self, damage: Sequence[Area] | None) -> list[tuple[int, int]]:
        if damage is None:
            return [(0, self._height)]
        bands: list[tuple[int, int]] = []
        for _, y, _, height in sorted(damage, key=lambda area: area[1]):
            top = max(0, y) // BAND * BAND
            bottom = min(self._height, -(-(y + height) // BAND) * BAND)
            if bottom <= top:
                continue
            if bands and top <= bands[-1][1]:
                bands[-1] = bands[-1][0], max(bands[-1][1], bottom)
            else:
                bands.append((top, bottom))
        return bands

    def _convert(self, pixels: Array, top: int, bottom: int) -> bool:
        band = VideoFrame.from_numpy_buffer(_readable(pixels[top:bottom, : self._width]), "bgra")
        size = bottom - top
        reformatter = self._reformatters.get(size)
        if reformatter is None:
            if len(self._reformatters) >= BAND_KINDS:
                self._reformatters.clear()
            reformatter = self._reformatters[size] = VideoReformatter()
        fresh = reformatter.reformat(
            band,
            width=self._width // self.shrink,
            height=size // self.shrink,
            format="yuv420p",
            interpolation="POINT" if self.shrink == 1 else "AREA",
            threads=1,
        )
        changed = False
        for index, plane in enumerate(self._planes):
            scale = self.shrink if index == 0 else 2 * self.shrink
            new, old = _rows(fresh, index), plane[top // scale : bottom // scale]
            if changed or not np.array_equal(new, old):
                changed = True
                old[:] = new
        return changed


def _rows(frame: av.VideoFrame, index: int) -> Array:
    """The bytes of a plane, without the padding at the ends of its rows."""
    plane = frame.planes[index]
    rows: Array = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def _readable(band: Array) -> Array:
    return band if band.strides[1:] == (4, 1) else np.ascontiguousarray(band)
