"""What is stored of a page that was seen: a gzip stream of records. Read by `web/src/page/record.ts` as well.

A record: payload length (4 bytes), milliseconds since the part began (4), kind (1), epoch (4), payload; unsigned, in
network order. Where the writer was stopped in the middle, what was flushed before is whole.
"""

import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

_HEAD = struct.Struct("!IIBI")
_GZIP = 31
"""zlib's `wbits` for gzip."""


class RecordKind(IntEnum):
    MESSAGE = 0
    """A message of the page stream, whole."""
    ACT = 1
    """JSON: act, by, by_name, op; of what was typed, its length."""
    RESULT = 2
    """JSON: act, outcome, reason."""
    SHOWN = 3
    """JSON: by, by_name, shown."""
    CUT = 4
    """Nobody saw the page from here on; no payload."""


class Record(NamedTuple):
    at: int
    """Milliseconds since the part began."""
    kind: RecordKind
    epoch: int
    payload: bytes


def pack(record: Record) -> bytes:
    return _HEAD.pack(len(record.payload), record.at, record.kind, record.epoch) + record.payload


class Packer:
    """Compresses records; what `add` and `flush` returned by then can be read."""

    def __init__(self) -> None:
        self._zip = zlib.compressobj(wbits=_GZIP)

    def add(self, data: bytes) -> bytes:
        return self._zip.compress(data) + self._zip.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._zip.flush(zlib.Z_FINISH)


def unpack(stored: bytes) -> Iterator[Record]:
    """The whole records, in order. Raises `ValueError` for what was not written by us."""
    unzip = zlib.decompressobj(wbits=_GZIP)
    try:
        data = unzip.decompress(stored)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    start = 0
    while start + _HEAD.size <= len(data):
        length, at, kind, epoch = _HEAD.unpack_from(data, start)
        end = start + _HEAD.size + length
        if end > len(data):
            return
        yield Record(at, RecordKind(kind), epoch, data[start + _HEAD.size : end])
        start = end


def count_messages(stored: bytes) -> tuple[int, int]:
    """(messages, snapshots). Raises `ValueError` as `unpack`."""
    epochs = [record.epoch for record in unpack(stored) if record.kind is RecordKind.MESSAGE]
    return len(epochs), len(set(epochs))
