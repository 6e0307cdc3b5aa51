"""The client in a terminal: where there is no window to be had, and for who prefers to have it read out."""

import asyncio
import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from rs_client.capture import Window
from rs_client.core.rights import FILES
from rs_client.core.roots import Root
from rs_client.core.shown import Question, Shown, Viewer
from rs_client.folders import choose
from rs_client.texts import Texts
from rs_server.protocol.consent import Capability

from . import typed
from .base import (
    CAPABILITY_POINTS,
    NO,
    Actions,
    Answer,
    Meeting,
    Removal,
    chooses,
    connection,
    greeting,
    points,
    removal_words,
    visits,
    what,
    who_asks,
)

PAUSE = 0.7
"""Seconds before a question can be answered: what was typed before it stood there is no answer to it, nor the begin of
one, whoever typed it."""
CLIPBOARD = ("i", "o")
GIVING = ("d", "w", "l", *CLIPBOARD)


class Terminal:
    """Lines in, lines out. A line answers the question that stands; else it is a command."""

    protected = True
    """Nobody controls while something is asked, what was typed before does not count, and commands that give something
    are not taken while anybody controls, or ask themselves first. The others only take back."""

    def __init__(self, texts: Texts, out: TextIO | None = None) -> None:
        self._texts = texts
        self._out = out or sys.stdout
        self._actions: Actions | None = None
        self._windows: Callable[[], Sequence[Window]] = lambda: ()
        self._shown: Shown | None = None
        self._said = ""
        self._waiting: asyncio.Future[str] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._asked = False
        """A question stands, from its first word on: no command gives anything."""
        self._giving: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        """The input has ended: whoever is asked says no."""

    async def address(self, typed: str, server: str, error: str) -> tuple[str, str] | None:
        if error:
            self._say(error)
        else:
            self._say(self._texts("join.text"))
        text = typed if typed and not error else await self._line(self._texts("terminal.number"))
        if not text:
            return None
        if "/" in text or server:
            return text, server
        return text, await self._line(self._texts("terminal.server"))

    async def meet(self, meeting: Meeting) -> bool:
        texts = self._texts
        self._say("", meeting.company, greeting(texts, meeting), texts("meet.server", server=meeting.server))
        self._say(texts("meet.resumed") if meeting.resumed else texts(f"meet.recording_{meeting.recording}"))
        self._say(texts("meet.nothing"), "")
        if not meeting.own:
            self._say(f"{texts('scam.title')}: {texts('scam.text')}", "")
        return self._is_yes(await self._line(texts("terminal.meet")))

    async def ask(self, question: Question, more: int) -> Answer:
        with self._asking():
            return await self._ask(question)

    async def _ask(self, question: Question) -> Answer:
        texts = self._texts
        title = texts(f"ask.{question.capability}.title", name=question.name)
        self._say("", who_asks(texts, question), title)
        self._say(*(f"  - {each}" for each in points(texts, question)))
        self._say(texts("ask.no_harm"))
        if not await self._answered():
            return NO
        if question.capability in FILES:
            roots = await self._choose_roots(question)
            return Answer(True, roots=roots) if roots else NO
        if not chooses(question):
            return Answer(True)
        window = await self._choose(texts("ask.choose"))
        return Answer(True, window) if window is not None else NO

    async def confirm(self, removal: Removal) -> bool:
        with self._asking():
            self._say("", *removal_words(self._texts, removal))
            return await self._answered()

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        self._asked = True
        try:
            yield
        finally:
            self._asked = False

    async def _answered(self) -> bool:
        """Whether it is yes, said after the question was read."""
        await asyncio.sleep(PAUSE)
        typed.forget()
        return self._is_yes(await self._line(self._texts("terminal.answer")))

    def begin(self, actions: Actions, windows: Callable[[], Sequence[Window]]) -> None:
        self._actions, self._windows = actions, windows
        self._say(self._texts("terminal.commands"))
        self._begin_reading()

    def show(self, shown: Shown) -> None:
        if shown.gives and not (self._shown and self._shown.gives):
            self._say(self._texts("terminal.commands_give"))
        if shown.keys and not (self._shown and self._shown.keys):
            self._say(self._texts("terminal.keys", keys=shown.keys))
        self._shown = shown
        lines = self._lines(shown)
        if "\n".join(lines) != self._said:
            self._said = "\n".join(lines)
            self._say(*lines)

    def note(self, text: str) -> None:
        self._say(text)

    def act(self, text: str, look: bool) -> None:
        self._say(text)

    async def ended(self, text: str) -> None:
        self._say(text)

    def close(self) -> None:
        for task in (self._reading, self._giving):
            if task is not None:
                task.cancel()

    # --- what it says ---

    def _lines(self, shown: Shown) -> list[str]:
        texts = self._texts
        lines = [connection(texts, shown)]
        for each in shown.viewers:
            key = "window.sees_controls" if each.controls else "window.sees"
            more = [texts(f"window.{way}") for way in ("clipboard_in", "clipboard_out") if getattr(each, way)]
            lines.append(f"* {each.name} " + ", ".join([texts(key, what=what(texts, shown)), *more]))
        lines += [f"* {each.name} " + ", ".join(visits(texts, each)) for each in shown.visitors]
        if shown.paused:
            lines.append(texts("window.paused"))
        elif not shown.viewers:
            lines.append(texts("window.nobody"))
        return lines

    def _say(self, *lines: str) -> None:
        for line in lines:
            # Names and titles come from elsewhere: nothing of them may steer the terminal.
            clean = "".join(each for each in line if unicodedata.category(each) not in ("Cc", "Cf"))
            self._out.write(f"{clean}\n")
        self._out.flush()

    # --- what is typed ---

    def _is_yes(self, line: str) -> bool:
        return line.strip().lower() == self._texts("terminal.yes")

    async def _line(self, prompt: str) -> str:
        """The next line; empty when there is none any more."""
        async with self._turn:
            self._begin_reading()
            self._out.write(prompt)
            self._out.flush()
            if self._over.is_set():
                return ""
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                return await self._waiting
            finally:
                self._waiting = None

    async def _choose(self, title: str) -> str | None:
        windows = list(self._windows())
        if not windows:
            self._say(self._texts("ask.none"))
            return None
        self._say(title, *(f"  {number}  {_label(each)}" for number, each in enumerate(windows, 1)))
        chosen = (await self._line(self._texts("terminal.which"))).strip()
        if not (chosen.isascii() and chosen.isdigit() and 1 <= int(chosen) <= len(windows)):
            return None
        return windows[int(chosen) - 1].id

    async def _choose_roots(self, question: Question) -> tuple[Root, ...]:
        """One after the other, by path or by the number of a suggestion, until an empty line."""
        texts = self._texts
        offered = list(dict.fromkeys([*(root.path for root in question.roots), *choose.suggested()]))
        self._say(texts("terminal.folders"), *(f"  {number}  {each}" for number, each in enumerate(offered, 1)))
        chosen: dict[str, Root] = {}
        while typed := (await self._line(texts("terminal.folder"))).strip():
            number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
            path = offered[number - 1] if 1 <= number <= len(offered) else typed
            try:
                root = choose.root(path, [*question.roots, *chosen.values()])
            except choose.NoRoot as error:
                self._say(texts(f"ask.folders_{error.why}"))
                continue
            chosen[root.id] = root
            self._say(texts("terminal.folders_chosen", places=", ".join(each.path for each in chosen.values())))
        return tuple(chosen.values())

    def _begin_reading(self) -> None:
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with typed.lines_of(sys.stdin) as lines:
            async for line in lines:
                await self._typed(line)
        self._over.set()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result("")

    async def _typed(self, line: str) -> None:
        word = line.strip().lower()
        if word == "s" and self._actions is not None:
            # Also while something is asked: Stop comes before all.
            self._actions.stop()
        elif word == self._texts("terminal.report") and self._actions is not None:
            self._actions.report()
        elif self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(line)
        elif self._actions is not None:
            self._command(word, self._actions)

    def _command(self, word: str, actions: Actions) -> None:
        if word in GIVING and not self._may_give(word):
            return
        match word:
            case "c":
                actions.take_back()
            case "q":
                actions.leave()
            case "d":
                actions.give("desktop", None)
            case "w":
                self._giving = asyncio.create_task(self._give_window(actions))
            case "l":
                actions.give_control()
            case "i":
                self._giving = asyncio.create_task(self._give_clipboard(actions, "clipboard_in"))
            case "o":
                self._giving = asyncio.create_task(self._give_clipboard(actions, "clipboard_out"))
            case "n":
                actions.stop()
            case _ if self._shown is not None:
                self._say(*self._lines(self._shown), self._texts("terminal.commands"))

    def _controllers(self) -> list[Viewer]:
        return [each for each in self._shown.viewers if each.controls] if self._shown is not None else []

    def _may_give(self, word: str) -> bool:
        """What goes with control asks before it gives, everything else is not for whoever controls to type."""
        if self._asked or not (self._giving is None or self._giving.done()):
            return False
        if bool(self._controllers()) == (word in CLIPBOARD):
            return True
        self._say(self._texts("terminal.not_controlled" if word in CLIPBOARD else "terminal.controlled"))
        return False

    async def _give_window(self, actions: Actions) -> None:
        async with actions.alone():
            with self._asking():
                window = await self._choose(self._texts("give.choose"))
        if window is not None:
            actions.give("application", window)

    async def _give_clipboard(self, actions: Actions, way: Capability) -> None:
        """To those who control: none of them has a hand in the answer, and who came meanwhile is not meant."""
        texts, meant = self._texts, self._controllers()
        name = ", ".join(each.name for each in meant)
        async with actions.alone():
            with self._asking():
                self._say("", texts(f"ask.{way}.title", name=name))
                self._say(*(f"  - {texts(f'ask.{way}.{each}', name=name)}" for each in CAPABILITY_POINTS))
                allow = await self._answered()
        if allow and {each.id for each in self._controllers()} == {each.id for each in meant}:
            actions.give_clipboard(way)


def _label(window: Window) -> str:
    parts = [each for each in (window.title, window.application) if each]
    return " – ".join(parts) or window.id
