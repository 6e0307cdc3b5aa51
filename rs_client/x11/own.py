"""Windows of ours say so: they are not offered to be shared, nobody who controls the screen reaches them, whichever
process of the client they are of, and they stand on every desktop.

Tk 8.6 says none of that by itself."""

import os
from collections.abc import Sequence

import xcffib
import xcffib.xproto as xp

from rs_client.errors import Unsupported
from rs_client.geometry import Rect

from .display import Display, WindowError
from .monitors import monitors
from .windows import OWN

EVERY_DESKTOP = 0xFFFFFFFF


def claim(window: int) -> bool:
    """`window` and what it stands in, up to the window manager's frame; False when that failed."""
    try:
        display = Display()
    except Unsupported:
        return False
    try:
        mask: int = display.setup.resource_id_mask
        owner, each, top = window & ~mask, window, window
        while each and each != display.root and each & ~mask == owner:
            _set(display, each, "_NET_WM_PID", os.getpid())
            _set(display, each, OWN, 1)
            top, each = each, int(display.core.QueryTree(each).reply().parent)
        _everywhere(display, top)
    except (*WindowError, xcffib.XcffibException):
        return False
    else:
        return True
    finally:
        display.close()


def _set(display: Display, window: int, name: str, value: int) -> None:
    atom, data = display.atom(name), value.to_bytes(4, "little")
    display.core.ChangePropertyChecked(xp.PropMode.Replace, window, atom, xp.Atom.CARDINAL, 32, 1, data).check()


def _everywhere(display: Display, window: int) -> None:
    """As a program asks its window manager (EWMH, _NET_WM_DESKTOP)."""
    if display.numbers(window, "_NET_WM_DESKTOP") == [EVERY_DESKTOP]:
        return
    data = xp.ClientMessageData.synthetic([EVERY_DESKTOP, 1, 0, 0, 0], "I" * 5)
    message = xp.ClientMessageEvent.synthetic(32, window, display.atom("_NET_WM_DESKTOP"), data)
    mask = xp.EventMask.SubstructureRedirect | xp.EventMask.SubstructureNotify
    display.core.SendEventChecked(False, display.root, mask, message.pack()).check()


def places() -> Sequence[Rect]:
    """Where windows can be seen: the monitors. Empty when that is not known."""
    try:
        display = Display()
    except Unsupported:
        return ()
    try:
        return [place for _, place in monitors(display)]
    except (Unsupported, xcffib.XcffibException):
        return ()
    finally:
        display.close()
