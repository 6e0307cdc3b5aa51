"""For all tests."""

# Its pytest plugin would import it at the end of the run, when the garbage of a long run is collected in the middle of
# the import; CPython 3.11 does not bear that (greenlets that die inside of `ast.parse`).
import hypothesis
import pytest

from tests.support.figures import seen

__all__ = ["hypothesis"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if seen():
        terminalreporter.section("figures seen")
        for line in seen():
            terminalreporter.write_line(line)
