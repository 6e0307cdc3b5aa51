"""The time, drawn into a picture as a row of black and white blocks, and read again where the picture is seen.

All programs are on one machine, so both sides have one clock."""

import time
from collections.abc import Sequence
from typing import NamedTuple

BLOCKS = 32
"""In a row: 24 bits of milliseconds, and 8 that say whether they were read well."""

TURN = 1 << 24


def now() -> int:
    """Milliseconds of the wall's clock, as they are drawn."""
    return int(time.time() * 1000) % TURN


def blocks(code: int) -> list[bool]:
    """White or not, from the left."""
    check = (code ^ code >> 8 ^ code >> 16 ^ 0xA5) & 0xFF
    word = code << 8 | check
    return [bool(word >> (BLOCKS - 1 - at) & 1) for at in range(BLOCKS)]


class Seen(NamedTuple):
    code: int
    at: float
    """Milliseconds of the wall's clock in the browser, as `code`, not shortened."""

    @property
    def delay(self) -> float:
        """Seconds from drawing to seeing."""
        late = (self.at - self.code) % TURN
        return (late if late < TURN / 2 else late - TURN) / 1000


def seen(found: Sequence[Sequence[float]]) -> list[Seen]:
    """What `takeCodes` gave."""
    return [Seen(int(code), at) for code, at in found]


READER = """{
const BLOCKS = %d;
window.wall = () => performance.timeOrigin + performance.now();
const codeOf = ({ light, count }) => {
  let word = 0n;
  for (let at = 0; at < BLOCKS; at++)
    word = (word << 1n) | (light(Math.floor(((at + 0.5) * count) / BLOCKS)) > 127 ? 1n : 0n);
  const code = Number(word >> 8n), check = Number(word & 255n);
  return ((code ^ (code >> 8) ^ (code >> 16) ^ 0xa5) & 255) === check ? code : null;
};
const canvases = new Map();
const ofCanvas = (canvas, [x, y, width, height]) => {
  const count = Math.floor(width * canvas.width);
  if (!canvases.has(count)) {
    const small = new OffscreenCanvas(count, 1);
    canvases.set(count, small.getContext('2d', { willReadFrequently: true }));
  }
  const look = canvases.get(count);
  look.drawImage(canvas, x * canvas.width, Math.floor((y + height / 2) * canvas.height), count, 1, 0, 0, count, 1);
  const { data } = look.getImageData(0, 0, count, 1);
  return { light: (at) => data[4 * at + 1], count };
};
// Only this is copied of a video, and its colours are not converted.
const ofVideo = async (video, [x, y, width, height]) => {
  const frame = new VideoFrame(video);
  const even = (size) => 2 * Math.floor(size / 2);
  const { width: wide, height: high } = frame.visibleRect;
  const rect = { x: even(x * wide), y: even((y + height / 2) * high) - 2, width: even(width * wide), height: 2 };
  const bytes = new Uint8Array(frame.allocationSize({ rect }));
  const [{ offset }] = await frame.copyTo(bytes, { rect });
  frame.close();
  return { light: (at) => bytes[offset + at], count: rect.width };
};
// The brightness of the row in the middle of a part (fractions of width and height) of a canvas or video.
window.rowOf = async (source, place) =>
  source instanceof HTMLVideoElement ? ofVideo(source, place) : ofCanvas(source, place);
// Called for each picture that may be another one, with the time.
window.onEachPicture = (source, call) => {
  const next = () =>
    source instanceof HTMLVideoElement ? source.requestVideoFrameCallback(each) : requestAnimationFrame(each);
  const each = () => {
    if (call(window.wall()) !== false) next();
  };
  next();
};
// Notes each code when it is first on the screen.
window.watchCodes = (source, place) => {
  let last = null;
  window.codes = [];
  window.onEachPicture(source, (at) => {
    window.rowOf(source, place).then((row) => {
      const code = codeOf(row);
      if (code !== null && code !== last) window.codes.push([(last = code), at]);
    });
  });
};
window.takeCodes = () => window.codes.splice(0);
}
void 0;
""".replace("%d", str(BLOCKS))
