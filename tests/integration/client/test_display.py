"""Events of a real X server, and answers that come together with them."""

import asyncio

import xcffib.xproto as xp

from rs_client.x11.display import Display
from tests.support.xserver import XServer


def _watched(display: Display, window: int) -> None:
    display.core.ChangeWindowAttributesChecked(window, xp.CW.EventMask, [xp.EventMask.PropertyChange]).check()


def _change(display: Display, window: int) -> None:
    display.core.ChangePropertyChecked(xp.PropMode.Replace, window, xp.Atom.WM_NAME, xp.Atom.STRING, 8, 1, b"x").check()


async def test_what_comes_along_with_an_answer_is_told(xserver: XServer) -> None:
    """It is in the library's own queue then, and the descriptor has nothing more to say."""
    ours, other = Display(xserver.display), Display(xserver.display)
    try:
        _watched(ours, ours.root)
        list(ours.events())
        told = asyncio.Event()
        ours.watch(told.set)
        _change(other, ours.root)
        assert ours.core.GetInputFocus().reply()
        assert not told.is_set()
        await asyncio.wait_for(told.wait(), 5)
        assert [type(event) for event in ours.events()] == [xp.PropertyNotifyEvent]
        told.clear()
        _change(other, ours.root)
        assert ours.core.GetInputFocus().reply()
        ours.unwatch()
        await asyncio.sleep(0)
        assert not told.is_set()
        _change(other, ours.root)
        assert len(list(ours.events())) == 2, "in the order they came, none twice"
    finally:
        ours.close()
        other.close()
