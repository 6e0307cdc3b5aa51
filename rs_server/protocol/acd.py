"""What an agent's desk shows: own state, offers, who waits, the team."""

from typing import Annotated, Literal

import msgspec

from .base import Id, Message, Record, Time


class Offer(Record, frozen=True, kw_only=True):
    id: str
    contact: str
    session: str
    queue: str
    queue_name: str
    customer: str
    question: str
    arrived_at: Time
    made_at: Time
    deadline: Time


class Waiting(Record, frozen=True, kw_only=True):
    contact: str
    session: str
    queue: str
    queue_name: str
    customer: str
    question: str
    arrived_at: Time
    position: int
    estimate: float | None
    may_pick: bool
    offered_to: str | None


class Colleague(Record, frozen=True, kw_only=True):
    user: str
    name: str
    department: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None
    since: Time
    sessions: int
    capacity: int


class WrapUp(Record, frozen=True, kw_only=True):
    contact: str
    session: str
    customer: str
    queue: str | None
    deadline: Time | None
    """When it ends by itself; None: only by hand."""


class Invitation(Record, frozen=True, kw_only=True):
    """A colleague asks the reader into a session."""

    session: str
    customer: str
    by_name: str
    made_at: Time


class DeskSnapshot(Message, frozen=True, kw_only=True, tag="desk.snapshot"):
    me: Colleague
    offers: list[Offer]
    waiting: list[Waiting]
    team: list[Colleague]
    wrap_ups: list[WrapUp]
    invitations: list[Invitation]
    sessions: list[str]
    """Sessions the reader is in; a snapshot of each follows, or what it missed."""


class DeskChanged(Message, frozen=True, kw_only=True, tag="desk.changed"):
    """State: what is named replaces what was there (by id); the `gone` lists name what is no longer."""

    me: Colleague | None = None
    offers: list[Offer] = msgspec.field(default_factory=list)
    offers_gone: list[str] = msgspec.field(default_factory=list)
    waiting: list[Waiting] = msgspec.field(default_factory=list)
    waiting_gone: list[str] = msgspec.field(default_factory=list)
    team: list[Colleague] = msgspec.field(default_factory=list)
    wrap_ups: list[WrapUp] = msgspec.field(default_factory=list)
    wrap_ups_gone: list[str] = msgspec.field(default_factory=list)
    invitations: list[Invitation] = msgspec.field(default_factory=list)
    invitations_gone: list[str] = msgspec.field(default_factory=list)
    sessions_gone: list[str] = msgspec.field(default_factory=list)
    """Sessions the reader is no longer in."""


class AgentState(Message, frozen=True, kw_only=True, tag="agent.state"):
    state: Literal["ready", "not_ready"]
    reason: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class OfferAccept(Message, frozen=True, kw_only=True, tag="offer.accept"):
    offer: Id


class OfferReject(Message, frozen=True, kw_only=True, tag="offer.reject"):
    offer: Id


class ContactPick(Message, frozen=True, kw_only=True, tag="contact.pick"):
    contact: Id


class WrapUpDone(Message, frozen=True, kw_only=True, tag="wrap_up.done"):
    contact: Id
    outcome_code: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class InvitationDecline(Message, frozen=True, kw_only=True, tag="invitation.decline"):
    pass
