"""Our side of the media workers: starts them, watches them, and gives each session to one."""

import asyncio
import contextlib
import logging
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from rs_server.ports import (
    Clock,
    LegLost,
    LegOffer,
    LegState,
    MediaEvent,
    MediaUnavailable,
    PartClosed,
    PartOpened,
    Source,
)

from . import wire
from .link import Gone, OpenPart, WorkerLink
from .settings import MediaSettings

__all__ = ["MediaEngine", "MediaSettings"]

logger = logging.getLogger(__name__)

PING_INTERVAL = 1.0

PING_TIMEOUT = 4.0
"""Seconds without an answer after which a worker is ended and replaced."""

UNAVAILABLE_AFTER = 6.0
"""Seconds to wait for a worker before saying that there is none."""

SHUTDOWN_TIMEOUT = 8.0
STEADY = 2.0
"""A worker that ran for so many seconds is replaced at once; one that dies sooner waits a little."""

_SOURCES = str(Path(__file__).resolve().parents[2])
"""Where a child finds this package, however this process found it."""


class _WallClock:
    def now(self) -> float:
        return time.time()


class MediaEngine:
    """The `Media` port on worker processes of ours. `start` before use, `close` at the end."""

    def __init__(self, settings: MediaSettings | None = None, clock: Clock | None = None) -> None:
        self._settings = settings or MediaSettings()
        self._clock = clock or _WallClock()
        self._handlers: list[Callable[[MediaEvent], None]] = []
        self._secret = (self._settings.secret or secrets.token_hex(32)).encode()
        self._address = ""
        self._folder: str | None = None
        self._server: asyncio.Server | None = None
        self._workers: list[WorkerLink] = []
        self._arrival = asyncio.Event()
        self._legs: dict[str, tuple[str, WorkerLink]] = {}
        self._sessions: dict[str, WorkerLink] = {}
        self._children: dict[int, asyncio.subprocess.Process] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._conversations: dict[asyncio.Task[Any], wire.Channel] = {}
        self._closing = False

    async def start(self) -> None:
        """Listen for workers and start ours. Does not wait for them; `open` does."""
        listen = self._settings.listen
        if listen is None:
            self._folder = tempfile.mkdtemp(prefix="deskside-media-")
            listen = f"unix:{self._folder}/engine"
        kind, _, rest = listen.partition(":")
        if kind == "unix":
            self._server = await asyncio.start_unix_server(self._welcome, rest)
            self._address = listen
        else:
            host, _, port = rest.rpartition(":")
            self._server = await asyncio.start_server(self._welcome, host, int(port))
            self._address = f"tcp:{host}:{self._server.sockets[0].getsockname()[1]}"
        for _ in range(self._settings.worker_count):
            self._spawn(self._keep_child())

    async def close(self) -> None:
        """Let the workers finish what they record, and end them."""
        self._closing = True
        workers = list(self._workers)
        await asyncio.gather(*(self._shut_down(worker) for worker in workers))
        if self._server is not None:
            self._server.close()
        # Workers hang up when all is on disk. Those who do not, and strangers, are hung up on.
        if self._conversations:
            await asyncio.wait(self._conversations, timeout=SHUTDOWN_TIMEOUT if workers else 0)
        for channel in list(self._conversations.values()):
            await channel.close()
        if self._conversations:
            await asyncio.wait(self._conversations)
        connected = {worker.pid for worker in workers}
        for process in list(self._children.values()):
            await self._end_child(process, SHUTDOWN_TIMEOUT if process.pid in connected else 0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def address(self) -> str:
        """Where workers connect to."""
        return self._address

    @property
    def connected(self) -> bool:
        """There is a worker to give sessions to."""
        return bool(self._workers)

    @property
    def worker_pids(self) -> list[int]:
        """Process ids of the workers that are connected."""
        return [worker.pid for worker in self._workers]

    # The port.

    def listen(self, handler: Callable[[MediaEvent], None]) -> None:
        self._handlers.append(handler)

    async def open(
        self, session: str, leg: str, audio_slots: int = 4, video_slots: int = 6, native: bool = False
    ) -> LegOffer:
        if leg in self._legs:
            await self.close_leg(leg)
        deadline = time.monotonic() + UNAVAILABLE_AFTER
        while True:
            worker = await self._place(session, deadline)
            # Counted before it is there, so that legs opened at the same time are spread.
            worker.legs.add(leg)
            try:
                reply = await worker.call(wire.Open(leg, audio_slots, video_slots, native))
                if worker.alive:
                    self._legs[leg] = session, worker
                    assert reply.offer is not None
                    return reply.offer
            except Gone:
                # Nobody knows of the leg yet, so its loss is not told.
                if worker.alive:
                    self._drop(worker)
            except asyncio.CancelledError:
                # The worker makes it all the same, for nobody.
                self._spawn(self._ask(worker, wire.CloseLeg(leg)))
                raise
            finally:
                if leg not in self._legs:
                    worker.legs.discard(leg)
                    self._forget_session(session)

    async def answer(self, leg: str, sdp: str) -> None:
        await self._tell(leg, wire.Answer(leg, sdp[: wire.MAX_DESCRIPTION + 1]))

    async def candidate(self, leg: str, candidate: str, mid: str) -> None:
        # All lines share one transport, so it does not matter which one the candidate is for.
        await self._tell(leg, wire.Candidate(leg, candidate[: wire.MAX_CANDIDATE]))

    async def allow(self, source: Source, allowed: bool) -> None:
        await self._tell(source.leg, wire.Allow(source, allowed))

    async def subscribe(self, leg: str, mid: str, source: Source | None) -> None:
        await self._tell(leg, wire.Subscribe(leg, mid, source))

    async def record(self, source: Source, part: str, path: str) -> None:
        found = self._legs.get(source.leg)
        if found is None:
            return
        found[1].parts.setdefault(part, OpenPart(source.leg))
        await self._tell(source.leg, wire.Record(source, part, os.path.abspath(path)))

    async def stop_recording(self, part: str) -> None:
        for worker in self._workers:
            if part in worker.parts:
                await self._ask(worker, wire.StopRecording(part))

    async def close_leg(self, leg: str) -> None:
        await self._tell(leg, wire.CloseLeg(leg))

    # Placing and asking.

    async def _place(self, session: str, deadline: float) -> WorkerLink:
        while True:
            worker = self._sessions.get(session)
            if worker is None and self._workers:
                worker = min(self._workers, key=lambda candidate: len(candidate.legs))
                self._sessions[session] = worker
            if worker is not None:
                return worker
            self._arrival.clear()
            try:
                await asyncio.wait_for(self._arrival.wait(), deadline - time.monotonic())
            except TimeoutError as error:
                raise MediaUnavailable("no media worker") from error

    async def _tell(self, leg: str, command: wire.Command) -> None:
        found = self._legs.get(leg)
        if found is not None:
            await self._ask(found[1], command)

    async def _ask(self, worker: WorkerLink, command: wire.Command) -> None:
        try:
            await worker.call(command)
        except Gone:
            # What became of the leg is told as an event. A worker that does not answer is as good as dead.
            if worker.alive:
                self._drop(worker)
        except MediaUnavailable as error:
            logger.warning("a media command failed: %s", error)

    def _forget(self, leg: str) -> None:
        session, worker = self._legs.pop(leg)
        worker.legs.discard(leg)
        self._forget_session(session)

    def _forget_session(self, session: str) -> None:
        if not any(other == session for other, _ in self._legs.values()):
            self._sessions.pop(session, None)

    # Workers.

    async def _keep_child(self) -> None:
        while True:
            started = time.monotonic()
            process = await self._start_child()
            self._children[process.pid] = process
            try:
                status = await process.wait()
            finally:
                self._children.pop(process.pid, None)
            if self._closing:
                return
            logger.warning("media worker %s ended with status %s", process.pid, status)
            if time.monotonic() - started < STEADY:
                await asyncio.sleep(0.5)

    async def _start_child(self) -> asyncio.subprocess.Process:
        settings = self._settings
        options = ["--connect", self._address]
        for address in settings.addresses or ():
            options += ["--address", address]
        if settings.public_address is not None:
            options += ["--public-address", settings.public_address]
        if settings.ports is not None:
            options += ["--ports", f"{settings.ports[0]}-{settings.ports[1]}"]
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rs_server.media.worker",
            *options,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, [_SOURCES, os.environ.get("PYTHONPATH")])),
                wire.SECRET_VARIABLE: self._secret.decode(),
            },
            stdin=asyncio.subprocess.DEVNULL,
        )

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        channel = self._conversations[task] = wire.Channel(reader, writer)
        task.add_done_callback(self._conversations.pop)
        worker = None
        try:
            worker = WorkerLink(channel, await channel.admit(self._secret))
            await self._attend(worker)
        except wire.Disconnected as error:
            logger.info("a media worker disconnected: %s", error)
        finally:
            if worker is not None:
                self._drop(worker)
            await channel.close()

    async def _attend(self, worker: WorkerLink) -> None:
        pinging = asyncio.create_task(self._ping(worker))
        try:
            while True:
                message = await worker.channel.receive()
                if isinstance(message, wire.Reply):
                    future = worker.calls.get(message.number)
                    if future is not None and not future.done():
                        future.set_result(message)
                elif isinstance(message, wire.Progress):
                    self._note_progress(worker, message)
                elif isinstance(message, wire.News):
                    self._take_news(worker, message.event)
        finally:
            pinging.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await pinging

    async def _ping(self, worker: WorkerLink) -> None:
        """Watch over a worker and measure its clock; it is given work once that is known."""
        try:
            for _ in range(3):
                await self._measure(worker)
            if not worker.alive or self._closing:
                return
            self._workers.append(worker)
            self._arrival.set()
            while True:
                await asyncio.sleep(PING_INTERVAL)
                await self._measure(worker)
        except (Gone, MediaUnavailable):
            if worker.alive:
                logger.error("media worker %s does not answer", worker.pid)
                self._drop(worker)

    async def _measure(self, worker: WorkerLink) -> None:
        before, asked = self._clock.now(), time.monotonic()
        reply = await worker.call(wire.Ping(), PING_TIMEOUT)
        trip = time.monotonic() - asked
        if reply.clock is None:
            return
        # The quickest answer tells best; what was known grows stale as clocks drift.
        worker.best_trip *= 1.05
        if trip <= worker.best_trip:
            worker.best_trip = trip
            worker.offset = reply.clock - (before + trip / 2)

    def _drop(self, worker: WorkerLink) -> None:
        """A worker is gone, or has to go: end it, and tell what went with it."""
        if not worker.alive:
            return
        worker.alive = False
        if worker in self._workers:
            self._workers.remove(worker)
        child = self._children.get(worker.pid)
        if child is not None and child.returncode is None and not self._closing:
            child.kill()
        for future in worker.calls.values():
            if not future.done():
                future.set_exception(Gone())
        for session in [session for session, other in self._sessions.items() if other is worker]:
            del self._sessions[session]
        for leg in [leg for leg, (_, other) in self._legs.items() if other is worker]:
            del self._legs[leg]
            self._emit(LegLost(leg))
        for name, part in worker.parts.items():
            ended = part.ended_at or self._clock.now()
            self._emit(PartClosed(name, ended, part.frames, part.bytes, part.keyframes, complete=False))
        worker.legs.clear()
        worker.parts.clear()
        self._spawn(worker.channel.close())

    async def _shut_down(self, worker: WorkerLink) -> None:
        with contextlib.suppress(Gone, MediaUnavailable):
            await worker.call(wire.Shutdown())

    async def _end_child(self, process: asyncio.subprocess.Process, patience: float) -> None:
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            if patience:
                logger.error("media worker %s had to be killed", process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    # News.

    def _note_progress(self, worker: WorkerLink, progress: wire.Progress) -> None:
        part = worker.parts.get(progress.part)
        if part is not None:
            part.ended_at = progress.ended_at - worker.offset
            part.frames, part.bytes, part.keyframes = progress.frames, progress.bytes, progress.keyframes

    def _take_news(self, worker: WorkerLink, event: wire.WorkerEvent) -> None:
        if isinstance(event, PartOpened):
            event = PartOpened(event.part, event.source, event.codec, event.started_at - worker.offset)
        elif isinstance(event, PartClosed):
            worker.parts.pop(event.part, None)
            event = PartClosed(
                event.part,
                event.ended_at - worker.offset,
                event.frames,
                event.bytes,
                event.keyframes,
                event.complete,
            )
        elif isinstance(event, LegState) and event.state in ("failed", "closed"):
            found = self._legs.get(event.leg)
            if found is not None and found[1] is worker:
                self._forget(event.leg)
        self._emit(event)

    def _emit(self, event: MediaEvent) -> None:
        for handler in self._handlers:
            try:
                handler(event)
            except Exception:
                logger.exception("a listener failed")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
