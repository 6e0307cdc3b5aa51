"""What the tests of the `Acd` port stand on: a small tenant, a clock moved by hand, what was told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeVar

import pytest

from rs_server.db import Database, UnitOfWork
from rs_server.ports import AcdEvent, AcdRefused, ContactRequest
from webacd.config import AcdConfig
from webacd.core.config import Rules, SkillConfig
from webacd.service import AcdService

E = TypeVar("E")

START = 1_000_000.0


class VirtualClock:
    def __init__(self) -> None:
        self.time = START

    def now(self) -> float:
        return self.time


class Floor:
    """An `Acd` with its database. Agents ann (sales), bob (sales, care), cid (care), each with two slots."""

    def __init__(self, url: str, clock: VirtualClock, tenant: str = "t1") -> None:
        self.clock = clock
        self.database = Database(url)
        self.acd = AcdService(self.database, clock, tenant)
        self.config = AcdConfig(tenant)
        self.told: list[AcdEvent] = []
        self.at_consoles: set[str] = set()
        self.acd.listen(self._hear)

    async def _hear(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        told = list(events)
        unit.after_commit(lambda: self.told.extend(told))

    async def configure(self) -> None:
        await self.database.create_all()
        async with self.database.begin() as unit:
            await self.config.set_rules(unit, Rules(reask_seconds=3.0))
            await self.config.put_queue(unit, "sales", "Sales", allow_pick=True, recording="always")
            await self.config.put_queue(unit, "care", "Care", wrap_up_seconds=0, default=True)
            for agent, queues in {"ann": ["sales"], "bob": ["sales", "care"], "cid": ["care"]}.items():
                await self.config.put_agent(unit, agent, queues=queues, capacity=2)
            await self.config.put(unit, "skill", "french", SkillConfig("french", "French"))
            await self.config.put_reason(unit, "lunch", "Lunch")
            await self.config.put_outcome_code(unit, "solved", "Solved")
            await self.config.put_outcome_code(unit, "sold", "Sold", queue="sales")

    async def close(self) -> None:
        await self.acd.close()
        await self.database.close()

    async def ready(self, *agents: str) -> None:
        for agent in agents:
            self.at_consoles.add(agent)
            await self.acd.presence(agent, True)
            async with self.unit() as unit:
                await self.acd.set_state(unit, agent, "ready")

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[UnitOfWork]:
        async with self.database.begin() as unit:
            yield unit

    async def enqueue(self, contact: str, queue: str = "sales", priority: int = 0) -> None:
        async with self.unit() as unit:
            await self.acd.enqueue(unit, request(contact, queue, priority))

    async def accept(self, offer: str, agent: str) -> None:
        async with self.unit() as unit:
            await self.acd.accept(unit, offer, agent)

    async def serve(self, contact: str, agent: str) -> None:
        """The contact comes and the agent has it."""
        await self.enqueue(contact)
        await self.accept(f"{contact}.1", agent)

    async def complete(self, contact: str) -> None:
        async with self.unit() as unit:
            await self.acd.complete(unit, contact)

    async def advance(self, seconds: float) -> None:
        """Time goes by while the agents' consoles beat."""
        end = self.clock.time + seconds
        while self.clock.time < end:
            self.clock.time = min(end, self.clock.time + 5.0)
            for agent in sorted(self.at_consoles):
                await self.acd.presence(agent, True)
        await self.acd.tick()

    def hear(self, kind: type[E]) -> list[E]:
        """What was told of that kind since it was last asked for."""
        told: Sequence[object] = self.told
        found = [event for event in told if isinstance(event, kind)]
        self.told = [event for event in self.told if not isinstance(event, kind)]
        return found

    def offered(self) -> list[tuple[str, str]]:
        """Offers that stand now, as (contact, agent)."""
        return [(view.contact, view.offered_to) for view in self.acd.waiting() if view.offered_to is not None]

    def state(self, agent: str) -> tuple[Literal["offline", "not_ready", "ready"], str | None]:
        view = self.acd.agent(agent)
        assert view is not None
        return view.state, view.reason


def request(contact: str, queue: str = "sales", priority: int = 0) -> ContactRequest:
    return ContactRequest(contact, queue, "session", f"s-{contact}", contact.upper(), "Why?", priority)


@asynccontextmanager
async def refused(code: str) -> AsyncIterator[None]:
    with pytest.raises(AcdRefused) as caught:
        yield
    assert caught.value.code == code


OTHERS: dict[Path, str] = {}
"""By folder: the URL of what takes the place of SQLite there."""


def sqlite(folder: Path) -> str:
    """A file in this folder, or what the fixture has put in its place."""
    if folder in OTHERS:
        return OTHERS[folder]
    return f"sqlite+aiosqlite:///{folder / 'acd.db'}"
