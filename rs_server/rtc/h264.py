"""What has to be known of H.264 (ITU-T H.264, payload RFC 6184) to carry it undecoded.

Frames are byte streams of Annex B: NAL units, each behind a start code. Only what constrained baseline allows."""

from collections.abc import Iterator
from typing import NamedTuple

from .codecs import MAX_PAYLOAD

MAX_UNITS = 256
"""NAL units of one frame; more would make a flood of tiny packets."""

_START = b"\0\0\0\1"
_CODE = b"\0\0\1"
_IDR, _SPS, _PPS = 5, 7, 8
_STAP_A, _FU_A = 24, 28
_PROFILES = (66, 77, 88)
"""Baseline, main, extended: those whose parameter sets say nothing of chroma."""


class H264Payload(NamedTuple):
    """The inside of one RTP payload."""

    starts_keyframe: bool
    data: bytes


def h264_depayload(payload: bytes) -> H264Payload:
    """NAL units of a payload, or a piece of one (RFC 6184, 5.6 to 5.8). A keyframe begins with a sequence parameter
    set. Raises ValueError for what is malformed, or of a mode that was not agreed on."""
    if len(payload) < 2:
        raise ValueError("H.264 payload is truncated")
    kind = payload[0] & 0x1F
    if 0 < kind < _STAP_A:
        return H264Payload(kind == _SPS, _START + payload)
    if kind == _STAP_A:
        units = list(_aggregated(payload))
        return H264Payload(units[0][0] & 0x1F == _SPS, b"".join(_START + unit for unit in units))
    if kind == _FU_A:
        return _fragment(payload)
    raise ValueError(f"H.264 payload of type {kind}")


def _aggregated(payload: bytes) -> Iterator[bytes]:
    position = 1
    while position < len(payload):
        size = int.from_bytes(payload[position : position + 2], "big")
        unit = payload[position + 2 : position + 2 + size]
        if not unit or len(unit) < size:
            raise ValueError("H.264 aggregate is truncated")
        yield unit
        position += 2 + size


def _fragment(payload: bytes) -> H264Payload:
    kind = payload[1] & 0x1F
    if len(payload) < 3 or not 0 < kind < _STAP_A or payload[1] & 0xC0 == 0xC0:
        raise ValueError("H.264 fragment is malformed")
    if not payload[1] & 0x80:
        return H264Payload(False, payload[2:])
    header = bytes([payload[0] & 0xE0 | kind])
    return H264Payload(kind == _SPS, _START + header + payload[2:])


def h264_units(data: bytes) -> Iterator[bytes]:
    """The NAL units of a frame without their start codes. What stands before the first, or is none, is left out."""
    at = data.find(_CODE)
    while at >= 0:
        begin = at + 3
        at = data.find(_CODE, begin)
        unit = data[begin : at if at >= 0 else len(data)].rstrip(b"\0")
        if unit and 0 < unit[0] & 0x1F < _STAP_A:
            yield unit


def h264_acceptable(data: bytes) -> bool:
    """Whether a frame is cut into no more units than a frame has."""
    return data.count(_CODE) <= MAX_UNITS


def h264_packetize(data: bytes) -> list[bytes]:
    """Cut a frame into payloads of packetisation mode 1: single units, and fragments of large ones."""
    result = []
    step = MAX_PAYLOAD - 2
    for unit in h264_units(data):
        if len(unit) <= MAX_PAYLOAD:
            result.append(unit)
            continue
        indicator, kind = unit[0] & 0xE0 | _FU_A, unit[0] & 0x1F
        for start in range(1, len(unit), step):
            place = 0x80 if start == 1 else 0x40 if start + step >= len(unit) else 0
            result.append(bytes([indicator, place | kind]) + unit[start : start + step])
    return result


def h264_is_keyframe(data: bytes) -> bool:
    """Whether decoding may begin at a frame: an IDR picture behind its parameter sets."""
    found = False
    for unit in h264_units(data):
        kind = unit[0] & 0x1F
        found |= kind == _SPS
        if kind <= _IDR:
            return found and kind == _IDR
    return False


class ParameterSets(NamedTuple):
    """What a decoder has to know before a keyframe."""

    sequence: bytes
    picture: bytes

    def record(self) -> bytes:
        """The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1), lengths of four bytes."""
        head = bytes([1]) + self.sequence[1:4] + b"\xff"
        return b"".join(
            (head, b"\xe1", _sized(self.sequence, 2), b"\x01", _sized(self.picture, 2)),
        )


def h264_parameters(data: bytes) -> ParameterSets | None:
    """The parameter sets in a keyframe; None when it has none that can be used."""
    sets = {unit[0] & 0x1F: unit for unit in h264_units(data) if unit[0] & 0x1F in (_SPS, _PPS)}
    sequence, picture = sets.get(_SPS, b""), sets.get(_PPS, b"")
    return ParameterSets(sequence, picture) if 4 <= len(sequence) < 1 << 16 and 0 < len(picture) < 1 << 16 else None


def h264_sized(data: bytes) -> bytes:
    """A frame with the length before each unit instead of a start code, as containers have it."""
    return b"".join(_sized(unit, 4) for unit in h264_units(data))


def _sized(unit: bytes, width: int) -> bytes:
    return len(unit).to_bytes(width, "big") + unit


def h264_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a keyframe; (0, 0) when it does not say."""
    unit = next((unit for unit in h264_units(data) if unit[0] & 0x1F == _SPS), b"")
    try:
        return _read_size(_Bits(unit[1:256]))
    except ValueError:
        return 0, 0


class _Bits:
    """Reads the bits of a unit; raises ValueError at its end."""

    def __init__(self, data: bytes) -> None:
        # Emulation prevention (7.4.1).
        self._data = data.replace(b"\0\0\3", b"\0\0")
        self._value = int.from_bytes(self._data, "big")
        self._left = len(self._data) * 8

    def take(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("a parameter set is truncated")
        return self._value >> self._left & (1 << count) - 1

    def number(self) -> int:
        """An unsigned Exp-Golomb code (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > 31:
                raise ValueError("a number is too large")
        return (1 << zeros | self.take(zeros)) - 1


def _read_size(bits: _Bits) -> tuple[int, int]:
    """Of a sequence parameter set (7.3.2.1.1)."""
    if bits.take(8) not in _PROFILES:
        raise ValueError("a profile that was not agreed on")
    bits.take(16)
    bits.number()
    bits.number()
    order = bits.number()
    if order == 0:
        bits.number()
    elif order == 1:
        bits.take(1)
        bits.number()
        bits.number()
        for _ in range(min(bits.number(), 255)):
            bits.number()
    bits.number()
    bits.take(1)
    across, down = bits.number() + 1, bits.number() + 1
    whole = bits.take(1)
    if not whole:
        bits.take(1)
    bits.take(1)
    left = right = top = bottom = 0
    if bits.take(1):
        left, right, top, bottom = (bits.number() for _ in range(4))
    width = across * 16 - 2 * (left + right)
    height = (2 - whole) * (down * 16 - 2 * (top + bottom))
    if not (0 < width <= 16384 and 0 < height <= 16384):
        raise ValueError("a size that no picture has")
    return width, height
