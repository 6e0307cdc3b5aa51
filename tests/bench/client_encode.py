"""What it costs to encode a full-screen terminal that scrolls, 1080p at 30 frames a second, and how it looks after.

Beside aiortc's own VP8 encoder, at the most that it sends. Both are given the same pictures; the time is that of all
threads, from the picture of the screen to the frame."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
from aiortc.codecs.vpx import MAX_BITRATE, Vp8Encoder
from av.video.frame import VideoFrame

from rs_client.encode import Broadcast, Encoder
from rs_server.rtc.codecs import vp8_depayload
from tests.bench.rows import Row, measures, row

WIDTH, HEIGHT, FPS = 1920, 1080, 30
LINES_PER_SECOND = 20
SECONDS = 4
BITS = 4_000_000
GLYPH = (16, 8)

Array = npt.NDArray[np.uint8]


def terminal(lines: int) -> Array:
    """So many lines of coloured text, one below the other."""
    random = np.random.default_rng(3)
    columns = WIDTH // GLYPH[1]
    # Strokes of a pixel or two, as letters have them.
    glyphs = np.zeros((96, *GLYPH), bool)
    for glyph in glyphs[1:]:
        for _ in range(3):
            if random.random() < 0.5:
                glyph[3 + random.integers(10), 1:7] = True
            else:
                glyph[3:13, 1 + random.integers(6)] = True
    colours = random.integers(90, 256, (8, 3), np.uint8)
    picture = np.zeros((lines * GLYPH[0], WIDTH, 4), np.uint8)
    for number in range(lines):
        length = int(random.integers(columns // 3, columns))
        text = random.integers(0, 96, length)
        hues = colours[np.repeat(random.integers(0, 8, length // 8 + 1), 8)[:length]]
        row = np.concatenate(list(glyphs[text]), axis=1)
        ink = np.repeat(hues, GLYPH[1], axis=0)[None] * row[..., None]
        top = number * GLYPH[0]
        picture[top : top + GLYPH[0], : length * GLYPH[1], :3] = ink
    return picture


def scroll(seconds: float) -> Iterator[Array]:
    rows = HEIGHT // GLYPH[0] + 1
    text = terminal(rows + int(seconds * LINES_PER_SECOND) + 1)
    for number in range(int(seconds * FPS)):
        top = number * LINES_PER_SECOND // FPS * GLYPH[0]
        yield np.ascontiguousarray(text[top : top + HEIGHT])


class Result(NamedTuple):
    cpu: float
    """Milliseconds a frame."""
    psnr: float
    bits: float
    """A second."""


class Ours:
    def __init__(self, codec: str) -> None:
        self.name = codec
        self._encoder = Encoder(codec)
        self._encoder.bit_rate = BITS

    def encode(self, pixels: Array, number: int) -> bytes:
        found = self._encoder.encode(pixels, None, number / FPS)
        return b"" if found is None else found.data


class Stock:
    """aiortc as it comes; of the ways to give it a picture, the quickest."""

    name = "vp8"

    def __init__(self) -> None:
        self._encoder = Vp8Encoder()
        self._encoder.target_bitrate = MAX_BITRATE

    def encode(self, pixels: Array, number: int) -> bytes:
        frame = VideoFrame.from_numpy_buffer(pixels, "bgra").reformat(format="yuv420p")
        frame.pts, frame.time_base = number * 90_000 // FPS, Fraction(1, 90_000)
        payloads, _ = self._encoder.encode(frame, number == 0)
        return b"".join(vp8_depayload(payload).data for payload in payloads)


def measure(make: Callable[[], Ours | Stock], seconds: float = SECONDS) -> Result:
    coder = make()
    decoder = av.CodecContext.create(coder.name, "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.options = {"flags": "low_delay"}
    decoder.thread_type = "NONE"
    cost: list[float] = []
    quality: list[float] = []
    size = 0
    for number, pixels in enumerate(scroll(seconds)):
        before = time.process_time()
        data = coder.encode(pixels, number)
        cost.append((time.process_time() - before) * 1000)
        size += len(data)
        seen = decoder.decode(av.Packet(data)) if data else []
        if seen and number >= FPS:
            quality.append(psnr(seen[-1], pixels))
    return Result(statistics.mean(cost[FPS:]), statistics.median(quality), size * 8 / seconds)


def psnr(seen: VideoFrame, pixels: Array) -> float:
    """Of the brightness, in dB."""
    shown = seen.reformat(WIDTH, HEIGHT, "yuv420p").to_ndarray()[:HEIGHT].astype(np.float32)
    meant = VideoFrame.from_numpy_buffer(pixels, "bgra").reformat(format="yuv420p").to_ndarray()[:HEIGHT]
    error = float(np.mean((shown - meant.astype(np.float32)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-6)))


@measures("client.encode.scroll", seconds=120)
async def scrolling(_folder: Path) -> Sequence[Row]:
    found: dict[str, list[Result]] = {"h264": [], "vp8": [], "stock": []}
    makers: dict[str, Callable[[], Ours | Stock]] = {
        "h264": lambda: Ours("h264"),
        "vp8": lambda: Ours("vp8"),
        "stock": Stock,
    }
    for _ in range(3):
        for name, make in makers.items():
            found[name].append(await asyncio.to_thread(measure, make))
    middle = {
        name: Result(*(statistics.median(values) for values in zip(*all_of, strict=True)))
        for name, all_of in found.items()
    }
    stock = middle["stock"]
    peer = f"aiortc {stock.cpu:.1f} ms, {stock.psnr:.1f} dB at {stock.bits / 1e6:.1f} Mbit/s"
    rows = []
    for name, bars in (("h264", (0.5, 6.0)), ("vp8", (None, None))):
        ours = middle[name]
        said = f"ours {ours.cpu:.1f} ms, {ours.psnr:.1f} dB at {ours.bits / 1e6:.1f} Mbit/s; {peer}"
        rows += [
            row(f"client.encode.scroll.{name}.cpu", ours.cpu / stock.cpu, "of aiortc", at_most=bars[0], peer=said),
            row(f"client.encode.scroll.{name}.psnr", ours.psnr - stock.psnr, "dB more", at_least=bars[1], peer=said),
        ]
    return rows


# --- what changes little, or not at all ---


class Shot(NamedTuple):
    pixels: Array
    damage: Sequence[tuple[int, int, int, int]] | None
    at: float


class Typing:
    """A feed on which a letter appears ten times a second while `typing`."""

    def __init__(self) -> None:
        self.pixels = next(scroll(1))
        self.typing = asyncio.Event()
        self._begun = False
        self._count = 0

    async def next(self) -> Shot:
        if not self._begun:
            return await self.refresh()
        await self.typing.wait()
        await asyncio.sleep(0.1)
        self._count += 1
        x = self._count * GLYPH[1] % (WIDTH - GLYPH[1])
        self.pixels[512 : 512 + GLYPH[0], x : x + GLYPH[1]] ^= 255
        return Shot(self.pixels, [(x, 512, GLYPH[1], GLYPH[0])], time.monotonic())

    async def refresh(self) -> Shot:
        self._begun = True
        return Shot(self.pixels, None, time.monotonic())


@measures("client.encode.still", "client.encode.typing", seconds=60)
async def still(_folder: Path) -> Sequence[Row]:
    """Processor time of a whole broadcast while nothing changes, and while somebody types."""
    feed = Typing()
    broadcast = Broadcast(feed)
    sent: list[int] = []
    broadcast.outlet.add_sink(lambda frame: sent.append(len(frame.data)))
    broadcast.set_bit_rate(BITS)
    task = asyncio.create_task(broadcast.run())
    await asyncio.sleep(3)
    rows = []
    for name, bar in (("still", 0.01), ("typing", None)):
        sent.clear()
        before, began = time.process_time(), time.monotonic()
        await asyncio.sleep(10)
        used = (time.process_time() - before) / (time.monotonic() - began)
        said = f"{len(sent) / 10:.1f} frames a second, {sum(sent) * 8 / 10_000:.0f} kbit/s"
        rows.append(row(f"client.encode.{name}.cpu", used, "of a core", at_most=bar, peer=said))
        feed.typing.set()
    broadcast.stop()
    await task
    return rows
