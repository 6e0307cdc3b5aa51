"""What a route is, who calls it, and the wrapping that every handler gets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import msgspec
from aiohttp import web

from rs_server.core.permissions import AGENT_CLIENT, CUSTOMER, CUSTOMER_CLIENT, STRANGER
from rs_server.feature import BODY_LIMIT as BODY_LIMIT
from rs_server.feature import Handler as Handler
from rs_server.feature import Route as Route
from rs_server.protocol.errors import Code, ErrorInfo, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services.everything import Services
from rs_server.store.endpoints import Endpoint
from rs_server.store.identity import User

T = TypeVar("T")

COOKIE = "deskside"


class Settings(msgspec.Struct, frozen=True):
    """What the edge needs to know of the installation."""

    base_url: str
    origin: str
    secure: bool
    trusted_proxies: frozenset[str] = frozenset()
    view_origin: str = ""
    metrics_token: str = ""


SERVICES = web.AppKey("services", Services)
SETTINGS = web.AppKey("settings", Settings)
PARTS = web.AppKey("parts", Mapping[type, Any])
"""What the installation keeps for features, by type."""

STATUS: dict[Code, int] = {
    Code.BAD_REQUEST: 400,
    Code.TOO_LARGE: 413,
    Code.NOT_SIGNED_IN: 401,
    Code.WRONG_CREDENTIALS: 401,
    Code.THROTTLED: 429,
    Code.NOT_ALLOWED: 403,
    Code.FOREIGN_ORIGIN: 403,
    Code.NOT_FOUND: 404,
    Code.CONFLICT: 409,
    Code.INVALID: 422,
    Code.LINK_INVALID: 404,
    Code.RESUME_REFUSED: 401,
    Code.SESSION_ENDED: 409,
    Code.NO_CONSENT: 403,
    Code.NO_CUSTOMER: 409,
    Code.OFFER_GONE: 409,
    Code.AT_CAPACITY: 409,
    Code.NOT_READY: 409,
    Code.PICK_NOT_ALLOWED: 403,
    Code.FILE_TOO_LARGE: 413,
    Code.FILE_DIGEST: 422,
    Code.MEDIA_UNAVAILABLE: 503,
    Code.MEDIA_REFUSED: 400,
    Code.MAIL_FAILED: 502,
    Code.BY_GROUP: 409,
    Code.CONTROLLED: 409,
    Code.QUEUE_CLOSED: 409,
    Code.BEHIND: 409,
    Code.UNAVAILABLE: 503,
    Code.SERVER_ERROR: 500,
}

ACD_CODES: dict[str, Code] = {
    "offer_gone": Code.OFFER_GONE,
    "contact_gone": Code.OFFER_GONE,
    "queue_closed": Code.QUEUE_CLOSED,
    "at_capacity": Code.AT_CAPACITY,
    "not_ready": Code.NOT_READY,
    "pick_not_allowed": Code.PICK_NOT_ALLOWED,
    "not_in_queue": Code.PICK_NOT_ALLOWED,
    "not_yours": Code.OFFER_GONE,
    "unknown_queue": Code.NOT_FOUND,
    "unknown_agent": Code.NOT_ALLOWED,
    "unknown_reason": Code.BAD_REQUEST,
    "unknown_outcome_code": Code.BAD_REQUEST,
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request or a socket comes from. At most one of `user` and `endpoint` is set."""

    address: str
    user: User | None = None
    token: str = ""
    """The token of the staff sign-in, to sign out with."""
    endpoint: Endpoint | None = None
    participant: Participant | None = None

    @property
    def actors(self) -> tuple[str, ...]:
        if self.user is not None:
            return self.user.roles
        if self.endpoint is None or self.participant is None:
            return (STRANGER,)
        if self.participant.role != "customer":
            return (AGENT_CLIENT,)
        return (CUSTOMER, CUSTOMER_CLIENT) if self.endpoint.native else (CUSTOMER,)

    def staff(self) -> User:
        if self.user is None:
            raise ProtocolError(Code.NOT_SIGNED_IN)
        return self.user


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: the caller has the route's permission and the body has its shape."""

    request: web.Request
    services: Services
    settings: Settings
    caller: Caller
    body: Any = None

    def query(self, name: str, longest: int = 200) -> str:
        return self.request.query.get(name, "")[:longest]

    def number(self, name: str) -> float | None:
        text = self.request.query.get(name, "")
        try:
            return float(text) if text else None
        except ValueError as error:
            raise ProtocolError(Code.BAD_REQUEST, "not a number", field=name) from error

    def path(self, name: str) -> str:
        return self.request.match_info[name]

    def user(self) -> str:
        return self.caller.staff().id

    def part(self, kind: type[T]) -> T:
        return cast(T, self.request.app[PARTS][kind])


def json_response(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, content_type="application/json", headers=headers)


def error_response(error: ErrorInfo) -> web.Response:
    headers = {"Retry-After": str(int(error.retry_after + 0.999))} if error.retry_after else None
    return json_response(error, STATUS[error.code], headers)
