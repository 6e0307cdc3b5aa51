"""What agents can take and what contacts require: who fits whom, whatever the load."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from .config import MEDIA, AgentConfig, Configuration, QueueConfig

Levels = tuple[tuple[str, int], ...]
"""Skills and levels, by name of the skill."""


class Limits(dict[str, int]):
    """Limits of media that are lower than the capacity."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(self.items()))


class Profile(NamedTuple):
    """All that routing asks of an agent's configuration. Agents of one profile share a pool."""

    queues: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    skills: Levels = ()
    capacity: int = 1
    limits: Limits = Limits(voice=1, callback=1)
    """Only of media that are not simply limited by the capacity."""

    def limit(self, medium: str) -> int:
        return self.limits.get(medium, self.capacity)


class Profiles:
    """Profiles by a configuration. Skills and groups that it does not know match nobody, so they are left out."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self._skills = {each.id for each in configuration.skills}
        self._groups = {each.id for each in configuration.groups}

    def of(self, agent: AgentConfig) -> Profile:
        capacity = self._configuration.capacity(agent)
        limits = {medium: self._configuration.limit(agent, medium) for medium in MEDIA}
        levels = {each.skill: each.level for each in agent.skills if each.skill in self._skills}
        return Profile(
            tuple(sorted(set(agent.queues))),
            tuple(sorted(self._groups.intersection(agent.groups))),
            tuple(sorted(levels.items())),
            capacity,
            Limits({medium: limit for medium, limit in limits.items() if limit < capacity or medium in _SPOKEN}),
        )


_SPOKEN = ("voice", "callback")


class Requirement(NamedTuple):
    """What a contact of a queue asks of an agent after so many steps."""

    queue: str
    groups: frozenset[str]
    needs: Levels
    """What is required now."""
    asked: tuple[str, ...]
    """Skills that were asked for at first. The best in these is asked first, whatever was given up."""
    medium: str


class Missing(NamedTuple):
    """Why a profile does not do."""

    code: Literal["not_this_queue", "not_in_group", "skill_missing", "medium_limit"]
    skill: str | None = None
    has: int = 0
    needs: int = 0


def wished(skills: Levels, configuration: Configuration) -> Levels:
    """Of a contact's own requirements those that can be met at all: for a skill that is no more nobody waits in
    vain."""
    if not skills:
        return skills
    known = {each.id for each in configuration.skills}
    return tuple(each for each in skills if each[0] in known)


def requirement(queue: QueueConfig, skills: Sequence[tuple[str, int]], steps: int, medium: str) -> Requirement:
    """Of a contact with these `skills` of its own that has reached so many steps of the queue."""
    asked = dict(skills)
    for each in queue.skills:
        asked[each.skill] = max(each.level, asked.get(each.skill, 0))
    groups = set(queue.groups)
    needs = dict(asked)
    for step in queue.steps[:steps]:
        groups.update(step.groups)
        needs = {
            skill: level - step.lower for skill, level in needs.items() if level > step.lower and skill not in step.drop
        }
    return Requirement(queue.id, frozenset(groups), tuple(sorted(needs.items())), tuple(sorted(asked)), medium)


def fit(profile: Profile, requirement: Requirement) -> int | None:
    """Sum of the levels in the skills asked for; None when the profile does not do."""
    if requirement.queue not in profile.queues and requirement.groups.isdisjoint(profile.groups):
        return None
    if not requirement.asked:
        return 0 if profile.limit(requirement.medium) > 0 else None
    levels = dict(profile.skills)
    if any(levels.get(skill, 0) < level for skill, level in requirement.needs):
        return None
    return skill_sum(profile, requirement) if profile.limit(requirement.medium) > 0 else None


def skill_sum(profile: Profile, requirement: Requirement) -> int:
    levels = dict(profile.skills)
    return sum(levels.get(skill, 0) for skill in requirement.asked)


def missing(profile: Profile, requirement: Requirement) -> list[Missing]:
    """All that speaks against the profile; empty exactly when it fits."""
    found: list[Missing] = []
    if requirement.queue not in profile.queues and requirement.groups.isdisjoint(profile.groups):
        found.append(Missing("not_in_group" if requirement.groups else "not_this_queue"))
    levels = dict(profile.skills)
    for skill, level in requirement.needs:
        if levels.get(skill, 0) < level:
            found.append(Missing("skill_missing", skill, levels.get(skill, 0), level))
    if profile.limit(requirement.medium) <= 0:
        found.append(Missing("medium_limit"))
    return found
