"""Bytes of a WebM file with one track (RFC 9559, webmproject.org/docs/container), to be appended as they
come; with H.264, which WebM does not know, of a Matroska file.

A file is a header, then clusters, each complete in itself. What is written stays valid when nothing more
comes; the end adds an index and fills in what was not known at the beginning.
"""

import struct
from dataclasses import dataclass, field

CLUSTER_MS = 1000
"""A cluster is closed when its frames span this much time."""

_EBML = 0x1A45DFA3
_SEGMENT = 0x18538067
_SEEK_HEAD = 0x114D9B74
_INFO = 0x1549A966
_TRACKS = 0x1654AE6B
_CLUSTER = 0x1F43B675
_CUES = 0x1C53BB6B
_VOID = 0xEC

_UNKNOWN_SIZE = b"\x01" + b"\xff" * 7
_SEEK_HEAD_SIZE = 26
_DURATION_SIZE = 11


def _id(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _size(length: int) -> bytes:
    for width in range(1, 9):
        if length < (1 << 7 * width) - 1:
            return (length | 1 << 7 * width).to_bytes(width, "big")
    raise ValueError("element is too long")


def _element(number: int, body: bytes) -> bytes:
    return _id(number) + _size(len(body)) + body


def _uint(number: int, value: int) -> bytes:
    return _element(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def _float(number: int, value: float) -> bytes:
    return _element(number, struct.pack(">d", value))


def _text(number: int, value: str) -> bytes:
    return _element(number, value.encode())


def _void(total: int) -> bytes:
    return _id(_VOID) + _size(total - 2) + bytes(total - 2)


@dataclass(frozen=True, slots=True)
class Video:
    """A track of pictures; pixels of its first keyframe. Later ones may differ: each keyframe has its own size.

    `private` is the AVCDecoderConfigurationRecord of H.264, whose frames then have lengths before their units."""

    width: int
    height: int
    codec: str = "vp8"
    private: bytes = b""

    @property
    def document(self) -> str:
        return "webm" if self.codec == "vp8" else "matroska"

    def entry(self) -> bytes:
        video = _uint(0xB0, self.width) + _uint(0xBA, self.height)
        name = {"vp8": "V_VP8", "h264": "V_MPEG4/ISO/AVC"}[self.codec]
        private = _element(0x63A2, self.private) if self.private else b""
        return _uint(0x83, 1) + _text(0x86, name) + private + _element(0xE0, video)


@dataclass(frozen=True, slots=True)
class Audio:
    """An Opus track, 48 kHz stereo (RFC 7845, 5.1 for the codec's private data)."""

    codec = "opus"
    document = "webm"

    def entry(self) -> bytes:
        # Nothing is to be skipped: the track begins in the middle of a stream.
        head = b"OpusHead" + struct.pack("<BBHIhB", 1, 2, 0, 48000, 0, 0)
        audio = _float(0xB5, 48000.0) + _uint(0x9F, 2)
        return (
            _uint(0x83, 2)
            + _text(0x86, "A_OPUS")
            + _element(0x63A2, head)
            + _uint(0x56BB, 80_000_000)
            + _element(0xE1, audio)
        )


@dataclass(slots=True)
class WebmWriter:
    """Turns frames into bytes. `add`, `flush` and `finish` return what is to be appended to the file, in
    order."""

    track: Video | Audio
    position: int = 0
    """Bytes given out until now."""
    _blocks: list[bytes] = field(default_factory=list)
    _base: int = 0
    _last: int = -1
    _starts_with_key: bool = False
    _cues: list[tuple[int, int]] = field(default_factory=list)
    _data_start: int = 0
    _duration_at: int = 0

    def header(self) -> bytes:
        """The beginning of the file."""
        ebml = _element(
            _EBML,
            _uint(0x4286, 1)
            + _uint(0x42F7, 1)
            + _uint(0x42F2, 4)
            + _uint(0x42F3, 8)
            + _text(0x4282, self.track.document)
            + _uint(0x4287, 4)
            + _uint(0x4285, 2),
        )
        segment = _id(_SEGMENT) + _UNKNOWN_SIZE
        self._data_start = len(ebml) + len(segment)
        scale = _uint(0x2AD7B1, 1_000_000) + _text(0x4D80, "deskside") + _text(0x5741, "deskside")
        info = _element(_INFO, scale + _void(_DURATION_SIZE))
        self._duration_at = self._data_start + _SEEK_HEAD_SIZE + len(info) - _DURATION_SIZE
        entry = _element(0xAE, _uint(0xD7, 1) + _uint(0x73C5, 1) + _uint(0x9C, 0) + self.track.entry())
        return self._out(ebml + segment + _void(_SEEK_HEAD_SIZE) + info + _element(_TRACKS, entry))

    def add(self, at_ms: int, data: bytes, keyframe: bool) -> bytes:
        """Take a frame at `at_ms` from the beginning, which must be later than the one before."""
        video = isinstance(self.track, Video)
        done = b""
        if self._blocks and (at_ms - self._base >= CLUSTER_MS or (video and keyframe)):
            done = self.flush()
        if not self._blocks:
            self._base = at_ms
            self._starts_with_key = keyframe
        self._last = at_ms
        body = b"\x81" + struct.pack(">h", at_ms - self._base) + (b"\x80" if keyframe else b"\x00") + data
        self._blocks.append(_element(0xA3, body))
        return done

    def flush(self) -> bytes:
        """The cluster of what was taken since the last one; empty when there is nothing."""
        if not self._blocks:
            return b""
        if self._starts_with_key:
            self._cues.append((self._base, self.position - self._data_start))
        cluster = _element(_CLUSTER, _uint(0xE7, self._base) + b"".join(self._blocks))
        self._blocks.clear()
        return self._out(cluster)

    def finish(self, duration_ms: int) -> tuple[bytes, list[tuple[int, bytes]]]:
        """The end of the file: bytes to append, and then (position, bytes) to write over what was left
        open."""
        tail = self.flush()
        cues_at = self.position - self._data_start
        points = b"".join(
            _element(0xBB, _uint(0xB3, at) + _element(0xB7, _uint(0xF7, 1) + _uint(0xF1, where)))
            for at, where in self._sparse_cues()
        )
        if points:
            tail += self._out(_element(_CUES, points))
        seek = _element(0x53AB, _id(_CUES)) + _element(0x53AC, struct.pack(">Q", cues_at))
        patches = [
            (self._data_start - 8, b"\x01" + (self.position - self._data_start).to_bytes(7, "big")),
            (self._duration_at, _float(0x4489, float(duration_ms))),
        ]
        if points:
            patches.append((self._data_start, _element(_SEEK_HEAD, _element(0x4DBB, seek))))
        return tail, patches

    def _sparse_cues(self) -> list[tuple[int, int]]:
        """Index entries at least two seconds apart."""
        result: list[tuple[int, int]] = []
        for at, where in self._cues:
            if not result or at - result[-1][0] >= 2000:
                result.append((at, where))
        return result

    def _out(self, data: bytes) -> bytes:
        self.position += len(data)
        return data
