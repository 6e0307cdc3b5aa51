"""In which encoding a text file is, told from all of its bytes."""

import codecs
import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import charset_normalizer

CHUNK = 1 << 16
_SAMPLE = 1 << 15
_AROUND = 60
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WINDOWS = frozenset(range(0x80, 0xA0))
"""Letters and signs in Windows-1252, control characters in ISO 8859."""
_NINE = frozenset((0xA4, 0xA6, 0xA8, 0xB4, 0xB8, 0xBC, 0xBD, 0xBE))
"""Where ISO 8859-15 has the euro sign and letters of French, Finnish and Estonian, and the others have signs that
hardly stand in a list of people."""
_CHAOS = 0.1
"""With more of it, a guess is worth less than the most common one."""
_WESTERN = frozenset(("cp1252", "iso8859_15", "latin_1", "cp1250", "cp1254"))


class Survey(NamedTuple):
    digest: str
    """SHA-256, hexadecimal."""
    encoding: str
    size: int


def survey(file: BinaryIO) -> Survey:
    """Read all of it, a piece at a time: what it is, and how its characters are written."""
    digest = hashlib.sha256()
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, size = True, 0
    zeros = [0, 0]
    seen: set[int] = set()
    sample = bytearray()
    start = b""
    for chunk in _chunks(file):
        if not start:
            start = chunk[:4]
        digest.update(chunk)
        zeros[size % 2] += chunk[0::2].count(0)
        zeros[1 - size % 2] += chunk[1::2].count(0)
        size += len(chunk)
        seen.update(chunk)
        if is_utf8:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        _sample(sample, chunk)
    if is_utf8:
        try:
            utf8.decode(b"", True)
        except UnicodeDecodeError:
            is_utf8 = False
    return Survey(digest.hexdigest(), _choose(start, is_utf8, zeros, size, seen, bytes(sample)), size)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _sample(sample: bytearray, chunk: bytes) -> None:
    """What stands around letters that are not of ASCII, and the beginning: it tells most."""
    if len(sample) >= _SAMPLE:
        return
    if not sample:
        sample += chunk[:2048]
    end = 0
    for found in re.finditer(rb"[\x80-\xff]+", chunk):
        if found.end() <= end:
            continue
        start, end = max(end, found.start() - _AROUND), found.end() + _AROUND
        sample += chunk[start:end]
        if len(sample) >= _SAMPLE:
            return


def _choose(start: bytes, is_utf8: bool, zeros: list[int], size: int, seen: set[int], sample: bytes) -> str:
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    # Text of Western languages in UTF-16 has a zero in nearly every other byte.
    if size >= 4 and max(zeros) > size * 0.3 and min(zeros) < size * 0.02:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    if is_utf8:
        return "utf-8"
    found = charset_normalizer.from_bytes(sample, enable_fallback=False)
    best = found.best()
    western = [match.chaos for match in found if not _WESTERN.isdisjoint(match.could_be_from_charset)]
    sure = best is not None and best.chaos < _CHAOS
    if best is None or not sure or (western and western[0] <= best.chaos + 0.05):
        return "cp1252" if seen & _WINDOWS or not seen & _NINE else "iso8859_15"
    return best.encoding
