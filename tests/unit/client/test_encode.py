"""Pictures in, frames out: what changed is converted, what stands still is not sent."""

import asyncio
import itertools
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rs_client.encode import Broadcast, Encoded, Encoder
from rs_client.encode import broadcast as broadcast_module
from rs_client.encode.canvas import Area, Canvas
from rs_server.rtc.packets import Frame
from rs_server.rtc.payload import VIDEO
from tests.unit.rtc.client import until

Array = npt.NDArray[np.uint8]
WIDTH, HEIGHT = 320, 240


def picture(seed: int = 1, width: int = WIDTH, height: int = HEIGHT) -> Array:
    """Something with edges, like text."""
    random = np.random.default_rng(seed)
    blocks = random.integers(0, 256, (height // 8 + 1, width // 8 + 1, 4), np.uint8)
    return np.ascontiguousarray(np.kron(blocks, np.ones((8, 8, 1), np.uint8))[:height, :width])


def planes(canvas: Canvas) -> list[Array]:
    return [plane.copy() for plane in canvas._planes]


def psnr(one: Array, other: Array) -> float:
    error = float(np.mean((one.astype(float) - other.astype(float)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


class Viewer:
    """Decodes what was encoded."""

    def __init__(self, codec: str) -> None:
        self._codec = av.CodecContext.create({"h264": "h264", "vp8": "vp8"}[codec], "r")
        assert isinstance(self._codec, av.VideoCodecContext)
        self._codec.thread_type = "NONE"
        self._codec.options = {"flags": "low_delay"}
        self.luma: Array = np.zeros((0, 0), np.uint8)

    def see(self, data: bytes) -> None:
        found = self._codec.decode(av.Packet(data))  # type: ignore[attr-defined]
        for frame in found:
            self.luma = frame.to_ndarray(format="yuv420p")[: frame.height]


# --- the canvas ---


areas = st.tuples(st.integers(0, 90), st.integers(0, 70), st.integers(1, 60), st.integers(1, 60))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(areas, min_size=1, max_size=4), min_size=1, max_size=4), st.sampled_from([1, 2]))
def test_drawing_what_changed_is_drawing_everything(changes: list[list[Area]], shrink: int) -> None:
    before = picture(1, 96, 80)
    parts, whole = Canvas(96, 80, shrink), Canvas(96, 80, shrink)
    parts.draw(before, None)
    for number, damage in enumerate(changes):
        other = picture(number + 2, 96, 80)
        for x, y, width, height in damage:
            before[y : y + height, x : x + width] = other[y : y + height, x : x + width]
        parts.draw(before, damage)
        whole.draw(before, None)
        for one, all_at_once in zip(planes(parts), planes(whole), strict=True):
            # Bands are scaled apart from each other: their seams may differ by rounding.
            assert int(np.abs(one.astype(int) - all_at_once.astype(int)).max()) <= (1 if shrink == 1 else 64)


def test_what_looks_the_same_is_said_to() -> None:
    canvas = Canvas(WIDTH, HEIGHT, 1)
    assert canvas.draw(picture(), None)
    assert not canvas.draw(picture(), [(0, 0, WIDTH, HEIGHT)])
    other = picture()
    other[100, 100] ^= 0x80
    assert not canvas.draw(other, [(0, 0, 50, 50)]), "only what is said to have changed is looked at"
    assert canvas.draw(other, [(100, 100, 1, 1)])


@pytest.mark.parametrize("damage", [[(-50, -50, 20, 20)], [(0, 10_000, 5, 5)], [(0, 239, 9999, 9999)], []])
def test_damage_beyond_the_picture_does_no_harm(damage: Sequence[Area]) -> None:
    canvas = Canvas(WIDTH, HEIGHT, 1)
    canvas.draw(picture(), None)
    assert not canvas.draw(picture(), damage)


@pytest.mark.parametrize(("size", "shrink", "sent"), [((321, 241), 1, (320, 240)), ((323, 243), 2, (160, 120))])
def test_odd_sizes_are_cut(size: tuple[int, int], shrink: int, sent: tuple[int, int]) -> None:
    canvas = Canvas(*size, shrink)
    canvas.draw(picture(1, *size), None)
    assert (canvas.frame.width, canvas.frame.height) == sent


def test_the_smallest_window_can_be_shown() -> None:
    for shrink in (1, 2):
        canvas = Canvas(9, 5, shrink)
        assert canvas.draw(np.full((5, 9, 4), 200, np.uint8), None)


# --- the encoder ---


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_what_is_seen_is_what_was_shown(codec: str) -> None:
    encoder, viewer = Encoder(codec), Viewer(codec)
    pixels = picture()
    found = encoder.encode(pixels, None, 0.0)
    assert found is not None
    assert found.keyframe
    assert VIDEO[codec].is_keyframe(found.data)
    assert VIDEO[codec].size(found.data) == (WIDTH, HEIGHT)
    viewer.see(found.data)
    pixels[64:80] = picture(7)[64:80]
    found = encoder.encode(pixels, [(0, 64, WIDTH, 16)], 0.1)
    assert found is not None
    assert not found.keyframe
    viewer.see(found.data)
    for number in range(8):
        again = encoder.again(0.2 + number / 15)
        assert again is not None
        viewer.see(again.data)
    assert encoder._canvas is not None
    assert psnr(viewer.luma, encoder._canvas._planes[0]) > 35


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_an_unchanged_picture_is_not_encoded(codec: str) -> None:
    encoder = Encoder(codec)
    assert encoder.encode(picture(), None, 0.0)
    assert encoder.encode(picture(), None, 0.1) is None
    encoder.keyframe = True
    found = encoder.encode(picture(), [], 0.2)
    assert found is not None
    assert found.keyframe
    assert encoder.encode(picture(), None, 0.3) is None


def test_a_keyframe_comes_when_asked_for_and_never_else() -> None:
    encoder = Encoder()
    wanted = {0, 40, 41, 100}
    for number in range(150):
        encoder.keyframe |= number in wanted
        found = encoder.encode(picture(number % 3), None, number / 30)
        assert found is not None
        assert found.keyframe == VIDEO["h264"].is_keyframe(found.data) == (number in wanted)


@pytest.mark.parametrize("codec", ["h264", "vp8"])
def test_size_mode_and_codec_may_change_at_any_time(codec: str) -> None:
    encoder = Encoder(codec)
    assert encoder.encode(picture(), None, 0.0)
    encoder.mode = "sampling"
    assert encoder.outdated
    small = encoder.encode(picture(), [], 0.1)
    assert small is not None
    assert VIDEO[codec].size(small.data) == (WIDTH // 2, HEIGHT // 2)
    encoder.mode = "standard"
    wide = encoder.encode(picture(1, 400, 300), [(0, 0, 1, 1)], 0.2)
    assert wide is not None
    assert VIDEO[codec].size(wide.data) == (400, 300)
    encoder.codec = other = {"h264": "vp8", "vp8": "h264"}[codec]
    changed = encoder.again(0.3)
    assert changed is not None
    assert (changed.codec, changed.keyframe) == (other, True)
    assert VIDEO[other].size(changed.data) == (400, 300)


def busy(encoder: Encoder, seconds: float, start: float) -> tuple[float, int]:
    """Bit/s of something that changes all over at 30 frames a second, and how many keyframes there were."""
    size, keyframes = 0, 0
    for number in range(int(seconds * 30)):
        found = encoder.encode(picture(int((start * 30 + number) % 50), 640, 480), None, start + number / 30)
        if found is not None:
            size += len(found.data) * 8
            keyframes += found.keyframe
    return size / seconds, keyframes


def test_h264_follows_the_rate_without_a_keyframe() -> None:
    encoder = Encoder("h264")
    for at, rate in enumerate((4_000_000, 1_000_000, 6_000_000, 500_000)):
        encoder.bit_rate = rate
        busy(encoder, 1, 10 * at)
        found, keyframes = busy(encoder, 2, 10 * at + 1)
        assert found < 1.25 * rate
        assert found > 0.5 * min(rate, 4_000_000)
        assert keyframes == 0


def test_vp8_is_made_anew_only_for_another_rate() -> None:
    encoder = Encoder("vp8")
    encoder.bit_rate = 2_000_000
    assert busy(encoder, 1, 0)[1] == 1
    encoder.bit_rate = 2_300_000
    assert busy(encoder, 1, 1)[1] == 0
    encoder.bit_rate = 800_000
    assert busy(encoder, 1, 2)[1] == 1


def test_vp8_is_halved_where_the_line_is_narrow() -> None:
    encoder = Encoder("vp8")
    pixels = picture(1, 1920, 1080)
    sizes = []
    for number, rate in enumerate((4_000_000, 1_000_000, 1_500_000, 2_500_000, 1_500_000)):
        encoder.bit_rate = rate
        encoder.keyframe = True
        found = encoder.encode(pixels, None, float(number))
        assert found is not None
        sizes.append(VIDEO["vp8"].size(found.data)[0])
    assert sizes == [1920, 960, 960, 1920, 1920]


def test_time_that_stands_still_does_no_harm() -> None:
    encoder = Encoder()
    for number, at in enumerate((5.0, 5.0, 4.0, 5.00001)):
        assert encoder.encode(picture(number), None, at)


# --- the broadcast ---


class Shot(NamedTuple):
    pixels: Array
    damage: Sequence[Area] | None
    at: float


class Screen:
    """A feed whose pictures a test puts in."""

    def __init__(self) -> None:
        self.shots: asyncio.Queue[Shot | Exception] = asyncio.Queue()
        self.refreshed = 0
        self.now = picture()

    def change(self, seed: int) -> None:
        self.now = picture(seed)
        self.shots.put_nowait(Shot(self.now, None, time.monotonic()))

    async def next(self) -> Shot:
        found = await self.shots.get()
        if isinstance(found, Exception):
            raise found
        return found

    async def refresh(self) -> Shot:
        self.refreshed += 1
        return Shot(self.now, None, time.monotonic())


class Stage:
    def __init__(self, **options: object) -> None:
        self.screen = Screen()
        self.broadcast = Broadcast(self.screen, **options)  # type: ignore[arg-type]
        self.frames: list[Frame] = []
        self.broadcast.outlet.add_sink(self.frames.append)
        self.task = asyncio.create_task(self.broadcast.run())

    async def end(self) -> None:
        self.broadcast.stop()
        await asyncio.wait_for(self.task, 5)


async def test_a_still_picture_is_polished_and_then_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broadcast_module, "REFRESH", 0.5)
    monkeypatch.setattr(broadcast_module, "SETTLED", 0)
    stage = Stage()
    stage.screen.change(1)
    await until(lambda: len(stage.frames) > broadcast_module.POLISH)
    polished = len(stage.frames)
    await until(lambda: len(stage.frames) == polished + 2)
    gaps = [b.arrived - a.arrived for a, b in itertools.pairwise(stage.frames)]
    assert len([gap for gap in gaps if gap < 0.3]) == broadcast_module.POLISH
    assert gaps[-1] > 0.4, "only the slow refresh is left"
    assert [frame.keyframe for frame in stage.frames] == [True] + [False] * (len(stage.frames) - 1)
    await stage.end()


async def test_a_picture_that_is_fine_is_polished_no_further() -> None:
    stage = Stage()
    stage.screen.now = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    stage.screen.shots.put_nowait(Shot(stage.screen.now, None, time.monotonic()))
    await until(lambda: stage.frames and not stage.broadcast._left)
    assert len(stage.frames) == 2
    await stage.end()


async def test_a_keyframe_of_a_still_picture() -> None:
    stage = Stage()
    stage.screen.change(1)
    await until(lambda: stage.frames and not stage.broadcast._left)
    before = len(stage.frames)
    stage.broadcast.outlet.request_keyframe()
    await until(lambda: len(stage.frames) > before)
    assert stage.frames[before].keyframe
    await stage.end()


async def test_the_mode_is_switched_live() -> None:
    stage = Stage()
    stage.screen.change(1)
    await until(lambda: stage.frames)
    for mode, width in (("sampling", WIDTH // 2), ("standard", WIDTH)):
        stage.broadcast.mode = mode  # type: ignore[assignment]
        await until(lambda w=width: stage.frames[-1].width == w)  # type: ignore[misc]
    assert stage.screen.refreshed == 2
    await stage.end()


async def test_nothing_leaves_after_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even what is being encoded at the time."""
    stage = Stage()
    stage.screen.change(1)
    await until(lambda: stage.frames)
    encode = Encoder.encode
    begun: list[float] = []

    def slow(self: Encoder, pixels: Array, damage: Sequence[Area] | None, at: float) -> Encoded | None:
        begun.append(at)
        time.sleep(0.1)
        return encode(self, pixels, damage, at)

    monkeypatch.setattr(Encoder, "encode", slow)
    stage.screen.change(2)
    await until(lambda: begun)
    sent = len(stage.frames)
    await stage.end()
    assert len(stage.frames) == sent


async def test_while_much_waits_nothing_more_is_made() -> None:
    waiting = [0.0]
    stage = Stage(backlog=lambda: waiting[0])
    stage.screen.change(1)
    await until(lambda: len(stage.frames) > 1)
    waiting[0] = 0.2
    for seed in range(2, 8):
        stage.screen.change(seed)
    await until(lambda: stage.screen.shots.qsize() <= 5)
    left, sent = stage.screen.shots.qsize(), len(stage.frames)
    for _ in range(5):
        await asyncio.sleep(0)
    assert stage.screen.shots.qsize() == left
    assert len(stage.frames) <= sent + 1
    waiting[0] = 0.0
    await until(lambda: stage.screen.shots.empty())
    await stage.end()


async def test_the_end_of_the_feed_ends_it() -> None:
    stage = Stage()
    stage.screen.change(1)
    await until(lambda: stage.frames)
    stage.screen.shots.put_nowait(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(stage.task, 5)


async def test_one_encode_serves_everybody() -> None:
    stage = Stage()
    others: list[list[Frame]] = [[], []]
    sinks: list[Callable[[Frame], None]] = [other.append for other in others]
    for sink in sinks:
        stage.broadcast.outlet.add_sink(sink)
    stage.screen.change(1)
    await until(lambda: len(stage.frames) > 1)
    assert [frame.data for frame in others[0]] == [frame.data for frame in others[1]]
    assert stage.broadcast.frames == len(stage.frames)
    stage.broadcast.outlet.remove_sink(sinks[0])
    before = len(others[0])
    stage.screen.change(2)
    await until(lambda: len(others[1]) > before + 1)
    assert len(others[0]) == before
    await stage.end()


@pytest.mark.parametrize(
    ("codec", "bit_rate", "busy"), [("vp8", 6_000_000, 960), ("h264", 6_000_000, 1920), ("h264", 900_000, 960)]
)
def test_a_large_picture_that_scrolls_is_halved_where_it_must_be(codec: str, bit_rate: int, busy: int) -> None:
    encoder = Encoder(codec)
    encoder.bit_rate = bit_rate
    widths: list[int] = []
    for number in range(6):
        found = encoder.encode(picture(number, 1920, 1080), None, number / 20)
        assert found is not None
        if found.keyframe:
            widths.append(VIDEO[codec].size(found.data)[0])
    assert (widths[0], widths[-1]) == (1920, busy)
    states = [encoder.busy]
    # Whoever types afterwards sees every pixel again.
    if encoder.again(2.0) is None:
        assert encoder.outdated
        calm = encoder.encode(picture(5, 1920, 1080), None, 2.1)
        assert calm is not None
        assert VIDEO[codec].size(calm.data)[0] == 1920
    states.append(encoder.busy)
    assert states == [True, False]


def test_a_keyframe_for_a_narrow_line_is_small() -> None:
    sizes = []
    for bit_rate in (600_000, 8_000_000):
        encoder = Encoder("h264")
        encoder.bit_rate = bit_rate
        found = encoder.encode(picture(1, 1280, 720), None, 0.0)
        assert found is not None
        sizes.append(len(found.data) * 8)
    assert sizes[0] < 0.4 * 600_000
    assert sizes[1] > 2 * sizes[0]
