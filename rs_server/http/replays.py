"""Routes of those who look back: the list of sessions, their detail report, recordings."""

from aiohttp import web

from rs_server.http.files import inert
from rs_server.http.kit import Call, Route
from rs_server.protocol.api import SessionDetail, SessionPage, Timeline
from rs_server.protocol.errors import Code, ProtocolError

_KINDS = {"opus": "audio/webm", "vp8": "video/webm", "h264": "video/matroska"}
"""By codec; a page is none."""


async def find(call: Call) -> SessionPage:
    return await call.services.replay.find(
        call.caller.staff(),
        query=call.query("query"),
        agent=call.query("agent"),
        queue=call.query("queue"),
        since=call.number("since"),
        until=call.number("until"),
        cursor=call.query("cursor"),
    )


async def detail(call: Call) -> SessionDetail:
    return await call.services.replay.detail(call.caller.staff(), call.request.match_info["session"])


async def timeline(call: Call) -> Timeline:
    return await call.services.replay.timeline(call.caller.staff(), call.request.match_info["session"])


async def part(call: Call) -> web.StreamResponse:
    """One recorded track; answers to Range (RFC 9110)."""
    row = await call.services.replay.part(call.request.match_info["part"])
    path = call.services.blobs.path(row.blob)
    if path is None or await call.services.blobs.size(row.blob) is None:
        raise ProtocolError(Code.NOT_FOUND)
    kind = _KINDS.get(row.codec, "application/octet-stream")
    return web.FileResponse(
        path, headers={"Content-Type": kind, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-cache"}
    )


async def file(call: Call) -> web.StreamResponse:
    row, path = await call.services.files.recorded(call.request.match_info["file"])
    return inert(path, row.name)


ROUTES = [
    Route("GET", "/api/v1/sessions", "sessions.list", find, "Find sessions", None, SessionPage),
    Route("GET", "/api/v1/sessions/{session}", "sessions.list", detail, "Session detail report", None, SessionDetail),
    Route(
        "GET",
        "/api/v1/sessions/{session}/timeline",
        "recordings.replay",
        timeline,
        "What there is to replay",
        None,
        Timeline,
    ),
    Route("GET", "/api/v1/recordings/parts/{part}", "recordings.replay", part, "One recorded track"),
    Route("GET", "/api/v1/recordings/files/{file}", "recordings.replay", file, "One file that was passed"),
]
