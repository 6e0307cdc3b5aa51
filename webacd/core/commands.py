"""What the routing core can be told. A closed set."""

from typing import Literal

import msgspec

from .config import Configuration


class Request(msgspec.Struct, frozen=True):
    """A contact to come. `queue` is None only for an outbound contact that belongs to none."""

    contact: str
    queue: str | None
    medium: str = "session"
    session: str = ""
    customer: str = ""
    question: str = ""
    priority: int = 0
    skills: tuple[tuple[str, int], ...] = ()
    """By name of the skill."""
    agent: str | None = None
    """Waits for this agent."""
    agent_only: bool = False
    agent_seconds: float = 60.0
    """How long for that agent alone, unless `agent_only`."""
    customer_key: str = ""
    number: str = ""
    arrived_at: float | None = None
    """A place kept from earlier."""
    within_hours: bool = False
    """Refused while the queue is closed."""


class Configure(msgspec.Struct, frozen=True):
    configuration: Configuration


class Enqueue(msgspec.Struct, frozen=True):
    request: Request


class StartOutbound(msgspec.Struct, frozen=True):
    request: Request
    agent: str


class Accept(msgspec.Struct, frozen=True):
    offer: str
    agent: str


class Reject(msgspec.Struct, frozen=True):
    offer: str
    agent: str


class Pick(msgspec.Struct, frozen=True):
    contact: str
    agent: str
    by_right: bool = False
    """The agent has a right to it (is in its session already): the queue's rules do not count, and an offer that is
    open to another is taken back."""


class Abandon(msgspec.Struct, frozen=True):
    contact: str


class Complete(msgspec.Struct, frozen=True):
    contact: str


class HandOver(msgspec.Struct, frozen=True):
    contact: str
    agent: str


class Transfer(msgspec.Struct, frozen=True):
    """Back to wait, for a queue or for an agent."""

    contact: str
    by: str
    queue: str | None = None
    agent: str | None = None


class Move(msgspec.Struct, frozen=True):
    """To wait in another queue; kept for nobody any more, unless nobody else ever gets it."""

    contact: str
    queue: str


class EndWrapUp(msgspec.Struct, frozen=True):
    contact: str
    agent: str
    outcome_code: str | None = None


class SetState(msgspec.Struct, frozen=True):
    agent: str
    state: Literal["not_ready", "ready"]
    reason: str | None = None


class Beat(msgspec.Struct, frozen=True):
    """The agent is there. The first one signs in."""

    agent: str


class SignOut(msgspec.Struct, frozen=True):
    agent: str


class Tick(msgspec.Struct, frozen=True):
    """Time has passed."""


class Resume(msgspec.Struct, frozen=True):
    """The process has started again: agents get a fresh grace, and offers that ran out while nobody could
    answer them go back without penalty. From now on the configuration is this one."""

    configuration: Configuration


Command = (
    Configure
    | Enqueue
    | StartOutbound
    | Accept
    | Reject
    | Pick
    | Abandon
    | Complete
    | HandOver
    | Transfer
    | Move
    | EndWrapUp
    | SetState
    | Beat
    | SignOut
    | Tick
    | Resume
)
