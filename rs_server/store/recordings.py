"""Recording parts and notices of the media engine, on the database."""

import msgspec
from sqlalchemy import and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import media_notices, parts, sessions


class PartRow(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    session: str
    participant: str
    label: str
    codec: str
    blob: str
    started_at: float
    ended_at: float | None = None
    frames: int = 0
    keyframes: int = 0
    bytes: int = 0
    complete: bool = False


async def add_part(connection: AsyncConnection, part: PartRow) -> None:
    await connection.execute(insert(parts).values(**msgspec.structs.asdict(part)))


async def close_part(
    connection: AsyncConnection, part: str, *, ended_at: float, frames: int, keyframes: int, size: int, complete: bool
) -> None:
    await connection.execute(
        update(parts)
        .where(parts.c.id == part)
        .values(ended_at=ended_at, frames=frames, keyframes=keyframes, bytes=size, complete=complete)
    )


async def of_session(connection: AsyncConnection, session: str) -> list[PartRow]:
    rows = await connection.execute(select(parts).where(parts.c.session == session).order_by(parts.c.started_at))
    return [PartRow(**row._mapping) for row in rows]


async def part(connection: AsyncConnection, tenant: str, part_id: str) -> PartRow | None:
    row = (
        await connection.execute(
            select(parts)
            .join(sessions, sessions.c.id == parts.c.session)
            .where(and_(parts.c.id == part_id, sessions.c.tenant == tenant))
        )
    ).one_or_none()
    return None if row is None else PartRow(**row._mapping)


async def unfinished(connection: AsyncConnection) -> list[PartRow]:
    rows = await connection.execute(select(parts).where(parts.c.ended_at.is_(None)))
    return [PartRow(**row._mapping) for row in rows]


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    participant: str
    what: str
    count: int


async def notices(connection: AsyncConnection, session: str) -> list[NoticeRow]:
    rows = await connection.execute(
        select(media_notices.c.at, media_notices.c.participant, media_notices.c.what, media_notices.c.count)
        .where(media_notices.c.session == session)
        .order_by(media_notices.c.at)
    )
    return [NoticeRow(**row._mapping) for row in rows]


async def add_notice(
    connection: AsyncConnection, notice: str, session: str, participant: str, what: str, count: int, at: float
) -> None:
    await connection.execute(
        insert(media_notices).values(id=notice, session=session, participant=participant, what=what, count=count, at=at)
    )
