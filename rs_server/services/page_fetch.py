"""Fetches what a company's pages show, from the hosts that its site lists, and from no address that is not public.

The address that was checked is the one that is connected to: names are resolved by `_Checked`, whose answer the
connector takes without asking again, so that a name which changes its mind leads nowhere else.
"""

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import Collection
from typing import NamedTuple

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from rs_server.core.sniff import CSS, LIMITS, MOST, Kind, fits, sniff

log = structlog.get_logger()

SECONDS = 10.0
"""For one address, its redirects included."""
MOST_REDIRECTS = 3
AT_ONCE = 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Fetched(NamedTuple):
    kind: Kind
    data: bytes


class _Refused(Exception):
    """Not to be had from there; the text says why, for the log."""


class NotPublic(OSError):
    """A name leads to an address that is none of the public net's."""


def is_public(text: str, *, loopback: bool = False) -> bool:
    """`loopback`: this machine is taken for public."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_public(str(inner), loopback=loopback)
        if address.is_site_local:
            return False
    if address.is_loopback:
        return loopback
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for: mapped, 6to4, Teredo, NAT64."""
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


class _Checked(AbstractResolver):
    def __init__(self, resolver: AbstractResolver, loopback: bool) -> None:
        self._resolver = resolver
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            if not is_public(each["host"], loopback=self._loopback):
                raise NotPublic(f"{host} leads to {each['host']}")
        return found

    async def close(self) -> None:
        await self._resolver.close()


class Fetcher:
    def __init__(self, *, loopback: bool = False, resolver: AbstractResolver | None = None) -> None:
        """`loopback`: addresses of this machine are taken as well, to try things out. `resolver`: instead of the
        system's."""
        self._loopback = loopback
        self._resolver = resolver
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._client: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        resolver = _Checked(self._resolver or aiohttp.ThreadedResolver(), self._loopback)
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True, limit=AT_ONCE),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),
            headers={
                "Accept": "image/*,font/*,text/css,*/*;q=0.1",
                "Accept-Encoding": "gzip",
                "User-Agent": "Deskside",
            },
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    async def fetch(self, url: str, hosts: Collection[str]) -> Fetched | None:
        """None when it is not to be had, whatever the reason. `hosts`: `host[:port]` from which it may come."""
        try:
            async with self._at_once, asyncio.timeout(SECONDS):
                return await self._follow(url, hosts)
        except _Refused as error:
            log.info("asset not fetched", why=str(error))
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.info("asset not fetched", why=type(error).__name__)
        return None

    async def _follow(self, url: str, hosts: Collection[str]) -> Fetched:
        assert self._client is not None
        target = self._allowed(url, hosts)
        for _ in range(MOST_REDIRECTS + 1):
            async with self._client.get(target, allow_redirects=False) as answer:
                if answer.status not in _REDIRECTS:
                    return await _read(answer)
                target = self._allowed(str(target.join(URL(answer.headers.get("Location", "")))), hosts)
        raise _Refused("too many redirects")

    def _allowed(self, url: str, hosts: Collection[str]) -> URL:
        """Raises `_Refused`, `ValueError`."""
        parsed = URL(url)
        if parsed.scheme not in ("http", "https") or parsed.raw_host is None:
            raise _Refused("no address of the web")
        if parsed.raw_user is not None or parsed.raw_password is not None:
            raise _Refused("with a user")
        if host_of(parsed) not in hosts:
            raise _Refused("a host that the site does not list")
        # Addresses in figures are not resolved, so that nobody else would check them.
        if _is_figures(parsed.raw_host) and not is_public(parsed.raw_host, loopback=self._loopback):
            raise _Refused("no public address")
        return parsed.with_fragment(None)


def host_of(url: URL) -> str:
    """`host[:port]` of an address, as a site lists it."""
    host = url.raw_host or ""
    name = f"[{host}]" if ":" in host else host
    return name if url.is_default_port() else f"{name}:{url.port}"


def _is_figures(host: str) -> bool:
    """As the connector sees it: `2130706433` and `127.1` are addresses to the system, too."""
    return ":" in host or host.replace(".", "").isdigit()


async def _read(answer: aiohttp.ClientResponse) -> Fetched:
    """Raises `_Refused`."""
    if answer.status != 200:
        raise _Refused(f"status {answer.status}")
    said = answer.content_type.lower()
    most = LIMITS["style"] if said == CSS else MOST
    if (answer.content_length or 0) > most:
        raise _Refused("too large")
    data = await _unpacked(answer, most)
    kind = sniff(data, said)
    if kind is None:
        raise _Refused("neither picture, font nor stylesheet")
    if not fits(kind, len(data)):
        raise _Refused("too large")
    return Fetched(kind, data)


async def _unpacked(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The bytes, at most so many also when they came compressed. Raises `_Refused`."""
    coding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("identity", "gzip", "x-gzip"):
        raise _Refused("compressed in a way that was not asked for")
    unpack = None if coding == "identity" else zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    data = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        try:
            data += chunk if unpack is None else unpack.decompress(chunk, most + 1 - len(data))
        except zlib.error as error:
            raise _Refused("not what it says it is") from error
        if len(data) > most:
            raise _Refused("too large")
    if unpack is not None and not unpack.eof:
        raise _Refused("not whole")
    return bytes(data)
