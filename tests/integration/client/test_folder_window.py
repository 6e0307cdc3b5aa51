"""Folders in the client's window: chosen, named, and asked about, by keyboard."""

import asyncio
import tkinter as tk
from pathlib import Path
from typing import Any, cast

import pytest

from rs_client.consent_ui.base import Answer, Removal
from rs_client.consent_ui.tk import TkSurface
from rs_client.consent_ui.tk_parts import Button
from rs_client.core.rights import FILES
from rs_client.core.shown import Question, Shown, Visitor
from tests.support.xserver import until

from .test_window import Nothing, focused
from .test_window import surface as surface  # a fixture


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("Documents", "Downloads", "Bills", "Bills/Old"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def find(surface: TkSurface, kind: type[tk.Misc]) -> list[Any]:
    found: list[tk.Misc] = []
    waiting: list[tk.Misc] = [surface._root]
    while waiting:
        widget = waiting.pop(0)
        waiting += widget.winfo_children()
        found += [widget] if isinstance(widget, kind) else []
    return found


def button(surface: TkSurface, text: str) -> Button:
    return cast(Button, next(each for each in find(surface, Button) if each.text == text))


async def press(surface: TkSurface, widget: tk.Misc, key: str = "<Return>") -> None:
    surface._root.focus_force()
    widget.focus_set()
    await until(lambda: surface._root.focus_get() is widget, "the focus")
    widget.event_generate(key)


async def asked(surface: TkSurface, capability: Any) -> "asyncio.Task[Answer]":
    surface.begin(Nothing(), tuple)
    asking = asyncio.create_task(surface.ask(Question("g", capability, "Anna", "ACME"), 0))
    await until(lambda: find(surface, tk.Checkbutton), "the suggestions")
    no = button(surface, "Not now")
    await until(lambda: no.enabled, "it can be answered")
    return asking


@pytest.mark.parametrize("capability", FILES)
async def test_no_folder_is_chosen_before_it_is_ticked(surface: TkSurface, home: Path, capability: str) -> None:
    asking = await asked(surface, capability)
    boxes = find(surface, tk.Checkbutton)
    assert [str(each.cget("text")).partition("   ")[0] for each in boxes] == ["Documents", "Downloads"]
    allow = button(surface, "Allow")
    assert not allow.enabled
    for ticked in (True, False, True):
        await press(surface, boxes[1], "<space>")
        await until(lambda ticked=ticked: allow.enabled is ticked, "nothing ticked is no")  # type: ignore[misc]
    await press(surface, allow)
    answer = await asyncio.wait_for(asking, 10)
    assert answer.allow
    assert [each.path for each in answer.roots] == [str(home / "Downloads")]


async def test_another_folder(surface: TkSurface, home: Path) -> None:
    asking = await asked(surface, "files_read")
    await press(surface, button(surface, "Another folder…"))
    (listed,) = find(surface, tk.Listbox)
    await until(lambda: listed.get(0, "end") == ("Bills", "Documents", "Downloads"), "the folders")
    listed.selection_set(0)
    await press(surface, listed)
    await until(lambda: listed.get(0, "end") == ("Old",), "inside")
    await press(surface, listed, "<BackSpace>")
    await until(lambda: len(listed.get(0, "end")) == 3, "up again")
    listed.selection_set(0)
    await press(surface, button(surface, "Take this one"))
    await until(lambda: len(find(surface, tk.Checkbutton)) == 3, "it is in the list")
    await until(lambda: button(surface, "Allow").enabled, "and ticked")
    assert find(surface, tk.Listbox) == []
    await press(surface, button(surface, "Allow"))
    assert [each.path for each in (await asyncio.wait_for(asking, 10)).roots] == [str(home / "Bills")]


@pytest.mark.parametrize("allow", [True, False])
async def test_a_deletion_is_asked_about(surface: TkSurface, allow: bool) -> None:
    surface.begin(Nothing(), tuple)
    surface._root.focus_force()
    asking = asyncio.create_task(surface.confirm(Removal("Anna", "a.txt", "Documents", False)))
    no = await focused(surface, "Not now")
    assert not no.enabled
    no.event_generate("<Return>")
    await until(lambda: no.enabled, "it can be answered")
    assert "May Anna delete “a.txt”?" in surface._root.title()
    await press(surface, button(surface, "Delete" if allow else "Not now"))
    assert await asyncio.wait_for(asking, 10) is allow


async def test_a_replacement_is_asked_about_in_its_own_words(surface: TkSurface) -> None:
    surface.begin(Nothing(), tuple)
    surface._root.focus_force()
    asking = asyncio.create_task(surface.confirm(Removal("Anna", "a.txt", "Documents", replaces=True)))
    no = await focused(surface, "Not now")
    await until(lambda: no.enabled, "it can be answered")
    assert "May Anna replace “a.txt”?" in surface._root.title()
    await press(surface, button(surface, "Replace"))
    assert await asyncio.wait_for(asking, 10)


async def test_who_may_go_where_and_what_they_do(surface: TkSurface) -> None:
    surface.begin(Nothing(), tuple)
    visitor = Visitor("a", "Amélie Morel", ("Documents",), ("Downloads",))
    surface.show(Shown("ACME", "connected", ("Amélie Morel",), None, "", False, (), False, (visitor,)))
    for number in range(6):
        surface.act(f"Amélie Morel downloads {number}.pdf from Documents", look=False)
    for number in range(20):
        surface.act(f"Amélie Morel looks into {number}", look=True)
    await until(lambda: bool(surface._root.attributes("-topmost")), "on top as long as somebody may")
    said = "\n".join(str(each.cget("text")) for each in find(surface, tk.Label))
    for words in ("may read: Documents", "may change: Downloads", "downloads 5.pdf", "downloads 2.pdf", "into 19"):
        assert words in said
    assert "downloads 1.pdf" not in said
    assert "into 18" not in said
    assert button(surface, "Stop")
