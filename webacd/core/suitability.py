"""Who of the configured agents can take contacts of a queue, as its steps widen: for saying beforehand what cannot be.

Skills that do not exist are required of nobody here: they are told as references that lead nowhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

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


def serving(queue: QueueConfig, stage: Stage, agents: Iterable[AgentConfig]) -> list[AgentConfig]:
    """Those whom the queue's contacts may go to, whatever their skills."""
    return [agent for agent in agents if queue.id in agent.queues or not stage.groups.isdisjoint(agent.groups)]


def level(agent: AgentConfig, skill: str) -> int:
    """0: the agent does not have it."""
    return max((each.level for each in agent.skills if each.skill == skill), default=0)


def fits(agent: AgentConfig, stage: Stage, needs: Mapping[str, int] | None = None) -> bool:
    """Whether the agent has every skill that is required; `needs`: instead of what the stage requires."""
    wanted = stage.needs if needs is None else needs
    return all(level(agent, skill) >= least for skill, least in wanted.items())


def first_stage(stages: Sequence[Stage], serving: Sequence[Sequence[AgentConfig]], skill: str) -> int | None:
    """The first stage at which somebody who serves has the skill at the level required then; None: there is none."""
    for number, (stage, agents) in enumerate(zip(stages, serving, strict=True)):
        if any(level(agent, skill) >= stage.needs.get(skill, 0) for agent in agents):
            return number
    return None
