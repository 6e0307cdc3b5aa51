"""The life of a callback: at most one for a customer and queue, attempts and hours kept, the place too."""

from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from webacd.core import callback as life
from webacd.core import hours as calendar
from webacd.core.callback import Callback, CallbackState, Rule
from webacd.core.config import CallbackPolicy, HoursConfig, Span
from webacd.core.errors import IllegalTransition
from webacd.core.refused import Refused

MONDAY = 1795392000.0
"""2026-11-23 00:00 UTC."""
HOUR = 3600.0
OFFICE = (Span("09:00", "12:00"), Span("13:00", "18:00"))
HOURS = HoursConfig(id="h", name="h", zone="UTC", week=(OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ()))
ZONES = ("", "Europe/Paris", "Pacific/Auckland", "America/New_York", "Asia/Kolkata")


def made(at: float = MONDAY + 10 * HOUR, **more: Any) -> Callback:
    values: dict[str, Any] = {"id": "c", "reference": "R", "queue": "q", "key": "+1", "name": "Ann", "source": "page"}
    return Callback(**{**values, "at": at, "created_at": at, **more})


def rule_of(hours: HoursConfig | None = HOURS, **policy: Any) -> Rule:
    return Rule(CallbackPolicy(**policy), hours, calendar)


def calling(callback: Callback, now: float, agreed: Rule, agent: str = "amy") -> Callback:
    queued = life.queue(callback, "contact", "session")
    return life.dial(life.take(queued, agent), agent, now, agreed)


def test_hours_are_those_at_the_customers_place() -> None:
    agreed = rule_of()
    for zone, hour in (("UTC", 9), ("Europe/Paris", 8), ("America/New_York", 14), ("Asia/Kolkata", 3.5)):
        assert agreed.earliest(MONDAY, zone) == MONDAY + hour * HOUR, zone
    # In Auckland, thirteen hours ahead, the office is open already: it is one o'clock.
    assert agreed.earliest(MONDAY, "Pacific/Auckland") == MONDAY
    assert agreed.earliest(MONDAY + 4 * 24 * HOUR + 18 * HOUR, "UTC") == MONDAY + 7 * 24 * HOUR + 9 * HOUR


def test_never_open() -> None:
    agreed = rule_of(HoursConfig(id="h", name="h"))
    with pytest.raises(Refused, match="never_open"):
        life.schedule(made(), MONDAY, agreed)
    tried = msgspec.structs.replace(calling(made(), MONDAY + 10 * HOUR, rule_of()), tries=1)
    assert life.retry(tried, "busy", MONDAY, agreed).outcome == "never_open"


@pytest.mark.parametrize("outcome", ["no_answer", "busy", "unknown"])
def test_attempts_are_counted(outcome: Any) -> None:
    agreed = rule_of(None, attempts=3, retry_seconds=60.0)
    callback, now = made(), MONDAY
    for attempt in (1, 2, 3):
        callback = calling(callback, now, agreed)
        assert callback.tries == attempt
        callback = life.close(callback, outcome, now, agreed)
        if attempt < 3:
            assert (callback.state, callback.at) == (CallbackState.SCHEDULED, now + 60)
    assert (callback.state, callback.outcome) == (CallbackState.FAILED, outcome)
    assert callback.live_key is None


def test_a_time_that_was_agreed_upon_counts_anew() -> None:
    agreed = rule_of(None, attempts=1)
    later = life.close(calling(made(arrived_at=1.0), MONDAY, agreed), "later", MONDAY, agreed, MONDAY + HOUR)
    assert (later.state, later.at, later.tries, later.place) == (CallbackState.SCHEDULED, MONDAY + HOUR, 0, later.at)
    for at in (None, MONDAY, 0.0):
        with pytest.raises(Refused, match="no_time"):
            life.close(calling(made(), MONDAY, agreed), "later", MONDAY, agreed, at)


def test_what_was_not_dialled_has_no_outcome() -> None:
    agreed = rule_of(None)
    held = life.take(life.queue(made(), "c", "s"), "amy")
    for outcome in ("no_answer", "busy", "wrong_number"):
        with pytest.raises(Refused, match="not_dialled"):
            life.close(held, outcome, MONDAY, agreed)
    assert life.close(held, "reached", MONDAY, agreed).state is CallbackState.DONE
    assert life.close(held, "unknown", MONDAY, agreed).tries == 0


def test_who_may_dial() -> None:
    agreed, now = rule_of(), MONDAY + 10 * HOUR
    held = life.take(life.queue(made(), "c", "s"), "amy")
    with pytest.raises(Refused, match="not_yours"):
        life.dial(held, "bob", now, agreed)
    with pytest.raises(Refused, match="not_yours"):
        life.dial(made(), "amy", now, agreed)
    with pytest.raises(Refused, match="outside_hours"):
        life.dial(held, "amy", MONDAY + 12.5 * HOUR, agreed)
    with pytest.raises(Refused, match="already_dialled"):
        life.dial(life.dial(held, "amy", now, agreed), "amy", now, agreed)
    with pytest.raises(Refused, match="no_attempts"):
        life.dial(held, "amy", now, rule_of(attempts=0))


def test_an_agent_who_is_lost() -> None:
    agreed = rule_of(None, attempts=2)
    back = life.give_back(calling(made(), MONDAY, agreed), MONDAY, agreed)
    assert (back.state, back.tries, back.dialled, back.contact) == (CallbackState.QUEUED, 1, False, "contact")
    again = life.dial(life.take(back, "bob"), "bob", MONDAY, agreed)
    assert life.give_back(again, MONDAY, agreed).state is CallbackState.FAILED
    # Who had not begun takes no attempt along.
    assert life.give_back(life.take(back, "bob"), MONDAY, agreed).tries == 1


def test_another_agent_did_not_begin_the_call() -> None:
    held = calling(made(), MONDAY, rule_of(None))
    assert not life.take(held, "bob").dialled
    assert life.take(held, "amy").dialled


def test_asking_again_keeps_the_better_place() -> None:
    agreed = rule_of(None)
    waits = life.queue(made(arrived_at=50.0, priority=2), "c", "s")
    asked = made(at=MONDAY, arrived_at=70.0, name="Anna", priority=1)
    both = life.ask_again(waits, asked, agreed)
    assert (both.state, both.place, both.name, both.priority) == (CallbackState.SCHEDULED, 50.0, "Anna", 2)
    assert both.live_key == waits.live_key
    assert life.ask_again(made(source="abandon"), asked, agreed).source == "page"
    with pytest.raises(Refused, match="calling_now"):
        life.ask_again(calling(made(), MONDAY, agreed), asked, agreed)


@pytest.mark.parametrize("queued", [False, True])
def test_asking_again_when_it_is_due_keeps_the_place(queued: bool) -> None:
    agreed, half_past = rule_of(), MONDAY + 9.5 * HOUR
    due = made(at=MONDAY + 9 * HOUR)
    first = life.queue(due, "c", "s") if queued else due
    again = life.ask_again(first, made(at=half_past), agreed)
    assert (again.at, again.place) == (half_past, MONDAY + 9 * HOUR)
    # What is not due yet has no place to keep.
    early = life.ask_again(made(at=MONDAY + 11 * HOUR), made(at=half_past), agreed)
    assert early.place == early.at == half_past


def test_what_is_over_stays_over() -> None:
    agreed = rule_of(None)
    for over in (
        life.cancel(made(), "cancelled", MONDAY),
        life.fail(made(), "busy", MONDAY),
        life.close(calling(made(), MONDAY, agreed), "reached", MONDAY, agreed),
    ):
        with pytest.raises(IllegalTransition):
            life.schedule(over, MONDAY, agreed)
        with pytest.raises(IllegalTransition):
            life.queue(over, "c", "s")
        with pytest.raises(IllegalTransition):
            life.cancel(over, "cancelled", MONDAY)
        with pytest.raises(IllegalTransition):
            life.take(over, "amy")


class Calls(RuleBasedStateMachine):
    """Customers ask, agents call, hours pass, servers crash: a book of callbacks as the store keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY
        self.book: dict[str, Callback] = {}
        self.dialled: list[tuple[str, int, float, str]] = []
        self.rule = rule_of()

    @initialize(attempts=st.integers(1, 3), retry=st.sampled_from([0.0, 600.0, 7200.0]), hours=st.booleans())
    def agree(self, attempts: int, retry: float, hours: bool) -> None:
        self.rule = rule_of(HOURS if hours else None, attempts=attempts, retry_seconds=retry)

    def pick(self, number: int, *states: CallbackState) -> Callback | None:
        found = [each for each in self.book.values() if each.state in states]
        return found[number % len(found)] if found else None

    def put(self, callback: Callback) -> None:
        former = self.book.get(callback.id)
        assert former is None or callback.version > former.version
        self.book[callback.id] = callback

    @rule(seconds=st.sampled_from([1.0, 1800.0, 4 * HOUR, 20 * HOUR, 60 * HOUR]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        for each in list(self.book.values()):
            if each.state is CallbackState.QUEUED and not self.rule.may_call(self.now, each.zone):
                kept = msgspec.structs.replace(each, arrived_at=each.place)
                self.put(life.schedule(kept, self.now, self.rule))

    @rule(
        customer=st.sampled_from(["+1", "+2"]),
        queue=st.sampled_from(["q", "r"]),
        zone=st.sampled_from(ZONES),
        ahead=st.sampled_from([0.0, 0.0, HOUR, 30 * HOUR]),
        waited=st.sampled_from([None, 5.0, 500.0]),
        source=st.sampled_from(["page", "abandon"]),
    )
    def ask(self, customer: str, queue: str, zone: str, ahead: float, waited: float | None, source: Any) -> None:
        asked = made(
            at=self.rule.earliest(self.now + ahead, zone),
            id=f"c{len(self.book)}",
            key=customer,
            queue=queue,
            zone=zone,
            source=source,
            arrived_at=None if waited is None else self.now - waited,
            created_at=self.now,
        )
        existing = next((each for each in self.book.values() if each.live_key == asked.live_key), None)
        if existing is None:
            self.put(asked)
            return
        waits = existing.state is CallbackState.QUEUED or existing.at <= self.now
        kept = existing.place if waits else existing.arrived_at
        places = [at for at in (kept, asked.arrived_at) if at is not None]
        try:
            after = life.ask_again(existing, asked, self.rule)
        except Refused:
            assert existing.state is CallbackState.ATTEMPTING
            return
        self.put(after)
        assert after.arrived_at == min(places, default=None)

    @rule(number=st.integers(0, 9))
    def becomes_due(self, number: int) -> None:
        found = self.pick(number, CallbackState.SCHEDULED)
        if found is not None and life.is_due(found, self.now, self.rule):
            self.put(life.queue(found, f"contact{found.id}.{found.version}", "s"))

    @rule(number=st.integers(0, 9), agent=st.sampled_from(["amy", "bob"]))
    def is_taken(self, number: int, agent: str) -> None:
        found = self.pick(number, CallbackState.QUEUED, CallbackState.ATTEMPTING)
        if found is not None:
            self.put(life.take(found, agent))

    @rule(number=st.integers(0, 9))
    def is_dialled(self, number: int) -> None:
        found = self.pick(number, CallbackState.ATTEMPTING)
        if found is None or found.holder is None:
            return
        try:
            after = life.dial(found, found.holder, self.now, self.rule)
        except Refused:
            return
        self.put(after)
        self.dialled.append((found.id, after.tries, self.now, found.zone))

    @rule(
        number=st.integers(0, 9),
        outcome=st.sampled_from(["reached", "no_answer", "busy", "wrong_number", "unknown", "later"]),
        ahead=st.sampled_from([-5.0, HOUR, 40 * HOUR]),
    )
    def is_closed(self, number: int, outcome: Any, ahead: float) -> None:
        found = self.pick(number, CallbackState.ATTEMPTING)
        if found is None:
            return
        try:
            self.put(life.close(found, outcome, self.now, self.rule, self.now + ahead))
        except Refused:
            assert not found.dialled or ahead <= 0

    @rule(number=st.integers(0, 9))
    def agent_is_lost(self, number: int) -> None:
        found = self.pick(number, CallbackState.ATTEMPTING)
        if found is not None:
            self.put(life.give_back(found, self.now, self.rule))

    @rule(customer=st.sampled_from(["+1", "+2"]))
    def customer_comes_back(self, customer: str) -> None:
        for each in list(self.book.values()):
            mine = each.live and each.key == customer and each.source == "abandon"
            if mine and each.state is not CallbackState.ATTEMPTING:
                self.put(life.cancel(each, "came_back", self.now))

    @rule(number=st.integers(0, 9))
    def is_called_off(self, number: int) -> None:
        found = self.pick(number, CallbackState.SCHEDULED, CallbackState.QUEUED)
        if found is not None:
            self.put(life.cancel(found, "cancelled", self.now))

    @invariant()
    def one_live_callback_of_a_customer_and_queue(self) -> None:
        keys = [each.live_key for each in self.book.values() if each.live_key is not None]
        assert len(keys) == len(set(keys))

    @invariant()
    def attempts_and_hours_are_kept(self) -> None:
        for _id, tries, at, zone in self.dialled:
            assert 1 <= tries <= self.rule.policy.attempts
            assert self.rule.may_call(at, zone)
        for each in self.book.values():
            assert each.tries <= self.rule.policy.attempts
            if each.state is CallbackState.SCHEDULED:
                assert self.rule.may_call(each.at, each.zone)

    @invariant()
    def what_it_holds_fits_its_state(self) -> None:
        for each in self.book.values():
            in_queue = each.state in (CallbackState.QUEUED, CallbackState.ATTEMPTING)
            assert not in_queue or each.contact is not None
            assert each.state is not CallbackState.SCHEDULED or each.contact is None
            assert (each.ended_at is not None) == (not each.live)
            assert not each.dialled or each.state is CallbackState.ATTEMPTING


TestCalls = Calls.TestCase
TestCalls.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
