"""Somebody at the machine itself."""

import xcffib.xtest

from tests.support.xserver import Application


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

    def stop_keys(self) -> None:
        """Ctrl+Shift+F12."""
        codes = [self.code(each) for each in (0xFFE3, 0xFFE1, 0xFFC9)]
        for code in codes:
            self.key(code, True)
        for code in reversed(codes):
            self.key(code, False)
