"""Our publishing side with our receiving side over loopback."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from aiortc.sdp import SessionDescription

from rs_server.rtc import feedback
from rs_server.rtc.connection import BadDescription, MediaConnection
from rs_server.rtc.ice import IceSettings
from rs_server.rtc.publish import Outlet, PublishConnection

from .client import Client, drop_some, plain_aiortc, until
from .pictures import h264_frames, vp8_frames
from .test_connection import LOOPBACK, Tap

__all__ = ["plain_aiortc"]
pytestmark = pytest.mark.usefixtures("plain_aiortc")

LABELS = {"desktop": "0", "application": "1"}


class Show:
    """An outlet that plays frames over and over, from the keyframe on whenever somebody asks."""

    def __init__(self, frames: list[bytes], codec: str, rate: float = 30.0) -> None:
        self.outlet = Outlet(self._ask)
        self.frames, self.codec = frames, codec
        self.asked = 0
        self.sent = 0
        self._at = 0
        self._rate = rate
        self._task = asyncio.create_task(self._play())

    def _ask(self) -> None:
        self.asked += 1
        self._at = 0

    async def _play(self) -> None:
        while True:
            frame = self.frames[self._at % len(self.frames)]
            self._at += 1
            self.sent += 1
            self.outlet.push(frame, self.codec, time.monotonic())
            await asyncio.sleep(1 / self._rate)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


class Pair:
    """A native client's connection and the server's side of it."""

    def __init__(self) -> None:
        self.server = MediaConnection(LOOPBACK, ["video", "video"], [], native=True)
        self.client = PublishConnection(LOOPBACK)
        self.taps = [Tap(receiver) for receiver in self.server.receivers]
        self.shows: list[Show] = []
        self.states: list[str] = []

    async def connect(self) -> "Pair":
        self.client.on_state = self.states.append
        await self.server.answer(await self.client.answer(await self.server.offer(), LABELS))
        await until(lambda: "connected" in self.states)
        await until(lambda: self.client.codecs("desktop") and self.client.codecs("application"))
        return self

    def show(self, label: str, frames: list[bytes], codec: str, rate: float = 30.0) -> Show:
        show = Show(frames, codec, rate)
        self.shows.append(show)
        self.client.show(label, show.outlet)
        return show

    async def close(self) -> None:
        for show in self.shows:
            await show.stop()
        await self.client.close()
        await self.server.close()


@pytest_asyncio.fixture
async def pair() -> AsyncIterator[Pair]:
    result = await Pair().connect()
    yield result
    await result.close()


@pytest.mark.parametrize(("codec", "make"), [("vp8", vp8_frames), ("h264", h264_frames)])
async def test_frames_arrive_as_they_were_made(pair: Pair, codec: str, make: Callable[[str, int], list[bytes]]) -> None:
    frames = make("red", 30)
    assert pair.client.labels == {"desktop", "application"}
    assert pair.client.codecs("desktop") == {"vp8", "h264"}
    pair.show("desktop", frames, codec)
    tap = pair.taps[0]
    await until(lambda: len(tap.frames) >= 20)
    assert [frame.data for frame in tap.frames[:20]] == frames[:20]
    assert {frame.codec for frame in tap.frames} == {codec}
    first = tap.frames[0]
    assert (first.keyframe, first.width, first.height) == (True, 160, 120)
    assert pair.taps[1].frames == []


async def test_the_codec_may_change_at_any_time(pair: Pair) -> None:
    show = pair.show("desktop", h264_frames("red", 30), "h264")
    tap = pair.taps[0]
    await until(lambda: len(tap.frames) >= 5)
    show.frames, show.codec, show._at = vp8_frames("blue", 30), "vp8", 1
    await until(lambda: tap.frames[-1].codec == "vp8" and len(tap.frames) > 12)
    first = next(frame for frame in tap.frames if frame.codec == "vp8")
    assert first.data == show.frames[0], "it begins with a keyframe, which was asked for"
    assert not any(frame.codec == "h264" for frame in tap.frames[tap.frames.index(first) :])


async def test_two_lines_do_not_mix(pair: Pair) -> None:
    red, blue = h264_frames("red", 30), vp8_frames("blue", 30)
    pair.show("desktop", red, "h264")
    pair.show("application", blue, "vp8")
    await until(lambda: all(len(tap.frames) > 10 for tap in pair.taps))
    assert {frame.data for frame in pair.taps[0].frames} <= set(red)
    assert {frame.data for frame in pair.taps[1].frames} <= set(blue)


async def test_a_keyframe_is_made_for_who_asks(pair: Pair) -> None:
    show = pair.show("desktop", h264_frames("red", 300), "h264")
    await until(lambda: len(pair.taps[0].frames) > 5)
    before = show.asked
    pair.taps[0].request_keyframe()
    await until(lambda: show.asked > before)
    await until(lambda: sum(frame.keyframe for frame in pair.taps[0].frames) == 2)


async def test_what_is_lost_is_sent_again(pair: Pair) -> None:
    frames = vp8_frames("red", 60, noise=60)
    show = pair.show("desktop", frames, "vp8")
    tap = pair.taps[0]
    await until(lambda: len(tap.frames) > 3)
    chance = random.Random(4)
    lost = drop_some(pair.client._transport, lambda *_: chance.random() < 0.05)
    begin, sent = len(tap.frames), show.sent
    await until(lambda: show.sent >= sent + 60, 15)
    await until(lambda: len(tap.frames) - begin >= 0.9 * 60)
    assert len(lost) > 20


async def test_the_server_says_how_fast(pair: Pair) -> None:
    told: list[int] = []
    pair.client.on_bit_rate = told.append
    show = pair.show("desktop", h264_frames("red", 30), "h264")
    await until(lambda: show.sent > 3)
    receiver = pair.server.receivers[0]
    await until(lambda: receiver._ssrc is not None)
    assert receiver._ssrc is not None
    report = feedback.remb(receiver._rtcp_ssrc, 777_000, [receiver._ssrc])
    pair.server.rate.cap = 777_000
    feedback.send_rtcp(receiver.transport, [report])
    await until(lambda: abs(pair.client.bit_rate - 777_000) < 3_000)
    await until(lambda: any(abs(rate - 777_000) < 3_000 for rate in told))


async def test_nothing_leaves_after_it_is_taken_off(pair: Pair) -> None:
    show = pair.show("desktop", vp8_frames("red", 8, 640, 480, noise=255), "vp8", 8.0)
    tap = pair.taps[0]
    await until(lambda: len(tap.frames) > 3)
    sender = pair.client._senders["desktop"]
    assert sender.pacer is not None
    await until(lambda: sender.pacer is not None and not sender.pacer.idle)
    pair.client.show("desktop", None)
    sent, frames = sender.bytes, show.sent
    assert pair.client.delay == 0
    await until(lambda: show.sent > frames + 5)
    assert sender.bytes == sent
    # The picture that was cut off does not hang on to the one that comes next.
    pair.client.show("desktop", show.outlet)
    before = len(tap.frames)
    await until(lambda: len(tap.frames) > before + 3)
    keys = [frame for frame in tap.frames[before:] if frame.keyframe]
    assert keys
    assert all(frame.data in show.frames for frame in keys)


async def test_large_pictures_wait_their_turn(pair: Pair) -> None:
    pair.show("desktop", vp8_frames("red", 8, 640, 480, noise=255), "vp8", 8.0)
    await until(lambda: pair.client.delay > 0.01)


async def test_a_browser_gets_what_it_can_decode() -> None:
    """Subscribers are offered both codecs; one that has no H.264 is sent none."""
    server = MediaConnection(LOOPBACK, ["video"], ["video"])
    client = Client()
    answer = await client.answer(await server.offer(), {})
    lines = answer.splitlines()
    without = {line.split(":")[1].split()[0] for line in lines if line.startswith("a=rtpmap:") and "H264" in line}
    assert without
    rtx = {line.split(":")[1].split()[0] for line in lines if any(f"apt={number}" in line for number in without)}
    gone = without | rtx
    kept = []
    for line in lines:
        if line.startswith(("a=rtpmap:", "a=fmtp:", "a=rtcp-fb:")) and line.split(":")[1].split()[0] in gone:
            continue
        if line.startswith("m=video"):
            line = " ".join(word for at, word in enumerate(line.split()) if at < 3 or word not in gone)
        kept.append(line)
    await server.answer("\r\n".join(kept) + "\r\n")
    await until(lambda: server.senders[0].codecs)
    assert server.senders[0].codecs == {"vp8"}
    show = Show(h264_frames("red", 30), "h264")
    server.senders[0].show(show.outlet)
    await until(lambda: show.sent > 5)
    assert server.senders[0].bytes == 0
    show.frames, show.codec = vp8_frames("red", 30), "vp8"
    await until(lambda: len(client.got.get(server.mids[1], [])) > 5)
    await show.stop()
    await client.close()
    await server.close()


async def test_a_native_line_offers_both_and_a_browser_publishes_vp8() -> None:
    found = {}
    for native in (False, True):
        connection = MediaConnection(LOOPBACK, ["video"], [], native=native)
        media = SessionDescription.parse(await connection.offer()).media
        found[native] = [codec.name for codec in media[0].rtp.codecs]
        await connection.close()
    assert found == {False: ["VP8", "rtx"], True: ["VP8", "rtx", "H264", "rtx"]}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda offer: "",
        lambda offer: "v=0\r\n",
        lambda offer: "\x00\xff" * 50,
        lambda offer: offer + "a=x\r\n" * 60_000,
        lambda offer: offer.replace("m=video", "m=application"),
        lambda offer: offer.replace("a=recvonly", "a=sendonly"),
        lambda offer: offer.replace("VP8/90000", "VP9/90000").replace("H264/90000", "H265/90000"),
        lambda offer: offer.replace("a=mid:0", "a=mid:7").replace("a=mid:1", "a=mid:8"),
    ],
)
async def test_what_is_no_offer_of_ours_is_refused(spoil: Callable[[str], str]) -> None:
    server = MediaConnection(LOOPBACK, ["video", "video"], [], native=True)
    client = PublishConnection(LOOPBACK)
    offer = await server.offer()
    with pytest.raises(BadDescription):
        await client.answer(spoil(offer), LABELS)
    await client.close()
    await server.close()


async def test_a_server_on_loopback_is_reached_without_settings() -> None:
    server = MediaConnection(IceSettings(["127.0.0.1"]), ["video"], [], native=True)
    client = PublishConnection()
    states: list[str] = []
    client.on_state = states.append
    await server.answer(await client.answer(await server.offer(), {"desktop": "0"}))
    await until(lambda: "connected" in states)
    assert client.heard > 0
    await client.close()
    await server.close()
