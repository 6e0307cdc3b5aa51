"""What every store of blobs does. A further adapter joins by one line in `BLOBS`."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from rs_server.ports import BlobConflict, BlobMissing, Blobs
from rs_server.store.folder import FolderBlobs

BLOBS: dict[str, Callable[[Path], Blobs]] = {"folder": lambda path: FolderBlobs(path / "blobs")}


@pytest.fixture(params=BLOBS)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    return BLOBS[request.param](tmp_path)


async def everything(blobs: Blobs, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in blobs.read(key, start, end)])


async def test_nothing_is_there_at_first(blobs: Blobs) -> None:
    assert await blobs.size("a/b") is None
    with pytest.raises(BlobMissing):
        await everything(blobs, "a/b")


async def test_appending(blobs: Blobs) -> None:
    assert await blobs.append("a/b/c.webm", 0, b"one") == 3
    assert await blobs.append("a/b/c.webm", 3, b"two") == 6
    assert await blobs.size("a/b/c.webm") == 6
    assert await everything(blobs, "a/b/c.webm") == b"onetwo"


async def test_an_empty_blob_is_there(blobs: Blobs) -> None:
    assert await blobs.append("a", 0, b"") == 0
    assert await blobs.size("a") == 0
    assert await everything(blobs, "a") == b""


@pytest.mark.parametrize("offset", [0, 2, 4, 1 << 40, -1])
async def test_a_wrong_offset_changes_nothing(blobs: Blobs, offset: int) -> None:
    await blobs.append("a", 0, b"one")
    with pytest.raises(BlobConflict):
        await blobs.append("a", offset, b"two")
    assert await everything(blobs, "a") == b"one"


async def test_one_of_many_at_the_same_offset_wins(blobs: Blobs) -> None:
    results = await asyncio.gather(
        *(blobs.append("a", 0, b"%d" % number) for number in range(8)), return_exceptions=True
    )
    assert sum(result == 1 for result in results) == 1
    assert sum(isinstance(result, BlobConflict) for result in results) == 7
    assert await blobs.size("a") == 1


@pytest.mark.parametrize(
    ("start", "end", "want"), [(0, None, b"0123456789"), (3, None, b"3456789"), (0, 4, b"0123"), (8, 99, b"89")]
)
async def test_reading_a_part(blobs: Blobs, start: int, end: int | None, want: bytes) -> None:
    await blobs.append("a", 0, b"0123456789")
    assert await everything(blobs, "a", start, end) == want


@pytest.mark.parametrize(("start", "end"), [(10, None), (5, 5), (99, None)])
async def test_reading_nothing(blobs: Blobs, start: int, end: int | None) -> None:
    await blobs.append("a", 0, b"0123456789")
    assert await everything(blobs, "a", start, end) == b""


async def test_large_blobs_come_in_chunks(blobs: Blobs) -> None:
    data = bytes(range(256)) * (5 * 4096)
    await blobs.append("a", 0, data)
    chunks = [chunk async for chunk in blobs.read("a")]
    assert b"".join(chunks) == data
    assert max(len(chunk) for chunk in chunks) <= 4 << 20


async def test_deleting(blobs: Blobs) -> None:
    await blobs.append("a/b", 0, b"x")
    await blobs.delete("a/b")
    await blobs.delete("a/b")
    assert await blobs.size("a/b") is None
    assert await blobs.append("a/b", 0, b"new") == 3


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/..",
        "a//b",
        "a/",
        ".",
        "..",
        "./a",
        "a\\..\\b",
        "C:/x",
        "a\x00b",
        "a\nb",
        "a b",
        "~/x",
        "a/%2e%2e/x",
        "é",
    ],
)
async def test_a_key_that_is_not_one_of_ours(blobs: Blobs, key: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    for act in (blobs.size, blobs.delete):
        with pytest.raises(ValueError):
            await act(key)
    with pytest.raises(ValueError):
        await blobs.append(key, 0, b"x")
    with pytest.raises(ValueError):
        await everything(blobs, key)
    with pytest.raises(ValueError):
        blobs.path(key)
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_path_leads_to_the_bytes(blobs: Blobs) -> None:
    path = blobs.path("recordings/a/b.webm")
    if path is None:
        pytest.skip("this adapter has no paths")
    Path(path).write_bytes(b"written by another")
    assert await blobs.size("recordings/a/b.webm") == 18
    assert await everything(blobs, "recordings/a/b.webm", 8) == b"by another"
