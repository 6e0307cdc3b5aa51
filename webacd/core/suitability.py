"""Who of the configured agents can take contacts of a queue, as its steps widen: to say beforehand what cannot be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from .config import AgentConfig, QueueConfig


class Stage(NamedTuple):
    """What holds for a contact that has waited `after` seconds."""

    after: float
    groups: frozenset[str]
    needs: Mapping[str, int]
    """Levels by skill."""


def stages(queue: QueueConfig) -> list[Stage]:
    """From arrival on, one more for each step."""
    groups = set(queue.groups)
    needs = {each.skill: each.level for each in queue.skills}
    found = [Stage(0.0, frozenset(groups), dict(needs))]
    for step in queue.steps:
        groups |= set(step.groups)
        lowered = {skill: level - step.lower for skill, level in needs.items() if skill not in step.drop}
        needs = {skill: level for skill, level in lowered.items() if level > 0}
        found.append(Stage(step.after, frozenset(groups), dict(needs)))
    return found


class Staffing:
    """The agents, by what they serve. Groups and skills that do not exist match nobody."""

    def __init__(self, agents: Iterable[AgentConfig], groups: Collection[str], skills: Collection[str]) -> None:
        self._by_queue: dict[str, list[AgentConfig]] = {}
        self._by_group: dict[str, list[AgentConfig]] = {}
        for each in agents:
            known = tuple(has for has in each.skills if has.skill in skills)
            agent = each if known == each.skills else msgspec.structs.replace(each, skills=known)
            for queue in set(agent.queues):
                self._by_queue.setdefault(queue, []).append(agent)
            for group in set(agent.groups).intersection(groups):
                self._by_group.setdefault(group, []).append(agent)

    def serving(self, queue: QueueConfig, stage: Stage) -> list[AgentConfig]:
        """Those whom the queue's contacts may go to, whatever their skills."""
        found = {agent.id: agent for agent in self._by_queue.get(queue.id, ())}
        for group in stage.groups:
            found |= {agent.id: agent for agent in self._by_group.get(group, ())}
        return list(found.values())


def level(agent: AgentConfig, skill: str) -> int:
    """0: the agent does not have it."""
    return max((each.level for each in agent.skills if each.skill == skill), default=0)


def fits(agent: AgentConfig, needs: Mapping[str, int]) -> bool:
    """Whether the agent has every skill at the level that is required."""
    return all(level(agent, skill) >= least for skill, least in needs.items())


def first_stage(stages: Sequence[Stage], serving: Sequence[Sequence[AgentConfig]], skill: str) -> int | None:
    """The first stage at which somebody who serves has the skill at the level required then; None: there is none."""
    for number, (stage, agents) in enumerate(zip(stages, serving, strict=True)):
        if any(level(agent, skill) >= stage.needs.get(skill, 0) for agent in agents):
            return number
    return None


def first_fit(stages: Sequence[Stage], serving: Sequence[Sequence[AgentConfig]]) -> int | None:
    """The first stage at which somebody who serves has everything that is required then; None: there is none."""
    for number, (stage, agents) in enumerate(zip(stages, serving, strict=True)):
        if any(fits(agent, stage.needs) for agent in agents):
            return number
    return None
