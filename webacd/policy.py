"""What routing says of a contact, with the names that people know."""

from collections.abc import Mapping

from rs_server.ports import Candidate, Explanation

from . import api
from .core.config import Configuration


def answer(
    said: Explanation, configuration: Configuration, people: Mapping[str, str], arrived_at: float
) -> api.PolicyAnswer:
    """`people`: names of accounts by id. `arrived_at`: when the contact came; times count from there."""
    skills = {each.id: each.name for each in configuration.skills}
    groups = {each.id: each.name for each in configuration.groups}
    queues = {each.id: each.name for each in configuration.queues}
    return api.PolicyAnswer(
        queue=said.queue,
        queue_name=queues.get(said.queue, said.queue),
        medium=said.medium,
        waited=said.waited,
        steps=said.steps,
        next_step=None if said.next_step is None else max(said.next_step - arrived_at, 0.0),
        skills=[
            api.NamedLevel(skill=skill, name=skills.get(skill, skill), level=level)
            for skill, level in sorted(said.skills.items())
        ],
        groups=[api.NamedItem(id=group, name=groups.get(group, group)) for group in said.groups],
        agent=said.agent,
        open=said.open,
        opens_at=said.opens_at,
        chosen=said.chosen,
        chosen_name=None if said.chosen is None else people.get(said.chosen, said.chosen),
        agents=[_verdict(each, skills, people) for each in said.candidates],
    )


def _verdict(candidate: Candidate, skills: Mapping[str, str], people: Mapping[str, str]) -> api.AgentVerdict:
    return api.AgentVerdict(
        agent=candidate.agent,
        name=people.get(candidate.agent, candidate.agent),
        eligible=not candidate.reasons,
        skill_sum=candidate.skill_sum,
        load=candidate.load,
        reasons=[
            api.AgainstIt(
                code=why.code,
                skill=why.skill,
                skill_name=None if why.skill is None else skills.get(why.skill, why.skill),
                has=why.has,
                needs=why.needs,
            )
            for why in candidate.reasons
        ],
    )
