"""What a company's page has to load stays small."""

import gzip

import pytest

from rs_server.http.pages import WEB

# Bytes, packed as servers do.
LIMITS = {"embed.js": 40_000, "page.js": 35_000}


@pytest.mark.parametrize("name", LIMITS)
def test_packed(name: str) -> None:
    script = (WEB / name).read_bytes()
    assert 5_000 < len(gzip.compress(script, compresslevel=6)) <= LIMITS[name]
    # All of it: nothing is loaded beside it but what it names.
    assert b'import"' not in script
    assert b"import(" not in script
