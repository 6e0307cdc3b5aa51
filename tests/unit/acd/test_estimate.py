"""Waits foretold at arrival against waits that came, on one trace: eight agents, first come, one class, load .85."""

import statistics

from webacd.core import commands as cmd
from webacd.core.config import AgentConfig, Configuration, QueueConfig, Rules, SkillConfig, SkillLevel
from webacd.core.routing import RoutingCore

from .simulation import HANDLE_SECONDS, Floor, draws

AGENTS = 8
LOAD = 0.85
CONTACTS = 20_000


def of_asterisk(arrivals: list[float], waits: list[float]) -> list[float]:
    """What Asterisk says at each arrival: a moving mean of the waits of who was answered, three parts old to one new
    (`update_qe_rule` and `recalc_holdtime` in app_queue.c)."""
    answered = sorted((at + waited, waited) for at, waited in zip(arrivals, waits, strict=True))
    told: list[float] = []
    hold = 0.0
    done = 0
    for at in arrivals:
        while done < len(answered) and answered[done][0] < at:
            hold = (3 * hold + answered[done][1]) / 4
            done += 1
        told.append(hold)
    return told


def mean_error(told: list[float], waits: list[float]) -> float:
    return statistics.fmean(abs(said - waited) for said, waited in zip(told, waits, strict=True))


def test_estimates_are_nearer_than_a_moving_mean() -> None:
    arrivals, service, patience = draws(CONTACTS, seed=85, an_hour=3600 * LOAD * AGENTS / HANDLE_SECONDS)
    floor = Floor(AGENTS)
    waits = [waited for _, waited in floor.run(arrivals, service, patience)]
    told = [floor.estimates[str(contact)] or 0.0 for contact in range(CONTACTS)]
    ours, theirs = mean_error(told, waits), mean_error(of_asterisk(arrivals, waits), waits)
    assert ours <= theirs * 2 / 3, (ours, theirs)


def floor_of(*agents: AgentConfig, busy: int) -> RoutingCore:
    """Everybody at work, and `busy` more who wait in `other`."""
    core = RoutingCore()
    queues = (QueueConfig("q", "Q", handle_seconds=100.0), QueueConfig("other", "Other", handle_seconds=50.0))
    skills = (SkillConfig("french", "French"),)
    core.step(cmd.Configure(Configuration(queues, agents, skills=skills, rules=Rules(grace_seconds=1e6))), 0.0)
    for number, agent in enumerate(agents):
        core.step(cmd.SetState(agent.id, "ready"), 0.0)
        core.step(cmd.StartOutbound(cmd.Request(f"o{number}", None), agent.id), 0.0)
    for number in range(busy):
        core.step(cmd.Enqueue(cmd.Request(f"w{number}", "other")), 0.0)
    return core


def test_an_agent_of_several_queues_counts_by_the_share_that_is_left() -> None:
    own, shared = AgentConfig("ann", ("q",), 1), AgentConfig("bob", ("q", "other"), 1)
    assert floor_of(own, busy=0).state.estimate_at("q", 1) == 100.0
    assert floor_of(own, shared, busy=0).state.estimate_at("q", 1) == 50.0
    # bob has 2 x 50 s of the other queue to do first, and so is worth half an agent of one's own.
    estimate = floor_of(own, shared, busy=2).state.estimate_at("q", 1)
    assert estimate is not None
    assert abs(estimate - 100 / 1.5) < 1e-9


def test_more_agents_never_make_it_longer() -> None:
    agents = [AgentConfig(f"a{n}", ("q", "other") if n % 2 else ("q",), 1) for n in range(6)]
    waits = [floor_of(*agents[:many], busy=9).state.estimate_at("q", 4) for many in range(1, 7)]
    known = [wait for wait in waits if wait is not None]
    assert len(known) == 6
    assert known == sorted(known, reverse=True)


def test_only_who_has_the_skill_counts() -> None:
    speaks = AgentConfig("ann", ("q",), 1, skills=(SkillLevel("french", 2),))
    core = floor_of(speaks, AgentConfig("bob", ("q",), 1), busy=0)
    core.step(cmd.Enqueue(cmd.Request("c1", "q", skills=(("french", 2),))), 0.0)
    core.step(cmd.Enqueue(cmd.Request("c2", "q", skills=(("french", 3),))), 0.0)
    contacts = core.state.contacts
    assert (contacts["c1"].estimate, contacts["c2"].estimate) == (100.0, None)
