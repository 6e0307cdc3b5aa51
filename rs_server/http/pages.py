"""The pages themselves: templates, built assets, and the policy for their content."""

import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from aiohttp import web
from markupsafe import Markup, escape

from rs_server.http import downloads, wheel
from rs_server.http.kit import SERVICES, SETTINGS, Settings

WEB = Path(__file__).resolve().parent.parent / "_web"

TEMPLATES = ("staff.html", "join.html", "client.html", "view.html")
STAFF_PAGES = ("/console", "/supervise", "/admin", "/audit", "/outbox", "/login")


class Pages:
    """Renders templates with the built assets' names. Raises `FileNotFoundError` when nothing was built."""

    def __init__(self, folder: Path = WEB) -> None:
        self._folder = folder
        self._manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            auto_reload=False,
        )
        # Read now: no request waits for the disk.
        for name in TEMPLATES:
            self._templates.get_template(name)

    def render(self, name: str, nonce: str = "", **values: Any) -> str:
        """`nonce`: none where the page's policy goes by the origin alone."""
        return self._templates.get_template(name).render(
            nonce=nonce, entry=lambda source: self._entry(source, nonce), **values
        )

    def _entry(self, source: str, nonce: str) -> Markup:
        """Script and styles of a built entry."""
        chunk = self._manifest[source]
        mark = f'nonce="{escape(nonce)}" ' if nonce else ""
        tags = [f'<link rel="stylesheet" {mark}href="/static/{escape(css)}">' for css in self._styles(source)]
        tags.append(f'<script type="module" {mark}src="/static/{escape(chunk["file"])}"></script>')
        return Markup("\n    ".join(tags))  # noqa: S704  # every part is escaped above

    def _styles(self, source: str, seen: frozenset[str] = frozenset()) -> list[str]:
        chunk = self._manifest[source]
        found: list[str] = list(chunk.get("css", ()))
        for other in chunk.get("imports", ()):
            if other not in seen:
                found.extend(self._styles(other, seen | {source}))
        return list(dict.fromkeys(found))


def content_policy(nonce: str, settings: Settings, frames: str = "") -> str:
    """No script or style that we did not send; nothing from elsewhere; nobody frames us. `frames`: the origin that the
    page may frame."""
    socket = settings.origin.replace("http", "ws", 1)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' blob: data:",
            "media-src 'self' blob: mediastream:",
            "font-src 'self'",
            f"connect-src 'self' {socket}",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            *((f"frame-src {frames}",) if frames else ()),
        )
    )


PAGES: web.AppKey[Pages] = web.AppKey("pages", Pages)


def _page(request: web.Request, template: str, *, opener: bool = True, frames: str = "", **values: Any) -> web.Response:
    """`opener`: no page of elsewhere keeps hold of this one. The session window has to be found again by the company's
    page that opened it, or a second click would cut the call."""
    nonce = secrets.token_urlsafe(16)
    settings = request.app[SETTINGS]
    texts = request.app[SERVICES].texts
    asked = request.query.get("lang", "")
    language = asked if asked in texts.languages else texts.best(request.headers.get("Accept-Language", ""))
    boot = {"language": language, "languages": texts.languages, **values.pop("boot", {})}
    html = request.app[PAGES].render(template, nonce, language=language, boot=boot, **values)
    response = web.Response(text=html, content_type="text/html")
    if opener:
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin-allow-popups"
    response.headers.update(
        {
            "Content-Security-Policy": content_policy(nonce, settings, frames),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=()",
            "Cache-Control": "no-store",
        }
    )
    return response


async def staff_page(request: web.Request) -> web.Response:
    company = request.app[SERVICES].company
    view = request.app[SETTINGS].view_origin
    return _page(request, "staff.html", frames=view, boot={"company": company, "view": view or None})


async def join_page(request: web.Request) -> web.Response:
    """`/join`: type a number. Looking at a link's page uses nothing up: the page's script does, on a click."""
    company = request.app[SERVICES].company
    return _page(request, "join.html", opener=False, title=company, boot={"company": company, "link": None})


async def link_page(request: web.Request) -> web.Response:
    company = request.app[SERVICES].company
    link = request.match_info["token"]
    return _page(request, "join.html", opener=False, title=company, boot={"company": company, "link": link})


async def client_page(request: web.Request) -> web.Response:
    """`/client`: how to get the native client. A link's token stands in the fragment, which no server sees."""
    company = request.app[SERVICES].company
    download = await request.app[downloads.DOWNLOADS].look()
    offered = wheel.client_wheel()
    boot = {
        "company": company,
        "wheel": offered.pinned,
        "download": None if download is None else msgspec.to_builtins(download),
    }
    return _page(request, "client.html", title=company, boot=boot)


def _script(name: str, seconds: int) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Served to any page; what it may do is decided by its site's origins. Browsers keep it for so long."""

    async def handler(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(
            WEB / name,
            headers={
                "Content-Type": "text/javascript; charset=utf-8",
                "Cross-Origin-Resource-Policy": "cross-origin",
                "Access-Control-Allow-Origin": "*",
                "Cache-Control": f"public, max-age={seconds}",
                "X-Content-Type-Options": "nosniff",
            },
        )

    return handler


async def home(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/console")


async def static_headers(request: web.Request, response: web.StreamResponse) -> None:
    # An answer is what it says it is, the refusal of an unknown address too.
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/static/"):
        hashed = request.path.startswith("/static/assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")


PAGE_ROUTES: list[tuple[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]] = [
    ("/", home),
    *((path, staff_page) for path in STAFF_PAGES),
    ("/admin/{rest:.*}", staff_page),
    ("/audit/{rest:.*}", staff_page),
    ("/join", join_page),
    ("/j/{token:[A-Za-z0-9_-]{16,128}}", link_page),
    ("/client", client_page),
    (downloads.PATH, downloads.client_file),
    (f"/client/{{wheel:{wheel.NAME}-[0-9a-z.+_-]+\\.whl}}", wheel.client_wheel_file),
    ("/embed.js", _script("embed.js", 300)),
    # The embed asks for it by its version.
    ("/page.js", _script("page.js", 86_400)),
]


def add_to(app: web.Application, offered: Path) -> None:
    """`offered`: folder of what is there to download."""
    app[PAGES] = Pages()
    # Made now, once in a process: no request waits for it.
    wheel.client_wheel()
    app[downloads.DOWNLOADS] = downloads.Downloads(offered)
    for path, handler in PAGE_ROUTES:
        app.router.add_get(path, handler)
    app.router.add_static("/static/", WEB, append_version=False)
    app.on_response_prepare.append(static_headers)
