"""What all commands are made of: events that follow on each other."""

from . import events as ev
from .agent import Agent, AgentState
from .contact import Contact, ContactState, Hold
from .matching import next_pair
from .offer import Offer, OfferState, offer_id
from .refused import Refused
from .state import RoutingState

DAY = 86400.0
TRANSFER_SECONDS = 60.0
"""How long a contact passed on to an agent waits for that agent alone."""


class Acting:
    """The state, the time, and the steps that commands share."""

    def __init__(self, state: RoutingState | None = None) -> None:
        self.state = state or RoutingState()
        self.now = 0.0
        self._events: list[ev.Event] = []

    def _emit(self, event: ev.Event) -> None:
        self.state.folds[type(event)](event)
        self._events.append(event)

    def _match(self) -> None:
        """Until no agent who could take a waiting contact is left without an offer."""
        state = self.state
        if not state.touched_agents and not state.touched_lines:
            return
        while (pair := next_pair(state, self.now)) is not None:
            contact = pair.contact
            number = contact.offers + 1
            deadline = self.now + state.queues[contact.queue or ""].offer_seconds
            offer = offer_id(contact.id, number)
            self._emit(ev.OfferMade(self.now, offer, number, contact.id, pair.agent.id, deadline))
            taken = pair.agent.id in state.touched_agents and not pair.agent.available
            if taken and not state.touched_lines and len(state.touched_agents) == 1:
                break
        state.touched_lines.clear()
        state.touched_agents.clear()

    # What a command names

    def _agent(self, id: str) -> Agent:
        try:
            return self.state.agents[id]
        except KeyError:
            raise Refused("unknown_agent") from None

    def _contact(self, id: str, *states: ContactState) -> Contact:
        contact = self.state.contacts.get(id)
        if contact is None or contact.state not in states:
            raise Refused("contact_gone")
        return contact

    def _offer(self, id: str, agent: str) -> Offer:
        offer = self.state.offers.get(id)
        if offer is None:
            raise Refused("offer_gone")
        if offer.agent != agent:
            raise Refused("not_yours")
        return offer

    def _home(self, queue: str | None) -> str | None:
        return queue if queue in self.state.queues else self.state.configuration.default_queue

    # Offers and returns

    def _close(self, offer: Offer, outcome: OfferState) -> None:
        self._emit(ev.OfferClosed(self.now, offer.id, offer.contact, offer.agent, outcome))

    def _return(self, contact: Contact, reason: ev.ReturnReason, declined: bool = False) -> None:
        agent = contact.agent or ""
        who = dict(contact.declined)
        if declined:
            who[agent] = self.now + self.state.configuration.rules.reask_seconds
        home = self._home(contact.queue)
        handled = contact.state is ContactState.ACTIVE
        hold = self._hold_after(contact, reason)
        steps = self._steps_in(contact, home)
        self._emit(ev.ContactReturned(self.now, contact.id, agent, home, reason, handled, who, steps, hold))

    def _steps_in(self, contact: Contact, queue: str | None) -> int:
        """Where the contact stands in the steps of a queue."""
        reached = self.state.steps_reached(queue, contact.arrived_at, self.now)
        config = self.state.queues.get(queue or "")
        tried = config is not None and queue == contact.queue and contact.steps == len(config.steps) + 1
        return contact.steps if tried and contact.steps == reached + 1 else reached

    def _hold_after(self, contact: Contact, reason: ev.ReturnReason) -> Hold | None:
        """For whom a contact that comes back is kept from now on."""
        hold = contact.hold
        agent = self.state.agents.get(hold.agent) if hold is not None else None
        if hold is None or agent is None or hold.kind == "only":
            return hold if agent is not None else None
        declined = contact.agent == agent.id and reason in ("rejected", "timed_out")
        if declined or (hold.until is not None and hold.until <= self.now):
            return lapsed(hold)
        return hold if hold.kind == "direct" or agent.state is not AgentState.OFFLINE else None

    def _rescind(self, offer: Offer, reason: ev.ReturnReason = "rescinded") -> None:
        self._close(offer, OfferState.RESCINDED)
        self._return(self.state.contacts[offer.contact], reason)

    def _rescind_all(self, agent: Agent) -> None:
        for id in list(agent.holding):
            offer = self.state.contacts[id].offer
            if offer is not None:
                self._rescind(self.state.offers[offer])

    # Contacts in hand

    def _assign(self, contact: Contact, agent: Agent, how: ev.HowAssigned) -> None:
        waits = how in ("accepted", "picked")
        moves = how != "outbound" or self.state.configuration.rules.outbound_moves_back
        only = contact.hold is not None and contact.hold.kind == "only" and contact.hold.agent == agent.id
        self._emit(
            ev.ContactAssigned(
                at=self.now,
                contact=contact.id,
                agent=agent.id,
                how=how,
                waited=self.now - contact.arrived_at if waits else 0.0,
                turn=self.state.turn + 1 if moves else agent.turn,
                former=contact.agent if how == "handed_over" else None,
                hold=contact.hold if only else None,
                remember=self._remember(contact),
            )
        )

    def _remember(self, contact: Contact) -> ev.Remember | None:
        queue = self.state.queues.get(contact.queue or "")
        if queue is None or not queue.sticky_days or not contact.customer_key:
            return None
        longest = max(each.sticky_days for each in self.state.queues.values())
        return ev.Remember(queue.id, contact.customer_key, self.now - longest * DAY)

    def _finish(self, contact: Contact, outcome_code: str | None) -> None:
        config = self.state.queues.get(contact.queue or "")
        if config is not None and contact.assigned_at is not None:
            seconds = self.now - contact.assigned_at
            after = self.state.handle_time(config).with_one_more(seconds)
            self._emit(ev.HandleTimeMeasured(self.now, config.id, seconds, after.count, after.mean))
        after_wrap_up = contact.state is ContactState.WRAP_UP
        agent = contact.agent or ""
        self._emit(ev.ContactCompleted(self.now, contact.id, agent, after_wrap_up, outcome_code))

    # Agents

    def _change(self, agent: Agent, state: AgentState, reason: str | None) -> None:
        if agent.state is not state or agent.reason != reason:
            self._emit(ev.AgentStateChanged(self.now, agent.id, state.value, reason))

    def _move_back(self, agent: Agent) -> None:
        self._emit(ev.AgentMovedBack(self.now, agent.id, self.state.turn + 1))

    def _sign_in(self, agent: Agent) -> None:
        if agent.state is AgentState.OFFLINE:
            self._change(agent, AgentState.NOT_READY, None)
        self._renew(agent)

    def _renew(self, agent: Agent) -> None:
        self.state.lease(agent.id, self.now + self.state.configuration.rules.grace_seconds)

    def _lose(self, agent: Agent) -> None:
        """The agent is gone and holds nothing any more; customers are next in their queues again."""
        if agent.state is AgentState.OFFLINE:
            return
        self._change(agent, AgentState.OFFLINE, None)
        for contact in sorted((self.state.contacts[id] for id in agent.holding), key=lambda each: each.seq):
            if contact.offer is not None:
                self._rescind(self.state.offers[contact.offer], "agent_lost")
            elif contact.state is ContactState.ACTIVE:
                self._return(contact, "agent_lost")
            else:
                self._finish(contact, None)
        for contact in self._kept_for(agent.id):
            if contact.hold is not None and contact.hold.kind in ("sticky", "transfer"):
                self._emit(ev.ContactHeld(self.now, contact.id))

    def _kept_for(self, agent: str) -> list[Contact]:
        """Who waits for the agent, in order of arrival."""
        lines = self.state.kept.get(agent, {})
        return sorted((place[3] for line in lines for place in line.places()), key=lambda each: each.seq)


def lapsed(hold: Hold) -> Hold | None:
    """What is left when the agent declined or the time is over."""
    return Hold(hold.agent, hold.kind, hold.until, open=True) if hold.kind == "direct" else None
