"""Routes of staff: signing in, the desk, sessions of one's own."""

from aiohttp import web

from rs_server.core.permissions import allowed, permissions_of
from rs_server.core.session import is_in
from rs_server.http.kit import COOKIE, Call, Route, json_response
from rs_server.protocol.api import (
    DeskConfig,
    InviteCreated,
    InviteRequest,
    LoginRequest,
    Mail,
    OutboundRequest,
    Saved,
    SessionCreated,
    TransferTargets,
    UserInfo,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Participant
from rs_server.services.identity import SIGNED_IN_SECONDS
from rs_server.store.identity import User


async def login(call: Call) -> web.Response:
    body: LoginRequest = call.body
    services = call.services
    user, token = await services.identity.sign_in(services.hub.tenant, body.name, body.password, call.caller.address)
    response = json_response(_info(user))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SIGNED_IN_SECONDS),
        httponly=True,
        secure=call.settings.secure,
        samesite="Strict",
        path="/",
    )
    return response


async def logout(call: Call) -> web.Response:
    await call.services.identity.sign_out(call.caller.staff(), call.caller.token)
    response = json_response(Saved())
    response.del_cookie(COOKIE, path="/", httponly=True, secure=call.settings.secure, samesite="Strict")
    return response


async def me(call: Call) -> UserInfo:
    return _info(call.caller.staff())


def _info(user: User) -> UserInfo:
    return UserInfo(
        id=user.id,
        name=user.name,
        display_name=user.display_name,
        department=user.department,
        language=user.language,
        roles=list(user.roles),
        permissions=permissions_of(user.roles),
    )


async def desk_config(call: Call) -> DeskConfig:
    return call.services.desk_config(call.caller.staff().id)


async def transfer_targets(call: Call) -> TransferTargets:
    return call.services.transfers.targets(call.caller.staff().id)


async def start_session(call: Call) -> SessionCreated:
    session = await call.services.sessions.start_outbound(call.caller.staff(), call.body)
    return SessionCreated(session=session)


async def own_part(call: Call) -> tuple[str, Participant]:
    """The session named in the path and the caller's part in it. Raises `not_found`."""
    name = call.request.match_info["session"]
    session = await call.services.hub.get(name)
    part = session.of_user(call.caller.staff().id)
    if part is None or not is_in(part):
        raise ProtocolError(Code.NOT_FOUND, "no such session")
    return name, part


async def invite(call: Call) -> InviteCreated:
    session, part = await own_part(call)
    return await call.services.invites.create(session, part, call.body)


async def revoke_invite(call: Call) -> Saved:
    session, part = await own_part(call)
    await call.services.invites.revoke(session, part, call.request.match_info["invite"])
    return Saved()


async def outbox(call: Call) -> list[Mail]:
    if call.services.outbox is None or not allowed("staff", call.caller.actors):
        raise ProtocolError(Code.NOT_FOUND)
    return list(reversed(call.services.outbox.mails))


ROUTES = [
    Route("POST", "/api/v1/login", "public", login, "Sign in; answers with a session cookie", LoginRequest, UserInfo),
    Route("POST", "/api/v1/logout", "staff", logout, "Sign out", None, Saved),
    Route("GET", "/api/v1/me", "staff", me, "The account that is signed in", None, UserInfo),
    Route("GET", "/api/v1/desk/config", "staff", desk_config, "Queues, reasons, codes, limits", None, DeskConfig),
    Route(
        "GET",
        "/api/v1/desk/targets",
        "session.transfer",
        transfer_targets,
        "Queues and agents to transfer a session to",
        None,
        TransferTargets,
    ),
    Route(
        "POST",
        "/api/v1/sessions",
        "session.agent",
        start_session,
        "Start an outbound session",
        OutboundRequest,
        SessionCreated,
        201,
    ),
    Route(
        "POST",
        "/api/v1/sessions/{session}/invites",
        "session.agent",
        invite,
        "Invite a customer or a colleague",
        InviteRequest,
        InviteCreated,
        201,
    ),
    Route(
        "DELETE",
        "/api/v1/sessions/{session}/invites/{invite}",
        "session.agent",
        revoke_invite,
        "Take an invitation back",
        None,
        Saved,
    ),
    Route("GET", "/api/v1/outbox", "staff", outbox, "Mail that the demonstration sent", None, list[Mail]),
]
