"""Leaf: engine, metadata, unit of work, migrations."""

from .engine import Database, Fence, Fenced
from .metadata import metadata
from .uow import UnitOfWork
from .urls import BadDatabase, driver_url, is_sqlite

__all__ = ["BadDatabase", "Database", "Fence", "Fenced", "UnitOfWork", "driver_url", "is_sqlite", "metadata"]
