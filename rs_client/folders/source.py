"""A file on its way out of a folder. Blocking: to be called in a thread. All raise No."""

import hashlib
import os
import threading
from collections.abc import Sequence

from rs_client.core.roots import Root
from rs_client.folders import tree
from rs_client.folders.no import No, no

COUNTED = 1024 * 1024
"""Bytes that are read at once for a digest."""


class Source:
    """It has to stay as it was when it was opened. `name`: what it is called."""

    def __init__(self, root: Root, path: Sequence[str]) -> None:
        self.name = path[-1]
        self._file = tree.open_file(root, path)
        self._lock = threading.Lock()
        self._closed = False
        about = os.fstat(self._file)
        self.size = about.st_size
        self._changed = about.st_mtime_ns
        self._digest, self._counted = hashlib.sha256(), 0

    def read(self, size: int, at: int) -> bytes:
        """Never nothing: Raises No with `changed` at its end."""
        with self._lock:
            if self._closed:
                raise No("stopped")
            try:
                data = os.pread(self._file, size, at)
            except OSError as error:
                raise no(error) from None
        if not data:
            raise No("changed", "it became shorter")
        return data

    def count(self, until: int) -> None:
        """Read on for the digest."""
        while self._counted < until:
            data = self.read(min(COUNTED, until - self._counted), self._counted)
            self._digest.update(data)
            self._counted += len(data)

    def check(self, sha256: str) -> None:
        """Whether it is still the same, and this is what was passed on."""
        self.count(self.size)
        about = os.fstat(self._file)
        if (about.st_size, about.st_mtime_ns) != (self.size, self._changed) or self._digest.hexdigest() != sha256:
            raise No("changed")

    def close(self) -> None:
        """Also while somebody reads, who is not waited for longer than that."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._file)
