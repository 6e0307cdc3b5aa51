"""Whether an application has read everything so far (EWMH, _NET_WM_PING)."""

import asyncio
import itertools
from typing import Any

import xcffib.xproto as xp

from rs_client.x11.display import Display
from rs_client.x11.windows import Windows

PATIENCE = 0.5
"""Seconds for the answer."""


class Ping:
    """Some toolkits look keys up before they read that a key has a new symbol, which came first. So one waits until
    they answer, behind it."""

    def __init__(self, display: Display, windows: Windows) -> None:
        self._display = display
        self._windows = windows
        self._numbers = itertools.count(1)
        self._waiting: tuple[int, asyncio.Event] | None = None
        # The answers go to the root window, where the window manager expects them.
        display.core.ChangeWindowAttributes(display.root, xp.CW.EventMask, [xp.EventMask.SubstructureNotify])

    async def answered(self, otherwise: float) -> None:
        """Wait for the application that has the focus; `otherwise` seconds when it does not know about pings."""
        atom = self._display.atom
        window = self._windows.speaks("_NET_WM_PING")
        if window is None:
            await asyncio.sleep(otherwise)
            return
        number, answer = next(self._numbers), asyncio.Event()
        self._waiting = (number, answer)
        data = xp.ClientMessageData.synthetic([atom("_NET_WM_PING"), number, window, 0, 0], "I" * 5)
        message = xp.ClientMessageEvent.synthetic(32, window, atom("WM_PROTOCOLS"), data)
        self._display.core.SendEvent(False, window, 0, message.pack())
        self._display.flush()
        try:
            await asyncio.wait_for(answer.wait(), PATIENCE)
        except TimeoutError:
            return

    def saw(self, event: Any) -> None:
        if isinstance(event, xp.ClientMessageEvent) and self._waiting is not None:
            number, answer = self._waiting
            if list(event.data.data32[:2]) == [self._display.atom("_NET_WM_PING"), number]:
                answer.set()
