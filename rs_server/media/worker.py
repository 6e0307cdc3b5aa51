"""The body of a media worker: connects to an engine, does what it says, and ends with the connection."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rs_server.ports import LegState, PartClosed, Source
from rs_server.rtc.connection import BadDescription
from rs_server.rtc.ice import IceSettings, NoPort

from . import wire
from .forward import Forwarder
from .peer import Peer
from .recorder import PartRecorder

logger = logging.getLogger(__name__)

TICK = 0.25
FLUSH_INTERVAL = 1.0


class Worker:
    """All legs and recordings of one process."""

    def __init__(self, channel: wire.Channel, ice: IceSettings) -> None:
        self._channel = channel
        self._ice = ice
        self._peers: dict[str, Peer] = {}
        self._forwarder = Forwarder(self._emit)
        self._recorders: dict[str, PartRecorder] = {}
        # One thread, so that what is written to a file stays in order.
        self._disk = ThreadPoolExecutor(1, "recordings")
        # Wall time that never jumps; the engine measures how far it is from its own.
        self._epoch = time.time() - time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flushed = 0.0
        self._ending = False

    async def run(self) -> None:
        """Serve until the engine says so or is gone, then finish what is being recorded."""
        ticking = asyncio.create_task(self._tick_forever())
        try:
            while not self._ending:
                message = await self._channel.receive()
                if isinstance(message, wire.Request):
                    self._channel.send(await self._serve(message))
        except wire.Disconnected:
            logger.info("the engine is gone")
        finally:
            ticking.cancel()
            await self._end()

    def _wall(self, monotonic: float) -> float:
        return self._epoch + monotonic

    def _emit(self, event: wire.WorkerEvent | wire.Progress) -> None:
        self._channel.send(event if isinstance(event, wire.Progress) else wire.News(event))

    async def _serve(self, request: wire.Request) -> wire.Reply:
        number = request.number
        try:
            return await self._obey(number, request.command)
        except BadDescription as error:
            return wire.Reply(number, refused=str(error))
        except NoPort as error:
            return wire.Reply(number, failed=str(error))
        except Exception as error:
            logger.exception("a command failed")
            return wire.Reply(number, failed=repr(error))

    async def _obey(self, number: int, command: wire.Command) -> wire.Reply:
        match command:
            case wire.Ping():
                return wire.Reply(number, clock=self._wall(time.monotonic()))
            case wire.Open(leg, audio_slots, video_slots, native):
                self._close_leg(leg)
                peer = Peer(leg, self._ice, audio_slots, video_slots, self._emit, native)
                try:
                    offer = await peer.offer()
                except BaseException:
                    await peer.close()
                    raise
                self._peers[leg] = peer
                self._forwarder.add_leg(leg, peer.connection, peer.lines, peer.slots)
                return wire.Reply(number, offer=offer)
            case wire.Answer(leg, sdp):
                if leg in self._peers:
                    await self._peers[leg].answer(sdp)
            case wire.Candidate(leg, candidate):
                if leg in self._peers and not await self._peers[leg].connection.add_candidate(candidate):
                    logger.debug("leg %s: a candidate was ignored", leg)
            case wire.Allow(source, allowed):
                if (line := self._forwarder.line(source)) is not None:
                    line.allow(allowed)
            case wire.Subscribe(leg, mid, wanted):
                self._forwarder.subscribe(leg, mid, wanted)
            case wire.Record(source, part, path):
                self._record(source, part, path)
            case wire.StopRecording(part):
                if (recorder := self._recorders.pop(part, None)) is not None:
                    self._finish(recorder)
            case wire.CloseLeg(leg):
                self._close_leg(leg)
            case wire.Shutdown():
                self._ending = True
        return wire.Reply(number)

    def _record(self, source: Source, part: str, path: str) -> None:
        if part in self._recorders:
            return
        line = self._forwarder.line(source)
        if line is None:
            self._emit(PartClosed(part, self._wall(time.monotonic()), 0, 0, 0, True))
            return
        recorder = PartRecorder(part, source, path, self._disk, self._wall, self._emit)
        self._recorders[part] = recorder
        line.add_sink(recorder.push)
        line.request_keyframe()

    def _finish(self, recorder: PartRecorder) -> None:
        line = self._forwarder.line(recorder.source)
        if line is not None:
            line.remove_sink(recorder.push)
        self._spawn(recorder.finish(time.monotonic()))

    def _close_leg(self, leg: str) -> None:
        peer = self._peers.pop(leg, None)
        if peer is None:
            return
        for part in [part for part, recorder in self._recorders.items() if recorder.source.leg == leg]:
            self._finish(self._recorders.pop(part))
        self._forwarder.remove_leg(leg)
        peer.connection.on_state = None
        if peer.state not in ("failed", "closed"):
            self._emit(LegState(leg, "closed"))
        self._spawn(peer.close())

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("closing failed", exc_info=error)

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._tick(time.monotonic())
            except Exception:
                # One leg in a strange state must not stop the watch over all others.
                logger.exception("watching failed")

    def _tick(self, now: float) -> None:
        self._forwarder.tick(now)
        for peer in list(self._peers.values()):
            if not peer.tick(now):
                self._close_leg(peer.leg)
        flush = now - self._flushed >= FLUSH_INTERVAL
        if flush:
            self._flushed = now
            self._forwarder.hold_rates(now)
        for part, recorder in list(self._recorders.items()):
            if recorder.failed or recorder.over:
                self._finish(self._recorders.pop(part))
                continue
            if flush:
                recorder.tick(now)
            line = self._forwarder.line(recorder.source)
            if line is not None and line.active and recorder.wants_keyframe(now):
                line.request_keyframe()

    async def _end(self) -> None:
        for leg in list(self._peers):
            self._close_leg(leg)
        while self._tasks:
            await asyncio.wait(self._tasks, timeout=5)
            if any(not task.done() for task in self._tasks):
                break
        self._disk.shutdown(wait=True)
        await self._channel.close()


async def run_worker(
    address: str, secret: bytes, ice: IceSettings, stop: Sequence[signal.Signals] = (signal.SIGTERM,)
) -> None:
    """Serve the engine at `address` (`unix:PATH` or `tcp:HOST:PORT`) until it goes, or one of the signals comes;
    what is being recorded is finished.

    Raises OSError when it cannot be reached and wire.Disconnected when it does not have the secret."""
    task = asyncio.current_task()
    assert task is not None
    for number in stop:
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    channel = await wire.connect(address)
    try:
        await channel.introduce(secret, os.getpid())
        logger.info("serving the engine at %s", address)
        await Worker(channel, ice).run()
    finally:
        await channel.close()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of a worker, for `rs-server media`."""
    parser.add_argument("--connect", required=True, metavar="ADDRESS", help="unix:PATH or tcp:HOST:PORT")
    parser.add_argument("--address", action="append", metavar="IP", help="local address for media; repeatable")
    parser.add_argument("--public-address", metavar="IP", help="address that endpoints see")
    parser.add_argument("--ports", type=_ports, metavar="LOW-HIGH", help="UDP ports for media")


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    ports = int(low), int(high or low)
    if not 0 < ports[0] <= ports[1] < 65536:
        raise ValueError(text)
    return ports


def run(options: argparse.Namespace, alone: bool = False) -> int:
    """Run a worker with parsed options; the secret comes from the environment. Returns the exit status.

    `alone`: it was not started by an engine, so an interrupt from the terminal is meant for it."""
    stop = [signal.SIGTERM]
    if alone:
        stop.append(signal.SIGINT)
    else:
        # An interrupt from the terminal reaches every process; only the engine knows what has to end first.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    ice = IceSettings(options.address, options.public_address, options.ports)
    with contextlib.suppress(ImportError):
        import uvloop  # type: ignore[import-not-found]

        uvloop.install()
    secret = os.environ.pop(wire.SECRET_VARIABLE, "").encode()
    try:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(run_worker(options.connect, secret, ice, stop))
    except (OSError, ValueError, wire.Disconnected) as error:
        logger.error("no engine at %s: %s", options.connect, error)
        return 1
    return 0


def main() -> int:
    """Entry point of `python -m rs_server.media.worker`."""
    logging.basicConfig(level=os.environ.get("DESKSIDE_LOG", "WARNING"))
    parser = argparse.ArgumentParser(prog="rs-server media", description="Forward and record media.")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    raise SystemExit(main())
