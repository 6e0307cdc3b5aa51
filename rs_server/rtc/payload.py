"""The video codecs that are carried, behind one face: what a payload, a frame and a keyframe of each look like."""

from collections.abc import Callable
from dataclasses import dataclass

from .codecs import vp8_depayload, vp8_is_keyframe, vp8_packetize, vp8_size
from .h264 import h264_acceptable, h264_depayload, h264_is_keyframe, h264_packetize, h264_size


@dataclass(frozen=True, slots=True)
class VideoCodec:
    depayload: Callable[[bytes], tuple[bool, bytes]]
    """Whether a keyframe starts in an RTP payload, and its data. Raises ValueError."""
    packetize: Callable[[bytes, int], list[bytes]]
    """The RTP payloads of a frame; the number is of the picture, counted up."""
    is_keyframe: Callable[[bytes], bool]
    size: Callable[[bytes], tuple[int, int]]
    """Width and height of a keyframe; (0, 0) when it does not say."""
    acceptable: Callable[[bytes], bool]
    """Whether a frame may be passed on."""


def _vp8(payload: bytes) -> tuple[bool, bytes]:
    starts, data = vp8_depayload(payload)
    return starts and vp8_is_keyframe(data), data


VIDEO: dict[str, VideoCodec] = {
    "vp8": VideoCodec(_vp8, vp8_packetize, vp8_is_keyframe, vp8_size, lambda data: True),
    "h264": VideoCodec(
        h264_depayload, lambda data, _: h264_packetize(data), h264_is_keyframe, h264_size, h264_acceptable
    ),
}
"""By the lower-case name in descriptions."""
