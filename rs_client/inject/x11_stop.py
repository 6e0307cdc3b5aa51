"""The Stop keys, also while nobody may touch this machine."""

from collections.abc import Callable

from rs_client.errors import Gone
from rs_client.x11.display import Display

from .x11_local import LocalUser


class X11StopKeys:
    def __init__(self, callback: Callable[[], None], display: str | None = None) -> None:
        self._display = Display(display)
        self._local = LocalUser(self._display)
        self._local.on_stop(callback)
        self._display.watch(self._read)
        self._closed = False

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._display.unwatch()
            self._display.close()

    def _read(self) -> None:
        try:
            for event in self._display.events():
                self._local.saw(event)
        except Gone:
            self.close()
