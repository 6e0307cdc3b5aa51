"""What the person at this machine does at any time, whatever is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from rs_client.core.rights import CLIPBOARD, CONTROL, VIEW, Rights
from rs_client.owed import Owed
from rs_client.questions import Questions
from rs_client.share import Sharer
from rs_server.protocol.consent import Capability, GrantGive, GrantWithdraw, StopAll
from rs_server.protocol.desktop import ShareKind
from rs_server.protocol.session import SessionReport
from rs_server.protocol.socket import ClientBody


class Running(Protocol):
    """The client in its session, as far as what a person does reaches."""

    rights: Rights
    owed: Owed
    questions: Questions
    sharer: Sharer

    def settle(self) -> None: ...
    def choose(self, window: str) -> None: ...
    def keep(self) -> None: ...
    def forget(self) -> None: ...
    def note(self, key: str, **values: str) -> None: ...
    def finish(self, key: str, **values: str) -> None: ...
    def start(self, work: Awaitable[Any]) -> "asyncio.Task[Any]": ...
    async def pay(self) -> bool: ...
    async def pay_in_time(self) -> None: ...
    async def tell(self, body: ClientBody) -> bool: ...


class Person:
    """Everything is cut here and now, before the server has heard of it."""

    def __init__(self, client: Running) -> None:
        self._client = client

    def stop(self) -> None:
        client = self._client
        client.rights.stop()
        client.owed.add(StopAll())
        # Before anything is settled: else they would be asked at once.
        client.questions.refuse_all()
        client.settle()
        client.note("window.stopped")
        client.keep()
        client.start(client.pay())

    def report(self) -> None:
        """Something is wrong here: all ends, and the company is told. An agent's own client only stops."""
        client = self._client
        me = client.rights.participants.get(client.rights.you)
        if me is not None and me.role != "customer":
            self.stop()
            return
        client.rights.stop()
        client.owed.add(SessionReport())
        client.questions.refuse_all()
        client.settle()
        client.note("window.reporting")
        client.keep()
        client.start(client.pay())

    def leave(self) -> None:
        client = self._client
        client.rights.stop()
        client.settle()

        async def last() -> None:
            await client.pay_in_time()
            client.forget()
            await client.tell(StopAll())
            client.finish("end.left")

        client.start(last())

    def take_back(self) -> None:
        for capability in (*CLIPBOARD, *CONTROL.values()):
            self.withdraw(capability)

    def give(self, kind: ShareKind, window: str | None) -> None:
        def given() -> None:
            if kind == "application" and window is not None:
                client.choose(window)
                # The same window again, or another: the one who sees is told of a new picture.
                client.sharer.want(None)

        client = self._client
        self._give(VIEW[kind], given)

    def give_control(self) -> None:
        kind = self._client.rights.kind()
        if kind is not None:
            self._give(CONTROL[kind], lambda: None)

    def give_clipboard(self, way: Capability) -> None:
        self._give(way, lambda: None)

    def alone(self) -> AbstractAsyncContextManager[None]:
        return self._client.questions.turn.alone()

    def withdraw(self, capability: Capability) -> None:
        """Whoever holds it, known here or not."""
        client = self._client
        agreed = client.rights.has_agreed(capability)
        client.rights.take_back(capability)
        client.settle()
        if agreed:
            client.owed.add(GrantWithdraw(capability=capability))
            client.keep()
            client.start(client.pay())

    def _give(self, capability: Capability, given: Callable[[], None]) -> None:
        client = self._client
        client.rights.give(capability)

        async def tell() -> None:
            if await client.pay() and await client.tell(GrantGive(capability=capability)):
                given()
            else:
                # It may have arrived.
                self.withdraw(capability)
            client.settle()

        client.start(tell())
