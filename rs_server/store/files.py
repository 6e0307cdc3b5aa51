"""Files of sessions, on the database."""

import msgspec
from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import files, sessions


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    session: str
    sender: str
    name: str
    size: int
    media_type: str
    state: str
    created_at: float
    announced: str | None = None
    """Digest (SHA-256, hex) that the sender said the bytes have."""
    folder_of: str | None = None
    folder_for: str | None = None
    """Both as in `protocol.files`."""


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


async def hand_over(connection: AsyncConnection, file: str, holder: str) -> bool:
    """False when it is not whole, or somebody's already."""
    whole = and_(files.c.id == file, files.c.state == "ready", files.c.folder_for.is_(None))
    result = await connection.execute(update(files).where(whole).values(folder_for=holder))
    return bool(result.rowcount)


async def count(connection: AsyncConnection, session: str, *, of_folders: bool) -> int:
    """All there ever were, those of the chat or those of folders."""
    kind = files.c.folder_of.is_not(None) if of_folders else files.c.folder_of.is_(None)
    found = select(func.count()).select_from(files).where(and_(files.c.session == session, kind))
    return int(await connection.scalar(found) or 0)


async def total(connection: AsyncConnection, session: str) -> int:
    """Announced bytes of the files that take room, or will."""
    kept = and_(files.c.session == session, files.c.state.in_(("uploading", "ready")))
    return int(await connection.scalar(select(func.sum(files.c.size)).where(kept)) or 0)


async def uploading(connection: AsyncConnection) -> list[FileRow]:
    rows = await connection.execute(select(files).where(files.c.state == "uploading").order_by(files.c.created_at))
    return [FileRow(**row._mapping) for row in rows]


async def of_tenant(connection: AsyncConnection, tenant: str, file: str) -> FileRow | None:
    row = (
        await connection.execute(
            select(files)
            .join(sessions, sessions.c.id == files.c.session)
            .where(and_(files.c.id == file, sessions.c.tenant == tenant))
        )
    ).one_or_none()
    return None if row is None else FileRow(**row._mapping)
