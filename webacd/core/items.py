"""The configuration as single items, each with a kind and an id: what an administrator saves, and what is kept.

A queue's outcome codes are here those of its own alone; in a `Configuration` they are followed by the common ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeVar, get_args

import msgspec

from .config import (
    AgentConfig,
    Choice,
    Configuration,
    Dangling,
    GroupConfig,
    HoursConfig,
    QueueConfig,
    Rules,
    SkillConfig,
    TeamList,
)

Kind = Literal["queue", "group", "skill", "agent", "hours", "reason", "outcome_code", "team_list", "rules"]
RULES = "rules"
"""Id of the one item of kind `rules`."""


class OutcomeCode(msgspec.Struct, frozen=True):
    """What came of a contact, of whatever queue; those of one queue stand in the queue. `label` as in `Choice`."""

    id: str
    label: str


Item = (
    QueueConfig | GroupConfig | SkillConfig | AgentConfig | HoursConfig | Choice | OutcomeCode | TeamList | Rules
)  # fmt: skip

TYPES: Mapping[Kind, type[Item]] = {
    "queue": QueueConfig,
    "group": GroupConfig,
    "skill": SkillConfig,
    "agent": AgentConfig,
    "hours": HoursConfig,
    "reason": Choice,
    "outcome_code": OutcomeCode,
    "team_list": TeamList,
    "rules": Rules,
}
assert set(TYPES) == set(get_args(Kind))

Key = tuple[Kind, str]
T = TypeVar("T")


class Change(msgspec.Struct, frozen=True):
    """An item is set to `item`, or taken away (None)."""

    kind: Kind
    id: str
    item: Item | None


def id_of(item: Item) -> str:
    return RULES if isinstance(item, Rules) else item.id


def name_of(item: Item) -> str:
    """What people call it. Agents have the name of their account, rules none."""
    match item:
        case Choice() | OutcomeCode():
            return item.label
        case AgentConfig():
            return item.id
        case Rules():
            return ""
        case _:
            return item.name


class Items(Mapping[Key, Item]):
    """The items of a tenant; never changes. There are always rules."""

    def __init__(self, items: Mapping[Key, Item]) -> None:
        self._items: dict[Key, Item] = {("rules", RULES): Rules(), **items}

    def __getitem__(self, key: Key) -> Item:
        return self._items[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def of(self, kind: type[T]) -> list[T]:
        """By name, then id; agents, reasons and outcome codes by id."""
        found = [item for item in self._items.values() if isinstance(item, kind)]
        return sorted(found, key=_order)

    @property
    def rules(self) -> Rules:
        return self.of(Rules)[0]

    def after(self, changes: Iterable[Change]) -> "Items":
        items = dict(self._items)
        for change in changes:
            if change.item is None:
                items.pop((change.kind, change.id), None)
            else:
                items[(change.kind, change.id)] = change.item
        return Items(items)

    def differences(self, wanted: "Items") -> list[Change]:
        """What makes these items to those: what is new or other, then what goes."""
        changed = [Change(kind, id, item) for (kind, id), item in wanted.items() if self.get((kind, id)) != item]
        return changed + [Change(kind, id, None) for kind, id in self if (kind, id) not in wanted]

    def common_codes(self) -> tuple[Choice, ...]:
        return tuple(Choice(code.id, code.label) for code in self.of(OutcomeCode))

    def configuration(self) -> Configuration:
        """As it is routed by: queues have the common outcome codes too."""
        saved, common = self.saved(), self.common_codes()
        queues = tuple(
            msgspec.structs.replace(queue, outcome_codes=_with_common(queue.outcome_codes, common))
            for queue in saved.queues
        )
        return msgspec.structs.replace(saved, queues=queues)

    def saved(self) -> Configuration:
        """Item by item as it was saved."""
        return Configuration(
            queues=tuple(self.of(QueueConfig)),
            agents=tuple(self.of(AgentConfig)),
            reasons=tuple(self.of(Choice)),
            common_codes=self.common_codes(),
            rules=self.rules,
            skills=tuple(self.of(SkillConfig)),
            groups=tuple(self.of(GroupConfig)),
            hours=tuple(self.of(HoursConfig)),
            team_lists=tuple(self.of(TeamList)),
        )

    def dangling(self, accounts: Callable[[str], bool] | None = None) -> list[Dangling]:
        """References that lead nowhere. `accounts`: whether there is such a staff account, where that is known."""
        found = list(self.configuration().dangling())
        if accounts is not None:
            named = [("agent", agent.id, agent.id) for agent in self.of(AgentConfig)]
            named += [("team_list", team.id, each) for team in self.of(TeamList) for each in team.members]
            found += [Dangling(kind, id, "account", to) for kind, id, to in named if not accounts(to)]
        return list(dict.fromkeys(found))


def items_of(saved: Configuration) -> Items:
    """The items of `Items.saved`; of several with one id the last."""
    items: list[Item] = [
        saved.rules,
        *saved.queues,
        *saved.agents,
        *saved.reasons,
        *saved.skills,
        *saved.groups,
        *saved.hours,
    ]
    items += saved.team_lists
    items += [OutcomeCode(code.id, code.label) for code in saved.common_codes]
    return Items({(kind_of(item), id_of(item)): item for item in items})


def kind_of(item: Item) -> Kind:
    return _KINDS[type(item)]


_KINDS: Mapping[type, Kind] = {kind: name for name, kind in TYPES.items()}


def _with_common(own: tuple[Choice, ...], common: tuple[Choice, ...]) -> tuple[Choice, ...]:
    known = {code.id for code in own}
    return own + tuple(code for code in common if code.id not in known)


def _order(item: Any) -> tuple[str, str]:
    return (getattr(item, "name", ""), getattr(item, "id", ""))
