"""What agents do with contacts, and supervisors."""

from . import commands as cmd
from . import events as ev
from .acting import TRANSFER_SECONDS, Acting
from .agent import Agent, AgentState
from .contact import Contact, ContactState, Hold
from .offer import OfferState
from .opening import is_open
from .refused import Refused


class Answers(Acting):
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
        if contact.agent != agent.id and not agent.has_room(contact.medium):
            raise Refused("at_capacity")
        if offered_to_another and contact.offer is not None:
            self._rescind(self.state.offers[contact.offer])
        if contact.offer is not None:
            self._close(self.state.offers[contact.offer], OfferState.ACCEPTED)
        self._assign(contact, agent, "picked")

    def _may_pick(self, contact: Contact, agent: Agent) -> None:
        hold = contact.hold
        if contact.queue is None or (hold is not None and hold.agent == agent.id):
            return
        if not self.state.line(self.state.need(contact)._replace(agent=None, others=True)).takes(agent):
            raise Refused("not_in_queue")
        if not self.state.queues[contact.queue].allow_pick or (hold is not None and not hold.open):
            raise Refused("pick_not_allowed")

    def _hand_over(self, command: cmd.HandOver) -> None:
        contact = self._contact(command.contact, ContactState.ACTIVE)
        agent = self._agent(command.agent)
        if contact.agent == agent.id:
            return
        if agent.state is AgentState.OFFLINE:
            raise Refused("not_ready")
        if not agent.has_room(contact.medium):
            raise Refused("at_capacity")
        self._assign(contact, agent, "handed_over")

    def _transfer(self, command: cmd.Transfer) -> None:
        contact = self._contact(command.contact, ContactState.ACTIVE)
        if contact.agent != command.by:
            raise Refused("not_yours")
        if command.queue is not None and command.queue not in self.state.queues:
            raise Refused("unknown_queue")
        queue = self.state.queues.get(command.queue or "")
        hold = None
        if command.agent is None and queue is not None and not is_open(self.state.configuration, queue, self.now):
            raise Refused("queue_closed")
        if command.agent is not None:
            if self._agent(command.agent).state is AgentState.OFFLINE:
                raise Refused("not_ready")
            hold = Hold(command.agent, "transfer", self.now + TRANSFER_SECONDS)
        home = command.queue or self._home(contact.queue)
        last = {} if command.agent == command.by else {command.by: self._reask_at()}
        steps = self._steps_in(contact, home)
        self._emit(ev.ContactReturned(self.now, contact.id, command.by, home, "transferred", True, last, steps, hold))

    def _reask_at(self) -> float:
        return self.now + self.state.configuration.rules.reask_seconds

    def _move(self, command: cmd.Move) -> None:
        contact = self._contact(command.contact, ContactState.QUEUED, ContactState.OFFERED)
        if command.queue not in self.state.queues:
            raise Refused("unknown_queue")
        if contact.queue == command.queue:
            return
        if contact.offer is not None:
            self._rescind(self.state.offers[contact.offer])
        steps = self._steps_in(contact, command.queue)
        moved = ev.ContactMoved(self.now, contact.id, command.queue, "moved", steps, contact.hops, contact.hold)
        self._emit(moved)

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

    def _end_wrap_up(self, command: cmd.EndWrapUp) -> None:
        contact = self._contact(command.contact, ContactState.WRAP_UP)
        if contact.agent != command.agent:
            raise Refused("not_yours")
        queue = self.state.queues.get(contact.queue or "")
        codes = queue.outcome_codes if queue is not None else self.state.configuration.common_codes
        if command.outcome_code is not None and command.outcome_code not in {code.id for code in codes}:
            raise Refused("unknown_outcome_code")
        self._finish(contact, command.outcome_code)
