"""Leaf: engine, metadata, unit of work, migrations."""

from .engine import Database
from .metadata import metadata
from .uow import UnitOfWork

__all__ = ["Database", "UnitOfWork", "metadata"]
