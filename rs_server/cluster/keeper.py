"""Decides, again and again, what this server is: at home, or one that passes on to whoever is."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from rs_server.cluster.lease import LEASE_SECONDS, Lease
from rs_server.ports import Bus

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5
CLOSE_SECONDS = 15.0
"""A home that is none any more has so long to end; whoever it waits for is not worth more."""
AGAIN_SECONDS = 1.0
ANSWER_SECONDS = 2.0
"""Of the database; afterwards it is asked again, over another connection."""


class Front(Protocol):
    """What the server shows to the world."""

    async def pass_on(self, address: str | None) -> None:
        """Pass everything on to the home there; None: nobody is at home. Returns at once where it is so already."""


Home = Callable[[Lease], AbstractAsyncContextManager[object]]
"""Everything that is there only at home; on leaving, nothing of it is left, the front included."""


class Keeper:
    """`start` returns when it is decided for the first time; what keeps a home from starting then is raised."""

    def __init__(self, lease: Lease, front: Front, home: Home, bus: Bus) -> None:
        self._lease = lease
        self._front = front
        self._home = home
        self._bus = bus
        self._topic = f"home.{lease.tenant}"
        self._wake = asyncio.Event()
        self._settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[None] | None = None
        self._end: Callable[[], None] = lambda: None
        self.at_home = False

    async def start(self) -> None:
        self._end = self._bus.subscribe(self._topic, lambda _topic, _payload: self._wake.set())
        self._task = asyncio.create_task(self._run())
        try:
            await asyncio.shield(self._settled)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Stop being whatever it is, in good order."""
        self._end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while True:
            pause = LOOK_SECONDS
            try:
                self._wake.clear()
                async with asyncio.timeout(ANSWER_SECONDS):
                    holder = await self._lease.look()
                heard = loop.time()
                if holder is not None and holder.server != self._lease.server:
                    await self._front.pass_on(holder.address)
                    self._is_settled()
                    pause = min(LOOK_SECONDS, holder.left + 0.02)
                elif await self._lease.take():
                    await self._be_home()
                    pause = 0.0
                else:
                    await self._front.pass_on(None)
            except Exception as error:
                if not self._settled.done():
                    self._settled.set_exception(error)
                    return
                log.exception("the lease could not be looked at, or the home not be begun; trying again")
                if loop.time() - heard > LEASE_SECONDS:
                    with contextlib.suppress(Exception):
                        await self._front.pass_on(None)
                pause = AGAIN_SECONDS
            if pause:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()

    def _is_settled(self) -> None:
        if not self._settled.done():
            self._settled.set_result(None)

    async def _be_home(self) -> None:
        """Until the lease is lost or we are cancelled. The lease is kept until the home has ended."""
        lease = self._lease
        log.info("at home", extra={"tenant": lease.tenant, "epoch": lease.epoch})
        keeping = asyncio.create_task(lease.keep())
        living = asyncio.create_task(self._live())
        losing = asyncio.create_task(lease.lost.wait())
        try:
            await asyncio.wait((living, losing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.at_home = False
            try:
                await _ended(living)
            finally:
                for task in (keeping, losing):
                    task.cancel()
                await asyncio.gather(keeping, losing, return_exceptions=True)
                if not lease.lost.is_set():
                    await self._release()
        if not living.cancelled() and (error := living.exception()) is not None:
            raise error

    async def _live(self) -> None:
        async with self._home(self._lease):
            self.at_home = True
            self._is_settled()
            await asyncio.Event().wait()

    async def _release(self) -> None:
        try:
            async with asyncio.timeout(2):
                await self._lease.release()
        except Exception as error:
            log.warning("the lease could not be given back: %s", error)
        self._bus.publish(self._topic, b"released")


async def _ended(living: asyncio.Task[None]) -> None:
    """End it, within the time there is for it, also when we are cancelled meanwhile."""
    living.cancel()
    cancelled: asyncio.CancelledError | None = None
    deadline = asyncio.get_running_loop().time() + CLOSE_SECONDS
    while not living.done():
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            log.error("the home does not end; what it waits for is given up")
            living.cancel()
            deadline += 2
        try:
            await asyncio.wait((living,), timeout=max(left, 0.1))
        except asyncio.CancelledError as error:
            cancelled = error
    if not living.cancelled() and (failed := living.exception()) is not None and cancelled is not None:
        log.error("the home did not end well", exc_info=failed)
    if cancelled is not None:
        raise cancelled
