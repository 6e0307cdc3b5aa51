"""Events of a real X server, and answers that come together with them."""

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
import xcffib.xproto as xp

from rs_client.errors import Gone
from rs_client.x11.display import Display, WindowError
from tests.support.xserver import XServer


def _watched(display: Display, window: int) -> None:
    display.core.ChangeWindowAttributesChecked(window, xp.CW.EventMask, [xp.EventMask.PropertyChange]).check()


def _change(display: Display, window: int) -> None:
    display.core.ChangePropertyChecked(xp.PropMode.Replace, window, xp.Atom.WM_NAME, xp.Atom.STRING, 8, 1, b"x").check()


@contextlib.contextmanager
def _listening(xserver: XServer) -> Iterator[tuple[Display, Display, asyncio.Event]]:
    """One who is told of changes, another who makes them, and whether they were told."""
    with contextlib.closing(Display(xserver.display)) as ours, contextlib.closing(Display(xserver.display)) as other:
        _watched(ours, ours.root)
        list(ours.events())
        told = asyncio.Event()
        ours.watch(told.set)
        yield ours, other, told


async def test_what_comes_along_with_an_answer_is_told(xserver: XServer) -> None:
    """It is in the library's own queue then, and the descriptor has nothing more to say."""
    with _listening(xserver) as (ours, other, told):
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


async def test_what_comes_along_with_an_error_is_told(xserver: XServer) -> None:
    with _listening(xserver) as (ours, other, told):
        _change(other, ours.root)
        with pytest.raises(WindowError):
            ours.core.GetGeometry(1).reply()
        await asyncio.wait_for(told.wait(), 5)
        assert len(list(ours.events())) == 1
        told.clear()
        _change(other, ours.root)
        with pytest.raises(WindowError):
            ours.core.MapWindowChecked(1).check()
        await asyncio.wait_for(told.wait(), 5)


async def test_whoever_leaves_while_events_wait_hears_no_more(xserver: XServer) -> None:
    ours, other = Display(xserver.display), Display(xserver.display)
    _watched(ours, ours.root)
    list(ours.events())
    _change(other, ours.root)
    _change(other, ours.root)
    events = ours.events()
    assert next(events)
    ours.close()
    with pytest.raises(Gone):
        next(events)
    other.close()
