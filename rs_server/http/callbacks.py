"""Routes of callbacks: staff keep them and call, customers who wait ask for one."""

from typing import Any, get_args

from rs_server.http.kit import Call, Route
from rs_server.http.staff import own_part
from rs_server.ports import CallbackFilter
from rs_server.protocol.callbacks import (
    CallbackChoice,
    CallbackClose,
    CallbackCreate,
    CallbackDetail,
    CallbackEdit,
    CallbackInfo,
    CallbackPage,
    CallbackPromise,
    CallbackState,
    CallbackWish,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.store.endpoints import Endpoint

MANAGE, CALL, CUSTOMER = "callbacks.manage", "callbacks.call", "session.customer"


async def find(call: Call) -> CallbackPage:
    """Query: `queue`, `state` (several by commas), `agent`, `since`, `until` (seconds), `text`, `after` (cursor)."""
    wanted: list[Any] = [state for state in call.query("state").split(",") if state]
    if not set(wanted) <= set(get_args(CallbackState)):
        raise ProtocolError(Code.BAD_REQUEST, "no such state", field="state")
    which = CallbackFilter(
        queue=call.query("queue"),
        states=wanted,
        agent=call.query("agent"),
        since=call.number("since"),
        until=call.number("until"),
        text=call.query("text"),
    )
    return await call.services.callbacks.find(call.caller.staff(), which, call.query("after"))


async def create(call: Call) -> CallbackInfo:
    return await call.services.callbacks.create(call.caller.staff(), call.body)


async def detail(call: Call) -> CallbackDetail:
    return await call.services.callbacks.detail(call.caller.staff(), _named(call))


async def change(call: Call) -> CallbackInfo:
    return await call.services.callbacks.change(call.caller.staff(), _named(call), call.body)


async def cancel(call: Call) -> CallbackInfo:
    return await call.services.callbacks.cancel(call.caller.staff(), _named(call))


async def dial(call: Call) -> CallbackDetail:
    return await call.services.callbacks.dial(call.caller.staff(), _named(call))


async def close(call: Call) -> CallbackDetail:
    return await call.services.callbacks.close(call.caller.staff(), _named(call), call.body)


async def of_session(call: Call) -> CallbackDetail:
    session, _part = await own_part(call)
    return await call.services.callbacks.of_session(call.caller.staff(), session)


async def choice(call: Call) -> CallbackChoice:
    return await call.services.wishes.choice(_endpoint(call).session, call.query("zone", 64))


async def wish(call: Call) -> CallbackPromise:
    who = call.caller.participant
    if who is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    return await call.services.wishes.wish(_endpoint(call).session, who, call.caller.address, call.body)


def _named(call: Call) -> str:
    return call.request.match_info["callback"]


def _endpoint(call: Call) -> Endpoint:
    if call.caller.endpoint is None:
        raise ProtocolError(Code.NOT_SIGNED_IN)
    return call.caller.endpoint


_ONE = "/api/v1/callbacks/{callback}"

ROUTES = [
    Route("GET", "/api/v1/callbacks", MANAGE, find, "Callbacks by time (an agent: one's own)", None, CallbackPage),
    Route("POST", "/api/v1/callbacks", MANAGE, create, "Have somebody called back", CallbackCreate, CallbackInfo, 201),
    Route("GET", _ONE, MANAGE, detail, "A callback and its attempts", None, CallbackDetail),
    Route("PATCH", _ONE, MANAGE, change, "Change a callback that nobody is making", CallbackEdit, CallbackInfo),
    Route("DELETE", _ONE, MANAGE, cancel, "Call a callback off", None, CallbackInfo),
    Route("POST", f"{_ONE}/dial", CALL, dial, "Begin an attempt; answers with the number", None, CallbackDetail),
    Route("POST", f"{_ONE}/close", CALL, close, "Say what came of it", CallbackClose, CallbackDetail),
    Route(
        "GET",
        "/api/v1/sessions/{session}/callback",
        CALL,
        of_session,
        "The callback that a session of one's own is for",
        None,
        CallbackDetail,
    ),
    Route(
        "GET",
        "/api/v1/session/callback",
        CUSTOMER,
        choice,
        "What a customer who waits may choose from",
        None,
        CallbackChoice,
        cross_site=True,
    ),
    Route(
        "POST",
        "/api/v1/session/callback",
        CUSTOMER,
        wish,
        "Be called instead of waiting",
        CallbackWish,
        CallbackPromise,
        201,
        cross_site=True,
    ),
]
