"""Why a contact goes where it goes: agent by agent, by looking at each, beside the indexes that routing itself uses."""

from dataclasses import dataclass, field, replace
from typing import Literal

import msgspec

from . import commands as cmd
from .acting import lapsed
from .agent import Agent, AgentState
from .contact import Contact, ContactState
from .opening import is_open, opens_at
from .profile import Requirement, missing, requirement, skill_sum, wished
from .refused import Refused
from .routing import RoutingCore
from .state import RoutingState

Code = Literal[
    "offline",
    "not_ready",
    "at_capacity",
    "medium_limit",
    "not_this_queue",
    "not_in_group",
    "skill_missing",
    "declined",
    "reserved_for_another",
]


class Reason(msgspec.Struct, frozen=True):
    """Why an agent does not get a contact. `skill`, `has` and `needs` go with `skill_missing`."""

    code: Code
    skill: str | None = None
    has: int = 0
    needs: int = 0


class Candidate(msgspec.Struct, frozen=True):
    agent: str
    reasons: tuple[Reason, ...]
    skill_sum: int
    load: int


@dataclass(frozen=True, slots=True)
class Explanation:
    contact: Contact
    """The one asked about; one that would come now is made up."""
    steps: int
    next_step: float | None
    needs: dict[str, int] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    chosen: str | None = None
    open: bool = True
    """The queue takes customers now."""
    opens_at: float | None = None
    """When a queue that is closed opens; None: never again."""


def explain(core: RoutingCore, about: cmd.Request | str, now: float) -> Explanation:
    """Of a contact that waits or is being offered, by id, or of one that would come now.

    Raises `Refused`: contact_gone, unknown_queue, unknown_agent."""
    core.now = max(core.now, now)
    state = core.state
    contact = _waiting(state, about) if isinstance(about, str) else _made_up(core, about)
    queue = state.queues.get(contact.queue or "")
    if queue is None:
        return Explanation(contact, 0, None)
    steps = state.steps_reached(queue.id, contact.arrived_at, core.now)
    wanted = requirement(queue, wished(contact.skills, state.configuration), steps, contact.medium)
    candidates = _candidates(state, contact, wanted)
    chosen = contact.agent or _chosen(state, contact, candidates, core.now)
    hold = contact.hold
    if chosen is None and hold is not None and hold.until is not None and hold.until <= core.now:
        # A hold without a window: asked at once, and over.
        contact = replace(contact, hold=lapsed(hold))
        candidates = _candidates(state, contact, wanted)
        chosen = _chosen(state, contact, candidates, core.now)
    later = [contact.arrived_at + step.after for step in queue.steps[steps:]]
    open = is_open(state.configuration, queue, core.now)
    return Explanation(
        contact,
        steps,
        later[0] if later else None,
        dict(wanted.needs),
        tuple(sorted(wanted.groups)),
        candidates,
        chosen,
        open,
        None if open else opens_at(state.configuration, queue, core.now),
    )


def can_handle(state: RoutingState, agent: Agent) -> list[Contact]:
    """Who waits and could be taken by the agent, were there room and readiness; in order of place."""
    pool = state.pools.of.get(agent.id)
    lines = list(pool.lines) if pool is not None else []
    lines += [line for line in state.kept.get(agent.id, {}) if line not in lines and line.takes(agent)]
    places = sorted((*place[:3], place[3].id) for line in lines for place in line.places())
    return [state.contacts[id] for _, _, _, id in places]


def _waiting(state: RoutingState, id: str) -> Contact:
    contact = state.contacts.get(id)
    if contact is None or contact.state not in (ContactState.QUEUED, ContactState.OFFERED):
        raise Refused("contact_gone")
    return contact


def _made_up(core: RoutingCore, request: cmd.Request) -> Contact:
    if request.queue not in core.state.queues:
        raise Refused("unknown_queue")
    if request.agent is not None and request.agent not in core.state.agents:
        raise Refused("unknown_agent")
    hold = core.hold_for(request)
    need = core.need_of(request, hold)
    return Contact(
        id=request.contact,
        seq=core.state.seq + 1,
        queue=request.queue,
        medium=request.medium,
        session=request.session,
        customer=request.customer,
        question=request.question,
        priority=core.priority_of(request),
        arrived_at=core.arrived_at(request),
        skills=need.skills,
        hold=hold,
        steps=need.steps,
    )


def _candidates(state: RoutingState, contact: Contact, wanted: Requirement) -> tuple[Candidate, ...]:
    return tuple(_candidate(state, contact, wanted, state.agents[id]) for id in sorted(state.agents))


def _candidate(state: RoutingState, contact: Contact, wanted: Requirement, agent: Agent) -> Candidate:
    reasons: list[Reason] = []
    if agent.state is not AgentState.READY:
        reasons.append(Reason("offline" if agent.state is AgentState.OFFLINE else "not_ready"))
    if contact.agent != agent.id and not agent.has_slot:
        reasons.append(Reason("at_capacity"))
    hold = contact.hold
    mine = hold is not None and hold.agent == agent.id
    if not mine or (hold is not None and hold.kind == "sticky"):
        reasons += [Reason(*each) for each in missing(agent.profile, wanted)]
    full = contact.agent != agent.id and agent.has_slot and not agent.has_room(contact.medium)
    if full and Reason("medium_limit") not in reasons:
        reasons.append(Reason("medium_limit"))
    if agent.id in contact.declined:
        reasons.append(Reason("declined"))
    if hold is not None and not hold.open and not mine:
        reasons.append(Reason("reserved_for_another"))
    return Candidate(agent.id, tuple(reasons), skill_sum(agent.profile, wanted), agent.load)


def _chosen(state: RoutingState, contact: Contact, candidates: tuple[Candidate, ...], now: float) -> str | None:
    able = [each for each in candidates if not each.reasons]
    if not able:
        declined = [each for each in candidates if each.reasons == (Reason("declined"),)]
        able = [each for each in declined if contact.declined[each.agent] <= now]
    kept = contact.hold.agent if contact.hold is not None else None

    def order(each: Candidate) -> tuple[bool, int, int, int, str]:
        return (each.agent != kept, -each.skill_sum, each.load, state.agents[each.agent].turn, each.agent)

    return min(able, key=order).agent if able else None
