"""What is true now, and the indexes that find it: lines of requirement classes, pools of agents, deadlines."""

import math
from collections.abc import Mapping
from typing import Any

from .agent import Agent, AgentState
from .config import Configuration, QueueConfig
from .contact import Contact, ContactState
from .deadlines import DeadlineKind, Deadlines
from .estimate import HandleTime, estimate
from .lines import Line, Need, Pools
from .offer import Offer
from .profile import requirement, wished
from .queue import Book

EMPTY_LINES = 256
"""So many lines in which nobody waits may be there before they are cleared away."""


class Indexes:
    """`touched_lines` and `touched_agents` collect where a contact and an agent may newly fit; the core empties
    them."""

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.queues: dict[str, QueueConfig] = {}
        self.contacts: dict[str, Contact] = {}
        self.offers: dict[str, Offer] = {}
        self.ended: dict[str, Contact] = {}
        """Contacts that ended in the present step; the core empties it."""
        self.agents: dict[str, Agent] = {}
        self.handle_times: dict[str, HandleTime] = {}
        self.sticky: dict[tuple[str, str], tuple[str, float]] = {}
        """By queue and customer: who had the customer last, and since when; the longest ago first."""
        self.seq = 0
        self.turn = 0
        self.leases: dict[str, float] = {}
        self._watched: set[str] = set()
        self.lines: dict[Need, Line] = {}
        self._most_lines = EMPTY_LINES
        self.kept: dict[str, dict[Line, None]] = {}
        """Lines kept for an agent."""
        self.waiting: dict[str, Line] = {}
        """Where each contact waits that is QUEUED."""
        self.books: dict[str | None, Book] = {}
        self.pools = Pools()
        self.deadlines = Deadlines(self._due)
        self.put_off: dict[str, float] = {}
        """By contact: when the end of its queue is tried again, which sends it to one that is closed. No truth: it is
        found out anew whenever the contact is put in line."""
        self.touched_lines: dict[Line, None] = {}
        self.touched_agents: dict[str, Agent] = {}

    # Who waits where

    def book(self, queue: str | None) -> Book:
        """Contacts without a queue have a book too; nobody is offered what stands in it."""
        found = self.books.get(queue)
        if found is None:
            found = self.books[queue] = Book(self.contacts.get)
        return found

    def line(self, need: Need) -> Line:
        found = self.lines.get(need)
        if found is None:
            found = self.lines[need] = self._new_line(need)
        return found

    def need(self, contact: Contact) -> Need:
        hold = contact.hold
        if hold is None:
            return Need(contact.queue, contact.skills, contact.steps, contact.medium)
        strict = hold.kind == "sticky"
        return Need(contact.queue, contact.skills, contact.steps, contact.medium, hold.agent, hold.open, strict)

    def put_in_line(self, contact: Contact) -> None:
        """The contact waits for an agent to be found."""
        queue = self.queues.get(contact.queue or "")
        ageing = queue.ageing if queue is not None else 0.0
        line = self.line(self.need(contact))
        line.add(contact, ageing)
        self.waiting[contact.id] = line
        self.book(contact.queue).add(contact, ageing)
        self.touched_lines[line] = None
        if contact.hold is not None and contact.hold.until is not None and not contact.hold.open:
            self.deadlines.add(contact.hold.until, DeadlineKind.HOLD, contact.id)
        self.put_off.pop(contact.id, None)
        self._await_step(contact)

    def put_off_end(self, contact: Contact, until: float) -> None:
        """The end of its queue is tried again then; infinite: when the hours change."""
        self.put_off[contact.id] = until
        self._await_step(contact)

    def _await_step(self, contact: Contact) -> None:
        at = self.next_step(contact)
        if at is not None:
            self.deadlines.add(at, DeadlineKind.STEP, contact.id)

    def take_out_of_line(self, contact: Contact) -> None:
        """An agent was found, or it does not wait any longer; `remove` from the book comes beside."""
        line = self.waiting.pop(contact.id, None)
        if line is None:
            return
        line.leave(contact)
        self.book(contact.queue).found(contact)
        if not line.length and line.need.agent is not None:
            self._close_line(line)

    def drop_lines(self, queues: set[str | None]) -> None:
        """Forget these queues' lines; whoever waits there has to be put in line again."""
        for line in [line for line in self.lines.values() if line.need.queue in queues]:
            self._close_line(line)
        for queue in queues:
            self.books.pop(queue, None)

    def next_step(self, contact: Contact) -> float | None:
        """When the contact, which waits, reaches the next step of its queue, or its end."""
        queue = self.queues.get(contact.queue or "")
        if queue is None or not queue.steps:
            return None
        if contact.steps < len(queue.steps):
            return contact.arrived_at + queue.steps[contact.steps].after
        last = queue.steps[-1]
        kept = contact.hold is not None and not contact.hold.open
        if contact.steps > len(queue.steps) or last.end is None or kept:
            return None
        until = self.put_off.get(contact.id)
        if until is not None:
            return until if until < math.inf else None
        since = contact.returned_at if contact.returned_at is not None else contact.arrived_at
        return since + last.after

    def steps_reached(self, queue: str | None, arrived_at: float, now: float) -> int:
        """How many steps of the queue somebody has reached who arrived then. The clock is the arrival."""
        config = self.queues.get(queue or "")
        return sum(arrived_at + step.after <= now for step in config.steps) if config is not None else 0

    # Who is there

    def changed(self, agent: Agent) -> None:
        """The agent's state, load or turn is another."""
        if agent.state is AgentState.READY and len(agent.holding) < agent.capacity:
            pool = self.pools.of.get(agent.id)
            if pool is not None:
                pool.changed(agent)
            self.touched_agents[agent.id] = agent

    def put_agent(self, agent: Agent) -> None:
        """The agent is new or has another profile."""
        pool = self.pools.put(agent)
        if pool is not None:
            for line in self.lines.values():
                line.fit(pool)
        self.changed(agent)

    def lease(self, agent: str, until: float) -> None:
        """The agent is taken for present until then, or for longer when more is heard."""
        self.leases[agent] = until
        if agent not in self._watched:
            self._watched.add(agent)
            self.deadlines.add(until, DeadlineKind.PRESENCE, agent)

    def move_leases(self, seconds: float) -> None:
        """The clock was set forward, and nobody's time has passed by it."""
        self.leases = {agent: until + seconds for agent, until in self.leases.items()}

    def unwatch(self, agent: str) -> None:
        """The deadline of the agent's lease was taken out of the heap."""
        self._watched.discard(agent)

    def restore_leases(self, leases: Mapping[str, float], now: float) -> None:
        """After a load: until when who is taken for present. Agents not named get a fresh grace."""
        fresh = now + self.configuration.rules.grace_seconds
        for agent in self.agents.values():
            if agent.state is not AgentState.OFFLINE:
                self.lease(agent.id, leases.get(agent.id, fresh))

    # What may be expected

    def handle_time(self, queue: QueueConfig) -> HandleTime:
        return self.handle_times.get(queue.id) or HandleTime(queue.handle_seconds)

    def estimate_at(self, queue: str | None, rank: int) -> float | None:
        """Expected wait in seconds of the `rank`th of those who wait, as far as the queue alone tells; None when
        unknown."""
        if queue not in self.queues:
            return None
        return self.estimate_in(self.line(Need(queue, (), 0, "session")), rank)

    def estimate_of(self, contact: Contact) -> float | None:
        """Of one who waits."""
        line = self.waiting.get(contact.id)
        if line is None:
            return 0.0
        return self.estimate_in(line, self.book(contact.queue).standings()[contact.id].rank)

    def estimate_in(self, line: Line, rank: int) -> float | None:
        """Of the `rank`th of the queue, who waits in this line. Agents with other queues count by the share that is
        left by those who wait there."""
        queue = self.queues.get(line.need.queue or "")
        if queue is None:
            return None
        if self.best(line) is not None:
            return 0.0
        length = self.book(queue.id).length
        before = min(1.0, rank / max(length, 1))
        shares: list[tuple[float, float]] = []
        for _, lane in line.fits:
            slots = lane.pool.ready * lane.pool.profile.limit(line.need.medium)
            if slots:
                others = [each for each in lane.pool.lines if each.length and each.need.queue != queue.id]
                work = math.fsum(self._work(each) for each in others)
                shares.append((slots, work * before))
        kept = self.agents.get(line.need.agent or "")
        if kept is not None and not shares and kept.state is AgentState.READY and line.takes(kept):
            shares.append((max(kept.profile.limit(line.need.medium), 1), 0.0))
        return estimate(rank, self.handle_time(queue).mean, shares)

    def _work(self, line: Line) -> float:
        """Seconds of all who wait in it."""
        queue = self.queues.get(line.need.queue or "")
        return line.length * self.handle_time(queue).mean if queue is not None else 0.0

    def best(self, line: Line, without: Any = ()) -> Agent | None:
        """Who is asked first for a contact of the line, those in `without` left out: the best skill sum, then the
        fewest contacts in hand, then the longest since the last assignment."""
        found = None
        most = 0
        for total, lane in line.fits:
            if found is not None and total < most:
                break
            head = lane.first(without) if lane.heap else None
            if head is not None and (found is None or head < found):
                found, most = head, total
        if line.need.agent is not None:
            kept = self._kept_agent(line)
            if kept is not None and kept.id not in without:
                return kept
        return self.agents[found[2]] if found is not None else None

    def _kept_agent(self, line: Line) -> Agent | None:
        agent = self.agents.get(line.need.agent or "")
        if agent is None or agent.state is not AgentState.READY or not agent.has_room(line.need.medium):
            return None
        return agent if line.takes(agent) else None

    # Upkeep

    def _new_line(self, need: Need) -> Line:
        if len(self.lines) >= self._most_lines:
            for empty in [line for line in self.lines.values() if not line.length]:
                self._close_line(empty)
            self._most_lines = 2 * len(self.lines) + EMPTY_LINES
        queue = self.queues.get(need.queue or "")
        wanted = None
        if queue is not None:
            wanted = requirement(queue, wished(need.skills, self.configuration), need.steps, need.medium)
        line = Line(need, wanted)
        for pool in self.pools.by_profile.values():
            line.fit(pool)
        if need.agent is not None:
            self.kept.setdefault(need.agent, {})[line] = None
        return line

    def _close_line(self, line: Line) -> None:
        line.close()
        del self.lines[line.need]
        self.touched_lines.pop(line, None)
        if line.need.agent is not None:
            lines = self.kept[line.need.agent]
            del lines[line]
            if not lines:
                del self.kept[line.need.agent]

    def _due(self, kind: DeadlineKind, id: str, at: float) -> float | None:
        """When the deadline is due by what is true now; None when it is void."""
        match kind:
            case DeadlineKind.OFFER:
                offer = self.offers.get(id)
                return offer.deadline if offer is not None else None
            case DeadlineKind.PRESENCE:
                if id not in self.leases:
                    self.unwatch(id)
                return self.leases.get(id)
        contact = self.contacts.get(id)
        if contact is None:
            return None
        if kind is DeadlineKind.WRAP_UP:
            return contact.wrap_up_deadline if contact.state is ContactState.WRAP_UP else None
        if contact.state is not ContactState.QUEUED:
            return None
        match kind:
            case DeadlineKind.HOLD:
                hold = contact.hold
                return at if hold is not None and not hold.open and hold.until == at else None
            case DeadlineKind.STEP:
                return at if self.next_step(contact) == at else None
            case _:
                return at if at in contact.declined.values() else None
