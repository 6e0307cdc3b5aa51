"""`kill -9` at random moments, again and again: nobody lost, nobody doubled, no offer that does not exist, nobody
called without an attempt on disk, and nobody twice in one."""

import random
from collections import Counter
from pathlib import Path

import pytest

from tests.contract.acd import sqlite
from tests.support import floor
from tests.support.figures import note

NOTHING = floor.Found([], [], [], [], [])


async def killed(url: str, rounds: int, seed: int) -> None:
    journal, draw = floor.Journal(), random.Random(seed)
    await floor.configure(url)
    hows: Counter[str] = Counter()
    for number in range(rounds):
        hows[await floor.killed_round(url, number, journal, draw)] += 1
        if number % 10 == 9 or number == rounds - 1:
            assert await floor.compare(url, journal, replay=number == rounds - 1) == NOTHING, number
    await floor.drained(url, rounds, journal)
    assert await floor.compare(url, journal) == NOTHING
    calls = journal.calls
    kind = f"{rounds} rounds killed, {url.partition(':')[0]}"
    note(f"contacts told to be queued, {kind}", len(journal.queued), "")
    note(f"offers told, {kind}", len(journal.offered), "")
    note(f"callbacks asked for, {kind}", len(calls.asked), "")
    note(f"numbers told, {kind}", len(calls.told), "")
    note(f"numbers dialled, {kind}", len(calls.dialled), "")
    note(f"rounds killed between an attempt and its dial, {kind}", hows["stored"] + hows["told"], "")
    # Rounds in which nothing happened would show nothing.
    assert len(journal.queued) > 2 * rounds
    assert len(journal.accepted) > rounds
    assert len(journal.ended) > rounds
    assert len(calls.dialled) > rounds
    assert hows["stored"]
    assert hows["told"]


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
    for line in ("asked c", "told c 1 agent00", "dialled c 1 agent00", "dialled c 1 agent00", "closed c 1 busy"):
        journal.note(line)
    found = await floor.compare(url, journal)
    assert found.lost[0] == "queued x"
    assert len(found.lost) == 4
    assert found.doubled == ["queued x"]
    assert found.ghosts == ["offer x.1"]
    assert found.calls == [
        "lost: asked c",
        "told without an attempt on disk: ('c', 1)",
        "dialled without an attempt on disk: ('c', 1)",
        "dialled without an attempt on disk: ('c', 1)",
        "dialled 2 times in one attempt: ('c', 1)",
        "lost: closed ('c', 1) busy",
    ]
