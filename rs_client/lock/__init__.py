"""Whether the screen is locked, or somebody else's session is in front: what the X server's screen saver, the
desktop's and the system's session manager say. A locker that tells none of them is not noticed. Not on Windows and
macOS."""

import asyncio
import sys
from collections.abc import Callable

Say = Callable[[str, bool], None]
"""One of the sources, by name, says so."""


class Sources:
    """Locked while any of them says so; `told` at each change."""

    def __init__(self, told: Callable[[bool], None]) -> None:
        self._told = told
        self._locking: set[str] = set()

    def say(self, source: str, locked: bool) -> None:
        before = bool(self._locking)
        (self._locking.add if locked else self._locking.discard)(source)
        if bool(self._locking) != before:
            self._told(not before)


async def watch(told: Callable[[bool], None]) -> None:
    """As long as anything is there that tells."""
    if sys.platform in ("win32", "darwin"):
        return
    # Late: they need an X server's library.
    from . import bus, x11

    say = Sources(told).say
    await asyncio.gather(x11.watch(say), bus.watch_savers(say), bus.watch_session(say))
