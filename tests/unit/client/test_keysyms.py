"""Symbols of keys and characters."""

import pytest

from rs_client.inject.x11_guard import left
from rs_client.inject.x11_keysyms import NAMED, Layout, of_character


@pytest.mark.parametrize(
    ("character", "symbol"),
    [
        ("a", 0x61),
        ("é", 0xE9),
        ("€", 0x10020AC),
        ("😀", 0x101F600),
        ("\n", 0xFF0D),
        ("\t", 0xFF09),
        ("\x1b", None),
        ("\x7f", None),
        ("\x9f", None),
        ("\ud800", None),
    ],
)
def test_symbols_of_characters(character: str, symbol: int | None) -> None:
    assert of_character(character) == symbol


def test_function_keys() -> None:
    assert (NAMED["F1"], NAMED["F12"], NAMED["F24"]) == (0xFFBE, 0xFFC9, 0xFFD5)


def test_a_layout_of_two_groups() -> None:
    layout = Layout(8, [[0x61, 0x41, 0x10004, 0x10005], [0x31, 0x21], [], [0, 0], [0x31]])
    assert layout.find(0x61, 0) == (8, 0)
    assert layout.find(0x41, 0) == (8, 1)
    assert layout.find(0x61, 1) is None
    assert layout.find(0x10005, 1) == (8, 1)
    assert layout.find(0x31, 1) == (9, 0)
    assert layout.find(0x21, 3) == (9, 1)
    assert layout.spare == [10, 11]


def test_what_is_left_after_the_pipe_ended() -> None:
    lines = ["key 38 1\n", "button 1 1\n", "key 38 0\n", "spare 93 1\n", "key 50 1\n"]
    assert left(lines) == {"key": {50}, "button": {1}, "spare": {93}}
