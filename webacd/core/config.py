"""What the routing of a tenant is told: queues, groups, skills, agents, hours, reasons, rules.

Every item has an `id` that never changes and is unique within its kind. References to an item that does not exist are
kept and match nobody: `Configuration.dangling` lists them for the alarm, `check` refuses only what contradicts itself.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec


class BadConfiguration(ValueError):
    """A configuration that contradicts itself: two queues of one id, a capacity out of range."""


MAX_CAPACITY = 8
"""No agent ever has more contacts in hand, whatever is configured."""
MAX_LEVEL = 10
"""Skills have levels from 1 to this."""

Medium = Literal["session", "voice", "callback", "chat", "email", "message"]
MEDIA: tuple[Medium, ...] = ("session", "voice", "callback", "chat", "email", "message")
SPOKEN: frozenset[Medium] = frozenset({"voice", "callback"})
"""An agent has at most one of these at a time, its wrap-up included."""

RecordingPolicy = Literal["off", "on_demand", "always"]


class Choice(msgspec.Struct, frozen=True):
    """Something to choose from a list: a reason or an outcome code. `label`: one text, or a JSON object of texts by
    language."""

    id: str
    label: str


class SkillConfig(msgspec.Struct, frozen=True):
    id: str
    name: str


class SkillLevel(msgspec.Struct, frozen=True):
    """Of an agent: how good; of a contact: how good at least."""

    skill: str
    level: int = 1


class GroupConfig(msgspec.Struct, frozen=True):
    """Agents to whom a queue overflows. Who is in it is said by the agents."""

    id: str
    name: str


class End(msgspec.Struct, frozen=True):
    """Where a contact goes that nobody took in time: to another queue (it keeps clock and id), to a callback (it ends,
    a callback is scheduled where a number is known, else it goes on waiting), or away with a word of regret."""

    to: Literal["queue", "callback", "close"]
    queue: str | None = None


class Step(msgspec.Struct, frozen=True):
    """What changes for a contact that has waited `after` seconds since its arrival. Steps add up and only widen."""

    after: float
    groups: tuple[str, ...] = ()
    """Agents of these may take it too."""
    lower: int = 0
    """Taken from every level required, beside what earlier steps took; a level that reaches 0 is no longer required."""
    drop: tuple[str, ...] = ()
    """Skills no longer required."""
    end: End | None = None
    """Only in the last step."""


class CallbackPolicy(msgspec.Struct, frozen=True):
    """How a queue calls back."""

    offer_after: float | None = 120.0
    """A customer is offered a callback when the expected wait is so many seconds or unknown; None: never."""
    on_abandon: bool = False
    """Who leaves while waiting and whose number is known is called back."""
    attempts: int = 3
    retry_seconds: float = 1800.0
    hours: str | None = None
    """Times at which we call; None: those of the queue."""


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
    priority: int = 0
    """Added to that of each contact that arrives here. -100 to 100."""
    skills: tuple[SkillLevel, ...] = ()
    """Required of whoever takes a contact of the queue, beside what the contact itself requires."""
    groups: tuple[str, ...] = ()
    """The primary groups: their agents take contacts of the queue from the start, beside the agents who are in the
    queue by name."""
    steps: tuple[Step, ...] = ()
    """In the order of `after`."""
    sticky_days: float = 0.0
    """Who served this customer in the queue within so many days is preferred. 0: nobody is."""
    sticky_seconds: float = 0.0
    """The contact waits so long, from its arrival, for that agent alone while the agent is signed in; 0: preferred only
    when free at once."""
    hours: str | None = None
    """When it is open; None: always."""
    service_level_seconds: float = 20.0
    callback: CallbackPolicy = CallbackPolicy()


class AgentConfig(msgspec.Struct, frozen=True):
    id: str
    """The staff account's."""
    queues: tuple[str, ...] = ()
    capacity: int = 3
    groups: tuple[str, ...] = ()
    skills: tuple[SkillLevel, ...] = ()
    limits: dict[Medium, int] = msgspec.field(default_factory=dict)
    """How many contacts of a medium at a time; 0: none of it. Media not named: the tenant's rule."""


class Span(msgspec.Struct, frozen=True):
    """Part of a day, local time, `HH:MM`; `to` may be `24:00` and is always later than `start`."""

    start: str
    to: str


class SpecialDay(msgspec.Struct, frozen=True):
    """A day that is unlike others: `date` as YYYY-MM-DD; no spans: closed all day."""

    date: str
    name: str = ""
    spans: tuple[Span, ...] = ()


class HoursConfig(msgspec.Struct, frozen=True):
    """When something is open, in local time of a zone."""

    id: str
    name: str
    zone: str = "UTC"
    """IANA name."""
    week: tuple[tuple[Span, ...], ...] = ((), (), (), (), (), (), ())
    """Spans of Monday to Sunday."""
    country: str = ""
    """ISO 3166-1 alpha-2: closed on its public holidays. Empty: no holidays."""
    region: str = ""
    """Subdivision as the `holidays` package names it."""
    exceptions: tuple[SpecialDay, ...] = ()
    """They win over holidays and week."""


class Threshold(msgspec.Struct, frozen=True):
    """Where a figure begins to be told otherwise; None: never."""

    warn: float | None = None
    alarm: float | None = None


class Indicator(msgspec.Struct, frozen=True):
    """The four states of the waiting indicator: off when nothing waits that the agent can handle, on when something
    does, and blinking when so many wait or the oldest has waited so many seconds, whichever comes first."""

    slow_count: int = 3
    slow_seconds: float = 60.0
    fast_count: int = 6
    fast_seconds: float = 180.0


class TeamList(msgspec.Struct, frozen=True):
    """Up to 100 colleagues, shown to those of its departments and groups; to everybody when it names none."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    """Staff accounts."""
    departments: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Rules(msgspec.Struct, frozen=True):
    """Settings of the tenant."""

    single_session: bool = False
    """Every agent has one contact at a time, whatever the capacity."""
    grace_seconds: float = 8.0
    """An agent without a beat for so long is offline."""
    missed_offer: Literal["not_ready", "stay_ready"] = "not_ready"
    """What the last of `missed_offers` makes of the agent. One who stays ready is treated like one who rejected."""
    missed_offers: int = 1
    """So many missed one after the other, with none answered between, make the agent not ready."""
    reask_seconds: float = 5.0
    """An agent who rejected is not asked again for so long, and then only when nobody else can take it."""
    rejection_moves_back: bool = False
    missed_offer_moves_back: bool = False
    outbound_moves_back: bool = True
    """Whether these count as an assignment when the longest idle agent is looked for."""
    limits: dict[Medium, int] = msgspec.field(default_factory=dict)
    """How many contacts of a medium an agent has at a time, where the agent's own rule says nothing. Media not named:
    as many as the capacity, of the spoken ones 1."""
    hops: int = 5
    """How often a contact overflows to another queue by itself."""
    short_abandon_seconds: float = 5.0
    """Who leaves sooner does not count as abandoned in the service level."""
    indicator: Indicator = Indicator()
    busy: Threshold = Threshold()
    """Own figures of the shift: share of the time signed in that was busy, 0 to 1."""
    handle_time: Threshold = Threshold()
    """Mean handle time, seconds."""
    handled: Threshold = Threshold()
    """Contacts handled in an hour signed in; here it is told when the figure is below."""


class Dangling(NamedTuple):
    """A reference that leads nowhere: `kind` and `id` have it, `to` of kind `of` does not exist."""

    kind: str
    id: str
    of: str
    to: str


class Configuration(msgspec.Struct, frozen=True):
    queues: tuple[QueueConfig, ...] = ()
    agents: tuple[AgentConfig, ...] = ()
    reasons: tuple[Choice, ...] = ()
    """Reasons that an agent may give for being not ready."""
    common_codes: tuple[Choice, ...] = ()
    """Outcome codes of contacts that belong to no queue."""
    rules: Rules = Rules()
    skills: tuple[SkillConfig, ...] = ()
    groups: tuple[GroupConfig, ...] = ()
    hours: tuple[HoursConfig, ...] = ()
    team_lists: tuple[TeamList, ...] = ()

    @property
    def default_queue(self) -> str | None:
        """Where a contact goes that has lost its queue: the one so marked, else the first."""
        marked = [queue.id for queue in self.queues if queue.default]
        return next(iter(marked or [queue.id for queue in self.queues]), None)

    def capacity(self, agent: AgentConfig) -> int:
        return 1 if self.rules.single_session else min(agent.capacity, MAX_CAPACITY)

    def limit(self, agent: AgentConfig, medium: Medium) -> int:
        """How many contacts of the medium the agent may have at a time."""
        most = self.capacity(agent)
        most = 1 if medium in SPOKEN else self.capacity(agent)
        return min(most, agent.limits.get(medium, self.rules.limits.get(medium, most)))

    def dangling(self) -> Iterator[Dangling]:
        """References that lead nowhere, for the alarm."""
        known = {
            "skill": {each.id for each in self.skills},
            "group": {each.id for each in self.groups},
            "queue": {each.id for each in self.queues},
            "hours": {each.id for each in self.hours},
        }
        for kind, id, of, to in self._references():
            if to not in known[of]:
                yield Dangling(kind, id, of, to)

    def _references(self) -> Iterator[tuple[str, str, str, str]]:
        for queue in self.queues:
            named = [("skill", each.skill) for each in queue.skills]
            named += [("group", each) for each in queue.groups]
            for step in queue.steps:
                named += [("group", each) for each in step.groups]
                named += [("skill", each) for each in step.drop]
                if step.end is not None and step.end.to == "queue":
                    named.append(("queue", step.end.queue or ""))
            named += [("hours", each) for each in (queue.hours, queue.callback.hours) if each is not None]
            yield from (("queue", queue.id, of, to) for of, to in named)
        for agent in self.agents:
            named = [("queue", each) for each in agent.queues]
            named += [("group", each) for each in agent.groups]
            named += [("skill", each.skill) for each in agent.skills]
            yield from (("agent", agent.id, of, to) for of, to in named)
        for team in self.team_lists:
            yield from (("team_list", team.id, "group", each) for each in team.groups)

    def check(self) -> None:
        """Raises `BadConfiguration`."""
        if len({queue.id for queue in self.queues}) != len(self.queues):
            raise BadConfiguration("two queues have one id")
        if len({agent.id for agent in self.agents}) != len(self.agents):
            raise BadConfiguration("two agents have one id")
        for agent in self.agents:
            if not 1 <= agent.capacity <= MAX_CAPACITY:
                raise BadConfiguration(f"capacity of {agent.id} is not within 1 to {MAX_CAPACITY}")
        for queue in self.queues:
            if queue.offer_seconds <= 0 or queue.ageing < 0 or queue.handle_seconds <= 0:
                raise BadConfiguration(f"a time of {queue.id} is out of range")
            if queue.wrap_up_seconds is not None and queue.wrap_up_seconds < 0:
                raise BadConfiguration(f"wrap-up of {queue.id} is negative")
            times = [step.after for step in queue.steps]
            if times != sorted(times) or any(after < 0 for after in times):
                raise BadConfiguration(f"steps of {queue.id} are not in order")
            if any(step.end is not None for step in queue.steps[:-1]):
                raise BadConfiguration(f"{queue.id} has an end before its last step")
