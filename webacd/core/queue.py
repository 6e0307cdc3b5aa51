"""Who waits in a requirement class, in order of virtual arrival."""

import heapq
from collections import Counter
from collections.abc import Callable, Generator
from typing import NamedTuple

from .contact import Contact, ContactState

SLACK = 64
"""Void entries that a heap may carry before it is looked at whether to rebuild it."""


class Place(NamedTuple):
    """A place in line. It never changes while the contact waits, so ageing needs no sorting anew."""

    virtual_arrival: float
    seq: int
    ticket: int
    contact: str


class Standing(NamedTuple):
    """Where a contact stands, both from 1: `position` among all who wait or are being offered, `rank` among
    those for whom nobody has been found yet, it included."""

    position: int
    rank: int


class Line:
    """Heap of places; a place is void once its contact no longer waits here or has a newer ticket.

    Contacts being offered are not in the heap but keep their position, until `remove`.
    Today a class is a queue. With skills it becomes queue, skills and medium; nothing here changes.
    """

    def __init__(self, contact: Callable[[str], Contact | None]) -> None:
        self._heap: list[Place] = []
        self._contact = contact
        self._members: dict[str, tuple[float, int]] = {}
        self._levels = Counter[int]()
        self._standings: dict[str, Standing] | None = None

    @property
    def length(self) -> int:
        """How many wait for an agent to be found."""
        return self._levels.total()

    def ahead_of(self, priority: int) -> int:
        """How many would be before a newcomer of that priority, ageing left aside."""
        return sum(count for level, count in self._levels.items() if level >= priority)

    def add(self, contact: Contact, ageing: float) -> None:
        """The contact waits, newly or again."""
        contact.ticket += 1
        place = Place(contact.virtual_arrival(ageing), contact.seq, contact.ticket, contact.id)
        heapq.heappush(self._heap, place)
        self._members[contact.id] = (place.virtual_arrival, place.seq)
        self._levels[contact.priority] += 1
        self._standings = None

    def offered(self, contact: Contact) -> None:
        """An agent was found; the contact's place is dropped when it comes to the head."""
        self._levels[contact.priority] -= 1
        self._standings = None
        if len(self._heap) > 2 * self.length + SLACK:
            self._heap = [place for place in self._heap if self._waiting(place) is not None]
            heapq.heapify(self._heap)

    def remove(self, contact: Contact) -> None:
        """The contact is neither waiting nor being offered here any more. Nothing happens if it was not."""
        if self._members.pop(contact.id, None) is not None:
            self._standings = None

    def in_order(self) -> Generator[tuple[Place, Contact], None, None]:
        """Those who wait, from the head. Places are taken out one by one as they are asked for and put back
        at the end, so asking for the first few costs the same in a line of any length."""
        taken: list[Place] = []
        try:
            while self._heap:
                place = heapq.heappop(self._heap)
                contact = self._waiting(place)
                if contact is not None:
                    taken.append(place)
                    yield place, contact
        finally:
            for place in taken:
                heapq.heappush(self._heap, place)

    def standings(self) -> dict[str, Standing]:
        """All who wait or are being offered, in order. Sorted once after a change, for all its readers."""
        if self._standings is None:
            self._standings = {}
            waiting = 0
            for position, id in enumerate(sorted(self._members, key=self._members.__getitem__), 1):
                contact = self._contact(id)
                waiting += contact is not None and contact.state is ContactState.QUEUED
                self._standings[id] = Standing(position, max(waiting, 1))
        return self._standings

    def _waiting(self, place: Place) -> Contact | None:
        contact = self._contact(place.contact)
        if contact is None or contact.state is not ContactState.QUEUED or contact.ticket != place.ticket:
            return None
        return contact
