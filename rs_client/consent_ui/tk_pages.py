"""What the window asks: where to join, with whom, and each consent."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from rs_client.capture import Window
from rs_client.core.rights import FILES
from rs_client.core.shown import Question
from rs_client.texts import Texts

from .base import NO, Answer, Meeting, Removal, chooses, greeting, points, removal_words, who_asks
from .tk_parts import FRAME, Button, Page, Style, listbox
from .tk_roots import RootChoice

T = TypeVar("T")
PAUSE = 700
"""Milliseconds before a question can be answered: who was typing when it came has not answered it."""


def answer_with(answer: "asyncio.Future[T]", value: T) -> None:
    if not answer.done():
        answer.set_result(value)


def address_page(
    page: Page, texts: Texts, typed: str, server: str, error: str, answer: "asyncio.Future[tuple[str, str] | None]"
) -> Page:
    page.say(texts("join.title"), "title")
    page.say(texts("join.text"), gap=14)
    if error:
        page.notice(error, typed or texts("join.text"))
    number = page.field(texts("join.field"), typed)
    address = page.field(texts("join.server"), server)
    page.say(texts("join.server_text"), "small")

    def go(_event: object = None) -> None:
        answer_with(answer, (number.get(), address.get()))

    row = page.row()
    Button(row, page.look, texts("join.quit"), lambda: answer_with(answer, None)).pack(side="left")
    Button(row, page.look, texts("join.go"), go, "primary").pack(side="right")
    for each in (number, address):
        each.bind("<Return>", go)
    number.focus_set()
    return page


def meeting_page(page: Page, texts: Texts, meeting: Meeting, answer: "asyncio.Future[bool]") -> Page:
    page.say(meeting.company, "title")
    page.say(greeting(texts, meeting), gap=4)
    page.say(texts("meet.server", server=meeting.server), "small", 14)
    page.say(texts("meet.resumed") if meeting.resumed else texts(f"meet.recording_{meeting.recording}"))
    page.say(texts("meet.nothing"))
    if not meeting.own:
        page.notice(texts("scam.title"), texts("scam.text"))
    row = page.row()
    leave = Button(row, page.look, texts("meet.leave"), lambda: answer_with(answer, False))
    leave.pack(side="left")
    Button(row, page.look, texts("meet.join"), lambda: answer_with(answer, True), "primary").pack(side="right")
    leave.focus_set()
    return page


def question_page(
    page: Page,
    texts: Texts,
    question: Question,
    more: int,
    windows: Callable[[], Sequence[Window]],
    answer: "asyncio.Future[Answer]",
) -> Page:
    page.say(who_asks(texts, question), "small", 2)
    page.say(texts(f"ask.{question.capability}.title", name=question.name), "title", 10)
    for each in points(texts, question):
        page.point(each)
    choice = Choice(page, texts, windows) if chooses(question) else None
    roots = RootChoice(page, texts, question.roots) if question.capability in FILES else None
    page.say(texts("ask.no_harm"), "small", 0)

    def say(allow: bool) -> None:
        yes = Answer(True, choice.chosen if choice else None, roots.chosen if roots else ())
        answer_with(answer, yes if allow else NO)

    def chosen() -> bool:
        return bool((choice is None or choice.chosen is not None) and (roots is None or roots.chosen))

    answers = Answers(page, texts, "ask.allow", "primary", say, chosen)
    if choice is not None:
        Button(answers.row, page.look, texts("ask.again"), choice.look_again).pack(side="right")
    if more > 0:
        page.say(texts("ask.more", count=str(more)), "small", 0)
    for list_ in (choice, roots):
        if list_ is not None:
            list_.on_chosen = answers.settle
    return page


def removal_page(page: Page, texts: Texts, removal: Removal, answer: "asyncio.Future[bool]") -> Page:
    title, *lines = removal_words(texts, removal)
    page.say(title, "title", 10)
    for each in lines:
        page.point(each)
    says = "ask.remove.yes_replace" if removal.replaces else "ask.remove.yes"
    Answers(page, texts, says, "stop", lambda allow: answer_with(answer, allow))
    return page


class Answers:
    """The end of a page that asks: *Not now*, which has the first focus, and the other one, for as long as `may` says
    so. Neither can be pressed in the first moment."""

    def __init__(
        self,
        page: Page,
        texts: Texts,
        yes: str,
        style: Style,
        say: Callable[[bool], None],
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        accent = page.look.theme.accent
        page.configure(highlightthickness=FRAME, highlightbackground=accent, highlightcolor=accent)
        self._may = may
        self.row = page.row()
        self.no = Button(self.row, page.look, texts("ask.not_now"), lambda: say(False))
        self._yes = Button(self.row, page.look, texts(yes), lambda: say(True), style)
        self.no.pack(side="left")
        self._yes.pack(side="right")
        self.no.enable(False)
        self._yes.enable(False)
        timer = page.after(PAUSE, self._ready)
        page.bind("<Destroy>", lambda _: page.after_cancel(timer))
        self.no.focus_set()

    def _ready(self) -> None:
        self.no.enable(True)
        self.settle()

    def settle(self) -> None:
        """To be called when `may` says something else than before."""
        self._yes.enable(self.no.enabled and self._may())


class Choice:
    """A list of windows, of which one can be chosen. None is at first."""

    def __init__(self, page: Page, texts: Texts, windows: Callable[[], Sequence[Window]]) -> None:
        self.on_chosen: Callable[[], None] = lambda: None
        self._windows = windows
        self._found: list[Window] = []
        page.say(texts("ask.choose"), "strong", 4)
        self.list = listbox(page, page.look, 4)
        self._none = page.say(texts("ask.none"), "small", 4)
        self.list.bind("<<ListboxSelect>>", lambda _: self.on_chosen())
        self.look_again()

    @property
    def chosen(self) -> str | None:
        chosen: Sequence[int] = self.list.curselection()  # type: ignore[no-untyped-call]
        return self._found[chosen[0]].id if chosen else None

    def look_again(self) -> None:
        before = self.chosen
        self._found = list(self._windows())
        self.list.delete(0, "end")
        for each in self._found:
            self.list.insert("end", " – ".join(part for part in (each.title, each.application) if part) or each.id)
        for index, each in enumerate(self._found):
            if each.id == before:
                self.list.selection_set(index)
        if self._found:
            self._none.pack_forget()
        else:
            self._none.pack(fill="x", after=self.list.master)
        self.on_chosen()
