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
from webacd.core.state import RoutingState
from webacd.store import AcdStore


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


async def test_routing_of_before_goes_on(tmp_path: Path) -> None:
    """What was routed by, and what the events said of it, are the same in the new shape."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    await asyncio.to_thread(command.upgrade, alembic_config(url), "0003")
    first = {"queues": [{"id": "q", "name": "Q"}], "agents": [{"id": "ann", "queues": ["q"]}], "rules": {}}
    second = {"queues": [{"id": "r", "name": "R"}, {"id": "q", "name": "Q"}], "agents": [], "rules": {"hops": 2}}
    arrived = {
        **{"type": "contact_arrived", "at": 7.0, "contact": "c", "seq": 1, "queue": "q", "medium": "session"},
        **{"session": "s", "customer": "C", "question": "", "priority": 0, "estimate": None},
    }
    told = [
        {"type": "configured", "at": 1.0, "configuration": first},
        arrived,
        {"type": "configured", "at": 9.0, "configuration": second},
    ]
    database = Database(url)
    async with database.begin() as unit:
        for number, event in enumerate(told, 1):
            body = msgspec.json.encode(event).decode()
            row = {"seq": number, "at": event["at"], "body": body}
            statement = "INSERT INTO acd_events (tenant, seq, at, body) VALUES ('t', :seq, :at, :body)"
            await unit.connection.execute(text(statement), row)
        await unit.connection.execute(
            text(
                "INSERT INTO acd_contacts (tenant, id, seq, queue, medium, session, customer, question, priority,"
                " arrived_at, state, offers, declined) VALUES ('t', 'c', 1, 'q', 'session', 's', 'C', '', 0, 7.0,"
                " 'queued', 0, '{}')"
            )
        )
        await unit.connection.execute(
            text("INSERT INTO acd_tenants (tenant, epoch, rules, active_configuration) VALUES ('t', 1, '{}', :text)"),
            {"text": msgspec.json.encode(second).decode()},
        )
    await database.close()
    await migrate(url)
    database = Database(url)
    replayed = RoutingState()
    async with database.read() as connection:
        loaded = await AcdStore("t").load(connection)
        for happened in await AcdStore("t").events(connection):
            replayed.apply(happened)
    await database.close()
    assert loaded.snapshot() == replayed.snapshot()
    assert [queue.id for queue in loaded.configuration.queues] == ["r", "q"]
    assert loaded.configuration.rules.hops == 2
    assert loaded.contacts["c"].arrived_at == 7.0
