"""`rs-client` as a user starts it, in its terminal form: lines in, lines out."""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.support.demo import ROOT

PATIENCE = 30.0


class Native:
    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.lines: list[str] = []
        self._log = log
        self._changed = asyncio.Condition()
        self._partial = ""
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        while data := await self.process.stdout.read(4096):
            async with self._changed:
                *whole, self._partial = (self._partial + data.decode()).split("\n")
                self.lines += whole
                self._changed.notify_all()
        async with self._changed:
            self._changed.notify_all()

    @property
    def text(self) -> str:
        return "\n".join([*self.lines, self._partial])

    async def said(self, words: str, after: int = 0) -> int:
        """Waits until it says so, behind `after` characters of all it said; returns where that ends."""

        def found() -> int:
            return self.text.find(words, after)

        try:
            async with asyncio.timeout(PATIENCE), self._changed:
                await self._changed.wait_for(lambda: found() >= 0 or self._reading.done())
        except TimeoutError:
            pass
        if found() < 0:
            raise AssertionError(
                f"it did not say {words!r}:\n{self.text}\n--- log ---\n{self._log.read_text()[-4000:]}"
            )
        return found() + len(words)

    def type(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    async def says_yes(self, after: int = 0) -> None:
        """To the question behind `after`, once an answer is taken: what is typed before is none."""
        await self.said("y yes", after)
        self.type("y")

    async def ends(self) -> int:
        status = await asyncio.wait_for(self.process.wait(), PATIENCE)
        await self._reading
        return status

    async def kill(self) -> None:
        self.process.kill()
        await self.ends()


@contextlib.asynccontextmanager
async def native(
    folder: Path,
    env: Mapping[str, str],
    *arguments: str,
    program: tuple[str, ...] = (sys.executable, "-m", "rs_client"),
    bare: bool = False,
) -> AsyncIterator[Native]:
    """State and log go to `folder`; the same folder is the same device. `bare`: it finds no Python of ours."""
    log = folder / "client.log"
    more = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "LC_ALL": "C.UTF-8"}
    more |= {} if bare else {"PYTHONPATH": str(ROOT)}
    kept = {name: value for name, value in env.items() if not name.startswith(("WAYLAND", "XDG_SESSION"))}
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *program,
            "--verbose",
            *arguments,
            env={**os.environ, **kept, **more},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    running = Native(process, log)
    try:
        yield running
    finally:
        if process.returncode is None:
            process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 10)
        if process.returncode is None:
            process.kill()
        await running.ends()
