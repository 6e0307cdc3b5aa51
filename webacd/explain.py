"""What the core says of a contact, as the port tells it."""

from typing import cast

from rs_server import ports

from .core import commands as cmd
from .core.explain import explain
from .core.routing import RoutingCore


def explained(core: RoutingCore, about: cmd.Request | str, now: float) -> ports.Explanation:
    """Raises `Refused`."""
    found = explain(core, about, now)
    contact = found.contact
    return ports.Explanation(
        queue=contact.queue or "",
        medium=cast(ports.Medium, contact.medium),
        waited=core.now - contact.arrived_at,
        steps=found.steps,
        next_step=found.next_step,
        skills=found.needs,
        groups=found.groups,
        agent=contact.hold.agent if contact.hold is not None else None,
        candidates=[
            ports.Candidate(
                each.agent,
                [ports.WhyNot(why.code, why.skill, why.has, why.needs) for why in each.reasons],
                each.skill_sum,
                each.load,
            )
            for each in found.candidates
        ],
        chosen=found.chosen,
        open=found.open,
        opens_at=found.opens_at,
    )
