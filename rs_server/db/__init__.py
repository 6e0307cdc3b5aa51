"""Leaf: engine, metadata, unit of work, migrations."""

from .engine import Database, Fenced
from .metadata import metadata
from .uow import UnitOfWork
from .urls import BadDatabase, driver_url, is_sqlite

__all__ = ["BadDatabase", "Database", "Fenced", "UnitOfWork", "driver_url", "is_sqlite", "metadata"]
