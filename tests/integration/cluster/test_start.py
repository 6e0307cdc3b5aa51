"""What a server says when its database, or the place beside another server, is not to be had."""

import asyncio
from pathlib import Path

import pytest

from rs_server.db import BadDatabase, Database, driver_url
from rs_server.db.migrate import migrate
from tests.integration.test_start_stop import doctor, run
from tests.support.cluster import cluster, furnish
from tests.support.postgres import Postgres
from tests.support.redis import Redis


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://x:y@127.0.0.1:1/x", "PostgreSQL at 127.0.0.1:1 cannot be reached"),
        ("postgresql://x:y@no.such.host.invalid/x", "PostgreSQL at no.such.host.invalid:5432 cannot be reached"),
        ("mysql://x:y@127.0.0.1/x", "neither SQLite nor PostgreSQL"),
        ("nonsense", "not the URL of a database"),
    ],
)
async def test_a_database_that_is_not_there_is_named(tmp_path: Path, url: str, said: str) -> None:
    for command in (("serve", "--listen-port", "0"), ("queue", "list")):
        status, words = await run(*command, "--data", str(tmp_path), "--database", url)
        assert (status, len(words.splitlines())) == (1, 1), words
        assert words.startswith("rs-server: ")
        assert said in words


async def test_a_password_that_is_wrong_is_named(tmp_path: Path, postgres: Postgres) -> None:
    options = ("--data", str(tmp_path), "--database", postgres.url("postgres", "wrong-secret"))
    status, words = await run("serve", "--listen-port", "0", *options)
    assert (status, len(words.splitlines())) == (1, 1), words
    assert "refuses: password authentication failed" in words
    assert "wrong-secret" not in words
    status, words = await doctor("--listen-port", "0", *options)
    assert status == 1
    assert "refuses: password authentication failed" in words
    with pytest.raises(BadDatabase, match="does not exist"):
        await migrate(postgres.url("nowhere"))
    with pytest.raises(BadDatabase, match="bogus"):
        await migrate(postgres.url("postgres") + "?bogus=1")


async def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(BadDatabase, match=r"asyncpg is not installed: pip install 'deskside\[postgres\]'"):
        Database("postgresql://x@y/z")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgres://u:p%40@h/d", "postgresql+asyncpg://u:p%40@h/d"),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
        ("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
        ("sqlite:////a/b.db", "sqlite+aiosqlite:////a/b.db"),
    ],
)
def test_urls_as_people_write_them(written: str, meant: str) -> None:
    assert driver_url(written) == meant


async def test_a_second_server_on_sqlite_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'deskside.db'}"
    await furnish(tmp_path / "data", url, 0)
    async with cluster(tmp_path, url, count=1, options=("--media-workers", "1")):
        status, words = await run("serve", "--listen-port", "0", "--data", str(tmp_path / "data"))
        assert (status, len(words.splitlines())) == (1, 1), words
        assert "several servers need PostgreSQL" in words


async def test_migrations_at_once_take_turns(tmp_path: Path, postgres: Postgres) -> None:
    postgres.run("DROP DATABASE IF EXISTS at_once", "CREATE DATABASE at_once")
    options = ("--data", str(tmp_path), "--database", postgres.url("at_once"))
    assert await asyncio.gather(*(run("queue", "list", *options) for _ in range(3))) == [(0, "")] * 3
    database = Database(postgres.url("at_once"))
    async with database.read() as connection:
        await connection.exec_driver_sql("SELECT * FROM homes")
    await database.close()


async def test_the_doctor_asks_redis(tmp_path: Path, redis: Redis, unused_tcp_port: int) -> None:
    options = ("--listen-port", "0", "--data", str(tmp_path))
    assert "Redis answers" in (await doctor(*options, "--redis", redis.url))[1]
    status, words = await doctor(*options, "--redis", f"redis://127.0.0.1:{unused_tcp_port}/0")
    assert (status, "Redis does not answer" in words) == (1, True)
