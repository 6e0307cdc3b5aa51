"""Settings of sites: what of a company's pages may be seen and done, and what may be fetched for them."""

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from rs_server.core.capabilities import NEEDS
from rs_server.core.session import Session
from rs_server.db import Database
from rs_server.ports import Clock
from rs_server.protocol.api import PageRules
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.sites import (
    AdministeredSite,
    AdministeredSites,
    SiteChanged,
    SiteHistory,
    SiteSettings,
)
from rs_server.services.configuration import note_change
from rs_server.services.identity import Identity, origin_of
from rs_server.store import sites as store
from rs_server.store.sites import Site

MOST_CHANGES = 100
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_STANDARD = (80, 443)
_CONTROL = re.compile(r"[\x00-\x1f\x7f{}]")
_PIECES = re.compile(r"""\\.|/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|/\*|.""", re.DOTALL)
_OPENED = {")": "(", "]": "["}

Named = Callable[[], Sequence[tuple[str, str]]]
"""Id and name."""


class Sites:
    """`queues`: those in which customers can wait; `skills`: those that agents may have."""

    def __init__(
        self, database: Database, clock: Clock, tenant: str, identity: Identity, queues: Named, skills: Named
    ) -> None:
        self._database = database
        self._clock = clock
        self._tenant = tenant
        self._identity = identity
        self._queues = queues
        self._skills = skills

    # --- for the co-browsing ---

    def of(self, session: Session) -> Site | None:
        """The site on whose page the session began; None for others, and when it is not there any more."""
        return self._identity.site(session.info.site) if session.info.site is not None else None

    def rules(self, session: Session) -> PageRules | None:
        site = self.of(session)
        return None if site is None else rules(site)

    def canaries(self, session: Session) -> tuple[str, ...]:
        site = self.of(session)
        return () if site is None else site.canaries

    # --- for administrators ---

    async def look(self) -> AdministeredSites:
        async with self._database.read() as connection:
            found = [each for each in await store.all_sites(connection) if each.tenant == self._tenant]
        return AdministeredSites(
            sites=[AdministeredSite(key=each.key, version=each.version, settings=settings(each)) for each in found],
            queues=list(self._queues()),
            skills=list(self._skills()),
        )

    async def put(self, key: str, wanted: SiteSettings, version: int, by: str) -> int:
        """The version after it. Raises `invalid` with the field, `conflict` when it was changed meanwhile."""
        check(wanted)
        if wanted.queue not in {id for id, _ in self._queues()}:
            raise ProtocolError(Code.INVALID, f"there is no queue {wanted.queue}", field="queue")
        async with self._database.begin() as unit:
            await note_change(unit, self._tenant)
            before = self._unchanged(await store.by_key(unit.connection, key), key, version)
            self._check_choices(wanted, before)
            after = site_of(key, self._tenant, wanted, before)
            if before is not None and after == before:
                return version
            await store.put_site(unit.connection, after)
            await store.note(unit.connection, self._tenant, self._clock.now(), by, before, after)
        await self._identity.reload_sites()
        return version + 1

    async def remove(self, key: str, version: int, by: str) -> None:
        """Raises `not_found`, `conflict`."""
        async with self._database.begin() as unit:
            await note_change(unit, self._tenant)
            before = self._unchanged(await store.by_key(unit.connection, key), key, version)
            if before is None:
                raise ProtocolError(Code.NOT_FOUND, "no such site")
            await store.remove_site(unit.connection, self._tenant, key)
            await store.note(unit.connection, self._tenant, self._clock.now(), by, before, None)
        await self._identity.reload_sites()

    async def history(self, key: str) -> SiteHistory:
        async with self._database.read() as connection:
            found = await store.changes(connection, self._tenant, key, MOST_CHANGES)
        names = {user.id: user.display_name for user in await self._identity.users(self._tenant)}
        return SiteHistory(
            changes=[
                SiteChanged(
                    at=each.at,
                    by=each.by,
                    by_name=names.get(each.by, each.by),
                    before=None if each.before is None else settings(each.before),
                    after=None if each.after is None else settings(each.after),
                )
                for each in found
            ]
        )

    def _check_choices(self, wanted: SiteSettings, before: Site | None) -> None:
        """What stood there may stay, though it was deleted since. Raises `invalid` with the field, like `queues.0`."""
        for name, known in (("queues", self._queues()), ("skills", self._skills())):
            fine = {id for id, _ in known} | set(getattr(before, name, ()))
            for number, id in enumerate(getattr(wanted, name)):
                if id not in fine:
                    raise ProtocolError(Code.INVALID, f"there is no {name[:-1]} {id}", field=f"{name}.{number}")

    def _unchanged(self, there: Site | None, key: str, version: int) -> Site | None:
        if there is not None and there.tenant != self._tenant:
            raise ProtocolError(Code.CONFLICT, "this key is taken", field="key")
        now = 0 if there is None else there.version
        if now != version:
            raise ProtocolError(Code.CONFLICT, f"{key} was changed meanwhile (version {now})", field="version")
        return there


def rules(site: Site) -> PageRules | None:
    """What the site's pages may be told; None: co-browsing is not offered there."""
    if "page_view" not in site.capabilities:
        return None
    return PageRules(unmask=list(site.unmask), mask=list(site.mask), risky=list(site.risky), origins=list(site.origins))


def settings(site: Site) -> SiteSettings:
    """Unchecked: what stands there may be older than a bound."""
    return SiteSettings(
        company=site.company,
        origins=list(site.origins),
        languages=list(site.languages),
        queue=site.queue,
        queues=list(site.queues),
        skills=list(site.skills),
        capabilities=list(site.capabilities),  # type: ignore[arg-type]  # of the table, where nothing else was put
        accent=site.theme.get("accent", "#3155d6"),
        unmask=list(site.unmask),
        mask=list(site.mask),
        risky=list(site.risky),
        asset_hosts=list(site.asset_hosts),
        canaries=list(site.canaries),
    )


def site_of(key: str, tenant: str, wanted: SiteSettings, before: Site | None) -> Site:
    """`before`: the site that it changes."""
    values: Mapping[str, object] = {
        name: tuple(dict.fromkeys(value)) if isinstance(value, list) else value
        for name, value in msgspec.structs.asdict(wanted).items()
        if name != "accent"
    }
    theme = {**(before.theme if before else {}), "accent": wanted.accent}
    return msgspec.convert(
        {**values, "key": key, "tenant": tenant, "theme": theme, "version": before.version if before else 0}, Site
    )


def check(wanted: SiteSettings) -> None:
    """What the shapes do not say. Raises `invalid` with the field, like `unmask.3`."""
    for number, origin in enumerate(wanted.origins):
        meant = origin_of(origin)
        if meant != origin:
            hint = f"; did you mean {meant}?" if meant else ", like https://shop.example"
            raise ProtocolError(Code.INVALID, f"not an origin: {origin}{hint}", field=f"origins.{number}")
    for name in ("unmask", "mask", "risky"):
        for number, selector in enumerate(getattr(wanted, name)):
            if not selector.strip() or _CONTROL.search(selector) or not _is_closed(selector):
                raise ProtocolError(Code.INVALID, f"not a selector: {selector}", field=f"{name}.{number}")
    for number, host in enumerate(wanted.asset_hosts):
        if not is_host(host):
            raise ProtocolError(
                Code.INVALID,
                f"not a host like cdn.shop.example or cdn.shop.example:8443: {host}",
                field=f"asset_hosts.{number}",
            )
    for capability in wanted.capabilities:
        needed = NEEDS.get(capability)
        if needed is not None and needed.isdisjoint(wanted.capabilities):
            raise ProtocolError(Code.INVALID, f"{capability} needs {' or '.join(sorted(needed))}", field="capabilities")


def _is_closed(selector: str) -> bool:
    """Whether each string, comment and bracket ends in it: CSS lets them stay open, which nobody means."""
    opened: list[str] = []
    for piece in _PIECES.findall(selector):
        if piece in ("\\", '"', "'", "/*"):
            return False
        if piece in "([":
            opened.append(piece)
        elif piece in _OPENED and (not opened or opened.pop() != _OPENED[piece]):
            return False
    return not opened


def _is_port(text: str) -> bool:
    figures = text.isascii() and text.isdigit() and str(int(text)) == text
    return figures and 0 < int(text) < 65536 and int(text) not in _STANDARD


def is_host(text: str) -> bool:
    """`host[:port]` as browsers write it: lower case, no trailing dot, IPv6 in brackets, no port that goes without
    saying."""
    host, colon, port = text, "", ""
    if not text.endswith("]"):
        head, found, tail = text.rpartition(":")
        if found:
            host, colon, port = head, found, tail
    if colon and not _is_port(port):
        return False
    if host.startswith("[") and host.endswith("]"):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" == host
        except ValueError:
            return False
    if host.replace(".", "").isdigit():
        try:
            return str(ipaddress.IPv4Address(host)) == host
        except ValueError:
            return False
    return len(host) <= 253 and _HOST.fullmatch(host) is not None
