"""Rounds of work that end with `kill -9`, and what must hold on disk afterwards."""

import asyncio
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import select

from rs_server.db import Database
from tests.support.floor_found import Calls, wrong_calls
from tests.support.serve import ENVIRONMENT
from webacd import tables
from webacd.config import AcdConfig
from webacd.core.config import CallbackPolicy, QueueConfig, Rules
from webacd.core.state import RoutingState
from webacd.store import AcdStore

TENANT, QUEUE = "main", "support"
AGENTS = [f"agent{number:02}" for number in range(20)]
CAPACITY = 3
CONTACTS_A_SECOND = 50
CALLBACKS_A_SECOND = 10
HOWS = ("stored", "moment", "told", "line", "within", "start")
CALLS = CallbackPolicy(attempts=3, retry_seconds=0.2)


def say(*words: str) -> None:
    """On disk of nobody, but no kill takes it back."""
    os.write(1, (" ".join(words) + "\n").encode())


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
    calls: Calls = field(default_factory=Calls)

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
            case words:
                self.calls.note(words)


async def configure(url: str) -> None:
    database, config = Database(url), AcdConfig(TENANT)
    await database.create_all()
    async with database.begin() as unit:
        await config.set_rules(unit, Rules(grace_seconds=30.0))
        queue = QueueConfig(id=QUEUE, name="Support", wrap_up_seconds=0, default=True, callback=CALLS)
        await config.put(unit, "queue", QUEUE, queue)
        for agent in AGENTS:
            await config.put_agent(unit, agent, queues=[QUEUE], capacity=CAPACITY)
    await database.close()


async def killed_round(url: str, number: int, journal: Journal, draw: random.Random) -> str:
    """One process; killed at a moment, or right after something was told, or while it starts, or by its own hand
    between an attempt and its dial. Returns which."""
    how = HOWS[number % len(HOWS)]
    own = how in ("within", "stored", "told")
    process = await _child(url, number, how if own else "never")
    assert process.stdout is not None
    lines = 0
    most = draw.randint(1, 120) if how == "line" else sys.maxsize
    try:
        if how == "start":
            await asyncio.sleep(draw.uniform(0.3, 0.9))
        else:
            await asyncio.wait_for(process.stdout.readline(), 30)
        async with asyncio.timeout(30 if own else 10 if how == "line" else draw.uniform(0.1, 1.2)):
            while lines < most and how != "start":
                line = await process.stdout.readline()
                if own and not line.endswith(b"\n"):
                    break
                assert line, "the process ended by itself"
                journal.note(line.decode())
                lines += 1
    except TimeoutError:
        if own:
            process.kill()
            raise
    finally:
        if not own:
            process.kill()
    rest = await process.stdout.read()
    assert await process.wait() == -signal.SIGKILL
    # The last line may have been cut; only whole ones were told.
    for whole in rest.decode().split("\n")[:-1]:
        journal.note(whole)
    return how


async def drained(url: str, number: int, journal: Journal) -> None:
    """One process more, in which everybody is served."""
    process = await _child(url, number, "drain")
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0
    for line in said.splitlines():
        journal.note(line)


async def _child(url: str, number: int, where: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.floor_child", url, str(number), where),
        stdout=asyncio.subprocess.PIPE,
        env=ENVIRONMENT,
    )


@dataclass
class Found:
    """What is wrong on disk."""

    lost: list[str]
    doubled: list[str]
    ghosts: list[str]
    unfit: list[str]
    calls: list[str]


async def compare(url: str, journal: Journal, *, replay: bool = True) -> Found:
    """The journal against the rows."""
    database, store = Database(url), AcdStore(TENANT)
    async with database.read() as connection:
        contacts = {row["id"]: row for row in (await connection.execute(select(tables.contacts))).mappings()}
        offers = {row["id"]: row for row in (await connection.execute(select(tables.offers))).mappings()}
        state = await store.load(connection)
        events = await store.events(connection) if replay else []
        calls = await wrong_calls(connection, journal.calls, contacts, CALLS.attempts)
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
    # A callback may be accepted again, when who had it has gone.
    sessions = {id for id, row in contacts.items() if row["medium"] == "session"}
    taken = [row["contact"] for row in offers.values() if row["state"] == "accepted"]
    accepted = Counter(contact for contact in taken if contact in sessions)
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
    return Found(lost, doubled, ghosts, unfit, calls)
