"""A queue at work in a process that will be killed: `python -m tests.support.floor_child URL ROUND [--for SECONDS]`.

Contacts come at a steady rate, agents accept, reject and complete. What a client was told is written to standard
output, a line each, only then:

    ready                    the service has started
    queued CONTACT           the contact is in the queue
    offered OFFER CONTACT AGENT
    accepted CONTACT AGENT
    ended CONTACT
"""

import asyncio
import os
import random
import sys
from collections.abc import Sequence

from rs_server.db import Database, UnitOfWork
from rs_server.ports import AcdEvent, AcdRefused, ContactRequest, Offered
from tests.support.floor import AGENTS, CONTACTS_A_SECOND, QUEUE, TENANT, WallClock
from webacd.service import AcdService

_at_work: set[str] = set()


def say(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


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


async def agent(database: Database, acd: AcdService, name: str, draw: random.Random) -> None:
    await acd.presence(name, True)
    async with database.begin() as unit:
        await acd.set_state(unit, name, "ready")
    while True:
        acd.renew(name)
        # What a former process left in hand, too.
        for held in acd.contacts_of(name):
            if held.state.value == "active" and held.id not in _at_work and draw.random() < 0.5:
                _at_work.add(held.id)
                async with database.begin() as unit:
                    await acd.complete(unit, held.id)
                say("ended", held.id)
        for offer in acd.offers(name):
            try:
                async with database.begin() as unit:
                    if draw.random() < 0.85:
                        await acd.accept(unit, offer.offer, name)
                        words = ("accepted", offer.contact, name)
                    else:
                        await acd.reject(unit, offer.offer, name)
                        words = ("rejected", offer.contact, name)
                say(*words)
            except AcdRefused:
                continue
        await asyncio.sleep(draw.uniform(0.02, 0.1))


async def main(url: str, number: int) -> None:
    draw = random.Random(number)
    database = Database(url)
    acd = AcdService(database, WallClock(), TENANT)
    acd.listen(hear)
    await acd.start()
    say("ready")
    async with asyncio.TaskGroup() as group:
        group.create_task(customers(database, acd, f"r{number}"))
        for name in AGENTS:
            group.create_task(agent(database, acd, name, random.Random(draw.random())))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
