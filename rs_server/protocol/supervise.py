"""The supervisor's page: every agent, queue and waiting contact, live, and what may be done to them."""

from typing import Annotated, Literal

import msgspec

from .acd import Medium
from .base import Id, Message, Record, Time, Word

InHandState = Literal["offered", "active", "wrap_up"]


class Named(Record, frozen=True, kw_only=True):
    id: str
    name: str


class SkillOf(Record, frozen=True, kw_only=True):
    skill: str
    level: int


class InHand(Record, frozen=True, kw_only=True):
    """A contact that takes one of an agent's slots. `since`: when it arrived."""

    contact: str
    medium: Medium
    customer: str
    queue: str | None
    state: InHandState
    since: Time


class AgentRow(Record, frozen=True, kw_only=True):
    user: str
    name: str
    department: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None
    since: Time
    capacity: int
    queues: list[str]
    groups: list[str]
    skills: list[SkillOf]
    missed: int
    """Offers missed one after the other, with none answered between."""
    in_hand: list[InHand]


class QueueRow(Record, frozen=True, kw_only=True):
    """`ready`, `busy` and `not_ready` are its agents who are signed in: with room for a contact, full, and the rest."""

    id: str
    name: str
    waiting: int
    oldest: Time | None
    """Arrival of the one who waits longest."""
    expected_wait: float | None
    """Seconds that somebody who came now would wait; None: unknown."""
    agents: int
    ready: int
    busy: int
    not_ready: int
    answered: int
    """Of those who arrived today."""
    in_time: int
    """Of those answered: within the queue's service level."""
    offered: int
    """Who arrived today, less those who left at once."""
    service_seconds: float
    groups: list[str] = msgspec.field(default_factory=list)
    """Whose agents get its contacts from their arrival."""


class WaitingRow(Record, frozen=True, kw_only=True):
    contact: str
    customer: str
    queue: str
    medium: Medium
    arrived_at: Time
    position: int
    priority: int
    offered_to: str | None
    agent: str | None
    """Waits for this one alone."""


class RoutingAlarm(Record, frozen=True, kw_only=True):
    """`kind` and `id` name what does not exist: `to`, of kind `of`."""

    kind: str
    id: str
    of: str
    to: str


class SuperviseNames(Record, frozen=True, kw_only=True):
    """What rows name by id."""

    skills: list[Named] = msgspec.field(default_factory=list)
    groups: list[Named] = msgspec.field(default_factory=list)


class SuperviseWatch(Message, frozen=True, kw_only=True, tag="supervise.watch"):
    """From now on: one `supervise.snapshot`, then what changes."""


class SuperviseUnwatch(Message, frozen=True, kw_only=True, tag="supervise.unwatch"):
    pass


class SuperviseSnapshot(Message, frozen=True, kw_only=True, tag="supervise.snapshot"):
    agents: list[AgentRow]
    queues: list[QueueRow]
    waiting: list[WaitingRow]
    alarms: list[RoutingAlarm]
    names: SuperviseNames


class SuperviseChanged(Message, frozen=True, kw_only=True, tag="supervise.changed"):
    """State: rows replace those of the same id; the `gone` lists name what is no longer; None: as it was."""

    agents: list[AgentRow] = msgspec.field(default_factory=list)
    agents_gone: list[str] = msgspec.field(default_factory=list)
    queues: list[QueueRow] = msgspec.field(default_factory=list)
    queues_gone: list[str] = msgspec.field(default_factory=list)
    waiting: list[WaitingRow] = msgspec.field(default_factory=list)
    waiting_gone: list[str] = msgspec.field(default_factory=list)
    alarms: list[RoutingAlarm] | None = None
    names: SuperviseNames | None = None


class SuperviseState(Message, frozen=True, kw_only=True, tag="supervise.state"):
    """Make an agent who is signed in ready or not ready."""

    agent: Id
    state: Literal["ready", "not_ready"]
    reason: Word | None = None


class SuperviseSkill(Message, frozen=True, kw_only=True, tag="supervise.skill"):
    """Give an agent a skill, change its level, or, with level 0, take it."""

    agent: Id
    skill: Id
    level: Annotated[int, msgspec.Meta(ge=0, le=10)]


class SuperviseQueue(Message, frozen=True, kw_only=True, tag="supervise.queue"):
    """Put an agent into a queue, or take the agent out."""

    agent: Id
    queue: Id
    inside: bool


class SuperviseMove(Message, frozen=True, kw_only=True, tag="supervise.move"):
    """A contact that waits or is being offered waits for another queue; arrival and priority stay."""

    contact: Id
    queue: Id


class SupervisePull(Message, frozen=True, kw_only=True, tag="supervise.pull"):
    """Take a contact that waits or is being offered, whatever the queue's rules."""

    contact: Id
