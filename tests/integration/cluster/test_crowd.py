"""Sixteen consoles against one queue: they accept, reject and vanish, and the home is killed under them. Nobody is
lost, nobody is over capacity, nobody is doubled."""

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from rs_server.db import Database
from rs_server.store.tables import session_people, sessions
from tests.support.client import Refused
from tests.support.cluster import Cluster, Server, cluster, furnish
from tests.support.figures import note
from tests.support.people import Agent, Customer, state
from tests.support.postgres import Postgres
from webacd import tables

AGENTS, CAPACITY, CUSTOMERS = 16, 2, 30
TAKEN_OVER_SECONDS = 20.0
"""Four times what is promised: the crowd keeps the machine busy, which decides nothing. What was seen is noted."""
OPTIONS = ("--media-workers", "1", "--presence-grace", "2")


async def work(name: str, servers: Sequence[Server], draw: random.Random, done: asyncio.Event) -> None:
    """One agent: takes what is offered, or does not; vanishes now and then, and comes back."""
    agent, seen = Agent(servers, draw.randrange(len(servers))), set[str]()
    try:
        await agent.begin(name)
        while not done.is_set():
            try:
                socket = await agent.connected()
                desk = socket.desk()
                offers = [each for each in desk.get("offers", ()) if each["id"] not in seen]
                if offers:
                    offer = offers[0]
                    kind = "offer.accept" if draw.random() < 0.75 else "offer.reject"
                    # Once more where the server died over it.
                    with contextlib.suppress(Refused):
                        await agent.do(kind, offer=offer["id"])
                    seen.add(offer["id"])
                elif desk.get("sessions") and draw.random() < 0.3:
                    session = draw.choice(desk["sessions"])
                    if state(socket, session) == "live":
                        await agent.do("session.end", session)
                elif draw.random() < 0.03:
                    # The machine is switched off; after the grace the sessions go to others.
                    await socket.close()
                    await asyncio.sleep(draw.choice([0.1, 3.0]))
                    await agent.ready()
                me = desk.get("me") or {}
                if me.get("state") != "ready":
                    await agent.ready()
            except (Refused, ConnectionError):
                pass
            await asyncio.sleep(draw.uniform(0.02, 0.1))
    finally:
        await agent.close()


async def visit(customer: Customer, number: int, room: asyncio.Semaphore) -> int:
    """One customer, until served. Returns how often the customer may have asked in vain."""
    async with room:
        try:
            await customer.begin(f"Customer {number}")
            doubts = customer.turn - number
            await customer.until(lambda socket: state(socket, customer.session) == "ended", 90)
            return doubts
        finally:
            await customer.close()


async def killed(two: Cluster, kills: int, draw: random.Random) -> list[float]:
    """The home, again and again, at any moment. Returns how long nobody was at home, seconds each."""
    took: list[float] = []
    for _ in range(kills):
        await asyncio.sleep(draw.uniform(0.5, 2.5))
        home = await two.home()
        began = time.monotonic()
        await home.kill()
        took.append(await two.time_until_home(began))
        await home.start()
    return took


async def crowd(servers: Cluster, url: str, kills: int = 0) -> list[float]:
    """Customers come as long as the home is being killed."""
    draw, done, room = random.Random(7), asyncio.Event(), asyncio.Semaphore(CUSTOMERS)
    workers = [
        asyncio.create_task(work(f"agent{number}", servers.servers, random.Random(draw.random()), done))
        for number in range(AGENTS)
    ]
    watching = asyncio.create_task(watch(url, done))
    killing = asyncio.create_task(killed(servers, kills, random.Random(8)))
    customers: list[Customer] = []
    visits: list[asyncio.Task[int]] = []
    try:
        while len(visits) < CUSTOMERS or not killing.done():
            customers.append(Customer(servers.servers, len(visits)))
            visits.append(asyncio.create_task(visit(customers[-1], len(visits), room)))
            await asyncio.sleep(0.05 if len(visits) < CUSTOMERS else 0.25)
        took = await killing
        doubts = await asyncio.gather(*visits)
    finally:
        done.set()
        for task in (killing, *visits):
            task.cancel()
        results = await asyncio.gather(*workers, return_exceptions=True)
        await asyncio.gather(killing, *visits, return_exceptions=True)
        looks = await watching
    assert [each for each in results if each is not None] == []
    assert looks > 10
    await all_served(url, customers, doubts)
    if kills:
        note(f"customers of a crowd, home killed {kills} times", len(customers), "")
        note(f"a home is followed within, crowd, {kills} times", max(took), "s")
    return took


async def all_served(url: str, customers: Sequence[Customer], doubts: Sequence[int]) -> None:
    """`doubts`: how often a customer got no answer when asking, and asked again: then there may be more sessions."""
    database = Database(url)
    async with database.read() as connection:
        contacts = (await connection.execute(select(tables.contacts))).mappings().all()
        offers = (await connection.execute(select(tables.offers))).mappings().all()
    await database.close()
    asked = {customer.session for customer in customers}
    known = [row for row in contacts if row["session"] in asked]
    assert sorted(row["session"] for row in known) == sorted(asked)
    assert {row["state"] for row in known} <= {"completed", "wrap_up"}
    more = Counter(row["customer"] for row in contacts if row["session"] not in asked)
    assert not more - Counter({f"Customer {number}": count for number, count in enumerate(doubts)})
    note("sessions of a crowd whose customer got no answer", more.total(), "")
    assert max(Counter(row["seq"] for row in contacts).values()) == 1
    assert {row["state"] for row in offers if row["contact"] in {each["id"] for each in known}} <= _OVER


_OVER = {"accepted", "rejected", "timed_out", "rescinded"}


async def watch(url: str, done: asyncio.Event) -> int:
    """Looks at the rows, again and again: nobody has more than fits, no offer stands without its contact, and who is
    served has one agent, the same in the queue and in the session."""
    database, looks = Database(url), 0
    while not done.is_set():
        async with database.read() as connection:
            contacts = (await connection.execute(select(tables.contacts))).mappings().all()
            offers = (await connection.execute(select(tables.offers))).mappings().all()
            infos = (await connection.execute(select(sessions.c.id, sessions.c.info))).all()
            people = (await connection.execute(select(session_people))).mappings().all()
        live = [row for row in contacts if row["state"] in ("offered", "active", "wrap_up")]
        assert all(count <= CAPACITY for count in Counter(row["agent"] for row in live).values())
        pending = {row["id"]: row["contact"] for row in offers if row["state"] == "pending"}
        assert pending == {row["offer"]: row["id"] for row in contacts if row["state"] == "offered"}
        users = {(row["session"], row["participant"]): row["user_id"] for row in people}
        charge = {id: users.get((id, json.loads(info)["primary"])) for id, info in infos}
        active = {row["session"]: row["agent"] for row in contacts if row["state"] == "active"}
        assert {session: charge[session] for session in active} == active
        there = Counter(row["session"] for row in people if row["user_id"] is not None and row["present"])
        assert all(there[session] <= 1 for session in active)
        looks += 1
        await asyncio.sleep(0.1)
    await database.close()
    return looks


@pytest.mark.timeout(180)
async def test_a_crowd_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{(tmp_path / 'data' / 'deskside.db').resolve()}"
    await furnish(tmp_path / "data", url, AGENTS, CAPACITY)
    async with cluster(tmp_path, url, count=1, options=OPTIONS) as one:
        await crowd(one, url)


async def killed_under_a_crowd(folder: Path, postgres: Postgres, kills: int) -> list[float]:
    """How long nobody was at home each time, in seconds."""
    with postgres.database() as url:
        await furnish(folder / "data", url, AGENTS, CAPACITY)
        async with cluster(folder, url, options=OPTIONS) as two:
            assert len(two.servers) == 2
            took = await crowd(two, url, kills)
    assert len(took) == kills
    return took


@pytest.mark.timeout(300)
async def test_a_crowd_whose_home_is_killed(tmp_path: Path, postgres: Postgres) -> None:
    assert max(await killed_under_a_crowd(tmp_path, postgres, 2)) < TAKEN_OVER_SECONDS


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_crowd_whose_home_is_killed_twenty_times(tmp_path: Path, postgres: Postgres) -> None:
    assert max(await killed_under_a_crowd(tmp_path, postgres, 20)) < TAKEN_OVER_SECONDS
