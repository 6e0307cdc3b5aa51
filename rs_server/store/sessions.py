"""Sessions on the database: their rows, their events, the people in them."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.core.session import Session, is_in
from rs_server.protocol.session import Durable, SessionInfo

from .tables import session_events, session_people, sessions

_AGENTS = "\t"
"""Stands between the customer and the agents in what is searched; nothing folded contains it."""

_body = msgspec.json.Decoder(Durable)


async def create(connection: AsyncConnection, tenant: str, contact: str, session: Session) -> None:
    row = _row(session)
    await connection.execute(
        insert(sessions).values(id=session.info.id, tenant=tenant, contact=contact, recorded=False, **row)
    )


async def append(
    connection: AsyncConnection, session: Session, events: Sequence[tuple[int, Durable]], at: float
) -> None:
    """Store new events and bring the session's row up to them."""
    if not events:
        return
    name = session.info.id
    await connection.execute(
        insert(session_events),
        [{"session": name, "seq": seq, "at": at, "body": msgspec.json.encode(body).decode()} for seq, body in events],
    )
    row = _row(session)
    if session.info.recording:
        row["recorded"] = True  # also where only words were there to be recorded
    await connection.execute(update(sessions).where(sessions.c.id == name).values(**row))
    known = {
        row.participant: row.present
        for row in await connection.execute(select(session_people).where(session_people.c.session == name))
    }
    for person in session.participants.values():
        present = is_in(person)
        if person.joined_at is None:
            # Asked for, but not agreed to: no part in the session, now or later.
            continue
        if person.id not in known:
            await connection.execute(
                insert(session_people).values(session=name, participant=person.id, user_id=person.user, present=present)
            )
        elif known[person.id] != present:
            await connection.execute(
                update(session_people)
                .where(and_(session_people.c.session == name, session_people.c.participant == person.id))
                .values(present=present)
            )


async def load(connection: AsyncConnection, tenant: str, session: str) -> Session | None:
    """The state after all its events; None when the tenant has no such session."""
    owner = await connection.scalar(select(sessions.c.tenant).where(sessions.c.id == session))
    if owner != tenant:
        return None
    return Session.replay((seq, body) for seq, _at, body in await events_after(connection, session, 0))


async def events_after(connection: AsyncConnection, session: str, seq: int) -> list[tuple[int, float, Durable]]:
    """(number, time, event) of everything after `seq`, in order."""
    rows = await connection.execute(
        select(session_events.c.seq, session_events.c.at, session_events.c.body)
        .where(and_(session_events.c.session == session, session_events.c.seq > seq))
        .order_by(session_events.c.seq)
    )
    return [(row.seq, row.at, _body.decode(row.body)) for row in rows]


async def raw_events(connection: AsyncConnection, session: str) -> list[tuple[int, float, str]]:
    rows = await connection.execute(
        select(session_events.c.seq, session_events.c.at, session_events.c.body)
        .where(session_events.c.session == session)
        .order_by(session_events.c.seq)
    )
    return [(row.seq, row.at, row.body) for row in rows]


async def contact_of(connection: AsyncConnection, session: str) -> str | None:
    value = await connection.scalar(select(sessions.c.contact).where(sessions.c.id == session))
    return None if value is None else str(value)


async def set_contact(connection: AsyncConnection, session: str, contact: str) -> None:
    await connection.execute(update(sessions).where(sessions.c.id == session).values(contact=contact))


async def open_sessions(connection: AsyncConnection, tenant: str) -> list[str]:
    rows = await connection.execute(
        select(sessions.c.id).where(and_(sessions.c.tenant == tenant, sessions.c.state != "ended"))
    )
    return [row.id for row in rows]


async def of_user(connection: AsyncConnection, user: str) -> list[str]:
    """Open sessions that the staff user is in."""
    rows = await connection.execute(
        select(sessions.c.id)
        .join(session_people, session_people.c.session == sessions.c.id)
        .where(and_(session_people.c.user_id == user, session_people.c.present, sessions.c.state != "ended"))
        .order_by(sessions.c.created_at)
    )
    return [row.id for row in rows]


async def took_part(connection: AsyncConnection, session: str, user: str) -> bool:
    found = await connection.scalar(
        select(func.count())
        .select_from(session_people)
        .where(and_(session_people.c.session == session, session_people.c.user_id == user))
    )
    return bool(found)


async def mark_recorded(connection: AsyncConnection, session: str) -> None:
    await connection.execute(update(sessions).where(sessions.c.id == session).values(recorded=True))


class Found(msgspec.Struct, frozen=True):
    info: SessionInfo
    agents: list[str]
    recorded: bool


async def search(
    connection: AsyncConnection,
    tenant: str,
    *,
    query: str = "",
    agent: str = "",
    queue: str = "",
    since: float | None = None,
    until: float | None = None,
    user: str | None = None,
    before: tuple[float, str] | None = None,
    limit: int = 50,
) -> list[Found]:
    """Newest first. `query` matches customer, reference or an agent's name; `user` limits to sessions that this staff
    user took part in; `before` = (created_at, id) of the last row of the page before."""
    where: list[Any] = [sessions.c.tenant == tenant]
    if query:
        where.append(sessions.c.search.like(f"%{_escaped(folded(query))}%", escape="\\"))
    if agent:
        where.append(sessions.c.search.like(f"%{_AGENTS}%{_escaped(folded(agent))}%", escape="\\"))
    if queue:
        where.append(sessions.c.queue == queue)
    if since is not None:
        where.append(sessions.c.created_at >= since)
    if until is not None:
        where.append(sessions.c.created_at < until)
    if user is not None:
        mine = select(session_people.c.session).where(session_people.c.user_id == user)
        where.append(sessions.c.id.in_(mine))
    if before is not None:
        at, name = before
        where.append(or_(sessions.c.created_at < at, and_(sessions.c.created_at == at, sessions.c.id < name)))
    rows = await connection.execute(
        select(sessions.c.info, sessions.c.agents, sessions.c.recorded)
        .where(and_(*where))
        .order_by(sessions.c.created_at.desc(), sessions.c.id.desc())
        .limit(limit)
    )
    return [
        Found(
            info=msgspec.json.decode(row.info, type=SessionInfo),
            agents=[name for name in row.agents.split("\n") if name],
            recorded=row.recorded,
        )
        for row in rows
    ]


def folded(text: str) -> str:
    """As it is searched: without regard to capitals, ways to write an accent, and blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(session: Session) -> dict[str, Any]:
    info = session.info
    # One name a line, so that a search for one finds it whatever it contains.
    agents = "\n".join(
        dict.fromkeys(
            p.name for p in session.participants.values() if p.role != "customer" and (is_in(p) or p.joined_at)
        )
    )
    return {
        "reference": info.reference,
        "state": info.state,
        "queue": info.queue,
        "customer_name": info.customer_name,
        "agents": agents,
        "info": msgspec.json.encode(info).decode(),
        "search": "\n".join(
            (folded(info.customer_name), folded(info.reference), _AGENTS, *map(folded, agents.split("\n")))
        ),
        "seq": session.seq,
        "created_at": info.created_at,
        "ended_at": info.ended_at,
    }
