"""Migrations make what the tables say."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

import webacd.tables  # noqa: F401  # their tables join the one metadata
from rs_server.db import Database, metadata
from rs_server.db.migrate import migrate
from rs_server.store import tables


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_upgrading_an_empty_file_gives_the_metadata(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    await migrate(url)
    database = Database(url)
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
