"""A second opinion: the rules of routing in the plainest form, by looking at everybody each time."""

from dataclasses import dataclass, field

from webacd.core import events as ev
from webacd.core.config import Configuration
from webacd.core.offer import OfferState
from webacd.core.routing import RoutingCore


@dataclass
class Contact:
    queue: str | None
    priority: int
    arrived: float
    seq: int
    state: str = "queued"
    agent: str | None = None
    offer: str | None = None
    declined: dict[str, float] = field(default_factory=dict)


@dataclass
class Agent:
    state: str = "offline"
    turn: int = 0
    heard: float = float("-inf")


class Oracle:
    """Follows the events of a core and objects to any that the rules do not allow."""

    def __init__(self) -> None:
        self.configuration = Configuration()
        self.contacts: dict[str, Contact] = {}
        self.agents: dict[str, Agent] = {}
        self.offers: dict[str, tuple[str, str, float]] = {}
        self.all_offers: list[tuple[str, str]] = []
        self.accepted: str | None = None
        self.arrivals = 0
        self.turns = 0
        self.now = 0.0
        self.overfull: set[str] = set()

    def take(self, events: list[ev.Event], now: float) -> None:
        self.now = max(self.now, now)
        for event in events:
            assert event.at == self.now, "an event of another time"
            self._take(event)

    def live(self, *states: str) -> list[str]:
        return [id for id, contact in self.contacts.items() if contact.state in states]

    def load(self, agent: str) -> int:
        return sum(contact.agent == agent for contact in self.contacts.values())

    def capacity(self, agent: str) -> int:
        config = next(each for each in self.configuration.agents if each.id == agent)
        return self.configuration.capacity(config)

    def key(self, contact: Contact) -> tuple[float, int]:
        ageing = {queue.id: queue.ageing for queue in self.configuration.queues}.get(contact.queue or "", 0.0)
        return (contact.arrived - ageing * contact.priority, contact.seq)

    def free(self, queue: str | None) -> list[str]:
        serving = [agent.id for agent in self.configuration.agents if queue in agent.queues]
        ready = [id for id in serving if self.agents[id].state == "ready"]
        return [id for id in ready if self.load(id) < self.capacity(id)]

    def next_pair(self) -> tuple[str, str] | None:
        """Who has to be offered to whom now; None when nobody may be left without an offer."""
        waiting = sorted(self.live("queued"), key=lambda id: self.key(self.contacts[id]))
        for last_resort in (False, True):
            for id in waiting:
                contact = self.contacts[id]
                free = self.free(contact.queue)
                able = [agent for agent in free if agent not in contact.declined]
                if last_resort and not able:
                    able = [agent for agent in free if contact.declined[agent] <= self.now]
                elif last_resort:
                    continue
                if able:
                    return id, min(able, key=lambda each: (self.load(each), self.agents[each].turn, each))
        return None

    def check(self, core: RoutingCore) -> None:
        """What must hold after every step."""
        state = core.state
        assert self.next_pair() is None, "an agent who could take a contact has no offer"
        assert set(state.contacts) == set(self.live("queued", "offered", "active", "wrap_up"))
        for id, known in state.contacts.items():
            contact = self.contacts[id]
            assert (known.state.value, known.agent, known.queue) == (
                contact.state,
                contact.agent,
                contact.queue,
            )
            assert (known.arrived_at, known.seq) == (contact.arrived, contact.seq), "the wait began anew"
            assert (contact.agent is None) == (contact.state == "queued")
            assert contact.state != "queued" or contact.queue in state.queues or not state.queues, "stranded"
        for id, agent in state.agents.items():
            assert set(agent.holding) == {c for c, each in self.contacts.items() if each.agent == id}
            assert agent.state.value == self.agents[id].state
            assert agent.load <= 8
            if agent.load <= agent.capacity:
                self.overfull.discard(id)
            assert agent.load <= agent.capacity or id in self.overfull, "over capacity"
            grace = self.configuration.rules.grace_seconds
            assert agent.state.value == "offline" or self.agents[id].heard + grace > self.now
            assert agent.state.value != "offline" or not agent.holding
        assert {id: offer.deadline for id, offer in state.offers.items()} == {
            id: deadline for id, (_, _, deadline) in self.offers.items()
        }
        for contact_id, agent_id, deadline in self.offers.values():
            assert deadline > self.now, "an offer outlived its deadline"
            assert self.agents[agent_id].state == "ready"
            assert self.contacts[contact_id].agent == agent_id
        self._check_deadlines(core)
        self._check_views(core)

    def _check_deadlines(self, core: RoutingCore) -> None:
        state = core.state
        due = [offer.deadline for offer in state.offers.values()] + list(state.leases.values())
        due += [each.wrap_up_deadline for each in state.contacts.values() if each.wrap_up_deadline]
        for id in self.live("queued"):
            due += [until for until in self.contacts[id].declined.values() if until > self.now]
        assert core.next_deadline() == min(due, default=None)

    def _check_views(self, core: RoutingCore) -> None:
        for queue in self.configuration.queues:
            here = [id for id in self.live("queued", "offered") if self.contacts[id].queue == queue.id]
            here.sort(key=lambda id: self.key(self.contacts[id]))
            standings = core.state.line(queue.id).standings()
            assert {id: standing.position for id, standing in standings.items()} == {
                id: position for position, id in enumerate(here, 1)
            }
            assert core.state.line(queue.id).length == sum(self.contacts[id].state == "queued" for id in here)
            estimates = [core.state.estimate_at(queue.id, rank) for rank in (1, 2, 5)]
            serving = [agent.id for agent in self.configuration.agents if queue.id in agent.queues]
            if self.free(queue.id):
                assert estimates == [0.0, 0.0, 0.0]
            elif any(self.agents[id].state == "ready" for id in serving):
                known = [estimate for estimate in estimates if estimate is not None]
                assert len(known) == 3
                assert known == sorted(known)
                assert known[0] >= 0
            else:
                assert estimates == [None, None, None]

    def _take(self, event: ev.Event) -> None:
        match event:
            case ev.Configured():
                self.configuration = event.difference.apply(self.configuration)
                wanted = {agent.id for agent in self.configuration.agents}
                self.agents = {id: self.agents.get(id, Agent()) for id in sorted(wanted)}
                self.overfull = {id for id in wanted if self.load(id) > self.capacity(id)}
            case ev.ContactArrived():
                assert event.contact not in self.contacts
                self.arrivals += 1
                contact = Contact(event.queue, event.priority, event.at, self.arrivals)
                self.contacts[event.contact] = contact
            case ev.ContactReturned():
                self._returned(event)
            case ev.ContactMoved():
                assert self.contacts[event.contact].state == "queued"
                self.contacts[event.contact].queue = event.queue
            case ev.OfferMade():
                assert (event.contact, event.agent) == self.next_pair(), "not whose turn it was"
                assert event.offer not in {offer for offer, _ in self.all_offers}
                self.offers[event.offer] = (event.contact, event.agent, event.deadline)
                self.all_offers.append((event.offer, event.agent))
                self._give(event.contact, event.agent, "offered", "queued")
                self.contacts[event.contact].offer = event.offer
            case ev.OfferClosed():
                contact_id, agent_id, deadline = self.offers.pop(event.offer)
                assert (contact_id, agent_id) == (event.contact, event.agent)
                assert self.contacts[contact_id].offer == event.offer
                assert event.outcome is not OfferState.ACCEPTED or deadline > self.now
                self.contacts[contact_id].offer = None
                self.accepted = event.contact if event.outcome is OfferState.ACCEPTED else None
            case ev.ContactAssigned():
                self._assigned(event)
            case ev.ContactAbandoned():
                self._end(event.contact, "abandoned", "queued", "offered")
            case ev.WrapUpStarted():
                self._give(event.contact, event.agent, "wrap_up", "active")
            case ev.ContactCompleted():
                self._end(event.contact, "completed", "wrap_up" if event.after_wrap_up else "active")
            case ev.AgentStateChanged():
                assert self.agents[event.agent].state != "offline" or event.state == "not_ready"
                self.agents[event.agent].state = event.state
            case ev.AgentMovedBack():
                self._move_back(event.agent)
            case ev.HandleTimeMeasured():
                assert event.seconds >= 0

    def _returned(self, event: ev.ContactReturned) -> None:
        contact = self.contacts[event.contact]
        rules = self.configuration.rules
        assert contact.state == ("active" if event.handled else "offered")
        assert contact.agent == event.agent
        missed = event.reason == "timed_out" and rules.missed_offer == "stay_ready"
        if event.reason == "rejected" or missed:
            contact.declined[event.agent] = self.now + rules.reask_seconds
        assert event.declined == contact.declined
        contact.state, contact.agent, contact.queue = "queued", None, event.queue

    def _assigned(self, event: ev.ContactAssigned) -> None:
        contact = self.contacts[event.contact]
        match event.how:
            case "accepted":
                assert self.accepted == event.contact
                assert contact.agent == event.agent
                assert event.waited == self.now - contact.arrived
            case "picked":
                assert contact.agent in (None, event.agent)
            case "handed_over":
                assert (contact.state, contact.agent) == ("active", event.former)
                assert event.former != event.agent
            case "outbound":
                assert event.waited == 0
        contact.declined = {}
        self._give(event.contact, event.agent, "active", contact.state)
        if event.how != "outbound" or self.configuration.rules.outbound_moves_back:
            self._move_back(event.agent)
        self.accepted = None

    def _give(self, id: str, agent: str, state: str, was: str) -> None:
        contact = self.contacts[id]
        assert contact.state == was
        assert self.agents[agent].state != "offline"
        contact.state, contact.agent = state, agent

    def _end(self, id: str, state: str, *was: str) -> None:
        assert self.contacts[id].state in was, "ended is ended"
        self.contacts[id].state, self.contacts[id].agent = state, None

    def _move_back(self, agent: str) -> None:
        self.turns += 1
        self.agents[agent].turn = self.turns
