"""Brings a database to the newest schema, by Alembic. The revisions stand in `migrations/versions`."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy.exc import DBAPIError

from .engine import Database
from .urls import BadDatabase, driver_url, is_sqlite, parse

_FOLDER = Path(__file__).resolve().parent / "migrations"


def alembic_config(url: str) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_FOLDER))
    # A percent sign is an interpolation to Alembic's configuration.
    config.set_main_option("sqlalchemy.url", driver_url(url).replace("%", "%%"))
    return config


async def reach(url: str) -> None:
    """Raises `BadDatabase` when the server of the database does not let us in, and says why. SQLite has none."""
    parsed = parse(url)
    if is_sqlite(parsed.drivername):
        return
    where = f"PostgreSQL at {parsed.host or 'localhost'}:{parsed.port or 5432}"
    database = Database(url)
    try:
        async with database.read() as connection:
            await connection.exec_driver_sql("SELECT 1")
    except TimeoutError as error:
        raise BadDatabase(f"{where} does not answer") from error
    except OSError as error:
        raise BadDatabase(f"{where} cannot be reached: {error.strerror or error}") from error
    except DBAPIError as error:
        raise BadDatabase(f"{where} refuses: {_first_line(error.orig)}") from error
    except TypeError as error:
        # What the driver does not know among the parameters of the URL.
        raise BadDatabase(f"database_url: {_first_line(error)}") from error
    finally:
        await database.close()


def _first_line(error: object) -> str:
    return str(error).partition("\n")[0].rpartition(": ")[2]


async def migrate(url: str) -> None:
    """Run what has not run yet. Nothing is lost; going back is not supported. Servers that start at once take turns,
    where the database is PostgreSQL; SQLite has one server. Raises `BadDatabase` when it cannot be reached."""
    await reach(url)
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
