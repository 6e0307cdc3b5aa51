"""Commands at random; units fail, processes die. What is on disk is what the core knows, every time."""

import random
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import UnitOfWork
from rs_server.ports import AcdEvent, AcdRefused, ContactRequest, Medium
from tests.contract.acd import Floor, VirtualClock, request, sqlite
from webacd.config import AcdConfig
from webacd.core.config import (
    AgentConfig,
    Configuration,
    End,
    GroupConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Step,
)
from webacd.core.state import RoutingState

SALES = QueueConfig(
    "sales",
    "Sales",
    allow_pick=True,
    steps=(Step(5.0, lower=1), Step(20.0, groups=("backup",)), Step(40.0, end=End("queue", "care"))),
    sticky_days=1.0,
    sticky_seconds=5.0,
)
CARE = QueueConfig(
    "care", "Care", wrap_up_seconds=0, default=True, priority=1, steps=(Step(60.0, end=End("callback")),)
)
AGENTS = (
    AgentConfig("ann", ("sales",), 2, skills=(SkillLevel("french", 2),)),
    AgentConfig("bob", ("sales", "care"), 3, limits={"chat": 1}),
    AgentConfig("cid", ("care",), 2, groups=("backup",)),
)
WIDE = Configuration(
    queues=(SALES, CARE),
    agents=AGENTS,
    skills=(SkillConfig("french", "French"),),
    groups=(GroupConfig("backup", "Backup"),),
    rules=Rules(missed_offers=2, reask_seconds=3.0),
)
NARROW = Configuration(
    queues=(CARE, QueueConfig("sales", "Sales", steps=(Step(10.0, groups=("backup",)),))),
    agents=(AGENTS[1], AgentConfig("ann", ("sales",), 1, skills=(SkillLevel("french", 1),))),
    groups=WIDE.groups,
    rules=Rules(single_session=True),
)


class Crash(Exception):
    """Planted: between what was written and the commit."""


class Written(AcdConfig):
    """Tables that say what the test wants."""

    def __init__(self) -> None:
        super().__init__("t1")
        self.now = WIDE

    async def read(self, connection: AsyncConnection) -> Configuration:
        return self.now


class Chaos:
    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        self.url = sqlite(folder)
        self.clock = VirtualClock()
        self.config = Written()
        self.floor = self.process()
        self.count = 0

    def process(self) -> Floor:
        floor = Floor(self.url, self.clock)
        floor.acd.config = self.config
        return floor

    async def unit(self, crash: bool) -> None:
        """One to three commands; some are refused, which the unit outlives."""
        async with self.floor.unit() as unit:
            for _ in range(self.draw.randint(1, 3)):
                try:
                    await self.command(unit)
                except AcdRefused:
                    continue
            if crash:
                raise Crash

    def request(self) -> ContactRequest:
        self.count += 1
        draw = self.draw
        media: list[Medium] = ["session", "session", "voice", "callback", "chat"]
        return ContactRequest(
            f"c{self.count}",
            draw.choice(["sales", "care"]),
            draw.choice(media),
            f"s{self.count}",
            "Customer",
            priority=draw.randint(0, 1),
            skills=draw.choice([{}, {}, {"french": 2}, {"french": 1, "unknown": 1}]),
            agent=draw.choice([None, None, None, "ann", "cid"]),
            agent_only=draw.random() < 0.3,
            agent_seconds=draw.choice([0.0, 10.0]),
            customer_key=draw.choice(["", "k1", "k2"]),
            number=draw.choice(["", "+49"]),
            arrived_at=draw.choice([None, None, self.clock.time - 30.0]),
        )

    async def command(self, unit: UnitOfWork) -> None:
        acd, agent = self.floor.acd, self.draw.choice(["ann", "bob", "cid"])
        contacts = list(acd._core.state.contacts) or ["none"]
        contact = self.draw.choice(contacts)
        offers = [view.offer for view in acd.offers(agent)] or ["none"]
        match self.draw.randrange(16):
            case 0 | 1 | 2:
                await acd.enqueue(unit, self.request())
            case 3 | 4 | 5:
                await acd.accept(unit, self.draw.choice(offers), agent)
            case 6:
                await acd.reject(unit, self.draw.choice(offers), agent)
            case 7:
                await acd.abandon(unit, contact)
            case 8:
                await acd.complete(unit, contact)
            case 9:
                self.count += 1
                queue = self.draw.choice(["sales", ""])
                await acd.start_outbound(unit, request(f"c{self.count}", queue), agent)
            case 10:
                await acd.pick(unit, contact, agent)
            case 11:
                await acd.hand_over(unit, contact, agent)
            case 12:
                await self.transfer(unit, agent)
            case 13:
                await acd.move(unit, contact, self.draw.choice(["sales", "care"]))
            case 14:
                self.config.now = self.draw.choice([WIDE, WIDE, NARROW])
                await acd.reconfigure(unit)
            case _:
                self.floor.at_consoles.add(agent)
                ready = self.draw.random() < 0.8
                await acd.set_state(unit, agent, "ready" if ready else "not_ready")

    async def transfer(self, unit: UnitOfWork, to: str) -> None:
        active = [each for each in self.floor.acd._core.state.contacts.values() if each.state.value == "active"]
        if active:
            contact = self.draw.choice(active)
            queue = self.draw.choice([None, "sales", "care"])
            agent = self.draw.choice([None, to])
            await self.floor.acd.transfer(unit, contact.id, contact.agent or "", queue=queue, agent=agent)

    async def restart(self) -> None:
        consoles = self.floor.at_consoles
        await self.floor.close()
        self.clock.time += self.draw.choice([0.0, 5.0, 60.0])
        self.floor = self.process()
        self.floor.at_consoles = consoles
        await self.floor.acd.start()

    async def advance(self) -> None:
        if self.draw.random() < 0.3:
            self.floor.at_consoles.clear()
        self.floor.at_consoles &= {agent.id for agent in self.floor.acd.configuration().agents}
        await self.floor.advance(self.draw.choice([1.0, 5.0, 20.0]))

    async def check(self) -> None:
        acd = self.floor.acd
        replayed = RoutingState()
        async with self.floor.database.read() as connection:
            stored = (await acd.store.load(connection)).snapshot()
            for event in await acd.store.events(connection):
                replayed.apply(event)
        assert stored == replayed.snapshot()
        for each in stored["contacts"].values():
            holds = each["agent"] is not None
            assert holds == (each["state"].value != "queued")
            assert not holds or each["id"] in stored["agents"][each["agent"]]["holding"]
        if not acd._stale:
            assert stored == acd._core.state.snapshot()
            assert acd._core.state.copy().snapshot() == stored


@pytest.mark.parametrize("seed", range(4))
async def test_disk_and_core_agree(tmp_path: Path, seed: int) -> None:
    chaos = Chaos(tmp_path, seed)
    await chaos.floor.database.create_all()
    await chaos.floor.acd.start()
    heard: set[type[AcdEvent]] = set()
    for _ in range(80):
        what = chaos.draw.random()
        if what < 0.1:
            await chaos.restart()
        elif what < 0.2:
            with pytest.raises(Crash):
                await chaos.unit(crash=True)
        elif what < 0.35:
            await chaos.advance()
        else:
            await chaos.unit(crash=False)
        heard |= {type(event) for event in chaos.floor.told}
        await chaos.check()
    assert len(heard) > 6
    await chaos.floor.close()
