"""Automatic contact distribution."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    # Media workers read these modules and need no database.
    from rs_server.db import UnitOfWork


Medium = Literal["session", "voice", "callback", "chat", "email", "message"]


class ContactRequest(msgspec.Struct, frozen=True):
    """A piece of work to be routed. Times in seconds since the epoch."""

    contact: str
    queue: str
    medium: Medium
    session: str
    customer: str
    """Name to show in an offer."""
    question: str = ""
    priority: int = 0
    skills: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Required of whoever takes it, with the lowest level that will do, beside what the queue requires. A skill that
    is not configured, or no more, does not count: nobody waits in vain for it."""
    agent: str | None = None
    """Waits for this agent, whatever the agent's queues and skills."""
    agent_only: bool = False
    """Nobody but `agent` ever gets it, for as long as there is such an agent."""
    agent_seconds: float = 60.0
    """Otherwise the queue's others may take it too after so long, or once the agent has declined it."""
    customer_key: str = ""
    """Who the customer is, so that the agent who served them last can be preferred; empty: unknown."""
    number: str = ""
    """Telephone number to call back; empty: unknown."""
    arrived_at: float | None = None
    """A place kept from earlier, such as that of a customer who asked for a callback; None: now."""
    within_hours: bool = False
    """A customer who comes by themselves: refused while the queue is closed."""


class ContactQueued(msgspec.Struct, frozen=True, tag="contact_queued"):
    """The contact waits. `returned` says why it is back: timed_out, rejected, rescinded, agent_lost, transferred (its
    agent passed it on); or why it waits elsewhere: moved (by hand, or its queue was removed), overflowed (a step of
    its queue sent it on)."""

    contact: str
    session: str
    queue: str
    arrived_at: float
    returned: str | None = None


class Offered(msgspec.Struct, frozen=True, tag="offered"):
    offer: str
    contact: str
    session: str
    agent: str
    deadline: float
    queue: str
    arrived_at: float


class OfferEnded(msgspec.Struct, frozen=True, tag="offer_ended"):
    """The offer is no longer open: accepted, rejected, timed_out or rescinded."""

    offer: str
    contact: str
    session: str
    agent: str
    outcome: Literal["accepted", "rejected", "timed_out", "rescinded"]


class Assigned(msgspec.Struct, frozen=True, tag="assigned"):
    """The agent has the contact, by accepting, picking, or starting it (outbound)."""

    contact: str
    session: str
    agent: str
    queue: str | None
    waited: float


class ContactLeft(msgspec.Struct, frozen=True, tag="contact_left"):
    """The agent no longer has the contact, without its end: presence ran out (`agent_lost`), handed over to another
    agent at once, or transferred, so that it waits again."""

    contact: str
    session: str
    agent: str
    reason: Literal["agent_lost", "handed_over", "transferred"]


class ContactEnded(msgspec.Struct, frozen=True, tag="contact_ended"):
    """The customer's part is over. A last step of the queue may have closed the contact: `redirected` (with a word of
    regret), or `callback` (whoever listens schedules one)."""

    contact: str
    session: str
    outcome: Literal["completed", "abandoned", "redirected", "callback"]
    agent: str | None = None


class WrapUpStarted(msgspec.Struct, frozen=True, tag="wrap_up_started"):
    contact: str
    session: str
    agent: str
    deadline: float | None


class WrapUpEnded(msgspec.Struct, frozen=True, tag="wrap_up_ended"):
    contact: str
    session: str
    agent: str
    outcome_code: str | None


class AgentChanged(msgspec.Struct, frozen=True, tag="agent_changed"):
    """Something an agent's view shows has changed; read `Acd.agent`."""

    agent: str


AcdEvent = (
    ContactQueued
    | Offered
    | OfferEnded
    | Assigned
    | ContactLeft
    | ContactEnded
    | WrapUpStarted
    | WrapUpEnded
    | AgentChanged
)

AcdListener = Callable[["UnitOfWork", Sequence[AcdEvent]], Awaitable[None]]
"""Called inside the transaction that makes the events true, before its commit: what it writes commits with them."""


class AgentView(msgspec.Struct, frozen=True):
    """What is shown of an agent. `since` = when the state began."""

    agent: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None
    since: float
    queues: Sequence[str]
    sessions: int
    capacity: int
    wrap_ups: int
    groups: Sequence[str] = ()
    skills: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Levels."""
    missed: int = 0
    """Offers missed one after the other."""


class WaitingView(msgspec.Struct, frozen=True):
    """A contact that waits or is being offered. `position` counts from 1 in its queue; `estimate` in seconds,
    None when unknown. `agent`: whom it waits for. `steps`: how many of its queue it has reached."""

    contact: str
    session: str
    queue: str
    customer: str
    question: str
    arrived_at: float
    position: int
    estimate: float | None
    offered_to: str | None
    medium: Medium = "session"
    priority: int = 0
    agent: str | None = None
    steps: int = 0


ReasonCode = Literal[
    "offline",
    "not_ready",
    "at_capacity",
    "medium_limit",
    "not_this_queue",
    "not_in_group",
    "skill_missing",
    "declined",
    "reserved_for_another",
]


class WhyNot(msgspec.Struct, frozen=True):
    """Why an agent does not get a contact now. `skill_missing` names the skill, the agent's level and the one needed;
    `not_in_group` stands where the queue has groups, `not_this_queue` where it has none."""

    code: ReasonCode
    skill: str | None = None
    has: int = 0
    needs: int = 0


class Candidate(msgspec.Struct, frozen=True):
    """An agent with all that speaks against; nothing: the agent is among those of whom the first is chosen.
    `declined` alone: asked only when nobody else can take the contact, and not before a pause is over."""

    agent: str
    reasons: Sequence[WhyNot] = ()
    skill_sum: int = 0
    load: int = 0


class Explanation(msgspec.Struct, frozen=True):
    """What routing says of a contact. Times in seconds since the epoch."""

    queue: str
    medium: Medium
    waited: float
    steps: int
    """How many of the queue's steps are active."""
    next_step: float | None
    """When the next one comes."""
    skills: Mapping[str, int]
    """Levels that are required now."""
    groups: Sequence[str]
    """Groups whose agents may take it now, beside the agents of the queue."""
    agent: str | None
    """The agent it is kept for."""
    candidates: Sequence[Candidate]
    """All agents, by id."""
    chosen: str | None
    """Who would be offered it now; None: nobody."""
    open: bool
    """The queue takes customers now; a customer who comes while it is closed is refused."""
    opens_at: float | None
    """When a queue that is closed opens; None: never again."""


class OfferView(msgspec.Struct, frozen=True):
    offer: str
    contact: str
    session: str
    agent: str
    queue: str
    customer: str
    question: str
    arrived_at: float
    made_at: float
    deadline: float
    medium: Medium = "session"
    direct: bool = False
    """The contact waits for this agent alone."""


class AcdRefused(Exception):
    """The command cannot be carried out now; `code` says why.

    Codes: offer_gone, contact_gone, at_capacity, not_ready, pick_not_allowed, not_in_queue, unknown_queue,
    unknown_agent, not_yours, unknown_reason, unknown_outcome_code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Acd(Protocol):
    """Automatic contact distribution of one tenant. Every command runs inside the caller's unit of work: its
    rows, the listener's rows and the caller's rows commit together or not at all."""

    def listen(self, listener: AcdListener) -> None: ...

    async def enqueue(self, unit: "UnitOfWork", request: ContactRequest) -> None:
        """Raises unknown_queue, unknown_agent, queue_closed (only where it was asked for, `within_hours`)."""

    async def start_outbound(self, unit: "UnitOfWork", request: ContactRequest, agent: str) -> None:
        """A contact that the agent began; takes a slot at once. Raises at_capacity."""

    async def accept(self, unit: "UnitOfWork", offer: str, agent: str) -> None: ...

    async def reject(self, unit: "UnitOfWork", offer: str, agent: str) -> None: ...

    async def pick(self, unit: "UnitOfWork", contact: str, agent: str, *, by_right: bool = False) -> None:
        """The agent takes a waiting contact by hand, where the queue allows it. `by_right`: the agent is in its
        session already; the queue's rules do not count, and an offer to another is taken back."""

    async def abandon(self, unit: "UnitOfWork", contact: str) -> None:
        """The customer left while waiting or being offered."""

    async def complete(self, unit: "UnitOfWork", contact: str) -> None:
        """The contact is over; wrap-up begins for its agent. Completing again changes nothing."""

    async def hand_over(self, unit: "UnitOfWork", contact: str, agent: str) -> None:
        """Another agent becomes the contact's. The former one gets no wrap-up."""

    async def transfer(
        self, unit: "UnitOfWork", contact: str, by: str, *, queue: str | None = None, agent: str | None = None
    ) -> None:
        """The active contact of agent `by` goes back to wait, for a queue or for an agent; arrival, priority and
        history stay, and `by` is free of it at once, without wrap-up. For an agent: kept for that agent until it is
        declined, the agent goes offline, or a minute is over; then it waits in `queue`, or in its former one.

        Raises contact_gone, not_yours, unknown_queue, unknown_agent, not_ready (the agent is offline), queue_closed
        (a queue without an agent)."""

    async def move(self, unit: "UnitOfWork", contact: str, queue: str) -> None:
        """A contact that waits or is being offered goes to another queue by a supervisor's hand; arrival and priority
        stay. Raises contact_gone, unknown_queue."""

    async def wrap_up_done(self, unit: "UnitOfWork", contact: str, agent: str, outcome_code: str | None) -> None: ...

    async def set_state(
        self, unit: "UnitOfWork", agent: str, state: Literal["not_ready", "ready"], reason: str | None = None
    ) -> None: ...

    async def presence(self, agent: str, present: bool) -> None:
        """Beat of an agent's console (every 5 s while one is connected), or False when the last one closed on
        purpose (signed out). Without beats for the grace time (8 s by default) the agent is offline and the
        contacts in hand go back to the head of their queue. Opens its own unit of work when needed."""

    def renew(self, agent: str) -> bool:
        """A beat of an agent who is signed in; neither waits nor tells anybody. False for all others."""

    def before_leases_end(self, hook: Callable[[], None]) -> None:
        """Call `hook` before it is looked whose grace has run out; it may still `renew`."""

    def agent(self, agent: str) -> AgentView | None: ...

    def agents(self) -> Sequence[AgentView]: ...

    def waiting(self) -> Sequence[WaitingView]: ...

    def waiting_contact(self, contact: str) -> WaitingView | None: ...

    def offers(self, agent: str) -> Sequence[OfferView]: ...

    def can_handle(self, agent: str) -> Sequence[str]:
        """Contacts that wait and that the agent may take by queue, groups, skills and the steps reached so far,
        whatever the agent's load and state; oldest place first."""

    def explain(self, contact: "ContactRequest | str") -> Explanation:
        """Who gets the contact and why not the others: one that waits, by id, or one that would come now.

        Raises `AcdRefused`: unknown_queue, contact_gone."""
