"""What makes one configuration of another, item by item, so that a small change of a large one stays small."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from .config import (
    AgentConfig,
    Choice,
    Configuration,
    GroupConfig,
    HoursConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    TeamList,
)

Kind = Literal["queues", "agents", "reasons", "common_codes", "skills", "groups", "hours", "team_lists"]
KINDS: tuple[Kind, ...] = (
    "queues",
    "agents",
    "reasons",
    "common_codes",
    "skills",
    "groups",
    "hours",
    "team_lists",
)


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """Items of each kind that are new or other than before, the ids of those that are gone, and the order of all
    of a kind where it does not follow from these: items stay in place, and new ones come last."""

    queues: tuple[QueueConfig, ...] = ()
    agents: tuple[AgentConfig, ...] = ()
    reasons: tuple[Choice, ...] = ()
    common_codes: tuple[Choice, ...] = ()
    skills: tuple[SkillConfig, ...] = ()
    groups: tuple[GroupConfig, ...] = ()
    hours: tuple[HoursConfig, ...] = ()
    team_lists: tuple[TeamList, ...] = ()
    rules: Rules | None = None
    removed: dict[Kind, tuple[str, ...]] = msgspec.field(default_factory=dict)
    order: dict[Kind, tuple[str, ...]] = msgspec.field(default_factory=dict)

    def put(self, kind: Kind) -> Sequence[Any]:
        found: Sequence[Any] = getattr(self, kind)
        return found

    def apply(self, before: Configuration) -> Configuration:
        """The configuration that follows on `before`."""
        changes: dict[str, Any] = {} if self.rules is None else {"rules": self.rules}
        for kind in KINDS:
            if self.put(kind) or kind in self.removed or kind in self.order:
                changes[kind] = self._items(kind, getattr(before, kind))
        return msgspec.structs.replace(before, **changes)

    def _items(self, kind: Kind, before: Sequence[Any]) -> tuple[Any, ...]:
        items = {item.id: item for item in before}
        for id in self.removed.get(kind, ()):
            del items[id]
        items |= {item.id: item for item in self.put(kind)}
        return tuple(items[id] for id in self.order.get(kind, tuple(items)))


def difference(before: Configuration, after: Configuration) -> Difference | None:
    """What leads from `before` to `after`, whose ids are unique within their kinds; None when they are the same."""
    changes: dict[str, Any] = {}
    removed: dict[Kind, tuple[str, ...]] = {}
    order: dict[Kind, tuple[str, ...]] = {}
    for kind in KINDS:
        old = {item.id: item for item in getattr(before, kind)}
        new = {item.id: item for item in getattr(after, kind)}
        put = tuple(item for id, item in new.items() if id not in old or old[id] != item)
        if put:
            changes[kind] = put
        if gone := tuple(id for id in old if id not in new):
            removed[kind] = gone
        follows = [id for id in old if id in new] + [id for id in new if id not in old]
        if follows != list(new):
            order[kind] = tuple(new)
    if before.rules != after.rules:
        changes["rules"] = after.rules
    if not (changes or removed or order):
        return None
    return Difference(**changes, removed=removed, order=order)
