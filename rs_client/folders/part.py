"""A file on its way into a folder. Until it is whole and put in place nobody finds it, and when it is given up, or the
program is killed, nothing of it stays. Blocking: to be called in a thread. All raise No."""

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from typing import Literal

from rs_client.core.roots import Root
from rs_client.folders import names, tree
from rs_client.folders.no import No, no
from rs_client.folders.tree import Check, always

Exists = Literal["refuse", "replace", "keep_both"]
MOST_COPIES = 1000
_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_NAMELESS_IS_NOT_KNOWN = (errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL)


class Part:
    def __init__(self, root: Root, path: Sequence[str], exists: Exists) -> None:
        self.size = 0
        self._root, self._path, self._exists = root, path, exists
        self._name = names.new(path[-1])
        self._digest = hashlib.sha256()
        self._hidden = names.part(secrets.token_hex(8))
        with tree.folder(root, path[:-1]) as handle:
            self._refuse_early(handle)
            self._file, self._named = self._begin(handle)
            self._folder = os.dup(handle)

    def _begin(self, handle: int) -> tuple[int, bool]:
        """Where the file system can, without a name at all: the system removes it with the program."""
        nameless = getattr(os, "O_TMPFILE", 0)
        if nameless and os.path.isdir("/proc/self/fd"):
            try:
                return os.open(".", nameless | os.O_RDWR | os.O_CLOEXEC, 0o666, dir_fd=handle), False
            except OSError as error:
                if error.errno not in _NAMELESS_IS_NOT_KNOWN:
                    raise
        return os.open(self._hidden, _NEW, 0o666, dir_fd=handle), True

    def _refuse_early(self, handle: int) -> None:
        try:
            about = tree.at(handle, self._name)
        except No as found:
            if found.reason == "not_found":
                return
            raise
        if self._exists == "refuse":
            raise No("exists")
        if self._exists == "replace":
            _may_replace(about)

    def room_for(self, size: int) -> None:
        """Raises No with `full` when that much more does not fit."""
        try:
            about = os.fstatvfs(self._file)
        except OSError as error:
            raise no(error) from None
        if about.f_blocks and about.f_bavail * about.f_frsize < size - self.size:
            raise No("full")

    def write(self, data: bytes) -> None:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise no(error) from None
        self._digest.update(data)
        self.size += len(data)

    def flush(self, size: int, sha256: str) -> None:
        """Whole, and on the disk: that may take long, and is no change that anybody sees."""
        if self.size != size or self._digest.hexdigest() != sha256:
            raise No("failed", "these are not the bytes that were sent")
        try:
            os.fsync(self._file)
        except OSError as error:
            raise no(error) from None

    def place(self, check: Check = always, meant: tree.Known | None = None) -> str:
        """Into its place, once it is flushed; its name there. The folder has to be the one that it was begun in.
        `meant`: what may be replaced, and nothing that took its name since."""
        with tree.folder(self._root, self._path[:-1]) as handle:
            if tree.known(os.fstat(handle)) != tree.known(os.fstat(self._folder)):
                raise No("changed", "another folder stands in its place")
            check()
            name = self._replace(handle, meant) if meant is not None else self._add(handle)
            with contextlib.suppress(OSError):
                os.fsync(handle)
        return name

    def _add(self, handle: int) -> str:
        for name in self._candidates():
            try:
                self._call(handle, name)
            except FileExistsError:
                continue
            return name
        raise No("exists")

    def _candidates(self) -> Iterator[str]:
        yield self._name
        if self._exists != "keep_both":
            return
        stem, dot, ending = self._name.rpartition(".")
        if not stem:
            stem, dot, ending = self._name, "", ""
        for number in range(2, MOST_COPIES):
            tail = f" ({number}){dot}{ending}"
            room = names.LONGEST - len(os.fsencode(tail))
            yield os.fsencode(stem)[:room].decode(errors="ignore") + tail

    def _replace(self, handle: int, meant: tree.Known) -> str:
        """By a rename, which follows no link; other names of the former file keep what they had. As private as it was,
        but nothing that could be run stays one: its bytes are others."""
        about = tree.at(handle, self._name)
        if tree.known(about) != meant:
            raise No("changed")
        os.fchmod(self._file, stat.S_IMODE(about.st_mode) & 0o666)
        if not self._named:
            self._call(handle, self._hidden)
            self._named = True
        os.rename(self._hidden, self._name, src_dir_fd=handle, dst_dir_fd=handle)
        self._named = False
        return self._name

    def _call(self, handle: int, name: str) -> None:
        """Give it this name, which nothing has. Raises FileExistsError."""
        if self._named:
            tree.move(handle, self._hidden, name)
            self._named = False
        else:
            os.link(f"/proc/self/fd/{self._file}", name, dst_dir_fd=handle, follow_symlinks=True)

    def close(self) -> None:
        """What is not in its place is gone."""
        if self._named:
            # There it is, wherever the folder has gone.
            with contextlib.suppress(OSError):
                os.unlink(self._hidden, dir_fd=self._folder)
        os.close(self._folder)
        os.close(self._file)


def replaced(root: Root, path: Sequence[str]) -> tree.Known | None:
    """The file that another one put here would replace. Raises No, for what is never replaced."""
    with tree.folder(root, path[:-1]) as handle:
        try:
            about = tree.at(handle, names.new(path[-1]))
        except No as found:
            if found.reason == "not_found":
                return None
            raise
    _may_replace(about)
    return tree.known(about)


def _may_replace(about: os.stat_result) -> None:
    if stat.S_ISLNK(about.st_mode):
        raise No("link")
    if not stat.S_ISREG(about.st_mode):
        raise No("exists", "this is no file")
