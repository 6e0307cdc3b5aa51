"""The person at the machine: what real devices do, as against XTest."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from typing import Any

import xcffib.xproto as xp

from rs_client.x11.display import (
    RAW_BUTTON_PRESS,
    RAW_BUTTON_RELEASE,
    RAW_KEY_PRESS,
    RAW_KEY_RELEASE,
    RAW_MOTION,
    Display,
    Raw,
)

from .base import GRACE

MOTIONS, WITHIN = 3, 0.3
"""So many movements within so many seconds are a hand; one or two are a mouse on a table that somebody touched."""
_F12, _CONTROLS, _SHIFTS = 0xFFC9, (0xFFE3, 0xFFE4), (0xFFE1, 0xFFE2)
_UNKNOWN = 0
KEYS = (RAW_KEY_PRESS, RAW_KEY_RELEASE)
ALL = (*KEYS, RAW_BUTTON_PRESS, RAW_BUTTON_RELEASE, RAW_MOTION)
_LOCKS = (0, xp.ModMask.Lock, xp.ModMask._2, xp.ModMask.Lock | xp.ModMask._2)


class LocalUser:
    """`kinds`: of raw events, those that are listened for."""

    def __init__(self, display: Display, kinds: Collection[int] = ALL) -> None:
        self._display = display
        self._test_devices = _test_devices(display)
        self._motions: deque[float] = deque(maxlen=MOTIONS)
        self._down: set[tuple[int, int]] = set()
        """(device, key code): what one device lets go, another may still hold."""
        self._until = 0.0
        self._stop: Callable[[], None] | None = None
        self._codes: dict[int, set[int]] = {}
        self.came = asyncio.Event()
        """Set whenever they move or type."""
        display.select_raw(*kinds)

    @property
    def busy(self) -> bool:
        """Whether they moved or typed within GRACE."""
        return time.monotonic() < self._until

    def saw(self, event: Any) -> bool:
        """Whether the event is the local user's doing."""
        if isinstance(event, xp.KeyReleaseEvent):
            # While our own grab lasts, the server sends us no raw events of it.
            self._down = {each for each in self._down if each[1] != event.detail}
        if not isinstance(event, Raw):
            return False
        self._watch_keys(event)
        if event.source in self._test_devices or not self._is_hand(event):
            return False
        self._until = time.monotonic() + GRACE
        self.came.set()
        return True

    def on_stop(self, callback: Callable[[], None]) -> None:
        """Raw events come whoever has grabbed the keyboard; the grab only keeps the keys from the application."""
        self._stop = callback
        self._codes = _codes(self._display)
        core, root, now = self._display.core, self._display.root, xp.GrabMode.Async
        asked = [core.GrabKeyChecked(False, root, mask, code, now, now) for code, mask in self._combinations()]
        for each in asked:
            # When another program has them, both get the keys.
            with contextlib.suppress(xp.AccessError):
                each.check()
        self._down = {(_UNKNOWN, code) for code in _pressed(self._display)}

    def leave(self) -> None:
        """Gives the Stop keys back. The server orders only what comes by the same connection: unless it has answered,
        the next one to ask for them may be refused, though it asks later."""
        for code, mask in self._combinations():
            self._display.core.UngrabKey(code, self._display.root, mask)
        self._display.core.GetInputFocus().reply()

    def _combinations(self) -> Iterator[tuple[int, int]]:
        for code in self._codes.get(_F12, ()):
            for lock in _LOCKS:
                yield code, xp.ModMask.Control | xp.ModMask.Shift | lock

    def _is_hand(self, event: Raw) -> bool:
        if event.kind != RAW_MOTION:
            return True
        now = time.monotonic()
        self._motions.append(now)
        return len(self._motions) == MOTIONS and now - self._motions[0] < WITHIN

    def _watch_keys(self, event: Raw) -> None:
        key = (event.source, event.detail)
        if event.kind == RAW_KEY_RELEASE:
            self._down -= {key, (_UNKNOWN, event.detail)}
        elif event.kind == RAW_KEY_PRESS and self._down.isdisjoint({key, (_UNKNOWN, event.detail)}):
            self._down.add(key)
            if self._stop is not None and event.detail in self._codes.get(_F12, ()) and self._holds_modifiers():
                self._stop()

    def _holds_modifiers(self) -> bool:
        down = {code for _, code in self._down}
        return all(
            any(not down.isdisjoint(self._codes.get(symbol, ())) for symbol in either)
            for either in (_CONTROLS, _SHIFTS)
        )


def _test_devices(display: Display) -> set[int]:
    """Other programs that inject by XTest count as us: the X server does not tell them apart."""
    return {device for device, name in display.devices().items() if "XTEST" in name}


def _codes(display: Display) -> dict[int, set[int]]:
    """Key codes by symbol, of any group and level."""
    first = display.setup.min_keycode
    found = display.core.GetKeyboardMapping(first, display.setup.max_keycode - first + 1).reply()
    codes: dict[int, set[int]] = {}
    for each, symbol in enumerate(found.keysyms):
        codes.setdefault(symbol, set()).add(first + each // found.keysyms_per_keycode)
    return codes


def _pressed(display: Display) -> set[int]:
    keys = display.core.QueryKeymap().reply().keys
    return {8 * byte + bit for byte in range(32) for bit in range(8) if keys[byte] >> bit & 1}
