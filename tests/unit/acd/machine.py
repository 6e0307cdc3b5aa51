"""Commands at random, few classes and many in the same instant, with the oracle looking on."""

from typing import Literal

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import AgentConfig, Choice, Configuration, QueueConfig, Rules
from webacd.core.refused import Refused
from webacd.core.routing import RoutingCore
from webacd.core.state import RoutingState

from .oracle import Oracle

AGENTS = ("ann", "bob", "cid")
QUEUES = (
    QueueConfig("sales", "Sales", wrap_up_seconds=5.0, offer_seconds=10.0, allow_pick=True, ageing=60.0),
    QueueConfig("care", "Care", wrap_up_seconds=0.0, offer_seconds=10.0, ageing=3.0, default=True),
)
SERVES = {"ann": ("sales",), "bob": ("care", "sales"), "cid": ("sales",)}
BEAT = 4.0

some = st.integers(0, 50)
moments = st.sampled_from([0.0, 0.0, 0.0, 1.0, 5.0, 10.0, 61.0])
who = st.sampled_from(AGENTS)


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
        capacities=st.tuples(*[st.integers(1, 3)] * 3),
        missed=st.sampled_from(["not_ready", "not_ready", "stay_ready"]),
        reask=st.sampled_from([0.0, 3.0]),
        moves=st.tuples(st.booleans(), st.booleans(), st.booleans()),
        ready=st.booleans(),
    )
    def set_up(
        self,
        capacities: tuple[int, ...],
        missed: Literal["not_ready", "stay_ready"],
        reask: float,
        moves: tuple[bool, bool, bool],
        ready: bool,
    ) -> None:
        self.configuration = Configuration(
            queues=QUEUES,
            agents=tuple(
                AgentConfig(id, SERVES[id], capacity) for id, capacity in zip(AGENTS, capacities, strict=True)
            ),
            reasons=(Choice("lunch", "Lunch"),),
            rules=Rules(
                missed_offer=missed,
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

    def new(self, queue: str | None, priority: int) -> cmd.Request:
        self.count += 1
        return cmd.Request(f"c{self.count}", queue, priority=priority)

    @rule(dt=moments, queue=st.sampled_from(["sales", "sales", "care"]), priority=st.integers(0, 1))
    def enqueue(self, dt: float, queue: str, priority: int) -> None:
        self.wait(dt)
        self.run(cmd.Enqueue(self.new(queue, priority)))

    @rule(n=st.integers(2, 4), queue=st.sampled_from(["sales", "sales", "care"]))
    def burst(self, n: int, queue: str) -> None:
        for _ in range(n):
            self.run(cmd.Enqueue(self.new(queue, 0)))

    @rule(agent=who, queue=st.sampled_from(["sales", None]))
    def outbound(self, agent: str, queue: str | None) -> None:
        self.run(cmd.StartOutbound(self.new(queue, 0), agent))

    @rule(index=some)
    def accept(self, index: int) -> None:
        id = self.one_of(index, "offered")
        if id is not None:
            contact = self.oracle.contacts[id]
            assert self.run(cmd.Accept(contact.offer or "", contact.agent or ""))
            assert contact.state == "active"

    @rule(dt=st.sampled_from([0.0, 10.0]), index=some)
    def accept_any(self, dt: float, index: int) -> None:
        """Often one that is over, by the agent who had it."""
        self.wait(dt)
        if self.oracle.all_offers:
            offer, agent = self.oracle.all_offers[-1 - index % len(self.oracle.all_offers)]
            open_now = self.oracle.offers.get(offer)
            done = self.run(cmd.Accept(offer, agent))
            assert not done or (open_now is not None and open_now[2] > self.now)

    @rule(index=some)
    def accept_stale(self, index: int) -> None:
        """An earlier offer of a contact that is being offered again."""
        current = set(self.oracle.offers)
        contacts = {offer.rsplit(".", 1)[0] for offer in current}
        old = [each for each in self.oracle.all_offers if each[0].rsplit(".", 1)[0] in contacts]
        old = [each for each in old if each[0] not in current]
        if old:
            assert not self.run(cmd.Accept(*old[index % len(old)])), "a stale accept won"

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

    @rule(dt=st.sampled_from([0.0, 5.0]), index=some)
    def abandon(self, dt: float, index: int) -> None:
        self.wait(dt)
        id = self.one_of(index, "queued", "offered", "offered")
        if id is not None:
            self.run(cmd.Abandon(id))

    @rule(dt=st.sampled_from([0.0, 1.0, 61.0]), index=some)
    def complete(self, dt: float, index: int) -> None:
        self.wait(dt)
        id = self.one_of(index, "active")
        if id is not None:
            assert self.run(cmd.Complete(id))

    @rule(index=some, agent=who)
    def wrap_up_done(self, index: int, agent: str) -> None:
        id = self.one_of(index, "wrap_up")
        if id is not None:
            assert self.run(cmd.EndWrapUp(id, self.oracle.contacts[id].agent or ""))

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

    @rule(dt=st.sampled_from([0.0, 1.0]), index=some, agent=who)
    def pick(self, dt: float, index: int, agent: str) -> None:
        self.wait(dt)
        id = self.one_of(index, "queued", "offered")
        if id is not None:
            self.run(cmd.Pick(id, agent))

    @rule(index=some, agent=who)
    def hand_over(self, index: int, agent: str) -> None:
        id = self.one_of(index, "active")
        if id is not None:
            self.run(cmd.HandOver(id, agent))

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

    @rule(agent=who, capacity=st.integers(1, 3), change=st.sampled_from(["capacity", "agent", "queue", "all"]))
    def configure(self, agent: str, capacity: int, change: str) -> None:
        agents = self.configuration.agents
        queues = self.configuration.queues
        if change == "capacity":
            agents = tuple(AgentConfig(a.id, a.queues, capacity if a.id == agent else 2) for a in agents)
        elif change == "agent":
            agents = tuple(each for each in agents if each.id != agent)
            self.consoles.discard(agent)
        elif change == "queue":
            queues = queues[1:]
            agents = tuple(AgentConfig(a.id, tuple({"care"} & set(a.queues)), a.capacity) for a in agents)
        self.run(cmd.Configure(msgspec.structs.replace(self.configuration, queues=queues, agents=agents)))

    @rule()
    def start_again(self) -> None:
        """What the events say is all that there is to know."""
        state = RoutingState()
        for event in self.events:
            state.apply(event)
        assert state.snapshot() == self.core.state.snapshot()
        core = RoutingCore(state)
        core.state.restore_leases(self.core.state.leases, self.now)
        state.touched.clear()
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
