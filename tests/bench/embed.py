"""What a company's page loads before anybody clicks, and when it is shown."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from rs_server.http.pages import WEB
from tests.bench.rows import Row, measures, row


@measures("embed.size", "cobrowse.size", seconds=10)
async def size(_folder: Path) -> Sequence[Row]:
    return [_size("embed.size", "embed.js", 40), _size("cobrowse.size", "page.js", 35)]


def _size(name: str, file: str, at_most: float) -> Row:
    script = (WEB / file).read_bytes()
    packed = len(gzip.compress(script, 9))
    return row(name, packed / 1000, "KB gz", at_most=at_most, peer=f"{len(script) / 1000:.0f} KB unpacked")
