"""Other servers of the same installation: how they are known, and what is believed of what they say."""

import hashlib
import hmac

from aiohttp import web
from aiohttp.typedefs import Handler

from rs_server.http.kit import error_response
from rs_server.protocol.errors import Code, ErrorInfo

PEER_HEADER = "X-Deskside-Peer"
BY_PEER: web.RequestKey[bool] = web.RequestKey("by_peer", bool)
"""In a request that another server of ours passed on."""

INTERNAL_PORT: web.AppKey[int] = web.AppKey("internal_port", int)
TOKEN: web.AppKey[str] = web.AppKey("peer_token", str)


def token_of(secret: bytes) -> str:
    """What all servers with the installation's key know, and nobody else."""
    return hmac.new(secret, b"deskside: one server to another", hashlib.sha256).hexdigest()


def is_internal(request: web.Request) -> bool:
    """Did it come in by the address that is for other servers?"""
    name = request.get_extra_info("sockname")
    return bool(name) and int(name[1]) == request.app[INTERNAL_PORT]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """By the internal address only servers of ours come in; what they say of the caller's address is believed."""
    if is_internal(request):
        shown = request.headers.get(PEER_HEADER, "")
        if not hmac.compare_digest(shown.encode(errors="replace"), request.app[TOKEN].encode()):
            return error_response(ErrorInfo(code=Code.NOT_ALLOWED, message="this address is for other servers"))
        request[BY_PEER] = True
    return await handler(request)
