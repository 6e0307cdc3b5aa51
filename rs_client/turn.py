"""Whose turn it is: the person here is asked one thing at a time, and answers with their own hands."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from rs_client.core.rights import Rights


class Turn:
    def __init__(self, rights: Rights) -> None:
        self.on_changed: Callable[[], None] = lambda: None
        """`rights.confirming` changed."""
        self.lock = asyncio.Lock()
        """Held while the person is asked something, here or elsewhere."""
        self._rights = rights

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """For what the server knows nothing of: nobody controls meanwhile."""
        async with self.lock:
            self._rights.confirming = True
            self.on_changed()
            try:
                yield
            finally:
                self._rights.confirming = False
                self.on_changed()
