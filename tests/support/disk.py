"""What an installation has kept on its disk."""

import zlib
from pathlib import Path

_GZIP = b"\x1f\x8b"


def kept(folder: Path) -> bytes:
    """Every file as it is, a database's log too; of what is compressed, as far as it goes, what is in it."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            data = file.read_bytes()
            found.append(data)
            if data.startswith(_GZIP):
                found.append(zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(data))
    return b"\n".join(found)
