"""Names of files, as others give them, made harmless. Pure."""

import re
import unicodedata

_UNSAFE = frozenset('<>:"/\\|?*')
_JOINERS = "\u200c\u200d"
"""Some scripts and most families of emoji need them."""
_DEVICE = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)", re.IGNORECASE)


def harmless(name: str) -> str:
    """A file name without path, control or direction characters, reserved device names; at most 200 characters."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join("_" if _is_unsafe(letter) else letter for letter in name).strip(" .")
    if len(name) > 200:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 190 - len(ending)]}.{ending}" if dot and len(ending) <= 12 else name[:200].rstrip(" .")
    if _DEVICE.match(name):
        name = f"_{name}"
    return name or "file"


def _is_unsafe(letter: str) -> bool:
    if letter in _UNSAFE:
        return True
    # Controls, formats (direction marks among them), surrogates, unassigned; and what breaks lines.
    kind = unicodedata.category(letter)
    return (kind[0] == "C" and letter not in _JOINERS) or kind in ("Zl", "Zp")
