"""A queue at work in a process that will be killed: `python -m tests.support.floor_child URL ROUND WHERE`.

Contacts and callbacks come at a steady rate, agents accept, reject, call and complete. `WHERE`: see
`floor_calls.Where`; or `drain`: nobody comes any more, and it ends once all are served. What a client was told is
written to standard output, a line each, only then:

    ready                    the service has started
    queued CONTACT           the contact is in the queue
    offered OFFER CONTACT AGENT
    accepted CONTACT AGENT   of customers in a session; an agent who goes away passes on the callbacks that are in hand
    ended CONTACT
    drained

and what `floor_calls` says.
"""

import asyncio
import random
import sys
from collections.abc import Sequence

from rs_server.db import Database, UnitOfWork
from rs_server.ports import AcdEvent, AcdRefused, ContactRequest, Offered, OfferView
from tests.support.floor import AGENTS, CONTACTS_A_SECOND, QUEUE, TENANT, WallClock, say
from tests.support.floor_calls import Telephones
from webacd.service import AcdService

_at_work: set[str] = set()


async def hear(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
    for event in events:
        if isinstance(event, Offered):
            words = ("offered", event.offer, event.contact, event.agent)
            unit.after_commit(lambda words=words: say(*words))  # type: ignore[misc]


async def customers(database: Database, acd: AcdService, prefix: str) -> None:
    number, due = 0, asyncio.get_running_loop().time()
    while True:
        number, due = number + 1, due + 1 / CONTACTS_A_SECOND
        contact = f"{prefix}-{number}"
        async with database.begin() as unit:
            await acd.enqueue(unit, ContactRequest(contact, QUEUE, "session", f"s-{contact}", contact))
        say("queued", contact)
        await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


class Agent:
    def __init__(self, telephones: Telephones, acd: AcdService, name: str, draw: random.Random) -> None:
        self.telephones = telephones
        self.database = telephones.database
        self.acd = acd
        self.name = name
        self.draw = draw

    async def run(self) -> None:
        await self.come()
        while True:
            self.acd.renew(self.name)
            await self.serve()
            for offer in self.acd.offers(self.name):
                await self.answer(offer)
            mine = self.acd.contacts_of(self.name)
            if mine and all(each.medium == "callback" for each in mine) and self.draw.random() < 0.02:
                await self.acd.presence(self.name, False)
                await self.come()
            await asyncio.sleep(self.draw.uniform(0.02, 0.1))

    async def come(self) -> None:
        await self.acd.presence(self.name, True)
        async with self.database.begin() as unit:
            await self.acd.set_state(unit, self.name, "ready")

    async def serve(self) -> None:
        """What a former process left in hand, too."""
        for held in self.acd.contacts_of(self.name):
            if held.state.value != "active" or self.draw.random() < 0.5:
                continue
            if held.medium == "callback":
                await self.telephones.work(held, self.name, self.draw)
            elif held.id not in _at_work:
                _at_work.add(held.id)
                async with self.database.begin() as unit:
                    await self.acd.complete(unit, held.id)
                say("ended", held.id)

    async def answer(self, offer: OfferView) -> None:
        try:
            async with self.database.begin() as unit:
                if self.draw.random() < 0.85:
                    await self.acd.accept(unit, offer.offer, self.name)
                    words = ("accepted", offer.contact, self.name)
                else:
                    await self.acd.reject(unit, offer.offer, self.name)
                    words = ("rejected", offer.contact, self.name)
            if offer.medium == "session":
                say(*words)
        except AcdRefused:
            pass


async def main(url: str, number: int, where: str) -> None:
    draw = random.Random(number)
    database = Database(url)
    acd = AcdService(database, WallClock(), TENANT)
    telephones = Telephones(database, acd, draw, where)  # type: ignore[arg-type]
    acd.listen(hear)
    await telephones.follower.load()
    await acd.start()
    await telephones.follower.start()
    say("ready")
    agents = [Agent(telephones, acd, name, random.Random(draw.random())) for name in AGENTS]
    async with asyncio.TaskGroup() as group:
        working = [group.create_task(agent.run()) for agent in agents]
        if where != "drain":
            group.create_task(customers(database, acd, f"r{number}"))
            group.create_task(telephones.customers(number, draw))
            return
        await telephones.all_over()
        for each in working:
            each.cancel()
    await telephones.follower.close()
    await acd.close()
    await database.close()
    say("drained")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
