"""Files passed in a session: resumable uploads, checked, inert."""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.core import folder_files
from rs_server.core.file_names import harmless
from rs_server.core.session import Session, is_in
from rs_server.ports import BlobConflict, Blobs
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.files import FileInfo, FileProgress
from rs_server.protocol.session import Durable, FileChanged, GrantChanged, Participant, ParticipantChanged
from rs_server.services import ids
from rs_server.services.hub import Hub
from rs_server.store import files as store
from rs_server.store.files import FileRow

T = TypeVar("T")

log = structlog.get_logger()

MOST_FILES = 200
MOST_FOLDER_FILES = 5000
"""The same, of those from and to folders, which are there for a moment only."""
_BLOCK = 1 << 20
_TOLD_EVERY = 1 << 20

MOST_DIGESTS = 500

_DIGEST = re.compile(r"^[0-9a-fA-F]{64}\Z")
_MEDIA_TYPE = re.compile(r"^[a-z0-9.+\-]{1,60}/[a-z0-9.+\-]{1,60}$")


class Files:
    """Bytes in blobs, the rest in the session's events. The digest is of the bytes as they lie on disk."""

    def __init__(self, hub: Hub, blobs: Blobs, limit: int, folder_limit: int, session_limit: int) -> None:
        self._hub = hub
        self._blobs = blobs
        self.limit = limit
        self.folder_limit = folder_limit
        self._session_limit = session_limit
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._writers: dict[str, asyncio.Task[Any]] = {}
        self._digests: OrderedDict[str, tuple[int, hashlib._Hash]] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()
        hub.react(self._changed)

    async def start(self) -> None:
        """Finish what was whole when the server died; remove what came of sessions that were over by then."""
        async with self._hub.database.read() as connection:
            left = await store.uploading(connection)
        for row in left:
            try:
                session = await self._hub.get(row.session)
                if session.info.state == "ended":
                    await self._give_up(row.session, row.id)
                else:
                    await self.settle(row.id)
            except Exception:
                log.exception("upload not taken up again", session=row.session, file=row.id)

    async def close(self) -> None:
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def create(
        self,
        session_id: str,
        who: Participant,
        name: str,
        size: int,
        media_type: str,
        announced: str | None = None,
        folder_of: str | None = None,
        endpoint: str | None = None,
    ) -> FileRow:
        """Announce a file, also with the digest (SHA-256, hex) that it is going to have. `endpoint`: the native client
        that sends it, if it is one.

        Raises `file_too_large` (the file, or all files of the session), `session_ended`, `not_allowed` (the session is
        not live, or nobody agreed to it), `throttled` (too many files), `bad_request` (no digest), `file_digest` (of
        an empty file)."""
        limit = self.limit if folder_of is None else self.folder_limit
        if size > limit:
            raise ProtocolError(Code.FILE_TOO_LARGE, f"at most {limit} bytes")
        if folder_of == "":
            raise ProtocolError(Code.BAD_REQUEST, "folder_of is a participant", field="Upload-Metadata")
        if announced is not None and not _DIGEST.match(announced):
            raise ProtocolError(Code.BAD_REQUEST, "sha256 is 64 hexadecimal digits", field="Upload-Metadata")
        media_type = media_type.lower()
        row = FileRow(
            id=ids.new_id(),
            session=session_id,
            sender=who.id,
            name=harmless(name),
            size=size,
            media_type=media_type if _MEDIA_TYPE.match(media_type) else "application/octet-stream",
            state="uploading",
            created_at=self._hub.clock.now(),
            announced=announced.lower() if announced else None,
            folder_of=folder_of,
        )
        async with self._hub.unit() as unit, self._hub.change(session_id, unit) as change:
            state = change.session.info.state
            if state == "ended":
                raise ProtocolError(Code.SESSION_ENDED)
            if state != "live":
                # Before an agent is there anybody could fill the disk.
                raise ProtocolError(Code.NOT_ALLOWED, "files are passed while customer and agent are both in")
            if folder_of is not None and not folder_files.may_make(change.session, folder_of, who.id, endpoint):
                raise ProtocolError(Code.NOT_ALLOWED, "the customer did not allow that")
            most = MOST_FILES if folder_of is None else MOST_FOLDER_FILES
            if await store.count(unit.connection, session_id, of_folders=folder_of is not None) >= most:
                raise ProtocolError(Code.THROTTLED, "too many files in this session")
            if await store.total(unit.connection, session_id) + size > self._session_limit:
                raise ProtocolError(Code.FILE_TOO_LARGE, f"at most {self._session_limit} bytes in one session")
            await store.add(unit.connection, row)
            change.emit(FileChanged(file=_info(row)))
        if size == 0:
            row = await self._carry_through(self.settle(row.id))
            if row.state == "failed":
                raise _wrong_digest()
        return row

    async def get(self, file_id: str) -> FileRow:
        async with self._hub.database.read() as connection:
            row = await store.by_id(connection, file_id)
        if row is None:
            raise ProtocolError(Code.NOT_FOUND)
        return row

    async def offset(self, row: FileRow) -> int:
        return await self._blobs.size(_key(row)) or 0

    async def settle(self, file_id: str) -> FileRow:
        """The row as it is. A file that is whole on disk, and that nobody writes any more, is finished first."""
        row = await self.get(file_id)
        if not await self._left_whole(row):
            return row
        async with self._lock(file_id):
            row = await self.get(file_id)
            if not await self._left_whole(row):
                return row
            if row.size == 0:
                await self._blobs.append(_key(row), 0, b"")
            digest = await self._digest(row, row.size)
            try:
                await self._carry_through(self._finish(row, digest))
            except ProtocolError as error:
                log.info("upload not finished", session=row.session, file=row.id, reason=error.error.code)
        return await self.get(file_id)

    async def _settle_later(self, row: FileRow) -> None:
        try:
            await self.settle(row.id)
        except Exception:
            log.exception("upload not finished", session=row.session, file=row.id)

    async def _left_whole(self, row: FileRow) -> bool:
        return row.state == "uploading" and row.id not in self._writers and await self.offset(row) == row.size

    def _lock(self, file: str) -> asyncio.Lock:
        return self._locks.setdefault(file, asyncio.Lock())

    def _spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Whoever waits for it has it; whoever was cancelled does not want it.
            task.exception()

    async def _carry_through(self, work: Coroutine[Any, Any, T]) -> T:
        """Do it to the end, also when the request it is done for is cancelled meanwhile."""
        task = self._spawn(work)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    async def append(self, row: FileRow, who: Participant, offset: int, chunks: AsyncIterator[bytes]) -> int:
        """Add bytes at `offset`; returns how many are there. What arrived before a break stays.

        Whoever comes back while the connection from before is not known to be dead yet takes over from it.
        Raises `conflict` when the offset is another or the file is no longer open, `too_large` when more comes than
        was announced, `session_ended`."""
        if row.sender != who.id:
            raise ProtocolError(Code.NOT_FOUND)
        lock = self._lock(row.id)
        former = self._writers.get(row.id)
        if former is not None:
            former.cancel()
        async with lock:
            me = asyncio.current_task()
            if me is not None:
                self._writers[row.id] = me
            try:
                return await self._append(row, offset, chunks)
            except asyncio.CancelledError:
                # The last byte may have come all the same.
                self._spawn(self._settle_later(row))
                raise
            finally:
                self._writers.pop(row.id, None)

    async def _append(self, row: FileRow, offset: int, chunks: AsyncIterator[bytes]) -> int:
        self._check_open(row)
        row = await self.get(row.id)
        if row.state == "failed":
            raise _wrong_digest()
        if row.state != "uploading":
            raise ProtocolError(Code.CONFLICT, "the file is no longer open")
        here = await self.offset(row)
        if offset != here:
            raise ProtocolError(Code.CONFLICT, f"{here} bytes are there, not {offset}")
        counted, digest = self._digests.pop(row.id, (0, hashlib.sha256()))
        if counted != here:
            digest = await self._digest(row, here)
        here = await self._write(row, here, chunks, digest)
        if here == row.size:
            await self._carry_through(self._finish(row, digest))
        return here

    def _check_open(self, row: FileRow) -> None:
        """The session goes on and its sender is in it."""
        session = self._hub.peek(row.session)
        sender = session.participants.get(row.sender) if session else None
        if sender is None or not is_in(sender):
            raise ProtocolError(Code.SESSION_ENDED)

    async def _write(self, row: FileRow, here: int, chunks: AsyncIterator[bytes], digest: "hashlib._Hash") -> int:
        block = bytearray()
        told = here
        try:
            async for chunk in chunks:
                block += chunk
                if here + len(block) > row.size:
                    raise ProtocolError(Code.TOO_LARGE, "more bytes than were announced")
                if len(block) >= _BLOCK:
                    self._check_open(row)
                    here = await self._flush(row, here, block, digest)
                    if here - told >= _TOLD_EVERY and row.folder_of is None:
                        told = here
                        self._hub.tell(row.session, FileProgress(file=row.id, received=here))
        finally:
            # Also when the connection broke: what came is kept, and the sender goes on from there.
            if block and here + len(block) <= row.size:
                here = await self._flush(row, here, block, digest)
        return here

    async def _flush(self, row: FileRow, here: int, block: bytearray, digest: "hashlib._Hash") -> int:
        """Until both are done the digest is not kept: it is counted anew from the disk then."""
        data = bytes(block)
        block.clear()
        self._digests.pop(row.id, None)
        try:
            size = await self._carry_through(self._store(row, here, data, digest))
        except BlobConflict as error:
            raise ProtocolError(Code.CONFLICT, str(error)) from error
        self._digests[row.id] = (size, digest)
        while len(self._digests) > MOST_DIGESTS:
            self._digests.popitem(last=False)
        return size

    async def _store(self, row: FileRow, here: int, data: bytes, digest: "hashlib._Hash") -> int:
        size, _ = await asyncio.gather(
            self._blobs.append(_key(row), here, data), asyncio.to_thread(digest.update, data)
        )
        return size

    async def _digest(self, row: FileRow, size: int) -> "hashlib._Hash":
        digest = hashlib.sha256()
        if size:
            async for chunk in self._blobs.read(_key(row), 0, size):
                await asyncio.to_thread(digest.update, chunk)
        return digest

    async def _finish(self, row: FileRow, digest: "hashlib._Hash") -> None:
        """All bytes are there. Raises `file_digest` when they are not those that were announced."""
        self._digests.pop(row.id, None)
        sha256 = digest.hexdigest()
        state = "ready" if row.announced in (None, sha256) else "failed"
        async with self._hub.unit() as unit:
            if not await store.set_state(unit.connection, row.id, "uploading", state):
                raise ProtocolError(Code.CONFLICT, "the file is no longer open")
            async with self._hub.change(row.session, unit) as change:
                if change.session.info.state == "ended":
                    raise ProtocolError(Code.SESSION_ENDED)
                sender = change.session.participants.get(row.sender)
                change.emit(FileChanged(file=_info(row, state, sha256 if state == "ready" else None)))
                if state == "ready" and row.folder_of is None:
                    change.line("file", sender, file=row.id, name=row.name, size=str(row.size))
        if state == "failed":
            await self._blobs.delete(_key(row))
            raise _wrong_digest()

    async def cancel(self, row: FileRow, who: Participant, endpoint: str | None = None) -> None:
        """The sender, or the agent in charge, takes back a file that is not whole yet. One of folders, also when it is
        whole, and also whoever could fetch it: it has served."""
        session = await self._hub.get(row.session)
        carried = row.folder_of is not None
        fetches = carried and folder_files.may_fetch(session, row, who.id, endpoint)
        if not fetches and who.id not in (row.sender, session.info.primary):
            raise ProtocolError(Code.NOT_FOUND)
        if not await self._cancelled(row):
            raise ProtocolError(Code.CONFLICT, "the file is whole already")

    async def _cancelled(self, row: FileRow) -> bool:
        """False when it is too late."""
        async with self._hub.unit() as unit:
            if not await _set_cancelled(unit.connection, row):
                return False
            async with self._hub.change(row.session, unit) as change:
                change.emit(FileChanged(file=_info(row, state="cancelled")))
        await self._forget(row.session, row.id)
        return True

    async def _forget(self, session: str, file: str) -> None:
        """Remove what came of a file that will not be whole."""
        writer = self._writers.get(file)
        if writer is not None:
            writer.cancel()
        async with self._lock(file):
            self._digests.pop(file, None)
            await self._blobs.delete(_blob(session, file))

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        if session.info.state != "ended":
            if any(isinstance(event, GrantChanged | ParticipantChanged) for event in events):
                for file in session.files.values():
                    if file.state in ("uploading", "ready") and not folder_files.is_wanted(session, file):
                        self._spawn(self._unwanted(file.id))
            return
        for event in events:
            if isinstance(event, FileChanged) and event.file.state == "cancelled":
                self._spawn(self._give_up(session.info.id, event.file.id))

    async def _unwanted(self, file: str) -> None:
        """The consent that it rested on is over."""
        try:
            await self._cancelled(await self.get(file))
        except Exception:
            log.exception("file of folders not removed", file=file)

    async def _give_up(self, session: str, file: str) -> None:
        """The session ended before the file was whole."""
        try:
            async with self._hub.unit() as unit:
                row = await store.by_id(unit.connection, file)
                if row is not None:
                    await _set_cancelled(unit.connection, row)
            await self._forget(session, file)
        except Exception:
            log.exception("upload not cleaned up", session=session, file=file)

    async def look(self, row: FileRow, who: Participant, endpoint: str | None = None) -> FileRow:
        """The row as it is, settled. Raises `not_found` for who neither sends nor may fetch it."""
        session = await self._hub.get(row.session)
        if who.id != row.sender and not folder_files.may_fetch(session, row, who.id, endpoint):
            raise ProtocolError(Code.NOT_FOUND)
        return await self.settle(row.id)

    async def downloadable(self, row: FileRow, who: Participant, endpoint: str | None = None) -> str:
        """The blob's path. Raises `not_found` for who is not in the session, or a file that is not whole, and of one
        of folders for whom it is not meant. `endpoint`: the native client that wants it, if it is one."""
        session = await self._hub.get(row.session)
        person = session.participants.get(who.id)
        may = person is not None and (is_in(person) or session.info.state == "ended")
        may = may and folder_files.may_fetch(session, row, who.id, endpoint)
        if not may:
            raise ProtocolError(Code.NOT_FOUND)
        return self._whole(row)

    async def recorded(self, file_id: str) -> tuple[FileRow, str]:
        """A whole file of any session, and the blob's path, for who looks back. Raises `not_found`."""
        async with self._hub.database.read() as connection:
            row = await store.of_tenant(connection, self._hub.tenant, file_id)
        if row is None or row.folder_of is not None:
            raise ProtocolError(Code.NOT_FOUND)
        return row, self._whole(row)

    def _whole(self, row: FileRow) -> str:
        if row.state != "ready":
            raise ProtocolError(Code.NOT_FOUND)
        path = self._blobs.path(_key(row))
        if path is None:
            raise ProtocolError(Code.NOT_FOUND)
        return path


def _wrong_digest() -> ProtocolError:
    return ProtocolError(Code.FILE_DIGEST, "the bytes are not those that were announced")


async def _set_cancelled(connection: AsyncConnection, row: FileRow) -> bool:
    before = ("uploading",) if row.folder_of is None else ("uploading", "ready")
    for state in before:
        if await store.set_state(connection, row.id, state, "cancelled"):
            return True
    return False


def _key(row: FileRow) -> str:
    return _blob(row.session, row.id)


def _blob(session: str, file: str) -> str:
    return f"files/{session}/{file}"


def _info(row: FileRow, state: str | None = None, sha256: str | None = None) -> FileInfo:
    return FileInfo(
        id=row.id,
        name=row.name,
        size=row.size,
        media_type=row.media_type,
        sender=row.sender,
        state=state or row.state,  # type: ignore[arg-type]  # the column holds these states only
        created_at=row.created_at,
        sha256=sha256,
        folder_of=row.folder_of,
        folder_for=row.folder_for,
    )
