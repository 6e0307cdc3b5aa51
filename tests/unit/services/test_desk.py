"""What a change costs: one look at whom it concerns, and one frame for all who are told the same."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rs_server.db.migrate import migrate
from tests.bench.desk import Office

SIZE = 40


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    await migrate(f"sqlite+aiosqlite:///{tmp_path / f'{SIZE}.db'}")
    office = Office(tmp_path, SIZE)
    await office.open()
    yield office
    await office.close()


def counted(monkeypatch: pytest.MonkeyPatch, of: Any, name: str) -> list[object]:
    calls: list[object] = []
    before = getattr(of, name)

    def call(*args: Any) -> Any:
        calls.append(args)
        return before(*args)

    monkeypatch.setattr(of, name, call)
    return calls


async def test_one_change_is_one_look_and_one_frame(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[bytes] = []
    for screen in office.screens:
        monkeypatch.setattr(screen, "put", frames.append)
    looked = counted(monkeypatch, office.desk._board, "_colleague")
    own = counted(monkeypatch, office.desk, "own")
    encoded = counted(monkeypatch, office.desk, "encoded")
    await office.change(3)
    assert (len(looked), len(own), len(encoded)) == (1, 1, 1)
    assert len(frames) == SIZE
    assert len({id(frame) for frame in frames}) == 1
    body = msgspec.json.decode(frames[0])["body"]
    assert [row["user"] for row in body["team"]] == ["agent3"]


async def test_nothing_is_told_when_nothing_changed(office: Office) -> None:
    before = [screen.frames for screen in office.screens]
    office.desk.look()
    office.desk.stir(["agent1", "agent2"])
    office.desk.look()
    assert [screen.frames for screen in office.screens] == before


async def test_a_supervisor_is_told_of_one_row(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    boss = office.screens[0]
    office.page.watch(boss)
    frames: list[bytes] = []
    monkeypatch.setattr(boss, "put", frames.append)
    rows = counted(monkeypatch, office.page, "_agent_row")
    await office.change(5)
    assert len(rows) == 1
    body = msgspec.json.decode(frames[-1])["body"]
    assert [row["user"] for row in body["agents"]] == ["agent5"]
    assert {row["id"] for row in body["queues"]} == {"q5", "q6"}
    office.page.unwatch(boss)
    await office.change(6)
    assert not any(b"agent6" in frame and b"supervise" in frame for frame in frames)
