"""What an agent's desk shows: own state, offers, who waits, the team."""

from typing import Annotated, Literal

import msgspec

from .base import Id, Message, Record, Time, Word

Medium = Literal["session", "voice", "callback", "chat", "email", "message"]


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
    medium: Medium = "session"
    direct: bool = False
    """Meant for the reader alone, by a transfer or because this agent was asked for."""
    transferred_by: str = ""
    """Name of who gave it on last; empty when nobody did."""


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
    medium: Medium = "session"
    priority: int = 0
    can_handle: bool = False
    """The reader has the queue or group, the skills and the right to take it; load and state do not count."""
    direct: bool = False
    """Waits for the reader alone."""


class Colleague(Record, frozen=True, kw_only=True):
    user: str
    name: str
    department: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None
    since: Time
    sessions: int
    capacity: int
    media: list[Medium] = msgspec.field(default_factory=list)
    """Of the contacts in hand, each once."""
    agent: bool = True
    """False for a colleague outside the contact centre, to whom nothing is routed."""


class Team(Record, frozen=True, kw_only=True):
    """A list of colleagues that the administrator set."""

    id: str
    name: str
    members: list[str]
    """Users."""


class Limit(Record, frozen=True, kw_only=True):
    """Where a figure begins to be told otherwise; None: never."""

    warn: float | None = None
    alarm: float | None = None


class DeskRules(Record, frozen=True, kw_only=True):
    """What the desk's figures are measured by."""

    slow_count: int = 3
    slow_seconds: float = 60.0
    fast_count: int = 6
    fast_seconds: float = 180.0
    """The indicator of those who wait: blinks slowly, then fast, from so many or from so long a wait on."""
    busy: Limit = msgspec.field(default_factory=Limit)
    """Share of the time signed in, 0 to 1; from the limit up."""
    handle_time: Limit = msgspec.field(default_factory=Limit)
    """Mean, seconds; from the limit up."""
    handled: Limit = msgspec.field(default_factory=Limit)
    """Contacts in an hour signed in; below the limit."""
    reason_required: bool = False
    """Who becomes not ready by hand says why."""


class Shift(Record, frozen=True, kw_only=True):
    """Own counts since the sign-in that began the shift, true at `at`; what runs on is reckoned from there."""

    since: Time
    at: Time
    signed_in: float
    """Seconds."""
    busy: float
    """Seconds with at least one contact in hand, wrap-up included."""
    handled: int
    handle: float
    """Seconds that the handled contacts took, together."""
    online: bool
    """`signed_in` runs on."""
    working: bool
    """`busy` runs on."""


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
    teams: list[Team] = msgspec.field(default_factory=list)
    """`team` has their members, each once; without any list, colleagues of the reader's queues."""
    bar: list[str] = msgspec.field(default_factory=list)
    """Users whom the reader has put into the team bar, in that order."""
    rules: DeskRules = msgspec.field(default_factory=DeskRules)
    shift: Shift | None = None
    """None for who serves nobody, or was not signed in yet."""


class DeskChanged(Message, frozen=True, kw_only=True, tag="desk.changed"):
    """State: what is named replaces what was there (by id); the `gone` lists name what is no longer."""

    me: Colleague | None = None
    offers: list[Offer] = msgspec.field(default_factory=list)
    offers_gone: list[str] = msgspec.field(default_factory=list)
    waiting: list[Waiting] = msgspec.field(default_factory=list)
    waiting_gone: list[str] = msgspec.field(default_factory=list)
    team: list[Colleague] = msgspec.field(default_factory=list)
    team_gone: list[str] = msgspec.field(default_factory=list)
    teams: list[Team] | None = None
    bar: list[str] | None = None
    rules: DeskRules | None = None
    shift: Shift | None = None
    wrap_ups: list[WrapUp] = msgspec.field(default_factory=list)
    wrap_ups_gone: list[str] = msgspec.field(default_factory=list)
    invitations: list[Invitation] = msgspec.field(default_factory=list)
    invitations_gone: list[str] = msgspec.field(default_factory=list)
    sessions_gone: list[str] = msgspec.field(default_factory=list)
    """Sessions the reader is no longer in."""


class DeskNotice(Message, frozen=True, kw_only=True, tag="desk.notice"):
    """Volatile: something was done to the reader. `kind`: state_set (state, reason), skill_set (skill, level),
    skill_removed (skill), queue_in (queue), queue_out (queue), contact_taken (customer), by a supervisor; or
    offer_missed (customer), by nobody; reported (reference, agents), to supervisors, by a customer who said that
    something was not right. `data` holds names, to be shown."""

    kind: Literal[
        "state_set",
        "skill_set",
        "skill_removed",
        "queue_in",
        "queue_out",
        "contact_taken",
        "offer_missed",
        "reported",
    ]
    by_name: str = ""
    data: dict[str, str] = msgspec.field(default_factory=dict)


class TeamBar(Message, frozen=True, kw_only=True, tag="team.bar"):
    """Puts these colleagues into the reader's team bar, in this order."""

    users: Annotated[list[Id], msgspec.Meta(max_length=25)]


class AgentState(Message, frozen=True, kw_only=True, tag="agent.state"):
    state: Literal["ready", "not_ready"]
    reason: Word | None = None


class OfferAccept(Message, frozen=True, kw_only=True, tag="offer.accept"):
    offer: Id


class OfferReject(Message, frozen=True, kw_only=True, tag="offer.reject"):
    offer: Id


class ContactPick(Message, frozen=True, kw_only=True, tag="contact.pick"):
    contact: Id


class WrapUpDone(Message, frozen=True, kw_only=True, tag="wrap_up.done"):
    contact: Id
    outcome_code: Word | None = None


class InvitationDecline(Message, frozen=True, kw_only=True, tag="invitation.decline"):
    pass
