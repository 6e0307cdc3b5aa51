"""Runs what was asked for, one after the other, prints a table and writes `build/bench.json`."""

import argparse
import asyncio
import importlib
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.bench.rows import MEASUREMENTS, Measurement, Row
from tests.support.demo import ROOT

SUBJECTS = (
    "embed",
    "acd",
    "acd_decisions",
    "store",
    "centre",
    "desk",
    "server",
    "files",
    "join",
    "media",
    "switch",
    "survival",
    "replay",
    "cobrowse",
    "cobrowse_bytes",
    "cobrowse_table",
    "cobrowse_server",
    "cobrowse_churn",
    "cobrowse_seek",
    "client_encode",
    "client_desktop",
)
RESULTS = ROOT / "build" / "bench.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name-prefix", help="measure only what begins so")
    prefixes = parser.parse_args().names
    for subject in SUBJECTS:
        importlib.import_module(f"tests.bench.{subject}")
    chosen = [measurement for measurement in MEASUREMENTS if measurement.is_meant(prefixes)]
    if not chosen:
        parser.error(f"nothing is called {' or '.join(prefixes)}")
    print(f"{os.cpu_count()} cores, load {_load()}", flush=True)
    rows: list[Row] = []
    crashes = 0
    for measurement in chosen:
        began = time.monotonic()
        found, error = attempt(measurement)
        rows += found
        crashes += error is not None
        verdict = "failed" if error else "done"
        print(f"{', '.join(measurement.names)}: {verdict} in {time.monotonic() - began:.0f} s", flush=True)
        if error:
            print(error, file=sys.stderr)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    print(f"\n{table(rows)}\n\nload {_load()}; also in {RESULTS.relative_to(ROOT)}")
    return 1 if crashes else 0


def attempt(measurement: Measurement) -> tuple[list[Row], str | None]:
    """The rows; when it fails or takes too long, rows without values, and why."""
    try:
        with tempfile.TemporaryDirectory(prefix="deskside-bench-") as folder:
            return list(asyncio.run(_bounded(measurement, Path(folder)))), None
    except Exception:
        return [Row(name, None, "", None, False, "failed") for name in measurement.names], traceback.format_exc()


async def _bounded(measurement: Measurement, folder: Path) -> Sequence[Row]:
    async with asyncio.timeout(measurement.seconds):
        return await measurement.work(folder)


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    cells = [("name", "value", "unit", "bar", "holds", "peer"), *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = [
        "| " + " | ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[5]]) + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|---|")
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, str, str, str, str, str]:
    holds = {True: "yes", False: "no", None: ""}[row.holds]
    return row.name, _number(row.value), row.unit, _number(row.bar), holds, row.peer


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


if __name__ == "__main__":
    raise SystemExit(main())
