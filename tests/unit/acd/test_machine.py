"""The machine finds nothing in the core, and finds each bug that is planted in it."""

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from webacd.core.errors import IllegalTransition

from .bugs import Plant
from .machine import RoutingMachine
from .wider_bugs import BUGS


def look(number: int, examples: int, phases: tuple[Phase, ...]) -> None:
    """Examples of one sequence; `number` says which."""
    run_state_machine_as_test(
        seed(number)(type("Machine", (RoutingMachine,), {})),
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            print_blob=False,
        ),
    )


def look_often() -> None:
    """Many short sequences: a long one goes on about what it began with."""
    for number in range(120):
        look(number, 20, (Phase.generate,))


@pytest.mark.timeout(180)
def test_rules_hold() -> None:
    look(0, 200, (Phase.generate, Phase.shrink))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("plant", BUGS.values(), ids=BUGS.keys())
def test_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(Exception) as found:
        look_often()
    causes = found.value.exceptions if isinstance(found.value, ExceptionGroup) else [found.value]
    # Anything else would say that the bug is badly planted.
    assert all(isinstance(cause, AssertionError | KeyError | IllegalTransition) for cause in causes), causes
