"""Consents: every capability, between everybody, before, while and after it may be used."""

import contextlib
from collections.abc import Callable
from itertools import product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rs_server.core import capabilities, consent
from rs_server.core.capabilities import Native
from rs_server.core.errors import IllegalTransition, Refusal
from rs_server.core.session import Change
from rs_server.core.streams import page_controllers, page_viewers
from rs_server.protocol.consent import Capability, Grant, GrantState
from rs_server.protocol.desktop import NativeSkill
from rs_server.protocol.session import Participant, SessionState

from .sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, SUPERVISOR, change, later

CAPABILITIES: tuple[Capability, ...] = get_args(Capability)
PEOPLE = (CUSTOMER, AGENT, COLLEAGUE, SUPERVISOR, ASKED)
GRANT_STATES: tuple[GrantState, ...] = get_args(GrantState)
MOVES: tuple[consent.Move, ...] = get_args(consent.Move)


def house(state: SessionState = "live") -> Change:
    return change(*PEOPLE, state=state)


CLIENT = Native("e", frozenset(get_args(NativeSkill)))
"""A native client that can do everything."""


def asked(made: Change, capability: Capability = "hear", asker: Participant = AGENT) -> Grant:
    return consent.ask(made, asker, capability, None)


def granted(made: Change, capability: Capability = "hear", holder: Participant = AGENT) -> Grant:
    question = consent.open_question(made, holder, capability, CUSTOMER)
    return consent.answer(made, CUSTOMER, question.id, True, CLIENT)


def refused(code: str, act: Callable[[], object], made: Change) -> None:
    before = len(made.events)
    with pytest.raises(Refusal) as caught:
        act()
    assert caught.value.code == code
    assert len(made.events) == before, "a refusal leaves nothing behind"


@pytest.mark.parametrize(("state", "step"), list(product(GRANT_STATES, MOVES)))
def test_the_table_and_nothing_else(state: GrantState, step: consent.Move) -> None:
    made = house()
    grant = made.grant(Grant(id="g", capability="hear", giver="c", holder="a", state=state, asked_at=0.0))
    after = consent.TRANSITIONS.get((state, step))
    if after is None:
        with pytest.raises(IllegalTransition):
            consent.move(made, grant, step)
        return
    moved = consent.move(made, grant, step)
    assert moved.state == after
    assert moved.decided_at == (made.now if state == "asked" else None)
    assert (moved.ended_at is None) == (after == "granted")


STATES: tuple[SessionState, ...] = get_args(SessionState)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_who_may_ask_whom_for_what(capability: Capability) -> None:
    for asker, giver, state in product(PEOPLE, (None, *PEOPLE), STATES):
        try_to_ask(capability, asker, giver, state)


def seen(made: Change, *holders: Participant) -> None:
    """These may see the page."""
    for holder in holders:
        granted(made, "page_view", holder)
    made.events.clear()


def prepare(made: Change, capability: Capability, giver: Participant = CUSTOMER) -> None:
    """Everybody has what it needs of the giver."""
    for needed in sorted(capabilities.NEEDS.get(capability, ()))[:1]:
        prepare(made, needed, giver)
        for holder in (CUSTOMER, AGENT, COLLEAGUE, SUPERVISOR):
            if holder is not giver:
                made.grant(
                    Grant(
                        id=f"{needed}-{giver.id}-{holder.id}",
                        capability=needed,
                        giver=giver.id,
                        holder=holder.id,
                        state="granted",
                        asked_at=0.0,
                        endpoint="e" if needed in capabilities.FROM_NATIVE else None,
                    )
                )
    made.events.clear()


OF_CUSTOMERS = capabilities.FROM_BROWSER | capabilities.FROM_PAGE | capabilities.FROM_NATIVE


def try_to_ask(capability: Capability, asker: Participant, giver: Participant | None, state: SessionState) -> None:
    made = house(state)
    prepare(made, capability)
    before = dict(made.session.grants)
    may = (
        state == "live"
        and asker in (AGENT, COLLEAGUE, SUPERVISOR)
        and giver in (None, CUSTOMER)
        and capability in OF_CUSTOMERS
    )
    if not may:
        with pytest.raises(Refusal):
            consent.ask(made, asker, capability, giver)
        assert made.session.grants == before
        return
    grant = consent.ask(made, asker, capability, giver)
    assert (grant.state, grant.giver, grant.holder) == ("asked", "c", asker.id)
    assert [g.id for g in made.session.live_grants()] == list(before), "a question is no grant"
    assert consent.ask(made, asker, capability, giver) == grant, "twice the same is one question"


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_who_may_give_what_to_whom(capability: Capability) -> None:
    for giver, holder, state in product(PEOPLE, (None, *PEOPLE), STATES):
        try_to_give(capability, giver, holder, state)


def try_to_give(capability: Capability, giver: Participant, holder: Participant | None, state: SessionState) -> None:
    made = house(state)
    prepare(made, capability, giver)
    before = dict(made.session.grants)
    gives = OF_CUSTOMERS if giver is CUSTOMER else capabilities.STAFF_GIVES
    everybody = {AGENT.id, COLLEAGUE.id, SUPERVISOR.id} | ({CUSTOMER.id} if giver is not CUSTOMER else set())
    unnamed = {CUSTOMER.id} if giver is not CUSTOMER and capability in capabilities.FROM_NATIVE else everybody
    to = (everybody - {giver.id}) & ({holder.id} if holder else unnamed)
    if state != "live" or giver is ASKED or capability not in gives or not to:
        with pytest.raises(Refusal):
            consent.give(made, giver, capability, holder, CLIENT)
        assert made.session.grants == before
        return
    made_ones = consent.give(made, giver, capability, holder, CLIENT)
    assert {grant.holder for grant in made_ones} == to
    assert all(grant.state == "granted" and grant.basis == "own" for grant in made_ones)
    told = len(made.events)
    consent.give(made, giver, capability, holder, CLIENT)
    assert len(made.events) == told, "giving again changes nothing"


def test_nobody_is_there_to_be_asked() -> None:
    made = change(AGENT)
    refused("no_customer", lambda: asked(made), made)
    gone = change(AGENT, Participant(id="c", role="customer", name="J", user=None, joined_at=0.0, left_at=1.0))
    refused("no_customer", lambda: asked(gone), gone)


@pytest.mark.parametrize("who", [AGENT, COLLEAGUE, SUPERVISOR, ASKED], ids=lambda p: p.name)
def test_only_the_giver_answers(who: Participant) -> None:
    made = house()
    question = asked(made)
    refused("not_found", lambda: consent.answer(made, who, question.id, True), made)
    refused("not_found", lambda: consent.answer(made, CUSTOMER, "other", True), made)


@pytest.mark.parametrize("first", ["allow", "refuse", "cancel", "expire"])
def test_a_question_is_answered_once(first: str) -> None:
    made = house()
    question = asked(made)
    if first == "cancel":
        consent.cancel(made, AGENT, question.id)
    elif first == "expire":
        made = later(made, consent.ASKED_SECONDS)
        consent.expire(made)
    else:
        consent.answer(made, CUSTOMER, question.id, first == "allow")
    refused("conflict", lambda: consent.answer(made, CUSTOMER, question.id, True), made)
    refused("conflict", lambda: consent.cancel(made, AGENT, question.id), made)


def test_who_was_let_see_gives_it_back() -> None:
    made = house()
    question = asked(made, "see")
    consent.answer(made, CUSTOMER, question.id, True)
    refused("not_found", lambda: consent.cancel(made, COLLEAGUE, question.id), made)
    consent.cancel(made, AGENT, question.id)
    assert made.session.grants[question.id].state == "ended"
    refused("conflict", lambda: consent.cancel(made, AGENT, question.id), made)


def test_an_open_question_is_answered_by_giving() -> None:
    made = house()
    question = asked(made, "see")
    consent.give(made, CUSTOMER, "see", AGENT)
    assert made.session.grants[question.id].state == "granted"
    assert len(made.session.grants) == 1


def test_after_a_refusal_one_may_ask_again() -> None:
    made = house()
    first = asked(made)
    consent.answer(made, CUSTOMER, first.id, False)
    assert made.session.live_grants() == []
    assert asked(made).id != first.id


@pytest.mark.parametrize("capability", ["hear", "see", "screen_view"])
def test_withdrawing(capability: Capability) -> None:
    made = house()
    mine, theirs = granted(made, capability), granted(made, capability, COLLEAGUE)
    other = granted(made, "hear" if capability != "hear" else "see")
    consent.withdraw(made, AGENT, mine.id, None)
    assert made.session.grants[mine.id].state == "granted", "only the giver takes back"
    consent.withdraw(made, CUSTOMER, mine.id, None)
    assert made.session.grants[mine.id].state == "withdrawn"
    assert made.session.grants[theirs.id].state == "granted"
    consent.withdraw(made, CUSTOMER, None, capability)
    assert {grant.id for grant in made.session.live_grants()} == {other.id}
    told = len(made.events)
    consent.withdraw(made, CUSTOMER, mine.id, None)
    assert len(made.events) == told, "what is off is off"


@pytest.mark.parametrize("voice", [False, True])
def test_stop_ends_all_viewing_and_control(voice: bool) -> None:
    made = house()
    for capability in CAPABILITIES:
        if capability != "further_agent":
            made.grant(
                Grant(id=capability, capability=capability, giver="c", holder="a", state="granted", asked_at=0.0)
            )
    question = consent.open_question(made, COLLEAGUE, "screen_view", CUSTOMER)
    foreign = made.grant(Grant(id="x", capability="screen_view", giver="a", holder="c", state="granted", asked_at=0.0))
    consent.stop_all(made, CUSTOMER, voice)
    left = {grant.capability for grant in made.session.live_grants() if grant.giver == "c"}
    stays = {"record"} | (set() if voice else {"hear"})
    assert left == stays
    assert made.session.grants[question.id].state == "refused"
    assert made.session.grants[foreign.id].state == "granted", "what another gave is the other's"


@pytest.mark.parametrize("who", [CUSTOMER, COLLEAGUE], ids=lambda p: p.name)
def test_only_the_asker_cancels(who: Participant) -> None:
    made = house()
    question = asked(made)
    refused("not_found", lambda: consent.cancel(made, who, question.id), made)
    consent.cancel(made, AGENT, question.id)
    assert made.session.grants[question.id].state == "cancelled"


def test_questions_expire_and_grants_do_not() -> None:
    made = house()
    asked(made, "see")
    granted(made)
    assert consent.next_expiry(made.session) == made.now + consent.ASKED_SECONDS
    early = later(made, consent.ASKED_SECONDS - 0.01)
    consent.expire(early)
    assert early.events == []
    late = later(made, consent.ASKED_SECONDS)
    consent.expire(late)
    assert {grant.state for grant in made.session.grants.values()} == {"expired", "granted"}
    assert made.session.lines[-1].by is None
    assert consent.next_expiry(made.session) is None


def colleague(made: Change) -> Grant:
    return consent.open_question(made, ASKED, "further_agent", CUSTOMER)


def test_a_further_agent_gets_to_hear_and_see_but_no_control() -> None:
    made = house()
    for capability in CAPABILITIES:
        made.grant(Grant(id=capability, capability=capability, giver="c", holder="a", state="granted", asked_at=0.0))
    question = colleague(made)
    assert made.session.staff == [AGENT, COLLEAGUE, SUPERVISOR]
    consent.answer(made, CUSTOMER, question.id, True)
    assert made.session.participants["n"].joined_at == made.now
    held = {grant.capability for grant in made.session.live_grants() if grant.holder == "n"}
    assert held == {"further_agent", "hear", "see", "screen_view", "page_view"}


@pytest.mark.parametrize("how", ["refuse", "cancel", "expire"])
def test_a_further_agent_who_is_not_agreed_to_stays_out(how: str) -> None:
    made = house()
    question = colleague(made)
    if how == "refuse":
        consent.answer(made, CUSTOMER, question.id, False)
    elif how == "cancel":
        consent.cancel(made, ASKED, question.id)
    else:
        made = later(made, consent.ASKED_SECONDS)
        consent.expire(made)
    person = made.session.participants["n"]
    assert person.joined_at is None
    assert person.left_at == made.now
    assert made.session.live_grants() == []


def test_taking_back_a_further_agent_sends_them_out() -> None:
    made = house()
    granted(made, "see")
    question = colleague(made)
    consent.answer(made, CUSTOMER, question.id, True)
    consent.withdraw(made, CUSTOMER, question.id, None)
    assert made.session.participants["n"].left_at == made.now
    assert {grant.holder for grant in made.session.live_grants()} == {"a"}


def test_a_further_agent_in_charge_is_not_sent_out() -> None:
    made = house()
    question = colleague(made)
    consent.answer(made, CUSTOMER, question.id, True)
    made.info(primary="n")
    refused("not_allowed", lambda: consent.withdraw(made, CUSTOMER, question.id, None), made)


def test_recording_on_demand_ends_when_its_grant_is_taken_back() -> None:
    made = house()
    grant = granted(made, "record")
    made.info(recording=True)
    consent.withdraw(made, CUSTOMER, grant.id, None)
    assert not made.session.info.recording
    assert [line.kind for line in made.session.lines][-2:] == ["withdrawn", "recording_off"]


def test_what_was_told_before_joining_is_not_taken_back() -> None:
    made = change(*PEOPLE, policy="always")
    made.grant(Grant(id="g", capability="record", giver="c", holder="a", state="granted", asked_at=0.0, basis="notice"))
    made.info(recording=True)
    refused("not_allowed", lambda: consent.withdraw(made, CUSTOMER, None, "record"), made)
    assert made.session.info.recording


# --- the company's page ---


def of(made: Change, capability: Capability, holder: Participant = AGENT) -> list[GrantState]:
    return [g.state for g in made.session.grants.values() if g.capability == capability and g.holder == holder.id]


def test_control_of_the_page_is_for_those_who_see_it() -> None:
    made = house()
    refused("not_allowed", lambda: asked(made, "page_control"), made)
    refused("conflict", lambda: consent.give(made, CUSTOMER, "page_control", None), made)
    asked(made, "page_view")
    refused("not_allowed", lambda: asked(made, "page_control"), made)
    seen(made, AGENT)
    asked(made, "page_control")
    refused("not_allowed", lambda: asked(made, "page_control", COLLEAGUE), made)
    seen(made, COLLEAGUE)
    (grant,) = consent.give(made, CUSTOMER, "page_control", COLLEAGUE)
    assert (grant.holder, of(made, "page_control")) == ("b", ["asked"])
    consent.give(made, CUSTOMER, "page_control", None)
    assert of(made, "page_control") == of(made, "page_control", COLLEAGUE) == ["granted"]
    assert of(made, "page_control", SUPERVISOR) == []


@pytest.mark.parametrize("answered", [True, False])
def test_control_of_the_page_ends_with_its_view(answered: bool) -> None:
    made = house()
    seen(made, AGENT, COLLEAGUE)
    question = asked(made, "page_control")
    if answered:
        consent.answer(made, CUSTOMER, question.id, True)
    granted(made, "page_control", COLLEAGUE)
    view = next(g for g in made.session.live_grants() if g.capability == "page_view" and g.holder == "a")
    consent.withdraw(made, CUSTOMER, view.id, None)
    assert of(made, "page_control") == ["ended" if answered else "cancelled"]
    assert of(made, "page_control", COLLEAGUE) == ["granted"], "another's is another's"
    consent.withdraw(made, CUSTOMER, None, "page_control")
    assert (of(made, "page_control", COLLEAGUE), of(made, "page_view", COLLEAGUE)) == (["withdrawn"], ["granted"])


@pytest.mark.parametrize("answered", [True, False])
def test_who_gives_up_the_view_gives_up_control(answered: bool) -> None:
    made = house()
    seen(made, AGENT)
    question = asked(made, "page_control")
    if answered:
        consent.answer(made, CUSTOMER, question.id, True)
    view = next(g for g in made.session.live_grants() if g.capability == "page_view")
    consent.cancel(made, AGENT, view.id)
    assert of(made, "page_control") == ["ended" if answered else "cancelled"]
    seen(made, AGENT)
    assert page_controllers(made.session) == frozenset(), "control was not given again"


def test_what_the_site_withholds_is_not_to_be_had() -> None:
    made = house()
    seen(made, AGENT)
    made.info(withheld=["page_control"])
    refused("not_allowed", lambda: asked(made, "page_control"), made)
    refused("not_allowed", lambda: consent.give(made, CUSTOMER, "page_control", None), made)
    made.info(withheld=[], site=None)
    refused("not_allowed", lambda: asked(made, "page_view"), made)


def test_the_first_question_for_the_page_comes_by_itself_and_once() -> None:
    for state in ("waiting", "inviting", "ended"):
        made = house(state)
        consent.ask_for_page(made)
        assert made.events == []
    made = house()
    made.info(withheld=["page_view"])
    consent.ask_for_page(made)
    made.info(withheld=[])
    assert made.session.grants == {}
    consent.ask_for_page(made)
    ((question,),) = [tuple(made.session.grants.values())]
    assert (question.capability, question.holder, question.giver) == ("page_view", "a", "c")
    consent.answer(made, CUSTOMER, question.id, False)
    told = len(made.events)
    consent.ask_for_page(made)
    assert len(made.events) == told, "a refusal is an answer"
    assert asked(made, "page_view").id != question.id, "staff may ask again"


def test_without_a_page_what_was_given_for_it_ends() -> None:
    made = house()
    granted(made)
    seen(made, AGENT, COLLEAGUE)
    granted(made, "page_control")
    asked(made, "page_control", COLLEAGUE)
    consent.end_page(made)
    assert of(made, "page_view") == of(made, "page_control") == of(made, "page_view", COLLEAGUE) == ["ended"]
    assert of(made, "page_control", COLLEAGUE) == ["cancelled"]
    assert of(made, "hear") == ["granted"]
    assert consent.page_grants(made.session) == []


def test_a_question_for_the_page_does_not_outlive_it() -> None:
    made = house()
    question = asked(made, "page_view")
    consent.end_page(made)
    assert of(made, "page_view") == ["cancelled"]
    refused("conflict", lambda: consent.answer(made, CUSTOMER, question.id, True), made)


def test_after_an_alarm_nobody_sees_the_page_by_what_was_given_for_it() -> None:
    made = house()
    seen(made, AGENT)
    granted(made, "page_control")
    assert page_viewers(made.session) == page_controllers(made.session) == {"a"}
    made.line("page_alarm", audience="staff")
    assert page_viewers(made.session) == page_controllers(made.session) == frozenset()


def test_after_an_alarm_the_page_is_not_to_be_had_any_more() -> None:
    made = house()
    made.line("page_alarm", audience="staff")
    refused("not_allowed", lambda: asked(made, "page_view"), made)
    refused("not_allowed", lambda: consent.give(made, CUSTOMER, "page_view", None), made)
    consent.ask_for_page(made)
    assert made.session.grants == {}
    assert asked(made).state == "asked"


ACTS = st.tuples(
    st.sampled_from(["ask", "give", "allow", "refuse", "withdraw", "cancel", "stop", "leave", "end_page", "expire"]),
    st.sampled_from([AGENT, COLLEAGUE, SUPERVISOR]),
    st.sampled_from(["page_view", "page_control"]),
)


@given(st.lists(ACTS, max_size=40))
def test_nobody_ever_controls_what_they_do_not_see(acts: list[tuple[str, Participant, Capability]]) -> None:
    made = house()
    for step, who, capability in acts:
        with contextlib.suppress(Refusal, StopIteration):
            take(made, step, who, capability)
        views = {g.holder for g in made.session.live_grants() if g.capability == "page_view"}
        for grant in made.session.grants.values():
            if grant.capability == "page_control" and grant.state in ("asked", "granted"):
                assert grant.holder in views, (step, who.name, capability)
        assert page_controllers(made.session) <= page_viewers(made.session)


def take(made: Change, step: str, who: Participant, capability: Capability) -> None:
    def mine() -> Grant:
        return next(
            g
            for g in made.session.grants.values()
            if g.capability == capability and g.holder == who.id and g.state in ("asked", "granted")
        )

    made.now += 40
    match step:
        case "ask":
            consent.ask(made, made.session.participants[who.id], capability, None)
        case "give":
            consent.give(made, CUSTOMER, capability, who)
        case "allow" | "refuse":
            consent.answer(made, CUSTOMER, mine().id, step == "allow")
        case "withdraw":
            consent.withdraw(made, CUSTOMER, mine().id, None)
        case "cancel":
            consent.cancel(made, who, mine().id)
        case "stop":
            consent.stop_all(made, CUSTOMER, voice=False)
        case "leave" if who is not AGENT:
            made.leave(made.session.participants[who.id])
        case "end_page":
            consent.end_page(made)
        case "expire":
            consent.expire(made)
