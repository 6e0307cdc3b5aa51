"""Steps of the routing core, beside a scan over everybody who waits."""

import random
import time
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

from tests.bench.rows import Row, measures, row
from webacd.core import commands as cmd
from webacd.core.config import AgentConfig, Configuration, QueueConfig, Rules
from webacd.core.events import OfferMade
from webacd.core.routing import RoutingCore

LENGTHS = {"1k": 1_000, "10k": 10_000, "100k": 100_000}
AGENTS = 100
AGEING = 60.0
SECONDS = 0.5
TURNS = 3

NEEDED = 3 * 444
"""10,000 agents with 8 contacts of 180 s each are 444 contacts a second, in three steps each."""


@measures("acd.steps_per_second", seconds=150)
async def steps(_folder: Path) -> Sequence[Row]:
    """A contact ends, the next is accepted, a new one comes: three steps, and the line stays as long as it is."""
    rows = []
    for name, length in LENGTHS.items():
        core, scan = Core(length), Scan(length)
        # In turn, so that a busy moment of the machine meets both.
        rates = [(rate(core.turn), rate(scan.turn)) for _ in range(TURNS)]
        ours, theirs = (max(column) for column in zip(*rates, strict=True))
        rows.append(
            row(
                f"acd.steps_per_second.{name}",
                ours,
                "/CPU s",
                at_least=NEEDED,
                peer=f"a scan that keeps no events: {theirs:,.0f}/s; ours {ours / theirs:,.1f} times as many",
            )
        )
    return rows


def rate(turn: Callable[[], None]) -> float:
    """Steps a second of processor time."""
    began = time.process_time()
    turns = 0
    while (elapsed := time.process_time() - began) < SECONDS:
        turn()
        turns += 1
    return 3 * turns / elapsed


class Core:
    """The core with everybody at work and `length` who wait."""

    def __init__(self, length: int) -> None:
        self._core = RoutingCore()
        self._random = random.Random(1)
        self._now = 0.0
        self._next = 0
        agents = tuple(AgentConfig(f"agent{number}", ("help",), 1) for number in range(AGENTS))
        queue = QueueConfig("help", "Help", wrap_up_seconds=0.0, ageing=AGEING)
        self._step(cmd.Configure(Configuration((queue,), agents, rules=Rules(grace_seconds=1e9))))
        self._busy: list[str] = []
        for agent in agents:
            self._step(cmd.SetState(agent.id, "ready"))
            self._busy.append(self._accept(self._enqueue()))
        for _ in range(length):
            self._enqueue()
        self._turns = cycle(range(AGENTS))

    def turn(self) -> None:
        number = next(self._turns)
        self._busy[number] = self._accept(self._step(cmd.Complete(self._busy[number])))
        self._enqueue()

    def _accept(self, events: Sequence[object]) -> str:
        offer = next(event for event in events if isinstance(event, OfferMade))
        self._step(cmd.Accept(offer.offer, offer.agent))
        return offer.contact

    def _enqueue(self) -> Sequence[object]:
        self._next += 1
        return self._step(cmd.Enqueue(cmd.Request(f"contact{self._next}", "help", priority=self._random.randrange(4))))

    def _step(self, command: cmd.Command) -> Sequence[object]:
        self._now += 0.01
        return self._core.step(command, self._now)


class Scan:
    """The same by looking at everybody who waits whenever an agent is free; nothing else is kept."""

    def __init__(self, length: int) -> None:
        self._random = random.Random(1)
        self._now = 0.0
        self._next = 0
        self._waiting: dict[int, tuple[float, int]] = {}
        for _ in range(length + AGENTS):
            self._enqueue()
        self._busy = [self._take() for _ in range(AGENTS)]
        self._turns = cycle(range(AGENTS))

    def turn(self) -> None:
        self._busy[next(self._turns)] = self._take()
        self._enqueue()

    def _take(self) -> int:
        _, first = min(self._waiting.values())
        del self._waiting[first]
        return first

    def _enqueue(self) -> None:
        self._next += 1
        self._now += 0.03
        self._waiting[self._next] = self._now - AGEING * self._random.randrange(4), self._next
