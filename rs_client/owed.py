"""What was taken back here and the server has not confirmed: said after each welcome before anything else is, also
after a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator

from rs_client.link import Refused, Unreachable
from rs_server.protocol.consent import GrantWithdraw, StopAll
from rs_server.protocol.errors import Code
from rs_server.protocol.session import SessionReport
from rs_server.protocol.socket import ClientBody

log = logging.getLogger(__name__)

Owing = StopAll | GrantWithdraw | SessionReport
AGAIN = 1.0
"""Seconds until what the server could not do is tried once more."""
TRANSIENT = (Code.SERVER_ERROR, Code.UNAVAILABLE, Code.THROTTLED)


class Owed:
    """`say` raises Refused and Unreachable."""

    def __init__(self, say: Callable[[ClientBody], Awaitable[None]], owed: Iterable[Owing] = ()) -> None:
        self._say = say
        self._owed: dict[Owing, int] = dict.fromkeys(owed, 0)
        self._count = 0
        self._turn = asyncio.Lock()
        self.reporting = any(isinstance(each, SessionReport) for each in self._owed)
        """The person here said that something is wrong."""
        self.reported = False
        """The server took that."""

    def __bool__(self) -> bool:
        return bool(self._owed)

    def __iter__(self) -> Iterator[Owing]:
        return iter(list(self._owed))

    def add(self, body: Owing) -> None:
        self._count += 1
        self._owed[body] = self._count
        self.reporting |= isinstance(body, SessionReport)

    async def pay(self) -> bool:
        """Whether the server knows it all now."""
        async with self._turn:
            while self._owed:
                body, number = next(iter(self._owed.items()))
                try:
                    await self._say(body)
                except Unreachable:
                    return False
                except Refused as refused:
                    log.info("not taken back: %s", refused)
                    if refused.code in TRANSIENT:
                        await asyncio.sleep(max(AGAIN, refused.error.retry_after or 0))
                        continue
                else:
                    self.reported |= isinstance(body, SessionReport)
                if self._owed.get(body) == number:
                    del self._owed[body]
            return True
