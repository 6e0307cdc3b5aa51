"""Queues of the demonstration, and who serves them: groups, skills, steps, opening hours, a team list."""

import json
from collections.abc import Iterable, Mapping, Sequence

from webacd.core.config import (
    AgentConfig,
    CallbackPolicy,
    Choice,
    End,
    GroupConfig,
    HoursConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Span,
    SpecialDay,
    Step,
    TeamList,
)
from webacd.core.items import Change, Item, OutcomeCode, id_of, kind_of

_REASONS = (
    ("break", "Break", "Pause"),
    ("lunch", "Lunch", "Déjeuner"),
    ("meeting", "Meeting", "Réunion"),
)
_OUTCOMES = (
    ("solved", "Solved", "Résolu"),
    ("call_again", "To be called back", "À rappeler"),
    ("passed_on", "Passed on", "Transmis"),
    ("no_answer", "Customer left", "Client parti"),
)
_GROUPS = (("billing", "Billing"), ("tech", "Technical support"), ("supervisors", "Supervisors"))
_SKILLS = (("english", "English"), ("french", "French"), ("refunds", "Refunds"), ("hardware", "Hardware"))
_ABILITIES: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "amelie": ("billing", {"french": 10, "english": 7, "refunds": 9}),
    "sofia": ("billing", {"english": 10, "french": 4, "refunds": 6}),
    "paul": ("tech", {"english": 8, "hardware": 9, "refunds": 3}),
    "sam": ("supervisors", {"english": 9, "french": 6, "refunds": 8, "hardware": 5}),
}
"""By name of the account: the group, and levels by skill."""

_OFFICE = HoursConfig(
    id="office",
    name="Office hours",
    zone="Europe/Paris",
    week=(*((Span("08:00", "12:30"), Span("13:30", "19:00")),) * 5, (Span("09:00", "13:00"),), ()),
    country="FR",
    exceptions=(SpecialDay("2026-12-24", "Christmas Eve", (Span("08:00", "12:00"),)),),
)

_QUEUES = (
    QueueConfig(id="support", name="Support", wrap_up_seconds=10.0, allow_pick=True, recording="always"),
    QueueConfig(
        id="billing", name="Billing", wrap_up_seconds=20.0, allow_pick=True, recording="on_demand", default=True
    ),
    QueueConfig(
        id="refunds",
        name="Refunds",
        wrap_up_seconds=30.0,
        allow_pick=True,
        recording="on_demand",
        priority=1,
        skills=(SkillLevel("refunds", 8), SkillLevel("english", 5)),
        groups=("billing",),
        steps=(
            Step(30.0, groups=("tech",), lower=2),
            Step(90.0, lower=3, drop=("english",)),
            Step(600.0, groups=("supervisors",), drop=("refunds",), end=End("callback")),
        ),
        sticky_days=7.0,
        sticky_seconds=20.0,
        hours="office",
        callback=CallbackPolicy(offer_after=60.0, on_abandon=True, hours="office"),
        outcome_codes=(
            Choice("refunded", json.dumps({"en": "Refunded", "fr": "Remboursé"}, ensure_ascii=False)),
            Choice("refused", json.dumps({"en": "Refund refused", "fr": "Remboursement refusé"}, ensure_ascii=False)),
        ),
    ),
)


def changes(people: Iterable[tuple[str, str, Sequence[str]]], capacity: int) -> list[Change]:
    """All items. `people`: id and name of each account, and the queues it serves by name."""
    people = list(people)
    items: list[Item] = [Rules(single_session=capacity == 1), _OFFICE, *_QUEUES]
    items += [GroupConfig(id, name) for id, name in _GROUPS]
    items += [SkillConfig(id, name) for id, name in _SKILLS]
    items += [Choice(id, _label(english, french)) for id, english, french in _REASONS]
    items += [OutcomeCode(id, _label(english, french)) for id, english, french in _OUTCOMES]
    items += [_agent(id, name, queues, capacity) for id, name, queues in people if queues]
    items.append(TeamList(id="everybody", name="Everybody at Acme Tools", members=tuple(id for id, _, _ in people)))
    return [Change(kind_of(item), id_of(item), item) for item in items]


def _agent(id: str, name: str, queues: Sequence[str], capacity: int) -> AgentConfig:
    group, levels = _ABILITIES[name]
    return AgentConfig(
        id=id,
        queues=tuple(sorted(queues)),
        capacity=capacity,
        groups=(group,),
        skills=tuple(SkillLevel(skill, level) for skill, level in levels.items()),
    )


def _label(english: str, french: str) -> str:
    return json.dumps({"en": english, "fr": french}, ensure_ascii=False)
