"""Unit of work: one transaction, and what is to happen once it is on disk."""

import logging
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncConnection

log = logging.getLogger(__name__)


class UnitOfWork:
    """Hands out the connection; collects callbacks for after the commit or the rollback.

    Callbacks are plain functions: they may publish or schedule, they may not fail or wait.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self._after_commit: list[Callable[[], None]] = []
        self._after_rollback: list[Callable[[], None]] = []

    def after_commit(self, callback: Callable[[], None]) -> None:
        self._after_commit.append(callback)

    def after_rollback(self, callback: Callable[[], None]) -> None:
        self._after_rollback.append(callback)

    def committed(self) -> None:
        _run(self._after_commit)

    def rolled_back(self) -> None:
        _run(self._after_rollback)


def _run(callbacks: list[Callable[[], None]]) -> None:
    """All of them, whatever one does: the rows are on disk already, or gone."""
    for callback in callbacks:
        try:
            callback()
        except Exception:
            log.exception("callback of a unit of work failed")
