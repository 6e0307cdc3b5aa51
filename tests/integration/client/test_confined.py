"""Input into one application only, and the person at the machine first."""

import asyncio
import signal
from collections.abc import Callable

import pytest
import xcffib.xproto as xp
import xcffib.xtest

from rs_client.geometry import Rect
from rs_client.inject import x11_local
from rs_client.inject.x11 import X11Injector
from tests.support.xserver import BLUE, GREEN, RED, Application, XServer, child, until

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


class Person:
    """Somebody at a device that is not XTest's: events of the server's own keyboard and mouse (XTest 2.2, section 5,
    extension devices)."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self._test = app.x.extension(xcffib.xtest.key)
        devices = {name: device for device, name in app.x.devices().items()}
        self._keyboard, self._mouse = devices["Xvfb keyboard"], devices["Xvfb mouse"]
        name = "XInputExtension"
        self._first = app.x.core.QueryExtension(len(name), name).reply().first_event

    def key(self, code: int, down: bool) -> None:
        self._test.FakeInputChecked(self._first + (1 if down else 2), code, 0, 0, 0, 0, self._keyboard).check()

    def click(self) -> None:
        for kind in (3, 4):
            self._test.FakeInputChecked(self._first + kind, 1, 0, 0, 0, 0, self._mouse).check()

    def code(self, symbol: int) -> int:
        first = self.app.x.setup.min_keycode
        found = self.app.x.core.GetKeyboardMapping(first, self.app.x.setup.max_keycode - first + 1).reply()
        return int(first + list(found.keysyms).index(symbol) // found.keysyms_per_keycode)


@pytest.mark.parametrize("how", ["key", "click"])
async def test_the_local_user_wins(inject: Inject, program: Program, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(x11_local, "GRACE", 0.5)
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    person = Person(app)
    hands = inject()
    assert hands.pointer(200, 200)
    assert await hands.key("Control", True)
    assert hands.button(1, True)
    came = asyncio.ensure_future(hands.local_input())
    await asyncio.sleep(0)
    assert not came.done()
    if how == "key":
        f9 = person.code(0xFFC6)
        person.key(f9, True)
        person.key(f9, False)
    else:
        person.click()
    # What the injector knows when it is asked next, without the loop having run.
    assert not hands.pointer(210, 210)
    assert not hands.button(3, True)
    assert not await hands.key("a", True)
    assert not await hands.text("a")
    assert app.pressed() == (set(), 0)
    await asyncio.wait_for(came, 5)
    await until(lambda: hands.pointer(210, 210))


async def test_our_own_input_is_not_taken_for_the_local_users(inject: Inject, program: Program) -> None:
    hands, again = inject(), inject()
    for each in range(20):
        assert hands.pointer(200 + each, 200)
        assert again.pointer(300 + each, 200)
        assert await hands.key("F9", True)
        assert await hands.key("F9", False)


async def test_the_stop_keys_work_whatever_has_the_keyboard(inject: Inject, program: Program) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    hands = inject()
    stops: list[int] = []
    hands.hotkey(lambda: stops.append(1))
    person = Person(app)
    combination = [person.code(each) for each in (0xFFE3, 0xFFE1, 0xFFC9)]

    async def press(expected: int) -> None:
        for code in combination:
            person.key(code, True)
        for code in reversed(combination):
            person.key(code, False)
        await until(lambda: len(stops) == expected)

    app.focus(window)
    await press(1)
    f12 = combination[2]
    assert f12 not in {each.detail for each in app.hear(xp.KeyPressEvent)}
    grabbed = app.x.core.GrabKeyboard(True, window, xp.Time.CurrentTime, xp.GrabMode.Async, xp.GrabMode.Async).reply()
    assert grabbed.status == xp.GrabStatus.Success
    await press(2)
    app.x.core.UngrabKeyboard(xp.Time.CurrentTime)
    app.x.flush()
    # F12 alone is none.
    person.key(f12, True)
    person.key(f12, False)
    await press(3)
    assert len(stops) == 3


async def test_nothing_stays_pressed_when_the_process_is_killed(xserver: XServer, program: Program) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    first, count = app.x.setup.min_keycode, app.x.setup.max_keycode - app.x.setup.min_keycode + 1

    def mapping() -> set[int]:
        return set(app.x.core.GetKeyboardMapping(first, count).reply().keysyms)

    before = mapping()
    script = """
import asyncio
from rs_client.inject.x11 import X11Injector
async def main():
    hands = X11Injector()
    hands.pointer(200, 200)
    for key in ("漢", "Shift", "Control", "q"):
        assert await hands.key(key, True)
    assert hands.button(1, True)
    print("pressed", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    process = child(xserver, script)
    assert process.stdout is not None
    with process.stdout as pipe:
        assert await asyncio.to_thread(pipe.readline) == b"pressed\n"
    assert app.pressed()[0]
    assert app.pressed()[1]
    process.send_signal(signal.SIGKILL)
    process.wait(5)
    await until(lambda: app.pressed() == (set(), 0) and mapping() == before, "lifted")
