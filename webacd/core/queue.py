"""Who waits in a queue, of all requirement classes: how many, and where each stands."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from .contact import Contact, ContactState


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
