"""What is typed, as lines, from whatever the terminal is."""

import asyncio
import contextlib
import os
import pty
from collections.abc import AsyncIterator, Callable, Coroutine
from io import StringIO
from pathlib import Path

import pytest

from rs_client.capture import Window
from rs_client.consent_ui import terminal, typed
from rs_client.consent_ui.base import Removal
from rs_client.core.shown import Question, Shown, Viewer
from rs_client.texts import Texts

TYPED = "y\r\nné\n\n" + "x" * (typed.LONGEST_LINE + 5) + "\nlast"
LINES = ["y", "né", "", "x" * (typed.LONGEST_LINE + 5), "last"]


async def lines(path: int | str | Path) -> list[str]:
    with open(path, encoding="utf-8", newline="") as source:
        async with typed.lines_of(source) as found:
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


def shown(controls: bool) -> Shown:
    viewers = (Viewer("a", "Jeanne", controls, False, False),)
    return Shown("ACME", "connected", ("Jeanne",), "desktop", "", False, viewers, True)


class Person:
    """Somebody at a real terminal, seen by a customer who `controls`, but for as long as they are alone."""

    def __init__(self, surface: terminal.Terminal, out: StringIO, master: int) -> None:
        self.surface, self.out, self._master = surface, out, master
        self.done: list[str] = []
        self.controls = False

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def reads(self, words: str, times: int = 1) -> None:
        await self.sees(lambda: self.out.getvalue().count(words) >= times)

    async def did(self, what: str) -> None:
        await self.sees(lambda: what in self.done)

    async def sees(self, found: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not found():
                await asyncio.sleep(0.01)

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        self.surface.show(shown(False))
        yield
        self.surface.show(shown(self.controls))

    def __getattr__(self, name: str) -> object:
        return lambda *given: self.done.append(" ".join([name, *(str(each) for each in given)]))


@pytest.fixture
async def person(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Person]:
    master, slave = pty.openpty()
    with open(slave, encoding="utf-8") as source:
        monkeypatch.setattr("sys.stdin", source)
        out = StringIO()
        surface = terminal.Terminal(Texts("en"), out)
        made = Person(surface, out, master)
        surface.begin(made, lambda: [Window("1", "Accounts", "Sheets")])  # type: ignore[arg-type]
        await asyncio.sleep(0)
        yield made
        surface.close()
        await asyncio.gather(*[each for each in (surface._reading,) if each], return_exceptions=True)
    os.close(master)


async def consent(surface: terminal.Terminal) -> bool:
    return (await surface.ask(Question("g", "desktop_control", "Anna", "ACME"), 0)).allow


async def deletion(surface: terminal.Terminal) -> bool:
    return await surface.confirm(Removal("Anna", "a.txt", "Documents", False))


@pytest.mark.parametrize(("ask", "words"), [(consent, "May Anna control"), (deletion, "May Anna delete")])
@pytest.mark.parametrize("before", ["y", "y\n"])
async def test_what_was_typed_before_a_question_is_no_part_of_its_answer(
    person: Person, before: str, ask: Callable[[terminal.Terminal], Coroutine[None, None, bool]], words: str
) -> None:
    person.type(before)
    asking = asyncio.create_task(ask(person.surface))
    await person.reads(words)
    person.type("y\n" if before == "y" else "y")
    await person.reads("y yes")
    assert not asking.done()
    person.type("\n")
    assert await asyncio.wait_for(asking, 10) is False


async def test_nothing_is_given_by_the_terminal_while_anybody_controls(person: Person) -> None:
    person.surface.show(shown(True))
    for word in ("d", "l", "w"):
        person.type(f"{word}\n")
    person.type("c\ns\n")
    await person.did("stop")
    assert person.done == ["take_back", "stop"]
    person.surface.show(shown(False))
    person.type("l\n")
    await person.did("give_control")


WAYS = [("i", "clipboard_in", "put text into your clipboard?"), ("o", "clipboard_out", "get the text that you copy?")]


@pytest.mark.parametrize(("word", "way", "words"), WAYS)
@pytest.mark.parametrize("allow", [True, False])
async def test_whoever_controls_cannot_give_themselves_the_clipboard(
    person: Person, word: str, way: str, words: str, allow: bool
) -> None:
    person.controls = True
    person.surface.show(shown(True))
    # All that comes with it, or before it can be answered, is of whoever controls.
    person.type(f"{word}\ny\n")
    await person.reads(f"May Jeanne {words}")
    person.type("y\nd\nl\ny\ny")
    await person.reads("y yes")
    assert person.done == []
    person.type("y\n" if allow else "\n")
    await person.reads("sees and controls", 2)
    person.type("c\n")
    await person.did("take_back")
    assert person.done == ([f"give_clipboard {way}"] if allow else []) + ["take_back"]


@pytest.mark.parametrize("word", ["i", "o"])
async def test_the_clipboard_goes_with_control_alone(person: Person, word: str) -> None:
    person.surface.show(shown(False))
    person.type(f"{word}\n")
    await person.reads("Only while the customer controls")
    person.controls = True
    person.surface.show(shown(True))
    person.type(f"{word}\n")
    await person.reads("May Jeanne")
    # It ends while it is asked about.
    person.controls = False
    await person.reads("y yes")
    person.type("y\nc\n")
    await person.did("take_back")
    assert person.done == ["take_back"]


async def test_nobody_controls_while_a_window_is_chosen(person: Person) -> None:
    person.surface.show(shown(False))
    person.type("w\n")
    await person.reads("Number of the window")
    person.controls = True
    person.type("d\n")
    await person.reads("sees and controls")
    person.controls = False
    person.surface.show(shown(False))
    person.type("w\n")
    await person.reads("Number of the window", 2)
    person.type("1\n")
    await person.did("give application 1")
    assert person.done == ["give application 1"]
