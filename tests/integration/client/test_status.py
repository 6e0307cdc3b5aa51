"""The part of the client's window that stays: where the focus is, and what is half done, while it is drawn anew."""

import asyncio
import contextlib
import tkinter as tk
from typing import Any, cast

import pytest

from rs_client.capture import Window
from rs_client.consent_ui.tk import TkSurface
from rs_client.core.shown import Question, Shown, Viewer
from rs_server.protocol.desktop import ShareKind
from tests.support.xserver import until

from .test_folder_window import button, find, press
from .test_window import Nothing, focused
from .test_window import surface as surface  # a fixture

WINDOWS = [Window("1", "Accounts", "Sheets"), Window("2", "Letter", "Writer")]
REPORT = "This is not right: end and report"


class Noted(Nothing):
    def __init__(self) -> None:
        self.done: list[str] = []

    def leave(self) -> None:
        self.done.append("leave")

    def report(self) -> None:
        self.done.append("report")

    def give(self, kind: ShareKind, window: str | None) -> None:
        self.done.append(f"give {window}")


def shown(*names: str, gives: bool = False) -> Shown:
    viewers = tuple(Viewer(each, each, False, False, False) for each in names)
    return Shown("ACME", "connected", ("Anna", "Ben"), "desktop" if names else None, "", False, viewers, gives)


@pytest.fixture
async def noted(surface: TkSurface) -> Noted:
    """The session runs, and Anna sees the desktop."""
    noted = Noted()
    surface.begin(noted, lambda: WINDOWS)
    surface.show(shown("Anna"))
    surface._root.focus_force()
    await until(lambda: button(surface, "Stop").winfo_viewable(), "the window")
    return noted


async def turned_to(surface: TkSurface, text: str) -> None:
    button(surface, text).focus_set()
    await focused(surface, text)


@pytest.mark.parametrize("gives", [False, True])
async def test_after_stop_the_focus_is_where_it_does_no_harm(surface: TkSurface, noted: Noted, gives: bool) -> None:
    surface.show(shown("Anna", gives=gives))
    await turned_to(surface, "Stop")
    # As Stop does, without a moment between.
    surface.show(shown(gives=gives))
    surface.note("Stopped. Nobody sees your screen now.")
    await focused(surface, "Leave")
    assert noted.done == []


async def test_the_focus_stays_where_it_is_however_often_it_is_drawn(surface: TkSurface, noted: Noted) -> None:
    for text in ("Stop", "Leave", REPORT):
        await turned_to(surface, text)
        before = button(surface, text)
        for names in (("Anna", "Ben"), ("Anna",)):
            surface.show(shown(*names))
            surface.note(f"{names}{text}")
        after = await focused(surface, text)
        assert after is not before


async def test_a_question_has_the_focus_wherever_it_was(surface: TkSurface, noted: Noted) -> None:
    await turned_to(surface, "Leave")
    asking = asyncio.create_task(surface.ask(Question("g", "desktop_control", "Anna", "ACME"), 0))
    await asyncio.sleep(0)
    surface.show(shown("Anna", "Ben"))
    await focused(surface, "Not now")
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


@pytest.mark.parametrize("report", [True, False])
async def test_what_is_not_right_is_reported_by_two_presses(surface: TkSurface, noted: Noted, report: bool) -> None:
    await press(surface, button(surface, REPORT))
    no = await focused(surface, "Not now")
    yes = button(surface, "End and report")
    for each in (no, yes):
        each.event_generate("<Return>")
    assert not no.enabled
    surface.show(shown("Anna", "Ben"))
    await until(lambda: no.enabled, "it can be answered")
    assert await focused(surface, "Not now") is no
    assert noted.done == []
    await press(surface, yes if report else no)
    await focused(surface, REPORT)
    assert noted.done == (["report"] if report else [])


async def test_what_is_being_chosen_stays(surface: TkSurface, noted: Noted) -> None:
    surface.show(shown(gives=True))
    await press(surface, button(surface, "Show a window…"))
    listed = cast(tk.Listbox, await until(lambda: (find(surface, tk.Listbox) or [None])[0], "the list"))
    await until(lambda: surface._root.focus_get() is listed, "it has the focus")
    listed.selection_set(1)
    listed.event_generate("<<ListboxSelect>>")
    for names in (("Anna",), ("Anna", "Ben"), ()):
        surface.show(shown(*names, gives=True))
        surface.note(f"{names}")
    await until(lambda: listed.winfo_viewable(), "the list")
    assert find(surface, tk.Listbox) == [listed]
    chosen: Any = listed.curselection()  # type: ignore[no-untyped-call]
    assert chosen == (1,)
    await until(lambda: surface._root.focus_get() is listed, "the focus")
    allow = button(surface, "Allow")
    await until(lambda: allow.enabled, "it can be pressed")
    await press(surface, allow)
    await focused(surface, "Show a window…")
    assert noted.done == ["give 2"]
    assert find(surface, tk.Listbox) == []


async def test_what_is_being_chosen_is_there_again_after_a_question(surface: TkSurface, noted: Noted) -> None:
    surface.show(shown(gives=True))
    await press(surface, button(surface, "Show a window…"))
    (listed,) = find(surface, tk.Listbox)
    listed.selection_set(0)
    asking = asyncio.create_task(surface.ask(Question("g", "desktop_control", "Jeanne", ""), 0))
    await until(lambda: not listed.winfo_viewable(), "only what matters")
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    await until(lambda: listed.winfo_viewable(), "there again")
    chosen: Any = listed.curselection()
    assert chosen == (0,)
