"""What is typed, as lines."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from typing import TextIO

LONGEST_LINE = 4096


def forget() -> None:
    """Also a line that is not at its end."""
    if sys.platform != "win32" and sys.stdin.isatty():
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


@contextlib.asynccontextmanager
async def lines_of(source: TextIO) -> AsyncIterator[AsyncIterator[str]]:
    """Lines as they are typed."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    try:
        # With everything else that is heard: no input from elsewhere comes before a Stop that was typed first.
        loop.add_reader(source.fileno(), _Lines(source.fileno(), queue.put_nowait).ready)
    except (NotImplementedError, OSError, ValueError):
        # Files, and Windows' consoles. The thread ends with the program.
        threading.Thread(target=_pump, args=(source, loop, queue), name="terminal", daemon=True).start()

    async def lines() -> AsyncIterator[str]:
        while (line := await queue.get()) is not None:
            yield line

    try:
        yield lines()
    finally:
        with contextlib.suppress(NotImplementedError, OSError, ValueError):
            loop.remove_reader(source.fileno())


class _Lines:
    """Of a descriptor that is readable; None at its end. What is too long comes in parts."""

    def __init__(self, descriptor: int, put: Callable[[str | None], None]) -> None:
        self._descriptor = descriptor
        self._put = put
        self._partial = b""

    def ready(self) -> None:
        try:
            data = os.read(self._descriptor, LONGEST_LINE)
        except OSError:
            data = b""
        *whole, self._partial = (self._partial + data).split(b"\n")
        if self._partial and (not data or len(self._partial) >= LONGEST_LINE):
            whole.append(self._partial)
            self._partial = b""
        for line in whole:
            self._put(line.decode(errors="replace").rstrip("\r"))
        if not data:
            asyncio.get_running_loop().remove_reader(self._descriptor)
            self._put(None)


def _pump(source: TextIO, loop: asyncio.AbstractEventLoop, queue: "asyncio.Queue[str | None]") -> None:
    with contextlib.suppress(RuntimeError, ValueError, OSError):
        for line in iter(lambda: source.readline(LONGEST_LINE), ""):
            loop.call_soon_threadsafe(queue.put_nowait, line.rstrip("\r\n"))
        loop.call_soon_threadsafe(queue.put_nowait, None)
