"""A customer's folders through their client: the real program, server and sockets."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cable import cable
from tests.support.client import Refused
from tests.support.client_program import native
from tests.support.figures import held, note
from tests.support.folder_scene import Scene
from tests.support.native_call import Call
from tests.support.person import Person
from tests.support.xserver import Application, XServer

from .test_session import joined


@pytest.fixture
async def scene(xserver: XServer, call: Call, tmp_path: Path) -> AsyncIterator[Scene]:
    folder = tmp_path / "home" / "Documents"
    folder.mkdir(parents=True)
    (tmp_path / "home" / "secret.txt").write_text("nobody's")
    async with (
        cable(call.house.base) as line,
        native(tmp_path, xserver.env, "--terminal", line.through(call.link)) as client,
    ):
        await joined(client, call)
        yield Scene(call, client, line, folder)


async def test_looking_and_downloading(scene: Scene) -> None:
    (scene.folder / "Old").mkdir()
    (scene.folder / "report.pdf").write_bytes(b"figures")
    await scene.let("files_read")
    await scene.client.said("may read: Documents")
    listed = (await scene.ask(op="list", path=[]))["entries"]
    assert [(each["name"], each["kind"], each["size"]) for each in listed] == [
        ("Old", "folder", None),
        ("report.pdf", "file", 7),
    ]
    done = await scene.ask(op="download", path=["report.pdf"])
    assert done["result"] == "done", done
    assert await scene.digest(done["file"]) == hashlib.sha256(b"figures").hexdigest()
    await scene.client.said("Amélie Morel downloads report.pdf from Documents")


async def test_ten_thousand_files(scene: Scene) -> None:
    names = [f"file {number:05}.txt" for number in range(10_000)]
    for name in names:
        (scene.folder / name).touch()
    await scene.let("files_read")
    found: list[str] = []
    took: list[float] = []
    after, clock = None, asyncio.get_running_loop().time
    while True:
        began = clock()
        answer = await scene.ask(op="list", path=[], after=after)
        took.append(clock() - began)
        found += [each["name"] for each in answer["entries"]]
        after = answer["next"]
        if after is None:
            break
    assert found == names
    assert len(took) == 20
    note("folders: 10,000 files listed, all 20 pages", sum(took), "s")
    held("folders: the slowest page of 10,000 files", max(took), "s", 2)


async def test_changing(scene: Scene, tmp_path: Path) -> None:
    (scene.folder / "old.txt").write_text("old")
    (scene.folder / "full").mkdir()
    (scene.folder / "full" / "x").touch()
    await scene.let("files_write")
    await scene.client.said("may change: Documents")

    async def refused(reason: str, **op: Any) -> None:
        answer = await scene.ask(**op)
        assert (answer["result"], answer.get("reason")) == ("refused", reason), op

    assert (await scene.ask(op="make", path=["New"]))["result"] == "done"
    await refused("exists", op="make", path=["New"])
    await refused("exists", op="rename", path=["old.txt"], name="New")
    assert (await scene.ask(op="rename", path=["old.txt"], name="renamed.txt"))["result"] == "done"
    await refused("not_found", op="rename", path=["old.txt"], name="again.txt")
    await refused("bad_name", op="make", path=["evil\u202egpj.exe"])
    await refused("not_empty", op="delete", path=["full"])

    (tmp_path / "up.txt").write_text("new")
    file = await scene.upload(tmp_path / "up.txt")
    (scene.folder / "up.txt").write_text("here")
    await refused("exists", op="upload", path=["up.txt"], file=file)
    assert (await scene.ask(op="upload", path=["up.txt"], file=file, exists="keep_both"))["name"] == "up (2).txt"
    assert (scene.folder / "up.txt").read_text() == "here"
    file = await scene.upload(tmp_path / "up.txt")
    before = len(scene.client.text)
    mark = await scene.begin(op="upload", path=["up.txt"], file=file, exists="replace")
    await scene.client.said("May Amélie Morel replace “up.txt”?", before)
    await scene.client.said("y yes", before)
    scene.client.type("y")
    assert await scene.end(mark) == {"result": "done", "file": None, "name": None, "replaced": True}
    assert {each.name for each in scene.folder.iterdir()} == {"New", "full", "renamed.txt", "up.txt", "up (2).txt"}
    assert (scene.folder / "up.txt").read_text() == "new"
    await scene.client.said("Amélie Morel renames old.txt in Documents to renamed.txt")
    await scene.client.said("Amélie Morel puts up.txt into Documents")
    await scene.client.said("Amélie Morel replaces up.txt in Documents")
    lines = scene.call.agent.view(scene.call.session)["lines"]
    said = [(line["data"]["act"], line["data"]["place"]) for line in lines if line["kind"] == "folder"]
    assert said[-2:] == [("upload", "Documents/up (2).txt"), ("replace", "Documents/up.txt")]


async def test_each_deletion_is_asked(scene: Scene) -> None:
    for name in ("one.txt", "two.txt"):
        (scene.folder / name).touch()
    (scene.folder / "Empty").mkdir()
    await scene.let("files_write")
    for name, typed, reason in (("one.txt", "", "declined"), ("two.txt", "y", None), ("Empty", "y", None)):
        before = len(scene.client.text)
        mark = await scene.begin(op="delete", path=[name])
        await scene.client.said(f"“{name}”?", before)
        await scene.client.said("y yes", before)
        assert (scene.folder / name).exists()
        scene.client.type(typed)
        assert (await scene.end(mark)).get("reason") == reason
        assert scene.heard(mark)[0]["result"] == "asking"
    assert [each.name for each in scene.folder.iterdir()] == ["one.txt"]

    before = len(scene.client.text)
    mark = await scene.begin(op="delete", path=["one.txt"])
    await scene.client.said("y yes", before)
    (scene.folder / "one.txt").unlink()
    (scene.folder / "one.txt").mkdir()
    scene.client.type("y")
    assert (await scene.end(mark))["reason"] == "changed", "what was asked about is not what is there now"


async def test_neither_way_without_its_own_consent(scene: Scene, tmp_path: Path) -> None:
    """The server lets none through; the client, asked all the same, does nothing either: see the unit tests."""
    (tmp_path / "up.txt").write_text("x")
    (scene.folder / "a").write_text("a")
    await scene.let("files_read")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.begin(op="make", path=["b"])
    with pytest.raises(AssertionError, match="not_allowed"):
        await scene.upload(tmp_path / "up.txt")
    for grant in scene.call.grants("files_read", "granted"):
        await scene.call.agent.do("grant.cancel", scene.call.session, grant=grant["id"])
    await scene.let("files_write")
    with pytest.raises(Refused, match="not_allowed"):
        await scene.begin(op="download", path=["a"])
    assert {each.name for each in scene.folder.iterdir()} == {"a"}


async def test_the_stop_keys_end_it_though_nothing_is_shown(scene: Scene, xserver: XServer) -> None:
    before = len(scene.client.text)
    await scene.let("files_read")
    await scene.client.said("Ctrl+Shift+F12 stops everything", before)
    app = Application(xserver.display)
    Person(app).stop_keys()
    await scene.call.grant("files_read", "withdrawn")
    await scene.client.said("Stopped.", before)
    app.close()


async def test_nothing_chosen_is_no(scene: Scene) -> None:
    before = len(scene.client.text)
    await scene.call.ask("files_read")
    await scene.client.said("y yes", before)
    scene.client.type("y")
    for wrong, words in (("/", "everything on this computer"), ("/nowhere", "There is no such folder.")):
        await scene.client.said("A folder", before)
        before = len(scene.client.text)
        scene.client.type(wrong)
        await scene.client.said(words, before)
    scene.client.type("")
    await scene.call.grant("files_read", "refused")


async def test_out_of_the_folder_leads_no_way(scene: Scene) -> None:
    (scene.folder / "out").symlink_to(scene.folder.parent)
    (scene.folder / "secret").symlink_to(scene.folder.parent / "secret.txt")
    os.mkfifo(scene.folder / "pipe")
    for capability in ("files_read", "files_write"):
        await scene.let(capability)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("link", {"op": "list", "path": ["out"]}),
        ("link", {"op": "download", "path": ["secret"]}),
        ("link", {"op": "download", "path": ["out", "secret.txt"]}),
        ("link", {"op": "make", "path": ["out", "x"]}),
        ("denied", {"op": "download", "path": ["pipe"]}),
        ("outside", {"op": "list", "root": "another", "path": []}),
    ]
    for reason, op in asked:
        answer = await scene.ask(**op)
        assert (answer["result"], answer.get("reason")) == ("refused", reason), op
    assert {each.name for each in scene.folder.parent.iterdir()} == {"Documents", "secret.txt"}


async def test_what_was_chosen_is_kept_over_a_restart(xserver: XServer, call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "Papers"
    folder.mkdir()
    (folder / "a.txt").touch()
    async with cable(call.house.base) as line:
        url = line.through(call.link)
        async with native(tmp_path, xserver.env, "--terminal", url) as client:
            await joined(client, call)
            scene = Scene(call, client, line, folder)
            await scene.let("files_read")
            await client.kill()
        async with native(tmp_path, xserver.env, "--terminal", url) as client:
            await client.said("You were in this conversation already.")
            client.type("y")
            await client.said("may read: Papers")
            assert [each["name"] for each in (await scene.ask(op="list", path=[]))["entries"]] == ["a.txt"]
            folder.rename(tmp_path / "Elsewhere")
            folder.mkdir()
            assert (await scene.ask(op="list", path=[]))["reason"] == "not_found", "it was not this folder"
