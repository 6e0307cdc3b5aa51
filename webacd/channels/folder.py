"""A folder that is watched: each list in it is imported as callbacks, once, whole, and never while it is written.

A list is taken when its name does not end like an unfinished one's, when two looks at least `settle` seconds apart
found the same size and time of change, and when no process of this machine has it open for writing (as far as /proc
tells).
"""

import asyncio
import contextlib
import logging
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from .importing import Importer, Stopped

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
SETTLE_SECONDS = 2.0
RETRY_SECONDS = 10.0
"""After the first failure; after each further one twice as long, up to `LONGEST_RETRY_SECONDS`."""
LONGEST_RETRY_SECONDS = 3600.0
_TAKEN = re.compile(r"[^.].*\.(csv|tsv|txt)", re.IGNORECASE | re.DOTALL)
_OURS = re.compile(r".*\.(done|refused|report)\.csv", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Look:
    """A file as it was seen: it is the same when nothing of this is another."""

    inode: int
    size: int
    changed: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A file that could not be imported or renamed. It is tried again at `until`, or as soon as it changes."""

    look: Look
    why: str
    tries: int
    until: float


class ListFolder:
    def __init__(
        self,
        folder: Path,
        importer: Importer,
        *,
        settle: float = SETTLE_SECONDS,
        look_seconds: float = LOOK_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._importer = importer
        self._settle = settle
        self._every = look_seconds
        self._monotonic = monotonic
        self._seen: dict[str, tuple[Look, float]] = {}
        self._stuck: dict[str, Stuck] = {}
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._watch())]

    async def close(self) -> None:
        """A list in the middle of its import goes on from there with the next start."""
        self._stop.set()
        self._wake.set()
        self._importer.stop()
        # One that is in the middle of a transaction ends it; the other only waits for news.
        running, *watching = self._tasks
        for task in watching:
            task.cancel()
        await asyncio.gather(running, *watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                async for _ in watchfiles.awatch(
                    self._folder, stop_event=self._stop, recursive=False, debounce=200, step=50, rust_timeout=1000
                ):
                    self._wake.set()
            except (OSError, RuntimeError, watchfiles._rust_notify.WatchfilesRustInternalError):
                log.warning("folder of lists is not watched, it is looked at now and then", exc_info=True)
            await asyncio.sleep(self._every)

    async def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                unsettled = await self.look()
            except Exception:
                log.exception("folder of lists could not be looked at")
                unsettled = False
            if self._stop.is_set():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settle if unsettled else self._until_next()):
                    await (self._stop if unsettled else self._wake).wait()

    def _until_next(self) -> float:
        """Seconds until it is looked again where nothing is heard."""
        now = self._monotonic()
        return min([self._every, *(max(0.0, each.until - now) for each in self._stuck.values())])

    async def look(self) -> bool:
        """Import what is ready. True when something is there that may be ready soon."""
        there = await asyncio.to_thread(lambda: dict(candidates(self._folder)))
        now = self._monotonic()
        self._stuck = {name: each for name, each in self._stuck.items() if there.get(name) == each.look}
        waiting = {name for name, each in self._stuck.items() if each.until > now}
        self._seen = {
            name: self._seen[name] if name in self._seen and self._seen[name][0] == look else (look, now)
            for name, look in there.items()
            if name not in waiting
        }
        ready = [name for name, (_look, since) in sorted(self._seen.items()) if now - since >= self._settle]
        for name in ready:
            if self._stop.is_set():
                break
            path = self._folder / name
            if await asyncio.to_thread(is_being_written, path):
                continue
            error: Exception | None = None
            try:
                why = "" if await self._importer.take(path) else "not a file, or could not be renamed"
            except Stopped:
                break
            except Exception as failure:
                error, why = failure, f"{type(failure).__name__}: {failure}"
            self._tried(name, self._seen.pop(name)[0], why, error)
        return bool(self._seen)

    def _tried(self, name: str, look: Look, why: str, error: Exception | None) -> None:
        """`why` it could not be taken; empty: it was. What stays as it was is said once."""
        before = self._stuck.pop(name, None)
        if not why:
            if before is not None:
                log.info("list taken after all", extra={"list": name, "tries": before.tries + 1})
            return
        tries = before.tries + 1 if before is not None else 1
        if before is None or before.why != why:
            log.error("list not imported, trying again", exc_info=error, extra={"list": name, "why": why})
        delay = min(RETRY_SECONDS * 2 ** min(tries - 1, 20), LONGEST_RETRY_SECONDS)
        self._stuck[name] = Stuck(look, why, tries, self._monotonic() + delay)


def candidates(folder: Path) -> Iterator[tuple[str, Look]]:
    """Plain files that have the name of a list; no folders, no links to elsewhere, nothing of ours."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _TAKEN.fullmatch(entry.name) or _OURS.fullmatch(entry.name):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISREG(found.st_mode):
                yield entry.name, Look(found.st_ino, found.st_size, found.st_mtime_ns)


def is_being_written(path: Path) -> bool:
    """True when a process has it open for writing; False also where the machine does not tell."""
    try:
        wanted = path.stat(follow_symlinks=False)
    except OSError:
        return True
    for process in _numbered(Path("/proc")):
        for each in _numbered(process / "fd"):
            with contextlib.suppress(OSError, ValueError):
                found = each.stat()
                if (found.st_dev, found.st_ino) != (wanted.st_dev, wanted.st_ino):
                    continue
                told = (process / "fdinfo" / each.name).read_text()
                flags = int(re.search(r"flags:\s*(\d+)", told)[1], 8)  # type: ignore[index]
                if flags & os.O_ACCMODE != os.O_RDONLY:
                    return True
    return False


def _numbered(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(folder) if name.isdigit()]
        yield from (folder / name for name in names)
