"""Blobs as files in one folder."""

import asyncio
import fcntl
import os
import re
from collections.abc import AsyncIterator
from pathlib import Path

from rs_server.ports import BlobConflict, BlobMissing

_KEY = re.compile(r"^[A-Za-z0-9_\-]+(/[A-Za-z0-9_\-.]+)*$")
_CHUNK = 1 << 20


class FolderBlobs:
    """Keys become paths below `root`; a key that could leave it is a programming error and raises `ValueError`."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.root.mkdir(parents=True, exist_ok=True)

    async def size(self, key: str) -> int | None:
        path = self._path(key)
        try:
            return (await asyncio.to_thread(path.stat)).st_size
        except FileNotFoundError:
            return None

    async def changed(self, key: str) -> float | None:
        path = self._path(key)
        try:
            return (await asyncio.to_thread(path.stat)).st_mtime
        except FileNotFoundError:
            return None

    async def append(self, key: str, offset: int, data: bytes) -> int:
        return await asyncio.to_thread(self._append, self._path(key), offset, data)

    def _append(self, path: Path, offset: int, data: bytes) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            # Until the file is closed nobody else appends, in this process or another.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0, os.SEEK_END)
            if file.tell() != offset:
                raise BlobConflict(f"{path.name}: {file.tell()} bytes are there, not {offset}")
            file.write(data)
            return file.tell()

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(key).open, "rb")
        except FileNotFoundError as error:
            raise BlobMissing(key) from error
        try:
            await asyncio.to_thread(file.seek, start)
            left = None if end is None else end - start
            while left is None or left > 0:
                chunk = await asyncio.to_thread(file.read, _CHUNK if left is None else min(_CHUNK, left))
                if not chunk:
                    return
                if left is not None:
                    left -= len(chunk)
                yield chunk
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    def path(self, key: str) -> str | None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fspath(path)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key) or ".." in key:
            raise ValueError(f"not a blob key: {key!r}")
        return self.root / key
