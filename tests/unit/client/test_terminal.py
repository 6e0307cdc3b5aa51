"""What is typed, as lines, from whatever the terminal is."""

import asyncio
import os
import pty
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest

from rs_client.consent_ui import terminal
from rs_client.core.shown import Question, Shown, Viewer
from rs_client.texts import Texts

TYPED = "y\r\nné\n\n" + "x" * (terminal.LONGEST_LINE + 5) + "\nlast"
LINES = ["y", "né", "", "x" * (terminal.LONGEST_LINE + 5), "last"]


async def lines(path: int | str | Path) -> list[str]:
    with open(path, encoding="utf-8", newline="") as source:
        async with terminal._lines_of(source) as found:
            return [each async for each in found]


async def test_lines_of_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, TYPED.encode())
    os.close(writing)
    found = await lines(reading)
    assert found[:3] == LINES[:3]
    assert "".join(found[3:-1]) == LINES[3]
    assert found[-1] == LINES[-1]


@pytest.mark.parametrize("text", ["", TYPED])
async def test_lines_of_a_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "typed"
    path.write_text(text, newline="")
    found = await lines(path)
    assert found[:3] == (LINES[:3] if text else [])
    assert "".join(found) == "".join(LINES if text else [])


class Person:
    """Somebody at a real terminal."""

    def __init__(self, surface: terminal.Terminal, out: StringIO, master: int) -> None:
        self.surface, self.out, self._master = surface, out, master
        self.done: list[str] = []

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def reads(self, words: str) -> None:
        async with asyncio.timeout(20):
            while words not in self.out.getvalue():
                await asyncio.sleep(0.01)

    def __getattr__(self, name: str) -> object:
        return lambda *_: self.done.append(name)


@pytest.fixture
async def person(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    master, slave = pty.openpty()
    with open(slave, encoding="utf-8") as source:
        monkeypatch.setattr("sys.stdin", source)
        out = StringIO()
        surface = terminal.Terminal(Texts("en"), out)
        made = Person(surface, out, master)
        surface.begin(made, lambda: (), "")  # type: ignore[arg-type]
        await asyncio.sleep(0)
        yield made
        surface.close()
        await asyncio.gather(*[each for each in (surface._reading,) if each], return_exceptions=True)
    os.close(master)


@pytest.mark.parametrize("before", ["y", "y\n"])
async def test_what_was_typed_before_a_question_is_no_part_of_its_answer(person: Person, before: str) -> None:
    person.type(before)
    asking = asyncio.create_task(person.surface.ask(Question("g", "desktop_control", "Anna", "ACME"), 0))
    await person.reads("May Anna control")
    person.type("y\n" if before == "y" else "y")
    await person.reads("y yes")
    assert not asking.done()
    person.type("\n")
    assert (await asyncio.wait_for(asking, 10)).allow is False


async def test_nothing_is_given_by_the_terminal_while_anybody_controls(person: Person) -> None:
    def shown(controls: bool) -> Shown:
        viewers = (Viewer("a", "Jeanne", controls, False, False),)
        return Shown("ACME", "connected", ("Jeanne",), "desktop", "", False, viewers, True)

    person.surface.show(shown(True))
    for word in ("d", "l", "w"):
        person.type(f"{word}\n")
    person.type("c\ns\n")
    async with asyncio.timeout(10):
        while "stop" not in person.done:
            await asyncio.sleep(0.01)
    assert person.done == ["take_back", "stop"]
    person.surface.show(shown(False))
    person.type("l\n")
    async with asyncio.timeout(10):
        while person.done[-1] != "give_control":
            await asyncio.sleep(0.01)
