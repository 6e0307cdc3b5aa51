"""A second opinion: follows the events of a core and objects to any that the rules do not allow."""

import math

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.contact import Hold
from webacd.core.explain import can_handle, explain
from webacd.core.lines import Need
from webacd.core.offer import OfferState
from webacd.core.routing import RoutingCore

from .rules import DAY, Agent, Contact, Rulebook


class Oracle(Rulebook):
    def __init__(self) -> None:
        super().__init__()
        self.offers: dict[str, tuple[str, str, float]] = {}
        self.all_offers: list[tuple[str, str]] = []
        self.requests: dict[str, cmd.Request] = {}
        self.accepted: str | None = None
        self.arrivals = 0
        self.turns = 0
        self.too_full: set[str] = set()

    def take(self, events: list[ev.Event], now: float) -> None:
        self.now = max(self.now, now)
        for event in events:
            assert event.at == self.now, "an event of another time"
            self._take(event)

    # What must hold after every step

    def check(self, core: RoutingCore) -> None:
        state = core.state
        assert self.next_pair() is None, "an agent who could take a contact has no offer"
        assert set(state.contacts) == set(self.live("queued", "offered", "active", "wrap_up"))
        for id, known in state.contacts.items():
            contact = self.contacts[id]
            assert (known.state.value, known.agent, known.queue) == (
                contact.state,
                contact.agent,
                contact.queue,
            )
            assert (known.arrived_at, known.seq) == (contact.arrived, contact.seq), "the wait began anew"
            assert (known.hold, known.steps, known.hops) == (contact.hold, contact.steps, contact.hops)
            assert (contact.agent is None) == (contact.state == "queued")
            assert contact.state != "queued" or contact.queue in state.queues or not state.queues, "stranded"
            if contact.state == "queued":
                self._check_waiting(contact)
        for id, agent in state.agents.items():
            assert set(agent.holding) == {c for c, each in self.contacts.items() if each.agent == id}
            assert (agent.state.value, agent.missed) == (self.agents[id].state, self.agents[id].missed)
            assert agent.load <= 8
            if not self.overfull(id):
                self.too_full.discard(id)
            assert not self.overfull(id) or id in self.too_full, "over capacity"
            grace = self.configuration.rules.grace_seconds
            assert agent.state.value == "offline" or self.agents[id].heard + grace > self.now
            assert agent.state.value != "offline" or not agent.holding
        assert {id: offer.deadline for id, offer in state.offers.items()} == {
            id: deadline for id, (_, _, deadline) in self.offers.items()
        }
        for contact_id, agent_id, deadline in self.offers.values():
            assert deadline > self.now, "an offer outlived its deadline"
            assert self.agents[agent_id].state == "ready"
            assert self.contacts[contact_id].agent == agent_id
        self._check_deadlines(core)
        self._check_views(core)
        self._check_sticky(core)

    def _check_waiting(self, contact: Contact) -> None:
        queue = self.queue(contact.queue)
        if queue is not None:
            assert min(contact.steps, len(queue.steps)) == self.reached(contact.queue, contact.arrived)
            assert not self.end_due(contact), "the end of the queue was passed over"
        hold = contact.hold
        if hold is not None:
            assert hold.agent in self.agents, "kept for nobody"
            assert hold.open or hold.until is None or hold.until > self.now, "kept for too long"
            gone = self.agents[hold.agent].state == "offline"
            assert hold.kind not in ("sticky", "transfer") or not gone, "kept for one who is gone"

    def _check_deadlines(self, core: RoutingCore) -> None:
        state = core.state
        due = [offer.deadline for offer in state.offers.values()] + list(state.leases.values())
        due += [each.wrap_up_deadline for each in state.contacts.values() if each.wrap_up_deadline]
        for id in self.live("queued"):
            contact = self.contacts[id]
            hold = contact.hold
            due += [until for until in contact.declined.values() if until > self.now]
            due += [hold.until] if hold is not None and hold.until is not None and not hold.open else []
            queue = self.queue(contact.queue)
            if queue is not None and contact.steps < len(queue.steps):
                due.append(contact.arrived + queue.steps[contact.steps].after)
            elif queue is not None and contact.steps == len(queue.steps) and queue.steps and queue.steps[-1].end:
                since = contact.arrived if contact.returned is None else contact.returned
                at = since + queue.steps[-1].after
                at = self.goes_on_at(contact) if at <= self.now else at
                due += [at] if at < math.inf and (hold is None or hold.open) else []
        assert core.next_deadline() == min(due, default=None)

    def _check_views(self, core: RoutingCore) -> None:
        for queue in self.configuration.queues:
            here = [id for id in self.live("queued", "offered") if self.contacts[id].queue == queue.id]
            here.sort(key=lambda id: self.key(self.contacts[id]))
            standings = core.state.book(queue.id).standings()
            assert {id: standing.position for id, standing in standings.items()} == {
                id: position for position, id in enumerate(here, 1)
            }
            assert core.state.book(queue.id).length == sum(self.contacts[id].state == "queued" for id in here)
            newcomer = Contact(queue.id, "session", 0, self.now, 0)
            self._check_estimates(newcomer, [core.state.estimate_at(queue.id, rank) for rank in (1, 2, 5)])
            chat = Contact(queue.id, "chat", 0, self.now, 0, {"french": 2})
            line = core.state.line(Need(queue.id, (("french", 2),), 0, "chat"))
            self._check_estimates(chat, [core.state.estimate_in(line, rank) for rank in (1, 2, 5)])
        for agent in self.agents:
            may = [id for id in self.live("queued") if self.may(self.contacts[id], agent)]
            may.sort(key=lambda id: self.key(self.contacts[id]))
            assert [each.id for each in can_handle(core.state, core.state.agents[agent])] == may
        for id in self.live("queued"):
            found = explain(core, id, self.now)
            assert found.chosen is None
            able = set(self.able(self.contacts[id])) - set(self.contacts[id].declined)
            assert {each.agent for each in found.candidates if not each.reasons} == able

    def _check_estimates(self, newcomer: Contact, estimates: list[float | None]) -> None:
        ready = [id for id in self.agents if self.agents[id].state == "ready" and self.eligible(newcomer, id)]
        if self.able(newcomer):
            assert estimates == [0.0, 0.0, 0.0]
        elif ready:
            known = [estimate for estimate in estimates if estimate is not None]
            assert len(known) == 3
            assert known == sorted(known)
            assert known[0] >= 0
        else:
            assert estimates == [None, None, None]

    def _check_sticky(self, core: RoutingCore) -> None:
        known = core.state.sticky
        assert known.items() <= self.sticky.items()
        longest = max((queue.sticky_days for queue in self.configuration.queues), default=0.0)
        for key, (_, at) in self.sticky.items():
            assert key in known or at <= self.now - longest * DAY or not self.queue(key[0])

    # What each event may do

    def _take(self, event: ev.Event) -> None:
        match event:
            case ev.Configured():
                self._configured(event)
            case ev.ContactArrived():
                self._arrived(event)
            case ev.ContactReturned():
                self._returned(event)
            case ev.ContactMoved():
                self._moved(event)
            case ev.ContactWidened():
                self._widened(event)
            case ev.ContactHeld():
                self._held(event)
            case ev.OfferMade():
                assert (event.contact, event.agent) == self.next_pair(), "not whose turn it was"
                assert event.offer not in {offer for offer, _ in self.all_offers}
                self.offers[event.offer] = (event.contact, event.agent, event.deadline)
                self.all_offers.append((event.offer, event.agent))
                self._give(event.contact, event.agent, "offered", "queued")
                self.contacts[event.contact].offer = event.offer
            case ev.OfferClosed():
                self._offer_closed(event)
            case ev.ContactAssigned():
                self._assigned(event)
            case ev.ContactAbandoned():
                self._end(event.contact, "abandoned", "queued", "offered")
            case ev.ContactRedirected():
                self._redirected(event)
            case ev.WrapUpStarted():
                self._give(event.contact, event.agent, "wrap_up", "active")
            case ev.ContactCompleted():
                self._end(event.contact, "completed", "wrap_up" if event.after_wrap_up else "active")
            case ev.AgentStateChanged():
                self._state(event)
            case ev.AgentMovedBack():
                self._move_back(event.agent)
            case ev.HandleTimeMeasured():
                assert event.seconds >= 0

    def _configured(self, event: ev.Configured) -> None:
        self.configuration = event.difference.apply(self.configuration)
        wanted = {agent.id for agent in self.configuration.agents}
        self.agents = {id: self.agents.get(id, Agent()) for id in sorted(wanted)}
        self.too_full = {id for id in wanted if self.overfull(id)}

    def _arrived(self, event: ev.ContactArrived) -> None:
        assert event.contact not in self.contacts
        self.arrivals += 1
        request = self.requests[event.contact]
        queue = self.queue(request.queue)
        arrived = self.now if request.arrived_at is None else min(request.arrived_at, self.now)
        assert queue is None or not request.within_hours or self.opens(queue) == self.now, "came while it was closed"
        priority = request.priority + (queue.priority if queue is not None else 0)
        contact = Contact(request.queue, request.medium, priority, arrived, self.arrivals)  # type: ignore[arg-type]
        contact.skills, contact.key, contact.number = dict(request.skills), request.customer_key, request.number
        contact.steps = self.reached(request.queue, arrived)
        contact.returned = self.now if arrived < self.now else None
        assert (event.arrived_at, event.priority, event.steps) == (arrived, priority, contact.steps)
        if not event.outbound:
            expected = self.hold_of_arrival(contact, request.agent, request.agent_only, request.agent_seconds)
            assert event.hold == expected
        contact.hold = event.hold
        self.contacts[event.contact] = contact

    def _returned(self, event: ev.ContactReturned) -> None:
        contact = self.contacts[event.contact]
        rules = self.configuration.rules
        assert contact.state == ("active" if event.handled else "offered")
        assert contact.agent == event.agent
        if event.reason == "transferred":
            self._transferred(contact, event)
            return
        missed = event.reason == "timed_out" and self.agents[event.agent].state == "ready"
        if event.reason == "rejected" or missed:
            contact.declined[event.agent] = self.now + rules.reask_seconds
        assert event.declined == contact.declined
        assert event.hold == self.hold_of_return(contact, event.reason)
        self._wait(contact, event.queue, event.steps)
        contact.hold = event.hold
        if event.handled:
            contact.returned = self.now

    def _transferred(self, contact: Contact, event: ev.ContactReturned) -> None:
        agent = event.hold.agent if event.hold is not None else None
        reask = self.now + self.configuration.rules.reask_seconds
        assert event.declined == ({} if agent == event.agent else {event.agent: reask})
        assert event.hold is None or event.hold == Hold(event.hold.agent, "transfer", self.now + 60.0)
        self._wait(contact, event.queue, event.steps)
        contact.declined, contact.hold, contact.returned = dict(event.declined), event.hold, self.now

    def _wait(self, contact: Contact, queue: str | None, steps: int) -> None:
        config = self.queue(queue)
        reached = self.reached(queue, contact.arrived)
        if config is not None:
            assert min(steps, len(config.steps)) == reached, "steps are not by the arrival"
        assert steps == reached or (queue == contact.queue and steps == contact.steps)
        self._leave(contact, queue)
        contact.state, contact.agent, contact.queue, contact.steps = "queued", None, queue, steps

    def _moved(self, event: ev.ContactMoved) -> None:
        contact = self.contacts[event.contact]
        assert contact.state == "queued"
        if event.reason == "overflowed":
            queue = self.queue(contact.queue)
            assert self.end_due(contact)
            assert queue is not None
            assert queue.steps[-1].end is not None
            assert (queue.steps[-1].end.to, queue.steps[-1].end.queue) == ("queue", event.queue)
            assert contact.hops < self.configuration.rules.hops, "too many hops"
            contact.hops += 1
        else:
            contact.returned = self.now
        assert event.hold == contact.hold
        assert contact.hops == event.hops
        assert event.steps == self.reached(event.queue, contact.arrived)
        self._leave(contact, event.queue)
        contact.queue, contact.steps, contact.hold = event.queue, event.steps, event.hold

    @staticmethod
    def _leave(contact: Contact, queue: str | None) -> None:
        """What was asked for with it was asked of its own queue."""
        if queue != contact.queue:
            contact.skills = {}

    def _widened(self, event: ev.ContactWidened) -> None:
        contact = self.contacts[event.contact]
        queue = self.queue(contact.queue)
        assert queue is not None
        before = {agent for agent in self.agents if self.eligible(contact, agent)}
        if event.steps > len(queue.steps):
            assert self.end_due(contact)
        else:
            assert event.steps == self.reached(contact.queue, contact.arrived)
        wider = event.steps > contact.steps
        contact.steps = event.steps
        after = {agent for agent in self.agents if self.eligible(contact, agent)}
        assert not wider or before <= after, "a step took somebody away"

    def _held(self, event: ev.ContactHeld) -> None:
        contact = self.contacts[event.contact]
        hold = contact.hold
        assert hold is not None
        assert contact.state == "queued"
        due = hold.until is not None and hold.until <= self.now
        gone = hold.agent not in self.agents or self.agents[hold.agent].state == "offline"
        assert due or gone
        opened = Hold(hold.agent, hold.kind, hold.until, True) if hold.kind == "direct" else None
        assert event.hold == (None if hold.agent not in self.agents or not due else opened)
        contact.hold = event.hold

    def _offer_closed(self, event: ev.OfferClosed) -> None:
        contact_id, agent_id, deadline = self.offers.pop(event.offer)
        assert (contact_id, agent_id) == (event.contact, event.agent)
        assert self.contacts[contact_id].offer == event.offer
        assert event.outcome is not OfferState.ACCEPTED or deadline > self.now
        self.contacts[contact_id].offer = None
        self.accepted = event.contact if event.outcome is OfferState.ACCEPTED else None
        agent = self.agents[agent_id]
        if event.outcome is OfferState.TIMED_OUT:
            agent.missed += 1
        elif event.outcome is OfferState.ACCEPTED:
            agent.missed = 0

    def _assigned(self, event: ev.ContactAssigned) -> None:
        contact = self.contacts[event.contact]
        match event.how:
            case "accepted":
                assert self.accepted == event.contact
                assert contact.agent == event.agent
                assert event.waited == self.now - contact.arrived
            case "picked":
                assert contact.agent in (None, event.agent)
            case "handed_over":
                assert (contact.state, contact.agent) == ("active", event.former)
                assert event.former != event.agent
            case "outbound":
                assert event.waited == 0
        if contact.agent != event.agent:
            assert self.room(event.agent, contact.medium), "no room for it"
        contact.declined = {}
        only = contact.hold is not None and contact.hold.kind == "only" and contact.hold.agent == event.agent
        assert event.hold == (contact.hold if only else None)
        contact.hold = event.hold
        self._give(event.contact, event.agent, "active", contact.state)
        if event.how != "outbound" or self.configuration.rules.outbound_moves_back:
            self._move_back(event.agent)
        self.accepted = None
        queue = self.queue(contact.queue)
        if queue is not None and queue.sticky_days and contact.key:
            self.sticky[queue.id, contact.key] = (event.agent, self.now)

    def _redirected(self, event: ev.ContactRedirected) -> None:
        contact = self.contacts[event.contact]
        queue = self.queue(contact.queue)
        assert self.end_due(contact)
        assert queue is not None
        assert queue.steps[-1].end is not None
        assert queue.steps[-1].end.to == event.to
        assert event.to != "callback" or contact.number
        self._end(event.contact, "ended", "queued")

    def _state(self, event: ev.AgentStateChanged) -> None:
        agent = self.agents[event.agent]
        assert agent.state != "offline" or event.state == "not_ready"
        rules = self.configuration.rules
        if event.reason == "missed_offer":
            assert rules.missed_offer == "not_ready"
            assert agent.missed >= rules.missed_offers, "not so many were missed"
        if event.state == "ready":
            agent.missed = 0
        agent.state = event.state

    def _give(self, id: str, agent: str, state: str, was: str) -> None:
        contact = self.contacts[id]
        assert contact.state == was
        assert self.agents[agent].state != "offline"
        contact.state, contact.agent = state, agent

    def _end(self, id: str, state: str, *was: str) -> None:
        assert self.contacts[id].state in was, "ended is ended"
        self.contacts[id].state, self.contacts[id].agent = state, None

    def _move_back(self, agent: str) -> None:
        self.turns += 1
        self.agents[agent].turn = self.turns
