"""Pointer, keyboard and clipboard on behalf of somebody else. X11 whole; Windows and macOS: see `portable`."""

import sys
from collections.abc import Callable

from rs_client.capture import refuse_wayland
from rs_client.errors import Unsupported, Why
from rs_client.geometry import Rect

from .base import GRACE, MAX_CLIPBOARD, MAX_TEXT, STOP_KEYS, Clipboard, Injector, StopKeys

__all__ = [
    "GRACE",
    "MAX_CLIPBOARD",
    "MAX_TEXT",
    "STOP_KEYS",
    "Clipboard",
    "Injector",
    "StopKeys",
    "Unsupported",
    "clipboard",
    "injector",
    "stop_keys",
]


def injector(confined: str | Rect | None = None) -> Injector:
    """Needs a running loop. Raises Unsupported.

    `confined` to a window (its id of the capture): clicks only land where it or its menus and dialogs are on top, and
    keys go only while it has the focus. To a part of the screen (a monitor): clicks inside of it, keys while the
    window with the focus stands in it."""
    if sys.platform in ("win32", "darwin"):
        from .portable import PortableInjector

        return PortableInjector(confined)
    refuse_wayland()
    from .x11 import X11Injector

    return X11Injector(confined)


def stop_keys(callback: Callable[[], None]) -> StopKeys:
    """Calls whenever STOP_KEYS are pressed, whatever has the keyboard. Needs a running loop. Raises Unsupported."""
    if sys.platform in ("win32", "darwin"):
        from .portable import PortableInjector

        hands = PortableInjector(None)
        hands.hotkey(callback)
        return hands
    refuse_wayland()
    from .x11_stop import X11StopKeys

    return X11StopKeys(callback)


def clipboard() -> Clipboard:
    """Needs a running loop. Raises Unsupported."""
    if sys.platform in ("win32", "darwin"):
        raise Unsupported(Why.NO_CLIPBOARD, "The clipboard is not shared on this system.")
    refuse_wayland()
    from .x11_clipboard import X11Clipboard

    return X11Clipboard()
