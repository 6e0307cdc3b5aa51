"""Pictures of the screen, of a monitor, of one application. X11 whole; Windows and macOS: see `portable`."""

import os
import sys

from rs_client.errors import Gone, Unsupported, Why
from rs_client.geometry import Rect

from .base import WHOLE, Capture, Feed, Picture, Screen, Window

__all__ = ["WHOLE", "Capture", "Feed", "Gone", "Picture", "Rect", "Screen", "Unsupported", "Window", "capture"]


def capture() -> Capture:
    """What this machine can show. Raises Unsupported."""
    if sys.platform in ("win32", "darwin"):
        from .portable import PortableCapture

        return PortableCapture()
    refuse_wayland()
    from .x11 import X11Capture

    return X11Capture()


def refuse_wayland() -> None:
    """Also where XWayland answers: it sees X programs only, and its root is black. Raises Unsupported."""
    if os.environ.get("XDG_SESSION_TYPE") == "wayland" or os.environ.get("WAYLAND_DISPLAY"):
        raise Unsupported(
            Why.WAYLAND,
            "This desktop runs on Wayland, which lets no program see or control the others. Sign out, choose a "
            "session of the kind 'Xorg' or 'X11' on the sign-in page, and start again; or share your screen from "
            "the browser, which shows it without control.",
        )
