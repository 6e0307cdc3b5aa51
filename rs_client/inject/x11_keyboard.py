"""Key codes for keys and characters, borrowed ones for what the layout lacks."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import xcffib.xproto as xp

from rs_client.x11.display import Display

from .x11_guard import Guard
from .x11_keysyms import Layout

GROUP_SHIFT = 13
"""Where the state of the keyboard, as of QueryPointer, has its group (XKB protocol, 'compatibility')."""


class Keyboard:
    def __init__(self, display: Display, guard: Guard) -> None:
        self._core = display.core
        self._guard = guard
        self._first = display.setup.min_keycode
        self._count = display.setup.max_keycode - self._first + 1
        self._borrowed: dict[int, int] = {}
        """Codes by symbol, the longest unused first."""
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
            kept = {own: each for own, each in self._borrowed.items() if self._layout.find(own, 0) == (each, 0)}
            self._borrowed = kept
            self._spare = [*self._layout.spare, *kept.values()]
        return self._layout.find(symbol, state >> GROUP_SHIFT & 3)

    def plain(self, code: int) -> frozenset[int]:
        """What it gives without modifiers, in any group."""
        return self._layout.plain.get(code, frozenset())

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

    def lacking(self, symbols: Iterable[int], state: int) -> set[int]:
        """Those that need a code borrowed first."""
        return {each for each in symbols if self.find(each, state) is None and each not in self._borrowed}

    def has_room(self, count: int) -> bool:
        """Whether so many codes are unused, so that nobody can still be reading what they gave before."""
        return len(self._borrowed) + count <= len(self._spare)

    def borrow_all(self, symbols: Iterable[int], state: int) -> None:
        """Codes for all that the layout lacks; those of one chunk do not take them from each other."""
        needed = [each for each in dict.fromkeys(symbols) if self.find(each, state) is None]
        for symbol in sorted(needed, key=lambda each: each not in self._borrowed):
            self.borrow(symbol)

    def borrow(self, symbol: int) -> int | None:
        """A code that gives this symbol, with and without Shift; None when there is none to be had."""
        code = self._borrowed.pop(symbol, 0)
        if not code:
            code = self._free()
            if not code:
                return None
            self._give(code, symbol)
        self._borrowed[symbol] = code
        return code

    def give_back(self) -> None:
        for code in self._borrowed.values():
            self._core.ChangeKeyboardMappingChecked(1, code, 1, [0]).check()
            self._guard.say("spare", code, held=False)
        self._borrowed.clear()

    def _free(self) -> int:
        """The longest unused; 0 when there is none."""
        used = set(self._borrowed.values())
        for code in self._spare:
            if code not in used:
                self._guard.say("spare", code, held=True)
                return code
        return self._borrowed.pop(next(iter(self._borrowed))) if self._borrowed else 0

    def _give(self, code: int, symbol: int) -> None:
        self._core.ChangeKeyboardMappingChecked(1, code, 2, [symbol, symbol]).check()

    def _load(self) -> Layout:
        found = self._core.GetKeyboardMapping(self._first, self._count).reply()
        width, symbols = found.keysyms_per_keycode, list(found.keysyms)
        return Layout(self._first, [symbols[each * width : (each + 1) * width] for each in range(self._count)])
