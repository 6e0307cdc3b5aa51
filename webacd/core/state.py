"""The state of a tenant's routing, as a fold over its events."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import fields
from typing import Any

from . import events as ev
from .agent import AGENT_LIFE, Agent, AgentState, AgentStep
from .config import Configuration, QueueConfig
from .contact import CONTACT_LIFE, Contact, ContactState, ContactStep
from .deadlines import DeadlineKind
from .difference import Difference
from .estimate import HandleTime
from .indexes import Indexes
from .offer import OFFER_LIFE, Offer, OfferState, OfferStep
from .profile import Profiles

OFFER_STEPS = {
    OfferState.ACCEPTED: OfferStep.ACCEPT,
    OfferState.REJECTED: OfferStep.REJECT,
    OfferState.TIMED_OUT: OfferStep.TIME_OUT,
    OfferState.RESCINDED: OfferStep.RESCIND,
}
_DERIVED = {"pool", "capacity", "limits"}
_WAITING = (ContactState.QUEUED, ContactState.OFFERED)


class RoutingState(Indexes):
    """Only `apply` changes it, besides the leases, which are no truth but a guess about who is there."""

    def __init__(self) -> None:
        super().__init__()
        self.folds: dict[type, Callable[[Any], None]] = {
            ev.Configured: self._configured,
            ev.ContactArrived: self._arrived,
            ev.ContactReturned: self._returned,
            ev.ContactMoved: self._moved,
            ev.ContactWidened: self._widened,
            ev.ContactHeld: self._held,
            ev.OfferMade: self._offer_made,
            ev.OfferClosed: self._offer_closed,
            ev.ContactAssigned: self._assigned,
            ev.ContactAbandoned: lambda event: self._end(event.contact, ContactStep.ABANDON),
            ev.ContactRedirected: self._redirected,
            ev.WrapUpStarted: self._wrap_up_started,
            ev.ContactCompleted: lambda event: self._end(event.contact, ContactStep.COMPLETE),
            ev.HandleTimeMeasured: self._measured,
            ev.AgentStateChanged: self._agent_state,
            ev.AgentMovedBack: lambda event: self._move_back(self.agents[event.agent], event.turn),
        }

    def apply(self, event: ev.Event) -> None:
        """Raises `IllegalTransition` when the event cannot follow on this state."""
        self.folds[type(event)](event)

    def load(
        self,
        configuration: Configuration,
        agents: Iterable[Agent],
        contacts: Iterable[Contact],
        offers: Iterable[Offer],
        handle_times: dict[str, HandleTime],
        seq: int,
        sticky: dict[tuple[str, str], tuple[str, float]] | None = None,
    ) -> None:
        """Set a fresh state to what was stored; what agents hold follows from the contacts. Who is present is not:
        see `restore_leases`."""
        self.configuration = configuration
        self.queues.update({queue.id: queue for queue in configuration.queues})
        self.agents.update({agent.id: agent for agent in agents})
        self.handle_times.update(handle_times)
        self.sticky.update(sticky or {})
        self.seq = seq
        self.turn = max((agent.turn for agent in self.agents.values()), default=0)
        for contact in sorted(contacts, key=lambda each: each.seq):
            self.contacts[contact.id] = contact
            if contact.agent is not None:
                agent = self.agents[contact.agent]
                agent.take(contact.id, contact.medium)
                if contact.state is ContactState.WRAP_UP:
                    agent.wrap_up(contact.medium)
            self._put_back_in_line(contact)
            if contact.wrap_up_deadline is not None:
                self.deadlines.add(contact.wrap_up_deadline, DeadlineKind.WRAP_UP, contact.id)
            for until in contact.declined.values():
                self.deadlines.add(until, DeadlineKind.REASK, contact.id)
        for offer in offers:
            self.offers[offer.id] = offer
            self.deadlines.add(offer.deadline, DeadlineKind.OFFER, offer.id)
        for agent in self.agents.values():
            self.put_agent(agent)

    def copy(self) -> "RoutingState":
        """Another state of the same truth, to try something out."""
        other = RoutingState()
        agents = [Agent(**_values(agent, _DERIVED)) for agent in self.agents.values()]
        for agent in agents:
            agent.holding.clear()
            agent.counts.clear()
        contacts = [Contact(**_values(contact, {"line", "ticket"})) for contact in self.contacts.values()]
        offers = [Offer(**_values(offer)) for offer in self.offers.values()]
        other.load(self.configuration, agents, contacts, offers, dict(self.handle_times), self.seq, dict(self.sticky))
        other.restore_leases(self.leases, 0.0)
        return other

    def snapshot(self) -> dict[str, Any]:
        """Everything that the events determine, to compare."""
        return {
            "configuration": self.configuration,
            "contacts": {each.id: _values(each, {"line", "ticket"}) for each in self.contacts.values()},
            "offers": {offer.id: _values(offer) for offer in self.offers.values()},
            "agents": {agent.id: _values(agent, _DERIVED) for agent in self.agents.values()},
            "handle_times": dict(self.handle_times),
            "sticky": dict(self.sticky),
            "seq": self.seq,
            "turn": self.turn,
        }

    # Folds

    def _configured(self, event: ev.Configured) -> None:
        change = event.difference
        self.configuration = change.apply(self.configuration)
        gone = set(change.removed.get("queues", ()))
        for queue in gone:
            del self.queues[queue]
        self.queues.update({queue.id: queue for queue in change.queues})
        for id in change.removed.get("agents", ()):
            self.pools.remove(self.agents[id])
            self.touched_agents.pop(id, None)
            del self.agents[id]
        if change.removed.get("agents"):
            self.turn = max((agent.turn for agent in self.agents.values()), default=0)
        self._profile_agents(change, event.at)
        for pool in self.pools.empty():
            for line in list(pool.lines):
                line.unfit(pool)
            del self.pools.by_profile[pool.profile]
        others: set[str | None] = {*gone, *(queue.id for queue in change.queues)}
        # Where they send who waits may open at another time now.
        hours = bool(change.hours) or "hours" in change.removed
        if _skills_changed(change):
            others |= {line.need.queue for line in self.lines.values() if line.need.skills and line.need.queue}
        others |= {queue.id for queue in self.queues.values() if hours or _sends_to(queue) in others}
        if others:
            waiting = [id for queue in others for id in self.book(queue).members]
            self.drop_lines(others)
            for contact in sorted((self.contacts[id] for id in waiting), key=lambda each: each.seq):
                self.waiting.pop(contact.id, None)
                self._put_back_in_line(contact)

    def _profile_agents(self, change: Difference, now: float) -> None:
        profiles = Profiles(self.configuration)
        everybody = change.rules is not None or bool(change.skills or change.groups)
        everybody = everybody or not change.removed.keys().isdisjoint(("skills", "groups"))
        for config in self.configuration.agents if everybody else change.agents:
            profile = profiles.of(config)
            agent = self.agents.get(config.id)
            if agent is None:
                agent = self.agents[config.id] = Agent(config.id, profile, since=now)
            elif agent.profile == profile:
                continue
            agent.fit_out(profile)
            self.put_agent(agent)

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
            arrived_at=event.arrived_at,
            skills=tuple(event.skills.items()),
            customer_key=event.customer_key,
            number=event.number,
            hold=event.hold,
            steps=event.steps,
            returned_at=event.kept_place_at,
            estimate=event.estimate,
        )
        self.seq = event.seq
        self.contacts[contact.id] = contact
        self.put_in_line(contact)

    def _returned(self, event: ev.ContactReturned) -> None:
        contact = self.contacts[event.contact]
        contact.state = CONTACT_LIFE.after(contact.state, ContactStep.RETURN)
        self._release(contact)
        contact.offer = None
        contact.assigned_at = None
        if event.handled:
            contact.returned_at = event.at
        self._to(contact, event.queue)
        contact.steps = event.steps
        contact.hold = event.hold
        contact.declined = dict(event.declined)
        for until in contact.declined.values():
            if until > event.at:
                self.deadlines.add(until, DeadlineKind.REASK, contact.id)
        self.put_in_line(contact)

    def _moved(self, event: ev.ContactMoved) -> None:
        contact = self.contacts[event.contact]
        contact.state = CONTACT_LIFE.after(contact.state, ContactStep.MOVE)
        self.take_out_of_line(contact)
        self._to(contact, event.queue)
        contact.steps = event.steps
        contact.hops = event.hops
        contact.hold = event.hold
        if event.reason == "moved":
            contact.returned_at = event.at
        self.put_in_line(contact)

    def _to(self, contact: Contact, queue: str | None) -> None:
        """Skills that were asked for with a contact are of the queue that it was meant for."""
        self.book(contact.queue).remove(contact)
        if queue != contact.queue:
            contact.skills = ()
        contact.queue = queue

    def _widened(self, event: ev.ContactWidened) -> None:
        contact = self.contacts[event.contact]
        self.take_out_of_line(contact)
        contact.steps = event.steps
        self.put_in_line(contact)

    def _held(self, event: ev.ContactHeld) -> None:
        contact = self.contacts[event.contact]
        self.take_out_of_line(contact)
        contact.hold = event.hold
        self.put_in_line(contact)

    def _offer_made(self, event: ev.OfferMade) -> None:
        contact = self.contacts[event.contact]
        self._take(contact, event.agent, ContactStep.OFFER)
        contact.offer = event.offer
        contact.offers = event.number
        self.offers[event.offer] = Offer(event.offer, contact.id, event.agent, event.at, event.deadline)
        self.deadlines.add(event.deadline, DeadlineKind.OFFER, event.offer)

    def _offer_closed(self, event: ev.OfferClosed) -> None:
        offer = self.offers.pop(event.offer)
        offer.state = OFFER_LIFE.after(offer.state, OFFER_STEPS[event.outcome])
        agent = self.agents[event.agent]
        if event.outcome is OfferState.TIMED_OUT:
            agent.missed += 1
        elif event.outcome is OfferState.ACCEPTED:
            agent.missed = 0

    def _assigned(self, event: ev.ContactAssigned) -> None:
        contact = self.contacts[event.contact]
        if contact.agent is not None and contact.agent != event.agent:
            self._release(contact)
        self._take(contact, event.agent, ContactStep.ASSIGN)
        self.book(contact.queue).remove(contact)
        contact.offer = None
        contact.declined = {}
        contact.hold = event.hold
        if contact.assigned_at is None:
            contact.assigned_at = event.at
        self._move_back(self.agents[event.agent], event.turn)
        if event.remember is not None:
            key = (event.remember.queue, event.remember.customer)
            self.sticky.pop(key, None)
            self.sticky[key] = (event.agent, event.at)
            self._forget(event.remember.since)

    def _forget(self, since: float) -> None:
        while self.sticky:
            first = next(iter(self.sticky))
            if self.sticky[first][1] >= since:
                return
            del self.sticky[first]

    def _redirected(self, event: ev.ContactRedirected) -> None:
        self._end(event.contact, ContactStep.SCHEDULE if event.to == "callback" else ContactStep.REDIRECT)

    def _wrap_up_started(self, event: ev.WrapUpStarted) -> None:
        contact = self.contacts[event.contact]
        contact.state = CONTACT_LIFE.after(contact.state, ContactStep.START_WRAP_UP)
        contact.wrap_up_deadline = event.deadline
        agent = self.agents[event.agent]
        agent.wrap_up(contact.medium)
        self.changed(agent)
        if event.deadline is not None:
            self.deadlines.add(event.deadline, DeadlineKind.WRAP_UP, contact.id)

    def _measured(self, event: ev.HandleTimeMeasured) -> None:
        self.handle_times[event.queue] = HandleTime(event.mean, event.count)

    def _agent_state(self, event: ev.AgentStateChanged) -> None:
        agent = self.agents[event.agent]
        was = agent.state
        agent.state = AGENT_LIFE.after(was, _agent_step(was, AgentState(event.state)))
        agent.reason = event.reason
        agent.since = event.at
        pool = self.pools.of.get(agent.id)
        if pool is not None:
            pool.ready += (agent.state is AgentState.READY) - (was is AgentState.READY)
        if agent.state is AgentState.READY and was is not AgentState.READY:
            agent.missed = 0
        if agent.state is AgentState.OFFLINE:
            self.leases.pop(agent.id, None)
        self.changed(agent)

    def _move_back(self, agent: Agent, turn: int) -> None:
        agent.turn = turn
        self.turn = max(self.turn, turn)
        self.changed(agent)

    def _end(self, id: str, step: ContactStep) -> None:
        contact = self.contacts[id]
        wraps_up = contact.state is ContactState.WRAP_UP
        contact.state = CONTACT_LIFE.after(contact.state, step)
        self.take_out_of_line(contact)
        self.book(contact.queue).remove(contact)
        self._release(contact, wraps_up)
        self.put_off.pop(id, None)
        self.ended[id] = self.contacts.pop(id)

    def _take(self, contact: Contact, id: str, step: ContactStep) -> None:
        contact.state = CONTACT_LIFE.after(contact.state, step)
        self.take_out_of_line(contact)
        if contact.agent != id:
            contact.agent = id
            agent = self.agents[id]
            agent.take(contact.id, contact.medium)
            self.changed(agent)

    def _release(self, contact: Contact, wraps_up: bool = False) -> None:
        if contact.agent is None:
            return
        agent = self.agents[contact.agent]
        contact.agent = None
        agent.release(contact.id, contact.medium, wraps_up)
        self.changed(agent)

    def _put_back_in_line(self, contact: Contact) -> None:
        if contact.state in _WAITING:
            self.put_in_line(contact)
        if contact.state is ContactState.OFFERED:
            self.take_out_of_line(contact)


def _skills_changed(change: Difference) -> bool:
    """What contacts ask for of their own may then count where it did not, or no more."""
    return bool(change.skills) or "skills" in change.removed


def _sends_to(queue: QueueConfig) -> str | None:
    end = queue.steps[-1].end if queue.steps else None
    return end.queue if end is not None else None


def _values(thing: Any, without: Collection[str] = ()) -> dict[str, Any]:
    """Of a dataclass, by name; its dicts are copied."""
    values = {field.name: getattr(thing, field.name) for field in fields(thing) if field.name not in without}
    return {name: dict(value) if type(value) is dict else value for name, value in values.items()}


def _agent_step(was: AgentState, state: AgentState) -> AgentStep:
    if was is AgentState.OFFLINE and state is AgentState.NOT_READY:
        return AgentStep.SIGN_IN
    if state is AgentState.READY:
        return AgentStep.MAKE_READY
    return AgentStep.LEAVE if state is AgentState.OFFLINE else AgentStep.MAKE_NOT_READY
