"""The Media port, on worker processes, with plain aiortc peers as endpoints."""

import asyncio
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, TypeVar

import av
import pytest
import pytest_asyncio

from rs_server.media.engine import MediaEngine, MediaSettings
from rs_server.media.wire import Disconnected
from rs_server.media.worker import run_worker
from rs_server.ports import (
    FramesDropped,
    Label,
    LegLost,
    LegOffer,
    LegQuality,
    LegState,
    Media,
    MediaEvent,
    MediaRefused,
    MediaUnavailable,
    PartClosed,
    PartOpened,
    Source,
    StreamState,
)
from rs_server.rtc.ice import IceSettings
from tests.support.figures import held
from tests.unit.rtc.client import Client, Feed, plain_aiortc, until
from tests.unit.rtc.pictures import opus_frames, vp8_frames

__all__ = ["plain_aiortc"]
pytestmark = pytest.mark.usefixtures("plain_aiortc")

Event = TypeVar("Event")


class Stage:
    """A port, what it tells, and the endpoints that were joined to it."""

    def __init__(self, media: MediaEngine) -> None:
        self.engine = media
        self.media: Media = media
        self.events: list[MediaEvent] = []
        self.clients: list[Client] = []
        media.listen(self.events.append)

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def event(self, expected: MediaEvent) -> None:
        await until(lambda: expected in self.events)

    async def join(self, session: str, leg: str, native: bool = False, **feeds: Feed) -> tuple[LegOffer, Client]:
        """An endpoint that publishes what is given and is connected."""
        offer = await self.media.open(session, leg, audio_slots=1, video_slots=2, native=native)
        client = Client()
        self.clients.append(client)
        published: dict[str, Feed] = {}
        for label, mid in offer.publish.items():
            if label in feeds:
                published[mid] = feeds[label]
        await self.media.answer(leg, await client.answer(offer.sdp, published))
        await self.event(LegState(leg, "connected"))
        return offer, client


@pytest_asyncio.fixture
async def stage() -> AsyncIterator[Stage]:
    engine = MediaEngine(MediaSettings.for_host("127.0.0.1"))
    await engine.start()
    result = Stage(engine)
    yield result
    await engine.close()
    for client in result.clients:
        await client.close()


def camera() -> Feed:
    return Feed("video", vp8_frames("red", 10), 25)


def mic() -> Feed:
    return Feed("audio", opus_frames(50), 50)


async def allow(stage: Stage, leg: str, *labels: Label) -> None:
    for label in labels:
        await stage.media.allow(Source(leg, label), True)


async def test_an_offer_has_the_lines_that_were_asked_for(stage: Stage) -> None:
    offer = await stage.media.open("s", "a", audio_slots=2, video_slots=3)
    mids = [*offer.publish.values(), *offer.audio_slots, *offer.video_slots]
    assert list(offer.publish) == ["mic", "camera", "screen"]
    assert (len(offer.audio_slots), len(offer.video_slots)) == (2, 3)
    assert mids == re.findall(r"^a=mid:(.+)\r$", offer.sdp, re.MULTILINE)
    assert "127.0.0.1" in offer.sdp


async def test_a_native_client_has_lines_of_its_own(stage: Stage) -> None:
    offer = await stage.media.open("s", "a", audio_slots=0, video_slots=0, native=True)
    assert list(offer.publish) == ["desktop", "application"]
    assert (offer.audio_slots, offer.video_slots) == ([], [])
    assert offer.sdp.count("H264/90000") == 2


async def test_a_desktop_goes_across(stage: Stage) -> None:
    await stage.join("s", "a", native=True, desktop=camera())
    offer, client = await stage.join("s", "b")
    await allow(stage, "a", "desktop")
    await stage.media.subscribe("b", offer.video_slots[0], Source("a", "desktop"))
    sight = client.got[offer.video_slots[0]]
    await until(lambda: len(sight) >= 20)
    assert set(sight) <= set(vp8_frames("red", 10))
    await stage.event(StreamState(Source("a", "desktop"), True, 160, 120))


async def test_sound_and_picture_go_across(stage: Stage) -> None:
    await stage.join("s", "a", mic=mic(), camera=camera())
    offer, client = await stage.join("s", "b")
    await allow(stage, "a", "mic", "camera")
    await stage.media.subscribe("b", offer.audio_slots[0], Source("a", "mic"))
    await stage.media.subscribe("b", offer.video_slots[1], Source("a", "camera"))
    sound, sight = client.got[offer.audio_slots[0]], client.got[offer.video_slots[1]]
    await until(lambda: len(sound) >= 30 and len(sight) >= 20)
    assert set(sound) <= set(opus_frames(50))
    assert sight[0] == vp8_frames("red", 10)[0]
    assert set(sight) <= set(vp8_frames("red", 10))
    await stage.event(StreamState(Source("a", "mic"), True))
    await stage.event(StreamState(Source("a", "camera"), True, 160, 120))


async def test_lines_begin_not_allowed(stage: Stage) -> None:
    await stage.join("s", "a", camera=camera())
    offer, client = await stage.join("s", "b")
    await stage.media.subscribe("b", offer.video_slots[0], Source("a", "camera"))
    await until(lambda: len(stage.told(FramesDropped)) >= 2)
    assert client.got[offer.video_slots[0]] == []
    assert stage.told(StreamState) == []
    await allow(stage, "a", "camera")
    await until(lambda: len(client.got[offer.video_slots[0]]) > 5)
    await stage.media.allow(Source("a", "camera"), False)
    await stage.event(StreamState(Source("a", "camera"), False))
    before = len(stage.told(FramesDropped))
    await until(lambda: len(stage.told(FramesDropped)) > before + 1)
    got = len(client.got[offer.video_slots[0]])
    await until(lambda: len(stage.told(FramesDropped)) > before + 2)
    assert len(client.got[offer.video_slots[0]]) == got


async def test_a_slot_is_switched_and_emptied(stage: Stage) -> None:
    await stage.join("s", "a", camera=camera())
    await stage.join("s", "b", screen=Feed("video", vp8_frames("blue", 10), 25))
    offer, client = await stage.join("s", "c")
    await allow(stage, "a", "camera")
    await allow(stage, "b", "screen")
    mid = offer.video_slots[0]
    got = client.got[mid]
    await stage.media.subscribe("c", mid, Source("a", "camera"))
    await until(lambda: len(got) > 10)
    await stage.media.subscribe("c", mid, Source("b", "screen"))
    at = len(got)
    await until(lambda: len(got) > at + 15)
    await stage.media.subscribe("c", mid, None)
    blue = [data in vp8_frames("blue", 10) for data in got]
    # The receiver's own buffer may still have held a frame; then there is no way back.
    assert blue.index(True) <= at + 3
    assert all(blue[blue.index(True) :])
    times = client.times[mid]
    assert times == sorted(times)


async def test_a_part_is_recorded(stage: Stage, tmp_path: Path) -> None:
    path = str(tmp_path / "x" / "part.webm")
    feed = camera()
    await stage.join("s", "a", camera=feed, mic=mic())
    await allow(stage, "a", "camera", "mic")
    before = feed.sent
    await stage.media.record(Source("a", "camera"), "p1", path)
    await stage.media.record(Source("a", "mic"), "p2", str(tmp_path / "p2.webm"))
    await until(lambda: len(stage.told(PartOpened)) == 2)
    assert {part.codec for part in stage.told(PartOpened)} == {"vp8", "opus"}
    await until(lambda: feed.sent > before + 50)
    await stage.media.stop_recording("p1")
    sent = feed.sent - before
    await until(lambda: stage.told(PartClosed))
    closed = stage.told(PartClosed)[0]
    opened = next(part for part in stage.told(PartOpened) if part.part == "p1")
    assert opened.source == Source("a", "camera")
    assert abs(opened.started_at - time.time()) < 10
    assert closed.complete
    assert closed.bytes == os.path.getsize(path)
    assert closed.frames >= sent - 12
    assert closed.ended_at - opened.started_at == pytest.approx(closed.frames / 25, abs=0.15)
    with av.open(path) as container:
        assert sum(1 for _ in container.decode(video=0)) == closed.frames
    await stage.media.close_leg("a")
    await until(lambda: len(stage.told(PartClosed)) == 2)
    assert stage.told(PartClosed)[1].complete


async def test_what_is_not_allowed_is_not_recorded(stage: Stage, tmp_path: Path) -> None:
    await stage.join("s", "a", camera=camera())
    await stage.media.record(Source("a", "camera"), "p", str(tmp_path / "p.webm"))
    await until(lambda: len(stage.told(FramesDropped)) >= 2)
    await stage.media.stop_recording("p")
    await until(lambda: stage.told(PartClosed))
    assert stage.told(PartClosed)[0].frames == 0
    assert stage.told(PartOpened) == []
    assert not (tmp_path / "p.webm").exists()


async def test_the_death_of_a_worker_is_told_and_mended(stage: Stage, tmp_path: Path) -> None:
    path = str(tmp_path / "p.webm")
    await stage.join("s", "a", camera=camera())
    await stage.join("s", "b")
    await allow(stage, "a", "camera")
    await stage.media.record(Source("a", "camera"), "p", path)
    await until(lambda: stage.told(PartOpened))
    began = time.monotonic()
    await until(lambda: time.monotonic() > began + 1.5)
    (pid,) = stage.engine.worker_pids
    died = time.monotonic()
    os.kill(pid, signal.SIGKILL)
    await until(lambda: len(stage.told(LegLost)) == 2)
    held("media: a killed worker is known after", time.monotonic() - died, "s", 1)
    closed = stage.told(PartClosed)[0]
    assert not closed.complete
    with av.open(path) as container:
        frames = sum(1 for packet in container.demux(video=0) if packet.size)
    assert frames > 5
    assert closed.frames == frames
    assert closed.bytes == os.path.getsize(path)
    await stage.media.allow(Source("a", "camera"), True)
    await stage.join("s", "c", camera=camera())
    await allow(stage, "c", "camera")
    await stage.event(StreamState(Source("c", "camera"), True, 160, 120))
    assert stage.engine.worker_pids != [pid]


async def test_a_worker_that_hangs_is_replaced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.media.engine.PING_TIMEOUT", 0.5)
    await stage.media.open("s", "a")
    (pid,) = stage.engine.worker_pids
    os.kill(pid, signal.SIGSTOP)
    await stage.event(LegLost("a"))
    monkeypatch.undo()
    await until(lambda: stage.engine.worker_pids and stage.engine.worker_pids != [pid])
    assert not os.path.exists(f"/proc/{pid}")


async def test_times_are_on_the_clock_of_the_server(tmp_path: Path) -> None:
    class Ahead:
        def now(self) -> float:
            return time.time() + 5_000

    engine = MediaEngine(MediaSettings.for_host("127.0.0.1"), Ahead())
    await engine.start()
    stage = Stage(engine)
    _, client = await stage.join("s", "a", camera=camera())
    await allow(stage, "a", "camera")
    await stage.media.record(Source("a", "camera"), "p", str(tmp_path / "p.webm"))
    await until(lambda: stage.told(PartOpened))
    opened = time.time()
    await stage.media.stop_recording("p")
    await until(lambda: stage.told(PartClosed))
    assert stage.told(PartOpened)[0].started_at == pytest.approx(opened + 5_000, abs=0.5)
    assert stage.told(PartClosed)[0].ended_at == pytest.approx(time.time() + 5_000, abs=0.5)
    await engine.close()
    await client.close()


async def test_a_worker_started_elsewhere_serves(tmp_path: Path) -> None:
    settings = MediaSettings(worker_count=0, listen="tcp:127.0.0.1:0", secret="known")
    engine = MediaEngine(settings)
    await engine.start()
    serving = asyncio.create_task(
        run_worker(engine.address, b"known", IceSettings(["127.0.0.1"], public_address="203.0.113.7"))
    )
    offer = await engine.open("s", "a")
    assert "203.0.113.7" in offer.sdp
    with pytest.raises(Disconnected):
        await run_worker(engine.address, b"unknown", IceSettings(["127.0.0.1"]))
    await engine.close()
    await serving


async def test_commands_for_what_is_gone_are_ignored(stage: Stage) -> None:
    offer = await stage.media.open("s", "a")
    await stage.media.close_leg("a")
    await stage.event(LegState("a", "closed"))
    await stage.media.answer("a", "nonsense")
    await stage.media.candidate("a", "nonsense", "0")
    await stage.media.allow(Source("a", "mic"), True)
    await stage.media.subscribe("a", offer.audio_slots[0], Source("b", "mic"))
    await stage.media.record(Source("a", "mic"), "p", "/nowhere")
    await stage.media.stop_recording("p")
    await stage.media.close_leg("a")
    assert stage.told(PartClosed) == []


async def test_opening_again_closes_the_earlier(stage: Stage) -> None:
    _, client = await stage.join("s", "a")
    again = await stage.media.open("s", "a")
    assert LegState("a", "closed") in stage.events
    await until(lambda: client.pc.connectionState == "closed")
    assert again.leg == "a"
    stage.events.clear()
    await stage.join("s", "a", camera=camera())
    await allow(stage, "a", "camera")
    await stage.event(StreamState(Source("a", "camera"), True, 160, 120))


async def test_a_subscription_outlives_the_reconnection_of_its_source(stage: Stage) -> None:
    offer, client = await stage.join("s", "b")
    await stage.media.subscribe("b", offer.video_slots[0], Source("a", "camera"))
    got = client.got[offer.video_slots[0]]
    for _ in range(2):
        before = len(got)
        await stage.join("s", "a", camera=camera())
        await allow(stage, "a", "camera")
        await until(lambda b=before: len(got) > b + 5)  # type: ignore[misc]
        stage.events.clear()


@pytest.mark.parametrize("sdp", ["", "v=0", "x" * 300_000])
async def test_what_is_no_answer_is_refused(stage: Stage, sdp: str) -> None:
    await stage.media.open("s", "a")
    with pytest.raises(MediaRefused):
        await stage.media.answer("a", sdp)
    await stage.media.candidate("a", "candidate:nonsense", "0")
    await stage.media.candidate("a", "x" * 100_000, "0")


async def test_an_endpoint_that_says_goodbye_is_closed(stage: Stage) -> None:
    _, client = await stage.join("s", "a")
    await client.close()
    await stage.event(LegState("a", "closed"))


async def test_quality_is_told(stage: Stage) -> None:
    await stage.join("s", "a", mic=mic())
    offer, _ = await stage.join("s", "b")
    await allow(stage, "a", "mic")
    await stage.media.subscribe("b", offer.audio_slots[0], Source("a", "mic"))
    await until(lambda: any(quality.round_trip_ms is not None for quality in stage.told(LegQuality)))
    quality = next(quality for quality in stage.told(LegQuality) if quality.round_trip_ms is not None)
    assert quality.leg == "b"
    assert quality.send_bps > 5_000
    assert 0 <= quality.loss < 0.2
    assert any(quality.leg == "a" and quality.receive_bps > 5_000 for quality in stage.told(LegQuality))


async def test_sessions_are_spread_and_kept_together() -> None:
    engine = MediaEngine(MediaSettings.for_host("127.0.0.1", worker_count=2))
    await engine.start()
    await until(lambda: len(engine.worker_pids) == 2)
    for session in ("s", "t"):
        for leg in ("1", "2"):
            await engine.open(session, session + leg, 1, 1)
    assert sorted(len(worker.legs) for worker in engine._workers) == [2, 2]
    for worker in engine._workers:
        assert len({leg[0] for leg in worker.legs}) == 1
    await engine.close()


async def test_an_opening_that_is_given_up_leaves_nothing(stage: Stage) -> None:
    await stage.media.open("s", "a")
    (worker,) = stage.engine._workers
    opening = asyncio.create_task(stage.media.open("t", "b"))
    while "b" not in worker.legs:
        await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    assert worker.legs == {"a"}
    assert set(stage.engine._sessions) == {"s"}
    # The worker made it before it heard that nobody wants it.
    await stage.event(LegState("b", "closed"))


async def test_without_workers_nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.media.engine.UNAVAILABLE_AFTER", 0.05)
    engine = MediaEngine(MediaSettings(worker_count=0))
    await engine.start()
    with pytest.raises(MediaUnavailable):
        await engine.open("s", "a")
    await engine.close()


async def test_workers_end_with_the_engine() -> None:
    engine = MediaEngine(MediaSettings.for_host("127.0.0.1"))
    await engine.start()
    await until(lambda: engine.worker_pids)
    (pid,) = engine.worker_pids
    await engine.close()
    assert not os.path.exists(f"/proc/{pid}")


async def test_a_worker_whose_engine_dies_ends() -> None:
    script = (
        "import asyncio, sys\n"
        "from rs_server.media.engine import MediaEngine, MediaSettings\n"
        "async def main():\n"
        "    engine = MediaEngine(MediaSettings.for_host('127.0.0.1'))\n"
        "    await engine.start()\n"
        "    while not engine.worker_pids: await asyncio.sleep(0.01)\n"
        "    print(*engine.worker_pids, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process: Any = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    pid = int(await process.stdout.readline())
    process.kill()
    await process.wait()
    await until(lambda: not os.path.exists(f"/proc/{pid}") or _is_zombie(pid), 3)


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
