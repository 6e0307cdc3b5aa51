"""The server's own routes, and how a table of routes becomes the application's."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from rs_server.http import access, callbacks, customers, files, health, openapi, page_assets, replays, sites, staff
from rs_server.http.kit import Call, Route

TABLE = web.AppKey("routes", Sequence[Route])


async def describe(call: Call) -> dict[str, Any]:
    return openapi.document(call.request.app[TABLE])


ROUTES: list[Route] = [
    *health.ROUTES,
    *staff.ROUTES,
    *customers.ROUTES,
    *callbacks.ROUTES,
    *files.ROUTES,
    *replays.ROUTES,
    *page_assets.ROUTES,
    *sites.ROUTES,
    Route("GET", "/api/v1/openapi.json", "public", describe, "This document"),
]


def add_to(app: web.Application, table: Sequence[Route] = ROUTES) -> None:
    app[TABLE] = table
    crossing: set[str] = set()
    for route in table:
        app.router.add_route(route.method, route.path, _wrapped(route))
        if route.cross_site:
            crossing.add(route.path)
    for path in sorted(crossing):
        app.router.add_route("OPTIONS", path, access.preflight)


def _wrapped(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await access.handle(request, route)

    return handler
