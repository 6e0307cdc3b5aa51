"""Who waits: by requirement class, in order of virtual arrival, and by queue."""

import bisect
import heapq
from collections import Counter
from collections.abc import Callable, Collection, Generator
from typing import TYPE_CHECKING, NamedTuple

from .contact import Contact, ContactState
from .profile import Levels, Requirement, fit

if TYPE_CHECKING:
    from .agent import Agent
    from .pool import Lane, Pool

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

    def takes(self, agent: "Agent") -> bool:
        """Whether the agent can take contacts of the class, whatever the load and state."""
        if agent.pool is not None and self in agent.pool.lines:
            return True
        if self.need.agent != agent.id or self.requirement is None:
            return False
        return not self.need.strict or fit(agent.profile, self.requirement) is not None

    def add(self, contact: Contact, ageing: float) -> None:
        contact.ticket += 1
        contact.line = self
        heapq.heappush(self.heap, (contact.virtual_arrival(ageing), contact.seq, contact.ticket, contact))
        self.length += 1

    def leave(self, contact: Contact) -> None:
        """It waits here no longer; its place is dropped when it comes to the head."""
        contact.line = None
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


class Standing(NamedTuple):
    """Where a contact stands, both from 1: `position` among all who wait or are being offered, `rank` among
    those for whom nobody has been found yet, it included."""

    position: int
    rank: int


class Book:
    """Who waits in a queue or is being offered, of all classes."""

    def __init__(self, contact: Callable[[str], Contact | None]) -> None:
        self._contact = contact
        self.members: dict[str, tuple[float, int]] = {}
        self._levels = Counter[int]()
        self._standings: dict[str, Standing] | None = None
        self.length = 0
        """How many wait for an agent to be found."""

    def ahead_of(self, priority: int) -> int:
        """How many would be before a newcomer of that priority, ageing left aside."""
        return sum(count for level, count in self._levels.items() if level >= priority)

    def add(self, contact: Contact, ageing: float) -> None:
        """The contact waits, newly or again."""
        self.members[contact.id] = (contact.virtual_arrival(ageing), contact.seq)
        self._levels[contact.priority] += 1
        self.length += 1
        self._standings = None

    def found(self, contact: Contact) -> None:
        """An agent was found; the contact keeps its position until `remove`."""
        self._levels[contact.priority] -= 1
        self.length -= 1
        self._standings = None

    def remove(self, contact: Contact) -> None:
        """The contact is neither waiting nor being offered here any more. Nothing happens if it was not."""
        if self.members.pop(contact.id, None) is not None:
            self._standings = None

    def standings(self) -> dict[str, Standing]:
        """All who wait or are being offered, in order. Sorted once after a change, for all its readers."""
        if self._standings is None:
            self._standings = {}
            waiting = 0
            for position, id in enumerate(sorted(self.members, key=self.members.__getitem__), 1):
                contact = self._contact(id)
                waiting += contact is not None and contact.state is ContactState.QUEUED
                self._standings[id] = Standing(position, max(waiting, 1))
        return self._standings
