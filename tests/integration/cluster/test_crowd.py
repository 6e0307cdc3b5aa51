"""Sixteen consoles against one queue: they accept, reject and vanish. Nobody is over capacity, nobody is doubled."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from rs_server.db import Database
from tests.support.client import Refused
from tests.support.cluster import Cluster, Server, cluster, furnish
from tests.support.people import Agent, Customer, state
from tests.support.postgres import Postgres
from webacd import tables

AGENTS, CAPACITY, CUSTOMERS = 16, 2, 30
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
                    seen.add(offer["id"])
                    kind = "offer.accept" if draw.random() < 0.75 else "offer.reject"
                    await agent.do(kind, offer=offer["id"])
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
                if me.get("state") == "offline":
                    await agent.ready()
            except (Refused, ConnectionError):
                pass
            await asyncio.sleep(draw.uniform(0.02, 0.1))
    finally:
        await agent.close()


async def crowd(servers: list[Server], url: str) -> None:
    draw, done = random.Random(7), asyncio.Event()
    workers = [
        asyncio.create_task(work(f"agent{number}", servers, random.Random(draw.random()), done))
        for number in range(AGENTS)
    ]
    watching = asyncio.create_task(watch(url, done))
    customers: list[Customer] = []
    try:
        for number in range(CUSTOMERS):
            customers.append(Customer(servers, number))
            await customers[-1].begin(f"Customer {number}")
            await asyncio.sleep(0.05)
        for customer in customers:
            await customer.until(lambda socket, s=customer.session: state(socket, s) == "ended", 60)  # type: ignore[misc]
    finally:
        done.set()
        results = await asyncio.gather(*workers, return_exceptions=True)
        with contextlib.suppress(asyncio.CancelledError):
            looks = await watching
        for customer in customers:
            await customer.close()
    assert [each for each in results if each is not None] == []
    assert looks > 10
    database = Database(url)
    async with database.read() as connection:
        contacts = (await connection.execute(select(tables.contacts))).mappings().all()
        offers = (await connection.execute(select(tables.offers))).mappings().all()
    await database.close()
    assert sorted(row["session"] for row in contacts) == sorted({customer.session for customer in customers})
    assert {row["state"] for row in contacts} <= {"completed", "wrap_up"}
    assert max(Counter(row["seq"] for row in contacts).values()) == 1
    assert {row["state"] for row in offers} <= {"accepted", "rejected", "timed_out", "rescinded"}


async def watch(url: str, done: asyncio.Event) -> int:
    """Looks at the rows, again and again: nobody has more than fits, and no offer stands without its contact."""
    database, looks = Database(url), 0
    while not done.is_set():
        async with database.read() as connection:
            contacts = (await connection.execute(select(tables.contacts))).mappings().all()
            offers = (await connection.execute(select(tables.offers))).mappings().all()
        live = [row for row in contacts if row["state"] in ("offered", "active", "wrap_up")]
        assert all(count <= CAPACITY for count in Counter(row["agent"] for row in live).values())
        pending = {row["id"]: row["contact"] for row in offers if row["state"] == "pending"}
        assert pending == {row["offer"]: row["id"] for row in contacts if row["state"] == "offered"}
        looks += 1
        await asyncio.sleep(0.1)
    await database.close()
    return looks


@pytest.mark.timeout(180)
async def test_a_crowd_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{(tmp_path / 'data' / 'deskside.db').resolve()}"
    await furnish(tmp_path / "data", url, AGENTS, CAPACITY)
    async with cluster(tmp_path, url, count=1, options=OPTIONS) as one:
        await crowd(one.servers, url)


@pytest.mark.timeout(180)
async def test_a_crowd_on_two_servers(tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database() as url:
        await furnish(tmp_path / "data", url, AGENTS, CAPACITY)
        async with cluster(tmp_path, url, options=OPTIONS) as two:
            await crowd(_both(two), url)


def _both(two: Cluster) -> list[Server]:
    assert len(two.servers) == 2
    return two.servers
