"""RTCP that we send (RFC 3550, 4585), and the one way out for it and for RTP."""

from collections.abc import Coroutine, Sequence
from typing import Any

import pylibsrtp
from aiortc import RTCDtlsTransport
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    pack_remb_fci,
)


def run_now(step: Coroutine[Any, Any, None]) -> bool:
    """Run to its end a coroutine that never waits. Returns False when there was no connection.

    aiortc's way out is made of coroutines that end in `sendto`. Running them at once keeps the order of
    packets and makes switching a source atomic. Raises RuntimeError when one does wait."""
    try:
        step.send(None)
    except StopIteration:
        return True
    except ConnectionError:
        return False
    step.close()
    raise RuntimeError("sending a packet had to wait")


def send(transport: RTCDtlsTransport, data: bytes) -> bool:
    """Encrypt and send a serialised RTP or RTCP packet now. False when not connected, or when it cannot be
    encrypted."""
    try:
        return run_now(transport._send_rtp(data))
    except pylibsrtp.Error:
        return False


def send_rtcp(transport: RTCDtlsTransport, packets: Sequence[AnyRtcpPacket]) -> bool:
    """Send a compound RTCP packet now."""
    return send(transport, b"".join(bytes(packet) for packet in packets))


def nack(ssrc: int, media_ssrc: int, missing: Sequence[int]) -> list[AnyRtcpPacket]:
    """Generic NACKs for unwrapped sequence numbers in rising order; one packet for each side of the wrap."""
    result: list[AnyRtcpPacket] = []
    for turn in sorted({number >> 16 for number in missing}):
        lost = [number & 0xFFFF for number in missing if number >> 16 == turn]
        result.append(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=ssrc, media_ssrc=media_ssrc, lost=lost))
    return result


def pli(ssrc: int, media_ssrc: int) -> AnyRtcpPacket:
    """A picture loss indication: asks for a keyframe."""
    return RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=ssrc, media_ssrc=media_ssrc)


def remb(ssrc: int, bps: int, sources: list[int]) -> AnyRtcpPacket:
    """The most that `sources` together may send, in bit/s."""
    return RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=ssrc, media_ssrc=0, fci=pack_remb_fci(bps, sources))
