"""Questions that are answered, and what the server takes of it."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from rs_client.consent_ui.base import Answer, Surface
from rs_client.core.rights import Rights
from rs_client.core.shown import Question
from rs_client.questions import Questions
from rs_server.protocol.consent import GrantAnswer

from .test_rights import grant, snapshot


class Desk:
    """A person who says yes to the window `B`."""

    def __init__(self, showing: tuple[str, str] | None = None, *, takes: bool = True) -> None:
        self.rights = Rights()
        self.showing = showing
        self.takes = takes
        self.asked: list[Question] = []
        self.said: list[bool] = []
        self.chosen: list[str | None] = []
        self.unsure: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None
        self.over = asyncio.Event()
        texts = cast(Any, lambda *_, **__: "")
        start = cast(Any, asyncio.ensure_future)
        self.questions = Questions(self.rights, cast(Surface, self), texts, self.tell, start, lambda: self.showing)
        self.questions.on_yes = lambda _, window: self.chosen.append(window)
        self.questions.on_answered = self.over.set
        self.questions.on_lost = self.unsure.append
        self.rights.snapshot(snapshot(grant("g", "application_view", state="asked")))

    async def ask(self, question: Question, _more: int) -> Answer:
        self.asked.append(question)
        self.meanwhile()
        return Answer(True, "B")

    async def tell(self, body: Any) -> bool:
        assert isinstance(body, GrantAnswer)
        self.said.append(body.allow)
        assert not self.chosen, "not before the server took it"
        return self.takes

    async def answered(self) -> None:
        self.questions.settle()
        await asyncio.wait_for(self.over.wait(), 10)


async def test_a_window_is_chosen_once_the_server_took_it() -> None:
    desk = Desk()
    await desk.answered()
    assert (desk.said, desk.chosen, desk.asked[0].window) == ([True], ["B"], None)


async def test_what_the_server_did_not_take_changes_nothing() -> None:
    desk = Desk(takes=False)
    await desk.answered()
    assert (desk.chosen, desk.unsure) == ([], ["g"])
    assert not desk.rights.agreed


async def test_whoever_asks_next_sees_what_the_others_see() -> None:
    desk = Desk(("A", "Accounts"))
    await desk.answered()
    assert desk.asked[0].window == ("A", "Accounts")
    assert (desk.said, desk.chosen) == ([True], [None])


@pytest.mark.parametrize(("before", "after"), [(("A", "x"), None), (("A", "x"), ("C", "x")), (None, ("A", "x"))])
async def test_a_yes_is_to_what_the_question_said(
    before: tuple[str, str] | None, after: tuple[str, str] | None
) -> None:
    desk = Desk(before)
    desk.meanwhile = lambda: setattr(desk, "showing", after)
    await desk.answered()
    assert (desk.said, desk.chosen) == ([False], [])
