"""What is wrong with a configuration, said before it is saved: by item, field and code, in words as well."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from .items import Kind

Severity = Literal["error", "warning"]
Where = Kind | Literal["file"]
"""Kind of the item; or the file that was to be read."""


class Problem(msgspec.Struct, frozen=True):
    """`field`: where in the item, like `steps.1.after`; empty: the item as a whole. `params`: what the code's words
    need. What has an error is not saved; a warning is only said."""

    kind: Where
    id: str
    field: str
    code: str
    params: Mapping[str, Any]
    severity: Severity
    message: str
    """In English, for logs and for callers of the API."""


WORDS: Mapping[str, str] = {
    "required": "something must stand here",
    "out_of_range": "{value:g} is not within {min:g} and {max:g}",
    "duplicate_id": "{entry} stands here twice",
    "duplicate_name": "{name} is the name of another one, too",
    "duplicate_entry": "{entry} is named twice",
    "default_twice": "{other} is the default queue already",
    "bad_label": "this is no text, and no set of texts by language",
    "steps_order": "a step at {after:g} s cannot follow one at {before:g} s",
    "end_in_the_middle": "only the last step can end the waiting",
    "end_queue_missing": "the queue that it goes to is missing",
    "end_queue_unused": "only a contact that goes to a queue needs the name of one",
    "overflow_circle": "contacts would go round in a circle: {queues}",
    "step_without_effect": "this step changes nothing",
    "queue_without_agents": "nobody serves this queue",
    "nobody_has_skill": "no agent of this queue has {skill} at {level} or more; best is {best}",
    "nobody_has_skill_until": "before {after:g} s no agent has {skill} at {level} or more; best is {best}",
    "nobody_has_all": "every skill is there, but no agent of this queue has all of them: {skills}",
    "hours_never_open": "this never opens",
    "hours_never_close": "this is open without an end",
    "queue_never_open": "the hours {hours} never open",
    "callback_never": "the hours {hours} never open, so nobody is called back",
    "bad_zone": "{zone} is no time zone",
    "bad_country": "the holidays of {country} are not known",
    "bad_region": "{region} is no region of {country}",
    "region_without_country": "a region needs its country",
    "week_days": "a week has seven days, not {count}",
    "bad_time": "{time} is no time of day",
    "span_order": "{start} is not before {to}",
    "span_overlap": "{start} to {to} overlaps {other_start} to {other_to}",
    "bad_date": "{date} is no day",
    "threshold_order": "the alarm comes before the warning",
    "indicator_order": "fast blinking would begin before slow blinking",
    "too_many_members": "{count} members are more than {max}",
    "unknown_account": "there is no account {account}",
    "disabled_account": "the account {account} is disabled",
    "limit_above_capacity": "{limit} {medium} at a time are more than the capacity of {capacity}",
    "queue_of_site": "customers of {sites} wait in this queue; give them another one first",
    "no_queue": "without any queue, contacts wait for nobody",
    "file_broken": "this is no JSON: {reason}",
    "file_shape": "this is no configuration: {reason}",
    "file_version": "a file of version {version} cannot be read; this server reads version {known}",
}  # fmt: skip
"""Every code, with its words."""

MAYBE = frozenset(
    {
        "queue_without_agents",
        "nobody_has_skill",
        "nobody_has_skill_until",
        "nobody_has_all",
        "step_without_effect",
        "hours_never_open",
        "hours_never_close",
        "queue_never_open",
        "callback_never",
        "disabled_account",
        "limit_above_capacity",
        "no_queue",
    }
)
"""Codes of warnings: it may be meant so, or be the middle of a change."""


def problem(kind: Where, id: str, field: str, code: str, **params: Any) -> Problem:
    return Problem(
        kind=kind,
        id=id,
        field=field,
        code=code,
        params=params,
        severity="warning" if code in MAYBE else "error",
        message=WORDS[code].format(**params),
    )


def named(kind: Where, id: str, name: str) -> Iterator[Problem]:
    if not name.strip():
        yield problem(kind, id, "name", "required")


def twice(kind: Where, id: str, field: str, entries: Sequence[str]) -> Iterator[Problem]:
    for number, entry in enumerate(entries):
        if entry in entries[:number]:
            yield problem(kind, id, f"{field}.{number}", "duplicate_entry", entry=entry)
