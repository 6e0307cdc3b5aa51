"""The table of permissions."""

import pytest

from rs_server.app import ROUTES
from rs_server.core.permissions import (
    AGENT_CLIENT,
    CUSTOMER,
    CUSTOMER_CLIENT,
    PERMISSIONS,
    STRANGER,
    Profile,
    allowed,
    permissions_of,
)
from rs_server.http.messages import MESSAGES

ACTORS = [STRANGER, CUSTOMER, CUSTOMER_CLIENT, AGENT_CLIENT, *(profile.value for profile in Profile)]


def test_what_is_not_in_the_table_nobody_may() -> None:
    assert not allowed("everything", ACTORS)
    assert not allowed("public", [])
    assert not allowed("staff", ["owner"])


@pytest.mark.parametrize("name", PERMISSIONS)
def test_rows(name: str) -> None:
    row = PERMISSIONS[name]
    assert row.name == name
    assert row.about
    assert row.holders <= set(ACTORS)
    for actor in ACTORS:
        assert allowed(name, [actor]) == (actor in row.holders) == (name in permissions_of([actor]))


def test_strangers_hold_only_what_is_public() -> None:
    assert permissions_of([STRANGER]) == ["public"]
    assert permissions_of([CUSTOMER]) == ["public", "session.customer", "session.give", "session.take_part"]


def test_a_native_client_of_an_agent_shows_and_nothing_else() -> None:
    assert permissions_of([AGENT_CLIENT]) == ["public", "session.give", "session.native"]
    assert permissions_of([CUSTOMER_CLIENT]) == ["session.native"], "all else it has as a customer"
    kinds = {rule.kind.__name__ for rule in MESSAGES if allowed(rule.permission, [AGENT_CLIENT])}
    assert kinds == {
        *("GrantGive", "GrantWithdraw", "StopAll", "MediaOpen", "MediaAnswer", "MediaCandidate"),
        *("DesktopShare", "DesktopMeasure", "FolderAnswer", "ClipboardPut"),
    }
    routes = {route.permission for route in ROUTES if allowed(route.permission, [AGENT_CLIENT])}
    assert routes == {"public"}


def test_roles_add_up() -> None:
    both = permissions_of([Profile.AGENT, Profile.AUDITOR])
    assert set(both) == {*permissions_of([Profile.AGENT]), *permissions_of([Profile.AUDITOR])}


def test_an_auditor_serves_nobody_and_an_agent_replays_nothing() -> None:
    assert not allowed("session.agent", [Profile.AUDITOR])
    assert not allowed("session.take_part", [Profile.AUDITOR])
    assert not allowed("recordings.replay", [Profile.AGENT])
    assert not allowed("recordings.replay", [Profile.SUPERVISOR])


def test_every_route_and_message_has_a_row() -> None:
    assert {*(route.permission for route in ROUTES), *(rule.permission for rule in MESSAGES)} <= PERMISSIONS.keys()


def test_what_is_open_to_strangers() -> None:
    """Committed: a route more here is a decision, not an accident."""
    assert {(route.method, route.path) for route in ROUTES if route.permission == "public"} == {
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/api/v1/openapi.json"),
        ("POST", "/api/v1/login"),
        ("GET", "/api/v1/sites/{key}"),
        ("POST", "/api/v1/sites/{key}/sessions"),
        ("GET", "/api/v1/sites/{key}/callback"),
        ("POST", "/api/v1/sites/{key}/callback"),
        ("GET", "/api/v1/links/{token}"),
        ("POST", "/api/v1/join"),
    }
    assert not [rule for rule in MESSAGES if rule.permission == "public"]


def held(*profiles: Profile) -> set[str]:
    return set(permissions_of(profiles)) - {"public", "staff"}


def test_what_each_profile_holds() -> None:
    everything = set(PERMISSIONS) - {"public", "staff", "session.customer", "session.native"}
    assert held(Profile.MAIN_ADMINISTRATOR) == everything
    assert held(Profile.ADMINISTRATOR) == everything - {"queues.manage"}
    calls = {"callbacks.manage", "callbacks.call"}
    parts = {"session.take_part", "session.give", "session.agent", "session.transfer"}
    serving = {*parts, "desk.watch", "sessions.list", *calls}
    assert held(Profile.AGENT) == serving
    assert held(Profile.SUPERVISOR) == {
        *serving,
        "sessions.all",
        "agents.supervise",
        "queues.read",
        "callbacks.all",
    }
    assert held(Profile.MANAGER) == {"sessions.list", "sessions.all", "queues.read"}
    assert held(Profile.AUDITOR) == {"sessions.list", "sessions.all", "recordings.replay"}
    assert held(Profile.TELEPHONY) == set()
