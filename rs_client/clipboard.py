"""Texts into the clipboard and out of it, each by a consent of its own."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable

from rs_client.core.rights import Rights
from rs_client.errors import Gone, Unsupported
from rs_client.inject import Clipboard
from rs_client.link import Refused, Unreachable
from rs_server.protocol.desktop import CLIPBOARD_BYTES, ClipboardGot, ClipboardPut
from rs_server.protocol.socket import ClientBody

log = logging.getLogger(__name__)

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What the server takes of nobody: pasted into a terminal, it would do things."""


class ClipboardShare:
    def __init__(
        self, rights: Rights, clipboard: Callable[[], Clipboard], say: Callable[[ClientBody], Awaitable[None]]
    ) -> None:
        self.on_put: Callable[[str], None] = lambda _: None
        """Somebody, by name, put something into it."""
        self.on_out: Callable[[str], None] = lambda _: None
        """What was copied was not sent as it is: `cleaned`, or `long` and not sent at all."""
        self._rights = rights
        self._make = clipboard
        self._say = say
        self._clipboard: Clipboard | None = None
        self._watching: asyncio.Task[None] | None = None

    def settle(self) -> None:
        """To be called when somebody may do more or less than before."""
        wanted = bool(self._rights.clipboard("clipboard_out"))
        if wanted and self._watching is None and (clipboard := self._open()) is not None:
            # At once, before the person is told: what is copied from then on is sent.
            clipboard.from_now()
            self._watching = asyncio.create_task(self._watch(clipboard))
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

    async def _watch(self, clipboard: Clipboard) -> None:
        while True:
            await clipboard.changed()
            try:
                while (again := await self._send(clipboard)) is not None:
                    await asyncio.sleep(again)
            except ValueError:
                self.on_out("long")
            except TimeoutError:
                continue
            except Gone:
                return

    async def _send(self, clipboard: Clipboard) -> float | None:
        """What is in it now; seconds after which to try again, where there was too much. Raises ValueError when it is
        too long, TimeoutError, Gone."""
        copied = await clipboard.clipboard()
        text = CONTROL.sub("", copied)
        # Asked for now, not when it was copied.
        if not text or not self._rights.clipboard("clipboard_out"):
            return None
        if len(text.encode()) > CLIPBOARD_BYTES:
            raise ValueError("the text is too long")
        try:
            await self._say(ClipboardPut(text=text))
        except Refused as refused:
            log.info("a text was not sent: %s", refused)
            return refused.error.retry_after
        except Unreachable as error:
            # It is volatile: who lost the connection loses the text.
            log.info("a text was not sent: %s", error)
            return None
        if text != copied:
            self.on_out("cleaned")
        return None
