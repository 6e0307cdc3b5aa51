"""Endpoints of customers, and the links and numbers that lead into a session."""

from typing import Literal

import msgspec
from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import endpoints, invites


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One program of a customer, or the native client of an agent. `origin`: where it may connect from; empty: it is
    no page. `native`: it is a native client; `device`: the one it runs on, once it was there, as a hash. `sign_in`: of
    the agent, as a hash; it ends with it."""

    id: str
    session: str
    participant: str
    origin: str
    native: bool = False
    device: bytes | None = None
    sign_in: bytes | None = None
    current: bool = True
    """False when it was shown the former token, which is good until the new one is used."""


Purpose = Literal["customer", "window", "agent", "client", "agent_client"]
"""client: a customer's native client; agent_client: an agent's own."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A link or number. `participant`: for a window or client, whose further endpoint it makes; `sign_in`: of the agent
    whose client it lets in."""

    id: str
    session: str
    purpose: Purpose
    participant: str | None
    expires_at: float
    used_at: float | None
    revoked: bool
    sign_in: bytes | None = None


async def add_endpoint(connection: AsyncConnection, endpoint: Endpoint, token: bytes, at: float) -> None:
    await connection.execute(
        insert(endpoints).values(
            id=endpoint.id,
            session=endpoint.session,
            participant=endpoint.participant,
            origin=endpoint.origin,
            token_hash=token,
            created_at=at,
            native=endpoint.native,
            sign_in=endpoint.sign_in,
        )
    )


async def by_token(connection: AsyncConnection, token: bytes) -> Endpoint | None:
    row = (
        await connection.execute(
            select(endpoints).where(or_(endpoints.c.token_hash == token, endpoints.c.former_hash == token))
        )
    ).one_or_none()
    return None if row is None else _endpoint(row, row.token_hash == token)


async def by_access(connection: AsyncConnection, token: bytes) -> Endpoint | None:
    row = (await connection.execute(select(endpoints).where(endpoints.c.access_hash == token))).one_or_none()
    return None if row is None else _endpoint(row, True)


async def rotate(connection: AsyncConnection, endpoint: str, *, shown: bytes, token: bytes, access: bytes) -> None:
    """The shown token becomes the former one; the new one is good from now on."""
    await connection.execute(
        update(endpoints)
        .where(endpoints.c.id == endpoint)
        .values(former_hash=shown, token_hash=token, access_hash=access)
    )


async def bind(connection: AsyncConnection, endpoint: str, device: bytes) -> None:
    await connection.execute(update(endpoints).where(endpoints.c.id == endpoint).values(device_hash=device))


def _endpoint(row: Row[tuple[object, ...]], current: bool) -> Endpoint:
    return Endpoint(
        id=row.id,
        session=row.session,
        participant=row.participant,
        origin=row.origin,
        native=row.native,
        device=row.device_hash,
        sign_in=row.sign_in,
        current=current,
    )


async def add_entry(connection: AsyncConnection, entry: Entry, secret: bytes) -> None:
    await connection.execute(
        insert(invites).values(
            id=entry.id,
            session=entry.session,
            purpose=entry.purpose,
            participant=entry.participant,
            secret_hash=secret,
            expires_at=entry.expires_at,
            revoked=False,
            sign_in=entry.sign_in,
        )
    )


async def entry_by_secret(connection: AsyncConnection, secret: bytes) -> Entry | None:
    row = (await connection.execute(select(invites).where(invites.c.secret_hash == secret))).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(
        id=row.id,
        session=row.session,
        purpose=row.purpose,
        participant=row.participant,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked=row.revoked,
        sign_in=row.sign_in,
    )


async def use_entry(connection: AsyncConnection, secret: bytes, at: float) -> Entry | None:
    """Take it; None when there is none, somebody else was first, or it is over."""
    result = await connection.execute(
        update(invites)
        .where(
            and_(
                invites.c.secret_hash == secret,
                invites.c.used_at.is_(None),
                invites.c.revoked.is_(False),
                invites.c.expires_at > at,
            )
        )
        .values(used_at=at)
        .returning(invites)
    )
    row = result.one_or_none()
    return None if row is None else _entry(row)


async def revoke_entry(connection: AsyncConnection, entry: str) -> None:
    await connection.execute(update(invites).where(invites.c.id == entry).values(revoked=True))


async def revoke_clients(connection: AsyncConnection, session: str, participant: str) -> None:
    """No link or number made for a native client of this participant is good any more."""
    await connection.execute(
        update(invites)
        .where(
            and_(
                invites.c.session == session,
                invites.c.participant == participant,
                invites.c.purpose.in_(("client", "agent_client")),
                invites.c.used_at.is_(None),
            )
        )
        .values(revoked=True)
    )
