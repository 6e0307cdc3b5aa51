"""A customer's folders through their client: the real program, server and sockets, and the line cut while it goes."""

import asyncio
import contextlib
import hashlib
import itertools
import os
import shutil
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.support.cable import Cable, cable
from tests.support.client import Refused
from tests.support.client_program import Native, native
from tests.support.figures import note
from tests.support.native_call import Call
from tests.support.xserver import XServer, until

from .test_session import joined

MEGABYTE = 1 << 20
MARKS = itertools.count()


@dataclass
class Scene:
    """The folder `Documents` is what the customer chooses; beside it lies what nobody may see."""

    call: Call
    client: Native
    line: Cable
    folder: Path
    roots: dict[str, str] = field(default_factory=dict)

    async def let(self, capability: str, folder: Path | None = None) -> None:
        before = len(self.client.text)
        await self.call.ask(capability)
        await self.client.said("y yes", before)
        self.client.type("y")
        await self.client.said("A folder", before)
        self.client.type(str(folder or self.folder))
        await self.client.said("Chosen:", before)
        self.client.type("")
        await self.call.grant(capability, "granted")
        for entry in (await self.ask(op="list"))["entries"]:
            self.roots[entry["name"]] = entry["root"]

    async def begin(self, **op: Any) -> str:
        mark = f"m{next(MARKS)}"
        call = self.call
        if "path" in op:
            op = {"root": self.roots[self.folder.name], **op}
        await call.agent.do("folder.ask", call.session, ask=mark, giver=call.customer, op=op)
        return mark

    def heard(self, mark: str) -> list[dict[str, Any]]:
        told = self.call.agent.bodies("folder.answered", self.call.session)
        return [each["answer"] for each in told if each["ask"] == mark]

    async def end(self, mark: str, timeout: float = 30) -> dict[str, Any]:
        def ended() -> Any:
            return next((each for each in self.heard(mark) if each["result"] not in ("progress", "asking")), None)

        return dict(await self.call.agent.until(ended, timeout))

    async def ask(self, timeout: float = 30, **op: Any) -> dict[str, Any]:
        return await self.end(await self.begin(**op), timeout)

    async def upload(self, path: Path) -> str:
        """As a file of the session for these folders; its id."""
        api, size = self.call.agent.api, path.stat().st_size
        metadata = {"filename": path.name, "folder_of": self.call.customer}
        said = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items())
        headers = {**api.headers(), "Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": said}
        url = f"{api.base}/api/v1/sessions/{self.call.session}/files"
        async with api.http.post(url, headers=headers) as response:
            assert response.status == 201, await response.text()
            place = response.headers["Location"]
        headers = {**api.headers(), "Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
        headers["Content-Type"] = "application/offset+octet-stream"
        with path.open("rb") as data:
            async with api.http.patch(f"{api.base}{place}", data=data, headers=headers) as response:
                assert response.status == 204, await response.text()
        return place.rpartition("/")[2]

    async def digest(self, file: str) -> str:
        api, digest = self.call.agent.api, hashlib.sha256()
        async with api.http.get(f"{api.base}/api/v1/files/{file}/content", headers=api.headers()) as response:
            assert response.status == 200
            async for block in response.content.iter_chunked(MEGABYTE):
                digest.update(block)
        return digest.hexdigest()

    def left(self) -> set[str]:
        """Names in the folder, hidden ones too, that no test put there."""
        return {each.name for each in self.folder.iterdir() if each.name.startswith(".")}


def written(path: Path, size: int) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for at in range(0, size, MEGABYTE):
            block = os.urandom(min(MEGABYTE, size - at))
            digest.update(block)
            file.write(block)
    return digest.hexdigest()


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
    note("folders: the slowest page of 10,000 files", max(took) * 1000, "ms")
    assert max(took) < 2


SIZES = [
    pytest.param(64 * MEGABYTE, id="64 MB"),
    pytest.param(1 << 30, id="1 GB", marks=[pytest.mark.long, pytest.mark.timeout(600)]),
]
BREAKS = (0.2, 0.5, 0.8)


@pytest.mark.parametrize("size", SIZES)
async def test_a_download_over_three_breaks(scene: Scene, size: int) -> None:
    digest = await asyncio.to_thread(written, scene.folder / "big.iso", size)
    await scene.let("files_read")
    scene.line.cut_at(size, BREAKS)
    began = asyncio.get_running_loop().time()
    mark = await scene.begin(op="download", path=["big.iso"])
    done = await scene.end(mark, 300)
    assert done["result"] == "done", done
    took = asyncio.get_running_loop().time() - began
    assert scene.line.breaks == 3
    assert await scene.digest(done["file"]) == digest
    so_far = [each["done"] for each in scene.heard(mark) if each["result"] == "progress"]
    assert len(so_far) <= took / 0.4 + 1, "the words of progress are bounded"
    note(f"folders: {size // MEGABYTE} MB down over three breaks", took, "s")


@pytest.mark.parametrize("size", SIZES)
async def test_an_upload_over_three_breaks(scene: Scene, tmp_path: Path, size: int) -> None:
    digest = await asyncio.to_thread(written, tmp_path / "big.iso", size)
    await scene.let("files_write")
    file = await scene.upload(tmp_path / "big.iso")
    scene.line.cut_at(size, BREAKS)
    began = asyncio.get_running_loop().time()
    done = await scene.ask(300, op="upload", path=["big.iso"], file=file)
    assert done == {"result": "done", "file": None, "name": None}
    took = asyncio.get_running_loop().time() - began
    assert scene.line.breaks == 3
    with (scene.folder / "big.iso").open("rb") as whole:
        assert await asyncio.to_thread(lambda: hashlib.file_digest(whole, "sha256").hexdigest()) == digest
    assert scene.left() == set()
    note(f"folders: {size // MEGABYTE} MB up over three breaks", took, "s")


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
    assert (await scene.ask(op="upload", path=["up.txt"], file=file, exists="replace"))["result"] == "done"
    assert {each.name for each in scene.folder.iterdir()} == {"New", "full", "renamed.txt", "up.txt", "up (2).txt"}
    assert (scene.folder / "up.txt").read_text() == "new"
    await scene.client.said("Amélie Morel renames old.txt in Documents to renamed.txt")
    await scene.client.said("Amélie Morel puts up.txt into Documents")


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


@pytest.mark.parametrize("way", ["withdrawn", "stopped by the agent", "stopped here", "left", "killed"])
async def test_what_is_cut_in_the_middle_leaves_nothing(scene: Scene, tmp_path: Path, way: str) -> None:
    written(tmp_path / "up.bin", 16 * MEGABYTE)
    written(scene.folder / "down.bin", 16 * MEGABYTE)
    for capability in ("files_read", "files_write"):
        await scene.let(capability)
    file = await scene.upload(tmp_path / "up.bin")
    scene.line.slow = 0.02
    up = await scene.begin(op="upload", path=["up.bin"], file=file)
    down = await scene.begin(op="download", path=["down.bin"])

    def moves(mark: str) -> bool:
        return any(each["result"] == "progress" and each["done"] > 0 for each in scene.heard(mark))

    await scene.call.agent.until(lambda: moves(up) and moves(down), 30)
    call = scene.call
    match way:
        case "withdrawn":
            for grant in [*call.grants("files_read", "granted"), *call.grants("files_write", "granted")]:
                await call.agent.do("grant.cancel", call.session, grant=grant["id"])
        case "stopped by the agent":
            for mark in (up, down):
                await call.agent.do("folder.ask", call.session, ask=f"s{mark}", giver=call.customer,
                                    op={"op": "stop", "ask": mark})  # fmt: skip
        case "stopped here":
            scene.client.type("s")
            await scene.client.said("Stopped.")
        case "left":
            scene.client.type("q")
            await scene.client.ends()
        case _:
            await scene.client.kill()
    if way != "killed":
        reason = "stopped" if way == "stopped by the agent" else "no_consent"
        assert [(await scene.end(mark))["reason"] for mark in (up, down)] == [reason] * 2

    def kept() -> list[str]:
        files = call.agent.view(call.session)["files"]
        return [each["id"] for each in files if each["state"] in ("uploading", "ready")]

    await until(lambda: {each.name for each in scene.folder.iterdir()} == {"down.bin"}, "no part is left")
    if way in ("withdrawn", "stopped here", "left"):
        await until(lambda: not kept(), "the server keeps nothing of it")
    if way == "stopped by the agent":
        await until(lambda: kept() == [file], "what was sent to it may be put elsewhere")


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


TMPFS = 'mount -t tmpfs -o size=8m none "$0" && exec "$@"'


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="mounting needs root and unshare")
@pytest.mark.parametrize("when", ["from the first", "on the way"])
async def test_a_full_disk(xserver: XServer, call: Call, tmp_path: Path, when: str) -> None:
    folder = tmp_path / "Small"
    folder.mkdir()
    written(tmp_path / "up.bin", (16 if when == "from the first" else 7) * MEGABYTE)
    # Sees the small disk; nobody else does.
    program = ("unshare", "--mount", "--propagation", "private", "sh", "-c", TMPFS, str(folder))
    async with (
        cable(call.house.base) as line,
        native(
            tmp_path, xserver.env, "--terminal", line.through(call.link),
            program=(*program, sys.executable, "-m", "rs_client"),
        ) as client,
    ):  # fmt: skip
        await joined(client, call)
        inside = Path(f"/proc/{client.process.pid}/root{folder}")
        scene = Scene(call, client, line, folder)
        await scene.let("files_write")
        file = await scene.upload(tmp_path / "up.bin")
        line.slow = 0.02
        mark = await scene.begin(op="upload", path=["up.bin"], file=file)
        if when == "on the way":
            await call.agent.until(lambda: any(each.get("done") for each in scene.heard(mark)), 30)
            with contextlib.suppress(OSError), (inside / "filler").open("wb") as filler:
                while True:
                    filler.write(bytes(MEGABYTE))
                    filler.flush()
        assert (await scene.end(mark))["reason"] == "full"
        assert {each.name for each in inside.iterdir()} <= {"filler"}
        (inside / "filler").unlink(missing_ok=True)
        assert os.statvfs(inside).f_bfree == os.statvfs(inside).f_blocks, "nothing takes room, with or without a name"


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


async def test_a_file_that_changes_on_its_way_is_not_passed_on(scene: Scene) -> None:
    written(scene.folder / "log", 8 * MEGABYTE)
    await scene.let("files_read")
    scene.line.slow = 0.02
    mark = await scene.begin(op="download", path=["log"])
    await scene.call.agent.until(lambda: any(each.get("done") for each in scene.heard(mark)), 30)
    with (scene.folder / "log").open("r+b") as file:
        file.write(b"other")
    scene.line.slow = 0
    assert (await scene.end(mark))["reason"] == "changed"
    await until(lambda: {each["state"] for each in scene.call.agent.view(scene.call.session)["files"]} == {"cancelled"})


async def test_far_too_large_is_said_at_once(scene: Scene) -> None:
    (scene.folder / "disk.img").touch()
    os.truncate(scene.folder / "disk.img", 1 << 40)
    await scene.let("files_read")
    assert (await scene.ask(10, op="download", path=["disk.img"]))["reason"] == "too_large"
