"""Which server is at home for a tenant. PostgreSQL only: the clock is the database's, the locks are its rows'."""

from typing import Any

import msgspec
from sqlalchemy import Float, Select, cast, extract, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import homes

_NOW = cast(extract("epoch", func.clock_timestamp()), Float(53))


class HomeRow(msgspec.Struct, frozen=True):
    epoch: int
    server: str
    address: str
    left: float
    """Seconds until the lease runs out; negative when it has."""


async def look(connection: AsyncConnection, tenant: str) -> HomeRow | None:
    """Who is at home, or was last."""
    row = (await connection.execute(_row(tenant))).mappings().first()
    return HomeRow(**row) if row is not None else None


def _row(tenant: str) -> Select[Any]:
    left = (homes.c.expires - _NOW).label("left")
    return select(homes.c.epoch, homes.c.server, homes.c.address, left).where(homes.c.tenant == tenant)


async def begin(connection: AsyncConnection, tenant: str) -> None:
    """Make the row where there is none."""
    try:
        async with connection.begin_nested():
            await connection.execute(insert(homes).values(tenant=tenant, epoch=0, server="", address="", expires=0.0))
    except IntegrityError:
        return


async def take(
    connection: AsyncConnection, tenant: str, server: str, address: str, seconds: float, dead: int | None = None
) -> int | None:
    """Become the home where nobody else is any more: the new epoch, or None. Waits until whatever the former home has
    begun under its epoch is over; from the commit on it can begin nothing. `dead`: the epoch of a home that is known
    to be gone, although its lease still runs."""
    locked = (await connection.execute(_row(tenant).with_for_update())).mappings().first()
    former = HomeRow(**locked) if locked is not None else None
    if former is None or (former.left > 0 and former.server != server and former.epoch != dead):
        return None
    epoch = former.epoch + 1
    values = {"epoch": epoch, "server": server, "address": address, "expires": _NOW + seconds}
    await connection.execute(update(homes).where(homes.c.tenant == tenant).values(values))
    return epoch


async def renew(connection: AsyncConnection, tenant: str, epoch: int, seconds: float) -> bool:
    """False when another has taken over."""
    mine = update(homes).where(homes.c.tenant == tenant, homes.c.epoch == epoch)
    return (await connection.execute(mine.values(expires=_NOW + seconds))).rowcount == 1


async def hold(connection: AsyncConnection, tenant: str, epoch: int) -> bool:
    """Until the transaction's end nobody takes over; False when somebody has. Renewing is not hindered."""
    mine = select(homes.c.epoch).where(homes.c.tenant == tenant, homes.c.epoch == epoch)
    return (await connection.execute(mine.with_for_update(read=True, key_share=True))).first() is not None


async def is_connected(connection: AsyncConnection, name: str) -> bool:
    """Whether a connection of that name, of our own user, is open."""
    found = await connection.execute(
        text("SELECT 1 FROM pg_stat_activity WHERE application_name = :name AND usename = current_user LIMIT 1"),
        {"name": name},
    )
    return found.first() is not None


async def end_transactions(connection: AsyncConnection, name: str) -> int:
    """End what the connections of that name have begun and not finished; how many there were. A process that was
    stopped in the middle of a transaction would hold its locks for ever."""
    ended = await connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = :name AND usename = current_user AND xact_start IS NOT NULL"
            " AND pid <> pg_backend_pid()"
        ),
        {"name": name},
    )
    return len(ended.all())
