"""What one agent's change of state costs with so many desks open, and the supervisor's page with so many agents."""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rs_server.acd_facts import AcdFacts
from rs_server.bus.memory import MemoryBus
from rs_server.core.permissions import Profile
from rs_server.db import Database
from rs_server.db.migrate import migrate
from rs_server.services.desk import Desk
from rs_server.services.hub import Hub
from rs_server.services.identity import Identity
from rs_server.services.preferences import Preferences
from rs_server.services.presence import Presences
from rs_server.services.supervise import SupervisePage
from rs_server.store import identity as accounts
from rs_server.store.identity import User
from tests.bench.rows import Row, measures, row
from webacd.books import Books
from webacd.core.config import AgentConfig, QueueConfig, TeamList
from webacd.core.items import Change, Item, id_of, kind_of
from webacd.service import AcdService

TENANT = "main"
QUEUES = 20
CHANGES = 40
SIZES = (750, 2000)
MOST_SECONDS = 0.1
"""A tenth of what a change may take until it is seen; the rest is for the network and the browser."""


class Clock:
    def now(self) -> float:
        return time.time()


class Screen:
    """A console that counts what it is sent."""

    def __init__(self, actor: str) -> None:
        self.actor = actor
        self.sign_in = None
        self.frames = 0
        self.bytes = 0

    def send(self, session: str | None, body: Any) -> None:
        self.frames += 1

    def put(self, frame: bytes) -> None:
        self.frames += 1
        self.bytes += len(frame)

    def close(self, code: str) -> None:
        raise AssertionError(code)


class Office:
    """So many agents, all signed in, each with a console."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self.database = Database(f"sqlite+aiosqlite:///{folder / f'{size}.db'}")
        clock = Clock()
        self.acd = AcdService(self.database, clock, TENANT, grace=1e9)
        self.books = Books(self.database, clock, self.acd)
        self.hub = Hub(self.database, MemoryBus(), clock, TENANT)
        self.presences = Presences(self.hub)
        self.facts = AcdFacts(self.acd, self.books, clock)
        self.preferences = Preferences(self.database, TENANT)
        identity = Identity(self.database, clock)
        self.desk = Desk(self.hub, self.acd, identity, self.presences, self.facts, self.preferences)
        self.page = SupervisePage(self.acd, self.desk, self.facts)
        self.screens: list[Screen] = []

    async def open(self) -> None:
        names = [f"agent{number}" for number in range(self.size)]
        async with self.database.begin() as unit:
            for name in names:
                await accounts.add_user(unit.connection, _user(name), "", 0.0)
        queues = tuple(QueueConfig(f"q{number}", f"Queue {number}") for number in range(QUEUES))
        agents = tuple(
            AgentConfig(name, queues=(f"q{number % QUEUES}", f"q{(number + 1) % QUEUES}"))
            for number, name in enumerate(names)
        )
        await self.acd.start()
        async with self.database.begin() as unit:
            # Seen by everybody: a change of one of them is told to all desks.
            seen = TeamList("all", "Everybody", members=tuple(names[:100]))
            items: list[Item] = [*queues, *agents, seen]
            changes = [Change(kind_of(item), id_of(item), item) for item in items]
            await self.acd.config.apply(unit, changes)
            await self.acd.reconfigure(unit)
        async with self.database.begin() as unit:
            for name in names:
                await self.acd.set_state(unit, name, "ready")
        await self.desk.start()
        self.desk.look()
        for name in names:
            screen = Screen(name)
            self.presences.connect(screen)
            self.desk.watch(screen)
            self.screens.append(screen)
        self.desk.look()

    async def change(self, number: int) -> tuple[float, float]:
        """(seconds of processor time to tell all desks, and the supervisor's page) of one change of state."""
        name = f"agent{number}"
        async with self.database.begin() as unit:
            await self.acd.set_state(unit, name, "not_ready")
        began = time.process_time()
        self.desk.look()
        told = time.process_time()
        self.page.look()
        return told - began, time.process_time() - told

    async def close(self) -> None:
        await self.desk.close()
        await self.page.close()
        await self.acd.close()
        await self.database.close()


@measures("desk.", seconds=400)
async def fan_out(folder: Path) -> Sequence[Row]:
    rows = []
    for size in SIZES:
        await migrate(f"sqlite+aiosqlite:///{folder / f'{size}.db'}")
        office = Office(folder, size)
        try:
            gc.collect()
            tracemalloc.start()
            before = tracemalloc.get_traced_memory()[0]
            await office.open()
            gc.collect()
            memory = (tracemalloc.get_traced_memory()[0] - before) / 2**20
            tracemalloc.stop()
            boss = Screen("boss")
            began = time.process_time()
            office.page.watch(boss)
            first = time.process_time() - began
            frames = sum(screen.frames for screen in office.screens)
            found = [await office.change(number) for number in range(CHANGES)]
            sent = (sum(screen.frames for screen in office.screens) - frames) / CHANGES
            desks, pages = (statistics.median(column) for column in zip(*found, strict=True))
        finally:
            await office.close()
        rows += [
            row(f"desk.fan_out.{size}", desks * 1000, "CPU ms", at_most=MOST_SECONDS * 1000, peer=f"{sent:.0f} frames"),
            row(f"desk.supervise.{size}", pages * 1000, "CPU ms", at_most=MOST_SECONDS * 1000),
            row(f"desk.supervise_first.{size}", first * 1000, "CPU ms"),
            row(f"desk.memory.{size}", memory, "MB", peer="users, routing, desks"),
        ]
    return rows


def _user(name: str) -> User:
    return User(
        id=name,
        tenant=TENANT,
        name=name,
        display_name=name.title(),
        department="Service",
        language="en",
        email="",
        roles=(Profile.AGENT.value,),
    )
