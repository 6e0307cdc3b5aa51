"""URLs of databases as people write them, and as the engine wants them."""

import importlib.util

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {"sqlite": ("aiosqlite", "server"), "postgresql": ("asyncpg", "postgres")}


class BadDatabase(ValueError):
    """The database cannot be used as it is named; the text says why, to whoever started the server."""


def parse(url: str) -> URL:
    """Raises `BadDatabase` when it is not a URL of a database that we know, or its driver is not installed."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise BadDatabase(f"not the URL of a database: {_hidden(url)}") from error
    dialect = parsed.drivername.partition("+")[0]
    # As libpq and others write it too.
    dialect = "postgresql" if dialect == "postgres" else dialect
    if dialect not in _DRIVERS:
        raise BadDatabase(f"neither SQLite nor PostgreSQL: {dialect}")
    driver, extra = _DRIVERS[dialect]
    if importlib.util.find_spec(driver) is None:
        raise BadDatabase(f"{driver} is not installed: pip install 'deskside[{extra}]'")
    if dialect == "postgresql" and "sslmode" in parsed.query:
        # As libpq calls it; the values are the same.
        parsed = parsed.difference_update_query(["sslmode"]).update_query_dict({"ssl": parsed.query["sslmode"]})
    return parsed.set(drivername=f"{dialect}+{driver}")


def driver_url(url: str) -> str:
    """With the driver that we use. Raises as `parse`."""
    return parse(url).render_as_string(hide_password=False)


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def _hidden(url: str) -> str:
    """Without what stands before the host: a password may be there."""
    return url.rpartition("@")[2]
