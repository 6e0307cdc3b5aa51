"""What the engine knows of one worker, and how it asks it."""

import asyncio
from dataclasses import dataclass, field

from rs_server.ports import MediaRefused, MediaUnavailable

from . import wire

CALL_TIMEOUT = 10.0
"""Seconds; a worker does nothing that takes as long."""


class Gone(Exception):
    """The worker died while it was asked."""


@dataclass(slots=True)
class OpenPart:
    """An open part, as far as it is known to be on disk; times are the server's."""

    leg: str
    opened: bool = False
    ended_at: float = 0.0
    frames: int = 0
    bytes: int = 0
    keyframes: int = 0


@dataclass(eq=False)
class WorkerLink:
    """A connected worker."""

    channel: wire.Channel
    pid: int
    offset: float = 0.0
    """Seconds by which its clock is ahead of ours."""
    legs: set[str] = field(default_factory=set)
    parts: dict[str, OpenPart] = field(default_factory=dict)
    calls: dict[int, asyncio.Future[wire.Reply]] = field(default_factory=dict)
    number: int = 0
    best_trip: float = float("inf")
    alive: bool = True

    async def call(self, command: wire.Command, timeout: float = CALL_TIMEOUT) -> wire.Reply:
        """Ask and wait. Raises Gone when the worker dies or does not answer, MediaRefused when it
        refuses."""
        if not self.alive:
            raise Gone
        self.number += 1
        future: asyncio.Future[wire.Reply] = asyncio.get_running_loop().create_future()
        self.calls[self.number] = future
        number = self.number
        self.channel.send(wire.Request(number, command))
        try:
            reply = await asyncio.wait_for(future, timeout)
        except TimeoutError as error:
            raise Gone from error
        finally:
            self.calls.pop(number, None)
        if reply.refused is not None:
            raise MediaRefused(reply.refused)
        if reply.failed is not None:
            raise MediaUnavailable(reply.failed)
        return reply
