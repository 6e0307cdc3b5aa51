"""Consents that are asked for: put to the person one after the other, and what is answered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rs_client.consent_ui.base import NO, Surface
from rs_client.core.rights import VIEW, Rights
from rs_client.core.shown import Question, question
from rs_client.texts import Texts
from rs_client.turn import Turn
from rs_server.protocol.consent import Capability, GrantAnswer
from rs_server.protocol.socket import ClientBody


class Questions:
    """`tell` sends a command and says whether the server took it; `start` begins a task. `showing`: (id, title) of the
    window that others see: nobody chooses another for them, whoever asks next sees the same."""

    def __init__(
        self,
        rights: Rights,
        surface: Surface,
        texts: Texts,
        tell: Callable[[ClientBody], Awaitable[bool]],
        start: Callable[[Awaitable[Any]], "asyncio.Task[Any]"],
        showing: Callable[[], tuple[str, str] | None],
    ) -> None:
        self.on_yes: Callable[[Capability, str | None], None] = lambda *_: None
        """The person said yes to it, which window they chose, and the server took it."""
        self.on_lost: Callable[[str], None] = lambda _: None
        """A yes may have arrived or not."""
        self.on_answered: Callable[[], None] = lambda: None
        self.turn = Turn(rights)
        self._rights = rights
        self._surface = surface
        self._texts = texts
        self._tell = tell
        self._start = start
        self._showing = showing
        self._asking: tuple[str, asyncio.Task[None]] | None = None
        self._answered: set[str] = set()
        """Those that the server may not know yet to be over."""

    def settle(self) -> None:
        """To be called when something else may be asked than before."""
        if self._asking is not None:
            asked = self._asking[0]
            if asked in self._answered or question(self._rights, asked) is not None:
                return
            self.cancel()
            self._surface.note(self._texts("note.expired"))
        waiting = [each for each in self._rights.questions() if each.id not in self._answered]
        if waiting and self._rights.connected:
            self._asking = (waiting[0].id, self._start(self._put(waiting[0].id)))

    def cancel(self) -> None:
        if self._asking is not None:
            self._asking[1].cancel()
            self._asking = None

    def refuse_all(self) -> None:
        self.cancel()
        asked = [each.id for each in self._rights.questions()]
        self._answered.update(asked)
        for each in asked:
            self._start(self._answer(each, False))

    def lost(self) -> None:
        """What was answered may not have arrived: whatever is asked afterwards is asked anew."""
        self._answered.clear()

    async def _put(self, grant: str) -> None:
        async with self.turn.lock:
            asked = question(self._rights, grant)
            showing = self._showing() if asked is not None and asked.capability == VIEW["application"] else None
            if asked is not None and showing is not None:
                asked = asked._replace(window=showing)
            answer = await self._surface.ask(asked, len(self._rights.questions()) - 1) if asked else NO
        agreed = asked is not None and answer.allow and self._is_as_asked(asked)
        allow = agreed and self._rights.agree(grant, answer.roots)
        taken = await self._answer(grant, allow)
        if asked is not None and allow and taken:
            self.on_yes(asked.capability, None if showing else answer.window)
        self._asking = None
        self.on_answered()

    def _is_as_asked(self, asked: Question) -> bool:
        """Whether what others see is still what the question said."""
        now = self._showing() if asked.capability == VIEW["application"] else None
        return (now and now[0]) == (asked.window and asked.window[0])

    async def _answer(self, grant: str, allow: bool) -> bool:
        """Whether the server took it."""
        self._answered.add(grant)
        taken = await self._tell(GrantAnswer(grant=grant, allow=allow))
        if not taken:
            self._rights.disagree(grant)
            if allow:
                self.on_lost(grant)
        return taken
