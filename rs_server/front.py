"""What a server shows to the world: its listening sockets, and behind them whatever the server is just now."""

import asyncio
import contextlib
import fcntl
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

from aiohttp import web
from sqlalchemy import make_url

from rs_server.bus.memory import MemoryBus
from rs_server.bus.redis import RedisBus
from rs_server.cluster.forward import Forwarder, SocketRule
from rs_server.cluster.keeper import Home, Keeper
from rs_server.cluster.lease import Lease
from rs_server.config import Config
from rs_server.http.kit import Settings
from rs_server.http.peers import INTERNAL_PORT, TOKEN, guard
from rs_server.ports import Bus

END_SECONDS = 3.0
"""Requests that are under way have so long when the application changes."""


class Front:
    """Serves one application at a time. The sockets themselves stay open, so that whoever comes in between waits a
    moment instead of being refused."""

    def __init__(self, socks: Sequence[socket.socket], tls: ssl.SSLContext | None) -> None:
        self._socks = socks
        self._tls = tls
        self._runner: web.AppRunner | None = None
        self._sites: list[web.SockSite] = []
        self._changing = asyncio.Lock()

    async def show(self, app: web.Application, internal: socket.socket | None = None) -> None:
        """This one from now on. `internal`: a second socket that it is served on, in clear."""
        async with self._changing:
            runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=END_SECONDS)
            await runner.setup()
            sites = [web.SockSite(runner, sock.dup(), ssl_context=self._tls) for sock in self._socks]
            if internal is not None:
                sites.append(web.SockSite(runner, internal.dup()))
            former = self._runner
            await self._stop_sites()
            for site in sites:
                await site.start()
            self._runner, self._sites = runner, sites
            if former is not None:
                await former.cleanup()

    def shows(self, app: web.Application | None) -> bool:
        return self._runner is not None and self._runner.app is app

    async def clear(self) -> None:
        """Nothing is served for now."""
        async with self._changing:
            runner, self._runner = self._runner, None
            await self._stop_sites()
            if runner is not None:
                await runner.cleanup()

    async def _stop_sites(self) -> None:
        for site in self._sites:
            await site.stop()
        self._sites = []


class Internal:
    """The address for other servers of the installation."""

    def __init__(self, sock: socket.socket, host: str, token: str) -> None:
        self.sock = sock
        self.port = int(sock.getsockname()[1])
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.token = token

    @classmethod
    @contextlib.contextmanager
    def open(cls, config: Config, token: str) -> Iterator["Internal"]:
        """Raises `OSError` that names address and port."""
        host, port = config.cluster_address
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(address)
            except OSError as error:
                raise OSError(error.errno, f"cannot listen on {host} port {port}: {error.strerror}") from error
            yield cls(sock, host, token)

    def guard(self, app: web.Application) -> None:
        app[INTERNAL_PORT] = self.port
        app[TOKEN] = self.token
        app.middlewares.append(guard)


class Member:
    """This server's part in an installation of several: at home, or passing on to whoever is."""

    def __init__(
        self,
        config: Config,
        tenant: str,
        front: Front,
        token: str,
        settings: Settings,
        sockets: Mapping[str, SocketRule],
    ) -> None:
        self._config = config
        self._tenant = tenant
        self._front = front
        self._token = token
        self._settings = settings
        self._sockets = sockets
        self._internal: Internal | None = None
        self._forwarder: Forwarder | None = None
        self._passing: web.Application | None = None

    @contextlib.asynccontextmanager
    async def joined(self, home: Home) -> AsyncIterator[None]:
        """From when it is decided what we are, until the end, when we are neither."""
        config = self._config
        async with contextlib.AsyncExitStack() as stack:
            self._internal = stack.enter_context(Internal.open(config, self._token))
            stack.push_async_callback(self._front.clear)
            lease = Lease(config.url, self._tenant, self._internal.address)
            stack.push_async_callback(lease.close)
            bus: Bus = MemoryBus()
            if config.redis_url:
                bus = redis = RedisBus(config.redis_url)
                await redis.start()
                stack.push_async_callback(redis.close)
            keeper = Keeper(lease, self, home, bus)
            stack.push_async_callback(keeper.close)
            await keeper.start()
            yield

    async def show(self, app: web.Application) -> None:
        """By both addresses."""
        assert self._internal is not None
        self._internal.guard(app)
        await self._front.show(app, self._internal.sock)

    async def leave(self, lease: Lease) -> None:
        """As the first thing of a home that ends: the rest may take a while."""
        if lease.lost.is_set():
            await self.pass_on(None)
        else:
            await self._front.clear()

    async def pass_on(self, address: str | None) -> None:
        if self._forwarder is None or not self._front.shows(self._passing):
            app = web.Application()
            forwarder = Forwarder(self._token, self._settings, self._sockets)
            forwarder.add_to(app)
            forwarder.address = address
            await self.show(app)
            self._forwarder, self._passing = forwarder, app
        self._forwarder.address = address


@contextlib.contextmanager
def alone(url: str) -> Iterator[None]:
    """SQLite has one server: hold the file's lock while it runs. Raises `OSError` when another one does."""
    name = make_url(url).database
    if not name or name == ":memory:":
        yield
        return
    path = Path(f"{name}.lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            words = "another server uses this SQLite database; several servers need PostgreSQL (database_url)"
            raise OSError(error.errno, words, name) from error
        yield
