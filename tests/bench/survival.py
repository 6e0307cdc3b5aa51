"""How soon a session goes on after a reload, a crash or a lost browser."""

from collections.abc import Sequence
from pathlib import Path

from tests.bench.rows import Row, measures, row
from tests.integration.cluster.test_crowd import killed_under_a_crowd
from tests.support import postgres
from tests.support.browsers import people
from tests.support.demo import demo
from tests.support.survival import kill_agent, kill_server, kill_worker, reload_while_talking, talking

RELOADS = 3
KILLS = 5


@measures("survival.reload", "survival.worker", "survival.server", "survival.agent_lost", seconds=240)
async def people_go_on(folder: Path) -> Sequence[Row]:
    """One session with voice both ways, under Chromium's ordinary rules for autoplay, through all of it."""
    async with demo(folder / "data") as company, people(folder) as crowd:
        agent, _customer, window = await talking(company, crowd, autoplay=False)
        reloads = {
            name: [await reload_while_talking(agent, window, *who) for _ in range(RELOADS)]
            for name, who in (("customer", (window,)), ("agent", (agent,)), ("both", (window, agent)))
        }
        worker = await kill_worker(company, agent, window)
        server = await kill_server(company, agent, window)
        lost = await kill_agent(agent, window)
    slowest = max(map(max, reloads.values()))
    longest = ", ".join(f"{name} {max(values):.2f}" for name, values in reloads.items())
    return [
        row("survival.reload", slowest, "s", at_most=3, peer=f"longest of {RELOADS}: {longest}"),
        row("survival.worker", worker, "s", at_most=5, peer="kill -9; until both hear each other"),
        row("survival.server", server, "s", at_most=5, peer="kill -9; from its next start until both hear each other"),
        row("survival.agent_lost", lost, "s", at_most=10, peer="browser killed; until the customer reads it"),
    ]


@measures("survival.writer", seconds=300)
async def the_next_writer(folder: Path) -> Sequence[Row]:
    """Two servers on PostgreSQL; the one that routes is killed at any moment, 16 agents and their customers go on."""
    absent = postgres.missing()
    if absent is not None:
        raise RuntimeError(absent)
    with postgres.running() as server:
        took = await killed_under_a_crowd(folder, server, KILLS)
    return [row("survival.writer", max(took), "s", at_most=5, peer=f"kill -9, longest of {KILLS}, under a crowd")]
