"""A connection of ours with a plain aiortc peer over loopback."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from aiortc.rtp import RtcpByePacket, RtpPacket, unpack_header_extensions
from aiortc.sdp import SessionDescription

from rs_server.rtc.connection import BadDescription, MediaConnection
from rs_server.rtc.ice import IceSettings
from rs_server.rtc.packets import Frame
from rs_server.rtc.receiver import PassReceiver
from rs_server.rtc.sender import SlotSender

from .client import Client, Feed, drop_some, plain_aiortc, until
from .pictures import opus_frames, vp8_frames

__all__ = ["plain_aiortc"]
pytestmark = pytest.mark.usefixtures("plain_aiortc")

LOOPBACK = IceSettings(addresses=["127.0.0.1"])


class Tap:
    """A source made of a receiver, as a forwarder would make one."""

    def __init__(self, receiver: PassReceiver) -> None:
        self.frames: list[Frame] = []
        self._receiver = receiver
        self._sinks: list[Callable[[Frame], None]] = []
        receiver.on_frame = self._on_frame

    def add_sink(self, sink: Callable[[Frame], None]) -> None:
        self._sinks.append(sink)

    def remove_sink(self, sink: Callable[[Frame], None]) -> None:
        self._sinks.remove(sink)

    def request_keyframe(self) -> None:
        self._receiver.request_keyframe()

    def _on_frame(self, frame: Frame) -> None:
        self.frames.append(frame)
        for sink in tuple(self._sinks):
            sink(frame)


class Room:
    """Connections and their clients, closed at the end."""

    def __init__(self) -> None:
        self.all: list[tuple[MediaConnection, Client]] = []

    async def join(self, **feeds: Feed) -> tuple[MediaConnection, Client]:
        """A client that publishes mic, camera and screen as given."""
        connection = MediaConnection(LOOPBACK, ["audio", "video", "video"], ["audio", "video"])
        client = Client()
        self.all.append((connection, client))
        offer = await connection.offer()
        lines = dict(zip(("mic", "camera", "screen"), connection.mids, strict=False))
        answer = await client.answer(offer, {lines[label]: feed for label, feed in feeds.items()})
        await connection.answer(answer)
        await until(lambda: client.pc.connectionState == "connected")
        return connection, client


@pytest_asyncio.fixture
async def room() -> AsyncIterator[Room]:
    result = Room()
    yield result
    for connection, client in result.all:
        await client.close()
        await connection.close()


async def test_frames_come_out_as_they_went_in(room: Room) -> None:
    pictures, sounds = vp8_frames("red", 30), opus_frames(50)
    connection, _ = await room.join(camera=Feed("video", pictures, 30), mic=Feed("audio", sounds, 50))
    mic, camera = Tap(connection.receivers[0]), Tap(connection.receivers[1])
    await until(lambda: len(camera.frames) >= 35 and len(mic.frames) >= 20)
    first = pictures.index(camera.frames[0].data)
    assert [frame.data for frame in camera.frames[:15]] == (pictures * 2)[first : first + 15]
    keys = [frame for frame in camera.frames if frame.keyframe]
    assert {frame.data for frame in keys} == {pictures[0]}
    assert {(frame.width, frame.height) for frame in keys} == {(160, 120)}
    assert {b.timestamp - a.timestamp for a, b in zip(mic.frames, mic.frames[1:], strict=False)} == {960}


async def test_a_slot_shows_one_source_after_another(room: Room) -> None:
    red, blue = vp8_frames("red", 8), vp8_frames("blue", 8)
    first, _ = await room.join(camera=Feed("video", red, 30))
    second, _ = await room.join(camera=Feed("video", blue, 30))
    viewer, client = await room.join()
    slot, mid = viewer.senders[1], viewer.mids[4]
    reds, blues = Tap(first.receivers[1]), Tap(second.receivers[1])
    slot.show(reds)
    await until(lambda: len(client.got.get(mid, [])) >= 10)
    slot.show(blues)
    await until(lambda: client.got[mid][-1] in blue and len(client.got[mid]) >= 25)
    slot.show(None)
    got = client.got[mid]
    switch = next(at for at, data in enumerate(got) if data in blue)
    assert got[0] == red[0]
    assert got[switch] == blue[0]
    assert not any(data in red for data in got[switch:])
    times = client.times[mid]
    assert all(a < b for a, b in itertools.pairwise(times))


async def test_nothing_of_a_former_source_is_sent_again(room: Room) -> None:
    publisher, _ = await room.join(camera=Feed("video", vp8_frames("red", 8), 30))
    viewer, client = await room.join()
    slot = viewer.senders[1]
    slot.show(Tap(publisher.receivers[1]))
    await until(lambda: len(client.got.get(viewer.mids[4], [])) >= 5)
    assert slot._history
    slot.show(None)
    sent: list[int] = drop_some(viewer._transport, lambda *_: True)
    for sequence in range(65_536):
        slot._retransmit(sequence)
    assert sent == []


async def test_loss_of_a_publisher_is_repaired_on_each_of_its_lines(room: Room) -> None:
    pictures = vp8_frames("red", 60, noise=60)
    camera, screen = Feed("video", pictures, 30), Feed("video", pictures, 30)
    connection, client = await room.join(camera=camera, screen=screen)
    taps = [Tap(connection.receivers[1]), Tap(connection.receivers[2])]
    await until(lambda: all(len(tap.frames) > 3 for tap in taps))
    chance = random.Random(4)
    lost = drop_some(client.transport, lambda *_: chance.random() < 0.05)
    start = [len(tap.frames) for tap in taps], (camera.sent, screen.sent)
    await until(lambda: camera.sent >= start[1][0] + 90, 15)
    assert len(lost) > 20
    for tap, before, feed, sent in zip(taps, start[0], (camera, screen), start[1], strict=True):
        await until(lambda t=tap, b=before: len(t.frames) - b >= 0.9 * 90)  # type: ignore[misc]
        assert len(tap.frames) - before >= 0.9 * (feed.sent - sent)


async def test_loss_towards_a_subscriber_is_repaired(room: Room) -> None:
    pictures = vp8_frames("red", 60, noise=60)
    publisher, _ = await room.join(camera=Feed("video", pictures, 30))
    viewer, client = await room.join()
    mid, slot = viewer.mids[4], viewer.senders[1]
    slot.show(Tap(publisher.receivers[1]))
    await until(lambda: len(client.got.get(mid, [])) >= 5)
    lost = drop_some(viewer._transport, lambda number, _: number % 25 == 0)
    before = len(client.got[mid])
    await until(lambda: len(client.got[mid]) >= before + 40, 15)
    assert len(lost) > 5
    at = pictures.index(client.got[mid][before])
    assert client.got[mid][before : before + 40] == (pictures * 2)[at : at + 40]


async def test_a_bye_does_not_end_a_line(room: Room) -> None:
    connection, client = await room.join(camera=Feed("video", vp8_frames("red", 8), 30))
    tap = Tap(connection.receivers[1])
    await until(lambda: len(tap.frames) > 3)
    ssrc = client.line(connection.mids[1]).sender._ssrc
    await client.transport._send_rtp(bytes(RtcpByePacket(sources=[ssrc])))
    before = len(tap.frames)
    await until(lambda: len(tap.frames) > before + 10)


async def test_a_stream_that_the_description_does_not_name_is_found_by_its_mid(room: Room) -> None:
    connection, client = await room.join(camera=Feed("video", vp8_frames("red", 8), 30))
    tap = Tap(connection.receivers[1])
    await until(lambda: len(tap.frames) > 3)
    epoch = tap.frames[-1].epoch
    client.line(connection.mids[1]).sender._ssrc = 0x1234
    await until(lambda: tap.frames[-1].epoch > epoch)
    before = len(tap.frames)
    await until(lambda: len(tap.frames) > before + 10)


async def test_keyframes_are_asked_for_sparingly(room: Room) -> None:
    connection, client = await room.join(camera=Feed("video", vp8_frames("red", 60), 30))
    await until(lambda: connection.receivers[1]._epoch > 0)
    sender = client.line(connection.mids[1]).sender
    asked: list[float] = []
    loop = asyncio.get_running_loop()
    sender._send_keyframe = lambda: asked.append(loop.time())  # type: ignore[method-assign]
    tap = Tap(connection.receivers[1])
    await until(lambda: len(tap.frames) > 2)
    for _ in range(30):
        connection.receivers[1].request_keyframe()
    await until(lambda: len(asked) >= 2)
    assert asked[1] - asked[0] > 0.4


async def test_reports_tell_the_round_trip_and_the_loss(room: Room) -> None:
    publisher, publishing = await room.join(mic=Feed("audio", opus_frames(50), 50))
    viewer, _ = await room.join()
    viewer.senders[0].show(Tap(publisher.receivers[0]))
    chance = random.Random(4)
    await until(lambda: publisher.receivers[0]._statistics is not None)
    drop_some(publishing.transport, lambda *_: chance.random() < 0.2)
    await until(lambda: viewer.senders[0].round_trip is not None and publisher.traffic().lost > 3)
    assert 0 <= (viewer.senders[0].round_trip or 0) < 0.2
    assert publisher.traffic().received > 5_000
    assert viewer.traffic().sent > 5_000


@pytest_asyncio.fixture
async def offered() -> AsyncIterator[tuple[MediaConnection, str]]:
    """A connection that waits for its answer, and a good one."""
    connection, client = MediaConnection(LOOPBACK, ["audio", "video"], ["video"]), Client()
    answer = await client.answer(await connection.offer(), {})
    yield connection, answer
    await client.close()
    await connection.close()


def _swapped(answer: str) -> str:
    return answer.replace("a=mid:0", "a=mid:x").replace("a=mid:1", "a=mid:0").replace("a=mid:x", "a=mid:1")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda answer: "",
        lambda answer: "v=0\r\n",
        lambda answer: "\x00\xff" * 50,
        lambda answer: answer + "a=x\r\n" * 60_000,
        lambda answer: answer[: answer.rindex("m=")],
        lambda answer: answer + answer[answer.rindex("m=") :],
        _swapped,
        lambda answer: answer.replace("a=sendonly", "a=recvonly"),
        lambda answer: answer.replace("a=recvonly", "a=sendrecv"),
        lambda answer: answer.replace("a=setup:active", "a=setup:actpass"),
        lambda answer: answer.replace("a=fingerprint", "a=finger"),
        lambda answer: answer.replace("a=ice-pwd", "a=ice"),
        lambda answer: answer.replace("VP8/90000", "VP9/90000"),
        lambda answer: answer.replace("a=ssrc:", "a=ssrc:x"),
    ],
)
async def test_what_is_no_answer_is_refused(offered: tuple[MediaConnection, str], spoil: Callable[[str], str]) -> None:
    connection, answer = offered
    with pytest.raises(BadDescription):
        await connection.answer(spoil(answer))


async def test_there_is_one_answer(offered: tuple[MediaConnection, str]) -> None:
    connection, answer = offered
    await connection.answer(answer)
    with pytest.raises(BadDescription):
        await connection.answer(answer)


async def test_the_offer_asks_for_what_we_carry() -> None:
    connection = MediaConnection(LOOPBACK, ["audio", "video"], ["audio", "video"])
    text = await connection.offer()
    await connection.close()
    media = SessionDescription.parse(text).media
    assert [[codec.name for codec in part.rtp.codecs] for part in media] == [
        *(["opus"], ["VP8", "rtx"]),
        *(["opus"], ["VP8", "rtx", "H264", "rtx"]),
    ]
    assert [part.direction for part in media] == ["recvonly"] * 2 + ["sendonly"] * 2
    assert media[0].rtp.codecs[0].parameters["usedtx"] == "1"
    assert len({part.msid.split()[0] for part in media[2:] if part.msid}) == 2
    assert all(candidate.ip == "127.0.0.1" for candidate in media[0].ice_candidates)


async def test_a_hostile_packet_stops_nothing(room: Room) -> None:
    connection, client = await room.join(camera=Feed("video", vp8_frames("red", 8), 30))
    tap = Tap(connection.receivers[1])
    await until(lambda: len(tap.frames) > 3)
    sender = client.line(connection.mids[1]).sender
    chance = random.Random(2)
    for size in [0, 1, 2, 3, 5, 9] * 20:
        packet = RtpPacket(
            payload_type=chance.choice([97, 98]),
            sequence_number=chance.getrandbits(16),
            timestamp=chance.getrandbits(32),
            ssrc=chance.choice([sender._ssrc, sender._rtx_ssrc]),
            payload=chance.randbytes(size),
        )
        # Behind decryption, whose replay window would refuse most of them.
        await connection._transport._handle_rtp_data(packet.serialize(), arrival_time_ms=0)
    before = len(tap.frames)
    await until(lambda: len(tap.frames) > before + 10, 15)


async def test_a_screen_is_to_be_played_at_once_and_a_person_as_usual(room: Room) -> None:
    publisher, _ = await room.join(camera=Feed("video", vp8_frames("red", 8), 30))
    viewer, _ = await room.join()
    slot = viewer.senders[1]
    # aiortc knows no such extension, and is sent none.
    assert slot.playout_delay_id is None
    slot.show(Tap(publisher.receivers[1]))
    assert len(extension_items(slot)) == 2
    slot.playout_delay_id = 5
    assert extension_items(slot)[5] == b"\0\x0f\xff"
    slot.at_once = True
    assert extension_items(slot)[5] == bytes(3)


def extension_items(sender: SlotSender) -> dict[int, bytes]:
    data = sender._extension()
    return dict(unpack_header_extensions(0xBEDE, data[4:]))


async def test_a_browser_that_takes_it_is_told_when_to_play(offered: tuple[MediaConnection, str]) -> None:
    connection, answer = offered
    line = "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
    send_time = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
    await connection.answer(answer.replace(f"a=extmap:3 {send_time}", f"a=extmap:3 {send_time}\r\n{line}"))
    told = {sender.kind: sender.playout_delay_id for sender in connection.senders}
    assert told == {"video": 5}
