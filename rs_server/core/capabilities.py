"""What can be allowed, by whom, and what each of it needs. Tables, and what is read off them."""

from collections.abc import Mapping
from typing import NamedTuple

from rs_server.core.session import Session
from rs_server.core.streams import page_stopped
from rs_server.protocol.consent import Capability, Grant
from rs_server.protocol.desktop import NativeSkill, ShareKind

VIEWING: frozenset[Capability] = frozenset({"screen_view", "page_view", "desktop_view", "application_view", "see"})
CONTROLLING: frozenset[Capability] = frozenset({"page_control", "desktop_control", "application_control"})

FROM_BROWSER: frozenset[Capability] = frozenset({"hear", "see", "screen_view"})
"""Capabilities that work without the native client and without the company's page."""

FROM_PAGE: frozenset[Capability] = frozenset({"page_view", "page_control"})
"""Capabilities that need the company's page: only a session that began on a site has one."""

SKILLS: Mapping[Capability, frozenset[NativeSkill]] = {
    "desktop_view": frozenset({"desktop"}),
    "desktop_control": frozenset({"desktop", "control"}),
    "application_view": frozenset({"application"}),
    "application_control": frozenset({"application", "control"}),
    "clipboard_in": frozenset({"clipboard"}),
    "clipboard_out": frozenset({"clipboard"}),
    "files_read": frozenset({"folders"}),
    "files_write": frozenset({"folders"}),
}
"""Capabilities that need the native client, and what it must be able to do."""

FROM_NATIVE: frozenset[Capability] = frozenset(SKILLS)

VIEW_OF: Mapping[ShareKind, Capability] = {"desktop": "desktop_view", "application": "application_view"}
CONTROL_OF: Mapping[ShareKind, Capability] = {"desktop": "desktop_control", "application": "application_control"}

NEEDS: Mapping[Capability, frozenset[Capability]] = {
    "page_control": frozenset({"page_view"}),
    "desktop_control": frozenset({"desktop_view"}),
    "application_control": frozenset({"application_view"}),
    "clipboard_in": frozenset({"desktop_control", "application_control"}),
    "clipboard_out": frozenset({"desktop_control", "application_control"}),
}
"""One of these, between the same two, and it ends with the last of them. Whatever is needed stands before."""

STAFF_GIVES: frozenset[Capability] = frozenset(
    {"screen_view", *VIEW_OF.values(), *CONTROL_OF.values(), "clipboard_in", "clipboard_out"}
)
"""What an agent can let others do."""

SHARED_WITH_COLLEAGUE: frozenset[Capability] = (FROM_BROWSER | FROM_PAGE) - CONTROLLING
"""What a further agent, once agreed to, gets of what the agent in charge already has. Neither control nor what comes
from the native client is ever among it."""

ENDS_WITH_CHARGE: frozenset[Capability] = CONTROLLING | {"clipboard_in", "clipboard_out", "files_read", "files_write"}
"""What an agent keeps no longer who hands the session over."""


class Native(NamedTuple):
    """The native client that somebody uses: its endpoint, and what it can."""

    endpoint: str
    can: frozenset[NativeSkill]

    def does(self, capability: Capability) -> bool:
        return SKILLS[capability] <= self.can


def offered(session: Session) -> frozenset[Capability]:
    """What the customer can let others do in this session."""
    without_page = session.info.site is None or page_stopped(session)
    return (FROM_BROWSER | FROM_NATIVE | (frozenset() if without_page else FROM_PAGE)) - set(session.info.withheld)


def has_needed(session: Session, capability: Capability, giver: str, holder: str, endpoint: str | None = None) -> bool:
    """Whether `holder` has what it needs of `giver`; with `endpoint`, as given there."""
    needed = NEEDS.get(capability)
    return needed is None or any(
        grant.capability in needed
        and grant.giver == giver
        and grant.holder == holder
        and endpoint in (None, grant.endpoint)
        for grant in session.live_grants()
    )


def lacks_needed(session: Session, grant: Grant) -> bool:
    return not has_needed(session, grant.capability, grant.giver, grant.holder)
