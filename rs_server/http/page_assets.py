"""Routes of what the customer's page is made of: fetched for it, sent by it, shown to staff."""

import asyncio
import re

from aiohttp import ClientConnectionError, StreamReader, web

from rs_server.core.sniff import MOST
from rs_server.http.kit import Call, Route
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page_assets import AssetsAsked, AssetsFound, AssetsKnown, AssetsWanted

WHOLE_SECONDS = 30.0
"""A body is here by then: others of the session wait for its place."""
_HASH = re.compile(r"[0-9a-f]{64}")


def _session(call: Call) -> str:
    endpoint = call.caller.endpoint
    if endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    return endpoint.session


def _hash(call: Call) -> str:
    text = call.path("hash")
    if not _HASH.fullmatch(text):
        raise ProtocolError(Code.NOT_FOUND)
    return text


async def fetch(call: Call) -> AssetsFound:
    body: AssetsWanted = call.body
    return AssetsFound(assets=await call.services.page_assets.fetch(_session(call), body.urls))


async def known(call: Call) -> AssetsKnown:
    body: AssetsAsked = call.body
    return AssetsKnown(known=await call.services.page_assets.known(_session(call), body.hashes))


async def put(call: Call) -> web.Response:
    session, digest = _session(call), _hash(call)
    if (call.request.content_length or 0) > MOST:
        raise ProtocolError(Code.TOO_LARGE)
    async with call.services.page_assets.room(session):
        data = await _whole(call.request.content)
        await call.services.page_assets.put(session, digest, data, call.request.content_type)
    return web.Response(status=204)


async def _whole(content: StreamReader) -> bytes:
    """Raises `too_large`, and `bad_request` when the sender breaks off or takes too long."""
    data = bytearray()
    try:
        async with asyncio.timeout(WHOLE_SECONDS):
            while chunk := await content.readany():
                data += chunk
                if len(data) > MOST:
                    raise ProtocolError(Code.TOO_LARGE)
        return bytes(data)
    except (ClientConnectionError, ConnectionResetError, TimeoutError) as error:
        raise ProtocolError(Code.BAD_REQUEST, "the body is not whole") from error


async def get(call: Call) -> web.StreamResponse:
    """For the console, which hands it to the view: never a page of its own, whatever it is."""
    row, path = await call.services.page_assets.get(call.caller.staff(), call.path("session"), _hash(call))
    return web.FileResponse(
        path,
        headers={
            "Content-Type": row.mime,
            "Content-Disposition": "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=3600, immutable",
        },
    )


_PATH = "/api/v1/page/assets"

ROUTES = [
    Route(
        "POST",
        _PATH,
        "session.customer",
        fetch,
        "Have fetched what the page shows and may not read, from the hosts that the site lists",
        AssetsWanted,
        AssetsFound,
        cross_site=True,
        body_limit=256 * 1024,
    ),
    Route(
        "POST",
        f"{_PATH}/known",
        "session.customer",
        known,
        "Which of these (SHA-256, hex) need not be sent",
        AssetsAsked,
        AssetsKnown,
        cross_site=True,
    ),
    Route(
        "PUT",
        f"{_PATH}/{{hash}}",
        "session.customer",
        put,
        "Send a picture or a font, whose SHA-256 (hex) it is",
        status=204,
        cross_site=True,
    ),
    Route(
        "GET",
        "/api/v1/sessions/{session}/page/assets/{hash}",
        "staff",
        get,
        "A picture, font or stylesheet of the customer's page, for who sees the page or may replay it",
    ),
]
