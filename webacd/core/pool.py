"""Agents who can be offered something, by what they can take, in the order in which they are asked."""

import heapq
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from .agent import Agent
from .queue import SLACK

Profile = tuple[str, ...]
"""What the agents of a pool can take: their queues. Skills and levels will be added to it."""


class Rank(NamedTuple):
    """Who is asked first: fewest contacts in hand, then longest since the last assignment.

    The skill sum will come before both.
    """

    load: int
    turn: int
    agent: str


def rank(agent: Agent) -> Rank:
    return Rank(agent.load, agent.turn, agent.id)


class Pools:
    """One heap of ranks a profile; a rank is void once it is no longer its agent's."""

    def __init__(self, agent: Callable[[str], Agent | None]) -> None:
        self._agent = agent
        self._heaps: dict[Profile, list[Rank]] = {}
        self._sizes: dict[Profile, int] = {}
        self._profiles: dict[str, list[Profile]] = {}

    def rebuild(self, agents: Iterable[Agent]) -> None:
        self._heaps, self._sizes, self._profiles = {}, {}, {}
        for agent in agents:
            if agent.queues not in self._heaps:
                self._heaps[agent.queues] = []
                self._sizes[agent.queues] = 0
                for queue in agent.queues:
                    self._profiles.setdefault(queue, []).append(agent.queues)
            self._sizes[agent.queues] += 1
            self.changed(agent)

    def changed(self, agent: Agent) -> None:
        """The agent's state, load or turn is another."""
        if not agent.available:
            return
        heap = self._heaps[agent.queues]
        heapq.heappush(heap, rank(agent))
        if len(heap) > 2 * self._sizes[agent.queues] + SLACK:
            self._heaps[agent.queues] = [each for each in set(heap) if self._holds(each)]
            heapq.heapify(self._heaps[agent.queues])

    def best(self, queue: str, without: Collection[str] = ()) -> Agent | None:
        """Who is asked first for a contact of the queue, those in `without` left out."""
        found: Rank | None = None
        for profile in self._profiles.get(queue, ()):
            head = self._head(self._heaps[profile], without)
            if head is not None and (found is None or head < found):
                found = head
        return self._agent(found.agent) if found is not None else None

    def _head(self, heap: list[Rank], without: Collection[str]) -> Rank | None:
        aside: list[Rank] = []
        head: Rank | None = None
        while heap:
            if not self._holds(heap[0]):
                heapq.heappop(heap)
            elif heap[0].agent in without:
                aside.append(heapq.heappop(heap))
            else:
                head = heap[0]
                break
        for each in aside:
            heapq.heappush(heap, each)
        return head

    def _holds(self, entry: Rank) -> bool:
        agent = self._agent(entry.agent)
        return agent is not None and agent.available and rank(agent) == entry
