"""Which symbols of X keys and characters are (X11 protocol, appendix A). Pure."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

_NAMED = {
    "Enter": 0xFF0D,
    "Tab": 0xFF09,
    "Backspace": 0xFF08,
    "Escape": 0xFF1B,
    "Delete": 0xFFFF,
    "Insert": 0xFF63,
    "Home": 0xFF50,
    "ArrowLeft": 0xFF51,
    "ArrowUp": 0xFF52,
    "ArrowRight": 0xFF53,
    "ArrowDown": 0xFF54,
    "PageUp": 0xFF55,
    "PageDown": 0xFF56,
    "End": 0xFF57,
    "ContextMenu": 0xFF67,
    "PrintScreen": 0xFF61,
    "Pause": 0xFF13,
    "ScrollLock": 0xFF14,
    "NumLock": 0xFF7F,
    "CapsLock": 0xFFE5,
    "Shift": 0xFFE1,
    "Control": 0xFFE3,
    "Alt": 0xFFE9,
    "Meta": 0xFFEB,
}
NAMED: Mapping[str, int] = MappingProxyType(_NAMED | {f"F{n}": 0xFFBD + n for n in range(1, 25)})
"""By the names of `KeyboardEvent.key`. AltGraph is missing: characters are typed without it."""

SHIFT, CAPS_LOCK = NAMED["Shift"], NAMED["CapsLock"]


def of_character(character: str) -> int | None:
    """The symbol of one character; None for control characters other than line end and tab."""
    point = ord(character)
    if character in "\r\n":
        return NAMED["Enter"]
    if character == "\t":
        return NAMED["Tab"]
    if point < 0x20 or 0x7F <= point < 0xA0 or 0xD800 <= point < 0xE000:
        return None
    return point if point < 0x100 else 0x1000000 | point


class Layout:
    """What the key codes give: rows of symbols from GetKeyboardMapping, by group and level."""

    def __init__(self, first: int, rows: Sequence[Sequence[int]]) -> None:
        self.spare = [first + each for each, row in enumerate(rows) if not any(row)]
        """Codes that give nothing, free to be given a symbol."""
        self.plain = {
            first + each: frozenset(filter(None, (_symbol(row, group, 0) for group in range(2))))
            for each, row in enumerate(rows)
        }
        """By code, what it gives without modifiers."""
        self._codes: list[dict[int, tuple[int, int]]] = []
        for group in range(2):
            codes: dict[int, tuple[int, int]] = {}
            for level in (1, 0):
                for each in reversed(range(len(rows))):
                    symbol = _symbol(rows[each], group, level)
                    if symbol:
                        codes[symbol] = (first + each, level)
            self._codes.append(codes)

    def find(self, symbol: int, group: int) -> tuple[int, int] | None:
        """(code, level: 0 plain or 1 with Shift) that gives the symbol in this group."""
        return self._codes[min(group, 1)].get(symbol)


def _symbol(row: Sequence[int], group: int, level: int) -> int:
    """A key without symbols of the second group gives those of the first (X11 protocol, 'Keyboards')."""
    own = row[2 * group : 2 * group + 2]
    if not any(own):
        own = row[:2]
    return own[level] if level < len(own) else 0
