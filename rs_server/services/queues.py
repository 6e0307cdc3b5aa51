"""What sessions read of the queues, and where an ask for help from a page leads."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from rs_server.protocol.api import MOST_SKILLS, Ignored, IgnoredReason
from rs_server.protocol.session import RecordingPolicy
from rs_server.store.sites import Site


class QueueFacts(msgspec.Struct, frozen=True):
    """What a session takes over from its queue."""

    id: str
    name: str
    recording: RecordingPolicy


class Closed(NamedTuple):
    """Of a queue that takes nobody now."""

    opens_at: float | None
    """None: never again."""


class Queues(Protocol):
    """Read side of the queues' configuration."""

    def closed(self, queue: str, ago: float = 0.0) -> Closed | None:
        """None: it is open, or was so many seconds ago."""

    def queue(self, queue: str) -> QueueFacts | None: ...

    def default_queue(self) -> QueueFacts | None: ...

    def skills(self) -> Mapping[str, str]:
        """Names by id."""


class Lead(NamedTuple):
    """Where an ask for help leads."""

    queue: QueueFacts | None
    """None: there is no queue at all."""
    skills: dict[str, str]
    """Required of whoever answers: names by id."""
    ignored: list[Ignored]


def lead(queues: Queues, site: Site, queue: str | None, skills: Iterable[str]) -> Lead:
    """`queue` and `skills` as a page of the site asks for them. What the site does not list, or what is no more, is
    left out and told: the mistake is the company's, and its customer is helped all the same."""
    ignored: list[Ignored] = []
    found = None
    if queue and queue != site.queue:
        found = queues.queue(queue) if queue in site.queues else None
        if found is None:
            ignored.append(Ignored(field="queue", value=queue, reason=_reason(queue in site.queues)))
    names = queues.skills()
    wanted: dict[str, str] = {}
    for said in list(skills)[:MOST_SKILLS]:
        skill = _skill(said, site, names)
        if skill is not None and skill in names:
            wanted[skill] = names[skill]
        else:
            ignored.append(Ignored(field="skills", value=said, reason=_reason(skill is not None)))
    return Lead(found or queues.queue(site.queue) or queues.default_queue(), wanted, ignored)


def _skill(said: str, site: Site, names: Mapping[str, str]) -> str | None:
    """Id of the skill that the site lists by this id, or else by this name."""
    if said in site.skills:
        return said
    folded = said.strip().casefold()
    return next((skill for skill in site.skills if skill in names and names[skill].casefold() == folded), None)


def _reason(listed: bool) -> IgnoredReason:
    return "gone" if listed else "not_listed"
