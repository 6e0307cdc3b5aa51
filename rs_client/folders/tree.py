"""Below a root, and never anywhere else. Each step opens one name in the folder that is open already, and follows no
link; no path is ever put together. Blocking: to be called in a thread. All raise No."""

import ctypes
import errno
import heapq
import os
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from rs_client.core.roots import Root
from rs_client.folders import names
from rs_client.folders.no import No, no
from rs_server.protocol.folders import PAGE, FolderEntries, FolderEntry

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_NO_REPLACE = 1
"""RENAME_NOREPLACE of Linux."""
Check = Callable[[], None]
"""Whether it may still be done: asked right before something is changed. Raises No."""


def always() -> None: ...


def works_here() -> bool:
    """Whether this system opens names in an open folder without following links."""
    return (
        hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_DIRECTORY") and {os.open, os.mkdir, os.stat} <= os.supports_dir_fd
    )


class Known(NamedTuple):
    """Which file or folder it is, whatever it is called."""

    device: int
    inode: int
    kind: int

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.kind)


def known(about: os.stat_result) -> Known:
    return Known(about.st_dev, about.st_ino, stat.S_IFMT(about.st_mode))


@contextmanager
def folder(root: Root, path: Sequence[str]) -> Iterator[int]:
    """The folder at this place, open. What is mounted below the root is outside of it."""
    try:
        handle = os.open(root.path, _FOLDER)
    except OSError as error:
        raise no(error) from None
    try:
        about = os.fstat(handle)
        if (about.st_dev, about.st_ino) != (root.device, root.inode):
            raise No("not_found", "another folder stands in its place")
        here = mount(handle)
        for name in path:
            inner = _step(handle, names.existing(name), _FOLDER)
            os.close(handle)
            handle = inner
            if mount(handle) != here:
                raise No("outside", "something is mounted there")
        yield handle
    except OSError as error:
        raise no(error) from None
    finally:
        os.close(handle)


def mount(handle: int) -> int:
    """Which mounted file system it is in; also a folder that is mounted at a second place is another."""
    if sys.platform == "linux":
        try:
            with open(f"/proc/self/fdinfo/{handle}", encoding="ascii") as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))
        except (OSError, StopIteration, ValueError):
            # No /proc: the device says nearly as much.
            pass
    return os.fstat(handle).st_dev


def _step(handle: int, name: str, flags: int) -> int:
    """Open one name. Raises No with `link` for one, which the system calls by several errors."""
    try:
        return os.open(name, flags, dir_fd=handle)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP, errno.ENXIO) and stat.S_ISLNK(at(handle, name).st_mode):
            raise No("link") from None
        raise no(error) from None


def at(handle: int, name: str) -> os.stat_result:
    """Of the name itself, be it a link."""
    try:
        return os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError as error:
        raise no(error) from None


# --- looking ---


def page(root: Root, path: Sequence[str], after: str | None) -> FolderEntries:
    """Folders first, then by name; `after` is where the page before ended. Names that are made or go meanwhile move
    nothing else."""
    with folder(root, path) as handle:
        with os.scandir(handle) as found:
            last = _key(after)
            keys = (_order(each) for each in found if not names.is_part(each.name))
            chosen = heapq.nsmallest(PAGE + 1, (key for key in keys if key[:3] > last))
        more = len(chosen) > PAGE
        entries = [entry for *_, name in chosen[:PAGE] if (entry := _entry(handle, name)) is not None]
    return FolderEntries(entries=entries, next=_cursor(chosen[PAGE - 1]) if more else None)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _order(entry: "os.DirEntry[str]") -> tuple[bool, str, str, str]:
    """By what is told, so that a page can go on from it."""
    told = names.told(entry.name)
    return (not _is_folder(entry), told.casefold(), told, entry.name)


def _cursor(key: tuple[bool, str, str, str]) -> str:
    return f"{int(key[0])}{key[2]}"


def _key(after: str | None) -> tuple[bool, str, str]:
    if not after:
        return (False, "", "")
    return (after[0] != "0", after[1:].casefold(), after[1:])


def _entry(handle: int, name: str) -> FolderEntry | None:
    try:
        about = os.stat(name, dir_fd=handle, follow_symlinks=False)
    except OSError:
        return None
    if not names.can_be_told(name):
        return FolderEntry(name=names.told(name), kind="other")
    mode = about.st_mode
    if stat.S_ISREG(mode):
        return FolderEntry(name=name, kind="file", size=max(0, min(about.st_size, 2**53)), changed=about.st_mtime)
    kind = "folder" if stat.S_ISDIR(mode) else "link" if stat.S_ISLNK(mode) else "other"
    return FolderEntry(name=name, kind=kind, changed=about.st_mtime)  # type: ignore[arg-type]  # one of the four


def open_file(root: Root, path: Sequence[str]) -> int:
    """To read. Only what is a file: opening a device or a pipe may do something."""
    with folder(root, path[:-1]) as handle:
        name = names.existing(path[-1])
        about = at(handle, name)
        _must_be_file(about)
        opened = _step(handle, name, _FILE)
        try:
            if known(os.fstat(opened)) != known(about):
                raise No("changed")
            if mount(opened) != mount(handle):
                raise No("outside", "something is mounted there")
        except BaseException:
            os.close(opened)
            raise
        return opened


def _must_be_file(about: os.stat_result) -> None:
    if stat.S_ISLNK(about.st_mode):
        raise No("link")
    if not stat.S_ISREG(about.st_mode):
        raise No("denied", "this is no file")


# --- changing ---


def make(root: Root, path: Sequence[str], check: Check = always) -> None:
    with folder(root, path[:-1]) as handle:
        name = names.new(path[-1])
        check()
        os.mkdir(name, dir_fd=handle)


def rename(root: Root, path: Sequence[str], name: str, check: Check = always) -> None:
    with folder(root, path[:-1]) as handle:
        old, new = names.existing(path[-1]), names.new(name)
        _must_be_ours(at(handle, old))
        check()
        move(handle, old, new)


def _must_be_ours(about: os.stat_result) -> None:
    if not stat.S_ISDIR(about.st_mode):
        _must_be_file(about)


def move(handle: int, old: str, new: str) -> None:
    """Within a folder; what has the new name stays. Raises OSError."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is not None:
        if call(handle, os.fsencode(old), handle, os.fsencode(new), _NO_REPLACE) == 0:
            return
        code = ctypes.get_errno()
        if code not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
            raise OSError(code, os.strerror(code))
    # This file system cannot. A second name never replaces; a folder replaces an empty folder at most.
    if stat.S_ISDIR(os.stat(old, dir_fd=handle, follow_symlinks=False).st_mode):
        if new in os.listdir(handle):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        os.rename(old, new, src_dir_fd=handle, dst_dir_fd=handle)
    else:
        os.link(old, new, src_dir_fd=handle, dst_dir_fd=handle, follow_symlinks=False)
        os.unlink(old, dir_fd=handle)


def removable(root: Root, path: Sequence[str]) -> Known:
    """What would be removed: a file, or a folder that is empty."""
    with folder(root, path[:-1]) as handle:
        about = at(handle, names.existing(path[-1]))
        _must_be_ours(about)
    if stat.S_ISDIR(about.st_mode):
        with folder(root, path) as inner, os.scandir(inner) as found:
            if next(found, None) is not None:
                raise No("not_empty")
    return known(about)


def remove(root: Root, path: Sequence[str], meant: Known, check: Check = always) -> None:
    """What was agreed to, and nothing that took its name since."""
    with folder(root, path[:-1]) as handle:
        name = names.existing(path[-1])
        if known(at(handle, name)) != meant:
            raise No("changed")
        check()
        if meant.is_folder:
            os.rmdir(name, dir_fd=handle)
        else:
            os.unlink(name, dir_fd=handle)
