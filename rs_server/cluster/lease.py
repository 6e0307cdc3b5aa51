"""The lease of a home: a row in PostgreSQL with an epoch, renewed by the database's clock."""

import asyncio
import logging
import secrets
import time

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import Database, Fence, Fenced
from rs_server.store import homes
from rs_server.store.homes import HomeRow

log = logging.getLogger(__name__)

LEASE_SECONDS = 3.0
RENEW_SECONDS = 1.0
PATIENCE_SECONDS = 6.0
"""So long a home goes on without a word of the database. Longer than the lease: the fence keeps its writes out all the
same, and a machine that is busy for a moment need not cut everybody off."""
LOOKS = 2
"""A home whose connection was seen, and is not at so many looks, is dead: the system closes what a killed process had
open. One that was never seen is only known by its lease."""
LOCK_SECONDS = 1.0
"""So long a taking over waits for what the former home has under way, before it looks again."""


class Lease:
    """One server's part in who is at home. `lost` is set as soon as it is known that somebody else is, or might be.

    Its connections are its own, so that no slow reader keeps it from renewing."""

    def __init__(self, url: str, tenant: str, address: str) -> None:
        self.tenant = tenant
        self.address = address
        self.server = secrets.token_hex(8)
        self.epoch = 0
        self.lost = asyncio.Event()
        self._database = Database(url, name=_lease_name(self.server))
        self._begun = False
        self._others = _Others()

    @property
    def name(self) -> str:
        """Of the connections of the home's work."""
        return _name_of(self.server)

    async def close(self) -> None:
        await self._database.close()

    async def look(self) -> HomeRow | None:
        """Who is at home; None when nobody is, or what was there is dead."""
        others, self._others = self._others, _Others()
        async with self._database.read() as connection:
            row = await homes.look(connection, self.tenant)
            if row is None or row.left <= 0:
                return None
            if row.server != self.server:
                others.saw(row.epoch, await homes.is_connected(connection, _lease_name(row.server)))
        # Where the database could not be asked, it is not the home that was away.
        self._others = others
        return None if others.dead == row.epoch else row

    async def take(self) -> bool:
        """Become the home where nobody is. False when another was quicker, or the former one's last act is still
        under way."""
        try:
            async with self._database.begin() as unit:
                if not self._begun:
                    await homes.begin(unit.connection, self.tenant)
                    self._begun = True
                former = await homes.look(unit.connection, self.tenant)
                dead = self._others.dead
                if former is None or (former.left > 0 and former.server != self.server and former.epoch != dead):
                    return False
                if former.server != self.server and await homes.end_transactions(
                    unit.connection, _name_of(former.server)
                ):
                    log.warning("ended what the former home had begun", extra={"server": former.server})
                await unit.connection.execute(text(f"SET LOCAL lock_timeout = {int(LOCK_SECONDS * 1000)}"))
                epoch = await homes.take(unit.connection, self.tenant, self.server, self.address, LEASE_SECONDS, dead)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
                return False
            raise
        if epoch is None:
            return False
        self.epoch = epoch
        self.lost.clear()
        return True

    async def keep(self) -> None:
        """Renew until it is lost. The database's word counts; without one, our own patience."""
        heard = time.monotonic()
        while not self.lost.is_set():
            try:
                async with asyncio.timeout(LEASE_SECONDS / 2):
                    async with self._database.begin() as unit:
                        # Forgotten in a crash of the database it only runs out sooner.
                        await unit.connection.execute(text("SET LOCAL synchronous_commit = off"))
                        mine = await homes.renew(unit.connection, self.tenant, self.epoch, LEASE_SECONDS)
                if not mine:
                    self._lose("another server is at home now")
                    return
                heard = time.monotonic()
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("the lease could not be renewed: %s", str(error).partition("\n")[0] or type(error).__name__)
                if time.monotonic() - heard > PATIENCE_SECONDS:
                    self._lose("the database was silent for too long")
                    return
                await asyncio.sleep(RENEW_SECONDS / 5)
                continue
            await asyncio.sleep(RENEW_SECONDS)

    async def release(self) -> None:
        """Let the next one in at once. To be called when nothing of the home is left."""
        async with self._database.begin() as unit:
            await homes.renew(unit.connection, self.tenant, self.epoch, -1.0)

    def fence(self) -> Fence:
        """For the `Database` of this very time at home: under another's epoch, or a later one of ours, it writes
        nothing."""
        epoch = self.epoch

        async def check(connection: AsyncConnection) -> None:
            if not await homes.hold(connection, self.tenant, epoch):
                if epoch == self.epoch:
                    self._lose("a transaction was refused: another server is at home now")
                raise Fenced

        return check

    def doubt(self) -> None:
        """What is on disk is not known any more: begin anew from there."""
        self._lose("nobody knows whether a transaction was committed")

    def _lose(self, why: str) -> None:
        if not self.lost.is_set():
            log.warning("no longer at home: %s", why)
            self.lost.set()


class _Others:
    """What this server saw of another that is at home."""

    def __init__(self) -> None:
        self.dead: int | None = None
        """The epoch of a home that is gone."""
        self._epoch = 0
        self._there = False
        self._away = 0

    def saw(self, epoch: int, connected: bool) -> None:
        if epoch != self._epoch:
            self._epoch, self._there, self._away, self.dead = epoch, False, 0, None
        if connected:
            self._there, self._away, self.dead = True, 0, None
        elif self._there:
            self._away += 1
            self.dead = epoch if self._away >= LOOKS else None


def _name_of(server: str) -> str:
    return f"deskside-{server}"


def _lease_name(server: str) -> str:
    return f"deskside-lease-{server}"
