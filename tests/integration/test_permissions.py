"""Every route and every message, tried by everybody, equals the table of permissions."""

from typing import Any

import pytest
from yarl import URL

from rs_server.app import ROUTES
from rs_server.core.permissions import AGENT_CLIENT, CUSTOMER, CUSTOMER_CLIENT, STRANGER, Profile, allowed
from rs_server.demo import SITE_KEY
from rs_server.http.messages import MESSAGES
from tests.support import native
from tests.support.client import Api, Refused, Socket

from .conftest import House, rows

ACTORS = [STRANGER, CUSTOMER, CUSTOMER_CLIENT, AGENT_CLIENT, *(profile.value for profile in Profile)]
ACCOUNTS = {
    "agent": "sofia",
    "supervisor": "sam",
    "administrator": "adam",
    "auditor": "otto",
    "manager": "mona",
    "main_administrator": "max",
    "telephony": "tilda",
}
NOBODY = "x" * 24
ALSO = {CUSTOMER_CLIENT: [CUSTOMER, CUSTOMER_CLIENT]}
"""Who is more than one."""


def may(permission: str, actor: str) -> bool:
    return allowed(permission, ALSO.get(actor, [actor]))


async def furnish(house: House) -> str:
    """Accounts of the other profiles; a session of amelie's, which is nobody else's."""
    for profile in (Profile.MANAGER, Profile.ADMINISTRATOR, Profile.MAIN_ADMINISTRATOR, Profile.TELEPHONY):
        await house.hire(ACCOUNTS[profile], profile)
    _customer, _agent, session = await house.live()
    return session


async def come(house: House, actor: str) -> tuple[Api, Socket | None, str | None]:
    """(their browser, their socket, the session of a customer)."""
    if actor == STRANGER:
        return house.api(), None, None
    if actor == CUSTOMER:
        socket, session = await house.customer("Karl")
        await socket.event("session.snapshot", session)
        socket.api.origin = ""  # a program: routes that are not for sites are refused for the permission, too
        return socket.api, socket, session
    if actor == CUSTOMER_CLIENT:
        customer, session = await house.customer("Karl")
        socket = await native.client_of(customer, house.api(""))
        await socket.event("session.snapshot", session)
        return socket.api, socket, session
    if actor == AGENT_CLIENT:
        agent = await house.agent("sofia")
        session, _ = await house.outbound(agent)
        made = await agent.api.call("POST", f"/sessions/{session}/client")
        socket = await native.join(house.api(""), **native.secret(made, "number"))
        await socket.event("session.snapshot", session)
        return socket.api, socket, session
    socket = await house.staff(ACCOUNTS[actor])
    await socket.event("desk.snapshot")
    return socket.api, socket, None


@pytest.mark.parametrize("actor", ACTORS)
async def test_every_route(house: House, actor: str) -> None:
    session = await furnish(house)
    api, _socket, own = await come(house, actor)
    places = {"key": SITE_KEY, "token": NOBODY, "session": own or session, "invite": NOBODY, "file": NOBODY}
    # Who signs out could do nothing after it.
    for route in sorted(ROUTES, key=lambda route: route.path.endswith("/logout")):
        path = route.path
        for name in ("key", "token", "session", "invite", "file", "part", "id", "version", "callback", "hash"):
            path = path.replace("{" + name + "}", places.get(name, NOBODY))
        before = await rows(house)
        body: Any = {} if route.request is not None else None
        async with api.http.request(route.method, house.base + path, json=body, headers=api.headers()) as response:
            answer = await response.json() if "json" in response.content_type and route.method != "HEAD" else {}
        said = f"{route.method} {route.path} by {actor}: {response.status} {answer}"
        code = answer.get("code") if isinstance(answer, dict) else None
        if code == "not_allowed" and answer["message"] == "unknown_agent":
            # The right is there; the queues know no such agent.
            assert may(route.permission, actor), said
        elif may(route.permission, actor):
            assert code not in ("not_signed_in", "not_allowed"), said
            assert response.status < 500, said
            assert response.status not in (401, 403) or code == "wrong_credentials" or code == "not_found", said
        else:
            assert response.status == (401 if actor == STRANGER else 403), said
            assert route.method == "HEAD" or code == ("not_signed_in" if actor == STRANGER else "not_allowed"), said
            assert await rows(house) == before, said


BODIES: dict[str, dict[str, Any]] = {
    "chat.post": {"key": "k", "text": "hello"},
    "chat.typing": {},
    "note.save": {"text": "n", "version": 0},
    "session.leave": {},
    "session.end": {},
    "session.rate": {"stars": 5},
    "session.report": {},
    "session.rename": {"name": "Other"},
    "session.hand_over": {"to": "p"},
    "session.transfer": {"queue": "q"},
    "agent.invite": {"user": "u"},
    "agent.join": {},
    "invitation.decline": {},
    "recording.start": {},
    "recording.stop": {},
    "grant.ask": {"capability": "hear"},
    "grant.answer": {"grant": "g", "allow": True},
    "grant.give": {"capability": "hear"},
    "grant.withdraw": {"capability": "hear"},
    "grant.cancel": {"grant": "g"},
    "stop": {},
    "page.act": {"act": "a", "epoch": 1, "op": {"op": "go", "way": "back"}},
    "page.point": {"epoch": 1, "shown": {"mark": "wipe"}},
    "page.choose": {},
    "page.acted": {"act": "a", "holder": "h", "outcome": "done"},
    "desktop.share": {"picture": None},
    "desktop.measure": {"rate": 1, "delay": 0, "bits": 0},
    "desktop.input": {"giver": "g", "picture": 1, "events": [{"op": "release"}]},
    "desktop.choose": {"giver": "g"},
    "desktop.point": {"giver": "g", "picture": 1, "shown": {"mark": "wipe"}},
    "clipboard.put": {"giver": "g", "text": "t"},
    "folder.ask": {"ask": "a", "giver": "g", "op": {"op": "list"}},
    "folder.answer": {"ask": "a", "holder": "h", "answer": {"result": "done"}},
    "media.open": {},
    "media.answer": {"leg": "l", "sdp": "v=0"},
    "media.candidate": {"leg": "l", "candidate": ""},
    "media.mute": {"muted": True},
    "media.focus": {},
    "agent.state": {"state": "ready"},
    "offer.accept": {"offer": "o"},
    "offer.reject": {"offer": "o"},
    "contact.pick": {"contact": "c"},
    "wrap_up.done": {"contact": "c"},
    "team.bar": {"users": ["u"]},
    "supervise.watch": {},
    "supervise.unwatch": {},
    "supervise.state": {"agent": "a", "state": "ready"},
    "supervise.skill": {"agent": "a", "skill": "s", "level": 3},
    "supervise.queue": {"agent": "a", "queue": "q", "inside": True},
    "supervise.move": {"contact": "c", "queue": "q"},
    "supervise.pull": {"contact": "c"},
}


def tag(kind: type) -> str:
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


def test_every_message_is_tried() -> None:
    assert {tag(rule.kind) for rule in MESSAGES} <= BODIES.keys()


@pytest.mark.parametrize("actor", [actor for actor in ACTORS if actor != STRANGER])
async def test_every_message(house: House, actor: str) -> None:
    session = await furnish(house)
    _api, socket, own = await come(house, actor)
    assert socket is not None
    # A customer who left could do nothing after it.
    for rule in sorted(MESSAGES, key=lambda rule: tag(rule.kind) == "session.leave"):
        kind = tag(rule.kind)
        before = await rows(house)
        error: dict[str, Any] = {}
        try:
            await socket.do(kind, own or session, **BODIES[kind])
        except Refused as refused:
            error = refused.error
        said = f"{kind} by {actor}: {error}"
        by_table = error.get("code") == "not_allowed" and error["message"] == "not_allowed"
        assert by_table == (not may(rule.permission, actor)), said
        assert error.get("code") != "server_error", said
        if by_table:
            assert await rows(house) == before, said


@pytest.mark.parametrize("actor", ["agent", "supervisor", "administrator", "main_administrator"])
async def test_staff_do_nothing_in_a_session_that_is_not_theirs(house: House, actor: str) -> None:
    session = await furnish(house)
    _api, socket, _own = await come(house, actor)
    assert socket is not None
    before = await rows(house)
    for rule in MESSAGES:
        if rule.scope != "none" and may(rule.permission, actor):
            kind = tag(rule.kind)
            if kind == "invitation.decline":
                await socket.do(kind, session)
                continue
            with pytest.raises(Refused) as caught:
                await socket.do(kind, session, **BODIES[kind])
            assert caught.value.code == ("not_allowed" if kind == "agent.join" else "not_found"), kind
    assert await rows(house) == before
    assert not socket.bodies("session.snapshot", session)


async def test_a_stranger_has_no_socket(house: House) -> None:
    socket = await Socket(house.api()).open()
    assert socket.bye == {"code": "not_signed_in", "message": "not_signed_in", "field": None, "retry_after": None}


@pytest.mark.parametrize(
    "path",
    [
        "/setup",
        "/setup/",
        "/setup/x",
        "/SetupWizard.aspx",
        "/SetupWizard.aspx/x",
        "/api/v1/setup",
        "/api/v1/users",
        "/api/v1/",
        "/api/v2/login",
        "/api/v1/login/",
        "/api/v1/login%2f",
        "/api/v1/login%2Fx",
        "/api/v1%2flogin",
        "/api/v1/login;x=y",
        "/api/v1/me;.css",
        "/api/v1/me%00",
        "/api/v1/me.json",
        "/console/",
        "/console%2f",
        "/console;x",
        "/CONSOLE",
        "//console",
        "/./console",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e%2f%2e%2e%2fpyproject.toml",
        "/static//etc/passwd",
        "/.git/config",
        "/.env",
        "/secret.key",
        "/j/short",
        "/j/" + "x" * 24 + "/more",
        "/healthz/x",
    ],
)
async def test_what_is_not_there(house: House, path: str) -> None:
    api = await house.signed_in("ada")
    for method in ("GET", "POST"):
        async with api.http.request(method, URL(house.base + path, encoded=True), headers=api.headers()) as response:
            assert response.status in (404, 405 if method == "POST" else 404), (method, path)
