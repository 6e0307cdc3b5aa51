"""Decisions of the routing core: an agent becomes free, and the next contact is offered.

A decision is one `RoutingCore.step` with the command that ends a contact and brings about the next offer: its
deadlines, its three events (handle time, end, offer) and their folding into the state are all within. What it takes to
keep the floor as full as it was, the answer and a newcomer, is a step of its own and not counted.

Beside it a heap for each queue, which is the least that takes the first of several: no rules, states, deadlines,
events.
"""

import random
import time
from collections.abc import Sequence
from heapq import heappop, heappush
from itertools import count, cycle
from operator import itemgetter
from pathlib import Path

from tests.bench.rows import Row, measures, row
from webacd.core import commands as cmd
from webacd.core.config import AgentConfig, Configuration, QueueConfig, Rules
from webacd.core.events import OfferMade
from webacd.core.routing import RoutingCore

QUEUES = 50
QUEUES_OF_AGENT = 3
SECONDS = 0.5
TURNS = 3
BATCH = 50

NEEDED = 100_000
LONGER = 5.0
"""How many times as long a decision may take with a hundred times as many who wait."""
MORE_AGENTS = 2.0
"""The same with a hundred times as many agents."""


@measures("acd.decisions_per_second", seconds=120)
async def decisions(_folder: Path) -> Sequence[Row]:
    sizes = {
        "acd.decisions_per_second": (1_000, 10_000),
        "acd.decisions_per_second.1k_waiting": (1_000, 1_000),
        "acd.decisions_per_second.100k_waiting": (1_000, 100_000),
        "acd.decisions_per_second.100_agents": (100, 10_000),
        "acd.decisions_per_second.10k_agents": (10_000, 10_000),
    }
    best, plain = dict.fromkeys(sizes, 0.0), 0.0
    for _ in range(TURNS):
        # In turn, so that a busy moment of the machine meets all; one floor at a time, as one process has.
        for name, size in sizes.items():
            best[name] = max(best[name], BusyFloor(*size).rate(SECONDS))
        plain = max(plain, heaps_alone(*sizes["acd.decisions_per_second"], SECONDS))
    first, *others = best
    peer = (
        f"a heap for each queue, with no rules and events: {plain:,.0f}/s; ours {best[first] / plain:.2f} times as many"
    )
    rows = [row(first, best[first], "/CPU s", at_least=NEEDED, peer=peer)]
    rows += [row(name, best[name], "/CPU s") for name in others]
    few, many, small, large = (best[name] for name in others)
    rows.append(row("acd.growth.1k_to_100k_waiting", few / many, "times", at_most=LONGER))
    rows.append(row("acd.growth.100_to_10k_agents", small / large, "times", at_most=MORE_AGENTS))
    return rows


def heaps_alone(agents: int, waiting: int, seconds: float) -> float:
    """As `BusyFloor.rate`, of the heaps of three queues alone."""
    draw, numbers = random.Random(1), count()
    queues: list[list[tuple[int, int]]] = [[] for _ in range(QUEUES)]

    def come() -> None:
        heappush(draw.choice(queues), (-draw.randrange(4), next(numbers)))

    for _ in range(waiting):
        come()
    serving = cycle([[queues[number] for number in _queues_of(agent)] for agent in range(agents)])
    spent, made = 0.0, 0
    while spent < seconds:
        turn = [next(serving) for _ in range(BATCH)]
        began = time.process_time()
        for mine in turn:
            heappop(min((heap for heap in mine if heap), key=itemgetter(0)))
        spent += time.process_time() - began
        made += len(turn)
        for _ in turn:
            come()
    return made / spent


def _queues_of(agent: int) -> list[int]:
    return [(QUEUES_OF_AGENT * agent + more) % QUEUES for more in range(QUEUES_OF_AGENT)]


class BusyFloor:
    """Agents of three queues each, all of them at work, and so many who wait."""

    def __init__(self, agents: int, waiting: int) -> None:
        self._core = RoutingCore()
        self._random = random.Random(1)
        self._now = 0.0
        self._count = 0
        queues = tuple(QueueConfig(f"q{number}", f"Q{number}", wrap_up_seconds=0.0) for number in range(QUEUES))
        serving = [tuple(f"q{number}" for number in _queues_of(agent)) for agent in range(agents)]
        people = tuple(AgentConfig(f"agent{number}", each, 1) for number, each in enumerate(serving))
        configuration = Configuration(queues, people, rules=Rules(grace_seconds=1e9))
        self._core.step(cmd.Configure(configuration), 0.0)
        self._busy: list[str] = []
        for agent in people:
            self._core.step(cmd.SetState(agent.id, "ready"), 0.0)
        while len(self._busy) < agents:
            self._busy += self._accept(self._enqueue())
        for _ in range(waiting):
            self._enqueue()
        self._agents = cycle(range(agents))

    def rate(self, seconds: float) -> float:
        """Decisions a second of processor time, over so many seconds of them."""
        spent, made = 0.0, 0
        while spent < seconds:
            turn = [next(self._agents) for _ in range(min(BATCH, len(self._busy)))]
            commands = [cmd.Complete(self._busy[agent]) for agent in turn]
            self._now += 0.5
            step, now = self._core.step, self._now
            began = time.process_time()
            told = [step(command, now) for command in commands]
            spent += time.process_time() - began
            made += len(told)
            for agent, events in zip(turn, told, strict=True):
                (self._busy[agent],) = self._accept(events)
                self._enqueue()
        return made / spent

    def _accept(self, events: Sequence[object]) -> list[str]:
        offers = [event for event in events if isinstance(event, OfferMade)]
        for offer in offers:
            self._core.step(cmd.Accept(offer.offer, offer.agent), self._now)
        return [offer.contact for offer in offers]

    def _enqueue(self) -> Sequence[object]:
        self._count += 1
        queue = f"q{self._random.randrange(QUEUES)}"
        request = cmd.Request(f"contact{self._count}", queue, priority=self._random.randrange(4))
        return self._core.step(cmd.Enqueue(request), self._now)
