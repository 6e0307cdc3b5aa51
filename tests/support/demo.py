"""`rs-server demo` as its own process, on free ports, as a user starts it."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from rs_server.app import TENANT
from rs_server.config import Config
from rs_server.db import Database
from rs_server.services.configuration import note_change
from webacd.config import AcdConfig
from webacd.core.items import Change, Item, id_of, kind_of

ROOT = Path(__file__).resolve().parents[2]


def free_ports(count: int) -> list[int]:
    """Loopback TCP ports that are free now, and different."""
    with contextlib.ExitStack() as stack:
        socks = [stack.enter_context(socket.socket()) for _ in range(count)]
        for sock in socks:
            sock.bind(("127.0.0.1", 0))
        return [int(sock.getsockname()[1]) for sock in socks]


class Demo:
    """A running demonstration. `stop` and `kill` end it; `start` with the same data goes on with it."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self.options = options
        self.port, self.shop_port, self.view_port = free_ports(3)
        self.facts: dict[str, Any] = {}
        self.process: asyncio.subprocess.Process | None = None
        self.log = data.parent / "demo.log"

    async def start(self) -> "Demo":
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "rs_server",
                "demo",
                "--json",
                "--port",
                str(self.port),
                "--shop-port",
                str(self.shop_port),
                "--view-port",
                str(self.view_port),
                "--data",
                str(self.data),
                *self.options,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                # Where the tests are, not where the package happens to be installed from.
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 30)
        if not line:
            raise RuntimeError(f"the demonstration did not start:\n{self.log.read_text()[-4000:]}")
        self.facts = json.loads(line)
        return self

    async def stop(self) -> int:
        """As Ctrl-C does; returns the exit status."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        return await asyncio.wait_for(self.process.wait(), 20)

    async def kill(self) -> None:
        """As a crash does: no chance to say goodbye."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    @property
    def base(self) -> str:
        return str(self.facts["base"])

    @property
    def shop(self) -> str:
        return str(self.facts["shop"])

    def password(self, name: str) -> str:
        return next(str(user["password"]) for user in self.facts["users"] if user["name"] == name)


@contextlib.asynccontextmanager
async def demo(data: Path, *options: str) -> AsyncIterator[Demo]:
    running = Demo(data, *options)
    await running.start()
    try:
        yield running
    finally:
        if running.process is not None and running.process.returncode is None:
            await running.stop()


async def configure(running: Demo, *items: Item) -> None:
    """Set items of the routing beside the running server, as a command would."""
    database = Database(Config(data=running.data).url)
    try:
        async with database.begin() as unit:
            await note_change(unit, TENANT)
            await AcdConfig(TENANT).apply(unit, [Change(kind_of(item), id_of(item), item) for item in items])
    finally:
        await database.close()
