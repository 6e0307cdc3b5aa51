"""What a company's page loads before anybody clicks."""

import gzip
from collections.abc import Sequence
from pathlib import Path

from rs_server.http.pages import WEB
from tests.bench.rows import Row, measures, row


@measures("embed.size", seconds=10)
async def size(_folder: Path) -> Sequence[Row]:
    script = (WEB / "embed.js").read_bytes()
    packed = len(gzip.compress(script, 9))
    return [row("embed.size", packed / 1000, "KB gz", at_most=40, peer=f"{len(script) / 1000:.0f} KB unpacked")]
