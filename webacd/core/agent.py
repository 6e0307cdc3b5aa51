"""Agent: who may be offered contacts."""

from dataclasses import dataclass, field

from .config import SPOKEN
from .lifecycle import LifeCycle, State
from .profile import Limits, Profile


class AgentState(State):
    OFFLINE = "offline"
    NOT_READY = "not_ready"
    READY = "ready"


class AgentStep(State):
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
    profile: Profile
    """Set by `fit_out`."""
    state: AgentState = AgentState.OFFLINE
    reason: str | None = None
    since: float = 0.0
    turn: int = 0
    """Number of the tenant's assignment that last moved the agent to the back; 0 = never had one."""
    missed: int = 0
    """Offers missed one after the other, with none answered between."""
    holding: dict[str, None] = field(default_factory=dict)
    """Contacts in OFFERED, ACTIVE or WRAP_UP that name this agent; each takes a slot. Ordered."""
    counts: dict[str, int] = field(default_factory=dict)
    """How many of them count against the limit of their medium: all but the wrap-ups of what is not spoken."""
    capacity: int = field(init=False, compare=False, repr=False)
    limits: Limits = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.fit_out(self.profile)

    def fit_out(self, profile: Profile) -> None:
        """What the agent can take from now on."""
        self.profile = profile
        self.capacity = profile.capacity
        self.limits = profile.limits

    @property
    def load(self) -> int:
        """Contacts in hand: offers and wrap-ups count."""
        return len(self.holding)

    @property
    def has_slot(self) -> bool:
        return len(self.holding) < self.capacity

    def has_room(self, medium: str) -> bool:
        """Whether a contact of the medium may be added to what is in hand."""
        if len(self.holding) >= self.capacity:
            return False
        limit = self.limits.get(medium)
        if limit is None:
            return True
        if medium in SPOKEN and any(self.counts.get(each) for each in SPOKEN):
            return False
        return self.counts.get(medium, 0) < limit

    @property
    def available(self) -> bool:
        """Whether an offer may be made to the agent."""
        return self.state is AgentState.READY and len(self.holding) < self.capacity

    def take(self, contact: str, medium: str) -> None:
        self.holding[contact] = None
        self.counts[medium] = self.counts.get(medium, 0) + 1

    def wrap_up(self, medium: str) -> None:
        """A contact of the medium is over but for its wrap-up."""
        if medium not in SPOKEN:
            self._less(medium)

    def release(self, contact: str, medium: str, wraps_up: bool) -> None:
        del self.holding[contact]
        if not wraps_up or medium in SPOKEN:
            self._less(medium)

    def _less(self, medium: str) -> None:
        left = self.counts[medium] - 1
        if left:
            self.counts[medium] = left
        else:
            del self.counts[medium]
