"""Lines of contacts that wait, by requirement class, and the pools of agents who can take them, by profile."""

import bisect
import heapq
from collections.abc import Collection, Generator, Iterable
from typing import NamedTuple

from .agent import Agent, AgentState
from .contact import Contact
from .profile import Levels, Profile, Requirement, fit

SLACK = 64
"""Void entries that a heap may carry before it is looked at whether to rebuild it."""

Place = tuple[float, int, int, Contact]
"""A place in line: virtual arrival, order of arrival, ticket. It never changes while the contact waits, so ageing
needs no sorting anew."""


class Need(NamedTuple):
    """What makes a requirement class: contacts that are the same in all of this can be taken by the same agents."""

    queue: str | None
    skills: Levels
    steps: int
    medium: str
    agent: str | None = None
    """For whom it is kept."""
    others: bool = True
    """Whether all who fit may take it, too."""
    strict: bool = False
    """The agent it is kept for has to fit as well."""


class Line:
    """Heap of places of one class; a place is void once its contact no longer waits or has a newer ticket."""

    __slots__ = ("fits", "heap", "length", "need", "requirement")

    def __init__(self, need: Need, requirement: Requirement | None) -> None:
        """`requirement`: None for contacts that nobody is offered, those without a queue."""
        self.need = need
        self.requirement = requirement
        self.heap: list[Place] = []
        self.length = 0
        self.fits: list[tuple[int, Lane]] = []
        """Pools that can take its contacts with their skill sums, the best first."""

    def fit(self, pool: "Pool") -> None:
        """Take the pool in, if its agents can take contacts of the class."""
        if self.requirement is None or not self.need.others:
            return
        found = fit(pool.profile, self.requirement)
        if found is not None:
            bisect.insort(self.fits, (found, pool.lane(self.need.medium)), key=lambda each: -each[0])
            pool.lines[self] = None

    def unfit(self, pool: "Pool") -> None:
        """The pool is no more."""
        self.fits = [each for each in self.fits if each[1].pool is not pool]
        del pool.lines[self]

    def close(self) -> None:
        """Nobody waits here any more."""
        for _, lane in self.fits:
            lane.pool.lines.pop(self, None)

    def takes(self, agent: Agent) -> bool:
        """Whether the agent can take contacts of the class, whatever the load and state."""
        if self.requirement is None:
            return False
        kept = self.need.agent == agent.id
        if kept and not self.need.strict:
            return True
        return (kept or self.need.others) and fit(agent.profile, self.requirement) is not None

    def add(self, contact: Contact, ageing: float) -> None:
        contact.ticket += 1
        heapq.heappush(self.heap, (contact.virtual_arrival(ageing), contact.seq, contact.ticket, contact))
        self.length += 1

    def leave(self, contact: Contact) -> None:
        """It waits here no longer; its place is dropped when it comes to the head."""
        contact.ticket += 1
        self.length -= 1
        if len(self.heap) > 2 * self.length + SLACK:
            self.heap[:] = [place for place in self.heap if place[3].ticket == place[2]]
            heapq.heapify(self.heap)

    def head(self) -> Place | None:
        heap = self.heap
        while heap:
            place = heap[0]
            if place[3].ticket == place[2]:
                return place
            heapq.heappop(heap)
        return None

    def in_order(self) -> Generator[Place, None, None]:
        """Those who wait, from the head. Places are taken out one by one as they are asked for and put back
        at the end, so asking for the first few costs the same in a line of any length."""
        taken: list[Place] = []
        try:
            while (place := self.head()) is not None:
                taken.append(heapq.heappop(self.heap))
                yield place
        finally:
            for place in taken:
                heapq.heappush(self.heap, place)

    def places(self) -> Collection[Place]:
        """Of all who wait, in no order."""
        return [place for place in self.heap if place[3].ticket == place[2]]


Rank = tuple[int, int, str]
"""Who is asked first within a pool: fewest contacts in hand, then longest since the last assignment."""

NOBODY: frozenset[str] = frozenset()


def rank(agent: Agent) -> Rank:
    return (len(agent.holding), agent.turn, agent.id)


class Lane:
    """Heap of the ranks of a pool's agents who have room for a medium. A rank is void once it is no longer its
    agent's."""

    __slots__ = ("heap", "medium", "pool")

    def __init__(self, pool: "Pool", medium: str) -> None:
        self.pool = pool
        self.medium = medium
        self.heap: list[Rank] = []
        for agent in pool.agents.values():
            self.changed(agent)

    def changed(self, agent: Agent) -> None:
        if agent.state is AgentState.READY and agent.has_room(self.medium):
            heap = self.heap
            heapq.heappush(heap, rank(agent))
            if len(heap) > 2 * len(self.pool.agents) + SLACK:
                heap[:] = {each for each in heap if self._holds(each)}
                heapq.heapify(heap)

    def first(self, without: Collection[str] = NOBODY) -> Rank | None:
        """Who is asked first, those in `without` left out."""
        heap = self.heap
        aside: list[Rank] = []
        found: Rank | None = None
        while heap:
            top = heap[0]
            if not self._holds(top):
                heapq.heappop(heap)
            elif without and top[2] in without:
                aside.append(heapq.heappop(heap))
            else:
                found = top
                break
        for each in aside:
            heapq.heappush(heap, each)
        return found

    def _holds(self, entry: Rank) -> bool:
        agent = self.pool.agents.get(entry[2])
        return (
            agent is not None
            and agent.state is AgentState.READY
            and len(agent.holding) == entry[0]
            and agent.turn == entry[1]
            and agent.has_room(self.medium)
        )


class Pool:
    """The agents of one profile."""

    __slots__ = ("agents", "lanes", "lines", "profile", "ready")

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.agents: dict[str, Agent] = {}
        self.ready = 0
        """How many of them are ready."""
        self.lanes: dict[str, Lane] = {}
        self.lines: dict[Line, None] = {}
        """Where contacts wait, or waited of late, that these agents can take."""

    def lane(self, medium: str) -> Lane:
        """Media that have no limit of their own share one."""
        name = medium if medium in self.profile.limits else ""
        if name not in self.lanes:
            self.lanes[name] = Lane(self, name)
        return self.lanes[name]

    def changed(self, agent: Agent) -> None:
        """The agent's state, load or turn is another."""
        for lane in self.lanes.values():
            lane.changed(agent)


class Pools:
    def __init__(self) -> None:
        self.by_profile: dict[Profile, Pool] = {}
        self.of: dict[str, Pool] = {}
        """By agent."""

    def put(self, agent: Agent) -> Pool | None:
        """The agent belongs where its profile says. The pool, when it is a new one."""
        self.remove(agent)
        new = None
        pool = self.by_profile.get(agent.profile)
        if pool is None:
            pool = new = self.by_profile[agent.profile] = Pool(agent.profile)
        pool.agents[agent.id] = agent
        pool.ready += agent.state is AgentState.READY
        self.of[agent.id] = pool
        pool.changed(agent)
        return new

    def remove(self, agent: Agent) -> None:
        pool = self.of.pop(agent.id, None)
        if pool is not None:
            del pool.agents[agent.id]
            pool.ready -= agent.state is AgentState.READY

    def empty(self) -> Iterable[Pool]:
        return [pool for pool in self.by_profile.values() if not pool.agents]
