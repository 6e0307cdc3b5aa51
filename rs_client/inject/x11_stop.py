"""The Stop keys, also while nobody may touch this machine."""

import contextlib
from collections.abc import Callable

import xcffib

from rs_client.errors import Gone
from rs_client.x11.display import Display

from .x11_local import KEYS, LocalUser


class X11StopKeys:
    def __init__(self, callback: Callable[[], None], display: str | None = None) -> None:
        self._display = Display(display)
        self._closed = False
        try:
            self._local = LocalUser(self._display, KEYS)
            self._local.on_stop(callback)
            self._display.watch(self._read)
        except xcffib.XcffibException as error:
            self._display.close()
            raise Gone("the display ended") from error
        except BaseException:
            self._display.close()
            raise

    @property
    def closed(self) -> bool:
        """Also when the display has ended."""
        return self._closed

    def close(self) -> None:
        """What was pressed until now counts."""
        if not self._closed:
            self._closed = True
            with contextlib.suppress(Gone, xcffib.XcffibException):
                self._local.leave()
                self._hear()
            self._display.close()

    def _read(self) -> None:
        try:
            self._hear()
        except Gone:
            self._closed = True
            self._display.close()

    def _hear(self) -> None:
        for event in self._display.events():
            self._local.saw(event)
