"""The machine finds nothing in the core, and finds each bug that is planted in it."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from webacd.core.errors import IllegalTransition

from .bugs import Plant
from .machine import RoutingMachine
from .wider_bugs import BUGS


def look(examples: int, steps: int, phases: tuple[Phase, ...]) -> None:
    run_state_machine_as_test(
        RoutingMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=phases,
            print_blob=False,
        ),
    )


@pytest.mark.timeout(180)
def test_rules_hold() -> None:
    look(200, 30, (Phase.generate, Phase.shrink))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("plant", BUGS.values(), ids=BUGS.keys())
def test_planted_bug_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises(Exception) as found:
        # Most are found at once; what takes days between two calls of one customer needs many tries.
        look(2500, 30, (Phase.generate,))
    causes = found.value.exceptions if isinstance(found.value, ExceptionGroup) else [found.value]
    # Anything else would say that the bug is badly planted.
    assert all(isinstance(cause, AssertionError | KeyError | IllegalTransition) for cause in causes), causes
