"""What the server takes: to start, and when nobody is there."""

import asyncio
import contextlib
import os
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import psutil

from tests.bench.rows import Row, measures, row
from tests.support.demo import ROOT

STARTS = 3
SETTLED = 4.0
REST = 10.0
LIBRARIES = "import aiohttp, aiortc, av, sqlalchemy.ext.asyncio, alembic.command, msgspec, structlog, jinja2, argon2"


@measures("server.start", "server.memory", "server.cpu", seconds=90)
async def rest(folder: Path) -> Sequence[Row]:
    starts, imports = [], []
    for number in range(STARTS):
        imports.append(await importing())
        async with serving(folder / str(number)) as (_, took):
            starts.append(took)
    async with serving(folder / "rest") as (pid, took):
        starts.append(took)
        await asyncio.sleep(SETTLED)
        family = family_of(pid)
        memory = sum(process.memory_info().rss for process in family) / 1e6
        own = sum(process.memory_full_info().uss for process in family) / 1e6
        before, began = cpu_seconds(family), time.monotonic()
        await asyncio.sleep(REST)
        cpu = 100 * (cpu_seconds(family) - before) / (time.monotonic() - began)
    baseline = statistics.median(imports)
    bare = f"MeshCentral 9 s; Python that only imports the same libraries {baseline:.2f} s in the same run"
    processes = f"MeshCentral 160 MB; {len(family)} processes, {own:.0f} MB of them not shared"
    return [
        row("server.start", statistics.median(starts), "s", at_most=9, peer=bare),
        row("server.memory", memory, "MB", at_most=160, peer=processes),
        row("server.cpu", cpu, "%", at_most=2, peer="of one core, nobody signed in"),
    ]


@contextlib.asynccontextmanager
async def serving(data: Path) -> AsyncIterator[tuple[int, float]]:
    """`rs-server serve` on fresh data; yields its process id and the seconds until it said that it is ready."""
    began = time.perf_counter()
    process = await _python("-m", "rs_server", "serve", "--listen-port", "0", "--data", str(data))
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        took = time.perf_counter() - began
        if b"ready" not in line:
            raise RuntimeError("the server did not start")
        yield process.pid, took
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 20)


async def importing() -> float:
    """Seconds that Python needs for the libraries alone."""
    began = time.perf_counter()
    process = await _python("-c", LIBRARIES)
    await process.wait()
    return time.perf_counter() - began


async def _python(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def family_of(pid: int) -> list[psutil.Process]:
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


def cpu_seconds(family: Sequence[psutil.Process]) -> float:
    """User and system time until now."""
    times = [process.cpu_times() for process in family]
    return float(sum(time.user + time.system for time in times))
