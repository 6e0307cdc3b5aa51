"""Keys that mean the desktop or another program do not leave the application that is controlled."""

from collections.abc import Callable, Iterator

import pytest
import xcffib
import xcffib.xinput
import xcffib.xproto as xp

from rs_client.geometry import Rect
from rs_client.inject.x11 import X11Injector
from tests.support.person import Person
from tests.support.xserver import GREEN, RED, Application, until

Inject = Callable[..., X11Injector]
Program = Callable[[], Application]
PLACE = Rect(100, 100, 300, 200)
ASYNC = xp.GrabMode.Async
CONTROL, SHIFT = xp.ModMask.Control, xp.ModMask.Shift
LETTER, ANY_MASTER = ord("k"), 1


class Scene:
    def __init__(self, app: Application, other: Application, window: int, hands: X11Injector) -> None:
        self.app, self.other, self.window, self.hands = app, other, window, hands
        self.code = Person(app).code(LETTER)

    async def press(self, *keys: str) -> bool:
        """All together; whether the last of them went."""
        went = False
        for key in keys:
            went = await self.hands.key(key, True, f"{key}Left" if key in ("Control", "Alt", "Shift") else "")
        self.hands.release()
        self.other.hear()
        return went

    def keys(self, app: Application | None = None) -> list[int]:
        return [each.detail for each in (app or self.app).hear(xp.KeyPressEvent)]


@pytest.fixture
async def scene(inject: Inject, program: Program) -> Scene:
    app, other = program(), program()
    window = await app.opened(PLACE, RED, "one")
    app.focus(window)
    app.x.core.GetInputFocus().reply()
    return Scene(app, other, window, inject(str(window)))


@pytest.mark.parametrize(
    "keys", [("Alt", "Tab"), ("Alt", "F4"), ("Alt", " "), ("Alt", "Escape"), ("Alt", "Shift", "ArrowLeft")]
)
async def test_shortcuts_of_the_window_manager(scene: Scene, keys: tuple[str, ...]) -> None:
    assert not await scene.press(*keys)
    assert scene.hands.kept_back
    assert scene.app.x.core.GetInputFocus().reply().focus == scene.window


@pytest.mark.parametrize(
    "keys", [("Meta",), ("PrintScreen",), ("Alt", "PrintScreen"), ("Control", "Alt", "F1"), ("Control", "Alt", "k")]
)
async def test_what_means_the_desktop_whoever_waits_for_it(scene: Scene, keys: tuple[str, ...]) -> None:
    assert not await scene.press(*keys)
    assert len(scene.keys()) == sum(each in ("Control", "Alt") for each in keys)
    assert scene.hands.kept_back


async def test_what_belongs_to_the_application_passes(scene: Scene) -> None:
    assert await scene.press("Alt", "f")
    assert await scene.press("Control", "Shift", "k")
    assert await scene.press("F5")
    assert await scene.hands.text("Aé€")
    assert not scene.hands.kept_back
    # Nobody noticed that it was looked for grabs.
    scene.app.hear()
    scene.app.events.clear()
    assert await scene.hands.text("abc")
    assert not [each for each in scene.app.hear() if isinstance(each, (xp.FocusInEvent, xp.FocusOutEvent))]


async def test_characters_made_with_altgr_pass(scene: Scene) -> None:
    """Some browsers say AltGr as Control and AltGr."""
    for key, code in (("Control", "ControlLeft"), ("AltGraph", "AltRight"), ("@", "KeyQ"), ("€", "KeyE")):
        assert await scene.hands.key(key, True, code)
    scene.hands.release()
    assert not scene.hands.kept_back


def core_grab(scene: Scene, window: int) -> None:
    scene.other.x.core.GrabKeyChecked(False, window, CONTROL | SHIFT, scene.code, ASYNC, ASYNC).check()


def newer_grab(scene: Scene, window: int) -> None:
    """As GNOME does (XI2)."""
    mask = [1 << 2]
    state = int(CONTROL | SHIFT)
    grab = scene.other.x.extension(xcffib.xinput.key).XIPassiveGrabDevice
    asked = grab(0, window, 0, scene.code, ANY_MASTER, 1, 1, 1, ASYNC, ASYNC, False, mask, [state])
    assert not asked.reply().num_modifiers


@pytest.fixture(params=["root", "frame"])
def place(request: pytest.FixtureRequest, scene: Scene) -> int:
    if request.param == "root":
        return int(scene.app.x.root)
    return int(scene.app.x.core.QueryTree(scene.window).reply().parent)


@pytest.mark.parametrize("grab", [core_grab, newer_grab])
async def test_another_program_waits_for_it(scene: Scene, place: int, grab: Callable[[Scene, int], None]) -> None:
    grab(scene, place)
    before = len(scene.keys())
    assert not await scene.press("Control", "Shift", "K")
    assert len(scene.keys()) == before + 2
    assert not scene.keys(scene.other)
    # The looking took nothing away from it, and with other modifiers the key is the application's.
    assert await scene.press("Control", "k")
    if grab is core_grab:
        person = Person(scene.other)
        for symbol in (0xFFE3, 0xFFE1, LETTER):
            person.key(person.code(symbol), True)
        for symbol in (LETTER, 0xFFE1, 0xFFE3):
            person.key(person.code(symbol), False)
        await until(lambda: scene.code in scene.keys(scene.other), "it heard its key")


@pytest.fixture
def grabbed(scene: Scene) -> Iterator[None]:
    window = scene.other.window(Rect(700, 500, 50, 50), GREEN, popup=True)
    scene.other.x.core.GetInputFocus().reply()
    grab = scene.other.x.core.GrabKeyboard(False, window, xcffib.CurrentTime, ASYNC, ASYNC)
    assert grab.reply().status == xp.GrabStatus.Success
    yield
    scene.other.x.core.UngrabKeyboardChecked(xcffib.CurrentTime).check()


async def test_nothing_is_typed_while_another_program_has_the_keyboard(scene: Scene, grabbed: None) -> None:
    assert not await scene.press("a")
    assert not await scene.hands.text("secret")
    assert not scene.keys(scene.other)
    assert scene.hands.kept_back
    scene.other.x.core.UngrabKeyboardChecked(xcffib.CurrentTime).check()
    assert await scene.hands.text("b")


async def test_keys_for_an_open_menu_of_the_application(scene: Scene) -> None:
    menu = scene.app.window(Rect(150, 150, 100, 100), GREEN, popup=True)
    kind = scene.app.x.atom("_NET_WM_WINDOW_TYPE_POPUP_MENU").to_bytes(4, "little")
    scene.app._set(menu, "_NET_WM_WINDOW_TYPE", 4, 32, kind)
    await scene.app.heard(xp.ExposeEvent, 0)
    grab = scene.app.x.core.GrabKeyboard(False, menu, xcffib.CurrentTime, ASYNC, ASYNC)
    assert grab.reply().status == xp.GrabStatus.Success
    before = len(scene.keys())
    assert await scene.press("ArrowDown")
    assert len(scene.keys()) == before + 1


async def test_clicks_and_wheel_with_alt_are_the_window_managers(scene: Scene) -> None:
    own = scene.app.place(scene.window)
    assert scene.hands.pointer(own.x + 20, own.y + 20)
    assert scene.hands.wheel(0, 1)
    assert await scene.hands.key("Alt", True, "AltLeft")
    assert not scene.hands.wheel(0, 1)
    assert not scene.hands.button(1, True)
    assert await scene.hands.key("Alt", False, "AltLeft") is True
    assert scene.hands.button(1, True)
    scene.hands.release()


async def test_the_whole_desktop_has_its_shortcuts(scene: Scene, inject: Inject) -> None:
    scene.other.x.core.GrabKeyChecked(False, scene.app.x.root, CONTROL, scene.code, ASYNC, ASYNC).check()
    hands = inject()
    assert await hands.key("Control", True, "ControlLeft")
    assert await hands.key("k", True)
    hands.release()
    await until(lambda: scene.code in scene.keys(scene.other), "it heard its key")
