"""Writers of one database: those of a server, and commands beside it."""

import asyncio

import pytest
from sqlalchemy import func, insert, select, text

from rs_server.db import Database
from rs_server.store.tables import versions


async def write(database: Database, tenant: str) -> None:
    async with database.begin() as unit:
        await unit.connection.execute(insert(versions).values(tenant=tenant, version=1))


async def count(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(versions))).scalar_one())


async def test_a_command_between_reading_and_writing_fails_nobody(any_url: str) -> None:
    server, command = Database(any_url), Database(any_url)
    await server.create_all()
    async with server.begin() as unit:
        assert (await unit.connection.execute(select(versions.c.version))).scalars().all() == []
        beside = asyncio.create_task(write(command, "beside"))
        # It may be done by now, where the database lets it; where not, it waits for us.
        await asyncio.wait({beside}, timeout=0.2)
        await unit.connection.execute(insert(versions).values(tenant="server", version=1))
    await beside
    assert await count(server) == 2
    await server.close()
    await command.close()


async def test_who_gave_up_waiting_to_write_hinders_nobody(any_url: str) -> None:
    server, command = Database(any_url), Database(any_url)
    await server.create_all()
    async with server.begin() as unit:
        await unit.connection.execute(insert(versions).values(tenant="server", version=1))
        given_up = asyncio.create_task(write(command, "beside"))
        await asyncio.wait({given_up}, timeout=0.1)
        given_up.cancel()
    await asyncio.wait({given_up})
    before = await count(server)
    async with asyncio.timeout(3):
        await write(server, "after")
        await write(command, "afterwards")
    assert await count(server) == before + 2
    await server.close()
    await command.close()


LONG = """
    WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000)
    SELECT n FROM c WHERE n % 100000 = 0
"""


async def test_who_was_cancelled_within_a_statement_hinders_nobody(any_url: str) -> None:
    """Also while somebody remembers the failure: it holds the statement."""
    server, command = Database(any_url), Database(any_url)
    await server.create_all()
    remembered = []

    async def long(begun: asyncio.Event) -> None:
        async with server.begin() as unit:
            await unit.connection.execute(insert(versions).values(tenant="server", version=1))
            begun.set()
            await unit.connection.execute(text(LONG))

    for _ in range(3):
        begun = asyncio.Event()
        task = asyncio.create_task(long(begun))
        await begun.wait()
        await asyncio.wait({task}, timeout=0.05)
        assert task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
        remembered.append(caught)
        async with asyncio.timeout(3):
            await write(command, f"beside{len(remembered)}")
            await write(server, f"after{len(remembered)}")
    assert await count(server) == 6
    await server.close()
    await command.close()
