"""For all tests."""

from collections.abc import Iterator
from pathlib import Path

# Its pytest plugin would import it at the end of the run, when the garbage of a long run is collected in the middle of
# the import; CPython 3.11 does not bear that (greenlets that die inside of `ast.parse`).
import hypothesis
import pytest

from tests.support import postgres as pg
from tests.support import redis as rd
from tests.support.figures import seen

__all__ = ["hypothesis"]


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Postgres]:
    """The PostgreSQL server of this run."""
    absent = pg.missing()
    if absent is not None:
        pytest.skip(absent)
    with pg.running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: pg.Postgres) -> Iterator[str]:
    """A migrated database of PostgreSQL of one's own."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def redis() -> Iterator[rd.Redis]:
    """The Redis server of this run."""
    absent = rd.missing()
    if absent is not None:
        pytest.skip(absent)
    with rd.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty file of SQLite, or of a migrated database of PostgreSQL: a test for each."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if seen():
        terminalreporter.section("figures seen")
        for line in seen():
            terminalreporter.write_line(line)
