"""What a configuration would do to what is there now: the change is made on a copy of the routing, and looked at."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .core import commands as cmd
from .core import events as ev
from .core.config import Configuration
from .core.contact import Contact, ContactState
from .core.offer import OfferState
from .core.opening import is_open
from .core.profile import Profiles, Requirement, fit, requirement, wished
from .core.routing import RoutingCore

WAITING = (ContactState.QUEUED, ContactState.OFFERED)


class Effect(msgspec.Struct, frozen=True):
    """Codes: queue_closes(queue, count; of those who wait there, and stay),
    contacts_moved(queue, to, count), contacts_ended(to, count; by the end of a step),
    contacts_returned(count), contacts_without_agents(queue, count), offers_rescinded(count), offers_made(count),
    agents_signed_out(agents, count), agents_over_capacity(agents, count), wrap_ups_ended(count)."""

    code: str
    params: Mapping[str, Any]


def preview(copy: RoutingCore, configuration: Configuration, now: float) -> list[Effect]:
    """`copy` is used up. Nothing is said of what time does by itself. Raises `BadConfiguration`."""
    copy.step(cmd.Tick(), now)
    contacts = copy.state.contacts
    former = {id: contact.queue for id, contact in contacts.items()}
    over = _over_capacity(copy)
    without = _without_agents(contacts, copy.state.configuration)
    open = _open(copy.state.configuration, now)
    events = copy.step(cmd.Configure(configuration), now)
    closed = open - _open(configuration, now)
    return [*_closing(copy, closed), *_told(copy, events, former, over, without)]


def _open(configuration: Configuration, now: float) -> set[str]:
    return {queue.id for queue in configuration.queues if is_open(configuration, queue, now)}


def _closing(after: RoutingCore, closed: set[str]) -> Iterator[Effect]:
    for queue in after.state.configuration.queues:
        if queue.id in closed:
            yield Effect("queue_closes", {"queue": queue.id, "count": len(after.state.book(queue.id).members)})


def _told(
    after: RoutingCore,
    events: Sequence[ev.Event],
    former: Mapping[str, str | None],
    over: set[str],
    without: Counter[str],
) -> Iterator[Effect]:
    contacts = after.state.contacts
    # By where they were and are: a contact may be moved on its way back, too.
    moved = Counter(
        (former[id], contact.queue)
        for id, contact in contacts.items()
        if contact.queue != former[id] and contact.state in WAITING
    )
    for (queue, to), count in sorted(moved.items(), key=lambda each: (each[0][0] or "", each[0][1] or "")):
        yield Effect("contacts_moved", {"queue": queue, "to": to, "count": count})
    ended = Counter(event.to for event in events if isinstance(event, ev.ContactRedirected))
    for end, count in sorted(ended.items()):
        yield Effect("contacts_ended", {"to": end, "count": count})
    returned = sum(isinstance(event, ev.ContactReturned) and event.handled for event in events)
    if returned:
        yield Effect("contacts_returned", {"count": returned})
    now_without = _without_agents(contacts, after.state.configuration)
    for queue, count in sorted(now_without.items()):
        if count > without[queue]:
            yield Effect("contacts_without_agents", {"queue": queue, "count": count})
    for code, count in (("offers_rescinded", _rescinded(events)), ("offers_made", _made(events))):
        if count:
            yield Effect(code, {"count": count})
    signed_out = [e.agent for e in events if isinstance(e, ev.AgentStateChanged) and e.state == "offline"]
    if signed_out:
        yield Effect("agents_signed_out", {"agents": sorted(signed_out), "count": len(signed_out)})
    newly = sorted(_over_capacity(after) - over)
    if newly:
        yield Effect("agents_over_capacity", {"agents": newly, "count": len(newly)})
    completed = sum(isinstance(event, ev.ContactCompleted) for event in events)
    if completed:
        yield Effect("wrap_ups_ended", {"count": completed})


def _rescinded(events: Sequence[ev.Event]) -> int:
    return sum(isinstance(event, ev.OfferClosed) and event.outcome is OfferState.RESCINDED for event in events)


def _made(events: Sequence[ev.Event]) -> int:
    return sum(isinstance(event, ev.OfferMade) for event in events)


def _over_capacity(core: RoutingCore) -> set[str]:
    return {agent.id for agent in core.state.agents.values() if agent.load > agent.capacity}


def _without_agents(contacts: Mapping[str, Contact], configuration: Configuration) -> Counter[str]:
    """By queue, how many wait there for whom there is no agent, signed in or not, however long they wait."""
    of = Profiles(configuration).of
    profiles = {of(agent) for agent in configuration.agents}
    agents = {agent.id for agent in configuration.agents}
    queues = {queue.id: queue for queue in configuration.queues}
    possible: dict[Requirement, bool] = {}
    found: Counter[str] = Counter()
    for contact in contacts.values():
        queue = queues.get(contact.queue or "")
        if contact.state not in WAITING or queue is None:
            continue
        if contact.hold is not None and contact.hold.kind != "sticky" and contact.hold.agent in agents:
            continue
        # Steps only widen: who does not do after the last of them never will.
        wanted = requirement(queue, wished(contact.skills, configuration), len(queue.steps), contact.medium)
        if wanted not in possible:
            possible[wanted] = any(fit(profile, wanted) is not None for profile in profiles)
        if not possible[wanted]:
            found[queue.id] += 1
    return found
