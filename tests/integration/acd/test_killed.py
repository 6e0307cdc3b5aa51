"""`kill -9` at random moments, again and again: nobody lost, nobody doubled, no offer that does not exist."""

import random
from pathlib import Path

import pytest

from tests.contract.acd import sqlite
from tests.support import floor
from tests.support.figures import note


async def killed(url: str, rounds: int, seed: int) -> None:
    journal, draw = floor.Journal(), random.Random(seed)
    await floor.configure(url)
    for number in range(rounds):
        await floor.killed_round(url, number, journal, draw)
        if number % 10 == 9 or number == rounds - 1:
            found = await floor.compare(url, journal, replay=number == rounds - 1)
            assert (found.lost, found.doubled, found.ghosts, found.unfit) == ([], [], [], []), number
    note(f"contacts told to be queued, {rounds} rounds killed", len(journal.queued), "")
    note(f"offers told, {rounds} rounds killed", len(journal.offered), "")
    # Rounds in which nothing happened would show nothing.
    assert len(journal.queued) > 2 * rounds
    assert len(journal.accepted) > rounds
    assert len(journal.ended) > rounds


async def test_six_rounds(tmp_path: Path) -> None:
    await killed(sqlite(tmp_path), 6, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_two_hundred_rounds(tmp_path: Path) -> None:
    await killed(sqlite(tmp_path), 200, seed=2)


async def test_the_comparison_finds_what_is_wrong(tmp_path: Path) -> None:
    """Planted: a journal that tells of more than there is."""
    url = sqlite(tmp_path)
    await floor.configure(url)
    journal = floor.Journal()
    for line in ("queued x", "offered x.1 x agent00", "accepted x agent00", "ended x", "queued x"):
        journal.note(line)
    found = await floor.compare(url, journal)
    assert found.lost[0] == "queued x"
    assert len(found.lost) == 4
    assert found.doubled == ["queued x"]
    assert found.ghosts == ["offer x.1"]
