"""Commands at random, few classes and many in the same instant, with the oracle looking on."""

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import (
    AgentConfig,
    Choice,
    Configuration,
    End,
    GroupConfig,
    HoursConfig,
    Medium,
    QueueConfig,
    Rules,
    SkillConfig,
    SkillLevel,
    Span,
    Step,
)
from webacd.core.explain import explain
from webacd.core.refused import Refused
from webacd.core.routing import RoutingCore
from webacd.core.state import RoutingState

from .oracle import Oracle

AGENTS = ("ann", "bob", "cid", "dan")
PLAIN = (
    QueueConfig("sales", "Sales", wrap_up_seconds=5.0, offer_seconds=10.0, allow_pick=True, ageing=60.0),
    QueueConfig("care", "Care", wrap_up_seconds=0.0, offer_seconds=10.0, ageing=3.0, default=True),
)
STICKY = {"sticky_days": 1.0, "sticky_seconds": 3.0}
WIDENING = (
    msgspec.structs.replace(
        PLAIN[0],
        steps=(
            Step(1.0, lower=1),
            Step(5.0, groups=("backup", "nowhere"), drop=("tax",)),
            Step(61.0, end=End("queue", "care")),
        ),
        **STICKY,
    ),
    msgspec.structs.replace(
        PLAIN[1],
        priority=1,
        groups=("second",),
        skills=(SkillLevel("french", 1),),
        steps=(Step(5.0, lower=1), Step(61.0, end=End("queue", "sales"))),
        sticky_days=1.0,
    ),
)
CLOSING = (
    msgspec.structs.replace(PLAIN[0], steps=(Step(10.0, groups=("backup",), end=End("callback")),), **STICKY),
    msgspec.structs.replace(PLAIN[1], steps=(Step(5.0, groups=("second",)), Step(10.0, end=End("close")))),
)
ODD = tuple(Span(f"00:{minute}", f"00:{minute + 1}") for minute in range(17, 59, 2))
EVEN = tuple(Span(f"00:{minute}", f"00:{minute + 1}") for minute in range(16, 58, 2))
HOURS = (HoursConfig("odd", "Odd", week=(ODD,) * 7), HoursConfig("even", "Even", week=(EVEN,) * 7))
"""Of which one opens when the other closes, where the machine's time begins."""
OPENING = (
    msgspec.structs.replace(PLAIN[0], hours="even", steps=(Step(10.0, end=End("queue", "care")),)),
    msgspec.structs.replace(PLAIN[1], hours="odd", steps=(Step(5.0, lower=1), Step(10.0, end=End("queue", "sales")))),
)
SETS = {"plain": PLAIN, "widening": WIDENING, "closing": CLOSING, "opening": OPENING}
SERVES = {"ann": ("sales",), "bob": ("care", "sales"), "cid": ("sales",), "dan": ()}
GROUPS = {"ann": (), "bob": ("nowhere",), "cid": ("second",), "dan": ("backup", "nowhere", "second")}
SKILLS = {
    "ann": (SkillLevel("french", 3), SkillLevel("ghost", 5)),
    "bob": (SkillLevel("french", 1), SkillLevel("tax", 2)),
    "cid": (),
    "dan": (SkillLevel("tax", 1),),
}
ASKS: tuple[tuple[tuple[str, int], ...], ...] = (
    (),
    (("french", 1),),
    (("french", 2), ("tax", 1)),
    (("ghost", 1),),
)
BEAT = 4.0

some = st.integers(0, 50)
moments = st.sampled_from([0.0, 0.0, 0.0, 1.0, 5.0, 10.0, 61.0])
who = st.sampled_from(AGENTS)


def any_of(*states: str) -> Callable[[Any], bool]:
    """So that few steps are wasted on rules that find nobody."""
    return lambda machine: bool(machine.oracle.live(*states))


def some_offer(machine: Any) -> bool:
    return bool(machine.oracle.all_offers)


class RoutingMachine(RuleBasedStateMachine):
    """Two cores get the same commands. One is thrown away at times and built again from its events."""

    def __init__(self) -> None:
        super().__init__()
        self.core = RoutingCore()
        self.twin = RoutingCore()
        self.oracle = Oracle()
        self.events: list[ev.Event] = []
        self.now = 1000.0
        self.count = 0
        self.consoles: set[str] = set()

    @initialize(
        capacities=st.tuples(*[st.integers(1, 3)] * 4),
        missed=st.sampled_from(["not_ready", "not_ready", "stay_ready"]),
        often=st.sampled_from([1, 1, 2]),
        kind=st.sampled_from(["plain", "widening", "widening", "closing", "opening"]),
        limits=st.sampled_from([{}, {"chat": 1}, {"session": 1, "email": 0}]),
        hops=st.sampled_from([0, 2]),
        reask=st.sampled_from([0.0, 3.0]),
        moves=st.tuples(st.booleans(), st.booleans(), st.booleans()),
        ready=st.sampled_from([True, True, False]),
    )
    def set_up(
        self,
        capacities: tuple[int, ...],
        missed: Literal["not_ready", "stay_ready"],
        often: int,
        kind: str,
        limits: dict[Medium, int],
        hops: int,
        reask: float,
        moves: tuple[bool, bool, bool],
        ready: bool,
    ) -> None:
        self.configuration = Configuration(
            queues=SETS[kind],
            agents=tuple(
                AgentConfig(id, SERVES[id], capacity, GROUPS[id], SKILLS[id])
                for id, capacity in zip(AGENTS, capacities, strict=True)
            ),
            skills=(SkillConfig("french", "French"), SkillConfig("tax", "Tax")),
            groups=(GroupConfig("backup", "Backup"), GroupConfig("second", "Second")),
            hours=HOURS,
            reasons=(Choice("lunch", "Lunch"),),
            rules=Rules(
                missed_offer=missed,
                missed_offers=often,
                limits=limits,
                hops=hops,
                reask_seconds=reask,
                rejection_moves_back=moves[0],
                missed_offer_moves_back=moves[1],
                outbound_moves_back=moves[2],
            ),
        )
        self.run(cmd.Configure(self.configuration))
        if ready:
            for agent in AGENTS:
                self.state(0.0, agent, True)

    def leap(self, seconds: float) -> None:
        """Nobody's console is open meanwhile."""
        self.consoles.clear()
        self.now += seconds
        self.run(cmd.Tick())

    def wait(self, seconds: float) -> None:
        """Time goes by, with the beats of the consoles that are open."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + BEAT)
            for agent in sorted(self.consoles):
                self.run(cmd.Beat(agent))
        self.run(cmd.Tick())

    def run(self, command: cmd.Command, back: float = 0.0) -> bool:
        """The command, at the present time or with a clock set `back`. Says whether it was carried out."""
        if isinstance(command, cmd.Beat | cmd.SetState | cmd.StartOutbound) and command.agent in self.agents:
            known = self.oracle.agents[command.agent]
            heard, known.heard = known.heard, self.now
            done = self._step(command, back)
            known.heard = known.heard if done else heard
            return done
        return self._step(command, back)

    @property
    def agents(self) -> set[str]:
        return set(self.oracle.agents)

    def _step(self, command: cmd.Command, back: float) -> bool:
        if not isinstance(command, cmd.Beat):
            self._take(cmd.Tick(), back)
        if self._take(command, back):
            self.oracle.check(self.core)
            return True
        return False

    def _take(self, command: cmd.Command, back: float) -> bool:
        before = self.core.state.snapshot() if not isinstance(command, cmd.Tick | cmd.Beat) else None
        outcome = answer(self.core, command, self.now - back)
        assert answer(self.twin, command, self.now) == outcome, "the same commands had another outcome"
        if isinstance(outcome, str):
            assert self.core.state.snapshot() == before, "a refusal changed something"
            return False
        self.events += outcome
        self.oracle.take(outcome, self.now)
        return True

    def one_of(self, index: int, *states: str) -> str | None:
        found = self.oracle.live(*states)
        return found[index % len(found)] if found else None

    def new(self, queue: str | None, priority: int, **values: Any) -> cmd.Request:
        self.count += 1
        request = cmd.Request(f"c{self.count}", queue, priority=priority, **values)
        self.oracle.requests[request.contact] = request
        return request

    def come(self, request: cmd.Request) -> None:
        """The contact comes, and goes to whom it was said to go."""
        self._take(cmd.Tick(), 0.0)
        try:
            found = explain(self.core, request, self.now)
            told = found.chosen if found.open or not request.within_hours else None
        except Refused:
            told = None
        before = len(self.events)
        self.run(cmd.Enqueue(request))
        made = [event.agent for event in self.events[before:] if isinstance(event, ev.OfferMade)]
        assert made == ([told] if told is not None else []), "explained otherwise"

    @rule(dt=moments, queue=st.sampled_from(["sales", "sales", "care"]), priority=st.integers(0, 1))
    def enqueue(self, dt: float, queue: str, priority: int) -> None:
        self.wait(dt)
        self.come(self.new(queue, priority))

    @rule(n=st.integers(2, 4), queue=st.sampled_from(["sales", "sales", "care"]))
    def burst(self, n: int, queue: str) -> None:
        for _ in range(n):
            self.come(self.new(queue, 0))

    @rule(
        n=st.integers(1, 3),
        queue=st.sampled_from(["sales", "care"]),
        skills=st.sampled_from(ASKS),
        medium=st.sampled_from(["session", "chat", "voice", "callback", "email"]),
    )
    def ask(self, n: int, queue: str, skills: tuple[tuple[str, int], ...], medium: str) -> None:
        for _ in range(n):
            self.come(self.new(queue, 0, skills=skills, medium=medium))

    @rule(
        dt=st.sampled_from([0.0, 1.0]),
        agent=st.sampled_from([*AGENTS, "eve"]),
        only=st.booleans(),
        seconds=st.sampled_from([0.0, 5.0, 60.0]),
    )
    def ask_for_agent(self, dt: float, agent: str, only: bool, seconds: float) -> None:
        self.wait(dt)
        self.come(self.new("sales", 0, agent=agent, agent_only=only, agent_seconds=seconds))

    @rule(
        dt=st.sampled_from([0.0, 1.0, 90000.0, 90000.0]),
        key=st.sampled_from(["k1", "k1", "k1", "k2"]),
        care=st.booleans(),
        twice=st.booleans(),
    )
    def come_again(self, dt: float, key: str, care: bool, twice: bool) -> None:
        """Perhaps served at once, and there once more."""
        if dt > BEAT:
            self.leap(dt)
            self.everybody_comes()
        self.wait(min(dt, 1.0))
        queue = "care" if care else "sales"
        first = self.new(queue, 0, customer_key=key, number="+49")
        self.come(first)
        contact = self.oracle.contacts.get(first.contact)
        if twice and contact is not None and contact.state == "offered":
            assert self.run(cmd.Accept(contact.offer or "", contact.agent or ""))
            assert self.run(cmd.Complete(first.contact))
            self.come(self.new(queue, 0, customer_key=key, number="+49"))

    @rule(ago=st.sampled_from([-5.0, 4.0, 10.0, 62.0]), queue=st.sampled_from(["sales", "care"]))
    def come_with_a_place(self, ago: float, queue: str) -> None:
        self.come(self.new(queue, 0, medium="callback", number="+49", arrived_at=self.now - ago))

    @rule(dt=moments, queue=st.sampled_from(["sales", "care"]))
    def come_within_hours(self, dt: float, queue: str) -> None:
        self.wait(dt)
        self.come(self.new(queue, 0, within_hours=True))

    @rule(agent=who, queue=st.sampled_from(["sales", None]))
    def outbound(self, agent: str, queue: str | None) -> None:
        self.run(cmd.StartOutbound(self.new(queue, 0), agent))

    @precondition(any_of("offered"))
    @rule(index=some)
    def accept(self, index: int) -> None:
        id = self.one_of(index, "offered")
        if id is not None:
            contact = self.oracle.contacts[id]
            assert self.run(cmd.Accept(contact.offer or "", contact.agent or ""))
            assert contact.state == "active"

    @precondition(any_of("offered"))
    @rule(dt=st.sampled_from([0.0, 0.0, 1.0]), count=st.integers(1, 3), complete=st.booleans())
    def serve(self, dt: float, count: int, complete: bool) -> None:
        """Who is offered something takes it, and is done with it at once."""
        for _ in range(count):
            self.wait(dt)
            id = self.one_of(0, "offered")
            if id is not None:
                contact = self.oracle.contacts[id]
                assert self.run(cmd.Accept(contact.offer or "", contact.agent or ""))
                assert not complete or self.run(cmd.Complete(id))

    @rule()
    def everybody_comes(self) -> None:
        for agent in sorted(self.agents):
            self.consoles.add(agent)
            self.run(cmd.SetState(agent, "ready"))

    @precondition(some_offer)
    @rule(dt=st.sampled_from([0.0, 10.0]), index=some)
    def accept_any(self, dt: float, index: int) -> None:
        """Often one that is over, by the agent who had it."""
        self.wait(dt)
        if self.oracle.all_offers:
            offer, agent = self.oracle.all_offers[-1 - index % len(self.oracle.all_offers)]
            open_now = self.oracle.offers.get(offer)
            done = self.run(cmd.Accept(offer, agent))
            assert not done or (open_now is not None and open_now[2] > self.now)

    @precondition(some_offer)
    @rule(index=some)
    def accept_stale(self, index: int) -> None:
        """An earlier offer of a contact that is being offered again."""
        current = set(self.oracle.offers)
        contacts = {offer.rsplit(".", 1)[0] for offer in current}
        old = [each for each in self.oracle.all_offers if each[0].rsplit(".", 1)[0] in contacts]
        old = [each for each in old if each[0] not in current]
        if old:
            assert not self.run(cmd.Accept(*old[index % len(old)])), "a stale accept won"

    @precondition(any_of("offered"))
    @rule(dt=st.sampled_from([0.0, 1.0]), index=some)
    def reject(self, dt: float, index: int) -> None:
        self.wait(dt)
        id = self.one_of(index, "offered")
        if id is not None:
            contact = self.oracle.contacts[id]
            self.run(cmd.Reject(contact.offer or "", contact.agent or ""))

    @rule(dt=moments)
    def time_passes(self, dt: float) -> None:
        self.wait(dt)
        self.run(cmd.Tick())

    @precondition(any_of("queued", "offered"))
    @rule(dt=st.sampled_from([0.0, 5.0]), index=some)
    def abandon(self, dt: float, index: int) -> None:
        self.wait(dt)
        id = self.one_of(index, "queued", "offered", "offered")
        if id is not None:
            self.run(cmd.Abandon(id))

    @precondition(any_of("active"))
    @rule(dt=st.sampled_from([0.0, 1.0, 61.0]), index=some)
    def complete(self, dt: float, index: int) -> None:
        self.wait(dt)
        id = self.one_of(index, "active")
        if id is not None:
            assert self.run(cmd.Complete(id))

    @precondition(any_of("wrap_up"))
    @rule(index=some, agent=who)
    def wrap_up_done(self, index: int, agent: str) -> None:
        id = self.one_of(index, "wrap_up")
        if id is not None:
            assert self.run(cmd.EndWrapUp(id, self.oracle.contacts[id].agent or ""))

    @precondition(any_of("completed", "abandoned", "ended"))
    @rule(index=some, agent=who)
    def meddle(self, index: int, agent: str) -> None:
        """Commands about contacts that may have ended long ago."""
        if self.count:
            id = f"c{1 + index % self.count}"
            state = self.oracle.contacts[id].state if id in self.oracle.contacts else "none"
            late: list[cmd.Command] = [cmd.Abandon(id), cmd.EndWrapUp(id, agent), cmd.HandOver(id, agent)]
            for command in [*late, cmd.Complete(id)] if state in ("completed", "abandoned") else late[:0]:
                before = len(self.events)
                self.run(command)
                assert len(self.events) == before

    @precondition(any_of("queued", "offered"))
    @rule(dt=st.sampled_from([0.0, 1.0]), index=some, agent=who)
    def pick(self, dt: float, index: int, agent: str) -> None:
        self.wait(dt)
        id = self.one_of(index, "queued", "offered")
        if id is not None:
            self.run(cmd.Pick(id, agent))

    @precondition(any_of("active"))
    @rule(index=some, agent=who)
    def hand_over(self, index: int, agent: str) -> None:
        id = self.one_of(index, "active")
        if id is not None:
            self.run(cmd.HandOver(id, agent))

    @precondition(any_of("active"))
    @rule(
        dt=st.sampled_from([0.0, 1.0, 5.0]),
        index=some,
        agent=who,
        queue=st.sampled_from(["sales", "care", None]),
        gone=st.booleans(),
    )
    def transfer(self, dt: float, index: int, agent: str, queue: str | None, gone: bool) -> None:
        """Perhaps to one who is gone before it is accepted."""
        self.wait(dt)
        id = self.one_of(index, "active")
        if id is not None:
            by = self.oracle.contacts[id].agent or ""
            to_agent = agent if index % 2 else None
            done = self.run(cmd.Transfer(id, by, queue, to_agent))
            assert not done or id not in self.core.state.agents[by].holding or self.oracle.offers
            target = self.oracle.queue(queue) if to_agent is None else None
            assert not done or target is None or self.oracle.opens(target) == self.now, "passed on to a closed one"
            if done and gone:
                self.leap(self.configuration.rules.grace_seconds + 1.0)

    @precondition(any_of("queued", "offered"))
    @rule(index=some, queue=st.sampled_from(["sales", "care"]))
    def move(self, index: int, queue: str) -> None:
        id = self.one_of(index, "queued", "offered")
        if id is not None:
            self.run(cmd.Tick())
            waits = self.oracle.contacts[id].state in ("queued", "offered")
            if self.run(cmd.Move(id, queue)):
                contact = self.oracle.contacts[id]
                assert (contact.queue, waits) == (queue, contact.state in ("queued", "offered")), "ended by staff"

    @rule(dt=st.sampled_from([0.0, 1.0]), agent=who, ready=st.sampled_from([True, True, False]))
    def state(self, dt: float, agent: str, ready: bool) -> None:
        self.wait(dt)
        if agent in self.agents:
            self.consoles.add(agent)
        if ready:
            self.run(cmd.SetState(agent, "ready"))
        else:
            self.run(cmd.SetState(agent, "not_ready", "lunch"))

    @rule(agent=who, purpose=st.booleans())
    def console_closes(self, agent: str, purpose: bool) -> None:
        self.consoles.discard(agent)
        if purpose:
            self.run(cmd.SignOut(agent))

    @rule(back=st.sampled_from([0.5, 30.0]), index=some)
    def clock_goes_back(self, back: float, index: int) -> None:
        """One core sees the clock set back, the other does not."""
        commands: list[cmd.Command] = [
            cmd.Tick(),
            cmd.Enqueue(self.new("sales", 0)),
            cmd.SetState("ann", "ready"),
        ]
        command = commands[index % 3]
        if isinstance(command, cmd.SetState) and "ann" in self.agents:
            self.consoles.add("ann")
        self.run(command, back)

    @rule(
        agent=who,
        capacity=st.integers(1, 3),
        change=st.sampled_from(["capacity", "agent", "queue", "all", "skills", "limits", "steps", "known", "hours"]),
    )
    def configure(self, agent: str, capacity: int, change: str) -> None:
        agents = self.configuration.agents
        queues = self.configuration.queues
        if change == "capacity":
            agents = tuple(replace(a, capacity=capacity if a.id == agent else 2) for a in agents)
        elif change == "agent":
            agents = tuple(each for each in agents if each.id != agent)
            self.consoles.discard(agent)
        elif change == "queue":
            queues = queues[1:]
            agents = tuple(replace(a, queues=tuple({"care"} & set(a.queues))) for a in agents)
        elif change == "skills":
            levels = (SkillLevel("french", capacity),)
            agents = tuple(replace(a, skills=levels, groups=("backup",)) if a.id == agent else a for a in agents)
        elif change == "limits":
            agents = tuple(replace(a, limits={"session": capacity - 1}) if a.id == agent else a for a in agents)
        elif change == "steps":
            queues = tuple(replace(each, steps=(Step(float(capacity), groups=("backup",)),)) for each in queues)
        known = (SkillConfig("tax", "Tax"),) if change == "known" else self.configuration.skills
        hours = tuple(replace(each, week=((),) * 7) for each in HOURS[:capacity]) if change == "hours" else HOURS
        changed = replace(self.configuration, queues=queues, agents=agents, skills=known, hours=hours)
        self.run(cmd.Configure(changed))

    @rule()
    def start_again(self) -> None:
        """What the events say is all that there is to know."""
        state = RoutingState()
        for event in self.events:
            state.apply(event)
        assert state.snapshot() == self.core.state.snapshot()
        core = RoutingCore(state)
        core.state.restore_leases(self.core.state.leases, self.now)
        state.touched_lines.clear()
        state.touched_agents.clear()
        core.now = self.core.now
        self.core = core

    def teardown(self) -> None:
        self.start_again()


def answer(core: RoutingCore, command: cmd.Command, now: float) -> list[ev.Event] | str:
    """The events, or why not."""
    try:
        return core.step(command, now)
    except Refused as refusal:
        return f"{refusal.code}, and {len(refusal.events)} events" if refusal.events else refusal.code
