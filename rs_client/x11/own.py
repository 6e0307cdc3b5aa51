"""Windows of this process say so: they are not offered to be shared, and nobody who controls the screen reaches them.

Tk 8.6 does not say it by itself (EWMH, `_NET_WM_PID`)."""

import os

import xcffib
import xcffib.xproto as xp

from rs_client.errors import Unsupported

from .display import Display, WindowError


def claim(window: int) -> bool:
    """`window` and what it stands in, up to the window manager's frame; False when that failed."""
    try:
        display = Display()
    except Unsupported:
        return False
    try:
        core, pid = display.core, os.getpid().to_bytes(4, "little")
        mask: int = display.setup.resource_id_mask
        owner, each = window & ~mask, window
        while each and each != display.root and each & ~mask == owner:
            core.ChangePropertyChecked(
                xp.PropMode.Replace, each, display.atom("_NET_WM_PID"), xp.Atom.CARDINAL, 32, 1, pid
            ).check()
            each = int(core.QueryTree(each).reply().parent)
    except (*WindowError, xcffib.XcffibException):
        return False
    else:
        return True
    finally:
        display.close()
