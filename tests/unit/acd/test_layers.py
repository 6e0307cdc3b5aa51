"""Who the WebACD may know."""

import ast
import sys
from pathlib import Path

import pytest

import webacd

ROOT = Path(webacd.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
HOUSE = (
    "rs_server.protocol",
    "rs_server.db",
    "rs_server.feature",
    "rs_server.ports",
    "rs_server.core.permissions",
    "webacd",
)
EFFECTS = {"asyncio", "time", "random", "secrets", "socket", "os", "threading", "datetime", "logging"}

CALENDAR = {"datetime", "holidays"}
"""What opening hours are made of. The time is given, as everywhere."""
CLOCKS = {"now", "utcnow", "today"}


def imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            base = node.module or ""
            found |= {f"{base}.{alias.name}" if base == "rs_server" else base for alias in node.names}
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports(module: Path) -> None:
    ours = {name for name in imports(module) if name.split(".")[0] in ("rs_server", "rs_client", "webacd")}
    assert not {name for name in ours if not name.startswith(HOUSE)}
    if module.parent.name == "core":
        assert not ours
        tops = {name.split(".")[0] for name in imports(module)}
        if module.name == "hours.py":
            tops -= CALENDAR
            called = {node.attr for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Attribute)}
            assert not called & CLOCKS
        assert not tops & EFFECTS
        assert tops <= {"msgspec"} | set(sys.stdlib_module_names)
