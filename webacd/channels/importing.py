"""Rows of a list become callbacks: so many in a transaction, together with how far it has come."""

import asyncio
import hashlib
import itertools
import logging
import os
import stat
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from msgspec.structs import replace
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from rs_server.db import UnitOfWork
from rs_server.ports import CallbackRefused, CallbackRequest
from webacd.core.callback import Callback
from webacd.core.refused import Refused

from . import numbers
from .callback import CallbackService
from .encoding import Survey, survey
from .lists import BadList, ListReader, Problem, Row, instant
from .report import Report, Say, add_all
from .store import row_of
from .tables import callbacks, lists

log = logging.getLogger(__name__)

BATCH = 200

Agents = Callable[[], Awaitable[Mapping[str, str]]]
"""Ids of the agents by what a list may call them, in small letters."""


class Refusal(Exception):
    """Of the whole file. Codes: not_a_file, too_large, and those of `BadList`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Stopped(Exception):
    """The server stops; the list goes on with its next start."""


class Parsed(NamedTuple):
    """`place`: of the row in the list, from 0."""

    place: int
    row: Row
    callback: Callback | None
    problem: Problem | None


@dataclass(slots=True)
class Counts:
    rows: int = 0
    imported: int = 0
    refused: int = 0
    known: int = 0


class Importer:
    def __init__(
        self, service: CallbackService, tenant: str, agents: Agents, say: Say, limit: int, batch: int = BATCH
    ) -> None:
        """`limit`: largest file, bytes."""
        self._service = service
        self._database = service.database
        self._tenant = tenant
        self._agents = agents
        self._say = say
        self._limit = limit
        self._batch = batch
        self._stopping = False

    def stop(self) -> None:
        """After the present transaction."""
        self._stopping = True

    async def take(self, path: Path) -> bool:
        """Import all of the list, and rename it. False when it has to stay as it is. What was imported of it before,
        by a run that did not come to its end or from a file of the same content, is not imported again."""
        report = Report(path.with_name(f"{path.stem}.report.csv"), self._say)
        try:
            file = await asyncio.to_thread(open_list, path, self._limit)
        except Refusal as refusal:
            return await self._refuse(path, report, refusal.code)
        try:
            before = os.fstat(file.fileno())
            found = await asyncio.to_thread(survey, file)
            file.seek(0)
            try:
                reader = await asyncio.to_thread(ListReader, file, found.encoding)
            except BadList as bad:
                return await self._refuse(path, report, bad.code)
            report.language, report.separator = reader.header.language, reader.header.separator
            counts = await self._rows(path, found, reader, report)
            after = os.fstat(file.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                log.warning("list was changed while it was read; it is read again", extra={"list": path.name})
                return True
            await asyncio.to_thread(report.finish, _stamp(self._service.now()))
            await self._ended(found)
            log.info("list imported", extra={"list": path.name, "imported": counts.imported})
        finally:
            report.drop()
            file.close()
        return await asyncio.to_thread(_rename, path, _stamp(self._service.now()), "done")

    async def _refuse(self, path: Path, report: Report, code: str) -> bool:
        log.warning("list refused", extra={"list": path.name, "code": code})
        if code == "not_a_file":
            return False
        await asyncio.to_thread(report.add, 0, Problem("", code))
        await asyncio.to_thread(report.finish, _stamp(self._service.now()))
        return await asyncio.to_thread(_rename, path, _stamp(self._service.now()), "refused")

    async def _rows(self, path: Path, found: Survey, reader: ListReader, report: Report) -> Counts:
        counts, state = await self._begin(path, found)
        if state == "done":
            await asyncio.to_thread(report.add, 0, Problem("", "known_list"))
            return counts
        agents = await self._agents()
        rows = enumerate(iter(reader))
        parse = _Parser(self._service, agents, found.digest, reader.header.language)
        done = counts.rows
        while batch := await asyncio.to_thread(parse.batch, rows, self._batch):
            if self._stopping:
                raise Stopped
            fresh = [each for each in batch if each.place >= done]
            problems = [(each.row.line, each.problem) for each in batch if each.problem is not None]
            if fresh:
                problems += await self._store(found.digest, fresh, counts)
            if problems:
                await asyncio.to_thread(add_all, report, problems)
        return counts

    async def _begin(self, path: Path, found: Survey) -> tuple[Counts, str]:
        async with self._database.begin() as unit:
            mine = self._mine(found.digest)
            row = (await unit.connection.execute(select(lists).where(*mine))).mappings().one_or_none()
            if row is not None:
                return Counts(row["rows"], row["imported"], row["refused"], row["known"]), row["state"]
            await unit.connection.execute(
                insert(lists).values(
                    tenant=self._tenant,
                    digest=found.digest,
                    name=path.name[:255],
                    state="reading",
                    rows=0,
                    imported=0,
                    refused=0,
                    known=0,
                    started_at=self._service.now(),
                )
            )
        return Counts(), "reading"

    async def _ended(self, found: Survey) -> None:
        async with self._database.begin() as unit:
            change = update(lists).where(*self._mine(found.digest), lists.c.state != "done")
            await unit.connection.execute(change.values(state="done", ended_at=self._service.now()))

    def _mine(self, digest: str) -> Sequence[Any]:
        return (lists.c.tenant == self._tenant, lists.c.digest == digest)

    async def _store(self, digest: str, batch: Sequence[Parsed], counts: Counts) -> list[tuple[int, Problem]]:
        """Rows and progress in one transaction; returns what those that are on disk already speak against."""
        for last in (False, False, True):
            try:
                async with self._database.begin() as unit:
                    after, problems = await self._write(unit, digest, batch, counts)
                break
            except IntegrityError:
                # Somebody asked for the same meanwhile; now it is seen.
                if last:
                    raise
        counts.rows, counts.imported = after.rows, after.imported
        counts.refused, counts.known = after.refused, after.known
        return problems

    async def _write(
        self, unit: UnitOfWork, digest: str, batch: Sequence[Parsed], counts: Counts
    ) -> tuple[Counts, list[tuple[int, Problem]]]:
        wanted = [(each, each.callback) for each in batch if each.callback is not None]
        keys = [callback.list_key for _each, callback in wanted]
        lives = [callback.live_key for _each, callback in wanted]
        table = callbacks.c
        mine = table.tenant == self._tenant
        query = select(table.list_key).where(mine, table.list_key.in_(keys))
        known = set((await unit.connection.execute(query)).scalars())
        query = select(table.live_key).where(mine, table.live_key.in_(lives))
        live = set((await unit.connection.execute(query)).scalars())
        rows: list[dict[str, Any]] = []
        problems: list[tuple[int, Problem]] = []
        again = 0
        for each, callback in wanted:
            if callback.list_key in known:
                again += 1
            elif callback.live_key in live:
                problems.append((each.row.line, Problem("number", "exists", callback.key)))
            else:
                known.add(callback.list_key)
                live.add(callback.live_key)
                rows.append(row_of(self._tenant, callback))
        if rows:
            await unit.connection.execute(insert(callbacks), rows)
        bad = sum(each.problem is not None for each in batch) + len(problems)
        after = Counts(batch[-1].place + 1, counts.imported + len(rows), counts.refused + bad, counts.known + again)
        values = {"rows": after.rows, "imported": after.imported, "refused": after.refused, "known": after.known}
        await unit.connection.execute(update(lists).where(*self._mine(digest)).values(values))
        self._service.stir_after(unit)
        return after, problems


class _Parser:
    """Rows to callbacks; runs beside the loop."""

    def __init__(self, service: CallbackService, agents: Mapping[str, str], digest: str, language: str) -> None:
        self._service = service
        self._agents = agents
        self._digest = digest
        self._language = language

    def batch(self, rows: Iterator[tuple[int, Row]], size: int) -> list[Parsed]:
        return [self._parse(place, row) for place, row in itertools.islice(rows, size)]

    def _parse(self, place: int, row: Row) -> Parsed:
        callback: Callback | None = None
        problem = row.problem
        if problem is None:
            callback, problem = self._callback(row.values)
        return Parsed(place, row, callback, problem)

    def _callback(self, values: Mapping[str, str]) -> tuple[Callback | None, Problem | None]:
        def bad(column: str, code: str) -> tuple[None, Problem]:
            return None, Problem(column, code, values.get(column, ""))

        rules = self._service.rules
        asked = values.get("queue", "")
        queue = rules.named(asked) if asked else rules.default()
        if queue is None:
            return bad("queue", "unknown_queue")
        agent = self._agents.get(values.get("agent", "").casefold()) if values.get("agent") else None
        if values.get("agent") and agent is None:
            return bad("agent", "unknown_agent")
        try:
            priority = int(values.get("priority") or 0)
        except ValueError:
            return bad("priority", "bad_priority")
        if not -100 <= priority <= 100:
            return bad("priority", "bad_priority")
        language = (values.get("language") or self._language).lower()
        if not (2 <= len(language) <= 3 and language.isascii() and language.isalpha()):
            return bad("language", "bad_language")
        found = numbers.parse_number(values.get("number", ""), rules.country)
        hours = rules.rule(queue.id).hours
        given = values.get("zone", "")
        if given and not numbers.known_zone(given):
            return bad("zone", "bad_zone")
        zone = given or (found.zone if found else "") or (hours.zone if hours else "UTC")
        at = instant(values["at"], zone) if values.get("at") else None
        if values.get("at") and at is None:
            return bad("at", "bad_time")
        now = self._service.now()
        request = CallbackRequest(
            queue=queue.id,
            source="list",
            name=values.get("name", ""),
            number=values.get("number", ""),
            email=values.get("email", ""),
            zone=given,
            language=language[:2],
            note=values.get("note", ""),
            # What should have been yesterday is to be done today.
            at=None if at is None else max(at, now),
            agent=agent,
            priority=priority,
        )
        try:
            made = self._service.new(request)
            made = replace(made, at=rules.rule(queue.id).earliest(made.at, made.zone))
        except (CallbackRefused, Refused) as refused:
            return bad(_COLUMN_OF.get(refused.code, "at"), refused.code)
        which = values["at"] if at is None and values.get("at") else str(at) if at is not None else self._digest
        key = hashlib.sha256("\t".join((queue.id, made.key, which)).encode()).hexdigest()
        return replace(made, list_key=key), None


_COLUMN_OF: Mapping[str, str] = {
    "unknown_queue": "queue",
    "unknown_agent": "agent",
    "bad_number": "number",
    "no_customer": "number",
    "bad_email": "email",
}


def open_list(path: Path, limit: int) -> BinaryIO:
    """Raises `Refusal`. Neither a link is followed nor a pipe waited for."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except OSError:
        raise Refusal("not_a_file") from None
    found = os.fstat(handle)
    code = "not_a_file" if not stat.S_ISREG(found.st_mode) else "too_large" if found.st_size > limit else ""
    if code:
        os.close(handle)
        raise Refusal(code)
    return open(handle, "rb")


def _stamp(now: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))


def _rename(path: Path, stamp: str, what: str) -> bool:
    """False when the folder does not let us."""
    for more in ("", *(f"-{number}" for number in range(2, 100))):
        target = path.with_name(f"{path.stem}.{stamp}{more}.{what}.csv")
        if os.path.lexists(target):
            continue
        try:
            os.rename(path, target)
        except OSError:
            return False
        return True
    return False
