"""A tenant with many who wait, in a process of its own: `python -m tests.bench.waiting FOLDER COUNT`. Prints JSON: MB
before they came, with all of them, and with all of them after a new start, and seconds until that one routed."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec
import psutil

from rs_server.db import Database
from rs_server.machine import WallClock
from rs_server.ports import ContactRequest
from webacd.config import AcdConfig
from webacd.service import AcdService

TENANT = "main"
GROUP = 500


async def come(folder: Path, count: int) -> None:
    """They come in units of 500, so that it does not take minutes."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'a.db'}")
    await database.create_all()
    config = AcdConfig(TENANT)
    async with database.begin() as unit:
        for number in range(10):
            await config.put_queue(unit, f"queue{number}", f"Queue {number}", default=number == 0)
        await config.put_agent(unit, "agent", queues=["queue0"], capacity=1)
    acd = AcdService(database, WallClock(), TENANT)
    await acd.start()
    before = resident()
    for start in range(0, count, GROUP):
        async with database.begin() as unit:
            for number in range(start, min(start + GROUP, count)):
                request = ContactRequest(
                    f"contact{number}", f"queue{number % 10}", "session", f"session{number}", f"Customer {number}"
                )
                await acd.enqueue(unit, request)
    after = resident()
    assert len(acd.waiting()) == count
    await acd.close()
    again = AcdService(database, WallClock(), TENANT)
    began = time.perf_counter()
    await again.start()
    took = time.perf_counter() - began
    assert len(again.waiting()) == count
    await again.close()
    await database.close()
    print(msgspec.json.encode([before, after, took]).decode(), flush=True)


def resident() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    asyncio.run(come(Path(sys.argv[1]), int(sys.argv[2])))
