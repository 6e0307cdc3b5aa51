"""What the rest of the house is told of the routing's events."""

from collections.abc import Iterable, Sequence
from typing import Literal, cast

from rs_server import ports

from .core import commands as cmd
from .core import events as ev
from .core.agent import Agent
from .core.contact import Contact, ContactState
from .core.offer import OfferState
from .core.state import RoutingState

_OUTCOMES: dict[OfferState, Literal["accepted", "rejected", "timed_out", "rescinded"]] = {
    OfferState.ACCEPTED: "accepted",
    OfferState.REJECTED: "rejected",
    OfferState.TIMED_OUT: "timed_out",
    OfferState.RESCINDED: "rescinded",
}

_INWARD = (
    ev.Configured
    | ev.ContactWidened
    | ev.ContactHeld
    | ev.HandleTimeMeasured
    | ev.AgentStateChanged
    | ev.AgentMovedBack
)


KEY_LENGTH = 255
NUMBER_LENGTH = 64
"""What the tables have room for."""


def request_of(request: ports.ContactRequest) -> cmd.Request:
    return cmd.Request(
        contact=request.contact,
        queue=request.queue or None,
        medium=request.medium,
        session=request.session,
        customer=request.customer,
        question=request.question,
        priority=request.priority,
        skills=tuple(sorted(request.skills.items())),
        agent=request.agent,
        agent_only=request.agent_only,
        agent_seconds=request.agent_seconds,
        customer_key=request.customer_key[:KEY_LENGTH],
        number=request.number[:NUMBER_LENGTH],
        arrived_at=request.arrived_at,
        within_hours=request.within_hours,
    )


def outward(state: RoutingState, events: Sequence[ev.Event]) -> list[ports.AcdEvent]:
    """The port's events for those of one step, before the next step is taken. Agents whose view is another
    are named once, at the end."""
    told: list[ports.AcdEvent] = []
    agents: dict[str, None] = {}
    for event in events:
        told += _told(state, event)
        agents |= dict.fromkeys(_agents(state, event))
    return told + [ports.AgentChanged(agent) for agent in agents]


def agent_view(state: RoutingState, agent: Agent) -> ports.AgentView:
    states = [state.contacts[contact].state for contact in agent.holding]
    return ports.AgentView(
        agent=agent.id,
        state=agent.state.value,
        reason=agent.reason,
        since=agent.since,
        queues=agent.profile.queues,
        sessions=states.count(ContactState.ACTIVE),
        capacity=agent.capacity,
        wrap_ups=states.count(ContactState.WRAP_UP),
        groups=agent.profile.groups,
        skills=dict(agent.profile.skills),
        missed=agent.missed,
    )


def waiting_view(state: RoutingState, contact: Contact) -> ports.WaitingView:
    standing = state.book(contact.queue).standings()[contact.id]
    queue = state.queues.get(contact.queue or "")
    return ports.WaitingView(
        contact=contact.id,
        session=contact.session,
        queue=contact.queue or "",
        customer=contact.customer,
        question=contact.question,
        arrived_at=contact.arrived_at,
        position=standing.position,
        estimate=state.estimate_of(contact),
        offered_to=contact.agent,
        medium=_medium(contact),
        priority=contact.priority,
        agent=contact.hold.agent if contact.hold is not None else None,
        steps=min(contact.steps, len(queue.steps)) if queue is not None else 0,
    )


def _medium(contact: Contact) -> ports.Medium:
    return cast(ports.Medium, contact.medium)


def offer_views(state: RoutingState, agent: Agent) -> list[ports.OfferView]:
    """The offers that the agent may answer, oldest first."""
    ids = [state.contacts[id].offer for id in agent.holding]
    views = []
    for offer in sorted((state.offers[id] for id in ids if id is not None), key=lambda each: each.made_at):
        contact = state.contacts[offer.contact]
        views.append(
            ports.OfferView(
                offer=offer.id,
                contact=contact.id,
                session=contact.session,
                agent=offer.agent,
                queue=contact.queue or "",
                customer=contact.customer,
                question=contact.question,
                arrived_at=contact.arrived_at,
                made_at=offer.made_at,
                deadline=offer.deadline,
                medium=_medium(contact),
                direct=contact.hold is not None and contact.hold.agent == offer.agent,
            )
        )
    return views


def _told(state: RoutingState, event: ev.Event) -> Iterable[ports.AcdEvent]:
    if isinstance(event, _INWARD):
        return ()
    contact = state.contacts.get(event.contact) or state.ended[event.contact]
    id, session = contact.id, contact.session
    match event:
        case ev.ContactArrived():
            if event.outbound:
                return ()
            return (ports.ContactQueued(id, session, event.queue or "", contact.arrived_at),)
        case ev.ContactMoved():
            return (ports.ContactQueued(id, session, event.queue or "", contact.arrived_at, event.reason),)
        case ev.ContactReturned():
            back = ports.ContactQueued(id, session, event.queue or "", contact.arrived_at, event.reason)
            reason: Literal["agent_lost", "transferred"] = (
                "transferred" if event.reason == "transferred" else "agent_lost"
            )
            left = ports.ContactLeft(id, session, event.agent, reason)
            return (left, back) if event.handled else (back,)
        case ev.OfferMade():
            queue, arrived = contact.queue or "", contact.arrived_at
            return (ports.Offered(event.offer, id, session, event.agent, event.deadline, queue, arrived),)
        case ev.OfferClosed():
            return (ports.OfferEnded(event.offer, id, session, event.agent, _OUTCOMES[event.outcome]),)
        case ev.ContactAssigned():
            assigned = ports.Assigned(id, session, event.agent, contact.queue, event.waited)
            if event.former is None:
                return (assigned,)
            return (ports.ContactLeft(id, session, event.former, "handed_over"), assigned)
        case ev.ContactAbandoned():
            return (ports.ContactEnded(id, session, "abandoned", event.agent),)
        case ev.ContactRedirected():
            outcome: Literal["callback", "redirected"] = "callback" if event.to == "callback" else "redirected"
            return (ports.ContactEnded(id, session, outcome),)
        case ev.WrapUpStarted():
            ended = ports.ContactEnded(id, session, "completed", event.agent)
            return (ended, ports.WrapUpStarted(id, session, event.agent, event.deadline))
        case ev.ContactCompleted():
            if event.after_wrap_up:
                return (ports.WrapUpEnded(id, session, event.agent, event.outcome_code),)
            return (ports.ContactEnded(id, session, "completed", event.agent),)


def _agents(state: RoutingState, event: ev.Event) -> Iterable[str]:
    """Those whose view shows something of the event."""
    match event:
        case ev.Configured():
            change = event.difference
            if change.rules is not None or change.skills or change.groups or change.removed:
                return list(state.agents)
            return [agent.id for agent in change.agents]
        case ev.ContactAssigned():
            return [event.agent] if event.former is None else [event.former, event.agent]
        case ev.ContactReturned():
            return [event.agent] if event.handled or event.reason == "timed_out" else []
        case ev.WrapUpStarted() | ev.ContactCompleted() | ev.AgentStateChanged():
            return [event.agent]
        case _:
            return []
