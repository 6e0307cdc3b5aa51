"""What waits for a disk, in threads of its own: a disk that hangs stops nothing else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Threads:
    def __init__(self, most: int) -> None:
        self._pool = ThreadPoolExecutor(most, "folders")

    async def __call__(self, call: Callable[[], T], undo: Callable[[T], None] = lambda _: None) -> T:
        """Whoever is cancelled waits until the call is over: it may use what is closed afterwards. What it gave nobody
        has any more: `undo` gets it."""
        running = asyncio.get_running_loop().run_in_executor(self._pool, call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            if not running.cancelled() and running.exception() is None:
                undo(running.result())
            raise

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
