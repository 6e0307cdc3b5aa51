"""Brings a database to the newest schema, by Alembic. The revisions stand in `migrations/versions`."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig

from .urls import driver_url

_FOLDER = Path(__file__).resolve().parent / "migrations"


def alembic_config(url: str) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(_FOLDER))
    # A percent sign is an interpolation to Alembic's configuration.
    config.set_main_option("sqlalchemy.url", driver_url(url).replace("%", "%%"))
    return config


async def migrate(url: str) -> None:
    """Run what has not run yet. Nothing is lost; going back is not supported. Servers that start at once take turns,
    where the database is PostgreSQL; SQLite has one server."""
    await asyncio.to_thread(command.upgrade, alembic_config(url), "head")
