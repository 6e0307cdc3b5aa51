"""What the client keeps on the device: the device's secret, and how to go on with a session after a restart.

Nothing in it says where to connect: that is typed each time. A file of somebody else's, or that cannot be read, is
as good as none."""

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
import sys
import tempfile
import time
import uuid
from pathlib import Path

import msgspec

from rs_client.core.address import Target
from rs_client.core.rights import Agreed
from rs_client.owed import Owing
from rs_server.protocol.base import Record

MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
KEPT = 12 * 3600.0
"""Seconds for which a session can be gone on with; the server decides sooner."""
MOST = 16
LARGEST = 256 * 1024


class Chosen(Record, frozen=True, kw_only=True):
    """A window: its id here, which another program may have by now, and the mark that tells it apart from that."""

    id: str
    mark: str


class Kept(Record, frozen=True, kw_only=True):
    """Of one session. `window`: what of the applications was agreed to be shown; `owed`: what the server was not told
    yet."""

    resume: str
    company: str
    at: float
    """Seconds since the epoch."""
    agreed: list[Agreed] = msgspec.field(default_factory=list)
    window: Chosen | None = None
    monitor: str | None = None
    owed: list[Owing] = msgspec.field(default_factory=list)


class _File(Record, frozen=True, kw_only=True):
    """`device` is the half of the device's secret that is kept; the other is the machine and its user."""

    device: str
    sessions: dict[str, Kept] = msgspec.field(default_factory=dict)


def folder() -> Path:
    """The user's own, as each system has it."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Deskside"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support" / "Deskside"
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local" / "state") / "deskside"


class Store:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "client.json"
        self._file = self._read() or _File(device=secrets.token_urlsafe(24))

    @property
    def device(self) -> str:
        """The device's secret. The file alone, copied elsewhere, does not give it; a program that runs here as this
        user has both halves."""
        return hmac.new(self._file.device.encode(), machine().encode(), hashlib.sha256).hexdigest()

    def find(self, target: Target) -> Kept | None:
        """How to go on with what was joined by this link or number."""
        found = self._file.sessions.get(_key(target))
        return found if found is not None and 0 <= time.time() - found.at < KEPT else None

    def keep(self, target: Target, kept: Kept) -> None:
        """Raises OSError when it cannot be written."""
        sessions = {**self._file.sessions, _key(target): kept}
        newest = sorted(sessions, key=lambda each: sessions[each].at)[-MOST:]
        self._write({each: sessions[each] for each in newest})

    def forget(self, target: Target) -> None:
        if _key(target) in self._file.sessions:
            self._write({key: kept for key, kept in self._file.sessions.items() if key != _key(target)})

    def _write(self, sessions: dict[str, Kept]) -> None:
        self._file = msgspec.structs.replace(self._file, sessions=sessions)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Made with mode 0600, and put in place whole.
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=".client-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(self._file))
            Path(name).replace(self._path)
        except OSError:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise

    def _read(self) -> _File | None:
        try:
            # No link is followed, and no pipe waited for.
            handle = os.open(self._path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            with os.fdopen(handle, "rb") as file:
                about = os.fstat(handle)
                if not stat.S_ISREG(about.st_mode) or _is_others(about):
                    return None
                return msgspec.json.decode(file.read(LARGEST), type=_File)
        except (OSError, msgspec.MsgspecError):
            return None


def _is_others(about: os.stat_result) -> bool:
    """Somebody else's, or others can read or write it."""
    if sys.platform == "win32":
        return False
    return about.st_uid != os.geteuid() or bool(about.st_mode & 0o077)


def machine() -> str:
    """What another machine, or another user of this one, has otherwise. The machine's own number is no secret here."""
    found = ""
    for path in MACHINE:
        with contextlib.suppress(OSError):
            found = found or path.read_text().strip()
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "")
    return f"{found or uuid.getnode()} {user}"


def _key(target: Target) -> str:
    """The link itself is not kept."""
    whole = f"{target.server} {target.link or ''} {target.number or ''}"
    return hashlib.sha256(whole.encode()).hexdigest()
