"""Clock, bus and blobs."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol


class Clock(Protocol):
    """Wall time as seconds since the epoch. Virtual in tests."""

    def now(self) -> float: ...


class Bus(Protocol):
    """Notices between parts and processes. Carries news, never the truth: a subscriber may miss messages
    while it is away and then reads the store."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send to everyone subscribed to `topic`. Never waits and never fails; call it after the commit."""

    def subscribe(self, topic: str, handler: Callable[[str, bytes], None]) -> Callable[[], None]:
        """Call `handler(topic, payload)` for each message, in order. Returns the call that ends it."""


class Blobs(Protocol):
    """Named byte strings: uploads in progress, files, recordings. Keys are ours (`a/b/c`), never a user's."""

    async def size(self, key: str) -> int | None:
        """Bytes stored under `key`, or None when there is nothing."""

    async def changed(self, key: str) -> float | None:
        """When bytes were last written, in seconds since the epoch; None when there is nothing."""

    async def append(self, key: str, offset: int, data: bytes) -> int:
        """Write `data` at `offset`, which must equal the present size. Returns the new size.

        Raises `BlobConflict` when the offset is another."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Chunks of the bytes from `start` to `end` (exclusive). Raises `BlobMissing`."""

    async def delete(self, key: str) -> None:
        """Remove; nothing happens when there is nothing."""

    def path(self, key: str) -> str | None:
        """A file path to read or write directly, where the adapter has one."""


class BlobMissing(Exception):
    """No such blob."""


class BlobConflict(Exception):
    """The bytes do not begin where the blob ends."""
