"""The state of a tenant's routing, as a fold over its events."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from . import events as ev
from .agent import AGENT_LIFE, Agent, AgentState, AgentStep
from .config import Configuration, QueueConfig
from .contact import CONTACT_LIFE, Contact, ContactState, ContactStep
from .deadlines import DeadlineKind, Deadlines
from .estimate import HandleTime, estimate
from .offer import OFFER_LIFE, Offer, OfferState, OfferStep
from .pool import Pools
from .queue import Line

OFFER_STEPS = {
    OfferState.ACCEPTED: OfferStep.ACCEPT,
    OfferState.REJECTED: OfferStep.REJECT,
    OfferState.TIMED_OUT: OfferStep.TIME_OUT,
    OfferState.RESCINDED: OfferStep.RESCIND,
}


class RoutingState:
    """What is true now. Only `apply` changes it, besides the leases, which are no truth but a guess about who
    is there.

    `touched` collects the queues in which a contact and an agent may newly fit; the core empties it.
    """

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.queues: dict[str, QueueConfig] = {}
        self.contacts: dict[str, Contact] = {}
        self.offers: dict[str, Offer] = {}
        self.ended: dict[str, Contact] = {}
        """Contacts that ended in the present step; the core empties it."""
        self.agents: dict[str, Agent] = {}
        self.handle_times: dict[str, HandleTime] = {}
        self.seq = 0
        self.turn = 0
        self.leases: dict[str, float] = {}
        self._watched: set[str] = set()
        self.touched: set[str | None] = set()
        self.ready_slots: dict[str, int] = {}
        self.lines: dict[str | None, Line] = {}
        self.pools = Pools(self.agents.get)
        self.deadlines = Deadlines(self._due)

    def apply(self, event: ev.Event) -> None:
        """Raises `IllegalTransition` when the event cannot follow on this state."""
        match event:
            case ev.Configured():
                self._configured(event)
            case ev.ContactArrived():
                self._arrived(event)
            case ev.ContactReturned():
                self._returned(event)
            case ev.ContactMoved():
                contact = self.contacts[event.contact]
                contact.state = CONTACT_LIFE.after(contact.state, ContactStep.MOVE)
                self.line(contact.queue).offered(contact)
                self.line(contact.queue).remove(contact)
                contact.queue = event.queue
                self._put_in_line(contact)
            case ev.OfferMade():
                self._offer_made(event)
            case ev.OfferClosed():
                offer = self.offers.pop(event.offer)
                offer.state = OFFER_LIFE.after(offer.state, OFFER_STEPS[event.outcome])
            case ev.ContactAssigned():
                self._assigned(event)
            case ev.ContactAbandoned():
                self._end(event.contact, ContactStep.ABANDON)
            case ev.WrapUpStarted():
                contact = self.contacts[event.contact]
                contact.state = CONTACT_LIFE.after(contact.state, ContactStep.START_WRAP_UP)
                contact.wrap_up_deadline = event.deadline
                if event.deadline is not None:
                    self.deadlines.add(event.deadline, DeadlineKind.WRAP_UP, contact.id)
            case ev.ContactCompleted():
                self._end(event.contact, ContactStep.COMPLETE)
            case ev.HandleTimeMeasured():
                self.handle_times[event.queue] = HandleTime(event.mean, event.count)
            case ev.AgentStateChanged():
                self._agent_state(event)
            case ev.AgentMovedBack():
                self._move_back(self.agents[event.agent], event.turn)

    def line(self, queue: str | None) -> Line:
        """Contacts without a queue have a line too; nobody is offered what stands in it."""
        if queue not in self.lines:
            self.lines[queue] = Line(self.contacts.get)
        return self.lines[queue]

    def handle_time(self, queue: QueueConfig) -> HandleTime:
        return self.handle_times.get(queue.id) or HandleTime(queue.handle_seconds)

    def lease(self, agent: str, until: float) -> None:
        """The agent is taken for present until then, or for longer when more is heard."""
        self.leases[agent] = until
        if agent not in self._watched:
            self._watched.add(agent)
            self.deadlines.add(until, DeadlineKind.PRESENCE, agent)

    def move_leases(self, seconds: float) -> None:
        """The clock was set forward, and nobody's time has passed by it."""
        self.leases = {agent: until + seconds for agent, until in self.leases.items()}

    def unwatch(self, agent: str) -> None:
        """The deadline of the agent's lease was taken out of the heap."""
        self._watched.discard(agent)

    def restore_leases(self, leases: Mapping[str, float], now: float) -> None:
        """After `load`: until when who is taken for present. Agents not named get a fresh grace."""
        fresh = now + self.configuration.rules.grace_seconds
        for agent in self.agents.values():
            if agent.state is not AgentState.OFFLINE:
                self.lease(agent.id, leases.get(agent.id, fresh))

    def estimate_at(self, queue: str | None, rank: int) -> float | None:
        """Expected wait in seconds of the `rank`th of those who wait; None when unknown."""
        config = self.queues.get(queue or "")
        if config is None:
            return None
        free = self.pools.best(config.id) is not None
        return estimate(rank, self.handle_time(config).mean, self.ready_slots.get(config.id, 0), free)

    def load(
        self,
        configuration: Configuration,
        agents: Iterable[Agent],
        contacts: Iterable[Contact],
        offers: Iterable[Offer],
        handle_times: dict[str, HandleTime],
        seq: int,
    ) -> None:
        """Set a fresh state to what was stored. Who is present is not: see `restore_leases`."""
        self.configuration = configuration
        self.queues.update({queue.id: queue for queue in configuration.queues})
        self.agents.update({agent.id: agent for agent in agents})
        self.handle_times.update(handle_times)
        self.seq = seq
        self.turn = max((agent.turn for agent in self.agents.values()), default=0)
        for contact in sorted(contacts, key=lambda each: each.seq):
            self.contacts[contact.id] = contact
            if contact.agent is not None:
                self.agents[contact.agent].holding[contact.id] = None
            self._put_back_in_line(contact)
            if contact.wrap_up_deadline is not None:
                self.deadlines.add(contact.wrap_up_deadline, DeadlineKind.WRAP_UP, contact.id)
            for until in contact.declined.values():
                self.deadlines.add(until, DeadlineKind.REASK, contact.id)
        for offer in offers:
            self.offers[offer.id] = offer
            self.deadlines.add(offer.deadline, DeadlineKind.OFFER, offer.id)
        self._index_agents()

    def snapshot(self) -> dict[str, Any]:
        """Everything that the events determine, to compare."""
        contacts = [asdict(contact) for contact in self.contacts.values()]
        for contact in contacts:
            del contact["ticket"]
        return {
            "configuration": self.configuration,
            "contacts": {contact["id"]: contact for contact in contacts},
            "offers": {offer.id: asdict(offer) for offer in self.offers.values()},
            "agents": {agent.id: asdict(agent) for agent in self.agents.values()},
            "handle_times": dict(self.handle_times),
            "seq": self.seq,
            "turn": self.turn,
        }

    def _configured(self, event: ev.Configured) -> None:
        configuration = event.difference.apply(self.configuration)
        self.configuration = configuration
        self.queues.clear()
        self.queues.update({queue.id: queue for queue in configuration.queues})
        wanted = {agent.id: agent for agent in configuration.agents}
        for id in [id for id in self.agents if id not in wanted]:
            del self.agents[id]
        for id, config in wanted.items():
            queues = tuple(sorted(set(config.queues)))
            agent = self.agents.setdefault(id, Agent(id, queues, 1, since=event.at))
            agent.queues = queues
            agent.capacity = configuration.capacity(config)
        self.turn = max((agent.turn for agent in self.agents.values()), default=0)
        self._index_agents()
        self.lines.clear()
        for contact in self.contacts.values():
            self._put_back_in_line(contact)

    def _index_agents(self) -> None:
        self.pools.rebuild(self.agents.values())
        self.ready_slots.clear()
        for agent in self.agents.values():
            if agent.state is AgentState.READY:
                self._count_ready(agent, agent.capacity)
        self.touched.update(self.queues)

    def _count_ready(self, agent: Agent, slots: int) -> None:
        for queue in agent.queues:
            self.ready_slots[queue] = self.ready_slots.get(queue, 0) + slots

    def _arrived(self, event: ev.ContactArrived) -> None:
        contact = Contact(
            id=event.contact,
            seq=event.seq,
            queue=event.queue,
            medium=event.medium,
            session=event.session,
            customer=event.customer,
            question=event.question,
            priority=event.priority,
            arrived_at=event.at,
            estimate=event.estimate,
        )
        self.seq = event.seq
        self.contacts[contact.id] = contact
        self._put_in_line(contact)

    def _returned(self, event: ev.ContactReturned) -> None:
        contact = self.contacts[event.contact]
        contact.state = CONTACT_LIFE.after(contact.state, ContactStep.RETURN)
        self._release(contact)
        contact.offer = None
        contact.assigned_at = None
        self.line(contact.queue).remove(contact)
        contact.queue = event.queue
        contact.declined = dict(event.declined)
        for until in contact.declined.values():
            if until > event.at:
                self.deadlines.add(until, DeadlineKind.REASK, contact.id)
        self._put_in_line(contact)

    def _offer_made(self, event: ev.OfferMade) -> None:
        contact = self.contacts[event.contact]
        self._take(contact, event.agent, ContactStep.OFFER)
        contact.offer = event.offer
        contact.offers = event.number
        self.offers[event.offer] = Offer(event.offer, contact.id, event.agent, event.at, event.deadline)
        self.deadlines.add(event.deadline, DeadlineKind.OFFER, event.offer)

    def _assigned(self, event: ev.ContactAssigned) -> None:
        contact = self.contacts[event.contact]
        if contact.agent is not None and contact.agent != event.agent:
            self._release(contact)
        self._take(contact, event.agent, ContactStep.ASSIGN)
        self.line(contact.queue).remove(contact)
        contact.offer = None
        contact.declined = {}
        if contact.assigned_at is None:
            contact.assigned_at = event.at
        self._move_back(self.agents[event.agent], event.turn)

    def _agent_state(self, event: ev.AgentStateChanged) -> None:
        agent = self.agents[event.agent]
        was = agent.state
        agent.state = AGENT_LIFE.after(was, _agent_step(was, AgentState(event.state)))
        agent.reason = event.reason
        agent.since = event.at
        if (was is AgentState.READY) != (agent.state is AgentState.READY):
            self._count_ready(agent, agent.capacity if agent.state is AgentState.READY else -agent.capacity)
        if agent.state is AgentState.OFFLINE:
            self.leases.pop(agent.id, None)
        self._changed(agent)

    def _move_back(self, agent: Agent, turn: int) -> None:
        agent.turn = turn
        self.turn = max(self.turn, turn)
        self._changed(agent)

    def _end(self, id: str, step: ContactStep) -> None:
        contact = self.contacts[id]
        was = contact.state
        contact.state = CONTACT_LIFE.after(was, step)
        if was is ContactState.QUEUED:
            self.line(contact.queue).offered(contact)
        self.line(contact.queue).remove(contact)
        self._release(contact)
        self.ended[id] = self.contacts.pop(id)

    def _take(self, contact: Contact, agent: str, step: ContactStep) -> None:
        was = contact.state
        contact.state = CONTACT_LIFE.after(was, step)
        if was is ContactState.QUEUED:
            self.line(contact.queue).offered(contact)
        contact.agent = agent
        self.agents[agent].holding[contact.id] = None
        self._changed(self.agents[agent])

    def _release(self, contact: Contact) -> None:
        if contact.agent is None:
            return
        agent = self.agents[contact.agent]
        contact.agent = None
        del agent.holding[contact.id]
        self._changed(agent)

    def _changed(self, agent: Agent) -> None:
        self.pools.changed(agent)
        if agent.available:
            self.touched.update(agent.queues)

    def _put_in_line(self, contact: Contact) -> None:
        queue = self.queues.get(contact.queue or "")
        self.line(contact.queue).add(contact, queue.ageing if queue is not None else 0.0)
        self.touched.add(contact.queue)

    def _put_back_in_line(self, contact: Contact) -> None:
        if contact.state in (ContactState.QUEUED, ContactState.OFFERED):
            self._put_in_line(contact)
        if contact.state is ContactState.OFFERED:
            self.line(contact.queue).offered(contact)

    def _due(self, kind: DeadlineKind, id: str, at: float) -> float | None:
        """When the deadline is due by what is true now; None when it is void."""
        match kind:
            case DeadlineKind.OFFER:
                offer = self.offers.get(id)
                return offer.deadline if offer is not None else None
            case DeadlineKind.PRESENCE:
                if id not in self.leases:
                    self.unwatch(id)
                return self.leases.get(id)
            case DeadlineKind.WRAP_UP:
                contact = self.contacts.get(id)
                wraps_up = contact is not None and contact.state is ContactState.WRAP_UP
                return contact.wrap_up_deadline if contact is not None and wraps_up else None
            case DeadlineKind.REASK:
                contact = self.contacts.get(id)
                waits = contact is not None and contact.state is ContactState.QUEUED
                return at if contact is not None and waits and at in contact.declined.values() else None


def _agent_step(was: AgentState, state: AgentState) -> AgentStep:
    if was is AgentState.OFFLINE and state is AgentState.NOT_READY:
        return AgentStep.SIGN_IN
    if state is AgentState.READY:
        return AgentStep.MAKE_READY
    return AgentStep.LEAVE if state is AgentState.OFFLINE else AgentStep.MAKE_NOT_READY
