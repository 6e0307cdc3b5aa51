"""Commands at random; units fail, processes die. What is on disk is what the core knows, every time."""

import random
from pathlib import Path

import pytest

from rs_server.db import UnitOfWork
from rs_server.ports import AcdRefused
from tests.contract.acd import Floor, VirtualClock, request, sqlite
from webacd.core.state import RoutingState


class Crash(Exception):
    """Planted: between what was written and the commit."""


class Chaos:
    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        self.url = sqlite(folder)
        self.floor = Floor(self.url, VirtualClock())
        self.count = 0

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

    async def command(self, unit: UnitOfWork) -> None:
        acd, agent = self.floor.acd, self.draw.choice(["ann", "bob", "cid"])
        contacts = list(acd._core.state.contacts) or ["none"]
        contact = self.draw.choice(contacts)
        offers = [view.offer for view in acd.offers(agent)] or ["none"]
        match self.draw.randrange(12):
            case 0 | 1 | 2:
                self.count += 1
                queue = self.draw.choice(["sales", "care"])
                await acd.enqueue(unit, request(f"c{self.count}", queue, self.draw.randint(0, 1)))
            case 3 | 4:
                await acd.accept(unit, self.draw.choice(offers), agent)
            case 5:
                await acd.reject(unit, self.draw.choice(offers), agent)
            case 6:
                await acd.abandon(unit, contact)
            case 7:
                await acd.complete(unit, contact)
            case 8:
                self.count += 1
                queue = self.draw.choice(["sales", ""])
                await acd.start_outbound(unit, request(f"c{self.count}", queue), agent)
            case 9:
                await acd.pick(unit, contact, agent)
            case 10:
                await acd.hand_over(unit, contact, agent)
            case _:
                self.floor.at_consoles.add(agent)
                ready = self.draw.random() < 0.7
                await acd.set_state(unit, agent, "ready" if ready else "not_ready")

    async def restart(self) -> None:
        consoles, clock = self.floor.at_consoles, self.floor.clock
        await self.floor.close()
        clock.time += self.draw.choice([0.0, 5.0, 60.0])
        self.floor = Floor(self.url, clock)
        self.floor.at_consoles = consoles
        await self.floor.acd.start()

    async def check(self) -> None:
        acd = self.floor.acd
        replayed = RoutingState()
        async with self.floor.database.read() as connection:
            stored = (await acd.store.load(connection)).snapshot()
            for event in await acd.store.events(connection):
                replayed.apply(event)
        assert stored == replayed.snapshot()
        if not acd._stale:
            assert stored == acd._core.state.snapshot()


@pytest.mark.parametrize("seed", range(3))
async def test_disk_and_core_agree(tmp_path: Path, seed: int) -> None:
    chaos = Chaos(tmp_path, seed)
    await chaos.floor.configure()
    await chaos.floor.acd.start()
    for _ in range(60):
        what = chaos.draw.random()
        if what < 0.1:
            await chaos.restart()
        elif what < 0.25:
            with pytest.raises(Crash):
                await chaos.unit(crash=True)
        elif what < 0.4:
            if chaos.draw.random() < 0.3:
                chaos.floor.at_consoles.clear()
            await chaos.floor.advance(chaos.draw.choice([1.0, 5.0, 20.0]))
        else:
            await chaos.unit(crash=False)
        await chaos.check()
    await chaos.floor.close()
