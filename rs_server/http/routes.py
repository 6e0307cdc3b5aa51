"""The joined table of routes."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from rs_server.http import access, callbacks, customers, files, health, openapi, replays, staff
from rs_server.http.kit import Call, Route


async def describe(call: Call) -> dict[str, Any]:
    return openapi.document(ROUTES)


ROUTES: list[Route] = [
    *health.ROUTES,
    *staff.ROUTES,
    *customers.ROUTES,
    *callbacks.ROUTES,
    *files.ROUTES,
    *replays.ROUTES,
    Route("GET", "/api/v1/openapi.json", "public", describe, "This document"),
]


def add_to(app: web.Application) -> None:
    crossing: set[str] = set()
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _wrapped(route))
        if route.cross_site:
            crossing.add(route.path)
    for path in sorted(crossing):
        app.router.add_route("OPTIONS", path, access.preflight)


def _wrapped(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        return await access.handle(request, route)

    return handler
