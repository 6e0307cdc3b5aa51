"""Groups, skills, steps, media, holds: what the rules come to in single cases."""

from typing import Literal

import pytest
from msgspec.structs import replace

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import (
    AgentConfig,
    Configuration,
    End,
    GroupConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Step,
)
from webacd.core.contact import ContactState
from webacd.core.explain import Reason, can_handle, explain
from webacd.core.refused import Refused
from webacd.core.routing import RoutingCore

SALES = QueueConfig("sales", "Sales", wrap_up_seconds=10.0, allow_pick=True)
CARE = QueueConfig("care", "Care", wrap_up_seconds=0.0, default=True)
SKILLS = (SkillConfig("french", "French"), SkillConfig("tax", "Tax"))
GROUPS = (GroupConfig("second", "Second"), GroupConfig("third", "Third"))


def agent(id: str, *queues: str, capacity: int = 1, groups: str = "", **levels: int) -> AgentConfig:
    skills = tuple(SkillLevel(skill, level) for skill, level in levels.items())
    return AgentConfig(id, queues, capacity, tuple(groups.split()), skills)


def core(*agents: AgentConfig, sales: QueueConfig = SALES, care: QueueConfig = CARE, **rules: object) -> RoutingCore:
    """At time 0 with everybody ready and a grace that is long enough."""
    made = RoutingCore()
    settings = Rules(grace_seconds=1e6, **rules)  # type: ignore[arg-type]
    configuration = Configuration((sales, care), agents, rules=settings, skills=SKILLS, groups=GROUPS)
    made.step(cmd.Configure(configuration), 0.0)
    for each in agents:
        made.step(cmd.SetState(each.id, "ready"), 0.0)
    return made


def come(routing: RoutingCore, contact: str, now: float, queue: str = "sales", **values: object) -> list[ev.Event]:
    return routing.step(cmd.Enqueue(cmd.Request(contact, queue, **values)), now)  # type: ignore[arg-type]


def offers(events: list[ev.Event]) -> list[tuple[str, str]]:
    return [(event.contact, event.agent) for event in events if isinstance(event, ev.OfferMade)]


def serve(routing: RoutingCore, contact: str, now: float) -> None:
    offer = routing.state.contacts[contact].offer
    assert offer is not None
    routing.step(cmd.Accept(offer, routing.state.offers[offer].agent), now)


def tick(routing: RoutingCore, now: float) -> list[ev.Event]:
    return routing.step(cmd.Tick(), now)


def test_groups_add_up() -> None:
    steps = (Step(10.0, groups=("second",)), Step(20.0, groups=("third",)))
    routing = core(
        agent("ann", "sales"),
        agent("bob", groups="second"),
        agent("cid", groups="third"),
        sales=replace(SALES, steps=steps),
    )
    for contact in ("c1", "c2", "c3", "c4"):
        come(routing, contact, 0.0)
    assert routing.next_deadline() == 10.0
    assert offers(tick(routing, 10.0)) == [("c2", "bob")]
    assert offers(tick(routing, 20.0)) == [("c1", "cid")]
    assert [routing.state.contacts[id].steps for id in ("c3", "c4")] == [2, 2]


def test_primary_groups_serve_from_the_start_and_unknown_ones_never() -> None:
    sales = replace(SALES, groups=("second", "nowhere"))
    routing = core(agent("ann", groups="nowhere"), agent("bob", groups="second"), sales=sales)
    assert offers(come(routing, "c1", 0.0)) == [("c1", "bob")]
    assert offers(come(routing, "c2", 0.0)) == []


def test_skills_relax_step_by_step() -> None:
    sales = replace(SALES, steps=(Step(30.0, lower=1), Step(90.0, lower=1), Step(600.0, drop=("french",))))
    routing = core(agent("ann", "sales"), agent("bob", "sales", french=1), sales=sales)
    come(routing, "c1", 0.0, skills=(("french", 3),))
    assert offers(tick(routing, 89.0)) == []
    assert offers(tick(routing, 90.0)) == [("c1", "bob")]
    serve(routing, "c1", 91.0)
    come(routing, "c2", 100.0, skills=(("french", 4),))
    assert offers(tick(routing, 699.0)) == []
    assert offers(tick(routing, 700.0)) == [("c2", "ann")]


def test_best_skills_first_also_in_what_was_given_up() -> None:
    routing = core(agent("ann", "sales", french=1), agent("bob", "sales", french=3, tax=9), agent("cid", "sales"))
    assert offers(come(routing, "c1", 0.0, skills=(("french", 1),))) == [("c1", "bob")]
    assert offers(come(routing, "c2", 0.0, skills=(("french", 1),))) == [("c2", "ann")]
    assert offers(come(routing, "c3", 0.0)) == [("c3", "cid")]


def test_unknown_skill_of_a_queue_is_nobodys_but_loses_nobody() -> None:
    routing = core(agent("ann", "sales", ghost=9))
    queues = tuple(
        replace(each, skills=(SkillLevel("ghost", 1),)) if each.id == "sales" else each
        for each in routing.state.configuration.queues
    )
    routing.step(cmd.Configure(replace(routing.state.configuration, queues=queues)), 0.0)
    assert offers(come(routing, "c1", 0.0)) == []
    changed = replace(routing.state.configuration, skills=(*SKILLS, SkillConfig("ghost", "Ghost")))
    assert offers(routing.step(cmd.Configure(changed), 1.0)) == [("c1", "ann")]


def test_a_contact_does_not_wait_for_a_skill_that_is_no_more() -> None:
    routing = core(agent("ann", "sales"), agent("bob", "sales", french=2))
    assert offers(come(routing, "c1", 0.0, skills=(("ghost", 1),))) == [("c1", "ann")]
    assert offers(come(routing, "c2", 1.0, skills=(("french", 3),))) == []
    none = replace(routing.state.configuration, skills=())
    assert offers(routing.step(cmd.Configure(none), 2.0)) == [("c2", "bob")]
    assert explain(routing, cmd.Request("c3", "sales", skills=(("french", 3),)), 3.0).needs == {}


def test_a_skill_that_is_there_again_is_required_again() -> None:
    routing = core(agent("ann", "sales"))
    config = routing.state.configuration
    routing.step(cmd.Configure(replace(config, skills=())), 0.0)
    assert offers(come(routing, "c1", 1.0, skills=(("french", 3),))) == [("c1", "ann")]
    routing.step(cmd.Configure(config), 2.0)
    assert list(routing.state.offers) == []


def test_a_skill_taken_away_takes_the_offer_back() -> None:
    routing = core(agent("ann", "sales", french=2))
    come(routing, "c1", 0.0, skills=(("french", 2),))
    untaught = replace(routing.state.configuration, agents=(agent("ann", "sales", french=1),))
    events = routing.step(cmd.Configure(untaught), 1.0)
    assert [event.reason for event in events if isinstance(event, ev.ContactReturned)] == ["rescinded"]
    assert routing.state.contacts["c1"].state is ContactState.QUEUED


def test_one_call_at_a_time_its_wrap_up_included() -> None:
    routing = core(agent("ann", "sales", capacity=8))
    assert offers(come(routing, "v1", 0.0, medium="voice")) == [("v1", "ann")]
    assert offers(come(routing, "k1", 0.0, medium="callback")) == []
    assert offers(come(routing, "t1", 0.0, medium="chat")) == [("t1", "ann")]
    serve(routing, "v1", 1.0)
    assert offers(routing.step(cmd.Complete("v1"), 2.0)) == []
    assert offers(tick(routing, 12.0)) == [("k1", "ann")]


def test_limits_by_medium_leave_wrap_ups_out_unless_spoken() -> None:
    routing = core(agent("ann", "sales", capacity=3), limits={"chat": 1})
    come(routing, "t1", 0.0, medium="chat")
    serve(routing, "t1", 0.0)
    assert offers(come(routing, "t2", 1.0, medium="chat")) == []
    assert offers(come(routing, "e1", 1.0, medium="email")) == [("e1", "ann")]
    assert offers(routing.step(cmd.Complete("t1"), 2.0)) == [("t2", "ann")]
    with pytest.raises(Refused, match="at_capacity"):
        routing.step(cmd.StartOutbound(cmd.Request("t3", "sales", medium="chat"), "ann"), 3.0)


@pytest.mark.parametrize(
    ("end", "number", "state"),
    [
        (End("close"), "", ContactState.REDIRECTED),
        (End("callback"), "+49", ContactState.CALLBACK_SCHEDULED),
        (End("callback"), "", ContactState.QUEUED),
        (End("queue", "nowhere"), "", ContactState.QUEUED),
    ],
)
def test_ends(end: End, number: str, state: ContactState) -> None:
    routing = core(sales=replace(SALES, steps=(Step(10.0), Step(60.0, end=end))))
    come(routing, "c1", 0.0, number=number)
    contact = routing.state.contacts["c1"]
    tick(routing, 60.0)
    assert contact.state is state
    assert ("c1" in routing.state.contacts) == (state is ContactState.QUEUED)
    assert routing.next_deadline() is None


def test_overflow_to_another_queue_keeps_clock_and_id_and_hops_are_limited() -> None:
    there, back = Step(10.0, end=End("queue", "care")), Step(10.0, end=End("queue", "sales"))
    routing = core(sales=replace(SALES, steps=(there,)), care=replace(CARE, steps=(back,)), hops=3)
    come(routing, "c1", 0.0)
    events = tick(routing, 10.0)
    assert [event.queue for event in events if isinstance(event, ev.ContactMoved)] == ["care", "sales", "care"]
    contact = routing.state.contacts["c1"]
    assert (contact.id, contact.arrived_at, contact.queue, contact.hops) == ("c1", 0.0, "care", 3)


def test_the_end_of_a_queue_does_not_fall_on_who_was_just_spoken_to() -> None:
    sales = replace(SALES, steps=(Step(5.0, groups=("second",)), Step(60.0, end=End("close"))))
    routing = core(agent("ann", "care"), agent("bob", groups="second"), sales=sales)
    come(routing, "c1", 0.0, "care")
    serve(routing, "c1", 1.0)
    routing.step(cmd.SetState("bob", "not_ready"), 100.0)
    routing.step(cmd.Transfer("c1", "ann", "sales"), 500.0)
    contact = routing.state.contacts["c1"]
    assert (contact.state, contact.steps, contact.arrived_at) == (ContactState.QUEUED, 2, 0.0)
    assert offers(routing.step(cmd.SetState("bob", "ready"), 510.0)) == [("c1", "bob")]
    routing.step(cmd.SetState("bob", "not_ready"), 511.0)
    tick(routing, 559.0)
    assert "c1" in routing.state.contacts
    tick(routing, 560.0)
    assert "c1" not in routing.state.contacts


@pytest.mark.parametrize("removed", [False, True])
def test_the_end_of_a_queue_does_not_fall_on_who_was_just_moved(removed: bool) -> None:
    routing = core(care=replace(CARE, steps=(Step(300.0, end=End("close")),)))
    come(routing, "c1", 0.0)
    if removed:
        without = replace(routing.state.configuration, queues=routing.state.configuration.queues[1:])
        routing.step(cmd.Configure(without), 600.0)
    else:
        routing.step(cmd.Move("c1", "care"), 600.0)
    contact = routing.state.contacts["c1"]
    assert (contact.queue, contact.arrived_at, contact.steps) == ("care", 0.0, 1)
    tick(routing, 899.0)
    assert "c1" in routing.state.contacts
    tick(routing, 900.0)
    assert "c1" not in routing.state.contacts


def test_who_served_last_is_preferred_within_the_window() -> None:
    sales = replace(SALES, sticky_days=1.0, sticky_seconds=15.0)
    routing = core(agent("ann", "sales"), agent("bob", "sales"), sales=sales)
    come(routing, "c1", 0.0, customer_key="k")
    serve(routing, "c1", 0.0)
    assert offers(come(routing, "c2", 1.0, customer_key="k")) == []
    assert offers(come(routing, "c3", 2.0)) == [("c3", "bob")]
    assert offers(routing.step(cmd.Reject("c3.1", "bob"), 3.0)) == []
    assert offers(tick(routing, 15.0)) == [("c3", "bob")]
    assert offers(routing.step(cmd.Reject("c3.2", "bob"), 15.5)) == []
    assert offers(tick(routing, 16.0)) == [("c2", "bob")]
    assert routing.state.sticky == {("sales", "k"): ("ann", 0.0)}


def test_sticky_without_a_window_only_when_free_at_once() -> None:
    sales = replace(SALES, sticky_days=1.0, wrap_up_seconds=0.0)
    routing = core(agent("ann", "sales"), agent("bob", "sales"), sales=sales)
    come(routing, "c1", 0.0, customer_key="k")
    serve(routing, "c1", 0.0)
    routing.step(cmd.Complete("c1"), 1.0)
    assert offers(come(routing, "c2", 2.0, customer_key="k")) == [("c2", "ann")]
    assert offers(come(routing, "c3", 3.0, customer_key="k")) == [("c3", "bob")]


def test_sticky_is_over_when_the_agent_leaves_or_too_many_days_went_by() -> None:
    sales = replace(SALES, sticky_days=1.0, sticky_seconds=60.0)
    routing = core(agent("ann", "sales"), agent("bob", "sales"), sales=sales)
    come(routing, "c1", 0.0, customer_key="k")
    serve(routing, "c1", 0.0)
    assert offers(come(routing, "c2", 1.0, customer_key="k")) == []
    events = routing.step(cmd.SignOut("ann"), 2.0)
    assert [event.contact for event in events if isinstance(event, ev.ContactHeld)] == ["c2"]
    assert offers(events) == [("c1", "bob")]
    late = core(agent("ann", "sales"), agent("bob", "sales"), sales=sales)
    come(late, "c1", 0.0, customer_key="k")
    serve(late, "c1", 0.0)
    assert offers(come(late, "c2", 90_000.0, customer_key="k")) == [("c2", "bob")]


def test_direct_to_an_agent() -> None:
    routing = core(agent("ann", "sales"), agent("bob"))
    routing.step(cmd.StartOutbound(cmd.Request("o1", None), "bob"), 0.0)
    assert offers(come(routing, "c1", 0.0, agent="bob")) == []
    assert routing.state.estimate_of(routing.state.contacts["c1"]) is not None
    assert offers(tick(routing, 59.0)) == []
    assert offers(tick(routing, 60.0)) == [("c1", "ann")]
    serve(routing, "c1", 60.0)
    come(routing, "c2", 61.0, agent="bob", agent_only=True)
    assert offers(tick(routing, 900.0)) == []
    assert offers(routing.step(cmd.Complete("o1"), 901.0)) == [("c2", "bob")]
    with pytest.raises(Refused, match="unknown_agent"):
        come(routing, "c3", 902.0, agent="eve")


def test_who_is_moved_is_still_for_that_agent_only() -> None:
    routing = core(agent("ann", "sales", "care"), agent("bob"))
    routing.step(cmd.SetState("bob", "not_ready"), 0.0)
    come(routing, "c1", 0.0, agent="bob", agent_only=True)
    assert offers(routing.step(cmd.Move("c1", "care"), 1.0)) == []
    assert offers(routing.step(cmd.SetState("bob", "ready"), 2.0)) == [("c1", "bob")]
    # Also while it is being offered.
    assert offers(routing.step(cmd.Move("c1", "sales"), 3.0)) == [("c1", "bob")]


def test_who_is_moved_is_still_kept_and_the_way_back_changes_nothing() -> None:
    routing = core(agent("ann", "sales", "care"), agent("bob"))
    routing.step(cmd.SetState("bob", "not_ready"), 0.0)
    come(routing, "c1", 0.0, agent="bob")
    hold = routing.state.contacts["c1"].hold
    for queue in ("care", "sales", "care"):
        assert offers(routing.step(cmd.Move("c1", queue), 5.0)) == []
        assert routing.state.contacts["c1"].hold == hold
    assert offers(tick(routing, 60.0)) == [("c1", "ann")]


def test_kept_for_an_agent_who_is_removed_goes_to_the_queue() -> None:
    routing = core(agent("ann", "sales"), agent("bob"))
    routing.step(cmd.SetState("bob", "not_ready"), 0.0)
    assert offers(come(routing, "c1", 0.0, agent="bob", agent_only=True)) == []
    without = replace(routing.state.configuration, agents=(agent("ann", "sales"),))
    assert offers(routing.step(cmd.Configure(without), 1.0)) == [("c1", "ann")]


def test_transfer_to_an_agent_who_declines_goes_back_to_the_queue() -> None:
    routing = core(agent("ann", "sales"), agent("bob"), agent("cid", "sales"), reask_seconds=5.0)
    come(routing, "c1", 0.0)
    serve(routing, "c1", 1.0)
    assert offers(routing.step(cmd.Transfer("c1", "ann", agent="bob"), 30.0)) == [("c1", "bob")]
    assert offers(routing.step(cmd.Reject("c1.2", "bob"), 31.0)) == [("c1", "cid")]
    assert routing.state.contacts["c1"].arrived_at == 0.0


def test_who_passes_on_is_free_for_the_next_although_another_was_just_taken() -> None:
    routing = core(agent("ann", "sales"), agent("bob", "care"))
    assert offers(come(routing, "c1", 0.0, "care")) == [("c1", "bob")]
    serve(routing, "c1", 0.0)
    assert offers(come(routing, "c2", 0.0, "care")) == []
    assert offers(routing.step(cmd.Transfer("c1", "bob", agent="ann"), 1.0)) == [("c1", "ann"), ("c2", "bob")]


def test_missed_offers_count_one_after_the_other() -> None:
    routing = core(agent("ann", "sales"), missed_offers=2, reask_seconds=1.0)
    come(routing, "c1", 0.0)
    assert offers(tick(routing, 20.0)) == []
    assert offers(tick(routing, 21.0)) == [("c1", "ann")]
    serve(routing, "c1", 22.0)
    assert routing.state.agents["ann"].missed == 0
    routing.step(cmd.Complete("c1"), 23.0)
    come(routing, "c2", 40.0)
    tick(routing, 60.0)
    assert offers(tick(routing, 61.0)) == [("c2", "ann")]
    tick(routing, 81.0)
    assert routing.state.agents["ann"].reason == "missed_offer"


def test_a_place_may_be_kept_from_earlier() -> None:
    routing = core(agent("ann", "sales"))
    routing.step(cmd.SetState("ann", "not_ready"), 0.0)
    come(routing, "c1", 100.0)
    come(routing, "c2", 200.0, medium="callback", arrived_at=50.0)
    assert offers(routing.step(cmd.SetState("ann", "ready"), 201.0)) == [("c2", "ann")]


@pytest.mark.parametrize("to", ["close", "callback", "queue"])
def test_the_end_counts_from_enqueueing_where_the_place_is_of_earlier(
    to: Literal["close", "callback", "queue"],
) -> None:
    sales = replace(SALES, steps=(Step(30.0), Step(60.0, end=End(to, "care" if to == "queue" else None))))
    routing = core(sales=sales)
    come(routing, "c1", 1000.0, medium="callback", number="+49", arrived_at=100.0)
    contact = routing.state.contacts["c1"]
    assert (contact.queue, contact.steps, contact.returned_at) == ("sales", 2, 1000.0)
    assert tick(routing, 1059.0) == []
    (event,) = tick(routing, 1060.0)
    assert isinstance(event, ev.ContactMoved if to == "queue" else ev.ContactRedirected)


def test_pick_by_group_and_skill() -> None:
    routing = core(agent("ann", "sales"), agent("bob", "sales", french=2))
    for each in ("ann", "bob"):
        routing.step(cmd.SetState(each, "not_ready"), 0.0)
    come(routing, "c1", 0.0, skills=(("french", 2),))
    come(routing, "c2", 0.0, agent="bob")
    assert [each.id for each in can_handle(routing.state, routing.state.agents["bob"])] == ["c1", "c2"]
    assert can_handle(routing.state, routing.state.agents["ann"]) == []
    with pytest.raises(Refused, match="not_in_queue"):
        routing.step(cmd.Pick("c1", "ann"), 1.0)
    with pytest.raises(Refused, match="pick_not_allowed"):
        routing.step(cmd.Pick("c2", "ann"), 1.0)
    routing.step(cmd.Pick("c1", "bob"), 1.0)
    assert routing.state.contacts["c1"].agent == "bob"


def test_explanation_names_all_that_speaks_against() -> None:
    sales = replace(SALES, groups=("second",), steps=(Step(30.0, lower=1),))
    routing = core(
        agent("ann", "sales", french=1),
        agent("bob", "care", french=3),
        agent("cid", "sales", french=3, capacity=2),
        sales=sales,
        limits={"chat": 1},
    )
    routing.step(cmd.SetState("ann", "not_ready"), 0.0)
    routing.step(cmd.StartOutbound(cmd.Request("o1", None, medium="chat"), "cid"), 0.0)
    found = explain(routing, cmd.Request("c1", "sales", medium="chat", skills=(("french", 2),)), 1.0)
    assert {each.agent: each.reasons for each in found.candidates} == {
        "ann": (Reason("not_ready"), Reason("skill_missing", "french", 1, 2)),
        "bob": (Reason("not_in_group"),),
        "cid": (Reason("medium_limit"),),
    }
    assert (found.chosen, found.steps, found.next_step) == (None, 0, 31.0)
    assert explain(routing, cmd.Request("c1", "sales", skills=(("french", 2),)), 1.0).chosen == "cid"
    with pytest.raises(Refused, match="contact_gone"):
        explain(routing, "c9", 1.0)
    with pytest.raises(Refused, match="unknown_queue"):
        explain(routing, cmd.Request("c1", "nowhere"), 1.0)


def test_lines_in_which_nobody_waits_are_cleared_away() -> None:
    routing = core(agent("ann", "sales"))
    for number in range(2000):
        come(routing, f"c{number}", float(number), skills=(("french", 1 + number % 10), (f"s{number}", 1)))
        routing.step(cmd.Abandon(f"c{number}"), float(number))
    assert len(routing.state.lines) < 600
    assert routing.state.kept == {}


def test_a_change_of_one_agent_leaves_the_others_as_they_are() -> None:
    people = tuple(agent(f"a{number}", "sales", french=1 + number % 3) for number in range(300))
    routing = core(*people)
    pools = dict(routing.state.pools.of)
    taught = (agent("a0", "sales", french=9), *people[1:])
    (event,) = routing.step(cmd.Configure(replace(routing.state.configuration, agents=taught)), 1.0)
    assert isinstance(event, ev.Configured)
    assert [each.id for each in event.difference.agents] == ["a0"]
    now = routing.state.pools.of
    assert [id for id in pools if pools[id] is not now[id]] == ["a0"]
