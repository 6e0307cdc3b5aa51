"""Figures of the shift and of the day, from the stored events alone: pure, so that a recount gives the same.

Busy time is the union of all contacts in hand; handle time is each contact's own, wrap-up included. Counts are kept,
shares are for whoever shows them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from .core import events as ev

SHIFT_GAP = 4 * 3600.0
"""Who was away so long begins a new shift by signing in; a shorter absence is a break in the same one."""


class ShiftFigures(msgspec.Struct, frozen=True):
    """Of an agent since the sign-in that began the shift; the seconds are true at `at`, when something last changed."""

    since: float
    at: float
    signed_in: float
    busy: float
    handled: int
    """Contacts that were completed or given on."""
    handle: float
    """Seconds from assignment to the end of the wrap-up, of the handled contacts together."""
    online: bool
    working: bool
    """Has a contact in hand."""


@dataclass(slots=True)
class _Agent:
    since: float
    at: float
    online: bool = False
    left_at: float = float("-inf")
    signed_in: float = 0.0
    busy: float = 0.0
    handled: int = 0
    handle: float = 0.0
    in_hand: dict[str, float] = field(default_factory=dict)
    """When each contact was assigned."""

    def pass_to(self, at: float) -> None:
        """Time that has gone by counts for what was the case until now."""
        gone = max(0.0, at - self.at)
        if self.online:
            self.signed_in += gone
        if self.in_hand:
            self.busy += gone
        self.at = max(self.at, at)


class ShiftBook:
    """Is fed every event, in order."""

    def __init__(self) -> None:
        self._agents: dict[str, _Agent] = {}

    def feed(self, event: ev.Event) -> set[str]:
        """Returns the agents whose figures are others now."""
        match event:
            case ev.AgentStateChanged():
                self._state(event.agent, event.state != "offline", event.at)
                return {event.agent}
            case ev.ContactAssigned():
                changed = {event.agent}
                if event.former is not None and event.former != event.agent:
                    self._end(event.former, event.contact, event.at, handled=True)
                    changed.add(event.former)
                agent = self._moved(event.agent, event.at)
                agent.in_hand.setdefault(event.contact, event.at)
                return changed
            case ev.ContactReturned(handled=True):
                self._end(event.agent, event.contact, event.at, handled=event.reason != "agent_lost")
                return {event.agent}
            case ev.ContactCompleted():
                self._end(event.agent, event.contact, event.at, handled=True)
                return {event.agent}
            case _:
                return set()

    def figures(self, agent: str) -> ShiftFigures | None:
        """None for who was never signed in."""
        known = self._agents.get(agent)
        if known is None:
            return None
        return ShiftFigures(
            since=known.since,
            at=known.at,
            signed_in=known.signed_in,
            busy=known.busy,
            handled=known.handled,
            handle=known.handle,
            online=known.online,
            working=bool(known.in_hand),
        )

    def _moved(self, agent: str, at: float) -> _Agent:
        known = self._agents.get(agent)
        if known is None:
            # The sign-in lies before what we were fed: the shift is known from here on.
            known = self._agents[agent] = _Agent(since=at, at=at, online=True)
        known.pass_to(at)
        return known

    def _state(self, agent: str, online: bool, at: float) -> None:
        known = self._agents.get(agent)
        if known is None:
            if online:
                self._agents[agent] = _Agent(since=at, at=at, online=True)
            return
        known.pass_to(at)
        if online and not known.online and at - known.left_at >= SHIFT_GAP:
            known = self._agents[agent] = _Agent(since=at, at=at, in_hand=known.in_hand)
        if known.online and not online:
            known.left_at = at
        known.online = online

    def _end(self, agent: str, contact: str, at: float, handled: bool) -> None:
        known = self._moved(agent, at)
        began = known.in_hand.pop(contact, None)
        if began is not None and handled:
            known.handled += 1
            known.handle += at - began


class DayFigures(msgspec.Struct, frozen=True):
    """Of a queue: who arrived there since the day began. Service level = in_time / offered."""

    offered: int = 0
    """Without who left at once, and without who was sent elsewhere by a step."""
    answered: int = 0
    in_time: int = 0


class DayBook:
    """Counts by the queue of the arrival, which stays whatever becomes of the contact. `limit(queue)`: seconds of its
    service level. `short_abandon`: who leaves sooner was never offered."""

    def __init__(self, limit: Callable[[str], float], short_abandon: Callable[[], float]) -> None:
        self._limit = limit
        self._short_abandon = short_abandon
        self._begin = float("-inf")
        self._open: dict[str, str] = {}
        self._days: dict[str, DayFigures] = {}

    def begin(self, at: float) -> None:
        """A day begins; of the earlier one nothing is left."""
        if at > self._begin:
            self._begin = at
            self._open.clear()
            self._days.clear()

    def feed(self, event: ev.Event) -> set[str]:
        """Returns the queues whose figures are others now."""
        match event:
            case ev.ContactArrived(outbound=False, queue=str(queue)) if event.at >= self._begin:
                self._open[event.contact] = queue
                return self._add(queue, offered=1)
            case ev.ContactAssigned() if event.contact in self._open:
                queue = self._open.pop(event.contact)
                return self._add(queue, answered=1, in_time=int(event.waited <= self._limit(queue)))
            case ev.ContactAbandoned() if event.contact in self._open:
                queue = self._open.pop(event.contact)
                return self._add(queue, offered=-int(event.waited < self._short_abandon()))
            case ev.ContactRedirected() if event.contact in self._open:
                return self._add(self._open.pop(event.contact), offered=-1)
            case _:
                return set()

    def figures(self, queue: str) -> DayFigures:
        return self._days.get(queue, DayFigures())

    def _add(self, queue: str, offered: int = 0, answered: int = 0, in_time: int = 0) -> set[str]:
        was = self.figures(queue)
        self._days[queue] = DayFigures(was.offered + offered, was.answered + answered, was.in_time + in_time)
        return {queue}
