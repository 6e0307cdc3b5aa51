"""Who receives which stream. Pure: the grants say it, the media engine is told it."""

from collections.abc import Collection
from typing import NamedTuple

from rs_server.core.session import Session, is_in
from rs_server.protocol.consent import Capability
from rs_server.protocol.session import Participant, StreamLabel

CAPABILITY: dict[StreamLabel, Capability] = {
    "mic": "hear",
    "camera": "see",
    "screen": "screen_view",
    "desktop": "desktop_view",
    "application": "application_view",
}
NATIVE: frozenset[StreamLabel] = frozenset({"desktop", "application"})
"""Streams of the native client; all others are the window's."""
LABELS: tuple[StreamLabel, ...] = tuple(CAPABILITY)
SHARES: frozenset[StreamLabel] = NATIVE | {"screen"}
"""What shows more than a person: an agent's needs a grant as well."""


class Flow(NamedTuple):
    """`receiver` gets the `label` stream of `sender` (participant ids)."""

    receiver: str
    sender: str
    label: StreamLabel


def flows(session: Session, on_hold: Collection[str]) -> frozenset[Flow]:
    """Everything that may flow now. `on_hold`: agents whose microphone and camera are in another session.

    A customer's streams need a grant to each receiver. An agent's voice and picture go to everybody in the session;
    what an agent shares of their screen needs the grant that the agent gave. Outside of *live* nothing flows.
    """
    if session.info.state != "live":
        return frozenset()
    people = [p for p in session.participants.values() if is_in(p)]
    granted = {(g.giver, g.holder, g.capability) for g in session.live_grants()}
    return frozenset(
        Flow(receiver.id, sender.id, label)
        for sender in people
        for receiver in people
        if sender.id != receiver.id
        for label in LABELS
        if _may(sender, receiver, label, granted, on_hold)
    )


def _may(
    sender: Participant,
    receiver: Participant,
    label: StreamLabel,
    granted: Collection[tuple[str, str, Capability]],
    on_hold: Collection[str],
) -> bool:
    if sender.role == "customer":
        # Who is with somebody else is told not to hear us, and does not; the picture goes on.
        unheard = label == "mic" and receiver.id in on_hold
        return receiver.role != "customer" and not unheard and (sender.id, receiver.id, CAPABILITY[label]) in granted
    if label in SHARES:
        return (sender.id, receiver.id, CAPABILITY[label]) in granted
    between_colleagues = receiver.role != "customer" and receiver.id in on_hold
    return sender.id not in on_hold and not between_colleagues


def page_stopped(session: Session) -> bool:
    """True once something came from the page that must never leave it: nobody sees it any more, for good."""
    return any(line.kind == "page_alarm" for line in session.lines)


def page_viewers(session: Session) -> frozenset[str]:
    """The participants who may see the customer's page now: each by a grant of their own."""
    return _page_holders(session, "page_view")


def page_controllers(session: Session) -> frozenset[str]:
    """The participants who may act on it now: they see it as well."""
    return _page_holders(session, "page_control") & page_viewers(session)


def _page_holders(session: Session, capability: Capability) -> frozenset[str]:
    customer = session.customer
    if session.info.state != "live" or customer is None or not is_in(customer) or page_stopped(session):
        return frozenset()
    staff = {person.id for person in session.staff}
    return frozenset(
        grant.holder
        for grant in session.live_grants()
        if grant.capability == capability and grant.giver == customer.id and grant.holder in staff
    )
