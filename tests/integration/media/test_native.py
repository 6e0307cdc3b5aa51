"""A native client publishes through the engine: browsers show what it shows, and recordings of it play."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
import pytest
import pytest_asyncio

from rs_client.encode import Broadcast
from rs_server.http.replays import _KINDS
from rs_server.ports import FramesDropped, LegState, PartClosed, PartOpened, Source, StreamState, Undecodable
from rs_server.rtc.ice import IceSettings
from rs_server.rtc.publish import PublishConnection

from .test_browsers import BLUE, GREEN, RED, Studio, sees, shows, studio, until

__all__ = ["studio"]
pytestmark = pytest.mark.timeout(120)

Colour = tuple[int, int, int]


class Shot(NamedTuple):
    pixels: npt.NDArray[np.uint8]
    damage: Sequence[tuple[int, int, int, int]] | None
    at: float


class Wall:
    """A screen of one colour on which something moves while `moving`."""

    def __init__(self, colour: Colour, width: int = 640, height: int = 480) -> None:
        self.moving = True
        self._count = 0
        self.paint(colour, width, height)

    def paint(self, colour: Colour, width: int = 640, height: int = 480) -> None:
        self._ground = (*reversed(colour), 0)
        self._pixels = np.zeros((height, width, 4), np.uint8)
        self._pixels[:, :] = self._ground
        self._whole = True

    async def next(self) -> Shot:
        await asyncio.sleep(1 / 15)
        while not self.moving and not self._whole:
            await asyncio.sleep(1 / 15)
        if self._whole:
            return await self.refresh()
        self._count += 1
        height, width = self._pixels.shape[:2]
        strip, x = self._pixels[height - 40 : height - 20], self._count * 7 % width
        strip[:, :] = self._ground
        strip[:, x : x + 20] = 255
        return Shot(self._pixels, [(0, height - 40, width, 20)], time.monotonic())

    async def refresh(self) -> Shot:
        self._whole = False
        return Shot(self._pixels, None, time.monotonic())


class Native:
    """A native client in this process, joined to the engine of a studio."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.connection = PublishConnection(IceSettings(["127.0.0.1"]))
        self.wall = Wall(RED)
        self.broadcast = Broadcast(self.wall, backlog=lambda: self.connection.delay)
        self._task = asyncio.create_task(self.broadcast.run())

    async def join(self, leg: str = "native") -> None:
        offer = await self.studio.engine.open("session", leg, 0, 0, native=True)
        assert set(offer.publish) == {"desktop", "application"}
        await self.studio.engine.answer(leg, await self.connection.answer(offer.sdp, offer.publish))  # type: ignore[arg-type]
        await until(lambda: LegState(leg, "connected") in self.studio.events)
        self.connection.on_bit_rate = self.broadcast.set_bit_rate
        self.connection.show("desktop", self.broadcast.outlet)

    async def close(self) -> None:
        self.broadcast.stop()
        await self._task
        await self.connection.close()


@pytest_asyncio.fixture
async def native(studio: Studio) -> AsyncIterator[Native]:
    result = Native(studio)
    await result.join()
    yield result
    await result.close()


DESKTOP = Source("native", "desktop")


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_browser_shows_the_right_pixels(studio: Studio, native: Native, codec: str) -> None:
    native.broadcast.codec = codec
    page, offer = await studio.join("guest")
    mid = offer["video_slots"][0]
    await studio.engine.allow(DESKTOP, True)
    await studio.engine.subscribe("guest", mid, DESKTOP)
    await shows(page, mid, RED)
    await until(lambda: StreamState(DESKTOP, True, 640, 480) in studio.events)
    native.wall.paint(GREEN)
    await shows(page, mid, GREEN)
    received = await page.evaluate("received()")
    stats = await page.evaluate("M.pc.getStats().then(all => [...all.values()].filter(s => s.type === 'codec'))")
    used = {each["id"]: each["mimeType"] for each in stats}
    assert used[received[mid]["codecId"]] == f"video/{codec.upper()}"
    native.wall.paint(BLUE, 800, 600)
    await shows(page, mid, BLUE)
    assert (await page.evaluate(f"seen('{mid}')"))["width"] == 800


async def test_mode_and_codec_are_switched_live(studio: Studio, native: Native) -> None:
    page, offer = await studio.join("guest")
    mid = offer["video_slots"][0]
    await studio.engine.allow(DESKTOP, True)
    await studio.engine.subscribe("guest", mid, DESKTOP)
    await shows(page, mid, RED)
    native.broadcast.mode = "sampling"
    await sees(lambda: page.evaluate(f"seen('{mid}').width === 320"))
    native.broadcast.codec = "vp8"
    native.wall.paint(GREEN)
    await shows(page, mid, GREEN)
    native.broadcast.mode = "standard"
    await sees(lambda: page.evaluate(f"seen('{mid}').width === 640"))
    native.broadcast.codec = "h264"
    native.wall.paint(BLUE)
    await shows(page, mid, BLUE)


async def test_who_comes_later_sees_a_still_picture(studio: Studio, native: Native) -> None:
    native.wall.moving = False
    await studio.engine.allow(DESKTOP, True)
    pages = []
    for name in ("one", "two"):
        page, offer = await studio.join(name)
        mid = offer["video_slots"][0]
        await studio.engine.subscribe(name, mid, DESKTOP)
        await shows(page, mid, RED)
        pages.append((page, mid))
    native.wall.paint(GREEN)
    for page, mid in pages:
        await shows(page, mid, GREEN)


async def test_a_withdrawn_stream_stops(studio: Studio, native: Native) -> None:
    page, offer = await studio.join("guest")
    mid = offer["video_slots"][0]
    await studio.engine.allow(DESKTOP, True)
    await studio.engine.subscribe("guest", mid, DESKTOP)
    await shows(page, mid, RED)
    await studio.engine.allow(DESKTOP, False)
    await studio.engine.subscribe("guest", mid, None)
    native.wall.paint(GREEN)
    await until(lambda: len(studio.told(FramesDropped)) >= 2)
    assert (await page.evaluate(f"seen('{mid}')"))["colour"][0] > 200
    native.connection.show("desktop", None)
    sent = native.connection._senders["desktop"].bytes
    frames = native.broadcast.frames
    await until(lambda: native.broadcast.frames > frames + 5)
    assert native.connection._senders["desktop"].bytes == sent


@pytest.mark.parametrize("codec", ["h264", "vp8"])
async def test_a_recording_plays(studio: Studio, native: Native, codec: str) -> None:
    native.broadcast.codec = codec
    await studio.engine.allow(DESKTOP, True)
    await until(lambda: studio.told(StreamState))
    await studio.engine.record(DESKTOP, "part", str(studio.folder / "part.webm"))
    await until(lambda: studio.told(PartOpened))
    began, frames = time.monotonic(), native.broadcast.frames
    await until(lambda: native.broadcast.frames >= frames + 45)
    native.wall.paint(BLUE, 320, 240)
    await until(lambda: native.broadcast.frames >= frames + 90)
    lasted = time.monotonic() - began
    await studio.engine.stop_recording("part")
    await until(lambda: studio.told(PartClosed))
    (opened,), (closed,) = studio.told(PartOpened), studio.told(PartClosed)
    assert opened.codec == codec
    assert closed.complete
    assert closed.frames >= 80
    seconds = closed.ended_at - opened.started_at
    assert seconds == pytest.approx(lasted, abs=0.5)
    with av.open(str(studio.folder / "part.webm")) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(640, 480), (320, 240)}
    viewer = await studio.page()
    await viewer.evaluate(
        """(url) => {
          const video = (window.video = document.createElement('video'));
          video.muted = true;
          video.src = url;
          document.body.append(video);
        }""",
        f"{studio.base}recording/part.webm?type={_KINDS[codec]}",
    )
    await sees(lambda: viewer.evaluate("video.readyState >= 2"))
    assert await viewer.evaluate("video.duration") == pytest.approx(seconds, abs=0.2)
    red = "video.videoWidth === 640 && colourOf(video)[0] > 200"
    blue = "video.videoWidth === 320 && colourOf(video)[2] > 200"
    await sees(lambda: viewer.evaluate(red))
    await viewer.evaluate("(() => { video.currentTime = video.duration - 0.5 })()")
    await sees(lambda: viewer.evaluate(blue))
    await viewer.evaluate("(() => { video.currentTime = 0 })()")
    await sees(lambda: viewer.evaluate(red))
    await viewer.evaluate("(() => { video.playbackRate = 4; video.play() })()")
    await sees(lambda: viewer.evaluate("video.ended"))
    assert await viewer.evaluate(blue)


async def test_another_codec_begins_another_part(studio: Studio, native: Native) -> None:
    await studio.engine.allow(DESKTOP, True)
    await until(lambda: studio.told(StreamState))
    await studio.engine.record(DESKTOP, "part", str(studio.folder / "part.webm"))
    await until(lambda: studio.told(PartOpened))
    native.broadcast.codec = "vp8"
    await until(lambda: studio.told(PartClosed))
    (closed,) = studio.told(PartClosed)
    assert closed.complete
    await studio.engine.record(DESKTOP, "next", str(studio.folder / "next.webm"))
    await until(lambda: len(studio.told(PartOpened)) == 2)
    assert [part.codec for part in studio.told(PartOpened)] == ["h264", "vp8"]


async def test_who_has_no_decoder_is_told_of(studio: Studio, native: Native) -> None:
    page = await studio.page()
    # A browser that was built without H.264.
    await page.evaluate(
        """() => {
          const set = RTCPeerConnection.prototype.setLocalDescription;
          RTCPeerConnection.prototype.setLocalDescription = async function () {
            for (const line of this.getTransceivers()) {
              if (line.receiver.track.kind !== 'video') continue;
              const all = RTCRtpReceiver.getCapabilities('video').codecs;
              line.setCodecPreferences(all.filter((codec) => !/h264/i.test(codec.mimeType)));
            }
            return set.call(this);
          };
        }"""
    )
    _, offer = await studio.join("guest", page=page)
    mid = offer["video_slots"][0]
    await studio.engine.allow(DESKTOP, True)
    await studio.engine.subscribe("guest", mid, DESKTOP)
    await until(lambda: Undecodable(DESKTOP, "h264") in studio.events)
    native.broadcast.codec = "vp8"
    await shows(page, mid, RED)
    assert len(studio.told(Undecodable)) == 1
