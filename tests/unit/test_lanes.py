"""`make test` runs every file of the tests, and each once."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_every_file_has_one_lane() -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    shown = subprocess.run(["make", "-n", "test"], cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    times: Counter[Path] = Counter()
    for line in shown.stdout.splitlines():
        words = line.partition("-m pytest -m 'not long and not bench' ")[2].split()
        if line.startswith("RS_TEST_DATABASE") or not words:
            continue
        left_out = [ROOT / each.removeprefix("--ignore=") for each in words if each.startswith("--ignore=")]
        for place in (ROOT / each for each in words if not each.startswith("-")):
            files = [place] if place.is_file() else place.rglob("test_*.py")
            times.update(file for file in files if not any(file.is_relative_to(each) for each in left_out))
    every = {file for file in (ROOT / "tests").rglob("test_*.py") if not re.search("/tests/bench/", file.as_posix())}
    assert len(every) > 150
    assert times == Counter(every)
