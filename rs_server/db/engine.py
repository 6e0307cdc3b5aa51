"""Opens the database: SQLite (WAL, synchronous FULL) or, by URL, PostgreSQL."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine

from .metadata import metadata
from .uow import UnitOfWork
from .urls import driver_url, is_sqlite

CONNECT_SECONDS = 5.0

_WRITES = {"writes": True}

Fence = Callable[[AsyncConnection], Awaitable[None]]
"""Raises `Fenced` where this process may not write any more. What it has read holds until the transaction's end."""


class Fenced(Exception):
    """Another server is at home now; this one writes nothing any more."""


class Database:
    """An engine and the two ways through it: `begin` to write, `read` to look."""

    def __init__(self, url: str, *, name: str = "deskside") -> None:
        """`name`: by which the database's server knows our connections, where it can tell. Raises `BadDatabase` when
        the driver is missing."""
        url = driver_url(url)
        self._sqlite = is_sqlite(url)
        self.engine: AsyncEngine = create_async_engine(url, **({} if self._sqlite else _postgres_options(name)))
        # One writer: SQLite has no more, and what is decided upon what was read stays true in PostgreSQL too.
        self._writer = asyncio.Lock()
        self._fence: Fence | None = None
        self._shut = False
        self._in_doubt: Callable[[], None] = lambda: None
        if self._sqlite:
            _prepare_sqlite(self.engine)

    def fence(self, fence: Fence) -> None:
        """Ask this at the beginning of every transaction that writes."""
        self._fence = fence

    def in_doubt(self, doubt: Callable[[], None]) -> None:
        """Call `doubt` when a commit failed, so that nobody knows whether its rows are there."""
        self._in_doubt = doubt

    def shut(self) -> None:
        """From now on nothing is written: `begin` raises `Fenced`."""
        self._shut = True

    async def create_all(self) -> None:
        """Create every known table; for tests. An installation runs the migrations."""
        async with self.engine.begin() as connection:
            await connection.run_sync(metadata.create_all)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        """One transaction, one after the other. Commits on leaving, then runs what waits for the commit; an exception
        rolls back. Raises `Fenced` when this process may not write any more."""
        async with self._writer, self._unit() as unit:
            yield unit

    @asynccontextmanager
    async def _unit(self) -> AsyncIterator[UnitOfWork]:
        self._check_open()
        async with self.engine.connect() as connection:
            transaction = await self._transaction(connection)
            unit = UnitOfWork(connection)
            try:
                if self._fence is not None:
                    await self._fence(connection)
                yield unit
                self._check_open()
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
                self._in_doubt()
                raise
            unit.committed()
            if cancelled is not None:
                raise cancelled

    async def _transaction(self, connection: AsyncConnection) -> AsyncTransaction:
        """One that may write. On SQLite the right to write is taken at once, and waited for: who took it only after
        having read would be refused where a command beside the server wrote between."""
        await connection.execution_options(**_WRITES)
        begun: list[AsyncTransaction] = []

        async def begin() -> None:
            begun.append(await connection.begin())

        # Cancelled in the middle it would begin all the same, with nobody to end it.
        cancelled = await _to_its_end(begin())
        if cancelled is not None:
            await _to_its_end(begun[0].rollback())
            raise cancelled
        return begun[0]

    def _check_open(self) -> None:
        if self._shut:
            raise Fenced

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with; all that is read on it is of one moment, and nothing written on it is kept."""
        async with self.engine.connect() as connection:
            if not self._sqlite:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
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


def _postgres_options(name: str) -> dict[str, Any]:
    return {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "isolation_level": "READ COMMITTED",
        "connect_args": {"timeout": CONNECT_SECONDS, "server_settings": {"application_name": name[:63]}},
    }


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
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine.sync_engine, "invalidate")
    def on_invalidate(connection: Any, _record: Any, _error: Any) -> None:
        # Whoever is cancelled within a statement gives up the connection. Closing it does not end its transaction while
        # somebody still holds the statement, be it in a traceback; nobody else could write until that is collected.
        with contextlib.suppress(Exception):
            connection.run_async(lambda driver: _to_its_end(driver.rollback()))
