"""Files from and to a customer's folders, while the line breaks, the disk fills and people change their minds."""

import asyncio
import contextlib
import hashlib
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.cable import cable
from tests.support.client_program import native
from tests.support.figures import note
from tests.support.folder_scene import MEGABYTE, Scene, written
from tests.support.native_call import Call
from tests.support.xserver import XServer, until

from .test_folders import scene as scene  # a fixture
from .test_session import joined

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
    assert done == {"result": "done", "file": None, "name": None, "replaced": False}
    took = asyncio.get_running_loop().time() - began
    assert scene.line.breaks == 3
    with (scene.folder / "big.iso").open("rb") as whole:
        assert await asyncio.to_thread(lambda: hashlib.file_digest(whole, "sha256").hexdigest()) == digest
    assert scene.left() == set()
    note(f"folders: {size // MEGABYTE} MB up over three breaks", took, "s")


def kept(scene: Scene) -> list[str]:
    """Bytes that the server has."""
    return [each.name for each in scene.call.house.data.rglob(f"files/{scene.call.session}/*")]


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

    await until(lambda: {each.name for each in scene.folder.iterdir()} == {"down.bin"}, "no part is left")
    if way in ("withdrawn", "stopped here", "left"):
        await until(lambda: not kept(scene), "the server keeps nothing of it")
    if way == "stopped by the agent":
        await until(lambda: kept(scene) == [file], "what was sent to it may be put elsewhere")


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
    await until(lambda: not kept(scene), "the server keeps nothing of it")


async def test_far_too_large_is_said_at_once(scene: Scene) -> None:
    (scene.folder / "disk.img").touch()
    os.truncate(scene.folder / "disk.img", 1 << 40)
    await scene.let("files_read")
    assert (await scene.ask(10, op="download", path=["disk.img"]))["reason"] == "too_large"
