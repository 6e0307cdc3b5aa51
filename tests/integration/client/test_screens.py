"""Pictures of the desktop and of one monitor, on a real X server."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from unittest import mock

import pytest
import xcffib.xproto as xp
import xcffib.xtest

from rs_client.capture import WHOLE, Gone, Picture, Rect, Unsupported
from rs_client.capture import capture as any_capture
from rs_client.capture.base import Feed
from rs_client.capture.x11 import X11Capture
from rs_client.capture.x11_pixels import Pixels
from rs_client.errors import Why
from tests.support.figures import held
from tests.support.xserver import BLUE, GREEN, HEIGHT, RED, WIDTH, Application, XServer, colour, has, shown

Program = Callable[[], Application]
Open = Callable[..., Feed]


@pytest.fixture
async def screen(capture: X11Capture) -> AsyncIterator[Open]:
    opened: list[Feed] = []

    def begin(id: str = WHOLE, rate: float = 100) -> Feed:
        opened.append(capture.open_screen(id, rate))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def test_screens_are_the_desktop_and_its_monitors(capture: X11Capture) -> None:
    places = {each.id: each.place for each in capture.screens()}
    assert next(iter(places)) == WHOLE
    assert places[WHOLE] == Rect(0, 0, WIDTH, HEIGHT)
    assert places["left"] == Rect(0, 0, 640, 800)
    assert places["right"] == Rect(640, 0, 640, 800)


async def test_the_desktop_has_the_right_pixels(screen: Open, program: Program) -> None:
    app = program()
    feed = screen()
    first = await feed.next()
    assert first.damage is None
    assert first.pixels.shape == (HEIGHT, WIDTH, 4)
    window = app.window(Rect(100, 120, 300, 200), RED, popup=True)
    app.fill(window, Rect(10, 20, 30, 40), GREEN)
    picture = await shown(feed, lambda each: has(each, GREEN))
    assert colour(picture, 101, 121) == RED
    assert colour(picture, 110, 140) == GREEN
    assert colour(picture, 139, 179) == GREEN
    assert colour(picture, 140, 180) == RED
    assert colour(picture, 99, 121) != RED


async def test_a_monitor_shows_itself_alone(screen: Open, program: Program) -> None:
    app = program()
    feed = screen("right")
    app.window(Rect(600, 100, 80, 80), RED, popup=True)
    picture = await shown(feed, lambda each: has(each, RED))
    assert picture.pixels.shape == (800, 640, 4)
    assert colour(picture, 0, 100) == RED
    assert colour(picture, 39, 179) == RED
    assert colour(picture, 40, 179) != RED
    assert feed.to_root(0, 0) == (640, 0)
    assert feed.to_root(1, 1) == (1279, 799)
    assert feed.to_root(-0.01, 0.5) is None


async def test_damage_is_what_changed(screen: Open, program: Program) -> None:
    app = program()
    window = app.window(Rect(100, 100, 400, 300), RED, popup=True)
    feed = screen("left")
    await shown(feed, lambda each: has(each, RED))
    app.fill(window, Rect(50, 60, 20, 10), BLUE)
    picture = await shown(feed, lambda each: has(each, BLUE))
    assert picture.damage == [Rect(150, 160, 20, 10)]


async def test_changes_on_the_other_monitor_make_no_picture(screen: Open, program: Program) -> None:
    app = program()
    feed = screen("left")
    await feed.next()
    waiting = asyncio.ensure_future(feed.next())
    window = app.window(Rect(700, 100, 100, 100), RED, popup=True)
    await app.heard(xp.ExposeEvent)
    done, _ = await asyncio.wait([waiting], timeout=0.3)
    assert not done
    app.configure(window, x=500)
    assert colour(await asyncio.wait_for(waiting, 5), 500, 150) == RED


async def test_nothing_is_fetched_while_nothing_changes(screen: Open, program: Program) -> None:
    feed = screen()
    await feed.next()
    with mock.patch.object(Pixels, "fetch", autospec=True, side_effect=Pixels.fetch) as fetch:
        before = time.process_time()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(feed.next(), 2)
        used = time.process_time() - before
    assert fetch.call_count == 0
    held("client: processor time of two still seconds", used, "s", 0.02)


async def test_pictures_come_at_the_rate_at_most(screen: Open, program: Program) -> None:
    app = program()
    window = app.window(Rect(100, 100, 100, 100), RED, popup=True)
    feed = screen(rate=20)
    await shown(feed, lambda each: has(each, RED))
    times = []
    for each in range(5):
        app.fill(window, Rect(0, 0, 50, 50), BLUE if each % 2 else GREEN)
        times.append((await feed.next()).at)
    assert min(after - before for before, after in itertools.pairwise(times)) >= 0.05 - 0.001


async def test_the_cursor_is_drawn_and_moves_without_leaving_traces(screen: Open, program: Program) -> None:
    app = program()
    app.window(Rect(100, 100, 400, 300), RED, popup=True)
    feed = screen()
    await shown(feed, lambda each: has(each, RED))

    def spots(each: Picture, x: int, y: int) -> bool:
        part = each.pixels[y : y + 8, x : x + 8]
        return bool((part[:, :, :3] != (0, 0, 255)).any())

    test = app.x.extension(xcffib.xtest.key)
    for before, now in (((450, 350), (200, 200)), ((200, 200), (300, 250))):
        test.FakeInput(6, 0, 0, app.x.root, *now, 0)
        app.x.flush()
        picture = await shown(feed, lambda each, now=now: spots(each, *now))  # type: ignore[misc]
        assert not spots(picture, *before)
        assert picture.damage
        assert any(rect.holds(*now) for rect in picture.damage)


async def test_refresh_gives_everything_at_once(screen: Open, program: Program) -> None:
    feed = screen()
    await feed.next()
    picture = await feed.refresh()
    assert picture.damage is None
    assert picture.pixels.shape == (HEIGHT, WIDTH, 4)


async def test_a_monitor_that_changes_its_size(xserver: XServer, screen: Open, program: Program) -> None:
    xserver.monitors(third=Rect(0, 0, 400, 300))
    try:
        feed = screen("third")
        assert (await feed.next()).pixels.shape == (300, 400, 4)
        xserver.no_monitor("third")
        xserver.monitors(third=Rect(0, 0, 500, 300))
        program().window(Rect(10, 10, 50, 50), RED, popup=True)
        picture = await shown(feed, lambda each: each.pixels.shape == (300, 500, 4))
        assert picture.damage is None
        assert feed.size == (500, 300)
    finally:
        xserver.no_monitor("third")


async def test_a_desktop_that_changes_its_size(tmp_path_factory: pytest.TempPathFactory, xserver: XServer) -> None:
    other = XServer(tmp_path_factory.mktemp("small"))
    other.start()
    try:
        feed = X11Capture(other.display).open_screen(WHOLE)
        assert (await feed.next()).pixels.shape == (HEIGHT, WIDTH, 4)
        other.resize(1000, 700)
        picture = await shown(feed, lambda each: each.pixels.shape == (700, 1000, 4))
        assert picture.damage is None
        assert feed.to_root(1, 1) == (999, 699)
        feed.close()
    finally:
        other.stop()


async def test_a_closed_feed_is_gone(screen: Open) -> None:
    feed = screen()
    await feed.next()
    waiting = asyncio.ensure_future(feed.next())
    await asyncio.sleep(0)
    feed.close()
    feed.close()
    with pytest.raises(Gone):
        await asyncio.wait_for(waiting, 5)


def test_an_unknown_screen_is_gone(capture: X11Capture) -> None:
    async def attempt() -> None:
        capture.open_screen("no such")

    with pytest.raises(Gone):
        asyncio.run(attempt())


def test_without_a_display_it_says_so() -> None:
    with pytest.raises(Unsupported) as caught:
        X11Capture(":9999")
    assert caught.value.why is Why.NO_DISPLAY


def test_wayland_is_refused_in_clear_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_SESSION_TYPE", "wayland")
    with pytest.raises(Unsupported, match=r"Wayland.*Xorg") as caught:
        any_capture()
    assert caught.value.why is Why.WAYLAND


async def test_a_display_that_ends_is_gone(tmp_path_factory: pytest.TempPathFactory, xserver: XServer) -> None:
    other = XServer(tmp_path_factory.mktemp("brief"))
    other.start()
    try:
        feed = X11Capture(other.display).open_screen(WHOLE)
        await feed.next()
    finally:
        other.stop()
    with pytest.raises(Gone):
        await asyncio.wait_for(shown(feed, lambda _: False), 5)
