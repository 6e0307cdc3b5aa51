"""What comes over a wire as configuration, and as a file of it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webacd import transfer_file
from webacd.core import config
from webacd.core.config import (
    MEDIA,
    AgentConfig,
    CallbackPolicy,
    Choice,
    Configuration,
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
    Threshold,
)
from webacd.core.items import TYPES, Items, items_of
from webacd.core.validate import problems
from webacd.shapes import SHAPES, loose, strict

ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,9}", fullmatch=True)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
seconds = st.floats(0, 1e6)
levels = st.lists(st.builds(SkillLevel, ids, st.integers(1, 10)), max_size=3).map(tuple)
few_ids = st.lists(ids, max_size=3).map(tuple)
choices = st.builds(Choice, ids, texts)
spans = st.lists(st.builds(Span, st.just("09:00"), st.sampled_from(["17:00", "24:00"])), max_size=2).map(tuple)
limits = st.dictionaries(st.sampled_from(MEDIA), st.integers(0, 8))
steps = st.builds(
    Step,
    seconds,
    few_ids,
    st.integers(0, 10),
    few_ids,
    st.none() | st.builds(End, st.sampled_from(["queue", "callback", "close"]), st.none() | ids),
)
callbacks = st.builds(CallbackPolicy, st.none() | seconds, st.booleans(), st.integers(1, 9), seconds, st.none() | ids)
queues = st.builds(
    QueueConfig,
    ids,
    texts,
    wrap_up_seconds=st.none() | seconds,
    recording=st.sampled_from(["off", "on_demand", "always"]),
    default=st.booleans(),
    outcome_codes=st.lists(choices, max_size=2).map(tuple),
    priority=st.integers(-100, 100),
    skills=levels,
    groups=few_ids,
    steps=st.lists(steps, max_size=3).map(tuple),
    hours=st.none() | ids,
    callback=callbacks,
)
hours = st.builds(
    HoursConfig,
    ids,
    texts,
    zone=st.sampled_from(["UTC", "Europe/Paris"]),
    week=st.tuples(*[spans] * 7),
    exceptions=st.lists(st.builds(SpecialDay, st.just("2026-01-01"), texts, spans), max_size=2).map(tuple),
)


def lists(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(kind, max_size=3, unique_by=lambda each: each.id).map(tuple)


configurations = st.builds(
    Configuration,
    queues=lists(queues),
    agents=lists(st.builds(AgentConfig, ids, few_ids, st.integers(1, 8), few_ids, levels, limits)),
    reasons=lists(choices),
    common_codes=lists(choices),
    rules=st.builds(
        Rules, limits=limits, hops=st.integers(0, 9), busy=st.builds(Threshold, st.none() | st.floats(0, 1))
    ),
    skills=lists(st.builds(SkillConfig, ids, texts)),
    groups=lists(st.builds(GroupConfig, ids, texts)),
    hours=lists(hours),
    team_lists=lists(st.builds(TeamList, ids, texts, few_ids, st.lists(texts, max_size=2).map(tuple), few_ids)),
)


@given(configurations)
@settings(max_examples=100, deadline=None)
def test_a_file_gives_back_what_was_written(saved: Configuration) -> None:
    items = items_of(saved)
    again = transfer_file.decode(transfer_file.encode(items))
    assert dict(again) == dict(items)
    assert again.configuration() == items.configuration()
    assert items.differences(again) == []
    assert dict(Items({}).after(Items({}).differences(again))) == dict(items)


wild_spans = st.lists(st.builds(Span, texts, texts), max_size=2).map(tuple)
wild_hours = st.builds(
    HoursConfig,
    ids,
    texts,
    zone=st.sampled_from(["UTC", "Europe/Paris", "Nowhere", "/etc/passwd", "..", ""]) | texts,
    week=st.lists(spans | wild_spans, max_size=7).map(tuple),
    country=st.sampled_from(["", "FR", "US", "fr", "ZZ"]) | texts,
    region=st.sampled_from(["", "CA", "BY"]) | texts,
    exceptions=st.lists(
        st.builds(SpecialDay, st.sampled_from(["2200-12-31", "9999-12-31", "0001-01-01"]) | texts, texts, spans),
        max_size=2,
    ).map(tuple),
)


@given(configurations, lists(wild_hours), st.sampled_from([0.0, 1.79e9, 7.2e9]))
@settings(max_examples=100, deadline=None)
def test_whatever_has_the_shape_can_be_looked_at(saved: Configuration, wild: tuple[Any, ...], at: float) -> None:
    items = items_of(msgspec.structs.replace(saved, hours=(*saved.hours, *wild)))
    for each in problems(items, at):
        assert each.message
    list(items.dangling())


def test_the_shapes_are_those_of_the_routing() -> None:
    def fields(kind: type) -> dict[str, Any]:
        return {field.name: field.default for field in msgspec.structs.fields(kind) if not is_struct(field.default)}

    def is_struct(value: Any) -> bool:
        return isinstance(value, msgspec.Struct)

    for kind in (*TYPES.values(), Configuration, Step, End, CallbackPolicy, Span, SpecialDay, Threshold):
        assert fields(strict(kind)) == fields(kind), kind
    assert loose(strict(Configuration)(), Configuration) == Configuration()


@pytest.mark.parametrize(
    ("kind", "body", "where"),
    [
        ("queue", '{"id": "q", "name": "Q", "colour": "red"}', "unknown field `colour`"),
        ("queue", '{"name": "Q"}', "missing required field `id`"),
        ("queue", '{"id": "", "name": "Q"}', "$.id"),
        ("queue", '{"id": "../x", "name": "Q"}', "$.id"),
        ("queue", '{"id": "q\\n", "name": "Q"}', "$.id"),
        ("queue", '{"id": "q", "name": "two\\nlines"}', "$.name"),
        ("queue", '{"id": "q", "name": "' + "x" * 81 + '"}', "$.name"),
        ("queue", '{"id": "q", "name": "Q", "priority": 1.5}', "$.priority"),
        ("queue", '{"id": "q", "name": "Q", "ageing": 1e999}', "out of range"),
        ("queue", '{"id": "q", "name": "Q", "steps": [{"after": 1, "groups": [5]}]}', "$.steps[0].groups[0]"),
        ("queue", '{"id": "q", "name": "Q", "steps": [' + ",".join(['{"after": 1}'] * 21) + "]}", "$.steps"),
        ("queue", '{"id": "q", "name": "Q", "callback": {"x": 1}}', "$.callback"),
        ("queue", '{"id": "q", "name": "Q", "recording": "often"}', "$.recording"),
        ("agent", '{"id": "a", "limits": {"smoke": 1}}', "$.limits"),
        ("agent", '{"id": "a", "capacity": "3"}', "$.capacity"),
        ("hours", '{"id": "h", "name": "H", "week": [[],[],[],[],[],[],[],[]]}', "$.week"),
        ("rules", '{"busy": {"warn": "high"}}', "$.busy.warn"),
        ("team_list", '{"id": "t", "name": "T", "members": ["a b"]}', "$.members[0]"),
    ],
)
def test_what_has_another_shape_is_refused_with_the_place(kind: Any, body: str, where: str) -> None:
    with pytest.raises(msgspec.MsgspecError) as caught:
        msgspec.json.decode(body, type=SHAPES[kind])
    assert where in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "file_broken"),
        (b"{", "file_broken"),
        (b"\xff\xfe", "file_broken"),
        (b"[" * 100_000, "file_broken"),
        (b"[]", "file_shape"),
        (b"null", "file_shape"),
        (b"{}", "file_shape"),
        (b'{"deskside": true, "configuration": {}}', "file_shape"),
        (b'{"deskside": "1", "configuration": {}}', "file_shape"),
        (b'{"deskside": 2, "configuration": {}}', "file_version"),
        (b'{"deskside": 0}', "file_version"),
        (b'{"deskside": 1}', "file_shape"),
        (b'{"deskside": 1, "configuration": {"queues": [{"id": "q"}]}}', "file_shape"),
        (b'{"deskside": 1, "configuration": {"doors": []}}', "file_shape"),
        (
            b'{"deskside": 1, "configuration": {"groups": [{"id": "g", "name": "A"}, {"id": "g", "name": "B"}]}}',
            "duplicate_id",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(raw: bytes, code: str) -> None:
    with pytest.raises(transfer_file.BadFile) as caught:
        transfer_file.decode(raw)
    [found] = caught.value.problems
    assert (found.code, found.severity) == (code, "error")
    assert found.message


def test_every_struct_of_the_configuration_has_a_strict_shape() -> None:
    seen = {
        kind.__name__ for kind in vars(config).values() if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    }
    strict(Configuration)
    _, components = msgspec.json.schema_components([strict(Configuration)])
    assert seen <= {*components, "Struct"}
