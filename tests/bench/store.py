"""Contacts through the queue and the database, beside workers that take rows with SKIP LOCKED."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg
import msgspec

from rs_server.db import Database, UnitOfWork
from rs_server.machine import WallClock
from rs_server.ports import AcdEvent, ContactRequest, Offered
from tests.bench.child import child, said
from tests.bench.rows import Row, measures, row
from tests.support import postgres
from webacd.config import AcdConfig
from webacd.core.config import Rules
from webacd.service import AcdService

AT_ONCE = 16
SECONDS = 4.0
WAITING = 30_000


@measures("store.contacts_per_second.sqlite", "store.contacts_per_second.postgres", seconds=120)
async def contacts(folder: Path) -> Sequence[Row]:
    """A contact comes, is offered, accepted and ended: three units of work, each on disk before it is told, 16 contacts
    at once. The peer does three commits a contact too, with no rule but first come."""
    ours: dict[str, float] = {}
    ours["sqlite"] = await through(f"sqlite+aiosqlite:///{folder / 'a.db'}")
    absent = postgres.missing()
    if absent is not None:
        raise RuntimeError(absent)
    with postgres.running() as server:
        with server.database() as url:
            ours["postgres"] = await through(url)
        with server.database() as url:
            plain = await skip_locked(url)
    peer = f"16 workers with SKIP LOCKED on PostgreSQL {plain:.0f}/s"
    return [row(f"store.contacts_per_second.{name}", value, "/s", peer=peer) for name, value in ours.items()]


async def through(url: str) -> float:
    database = Database(url)
    await database.create_all()
    config, tenant = AcdConfig("main"), "main"
    async with database.begin() as unit:
        await config.set_rules(unit, Rules(grace_seconds=600))
        await config.put_queue(unit, "help", "Help", wrap_up_seconds=0, default=True)
        for number in range(AT_ONCE):
            await config.put_agent(unit, f"agent{number}", queues=["help"], capacity=2)
    acd = AcdService(database, WallClock(), tenant)
    offers: asyncio.Queue[Offered] = asyncio.Queue()

    async def hear(unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        for event in events:
            if isinstance(event, Offered):
                unit.after_commit(lambda event=event: offers.put_nowait(event))  # type: ignore[misc]

    acd.listen(hear)
    await acd.start()
    for number in range(AT_ONCE):
        async with database.begin() as unit:
            await acd.set_state(unit, f"agent{number}", "ready")
    count = 0

    async def one() -> None:
        nonlocal count
        count += 1
        contact = f"contact{count}"
        async with database.begin() as unit:
            await acd.enqueue(unit, ContactRequest(contact, "help", "session", contact, "Jeanne"))
        offer = await offers.get()
        async with database.begin() as unit:
            await acd.accept(unit, offer.offer, offer.agent)
        async with database.begin() as unit:
            await acd.complete(unit, offer.contact)

    rate = await repeatedly([one] * AT_ONCE)
    await acd.close()
    await database.close()
    return rate


async def skip_locked(url: str) -> float:
    address = url.replace("postgresql+asyncpg://", "postgresql://")
    async with asyncpg.create_pool(address, min_size=AT_ONCE, max_size=AT_ONCE) as pool:
        await pool.execute("CREATE TABLE bench_jobs (id serial PRIMARY KEY, state text NOT NULL, worker int)")
        await pool.execute("CREATE INDEX ON bench_jobs (id) WHERE state = 'queued'")

        def worker(number: int) -> Callable[[], Awaitable[None]]:
            async def one() -> None:
                async with pool.acquire() as connection:
                    await connection.execute("INSERT INTO bench_jobs (state) VALUES ('queued')")
                    job = await connection.fetchval(
                        "UPDATE bench_jobs SET state = 'active', worker = $1 WHERE id = (SELECT id FROM bench_jobs"
                        " WHERE state = 'queued' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1) RETURNING id",
                        number,
                    )
                    if job is not None:
                        await connection.execute("UPDATE bench_jobs SET state = 'done' WHERE id = $1", job)

            return one

        return await repeatedly([worker(number) for number in range(AT_ONCE)])


async def repeatedly(works: Sequence[Callable[[], Awaitable[None]]]) -> float:
    """How often a second they are done, each after itself."""
    done = 0
    began = time.perf_counter()

    async def again(work: Callable[[], Awaitable[None]]) -> None:
        nonlocal done
        while time.perf_counter() - began < SECONDS:
            await work()
            done += 1

    await asyncio.gather(*map(again, works))
    return done / (time.perf_counter() - began)


@measures("acd.waiting_memory", "acd.waiting_start", seconds=180)
async def waiting(folder: Path) -> Sequence[Row]:
    """30,000 contacts in ten queues; then a new start on what is stored."""
    async with child("tests.bench.waiting", str(folder), str(WAITING)) as process:
        before, after, start = msgspec.json.decode(await said(process, 150), type=tuple[float, float, float])
    each = 1000 * (after - before) / WAITING
    return [
        row("acd.waiting_memory", after, "MB", peer=f"{before:.0f} MB before they came; {each:.1f} kB each"),
        row("acd.waiting_start", start, "s", peer=f"until a new start routes, with {WAITING:,} who wait"),
    ]
