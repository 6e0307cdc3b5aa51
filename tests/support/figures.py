"""Figures that tests saw on their way, printed at the end of the run."""

import os

SLACK = 1.0 if os.environ.get("RS_BARS") == "strict" else 5.0
"""How many times as long as its bar something may take: on a machine that does much else at once, time says little.
`make test-long` is strict."""

_SEEN: list[tuple[str, float, str]] = []


def note(name: str, value: float, unit: str) -> None:
    _SEEN.append((name, value, unit))


def held(name: str, value: float, unit: str, bar: float) -> None:
    """Less is better, and `bar` is too much."""
    note(name, value, unit)
    assert value < bar * SLACK, f"{name}: {value:.3f} {unit}, at most {bar:g}"


def seen() -> list[str]:
    return [f"{name:<52} {value:8.3f} {unit}" for name, value, unit in _SEEN]
