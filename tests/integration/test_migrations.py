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
from tests.contract.acd import Floor, VirtualClock
from tests.unit.core.sessions import info
from webacd.config import AcdConfig
from webacd.core.config import AgentConfig, Choice, Configuration, QueueConfig, Rules


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


BEFORE_ITEMS = """
INSERT INTO acd_queues VALUES ('t1', 'sales', 'Sales', NULL, 20.0, 1, 60.0, 300.0, 'always', 0);
INSERT INTO acd_queues VALUES ('t1', 'care', 'Fürsorge "A"', 0.0, 15.0, 0, 30.0, 200.0, 'off', 1);
INSERT INTO acd_queues VALUES ('t2', 'sales', 'Other', 10.0, 20.0, 0, 60.0, 300.0, 'on_demand', 0);
INSERT INTO acd_agents VALUES ('t1', 'ann', 2);
INSERT INTO acd_agents VALUES ('t1', 'bob', 8);
INSERT INTO acd_agents VALUES ('t1', 'idle', 3);
INSERT INTO acd_queue_agents VALUES ('t1', 'sales', 'ann');
INSERT INTO acd_queue_agents VALUES ('t1', 'sales', 'bob');
INSERT INTO acd_queue_agents VALUES ('t1', 'care', 'bob');
INSERT INTO acd_reasons VALUES ('t1', 'lunch', '{"en": "Lunch", "fr": "Déjeuner"}');
INSERT INTO acd_outcome_codes VALUES ('t1', 'solved', NULL, 'Solved');
INSERT INTO acd_outcome_codes VALUES ('t1', 'sold', 'sales', 'Sold');
INSERT INTO acd_tenants VALUES ('t1', 4, '{"missed_offer":"stay_ready","grace_seconds":9.0}', NULL);
INSERT INTO acd_tenants VALUES ('t2', 1, '{}', NULL);
"""


async def test_the_configuration_of_before_routes_as_before(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    await asyncio.to_thread(command.upgrade, alembic_config(url), "0003")
    database = Database(url)
    async with database.begin() as unit:
        for statement in filter(str.strip, BEFORE_ITEMS.split(";\n")):
            await unit.connection.execute(text(statement.replace(":", "\\:")))
    await database.close()
    await migrate(url)
    floor = Floor(url, VirtualClock())
    solved, sold = Choice("solved", "Solved"), Choice("sold", "Sold")
    async with floor.database.read() as connection:
        found = await floor.config.read(connection)
        assert await floor.config.changes(connection, None, 10) == []
        assert (await connection.execute(text("SELECT epoch FROM acd_tenants ORDER BY tenant"))).scalars().all() == [
            4,
            1,
        ]
        other = await AcdConfig("t2").read(connection)
    assert found == Configuration(
        queues=(
            QueueConfig(
                "care", 'Fürsorge "A"', 0.0, 15.0, False, 30.0, 200.0, "off", default=True, outcome_codes=(solved,)
            ),
            QueueConfig("sales", "Sales", None, 20.0, True, recording="always", outcome_codes=(sold, solved)),
        ),
        agents=(AgentConfig("ann", ("sales",), 2), AgentConfig("bob", ("care", "sales"), 8), AgentConfig("idle")),
        reasons=(Choice("lunch", '{"en": "Lunch", "fr": "Déjeuner"}'),),
        common_codes=(solved,),
        rules=Rules(missed_offer="stay_ready", grace_seconds=9.0),
    )
    assert [queue.name for queue in other.queues] == ["Other"]
    assert other.rules == Rules()
    await floor.acd.start()
    await floor.ready("bob")
    await floor.enqueue("c1", "care")
    [offer] = floor.acd.offers("bob")
    assert (offer.contact, offer.deadline - offer.made_at) == ("c1", 15.0)
    await floor.close()
