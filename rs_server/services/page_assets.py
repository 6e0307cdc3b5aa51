"""What the customer's page is made of beside its text: fetched, or sent by the page, and kept by its SHA-256.

Kept with the session: the recorded page is shown with it when its origin is gone."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager

import structlog
from msgspec.structs import replace

from rs_server.core.permissions import allowed
from rs_server.core.session import Session
from rs_server.core.sniff import CSS, TEXTS, Kind, fits, sniff
from rs_server.core.streams import page_viewers
from rs_server.ports import BlobConflict, Blobs
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page_assets import PageAsset
from rs_server.protocol.session import Durable
from rs_server.services.hub import Hub
from rs_server.services.page_fetch import Fetcher
from rs_server.services.sites import Sites
from rs_server.services.throttle import Throttle
from rs_server.store import page_assets as store
from rs_server.store.identity import User
from rs_server.store.page_assets import AssetRow

log = structlog.get_logger()

MOST_ASSETS = 1000
MOST_BYTES = 50 * 1024 * 1024
MOST_ADDRESSES = 3000
"""Different addresses that one session may have looked for."""
AT_ONCE = 6
"""Fetches of one session at a time."""
PUTS_AT_ONCE = 4
"""Bodies of one session that are held at a time, each of the largest size."""
MOST_TEXT = 4 * 1024 * 1024
"""Bytes of stylesheets in one answer; what is beyond is not to be had."""


class _Full(Exception):
    """The session has as much as it may have."""


class _Canary(Exception):
    """What must never leave the company's page stands in it."""


class _Seen:
    """What one session looked for, while it lasts."""

    def __init__(self) -> None:
        self.found: dict[str, PageAsset] = {}
        self.at_once = asyncio.Semaphore(AT_ONCE)
        self.puts = asyncio.Semaphore(PUTS_AT_ONCE)
        self.answers = asyncio.Lock()
        """One answer with its stylesheets is made at a time."""


class PageAssets:
    def __init__(self, hub: Hub, blobs: Blobs, sites: Sites, fetcher: Fetcher) -> None:
        self._hub = hub
        self._blobs = blobs
        self._sites = sites
        self._fetcher = fetcher
        self._seen: dict[str, _Seen] = {}
        self._keeping = asyncio.Lock()
        # A page that loads asks some ten times, one that is scrolled once in a while.
        self._pace = Throttle(hub.clock, burst=40, refill=0.5)
        self._puts = Throttle(hub.clock, burst=300, refill=0.1)
        self._on_canary: list[Callable[[Session], None]] = []
        hub.react(self._changed)

    async def start(self) -> None:
        await self._fetcher.start()

    async def close(self) -> None:
        await self._fetcher.close()

    def on_canary(self, handler: Callable[[Session], None]) -> None:
        """Call `handler(session)` when a canary of the site stands in an asset; the asset is not kept."""
        self._on_canary.append(handler)

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        if session.info.state == "ended":
            self._seen.pop(session.info.id, None)

    # --- of the page ---

    async def fetch(self, session_id: str, urls: Sequence[str]) -> list[PageAsset]:
        """What stands at these addresses, each once, in their order; a text that several have, with the first.

        Raises `throttled`, `no_consent`, `session_ended`."""
        session = await self._shown(session_id)
        self._pace.take(session_id)
        site = self._sites.of(session)
        hosts = frozenset(site.asset_hosts) if site is not None else frozenset[str]()
        seen = self._seen.setdefault(session_id, _Seen())
        wanted = list(dict.fromkeys(urls))
        fresh = [url for url in wanted if url not in seen.found]
        fresh = fresh[: max(0, MOST_ADDRESSES - len(seen.found))]
        await asyncio.gather(*(self._find(session, seen, url, hosts) for url in fresh))
        async with seen.answers:
            return await self._told([seen.found.get(url) or PageAsset(url=url, hash=None) for url in wanted])

    async def _find(self, session: Session, seen: _Seen, url: str, hosts: Collection[str]) -> None:
        """Puts what is found into `seen`."""
        async with seen.at_once:
            got = await self._fetcher.fetch(url, hosts)
        asset = PageAsset(url=url, hash=None)
        if got is not None:
            digest = hashlib.sha256(got.data).hexdigest()
            try:
                await self._keep(session, digest, got.kind, got.data)
            except (_Full, _Canary):
                pass
            else:
                asset = PageAsset(url=url, hash=digest, mime=got.kind.mime, size=len(got.data))
        seen.found[url] = asset

    async def _told(self, found: Sequence[PageAsset]) -> list[PageAsset]:
        """With the texts of stylesheets, as far as they fit."""
        told: list[PageAsset] = []
        sizes: dict[str, int] = {}
        for asset in found:
            if asset.hash is not None and asset.mime == CSS and asset.hash not in sizes:
                if sum(sizes.values()) + asset.size > MOST_TEXT:
                    told.append(PageAsset(url=asset.url, hash=None))
                    continue
                sizes[asset.hash] = asset.size
                data = b"".join([chunk async for chunk in self._blobs.read(_blob(asset.hash))])
                told.append(replace(asset, text=data.decode("utf-8-sig")))
            else:
                told.append(asset)
        return told

    async def known(self, session_id: str, hashes: Collection[str]) -> list[str]:
        """Those of them that the session has."""
        await self._shown(session_id)
        async with self._hub.database.read() as connection:
            found = await store.known(connection, session_id, hashes)
        return [each for each in hashes if each in found]

    @asynccontextmanager
    async def room(self, session_id: str) -> AsyncIterator[None]:
        """The bytes are read and put while this is held. Raises `throttled`, `no_consent`, `session_ended`."""
        await self._shown(session_id)
        self._puts.take(session_id)
        async with self._seen.setdefault(session_id, _Seen()).puts:
            yield

    async def put(self, session_id: str, digest: str, data: bytes, said: str) -> None:
        """Raises `file_digest`, `invalid` (neither picture nor font), `too_large` (it, or all of the session's),
        `not_allowed` (a canary stands in it)."""
        if hashlib.sha256(data).hexdigest() != digest:
            raise ProtocolError(Code.FILE_DIGEST)
        kind = sniff(data, "")
        if kind is None or not said.startswith(f"{kind.group}/"):
            raise ProtocolError(Code.INVALID, "neither a picture nor a font")
        if not fits(kind, len(data)):
            raise ProtocolError(Code.TOO_LARGE)
        try:
            await self._keep(await self._shown(session_id), digest, kind, data)
        except _Full as error:
            raise ProtocolError(Code.TOO_LARGE, "the session has as much as it may have") from error
        except _Canary as error:
            raise ProtocolError(Code.NOT_ALLOWED, "what must not leave the page stands in it") from error

    async def _shown(self, session_id: str) -> Session:
        """The session, while somebody may see its page."""
        session = await self._hub.get(session_id)
        if session.info.state == "ended":
            raise ProtocolError(Code.SESSION_ENDED)
        if not page_viewers(session):
            raise ProtocolError(Code.NO_CONSENT)
        return session

    # --- of staff ---

    async def get(self, user: User, session_id: str, digest: str) -> tuple[AssetRow, str]:
        """Row and path of the bytes, for who may see the page now or replay it. Raises `not_found`."""
        session = await self._hub.get(session_id)
        part = session.of_user(user.id)
        sees = part is not None and part.id in page_viewers(session)
        if not (sees or allowed("recordings.replay", user.roles)):
            raise ProtocolError(Code.NOT_FOUND)
        async with self._hub.database.read() as connection:
            row = await store.by_hash(connection, self._hub.tenant, session_id, digest)
        path = self._blobs.path(_blob(digest)) if row is not None else None
        if row is None or path is None or await self._blobs.size(_blob(digest)) is None:
            raise ProtocolError(Code.NOT_FOUND)
        return row, path

    # --- keeping ---

    async def _keep(self, session: Session, digest: str, kind: Kind, data: bytes) -> None:
        """Raises `_Full`, `_Canary`."""
        name = session.info.id
        if kind.mime in TEXTS and any(canary.encode() in data for canary in self._sites.canaries(session)):
            log.warning("a canary stands in an asset", session=name)
            for handler in self._on_canary:
                handler(session)
            raise _Canary
        # One after the other, so that the sums are right and no blob is written by two.
        async with self._keeping:
            async with self._hub.database.read() as connection:
                if await store.known(connection, name, [digest]):
                    return
                count, size = await store.totals(connection, name)
            if count >= MOST_ASSETS or size + len(data) > MOST_BYTES:
                log.info("the session has enough assets", session=name, count=count, bytes=size)
                raise _Full
            await self._write(_blob(digest), data)
            row = AssetRow(
                session=name,
                hash=digest,
                tenant=self._hub.tenant,
                mime=kind.mime,
                size=len(data),
                at=self._hub.clock.now(),
            )
            async with self._hub.unit() as unit:
                await store.add(unit.connection, row)

    async def _write(self, key: str, data: bytes) -> None:
        there = await self._blobs.size(key)
        if there == len(data):
            return
        if there is not None:
            # A server died while it wrote.
            await self._blobs.delete(key)
        try:
            await self._blobs.append(key, 0, data)
        except BlobConflict:
            log.info("another server keeps the same asset", blob=key)


def _blob(digest: str) -> str:
    return f"page_assets/{digest}"
