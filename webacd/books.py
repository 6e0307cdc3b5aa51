"""Keeps the books of shifts and days up to date with the stored events, also over a restart."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import Database, UnitOfWork
from rs_server.ports import AcdEvent, Clock

from . import tables
from .core import events as ev
from .service import AcdService
from .shift import DayBook, DayFigures, ShiftBook, ShiftFigures

log = logging.getLogger(__name__)

WINDOW_SECONDS = 48 * 3600.0
"""So far back events are read at a start: no shift is longer."""
CHUNK = 5000
GATHER_SECONDS = 0.1
_NIGHT_SECONDS = 60.0
"""Between two looks whether a new day has begun."""

Changed = Callable[[set[str], set[str]], None]


class Books:
    """Register who is told, then `start`. Reads what was committed, after it was."""

    def __init__(self, database: Database, clock: Clock, acd: AcdService) -> None:
        self._database = database
        self._clock = clock
        self._acd = acd
        self._shifts = ShiftBook()
        self._days = DayBook(self._limit, lambda: acd.rules().short_abandon_seconds)
        self._seq = 0
        self._wake = asyncio.Event()
        self._told: list[Changed] = []
        self._task: asyncio.Task[None] | None = None
        acd.listen(self._on_acd)

    def on_change(self, told: Changed) -> None:
        """Call `told(agents, queues)` with those whose figures are others now."""
        self._told.append(told)

    async def start(self) -> None:
        """Figures are there when the events of the window are read, which a start does not wait for."""
        self._task = asyncio.create_task(self._run(), name="acd-books")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def shift(self, agent: str) -> ShiftFigures | None:
        return self._shifts.figures(agent)

    def day(self, queue: str) -> DayFigures:
        return self._days.figures(queue)

    async def catch_up(self) -> None:
        """Read what was stored since the last time."""
        now = self._clock.now()
        self._days.begin(_midnight(now))
        async with self._database.read() as connection:
            if self._seq == 0:
                self._seq = await self._acd.store.before(connection, now - WINDOW_SECONDS)
            while True:
                found = await self._read(connection)
                agents: set[str] = set()
                queues: set[str] = set()
                for event in found:
                    agents |= self._shifts.feed(event)
                    queues |= self._days.feed(event)
                if agents or queues:
                    for told in self._told:
                        told(agents, queues)
                if len(found) < CHUNK:
                    return

    async def _read(self, connection: AsyncConnection) -> list[ev.Event]:
        table = tables.events
        mine = (table.c.tenant == self._acd.tenant) & (table.c.seq > self._seq)
        rows = (
            await connection.execute(select(table.c.seq, table.c.body).where(mine).order_by(table.c.seq).limit(CHUNK))
        ).all()
        if rows:
            self._seq = rows[-1].seq
        return [msgspec.json.decode(row.body, type=ev.Event) for row in rows]

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        if events:
            unit.after_commit(self._wake.set)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self.catch_up()
            except Exception:
                log.exception("figures of the shift are behind")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_NIGHT_SECONDS):
                    await self._wake.wait()
            await asyncio.sleep(GATHER_SECONDS)

    def _limit(self, queue: str) -> float:
        found = next((each for each in self._acd.queues() if each.id == queue), None)
        return found.service_level_seconds if found is not None else 0.0


def _midnight(at: float) -> float:
    """Begin of the day in the server's zone."""
    local = datetime.fromtimestamp(at, UTC).astimezone()
    return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
