"""Pictures of one application: its own pixels and nobody else's."""

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest
import xcffib.xproto as xp
import xcffib.xtest

from rs_client.capture import Gone, Picture, Rect
from rs_client.capture.base import Feed
from rs_client.capture.x11 import X11Capture, clean
from tests.support.xserver import (
    BLUE,
    GREEN,
    RED,
    YELLOW,
    Application,
    XServer,
    colour,
    form,
    has,
    shown,
    until,
)

Program = Callable[[], Application]
Open = Callable[..., Feed]
PLACE = Rect(100, 100, 300, 200)


@pytest.fixture
async def share(capture: X11Capture) -> AsyncIterator[Open]:
    opened: list[Feed] = []

    def begin(window: int, rate: float = 100) -> Feed:
        opened.append(capture.open_window(str(window), rate))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def only(picture: Picture, *wanted: int) -> bool:
    """Whether every pixel has one of these colours."""
    allowed = np.array([[each & 255, each >> 8 & 255, each >> 16] for each in wanted], np.uint8)
    return bool((picture.pixels[:, :, None, :3] == allowed).all(axis=3).any(axis=2).all())


async def test_windows_are_listed_by_title_and_application(capture: X11Capture, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "Invoice \u202eevil")
    app.window(Rect(0, 0, 50, 50), BLUE, "menu", popup=True)
    found = {each.id: each for each in capture.windows()}
    assert found[str(window)].title == "Invoice evil"
    assert found[str(window)].application.startswith("Invoice")
    assert "menu" not in {each.title for each in found.values()}


def test_what_a_program_says_is_one_short_line() -> None:
    assert clean(b"a\nb\x1b[0m\xff" + b"x" * 500) == ("ab[0m\ufffd" + "x" * 500)[:200]


async def test_it_follows_move_and_resize(share: Open, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    app.fill(window, Rect(0, 0, 10, 10), GREEN)
    feed = share(window)
    assert only(await shown(feed, lambda each: has(each, RED)), RED, GREEN)
    app.configure(window, x=500, y=300)
    await until(lambda: app.place(window).x >= 500)
    place = app.place(window)
    assert feed.to_root(0, 0) == (place.x, place.y)
    app.configure(window, width=420, height=260)
    picture = await shown(feed, lambda each: each.pixels.shape == (260, 420, 4) and only(each, RED))
    assert feed.size == (420, 260)
    assert colour(picture, 419, 259) == RED
    place = app.place(window)
    assert feed.to_root(1, 1) == (place.x + 419, place.y + 259)


@pytest.mark.parametrize("background", [RED, None])
async def test_a_window_above_is_never_in_it(share: Open, program: Program, background: int | None) -> None:
    """Also where the application paints nothing itself, and while it moves and grows below the other window."""
    app, other = program(), program()
    window = await app.opened(PLACE, background, "one")
    other.window(Rect(150, 150, 600, 500), BLUE, popup=True)
    await other.heard(xp.ExposeEvent)
    feed = share(window)
    for size in ((300, 200), (400, 300), (500, 350)):
        app.configure(window, width=size[0], height=size[1])
        picture = await shown(feed, lambda each, size=size: each.pixels.shape[1::-1] == size)  # type: ignore[misc]
        for _ in range(3):
            assert not has(picture, BLUE)
            picture = await feed.refresh()
    app.configure(window, x=140, y=140)
    await app.heard(xp.ConfigureNotifyEvent)
    assert not has(await feed.refresh(), BLUE)
    app.fill(window, Rect(450, 300, 20, 20), GREEN)
    picture = await shown(feed, lambda each: has(each, GREEN))
    assert not has(picture, BLUE)


async def test_what_was_on_the_screen_before_a_menu_is_never_in_it(share: Open, program: Program) -> None:
    """The X server fills a window that has no background with what was there."""
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    own = app.place(window)
    other.window(Rect(own.x + 20, own.y + 20, 200, 150), BLUE, popup=True)
    await other.heard(xp.ExposeEvent)
    menu = app.window(Rect(own.x + 50, own.y + 50, 100, 80), None, popup=True)
    first = await shown(feed, lambda each: not only(each, RED))
    assert only(first, RED, 0)
    app.fill(menu, Rect(0, 0, 50, 80), GREEN)
    assert not has(await shown(feed, lambda each: has(each, GREEN)), BLUE)


async def test_a_window_that_comes_and_goes_over_it_changes_nothing_in_it(share: Open, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    seen = 0

    async def watch() -> None:
        nonlocal seen
        while True:
            # The X server calls uncovered parts damaged, though nothing in them changed.
            assert only(await feed.next(), RED, GREEN)
            seen += 1

    watching = asyncio.ensure_future(watch())
    cover = other.window(Rect(50, 50, 500, 500), BLUE, popup=True)
    for x in range(60, 200, 10):
        other.configure(cover, x=x)
        other.x.core.GetInputFocus().reply()
        await asyncio.sleep(0)
    other.destroy(cover)
    app.fill(window, Rect(0, 0, 5, 5), GREEN)
    await until(lambda: seen or watching.done())
    assert not watching.done()
    watching.cancel()


async def test_minimised_it_waits_and_comes_back(share: Open, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    waiting = asyncio.ensure_future(feed.next())
    app.iconify(window)
    await until(lambda: feed.hidden)
    assert feed.to_root(0.5, 0.5) is None
    assert has(await feed.refresh(), RED)
    assert not waiting.done()
    app.show(window)
    picture = await asyncio.wait_for(waiting, 5)
    assert picture.damage is None
    assert not feed.hidden
    if not only(picture, RED):
        await shown(feed, lambda each: only(each, RED))


async def test_closed_it_is_gone(capture: X11Capture, share: Open, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await feed.next()
    app.destroy(window)
    with pytest.raises(Gone):
        await shown(feed, lambda _: False)
    with pytest.raises(Gone):
        share(window)


async def test_its_own_menu_and_dialog_are_in_it_cut_at_its_edges(share: Open, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    own = app.place(window)
    menu = app.window(Rect(own.x + 250, own.y + 20, 100, 60), GREEN, popup=True)
    picture = await shown(feed, lambda each: has(each, GREEN))
    assert colour(picture, 249, 30) == RED
    assert colour(picture, 250, 20) == GREEN
    assert colour(picture, 299, 79) == GREEN
    app.fill(menu, Rect(0, 0, 10, 10), YELLOW)
    picture = await shown(feed, lambda each: has(each, YELLOW))
    assert colour(picture, 259, 29) == YELLOW
    app.hide(menu)
    picture = await shown(feed, lambda each: not has(each, GREEN))
    assert only(picture, RED)
    app.show(menu)
    await shown(feed, lambda each: has(each, GREEN))
    app.destroy(menu)
    await shown(feed, lambda each: only(each, RED))
    await app.opened(Rect(own.x + 20, own.y + 60, 80, 50), YELLOW, "dialog", owner=window)
    await shown(feed, lambda each: has(each, YELLOW))


async def test_what_only_claims_to_belong_to_it_is_not_in_it(share: Open, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    second = await app.opened(Rect(150, 150, 100, 100), YELLOW, "two")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    own = app.place(window)
    other.window(Rect(own.x + 10, own.y + 10, 80, 50), BLUE, popup=True, owner=window)
    other.window(Rect(own.x + 100, own.y + 10, 80, 50), BLUE, "dialog", owner=window)
    app.window(Rect(own.x + 10, own.y + 100, 80, 50), YELLOW, popup=True, owner=second)
    await until(lambda: len(other.hear(xp.ExposeEvent)) >= 2)
    app.fill(window, Rect(0, 0, 5, 5), GREEN)
    picture = await shown(feed, lambda each: has(each, GREEN))
    assert only(picture, RED, GREEN)


async def test_the_cursor_is_in_it_only_where_a_click_would_reach_it(share: Open, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await shown(feed, lambda each: only(each, RED))
    own = app.place(window)
    app.x.core.WarpPointer(0, app.x.root, 0, 0, 0, 0, own.x + 50, own.y + 50)
    app.fill(window, Rect(200, 150, 5, 5), GREEN)
    test = app.x.extension(xcffib.xtest.key)
    test.FakeInput(6, 0, 0, app.x.root, own.x + 60, own.y + 60, 0)
    app.x.flush()
    await shown(feed, lambda each: not only(each, RED, GREEN))
    other.window(Rect(own.x, own.y, 200, 200), BLUE, popup=True)
    picture = await shown(feed, lambda each: only(each, RED, GREEN))
    assert picture.damage


async def test_a_terminal_and_a_tk_form(xserver: XServer, capture: X11Capture, share: Open, tk: None) -> None:
    xserver.run("xterm", "-geometry", "60x10+20+20", "-bg", "#123456", "-T", "Terminal", "-e", "cat")

    def titled(title: str) -> str | None:
        return next((each.id for each in capture.windows() if each.title == title), None)

    feed = share(int(await until(lambda: titled("Terminal"))))
    assert not has(await shown(feed, lambda each: has(each, 0x123456)), 0x204060)
    async with form(xserver):
        window = await until(lambda: titled("Form"))
        other = share(int(window))
        assert not has(await shown(other, lambda each: has(each, 0x204060)), 0x123456)


async def test_many_pictures_leave_no_memory_behind(share: Open, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    feed = share(window)
    await feed.next()
    for each in range(1, 41):
        app.configure(window, width=300 + 10 * (each % 7))
        await shown(feed, lambda picture, each=each: picture.pixels.shape[1] == 300 + 10 * (each % 7))  # type: ignore[misc]
    with open("/proc/self/maps") as maps:
        assert sum("SYSV" in line for line in maps) <= 8
