"""Texts into the clipboard and out of it, each by a consent of its own."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from rs_client.core.rights import Rights
from rs_client.errors import Gone, Unsupported
from rs_client.inject import Clipboard
from rs_client.link import Refused, Unreachable
from rs_server.protocol.desktop import CLIPBOARD_BYTES, ClipboardGot, ClipboardPut
from rs_server.protocol.socket import ClientBody

log = logging.getLogger(__name__)


class ClipboardShare:
    def __init__(
        self, rights: Rights, clipboard: Callable[[], Clipboard], say: Callable[[ClientBody], Awaitable[None]]
    ) -> None:
        self.on_put: Callable[[str], None] = lambda _: None
        """Somebody, by name, put something into it."""
        self._rights = rights
        self._make = clipboard
        self._say = say
        self._clipboard: Clipboard | None = None
        self._watching: asyncio.Task[None] | None = None

    def settle(self) -> None:
        """To be called when somebody may do more or less than before."""
        wanted = bool(self._rights.clipboard("clipboard_out"))
        if wanted and self._watching is None and self._open() is not None:
            self._watching = asyncio.create_task(self._watch())
        elif not wanted and self._watching is not None:
            self._watching.cancel()
            self._watching = None

    def got(self, body: ClipboardGot) -> None:
        if body.giver != self._rights.you or body.by not in self._rights.clipboard("clipboard_in"):
            log.info("a text for the clipboard was dropped")
            return
        clipboard = self._open()
        if clipboard is not None:
            with contextlib.suppress(ValueError, Gone):
                clipboard.set_clipboard(body.text)
                self.on_put(body.by_name)

    def close(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            self._watching = None
        if self._clipboard is not None:
            self._clipboard.close()
            self._clipboard = None

    def _open(self) -> Clipboard | None:
        if self._clipboard is None:
            try:
                self._clipboard = self._make()
            except (Unsupported, Gone) as error:
                log.warning("no clipboard: %s", error)
        return self._clipboard

    async def _watch(self) -> None:
        clipboard = self._clipboard
        assert clipboard is not None
        while True:
            await clipboard.changed()
            try:
                text = await clipboard.clipboard()
            except (ValueError, TimeoutError):
                continue
            except Gone:
                return
            # Asked for now, not when it was copied.
            if text and len(text.encode()) <= CLIPBOARD_BYTES and self._rights.clipboard("clipboard_out"):
                try:
                    await self._say(ClipboardPut(text=text))
                except (Refused, Unreachable) as error:
                    # It is volatile: who lost the connection loses the text.
                    log.info("a text was not sent: %s", error)
