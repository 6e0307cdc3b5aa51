"""Opens the database: SQLite (WAL, synchronous FULL) or, by URL, PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from .metadata import metadata
from .uow import UnitOfWork


class Database:
    """An engine and the two ways through it: `begin` to write, `read` to look."""

    def __init__(self, url: str) -> None:
        self.engine: AsyncEngine = create_async_engine(url, pool_pre_ping=not url.startswith("sqlite"))
        self._sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer; queueing for it here keeps writers from meeting SQLITE_BUSY.
        self._writer = asyncio.Lock()
        if self._sqlite:
            _prepare_sqlite(self.engine)

    async def create_all(self) -> None:
        """Create every known table; for tests. An installation runs the migrations."""
        async with self.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """One transaction. Commits on leaving, then runs what waits for the commit; an exception rolls back."""
        if not self._sqlite:
            async with self._unit() as unit:
                yield unit
            return
        async with self._writer, self._unit() as unit:
            yield unit

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[UnitOfWork]:
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
            unit = UnitOfWork(connection)
            try:
                yield unit
            except BaseException:
                try:
                    cancelled = await _to_its_end(transaction.rollback())
                finally:
                    unit.rolled_back()
                if cancelled is not None:
                    raise cancelled from None
                raise
            # Who asked may be cancelled in the middle of the commit: the rows are on disk all the same, so what waits
            # for them must run, or memory and disk part for good.
            try:
                cancelled = await _to_its_end(transaction.commit())
            except BaseException:
                unit.rolled_back()
                raise
            unit.committed()
            if cancelled is not None:
                raise cancelled

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; nothing written on it is kept."""
        async with self.engine.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self.engine.dispose()


async def _to_its_end(work: Coroutine[Any, Any, None]) -> asyncio.CancelledError | None:
    """Await, also when cancelled meanwhile; the cancellation is returned, so that it is not lost. Raises what the work
    raises, or the cancellation where both happened."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            # Also when the work was done in the same moment: whoever cancelled us waits for our end.
            if not task.cancelled():
                cancelled = error
        except BaseException:
            break
    if cancelled is not None and not task.cancelled() and task.exception() is not None:
        raise cancelled from task.exception()
    task.result()
    return cancelled


def _prepare_sqlite(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are opened below, not by the driver
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN")
