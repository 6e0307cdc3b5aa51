"""Who may know whom: `Who may know whom` of the architecture, held over every import in the source."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("rs_server", "webacd", "rs_client")

ROOM_MAY_KNOW: dict[str, set[str]] = {
    "rs_server.protocol": set(),
    "rs_server.db": set(),
    "rs_server.rtc": set(),
    "rs_server.core": {"rs_server.protocol"},
    "rs_server.feature": set(),
    "rs_server.ports": {"rs_server.db", "rs_server.protocol"},
    "rs_server.store": {"rs_server.core", "rs_server.db", "rs_server.ports", "rs_server.protocol"},
    "rs_server.bus": {"rs_server.ports"},
    "rs_server.media": {"rs_server.ports", "rs_server.rtc"},
    "rs_server.services": {f"rs_server.{room}" for room in ("core", "db", "ports", "protocol", "store")},
    "rs_server.http": {
        f"rs_server.{room}" for room in ("core", "db", "feature", "ports", "protocol", "store", "services", "__init__")
    },
    "webacd": {
        "rs_server.db",
        "rs_server.feature",
        "rs_server.ports",
        "rs_server.protocol",
        "rs_server.core.permissions",
    },
    "rs_client": {"rs_server.__init__", "rs_server.protocol", "rs_server.rtc"},
    "rs_server.cluster": {f"rs_server.{room}" for room in ("db", "http", "ports", "protocol", "store")},
}
ROOT_OF_COMPOSITION = {
    f"rs_server.{name}"
    for name in (
        "__init__",
        "__main__",
        "app",
        "acd_facts",
        "acd_house",
        "config",
        "demo",
        "demo_queues",
        "doctor",
        "front",
        "machine",
        "options",
        "setup",
        "setup_file",
        "db.migrations",
    )
}


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "_web" not in path.parts:
                found[".".join(path.relative_to(ROOT).with_suffix("").parts)] = path
    return found


def imports(name: str, path: Path) -> set[str]:
    """Modules of ours that a module names, as `package.room[.module]`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(name.split(".")[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            if module in PACKAGES:
                found.update(
                    f"{module}.{alias.name}" if alias.name[0] != "_" else f"{module}.__init__" for alias in node.names
                )
            else:
                found.add(module)
    return {each for each in found if each.split(".")[0] in PACKAGES}


def room(name: str) -> str:
    package = name.split(".")[0]
    return ".".join(name.split(".")[:2]) if package == "rs_server" else package


def allowed(name: str, other: str) -> bool:
    if any(name == each or name.startswith(f"{each}.") for each in ROOT_OF_COMPOSITION):
        return True
    may = ROOM_MAY_KNOW[room(name)] | {room(name)}
    return any(other == each or other.startswith(f"{each}.") for each in may)


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_knows_only_what_it_may(name: str) -> None:
    wrong = [other for other in sorted(imports(name, modules()[name])) if not allowed(name, other)]
    assert wrong == []


def told() -> dict[str, set[str]]:
    """The table of the architecture, as far as it is about Python."""
    found = {}
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines():
        row = re.fullmatch(r"\| `([\w/]+?)(?:\.py)?` \| .* \| (.*?) \|", line)
        if row and row[1].split("/")[0] in PACKAGES:
            known = [] if row[2] == "nothing of ours" else row[2].split(", ")
            found[row[1].replace("/", ".")] = {f"rs_server.{name}" for name in known}
    return found


def test_the_architecture_tells_the_same() -> None:
    assert told() == {name: may - {"rs_server.__init__"} for name, may in ROOM_MAY_KNOW.items()}


def test_the_rule_finds_a_wrong_import(tmp_path: Path) -> None:
    bad = tmp_path / "session.py"
    bad.write_text("from rs_server.services import hub\nfrom ..http import ws\nimport rs_server.store.tables\n")
    found = imports("rs_server.core.session", bad)
    assert found == {"rs_server.services", "rs_server.http", "rs_server.store.tables"}
    assert not any(allowed("rs_server.core.session", other) for other in found)


def test_every_module_imports_on_its_own() -> None:
    # One process: what a module leaves behind is taken away before the next.
    script = """
import importlib, sys
for name in sys.argv[1:]:
    for old in [m for m in sys.modules if m.split(".")[0] in ("rs_server", "webacd", "rs_client")]:
        del sys.modules[old]
    try:
        importlib.import_module(name)
    except BaseException as error:
        sys.exit(f"{name}: {type(error).__name__}: {error}")
"""
    names = [
        name.removesuffix(".__init__")
        for name in modules()
        if not name.endswith("__main__") and not name.startswith("rs_server.db.migrations.")
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, *names], cwd=ROOT, capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
