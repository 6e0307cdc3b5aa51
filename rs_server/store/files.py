"""Files of sessions, on the database."""

import msgspec
from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import files


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    session: str
    sender: str
    name: str
    size: int
    media_type: str
    state: str
    created_at: float


async def add(connection: AsyncConnection, row: FileRow) -> None:
    await connection.execute(insert(files).values(**msgspec.structs.asdict(row)))


async def by_id(connection: AsyncConnection, file: str) -> FileRow | None:
    row = (await connection.execute(select(files).where(files.c.id == file))).one_or_none()
    return None if row is None else FileRow(**row._mapping)


async def set_state(connection: AsyncConnection, file: str, before: str, after: str) -> bool:
    result = await connection.execute(
        update(files).where(and_(files.c.id == file, files.c.state == before)).values(state=after)
    )
    return bool(result.rowcount)


async def count(connection: AsyncConnection, session: str) -> int:
    return int(await connection.scalar(select(func.count()).select_from(files).where(files.c.session == session)) or 0)
