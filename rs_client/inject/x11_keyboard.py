"""Key codes for keys and characters, borrowed ones for what the layout lacks."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xcffib.xproto as xp

from rs_client.x11.display import Display

from .x11_guard import Guard
from .x11_keysyms import Layout

SETTLE = 0.25
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
        self._spare = self._layout.spare
        """Codes that give nothing but what we let them give."""
        self._stale = False

    def saw(self, event: Any) -> None:
        """The layout may be another; what we borrowed ourselves is none."""
        if isinstance(event, xp.MappingNotifyEvent) and not (event.count == 1 and event.first_keycode in self._spare):
            self._stale = True

    def find(self, symbol: int, state: int) -> tuple[int, int] | None:
        """(code, level) in the layout that is in use now; None when it lacks the symbol."""
        if self._stale:
            self._stale = False
            self._layout = self._load()
            kept = {own: each for own, each in self._borrowed.items() if self._layout.find(own, 0) == (each[0], 0)}
            self._borrowed = kept
            self._spare = [*self._layout.spare, *(code for code, _ in kept.values())]
        return self._layout.find(symbol, state >> GROUP_SHIFT & 3)

    def chunks(self, symbols: Sequence[int], state: int) -> Iterator[Sequence[int]]:
        """Parts for which there are enough codes to borrow at once."""
        begin, lacking = 0, set[int]()
        for each, symbol in enumerate(symbols):
            if self.find(symbol, state) is not None or symbol in lacking:
                continue
            if len(lacking) == len(self._spare):
                yield symbols[begin:each]
                begin, lacking = each, set()
            lacking.add(symbol)
        yield symbols[begin:]

    def early(self, symbols: Iterable[int], state: int) -> float:
        """Seconds until `borrow` may give codes to these, all of one chunk, without taking a key from somebody who
        still reads what it gave before."""
        lacking = {symbol for symbol in symbols if self.find(symbol, state) is None}
        taken = len(lacking - self._borrowed.keys()) - (len(self._spare) - len(self._borrowed))
        if taken <= 0:
            return 0.0
        return max(0.0, max(used for _, used in self._borrowed.values()) + SETTLE - time.monotonic())

    def borrow(self, symbol: int) -> int | None:
        """A code that gives this symbol, with and without Shift; None when there is none to be had."""
        code = self._borrowed.pop(symbol, (0, 0.0))[0]
        if not code:
            code = self._free()
            if not code:
                return None
            self._give(code, symbol)
        self._borrowed[symbol] = (code, time.monotonic())
        return code

    def give_back(self) -> None:
        for code, _ in self._borrowed.values():
            self._core.ChangeKeyboardMappingChecked(1, code, 1, [0]).check()
            self._guard.say("spare", code, held=False)
        self._borrowed.clear()

    def _free(self) -> int:
        """The longest unused; 0 when there is none."""
        used = {code for code, _ in self._borrowed.values()}
        for code in self._spare:
            if code not in used:
                self._guard.say("spare", code, held=True)
                return code
        return self._borrowed.pop(next(iter(self._borrowed)))[0] if self._borrowed else 0

    def _give(self, code: int, symbol: int) -> None:
        self._core.ChangeKeyboardMappingChecked(1, code, 2, [symbol, symbol]).check()

    def _load(self) -> Layout:
        found = self._core.GetKeyboardMapping(self._first, self._count).reply()
        width, symbols = found.keysyms_per_keycode, list(found.keysyms)
        return Layout(self._first, [symbols[each * width : (each + 1) * width] for each in range(self._count)])
