"""What an X server has to show."""

import os
import secrets
import unicodedata
from collections.abc import Callable, Sequence

import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.x11.display import Display, WindowError
from rs_client.x11.windows import OWN, Windows

from .base import Feed, Screen, Window
from .x11_screen import ScreenFeed, screens
from .x11_window import WindowFeed

MAX_TITLE = 200
MARK = "_DESKSIDE_MARK"
"""A property of windows that were chosen: numbers of windows are given anew, properties go with them."""

RATE = 60.0
"""Pictures a second, at most: there are only as many as there are changes, and as encoding has time for."""


class X11Capture:
    """Raises Unsupported when there is no display. Each feed has a connection of its own."""

    def __init__(self, display: str | None = None) -> None:
        self._name = display
        self._display = Display(display)
        self._windows = Windows(self._display)

    def screens(self) -> Sequence[Screen]:
        return screens(self._display)

    def windows(self) -> Sequence[Window]:
        return [Window(str(each), *self._about(each)) for each in self._windows.listed() if not self._left_out(each)]

    def mark(self, id: str) -> str:
        found = self.marked(id)
        if not found:
            found = secrets.token_hex(16)
            core, mode = self._display.core, xp.PropMode.Replace
            atom, value = self._display.atom(MARK), found.encode()
            try:
                core.ChangePropertyChecked(mode, int(id), atom, xp.Atom.STRING, 8, len(value), value).check()
            except WindowError:
                raise Gone("there is no such window") from None
        return found

    def marked(self, id: str) -> str:
        return self._display.property(int(id), MARK)[1].decode("latin-1")

    def open_screen(self, id: str, rate: float = RATE) -> Feed:
        return self._opened(lambda display: ScreenFeed(display, id, rate))

    def open_window(self, id: str, rate: float = RATE) -> Feed:
        if id not in {str(each) for each in self._windows.listed()}:
            raise Gone("there is no such window")
        return self._opened(lambda display: WindowFeed(display, int(id), rate))

    def close(self) -> None:
        self._display.close()

    def _opened(self, make: Callable[[Display], Feed]) -> Feed:
        display = Display(self._name)
        try:
            return make(display)
        except BaseException:
            display.close()
            raise

    def _about(self, window: int) -> tuple[str, str]:
        """(title, application)"""
        names = self._display.property(window, "WM_CLASS")[1].split(b"\0")
        title = self._display.property(window, "_NET_WM_NAME")[1] or self._display.property(window, "WM_NAME")[1]
        return clean(title), clean(names[1] if len(names) > 1 else names[0])

    def _left_out(self, window: int) -> bool:
        """Panels and the desktop's background are no applications; our own windows are not for sharing."""
        kinds = set(self._display.numbers(window, "_NET_WM_WINDOW_TYPE"))
        furniture = {self._display.atom(f"_NET_WM_WINDOW_TYPE_{kind}") for kind in ("DESKTOP", "DOCK")}
        return (
            bool(kinds & furniture)
            or bool(self._display.numbers(window, OWN))
            or self._display.numbers(window, "_NET_WM_PID") == [os.getpid()]
        )


def clean(name: bytes) -> str:
    """What a program says about itself, as one short line without control and direction characters."""
    text = name.decode("utf-8", "replace")
    return "".join(each for each in text if unicodedata.category(each) not in ("Cc", "Cf", "Zl", "Zp"))[:MAX_TITLE]
