"""Encoded frames and the RTP packets that carry them (RFC 3550, 8285)."""

import struct
from dataclasses import dataclass

CLOCK_RATES = {"audio": 48000, "video": 90000}
"""RTP ticks per second of the codecs that we carry (Opus, VP8, H.264)."""

_ONE_BYTE_PROFILE = 0xBEDE
_HEADER = struct.Struct("!BBHLL")


@dataclass(slots=True)
class Frame:
    """One encoded frame as it arrived: a picture, or one packet of sound."""

    data: bytes
    timestamp: int
    """RTP ticks, unwrapped: never smaller than 0 and not limited to 32 bits."""
    index: int
    """Unwrapped RTP sequence number of the first packet."""
    epoch: int
    """Changes when the sender began a new stream; timestamps of different epochs cannot be compared."""
    keyframe: bool
    """Whether decoding may begin here. Always true for sound."""
    arrived: float
    """Seconds on the monotonic clock at which the frame was whole."""
    marker: bool = True
    width: int = 0
    """Pixels; of keyframes only, as `height`."""
    height: int = 0
    codec: str = "vp8"
    """Of a picture: `vp8`, or `h264` in the form of Annex B."""


class Unwrapper:
    """Makes a counter of `bits` bits that wraps into one that does not, whatever the order of arrival."""

    def __init__(self, bits: int) -> None:
        self._size = 1 << bits
        self._highest: int | None = None

    def unwrap(self, value: int) -> int:
        """The number nearest to the highest one seen. The first gets one turn of head start, so that an
        earlier one that comes late is not negative."""
        if self._highest is None:
            self._highest = value + self._size
            return self._highest
        half = self._size >> 1
        step = (value - self._highest + half) % self._size - half
        result = self._highest + step
        self._highest = max(self._highest, result)
        return result


def extensions(items: list[tuple[int, bytes]]) -> bytes:
    """The header extension block with one-byte headers (RFC 8285, 4.2); empty when there are no items.

    Raises ValueError for an id outside 1..14 or a value outside 1..16 bytes."""
    if not items:
        return b""
    body = b""
    for number, value in items:
        if not 0 < number < 15 or not 0 < len(value) <= 16:
            raise ValueError(f"extension {number} of {len(value)} bytes has no one-byte header")
        body += bytes([number << 4 | len(value) - 1]) + value
    body += bytes(-len(body) % 4)
    return struct.pack("!HH", _ONE_BYTE_PROFILE, len(body) // 4) + body


def rtp_packet(
    payload_type: int,
    marker: bool,
    sequence: int,
    timestamp: int,
    ssrc: int,
    extension: bytes,
    payload: bytes,
) -> bytes:
    """Serialise an RTP packet. `sequence` and `timestamp` may be unwrapped; `extension` is from
    `extensions`."""
    first = 0x90 if extension else 0x80
    second = (0x80 if marker else 0) | payload_type
    header = _HEADER.pack(first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return header + extension + payload


def abs_send_time(now: float) -> bytes:
    """`now` (seconds) as the 24 bit 6.18 fixed point of the abs-send-time extension."""
    return (int(now * (1 << 18)) & 0xFFFFFF).to_bytes(3, "big")
