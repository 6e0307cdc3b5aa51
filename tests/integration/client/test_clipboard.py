"""The clipboard, between programs on a real X server."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from rs_client.errors import Gone
from rs_client.inject.base import MAX_CLIPBOARD
from rs_client.inject.x11_clipboard import X11Clipboard
from tests.support.xserver import SYSTEM_PYTHON, XServer, until

TEXT = "Übergrößenträger\n10 € 漢字 😀\tend"
Open = Callable[[], X11Clipboard]


@pytest.fixture
async def opened(xserver: XServer) -> AsyncIterator[Open]:
    found: list[X11Clipboard] = []

    def begin() -> X11Clipboard:
        found.append(X11Clipboard(xserver.display))
        return found[-1]

    yield begin
    for each in found:
        each.close()


async def test_what_one_sets_the_other_gets(opened: Open) -> None:
    ours, others = opened(), opened()
    assert await ours.clipboard() == ""
    ours.set_clipboard(TEXT)
    assert await others.clipboard() == TEXT
    assert await ours.clipboard() == TEXT
    big = "é" * (MAX_CLIPBOARD // 2)
    others.set_clipboard(big)
    assert await ours.clipboard() == big
    with pytest.raises(ValueError, match="long"):
        ours.set_clipboard(big + "x")


async def test_a_display_that_ends_is_gone(tmp_path_factory: pytest.TempPathFactory, xserver: XServer) -> None:
    other = XServer(tmp_path_factory.mktemp("brief"))
    other.start()
    try:
        ours = X11Clipboard(other.display)
        ours.set_clipboard("x")
        assert await ours.clipboard() == "x"
    finally:
        other.stop()
    await until(lambda: ours.closed)
    with pytest.raises(Gone):
        await ours.clipboard()
    with pytest.raises(Gone):
        ours.set_clipboard("y")
    ours.close()


async def test_changes_of_others_are_told(opened: Open) -> None:
    ours, others = opened(), opened()
    ours.set_clipboard("mine")
    await others.clipboard()
    told = asyncio.ensure_future(ours.changed())
    await asyncio.sleep(0)
    ours.set_clipboard("mine again")
    assert await others.clipboard() == "mine again"
    assert not told.done()
    others.set_clipboard("theirs")
    await asyncio.wait_for(told, 5)
    assert await ours.clipboard() == "theirs"


async def test_a_second_copy_is_not_lost_and_what_was_there_before_does_not_count(opened: Open) -> None:
    ours, others = opened(), opened()
    others.set_clipboard("private")
    assert await ours.clipboard() == "private"
    ours.from_now()
    told = asyncio.ensure_future(ours.changed())
    await ours.clipboard()
    assert not told.done()
    others.set_clipboard("one")
    await asyncio.wait_for(told, 5)
    assert await ours.clipboard() == "one"
    others.set_clipboard("two")
    assert await ours.clipboard() == "two"
    await asyncio.wait_for(ours.changed(), 5)


TK = """
import sys, tkinter as tk
root = tk.Tk()
root.withdraw()
if sys.argv[1] == "get":
    print(root.clipboard_get(type="UTF8_STRING"), end="")
else:
    root.clipboard_clear()
    root.clipboard_append(sys.argv[2] * int(sys.argv[3]))
    root.update()
    print("set", flush=True)
    root.mainloop()
"""


async def run(xserver: XServer, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON, "-c", TK, *arguments, env=dict(xserver.env), stdout=asyncio.subprocess.PIPE
    )


async def test_a_real_program_gets_it(xserver: XServer, opened: Open, tk: None) -> None:
    opened().set_clipboard(TEXT)
    process = await run(xserver, "get")
    out, _ = await asyncio.wait_for(process.communicate(), 10)
    assert out.decode() == TEXT


@pytest.mark.parametrize("times", [1, 30_000])
async def test_a_real_programs_text_comes(xserver: XServer, opened: Open, tk: None, times: int) -> None:
    """Long ones come in pieces (INCR)."""
    process = await run(xserver, "set", "né€", str(times))
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"set\n"
        assert await opened().clipboard() == "né€" * times
    finally:
        process.terminate()
        await process.communicate()


async def test_a_text_that_is_too_long_is_refused(xserver: XServer, opened: Open, tk: None) -> None:
    process = await run(xserver, "set", "x" * 1000, str(MAX_CLIPBOARD // 1000 + 100))
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"set\n"
        with pytest.raises(ValueError, match="long"):
            await opened().clipboard()
    finally:
        process.terminate()
        await process.communicate()


async def test_an_owner_that_never_answers(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_client.inject.x11_clipboard.PATIENCE", 0.2)
    ours, others = opened(), opened()
    others.set_clipboard("x")
    monkeypatch.setattr(others, "_answer", lambda _: None)
    with pytest.raises(TimeoutError):
        await ours.clipboard()
    monkeypatch.undo()
    assert await ours.clipboard() == "x"
