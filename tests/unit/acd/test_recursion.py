"""The waits must equal those of the exact first-come recursion, contact by contact."""

import heapq
import random

import pytest

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import AgentConfig, Configuration, QueueConfig
from webacd.core.routing import RoutingCore

Outcome = tuple[str, float]
FOREVER = 1e12


def recursion(agents: int, arrivals: list[float], service: list[float], patience: list[float]) -> list[Outcome]:
    """Waits of the answered, patience of those who left."""
    free = [0.0] * agents
    outcomes: list[Outcome] = []
    for at, seconds, limit in zip(arrivals, service, patience, strict=True):
        wait = max(0.0, free[0] - at)
        if limit < wait:
            outcomes.append(("abandoned", limit))
        else:
            heapq.heapreplace(free, at + wait + seconds)
            outcomes.append(("answered", wait))
    return outcomes


class Floor:
    """The core among agents who accept at once."""

    def __init__(self, agents: int) -> None:
        self.core = RoutingCore()
        self.outcomes: dict[str, Outcome] = {}
        self.agenda: list[tuple[float, int, str, str]] = []
        queue = QueueConfig("q", "Q", wrap_up_seconds=0.0, offer_seconds=FOREVER)
        names = [f"a{index}" for index in range(agents)]
        config = Configuration((queue,), tuple(AgentConfig(name, ("q",), 1) for name in names))
        self.core.step(cmd.Configure(config), 0.0)
        for name in names:
            self.core.step(cmd.SetState(name, "ready"), 0.0)
            self.core.state.lease(name, FOREVER)

    def run(self, arrivals: list[float], service: list[float], patience: list[float]) -> list[Outcome]:
        self.agenda = [(at, 1, "arrive", str(index)) for index, at in enumerate(arrivals)]
        self.agenda += [
            (at + limit, 2, "leave", str(index))
            for index, (at, limit) in enumerate(zip(arrivals, patience, strict=True))
        ]
        heapq.heapify(self.agenda)
        while self.agenda:
            now, _, what, id = heapq.heappop(self.agenda)
            if what == "leave" and id in self.outcomes:
                continue
            self.step(self.command(what, id), now, service)
        return [self.outcomes[str(index)] for index in range(len(arrivals))]

    def command(self, what: str, id: str) -> cmd.Command:
        match what:
            case "arrive":
                return cmd.Enqueue(cmd.Request(id, "q"))
            case "leave":
                return cmd.Abandon(id)
            case _:
                return cmd.Complete(id)

    def step(self, command: cmd.Command, now: float, service: list[float]) -> None:
        for event in self.core.step(command, now):
            match event:
                case ev.OfferMade():
                    self.step(cmd.Accept(event.offer, event.agent), now, service)
                case ev.ContactAssigned():
                    self.outcomes[event.contact] = ("answered", event.waited)
                    end = now + service[int(event.contact)]
                    heapq.heappush(self.agenda, (end, 0, "complete", event.contact))
                case ev.ContactAbandoned():
                    self.outcomes[event.contact] = ("abandoned", event.waited)


@pytest.mark.parametrize(("agents", "mean_patience"), [(6, None), (8, None), (6, 180.0)])
def test_waits_equal_the_recursion(agents: int, mean_patience: float | None) -> None:
    draw = random.Random(agents)
    contacts = 3000
    arrivals: list[float] = []
    now = 0.0
    for _ in range(contacts):
        now += draw.expovariate(100 / 3600)
        arrivals.append(now)
    service = [draw.expovariate(1 / 180) for _ in range(contacts)]
    patience = [draw.expovariate(1 / mean_patience) if mean_patience else FOREVER for _ in range(contacts)]
    expected = recursion(agents, arrivals, service, patience)
    got = Floor(agents).run(arrivals, service, patience)
    assert [what for what, _ in got] == [what for what, _ in expected]
    assert [seconds for _, seconds in got] == pytest.approx([seconds for _, seconds in expected], abs=1e-6)
