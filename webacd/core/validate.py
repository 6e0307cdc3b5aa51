"""Looks at a whole configuration and says what is wrong, or probably not meant, item by item. Pure.

References to what does not exist are no problem here but an alarm (`Items.dangling`): they may be saved.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from . import hours as opening
from . import suitability
from .config import (
    MAX_CAPACITY,
    MAX_LEVEL,
    AgentConfig,
    Choice,
    GroupConfig,
    HoursConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    TeamList,
    Threshold,
)
from .items import RULES, Items, Kind, OutcomeCode, name_of
from .problem import Problem, named, problem, twice
from .validate_hours import never_closes, of_hours

MAX_MEMBERS = 100
DAY = 86_400.0
YEAR = 366 * DAY

Bounds = Mapping[str, tuple[float, float]]

QUEUE_BOUNDS: Bounds = {
    "wrap_up_seconds": (0, DAY),
    "offer_seconds": (1, 3600),
    "ageing": (0, DAY),
    "handle_seconds": (1, DAY),
    "priority": (-100, 100),
    "sticky_days": (0, 3660),
    "sticky_seconds": (0, DAY),
    "service_level_seconds": (1, DAY),
}
CALLBACK_BOUNDS: Bounds = {"offer_after": (0, DAY), "attempts": (1, 100), "retry_seconds": (1, 30 * DAY)}
RULES_BOUNDS: Bounds = {
    "grace_seconds": (1, 3600),
    "missed_offers": (1, 100),
    "reask_seconds": (0, 3600),
    "hops": (0, 100),
    "short_abandon_seconds": (0, 3600),
}
INDICATOR_BOUNDS: Bounds = {
    "slow_count": (1, 100_000),
    "slow_seconds": (0, YEAR),
    "fast_count": (1, 100_000),
    "fast_seconds": (0, YEAR),
}
THRESHOLD_BOUNDS: Bounds = {"busy": (0, 1), "handle_time": (0, YEAR), "handled": (0, 10_000)}


def problems(items: Items, at: float) -> list[Problem]:
    """All there are, in the order of the items. `at`: the time from which hours are looked through."""
    return list(_problems(items, at))


def of_sites(items: Items, sites: Mapping[str, str]) -> Iterator[Problem]:
    """`sites`: queues by key of the site whose customers wait there."""
    for queue in sorted({queue for queue in sites.values() if ("queue", queue) not in items}):
        keys = ", ".join(sorted(key for key, wanted in sites.items() if wanted == queue))
        yield problem("queue", queue, "", "queue_of_site", sites=keys)


class _Surroundings:
    """What an item is looked at with, made once for all of them."""

    def __init__(self, items: Items, at: float) -> None:
        hours = items.of(HoursConfig)
        self.queues = {queue.id: queue for queue in items.of(QueueConfig)}
        self.skills = {skill.id: skill.name for skill in items.of(SkillConfig)}
        self.hours = {each.id: each.name for each in hours}
        self.never = {each.id for each in hours if not list(of_hours(each)) and opening.next_open(each, at) is None}
        self.common_codes = {code.id for code in items.common_codes()}
        self.default_queues = [queue for queue in self.queues.values() if queue.default]
        groups = {group.id for group in items.of(GroupConfig)}
        self.staffing = suitability.Staffing(items.of(AgentConfig), groups, self.skills)


def _problems(items: Items, at: float) -> Iterator[Problem]:
    names = _names(items)
    around = _Surroundings(items, at)
    for (kind, id), item in items.items():
        yield from _namedtwice(names, kind, id, name_of(item))
        match item:
            case QueueConfig():
                yield from _queue(item, around)
            case AgentConfig():
                yield from _agent(item)
            case HoursConfig():
                yield from of_hours(item)
                if id in around.never:
                    yield problem("hours", id, "week", "hours_never_open")
                elif never_closes(item):
                    yield problem("hours", id, "week", "hours_never_close")
            case Choice() | OutcomeCode():
                yield from _label(kind, id, "label", item.label)
            case TeamList():
                yield from _team_list(item)
            case Rules():
                yield from _rules(item)
            case GroupConfig() | SkillConfig():
                yield from named(kind, id, item.name)
    yield from _circles(around.queues)
    if not around.queues and items.of(AgentConfig):
        yield problem("rules", RULES, "", "no_queue")


# --- names ---


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _names(items: Items) -> dict[tuple[Kind, str], int]:
    count: dict[tuple[Kind, str], int] = {}
    for (kind, _), item in items.items():
        key = (kind, _folded(name_of(item)))
        count[key] = count.get(key, 0) + 1
    return count


def _namedtwice(names: Mapping[tuple[Kind, str], int], kind: Kind, id: str, name: str) -> Iterator[Problem]:
    if kind not in ("agent", "rules") and name.strip() and names[(kind, _folded(name))] > 1:
        field = "label" if kind in ("reason", "outcome_code") else "name"
        yield problem(kind, id, field, "duplicate_name", name=name)


def _label(kind: Kind, id: str, field: str, label: str) -> Iterator[Problem]:
    if not label.strip():
        yield problem(kind, id, field, "required")
    elif label.startswith("{"):
        try:
            texts = json.loads(label)
        except (ValueError, RecursionError):
            texts = None
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            yield problem(kind, id, field, "bad_label")
        elif not any(text.strip() for text in texts.values()):
            yield problem(kind, id, field, "required")


# --- numbers ---


def _range(kind: Kind, id: str, field: str, value: float | None, low: float, high: float) -> Iterator[Problem]:
    # Said so that what is no number at all is out of range as well.
    if value is not None and not low <= value <= high:
        yield problem(kind, id, field, "out_of_range", value=value, min=low, max=high)


def _ranges(kind: Kind, id: str, of: Any, bounds: Bounds, under: str = "") -> Iterator[Problem]:
    for name, (low, high) in bounds.items():
        yield from _range(kind, id, f"{under}{name}", getattr(of, name), low, high)


def _levels(kind: Kind, id: str, skills: Sequence[SkillLevel]) -> Iterator[Problem]:
    yield from twice(kind, id, "skills", [each.skill for each in skills])
    for number, each in enumerate(skills):
        yield from _range(kind, id, f"skills.{number}.level", each.level, 1, MAX_LEVEL)


# --- queues ---


def _queue(queue: QueueConfig, around: _Surroundings) -> Iterator[Problem]:
    id = queue.id
    yield from named("queue", id, queue.name)
    yield from _ranges("queue", id, queue, QUEUE_BOUNDS)
    yield from _ranges("queue", id, queue.callback, CALLBACK_BOUNDS, "callback.")
    yield from _levels("queue", id, queue.skills)
    yield from twice("queue", id, "groups", queue.groups)
    yield from _codes(queue, around.common_codes)
    yield from _steps(queue)
    if queue.default:
        for other in around.default_queues:
            if other.id != id:
                yield problem("queue", id, "default", "default_twice", other=other.name)
    yield from _who_serves(queue, around)
    for field, code, hours in (
        ("hours", "queue_never_open", queue.hours),
        ("callback.hours", "callback_never", queue.callback.hours),
    ):
        if hours in around.never:
            yield problem("queue", id, field, code, hours=around.hours[hours])


def _codes(queue: QueueConfig, common: Collection[str]) -> Iterator[Problem]:
    known = [code.id for code in queue.outcome_codes]
    for number, code in enumerate(queue.outcome_codes):
        yield from _label("queue", queue.id, f"outcome_codes.{number}.label", code.label)
        if code.id in common or code.id in known[:number]:
            yield problem("queue", queue.id, f"outcome_codes.{number}.id", "duplicate_id", entry=code.id)


def _steps(queue: QueueConfig) -> Iterator[Problem]:
    before = 0.0
    for number, step in enumerate(queue.steps):
        field = f"steps.{number}"
        yield from _range("queue", queue.id, f"{field}.after", step.after, 0, 30 * DAY)
        yield from _range("queue", queue.id, f"{field}.lower", step.lower, 0, MAX_LEVEL)
        if number and step.after <= before:
            yield problem("queue", queue.id, f"{field}.after", "steps_order", after=step.after, before=before)
        before = max(before, step.after)
        if not step.groups and not step.lower and not step.drop and step.end is None:
            yield problem("queue", queue.id, field, "step_without_effect")
        if step.end is None:
            continue
        if number < len(queue.steps) - 1:
            yield problem("queue", queue.id, f"{field}.end", "end_in_the_middle")
        if step.end.to == "queue" and not step.end.queue:
            yield problem("queue", queue.id, f"{field}.end.queue", "end_queue_missing")
        if step.end.to != "queue" and step.end.queue:
            yield problem("queue", queue.id, f"{field}.end.queue", "end_queue_unused")


def _circles(queues: Mapping[str, QueueConfig]) -> Iterator[Problem]:
    """The clock of the steps is the arrival's: who comes back to a queue would leave it at once, round and round."""
    ends = {
        id: queue.steps[-1].end.queue
        for id, queue in queues.items()
        if queue.steps and queue.steps[-1].end is not None and queue.steps[-1].end.to == "queue"
    }
    for id, queue in queues.items():
        way: list[str] = [id]
        while (following := ends.get(way[-1])) in queues and following not in way:
            way.append(following or "")
        if following == id:
            names = " → ".join(queues[each].name for each in [*way, id])
            field = f"steps.{len(queue.steps) - 1}.end.queue"
            yield problem("queue", id, field, "overflow_circle", queues=names)


def _who_serves(queue: QueueConfig, around: _Surroundings) -> Iterator[Problem]:
    """Whether anybody can ever take a contact of the queue, and whether at once."""
    names = around.skills
    stages = suitability.stages(queue)
    serving = [around.staffing.serving(queue, stage) for stage in stages]
    if not serving[-1]:
        yield problem("queue", queue.id, "", "queue_without_agents")
        return
    missing = False
    for number, need in enumerate(queue.skills):
        params: dict[str, Any] = {"skill": names.get(need.skill, need.skill), "level": need.level}
        params["best"] = max((suitability.level(agent, need.skill) for agent in serving[-1]), default=0)
        first = suitability.first_stage(stages, serving, need.skill)
        if first is None:
            missing = True
            yield problem("queue", queue.id, f"skills.{number}", "nobody_has_skill", **params)
        elif first > 0:
            missing = True
            after = stages[first].after
            yield problem("queue", queue.id, f"skills.{number}", "nobody_has_skill_until", **params, after=after)
    if not missing and queue.skills and suitability.first_fit(stages, serving) is None:
        skills = ", ".join(names.get(each.skill, each.skill) for each in queue.skills)
        yield problem("queue", queue.id, "skills", "nobody_has_all", skills=skills)


# --- the others ---


def _agent(agent: AgentConfig) -> Iterator[Problem]:
    yield from _range("agent", agent.id, "capacity", agent.capacity, 1, MAX_CAPACITY)
    yield from twice("agent", agent.id, "queues", agent.queues)
    yield from twice("agent", agent.id, "groups", agent.groups)
    yield from _levels("agent", agent.id, agent.skills)
    yield from _limits("agent", agent.id, agent.limits)
    for medium, limit in agent.limits.items():
        if agent.capacity < limit <= MAX_CAPACITY:
            params = {"medium": medium, "limit": limit, "capacity": agent.capacity}
            yield problem("agent", agent.id, f"limits.{medium}", "limit_above_capacity", **params)


def _limits(kind: Kind, id: str, limits: Mapping[Any, int]) -> Iterator[Problem]:
    for medium, limit in limits.items():
        yield from _range(kind, id, f"limits.{medium}", limit, 0, MAX_CAPACITY)


def _team_list(team: TeamList) -> Iterator[Problem]:
    yield from named("team_list", team.id, team.name)
    yield from twice("team_list", team.id, "members", team.members)
    if len(team.members) > MAX_MEMBERS:
        params = {"count": len(team.members), "max": MAX_MEMBERS}
        yield problem("team_list", team.id, "members", "too_many_members", **params)


def _rules(rules: Rules) -> Iterator[Problem]:
    yield from _ranges("rules", RULES, rules, RULES_BOUNDS)
    yield from _ranges("rules", RULES, rules.indicator, INDICATOR_BOUNDS, "indicator.")
    yield from _limits("rules", RULES, rules.limits)
    for name in ("count", "seconds"):
        slow, fast = (getattr(rules.indicator, f"{speed}_{name}") for speed in ("slow", "fast"))
        if fast < slow:
            yield problem("rules", RULES, f"indicator.fast_{name}", "indicator_order")
    for name, (low, high) in THRESHOLD_BOUNDS.items():
        threshold: Threshold = getattr(rules, name)
        for level in ("warn", "alarm"):
            yield from _range("rules", RULES, f"{name}.{level}", getattr(threshold, level), low, high)
        if threshold.warn is not None and threshold.alarm is not None:
            # `handled` is told when it is below, the others when they are above.
            first, then = (threshold.warn, threshold.alarm) if name != "handled" else (threshold.alarm, threshold.warn)
            if then < first:
                yield problem("rules", RULES, f"{name}.alarm", "threshold_order")
