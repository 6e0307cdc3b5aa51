"""How people like things, and what supervisors did, on the database."""

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import supervisions, user_preferences


async def load(connection: AsyncConnection, tenant: str) -> dict[tuple[str, str], str]:
    """By user and key."""
    table = user_preferences
    rows = await connection.execute(select(table.c.user, table.c.key, table.c.value).where(table.c.tenant == tenant))
    return {(row.user, row.key): row.value for row in rows}


async def put(connection: AsyncConnection, tenant: str, user: str, key: str, value: str) -> None:
    table = user_preferences
    mine = and_(table.c.tenant == tenant, table.c.user == user, table.c.key == key)
    if (await connection.execute(update(table).where(mine).values(value=value))).rowcount == 0:
        await connection.execute(insert(table).values(tenant=tenant, user=user, key=key, value=value))


async def is_noted(connection: AsyncConnection, tenant: str, action: str, subject: str) -> bool:
    """Whether this was done to it already."""
    table = supervisions
    same = and_(table.c.tenant == tenant, table.c.action == action, table.c.subject == subject)
    return await connection.scalar(select(table.c.seq).where(same).limit(1)) is not None


async def note_supervision(
    connection: AsyncConnection, tenant: str, at: float, by: str, action: str, subject: str, detail: str
) -> None:
    """One thing that a supervisor did; `subject` is an agent or a contact, `detail` JSON."""
    table = supervisions
    last = (await connection.execute(select(func.max(table.c.seq)).where(table.c.tenant == tenant))).scalar_one() or 0
    await connection.execute(
        insert(table).values(tenant=tenant, seq=last + 1, at=at, by=by, action=action, subject=subject, detail=detail)
    )
