"""A file on its way out of a folder. Blocking: to be called in a thread. All raise No."""

import hashlib
import os
import threading
from collections.abc import Sequence

from rs_client.core.roots import Root
from rs_client.folders import tree
from rs_client.folders.no import No, no


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

    def count(self, size: int) -> str | None:
        """Reads on for the digest, which it gives when all is read."""
        if self._counted < self.size:
            data = self.read(min(size, self.size - self._counted), self._counted)
            self._digest.update(data)
            self._counted += len(data)
        return self._digest.hexdigest() if self._counted == self.size else None

    def check(self) -> None:
        about = os.fstat(self._file)
        if (about.st_size, about.st_mtime_ns) != (self.size, self._changed):
            raise No("changed")

    def close(self) -> None:
        """Also while somebody reads, who is not waited for longer than that."""
        with self._lock:
            if not self._closed:
                self._closed = True
                os.close(self._file)
