"""Migrations make what the tables say."""

import asyncio
from pathlib import Path

import msgspec
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import webacd.tables  # noqa: F401  # their tables join the one metadata
from rs_server.db import Database, metadata
from rs_server.db.migrate import alembic_config, migrate
from rs_server.store import sessions as store
from rs_server.store import tables
from tests.unit.core.sessions import info


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_upgrading_gives_the_metadata(any_url: str) -> None:
    await migrate(any_url)
    database = Database(any_url)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.close()


async def test_upgrading_again_changes_nothing_and_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a % b.db'}"
    await migrate(url)
    database = Database(url)
    async with database.begin() as unit:
        await unit.connection.execute(
            tables.sites.insert().values(
                key="k", tenant="t", company="c", origins="", languages="", queue="q", capabilities="", theme="{}"
            )
        )
    await database.close()
    await migrate(url)
    database = Database(url)
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT key FROM sites"))).scalar_one() == "k"
    await database.close()


async def test_sessions_of_before_are_found(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    await asyncio.to_thread(command.upgrade, alembic_config(url), "0001")
    database = Database(url)
    async with database.begin() as unit:
        await unit.connection.execute(
            text(
                "INSERT INTO sessions (id, tenant, reference, state, contact, customer_name, agents, info, seq,"
                " recorded, created_at) VALUES ('s', 'main', 'AAAA-BBBB', 'ended', 'c', 'ÉLODIE', 'Zoë Öst', :info,"
                " 1, 0, 1.0)"
            ),
            {"info": msgspec.json.encode(info()).decode()},
        )
    await database.close()
    await migrate(url)
    database = Database(url)
    async with database.read() as connection:
        for query in ("élodie", "Élodie", "ÖST", "zoë", "aaaa-b"):
            assert [found.info.id for found in await store.search(connection, "main", query=query)] == ["s"], query
        assert len(await store.search(connection, "main", agent="öst")) == 1
        assert await store.search(connection, "main", agent="élodie") == []
        assert await store.search(connection, "main", query="%") == []
    await database.close()
