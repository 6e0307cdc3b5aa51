"""How long a process keeps a frame: from its last packet in to the same packet out."""

import time
from typing import Any

import pytest
from aiortc import RTCDtlsTransport

TAIL = 24


class Stopwatch:
    """Looks at what aiortc's transports of this process receive and send. A packet is known by its last bytes, which
    nobody changes on the way."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.milliseconds: list[float] = []
        self._came: dict[bytes, float] = {}
        receive, send = RTCDtlsTransport._handle_rtp_data, RTCDtlsTransport._send_rtp

        async def received(transport: RTCDtlsTransport, data: bytes, arrival_time_ms: int) -> None:
            if ends_frame(data):
                self._came[data[-TAIL:]] = time.perf_counter()
            await receive(transport, data, arrival_time_ms)

        async def sent(transport: RTCDtlsTransport, data: bytes) -> None:
            await send(transport, data)
            if ends_frame(data) and (came := self._came.pop(data[-TAIL:], None)) is not None:
                self.milliseconds.append(1000 * (time.perf_counter() - came))

        patch.setattr(RTCDtlsTransport, "_handle_rtp_data", received)
        patch.setattr(RTCDtlsTransport, "_send_rtp", sent)


def ends_frame(data: bytes) -> Any:
    """An RTP packet (not RTCP, RFC 5761) with the marker bit."""
    return data[1] & 0x80 and not 192 <= data[1] <= 223
