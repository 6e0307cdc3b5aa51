"""What the server takes for pages that are shown."""

import asyncio
import json
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench.child import child, said
from tests.bench.rows import Row, measures, row
from tests.bench.server import cpu_seconds, family_of
from tests.support.demo import demo

SESSIONS = 20
AGENTS = ("sofia", "amelie", "paul")
CAPACITY = 8
SECONDS = 12.0
LOAD = "tests.bench.cobrowse_load"


@measures("cobrowse.server_cpu", seconds=120)
async def server_cpu(folder: Path) -> Sequence[Row]:
    async with demo(folder / "data", "--capacity", str(CAPACITY)) as company:
        assert company.process is not None
        accounts = json.dumps({name: company.password(name) for name in AGENTS})
        async with child(LOAD, "live", company.base, company.shop, accounts, str(SESSIONS)) as load:
            ours, idle = await _cost(company.process.pid, load)
    async with child(LOAD, "relay") as relay:
        port = str(int(await said(relay)))
        async with child(LOAD, "bare", port, str(SESSIONS)) as load:
            bare, _ = await _cost(relay.pid, load)
    peer = f"a bare aiohttp relay {bare:.2f}; at rest {idle:.2f}; {SESSIONS} sessions, 30 events/s, recorded"
    return [row("cobrowse.server_cpu", ours, "ms/s a session", at_most=2, peer=peer)]


async def _cost(pid: int, load: asyncio.subprocess.Process) -> tuple[float, float]:
    """Processor time for a session, ms a second: while pages change, and while they do not."""
    assert load.stdin is not None
    await said(load, 60)
    family = family_of(pid)
    found = []
    # A first run that does not count: all is loaded, all buffers are there.
    for seconds in (2.0, SECONDS):
        before, began = cpu_seconds(family), time.monotonic()
        load.stdin.write(f"{seconds}\n".encode())
        await load.stdin.drain()
        await said(load, seconds + 30)
        found.append(1000 * (cpu_seconds(family) - before) / (time.monotonic() - began) / SESSIONS)
    before, began = cpu_seconds(family), time.monotonic()
    await asyncio.sleep(4)
    return found[-1], 1000 * (cpu_seconds(family) - before) / (time.monotonic() - began) / SESSIONS
