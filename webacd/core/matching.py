"""Who is offered to whom next."""

import contextlib
from collections.abc import Iterable
from typing import NamedTuple

from .agent import Agent
from .contact import Contact
from .lines import Line, Place
from .state import RoutingState


class Pair(NamedTuple):
    place: Place
    contact: Contact
    agent: Agent


def next_pair(state: RoutingState, now: float) -> Pair | None:
    """The contact to be served next and its agent; None when no agent is left who could take one that waits.

    Looks only where something changed: elsewhere there was nothing to do before either. Agents who declined come
    after all others, in the same order.
    """
    if not state.touched_lines:
        if not state.touched_agents:
            return None
        if len(state.touched_agents) == 1:
            return _for_one(state, now)
    return _search(state, _lines(state), now)


def _for_one(state: RoutingState, now: float) -> Pair | None:
    """One agent has become free, and nobody else could take anything that waits: the first who fits."""
    (agent,) = state.touched_agents.values()
    pool = state.pools.of.get(agent.id)
    if not agent.available or pool is None:
        return None
    if agent.id in state.kept:
        return _search(state, _lines(state), now)
    first: Place | None = None
    for line in pool.lines:
        if not line.length:
            continue
        # Somebody waits here, so there is a head; most often it is the first that is looked at.
        place: Place | None = line.heap[0]
        if place is not None and place[3].ticket != place[2]:
            place = line.head()
        if place is not None and (first is None or place < first):
            medium = line.need.medium
            if medium in agent.limits and not agent.has_room(medium):
                continue
            if place[3].declined:
                return _search(state, _lines(state), now)
            first = place
    return Pair(first, first[3], agent) if first is not None else None


def _lines(state: RoutingState) -> Iterable[Line]:
    found = {line: None for line in state.touched_lines if line.length}
    for agent in list(state.touched_agents.values()):
        lines = _lines_for(state, agent)
        found.update(dict.fromkeys(lines))
        if not lines:
            del state.touched_agents[agent.id]
    return found


def _lines_for(state: RoutingState, agent: Agent) -> list[Line]:
    """Where somebody waits whom the agent could take now."""
    pool = state.pools.of.get(agent.id)
    if not agent.available or pool is None:
        return []
    lines = [line for line in pool.lines if line.length and agent.has_room(line.need.medium)]
    if agent.id in state.kept:
        lines += [line for line in state.kept[agent.id] if agent.has_room(line.need.medium)]
    return lines


def _search(state: RoutingState, lines: Iterable[Line], now: float) -> Pair | None:
    first: Pair | None = None
    again: Pair | None = None
    for line in lines:
        if state.best(line) is None:
            state.touched_lines.pop(line, None)
            continue
        asked = False
        with contextlib.closing(line.in_order()) as places:
            for place in places:
                if first is not None and first.place < place:
                    break
                contact = place[3]
                agent = state.best(line, contact.declined)
                if agent is not None:
                    first = Pair(place, contact, agent)
                    break
                if not asked and (again is None or place < again.place):
                    pausing = [id for id, until in contact.declined.items() if until > now]
                    agent = state.best(line, pausing)
                    if agent is not None:
                        again, asked = Pair(place, contact, agent), True
    return first or again
