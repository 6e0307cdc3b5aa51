"""Roots that the person may choose. Blocking, for a moment."""

import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

from rs_client.core.roots import Root
from rs_client.folders import names

SUGGESTED = ("DOCUMENTS", "DOWNLOAD", "DESKTOP")
_ENGLISH = {"DOCUMENTS": "Documents", "DOWNLOAD": "Downloads", "DESKTOP": "Desktop"}
_PSEUDO = ("/proc", "/sys", "/dev", "/run")


class NoRoot(Exception):
    """`why`: absent, whole (far too much), unreadable (by us, or its name by others)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def root(path: str, known: Iterable[Root] = ()) -> Root:
    """The folder at this path, wherever links on the way lead. One that is `known` keeps its id. Raises NoRoot."""
    try:
        real = os.path.realpath(os.path.expanduser(path.strip()), strict=True)
        handle = os.open(real, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise NoRoot("unreadable" if isinstance(error, PermissionError) else "absent") from None
    try:
        about = os.fstat(handle)
    finally:
        os.close(handle)
    if os.path.dirname(real) == real or any(real == each or real.startswith(f"{each}/") for each in _PSEUDO):
        raise NoRoot("whole")
    try:
        real.encode()
    except UnicodeEncodeError:
        raise NoRoot("unreadable") from None
    same = next((each for each in known if (each.device, each.inode) == (about.st_dev, about.st_ino)), None)
    return Root(
        id=same.id if same is not None else secrets.token_hex(8),
        name=names.told(os.path.basename(real)),
        path=real,
        device=about.st_dev,
        inode=about.st_ino,
    )


def suggested() -> list[str]:
    """Paths of folders that people keep their papers in; never the whole home."""
    home = Path.home()
    said = _user_dirs(home) if sys.platform == "linux" else {}
    found = [said.get(each) or home / _ENGLISH[each] for each in SUGGESTED]
    return [str(each) for each in found if each != home and each.is_dir()]


def _user_dirs(home: Path) -> dict[str, Path]:
    """https://www.freedesktop.org/wiki/Software/xdg-user-dirs/"""
    file = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "user-dirs.dirs"
    found = {}
    try:
        for line in file.read_text(encoding="utf-8").splitlines():
            key, _, value = line.strip().partition("=")
            if key.startswith("XDG_") and key.endswith("_DIR"):
                found[key[4:-4]] = Path(value.strip('"').replace("$HOME", str(home)))
    except (OSError, UnicodeDecodeError):
        return {}
    return found


def folders_in(path: str) -> list[str]:
    """Names of the folders in a folder, for who chooses one; none where nothing can be read."""
    try:
        with os.scandir(path) as found:
            kept = [each.name for each in found if not each.name.startswith(".") and each.is_dir()]
    except OSError:
        return []
    return sorted((each for each in kept if names.can_be_told(each)), key=str.casefold)
