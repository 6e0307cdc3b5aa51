"""Contacts that come, and leave before anybody has them."""

from . import commands as cmd
from . import events as ev
from .acting import DAY, Acting
from .agent import Agent, AgentState
from .config import QueueConfig
from .contact import ContactState, Hold
from .lines import Need
from .offer import OfferState
from .opening import is_open
from .refused import Refused


class Arrivals(Acting):
    def _enqueue(self, command: cmd.Enqueue) -> None:
        request = command.request
        queue = self.state.queues.get(request.queue or "")
        if queue is None:
            raise Refused("unknown_queue")
        if request.within_hours and not is_open(self.state.configuration, queue, self.now):
            raise Refused("queue_closed")
        if request.agent is not None:
            self._agent(request.agent)
        self._arrive(request, self.hold_for(request))

    def _start_outbound(self, command: cmd.StartOutbound) -> None:
        request = command.request
        if request.queue is not None and request.queue not in self.state.queues:
            raise Refused("unknown_queue")
        agent = self._agent(command.agent)
        if not agent.has_room(request.medium):
            raise Refused("at_capacity")
        self._sign_in(agent)
        self._arrive(request, None, outbound=True)
        self._assign(self.state.contacts[request.contact], agent, "outbound")

    def _arrive(self, request: cmd.Request, hold: Hold | None, outbound: bool = False) -> None:
        state = self.state
        if request.contact in state.contacts:
            raise ValueError(f"contact {request.contact} is here already")
        need = self.need_of(request, hold)
        expected = None
        if not outbound:
            rank = state.book(request.queue).ahead_of(self.priority_of(request)) + 1
            expected = state.estimate_in(state.line(need), rank)
        self._emit(
            ev.ContactArrived(
                at=self.now,
                contact=request.contact,
                seq=state.seq + 1,
                queue=request.queue,
                medium=request.medium,
                session=request.session,
                customer=request.customer,
                question=request.question,
                priority=self.priority_of(request),
                estimate=expected,
                arrived_at=self.arrived_at(request),
                steps=need.steps,
                skills=dict(need.skills),
                hold=hold,
                customer_key=request.customer_key,
                number=request.number,
                outbound=outbound,
            )
        )

    def _abandon(self, command: cmd.Abandon) -> None:
        contact = self._contact(command.contact, ContactState.QUEUED, ContactState.OFFERED)
        if contact.offer is not None:
            self._close(self.state.offers[contact.offer], OfferState.RESCINDED)
        waited = self.now - contact.arrived_at
        self._emit(ev.ContactAbandoned(self.now, contact.id, contact.agent, waited))

    # What a request comes to

    def arrived_at(self, request: cmd.Request) -> float:
        """A place kept from earlier counts, one of the future does not."""
        return min(request.arrived_at, self.now) if request.arrived_at is not None else self.now

    def priority_of(self, request: cmd.Request) -> int:
        queue = self.state.queues.get(request.queue or "")
        return request.priority + (queue.priority if queue is not None else 0)

    def need_of(self, request: cmd.Request, hold: Hold | None) -> Need:
        """The class in which it will wait."""
        steps = self.state.steps_reached(request.queue, self.arrived_at(request), self.now)
        skills = tuple(sorted(request.skills))
        if hold is None:
            return Need(request.queue, skills, steps, request.medium)
        return Need(request.queue, skills, steps, request.medium, hold.agent, hold.open, hold.kind == "sticky")

    def hold_for(self, request: cmd.Request) -> Hold | None:
        """For whom the contact is kept: the agent asked for, or who served the customer last."""
        if request.agent is not None:
            if request.agent_only:
                return Hold(request.agent, "only")
            return Hold(request.agent, "direct", self.now + request.agent_seconds)
        queue = self.state.queues[request.queue or ""]
        agent = self._last_agent(queue, request.customer_key)
        if agent is None or not self.state.line(self.need_of(request, None)).takes(agent):
            return None
        until = self.arrived_at(request) + queue.sticky_seconds
        free = agent.state is AgentState.READY and agent.has_room(request.medium)
        return Hold(agent.id, "sticky", max(until, self.now)) if free or until > self.now else None

    def _last_agent(self, queue: QueueConfig, customer_key: str) -> Agent | None:
        """Who served the customer in the queue, if that is not too long ago and the agent is there."""
        found = self.state.sticky.get((queue.id, customer_key))
        if found is None or self.now - found[1] > queue.sticky_days * DAY:
            return None
        agent = self.state.agents.get(found[0])
        return agent if agent is not None and agent.state is not AgentState.OFFLINE else None
