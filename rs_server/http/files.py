"""Files by tus 1.0 (https://tus.io/protocols/resumable-upload): core, creation, termination. Downloads are inert."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator
from urllib.parse import quote

from aiohttp import ClientConnectionError, StreamReader, web

from rs_server.core.session import is_in
from rs_server.http.kit import Call, Route
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.store.files import FileRow

_VERSION = "1.0.0"
STALL_SECONDS = 30.0
"""A sender of whom nothing comes for so long is taken to be gone."""


async def _part(call: Call, session_id: str) -> Participant:
    """The caller's part in the session. Raises `not_found`, whether the session exists or not."""
    caller, services = call.caller, call.services
    session = await services.hub.get(session_id)
    if caller.endpoint is not None:
        found = session.participants.get(caller.endpoint.participant) if caller.endpoint.session == session_id else None
    else:
        user = caller.staff().id
        mine = [p for p in session.participants.values() if p.user == user and p.joined_at is not None]
        found = next((p for p in reversed(mine) if is_in(p)), mine[-1] if mine else None)
    if found is None:
        raise ProtocolError(Code.NOT_FOUND, "no such session")
    return found


async def _row(call: Call) -> tuple[FileRow, Participant]:
    row = await call.services.files.get(call.request.match_info["file"])
    return row, await _part(call, row.session)


def _native(call: Call) -> str | None:
    """The native client that calls, if it is one."""
    endpoint = call.caller.endpoint
    return endpoint.id if endpoint is not None and endpoint.native else None


def _tus(status: int, **headers: str) -> web.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(status=status, headers={"Tus-Resumable": _VERSION, **named})


def _length(call: Call, name: str) -> int:
    text = call.request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise ProtocolError(Code.BAD_REQUEST, f"{name} must be a number", field=name)
    return int(text)


def _metadata(call: Call) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and a base64 value."""
    found: dict[str, str] = {}
    for piece in call.request.headers.get("Upload-Metadata", "")[:4000].split(","):
        key, _, value = piece.strip().partition(" ")
        try:
            found[key] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ProtocolError(Code.BAD_REQUEST, "metadata is base64 of UTF-8", field="Upload-Metadata") from error
    return found


async def create(call: Call) -> web.Response:
    session = call.request.match_info["session"]
    part = await _part(call, session)
    if not is_in(part):
        raise ProtocolError(Code.SESSION_ENDED)
    metadata = _metadata(call)
    size = _length(call, "Upload-Length")
    row = await call.services.files.create(
        session,
        part,
        metadata.get("filename", "file"),
        size,
        metadata.get("filetype", ""),
        metadata.get("sha256"),
        metadata.get("folder_of"),
        _native(call),
    )
    files = call.services.files
    limit = files.limit if row.folder_of is None else files.folder_limit
    return _tus(201, Location=f"/api/v1/files/{row.id}", Tus_Max_Size=str(limit))


async def head(call: Call) -> web.Response:
    row, part = await _row(call)
    row = await call.services.files.look(row, part, _native(call))
    if row.state == "failed":
        raise ProtocolError(Code.FILE_DIGEST)
    offset = row.size if row.state == "ready" else await call.services.files.offset(row)
    answer = _tus(200, Upload_Offset=str(offset), Upload_Length=str(row.size), Cache_Control="no-store")
    answer.headers.update(await _digest(call, row))
    return answer


async def _digest(call: Call, row: FileRow) -> dict[str, str]:
    """Of the whole file (RFC 9530), once it is there; also with a part of it."""
    sha256 = (await call.services.hub.get(row.session)).files[row.id].sha256
    if sha256 is None:
        return {}
    return {"Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"}


async def patch(call: Call) -> web.Response:
    if call.request.content_type != "application/offset+octet-stream":
        raise ProtocolError(Code.BAD_REQUEST, "the body must be application/offset+octet-stream")
    row, part = await _row(call)
    offset = _length(call, "Upload-Offset")
    here = await call.services.files.append(row, part, offset, _chunks(call.request.content))
    return _tus(204, Upload_Offset=str(here))


async def _chunks(content: StreamReader) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(STALL_SECONDS):
                chunk = await content.readany()
            if not chunk:
                return
            yield chunk
    except (ClientConnectionError, ConnectionResetError, TimeoutError):
        # The sender is gone for now; what came is kept, and it goes on from there.
        return


async def cancel(call: Call) -> web.Response:
    row, part = await _row(call)
    await call.services.files.cancel(row, part, _native(call))
    return _tus(204)


async def content(call: Call) -> web.StreamResponse:
    row, part = await _row(call)
    path = await call.services.files.downloadable(row, part, _native(call))
    answer = inert(path, row.name, "same-origin" if call.caller.user else "cross-origin")
    answer.headers.update(await _digest(call, row))
    return answer


def inert(path: str, name: str, readers: str = "same-origin") -> web.FileResponse:
    """The file, never to be shown in the page: as an attachment, without sniffing, in a sandbox."""
    return web.FileResponse(
        path,
        headers={
            "Content-Type": "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": readers,
            "Cache-Control": "no-store",
        },
    )


_TAKE_PART = "session.take_part"

ROUTES = [
    Route(
        "POST",
        "/api/v1/sessions/{session}/files",
        _TAKE_PART,
        create,
        "Announce a file (tus 1.0), while the session is live. `Upload-Metadata`: filename, filetype, where the bytes "
        "are to be checked sha256 (hex), and for one from or to a customer's folders folder_of (participant)",
        status=201,
        cross_site=True,
    ),
    Route(
        "HEAD",
        "/api/v1/files/{file}",
        _TAKE_PART,
        head,
        "How many bytes are there; a file that is whole is passed on",
        cross_site=True,
    ),
    Route(
        "PATCH",
        "/api/v1/files/{file}",
        _TAKE_PART,
        patch,
        "Send bytes. The last of them are refused with `file_digest` (422), and all are deleted, when they are not "
        "those whose sha256 was announced",
        status=204,
        cross_site=True,
    ),
    Route(
        "DELETE",
        "/api/v1/files/{file}",
        _TAKE_PART,
        cancel,
        "Cancel an upload; of folders, also a whole file",
        status=204,
        cross_site=True,
    ),
    Route("GET", "/api/v1/files/{file}/content", _TAKE_PART, content, "Download a file", cross_site=True),
]
