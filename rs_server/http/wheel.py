"""The native client as a wheel, made of what is installed here: of the server's own version, from the server itself.

No name on a public index is asked for it, where anybody might put something under a name like it. What it depends on
comes from the index that pip is set up with, as for everything else."""

import base64
import functools
import hashlib
import importlib.metadata
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

from rs_server import __version__

ROOT = Path(__file__).resolve().parents[2]
NAME = "deskside_client"
PARTS = ("rs_client", "rs_server/protocol", "rs_server/rtc")
"""The client, and what it shares with the server."""
_OTHERS = re.compile(r"extra\s*==\s*(['\"])(?!client\1)")
_OWN = re.compile(r"\s*(?:;|and)\s*extra\s*==\s*(['\"])client\1")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class Wheel(NamedTuple):
    name: str
    data: bytes
    sha256: str

    @property
    def path(self) -> str:
        return f"/client/{self.name}"

    @property
    def pinned(self) -> str:
        """The path with its digest, which pip compares."""
        return f"{self.path}#sha256={self.sha256}"


@functools.cache
def client_wheel() -> Wheel:
    """The same bytes from the same sources. Raises PackageNotFoundError where the server is not installed."""
    files = dict(_files())
    info = f"{NAME}-{__version__}.dist-info"
    files[f"{info}/METADATA"] = _metadata().encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: deskside\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = b"[console_scripts]\nrs-client = rs_client.__main__:main\n"
    record = f"{info}/RECORD"
    files[record] = "".join([*(_recorded(*each) for each in files.items()), f"{record},,\n"]).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    data = packed.getvalue()
    return Wheel(f"{NAME}-{__version__}-py3-none-any.whl", data, hashlib.sha256(data).hexdigest())


def _files() -> Iterator[tuple[str, bytes]]:
    yield "rs_server/__init__.py", (ROOT / "rs_server" / "__init__.py").read_bytes()
    for part in PARTS:
        for file in sorted((ROOT / part).rglob("*.py")):
            yield file.relative_to(ROOT).as_posix(), file.read_bytes()
    for file in sorted((ROOT / "rs_server" / "_web" / "locales").glob("*.json")):
        said = {"client": json.loads(file.read_bytes())["client"]}
        yield f"rs_client/_locales/{file.name}", json.dumps(said, ensure_ascii=False).encode()


def _metadata() -> str:
    needs = [_OWN.sub("", each) for each in importlib.metadata.requires("deskside") or () if not _OTHERS.search(each)]
    about = (
        "Metadata-Version: 2.1",
        "Name: deskside-client",
        f"Version: {__version__}",
        "Summary: The native client of Deskside",
        "License: Apache-2.0",
        "Requires-Python: >=3.11",
        *(f"Requires-Dist: {each}" for each in needs),
    )
    return "\n".join(about) + "\n"


def _recorded(name: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(content)}\n"


async def client_wheel_file(request: web.Request) -> web.Response:
    wheel = client_wheel()
    if request.match_info["wheel"] != wheel.name:
        raise web.HTTPNotFound
    return web.Response(
        body=wheel.data,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f'attachment; filename="{wheel.name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-cache",
        },
    )
