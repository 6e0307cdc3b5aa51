"""The native client as one file, where the installation offers it."""

import asyncio
import hashlib
import stat
from pathlib import Path

import msgspec
from aiohttp import web

NAME = "rs-client"
PATH = f"/client/{NAME}"


class Download(msgspec.Struct, frozen=True):
    """What a visitor is told of the file. `size` in bytes; `sha256` in hexadecimal."""

    path: str
    size: int
    sha256: str


class Downloads:
    """Looks each time, so that a file may be put there, changed and taken away while the server runs."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / NAME
        self._looking = asyncio.Lock()
        self._known: tuple[tuple[int, int, int], Download] | None = None

    async def look(self) -> Download | None:
        """None when there is no such file that can be read. It is read through only when it is another than before."""
        async with self._looking:
            return await asyncio.to_thread(self._look)

    def _look(self) -> Download | None:
        try:
            found = self.file.stat()
            if not stat.S_ISREG(found.st_mode):
                return None
            mark = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._known is None or self._known[0] != mark:
                with self.file.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
                self._known = (mark, Download(PATH, found.st_size, digest))
        except OSError:
            return None
        return self._known[1]


DOWNLOADS: web.AppKey[Downloads] = web.AppKey("downloads", Downloads)


async def client_file(request: web.Request) -> web.StreamResponse:
    downloads = request.app[DOWNLOADS]
    if await downloads.look() is None:
        raise web.HTTPNotFound
    return web.FileResponse(
        downloads.file,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{NAME}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        },
    )
