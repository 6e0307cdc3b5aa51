"""What is typed, as lines, from whatever the terminal is."""

import os
from pathlib import Path

import pytest

from rs_client.consent_ui import terminal

TYPED = "y\r\nné\n\n" + "x" * (terminal.LONGEST_LINE + 5) + "\nlast"
LINES = ["y", "né", "", "x" * (terminal.LONGEST_LINE + 5), "last"]


async def lines(path: int | str | Path) -> list[str]:
    with open(path, encoding="utf-8", newline="") as source:
        async with terminal._lines_of(source) as found:
            return [each async for each in found]


async def test_lines_of_a_pipe() -> None:
    reading, writing = os.pipe()
    os.write(writing, TYPED.encode())
    os.close(writing)
    found = await lines(reading)
    assert found[:3] == LINES[:3]
    assert "".join(found[3:-1]) == LINES[3]
    assert found[-1] == LINES[-1]


@pytest.mark.parametrize("text", ["", TYPED])
async def test_lines_of_a_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "typed"
    path.write_text(text, newline="")
    found = await lines(path)
    assert found[:3] == (LINES[:3] if text else [])
    assert "".join(found) == "".join(LINES if text else [])
