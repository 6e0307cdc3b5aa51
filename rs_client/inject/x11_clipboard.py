"""The clipboard: text as UTF-8, owned and asked for by ourselves (ICCCM, section 2)."""

import asyncio
import contextlib
import struct
from typing import Any

import xcffib
import xcffib.xfixes
import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.x11.display import ANY, Display, WindowError

from .base import MAX_CLIPBOARD

PATIENCE = 5.0
"""Seconds for the program that owns the text to give it, or its next piece."""
_ATOM, _NEW = 4, xp.Property.NewValue


class X11Clipboard:
    def __init__(self, display: str | None = None) -> None:
        self._display = Display(display)
        self._core = self._display.core
        self._window = self._display.new_id()
        self._core.CreateWindow(
            0,
            self._window,
            self._display.root,
            -1,
            -1,
            1,
            1,
            0,
            xp.WindowClass.InputOnly,
            0,
            xp.CW.EventMask,
            [xp.EventMask.PropertyChange],
        )
        self._clipboard = self._display.atom("CLIPBOARD")
        self._utf8 = self._display.atom("UTF8_STRING")
        self._targets = self._display.atom("TARGETS")
        self._parcel = self._display.atom("DESKSIDE_TEXT")
        """The property that others put the text into."""
        fixes = self._display.extension(xcffib.xfixes.key)
        mask = xcffib.xfixes.SelectionEventMask.SetSelectionOwner
        fixes.SelectSelectionInput(self._window, self._clipboard, mask)
        self._own: bytes | None = None
        self._answers: asyncio.Queue[int] = asyncio.Queue()
        """The property of each answer to what we asked; 0: refused."""
        self._pieces: asyncio.Queue[None] = asyncio.Queue()
        self._asking = asyncio.Lock()
        self._other = asyncio.Event()
        self.closed = False
        self._display.flush()
        self._display.watch(self._read)

    async def clipboard(self) -> str:
        self._check()
        async with self._asking, asyncio.timeout(3 * PATIENCE):
            owner = self._core.GetSelectionOwner(self._clipboard).reply().owner
            self._read()
            if self._own is not None and owner == self._window:
                return self._own.decode()
            self._answers, self._pieces = asyncio.Queue(), asyncio.Queue()
            self._core.DeleteProperty(self._window, self._parcel)
            now = xcffib.CurrentTime
            self._core.ConvertSelection(self._window, self._clipboard, self._utf8, self._parcel, now)
            self._display.flush()
            self._read()
            if not await asyncio.wait_for(self._answers.get(), PATIENCE):
                return ""
            self._pieces = asyncio.Queue()
            kind, value = self._take()
            if kind == self._display.atom("INCR"):
                value = await self._incremental()
            return value.decode("utf-8", "replace").replace("\0", "")

    def set_clipboard(self, text: str) -> None:
        value = text.encode("utf-8", "replace")
        if len(value) > MAX_CLIPBOARD:
            raise ValueError("the text is too long")
        self._check()
        self._own = value
        self._core.SetSelectionOwner(self._window, self._clipboard, xcffib.CurrentTime)
        self._display.flush()
        self._read()

    async def changed(self) -> None:
        await self._other.wait()
        self._other.clear()

    def from_now(self) -> None:
        with contextlib.suppress(xcffib.XcffibException):
            # Whatever the X server still has to say is of before.
            self._core.GetSelectionOwner(self._clipboard).reply()
        self._read()
        self._other.clear()

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._display.close()

    def _check(self) -> None:
        if self.closed:
            raise Gone("the display ended")

    async def _incremental(self) -> bytes:
        """Piece by piece (ICCCM 2.7.2), until an empty one."""
        found = bytearray()
        while True:
            await asyncio.wait_for(self._pieces.get(), PATIENCE)
            _, piece = self._take()
            if not piece:
                return bytes(found)
            found += piece
            if len(found) > MAX_CLIPBOARD:
                raise ValueError("the text in the clipboard is too long")

    def _take(self) -> tuple[int, bytes]:
        """(type, value) of what was put down for us; taking it away asks for the next piece."""
        found = self._core.GetProperty(True, self._window, self._parcel, ANY, 0, MAX_CLIPBOARD // 4).reply()
        if found.bytes_after:
            self._core.DeleteProperty(self._window, self._parcel)
            raise ValueError("the text in the clipboard is too long")
        return found.type, bytes(found.value.raw)

    def _read(self) -> None:
        try:
            for event in self._display.events():
                self._saw(event)
        except (Gone, xcffib.XcffibException):
            self.close()

    def _saw(self, event: Any) -> None:
        if isinstance(event, xp.SelectionRequestEvent):
            self._answer(event)
        elif isinstance(event, xp.SelectionNotifyEvent):
            self._answers.put_nowait(event.property)
        elif isinstance(event, xp.SelectionClearEvent):
            self._own = None
        elif isinstance(event, xcffib.xfixes.SelectionNotifyEvent) and event.owner != self._window:
            self._other.set()
        elif isinstance(event, xp.PropertyNotifyEvent) and (event.atom, event.state) == (self._parcel, _NEW):
            self._pieces.put_nowait(None)

    def _answer(self, event: Any) -> None:
        """Text and the list of what we have; anything else is refused."""
        # Programs from before 1993 name no property (ICCCM 2.2).
        place = event.property or event.target
        kinds = (self._utf8, self._display.atom("text/plain;charset=utf-8"))
        try:
            if self._own is not None and event.target in kinds:
                self._put(event.requestor, place, event.target, 8, self._own)
            elif self._own is not None and event.target == self._targets:
                self._put(event.requestor, place, _ATOM, 32, struct.pack("=3I", self._targets, *kinds))
            else:
                place = 0
        except WindowError:
            return
        answer = xp.SelectionNotifyEvent.synthetic(event.time, event.requestor, event.selection, event.target, place)
        self._core.SendEvent(False, event.requestor, 0, answer.pack())
        self._display.flush()

    def _put(self, window: int, place: int, kind: int, width: int, value: bytes) -> None:
        count = len(value) * 8 // width
        self._core.ChangePropertyChecked(xp.PropMode.Replace, window, place, kind, width, count, value).check()
