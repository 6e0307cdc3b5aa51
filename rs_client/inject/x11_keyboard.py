"""Key codes for keys and characters, borrowed ones for what the layout lacks."""

import time
from typing import Any

import xcffib.xproto as xp

from rs_client.x11.display import Display

from .x11_guard import Guard
from .x11_keysyms import Layout

SETTLE = 0.1
"""Seconds that applications get to read a key before its code is given another symbol."""
GROUP_SHIFT = 13
"""Where the state of the keyboard, as of QueryPointer, has its group (XKB protocol, 'compatibility')."""


class Keyboard:
    def __init__(self, display: Display, guard: Guard) -> None:
        self._core = display.core
        self._guard = guard
        self._first = display.setup.min_keycode
        self._count = display.setup.max_keycode - self._first + 1
        self._borrowed: dict[int, tuple[int, float]] = {}
        """By symbol: (code, when it was last used), the longest unused first."""
        self._layout = self._load()
        self._spare = list(self._layout.spare)
        self._stale = False

    def saw(self, event: Any) -> None:
        """The layout may be another; what we borrowed ourselves is none."""
        ours = {code for code, _ in self._borrowed.values()}
        if isinstance(event, xp.MappingNotifyEvent) and not (event.count == 1 and event.first_keycode in ours):
            self._stale = True

    def find(self, symbol: int, state: int) -> tuple[int, int] | None:
        """(code, level) in the layout that is in use now; None when it lacks the symbol."""
        if self._stale:
            self._stale = False
            self._layout = self._load()
            self._borrowed.clear()
            self._spare = list(self._layout.spare)
        return self._layout.find(symbol, state >> GROUP_SHIFT & 3)

    def wait_for(self, symbol: int) -> float:
        """Seconds until `borrow` may give this symbol a code without taking a letter from somebody who still reads."""
        if symbol in self._borrowed or len(self._borrowed) < len(self._spare):
            return 0
        oldest = next(iter(self._borrowed.values()), (0, 0.0))[1]
        return max(0.0, oldest + SETTLE - time.monotonic())

    def borrow(self, symbol: int) -> int | None:
        """A code that gives this symbol, with and without Shift; None when there is none to be had."""
        if symbol in self._borrowed:
            code = self._borrowed.pop(symbol)[0]
        elif len(self._borrowed) < len(self._spare):
            used = {code for code, _ in self._borrowed.values()}
            code = next(each for each in self._spare if each not in used)
            self._guard.say("spare", code, held=True)
            self._give(code, symbol)
        elif self._borrowed:
            code = self._borrowed.pop(next(iter(self._borrowed)))[0]
            self._give(code, symbol)
        else:
            return None
        self._borrowed[symbol] = (code, time.monotonic())
        return code

    def give_back(self) -> None:
        for code, _ in self._borrowed.values():
            self._core.ChangeKeyboardMappingChecked(1, code, 1, [0]).check()
            self._guard.say("spare", code, held=False)
        self._borrowed.clear()

    def _give(self, code: int, symbol: int) -> None:
        self._core.ChangeKeyboardMappingChecked(1, code, 2, [symbol, symbol]).check()

    def _load(self) -> Layout:
        found = self._core.GetKeyboardMapping(self._first, self._count).reply()
        width, symbols = found.keysyms_per_keycode, list(found.keysyms)
        return Layout(self._first, [symbols[each * width : (each + 1) * width] for each in range(self._count)])
