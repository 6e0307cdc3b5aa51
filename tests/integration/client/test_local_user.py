"""The person at the machine comes first, and what is left when the injector or the display ends."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, cast

import pytest
import xcffib.xproto as xp

from rs_client.control import Controller
from rs_client.core.hands import Hands
from rs_client.core.rights import Rights
from rs_client.errors import Gone
from rs_client.geometry import Rect
from rs_client.inject import x11_local
from rs_client.inject.x11 import X11Injector
from rs_client.inject.x11_stop import X11StopKeys
from rs_client.share import Shared, Target
from rs_client.x11.display import RAW_MOTION, Display, Raw
from rs_server.protocol.desktop import Picture
from tests.support.person import Person
from tests.support.xserver import RED, Application, XServer, child, until

Inject = Callable[..., X11Injector]
Program = Callable[[], Application]
PLACE = Rect(100, 100, 300, 200)


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


async def test_the_stop_keys_work_while_the_agent_holds_and_lets_go_of_the_same(
    inject: Inject, program: Program
) -> None:
    app = program()
    hands = inject()
    stops: list[int] = []
    hands.hotkey(lambda: stops.append(1))
    person = Person(app)
    control, shift, f12 = (person.code(each) for each in (0xFFE3, 0xFFE1, 0xFFC9))
    assert await hands.key("Shift", True)
    person.key(shift, True)
    person.key(control, True)
    # With this it is known, and Shift of the agent's is let go.
    assert not await hands.key("a", True)
    person.key(f12, True)
    for code in (f12, control, shift):
        person.key(code, False)
    await until(lambda: stops)
    assert stops == [1]


async def test_the_stop_keys_work_while_nobody_may_touch_anything(xserver: XServer, program: Program) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    stops: list[int] = []
    keys = X11StopKeys(lambda: stops.append(1), xserver.display)
    person = Person(app)
    combination = [person.code(each) for each in (0xFFE3, 0xFFE1, 0xFFC9)]

    def press() -> None:
        for code in combination:
            person.key(code, True)
        for code in reversed(combination):
            person.key(code, False)

    press()
    await until(lambda: stops)
    assert combination[2] not in {each.detail for each in app.hear(xp.KeyPressEvent)}
    keys.close()
    keys.close()
    press()
    await until(lambda: combination[2] in {each.detail for each in app.hear(xp.KeyPressEvent)})
    assert stops == [1]


def _reached(stops: list[int], count: int) -> bool:
    return len(stops) == count


@pytest.fixture
def control(xserver: XServer, stops: list[int]) -> Iterator[Controller]:
    made = Controller(
        Hands(Rights()),
        lambda confined: X11Injector(confined, xserver.display),
        lambda stop: X11StopKeys(stop, xserver.display),
        lambda: stops.append(1),
    )
    yield made
    made.show(None)
    made.guard(False)


@pytest.fixture
def stops() -> list[int]:
    return []


def _shared(number: int | None) -> Shared | None:
    if number is None:
        return None
    picture = Picture(number=number, kind="desktop", name="", width=10, height=10)
    return Shared(picture, Target("desktop", "all"), cast(Any, None), None)


async def test_the_stop_keys_stay_ours_when_a_picture_begins_and_ends(
    control: Controller, stops: list[int], program: Program
) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    person = Person(app)
    f12 = person.code(0xFFC9)
    control.guard(True)
    for number in (1, None, 2, 3):
        control.show(_shared(number))
        before = len(stops)
        person.stop_keys()
        await until(partial(_reached, stops, before + 1))
        assert f12 not in {each.detail for each in app.hear(xp.KeyPressEvent)}
    control.show(None)
    control.guard(False)
    assert control.keys == ""
    person.stop_keys()
    await until(lambda: f12 in {each.detail for each in app.hear(xp.KeyPressEvent)}, f"the keys come: {app.events}")
    assert len(stops) == 4


async def test_stop_keys_pressed_just_before_they_are_handed_over(
    control: Controller, stops: list[int], program: Program
) -> None:
    person = Person(program())
    control.guard(True)
    for count, number in enumerate((1, None, 2, 3, None), 1):
        person.stop_keys()
        # The loop has not run since: nobody has heard of them yet.
        control.show(_shared(number))
        assert len(stops) == count


async def test_who_closes_has_given_the_stop_keys_back(
    control: Controller, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not when the server happens to notice that the connection ended."""
    app = program()
    f12 = Person(app).code(0xFFC9)
    mask = xp.ModMask.Control | xp.ModMask.Shift

    def taken() -> bool:
        mode = xp.GrabMode.Async
        try:
            app.x.core.GrabKeyChecked(False, app.x.root, mask, f12, mode, mode).check()
        except xp.AccessError:
            return True
        app.x.core.UngrabKeyChecked(f12, app.x.root, mask).check()
        return False

    kept: list[Display] = []

    def keep(display: Display) -> None:
        display.unwatch()
        kept.append(display)

    monkeypatch.setattr(Display, "close", keep)
    for picture in (None, 1):
        assert not taken()
        control.guard(True)
        control.show(_shared(picture))
        assert taken()
        control.show(None)
        control.guard(False)
        assert not taken()
    monkeypatch.undo()
    for each in kept:
        each.close()


async def test_a_hand_moves_the_mouse_more_than_once(xserver: XServer) -> None:
    display = Display(xserver.display)
    ids = {name: device for device, name in display.devices().items()}
    person = x11_local.LocalUser(display)
    for _ in range(10):
        assert not person.saw(Raw(RAW_MOTION, 0, ids["Virtual core XTEST pointer"], 0))
    assert not person.saw(Raw(RAW_MOTION, 0, ids["Xvfb mouse"], 0))
    assert not person.saw(Raw(RAW_MOTION, 0, ids["Xvfb mouse"], 0))
    assert person.saw(Raw(RAW_MOTION, 0, ids["Xvfb mouse"], 0))
    assert person.busy
    display.close()


async def test_input_into_a_display_that_ended(tmp_path_factory: pytest.TempPathFactory, xserver: XServer) -> None:
    other = XServer(tmp_path_factory.mktemp("brief"))
    other.start()
    try:
        hands = X11Injector(None, other.display)
        assert await hands.key("Shift", True)
    finally:
        other.stop()
    with pytest.raises(Gone):
        hands.pointer(1, 1)
    hands.release()
    hands.close()
    with pytest.raises(Gone):
        await hands.text("a")


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
