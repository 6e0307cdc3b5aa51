"""Frames, numbers that wrap, and RTP packets, checked against aiortc's parser."""

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from hypothesis import given
from hypothesis import strategies as st

from rs_server.rtc.packets import Unwrapper, abs_send_time, extensions, rtp_packet


@given(
    st.integers(0, 65535),
    st.lists(st.integers(-100, 300), max_size=400),
)
def test_unwrapping_follows_any_walk(start: int, steps: list[int]) -> None:
    unwrapper = Unwrapper(16)
    highest = value = start
    base = unwrapper.unwrap(start) - start
    for step in steps:
        value = max(highest + step, start - 30_000)
        highest = max(highest, value)
        assert unwrapper.unwrap(value & 0xFFFF) - base == value


def test_the_first_number_may_be_preceded_by_a_late_one() -> None:
    unwrapper = Unwrapper(16)
    first = unwrapper.unwrap(0)
    assert unwrapper.unwrap(65535) == first - 1 >= 0


def test_a_packet_is_read_back_with_its_extensions() -> None:
    numbers = HeaderExtensionsMap()
    numbers.configure(
        RTCRtpParameters(
            headerExtensions=[
                RTCRtpHeaderExtensionParameters(id=1, uri="urn:ietf:params:rtp-hdrext:sdes:mid"),
                RTCRtpHeaderExtensionParameters(id=3, uri="http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"),
            ]
        )
    )
    block = extensions([(1, b"12"), (3, abs_send_time(1.5))])
    data = rtp_packet(97, True, 65536 + 5, (1 << 32) + 9, 77, block, b"payload")
    packet = RtpPacket.parse(data, numbers)
    assert (packet.payload_type, packet.marker, packet.sequence_number) == (97, 1, 5)
    assert (packet.timestamp, packet.ssrc, packet.payload) == (9, 77, b"payload")
    assert packet.extensions.mid == "12"
    assert packet.extensions.abs_send_time == int(1.5 * (1 << 18))


def test_a_packet_without_extensions() -> None:
    packet = RtpPacket.parse(rtp_packet(96, False, 1, 2, 3, extensions([]), b"x"))
    assert packet.payload == b"x"
    assert not packet.marker


@pytest.mark.parametrize("item", [(0, b"x"), (15, b"x"), (1, b""), (1, bytes(17))])
def test_what_has_no_one_byte_header_is_refused(item: tuple[int, bytes]) -> None:
    with pytest.raises(ValueError, match="one-byte"):
        extensions([item])
