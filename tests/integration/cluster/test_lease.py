"""The lease and its fence, on PostgreSQL: one home at a time, and nothing written by one that is none any more."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import DBAPIError

from rs_server.bus.memory import MemoryBus
from rs_server.cluster import lease as module
from rs_server.cluster.keeper import Keeper
from rs_server.cluster.lease import Lease
from rs_server.db import Database, Fenced
from rs_server.store import homes as store
from rs_server.store.tables import homes, versions


class Servers:
    """Leases and databases of several servers on one PostgreSQL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stack = contextlib.AsyncExitStack()

    def lease(self, address: str = "127.0.0.1:1") -> Lease:
        lease = Lease(self.url, "main", address)
        self.stack.push_async_callback(lease.close)
        return lease

    def database(self, lease: Lease | None = None) -> Database:
        """Of the lease's present time at home; without one, nobody's."""
        database = Database(self.url, name=lease.name if lease is not None else "nobody")
        self.stack.push_async_callback(database.close)
        if lease is not None:
            database.fence(lease.fence())
            database.in_doubt(lease.doubt)
        return database

    async def run_out(self) -> None:
        async with self.database().begin() as unit:
            await unit.connection.execute(update(homes).values(expires=0.0))


@pytest.fixture
async def servers(postgres_url: str) -> AsyncIterator[Servers]:
    servers = Servers(postgres_url)
    yield servers
    await servers.stack.aclose()


async def write(database: Database, tenant: str) -> None:
    async with database.begin() as unit:
        await unit.connection.execute(insert(versions).values(tenant=tenant, version=1))


async def count(database: Database) -> int:
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(versions))).scalar_one()


async def test_one_at_a_time(servers: Servers) -> None:
    one, two = servers.lease("one:1"), servers.lease("two:2")
    assert await one.look() is None
    assert sorted(await asyncio.gather(one.take(), two.take())) == [False, True]
    first, second = (one, two) if one.epoch else (two, one)
    holder = await second.look()
    assert holder is not None
    assert (holder.server, holder.address) == (first.server, first.address)
    assert 0 < holder.left <= module.LEASE_SECONDS
    assert not await second.take()
    await first.release()
    assert await second.look() is None
    assert await second.take()
    assert second.epoch == first.epoch + 1


async def test_a_home_whose_process_is_gone_is_followed_before_its_lease_runs_out(servers: Servers) -> None:
    one, two = Lease(servers.url, "main", "one:1"), servers.lease("two:2")
    assert await one.take()
    assert await two.look() is not None
    await one.close()  # its connections close, as those of a killed process; nothing was given back
    await gone(servers, one)
    assert await two.look() is not None, "one look is not enough"
    assert not await two.take()
    assert await two.look() is None
    assert await two.take()
    assert two.epoch == one.epoch + 1


async def test_a_home_that_was_never_seen_connected_has_its_lease(servers: Servers) -> None:
    """As behind a pool that names connections otherwise."""
    one, two = Lease(servers.url, "main", "one:1"), servers.lease("two:2")
    assert await one.take()
    await one.close()
    await gone(servers, one)
    for _ in range(3 * module.LOOKS):
        assert await two.look() is not None
    assert not await two.take()


async def test_a_home_that_comes_back_is_not_dead(servers: Servers) -> None:
    one, two = Lease(servers.url, "main", "one:1"), servers.lease("two:2")
    assert await one.take()
    assert await two.look() is not None
    await one.close()
    await gone(servers, one)
    assert await two.look() is not None
    assert await one.look() is not None, "connected again"
    for _ in range(3):
        assert await two.look() is not None
    await one.close()


async def test_a_home_that_lost_one_connection_is_not_dead(servers: Servers) -> None:
    one, two = Lease(servers.url, "main", "one:1"), servers.lease("two:2")
    assert await one.take()
    work = servers.database(one)
    assert await count(work) == 0
    assert await two.look() is not None
    await one.close()
    await gone(servers, one)
    for _ in range(2 * module.LOOKS):
        assert await two.look() is not None


async def gone(servers: Servers, lease: Lease) -> None:
    """The database has seen the end of the lease's connections."""
    database = servers.database()
    async with asyncio.timeout(30):
        while True:
            async with database.read() as connection:
                if not await store.is_connected(connection, f"deskside-lease-{lease.server}"):
                    return


async def test_sixteen_at_once(servers: Servers) -> None:
    leases = [servers.lease() for _ in range(16)]
    for epoch in range(1, 4):
        taken = await asyncio.gather(*(lease.take() for lease in leases))
        assert taken.count(True) == 1
        assert leases[taken.index(True)].epoch == epoch
        await servers.run_out()


async def test_a_former_home_writes_nothing(servers: Servers) -> None:
    old, new = servers.lease(), servers.lease()
    await old.take()
    database = servers.database(old)
    await write(database, "a")
    await servers.run_out()
    # Run out, but nobody else is there: it goes on.
    await write(database, "b")
    await new.take()
    with pytest.raises(Fenced):
        await write(database, "c")
    assert old.lost.is_set()
    await write(servers.database(new), "d")
    assert await count(servers.database()) == 3


async def test_what_a_former_home_has_begun_is_ended(servers: Servers) -> None:
    """It was stopped in the middle of a transaction, and holds the lock."""
    old, new = servers.lease(), servers.lease()
    await old.take()
    database = servers.database(old)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with database.begin() as unit:
            await unit.connection.execute(insert(versions).values(tenant="a", version=1))
            begun.set()
            await go_on.wait()

    writing = asyncio.create_task(slow())
    await begun.wait()
    await servers.run_out()
    assert await new.take()
    go_on.set()
    with pytest.raises(DBAPIError):
        await writing
    # It does not know what became of its commit: that alone ends its time at home.
    assert old.lost.is_set()
    assert await count(servers.database()) == 0
    await write(servers.database(new), "a")


async def test_a_take_over_waits_for_what_is_under_way(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it cannot be ended: never are two at home at once."""
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.2)
    old, new = servers.lease(), servers.lease()
    await old.take()
    # Under a name that nobody ends.
    database = servers.database()
    database.fence(old.fence())
    async with database.begin() as unit:
        await unit.connection.execute(insert(versions).values(tenant="a", version=1))
        await servers.run_out()
        assert not await new.take()
    assert await new.take()
    assert await count(database) == 1
    with pytest.raises(Fenced):
        await write(database, "b")


async def test_a_later_time_at_home_is_another(servers: Servers) -> None:
    lease = servers.lease()
    await lease.take()
    database = servers.database(lease)
    await lease.take()
    with pytest.raises(Fenced):
        await write(database, "a")
    assert not lease.lost.is_set()
    await write(servers.database(lease), "a")


async def test_after_the_shutter_nothing_is_written(servers: Servers) -> None:
    database = servers.database()

    async def shut_meanwhile() -> None:
        async with database.begin() as unit:
            await unit.connection.execute(insert(versions).values(tenant="a", version=1))
            database.shut()

    with pytest.raises(Fenced):
        await shut_meanwhile()
    with pytest.raises(Fenced):
        await write(database, "b")
    assert await count(database) == 0


async def test_renewing_does_not_hinder_and_is_not_hindered(servers: Servers) -> None:
    lease = servers.lease()
    await lease.take()
    keeping = asyncio.create_task(lease.keep())
    database = servers.database(lease)
    async with database.begin() as unit:
        await unit.connection.execute(insert(versions).values(tenant="a", version=1))
        before = await expires(database)
        async with asyncio.timeout(30):
            while await expires(database) == before:
                await asyncio.sleep(0.02)
    assert not lease.lost.is_set()
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def expires(database: Database) -> float:
    async with database.read() as connection:
        return float((await connection.execute(select(homes.c.expires))).scalar_one())


async def test_a_lease_is_lost_when_another_has_it(servers: Servers, caplog: pytest.LogCaptureFixture) -> None:
    lease = servers.lease()
    await lease.take()
    keeping = asyncio.create_task(lease.keep())
    await servers.run_out()
    # Renewed meanwhile, perhaps; then it runs out again.
    other = servers.lease()
    async with asyncio.timeout(30):
        while not await other.take():
            await servers.run_out()
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(30):
            await lease.lost.wait()
            await keeping
    assert "no longer at home" in caplog.text


class Shown:
    """What a server showed, in order."""

    def __init__(self) -> None:
        self.said: list[str | None] = []

    async def pass_on(self, address: str | None) -> None:
        if not self.said or self.said[-1] != address:
            self.said.append(address)


async def test_a_home_that_cannot_start_says_why(servers: Servers) -> None:
    @contextlib.asynccontextmanager
    async def home(lease: Lease) -> AsyncIterator[None]:
        if lease.epoch:
            raise ZeroDivisionError("as configured")
        yield

    lease = servers.lease()
    keeper = Keeper(lease, Shown(), home, MemoryBus())
    with pytest.raises(ZeroDivisionError, match="as configured"):
        await keeper.start()
    # It holds nobody up.
    assert await servers.lease().take()


async def test_a_keeper_becomes_what_it_has_to_be(servers: Servers) -> None:
    """Home, then one that passes on, then home again; its things end before the next one begins."""
    log: list[str] = []
    bus = MemoryBus()

    def home(name: str) -> "contextlib.AbstractAsyncContextManager[None]":
        @contextlib.asynccontextmanager
        async def inside() -> AsyncIterator[None]:
            log.append(f"{name} in")
            try:
                yield
            finally:
                log.append(f"{name} out")

        return inside()

    one, two, shown = servers.lease("one:1"), servers.lease("two:2"), Shown()
    first = Keeper(one, Shown(), lambda _lease: home("first"), bus)
    second = Keeper(two, shown, lambda _lease: home("second"), bus)
    await first.start()
    await second.start()
    assert (first.at_home, second.at_home) == (True, False)
    assert shown.said == ["one:1"]
    one.doubt()
    async with asyncio.timeout(30):
        while log != ["first in", "first out", "first in"]:
            await asyncio.sleep(0.02)
    await first.close()
    async with asyncio.timeout(30):
        while not second.at_home:
            await asyncio.sleep(0.02)
    await second.close()
    assert log == ["first in", "first out", "first in", "first out", "second in", "second out"]
