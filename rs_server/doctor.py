"""`rs-server doctor`: is everything there that the server needs? In plain words, one line a matter."""

import asyncio
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from rs_server.config import Config
from rs_server.machine import listen

PATIENCE = 3.0
"""Seconds to wait for the relay."""


class Finding(NamedTuple):
    """`well` None: not so important that the server would not run."""

    well: bool | None
    words: str


async def examine(config: Config) -> int:
    """Print what was found; 1 when something is missing that the server needs."""
    ill = False
    async for finding in _findings(config):
        mark = {True: "ok     ", False: "wrong  ", None: "note   "}[finding.well]
        sys.stdout.write(f"{mark}{finding.words}\n")
        ill = ill or finding.well is False
    sys.stdout.write("\nThe server will not run like this.\n" if ill else "\nThe server can start.\n")
    return 1 if ill else 0


async def _findings(config: Config) -> AsyncIterator[Finding]:
    yield _python()
    yield _front_end()
    yield _folder(config.data)
    yield await _database(config)
    if config.redis_url:
        yield await _redis(config.redis_url)
    yield _port(config)
    yield _view(config)
    yield _media(config)
    for url in config.turn_urls:
        yield await _relay(url)
    if not config.turn_urls:
        yield Finding(None, "no relay (turn_urls): people behind strict firewalls will have no voice and video")
    if not config.smtp_host:
        yield Finding(None, "no mail server (smtp_host): invitations go by link and number only")


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(sys.version_info >= (3, 11), f"Python {version}; 3.11 or later is needed")


def _front_end() -> Finding:
    from rs_server.http.pages import WEB

    needed = ("manifest.json", "embed.js", "page.js", "locales/en.json", "templates")
    absent = [name for name in needed if not (WEB / name).exists()]
    if absent:
        return Finding(False, f"the front end is not built ({', '.join(absent)} missing): run `make web`")
    return Finding(True, "the front end is built")


def _folder(folder: Path) -> Finding:
    there = folder
    while not there.exists():
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Finding(False, f"the data folder {folder} cannot be written: {error.strerror}")
    if there == folder and folder.stat().st_mode & 0o077:
        return Finding(None, f"the data folder {folder} can be written, but others may look into it: chmod 700")
    return Finding(True, f"the data folder {folder} can be written")


async def _database(config: Config) -> Finding:
    """Can it be written? Nothing is made or changed."""
    from sqlalchemy.exc import SQLAlchemyError

    from rs_server.db import BadDatabase, Database
    from rs_server.db.migrate import reach

    if not config.database_url and not (config.data / "deskside.db").exists():
        return Finding(True, "the database will be made at the first start")
    try:
        await reach(config.url)
    except BadDatabase as error:
        return Finding(False, str(error))
    database = Database(config.url)
    try:
        async with database.begin() as unit:
            await unit.connection.exec_driver_sql("CREATE TABLE doctor_trial (x INTEGER)")
            await unit.connection.exec_driver_sql("DROP TABLE doctor_trial")
    except (SQLAlchemyError, OSError, ImportError) as error:
        return Finding(False, f"the database cannot be written: {str(error).splitlines()[0]}")
    finally:
        await database.close()
    return Finding(True, "the database can be written")


async def _redis(url: str) -> Finding:
    """Without it servers find each other too, a little later."""
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client: Redis = Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)
    try:
        await client.echo("here")
    except (RedisError, OSError) as error:
        return Finding(False, f"Redis does not answer: {error}")
    finally:
        await client.aclose()
    return Finding(True, "Redis answers")


def _port(config: Config) -> Finding:
    try:
        listen(config.listen_host, config.listen_port).close()
    except OSError as error:
        return Finding(False, str(error.strerror))
    return Finding(True, f"port {config.listen_port} on {config.listen_host} is free")


def _view(config: Config) -> Finding:
    """The browser keeps what belongs to one host apart from another's; ports make no difference to cookies."""
    if config.view_address is not None:
        try:
            listen(*config.view_address).close()
        except OSError as error:
            return Finding(False, str(error.strerror))
    host = urlsplit(config.view_origin).hostname if config.view_origin else None
    if host is None and config.view_address is not None:
        host = config.view_address[0]
    if host is None:
        return Finding(None, "no view_origin: agents cannot see customers' pages (co-browsing)")
    if host == (urlsplit(config.base_url).hostname or "localhost"):
        return Finding(None, f"view_origin and base_url have the same host, {host}: give the view a name of its own")
    return Finding(True, f"customers' pages are shown on a host of their own, {host}")


def _media(config: Config) -> Finding:
    """One leg takes one port on each address."""
    host = config.media_host or config.listen_host
    low, high = config.port_range or (0, 0)
    free = 0
    for port in range(low, high + 1):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            try:
                sock.bind((host, port))
                free += 1
            except OSError as error:
                why = error.strerror
    if free == 0:
        return Finding(False, f"no UDP port for media is free on {host}: {why}")
    if config.port_range is None:
        return Finding(True, f"media goes over any UDP port of {host}")
    return Finding(True, f"{free} of {high - low + 1} UDP ports for media are free; each person in a session takes one")


async def _relay(url: str) -> Finding:
    """Does it answer? UDP: a STUN binding request (RFC 8489). TCP and TLS: a connection."""
    rest, _, query = url.partition(":")[2].partition("?")
    host, port = _host_and_port(rest, 5349 if url.startswith("turns:") else 3478)
    try:
        if url.startswith("turns:") or query == "transport=tcp":
            _, writer = await asyncio.wait_for(asyncio.open_connection(host, port), PATIENCE)
            writer.close()
        else:
            await asyncio.wait_for(_ask(host, port), PATIENCE)
    except (OSError, TimeoutError) as error:
        return Finding(False, f"the relay {url} does not answer from here: {str(error) or 'no answer'}")
    return Finding(True, f"the relay {url} answers")


async def _ask(host: str, port: int) -> None:
    from aioice import stun
    from aioice.turn import TurnClientUdpProtocol

    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        lambda: TurnClientUdpProtocol((host, port), None, None, 600, 500), remote_addr=(host, port)
    )
    try:
        await client.request(stun.Message(message_method=stun.Method.BINDING, message_class=stun.Class.REQUEST))
    except stun.TransactionFailed:
        return
    finally:
        transport.close()


def _host_and_port(text: str, default: int) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and (host.endswith("]") or ":" not in host):
        return host.strip("[]"), int(port)
    return text.strip("[]"), default
