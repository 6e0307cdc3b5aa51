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


READER = """
window.wall = () => performance.timeOrigin + performance.now();
// The code in a part (fractions of width and height) of a picture; null when there is none.
window.readCode = (source, [x, y, width, height]) => {
  const wide = source.videoWidth ?? source.width, high = source.videoHeight ?? source.height;
  if (!wide) return null;
  const canvas = (window.codeCanvas ??= document.createElement('canvas'));
  if (canvas.width !== 4 * %(blocks)d) { canvas.width = 4 * %(blocks)d; canvas.height = 4; }
  const look = (window.codeLook ??= canvas.getContext('2d', { willReadFrequently: true }));
  look.drawImage(source, x * wide, y * high, width * wide, height * high, 0, 0, canvas.width, 4);
  const { data } = look.getImageData(0, 2, canvas.width, 1);
  let word = 0n;
  for (let at = 0; at < %(blocks)d; at++) {
    const light = data[16 * at + 5] + data[16 * at + 9];
    word = (word << 1n) | (light > 255 ? 1n : 0n);
  }
  const code = Number(word >> 8n), check = Number(word & 255n);
  return ((code ^ (code >> 8) ^ (code >> 16) ^ 0xa5) & 255) === check ? code : null;
};
// Notes each code when it is first on the screen.
window.watchCodes = (source, place) => {
  let last = null;
  window.codes = [];
  const each = () => {
    const code = window.readCode(source, place);
    if (code !== null && code !== last) window.codes.push([(last = code), window.wall()]);
    requestAnimationFrame(each);
  };
  each();
};
window.takeCodes = () => window.codes.splice(0);
void 0;
""" % {"blocks": BLOCKS}
