"""Files of folders on their way: to the server by tus 1.0, from it by ranges. Each goes on after a break."""

import asyncio
import base64
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from rs_client.core.roots import Root
from rs_client.folders.blocking import Threads
from rs_client.folders.no import No
from rs_client.folders.part import Part
from rs_client.folders.source import Source
from rs_client.link import QUIET, Refused, Server, Unreachable
from rs_server.protocol.errors import Code
from rs_server.protocol.folders import FolderReason

log = logging.getLogger(__name__)

BLOCK = 256 * 1024
SEGMENT = 32 * 1024 * 1024
"""Bytes of one request: proxies bound them."""
BACK_OFF = (0.25, 0.5, 1.0, 2.0, 4.0)
PATIENCE = 60.0
"""Seconds without any progress, the connection being there, after which it is given up."""

_REASONS: dict[Code, FolderReason] = {
    Code.NOT_ALLOWED: "no_consent",
    Code.SESSION_ENDED: "no_consent",
    Code.NOT_FOUND: "not_found",
    Code.FILE_TOO_LARGE: "too_large",
    Code.TOO_LARGE: "too_large",
    Code.THROTTLED: "too_many",
    Code.FILE_DIGEST: "changed",
}
"""What another try does not change."""
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)\Z")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43})=:\Z")


@dataclass
class Progress:
    """Bytes."""

    done: int = 0
    total: int = 0


class Carrier:
    """`open` is set as long as anything may be done; `access`, `session` and `you` are of the last
    welcome and snapshot."""

    def __init__(self, server: Server, threads: Threads) -> None:
        self.open = asyncio.Event()
        self.access, self.session, self.you = "", "", ""
        self._server = server
        self._threads = threads
        self._dropping: set[asyncio.Task[None]] = set()

    # --- out of the folders ---

    async def send(self, root: Root, path: Sequence[str], progress: Progress) -> str:
        """As a file of the session; its id there. Raises No."""
        source = await self._threads(lambda: Source(root, path), Source.close)
        try:
            progress.total = source.size
            place = await self._announce(source)
            try:
                sha256 = await self._send_all(source, place, progress)
                await self._threads(partial(source.check, sha256))
            except No:
                await self.drop(place)
                raise
            except asyncio.CancelledError:
                self._drop_later(place)
                raise
            return place.rpartition("/")[2]
        finally:
            source.close()

    async def _announce(self, source: Source) -> str:
        metadata = {"filename": source.name, "folder_of": self.you}
        said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in metadata.items())

        headers = {"Upload-Length": str(source.size), "Upload-Metadata": said}

        async def once() -> str:
            async with self._server.carry("POST", f"/sessions/{self.session}/files", self.access, headers) as response:
                return f"/files/{response.headers['Location'].rpartition('/')[2]}"

        return str(await self._tried(once, lambda: 0))

    async def _send_all(self, source: Source, place: str, progress: Progress) -> str:
        """The digest of what the server has."""

        async def once() -> str:
            while True:
                async with self._server.carry("HEAD", place, self.access) as response:
                    progress.done = min(progress.total, int(response.headers.get("Upload-Offset", "0")))
                    if progress.done == progress.total:
                        return _sha256(response.headers)
                while progress.done < progress.total:
                    await self.open.wait()
                    await self._segment(source, place, progress)
                    # Of what was just read: the system has it at hand.
                    await self._threads(partial(source.count, progress.done))

        return str(await self._tried(once, lambda: progress.done))

    async def _segment(self, source: Source, place: str, progress: Progress) -> None:
        """Raises No, Refused, Unreachable."""
        end = min(progress.total, progress.done + SEGMENT)
        failed: list[No] = []
        async with _Patience() as patience:

            async def blocks() -> AsyncIterator[bytes]:
                here = progress.done
                while here < end:
                    await self.open.wait()
                    patience.renew()
                    try:
                        data = await self._threads(partial(source.read, min(BLOCK, end - here), here))
                    except No as error:
                        failed.append(error)
                        raise
                    yield data
                    here += len(data)
                    progress.done = here

            headers = {"Upload-Offset": str(progress.done), "Content-Type": "application/offset+octet-stream"}
            try:
                async with self._server.carry("PATCH", place, self.access, headers, blocks()) as response:
                    progress.done = int(response.headers.get("Upload-Offset", str(end)))
            except Unreachable:
                if failed:
                    raise failed[0] from None
                raise

    # --- into the folders ---

    async def fetch(
        self,
        file: str,
        begin: Callable[[], Part],
        put: Callable[[Part], str],
        progress: Progress,
        placed: Callable[[str], None],
    ) -> None:
        """A file of the session. `begin` and `put` block. `placed` gets what it is called in the folder once it is
        there, also when this was cancelled meanwhile. Raises No."""
        place = f"/files/{file}"

        def there(name: str) -> None:
            placed(name)
            self._drop_later(place)

        part = await self._threads(begin, Part.close)
        try:
            sha256 = str(await self._tried(lambda: self._take(place, part, progress), lambda: part.size))
            await self._threads(lambda: part.flush(progress.total, sha256))
            await self.open.wait()
            placed(await self._threads(lambda: put(part), there))
        finally:
            part.close()
        try:
            await self.drop(place)
        except asyncio.CancelledError:
            self._drop_later(place)
            raise

    async def _take(self, place: str, part: Part, progress: Progress) -> str:
        """The rest of it; the digest that the server says."""
        headers = {"Accept-Encoding": "identity"}
        if part.size:
            # When all is there: its last byte, for there is no range behind it.
            headers["Range"] = f"bytes={min(part.size, progress.total - 1)}-"
        async with self._server.carry("GET", f"{place}/content", self.access, headers) as response:
            first, progress.total = _which(response.status, response.headers)
            skip = part.size - first
            sha256 = _sha256(response.headers)
            if skip < 0:
                raise Unreachable("strange", "another part than was asked for")
            await self._threads(lambda: part.room_for(progress.total))
            block = bytearray()
            async for data in response.content.iter_chunked(BLOCK):
                await self.open.wait()
                block += data[skip:]
                skip = max(0, skip - len(data))
                if len(block) >= BLOCK or part.size + len(block) >= progress.total:
                    whole = bytes(block)
                    block.clear()
                    if part.size + len(whole) > progress.total:
                        raise No("failed", "more came than was announced")
                    await self._threads(partial(part.write, whole))
                    progress.done = part.size
        if part.size != progress.total:
            raise Unreachable("offline", "it ended before its end")
        return sha256

    # --- both ---

    def _drop_later(self, place: str) -> None:
        dropping = asyncio.create_task(self.drop(place))
        self._dropping.add(dropping)
        dropping.add_done_callback(self._dropping.discard)

    async def drop(self, place: str) -> None:
        """The server need not keep it; it removes it by itself later."""
        try:
            async with self._server.carry("DELETE", place, self.access):
                pass
        except (Refused, Unreachable) as error:
            log.info("not removed: %s", error)

    async def _tried(self, once: Any, made: Any) -> Any:
        """Until it is done. `made` tells how far it is. Raises No."""
        tries, last, since = 0, -1, time.monotonic()
        while True:
            if not self.open.is_set():
                await self.open.wait()
                since = time.monotonic()
            try:
                return await once()
            except Refused as refused:
                if refused.code in _REASONS:
                    raise No(_REASONS[refused.code], refused.error.message) from None
                words = str(refused)
            except Unreachable as error:
                words = str(error)
            log.info("to be tried again: %s", words)
            if (so_far := made()) != last:
                tries, last, since = 0, so_far, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise No("failed", words)
            await asyncio.sleep(BACK_OFF[min(tries, len(BACK_OFF) - 1)])
            tries += 1


def _sha256(headers: Mapping[str, str]) -> str:
    """Of the whole file, as the server counted it (RFC 9530)."""
    found = _DIGEST.match(headers.get("Repr-Digest", ""))
    if found is None:
        raise Unreachable("strange", "no digest")
    return base64.b64decode(found[1] + "=").hex()


def _which(status: int, headers: Any) -> tuple[int, int]:
    """(the first byte that comes, how many the whole has)"""
    if status == 206:
        found = _RANGE.match(headers.get("Content-Range", ""))
        if found is None:
            raise Unreachable("strange", "no range")
        return int(found[1]), int(found[2])
    length = headers.get("Content-Length", "")
    if not length.isdigit():
        raise Unreachable("strange", "no length")
    return 0, int(length)


class _Patience:
    """Raises Unreachable in the body when it was not renewed for too long."""

    async def __aenter__(self) -> "_Patience":
        self._timeout = asyncio.timeout(QUIET)
        await self._timeout.__aenter__()
        return self

    def renew(self) -> None:
        self._timeout.reschedule(asyncio.get_running_loop().time() + QUIET)

    async def __aexit__(self, *error: Any) -> None:
        try:
            await self._timeout.__aexit__(*error)
        except TimeoutError:
            raise Unreachable("offline", "nothing goes through") from None
