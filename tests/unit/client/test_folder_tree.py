"""Nothing outside of what was chosen, whatever names, links and devices are there and whoever swaps them meanwhile."""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from rs_client.core.roots import Root
from rs_client.folders import choose, names, tree
from rs_client.folders.no import No
from rs_client.folders.part import Part
from rs_client.folders.source import Source
from rs_server.protocol.folders import PAGE

ROOT = Path(__file__).resolve().parents[3]
SECRET = b"nobody's"
A = hashlib.sha256(b"a").hexdigest()
X = hashlib.sha256(b"x").hexdigest()


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "chosen"
    folder.mkdir()
    (folder / "here").mkdir()
    (folder / "here" / "a.txt").write_bytes(b"a")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_bytes(SECRET)
    return folder


@pytest.fixture
def root(inside: Path) -> Root:
    return choose.root(str(inside))


def refused(reason: str, call: Callable[[], object]) -> None:
    with pytest.raises(No) as found:
        call()
    assert found.value.reason == reason


def all_of_it(root: Root, path: Sequence[str]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Everything that can be asked of a place."""
    meant = tree.Known(0, 0, 0)
    yield "list", lambda: tree.page(root, path, None)
    yield "inside", lambda: tree.page(root, [*path, "a.txt"], None)
    yield "read", lambda: Source(root, path)
    yield "read in", lambda: Source(root, [*path, "a.txt"])
    yield "make", lambda: tree.make(root, [*path, "new"])
    yield "rename", lambda: tree.rename(root, [*path, "a.txt"], "b.txt")
    yield "removable", lambda: tree.removable(root, [*path, "a.txt"])
    yield "remove", lambda: tree.remove(root, [*path, "a.txt"], meant)
    yield "upload", lambda: Part(root, [*path, "new"], "replace")


def snapshot(folder: Path) -> dict[str, bytes | None]:
    return {
        str(each.relative_to(folder)): each.read_bytes() if each.is_file() and not each.is_symlink() else None
        for each in folder.rglob("*")
        if not each.is_fifo()
    }


HOSTILE = [
    "..", ".", "", "/", "../outside", "..\\outside", "/etc/passwd", "a/../../outside", "here/../..", "\x00", "here\x00",
    "a\nb", "\x7f", "\x1b[2J", "x" * 256, "\udce9", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_names_that_are_none(root: Root, inside: Path, name: str) -> None:
    before = snapshot(inside.parent)
    for what, call in all_of_it(root, [name]):
        with pytest.raises(No) as found:
            call()
        assert found.value.reason == "bad_name", what
    for call in (
        lambda: tree.make(root, [name]),
        lambda: tree.rename(root, ["here"], name),
        lambda: Part(root, [name], "refuse"),
    ):
        refused("bad_name", call)
    assert snapshot(inside.parent) == before


NEW = [
    "evil\u202etxt.exe", "a\u2028b", "\u200e", "con", "NUL.txt", "com1", "dot.", " a", "a ", "é" * 128, "\x9b2J",
    "\ufeffa", names.part("0" * 16),
]  # fmt: skip


@pytest.mark.parametrize("name", NEW, ids=ascii)
def test_names_that_nothing_new_gets(root: Root, inside: Path, name: str) -> None:
    refused("bad_name", lambda: tree.make(root, [name]))
    refused("bad_name", lambda: tree.rename(root, ["here"], name))
    refused("bad_name", lambda: Part(root, [name], "keep_both"))
    assert [each.name for each in inside.iterdir()] == ["here"]


@pytest.mark.parametrize("name", ["été", "家 👩\u200d👩\u200d👧", "a.b.c", ".hidden", "-rf", "$(x)", "%2e%2e", "～"])
def test_names_that_are_names(root: Root, inside: Path, name: str) -> None:
    tree.make(root, [name])
    tree.rename(root, [name], f"{name}2")
    assert (inside / f"{name}2").is_dir()
    assert f"{name}2" in [each.name for each in tree.page(root, [], None).entries]


def test_links_lead_nowhere(root: Root, inside: Path) -> None:
    (inside / "link").symlink_to(inside.parent / "outside")
    (inside / "up").symlink_to("..")
    (inside / "loop").symlink_to("loop")
    (inside / "own").symlink_to("here")
    (inside / "file").symlink_to(inside.parent / "outside" / "a.txt")
    (inside / "nothing").symlink_to("absent")
    before = snapshot(inside.parent)
    for name in ("link", "up", "loop", "own", "file", "nothing"):
        for what, call in all_of_it(root, [name]):
            with pytest.raises(No) as found:
                call()
            assert found.value.reason == "link", (name, what)
        refused("link", lambda name=name: tree.rename(root, [name], "x"))  # type: ignore[misc]
        refused("link", lambda name=name: tree.removable(root, [name]))  # type: ignore[misc]
        refused("link", lambda name=name: Part(root, [name], "replace"))  # type: ignore[misc]
        refused("exists", lambda name=name: Part(root, [name], "refuse"))  # type: ignore[misc]
    assert snapshot(inside.parent) == before
    kinds = {each.name: each.kind for each in tree.page(root, [], None).entries}
    assert kinds.pop("here") == "folder"
    assert set(kinds.values()) == {"link"}


def test_devices_pipes_and_sockets(root: Root, inside: Path) -> None:
    os.mkfifo(inside / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(inside / "socket"))
        special = ["pipe", "socket"]
        if os.geteuid() == 0:
            os.mknod(inside / "null", 0o666 | 0o020000, os.makedev(1, 3))
            special.append("null")
        for name in special:
            refused("denied", lambda name=name: Source(root, [name]))  # type: ignore[misc]
            refused("denied", lambda name=name: tree.rename(root, [name], "x"))  # type: ignore[misc]
            refused("denied", lambda name=name: tree.removable(root, [name]))  # type: ignore[misc]
            refused("exists", lambda name=name: Part(root, [name], "replace"))  # type: ignore[misc]
            refused("not_found", lambda name=name: tree.page(root, [name], None))  # type: ignore[misc]
        kinds = {each.name: each.kind for each in tree.page(root, [], None).entries}
        assert {kinds[name] for name in special} == {"other"}


def test_names_that_are_no_text_are_shown_and_left_alone(root: Root, inside: Path) -> None:
    for name in (b"caf\xe9.txt", b"a\nb", b"back\\slash", b"\xff" * 200):
        (Path(os.fsdecode(bytes(inside) + b"/" + name))).touch()
    found = {each.name: each.kind for each in tree.page(root, [], None).entries}
    assert found == {"here": "folder", "caf%E9.txt": "other", "a%0Ab": "other", "back%5Cslash": "other",
                     ("%FF" * 200)[:255]: "other"}  # fmt: skip
    refused("not_found", lambda: Source(root, ["caf%E9.txt"]))


def test_a_root_that_was_replaced(root: Root, inside: Path) -> None:
    inside.rename(inside.parent / "moved")
    inside.mkdir()
    refused("not_found", lambda: tree.page(root, [], None))
    inside.rmdir()
    inside.symlink_to("outside")
    for _, call in all_of_it(root, ["here"]):
        with pytest.raises(No):
            call()


SWAPS = 1500


@pytest.mark.parametrize("what", ["folder", "file"])
def test_nothing_gets_out_by_swapping(root: Root, inside: Path, what: str) -> None:
    """Somebody turns a folder, or a file, into a link out and back, as fast as they can."""
    outside = inside.parent / "outside"
    place = inside / "place"
    link, real = inside.parent / "link", inside.parent / "real"
    if what == "folder":
        real.mkdir()
        (real / "a.txt").write_bytes(b"a")
        link.symlink_to(outside)
    else:
        real.write_bytes(b"a")
        link.symlink_to(outside / "a.txt")
    real.rename(place)
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            place.rename(real)
            link.rename(place)
            place.rename(link)
            real.rename(place)

    path = ["place", "a.txt"] if what == "folder" else ["place"]
    before = snapshot(outside)
    swapping = threading.Thread(target=swap)
    swapping.start()
    read = 0
    try:
        for number in range(SWAPS):
            try:
                source = Source(root, path)
                assert source.read(100, 0) == b"a"
                source.close()
                read += 1
            except No:
                pass
            for call in (
                lambda number=number: tree.make(root, [*path[:-1], f"made {number}"]),
                lambda number=number: _uploaded(root, [*path[:-1], f"put {number}"]),
            ):  # fmt: skip
                with contextlib.suppress(No):
                    call()  # type: ignore[no-untyped-call]
    finally:
        over.set()
        swapping.join()
    assert read, "it was there at times"
    assert snapshot(outside) == before


def _uploaded(root: Root, path: list[str]) -> None:
    begun = Part(root, path, "refuse")
    try:
        begun.write(b"x")
        begun.flush(1, X)
        begun.place()
    finally:
        begun.close()


MOUNTED = """
import sys
from pathlib import Path
from rs_client.folders import choose, tree
from rs_client.folders.no import No
from rs_client.folders.source import Source
root = choose.root(sys.argv[1])
for call in (lambda: tree.page(root, ["mount"], None), lambda: Source(root, ["file"])):
    try:
        call()
    except No as refused:
        print(refused.reason)
"""


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("unshare") is None, reason="mounting needs root and unshare")
@pytest.mark.parametrize("how", ["--bind {outside}", "-t tmpfs none"])
def test_what_is_mounted_there_is_outside(inside: Path, how: str) -> None:
    (inside / "mount").mkdir()
    (inside / "file").touch()
    outside = inside.parent / "outside"
    mounts = f"mount {how.format(outside=outside)} {inside}/mount && mount --bind {outside}/a.txt {inside}/file"
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", f'{mounts} && exec "$@"', "sh",
         sys.executable, "-c", MOUNTED, str(inside)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["outside", "outside"], done.stderr


def test_pages_are_stable(root: Root, inside: Path) -> None:
    for number in range(PAGE + 20):
        (inside / f"file {number:04}").touch()
    (inside / names.part("0" * 16)).touch()
    first = tree.page(root, [], None)
    assert [each.name for each in first.entries[:2]] == ["here", "file 0000"]
    assert len(first.entries) == PAGE
    (inside / "file 0001").unlink()
    (inside / "aaa").touch()
    second = tree.page(root, [], first.next)
    assert [each.name for each in second.entries] == [f"file {number:04}" for number in range(PAGE - 1, PAGE + 20)]
    assert second.next is None
    for after in ("", "x", "\U0010ffff" * 300, "1../..", "0"):
        tree.page(root, [], after)


def test_a_folder_is_no_more_renamed_over_another_than_a_file(
    root: Root, inside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ("x", "y"):
        (inside / each).mkdir()
    (inside / "f").write_bytes(b"f")
    (inside / "g").write_bytes(b"g")

    def none_over_another() -> None:
        for old, new in (("x", "y"), ("f", "g"), ("x", "f"), ("f", "x")):
            refused("exists", lambda old=old, new=new: tree.rename(root, [old], new))  # type: ignore[misc]

    none_over_another()
    monkeypatch.setattr("ctypes.CDLL", lambda *_args, **_kw: object())
    none_over_another()
    tree.rename(root, ["f"], "h")
    tree.rename(root, ["x"], "z")
    assert {each.name for each in inside.iterdir()} == {"here", "y", "z", "g", "h"}
