"""What has happened, complete enough that the state can be built from it. A closed set."""

from typing import Literal

import msgspec

from .contact import Hold
from .difference import Difference
from .offer import OfferState

ReturnReason = Literal["timed_out", "rejected", "rescinded", "agent_lost", "transferred"]
HowAssigned = Literal["accepted", "picked", "outbound", "handed_over"]


class Configured(msgspec.Struct, frozen=True, tag="configured"):
    at: float
    difference: Difference


class ContactArrived(msgspec.Struct, frozen=True, tag="contact_arrived"):
    """`arrived_at` is earlier than `at` where a place was kept. `outbound`: an assignment follows in the same instant,
    it does not wait in line."""

    at: float
    contact: str
    seq: int
    queue: str | None
    medium: str
    session: str
    customer: str
    question: str
    priority: int
    estimate: float | None
    arrived_at: float
    steps: int = 0
    skills: dict[str, int] = msgspec.field(default_factory=dict)
    """By name."""
    hold: Hold | None = None
    customer_key: str = ""
    number: str = ""
    outbound: bool = False

    @property
    def kept_place_at(self) -> float | None:
        """When the wait began, where the place is of earlier: the end of the queue counts from there."""
        return self.at if self.arrived_at < self.at else None


class ContactReturned(msgspec.Struct, frozen=True, tag="contact_returned"):
    """Back in line at its old place. `declined` is complete: agents and until when they are not asked. So are `steps`
    and `hold`."""

    at: float
    contact: str
    agent: str
    queue: str | None
    reason: ReturnReason
    handled: bool
    """The agent had the contact already, it was not only offered."""
    declined: dict[str, float]
    steps: int = 0
    hold: Hold | None = None


class ContactMoved(msgspec.Struct, frozen=True, tag="contact_moved"):
    """It waits in another queue: its own is no more, or somebody said so (`moved`), or its queue's last step sent it
    on (`overflowed`). `steps` are those of the new queue."""

    at: float
    contact: str
    queue: str | None
    reason: Literal["moved", "overflowed"] = "moved"
    steps: int = 0
    hops: int = 0
    hold: Hold | None = None


class ContactWidened(msgspec.Struct, frozen=True, tag="contact_widened"):
    """It has reached so many steps of its queue."""

    at: float
    contact: str
    steps: int


class ContactHeld(msgspec.Struct, frozen=True, tag="contact_held"):
    """For whom it is kept from now on."""

    at: float
    contact: str
    hold: Hold | None = None


class OfferMade(msgspec.Struct, frozen=True, tag="offer_made"):
    at: float
    offer: str
    number: int
    contact: str
    agent: str
    deadline: float


class OfferClosed(msgspec.Struct, frozen=True, tag="offer_closed"):
    at: float
    offer: str
    contact: str
    agent: str
    outcome: OfferState


class Remember(msgspec.Struct, frozen=True):
    """Who had a customer last in a queue is kept in mind; what is from before `since` may be forgotten."""

    queue: str
    customer: str
    since: float


class ContactAssigned(msgspec.Struct, frozen=True, tag="contact_assigned"):
    """`turn` is the agent's new one. `former` had the contact before, when it was handed over."""

    at: float
    contact: str
    agent: str
    how: HowAssigned
    waited: float
    turn: int
    former: str | None = None
    hold: Hold | None = None
    """Kept for that agent also when it has to wait again."""
    remember: Remember | None = None


class ContactAbandoned(msgspec.Struct, frozen=True, tag="contact_abandoned"):
    at: float
    contact: str
    agent: str | None
    waited: float


class ContactRedirected(msgspec.Struct, frozen=True, tag="contact_redirected"):
    """The last step of its queue ended it."""

    at: float
    contact: str
    to: Literal["close", "callback"]
    waited: float


class WrapUpStarted(msgspec.Struct, frozen=True, tag="wrap_up_started"):
    """The customer's part is over."""

    at: float
    contact: str
    agent: str
    deadline: float | None


class ContactCompleted(msgspec.Struct, frozen=True, tag="contact_completed"):
    """The end. `after_wrap_up` is False when there was none to do."""

    at: float
    contact: str
    agent: str
    after_wrap_up: bool
    outcome_code: str | None = None


class HandleTimeMeasured(msgspec.Struct, frozen=True, tag="handle_time_measured"):
    """`count` and `mean` are the queue's after this one."""

    at: float
    queue: str
    seconds: float
    count: int
    mean: float


class AgentStateChanged(msgspec.Struct, frozen=True, tag="agent_state_changed"):
    at: float
    agent: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None


class AgentMovedBack(msgspec.Struct, frozen=True, tag="agent_moved_back"):
    """Counts as an assignment for who is longest idle, though nothing was assigned."""

    at: float
    agent: str
    turn: int


Event = (
    Configured
    | ContactArrived
    | ContactReturned
    | ContactMoved
    | ContactWidened
    | ContactHeld
    | OfferMade
    | OfferClosed
    | ContactAssigned
    | ContactAbandoned
    | ContactRedirected
    | WrapUpStarted
    | ContactCompleted
    | HandleTimeMeasured
    | AgentStateChanged
    | AgentMovedBack
)
