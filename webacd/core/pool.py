"""Agents who can be offered something, by profile, in the order in which they are asked."""

import heapq
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from .agent import Agent, AgentState
from .profile import Profile
from .queue import SLACK

if TYPE_CHECKING:
    from .queue import Line

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

    def put(self, agent: Agent) -> Pool | None:
        """The agent belongs where its profile says. The pool, when it is a new one."""
        self.remove(agent)
        new = None
        pool = self.by_profile.get(agent.profile)
        if pool is None:
            pool = new = self.by_profile[agent.profile] = Pool(agent.profile)
        pool.agents[agent.id] = agent
        pool.ready += agent.state is AgentState.READY
        agent.pool = pool
        pool.changed(agent)
        return new

    def remove(self, agent: Agent) -> None:
        pool = agent.pool
        if pool is not None:
            del pool.agents[agent.id]
            pool.ready -= agent.state is AgentState.READY
            agent.pool = None

    def empty(self) -> Iterable[Pool]:
        return [pool for pool in self.by_profile.values() if not pool.agents]
