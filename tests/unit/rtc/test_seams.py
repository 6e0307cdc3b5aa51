"""What we rely on of the inside of aiortc and aioice. A failure here says what an upgrade has changed."""

import inspect
from typing import Any

import aioice
import aiortc.codecs
import aiortc.rtcicetransport
import aiortc.rtcpeerconnection
import pytest
from aioice.ice import StunProtocol
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection
from aiortc.rtcdtlstransport import RTCDtlsTransport, RtpRouter
from aiortc.rtcrtpreceiver import RTCRtpReceiver, StreamStatistics
from aiortc.rtcrtpsender import RTCRtpSender

from rs_server.rtc import feedback
from rs_server.rtc.connection import MediaConnection, MidRouter
from rs_server.rtc.ice import ClientConnection, HostConnection, IceSettings
from rs_server.rtc.receiver import PassReceiver
from rs_server.rtc.sender import SlotSender


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_a_connection_builds_its_parts_from_globals_of_its_modules() -> None:
    assert aiortc.rtcpeerconnection.RTCRtpReceiver is RTCRtpReceiver  # type: ignore[attr-defined]
    assert aiortc.rtcpeerconnection.RTCRtpSender is RTCRtpSender  # type: ignore[attr-defined]
    assert aiortc.rtcicetransport.Connection is aioice.Connection  # type: ignore[attr-defined]
    assert parameters(RTCRtpReceiver)[:2] == ["kind", "transport"]
    assert parameters(RTCRtpSender)[:2] == ["trackOrKind", "transport"]


async def test_our_parts_are_used_and_then_put_away() -> None:
    connection = MediaConnection(IceSettings(["127.0.0.1"]), ["audio", "video"], ["video"])
    assert all(type(receiver) is PassReceiver for receiver in connection.receivers)
    assert all(type(sender) is SlotSender for sender in connection.senders)
    assert type(connection._transport.transport._connection) is HostConnection
    assert type(connection._transport._rtp_router) is MidRouter
    await connection.close()
    test_a_connection_builds_its_parts_from_globals_of_its_modules()


async def test_ours_have_what_a_connection_asks_of_theirs() -> None:
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
    line = pc.addTransceiver("video", direction="sendonly")
    source = inspect.getsource(aiortc.rtcpeerconnection) + inspect.getsource(aiortc.rtcrtptransceiver)
    for theirs, ours in (
        (line.receiver, PassReceiver("video", line.receiver.transport)),
        (line.sender, SlotSender("video", line.sender.transport)),
    ):
        part = "receiver" if isinstance(ours, PassReceiver) else "sender"
        used = {
            name
            for name in dir(theirs)
            if not name.startswith("__") and (f"{part}.{name}" in source or f"__{part}.{name}" in source)
        }
        assert used, f"nothing of a {part} is used any more"
        missing = {name for name in used if not hasattr(ours, name)}
        # Only `addTrack` replaces tracks, and we have none.
        assert missing <= {"replaceTrack"}, f"a {part} needs {missing}"
    await pc.close()


def test_the_transport_calls_receivers_and_senders_as_ever() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    for call in (
        "receiver._handle_disconnect()",
        "recipient._handle_rtcp_packet(packet)",
        "receiver._handle_rtp_packet(packet, arrival_time_ms=arrival_time_ms)",
    ):
        assert call in source
    assert parameters(RTCDtlsTransport._register_rtp_receiver) == ["self", "receiver", "parameters"]
    assert parameters(RTCDtlsTransport._register_rtp_sender) == ["self", "sender", "parameters"]
    assert parameters(RTCDtlsTransport._send_rtp) == ["self", "data"]
    assert inspect.iscoroutinefunction(PassReceiver._handle_rtp_packet)
    assert parameters(PassReceiver._handle_rtp_packet) == parameters(RTCRtpReceiver._handle_rtp_packet)


def test_the_router_keeps_its_tables() -> None:
    router = RtpRouter()
    for table in (router.ssrc_table, router.mid_table, router.payload_type_table):
        assert table == {}
    assert "self._rtp_router.route_rtp(packet)" in inspect.getsource(RTCDtlsTransport)


def test_the_mends_are_still_needed() -> None:
    """When one of these fails, aiortc does it itself, and a mend may go."""
    assert "rtx" not in inspect.getsource(RTCDtlsTransport._register_rtp_receiver)
    assert "mid" not in inspect.getsource(RtpRouter.route_rtp)
    assert "marker" not in inspect.getsource(aiortc.jitterbuffer)


def test_statistics_of_a_stream() -> None:
    statistics = StreamStatistics(90000)
    for name in ("packets_received", "max_seq", "cycles", "jitter"):
        assert hasattr(statistics, name)
    for name in ("fraction_lost", "packets_lost", "packets_expected"):
        assert isinstance(inspect.getattr_static(StreamStatistics, name), property)


def test_ice_asks_for_candidates_and_takes_packets_where_we_stand() -> None:
    for name in (
        "get_component_candidates",
        "add_remote_candidate",
        "data_received",
        "request_received",
    ):
        theirs, ours = getattr(aioice.Connection, name), getattr(HostConnection, name)
        assert theirs is not ours
        assert parameters(theirs) == parameters(ours)
    source = inspect.getsource(aioice.Connection)
    for used in ("self._protocols", "self._queue", "self.get_component_candidates("):
        assert used in source
    protocol = inspect.getsource(StunProtocol)
    assert "self.receiver.data_received(" in protocol
    assert "self.receiver.request_received(" in protocol
    assert "local_candidate" in StunProtocol.__annotations__


def test_the_codecs_that_we_carry_are_on_offer() -> None:
    assert next(codec.mimeType for codec in aiortc.codecs.CODECS["audio"]) == "audio/opus"
    assert [codec.mimeType for codec in aiortc.codecs.CODECS["video"]][:2] == ["video/VP8", "video/rtx"]
    extensions = [extension.uri for extension in aiortc.codecs.HEADER_EXTENSIONS["video"]]
    assert "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time" in extensions
    assert "urn:ietf:params:rtp-hdrext:sdes:mid" in extensions


def test_a_client_asks_for_a_relay_where_we_stand() -> None:
    source = inspect.getsource(aioice.Connection.get_component_candidates)
    assert "self.turn_server" in source
    assert "self._transport_policy" in source
    assert parameters(ClientConnection.get_component_candidates)[1:3] == ["component", "addresses"]


def test_h264_is_on_offer_in_the_form_that_every_browser_has() -> None:
    found = [codec for codec in aiortc.codecs.CODECS["video"] if codec.mimeType == "video/H264"]
    assert "42e01f" in [codec.parameters["profile-level-id"] for codec in found]
    assert {codec.parameters["packetization-mode"] for codec in found} == {"1"}


async def test_sending_that_waits_is_an_error() -> None:
    import asyncio

    async def waits() -> None:
        await asyncio.sleep(0)

    async def fails() -> None:
        raise ConnectionError

    async def passes() -> None:
        return

    with pytest.raises(RuntimeError):
        feedback.run_now(waits())
    assert feedback.run_now(fails()) is False
    assert feedback.run_now(passes()) is True
