"""Forgets the events of long ago."""

import asyncio
import logging

from rs_server.db import Database
from rs_server.ports import Clock

from .books import WINDOW_SECONDS
from .store import AcdStore

log = logging.getLogger(__name__)

EVERY_SECONDS = 3600.0
MOST = 5000
"""Deleted in one transaction: others want to write, too."""


class Forgetting:
    """`days`: so long events are kept; 0: for ever. Never less than figures are read from."""

    def __init__(self, database: Database, clock: Clock, store: AcdStore, days: float) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._seconds = max(days * 86400.0, WINDOW_SECONDS)
        self._on = days > 0
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._on:
            self._task = asyncio.create_task(self._run(), name="acd-forgetting")

    async def close(self) -> None:
        """What has begun is brought to its end."""
        self._stop.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def forget(self) -> int:
        """How many were too old."""
        async with self._database.read() as connection:
            until = await self._store.before(connection, self._clock.now() - self._seconds)
        forgotten = 0
        while not self._stop.is_set():
            async with self._database.begin() as unit:
                count = await self._store.forget(unit.connection, until, MOST)
            if not count:
                break
            forgotten += count
        return forgotten

    async def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if forgotten := await self.forget():
                    log.info("events of long ago forgotten", extra={"count": forgotten})
            except Exception:
                log.exception("events of long ago are still there")
            try:
                async with asyncio.timeout(EVERY_SECONDS):
                    await self._stop.wait()
            except TimeoutError:
                continue
