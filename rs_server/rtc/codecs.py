"""What has to be known of VP8 (RFC 6386, payload RFC 7741) and Opus (RFC 6716) to carry them undecoded."""

from typing import NamedTuple

MAX_PAYLOAD = 1180
"""Bytes of a VP8 payload, descriptor included: with RTP, SRTP, UDP and IPv6 headers below 1,280."""

_DESCRIPTOR = 4
_OPUS_SILENCE_STEREO = bytes([0xFC, 0xFF, 0xFE])


class Vp8Payload(NamedTuple):
    """The inside of one RTP payload."""

    starts_frame: bool
    data: bytes


def vp8_depayload(payload: bytes) -> Vp8Payload:
    """Take the payload descriptor off (RFC 7741, 4.2). Raises ValueError when it is truncated."""
    try:
        first = payload[0]
        position = 1
        if first & 0x80:
            flags = payload[1]
            position = 2
            if flags & 0x80:
                position += 2 if payload[position] & 0x80 else 1
            if flags & 0x40:
                position += 1
            if flags & 0x30:
                position += 1
    except IndexError as error:
        raise ValueError("VP8 payload descriptor is truncated") from error
    if position > len(payload):
        raise ValueError("VP8 payload descriptor is truncated")
    # S bit, and partition index 0: later partitions start with S set too.
    return Vp8Payload(first & 0x17 == 0x10, payload[position:])


def vp8_packetize(data: bytes, picture_id: int) -> list[bytes]:
    """Cut a frame into payloads, each with a descriptor that carries the 15 bit picture id."""
    step = MAX_PAYLOAD - _DESCRIPTOR
    identity = bytes([0x80, 0x80 | picture_id >> 8 & 0x7F, picture_id & 0xFF])
    return [
        bytes([0x90 if start == 0 else 0x80]) + identity + data[start : start + step]
        for start in range(0, max(1, len(data)), step)
    ]


def vp8_is_keyframe(data: bytes) -> bool:
    """Whether a frame (or its first bytes) is a keyframe (RFC 6386, 9.1)."""
    return bool(data) and not data[0] & 1


def vp8_size(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of a keyframe; (0, 0) when it is too short or not one."""
    if len(data) < 10 or data[0] & 1 or data[3:6] != b"\x9d\x01\x2a":
        return 0, 0
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return width, height


def opus_duration(data: bytes) -> int:
    """Length of an Opus packet in ticks of 48 kHz (RFC 6716, 3.1 and 3.2); 0 when it is malformed."""
    if not data:
        return 0
    config = data[0] >> 3
    if config < 12:
        frame = (480, 960, 1920, 2880)[config & 3]
    elif config < 16:
        frame = (480, 960)[config & 1]
    else:
        frame = (120, 240, 480, 960)[config & 3]
    code = data[0] & 3
    count = (1, 2, 2, data[1] & 0x3F if len(data) > 1 else 0)[code]
    total = frame * count
    return total if total <= 5760 else 0


OPUS_SILENCE = _OPUS_SILENCE_STEREO
"""20 ms of silence (CELT, full band, stereo), which every decoder plays as nothing."""

OPUS_SILENCE_TICKS = 960
