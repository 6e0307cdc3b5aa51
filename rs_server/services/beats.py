"""Tells the queue which agents are connected. A task of its own: nothing that is slow stands in its way."""

import asyncio
import time
from collections.abc import Callable

import structlog

from rs_server.ports import Acd, AcdRefused
from rs_server.services.presence import Presences

log = structlog.get_logger()

BEAT_SECONDS = 2.5


class Beats:
    def __init__(
        self,
        acd: Acd,
        presences: Presences,
        *,
        grace: float,
        every: float = BEAT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`grace`: seconds without a beat after which the queue takes an agent for gone. `every`: seconds between
        two rounds, well within the grace."""
        self._acd = acd
        self._presences = presences
        self._late = grace / 2
        self._every = every
        self._monotonic = monotonic
        self._last = monotonic()
        self._task: asyncio.Task[None] | None = None
        self._saying: dict[str, asyncio.Task[None]] = {}
        acd.before_leases_end(self._catch_up)

    async def start(self) -> None:
        self._last = self._monotonic()
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        tasks = [task for task in (self._task, *self._saying.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self.round()
            await asyncio.sleep(self._every)

    def round(self) -> None:
        """Everybody who is connected is there. Waits for nothing."""
        self._last = self._monotonic()
        for actor in self._presences.everybody():
            if not self._acd.renew(actor) and self._acd.agent(actor) is not None:
                self._say(actor, True)

    def _catch_up(self) -> None:
        """Rounds are overdue: we stood still, the machine slept, not the agents. Who is connected stays."""
        if self._monotonic() - self._last > self._late:
            log.warning("beats were late", seconds=round(self._monotonic() - self._last, 1))
            self._last = self._monotonic()
            for actor in self._presences.everybody():
                self._acd.renew(actor)

    async def here(self, agent: str) -> None:
        """The agent has come: the queue knows when this returns."""
        if self._acd.agent(agent) is not None:
            await self._presence(agent, True)

    def gone(self, agent: str, on_purpose: bool) -> None:
        """The last connection closed. The grace counts from now, not from the last beat; who signed out gets none."""
        if self._acd.agent(agent) is None:
            return
        if on_purpose:
            self._say(agent, False)
        else:
            self._acd.renew(agent)

    def _say(self, agent: str, present: bool) -> None:
        before = self._saying.get(agent)
        if before is not None and present:
            return
        task = asyncio.create_task(self._in_turn(before, agent, present))
        self._saying[agent] = task
        task.add_done_callback(lambda done: self._said(agent, done))

    def _said(self, agent: str, task: asyncio.Task[None]) -> None:
        if self._saying.get(agent) is task:
            del self._saying[agent]

    async def _in_turn(self, before: asyncio.Task[None] | None, agent: str, present: bool) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._presence(agent, present)

    async def _presence(self, agent: str, present: bool) -> None:
        try:
            await self._acd.presence(agent, present)
        except AcdRefused as refused:
            log.info("no beat", agent=agent, reason=refused.code)
        except Exception:
            log.exception("beat failed", agent=agent)
