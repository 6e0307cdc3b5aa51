"""Pointer and keyboard, into real programs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import xcffib.xproto as xp

from rs_client.geometry import Rect
from rs_client.inject import x11 as inject_x11
from rs_client.inject.base import MAX_NOTCHES, MAX_TEXT
from rs_client.inject.x11 import X11Injector
from tests.support.xserver import RED, Application, Form, XServer, form, until

Inject = Callable[..., X11Injector]
Program = Callable[[], Application]
TEXT = "déjà vu – ñandú, 10 € ÆØÅ łódź Привет 漢字かな 한글 😀👍🏽 ‘x’"
PLACE = Rect(100, 100, 300, 200)


@pytest.fixture
async def tk_form(xserver: XServer, tk: None) -> AsyncIterator[Form]:
    async with form(xserver) as opened:
        yield opened


def middle(form: Form, name: str) -> tuple[int, int]:
    x, y, width, height = form.last("ready")[name]
    return x + width // 2, y + height // 2


async def test_any_text_arrives_in_a_tk_form(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    assert await hands.text(TEXT)
    await tk_form.has("entry", TEXT)


async def test_any_text_arrives_in_a_terminal(
    xserver: XServer, inject: Inject, program: Program, tmp_path: Path
) -> None:
    out = tmp_path / "typed"
    app = program()
    xserver.run("xterm", "-u8", "-T", "Typed", "-e", f"cat > {out}")
    await until(lambda: b"Typed" in app.x.property(app.x.core.GetInputFocus().reply().focus, "WM_NAME")[1])
    await until(out.exists)
    hands = inject()
    assert await hands.text(TEXT + "\n")
    assert await hands.text("second line\r\nthird\tone\n")
    await until(lambda: out.read_text().count("\n") == 3)
    assert out.read_text() == f"{TEXT}\nsecond line\nthird\tone\n"


async def test_more_characters_than_there_are_spare_keys(inject: Inject, tk_form: Form) -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 120)))
    assert await inject().text(text)
    await tk_form.has("entry", text)


async def test_capital_letters_are_right_under_caps_lock(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    await hands.key("CapsLock", True)
    await hands.key("CapsLock", False)
    try:
        assert await hands.text("aBé")
        await tk_form.has("entry", "aBé")
    finally:
        await hands.key("CapsLock", True)
        await hands.key("CapsLock", False)


async def test_keys_as_a_browser_names_them(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    # What another layout makes with Shift may be plain here, and the other way.
    for key, code, shift in (
        ("A", "KeyA", True),
        ("1", "Digit1", True),
        ("!", "Slash", False),
        ("é", "Digit2", False),
        ("漢", "", False),
    ):
        if shift:
            assert await hands.key("Shift", True, "ShiftLeft")
        assert await hands.key(key, True, code)
        await hands.key(key.swapcase(), False, code)
        if shift:
            await hands.key("Shift", False, "ShiftLeft")
    await tk_form.has("entry", "A1!é漢")
    for key in ("Home", "Delete", "End", "Backspace", "ArrowLeft"):
        assert await hands.key(key, True)
        assert await hands.key(key, False)
    await tk_form.has("entry", "1!é")
    assert not await hands.key("NoSuchKey", True)
    assert not await hands.key("", True)


async def test_altgr_of_windows_is_no_shortcut(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    await hands.key("Control", True)
    await hands.key("AltGraph", True)
    await hands.key("€", True, "KeyE")
    await hands.key("€", False, "KeyE")
    await hands.key("AltGraph", False)
    await hands.key("Control", False)
    await tk_form.has("entry", "€")


async def test_shortcuts(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    for keys, said in (
        (("Control", "Shift", "T"), "Control+Shift+T"),
        (("Control", "s"), "Control+s"),
        (("F5",), "F5"),
        (("Alt", "ArrowLeft"), "Alt+ArrowLeft"),
    ):
        for key in keys:
            assert await hands.key(key, True)
        for key in reversed(keys):
            assert await hands.key(key, False)
        await tk_form.has("shortcut", said)
    assert tk_form.last("entry") is None
    # A Cyrillic layout there, a Latin one here.
    await hands.key("Shift", True)
    assert await hands.key("A", True)
    await hands.key("A", False)
    await hands.key("Shift", False)
    await tk_form.has("entry", "A")
    await hands.key("Control", True)
    assert await hands.key("ы", True, "KeyS")
    assert not await hands.key("漢", True, "")
    hands.release()
    await until(lambda: sum(each.get("shortcut") == "Control+s" for each in tk_form.said) == 2)


async def test_clicks_drag_and_wheel(inject: Inject, tk_form: Form) -> None:
    hands = inject()
    assert hands.pointer(*middle(tk_form, "button"))
    for count in (1, 2):
        assert hands.button(1, True)
        assert hands.button(1, False)
        await tk_form.has("clicks", count)
    x, y = tk_form.last("ready")["canvas"][:2]
    hands.pointer(x + 20, y + 30)
    hands.button(1, True)
    for step in range(1, 11):
        hands.pointer(x + 20 + 10 * step, y + 30 + 5 * step)
    hands.button(1, False)
    await tk_form.has("drag", [20, 30, 120, 80])
    assert hands.wheel(0, 3)
    assert hands.wheel(0, -1)
    await tk_form.has("wheel", 2)
    hands.wheel(0, 10_000)
    await tk_form.has("wheel", 2 + MAX_NOTCHES)
    hands.button(3, True)
    hands.button(3, False)
    await tk_form.has("menu", "open")
    await hands.key("ArrowDown", True)
    await hands.key("ArrowDown", False)
    await hands.key("Enter", True)
    await hands.key("Enter", False)
    await tk_form.has("menu", "chosen")


async def test_both_monitors_are_reached(inject: Inject, program: Program) -> None:
    app = program()
    for x in (100, 900):
        app.window(Rect(x, 100, 100, 100), RED, popup=True)
    hands = inject()
    for x in (150, 950):
        assert hands.pointer(x, 150)
        assert app.pointer() == (x, 150)
        hands.button(1, True)
        hands.button(1, False)
    presses = await until(lambda: len(found := app.hear(xp.ButtonPressEvent)) == 2 and found)
    assert [each.root_x for each in presses] == [150, 950]


async def test_release_leaves_nothing_pressed(inject: Inject, program: Program) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    hands = inject()
    hands.pointer(200, 200)
    for key in ("漢", "Shift", "Control", "Alt", "F5", "q"):
        assert await hands.key(key, True)
    for number in (1, 3):
        assert hands.button(number, True)
    assert len(app.pressed()[0]) == 6
    assert app.pressed()[1]
    hands.release()
    hands.release()
    assert app.pressed()[0] == set()
    # The window manager holds clicks up while it gives the focus.
    await until(lambda: app.pressed()[1] == 0, "lifted")


async def test_a_key_that_is_held_too_long_is_lifted(
    inject: Inject, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inject_x11, "HOLD", 0.2)
    app = program()
    hands = inject()
    await hands.key("Shift", True)
    await hands.key("F9", True)
    assert len(app.pressed()[0]) == 2
    await until(lambda: len(app.pressed()[0]) == 1)
    hands.release()


async def test_what_waited_is_not_applied_after_release(inject: Inject, program: Program) -> None:
    """The queue is the caller's. An input that was called has arrived when the call returns."""
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    hands = inject()
    queue = ["a"] * 1000
    allowed = True
    while queue and allowed:
        assert await hands.key(queue.pop(), True)
        assert await hands.key("a", False)
        if len(queue) == 600:
            hands.release()
            allowed = False
    assert len(app.hear(xp.KeyPressEvent)) == 400
    assert len(app.hear(xp.KeyReleaseEvent)) == 400


async def test_text_under_way_ends_with_release(inject: Inject, program: Program) -> None:
    app = program()
    window = app.window(PLACE, RED, popup=True)
    await app.heard(xp.ExposeEvent)
    app.focus(window)
    hands = inject()
    typing = asyncio.ensure_future(hands.text("a" * 1000))
    await until(lambda: app.hear(xp.KeyPressEvent))
    hands.release()
    typed = len(app.hear(xp.KeyPressEvent))
    assert await typing is False
    assert 0 < typed < 1000
    assert len(app.hear(xp.KeyPressEvent)) == typed
    assert app.pressed() == (set(), 0)


async def test_bounds(inject: Inject) -> None:
    hands = inject()
    with pytest.raises(ValueError, match="button"):
        hands.button(4, True)
    with pytest.raises(ValueError, match="long"):
        await hands.text("x" * (MAX_TEXT + 1))
    assert await hands.text("\x00\x1b\ud800")


async def test_borrowed_keys_are_given_back(inject: Inject, program: Program) -> None:
    app = program()
    first, count = app.x.setup.min_keycode, app.x.setup.max_keycode - app.x.setup.min_keycode + 1

    def mapping() -> list[int]:
        return list(app.x.core.GetKeyboardMapping(first, count).reply().keysyms)

    before = set(mapping())
    hands = inject()
    await hands.text("漢")
    assert 0x1000000 | ord("漢") in mapping()
    hands.close()
    hands.close()
    assert set(mapping()) == before
