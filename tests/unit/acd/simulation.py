"""The core among agents who accept at once, and chance that can be repeated."""

import heapq
import random

from webacd.core import commands as cmd
from webacd.core import events as ev
from webacd.core.config import AgentConfig, Configuration, QueueConfig
from webacd.core.routing import RoutingCore

Outcome = tuple[str, float]
"""Answered or abandoned, and after how many seconds."""
FOREVER = 1e12
HANDLE_SECONDS = 180.0


def draws(
    contacts: int, seed: int, patience: float | None = None, an_hour: float = 100.0
) -> tuple[list[float], list[float], list[float]]:
    """Arrivals, handle times and patience, exponential; handle times of 180 s."""
    draw = random.Random(seed)
    arrivals: list[float] = []
    now = 0.0
    for _ in range(contacts):
        now += draw.expovariate(an_hour / 3600)
        arrivals.append(now)
    service = [draw.expovariate(1 / HANDLE_SECONDS) for _ in range(contacts)]
    return arrivals, service, [draw.expovariate(1 / patience) if patience else FOREVER for _ in range(contacts)]


class Floor:
    """The core among agents who accept at once."""

    def __init__(self, agents: int) -> None:
        self.core = RoutingCore()
        self.estimates: dict[str, float | None] = {}
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
                case ev.ContactArrived():
                    self.estimates[event.contact] = event.estimate
                case ev.OfferMade():
                    self.step(cmd.Accept(event.offer, event.agent), now, service)
                case ev.ContactAssigned():
                    self.outcomes[event.contact] = ("answered", event.waited)
                    end = now + service[int(event.contact)]
                    heapq.heappush(self.agenda, (end, 0, "complete", event.contact))
                case ev.ContactAbandoned():
                    self.outcomes[event.contact] = ("abandoned", event.waited)
