"""What a media worker costs and how long it keeps a frame, beside aiortc as it comes.

The endpoints are aiortc clients in this process; they send what was encoded once, so only the processes that are
measured do work on pictures.
"""

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

from rs_server.media.engine import MediaEngine, MediaSettings
from rs_server.ports import PartClosed, PartOpened, Source
from tests.bench.child import child, said
from tests.bench.encoded import BUSY, CALM, FPS, Loop, camera, loopback, mic, video
from tests.bench.rows import Row, measures, row
from tests.bench.server import cpu_seconds
from tests.bench.timed_worker import SECRET
from tests.contract.test_media import Stage, allow
from tests.unit.rtc.client import Client, until

VP8 = [codec for codec in RTCRtpSender.getCapabilities("video").codecs if codec.mimeType in ("video/VP8", "video/rtx")]
SETTLE = 1.0
WINDOW = 4.0
TURNS = 4
PUBLISHERS = 4


# --- how long a frame is kept ---


@measures("media.forward_delay", seconds=90)
async def forward_delay(folder: Path) -> Sequence[Row]:
    """From the last packet of a frame in to the same packet out, at 15 frames a second."""
    engine = MediaEngine(MediaSettings(worker_count=0, listen=f"unix:{folder}/engine", secret=SECRET))
    async with (
        staged(engine) as stage,
        child("tests.bench.timed_worker", engine.address) as worker,
        child("tests.bench.stock", "pass") as relay,
    ):
        await until(lambda: engine.worker_pids)
        ours = await published(stage)
        await subscribed(stage, 1)
        async with Peers(relay) as peers:
            theirs = await peers.publish(camera())
            await peers.subscribe()
            for _ in range(3):
                for feed in (ours, theirs):
                    await running(feed, 4.0)
        kept_by_stock = await kept(relay)
        await engine.close()
        kept_by_us = json.loads(await said(worker))
    peer = f"aiortc's own jitter buffer {statistics.median(kept_by_stock):.0f} ms, {len(kept_by_stock)} frames"
    delay = statistics.median(kept_by_us)
    assert len(kept_by_us) > 2 * 4 * FPS, f"only {len(kept_by_us)} frames were seen"
    return [row("media.forward_delay.p50", delay, "ms", at_most=5, peer=f"{peer}; ours {len(kept_by_us)}")]


async def kept(helper: asyncio.subprocess.Process) -> list[float]:
    """Milliseconds, said at the end of its input."""
    assert helper.stdin is not None
    helper.stdin.close()
    found: list[float] = json.loads(await said(helper))
    return found


# --- what recording costs ---


@measures("media.recording_cpu", seconds=120)
async def recording_cpu(folder: Path) -> Sequence[Row]:
    """Processor time of a worker that receives cameras and microphones and records them, against receiving alone."""
    async with staged(MediaEngine(MediaSettings.for_host("127.0.0.1"))) as stage:
        feeds: list[Loop] = []
        sources: list[Source] = []
        for number in range(PUBLISHERS):
            leg, picture, sound = f"publisher{number}", camera(BUSY), mic()
            await stage.join("s", leg, camera=picture, mic=sound)
            await allow(stage, leg, "camera", "mic")
            feeds += [picture, sound]
            sources += [Source(leg, "camera"), Source(leg, "mic")]
        worker = psutil.Process(stage.engine.worker_pids[0])
        alone, recorded = 0.0, 0.0
        for turn in range(TURNS):
            alone += await cost(worker, feeds)
            for number, source in enumerate(sources):
                part = f"{turn}-{number}"
                await stage.media.record(source, part, str(folder / f"{part}.webm"))
            parts = (turn + 1) * len(sources)
            await until(lambda n=parts: len(stage.told(PartOpened)) == n)  # type: ignore[misc]
            recorded += await cost(worker, feeds)
            for number in range(len(sources)):
                await stage.media.stop_recording(f"{turn}-{number}")
            await until(lambda n=parts: len(stage.told(PartClosed)) == n)  # type: ignore[misc]
        fewest = min(part.frames for part in stage.told(PartClosed))
        assert fewest > 0.7 * WINDOW * FPS, f"a part has only {fewest} frames"
    async with child("tests.bench.stock", "record", str(folder / "stock.mp4")) as recorder, Peers(recorder) as peers:
        stock = (camera(BUSY), mic())
        await peers.publish(*stock)
        theirs = await cost(psutil.Process(recorder.pid), stock, settle=2 * SETTLE) / WINDOW
        switch(stock, False)
    ours, bare = (seconds / TURNS / WINDOW / PUBLISHERS for seconds in (recorded, alone))
    peer = f"aiortc's MediaRecorder {theirs / bare:.0f} times our receiving; of a core {theirs:.2f} and ours {ours:.3f}"
    return [row("media.recording_cpu", ours / bare, "of receiving", at_most=1.3, peer=peer)]


# --- what forwarding costs ---


@measures("media.forward_cpu_per_mbit", seconds=150)
async def forward_cpu(_folder: Path) -> Sequence[Row]:
    """Processor time for each further Mbit/s that is sent, from one who watches to six."""
    async with staged(MediaEngine(MediaSettings.for_host("127.0.0.1"))) as stage:
        feed = await published(stage, BUSY)
        worker = psutil.Process(stage.engine.worker_pids[0])
        few, many = Flow(), Flow()
        clients = await subscribed(stage, 6)
        for _ in range(3):
            for flow, count in ((few, 1), (many, 6)):
                await watch(stage, clients, count)
                switch([feed], True)
                await until(lambda n=count: sum(bool(got(client)) for client, _ in clients) >= n)  # type: ignore[misc]
                await flow.add(worker, [feed], lambda: sum(bytes_got(client) for client, _ in clients))
        ours = many.per_mbit(few)
    async with child("tests.bench.stock", "transcode") as relay, Peers(relay) as peers:
        feed = await peers.publish(camera(BUSY))
        switch([feed], True)
        one, four = Flow(), Flow()
        process = psutil.Process(relay.pid)
        await peers.subscribe()
        await one.add(process, [feed], lambda: peers.received)
        for _ in range(3):
            await peers.subscribe()
        await four.add(process, [feed], lambda: peers.received)
        switch([feed], False)
        theirs = four.per_mbit(one)
    sent = f"{many.mbit:.1f} Mbit/s to six"
    peer = f"MediaRelay, decoding and encoding, one to four: {theirs:.3f}, {theirs / ours:.0f} times; {sent}"
    return [row("media.forward_cpu_per_mbit", ours, "CPU s a Mbit", at_most=0.005, peer=peer)]


class Flow:
    """Processor time and bytes of some windows."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.bytes = 0
        self.seconds = 0.0

    async def add(self, process: psutil.Process, feeds: Sequence[Loop], count: Callable[[], int]) -> None:
        await asyncio.sleep(SETTLE)
        before, began = count(), time.monotonic()
        self.cpu += await cost(process, feeds, settle=0.0)
        self.bytes += count() - before
        self.seconds += time.monotonic() - began

    @property
    def mbit(self) -> float:
        return self.bytes * 8 / 1e6 / self.seconds

    def per_mbit(self, less: "Flow") -> float:
        """Processor seconds for each Mbit that this has more than the other."""
        more = self.mbit - less.mbit
        assert more > 0, "nothing more was sent"
        return (self.cpu / self.seconds - less.cpu / less.seconds) / more


# --- the scene ---


@contextlib.asynccontextmanager
async def staged(engine: MediaEngine) -> AsyncIterator[Stage]:
    """An engine and the endpoints that join it; all end with the block."""
    # Encoded before anything is measured.
    for bits in (CALM, BUSY):
        video(bits)
    with loopback():
        await engine.start()
        stage = Stage(engine)
        try:
            yield stage
        finally:
            await engine.close()
            for client in stage.clients:
                await client.close()


async def published(stage: Stage, bits: int = CALM) -> Loop:
    """Somebody whose camera may be seen by whoever is in session `s`."""
    feed = camera(bits)
    await stage.join("s", "publisher", camera=feed)
    await allow(stage, "publisher", "camera")
    return feed


async def subscribed(stage: Stage, count: int) -> list[tuple[Client, str]]:
    """So many who watch, and the line on which each does."""
    clients = []
    for number in range(count):
        offer, client = await stage.join("s", f"viewer{number}")
        await stage.media.subscribe(f"viewer{number}", offer.video_slots[0], Source("publisher", "camera"))
        clients.append((client, offer.video_slots[0]))
    return clients


async def watch(stage: Stage, clients: Sequence[tuple[Client, str]], count: int) -> None:
    """Only the first `count` go on watching; what was received is forgotten."""
    for number, (client, mid) in enumerate(clients):
        source = Source("publisher", "camera") if number < count else None
        await stage.media.subscribe(f"viewer{number}", mid, source)
        got(client).clear()


def got(client: Client) -> list[bytes]:
    """Frames of the only line that is used."""
    return next((frames for frames in client.got.values() if frames), [])


def bytes_got(client: Client) -> int:
    return sum(map(len, got(client)))


def switch(feeds: Sequence[Loop], on: bool) -> None:
    for feed in feeds:
        if on:
            feed.gate.set()
        else:
            feed.gate.clear()


async def running(feed: Loop, seconds: float) -> None:
    """Send for so long, and no longer."""
    switch([feed], True)
    await asyncio.sleep(seconds)
    switch([feed], False)


async def cost(process: psutil.Process, feeds: Sequence[Loop], settle: float = SETTLE) -> float:
    """Processor seconds within a window in which these send."""
    switch(feeds, True)
    await asyncio.sleep(settle)
    before = cpu_seconds([process])
    await asyncio.sleep(WINDOW)
    return cpu_seconds([process]) - before


class Peers:
    """Clients of a process of `tests.bench.stock`."""

    def __init__(self, helper: asyncio.subprocess.Process) -> None:
        self._helper = helper
        self._connections: list[RTCPeerConnection] = []
        self._readers: list[asyncio.Task[None]] = []
        self._patch = contextlib.ExitStack()
        self.received = 0
        """Bytes of frames."""

    async def __aenter__(self) -> "Peers":
        self._patch.enter_context(loopback())
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._connections:
            await connection.close()
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)
        self._patch.close()

    async def publish(self, *feeds: Loop) -> Loop:
        """Send these; returns the first."""
        connection = self._new()
        for feed in feeds:
            line = connection.addTransceiver(feed, direction="sendonly")
            if feed.kind == "video":
                line.setCodecPreferences(VP8)
        await self._connect(connection, publishes=True)
        return feeds[0]

    async def subscribe(self) -> None:
        connection = self._new()
        line = connection.addTransceiver("video", direction="recvonly")
        line.setCodecPreferences(VP8)
        await self._connect(connection, publishes=False)
        self._readers.append(asyncio.create_task(self._read(line.receiver.track)))

    def _new(self) -> RTCPeerConnection:
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connections.append(connection)
        return connection

    async def _connect(self, connection: RTCPeerConnection, *, publishes: bool) -> None:
        await connection.setLocalDescription(await connection.createOffer())
        assert self._helper.stdin is not None
        offer = {"sdp": connection.localDescription.sdp, "publishes": publishes}
        self._helper.stdin.write(json.dumps(offer).encode() + b"\n")
        answer = json.loads(await said(self._helper))
        await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        await until(lambda: connection.connectionState == "connected")

    async def _read(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                packet: Any = await track.recv()
                self.received += len(bytes(packet))
