"""Sites and who changed them, on the database."""

import msgspec
from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import site_changes, sites

_WORDS = ("origins", "languages", "capabilities")
_LISTS = ("queues", "skills", "unmask", "mask", "risky", "asset_hosts", "canaries")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A company's web site on which the embed may run. `origins`: scheme, host and port, exactly.

    `queues`, `skills` are ids of what its pages may choose. `unmask`, `mask`, `risky` are CSS selectors; see
    `PageRules`. `asset_hosts`: `host[:port]` from which the server may fetch what its pages show. `canaries` never
    leave the server. `version` counts the changes of this site."""

    key: str
    tenant: str
    company: str
    origins: tuple[str, ...]
    languages: tuple[str, ...]
    queue: str
    capabilities: tuple[str, ...]
    theme: dict[str, str]
    queues: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    unmask: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    risky: tuple[str, ...] = ()
    asset_hosts: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    version: int = 0


class SiteChange(msgspec.Struct, frozen=True, kw_only=True):
    """`before`, `after`: the site, None where there was none."""

    seq: int
    at: float
    by: str
    key: str
    before: Site | None
    after: Site | None


async def put_site(connection: AsyncConnection, site: Site) -> None:
    """Add the site, or replace the one of this key; its version is the next one, whatever the site says."""
    values = {
        "tenant": site.tenant,
        "company": site.company,
        "queue": site.queue,
        "theme": _text(site.theme),
        **{name: " ".join(getattr(site, name)) for name in _WORDS},
        **{name: _text(getattr(site, name)) for name in _LISTS},
    }
    change = update(sites).where(sites.c.key == site.key).values(version=sites.c.version + 1, **values)
    if (await connection.execute(change)).rowcount == 0:
        await connection.execute(insert(sites).values(key=site.key, version=1, **values))


async def remove_site(connection: AsyncConnection, tenant: str, key: str) -> None:
    await connection.execute(delete(sites).where(and_(sites.c.tenant == tenant, sites.c.key == key)))


async def by_key(connection: AsyncConnection, key: str) -> Site | None:
    row = (await connection.execute(select(sites).where(sites.c.key == key))).one_or_none()
    return None if row is None else _site(row)


async def all_sites(connection: AsyncConnection) -> list[Site]:
    return [_site(row) for row in await connection.execute(select(sites).order_by(sites.c.key))]


def _site(row: Row[tuple[object, ...]]) -> Site:
    return Site(
        key=row.key,
        tenant=row.tenant,
        company=row.company,
        origins=tuple(row.origins.split()),
        languages=tuple(row.languages.split()),
        queue=row.queue,
        capabilities=tuple(row.capabilities.split()),
        theme=msgspec.json.decode(row.theme, type=dict[str, str]),
        version=row.version,
        **{name: msgspec.json.decode(getattr(row, name), type=tuple[str, ...]) for name in _LISTS},
    )


async def note(
    connection: AsyncConnection, tenant: str, at: float, by: str, before: Site | None, after: Site | None
) -> None:
    """Append to what was changed. `by`: staff account, empty for a command."""
    there = before or after
    if there is None:
        return
    last = await connection.scalar(select(func.max(site_changes.c.seq)).where(site_changes.c.tenant == tenant))
    await connection.execute(
        insert(site_changes).values(
            tenant=tenant,
            seq=(last or 0) + 1,
            at=at,
            by=by,
            key=there.key,
            before=None if before is None else _text(before),
            after=None if after is None else _text(after),
        )
    )


async def changes(connection: AsyncConnection, tenant: str, key: str, limit: int) -> list[SiteChange]:
    """The newest first."""
    rows = await connection.execute(
        select(site_changes)
        .where(and_(site_changes.c.tenant == tenant, site_changes.c.key == key))
        .order_by(site_changes.c.seq.desc())
        .limit(limit)
    )
    return [
        SiteChange(seq=row.seq, at=row.at, by=row.by, key=row.key, before=_read(row.before), after=_read(row.after))
        for row in rows
    ]


def _read(text: str | None) -> Site | None:
    return None if text is None else msgspec.json.decode(text, type=Site)


def _text(value: object) -> str:
    return msgspec.json.encode(value).decode()
