"""What the media engine held back, for the detail report: summed up, so that a stream that is refused for hours does
not fill the database."""

import asyncio

import structlog

from rs_server.db import Database
from rs_server.ports import Clock
from rs_server.services import ids
from rs_server.store import recordings as store

log = structlog.get_logger()

ROW_SECONDS = 60.0
"""At most one row of a participant and kind in this time."""

_Key = tuple[str, str, str]


class Notices:
    """The first of a kind is stored at once; what follows is counted, and stored when its time is over."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._counts: dict[_Key, int] = {}
        self._timers: dict[_Key, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, session: str, participant: str, what: str, count: int) -> None:
        """`what` is like `dropped:screen`; `count` the frames since the last call."""
        key = (session, participant, what)
        if key in self._counts:
            self._counts[key] += count
            return
        self._begin(key)
        await self._store(key, count)

    async def close(self) -> None:
        """Store what was only counted."""
        for key in list(self._timers):
            self._timers.pop(key).cancel()
        for key, count in list(self._counts.items()):
            if count:
                await self._store(key, count)
        self._counts.clear()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, key: _Key) -> None:
        self._counts[key] = 0
        self._timers[key] = asyncio.get_running_loop().call_later(ROW_SECONDS, self._over, key)

    def _over(self, key: _Key) -> None:
        self._timers.pop(key, None)
        count = self._counts.pop(key, 0)
        if count:
            self._begin(key)
            task = asyncio.create_task(self._store(key, count))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _store(self, key: _Key, count: int) -> None:
        try:
            async with self._database.begin() as unit:
                await store.add_notice(unit.connection, ids.new_id(), *key, count, self._clock.now())
        except Exception:
            log.exception("notice not stored", session=key[0], what=key[2])
