"""Several `rs-server serve` as real processes on one PostgreSQL, one data folder and, where wanted, one Redis."""

import asyncio
import contextlib
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp
from argon2 import PasswordHasher

from rs_server.app import TENANT
from rs_server.core.permissions import Profile
from rs_server.db import Database
from rs_server.machine import WallClock
from rs_server.services.identity import Identity
from tests.support.client import Api
from tests.support.demo import free_ports
from tests.support.serve import ENVIRONMENT
from webacd.config import AcdConfig

SHOP = "http://127.0.0.1:1"
SITE = "shop"
PASSWORD = "correct horse battery"


@dataclass
class Server:
    """One of them. `base` is its own address; pages say they come from the installation's, as behind a proxy."""

    data: Path
    database: str
    redis: str
    origin: str
    port: int
    options: tuple[str, ...] = ()
    process: asyncio.subprocess.Process | None = field(default=None, init=False)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"server-{self.port}.log"

    async def start(self) -> "Server":
        options = ["--listen-port", str(self.port), "--data", str(self.data), "--database", self.database]
        options += ["--base-url", self.origin, "--log-level", "warning", *self.options]
        if self.redis:
            options += ["--redis", self.redis]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "rs_server", "serve", *options),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=ENVIRONMENT,
            )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 40)
        if b"ready" not in line:
            raise RuntimeError(f"the server did not start:\n{self.said()[-4000:]}")
        return self

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 30)

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """Status and body of `/readyz`; (0, {}) when nothing answers."""
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(f"{self.base}/readyz") as answer:
                return answer.status, await answer.json()
        except (aiohttp.ClientError, TimeoutError):
            return 0, {}

    async def role(self) -> str:
        return str((await self.ready())[1].get("role", "none"))

    def api(self, origin: str | None = None, address: str | None = None) -> Api:
        return Api(self.base, self.origin if origin is None else origin, address)


@dataclass
class Cluster:
    servers: list[Server]

    async def home(self, *, seconds: float = 30.0) -> Server:
        """The one that is at home and ready; waits for it."""
        async with asyncio.timeout(seconds):
            while True:
                for server in self.servers:
                    status, body = await server.ready()
                    if status == 200 and body["role"] == "home":
                        return server
                await asyncio.sleep(0.05)

    async def others(self) -> list[Server]:
        home = await self.home()
        return [server for server in self.servers if server is not home]

    async def time_until_home(self, began: float) -> float:
        """Seconds from `began` (monotonic) until there is a home that is ready."""
        await self.home()
        return time.monotonic() - began


async def command(data: Path, database: str, *words: str, said: str = "") -> None:
    made = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rs_server", *words, "--data", str(data), "--database", database),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=ENVIRONMENT,
    )
    out, _ = await asyncio.wait_for(made.communicate(f"{said}\n".encode()), 60)
    if made.returncode != 0:
        raise RuntimeError(out.decode())


async def furnish(data: Path, url: str, agents: int = 2, capacity: int = 3) -> list[str]:
    """A queue, a site, agents `agent0`..; returns their names."""
    data.mkdir(parents=True, exist_ok=True)
    await command(data, url, "queue", "put", "support", "--wrap-up", "0", "--allow-pick", "--default")
    site = ("--company", "Acme", "--origin", SHOP, "--queue", "support")
    await command(data, url, "site", "add", SITE, *site)
    names = [f"agent{number}" for number in range(agents)]
    database, config = Database(url), AcdConfig(TENANT)
    with mock.patch("rs_server.services.identity.PasswordHasher", quick_hasher):
        identity = Identity(database, WallClock())
        for name in names:
            user = await identity.add_user(TENANT, name, name, (Profile.AGENT,), PASSWORD)
            async with database.begin() as unit:
                await config.put_agent(unit, user.id, queues=["support"], capacity=capacity)
    await database.close()
    return names


quick_hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
"""The work that makes passwords hard to guess would be most of what the tests do."""


@contextlib.asynccontextmanager
async def cluster(
    folder: Path, database: str, redis: str = "", count: int = 2, options: tuple[str, ...] = ()
) -> AsyncIterator[Cluster]:
    data = folder / "data"
    ports = free_ports(count)
    servers = [Server(data, database, redis, "http://support.test", port, options) for port in ports]
    try:
        await asyncio.gather(*(server.start() for server in servers))
        yield Cluster(servers)
    finally:
        for server in servers:
            if server.process is not None and server.process.returncode is None:
                server.signal(signal.SIGCONT)
                await server.stop()
