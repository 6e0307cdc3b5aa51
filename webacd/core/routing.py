"""The routing core: commands and time in, events out. Deterministic."""

from collections.abc import Callable
from typing import Any

from . import commands as cmd
from . import events as ev
from .agent import Agent, AgentState
from .config import QueueConfig
from .contact import Contact, ContactState
from .deadlines import DeadlineKind
from .difference import difference
from .matching import next_pair
from .offer import Offer, OfferState, offer_id
from .refused import Refused
from .state import RoutingState


class RoutingCore:
    """Queues, agents and contacts of one tenant.

    Which contact: the smallest virtual arrival, ties in order of arrival, among those the agent may take.
    Which agent: fewest contacts in hand, then longest since the last assignment. Whoever declined a contact
    is asked again only when nobody else can take it, and not before a pause.

    A contact without a queue (outbound, or its queue was removed) that has to wait goes to the tenant's
    default queue. Where there is no queue at all it waits without one, may be picked by anyone, and is moved
    when the first queue is configured.
    """

    def __init__(self, state: RoutingState | None = None) -> None:
        self.state = state or RoutingState()
        self.now = 0.0
        self._events: list[ev.Event] = []
        self._handlers: dict[type, Callable[[Any], None]] = {
            cmd.Configure: self._configure,
            cmd.Enqueue: self._enqueue,
            cmd.StartOutbound: self._start_outbound,
            cmd.Accept: self._accept,
            cmd.Reject: self._reject,
            cmd.Pick: self._pick,
            cmd.Abandon: self._abandon,
            cmd.Complete: self._complete,
            cmd.HandOver: self._hand_over,
            cmd.Transfer: self._transfer,
            cmd.Move: self._move,
            cmd.EndWrapUp: self._end_wrap_up,
            cmd.SetState: self._set_state,
            cmd.Beat: self._beat,
            cmd.SignOut: self._sign_out,
            cmd.Tick: lambda _: None,
            cmd.Resume: self._resume,
        }

    def step(self, command: cmd.Command, now: float) -> list[ev.Event]:
        """Carry out what was due by `now`, then the command. A clock that goes back stands still instead.

        Raises `Refused`; the command has then changed nothing, and what was due is told in its `events`.
        A beat and a new start are heard before the deadlines: an agent who says something is there, and no
        agent could answer while we were not.
        """
        self.now = max(self.now, now)
        events: list[ev.Event] = []
        self._events = events
        self.state.ended.clear()
        first = isinstance(command, cmd.Beat | cmd.Resume)
        if first:
            self._handlers[type(command)](command)
        self._expire()
        self._match()
        if not first:
            try:
                self._handlers[type(command)](command)
            except Refused as refusal:
                refusal.events = events
                raise
            self._match()
        return events

    def renew(self, agent: str, now: float) -> bool:
        """Hear a beat of an agent who is signed in already; nothing else comes of it, so there are no events.
        False when the agent is not, and has to sign in by `Beat`."""
        known = self.state.agents.get(agent)
        if known is None or known.state is AgentState.OFFLINE:
            return False
        self.now = max(self.now, now)
        self._renew(known)
        return True

    def next_deadline(self) -> float | None:
        """When `Tick` will have something to do."""
        return self.state.deadlines.next()

    def _emit(self, event: ev.Event) -> None:
        self.state.apply(event)
        self._events.append(event)

    # What time does

    def _expire(self) -> None:
        while (due := self.state.deadlines.pop_due(self.now)) is not None:
            match due.kind:
                case DeadlineKind.OFFER:
                    self._time_out(self.state.offers[due.id])
                case DeadlineKind.WRAP_UP:
                    self._finish(self.state.contacts[due.id], None)
                case DeadlineKind.PRESENCE:
                    self.state.unwatch(due.id)
                    self._lose(self.state.agents[due.id])
                case DeadlineKind.REASK:
                    self.state.touched.add(self.state.contacts[due.id].queue)

    def _time_out(self, offer: Offer) -> None:
        rules = self.state.configuration.rules
        agent = self.state.agents[offer.agent]
        contact = self.state.contacts[offer.contact]
        self._close(offer, OfferState.TIMED_OUT)
        if rules.missed_offer == "not_ready":
            self._change(agent, AgentState.NOT_READY, "missed_offer")
            self._return(contact, "timed_out")
            self._rescind_all(agent)
        else:
            self._return(contact, "timed_out", declined=True)
        if rules.missed_offer_moves_back:
            self._move_back(agent)

    # What the queue does

    def _match(self) -> None:
        """Until no agent who could take a waiting contact is left without an offer."""
        while (pair := next_pair(self.state, self.now)) is not None:
            self._make_offer(pair.contact, pair.agent, self.state.queues[pair.contact.queue or ""])
        self.state.touched.clear()

    def _make_offer(self, contact: Contact, agent: Agent, config: QueueConfig) -> None:
        number = contact.offers + 1
        deadline = self.now + config.offer_seconds
        offer = offer_id(contact.id, number)
        self._emit(ev.OfferMade(self.now, offer, number, contact.id, agent.id, deadline))

    # What customers and sessions do

    def _enqueue(self, command: cmd.Enqueue) -> None:
        request = command.request
        if request.queue not in self.state.queues:
            raise Refused("unknown_queue")
        self._arrive(request, outbound=False)

    def _start_outbound(self, command: cmd.StartOutbound) -> None:
        if command.request.queue is not None and command.request.queue not in self.state.queues:
            raise Refused("unknown_queue")
        agent = self._agent(command.agent)
        if not agent.has_slot:
            raise Refused("at_capacity")
        self._sign_in(agent)
        self._arrive(command.request, outbound=True)
        self._assign(self.state.contacts[command.request.contact], agent, "outbound")

    def _arrive(self, request: cmd.Request, outbound: bool) -> None:
        if request.contact in self.state.contacts:
            raise ValueError(f"contact {request.contact} is here already")
        expected = None
        if request.queue is not None and not outbound:
            rank = self.state.line(request.queue).ahead_of(request.priority) + 1
            expected = self.state.estimate_at(request.queue, rank)
        self._emit(
            ev.ContactArrived(
                at=self.now,
                contact=request.contact,
                seq=self.state.seq + 1,
                queue=request.queue,
                medium=request.medium,
                session=request.session,
                customer=request.customer,
                question=request.question,
                priority=request.priority,
                estimate=expected,
                outbound=outbound,
            )
        )

    def _abandon(self, command: cmd.Abandon) -> None:
        contact = self._contact(command.contact, ContactState.QUEUED, ContactState.OFFERED)
        if contact.offer is not None:
            self._close(self.state.offers[contact.offer], OfferState.RESCINDED)
        waited = self.now - contact.arrived_at
        self._emit(ev.ContactAbandoned(self.now, contact.id, contact.agent, waited))

    def _complete(self, command: cmd.Complete) -> None:
        contact = self.state.contacts.get(command.contact)
        if contact is None or contact.state is ContactState.WRAP_UP:
            return
        contact = self._contact(command.contact, ContactState.ACTIVE)
        config = self.state.queues.get(self._home(contact.queue) or "")
        seconds = config.wrap_up_seconds if config is not None else 0.0
        if seconds == 0:
            self._finish(contact, None)
            return
        deadline = self.now + seconds if seconds is not None else None
        self._emit(ev.WrapUpStarted(self.now, contact.id, contact.agent or "", deadline))

    # What agents do

    def _accept(self, command: cmd.Accept) -> None:
        offer = self._offer(command.offer, command.agent)
        self._close(offer, OfferState.ACCEPTED)
        self._assign(self.state.contacts[offer.contact], self.state.agents[offer.agent], "accepted")

    def _reject(self, command: cmd.Reject) -> None:
        offer = self._offer(command.offer, command.agent)
        self._close(offer, OfferState.REJECTED)
        self._return(self.state.contacts[offer.contact], "rejected", declined=True)
        if self.state.configuration.rules.rejection_moves_back:
            self._move_back(self.state.agents[offer.agent])

    def _pick(self, command: cmd.Pick) -> None:
        agent = self._agent(command.agent)
        contact = self._contact(command.contact, ContactState.QUEUED, ContactState.OFFERED)
        offered_to_another = contact.agent is not None and contact.agent != agent.id
        if not command.by_right:
            self._may_pick(contact, agent)
            if offered_to_another:
                raise Refused("contact_gone")
        if agent.state is AgentState.OFFLINE:
            raise Refused("not_ready")
        if offered_to_another and contact.offer is not None:
            if not agent.has_slot:
                raise Refused("at_capacity")
            self._rescind(self.state.offers[contact.offer])
        if contact.offer is not None:
            self._close(self.state.offers[contact.offer], OfferState.ACCEPTED)
        elif not agent.has_slot:
            raise Refused("at_capacity")
        self._assign(contact, agent, "picked")

    def _may_pick(self, contact: Contact, agent: Agent) -> None:
        if contact.queue is None:
            return
        if contact.queue not in agent.queues:
            raise Refused("not_in_queue")
        if not self.state.queues[contact.queue].allow_pick:
            raise Refused("pick_not_allowed")

    def _hand_over(self, command: cmd.HandOver) -> None:
        contact = self._contact(command.contact, ContactState.ACTIVE)
        agent = self._agent(command.agent)
        if contact.agent == agent.id:
            return
        if agent.state is AgentState.OFFLINE:
            raise Refused("not_ready")
        if not agent.has_slot:
            raise Refused("at_capacity")
        self._assign(contact, agent, "handed_over")

    def _transfer(self, command: cmd.Transfer) -> None:
        contact = self._contact(command.contact, ContactState.ACTIVE)
        if contact.agent != command.by:
            raise Refused("not_yours")
        if command.queue is not None and command.queue not in self.state.queues:
            raise Refused("unknown_queue")
        agent = self._agent(command.agent) if command.agent is not None else None
        if agent is not None and agent.state is AgentState.OFFLINE:
            raise Refused("not_ready")
        home = command.queue or self._home(contact.queue)
        self._emit(ev.ContactReturned(self.now, contact.id, command.by, home, "transferred", True, {}))
        config = self.state.queues.get(home or "")
        if agent is not None and agent.available and config is not None:
            self._make_offer(contact, agent, config)

    def _move(self, command: cmd.Move) -> None:
        contact = self._contact(command.contact, ContactState.QUEUED, ContactState.OFFERED)
        if command.queue not in self.state.queues:
            raise Refused("unknown_queue")
        if contact.offer is not None:
            self._rescind(self.state.offers[contact.offer])
        if contact.queue != command.queue:
            self._emit(ev.ContactMoved(self.now, contact.id, command.queue))

    def _end_wrap_up(self, command: cmd.EndWrapUp) -> None:
        contact = self._contact(command.contact, ContactState.WRAP_UP)
        if contact.agent != command.agent:
            raise Refused("not_yours")
        queue = self.state.queues.get(contact.queue or "")
        codes = queue.outcome_codes if queue is not None else self.state.configuration.common_codes
        if command.outcome_code is not None and command.outcome_code not in {code.id for code in codes}:
            raise Refused("unknown_outcome_code")
        self._finish(contact, command.outcome_code)

    def _set_state(self, command: cmd.SetState) -> None:
        agent = self._agent(command.agent)
        reasons = {reason.id for reason in self.state.configuration.reasons}
        if command.state == "not_ready" and command.reason is not None and command.reason not in reasons:
            raise Refused("unknown_reason")
        self._sign_in(agent)
        if command.state == "ready":
            self._change(agent, AgentState.READY, None)
        else:
            self._change(agent, AgentState.NOT_READY, command.reason)
            self._rescind_all(agent)

    def _beat(self, command: cmd.Beat) -> None:
        self._sign_in(self._agent(command.agent))

    def _sign_out(self, command: cmd.SignOut) -> None:
        self._lose(self._agent(command.agent))

    # What the installation does

    def _configure(self, command: cmd.Configure) -> None:
        configuration = command.configuration
        configuration.check()
        change = difference(self.state.configuration, configuration)
        if change is None:
            return
        queues = {agent.id: frozenset(agent.queues) for agent in configuration.agents}
        known = {None, *(queue.id for queue in configuration.queues)}
        for agent in list(self.state.agents.values()):
            if agent.id not in queues:
                self._lose(agent)
        for offer in list(self.state.offers.values()):
            contact = self.state.contacts[offer.contact]
            if contact.queue not in queues[offer.agent] or contact.queue not in known:
                self._rescind(offer)
        self._emit(ev.Configured(self.now, change))
        for contact in list(self.state.contacts.values()):
            home = self._home(contact.queue)
            if contact.state is ContactState.QUEUED and contact.queue != home:
                self._emit(ev.ContactMoved(self.now, contact.id, home))

    def _resume(self, command: cmd.Resume) -> None:
        command.configuration.check()
        for agent in self.state.agents.values():
            if agent.state is not AgentState.OFFLINE:
                self._renew(agent)
        for offer in list(self.state.offers.values()):
            if offer.deadline <= self.now:
                self._rescind(offer)
        self._configure(cmd.Configure(command.configuration))
        self.state.touched.update(self.state.queues)

    # Shared steps

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

    def _close(self, offer: Offer, outcome: OfferState) -> None:
        self._emit(ev.OfferClosed(self.now, offer.id, offer.contact, offer.agent, outcome))

    def _return(self, contact: Contact, reason: ev.ReturnReason, declined: bool = False) -> None:
        agent = contact.agent or ""
        who = dict(contact.declined)
        if declined:
            who[agent] = self.now + self.state.configuration.rules.reask_seconds
        home = self._home(contact.queue)
        handled = contact.state is ContactState.ACTIVE
        self._emit(ev.ContactReturned(self.now, contact.id, agent, home, reason, handled, who))

    def _rescind(self, offer: Offer, reason: ev.ReturnReason = "rescinded") -> None:
        self._close(offer, OfferState.RESCINDED)
        self._return(self.state.contacts[offer.contact], reason)

    def _rescind_all(self, agent: Agent) -> None:
        for id in list(agent.holding):
            offer = self.state.contacts[id].offer
            if offer is not None:
                self._rescind(self.state.offers[offer])

    def _assign(self, contact: Contact, agent: Agent, how: ev.HowAssigned) -> None:
        waits = how in ("accepted", "picked")
        moves = how != "outbound" or self.state.configuration.rules.outbound_moves_back
        self._emit(
            ev.ContactAssigned(
                at=self.now,
                contact=contact.id,
                agent=agent.id,
                how=how,
                waited=self.now - contact.arrived_at if waits else 0.0,
                turn=self.state.turn + 1 if moves else agent.turn,
                former=contact.agent if how == "handed_over" else None,
            )
        )

    def _finish(self, contact: Contact, outcome_code: str | None) -> None:
        config = self.state.queues.get(contact.queue or "")
        if config is not None and contact.assigned_at is not None:
            seconds = self.now - contact.assigned_at
            after = self.state.handle_time(config).with_one_more(seconds)
            self._emit(ev.HandleTimeMeasured(self.now, config.id, seconds, after.count, after.mean))
        after_wrap_up = contact.state is ContactState.WRAP_UP
        agent = contact.agent or ""
        self._emit(ev.ContactCompleted(self.now, contact.id, agent, after_wrap_up, outcome_code))

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
