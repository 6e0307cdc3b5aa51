"""What time does: offers run out, wrap-ups end, agents are missed, contacts reach the steps of their queue."""

import math

from . import events as ev
from .acting import Acting, lapsed
from .agent import AgentState
from .config import End
from .contact import Contact
from .deadlines import DeadlineKind
from .offer import Offer, OfferState
from .opening import opens_at


class Timing(Acting):
    def _expire(self) -> None:
        state = self.state
        while (due := state.deadlines.pop_due(self.now)) is not None:
            match due.kind:
                case DeadlineKind.OFFER:
                    self._time_out(state.offers[due.id])
                case DeadlineKind.WRAP_UP:
                    self._finish(state.contacts[due.id], None)
                case DeadlineKind.PRESENCE:
                    state.unwatch(due.id)
                    self._lose(state.agents[due.id])
                case DeadlineKind.HOLD:
                    self._lapse(state.contacts[due.id])
                case DeadlineKind.STEP:
                    self._next_step(state.contacts[due.id])
                case DeadlineKind.REASK:
                    line = state.waiting.get(due.id)
                    if line is not None:
                        state.touched_lines[line] = None

    def next_deadline(self) -> float | None:
        """When `Tick` will have something to do."""
        return self.state.deadlines.next()

    def _time_out(self, offer: Offer) -> None:
        rules = self.state.configuration.rules
        agent = self.state.agents[offer.agent]
        contact = self.state.contacts[offer.contact]
        self._close(offer, OfferState.TIMED_OUT)
        if rules.missed_offer == "not_ready" and agent.missed >= rules.missed_offers:
            self._change(agent, AgentState.NOT_READY, "missed_offer")
            self._return(contact, "timed_out")
            self._rescind_all(agent)
        else:
            self._return(contact, "timed_out", declined=True)
        if rules.missed_offer_moves_back:
            self._move_back(agent)

    def _lapse(self, contact: Contact) -> None:
        if contact.hold is not None:
            self._emit(ev.ContactHeld(self.now, contact.id, lapsed(contact.hold)))

    def _next_step(self, contact: Contact) -> None:
        steps = self.state.queues[contact.queue or ""].steps
        if contact.steps < len(steps):
            reached = self.state.steps_reached(contact.queue, contact.arrived_at, self.now)
            self._emit(ev.ContactWidened(self.now, contact.id, reached))
            return
        end = steps[-1].end
        opens = self._put_off(contact, end) if end is not None else None
        if opens is not None:
            self.state.put_off_end(contact, opens)
        elif end is None or not self._end(contact, end):
            self._emit(ev.ContactWidened(self.now, contact.id, len(steps) + 1))

    def _put_off(self, contact: Contact, end: End) -> float | None:
        """Until when the end has to wait, because it sends the contact to a queue that is closed; infinite: that one
        never opens by its present hours."""
        queue = self.state.queues.get(end.queue or "") if end.to == "queue" and end.queue != contact.queue else None
        if queue is None or contact.hops >= self.state.configuration.rules.hops:
            return None
        opens = opens_at(self.state.configuration, queue, self.now)
        return math.inf if opens is None else opens if opens > self.now else None

    def _end(self, contact: Contact, end: End) -> bool:
        """Whether the end could be done; if not, the contact goes on waiting."""
        waited = self.now - contact.arrived_at
        match end.to:
            case "queue":
                hops = contact.hops + 1
                queue = self.state.queues.get(end.queue or "") if end.queue != contact.queue else None
                if queue is None or hops > self.state.configuration.rules.hops:
                    return False
                steps = self._steps_in(contact, end.queue)
                moved = ev.ContactMoved(self.now, contact.id, end.queue, "overflowed", steps, hops, contact.hold)
                self._emit(moved)
                return True
            case "callback":
                if not contact.number:
                    return False
        self._emit(ev.ContactRedirected(self.now, contact.id, end.to, waited))
        return True
