"""What could not be used of a list, for those who made it: a file beside the list that a spreadsheet opens safely."""

import csv
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from .lists import Problem, safe_cell

Say = Callable[[str, str], str]
"""(language, code): the words for people."""


@dataclass(slots=True)
class Report:
    """Made when there is something to say; has its name only once it is whole."""

    path: Path
    say: Say
    language: str = "en"
    separator: str = ","
    _file: TextIO | None = field(default=None)
    _writer: Any = field(default=None)

    @property
    def _part(self) -> Path:
        return self.path.with_name(f".{self.path.name}.part")

    def add(self, line: int, problem: Problem) -> None:
        if self._file is None:
            self._part.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            self._file = open(os.open(self._part, flags, 0o600), "w", encoding="utf-8-sig", newline="")  # noqa: SIM115
            self._writer = csv.writer(self._file, delimiter=self.separator)
            head = ("line", "column", "reason", "value", "code")
            self._writer.writerow([self.say(self.language, f"head_{name}") for name in head])
        column = self.say(self.language, f"column_{problem.column}") if problem.column else ""
        reason = self.say(self.language, problem.code)
        self._writer.writerow((line or "", column, reason, safe_cell(problem.value), problem.code))

    def finish(self, stamp: str) -> None:
        if self._file is None:
            return
        self._file.flush()
        os.fsync(self._file.fileno())
        self.drop()
        taken = os.path.lexists(self.path)
        stem = self.path.name.removesuffix(".report.csv")
        target = self.path.with_name(f"{stem}.{stamp}.report.csv") if taken else self.path
        os.replace(self._part, target)

    def drop(self) -> None:
        if self._file is not None:
            self._file.close()


def add_all(report: Report, problems: Sequence[tuple[int, Problem]]) -> None:
    for line, problem in problems:
        report.add(line, problem)
