"""Rounds of work that end with `kill -9`, and what must hold on disk afterwards."""

import asyncio
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from rs_server.db import Database
from tests.support.serve import ENVIRONMENT
from webacd import tables
from webacd.config import AcdConfig
from webacd.core.config import Rules
from webacd.core.state import RoutingState
from webacd.store import AcdStore

TENANT, QUEUE = "main", "support"
AGENTS = [f"agent{number:02}" for number in range(20)]
CAPACITY = 3
CONTACTS_A_SECOND = 50


class WallClock:
    def now(self) -> float:
        return time.time()


@dataclass
class Journal:
    """What clients were told, over all rounds."""

    queued: list[str] = field(default_factory=list)
    offered: dict[str, tuple[str, str]] = field(default_factory=dict)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        match line.split():
            case ["queued", contact]:
                self.queued.append(contact)
            case ["offered", offer, contact, agent]:
                self.offered[offer] = (contact, agent)
            case ["accepted", contact, agent]:
                self.accepted.append((contact, agent))
            case ["ended", contact]:
                self.ended.append(contact)


async def configure(url: str) -> None:
    database, config = Database(url), AcdConfig(TENANT)
    await database.create_all()
    async with database.begin() as unit:
        await config.set_rules(unit, Rules(grace_seconds=30.0))
        await config.put_queue(unit, QUEUE, "Support", wrap_up_seconds=0, default=True)
        for agent in AGENTS:
            await config.put_agent(unit, agent, queues=[QUEUE], capacity=CAPACITY)
    await database.close()


async def killed_round(url: str, number: int, journal: Journal, draw: random.Random) -> None:
    """One process; killed at a moment, or right after something was told, or while it starts."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.floor_child", url, str(number)),
        stdout=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )
    assert process.stdout is not None
    lines = 0
    how = draw.choice(["moment", "moment", "line", "start"])
    most = draw.randint(1, 120) if how == "line" else sys.maxsize
    try:
        if how == "start":
            await asyncio.sleep(draw.uniform(0.3, 0.9))
        else:
            await asyncio.wait_for(process.stdout.readline(), 30)
        async with asyncio.timeout(draw.uniform(0.1, 1.2) if how != "line" else 10):
            while lines < most and how != "start":
                line = await process.stdout.readline()
                assert line, "the process ended by itself"
                journal.note(line.decode())
                lines += 1
    except TimeoutError:
        pass
    finally:
        process.kill()
    rest = await process.stdout.read()
    await process.wait()
    # The last line may have been cut; only whole ones were told.
    for whole in rest.decode().split("\n")[:-1]:
        journal.note(whole)


@dataclass
class Found:
    """What is wrong on disk."""

    lost: list[str]
    doubled: list[str]
    ghosts: list[str]
    unfit: list[str]


async def compare(url: str, journal: Journal, *, replay: bool = True) -> Found:
    """The journal against the rows."""
    database, store = Database(url), AcdStore(TENANT)
    async with database.read() as connection:
        contacts = {row["id"]: row for row in (await connection.execute(select(tables.contacts))).mappings()}
        offers = {row["id"]: row for row in (await connection.execute(select(tables.offers))).mappings()}
        state = await store.load(connection)
        events = await store.events(connection) if replay else []
    await database.close()

    lost = [f"queued {contact}" for contact in journal.queued if contact not in contacts]
    for contact, agent in journal.accepted:
        row = contacts.get(contact)
        if row is None or row["agent"] != agent or row["state"] not in ("active", "wrap_up", "completed"):
            lost.append(f"accepted {contact} {agent}: {dict(row) if row is not None else None}")
    lost += [
        f"ended {each}" for each in journal.ended if each not in contacts or contacts[each]["state"] != "completed"
    ]

    doubled = [f"queued {each}" for each, count in Counter(journal.queued).items() if count > 1]
    doubled += [f"accepted {each}" for each, count in Counter(c for c, _ in journal.accepted).items() if count > 1]
    arrivals = Counter(row["seq"] for row in contacts.values())
    doubled += [f"seq {seq}" for seq, count in arrivals.items() if count > 1]
    accepted = Counter(row["contact"] for row in offers.values() if row["state"] == "accepted")
    doubled += [f"accepted offers of {each}" for each, count in accepted.items() if count > 1]

    ghosts = [
        f"offer {offer}"
        for offer, (contact, agent) in journal.offered.items()
        if offer not in offers or (offers[offer]["contact"], offers[offer]["agent"]) != (contact, agent)
    ]

    unfit: list[str] = []
    live = [row for row in contacts.values() if row["state"] in ("offered", "active", "wrap_up")]
    load = Counter(row["agent"] for row in live)
    unfit += [f"{agent} has {count}" for agent, count in load.items() if agent is None or count > CAPACITY]
    pending = {row["id"]: row["contact"] for row in offers.values() if row["state"] == "pending"}
    offered = {row["offer"]: row["id"] for row in contacts.values() if row["state"] == "offered"}
    if pending != offered:
        unfit.append(f"pending offers {pending} are not those of the contacts {offered}")
    if replay:
        replayed = RoutingState()
        for event in events:
            replayed.apply(event)
        if replayed.snapshot() != state.snapshot():
            unfit.append("the events do not come to what the rows say")
    return Found(lost, doubled, ghosts, unfit)
