"""Windows and macOS, through pynput. NOT VERIFIED: written from its documentation, run on neither system.

On macOS the user has to allow the client under 'Accessibility' and 'Input Monitoring' first."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from rs_client.errors import Unsupported, Why
from rs_client.geometry import Rect

from .base import BUTTONS, GRACE, MAX_NOTCHES, MAX_TEXT

MISSING = "Parts of the client are missing: pip install deskside[client]"
_NAMES = {
    "Enter": "enter",
    "Tab": "tab",
    "Backspace": "backspace",
    "Escape": "esc",
    "Delete": "delete",
    "Insert": "insert",
    "Home": "home",
    "End": "end",
    "PageUp": "page_up",
    "PageDown": "page_down",
    "ArrowLeft": "left",
    "ArrowUp": "up",
    "ArrowRight": "right",
    "ArrowDown": "down",
    "ContextMenu": "menu",
    "PrintScreen": "print_screen",
    "Pause": "pause",
    "CapsLock": "caps_lock",
    "NumLock": "num_lock",
    "ScrollLock": "scroll_lock",
    "Shift": "shift",
    "Control": "ctrl",
    "Alt": "alt",
    "AltGraph": "alt_gr",
    "Meta": "cmd",
} | {f"F{number}": f"f{number}" for number in range(1, 21)}
_BUTTONS = dict(zip(BUTTONS, ("left", "middle", "right", "x1", "x2"), strict=True))


class PortableInjector:
    def __init__(self, confined: str | Rect | None = None) -> None:
        if isinstance(confined, str):
            raise Unsupported(Why.NO_WINDOWS, "On this system whole screens can be controlled, not single programs.")
        try:
            from pynput import keyboard, mouse
        except ImportError:
            raise Unsupported(
                Why.NOT_INSTALLED, "The client's parts are missing: pip install deskside[client]"
            ) from None
        self._confined = confined
        self._keyboard, self._mouse = keyboard, mouse
        self._keys: Any = keyboard.Controller()
        self._pointer: Any = mouse.Controller()
        self.kept_back = False
        self._down: dict[str, Any] = {}
        self._buttons: set[int] = set()
        self._until = 0.0
        self._came = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._hotkeys: Any = None
        # pynput says of each event whether a program made it.
        self._listeners: list[Any] = [
            keyboard.Listener(on_press=lambda _key, injected: self._heard(injected)),
            mouse.Listener(on_move=lambda _x, _y, injected: self._heard(injected)),
        ]
        for listener in self._listeners:
            listener.start()

    def pointer(self, x: int, y: int) -> bool:
        if not self._may(x, y):
            return False
        self._pointer.position = (x, y)
        return True

    def button(self, number: int, down: bool) -> bool:
        if number not in BUTTONS:
            raise ValueError("there is no such button")
        button = getattr(self._mouse.Button, _BUTTONS[number], None)
        if button is None or down == (number in self._buttons) or (down and not self._may(*self._pointer.position)):
            return False
        (self._pointer.press if down else self._pointer.release)(button)
        (self._buttons.add if down else self._buttons.discard)(number)
        return True

    def wheel(self, dx: int, dy: int) -> bool:
        if not self._may(*self._pointer.position):
            return False
        across, down = (max(-MAX_NOTCHES, min(each, MAX_NOTCHES)) for each in (dx, dy))
        self._pointer.scroll(across, -down)
        return True

    async def key(self, key: str, down: bool, code: str = "") -> bool:
        name = code or key.casefold()
        if not down:
            return self._lift(name)
        meant = key if len(key) == 1 else getattr(self._keyboard.Key, _NAMES.get(key, ""), None)
        if meant is None or not self._may():
            return False
        self._keys.press(meant)
        self._down[name] = meant
        return True

    async def text(self, text: str) -> bool:
        if len(text) > MAX_TEXT:
            raise ValueError("the text is too long")
        if not self._may():
            return False
        self._keys.type(text)
        return True

    def release(self) -> None:
        for name in tuple(self._down):
            self._lift(name)
        for number in tuple(self._buttons):
            self.button(number, False)

    async def local_input(self) -> None:
        self._came.clear()
        await self._came.wait()

    def hotkey(self, callback: Callable[[], None]) -> None:
        keys = {"<ctrl>+<shift>+<f12>": lambda: self._loop.call_soon_threadsafe(callback)}
        self._hotkeys = self._keyboard.GlobalHotKeys(keys)
        self._hotkeys.start()

    @property
    def closed(self) -> bool:
        return self._hotkeys is None

    def close(self) -> None:
        self.release()
        for listener in (*self._listeners, self._hotkeys):
            if listener is not None:
                listener.stop()
        self._hotkeys = None

    def _lift(self, name: str) -> bool:
        held = self._down.pop(name, None)
        if held is not None:
            self._keys.release(held)
        return held is not None

    def _may(self, x: float | None = None, y: float | None = None) -> bool:
        inside = self._confined is None or x is None or y is None or self._confined.holds(int(x), int(y))
        return inside and time.monotonic() >= self._until

    def _heard(self, injected: bool) -> None:
        if not injected:
            self._loop.call_soon_threadsafe(self._local)

    def _local(self) -> None:
        self._until = time.monotonic() + GRACE
        self._came.set()
        self.release()
