"""Notices that somebody changed the configuration beside the running server, by a command."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from rs_server.db import Database, UnitOfWork
from rs_server.store import identity as store

log = structlog.get_logger()

LOOK_SECONDS = 2.0

Changed = Callable[[], Awaitable[None]]


class ConfigurationWatch:
    """Looks at the tenant's version every little while; `changed` reads anew what it stands for."""

    def __init__(
        self, database: Database, tenant: str, changed: Changed, *, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._database = database
        self._tenant = tenant
        self._changed = changed
        self._every = look_seconds
        self._known = 0
        self._task: asyncio.Task[None] | None = None

    async def note(self) -> None:
        """To be called before the configuration is read for the first time, so that no change falls between."""
        self._known = await self._version()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.look()
            except Exception:
                log.exception("the changed configuration cannot be used; the former one stays")

    async def look(self) -> None:
        version = await self._version()
        if version != self._known:
            # What cannot be used is not tried again and again: whoever mends it makes another version.
            self._known = version
            await self._changed()
            log.info("configuration read anew", version=version)

    async def _version(self) -> int:
        async with self._database.read() as connection:
            return await store.version(connection, self._tenant)


async def note_change(unit: UnitOfWork, tenant: str) -> None:
    """In the unit that changes something. As the first thing: it makes the unit the one writer of the database."""
    await store.next_version(unit.connection, tenant)
