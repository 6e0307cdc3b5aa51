"""One file, where no Python is."""

import asyncio
import importlib.util
import os
from pathlib import Path

import pytest

from rs_client.pack import pack
from tests.support.client_program import native
from tests.support.native_call import Call
from tests.support.xserver import XServer


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_it_joins_and_shows(xserver: XServer, call: Call, tmp_path: Path) -> None:
    if importlib.util.find_spec("PyInstaller") is None:
        pytest.skip("not installed: pyinstaller")
    file = await asyncio.to_thread(pack, tmp_path / "dist")
    bare = {name: "" for name in os.environ if name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    env = {**xserver.env, **bare, "PATH": "/nonexistent"}
    async with native(tmp_path, env, "--terminal", call.link, program=(str(file),), bare=True) as client:
        await client.said("y join")
        client.type("y")
        await client.said("Nobody sees your screen now.")
        await call.ask("desktop_view")
        await client.said("y yes")
        client.type("y")
        await call.shown()
        await call.sees("desktop")
        client.type("s")
        await call.hidden()
