"""The rules of routing in the plainest form, by looking at everybody each time: who may have what."""

import math
from dataclasses import dataclass, field

from webacd.core import hours
from webacd.core.config import AgentConfig, Configuration, Medium, QueueConfig
from webacd.core.contact import Hold

SPOKEN = ("voice", "callback")
DAY = 86400.0


@dataclass
class Contact:
    queue: str | None
    medium: Medium
    priority: int
    arrived: float
    seq: int
    skills: dict[str, int] = field(default_factory=dict)
    key: str = ""
    number: str = ""
    hold: Hold | None = None
    steps: int = 0
    hops: int = 0
    returned: float | None = None
    state: str = "queued"
    agent: str | None = None
    offer: str | None = None
    declined: dict[str, float] = field(default_factory=dict)


@dataclass
class Agent:
    state: str = "offline"
    turn: int = 0
    missed: int = 0
    heard: float = float("-inf")


class Rulebook:
    """What is true, as far as the rules ask for it, and what follows."""

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.contacts: dict[str, Contact] = {}
        self.agents: dict[str, Agent] = {}
        self.sticky: dict[tuple[str, str], tuple[str, float]] = {}
        self.now = 0.0

    def live(self, *states: str) -> list[str]:
        return [id for id, contact in self.contacts.items() if contact.state in states]

    def queue(self, id: str | None) -> QueueConfig | None:
        return next((each for each in self.configuration.queues if each.id == id), None)

    def config(self, agent: str) -> AgentConfig:
        return next(each for each in self.configuration.agents if each.id == agent)

    def key(self, contact: Contact) -> tuple[float, int]:
        queue = self.queue(contact.queue)
        return (contact.arrived - (queue.ageing if queue else 0.0) * contact.priority, contact.seq)

    # What an agent has in hand

    def load(self, agent: str) -> int:
        return len([contact for contact in self.contacts.values() if contact.agent == agent])

    def capacity(self, agent: str) -> int:
        return self.configuration.capacity(self.config(agent))

    def of_medium(self, agent: str, medium: str) -> int:
        """Wrap-ups hold a slot, but no place of their medium unless it is spoken."""
        here = [each for each in self.contacts.values() if each.agent == agent and each.medium == medium]
        return len([each for each in here if medium in SPOKEN or each.state != "wrap_up"])

    def overfull(self, agent: str) -> bool:
        config = self.config(agent)
        media: tuple[Medium, ...] = ("session", "chat", "email", "message", "voice", "callback")
        too_many = any(self.of_medium(agent, each) > self.configuration.limit(config, each) for each in media)
        spoken = sum(self.of_medium(agent, each) for each in SPOKEN)
        return too_many or spoken > 1 or self.load(agent) > self.capacity(agent)

    def room(self, agent: str, medium: Medium) -> bool:
        if self.load(agent) >= self.capacity(agent):
            return False
        if medium in SPOKEN and any(self.of_medium(agent, each) for each in SPOKEN):
            return False
        return self.of_medium(agent, medium) < self.configuration.limit(self.config(agent), medium)

    # Who may take what

    def levels(self, agent: str) -> dict[str, int]:
        known = {each.id for each in self.configuration.skills}
        return {each.skill: each.level for each in self.config(agent).skills if each.skill in known}

    def asked(self, contact: Contact) -> dict[str, int]:
        queue = self.queue(contact.queue)
        known = {each.id for each in self.configuration.skills}
        asked = {skill: level for skill, level in contact.skills.items() if skill in known}
        for each in queue.skills if queue else ():
            asked[each.skill] = max(asked.get(each.skill, 0), each.level)
        return asked

    def eligible(self, contact: Contact, agent: str, steps: int | None = None) -> bool:
        queue = self.queue(contact.queue)
        if queue is None:
            return False
        reached = queue.steps[: contact.steps if steps is None else steps]
        known = {each.id for each in self.configuration.groups}
        groups = (set(queue.groups) | {group for step in reached for group in step.groups}) & known
        config = self.config(agent)
        if queue.id not in config.queues and not groups & set(config.groups):
            return False
        levels = self.levels(agent)
        for skill, level in self.asked(contact).items():
            for step in reached:
                level = 0 if skill in step.drop else level - step.lower
                if level <= 0:
                    break
            if level > 0 and levels.get(skill, 0) < level:
                return False
        return self.configuration.limit(config, contact.medium) > 0

    def may(self, contact: Contact, agent: str) -> bool:
        """Whether the agent may take the contact, whatever the load and state."""
        hold = contact.hold
        if hold is None:
            return self.eligible(contact, agent)
        if hold.agent == agent and hold.kind != "sticky":
            return self.queue(contact.queue) is not None
        return (hold.agent == agent or hold.open) and self.eligible(contact, agent)

    def free(self, contact: Contact, agent: str) -> bool:
        ready = self.agents[agent].state == "ready"
        return ready and self.may(contact, agent) and self.room(agent, contact.medium)

    def able(self, contact: Contact) -> list[str]:
        return [agent for agent in self.agents if self.free(contact, agent)]

    def order(self, contact: Contact, agent: str) -> tuple[bool, int, int, int, str]:
        levels = self.levels(agent)
        best = sum(levels.get(skill, 0) for skill in self.asked(contact))
        kept = contact.hold is not None and contact.hold.agent == agent
        return (not kept, -best, self.load(agent), self.agents[agent].turn, agent)

    def next_pair(self) -> tuple[str, str] | None:
        """Who has to be offered to whom now; None when nobody may be left without an offer."""
        waiting = sorted(self.live("queued"), key=lambda id: self.key(self.contacts[id]))
        able = {id: self.able(self.contacts[id]) for id in waiting}
        for last_resort in (False, True):
            for id in waiting:
                contact = self.contacts[id]
                found = [agent for agent in able[id] if agent not in contact.declined]
                if last_resort and not found:
                    found = [agent for agent in able[id] if contact.declined[agent] <= self.now]
                elif last_resort:
                    continue
                if found:
                    return id, min(found, key=lambda each: self.order(contact, each))
        return None

    # Steps and holds

    def reached(self, queue: str | None, arrived: float) -> int:
        config = self.queue(queue)
        return sum(arrived + step.after <= self.now for step in config.steps) if config else 0

    def end_due(self, contact: Contact) -> bool:
        """Whether the end of its queue is there for it."""
        queue = self.queue(contact.queue)
        if queue is None or not queue.steps or queue.steps[-1].end is None or contact.steps != len(queue.steps):
            return False
        if contact.hold is not None and not contact.hold.open:
            return False
        since = contact.arrived if contact.returned is None else contact.returned
        return since + queue.steps[-1].after <= self.now and self.goes_on_at(contact) <= self.now

    def goes_on_at(self, contact: Contact) -> float:
        """When the queue opens to which the end sends it; infinite: never. Now where it goes to none."""
        queue = self.queue(contact.queue)
        end = queue.steps[-1].end if queue is not None else None
        target = self.queue(end.queue) if end is not None and end.queue != contact.queue else None
        return self.now if target is None or contact.hops >= self.configuration.rules.hops else self.opens(target)

    def opens(self, queue: QueueConfig) -> float:
        """Now when it is open; infinite: never."""
        found = next((each for each in self.configuration.hours if each.id == queue.hours), None)
        at = self.now if found is None else hours.next_open(found, self.now)
        return math.inf if at is None else at

    def hold_of_arrival(self, contact: Contact, agent: str | None, only: bool, seconds: float) -> Hold | None:
        if agent is not None:
            return Hold(agent, "only") if only else Hold(agent, "direct", self.now + seconds)
        queue = self.queue(contact.queue)
        last = self.sticky.get((contact.queue or "", contact.key))
        if queue is None or last is None or self.now - last[1] > queue.sticky_days * DAY:
            return None
        known = self.agents.get(last[0])
        if known is None or known.state == "offline" or not self.eligible(contact, last[0]):
            return None
        until = contact.arrived + queue.sticky_seconds
        free = known.state == "ready" and self.room(last[0], contact.medium)
        return Hold(last[0], "sticky", max(until, self.now)) if free or until > self.now else None

    def hold_of_return(self, contact: Contact, reason: str) -> Hold | None:
        hold = contact.hold
        if hold is None or hold.agent not in self.agents:
            return None
        if hold.kind == "only":
            return hold
        declined = contact.agent == hold.agent and reason in ("rejected", "timed_out")
        if declined or (hold.until is not None and hold.until <= self.now):
            return Hold(hold.agent, "direct", hold.until, True) if hold.kind == "direct" else None
        gone = self.agents[hold.agent].state == "offline"
        return None if gone and hold.kind != "direct" else hold
