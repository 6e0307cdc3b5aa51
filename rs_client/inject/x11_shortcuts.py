"""Keys that would go elsewhere than to the one application that is controlled, whatever has the focus."""

import xcffib
import xcffib.xinput
import xcffib.xproto as xp

from rs_client.x11.display import ALL_DEVICES, ALL_MASTERS, Display, WindowError
from rs_client.x11.windows import Windows

CONTROL, ALT, SUPER = int(xp.ModMask.Control), int(xp.ModMask._1), int(xp.ModMask._4)
_STATE = 0xFF
_DESKTOPS = frozenset({0xFF61, 0xFF15, *range(0xFFE7, 0xFFE9), *range(0xFFEB, 0xFFEF)})
"""Print, Sys_Req, Meta, Super, Hyper."""
_MODIFIERS = frozenset({*range(0xFFE1, 0xFFE7), 0xFFE9, 0xFFEA, 0xFE03, 0xFF7F})
"""Shift, Control, Caps and Shift Lock, Alt, AltGr, Num Lock."""
_XF86 = range(0x1008FF00, 0x10090000)
_STOP = (0xFFC9, CONTROL | int(xp.ModMask.Shift))
_KEYCODE = 1
_MENUS = ("DROPDOWN_MENU", "POPUP_MENU", "COMBO", "MENU")


class Shortcuts:
    """What the X server knows of grabs is asked by trying to grab as well, which it refuses where another client
    has; that changes nothing. To be asked while nobody else is served."""

    def __init__(self, display: Display, windows: Windows) -> None:
        self._display = display
        self._core = display.core
        self._windows = windows
        keyboards = [device for device, name in display.devices().items() if name.endswith("core keyboard")]
        # A grab for what is not shown fails with that reason where no other client has one; a real one would be seen.
        self._unseen = display.new_id()
        kind = xp.WindowClass.InputOnly
        self._core.CreateWindow(0, self._unseen, display.root, -1, -1, 1, 1, 0, kind, 0, 0, [])
        self._devices = (ALL_DEVICES, ALL_MASTERS, *keyboards)

    def leave(self, main: int, code: int, plain: frozenset[int]) -> bool:
        """Whether this key, pressed now, would do something outside of `main`. `plain`: its symbols without
        modifiers."""
        state = self._core.QueryPointer(self._display.root).reply().mask & _STATE
        if is_of_desktop(plain, state):
            return True
        try:
            return self._keyboard_is_taken(main) or self._is_taken(main, code, state)
        except WindowError:
            return True

    def _keyboard_is_taken(self, main: int) -> bool:
        """Whether all keys go to some client now: fine when the application has a menu open, which does that."""
        mode = xp.GrabMode.Async
        status = self._core.GrabKeyboard(False, self._unseen, xcffib.CurrentTime, mode, mode).reply().status
        if status == xp.GrabStatus.NotViewable:
            return False
        return not any(self._is_menu(place.window) for place in self._windows.family(main))

    def _is_menu(self, window: int) -> bool:
        kinds = self._display.numbers(window, "_NET_WM_WINDOW_TYPE")
        return any(self._display.atom(f"_NET_WM_WINDOW_TYPE_{kind}") in kinds for kind in _MENUS)

    def _is_taken(self, main: int, code: int, state: int) -> bool:
        """Whether another client waits for this key, at the root or at a frame."""
        windows = [self._display.root, *self._windows.around(main)]
        mode, input = xp.GrabMode.Async, self._display.extension(xcffib.xinput.key)
        core = [self._core.GrabKeyChecked(False, each, state, code, mode, mode) for each in windows]
        asked = [
            input.XIPassiveGrabDevice(
                xcffib.CurrentTime, each, 0, code, device, 1, 1, _KEYCODE, mode, mode, False, [0], [state]
            )
            for each in windows
            for device in self._devices
        ]
        taken = False
        for each in core:
            try:
                each.check()
            except xp.AccessError:
                taken = True
        # Of each: what is not read now would stand in the way later.
        taken |= bool(sum(each.reply().num_modifiers for each in asked))
        for window in windows:
            self._core.UngrabKey(code, window, state)
            for device in self._devices:
                input.XIPassiveUngrabDevice(window, code, device, 1, _KEYCODE, [state])
        return taken


def is_of_desktop(plain: frozenset[int], state: int) -> bool:
    """Whether the key means the desktop, whoever waits for it. Pure.

    Those with Super, Print and what keyboards have beyond letters; with Control and Alt all but modifiers, since the X
    server itself acts on some. Characters made with AltGr come without these modifiers. What stops everything is for
    the person here."""
    if plain & _DESKTOPS or any(each in _XF86 for each in plain) or state & SUPER:
        return True
    if _STOP[0] in plain and state & _STOP[1] == _STOP[1]:
        return True
    both = CONTROL | ALT
    return state & both == both and not plain & _MODIFIERS
