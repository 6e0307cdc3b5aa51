"""Staff accounts, their sign-ins, and the version of the configuration, on the database."""

import msgspec
from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import sign_ins, users, versions


class User(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    tenant: str
    name: str
    display_name: str
    department: str
    language: str
    email: str
    roles: tuple[str, ...]
    disabled: bool = False


async def add_user(connection: AsyncConnection, user: User, password: str, at: float) -> None:
    await connection.execute(
        insert(users).values(
            id=user.id,
            tenant=user.tenant,
            name=user.name,
            display_name=user.display_name,
            department=user.department,
            language=user.language,
            email=user.email,
            password=password,
            roles=" ".join(user.roles),
            disabled=user.disabled,
            created_at=at,
        )
    )


def _user(row: Row[tuple[object, ...]]) -> User:
    return User(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        display_name=row.display_name,
        department=row.department,
        language=row.language,
        email=row.email,
        roles=tuple(row.roles.split()),
        disabled=row.disabled,
    )


async def by_name(connection: AsyncConnection, name: str) -> tuple[User, str] | None:
    """The account and its password hash."""
    row = (await connection.execute(select(users).where(users.c.name == name))).one_or_none()
    return None if row is None else (_user(row), row.password)


async def by_id(connection: AsyncConnection, user: str) -> User | None:
    row = (await connection.execute(select(users).where(users.c.id == user))).one_or_none()
    return None if row is None else _user(row)


async def all_users(connection: AsyncConnection, tenant: str) -> list[User]:
    rows = await connection.execute(select(users).where(users.c.tenant == tenant).order_by(users.c.display_name))
    return [_user(row) for row in rows]


async def set_password(connection: AsyncConnection, user: str, password: str) -> None:
    await connection.execute(update(users).where(users.c.id == user).values(password=password))


async def set_disabled(connection: AsyncConnection, user: str, disabled: bool) -> None:
    await connection.execute(update(users).where(users.c.id == user).values(disabled=disabled))
    if disabled:
        await connection.execute(delete(sign_ins).where(sign_ins.c.user_id == user))


async def add_sign_in(connection: AsyncConnection, token: bytes, user: str, at: float, until: float) -> None:
    await connection.execute(delete(sign_ins).where(sign_ins.c.expires_at < at))
    await connection.execute(insert(sign_ins).values(token_hash=token, user_id=user, created_at=at, expires_at=until))


async def signed_in(connection: AsyncConnection, token: bytes, at: float) -> User | None:
    row = (
        await connection.execute(
            select(users)
            .join(sign_ins, sign_ins.c.user_id == users.c.id)
            .where(and_(sign_ins.c.token_hash == token, sign_ins.c.expires_at > at, users.c.disabled.is_(False)))
        )
    ).one_or_none()
    return None if row is None else _user(row)


async def all_sign_ins(connection: AsyncConnection, at: float) -> set[bytes]:
    """Those that are good at that time."""
    good = and_(sign_ins.c.expires_at > at, users.c.disabled.is_(False))
    found = await connection.execute(
        select(sign_ins.c.token_hash).join(users, sign_ins.c.user_id == users.c.id).where(good)
    )
    return set(found.scalars())


async def end_sign_in(connection: AsyncConnection, token: bytes) -> None:
    await connection.execute(delete(sign_ins).where(sign_ins.c.token_hash == token))


async def version(connection: AsyncConnection, tenant: str) -> int:
    """Of the configuration that commands change; 0 before the first change."""
    return await connection.scalar(select(versions.c.version).where(versions.c.tenant == tenant)) or 0


async def next_version(connection: AsyncConnection, tenant: str) -> None:
    change = update(versions).where(versions.c.tenant == tenant).values(version=versions.c.version + 1)
    if (await connection.execute(change)).rowcount == 0:
        await connection.execute(insert(versions).values(tenant=tenant, version=1))
