"""The configuration as one file, and what is wrong with a file before anything is done with it."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from .api import FILE_VERSION, ConfigurationFile
from .core.config import Configuration
from .core.items import Items, Kind, items_of
from .core.problem import Problem, problem
from .shapes import loose

LISTS: Sequence[tuple[str, Kind]] = (
    ("queues", "queue"),
    ("agents", "agent"),
    ("reasons", "reason"),
    ("common_codes", "outcome_code"),
    ("skills", "skill"),
    ("groups", "group"),
    ("hours", "hours"),
    ("team_lists", "team_list"),
)


class BadFile(Exception):
    """The file cannot be read; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(each.message for each in problems[:5]))
        self.problems = list(problems)


def encode(items: Items) -> bytes:
    """To be read by people as well."""
    file = {"deskside": FILE_VERSION, "configuration": items.saved()}
    return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"


def decode(raw: bytes) -> Items:
    """Raises `BadFile`. Whether what is said makes sense is not looked at here."""
    try:
        said: Any = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadFile([_problem("file_broken", reason=str(error))]) from error
    version = said.get("deskside") if isinstance(said, dict) else None
    if isinstance(version, int) and not isinstance(version, bool) and version != FILE_VERSION:
        raise BadFile([_problem("file_version", version=str(version)[:20], known=FILE_VERSION)])
    try:
        file = msgspec.convert(said, ConfigurationFile)
    except msgspec.MsgspecError as error:
        raise BadFile([_problem("file_shape", reason=str(error))]) from error
    saved = loose(file.configuration, Configuration)
    twice = [problem(kind, id, "id", "duplicate_id", entry=id) for kind, id in _twice(saved)]
    if twice:
        raise BadFile(twice)
    return items_of(saved)


def _twice(saved: Configuration) -> Iterable[tuple[Kind, str]]:
    for name, kind in LISTS:
        known: set[str] = set()
        for item in getattr(saved, name):
            if item.id in known:
                yield kind, item.id
            known.add(item.id)


def _problem(code: str, **params: Any) -> Problem:
    return problem("file", "", "", code, **params)
