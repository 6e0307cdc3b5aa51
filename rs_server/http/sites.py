"""Routes of those who say what a site is and what of its pages may be seen."""

import re

from aiohttp import web

from rs_server.http.kit import Call, Route
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.sites import AdministeredSites, SavedSite, SiteHistory, SitePut

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PATH = "/api/v1/admin/sites"


def _key(call: Call) -> str:
    key = call.path("key")
    if not _KEY.fullmatch(key):
        raise ProtocolError(Code.INVALID, "letters, digits, - and _, at most 64", field="key")
    return key


async def look(call: Call) -> AdministeredSites:
    return await call.services.sites.look()


async def put(call: Call) -> SavedSite:
    body: SitePut = call.body
    return SavedSite(version=await call.services.sites.put(_key(call), body.settings, body.version, call.user()))


async def remove(call: Call) -> web.Response:
    given = call.query("version")
    if not (given.isascii() and given.isdigit() and len(given) <= 9):
        raise ProtocolError(Code.BAD_REQUEST, "which version was it made on?", field="version")
    await call.services.sites.remove(_key(call), int(given), call.user())
    return web.Response(status=204)


async def history(call: Call) -> SiteHistory:
    return await call.services.sites.history(_key(call))


MANAGE = "sites.manage"

ROUTES = [
    Route("GET", _PATH, MANAGE, look, "All sites", None, AdministeredSites),
    Route(
        "PUT",
        f"{_PATH}/{{key}}",
        MANAGE,
        put,
        "Add or replace a site",
        SitePut,
        SavedSite,
        body_limit=1024 * 1024,
    ),
    Route("DELETE", f"{_PATH}/{{key}}", MANAGE, remove, "Take a site away", status=204, query=("version",)),
    Route("GET", f"{_PATH}/{{key}}/changes", MANAGE, history, "Who changed the site", None, SiteHistory),
]
