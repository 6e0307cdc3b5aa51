"""Agent: who may be offered contacts."""

from dataclasses import dataclass, field
from enum import StrEnum

from .lifecycle import LifeCycle


class AgentState(StrEnum):
    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"


class AgentStep(StrEnum):
    SIGN_IN = "sign_in"
    MAKE_READY = "make_ready"
    MAKE_NOT_READY = "make_not_ready"
    LEAVE = "leave"


AGENT_LIFE = LifeCycle[AgentState, AgentStep](
    "agent",
    {
        (AgentState.OFFLINE, AgentStep.SIGN_IN): AgentState.NOT_READY,
        (AgentState.NOT_READY, AgentStep.MAKE_READY): AgentState.READY,
        (AgentState.NOT_READY, AgentStep.MAKE_NOT_READY): AgentState.NOT_READY,
        (AgentState.NOT_READY, AgentStep.LEAVE): AgentState.OFFLINE,
        (AgentState.READY, AgentStep.MAKE_NOT_READY): AgentState.NOT_READY,
        (AgentState.READY, AgentStep.LEAVE): AgentState.OFFLINE,
    },
)


@dataclass(slots=True)
class Agent:
    id: str
    queues: tuple[str, ...]
    """Sorted; agents with the same queues share a pool."""
    capacity: int
    state: AgentState = AgentState.OFFLINE
    reason: str | None = None
    since: float = 0.0
    turn: int = 0
    """Number of the tenant's assignment that last moved the agent to the back; 0 = never had one."""
    holding: dict[str, None] = field(default_factory=dict)
    """Contacts in OFFERED, ACTIVE or WRAP_UP that name this agent; each takes a slot. Ordered."""

    @property
    def load(self) -> int:
        """Contacts in hand: offers and wrap-ups count."""
        return len(self.holding)

    @property
    def has_slot(self) -> bool:
        return self.load < self.capacity

    @property
    def available(self) -> bool:
        """Whether an offer may be made to the agent."""
        return self.state is AgentState.READY and self.has_slot
