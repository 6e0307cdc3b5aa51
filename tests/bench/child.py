"""Helpers of the benches in processes of their own. They end when their input does."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator

from tests.support.demo import ROOT


@contextlib.asynccontextmanager
async def child(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m module`, with its input and output; ends with the block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", module, *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 24,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()


async def said(process: asyncio.subprocess.Process, seconds: float = 30.0) -> bytes:
    """The next line of its output."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), seconds)
    if not line:
        raise RuntimeError("a helper ended before its time")
    return line
