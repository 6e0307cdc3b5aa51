"""Scripts for pages that only the tests have: our own modules, and packages beside which ours must work."""

import asyncio
import hashlib
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
PAGES = Path(__file__).parent / "pages"


async def bundled(entry: Path, folder: Path) -> str:
    """The script of an entry with all that it imports, from `web/node_modules` as well."""
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules").exists():
        pytest.skip("Node and the packages of web/ are needed: make web")
    name = hashlib.sha256(str(entry).encode()).hexdigest()[:12]
    out = folder / f"{name}.js"
    process = await asyncio.create_subprocess_exec(
        node,
        str(Path(__file__).with_name("bundle.mjs")),
        str(WEB),
        str(entry),
        str(out),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(said.decode())
    return out.read_text(encoding="utf-8")
