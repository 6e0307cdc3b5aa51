"""Real browsers talk through the engine: what one says and shows, the other hears and sees."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import av
import msgspec
import numpy as np
import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from rs_server.media.engine import MediaEngine, MediaSettings
from rs_server.ports import (
    Label,
    LegLost,
    LegState,
    MediaEvent,
    PartClosed,
    PartOpened,
    Source,
    StreamState,
)
from tests.support.figures import held

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]

pytestmark = [
    pytest.mark.skipif(not os.path.exists(CHROMIUM), reason="Chromium is not installed"),
    pytest.mark.timeout(120),
]


class Studio:
    """An engine behind a small server, and pages that join."""

    def __init__(self, engine: MediaEngine, browser: Browser, folder: Path) -> None:
        self.engine = engine
        self.events: list[MediaEvent] = []
        self.base = ""
        self.folder = folder
        self.hide_candidates = False
        self._browser = browser
        engine.listen(self.events.append)

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._page),
            web.get("/recording/{name}", self._recording),
            web.post("/open", self._open),
            web.post("/answer", self._answer),
            web.post("/candidate", self._candidate),
        ]

    async def page(self) -> Page:
        page = await (await self._browser.new_context()).new_page()
        await page.goto(self.base)
        return page

    async def join(self, leg: str, tracks: str = "{}", page: Page | None = None) -> tuple[Page, Any]:
        """A page that publishes `tracks` (JavaScript). Returns it and the offer."""
        page = page or await self.page()
        offer = await page.evaluate(f"join('session', '{leg}', {tracks})")
        await until(lambda: LegState(leg, "connected") in self.events)
        return page, offer

    async def allow(self, leg: str, *labels: Label) -> None:
        for label in labels:
            await self.engine.allow(Source(leg, label), True)

    def told(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def _page(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(Path(__file__).with_name("page.html"))

    async def _recording(self, request: web.Request) -> web.FileResponse:
        kind = request.query.get("type", "video/webm")
        return web.FileResponse(self.folder / request.match_info["name"], headers={"Content-Type": kind})

    async def _open(self, request: web.Request) -> web.Response:
        wish = await request.json()
        offer = await self.engine.open(wish["session"], wish["leg"], 2, 3)
        return web.Response(body=msgspec.json.encode(offer), content_type="application/json")

    async def _answer(self, request: web.Request) -> web.Response:
        answer = await request.json()
        await self.engine.answer(answer["leg"], answer["sdp"])
        return web.json_response({})

    async def _candidate(self, request: web.Request) -> web.Response:
        found = await request.json()
        words = found["candidate"].split()
        if self.hide_candidates and words:
            words[4] = "0b9a2c51-1d57-4a66-9f9b-5f1d0e3c7a10.local"
        await self.engine.candidate(found["leg"], " ".join(words), found["mid"])
        return web.json_response({})


async def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not condition():
        assert loop.time() < deadline, "it did not come about in time"
        await asyncio.sleep(0.01)


async def sees(check: Callable[[], Awaitable[object]], seconds: float = 30.0) -> None:
    """Wait until what a page says satisfies `check`."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not await check():
        assert loop.time() < deadline, "it was not seen in time"
        await asyncio.sleep(0.03)


@pytest_asyncio.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    engine = MediaEngine(MediaSettings.for_host("127.0.0.1"))
    await engine.start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        result = Studio(engine, browser, tmp_path)
        app = web.Application()
        app.add_routes(result.routes())
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        result.base = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        yield result
        await browser.close()
        await runner.cleanup()
    await engine.close()


RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


async def shows(page: Page, mid: str, colour: tuple[int, int, int], frames: int = 1) -> None:
    """Wait until a slot shows a colour."""

    async def check() -> bool:
        seen = await page.evaluate(f"seen('{mid}')")
        return bool(
            seen["colour"]
            and seen["frames"] >= frames
            and all(abs(a - b) < 40 for a, b in zip(seen["colour"], colour, strict=True))
        )

    await sees(check)


async def hears(page: Page, mid: str, hertz: float) -> None:
    async def check() -> bool:
        return abs(float(await page.evaluate(f"heard('{mid}')")) - hertz) < 12

    await sees(check)


async def test_two_people_hear_and_see_each_other(studio: Studio) -> None:
    one, offer_one = await studio.join("one", "{mic: toneTrack(440), camera: canvasTrack('#f00')}")
    two, offer_two = await studio.join("two", "{mic: toneTrack(880), camera: canvasTrack('#00f')}")
    for leg, other, offer in (("one", "two", offer_one), ("two", "one", offer_two)):
        await studio.allow(leg, "mic", "camera")
        await studio.engine.subscribe(leg, offer["audio_slots"][0], Source(other, "mic"))
        await studio.engine.subscribe(leg, offer["video_slots"][0], Source(other, "camera"))
    await hears(one, offer_one["audio_slots"][0], 880)
    await hears(two, offer_two["audio_slots"][0], 440)
    await shows(one, offer_one["video_slots"][0], BLUE)
    await shows(two, offer_two["video_slots"][0], RED, frames=15)
    await studio.engine.subscribe("two", offer_two["audio_slots"][0], None)

    async def silent() -> bool:
        return int(await two.evaluate(f"heard('{offer_two['audio_slots'][0]}')")) == 0

    await sees(silent)


async def test_a_warm_leg_shows_within_a_second_of_its_answer(
    studio: Studio, record_property: Callable[[str, object], None]
) -> None:
    await studio.join("host", "{camera: canvasTrack('#0f0'), mic: toneTrack(660)}")
    await studio.allow("host", "camera", "mic")
    await until(lambda: len(studio.told(StreamState)) >= 2)
    page = await studio.page()
    joining = asyncio.create_task(studio.join("guest", page=page))
    await until(lambda: "guest" in studio.engine._legs)
    mids: list[str] = await page.evaluate(
        "new Promise(done => { const id = setInterval(() => { if (M.offer) { clearInterval(id);"
        " done([M.offer.video_slots[0], M.offer.audio_slots[0]]) } }, 1) })"
    )
    await studio.engine.subscribe("guest", mids[0], Source("host", "camera"))
    await studio.engine.subscribe("guest", mids[1], Source("host", "mic"))
    await joining
    await shows(page, mids[0], GREEN)
    first = await page.evaluate(f"M.t['first-{mids[0]}'] - M.t.answer")
    record_property("answer_to_picture_ms", round(first))
    assert first < 1000
    await hears(page, mids[1], 660)


async def test_a_slot_is_switched_and_sizes_follow(studio: Studio) -> None:
    host, _ = await studio.join("host", "{camera: canvasTrack('#f00'), screen: canvasTrack('#00f', 640, 480)}")
    guest, offer = await studio.join("guest")
    await studio.allow("host", "camera", "screen")
    mid = offer["video_slots"][0]
    for label, colour, width in (("camera", RED, 320), ("screen", BLUE, 640), ("camera", RED, 320)):
        await studio.engine.subscribe("guest", mid, Source("host", label))  # type: ignore[arg-type]
        await shows(guest, mid, colour)
        assert (await guest.evaluate(f"seen('{mid}')"))["width"] == width
    await host.evaluate("M.tracks.camera.canvas.width = 480")
    await sees(lambda: guest.evaluate(f"seen('{mid}').width === 480"))
    await until(lambda: StreamState(Source("host", "camera"), True, 480, 240) in studio.events)


async def test_hidden_addresses_of_a_browser_do_not_matter(studio: Studio) -> None:
    studio.hide_candidates = True
    await studio.join("host", "{camera: canvasTrack('#f00')}")
    guest, offer = await studio.join("guest")
    await studio.allow("host", "camera")
    await studio.engine.subscribe("guest", offer["video_slots"][0], Source("host", "camera"))
    await shows(guest, offer["video_slots"][0], RED)


async def _frames_sent(page: Page, label: str) -> int:
    return int(await page.evaluate(f"sent().then(all => (all[M.offer.publish.{label}] || {{}}).framesEncoded || 0)"))


async def _sends(page: Page, label: str, frames: int) -> None:
    async def check() -> bool:
        return await _frames_sent(page, label) >= frames

    await sees(check)


async def test_a_recording_has_what_was_sent_and_plays(studio: Studio) -> None:
    page, _ = await studio.join(
        "host", "{mic: toneTrack(440), screen: canvasTrack('#f00', 640, 480), camera: canvasTrack('#0f0')}"
    )
    await studio.allow("host", "mic", "screen")
    await until(lambda: len(studio.told(StreamState)) >= 2)
    await studio.engine.record(Source("host", "screen"), "screen", str(studio.folder / "screen.webm"))
    await studio.engine.record(Source("host", "mic"), "mic", str(studio.folder / "mic.webm"))
    await until(lambda: len(studio.told(PartOpened)) == 2)
    before = await _frames_sent(page, "screen")
    await _sends(page, "screen", before + 45)
    await page.evaluate(
        "(() => { const c = M.tracks.screen.canvas; c.width = 320; c.height = 240; c.colour = '#00f' })()"
    )
    await _sends(page, "screen", before + 90)
    after = await _frames_sent(page, "screen")
    await studio.engine.stop_recording("screen")
    await studio.engine.stop_recording("mic")
    await until(lambda: len(studio.told(PartClosed)) == 2)
    screen = next(part for part in studio.told(PartClosed) if part.part == "screen")
    opened = {part.part: part.started_at for part in studio.told(PartOpened)}
    assert screen.frames >= 0.95 * (after - before)
    assert screen.ended_at - opened["screen"] == pytest.approx((after - before) / 15, abs=0.8)
    with av.open(str(studio.folder / "screen.webm")) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(640, 480), (320, 240)}
    with av.open(str(studio.folder / "mic.webm")) as container:
        length = sum(frame.samples for frame in container.decode(audio=0)) / 48_000
    mic = next(part for part in studio.told(PartClosed) if part.part == "mic")
    assert length == pytest.approx(mic.ended_at - opened["mic"], abs=0.1)

    await _plays(studio, f"{studio.base}recording/screen.webm", screen.ended_at - opened["screen"])


async def _plays(studio: Studio, url: str, seconds: float) -> None:
    """The recording begins wide and red and ends narrow and blue, by seeking and by playing."""
    viewer = await studio.page()
    await viewer.evaluate(
        """(url) => {
          const video = (window.video = document.createElement('video'));
          video.muted = true;
          video.src = url;
          document.body.append(video);
        }""",
        url,
    )
    await sees(lambda: viewer.evaluate("video.readyState >= 2"))
    assert await viewer.evaluate("video.duration") == pytest.approx(seconds, abs=0.1)
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


async def test_parts_line_up(studio: Studio, record_property: Callable[[str, object], None]) -> None:
    """A flash and a beep of one moment stand at one moment of their recordings."""
    page, _ = await studio.join("host", "{mic: toneTrack(440, 0), screen: canvasTrack('#000', 320, 240, 30)}")
    await studio.allow("host", "mic", "screen")
    await until(lambda: len(studio.told(StreamState)) >= 2)
    for label in ("screen", "mic"):
        await studio.engine.record(Source("host", label), label, str(studio.folder / f"{label}.webm"))
    await until(lambda: len(studio.told(PartOpened)) == 2)
    before = await _frames_sent(page, "screen")
    await _sends(page, "screen", before + 45)
    moment = time.time()
    await page.evaluate("(() => { M.tracks.screen.canvas.colour = '#f00'; M.tracks.mic.gain.gain.value = 0.5 })()")
    await _sends(page, "screen", before + 90)
    await studio.engine.close_leg("host")
    await until(lambda: len(studio.told(PartClosed)) == 2)
    started = {part.part: part.started_at for part in studio.told(PartOpened)}
    with av.open(str(studio.folder / "screen.webm")) as container:
        flash = next(
            float(frame.time)
            for frame in container.decode(video=0)
            if frame.time is not None and frame.to_ndarray(format="rgb24")[5, 160, 0] > 120
        )
    with av.open(str(studio.folder / "mic.webm")) as container:
        beep = next(
            float(frame.time)
            for frame in container.decode(audio=0)
            if frame.time is not None and np.abs(frame.to_ndarray()).max() > 0.2
        )
    flash_at, beep_at = started["screen"] + flash, started["mic"] + beep
    record_property("flash_to_beep_ms", round((beep_at - flash_at) * 1000))
    record_property("change_to_flash_ms", round((flash_at - moment) * 1000))
    assert abs(flash_at - beep_at) < 0.15
    assert 0 <= flash_at - moment < 0.4


async def test_when_a_worker_dies_everyone_is_told_and_comes_back(studio: Studio) -> None:
    page, _ = await studio.join("host", "{camera: canvasTrack('#f00')}")
    await studio.allow("host", "camera")
    await until(lambda: studio.told(StreamState))
    (pid,) = studio.engine.worker_pids
    os.kill(pid, signal.SIGKILL)
    died = time.monotonic()
    await until(lambda: LegLost("host") in studio.events)
    held("browsers: a killed worker is known after", time.monotonic() - died, "s", 1)
    studio.events.clear()
    await page.evaluate("M.pc.close()")
    await studio.join("host", "M.tracks", page)
    guest, offer = await studio.join("guest")
    await studio.allow("host", "camera")
    await studio.engine.subscribe("guest", offer["video_slots"][0], Source("host", "camera"))
    await shows(guest, offer["video_slots"][0], RED)


async def test_a_page_that_closes_is_noticed(studio: Studio) -> None:
    page, _ = await studio.join("host", "{mic: toneTrack(440)}")
    await page.evaluate("M.pc.close()")
    await until(lambda: LegState("host", "closed") in studio.events, 5)
    page, _ = await studio.join("other", "{mic: toneTrack(440)}")
    await studio.allow("other", "mic")
    await page.close()
    await until(
        lambda: LegState("other", "disconnected") in studio.events or LegState("other", "closed") in studio.events,
        15,
    )
