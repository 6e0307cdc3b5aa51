"""More planted faults: skills, overflow, media, holds, transfers, missed offers."""

from typing import Any

import msgspec
import pytest

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.agent import Agent, AgentState
from webacd.core.config import QueueConfig
from webacd.core.contact import Contact, Hold
from webacd.core.indexes import Indexes
from webacd.core.lines import Line, Need
from webacd.core.profile import Profile, Profiles, Requirement, fit, requirement
from webacd.core.routing import RoutingCore
from webacd.core.state import RoutingState

from .bugs import BUGS, bug

__all__ = ["BUGS"]


@bug
def skill_levels_do_not_count(patch: pytest.MonkeyPatch) -> None:
    def wrong(profile: Profile, wanted: Requirement) -> int | None:
        return fit(profile, wanted._replace(needs=tuple((skill, 1) for skill, _ in wanted.needs)))

    patch.setattr("webacd.core.lines.fit", wrong)


@bug
def best_skill_is_asked_last(patch: pytest.MonkeyPatch) -> None:
    def wrong(profile: Profile, wanted: Requirement) -> int | None:
        found = fit(profile, wanted)
        return -found if found is not None else None

    patch.setattr("webacd.core.lines.fit", wrong)


@bug
def unknown_skill_is_enough(patch: pytest.MonkeyPatch) -> None:
    right = Profiles.__init__

    def wrong(self: Profiles, configuration: Any) -> None:
        right(self, configuration)
        self._skills = {"french", *self._skills}

    patch.setattr(Profiles, "__init__", wrong)


@bug
def wish_for_what_is_no_more_is_required(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("webacd.core.indexes.wished", lambda skills, configuration: skills)


@bug
def wishes_are_not_looked_at_again(patch: pytest.MonkeyPatch) -> None:
    """When the skills change."""
    patch.setattr("webacd.core.state._skills_changed", lambda change: False)


@bug
def overflow_group_replaces_the_queue(patch: pytest.MonkeyPatch) -> None:
    """Not cumulative."""

    def wrong(queue: QueueConfig, skills: Any, steps: int, medium: str) -> Requirement:
        found = requirement(queue, skills, steps, medium)
        groups = queue.steps[steps - 1].groups if 0 < steps <= len(queue.steps) else ()
        return found._replace(queue="none", groups=frozenset(groups)) if groups else found

    patch.setattr("webacd.core.indexes.requirement", wrong)


@bug
def steps_never_come(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Indexes, "next_step", lambda self, contact: None)


@bug
def end_counts_from_a_place_of_earlier(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ev.ContactArrived, "kept_place_at", None)


@bug
def end_counts_from_before_a_move(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._moved

    def wrong(self: RoutingState, event: ev.ContactMoved) -> None:
        returned_at = self.contacts[event.contact].returned_at
        right(self, event)
        self.contacts[event.contact].returned_at = returned_at

    patch.setattr(RoutingState, "_moved", wrong)


@bug
def wishes_go_along_to_another_queue(patch: pytest.MonkeyPatch) -> None:
    def wrong(self: RoutingState, contact: Contact, queue: str | None) -> None:
        self.book(contact.queue).remove(contact)
        contact.queue = queue

    patch.setattr(RoutingState, "_to", wrong)


@bug
def clock_of_the_steps_starts_anew_in_the_next_queue(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._steps_in

    def wrong(self: RoutingCore, contact: Contact, queue: str | None) -> int:
        return right(self, contact, queue) if queue == contact.queue else 0

    patch.setattr(RoutingCore, "_steps_in", wrong)


@bug
def one_hop_too_many(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._end

    def wrong(self: RoutingCore, contact: Contact, end: Any) -> bool:
        if end.to != "queue" or contact.hops != self.state.configuration.rules.hops:
            return right(self, contact, end)
        steps = self._steps_in(contact, end.queue)
        self._emit(ev.ContactMoved(self.now, contact.id, end.queue, "overflowed", steps, contact.hops + 1))
        return True

    patch.setattr(RoutingCore, "_end", wrong)


@bug
def end_sends_to_a_closed_queue(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "_put_off", lambda self, contact, end: None)


@bug
def end_is_not_tried_again_when_the_queue_opens(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingState, "put_off_end", lambda self, contact, until: None)


@bug
def closed_queue_takes_who_comes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("webacd.core.arrivals.is_open", lambda *_: True)


@bug
def callback_without_a_number(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore._end

    def wrong(self: RoutingCore, contact: Contact, end: Any) -> bool:
        contact.number = contact.number or "?"
        return right(self, contact, end)

    patch.setattr(RoutingCore, "_end", wrong)


@bug
def medium_has_no_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Agent, "has_room", lambda self, medium: self.has_slot)


@bug
def call_after_a_call_that_is_wrapped_up(patch: pytest.MonkeyPatch) -> None:
    def wrap_up(self: Agent, medium: str) -> None:
        self._less(medium)

    def release(self: Agent, contact: str, medium: str, wraps_up: bool) -> None:
        del self.holding[contact]
        if not wraps_up:
            self._less(medium)

    patch.setattr(Agent, "wrap_up", wrap_up)
    patch.setattr(Agent, "release", release)


@bug
def wrap_up_of_a_chat_takes_its_place(patch: pytest.MonkeyPatch) -> None:
    def release(self: Agent, contact: str, medium: str, wraps_up: bool) -> None:
        del self.holding[contact]
        self._less(medium)

    patch.setattr(Agent, "wrap_up", lambda self, medium: None)
    patch.setattr(Agent, "release", release)


@bug
def sticky_beyond_its_window(patch: pytest.MonkeyPatch) -> None:
    right = RoutingCore.hold_for

    def wrong(self: RoutingCore, request: cmd.Request) -> Hold | None:
        hold = right(self, request)
        if hold is None or hold.kind != "sticky":
            return hold
        return msgspec.structs.replace(hold, until=self.now + 30.0)

    patch.setattr(RoutingCore, "hold_for", wrong)


@bug
def sticky_for_ever(patch: pytest.MonkeyPatch) -> None:
    """However long ago the customer was served."""
    patch.setattr("webacd.core.arrivals.DAY", 10 * 86400.0)


@bug
def kept_for_one_who_is_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "_kept_for", lambda self, agent: [])


@bug
def direct_contact_goes_to_anybody(patch: pytest.MonkeyPatch) -> None:
    right = Indexes.need

    def wrong(self: Indexes, contact: Contact) -> Need:
        return right(self, contact)._replace(others=True)

    patch.setattr(Indexes, "need", wrong)


@bug
def declined_transfer_stays_with_the_agent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "_hold_after", lambda self, contact, reason: contact.hold)


@bug
def transfer_loses_the_place(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._returned

    def wrong(self: RoutingState, event: ev.ContactReturned) -> None:
        if event.reason == "transferred":
            self.contacts[event.contact].arrived_at = event.at
        right(self, event)

    patch.setattr(RoutingState, "_returned", wrong)


@bug
def kept_place_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RoutingCore, "arrived_at", lambda self, request: self.now)


@bug
def first_missed_offer_is_the_last(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._offer_closed

    def wrong(self: RoutingState, event: ev.OfferClosed) -> None:
        right(self, event)
        self.agents[event.agent].missed *= 2

    patch.setattr(RoutingState, "_offer_closed", wrong)


@bug
def answer_does_not_make_good_for_a_miss(patch: pytest.MonkeyPatch) -> None:
    right = RoutingState._offer_closed

    def wrong(self: RoutingState, event: ev.OfferClosed) -> None:
        missed = self.agents[event.agent].missed
        right(self, event)
        self.agents[event.agent].missed = max(missed, self.agents[event.agent].missed)

    patch.setattr(RoutingState, "_offer_closed", wrong)


@bug
def skill_given_is_not_looked_at(patch: pytest.MonkeyPatch) -> None:
    """Who can take more now is not asked until something else happens."""
    right = RoutingState._configured

    def wrong(self: RoutingState, event: ev.Configured) -> None:
        right(self, event)
        self.touched_agents.clear()
        self.touched_lines.clear()

    patch.setattr(RoutingState, "_configured", wrong)


@bug
def skill_taken_leaves_the_pool(patch: pytest.MonkeyPatch) -> None:
    """Who can take less now is asked as before."""
    right = RoutingState._profile_agents

    def wrong(self: RoutingState, change: Any, now: float) -> None:
        pools = dict(self.pools.of)
        right(self, change, now)
        for id, pool in pools.items():
            if id in self.agents and self.agents[id].state is AgentState.READY:
                pool.agents[id] = self.agents[id]

    patch.setattr(RoutingState, "_profile_agents", wrong)


@bug
def line_forgets_who_waits(patch: pytest.MonkeyPatch) -> None:
    """Rubbish is cleared away, and a contact with it."""
    right = Line.leave

    def wrong(self: Line, contact: Contact) -> None:
        right(self, contact)
        if len(self.heap) > 2:
            self.heap.pop()

    patch.setattr(Line, "leave", wrong)
