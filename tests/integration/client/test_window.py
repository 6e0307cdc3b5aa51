"""The client's window, used as a person does: by keyboard and mouse."""

import asyncio
import contextlib
import sys
import tkinter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from rs_client.capture import Picture, Window
from rs_client.capture.x11 import X11Capture
from rs_client.consent_ui.tk import TkSurface
from rs_client.consent_ui.tk_parts import Button
from rs_client.core.shown import Question, Shown, Viewer
from rs_client.geometry import Rect
from rs_client.inject.x11 import X11Injector
from rs_client.texts import Texts
from rs_client.x11 import own
from rs_client.x11.windows import OWN, Windows
from rs_server.protocol.consent import Capability
from rs_server.protocol.desktop import ShareKind
from tests.support import xserver as xs
from tests.support.client import Refused
from tests.support.client_program import Native, native
from tests.support.native_call import Call
from tests.support.xserver import Application, XServer, until

WORDS = {
    "desktop_view": "see your desktop?",
    "desktop_control": "control your desktop?",
    "clipboard_in": "put text into your clipboard?",
}
Inject = Callable[..., X11Injector]


class Hands:
    """A person at the customer's machine."""

    def __init__(self, app: Application, hands: X11Injector) -> None:
        self.app, self.hands = app, hands

    def window(self) -> int:
        """The client's; 0 when there is none."""
        x = self.app.x
        found = x.numbers(x.root, "_NET_CLIENT_LIST")
        return next((each for each in found if x.property(each, "WM_CLASS")[1].endswith(b"\0Deskside\0")), 0)

    def title(self) -> str:
        return self.app.x.property(self.window(), "_NET_WM_NAME")[1].decode()

    async def turn_to(self) -> None:
        """As Alt and Tab do."""
        window = await until(self.window, "the window")
        self.app.focus(window)

    async def reads(self, title: str) -> None:
        await until(lambda: self.window() and title in self.title(), title)

    async def keys(self, *names: str) -> None:
        for name in names:
            await self.hands.key(name, True)
            await self.hands.key(name, False)

    async def click(self, *, right: bool, until: Callable[[], Any]) -> None:
        """The button at the bottom on that side, until it worked."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(30):
                while not until():
                    window = self.window()
                    if not window:
                        return
                    place = self.app.place(window)
                    self.hands.pointer(place.x + (place.width - 60 if right else 60), place.y + place.height - 45)
                    self.hands.button(1, True)
                    self.hands.button(1, False)
                    await asyncio.sleep(0.2)
        await xs.until(until, f"an effect of a click in {self.title()!r}")


@pytest.fixture
async def hands(program: Callable[[], Application], inject: Inject, monkeypatch: pytest.MonkeyPatch) -> Hands:
    # These are the person's own, who reach everything.
    monkeypatch.setattr(Windows, "_is_ours", lambda *_: False)
    return Hands(program(), inject())


@pytest.fixture
async def client(xserver: XServer, call: Call, hands: Hands, tmp_path: Path) -> AsyncIterator[Native]:
    """It has joined."""
    async with contextlib.AsyncExitStack() as stack:
        running = await stack.enter_async_context(native(tmp_path, xserver.env, call.link))
        await hands.reads("Acme Tools")
        await hands.click(right=True, until=lambda: state(call) == "live")
        await hands.reads("Who sees this computer")
        yield running


def state(call: Call) -> Any:
    return call.agent.view(call.session).get("session", {}).get("state")


async def question(call: Call, capability: str, *, allow: bool, hands: Hands) -> None:
    before = len(call.grants(capability, "granted")), len(call.grants(capability, "refused"))
    await call.ask(capability)
    await hands.reads(WORDS[capability])
    done = "granted" if allow else "refused"
    await hands.click(right=allow, until=lambda: len(call.grants(capability, done)) > before[0 if allow else 1])


async def test_questions_and_on_top_of_all(call: Call, client: Native, hands: Hands, capture: X11Capture) -> None:
    await question(call, "desktop_view", allow=False, hands=hands)
    assert call.agent.bodies("desktop.shared") == []
    await question(call, "desktop_view", allow=True, hands=hands)
    await call.shown()
    window = hands.window()
    place = hands.app.place(window)
    cover = await hands.app.opened(Rect(place.x, place.y, place.width, place.height), xs.RED, "Cover")
    x = hands.app.x

    def highest() -> bool:
        stack = x.numbers(x.root, "_NET_CLIENT_LIST_STACKING")
        return stack.index(window) > stack.index(cover)

    await until(highest, "it is on top")
    feed = capture.open_screen("all", 100)

    def seen(picture: Picture) -> bool:
        """Nothing of the cover inside of the window, and the cover beside it."""
        inside = picture.pixels[place.y : place.y + place.height, place.x : place.x + place.width]
        return not xs.has(picture._replace(pixels=inside), xs.RED) and xs.has(picture, xs.RED)

    hands.app.configure(cover, width=place.width + 60)
    await xs.shown(feed, seen)
    feed.close()


async def test_who_controls_cannot_reach_the_window(call: Call, client: Native, hands: Hands) -> None:
    await question(call, "desktop_view", allow=True, hands=hands)
    await question(call, "desktop_control", allow=True, hands=hands)
    await call.agent.do("desktop.choose", call.session, giver=call.customer, monitor="all")
    picture = await call.shown("all")
    await hands.reads("Who sees this computer")
    place = hands.app.place(hands.window())
    spots = [
        {"x": (place.x + x) / xs.WIDTH, "y": (place.y + y) / xs.HEIGHT, "button": 1}
        for x in range(10, place.width, 25)
        for y in range(10, place.height, 20)
    ]
    for spot in spots:
        events = [{"op": "button", "down": down, **spot} for down in (True, False)]
        await call.input(picture["number"], *events)
    await hands.turn_to()
    for key in ("Tab", " ", "Enter", "Escape", "Escape"):
        events = [{"op": "key", "key": key, "down": down} for down in (True, False)]
        await call.input(picture["number"], *events)
    # Whatever was done has been done when the pointer is at a place of its own.
    await call.input(picture["number"], {"op": "move", "x": 0.0, "y": 0.5})
    await until(lambda: hands.app.pointer() == (0, xs.HEIGHT // 2), "the last input")
    for capability in ("desktop_view", "desktop_control"):
        assert call.grants(capability, "granted"), capability
    assert client.process.returncode is None
    # And while something is asked nothing comes near it.
    await call.ask("clipboard_in")
    await hands.reads(WORDS["clipboard_in"])
    with pytest.raises(Refused, match="conflict"):
        await call.input(picture["number"], {"op": "key", "key": "Enter", "down": True})
    assert call.grants("clipboard_in", "asked")


@pytest.mark.parametrize("how", ["escape", "everywhere", "close"])
async def test_stop(xserver: XServer, call: Call, client: Native, hands: Hands, how: str) -> None:
    await question(call, "desktop_view", allow=True, hands=hands)
    await call.shown()
    if how == "escape":
        await hands.turn_to()
        await hands.keys("Escape", "Escape")
    elif how == "everywhere":
        other = await hands.app.opened(Rect(30, 300, 200, 200), xs.BLUE, "Other")
        hands.app.focus(other)
        for key in ("Control", "Shift", "F12"):
            await hands.hands.key(key, True)
        hands.hands.release()
    else:
        await hands.turn_to()
        await hands.hands.key("Alt", True)
        await hands.keys("F4")
        hands.hands.release()
    await call.grant("desktop_view", "withdrawn")
    await call.hidden()


async def test_the_window_is_closed_at_the_meeting(xserver: XServer, call: Call, hands: Hands, tmp_path: Path) -> None:
    async with native(tmp_path, xserver.env, call.link) as client:
        await hands.reads("Acme Tools")
        await hands.click(right=False, until=lambda: client.process.returncode is not None or not hands.window())
        assert await client.ends() == 0
    assert state(call) == "inviting"


# Nothing is collected but when it says so, and then in a thread.
COLLECTED = """
import asyncio, gc, threading
from rs_client.consent_ui.tk import TkSurface
from rs_client.consent_ui.tk_pages import question_page
from rs_client.core.shown import Question
from rs_client.texts import Texts

async def main():
    surface = TkSurface(Texts("en"))
    for capability in ("folders", "desktop_view"):
        asked = asyncio.create_task(surface.ask(Question("g", capability, "Anna", "ACME"), 0))
        await asyncio.sleep(0)
        surface._root.update()
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    await asyncio.to_thread(gc.collect)
    surface.close()

gc.disable()
asyncio.run(main())
thread = threading.Thread(target=gc.collect)
thread.start()
thread.join()
"""


async def test_what_is_left_of_a_window_is_collected_in_any_thread(xserver: XServer, tk: None) -> None:
    """Tcl would end the program, and tkinter hold the thread up and complain."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", COLLECTED, env=dict(xserver.env), stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(process.communicate(), 60)
    assert (process.returncode, said.decode()) == (0, "")


@pytest.fixture
async def surface(xserver: XServer, tk: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TkSurface]:
    monkeypatch.setenv("DISPLAY", xserver.display)
    opened = TkSurface(Texts("en"))
    yield opened
    opened.close()


async def focused(surface: TkSurface, text: str) -> Button:
    def found() -> Any:
        widget = surface._root.focus_get()
        return widget if isinstance(widget, Button) and widget.text == text else None

    return cast(Button, await until(found, f"the focus on {text}"))


@pytest.mark.parametrize("allow", [True, False])
async def test_a_question_is_answered_by_keyboard_and_never_by_who_was_typing(surface: TkSurface, allow: bool) -> None:
    surface._root.focus_force()
    asking = asyncio.create_task(surface.ask(Question("g", "desktop_view", "Anna", "ACME"), 0))
    button = await focused(surface, "Not now")
    assert not button.enabled
    button.event_generate("<Return>")
    button.event_generate("<space>")
    await until(lambda: button.enabled, "it can be answered")
    assert not asking.done()
    if allow:
        other = button.tk_focusNext()
        assert other is not None
        other.focus_set()
        button = await focused(surface, "Allow")
    button.event_generate("<Return>")
    assert (await asyncio.wait_for(asking, 10)).allow is allow


async def test_no_window_can_be_shown_before_it_is_chosen(surface: TkSurface) -> None:
    windows = [Window("1", "Accounts", "Sheets")]
    surface.begin(Nothing(), lambda: windows)
    asking = asyncio.create_task(surface.ask(Question("g", "application_view", "Anna", "ACME"), 0))
    button = await focused(surface, "Not now")
    await until(lambda: button.enabled, "it can be answered")
    following = [button.tk_focusNext()]
    assert isinstance(following[0], Button)
    assert (following[0].text, following[0].enabled) == ("Allow", False)
    following[0].event_generate("<Return>")
    await asyncio.sleep(0)
    assert not asking.done()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


def seen(surface: TkSurface) -> None:
    """Somebody sees the desktop."""
    surface.begin(Nothing(), lambda: [])
    viewers = (Viewer("a", "Anna", True, False, False),)
    surface.show(Shown("ACME", "connected", ("Anna",), "desktop", "", False, viewers, False))


def place(surface: TkSurface) -> Rect:
    root = surface._root
    return Rect(root.winfo_x(), root.winfo_y(), root.winfo_width(), root.winfo_height())


async def test_it_stands_on_every_desktop_and_says_that_it_is_ours(surface: TkSurface, program: Any) -> None:
    app: Application = program()
    seen(surface)
    window = await until(lambda: Hands(app, cast(Any, None)).window(), "the window")
    await until(lambda: app.x.numbers(window, "_NET_WM_DESKTOP") == [0xFFFFFFFF], "on every desktop")
    await until(lambda: app.x.numbers(window, OWN), "ours")
    assert surface.protected
    # What Tk opens by itself, such as a dialog, as well.
    dialog = tkinter.Toplevel(surface._root)
    inside = await until(lambda: dialog.winfo_ismapped() and dialog.winfo_id(), "the dialog")
    await until(lambda: app.x.numbers(inside, OWN), "the dialog is ours")
    dialog.destroy()


async def test_it_is_not_left_where_no_monitor_is(surface: TkSurface, monkeypatch: pytest.MonkeyPatch) -> None:
    seen(surface)
    assert {Rect(0, 0, 640, 800), Rect(640, 0, 640, 800)} <= set(own.places())
    await until(lambda: place(surface).width > 100 and surface._root.winfo_viewable(), "it is there")
    surface._root.geometry("+700+100")
    await until(lambda: place(surface).x > 660, "on the right monitor")
    # Xvfb has one output over both, which cannot be unplugged.
    monkeypatch.setattr(own, "places", lambda: [Rect(0, 0, 640, 800)])
    await until(lambda: place(surface).x + place(surface).width <= 640 + 24, "on the left one")


async def test_a_window_that_cannot_be_marked_is_within_reach(
    surface: TkSurface, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = [True]
    true = own.claim
    monkeypatch.setattr(own, "claim", lambda window: not failing[0] and true(window))
    seen(surface)
    surface._root.withdraw()
    await until(lambda: not surface._root.winfo_viewable(), "hidden")
    surface._root.deiconify()
    await until(lambda: not surface.protected, "within reach")
    failing[0] = False
    await until(lambda: surface.protected, "tried again")


class Nothing:
    """Actions that nobody takes."""

    def stop(self) -> None: ...
    def leave(self) -> None: ...
    def report(self) -> None: ...
    def take_back(self) -> None: ...
    def give(self, kind: ShareKind, window: str | None) -> None: ...
    def give_control(self) -> None: ...
    def give_clipboard(self, way: Capability) -> None: ...
    def alone(self) -> contextlib.AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()
