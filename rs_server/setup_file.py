"""Commands that write the configuration of routing to a file and load it from one."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rs_server.app import TENANT
from rs_server.db import Database, UnitOfWork
from rs_server.services.configuration import note_change
from rs_server.store import sites as site_store
from webacd import transfer_file
from webacd.config import AcdConfig
from webacd.core.items import Change, Items
from webacd.core.problem import Problem
from webacd.core.validate import of_sites, problems

_ACD = AcdConfig(TENANT)
_SHOWN = 20
"""Problems told one by one."""


class Refused(Exception):
    """The file is not loaded; the text says why, a line a problem."""


async def export(database: Database, file: Path | None) -> None:
    async with database.read() as connection:
        text = transfer_file.encode(await _ACD.items(connection))
    if file is None:
        sys.stdout.write(text.decode())
    else:
        file.write_bytes(text)


async def load(database: Database, file: Path, *, check: bool) -> None:
    """The file instead of everything there was, or nothing at all. Raises `Refused`."""
    try:
        wanted = transfer_file.decode(file.read_bytes())
    except transfer_file.BadFile as error:
        raise Refused(_told(str(file), error.problems)) from error
    async with database.begin() as unit:
        await note_change(unit, TENANT)
        found = [*problems(wanted, time.time()), *of_sites(wanted, await _sites(unit))]
        errors = [each for each in found if each.severity == "error"]
        if errors:
            raise Refused(_told(str(file), errors))
        before = await _ACD.items(unit.connection)
        changes = before.differences(wanted)
        wanted.configuration().check()
        if not check:
            await _ACD.apply(unit, changes)
    for each in found:
        sys.stdout.write(f"warning: {_line(each)}\n")
    for change in changes:
        sys.stdout.write(f"{_what(before, change)}: {change.kind} {change.id}\n")
    count = f"{len(changes)} change{'' if len(changes) == 1 else 's'}"
    sys.stdout.write(f"{count}{', none made' if check else ''}\n")


async def _sites(unit: UnitOfWork) -> dict[str, str]:
    return {site.key: site.queue for site in await site_store.all_sites(unit.connection) if site.tenant == TENANT}


def _what(before: Items, change: Change) -> str:
    if change.item is None:
        return "removed"
    return "changed" if (change.kind, change.id) in before else "added"


def _line(each: Problem) -> str:
    return f"{' '.join(part for part in (each.kind, each.id, each.field) if part)}: {each.message}"


def _told(file: str, found: Sequence[Problem]) -> str:
    lines = [_line(each) for each in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append(f"and {len(found) - _SHOWN} more")
    return "\n  ".join([f"{file} is not loaded, and nothing has changed:", *lines])
