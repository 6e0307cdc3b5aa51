"""The XTest pointer and keyboard, and what they hold down."""

import xcffib.xproto as xp
import xcffib.xtest

from rs_client.x11.display import Display

from .x11_guard import Guard

KEY_DOWN, KEY_UP = xp.KeyPressEvent.event_number, xp.KeyReleaseEvent.event_number
BUTTON_DOWN, BUTTON_UP = xp.ButtonPressEvent.event_number, xp.ButtonReleaseEvent.event_number
MOTION = xp.MotionNotifyEvent.event_number


class Device:
    """Each call waits until the X server has done it."""

    def __init__(self, display: Display, guard: Guard) -> None:
        self._root = display.root
        self._test = display.extension(xcffib.xtest.key)
        self._guard = guard
        self.keys: set[int] = set()
        """Codes that are down."""
        self.buttons: set[int] = set()

    def move(self, x: int, y: int) -> None:
        self._fake(MOTION, 0, x, y)

    def key(self, code: int, down: bool) -> None:
        if down:
            self._guard.say("key", code, held=True)
            self.keys.add(code)
            self._fake(KEY_DOWN, code)
        else:
            self._fake(KEY_UP, code)
            self.keys.discard(code)
            self._guard.say("key", code, held=False)

    def tap(self, code: int) -> None:
        self.key(code, True)
        self.key(code, False)

    def button(self, number: int, down: bool) -> None:
        if down:
            self._guard.say("button", number, held=True)
            self.buttons.add(number)
            self._fake(BUTTON_DOWN, number)
        else:
            self._fake(BUTTON_UP, number)
            self.buttons.discard(number)
            self._guard.say("button", number, held=False)

    def lift(self) -> None:
        """Everything."""
        for code in tuple(self.keys):
            self.key(code, False)
        for number in tuple(self.buttons):
            self.button(number, False)

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        root = self._root if kind == MOTION else 0
        self._test.FakeInputChecked(kind, detail, 0, root, x, y, 0).check()
