"""Who is calling, from where, and may they: one wrapping for every route."""

import ipaddress
import unicodedata

import msgspec
import structlog
from aiohttp import web

from rs_server.core.permissions import allowed
from rs_server.db import Fenced
from rs_server.http.kit import (
    ACD_CODES,
    COOKIE,
    SERVICES,
    SETTINGS,
    Call,
    Caller,
    Route,
    Settings,
    error_response,
    json_response,
)
from rs_server.http.peers import BY_PEER
from rs_server.ports import AcdRefused
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError
from rs_server.services.everything import Services

log = structlog.get_logger()

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CORS_HEADERS = "Authorization, Content-Type, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata"
_CORS_SHOWN = "Location, Upload-Offset, Upload-Length, Tus-Resumable, Tus-Max-Size, Retry-After"


def address_of(request: web.Request, settings: Settings) -> str:
    """The caller's address: of the connection, or, behind a trusted proxy or another server of ours, the last one
    that it saw."""
    peer = request.remote or ""
    if peer in settings.trusted_proxies or BY_PEER in request:
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        try:
            return str(ipaddress.ip_address(forwarded))
        except ValueError:
            return peer
    return peer


async def identify(request: web.Request, services: Services, settings: Settings) -> Caller:
    """By bearer token, else by cookie. A cookie counts only from our own pages (see `own_page`)."""
    address = address_of(request, settings)
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith("Bearer "):
        found = await services.endpoints.bearer(authorization.removeprefix("Bearer ").strip())
        if found is None:
            return Caller(address)
        endpoint, participant = found
        origin = request.headers.get("Origin")
        if origin is not None and origin != endpoint.origin:
            raise ProtocolError(Code.FOREIGN_ORIGIN)
        return Caller(address, endpoint=endpoint, participant=participant)
    token = request.cookies.get(COOKIE, "")
    if token and own_page(request, settings):
        user = await services.identity.signed_in(token)
        if user is not None and user.tenant == services.hub.tenant:
            return Caller(address, user=user, token=token)
    return Caller(address)


def own_page(request: web.Request, settings: Settings) -> bool:
    """True when a cookie of ours may count: a page of ours asks, or somebody only looks (browsers send no Origin
    with a plain GET, and what is looked at cannot be read across origins)."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.method in SAFE and request.headers.get("Upgrade", "").lower() != "websocket"
    return origin == settings.origin


def check_origin(request: web.Request, route: Route, services: Services, settings: Settings) -> str | None:
    """The foreign origin that may read the answer; None for our own. Raises `foreign_origin`."""
    origin = request.headers.get("Origin")
    if origin is None or origin == settings.origin:
        return None
    if route.cross_site and services.identity.site_origin(origin):
        return origin
    raise ProtocolError(Code.FOREIGN_ORIGIN, "this page may not do that")


async def handle(request: web.Request, route: Route) -> web.StreamResponse:
    """Origin, identity, permission, body; then the handler; then its answer or its error."""
    services, settings = request.app[SERVICES], request.app[SETTINGS]
    foreign: str | None = None
    try:
        foreign = check_origin(request, route, services, settings)
        _without_controls(request)
        caller = await identify(request, services, settings)
        if not allowed(route.permission, caller.actors):
            known = caller.user is not None or caller.endpoint is not None
            raise ProtocolError(Code.NOT_ALLOWED if known else Code.NOT_SIGNED_IN)
        body = await _body(request, route)
        answer = await route.handler(Call(request, services, settings, caller, body))
        response = answer if isinstance(answer, web.StreamResponse) else json_response(answer, route.status)
    except ProtocolError as error:
        response = error_response(error.error)
    except AcdRefused as refused:
        response = error_response(ErrorInfo(code=ACD_CODES.get(refused.code, Code.CONFLICT), message=refused.code))
    except Fenced:
        response = error_response(
            ErrorInfo(code=Code.UNAVAILABLE, message="another server is at home now", retry_after=1.0)
        )
    except (web.HTTPException, ConnectionResetError):
        raise
    except Exception:
        log.exception(
            "request failed", route=route.path, method=route.method, session=request.match_info.get("session")
        )
        response = error_response(ErrorInfo(code=Code.SERVER_ERROR, message="something went wrong on our side"))
    if foreign is not None and not response.prepared:
        allow_origin(response, foreign)
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _without_controls(request: web.Request) -> None:
    """Nothing in an address has them, and PostgreSQL takes no NUL. Raises `bad_request`."""
    for name, text in (*request.match_info.items(), *request.query.items()):
        if not text.isprintable() and any(unicodedata.category(each) == "Cc" for each in text):
            raise ProtocolError(Code.BAD_REQUEST, "control characters", field=name[:64])


async def _body(request: web.Request, route: Route) -> object:
    if route.request is None:
        return None
    if request.content_type != "application/json":
        # A form or plain text could come from any page without asking first.
        raise ProtocolError(Code.BAD_REQUEST, "the body must be JSON")
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > route.body_limit:
            raise ProtocolError(Code.TOO_LARGE)
    if route.raw:
        return bytes(raw)
    try:
        return msgspec.json.decode(bytes(raw), type=route.request)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ProtocolError(Code.BAD_REQUEST, str(error)) from error


def allow_origin(response: web.StreamResponse, origin: str) -> None:
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _CORS_SHOWN
    response.headers.add("Vary", "Origin")


async def preflight(request: web.Request) -> web.Response:
    """Answer of the CORS protocol (https://fetch.spec.whatwg.org/#cors-preflight-fetch), for sites only."""
    origin = request.headers.get("Origin", "")
    if not request.app[SERVICES].identity.site_origin(origin):
        return error_response(ErrorInfo(code=Code.FOREIGN_ORIGIN, message="this page may not do that"))
    response = web.Response(status=204)
    allow_origin(response, origin)
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST, PUT, PATCH, DELETE"
    response.headers["Access-Control-Allow-Headers"] = _CORS_HEADERS
    response.headers["Access-Control-Max-Age"] = "600"
    return response
