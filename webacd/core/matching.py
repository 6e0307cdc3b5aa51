"""Who is offered to whom next."""

import contextlib
from typing import NamedTuple

from .agent import Agent
from .contact import Contact
from .queue import Place
from .state import RoutingState


class Pair(NamedTuple):
    place: Place
    contact: Contact
    agent: Agent


def next_pair(state: RoutingState, now: float) -> Pair | None:
    """The contact to be served next and its agent; None when no agent is left who could take one that waits.

    Looks only at the queues in which something changed (`state.touched`): in the others there was nothing to
    do before either. Agents who declined come after all others, in the same order.
    """
    first: list[Pair] = []
    again: list[Pair] = []
    for queue in sorted(queue for queue in state.touched if queue is not None):
        if state.pools.best(queue) is None:
            state.touched.discard(queue)
            continue
        with contextlib.closing(state.line(queue).in_order()) as places:
            for place, contact in places:
                agent = state.pools.best(queue, contact.declined)
                if agent is not None:
                    first.append(Pair(place, contact, agent))
                    break
                pausing = [id for id, until in contact.declined.items() if until > now]
                agent = state.pools.best(queue, pausing)
                if agent is not None:
                    again.append(Pair(place, contact, agent))
    return min(first or again, key=lambda pair: pair.place, default=None)
