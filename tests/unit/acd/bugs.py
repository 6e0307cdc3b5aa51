"""Faults that others shipped, planted one at a time, to see that the machine would have found them."""

from collections.abc import Callable
from typing import Any

import pytest

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.agent import Agent, AgentState
from webacd.core.contact import Contact
from webacd.core.deadlines import Deadline, Deadlines
from webacd.core.lines import Line
from webacd.core.profile import Profile
from webacd.core.routing import RoutingCore
from webacd.core.state import RoutingState

Plant = Callable[[pytest.MonkeyPatch], None]
BUGS: dict[str, Plant] = {}


def bug(plant: Plant) -> Plant:
    BUGS[plant.__name__] = plant
    return plant


@bug
def returned_contact_goes_to_the_tail(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._returned

    def wrong(self: RoutingState, event: ev.ContactReturned) -> None:
        self.contacts[event.contact].arrived_at = event.at
        right(self, event)

    patch.setattr(RoutingState, "_returned", wrong)


@bug
def stale_accept_wins(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._offer

    def wrong(self: RoutingCore, id: str, agent: str) -> Any:
        contact = self.state.contacts.get(id.rsplit(".", 1)[0])
        if contact is not None and contact.offer is not None:
            return self.state.offers[contact.offer]
        return right(self, id, agent)

    patch.setattr(RoutingCore, "_offer", wrong)


@bug
def offer_of_another_can_be_accepted_twice(patch: pytest.MonkeyPatch) -> None:
    """The contact goes to whoever says so, though it is being handled."""
    right = RoutingCore._accept

    def wrong(self: RoutingCore, command: cmd.Accept) -> None:
        contact = self.state.contacts.get(command.offer.rsplit(".", 1)[0])
        if contact is not None and contact.state.value == "active":
            self._assign(contact, self.state.agents[command.agent], "accepted")
        else:
            right(self, command)

    patch.setattr(RoutingCore, "_accept", wrong)


@bug
def lost_agent_keeps_contacts(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: RoutingCore, agent: Agent) -> None:
        self._change(agent, AgentState.OFFLINE, None)

    patch.setattr(RoutingCore, "_lose", wrong)


@bug
def one_more_than_capacity(patch: pytest.MonkeyPatch) -> None:
    right = Agent.fit_out

    def wrong(self: Agent, profile: Profile) -> None:
        right(self, profile)
        self.capacity += 1

    patch.setattr(Agent, "fit_out", wrong)


@bug
def wrap_up_takes_no_slot(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._wrap_up_started

    def wrong(self: RoutingState, event: ev.WrapUpStarted) -> None:
        right(self, event)
        self.agents[event.agent].holding.pop(event.contact)
        self.changed(self.agents[event.agent])

    patch.setattr(RoutingState, "_wrap_up_started", wrong)


@bug
def last_come_first_served_in_ties(patch: pytest.MonkeyPatch) -> None:
    right = Line.add

    def wrong(self: Line, contact: Contact, ageing: float) -> None:
        seq, contact.seq = contact.seq, -contact.seq
        right(self, contact, ageing)
        contact.seq = seq

    patch.setattr(Line, "add", wrong)


@bug
def priority_does_not_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Contact, "virtual_arrival", lambda self, ageing: self.arrived_at)


@bug
def priority_is_strict(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Contact, "virtual_arrival", lambda self, ageing: self.arrived_at - 1e6 * self.priority)


@bug
def abandon_leaks_the_slot(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._end

    def wrong(self: RoutingState, id: str, step: Any) -> None:
        contact = self.contacts[id]
        if contact.state.value == "offered":
            contact.agent = None
        right(self, id, step)

    patch.setattr(RoutingState, "_end", wrong)


@bug
def offer_outlives_its_deadline(patch: pytest.MonkeyPatch) -> None:
    right = Deadlines.pop_due

    def wrong(self: Deadlines, now: float) -> Deadline | None:
        return right(self, now - 0.5)

    patch.setattr(Deadlines, "pop_due", wrong)


@bug
def rejection_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._return

    def wrong(self: RoutingCore, contact: Contact, reason: ev.ReturnReason, declined: bool = False) -> None:
        right(self, contact, reason, False)

    patch.setattr(RoutingCore, "_return", wrong)


@bug
def rejection_is_never_forgiven(patch: pytest.MonkeyPatch) -> None:
    """The contact starves where only one agent is left."""
    right = RoutingCore._return

    def wrong(self: RoutingCore, contact: Contact, reason: ev.ReturnReason, declined: bool = False) -> None:
        agent = contact.agent or ""
        right(self, contact, reason, declined)
        if declined:
            self.state.contacts[contact.id].declined[agent] = float("inf")

    patch.setattr(RoutingCore, "_return", wrong)


@bug
def freed_agent_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    """Assignment on arrival only."""
    patch.setattr(RoutingState, "changed", lambda self, agent: self.pools.of[agent.id].changed(agent))


@bug
def busiest_agent_first(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("webacd.core.lines.rank", lambda agent: (-agent.load, agent.turn, agent.id))


@bug
def longest_idle_does_not_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("webacd.core.lines.rank", lambda agent: (agent.load, 0, agent.id))


@bug
def agent_not_ready_keeps_offers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "_rescind_all", lambda self, agent: None)


@bug
def clock_that_goes_back_counts(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore.step

    def wrong(self: RoutingCore, command: cmd.Command, now: float) -> list[ev.Event]:
        self.now = now
        return right(self, command, now)

    patch.setattr(RoutingCore, "step", wrong)


@bug
def state_beside_the_events(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._pick

    def wrong(self: RoutingCore, command: cmd.Pick) -> None:
        right(self, command)
        self.state.contacts[command.contact].priority += 1

    patch.setattr(RoutingCore, "_pick", wrong)


@bug
def removed_queue_strands_who_waits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "_home", lambda self, queue: queue)
