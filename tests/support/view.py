"""The page in which agents see a customer's page, as the server gives it out, in a page that plays the console."""

import base64
import contextlib
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web
from playwright.async_api import Frame, Page

from rs_server.http.kit import Settings
from rs_server.http.pages import WEB, Pages
from rs_server.http.view import content_policy
from rs_server.protocol.page import FRAME_LIMIT, HEADER_SIZE, Header, Kind, pack

CONSOLE = """<!doctype html><meta charset="utf-8"><title>console</title>
<style>html, body { margin: 0; height: 100% } iframe { border: 0; width: 100%; height: 100%; display: block }</style>
<script>
const said = [];
const seen = new Map();
let port;
const act = [];
addEventListener("DOMContentLoaded", () => {
  const frame = document.createElement("iframe");
  frame.src = new URLSearchParams(location.search).get("view");
  frame.addEventListener("load", () => {
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }) => {
      said.push(data);
      if (data.type === "state") window.state = data.state;
      if (data.type === "want") for (const hash of data.hashes) {
        const asset = window.assets?.[hash];
        if (asset) tell({ type: "asset", hash, mime: asset.mime, data: bytes(asset.data) });
      }
    };
    frame.contentWindow.postMessage({ type: "deskside.view" }, frame.src, [channel.port2]);
  });
  document.body.append(frame);
});
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
const tell = (message) => port.postMessage(message);
const frames = (list) => { for (const text of list) tell({ type: "frame", data: bytes(text) }); };
const of = (type) => said.filter((one) => one.type === type);
</script>"""


@dataclass
class Caught:
    """All that reached a server which nobody should have asked for anything."""

    base: str = ""
    port: int = 0
    requests: list[str] = field(default_factory=list)


async def _serve(app: web.Application, host: str) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, host, 0)
    await site.start()
    return runner, int(runner.addresses[0][1])


@dataclass
class Hosts:
    console: str
    view: str
    caught: Caught


@contextlib.asynccontextmanager
async def hosts() -> AsyncIterator[Hosts]:
    """The console's host (`localhost`), that of the view (`127.0.0.1`), and one that catches everything else."""
    caught = Caught()

    async def catch(request: web.Request) -> web.Response:
        caught.requests.append(f"{request.method} {request.path_qs}")
        return web.Response(text="alert(1)", content_type="text/javascript")

    async def console(_: web.Request) -> web.Response:
        return web.Response(text=CONSOLE, content_type="text/html")

    origin = ""
    pages = Pages()

    async def view(_: web.Request) -> web.Response:
        settings = Settings(base_url=origin, origin=origin, secure=False)
        html = pages.render("view.html", language="en", console=origin)
        headers = {"Content-Security-Policy": content_policy(settings), "Cache-Control": "no-cache"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    catcher, desk, host = web.Application(), web.Application(), web.Application()
    catcher.router.add_route("*", "/{rest:.*}", catch)
    desk.router.add_get("/", console)
    host.router.add_get("/view/", view)
    host.router.add_static("/static/", WEB)
    runners = []
    try:
        for app, name in ((catcher, "127.0.0.1"), (desk, "127.0.0.1"), (host, "127.0.0.1")):
            runners.append(await _serve(app, name))
        caught.port = runners[0][1]
        caught.base = f"http://127.0.0.1:{caught.port}"
        origin = f"http://localhost:{runners[1][1]}"
        yield Hosts(origin, f"http://127.0.0.1:{runners[2][1]}/view/", caught)
    finally:
        for runner, _ in runners:
            await runner.cleanup()


def init(*body: Any, head: tuple[Any, ...] = (), **changes: Any) -> list[Any]:
    """The event that begins a page, numbered from 1 (document), 2 (html), 3 (head), 4 (body)."""
    html = [2, 1, "html", 0, [[3, 1, "head", 0, list(head)], [4, 1, "body", 0, list(body)]]]
    return [
        "init",
        {
            "root": {"id": 1, "children": [html]},
            "width": 1000,
            "height": 700,
            "scroll": [0, 0],
            "address": "https://shop.example/cart",
            "title": "Cart",
            "focus": 0,
            "dark": False,
            **changes,
        },
    ]


def frames(epoch: int, message: int, value: Any) -> list[bytes]:
    """The frames of one message; bytes are taken as they are."""
    payload = value if isinstance(value, bytes) else msgspec.json.encode(value)
    size = FRAME_LIMIT - HEADER_SIZE
    cuts = [payload[at : at + size] for at in range(0, max(1, len(payload)), size)]
    kind = Kind.SNAPSHOT if message == 0 else Kind.EVENT
    return [pack(Header(kind, epoch, message, at, at == len(cuts) - 1), cut) for at, cut in enumerate(cuts)]


def record(at_ms: int, kind: int, payload: Any, epoch: int = 1) -> bytes:
    """A record of a recorded part."""
    held = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return struct.pack("!IIBI", len(held), at_ms, kind, epoch) + held


class Viewing:
    """A console page with the view in it."""

    def __init__(self, page: Page, hosts: Hosts) -> None:
        self.page = page
        self.hosts = hosts
        self.epoch = 0
        self.message = 0
        self.broken = 0
        """As often as it was to be broken."""

    async def open(self) -> "Viewing":
        await self.page.goto(f"{self.hosts.console}/?view={self.hosts.view}")
        await self.said("ready")
        return self

    @property
    def outer(self) -> Frame:
        """The view's own document."""
        return next(frame for frame in self.page.frames if frame.url.startswith(self.hosts.view))

    async def tell(self, message: Any) -> None:
        await self.page.evaluate("(message) => tell(message)", message)

    async def mode(self, **changes: Any) -> None:
        usual = {
            "control": False,
            "tool": "none",
            "scale": "fit",
            "language": "en",
            "dark": False,
            "me": {"id": "me", "name": "Sofia", "color": "#3155d6"},
            "customer": {"id": "cu", "name": "Jeanne", "color": "#117a49"},
        }
        mode = {**usual, **changes}
        await self.tell({"type": "mode", "mode": mode})
        # A port takes its time: what is done next is done in this mode.
        await self.outer.locator(
            f".shield[data-tool={mode['tool']}]{'[data-control]' if mode['control'] else ':not([data-control])'}"
        ).wait_for(state="attached")

    async def begin(self, *events: Any) -> None:
        """A page of a new epoch; the first event is its `init`."""
        self.epoch, self.message = self.epoch + 1, 0
        await self._send(events)

    async def event(self, *events: Any) -> None:
        self.message += 1
        await self._send(events)

    async def _send(self, events: tuple[Any, ...]) -> None:
        await self.raw(frames(self.epoch, self.message, [0, *events]))

    async def raw(self, sent: list[bytes]) -> None:
        await self.page.evaluate("(list) => frames(list)", [base64.b64encode(one).decode() for one in sent])

    async def said(self, kind: str, count: int = 1) -> list[Any]:
        """What the view said of this kind, when it has said that many."""
        await self.page.wait_for_function("([kind, count]) => of(kind).length >= count", arg=[kind, count])
        found: list[Any] = await self.page.evaluate("(kind) => of(kind)", kind)
        return found

    async def state(self, condition: str) -> dict[str, Any]:
        """The state, when this expression of `state` holds."""
        holds = f"window.state && ((state) => {condition})(window.state)"
        await self.page.wait_for_function(f"() => of('broken').length > {self.broken} || {holds}")
        broken = await self.page.evaluate("() => of('broken')")
        assert len(broken) == self.broken, broken
        found: dict[str, Any] = await self.page.evaluate("() => window.state")
        return found

    async def inner(self, expression: str, arg: Any = None) -> Any:
        """The value of an expression of `doc`, the customer's document in the view."""
        return await self.outer.evaluate(
            f"(arg) => {{ const doc = document.querySelector('iframe').contentDocument; return ({expression}) }}", arg
        )
