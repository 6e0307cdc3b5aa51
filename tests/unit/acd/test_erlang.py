"""The core against the formulas of Erlang C and A: 100 contacts an hour of 180 s. Brackets are the 95 % half-width of
one run of 100,000 contacts; the core may be off by one and a half of them."""

import statistics
from typing import NamedTuple

import pytest

from .simulation import Floor, Outcome, draws

WITHIN = 20.0
CONTACTS = 100_000


class Figure(NamedTuple):
    value: float
    half_width: float

    def meets(self, found: float) -> bool:
        return abs(found - self.value) <= 1.5 * self.half_width


ERLANG_C = {
    6: (Figure(0.5875, 0.0145), Figure(105.75, 11.1), Figure(0.4743, 0.0163)),
    7: (Figure(0.3241, 0.0114), Figure(29.17, 2.91), Figure(0.7404, 0.0113)),
    8: (Figure(0.1673, 0.0076), Figure(10.04, 1.09), Figure(0.8801, 0.0069)),
    10: (Figure(0.0361, 0.0037), Figure(1.30, 0.22), Figure(0.9793, 0.0029)),
}
"""Share that waits, mean wait, share answered within 20 s; by agents."""
ERLANG_A = (Figure(0.0987, 0.0034), Figure(15.22, 0.47), Figure(0.7026, 0.0075))
"""Six agents, patience 180 s: share that leaves, mean wait of the answered, share answered within 20 s."""


def within(outcomes: list[Outcome]) -> float:
    return sum(what == "answered" and waited <= WITHIN for what, waited in outcomes) / len(outcomes)


@pytest.mark.long
@pytest.mark.timeout(300)
@pytest.mark.parametrize("agents", ERLANG_C)
def test_erlang_c(agents: int) -> None:
    outcomes = Floor(agents).run(*draws(CONTACTS, seed=100 + agents))
    waits = [waited for _, waited in outcomes]
    found = (sum(waited > 0 for waited in waits) / CONTACTS, statistics.fmean(waits), within(outcomes))
    assert all(figure.meets(value) for figure, value in zip(ERLANG_C[agents], found, strict=True)), found


@pytest.mark.long
@pytest.mark.timeout(300)
def test_erlang_a() -> None:
    outcomes = Floor(6).run(*draws(CONTACTS, seed=60, patience=180.0))
    answered = [waited for what, waited in outcomes if what == "answered"]
    found = (1 - len(answered) / CONTACTS, statistics.fmean(answered), within(outcomes))
    assert all(figure.meets(value) for figure, value in zip(ERLANG_A, found, strict=True)), found
