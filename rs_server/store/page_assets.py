"""Which pictures, fonts and stylesheets belong to which session, on the database."""

from collections.abc import Collection

import msgspec
from sqlalchemy import and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import page_assets as table


class AssetRow(msgspec.Struct, frozen=True, kw_only=True):
    session: str
    hash: str
    tenant: str
    mime: str
    size: int
    at: float


async def add(connection: AsyncConnection, row: AssetRow) -> None:
    await connection.execute(insert(table).values(**msgspec.structs.asdict(row)))


async def by_hash(connection: AsyncConnection, tenant: str, session: str, hash: str) -> AssetRow | None:
    found = and_(table.c.session == session, table.c.hash == hash, table.c.tenant == tenant)
    row = (await connection.execute(select(table).where(found))).one_or_none()
    return None if row is None else AssetRow(**row._mapping)


async def known(connection: AsyncConnection, session: str, hashes: Collection[str]) -> set[str]:
    found = and_(table.c.session == session, table.c.hash.in_(hashes))
    return set((await connection.execute(select(table.c.hash).where(found))).scalars())


async def totals(connection: AsyncConnection, session: str) -> tuple[int, int]:
    """Number and bytes."""
    sums = select(func.count(), func.coalesce(func.sum(table.c.size), 0)).where(table.c.session == session)
    row = (await connection.execute(sums)).one()
    return int(row[0]), int(row[1])
