"""Names: those on the disk as they are told, and those that come from elsewhere before they reach the disk."""

import os
import re
import unicodedata

from rs_client.folders.no import No

LONGEST = 255
"""Characters that a name can have on the wire, and bytes on most disks."""
_TELLABLE = re.compile(r"[^/\\\x00-\x1f\x7f]{1,255}\Z")
_JOINERS = "\u200c\u200d"
"""Some scripts and most families of emoji need them."""
_DEVICE = re.compile(r"^(con|prn|aux|nul|conin\$|conout\$|com[\d¹²³]|lpt[\d¹²³])\s*(\.|$)", re.IGNORECASE)
_PART = re.compile(r"^\.deskside-[0-9a-f]{16}\.part\Z")


def part(mark: str) -> str:
    """What a file is called in its folder as long as it is not whole. `mark`: 16 hexadecimal digits."""
    return f".deskside-{mark}.part"


def is_part(name: str) -> bool:
    return _PART.match(name) is not None


def can_be_told(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return name not in (".", "..") and _TELLABLE.match(name) is not None


def told(name: str) -> str:
    """A name that cannot be told, made readable: bytes that do not fit as `%E9`. It names nothing any more."""
    if can_be_told(name):
        return name
    out = ""
    for letter in name:
        if letter == "%" or (not can_be_told(letter) and letter != "."):
            out += "".join(f"%{byte:02X}" for byte in os.fsencode(letter))
        else:
            out += letter
    return out[:LONGEST] or "%"


def existing(name: str) -> str:
    """A name that may be looked for. Raises No."""
    if not can_be_told(name) or is_part(name):
        raise No("bad_name")
    return name


def new(name: str) -> str:
    """A name that may be given to something: one that no system takes for something else, and that reads as it is.
    Raises No."""
    existing(name)
    if len(os.fsencode(name)) > LONGEST or name != name.strip() or name.endswith(".") or _DEVICE.match(name):
        raise No("bad_name")
    if any(_misleads(letter) for letter in name):
        raise No("bad_name")
    return name


def _misleads(letter: str) -> bool:
    """Controls, formats (direction marks among them), unassigned; and what breaks lines."""
    kind = unicodedata.category(letter)
    return (kind[0] == "C" and letter not in _JOINERS) or kind in ("Zl", "Zp")


def readable(name: str) -> str:
    """For the person's eyes: nothing in it changes how the rest reads."""
    return "".join("\ufffd" if _misleads(letter) else letter for letter in name)
