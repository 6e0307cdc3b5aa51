"""What the rules come to in single cases, and the parts by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.agent import AGENT_LIFE, AgentState, AgentStep
from webacd.core.config import AgentConfig, BadConfiguration, Choice, Configuration, QueueConfig, Rules
from webacd.core.contact import CONTACT_LIFE, ContactState, ContactStep
from webacd.core.errors import IllegalTransition
from webacd.core.estimate import HandleTime, estimate
from webacd.core.offer import OFFER_LIFE, OfferState, OfferStep
from webacd.core.refused import Refused
from webacd.core.routing import RoutingCore

CODES = (Choice("solved", "Solved"),)
SALES = QueueConfig("sales", "Sales", wrap_up_seconds=30.0, allow_pick=True, outcome_codes=CODES)
CARE = QueueConfig("care", "Care", wrap_up_seconds=None, default=True)


def core(*agents: AgentConfig, queues: tuple[QueueConfig, ...] = (SALES, CARE), **rules: object) -> RoutingCore:
    """A core at time 0 with everybody ready and a grace that is long enough."""
    made = RoutingCore()
    settings = Rules(grace_seconds=1e6, **rules)  # type: ignore[arg-type]
    made.step(cmd.Configure(Configuration(queues, agents, (Choice("lunch", "Lunch"),), CODES, settings)), 0.0)
    for agent in agents:
        made.step(cmd.SetState(agent.id, "ready"), 0.0)
    return made


def offers(events: list[ev.Event]) -> list[tuple[str, str]]:
    return [(event.contact, event.agent) for event in events if isinstance(event, ev.OfferMade)]


def enqueue(routing: RoutingCore, contact: str, now: float, queue: str = "sales", priority: int = 0) -> list[ev.Event]:
    return routing.step(cmd.Enqueue(cmd.Request(contact, queue, priority=priority)), now)


def refusal(routing: RoutingCore, command: cmd.Command, now: float = 0.0) -> str:
    with pytest.raises(Refused) as caught:
        routing.step(command, now)
    return caught.value.code


def test_illegal_transition_names_state_and_event() -> None:
    with pytest.raises(IllegalTransition, match="contact: no 'offer' in state 'active'"):
        CONTACT_LIFE.after(ContactState.ACTIVE, ContactStep.OFFER)
    with pytest.raises(IllegalTransition, match="offer: no 'accept' in state 'timed_out'"):
        OFFER_LIFE.after(OfferState.TIMED_OUT, OfferStep.ACCEPT)
    with pytest.raises(IllegalTransition, match="agent: no 'make_ready' in state 'offline'"):
        AGENT_LIFE.after(AgentState.OFFLINE, AgentStep.MAKE_READY)


def test_what_ends_contacts_and_offers() -> None:
    assert [state for state in ContactState if CONTACT_LIFE.is_final(state)] == [
        "completed",
        "abandoned",
        "redirected",
        "callback_scheduled",
    ]
    assert [state for state in OfferState if not OFFER_LIFE.is_final(state)] == ["pending"]


def test_fewest_in_hand_then_longest_since_the_last() -> None:
    routing = core(AgentConfig("ann", ("sales",)), AgentConfig("bob", ("sales",)))
    assert offers(enqueue(routing, "c1", 1.0)) == [("c1", "ann")]
    assert offers(enqueue(routing, "c2", 2.0)) == [("c2", "bob")]
    routing.step(cmd.Accept("c2.1", "bob"), 3.0)
    routing.step(cmd.Accept("c1.1", "ann"), 4.0)
    assert offers(enqueue(routing, "c3", 5.0)) == [("c3", "bob")]


def test_timed_out_offer_keeps_the_place_and_the_agent_is_not_ready() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    enqueue(routing, "c1", 0.0)
    enqueue(routing, "c2", 5.0)
    events = routing.step(cmd.Tick(), 20.0)
    assert [type(event) for event in events] == [ev.OfferClosed, ev.AgentStateChanged, ev.ContactReturned]
    ann = routing.state.agents["ann"]
    assert (ann.state, ann.reason) == (AgentState.NOT_READY, "missed_offer")
    assert offers(routing.step(cmd.SetState("ann", "ready"), 21.0)) == [("c1", "ann")]


def test_who_missed_may_stay_ready_and_is_asked_last() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), missed_offer="stay_ready", reask_seconds=5.0)
    enqueue(routing, "c1", 0.0)
    assert offers(routing.step(cmd.Tick(), 20.0)) == []
    assert routing.next_deadline() == 25.0
    assert offers(routing.step(cmd.Tick(), 25.0)) == [("c1", "ann")]


def test_who_rejected_is_asked_again_after_a_pause_when_nobody_else_can() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), AgentConfig("bob", ("sales",), 1))
    enqueue(routing, "c1", 0.0)
    assert offers(routing.step(cmd.Reject("c1.1", "ann"), 1.0)) == [("c1", "bob")]
    assert offers(routing.step(cmd.Reject("c1.2", "bob"), 3.0)) == []
    assert offers(enqueue(routing, "c2", 4.0)) == [("c2", "ann")]
    assert offers(routing.step(cmd.Tick(), 8.0)) == [("c1", "bob")]


def test_single_session_agents_have_one_contact_and_wrap_up_blocks_them() -> None:
    routing = core(AgentConfig("ann", ("sales",), 3), single_session=True)
    enqueue(routing, "c1", 0.0)
    assert offers(enqueue(routing, "c2", 0.0)) == []
    routing.step(cmd.Accept("c1.1", "ann"), 1.0)
    assert offers(routing.step(cmd.Complete("c1"), 2.0)) == []
    assert offers(routing.step(cmd.Tick(), 32.0)) == [("c2", "ann")]


def test_wrap_up_holds_a_slot_but_blocks_only_at_capacity() -> None:
    routing = core(AgentConfig("ann", ("sales",), 2))
    enqueue(routing, "c1", 0.0)
    routing.step(cmd.Accept("c1.1", "ann"), 0.0)
    routing.step(cmd.Complete("c1"), 1.0)
    assert offers(enqueue(routing, "c2", 2.0)) == [("c2", "ann")]
    assert offers(enqueue(routing, "c3", 2.0)) == []
    assert refusal(routing, cmd.EndWrapUp("c1", "ann", "sold"), 3.0) == "unknown_outcome_code"
    assert refusal(routing, cmd.EndWrapUp("c1", "bob"), 3.0) == "not_yours"
    assert offers(routing.step(cmd.EndWrapUp("c1", "ann", "solved"), 3.0)) == [("c3", "ann")]


def test_wrap_up_without_limit_waits_for_the_agent() -> None:
    routing = core(AgentConfig("ann", ("care",), 1))
    enqueue(routing, "c1", 0.0, "care")
    routing.step(cmd.Accept("c1.1", "ann"), 0.0)
    events = routing.step(cmd.Complete("c1"), 1.0)
    assert events == [ev.WrapUpStarted(1.0, "c1", "ann", None)]
    assert routing.step(cmd.Complete("c1"), 2.0) == []
    assert routing.step(cmd.Tick(), 900.0) == []


def test_priority_is_worth_ageing_seconds_a_level() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    routing.step(cmd.SetState("ann", "not_ready"), 0.0)
    enqueue(routing, "old", 0.0)
    enqueue(routing, "urgent", 59.0, priority=1)
    enqueue(routing, "late", 61.0, priority=1)
    standings = routing.state.book("sales").standings()
    assert sorted(standings, key=lambda id: standings[id].position) == ["urgent", "old", "late"]


def test_lost_agent_gives_back_contacts_at_their_places() -> None:
    routing = core(AgentConfig("ann", ("sales",), 2), AgentConfig("bob", ("sales",), 2))
    routing.step(cmd.SetState("bob", "not_ready", "lunch"), 0.0)
    enqueue(routing, "c1", 0.0)
    enqueue(routing, "c2", 1.0)
    enqueue(routing, "c3", 2.0)
    routing.step(cmd.Accept("c2.1", "ann"), 3.0)
    routing.step(cmd.SignOut("ann"), 4.0)
    assert routing.state.agents["ann"].holding == {}
    assert offers(routing.step(cmd.SetState("bob", "ready"), 5.0)) == [("c1", "bob"), ("c2", "bob")]


def test_outbound_takes_a_slot_and_comes_back_to_the_default_queue() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), AgentConfig("bob", ("care",), 1))
    routing.step(cmd.StartOutbound(cmd.Request("c1", None), "ann"), 0.0)
    assert offers(enqueue(routing, "c2", 1.0)) == []
    assert refusal(routing, cmd.StartOutbound(cmd.Request("c3", None), "ann"), 1.0) == "at_capacity"
    assert offers(routing.step(cmd.SignOut("ann"), 2.0)) == [("c1", "bob")]


def test_contact_without_any_queue_waits_until_there_is_one() -> None:
    routing = core(AgentConfig("ann", (), 1), AgentConfig("bob", (), 1), queues=())
    routing.step(cmd.StartOutbound(cmd.Request("c1", None), "ann"), 0.0)
    routing.step(cmd.SignOut("ann"), 1.0)
    assert routing.state.contacts["c1"].state is ContactState.QUEUED
    agents = (AgentConfig("ann", (), 1), AgentConfig("bob", ("care",), 1))
    assert offers(routing.step(cmd.Configure(Configuration((CARE,), agents)), 2.0)) == [("c1", "bob")]


def test_pick_by_hand() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), AgentConfig("bob", ("care", "sales"), 1), AgentConfig("cid"))
    routing.step(cmd.SetState("bob", "not_ready"), 0.0)
    enqueue(routing, "c1", 0.0)
    enqueue(routing, "c2", 0.0)
    assert refusal(routing, cmd.Pick("c1", "bob")) == "contact_gone"
    assert refusal(routing, cmd.Pick("c2", "ann")) == "at_capacity"
    assert refusal(routing, cmd.Pick("c2", "cid")) == "not_in_queue"
    assert refusal(routing, cmd.Pick("c2", "dan")) == "unknown_agent"
    routing.step(cmd.Pick("c2", "bob"), 1.0)
    assert routing.state.contacts["c2"].agent == "bob"
    routing.step(cmd.Pick("c1", "ann"), 1.0)
    assert routing.state.contacts["c1"].state is ContactState.ACTIVE
    enqueue(routing, "c3", 2.0, "care")
    assert refusal(routing, cmd.Pick("c3", "bob"), 2.0) == "pick_not_allowed"
    routing.step(cmd.SignOut("bob"), 3.0)
    assert refusal(routing, cmd.Pick("c2", "bob"), 3.0) == "not_ready"


def test_hand_over() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), AgentConfig("bob", (), 1), AgentConfig("cid", (), 1))
    enqueue(routing, "c1", 0.0)
    assert refusal(routing, cmd.HandOver("c1", "bob")) == "contact_gone"
    routing.step(cmd.Accept("c1.1", "ann"), 0.0)
    assert routing.step(cmd.HandOver("c1", "ann"), 1.0) == []
    routing.step(cmd.SignOut("cid"), 1.0)
    assert refusal(routing, cmd.HandOver("c1", "cid"), 1.0) == "not_ready"
    routing.step(cmd.HandOver("c1", "bob"), 2.0)
    assert (routing.state.agents["ann"].load, routing.state.agents["bob"].load) == (0, 1)
    enqueue(routing, "c2", 3.0)
    routing.step(cmd.Accept("c2.1", "ann"), 3.0)
    assert refusal(routing, cmd.HandOver("c2", "bob"), 3.0) == "at_capacity"


def test_refusals_of_strangers() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    assert refusal(routing, cmd.Enqueue(cmd.Request("c1", "nowhere"))) == "unknown_queue"
    assert refusal(routing, cmd.Enqueue(cmd.Request("c1", None))) == "unknown_queue"
    assert refusal(routing, cmd.StartOutbound(cmd.Request("c1", "nowhere"), "ann")) == "unknown_queue"
    assert refusal(routing, cmd.SetState("ann", "not_ready", "golf")) == "unknown_reason"
    assert refusal(routing, cmd.SetState("eve", "ready")) == "unknown_agent"
    assert refusal(routing, cmd.Beat("eve")) == "unknown_agent"
    enqueue(routing, "c1", 0.0)
    assert refusal(routing, cmd.Accept("c1.1", "eve")) == "not_yours"
    assert refusal(routing, cmd.Accept("c1.2", "ann")) == "offer_gone"
    assert refusal(routing, cmd.Complete("c1")) == "contact_gone"
    with pytest.raises(ValueError, match="here already"):
        enqueue(routing, "c1", 1.0)


def test_refusal_tells_what_time_had_done() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    enqueue(routing, "c1", 0.0)
    with pytest.raises(Refused) as caught:
        routing.step(cmd.Accept("c1.1", "ann"), 20.0)
    assert caught.value.code == "offer_gone"
    assert next(type(event) for event in caught.value.events) is ev.OfferClosed


def test_after_a_new_start_offers_that_ran_out_are_nobodys_fault() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    enqueue(routing, "c1", 0.0)
    events = routing.step(cmd.Resume(routing.state.configuration), 500.0)
    assert offers(events) == [("c1", "ann")]
    assert routing.state.agents["ann"].state is AgentState.READY


@pytest.mark.parametrize(
    "wrong",
    [
        Configuration((SALES, SALES)),
        Configuration((), (AgentConfig("ann", (), 9),)),
        Configuration((), (AgentConfig("ann"), AgentConfig("ann"))),
        Configuration((QueueConfig("q", "Q", offer_seconds=0),)),
        Configuration((QueueConfig("q", "Q", wrap_up_seconds=-1),)),
    ],
)
def test_contradictory_configuration_is_refused_and_changes_nothing(wrong: Configuration) -> None:
    routing = core(AgentConfig("ann", ("sales",)))
    before = routing.state.snapshot()
    with pytest.raises(BadConfiguration):
        routing.step(cmd.Configure(wrong), 1.0)
    assert routing.state.snapshot() == before


def test_long_lines_and_many_changes_leave_no_rubbish() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1))
    for index in range(500):
        enqueue(routing, f"c{index}", float(index))
    for index in range(1, 499):
        routing.step(cmd.Abandon(f"c{index}"), 500.0)
        routing.step(cmd.SetState("ann", "not_ready"), 500.0)
        routing.step(cmd.SetState("ann", "ready"), 500.0)
    assert all(len(line.heap) < 100 for line in routing.state.lines.values())
    assert all(len(lane.heap) < 100 for pool in routing.state.pools.by_profile.values() for lane in pool.lanes.values())
    assert set(routing.state.contacts) == {"c0", "c499"}


shares = st.lists(st.tuples(st.integers(1, 100), st.floats(0, 1e5)), max_size=4)


@given(rank=st.integers(1, 1000), handle=st.floats(0, 1e5), shares=shares)
def test_estimate_is_sane(rank: int, handle: float, shares: list[tuple[float, float]]) -> None:
    now = estimate(rank, handle, shares)
    if not shares:
        assert now is None
        return
    more = [(shares[0][0] + 1, shares[0][1]), *shares[1:]]
    figures = [estimate(rank, handle, more), now, estimate(rank + 1, handle, shares)]
    least, middle, most = (figure for figure in figures if figure is not None)
    assert 0 <= least <= middle * (1 + 1e-9)
    assert middle <= most * (1 + 1e-9)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=200))
def test_handle_time_stays_within_what_was_seen(seen: list[float]) -> None:
    measured = HandleTime(300.0)
    for seconds in seen:
        measured = measured.with_one_more(seconds)
    assert measured.count == len(seen)
    assert min(seen) - 1e-6 <= measured.mean <= max(seen) + 1e-6


def test_estimate_at_arrival_uses_measured_handle_times() -> None:
    routing = core(AgentConfig("ann", ("sales",), 1), queues=(QueueConfig("sales", "S", wrap_up_seconds=0.0),))
    enqueue(routing, "c1", 0.0)
    routing.step(cmd.Accept("c1.1", "ann"), 0.0)
    enqueue(routing, "c2", 1.0)
    assert routing.state.contacts["c2"].estimate == 300.0
    routing.step(cmd.Complete("c1"), 100.0)
    enqueue(routing, "c3", 101.0)
    enqueue(routing, "c4", 101.0)
    enqueue(routing, "c5", 101.0, priority=1)
    expected = {id: contact.estimate for id, contact in routing.state.contacts.items()}
    assert expected == {"c2": 300.0, "c3": 100.0, "c4": 200.0, "c5": 100.0}
