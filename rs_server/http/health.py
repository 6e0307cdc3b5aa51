"""Is it alive, is it ready, what does it count, what can it do."""

import hmac
import ipaddress
from collections.abc import Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from rs_server.http.kit import Call, Route, json_response
from rs_server.protocol.errors import Code, ProtocolError

_registry = CollectorRegistry()
_sessions = Gauge("deskside_sessions_open", "Sessions that are not over", registry=_registry)
_waiting = Gauge("deskside_contacts_waiting", "Contacts that wait or are being offered", registry=_registry)
_connected = Gauge("deskside_people_connected", "People with an open socket", registry=_registry)
_reported = Gauge("deskside_sessions_reported", "Sessions that customers reported, since the start", registry=_registry)

READY: web.AppKey[Mapping[str, Callable[[], str]]] = web.AppKey("ready", Mapping)
"""By part: why it is not ready; empty when it is."""


async def healthz(call: Call) -> web.Response:
    return json_response({"alive": True})


async def readyz(call: Call) -> web.Response:
    reasons = {part: words for part, why in call.request.app[READY].items() if (words := why())}
    try:
        async with call.services.hub.database.read() as connection:
            await connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        reasons["store"] = type(error).__name__
    return ready("home", reasons)


def ready(role: str, reasons: Mapping[str, str]) -> web.Response:
    """`role`: home, forwarder (another server is at home), or no home."""
    return json_response({"ready": not reasons, "reasons": reasons, "role": role}, 503 if reasons else 200)


async def metrics(call: Call) -> web.Response:
    """Open on loopback, else by token."""
    address = call.caller.address
    local = address == "" or ipaddress.ip_address(address).is_loopback
    token = call.settings.metrics_token
    shown = call.request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not local and not (token and hmac.compare_digest(token.encode(), shown.encode(errors="replace"))):
        raise ProtocolError(Code.NOT_SIGNED_IN)
    _sessions.set(len(call.services.hub.open()))
    _waiting.set(len(call.services.acd.waiting()))
    _connected.set(len(call.services.presences.everybody()))
    _reported.set(call.services.reports.count)
    return web.Response(body=generate_latest(_registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


ROUTES = [
    Route("GET", "/healthz", "public", healthz, "Alive"),
    Route("GET", "/readyz", "public", readyz, "Ready, or why not"),
    Route("GET", "/metrics", "public", metrics, "Figures for Prometheus"),
]
