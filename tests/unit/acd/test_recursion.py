"""The waits must equal those of the exact first-come recursion, contact by contact."""

import heapq

import pytest

from .simulation import Floor, Outcome, draws


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


@pytest.mark.parametrize(("agents", "mean_patience"), [(6, None), (8, None), (6, 180.0)])
def test_waits_equal_the_recursion(agents: int, mean_patience: float | None) -> None:
    arrivals, service, patience = draws(20_000, seed=agents, patience=mean_patience)
    expected = recursion(agents, arrivals, service, patience)
    got = Floor(agents).run(arrivals, service, patience)
    assert [what for what, _ in got] == [what for what, _ in expected]
    assert [seconds for _, seconds in got] == pytest.approx([seconds for _, seconds in expected], abs=1e-6)
