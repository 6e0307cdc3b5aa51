"""What is said of a configuration before it is saved."""

from typing import Any

import pytest

from webacd.core.config import (
    AgentConfig,
    CallbackPolicy,
    Choice,
    Configuration,
    End,
    GroupConfig,
    HoursConfig,
    Indicator,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Span,
    SpecialDay,
    Step,
    TeamList,
    Threshold,
)
from webacd.core.items import items_of
from webacd.core.problem import MAYBE, WORDS, problem
from webacd.core.validate import of_sites, problems

AT = 1_790_000_000.0
FRENCH, ENGLISH = SkillConfig("fr", "French"), SkillConfig("en", "English")
STAFF = GroupConfig("staff", "Staff")
OFFICE = HoursConfig("office", "Office", week=((Span("09:00", "17:00"),),) * 7)
ANN = AgentConfig("ann", ("q",), skills=(SkillLevel("fr", 5),), groups=("staff",))
QUEUE = QueueConfig("q", "Q")


def said(*items: Any, **more: Any) -> list[tuple[str, str, str]]:
    """(id, field, code) of what is wrong with the configuration of these."""
    return [(each.id, each.field, each.code) for each in problems(items_of(configuration(*items, **more)), AT)]


def configuration(*items: Any, **more: Any) -> Configuration:
    def of(kind: type) -> tuple[Any, ...]:
        return tuple(item for item in items if type(item) is kind)

    return Configuration(
        queues=of(QueueConfig),
        agents=of(AgentConfig),
        skills=of(SkillConfig),
        groups=of(GroupConfig),
        hours=of(HoursConfig),
        team_lists=of(TeamList),
        rules=next(iter(of(Rules)), Rules()),
        **more,
    )


def queue(**fields: Any) -> QueueConfig:
    return QueueConfig("q", "Q", **fields)


def codes(*items: Any, **more: Any) -> list[str]:
    return [code for _, _, code in said(*items, **more)]


def test_what_is_right_has_nothing_said_of_it() -> None:
    sound = queue(
        skills=(SkillLevel("fr", 5),),
        groups=("staff",),
        steps=(Step(30, lower=1), Step(60, groups=("staff",)), Step(90, end=End("close"))),
        hours="office",
    )
    assert said(sound, ANN, FRENCH, STAFF, OFFICE, TeamList("t", "T", ("ann",))) == []
    assert said() == []


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        (queue(offer_seconds=0), "offer_seconds", "out_of_range"),
        (queue(offer_seconds=float("nan")), "offer_seconds", "out_of_range"),
        (queue(priority=101), "priority", "out_of_range"),
        (queue(wrap_up_seconds=-1), "wrap_up_seconds", "out_of_range"),
        (queue(callback=CallbackPolicy(attempts=0)), "callback.attempts", "out_of_range"),
        (QueueConfig("q", "  "), "name", "required"),
        (queue(skills=(SkillLevel("fr", 11),)), "skills.0.level", "out_of_range"),
        (queue(skills=(SkillLevel("fr"), SkillLevel("fr", 2))), "skills.1", "duplicate_entry"),
        (queue(groups=("staff", "staff")), "groups.1", "duplicate_entry"),
        (queue(steps=(Step(60, lower=1), Step(30, lower=1))), "steps.1.after", "steps_order"),
        (queue(steps=(Step(60, lower=1), Step(60, lower=1))), "steps.1.after", "steps_order"),
        (queue(steps=(Step(-1, lower=1),)), "steps.0.after", "out_of_range"),
        (queue(steps=(Step(1, end=End("close")), Step(2, lower=1))), "steps.0.end", "end_in_the_middle"),
        (queue(steps=(Step(1, end=End("queue")),)), "steps.0.end.queue", "end_queue_missing"),
        (queue(steps=(Step(1, end=End("close", "q")),)), "steps.0.end.queue", "end_queue_unused"),
        (queue(steps=(Step(1, end=End("queue", "q")),)), "steps.0.end.queue", "overflow_circle"),
        (queue(steps=(Step(1),)), "steps.0", "step_without_effect"),
        (queue(outcome_codes=(Choice("a", "A"), Choice("a", "B"))), "outcome_codes.1.id", "duplicate_id"),
        (queue(outcome_codes=(Choice("a", '{"en": 1}'),)), "outcome_codes.0.label", "bad_label"),
        (queue(outcome_codes=(Choice("a", "{"),)), "outcome_codes.0.label", "bad_label"),
        (queue(outcome_codes=(Choice("a", '{"en": " "}'),)), "outcome_codes.0.label", "required"),
    ],
)
def test_queues(wrong: QueueConfig, field: str, code: str) -> None:
    assert ("q", field, code) in said(wrong, ANN, FRENCH, STAFF)


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        (AgentConfig("ann", capacity=9), "capacity", "out_of_range"),
        (AgentConfig("ann", ("q", "q")), "queues.1", "duplicate_entry"),
        (AgentConfig("ann", limits={"voice": -1}), "limits.voice", "out_of_range"),
        (AgentConfig("ann", capacity=2, limits={"chat": 5}), "limits.chat", "limit_above_capacity"),
        (AgentConfig("ann", skills=(SkillLevel("fr", 0),)), "skills.0.level", "out_of_range"),
        (Rules(grace_seconds=0), "grace_seconds", "out_of_range"),
        (Rules(indicator=Indicator(slow_count=5, fast_count=4)), "indicator.fast_count", "indicator_order"),
        (Rules(busy=Threshold(2.0)), "busy.warn", "out_of_range"),
        (Rules(handle_time=Threshold(300, 200)), "handle_time.alarm", "threshold_order"),
        (Rules(handled=Threshold(2, 4)), "handled.alarm", "threshold_order"),
        (Rules(limits={"chat": 9}), "limits.chat", "out_of_range"),
        (TeamList("t", "T", ("a", "a")), "members.1", "duplicate_entry"),
        (TeamList("t", "T", tuple(map(str, range(101)))), "members", "too_many_members"),
        (GroupConfig("g", ""), "name", "required"),
        (SkillConfig("s", "\t"), "name", "required"),
    ],
)
def test_others(wrong: Any, field: str, code: str) -> None:
    assert (getattr(wrong, "id", "rules"), field, code) in said(wrong, QUEUE)


def test_thresholds_of_what_is_told_when_it_falls() -> None:
    assert said(Rules(handled=Threshold(4, 2), busy=Threshold(0.8, 0.9))) == []


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"zone": "Mars/Olympus"}, "zone", "bad_zone"),
        ({"zone": "../../etc/passwd"}, "zone", "bad_zone"),
        ({"zone": ""}, "zone", "bad_zone"),
        ({"country": "ZZ"}, "country", "bad_country"),
        ({"country": "FR", "region": "BY"}, "region", "bad_region"),
        ({"region": "BY"}, "region", "region_without_country"),
        ({"week": ((),) * 6}, "week", "week_days"),
        ({"week": ((Span("9:00", "10:00"),), *((),) * 6)}, "week.0.0.start", "bad_time"),
        ({"week": ((Span("09:00", "24:30"),), *((),) * 6)}, "week.0.0.to", "bad_time"),
        ({"week": ((Span("22:00", "02:00"),), *((),) * 6)}, "week.0.0", "span_order"),
        ({"week": ((Span("09:00", "12:00"), Span("11:00", "13:00")), *((),) * 6)}, "week.0.1", "span_overlap"),
        ({"exceptions": (SpecialDay("2026-02-30"),)}, "exceptions.0.date", "bad_date"),
        ({"exceptions": (SpecialDay("2026-02-01"), SpecialDay("2026-02-01"))}, "exceptions.1", "duplicate_entry"),
        (
            {"exceptions": (SpecialDay("2026-02-01", "", (Span("10:00", "10:00"),)),)},
            "exceptions.0.spans.0",
            "span_order",
        ),
        ({}, "week", "hours_never_open"),
        ({"week": ((Span("00:00", "12:00"), Span("12:00", "24:00")),) * 7}, "week", "hours_never_close"),
    ],
)
def test_hours(fields: dict[str, Any], field: str, code: str) -> None:
    assert ("h", field, code) in said(HoursConfig("h", "H", **fields))


def test_spans_that_touch_do_not_overlap() -> None:
    week = ((Span("09:00", "12:00"), Span("12:00", "24:00")), *((),) * 6)
    assert said(HoursConfig("h", "H", week=week)) == []


def test_what_is_closed_on_one_day_closes() -> None:
    week = ((Span("00:00", "24:00"),),) * 7
    assert said(HoursConfig("h", "H", week=week, country="FR")) == []
    assert said(HoursConfig("h", "H", week=week, exceptions=(SpecialDay("2030-01-01"),))) == []


def test_names_that_people_cannot_tell_apart() -> None:
    found = said(QueueConfig("a", "Billing"), QueueConfig("b", " billing "), ANN)
    assert ("a", "name", "duplicate_name") in found
    assert ("b", "name", "duplicate_name") in found
    assert ("a", "name", "duplicate_name") not in said(QueueConfig("a", "Billing"), GroupConfig("b", "Billing"))


def test_only_one_default() -> None:
    both = (QueueConfig("a", "A", default=True), QueueConfig("b", "B", default=True))
    assert [each for each in said(*both) if each[2] == "default_twice"] == [
        ("a", "default", "default_twice"),
        ("b", "default", "default_twice"),
    ]


def test_nobody_serves_a_queue() -> None:
    assert codes(queue()) == ["queue_without_agents"]
    assert codes(queue(), AgentConfig("ann", ("q",))) == []
    assert codes(queue(groups=("staff",)), STAFF, AgentConfig("ann", groups=("staff",))) == []
    assert codes(queue(steps=(Step(9, groups=("staff",)),)), STAFF, AgentConfig("ann", groups=("staff",))) == []
    # A group that does not exist has nobody in it.
    assert codes(queue(groups=("staff",)), AgentConfig("ann", groups=("staff",))) == ["queue_without_agents"]


def test_nobody_is_good_enough() -> None:
    [found] = problems(items_of(configuration(queue(skills=(SkillLevel("fr", 8),)), ANN, FRENCH, STAFF)), AT)
    assert (found.code, found.field, found.severity) == ("nobody_has_skill", "skills.0", "warning")
    assert found.params == {"skill": "French", "level": 8, "best": 5}
    assert found.message == "no agent of this queue has French at 8 or more; best is 5"


def test_somebody_is_good_enough_later() -> None:
    relaxing = queue(skills=(SkillLevel("fr", 8),), steps=(Step(30, lower=1), Step(90, lower=2)))
    [found] = problems(items_of(configuration(relaxing, ANN, FRENCH, STAFF)), AT)
    assert (found.code, found.params["after"]) == ("nobody_has_skill_until", 90)
    dropping = queue(skills=(SkillLevel("fr", 8),), steps=(Step(30, drop=("fr",)),))
    assert codes(dropping, ANN, FRENCH, STAFF) == ["nobody_has_skill_until"]


def test_nobody_has_all_of_it() -> None:
    bob = AgentConfig("bob", ("q",), skills=(SkillLevel("en", 9),))
    both = queue(skills=(SkillLevel("fr", 3), SkillLevel("en", 3)))
    assert codes(both, ANN, bob, FRENCH, ENGLISH, STAFF) == ["nobody_has_all"]


def test_a_skill_that_does_not_exist_is_nobody_s() -> None:
    found = said(queue(skills=(SkillLevel("fr", 3),)), ANN, STAFF)
    assert found == [("q", "skills.0", "nobody_has_skill")]


def test_a_queue_whose_hours_never_come() -> None:
    never = HoursConfig("h", "H")
    found = said(queue(hours="h", callback=CallbackPolicy(hours="h")), AgentConfig("ann", ("q",)), never)
    assert ("q", "hours", "queue_never_open") in found
    assert ("q", "callback.hours", "callback_never") in found


def test_round_and_round() -> None:
    def to(id: str, next: str) -> QueueConfig:
        return QueueConfig(id, id.upper(), steps=(Step(5, end=End("queue", next)),))

    circle = [to("a", "b"), to("b", "c"), to("c", "a"), to("d", "a"), to("e", "gone")]
    found = [each for each in problems(items_of(configuration(*circle)), AT) if each.code == "overflow_circle"]
    assert [each.id for each in found] == ["a", "b", "c"]
    assert found[0].params["queues"] == "A → B → C → A"


def test_a_site_keeps_its_queue() -> None:
    [found] = of_sites(items_of(configuration(QUEUE)), {"shop": "q", "other": "gone", "third": "gone"})
    assert (found.id, found.code, found.params) == ("gone", "queue_of_site", {"sites": "other, third"})


def test_every_code_has_words_and_what_they_need() -> None:
    assert set(WORDS) >= MAYBE
    assert problem("queue", "q", "", "out_of_range", value=1e300, min=0, max=1).severity == "error"
