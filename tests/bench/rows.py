"""Rows of figures, and the registry of what gives them."""

import math
import statistics
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One figure. `value` is None when it could not be measured; `holds` when there is no bar."""

    name: str
    value: float | None
    unit: str
    bar: float | None
    holds: bool | None
    peer: str


def row(
    name: str,
    value: float,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    peer: str = "",
) -> Row:
    bar = at_least if at_most is None else at_most
    holds = None
    if at_most is not None:
        holds = value <= at_most
    elif at_least is not None:
        holds = value >= at_least
    return Row(name, value, unit, bar, holds, peer)


def spread(
    name: str,
    values: Sequence[float],
    unit: str,
    *,
    at_most: tuple[float | None, float | None] = (None, None),
    peer: str = "",
) -> list[Row]:
    """The rows `name.p50` and `name.p95`."""
    return [
        row(f"{name}.p50", statistics.median(values), unit, at_most=at_most[0], peer=peer),
        row(f"{name}.p95", quantile(values, 0.95), unit, at_most=at_most[1], peer=peer),
    ]


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least this part of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


Work = Callable[[Path], Awaitable[Sequence[Row]]]


class Measurement(NamedTuple):
    """`work` gets an empty folder and has `seconds` to give rows whose names begin with `names`."""

    names: tuple[str, ...]
    seconds: float
    work: Work

    def is_meant(self, prefixes: Sequence[str]) -> bool:
        return not prefixes or any(
            name.startswith(prefix) or prefix.startswith(name) for name in self.names for prefix in prefixes
        )


MEASUREMENTS: list[Measurement] = []


def measures(*names: str, seconds: float) -> Callable[[Work], Work]:
    """Adds a function to the registry, in the order of the text."""

    def add(work: Work) -> Work:
        MEASUREMENTS.append(Measurement(names, seconds, work))
        return work

    return add
