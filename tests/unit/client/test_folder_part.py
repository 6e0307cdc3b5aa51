"""Files on their way into a folder and out of it: whole and in their place, or not there at all."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rs_client.core.roots import Root
from rs_client.folders import names, part
from rs_client.folders.part import Part
from rs_client.folders.source import Source

from .test_folder_tree import ROOT, SECRET, A, X, refused
from .test_folder_tree import inside as inside  # fixtures
from .test_folder_tree import root as root


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Also as on file systems that know no file without a name."""
    if request.param == "named":
        monkeypatch.delattr(os, "O_TMPFILE")
    return str(request.param)


@pytest.mark.parametrize("exists", ["refuse", "replace", "keep_both"])
def test_one_that_appears_meanwhile(root: Root, inside: Path, way: str, exists: part.Exists) -> None:
    begun = Part(root, ["new"], exists)
    assert (way == "named") == any(names.is_part(each.name) for each in inside.iterdir())
    begun.write(b"x")
    (inside / "new").write_bytes(b"theirs")
    begun.flush(1, X)
    if exists == "keep_both":
        assert begun.place() == "new (2)"
    else:
        refused("exists", begun.place)
    begun.close()
    found = {each.name: each.read_bytes() for each in inside.iterdir() if each.is_file()}
    assert (
        found
        == {
            "refuse": {"new": b"theirs"},
            "replace": {"new": b"theirs"},
            "keep_both": {"new": b"theirs", "new (2)": b"x"},
        }[exists]
    )


def test_only_what_was_meant_is_replaced(root: Root, inside: Path, way: str) -> None:
    assert part.replaced(root, ["new"]) is None
    (inside / "new").write_bytes(b"theirs")
    os.chmod(inside / "new", 0o750)
    meant = part.replaced(root, ["new"])
    begun = Part(root, ["new"], "replace")
    begun.write(b"x")
    begun.flush(1, X)
    (inside / "new").rename(inside / "old")
    refused("not_found", lambda: begun.place(meant=meant))
    (inside / "new").write_bytes(b"another")
    refused("changed", lambda: begun.place(meant=meant))
    assert (inside / "new").read_bytes() == b"another"
    (inside / "old").rename(inside / "new")
    assert begun.place(meant=meant) == "new"
    begun.close()
    assert (inside / "new").read_bytes() == b"x"
    assert (inside / "new").stat().st_mode & 0o777 == 0o640, "as private as it was, and no program"
    assert {each.name for each in inside.iterdir()} == {"here", "new"}


def test_replacing_changes_no_other_name_of_the_file(root: Root, inside: Path, way: str) -> None:
    os.link(inside.parent / "outside" / "a.txt", inside / "hard")
    begun = Part(root, ["hard"], "replace")
    begun.write(b"x")
    begun.flush(1, X)
    begun.place(meant=part.replaced(root, ["hard"]))
    begun.close()
    assert (inside / "hard").read_bytes() == b"x"
    assert (inside.parent / "outside" / "a.txt").read_bytes() == SECRET


def test_other_bytes_and_another_folder(root: Root, inside: Path, way: str) -> None:
    begun = Part(root, ["here", "new"], "refuse")
    begun.write(b"y")
    refused("failed", lambda: begun.flush(1, "0" * 64))
    refused("failed", lambda: begun.flush(2, "0" * 64))
    begun.close()
    begun = Part(root, ["here", "new"], "refuse")
    begun.write(b"x")
    begun.flush(1, X)
    (inside / "here").rename(inside.parent / "outside" / "here")
    (inside / "here").mkdir()
    refused("changed", begun.place)
    begun.close()
    assert not list((inside / "here").iterdir())
    assert [each.name for each in (inside.parent / "outside" / "here").iterdir()] == ["a.txt"]


def test_a_file_that_changes_while_it_is_sent(root: Root, inside: Path) -> None:
    source = Source(root, ["here", "a.txt"])
    source.check(A)
    refused("changed", lambda: source.check("0" * 64))
    (inside / "here" / "a.txt").write_bytes(b"another")
    refused("changed", lambda: source.check(A))
    source.close()
    (inside / "here" / "a.txt").write_bytes(b"longer")
    source = Source(root, ["here", "a.txt"])
    os.truncate(inside / "here" / "a.txt", 0)
    refused("changed", lambda: source.count(100))
    source.close()
    refused("stopped", lambda: source.read(1, 0))


def test_a_limit_of_the_machine_leaves_nothing(inside: Path) -> None:
    """A file of at most so many bytes (RLIMIT_FSIZE), as a quota does it."""
    script = """
import os, resource, sys
from rs_client.folders import choose
from rs_client.folders.no import No
from rs_client.folders.part import Part
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
part = Part(choose.root(sys.argv[1]), ["new"], "refuse")
try:
    part.write(bytes(2000))
except No as refused:
    print(refused.reason)
part.close()
print(os.listdir(sys.argv[1]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(inside)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "too_large\n['here']\n", done.stderr
