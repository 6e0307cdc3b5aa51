"""Input into one application only."""

import asyncio
import os
from collections.abc import Callable

import xcffib.xproto as xp

from rs_client.geometry import Rect
from rs_client.inject.x11 import X11Injector
from rs_client.x11.windows import OWN
from tests.support.xserver import BLUE, GREEN, RED, Application, until

Inject = Callable[..., X11Injector]
Program = Callable[[], Application]
PLACE = Rect(100, 100, 300, 200)


def clicks(app: Application) -> int:
    return len(app.hear(xp.ButtonPressEvent))


def keys(app: Application) -> int:
    return len(app.hear(xp.KeyPressEvent))


async def test_no_click_outside_of_the_application(inject: Inject, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    own = app.place(window)
    cover = other.window(Rect(own.x + 150, own.y, 400, 200), BLUE, popup=True)
    await other.heard(xp.ExposeEvent)
    hands = inject(str(window))
    assert hands.pointer(own.x + 10, own.y + 10)
    assert hands.button(1, True)
    assert hands.button(1, False)
    await until(lambda: clicks(app) == 1)
    # Under the other window; beside; on the frame's title bar.
    for x, y in ((own.x + 160, own.y + 10), (own.x - 60, own.y + 10), (own.x + 20, own.y - 5)):
        assert not hands.pointer(x, y)
        assert app.pointer() == (own.x + 10, own.y + 10)
    # The pointer was moved onto the other window by somebody else, or the window came under the pointer.
    app.x.core.WarpPointer(0, app.x.root, 0, 0, 0, 0, own.x + 200, own.y + 50)
    app.x.flush()
    await until(lambda: app.pointer() == (own.x + 200, own.y + 50))
    assert not hands.button(1, True)
    assert not hands.wheel(0, 1)
    assert hands.pointer(own.x + 10, own.y + 10)
    other.configure(cover, x=own.x - 20, stack_mode=0)
    other.x.core.GetInputFocus().reply()
    assert not hands.button(1, True)
    assert clicks(other) == 0
    assert clicks(app) == 1


async def test_the_other_window_may_come_at_any_moment(inject: Inject, program: Program) -> None:
    """Looking and clicking are one step: a window that flickers over the place gets none of a thousand clicks.

    Without a window manager in between: one that holds clicks back to give the focus first lets them go later."""
    app, other = program(), program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    own = app.place(window)
    cover = other.window(Rect(own.x, own.y, 100, 100), BLUE, popup=True)
    hands = inject(str(window))

    async def flicker() -> None:
        while True:
            for away in (True, False):
                other.configure(cover, x=own.x + (600 if away else 0))
                await asyncio.sleep(0)

    flickering = asyncio.ensure_future(flicker())
    applied = 0
    for _ in range(1000):
        hands.pointer(own.x + 50, own.y + 50)
        applied += hands.button(1, True)
        hands.button(1, False)
        await asyncio.sleep(0)
    flickering.cancel()
    assert clicks(other) == 0
    assert 0 < clicks(app) == applied


async def test_its_own_menu_and_dialog_may_be_clicked(inject: Inject, program: Program) -> None:
    app = program()
    window = await app.opened(PLACE, RED, "one")
    own = app.place(window)
    menu = app.window(Rect(own.x + 250, own.y + 50, 200, 100), GREEN, popup=True)
    await app.heard(xp.ExposeEvent, 0)
    hands = inject(str(window))
    await until(lambda: hands.pointer(own.x + 400, own.y + 100))
    assert hands.button(1, True)
    assert hands.button(1, False)
    assert [each.event for each in app.hear(xp.ButtonPressEvent)] == [menu]


async def test_a_drag_that_leaves_ends_inside(inject: Inject, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    own = app.place(window)
    other.window(Rect(own.x + 350, own.y, 100, 100), BLUE, popup=True)
    hands = inject(str(window))
    await until(lambda: hands.pointer(own.x + 50, own.y + 50))
    assert hands.button(1, True)
    assert not hands.pointer(own.x + 380, own.y + 50)
    assert hands.button(1, False)
    (release,) = await app.heard(xp.ButtonReleaseEvent)
    assert (release.root_x, release.root_y) == (own.x + 50, own.y + 50)
    assert not other.hear(xp.ButtonReleaseEvent)


async def test_keys_go_only_while_it_has_the_focus(inject: Inject, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    hands = inject(str(window))
    app.focus(window)
    assert await hands.text("aé")
    assert keys(app) == 2
    second = await other.opened(Rect(500, 100, 200, 200), BLUE, "two")
    other.focus(second)
    other.x.core.GetInputFocus().reply()
    assert not await hands.key("b", True)
    assert not await hands.text("secret")
    assert keys(other) == 0
    app.focus(window)
    app.x.core.GetInputFocus().reply()
    assert await hands.key("b", True)
    assert await hands.key("b", False)
    assert keys(app) == 3


async def test_a_closed_application_gets_nothing(inject: Inject, program: Program) -> None:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    own = app.place(window)
    hands = inject(str(window))
    assert hands.pointer(own.x + 10, own.y + 10)
    other.window(Rect(0, 0, 1000, 700), BLUE, popup=True)
    app.destroy(window)
    app.x.core.GetInputFocus().reply()
    assert not hands.button(1, True)
    assert not await hands.key("a", True)
    assert clicks(other) == 0


async def test_confined_to_a_monitor(inject: Inject, program: Program) -> None:
    app = program()
    left = app.window(Rect(100, 100, 100, 100), RED, popup=True)
    right = app.window(Rect(900, 100, 100, 100), BLUE, popup=True)
    await until(lambda: len(app.hear(xp.ExposeEvent)) == 2)
    hands = inject(Rect(640, 0, 640, 800))
    assert not hands.pointer(150, 150)
    assert hands.pointer(950, 150)
    app.focus(left)
    app.x.core.GetInputFocus().reply()
    assert not await hands.key("a", True)
    app.focus(right)
    app.x.core.GetInputFocus().reply()
    assert await hands.key("a", True)
    hands.release()


async def test_windows_of_our_own_are_not_controlled(inject: Inject, program: Program) -> None:
    """Who controls the desktop does not answer the questions that its user is asked."""
    app = program()
    window = await app.opened(PLACE, RED, "May they?")
    app.claim(window, os.getpid())
    own = app.place(window)
    app.focus(window)
    app.x.core.GetInputFocus().reply()
    hands = inject()
    assert hands.pointer(own.x + 50, own.y + 50)
    assert not hands.button(1, True)
    assert not hands.wheel(0, 1)
    assert not await hands.key("Enter", True)
    assert not await hands.text("y")
    assert not clicks(app)
    assert not keys(app)
    app.claim(window, 1)
    app.x.core.GetInputFocus().reply()
    assert await hands.key("Enter", True)
    hands.release()
    # Of another process of the client, which says so by a property of its own.
    app._set(window, OWN, 6, 32, (1).to_bytes(4, "little"))
    app.x.core.GetInputFocus().reply()
    so_far = keys(app)
    assert not await hands.key("Enter", True)
    assert not hands.button(1, True)
    assert keys(app) == so_far
