"""What bytes of a page's asset are, by what they begin with: never by what somebody says they are."""

import re
from typing import Literal, NamedTuple

Group = Literal["image", "font", "style"]


class Kind(NamedTuple):
    group: Group
    mime: str


MEGA = 1024 * 1024
LIMITS: dict[Group, int] = {"image": 5 * MEGA, "font": 2 * MEGA, "style": 2 * MEGA}
"""Bytes."""
MOST = max(LIMITS.values())

SVG = "image/svg+xml"
CSS = "text/css"
TEXTS = frozenset({SVG, CSS})

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", Kind("image", "image/png")),
    (b"\xff\xd8\xff", Kind("image", "image/jpeg")),
    (b"GIF87a", Kind("image", "image/gif")),
    (b"GIF89a", Kind("image", "image/gif")),
    (b"\x00\x00\x01\x00", Kind("image", "image/x-icon")),
    (b"wOFF", Kind("font", "font/woff")),
    (b"wOF2", Kind("font", "font/woff2")),
    (b"OTTO", Kind("font", "font/otf")),
    (b"\x00\x01\x00\x00", Kind("font", "font/ttf")),
    (b"true", Kind("font", "font/ttf")),
)
_SVG = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:(?!-->).){0,2000}-->\s*|<!DOCTYPE\s+svg[^>\[]*>\s*){0,8}"
    rb"<svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_HEAD = 16 * 1024


def sniff(data: bytes, said: str) -> Kind | None:
    """None for what is nothing that a page may show. `said`: media type; CSS has no beginning of its own, so that it is
    CSS only when it is said to be."""
    for begin, kind in _MAGIC:
        if data.startswith(begin):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind("image", "image/webp")
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return Kind("image", "image/bmp")
    if data[4:8] == b"ftyp" and (b"avif" in _brands(data) or b"avis" in _brands(data)):
        return Kind("image", "image/avif")
    if _SVG.match(data[:_HEAD]) and _is_text(data):
        return Kind("image", SVG)
    if said == CSS and _is_text(data):
        return Kind("style", CSS)
    return None


def _brands(data: bytes) -> list[bytes]:
    """Of the first box of an ISO media file (ISO/IEC 14496-12): the major brand, its version, the compatible ones."""
    size = min(int.from_bytes(data[:4], "big"), 256, len(data))
    return [data[at : at + 4] for at in range(8, size, 4)]


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


def fits(kind: Kind, size: int) -> bool:
    return size <= LIMITS[kind.group]
