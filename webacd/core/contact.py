"""Contact: a piece of work on its way from arrival to its end."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

from .lifecycle import LifeCycle, State


class ContactState(State):
    QUEUED = "queued"
    OFFERED = "offered"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    REDIRECTED = "redirected"
    CALLBACK_SCHEDULED = "callback_scheduled"


class ContactStep(State):
    """What may happen to a contact."""

    OFFER = "offer"
    ASSIGN = "assign"
    RETURN = "return"
    MOVE = "move"
    ABANDON = "abandon"
    REDIRECT = "redirect"
    SCHEDULE = "schedule"
    START_WRAP_UP = "start_wrap_up"
    COMPLETE = "complete"


CONTACT_LIFE = LifeCycle[ContactState, ContactStep](
    "contact",
    {
        (ContactState.QUEUED, ContactStep.OFFER): ContactState.OFFERED,
        (ContactState.QUEUED, ContactStep.ASSIGN): ContactState.ACTIVE,
        (ContactState.QUEUED, ContactStep.MOVE): ContactState.QUEUED,
        (ContactState.QUEUED, ContactStep.ABANDON): ContactState.ABANDONED,
        (ContactState.QUEUED, ContactStep.REDIRECT): ContactState.REDIRECTED,
        (ContactState.QUEUED, ContactStep.SCHEDULE): ContactState.CALLBACK_SCHEDULED,
        (ContactState.OFFERED, ContactStep.ASSIGN): ContactState.ACTIVE,
        (ContactState.OFFERED, ContactStep.RETURN): ContactState.QUEUED,
        (ContactState.OFFERED, ContactStep.ABANDON): ContactState.ABANDONED,
        (ContactState.ACTIVE, ContactStep.ASSIGN): ContactState.ACTIVE,
        (ContactState.ACTIVE, ContactStep.RETURN): ContactState.QUEUED,
        (ContactState.ACTIVE, ContactStep.START_WRAP_UP): ContactState.WRAP_UP,
        (ContactState.ACTIVE, ContactStep.COMPLETE): ContactState.COMPLETED,
        (ContactState.WRAP_UP, ContactStep.COMPLETE): ContactState.COMPLETED,
    },
)


class Hold(msgspec.Struct, frozen=True):
    """For whom a contact is kept.

    `only`: nobody else ever gets it. `direct`: asked for; the queue's others too once it is `open`. `sticky`: served
    the customer last. `transfer`: was named by the agent who passed it on. All but the sticky one get it whatever
    their queues and skills."""

    agent: str
    kind: Literal["only", "direct", "sticky", "transfer"]
    until: float | None = None
    open: bool = False


@dataclass(slots=True)
class Contact:
    """A contact that has not ended. `queue` is None for an outbound contact that belongs to no queue."""

    id: str
    seq: int
    """Order of arrival in the tenant; breaks ties of the same instant."""
    queue: str | None
    medium: str
    session: str
    customer: str
    question: str
    priority: int
    """With that of the queue in which it arrived."""
    arrived_at: float
    """Never changes, whatever the contact goes through."""
    skills: tuple[tuple[str, int], ...] = ()
    """Its own requirements, by name of the skill; those of its queue come beside."""
    customer_key: str = ""
    number: str = ""
    hold: Hold | None = None
    steps: int = 0
    """Steps of its queue that it has reached; one more once the last one's end was tried."""
    hops: int = 0
    """How often it went on to another queue by itself."""
    returned_at: float | None = None
    """When it last came to wait from an agent who had it, was moved by somebody, or came with a place of earlier; the
    end of a queue counts from there, not from the arrival."""
    estimate: float | None = None
    """Wait foretold at arrival, seconds."""
    state: ContactState = ContactState.QUEUED
    agent: str | None = None
    """Whose slot it takes; set exactly in OFFERED, ACTIVE and WRAP_UP."""
    offer: str | None = None
    offers: int = 0
    """How often it was offered; numbers the offers."""
    assigned_at: float | None = None
    """When handling began; kept when it is handed over."""
    wrap_up_deadline: float | None = None
    declined: dict[str, float] = field(default_factory=dict)
    """Agents who declined since the last assignment, and until when they are not asked again."""
    ticket: int = field(default=0, compare=False)
    """Counts the times it was put in line; entries of earlier times are void."""

    def virtual_arrival(self, ageing: float) -> float:
        """When it arrived, moved back by `ageing` seconds for each level of priority."""
        return self.arrived_at - ageing * self.priority
