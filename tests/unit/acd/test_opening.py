"""A closed queue takes nobody who comes, or is passed on; who waits already stays."""

import pytest
from msgspec.structs import replace

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import Configuration, End, HoursConfig, QueueConfig, Span, Step
from webacd.core.explain import explain
from webacd.core.refused import Refused
from webacd.core.routing import RoutingCore
from webacd.effects import Effect, preview

from .test_widening import agent

NINE_TO_FIVE = HoursConfig("work", "Work", week=((Span("09:00", "17:00"),),) * 7)
HOUR = 3600.0
MORNING, EVENING, NEXT = 10 * HOUR, 18 * HOUR, 33 * HOUR
SALES = QueueConfig("sales", "Sales", hours="work", wrap_up_seconds=0.0)
CARE = QueueConfig("care", "Care", default=True, wrap_up_seconds=0.0)
CONFIGURATION = Configuration((SALES, CARE), (agent("ann", "sales", "care"),), hours=(NINE_TO_FIVE,))


def core(configuration: Configuration = CONFIGURATION) -> RoutingCore:
    """On the first of January 1970."""
    made = RoutingCore()
    rules = replace(configuration.rules, grace_seconds=1e6)
    made.step(cmd.Configure(replace(configuration, rules=rules)), 0.0)
    return made


def comes(contact: str, queue: str = "sales") -> cmd.Enqueue:
    return cmd.Enqueue(cmd.Request(contact, queue, within_hours=True))


def test_who_comes_to_a_closed_queue_is_refused_and_who_waits_stays() -> None:
    routing = core()
    routing.step(comes("c1"), MORNING)
    with pytest.raises(Refused, match="queue_closed"):
        routing.step(comes("c2"), EVENING)
    assert list(routing.state.contacts) == ["c1"]
    # Callbacks, returns and what agents begin do not ask.
    routing.step(cmd.Enqueue(cmd.Request("c3", "sales", medium="callback")), EVENING)
    routing.step(cmd.StartOutbound(cmd.Request("c4", "sales"), "ann"), EVENING)
    routing.step(comes("c5", "care"), EVENING)
    routing.step(comes("c6"), NEXT)
    assert list(routing.state.contacts) == ["c1", "c3", "c4", "c5", "c6"]


def test_hours_that_do_not_exist_close_nothing() -> None:
    routing = core(replace(CONFIGURATION, hours=()))
    routing.step(comes("c1"), EVENING)
    assert list(routing.state.contacts) == ["c1"]


def test_an_explanation_says_when_it_opens() -> None:
    routing = core()
    request = cmd.Request("", "sales", within_hours=True)
    found = explain(routing, request, MORNING)
    assert (found.open, found.opens_at) == (True, None)
    found = explain(routing, request, EVENING)
    assert (found.open, found.opens_at) == (False, NEXT)


def test_nobody_is_passed_on_to_a_closed_queue() -> None:
    routing = core()
    routing.step(cmd.SetState("ann", "ready"), 0.0)
    routing.step(comes("c1", "care"), EVENING)
    routing.step(cmd.Accept("c1.1", "ann"), EVENING)
    with pytest.raises(Refused, match="queue_closed"):
        routing.step(cmd.Transfer("c1", "ann", queue="sales"), EVENING)
    assert routing.state.contacts["c1"].agent == "ann"
    # An agent who is named gets it all the same, and losing an agent loses nobody.
    routing.step(cmd.Transfer("c1", "ann", queue="sales", agent="ann"), EVENING)
    routing.step(cmd.Accept("c1.2", "ann"), EVENING)
    routing.step(cmd.SignOut("ann"), EVENING)
    assert routing.state.contacts["c1"].queue == "sales"


@pytest.mark.parametrize(("now", "where"), [(MORNING, "sales"), (EVENING, "care")])
def test_the_end_of_a_queue_sends_nobody_to_a_closed_one(now: float, where: str) -> None:
    care = replace(CARE, steps=(Step(60.0, end=End("queue", "sales")),))
    routing = core(replace(CONFIGURATION, queues=(SALES, care)))
    routing.step(comes("c1", "care"), now)
    routing.step(cmd.Tick(), now + 60.0)
    assert routing.state.contacts["c1"].queue == where


OVERFLOWS = replace(CONFIGURATION, queues=(SALES, replace(CARE, steps=(Step(60.0, end=End("queue", "sales")),))))
LATER = (replace(NINE_TO_FIVE, week=((Span("09:00", "23:00"),),) * 7),)
NEVER = (replace(NINE_TO_FIVE, week=((),) * 7),)


def where(routing: RoutingCore, contact: str = "c1") -> str | None:
    return routing.state.contacts[contact].queue


def test_who_reaches_the_end_goes_on_when_the_next_queue_opens() -> None:
    routing = core(OVERFLOWS)
    routing.step(comes("c1", "care"), EVENING)
    routing.step(cmd.Tick(), EVENING + 60.0)
    assert (where(routing), routing.next_deadline()) == ("care", NEXT)
    # It is found out anew after a start, and late is not too late.
    again = RoutingCore(routing.state.copy())
    again.step(cmd.Tick(), EVENING + 61.0)
    assert again.next_deadline() == NEXT
    for each in (routing, again):
        each.step(cmd.Tick(), NEXT + 9 * HOUR)
        assert (where(each), each.next_deadline()) == ("care", NEXT + 24 * HOUR)
        each.step(cmd.Tick(), NEXT + 24 * HOUR)
        assert (where(each), each.state.put_off) == ("sales", {})


@pytest.mark.parametrize("before", [(NINE_TO_FIVE,), NEVER])
def test_who_reached_the_end_goes_on_when_the_hours_change(before: tuple[HoursConfig, ...]) -> None:
    configuration = replace(OVERFLOWS, hours=before)
    for changed in (
        replace(configuration, hours=LATER),
        replace(configuration, hours=()),
        replace(configuration, queues=(replace(SALES, hours=None), configuration.queues[1])),
    ):
        routing = core(configuration)
        routing.step(comes("c1", "care"), EVENING)
        routing.step(cmd.Tick(), EVENING + 60.0)
        assert where(routing) == "care"
        rules = replace(changed.rules, grace_seconds=1e6)
        routing.step(cmd.Configure(replace(changed, rules=rules)), EVENING + 120.0)
        assert where(routing) == "sales"


def test_a_change_that_closes_a_queue_is_foretold() -> None:
    routing = core()
    routing.step(comes("c1"), MORNING)
    shut = replace(CONFIGURATION, hours=(replace(NINE_TO_FIVE, week=((),) * 7),))
    copy = RoutingCore(routing.state.copy())
    assert preview(copy, shut, MORNING) == [Effect("queue_closes", {"queue": "sales", "count": 1})]
    events = routing.step(cmd.Configure(shut), MORNING)
    assert [type(event) for event in events] == [ev.Configured]
    with pytest.raises(Refused, match="queue_closed"):
        routing.step(comes("c2"), MORNING)
    # What is closed already is no news.
    other = replace(shut, queues=(replace(SALES, name="Other"), CARE))
    assert preview(RoutingCore(routing.state.copy()), other, MORNING) == []
