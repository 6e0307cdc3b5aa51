"""Callbacks of a queue that will be killed: customers who ask for one, agents who call. Told, a line each:

asked CALLBACK                  it is stored
told CALLBACK ATTEMPT AGENT     the agent has heard the number
dialled CALLBACK ATTEMPT AGENT  the agent's telephone rings at the customer's
closed CALLBACK ATTEMPT OUTCOME
"""

import asyncio
import os
import random
import signal
from collections.abc import Mapping
from typing import Literal

from rs_server.db import Database, UnitOfWork
from rs_server.ports import (
    Attended,
    CallbackOutcome,
    CallbackRefused,
    CallbackRequest,
    CallbackSource,
    CallbackView,
    CustomerFacts,
)
from tests.support.floor import CALLBACKS_A_SECOND, QUEUE, TENANT, WallClock, say
from webacd.channels.callback import CallbackService
from webacd.channels.follow import Follower
from webacd.channels.rules import Rules
from webacd.core.callback import LIVE, Callback
from webacd.core.contact import Contact
from webacd.service import AcdService

Where = Literal["never", "within", "stored", "told"]
"""When the process kills itself: the attempt is written and not committed; it is stored and nobody was told; the number
was told and nobody has dialled."""
SOURCES: tuple[CallbackSource, ...] = ("agent", "page", "api")
OUTCOMES: tuple[CallbackOutcome, ...] = ("reached", "reached", "reached", "no_answer", "no_answer", "busy", "later")


class Rooms:
    """Implements `CallbackSessions` for a floor without sessions: an agent is in one while having its contact."""

    def __init__(self, acd: AcdService) -> None:
        self._acd = acd

    async def open(self, unit: UnitOfWork, callback: CallbackView, contact: str) -> str:
        return f"s-{contact}"

    async def end(self, unit: UnitOfWork, session: str, promised: CallbackView | None = None) -> None:
        pass

    def attended(self) -> Mapping[str, Attended]:
        waiting = [each for each in self._acd.waiting() if each.medium == "callback"]
        held = [each for agent in self._acd.agents() for each in self._acd.contacts_of(agent.agent)]
        active = [each for each in held if each.medium == "callback" and each.state.value == "active"]
        found: dict[str, Attended] = {each.session: "nobody" for each in waiting}
        return found | {each.session: "agent" for each in active}

    async def facts(self, unit: UnitOfWork, session: str) -> CustomerFacts | None:
        return None


class Telephones:
    """Agents' and customers' side. `where`: what the process dies at, at a call drawn from `draw`."""

    def __init__(self, database: Database, acd: AcdService, draw: random.Random, where: Where) -> None:
        self.database = database
        self.callbacks = CallbackService(database, acd, WallClock(), TENANT, Rules(acd.configuration, "FR"))
        self.callbacks.use(Rooms(acd))
        self.follower = Follower(self.callbacks, acd)
        self._acd = acd
        self._where = where
        self._left = draw.randint(1, 15)

    async def customers(self, number: int, draw: random.Random) -> None:
        """They ask at a steady rate; some of them twice."""
        count, due = 0, asyncio.get_running_loop().time()
        while True:
            count, due = count + 1, due + 1 / CALLBACKS_A_SECOND
            again = count > 1 and draw.random() < 0.2
            customer = draw.randrange(max(1, count - 10), count) if again else count
            request = CallbackRequest(
                queue=QUEUE,
                source=draw.choice(SOURCES),
                name=f"Customer {customer}",
                number=f"+3361{number:03}{customer:04}",
                at=self.callbacks.now() + draw.choice([0.0, 0.0, 0.3]),
                priority=1,
            )
            try:
                async with self.database.begin() as unit:
                    made = await self.callbacks.ask(unit, request)
                say("asked", made.id)
            except CallbackRefused:
                if not again:
                    raise
            await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))

    async def work(self, held: Contact, agent: str, draw: random.Random) -> None:
        """Go on with a contact that the agent has: call, then say what came of it."""
        async with self.database.read() as connection:
            found = (await self.callbacks.store.of_contacts(connection, [held.id])).get(held.id)
        if found is None:
            # The customer was reached and has been served, or the callback is over.
            async with self.database.begin() as unit:
                await self._acd.complete(unit, held.id)
        elif not found.dialled or draw.random() < 0.3:
            # At times with two hands, or once more after having called.
            await asyncio.gather(*(self._dial(found.id, agent, draw) for _ in range(draw.choice([1, 2]))))
        else:
            await self._close(found, agent, draw)

    async def _dial(self, callback: str, agent: str, draw: random.Random) -> None:
        try:
            async with self.database.begin() as unit:
                attempt = await self.callbacks.dial(unit, callback, agent)
                self._die("within")
        except CallbackRefused:
            return
        self._die("stored")
        say("told", callback, str(attempt.number), agent)
        self._die("told", last=True)
        await asyncio.sleep(draw.uniform(0.0, 0.05))
        say("dialled", callback, str(attempt.number), agent)

    async def _close(self, callback: Callback, agent: str, draw: random.Random) -> None:
        outcome = draw.choice(OUTCOMES)
        at = self.callbacks.now() + 0.3 if outcome == "later" else None
        try:
            async with self.database.begin() as unit:
                attempts = await self.callbacks.store.attempts(unit.connection, callback.id)
                await self.callbacks.close(unit, callback.id, agent, outcome, at=at)
            say("closed", callback.id, str(attempts[-1].number), outcome)
        except CallbackRefused:
            pass

    def _die(self, where: Where, *, last: bool = False) -> None:
        if self._where == where and self._left <= 1:
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= last

    async def all_over(self) -> None:
        """Return once no callback is live and nobody waits or is being served."""
        while True:
            async with self.database.read() as connection:
                live = await self.callbacks.store.in_state(connection, *LIVE)
            held = any(self._acd.contacts_of(each.agent) for each in self._acd.agents())
            if not (live or held or self._acd.waiting()):
                return
            await asyncio.sleep(0.1)
