"""Commands that take things away, and those that carry the configuration by a file."""

import asyncio
import json
from pathlib import Path

import pytest

from .conftest import House
from .test_setup import PASSWORD, command, done, furnish


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    await furnish(folder)
    return folder


async def file_of(data: Path, folder: Path, name: str = "kept.json") -> Path:
    path = folder / name
    assert await done(data, "configuration", "export", str(path)) == ""
    return path


async def complaint(data: Path, *arguments: str) -> str:
    status, said, complained = await command(data, *arguments)
    assert (status, said) == (1, "")
    return complained


async def test_what_is_removed_is_gone_and_once_more_does_nothing(data: Path) -> None:
    await done(data, "queue", "put", "extra")
    for _ in range(2):
        assert await done(data, "queue", "remove", "extra") == "queue extra is not there any more\n"
        assert await done(data, "reason", "remove", "lunch") == "reason lunch is not there any more\n"
        assert await done(data, "outcome", "remove", "solved") == "outcome solved is not there any more\n"
        assert await done(data, "agent", "amelie", "--remove") == "amelie serves nobody any more\n"
    there = json.loads(await done(data, "configuration", "export"))["configuration"]
    assert [queue["id"] for queue in there["queues"]] == ["support"]
    assert there["queues"][0]["outcome_codes"] == there["reasons"] == there["agents"] == []


async def test_agents_leave_a_queue_that_is_removed(data: Path) -> None:
    await done(data, "queue", "put", "extra")
    await done(data, "agent", "amelie", "--queue", "extra", "--queue", "support")
    await done(data, "queue", "remove", "extra")
    [agent] = json.loads(await done(data, "configuration", "export"))["configuration"]["agents"]
    assert agent["queues"] == ["support"]


async def test_a_queue_in_which_customers_of_a_site_wait_stays(data: Path) -> None:
    assert "customers of shop wait in 'support'" in await complaint(data, "queue", "remove", "support")
    await done(data, "site", "remove", "shop")
    await done(data, "queue", "remove", "support")
    assert await done(data, "queue", "list") == ""


async def test_who_is_nobody_cannot_be_removed(data: Path) -> None:
    assert "there is no account 'nobody'" in await complaint(data, "agent", "nobody", "--remove")
    assert "is no name" in await complaint(data, "reason", "remove", "a b")


async def test_a_queue_keeps_what_the_command_does_not_name(data: Path, tmp_path: Path) -> None:
    path = await file_of(data, tmp_path)
    file = json.loads(path.read_text())
    file["configuration"]["groups"] = [{"id": "all", "name": "Everybody"}]
    file["configuration"]["queues"][0] |= {"priority": 7, "groups": ["all"], "steps": [{"after": 30, "lower": 1}]}
    path.write_text(json.dumps(file))
    await done(data, "configuration", "import", str(path))
    await done(data, "queue", "put", "support", "--name", "Help")
    [queue] = json.loads(await done(data, "configuration", "export"))["configuration"]["queues"]
    assert (queue["name"], queue["priority"], queue["groups"]) == ("Help", 7, ["all"])
    assert queue["outcome_codes"] == [{"id": "solved", "label": '{"en": "Solved"}'}]


async def test_out_and_in_again(data: Path, tmp_path: Path) -> None:
    path = await file_of(data, tmp_path)
    assert await done(data, "configuration", "import", str(path)) == "0 changes\n"
    await done(data, "queue", "put", "extra")
    await done(data, "reason", "put", "lunch", "--label", "en=Break")
    said = "changed: reason lunch\nremoved: queue extra\n2 changes"
    assert await done(data, "configuration", "import", str(path), "--check") == f"{said}, none made\n"
    assert "extra" in await done(data, "queue", "list")
    assert await done(data, "configuration", "import", str(path)) == f"{said}\n"
    assert (await file_of(data, tmp_path, "again.json")).read_bytes() == path.read_bytes()


async def test_into_an_empty_installation(data: Path, tmp_path: Path) -> None:
    path = await file_of(data, tmp_path)
    other = tmp_path / "other"
    said = await done(other, "configuration", "import", str(path))
    assert "added: queue support\n" in said
    assert (await file_of(other, tmp_path, "again.json")).read_bytes() == path.read_bytes()


async def test_what_is_odd_is_said_and_loaded(data: Path, tmp_path: Path) -> None:
    path = await file_of(data, tmp_path)
    file = json.loads(path.read_text())
    file["configuration"]["queues"].append({"id": "empty", "name": "Empty"})
    path.write_text(json.dumps(file))
    said = await done(data, "configuration", "import", str(path))
    assert said == "warning: queue empty: nobody serves this queue\nadded: queue empty\n1 change\n"


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("{", ["file: this is no JSON"]),
        ('{"deskside": 3}', ["a file of version 3 cannot be read; this server reads version 1"]),
        ('{"deskside": 1, "configuration": {"queues": 5}}', ["this is no configuration", "$.configuration.queues"]),
        (
            '{"deskside": 1, "configuration": {"queues": [{"id": "a", "name": "", "offer_seconds": 0}]}}',
            ["queue a name: something must stand here", "queue a offer_seconds: 0 is not within 1 and 3600"],
        ),
        ('{"deskside": 1, "configuration": {}}', ["customers of shop wait in this queue"]),
    ],
)
async def test_a_file_that_is_wrong_changes_nothing(
    data: Path, tmp_path: Path, text: str, complaints: list[str]
) -> None:
    before = await done(data, "configuration", "export")
    path = tmp_path / "wrong.json"
    path.write_text(text)
    said = await complaint(data, "configuration", "import", str(path))
    assert f"{path} is not loaded, and nothing has changed" in said
    for each in complaints:
        assert each in said
    assert await done(data, "configuration", "export") == before


async def test_a_file_that_is_not_there(data: Path, tmp_path: Path) -> None:
    assert "No such file" in await complaint(data, "configuration", "import", str(tmp_path / "none.json"))
    assert "No such file" in await complaint(data, "configuration", "export", str(tmp_path / "no" / "x.json"))


async def test_a_running_server_takes_the_file_up(house: House, tmp_path: Path) -> None:
    data = house.config.data
    path = tmp_path / "kept.json"
    await done(data, "configuration", "export", str(path), alone=False)
    file = json.loads(path.read_text())
    file["configuration"]["queues"] = [each for each in file["configuration"]["queues"] if each["id"] != "refunds"]
    path.write_text(json.dumps(file))
    await done(data, "configuration", "import", str(path), password=PASSWORD, alone=False)
    async with asyncio.timeout(20):
        while len(house.installation.acd.queues()) != 2:
            await asyncio.sleep(0.05)
