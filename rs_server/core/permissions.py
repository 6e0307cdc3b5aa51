"""Who may do what: one table for every route and message. What is not in it cannot be done."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import NamedTuple


class Profile(StrEnum):
    """Roles that a staff account can hold, together with any others."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    MAIN_ADMINISTRATOR = "main_administrator"
    TELEPHONY = "telephony"
    AUDITOR = "auditor"


STAFF = frozenset(Profile)

STRANGER = "stranger"
"""Nobody is signed in."""
CUSTOMER = "customer"
"""Has shown a customer's endpoint token."""
CUSTOMER_CLIENT = "customer_client"
"""The same, and the endpoint is their native client."""
AGENT_CLIENT = "agent_client"
"""An agent's native client: it has that agent's part in one session, and of that only what is named here."""

Actor = str
"""A profile's value, or one of the others."""


class Permission(NamedTuple):
    """`holders` are the actors that have it; `about` is for people."""

    name: str
    about: str
    holders: frozenset[Actor]


def _permission(name: str, about: str, *holders: Actor) -> Permission:
    return Permission(name, about, frozenset(str(holder) for holder in holders))


_ALL_STAFF = tuple(STAFF)
_ALL_BUT_ROUTING = (Profile.ADMINISTRATOR, Profile.MAIN_ADMINISTRATOR)
"""They hold every right of staff; what is of routing, like queues, is the main administrator's alone."""

PERMISSIONS: Mapping[str, Permission] = {
    row.name: row
    for row in (
        _permission("public", "Open to everybody", STRANGER, CUSTOMER, AGENT_CLIENT, *_ALL_STAFF),
        _permission("staff", "Signed in as staff", *_ALL_STAFF),
        _permission("session.customer", "Be the customer of a session", CUSTOMER),
        _permission(
            "session.take_part",
            "Take part in one's own session",
            CUSTOMER,
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "session.give",
            "Send streams in one's own session, let others view and control, and take it back",
            CUSTOMER,
            AGENT_CLIENT,
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission("session.native", "Be the native client in a session", CUSTOMER_CLIENT, AGENT_CLIENT),
        _permission(
            "session.agent",
            "Serve customers: offers, own state, sessions, notes",
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "session.transfer",
            "Transfer the session one is in charge of to a queue or another agent",
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "agents.supervise",
            "Watch agents and queues live, change agents' states, skills and queues, move who waits",
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission("desk.watch", "See who waits and the team", Profile.AGENT, Profile.SUPERVISOR, *_ALL_BUT_ROUTING),
        _permission(
            "sessions.list",
            "Find sessions and read their detail report (an agent: one's own)",
            Profile.AGENT,
            Profile.SUPERVISOR,
            Profile.MANAGER,
            Profile.AUDITOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "sessions.all",
            "Read every session's detail report",
            Profile.SUPERVISOR,
            Profile.MANAGER,
            Profile.AUDITOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "callbacks.manage",
            "Ask for, change and call off callbacks (an agent: one's own)",
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission("callbacks.all", "See and change every callback", Profile.SUPERVISOR, *_ALL_BUT_ROUTING),
        _permission(
            "callbacks.call",
            "Make callbacks that the queue gave one",
            Profile.AGENT,
            Profile.SUPERVISOR,
            *_ALL_BUT_ROUTING,
        ),
        _permission("recordings.replay", "Replay recordings", Profile.AUDITOR, *_ALL_BUT_ROUTING),
        _permission("users.manage", "Create, change and disable staff accounts", *_ALL_BUT_ROUTING),
        _permission("sites.manage", "Change sites and their allowed origins", *_ALL_BUT_ROUTING),
        _permission(
            "queues.read",
            "See queues, agents, skills, opening hours and who changed them",
            Profile.SUPERVISOR,
            Profile.MANAGER,
            *_ALL_BUT_ROUTING,
        ),
        _permission(
            "queues.manage",
            "Change queues, agents, skills, opening hours and all that routing goes by",
            Profile.MAIN_ADMINISTRATOR,
        ),
    )
}


def allowed(permission: str, actors: Collection[Actor]) -> bool:
    """True when one of `actors` holds the permission. An unknown permission allows nobody."""
    row = PERMISSIONS.get(permission)
    return row is not None and not row.holders.isdisjoint(actors)


def permissions_of(actors: Collection[Actor]) -> list[str]:
    return sorted(name for name in PERMISSIONS if allowed(name, actors))
