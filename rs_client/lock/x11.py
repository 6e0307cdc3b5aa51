"""The X server's own screen saver (MIT-SCREEN-SAVER), which lockers such as xscreensaver and xss-lock go by."""

import asyncio
import contextlib

import xcffib
import xcffib.screensaver as saver

from rs_client.errors import Gone, Unsupported
from rs_client.x11.display import Display

from . import Say


async def watch(say: Say) -> None:
    """Until the display ends."""
    try:
        display = Display()
    except Unsupported:
        return
    readable = asyncio.Event()
    display.watch(readable.set)
    try:
        with contextlib.suppress(Unsupported, Gone, xcffib.ConnectionException):
            asked = display.extension(saver.key)
            asked.SelectInputChecked(display.root, saver.Event.NotifyMask).check()
            while True:
                readable.clear()
                say("x11", asked.QueryInfo(display.root).reply().state == saver.State.On)
                # Its events say no more than that there is something to ask.
                while not list(display.events()):
                    await readable.wait()
                    readable.clear()
    finally:
        display.close()
