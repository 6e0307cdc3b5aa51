"""What the routing of a tenant is told: queues, agents, reasons, rules."""

from typing import Literal

import msgspec


class BadConfiguration(ValueError):
    """A configuration that contradicts itself: two queues of one id, a capacity out of range."""


MAX_CAPACITY = 8
"""No agent ever has more contacts in hand, whatever is configured."""

RecordingPolicy = Literal["off", "on_demand", "always"]


class Choice(msgspec.Struct, frozen=True):
    """Something to choose from a list: a reason or an outcome code."""

    id: str
    label: str


class QueueConfig(msgspec.Struct, frozen=True):
    id: str
    name: str
    wrap_up_seconds: float | None = 30.0
    """0 = no wrap-up; None = until the agent ends it."""
    offer_seconds: float = 20.0
    allow_pick: bool = False
    ageing: float = 60.0
    """Seconds of waiting that one level of priority is worth."""
    handle_seconds: float = 300.0
    """Handle time to reckon with until some were measured."""
    recording: RecordingPolicy = "off"
    default: bool = False
    outcome_codes: tuple[Choice, ...] = ()
    """Those of the queue and those of all queues."""


class AgentConfig(msgspec.Struct, frozen=True):
    id: str
    queues: tuple[str, ...] = ()
    capacity: int = 3


class Rules(msgspec.Struct, frozen=True):
    """Settings of the tenant."""

    single_session: bool = False
    """Every agent has one contact at a time, whatever the capacity."""
    grace_seconds: float = 8.0
    """An agent without a beat for so long is offline."""
    missed_offer: Literal["not_ready", "stay_ready"] = "not_ready"
    """What a missed offer makes of the agent. One who stays ready is treated like one who rejected."""
    reask_seconds: float = 5.0
    """An agent who rejected is not asked again for so long, and then only when nobody else can take it."""
    rejection_moves_back: bool = False
    missed_offer_moves_back: bool = False
    outbound_moves_back: bool = True
    """Whether these count as an assignment when the longest idle agent is looked for."""


class Configuration(msgspec.Struct, frozen=True):
    queues: tuple[QueueConfig, ...] = ()
    agents: tuple[AgentConfig, ...] = ()
    reasons: tuple[Choice, ...] = ()
    """Reasons that an agent may give for being not ready."""
    common_codes: tuple[Choice, ...] = ()
    """Outcome codes of contacts that belong to no queue."""
    rules: Rules = Rules()

    @property
    def default_queue(self) -> str | None:
        """Where a contact goes that has lost its queue: the one so marked, else the first."""
        marked = [queue.id for queue in self.queues if queue.default]
        return next(iter(marked or [queue.id for queue in self.queues]), None)

    def capacity(self, agent: AgentConfig) -> int:
        return 1 if self.rules.single_session else min(agent.capacity, MAX_CAPACITY)

    def check(self) -> None:
        """Raises `BadConfiguration`."""
        known = {queue.id for queue in self.queues}
        if len(known) != len(self.queues):
            raise BadConfiguration("two queues have one id")
        if len({agent.id for agent in self.agents}) != len(self.agents):
            raise BadConfiguration("two agents have one id")
        for agent in self.agents:
            if not 1 <= agent.capacity <= MAX_CAPACITY:
                raise BadConfiguration(f"capacity of {agent.id} is not within 1 to {MAX_CAPACITY}")
            if not known.issuperset(agent.queues):
                raise BadConfiguration(f"{agent.id} is in a queue that does not exist")
        for queue in self.queues:
            if queue.offer_seconds <= 0 or queue.ageing < 0 or queue.handle_seconds <= 0:
                raise BadConfiguration(f"a time of {queue.id} is out of range")
            if queue.wrap_up_seconds is not None and queue.wrap_up_seconds < 0:
                raise BadConfiguration(f"wrap-up of {queue.id} is negative")
