"""The page in which agents see a customer's page, on a host of its own, so that nothing of it is near our cookies."""

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from rs_server.http.kit import SERVICES, SETTINGS, Settings
from rs_server.http.pages import PAGES

PATH = "/view/"
_STATIC = "/static/"


def content_policy(settings: Settings) -> str:
    """Scripts of ours alone; nothing goes out. What the customer's page shows comes in by a MessagePort and is built of
    `data:` and `blob:`; its styles stand in the page, so that they cannot be forbidden."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "connect-src 'none'",
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "font-src data: blob:",
            "media-src data: blob:",
            "frame-src 'none'",
            "form-action 'none'",
            "base-uri 'none'",
            f"frame-ancestors {settings.origin}",
        )
    )


def _headers(settings: Settings) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_policy(settings),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Origin-Agent-Cluster": "?1",
        "Permissions-Policy": "camera=(), microphone=(), display-capture=(), geolocation=(), clipboard-read=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Cache-Control": "no-cache",
    }


@web.middleware
async def by_host(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The view's host has the view and nothing else, and no other host has it."""
    settings = request.app[SETTINGS]
    if settings.view_origin and request.host.lower() == urlsplit(settings.view_origin).netloc:
        if request.method not in ("GET", "HEAD") or not request.path.startswith((PATH, _STATIC)):
            raise web.HTTPNotFound
        response = await handler(request)
        if request.path.startswith(_STATIC):
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
    if request.path.startswith("/view"):
        raise web.HTTPNotFound
    return await handler(request)


async def view_page(request: web.Request) -> web.Response:
    settings = request.app[SETTINGS]
    language = request.app[SERVICES].texts.best(request.headers.get("Accept-Language", ""))
    html = request.app[PAGES].render("view.html", language=language, console=settings.origin)
    return web.Response(text=html, content_type="text/html", headers=_headers(settings))


def add_to(app: web.Application) -> None:
    app.middlewares.append(by_host)
    app.router.add_get(PATH, view_page)
