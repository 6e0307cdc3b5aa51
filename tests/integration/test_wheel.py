"""The wheel: everything is in it, and it runs from an empty virtual environment without Node.

Dependencies are not downloaded: the environment looks into the site-packages in which the tests run, behind its own.
"""

import asyncio
import json
import signal
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from tests.support.demo import ROOT, free_ports
from tests.support.netns import process

BUILT = ROOT / "rs_server" / "_web"

pytestmark = pytest.mark.skipif(not (BUILT / "manifest.json").exists(), reason="the front end is not built: make web")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with our wheel; returns its folder of programs."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, symlinks=True)
    programs = folder / "bin"
    pip("--python", str(programs / "python"), "install", "--no-deps", "--no-index", str(wheel))
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return programs


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=55, check=False)
    assert done.returncode == 0, done.stderr


def test_everything_is_in_it(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        path.relative_to(ROOT).as_posix()
        for package in ("rs_server", "webacd", "rs_client")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {
        "rs_server/_web/manifest.json",
        "rs_server/_web/embed.js",
        "rs_server/_web/locales/fr.json",
        "rs_server/_web/templates/join.html",
        "rs_server/db/migrations/script.py.mako",
    } <= sources
    assert sources <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rs_server", "webacd", "rs_client", "deskside"}
    assert not [name for name in names if "node_modules" in name or name.endswith(".map")]


@pytest.fixture
async def company(
    environment: Path, tmp_path: Path
) -> AsyncIterator[tuple[dict[str, Any], asyncio.subprocess.Process]]:
    """`rs-server demo --json` in an empty folder, with nothing on the path but the environment's own programs."""
    for name in ("empty", "temporary"):
        (tmp_path / name).mkdir()
    own, shop, view = free_ports(3)
    env = {"PATH": str(environment), "TMPDIR": str(tmp_path / "temporary"), "HOME": str(tmp_path / "empty")}
    ports = ("--port", str(own), "--shop-port", str(shop), "--view-port", str(view))
    command = (str(environment / "rs-server"), "demo", "--json", *ports)
    async with process(command, tmp_path / "log", env=env, cwd=tmp_path / "empty") as running:
        assert running.stdout is not None
        line = await asyncio.wait_for(running.stdout.readline(), 30)
        assert line, (tmp_path / "log").read_text()
        yield json.loads(line), running


async def test_it_runs_alone(
    company: tuple[dict[str, Any], asyncio.subprocess.Process], environment: Path, tmp_path: Path
) -> None:
    facts, running = company
    everybody = [psutil.Process(running.pid), *psutil.Process(running.pid).children(recursive=True)]
    assert len(everybody) >= 2
    base = facts["base"]
    async with aiohttp.ClientSession() as http:

        async def get(url: str) -> str:
            async with http.get(url) as answer:
                assert answer.status == 200, url
                return await answer.text()

        assert json.loads(await get(f"{base}/readyz"))["ready"] is True
        for page in ("/join", "/client", "/console", "/admin", "/audit"):
            html = await get(f"{base}{page}")
            for asset in (piece.split('"')[0] for piece in html.split('src="')[1:]):
                assert await get(f"{base}{asset}")
        assert await get(f"{base}/embed.js") == (BUILT / "embed.js").read_text(encoding="utf-8")
        assert f"{base}/embed.js" in await get(f"{facts['shop']}/checkout")
        agent = next(user for user in facts["users"] if "agent" in user["roles"])
        login = {"name": agent["name"], "password": agent["password"]}
        async with http.post(f"{base}/api/v1/login", json=login, headers={"Origin": base}) as answer:
            assert answer.status == 200

    running.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(running.wait(), 15) == 0
    _, alive = await asyncio.to_thread(psutil.wait_procs, everybody, 1)
    assert not alive
    assert list((tmp_path / "empty").iterdir()) == []
    assert list((tmp_path / "temporary").iterdir()) == []


def test_it_is_the_wheel_that_runs(environment: Path, tmp_path: Path) -> None:
    command = [
        str(environment / "python"),
        "-c",
        "import rs_server, webacd as w; print(rs_server.__file__, w.__file__)",
    ]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={}, check=True).stdout
    assert all(Path(path).is_relative_to(environment.parent) for path in said.split())
