"""Input through XTest."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence

import xcffib
import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.geometry import Rect
from rs_client.x11.display import Display
from rs_client.x11.windows import Windows

from .base import BUTTONS, MAX_NOTCHES, MAX_TEXT
from .x11_device import Device
from .x11_guard import Guard
from .x11_keyboard import Keyboard
from .x11_keysyms import CAPS_LOCK, NAMED, SHIFT, of_character
from .x11_local import LocalUser
from .x11_ping import Ping
from .x11_shortcuts import ALT, SUPER, Shortcuts

HOLD = 1.0
"""Seconds after which a held key is lifted when nobody says again that it is down: the X server repeats it, and the
line to the one who holds it may be gone."""
READ, KNOWN = 0.25, 0.05
"""Seconds that applications which answer no pings get to read keys, and to learn of new ones."""
_SHORTCUT = ("Control", "Alt", "Meta")
_MODIFIERS = ("Shift", *_SHORTCUT)
_WHEEL = {(0, -1): 4, (0, 1): 5, (-1, 0): 6, (1, 0): 7}


class X11Injector:
    """Looking whether an input may go and doing it is one step for the X server: nothing comes between."""

    def __init__(self, confined: str | Rect | None = None, display: str | None = None) -> None:
        self._confined = int(confined) if isinstance(confined, str) else confined
        self._display = Display(display)
        self._windows = Windows(self._display)
        self._local = LocalUser(self._display)
        self._guard = Guard(display or "")
        self._device = Device(self._display, self._guard)
        self._keyboard = Keyboard(self._display, self._guard)
        self._ping = Ping(self._display, self._windows)
        self._shortcuts = Shortcuts(self._display, self._windows)
        self.kept_back = False
        self._keys: dict[str, tuple[int, asyncio.TimerHandle | None]] = {}
        """By what they are called there: the code that is down here, and what lifts it."""
        self._level3 = False
        """AltGraph is down there."""
        self._epoch = 0
        self._state = 0
        """Of modifiers and group, as of the last look."""
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._display.watch(self._ready)

    def pointer(self, x: int, y: int) -> bool:
        with self._acting() as free:
            if not free or not self._may_point(x, y):
                return False
            self._device.move(x, y)
            return True

    def button(self, number: int, down: bool) -> bool:
        if number not in BUTTONS:
            raise ValueError("there is no such button")
        with self._acting() as free:
            if down and not (free and self._may_click()):
                return False
            if down == (number in self._device.buttons):
                return False
            self._device.button(number, down)
            return True

    def wheel(self, dx: int, dy: int) -> bool:
        with self._acting() as free:
            if not free or not self._may_click():
                return False
            for x, y in ((dx, 0), (0, dy)):
                number = _WHEEL.get((_sign(x), _sign(y)))
                for _ in range(min(abs(x + y), MAX_NOTCHES) if number else 0):
                    self._device.button(number or 0, True)
                    self._device.button(number or 0, False)
            return True

    async def key(self, key: str, down: bool, code: str = "") -> bool:
        name = code or key.casefold()
        if not name:
            return False
        if key == "AltGraph":
            self._level3 = down
            return True
        if not down:
            return self._lift(name)
        symbol = of_character(key) if len(key) == 1 else None
        if symbol is not None and not self._is_shortcut() and not await self._prepare([symbol]):
            return False
        with self._acting() as free:
            if not free or not self._may_type():
                return False
            if name in self._keys:
                if self._leaves(self._keys[name][0]):
                    self._lift(name)
                    return False
                self._hold(name, self._keys[name][0], modifier=key in _MODIFIERS)
                return True
            pressed = self._press_named(key) if len(key) != 1 else self._press_character(key, code)
            if pressed is None:
                return False
            self._hold(name, pressed, modifier=key in _MODIFIERS)
            return True

    async def text(self, text: str) -> bool:
        if len(text) > MAX_TEXT:
            raise ValueError("the text is too long")
        self._epoch += 1
        epoch = self._epoch
        self._lift_keys()
        symbols = [symbol for each in text.replace("\r\n", "\n") if (symbol := of_character(each)) is not None]
        capitals = self._capitals_off()
        try:
            for chunk in list(self._keyboard.chunks(symbols, self._state)):
                if epoch != self._epoch or not await self._prepare(chunk) or not await self._type(chunk, epoch):
                    return False
        finally:
            if capitals and not self._closed:
                self._device.tap(capitals)
        return True

    def release(self) -> None:
        self._epoch += 1
        self._level3 = False
        if not self._closed:
            # A display that ended holds nothing down.
            with contextlib.suppress(Gone, xcffib.XcffibException):
                self._lift_keys()
                self._device.lift()

    async def local_input(self) -> None:
        self._local.came.clear()
        await self._local.came.wait()

    def hotkey(self, callback: Callable[[], None]) -> None:
        self._local.on_stop(callback)

    def close(self) -> None:
        """Stop keys that were pressed until now count."""
        if self._closed:
            return
        self.release()
        self._closed = True
        try:
            with contextlib.suppress(xcffib.XcffibException):
                self._keyboard.give_back()
            with contextlib.suppress(Gone, xcffib.XcffibException):
                self._local.leave()
                self._read()
        finally:
            self._end()

    def _end(self) -> None:
        self._closed = True
        # First the display: the guard needs the X server, which we may have grabbed.
        self._display.close()
        self._guard.close()

    @contextlib.contextmanager
    def _acting(self) -> Iterator[bool]:
        """Nobody else is served meanwhile; False while the local user acts. Everything they did so far is known.
        Raises Gone when the display ended."""
        if self._closed:
            raise Gone("the display ended")
        try:
            with self._display.alone():
                pointer = self._display.core.QueryPointer(self._display.root).reply()
                self._state = pointer.mask
                self._read()
                yield not self._local.busy
        except xcffib.Error:
            raise
        except xcffib.XcffibException:
            raise Gone("the display ended") from None

    def _ready(self) -> None:
        try:
            self._read()
        except Gone:
            self._end()

    def _read(self) -> None:
        for event in self._display.events():
            self._keyboard.saw(event)
            self._ping.saw(event)
            if self._local.saw(event):
                self.release()

    def _may_point(self, x: int, y: int) -> bool:
        if isinstance(self._confined, Rect):
            return self._confined.holds(x, y)
        return self._confined is None or self._windows.holds(self._confined, x, y)

    def _may_click(self) -> bool:
        """Where the pointer is now: the local user may have moved it. Never in a window of our own: whoever controls
        the screen is not to answer for its user what they may do."""
        pointer = self._display.core.QueryPointer(self._display.root).reply()
        x, y = pointer.root_x, pointer.root_y
        return self._may_point(x, y) and not (self._windows.ours_at(x, y) or self._is_managers())

    def _is_managers(self) -> bool:
        """With Alt or Super, clicks and the wheel mean the window manager: they move windows, or change the desktop."""
        managers = isinstance(self._confined, int) and bool(self._state & (ALT | SUPER))
        self.kept_back |= managers
        return managers

    def _may_type(self) -> bool:
        if self._windows.ours_focused():
            return False
        if isinstance(self._confined, Rect):
            place = self._windows.focus_place()
            return self._confined.cut(place) is not None if place else self._may_click()
        return self._confined is None or self._windows.focused(self._confined)

    def _press_named(self, key: str) -> int | None:
        symbol = NAMED.get(key)
        found = symbol and self._keyboard.find(symbol, self._state)
        return found[0] if found and self._press(found[0]) else None

    def _press_character(self, character: str, code: str) -> int | None:
        symbol = of_character(character)
        if symbol is None:
            return None
        if self._is_shortcut():
            return self._press_shortcut(character, code)
        with self._without(*(_SHORTCUT if self._level3 else ())):
            return self._press_symbol(symbol, hold=True)

    def _is_shortcut(self) -> bool:
        return not self._level3 and any(each.casefold() in self._held_names() for each in _SHORTCUT)

    def _press_shortcut(self, character: str, code: str) -> int | None:
        """The key that has the character, whatever the level: Ctrl+Shift+T comes with Shift already down. When the
        layout has other letters, the one at the same place: Ctrl and a Cyrillic es is Ctrl+C."""
        for each in (character.lower(), character, code.removeprefix("Key").removeprefix("Digit").lower()):
            symbol = of_character(each) if len(each) == 1 else None
            found = self._keyboard.find(symbol, self._state) if symbol else None
            if found is not None:
                return found[0] if self._press(found[0]) else None
        return None

    def _press_symbol(self, symbol: int, *, hold: bool) -> int | None:
        """Exactly this symbol, with Shift down or up for the moment as it needs."""
        found = self._keyboard.find(symbol, self._state)
        borrowed = self._keyboard.borrow(symbol) if found is None else None
        code, level = found or (borrowed, 0)
        if code is None:
            return None
        shifted = bool(self._state & xp.ModMask.Shift)
        shift = self._keyboard.find(SHIFT, self._state)
        toggle = shift[0] if shift and found and shifted != bool(level) else None
        if toggle is not None:
            self._device.key(toggle, not shifted)
        pressed = self._press(code)
        if pressed and not hold:
            self._device.key(code, False)
        if toggle is not None:
            self._device.key(toggle, shifted)
        return code if pressed else None

    def _press(self, code: int) -> bool:
        """With the modifiers that are down now; False when it would go elsewhere."""
        if self._leaves(code):
            return False
        self._device.key(code, True)
        return True

    def _leaves(self, code: int) -> bool:
        if not isinstance(self._confined, int):
            return False
        self.kept_back |= (leaves := self._shortcuts.leave(self._confined, code, self._keyboard.plain(code)))
        return leaves

    async def _prepare(self, symbols: Sequence[int]) -> bool:
        """Give codes to what the layout lacks, and wait until the application knows. False when nothing may be typed,
        or was released meanwhile."""
        epoch = self._epoch
        with self._acting() as free:
            if not free or not self._may_type():
                return False
            lacking = self._keyboard.lacking(symbols, self._state)
        if not lacking:
            return True
        if not self._keyboard.has_room(len(lacking)):
            await self._ping.answered(otherwise=READ)
        with self._acting():
            if epoch != self._epoch:
                return False
            self._keyboard.borrow_all(symbols, self._state)
        await self._ping.answered(otherwise=KNOWN)
        return epoch == self._epoch

    async def _type(self, symbols: Sequence[int], epoch: int) -> bool:
        for symbol in symbols:
            with self._acting() as free:
                typed = free and self._may_type() and self._press_symbol(symbol, hold=False) is not None
            await asyncio.sleep(0)
            if not typed or epoch != self._epoch:
                return False
        return True

    def _capitals_off(self) -> int | None:
        """Caps Lock would turn letters over; its code when it was on, to be tapped again afterwards."""
        with self._acting() as free:
            found = self._keyboard.find(CAPS_LOCK, self._state)
            if not (free and found and self._state & xp.ModMask.Lock and self._may_type()):
                return None
            self._device.tap(found[0])
            return found[0]

    def _held_names(self) -> set[str]:
        codes = {name: self._keyboard.find(NAMED[name], self._state) for name in _MODIFIERS}
        return {name.casefold() for name, found in codes.items() if found and found[0] in self._device.keys}

    @contextlib.contextmanager
    def _without(self, *names: str) -> Iterator[None]:
        """These modifiers are up for the moment."""
        found = [self._keyboard.find(NAMED[name], self._state) for name in names]
        lifted = [each[0] for each in found if each and each[0] in self._device.keys]
        for code in lifted:
            self._device.key(code, False)
        yield
        for code in lifted:
            self._device.key(code, True)

    def _hold(self, name: str, code: int, *, modifier: bool) -> None:
        timer = self._keys.get(name, (0, None))[1]
        if timer is not None:
            timer.cancel()
        self._keys[name] = (code, None if modifier else self._loop.call_later(HOLD, self._lift, name))

    def _lift(self, name: str) -> bool:
        """Lifting is never refused."""
        code, timer = self._keys.pop(name, (0, None))
        if timer is not None:
            timer.cancel()
        if code in self._device.keys and code not in {each for each, _ in self._keys.values()}:
            self._device.key(code, False)
            return True
        return False

    def _lift_keys(self) -> None:
        for name in tuple(self._keys):
            self._lift(name)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
