"""What an administrator sets, a row an item, and the history of it.

Everything is written in the caller's unit of work, and routed by once `AcdService.reconfigure` is called in
the same unit or the service starts.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Table, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import UnitOfWork

from . import tables
from .core.config import AgentConfig, Choice, Configuration, QueueConfig, RecordingPolicy, Rules
from .core.items import RULES, TYPES, Change, Item, Items, Key, Kind, OutcomeCode, id_of, kind_of

UNCHANGED: Any = object()
"""Leave it as it is; what is new gets the default."""


class ChangedMeanwhile(Exception):
    """An item was changed after the version that the change starts from; `version` is the one of that change."""

    def __init__(self, kind: Kind, id: str, version: int) -> None:
        super().__init__(f"{kind} {id} was changed meanwhile")
        self.kind, self.id, self.version = kind, id, version


class NoSuchChange(Exception):
    """There is no change of this version."""


class Written(msgspec.Struct, frozen=True):
    """A change as it is kept."""

    version: int
    batch: int
    """Version of the first of those that were made in one go; they are taken back in one go, too."""
    at: float
    by: str
    """The staff account; empty: a command."""
    kind: Kind
    id: str
    before: Item | None
    after: Item | None
    undoes: int | None = None


class AcdConfig:
    """The configuration of one tenant. `put_...` adds or replaces, `remove_...` does nothing when there is
    nothing. What is contradictory is refused when it is read, by `BadConfiguration`.

    `by`: the staff account that changes it; empty for a command. Each call is one entry of the history, with
    everything that it changes, and none where it changes nothing. Returned is the version after it."""

    def __init__(self, tenant: str, now: Callable[[], float] = time.time) -> None:
        self.tenant = tenant
        self._now = now

    # --- reading ---

    async def read(self, connection: AsyncConnection) -> Configuration:
        """What the rows say now."""
        return (await self.items(connection)).configuration()

    async def items(self, connection: AsyncConnection) -> Items:
        table = tables.items
        found = await connection.execute(
            select(table.c.kind, table.c.id, table.c.body).where(table.c.tenant == self.tenant)
        )
        return Items({(row.kind, row.id): _decoded(row.kind, row.body) for row in found if row.kind in TYPES})

    async def version(self, connection: AsyncConnection) -> int:
        """Of the last change; 0 when there was none."""
        query = select(func.max(tables.changes.c.version)).where(tables.changes.c.tenant == self.tenant)
        return (await connection.execute(query)).scalar_one() or 0

    async def changes(self, connection: AsyncConnection, before: int | None, limit: int) -> list[Written]:
        """The newest first, those before version `before`."""
        table = tables.changes
        query = select(table).where(table.c.tenant == self.tenant)
        if before is not None:
            query = query.where(table.c.version < before)
        found = await connection.execute(query.order_by(table.c.version.desc()).limit(limit))
        return [_written(row) for row in found.mappings()]

    async def last_changes(self, connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, int]:
        """The version of the last change of each; those that never changed are left out."""
        table = tables.changes
        query = select(table.c.kind, table.c.id, func.max(table.c.version)).where(table.c.tenant == self.tenant)
        if len(keys) < 50:
            query = query.where(table.c.id.in_([id for _, id in keys]))
        found = await connection.execute(query.group_by(table.c.kind, table.c.id))
        last: dict[Key, int] = {(kind, id): version for kind, id, version in found}
        return {key: last[key] for key in keys if key in last}

    # --- changing ---

    async def apply(
        self, unit: UnitOfWork, changes: Sequence[Change], by: str = "", *, undoes: Mapping[Key, int] | None = None
    ) -> int:
        """Make the changes in one go. A new default queue replaces the former one. `undoes`: by item, the version
        of the change that is taken back."""
        items = await self.items(unit.connection)
        wanted = items.after(with_one_default(items, changes))
        version = await self.version(unit.connection)
        rows = [
            {
                "tenant": self.tenant,
                "version": number,
                "batch": version + 1,
                "at": self._now(),
                "by": by,
                "kind": change.kind,
                "id": change.id,
                "before": _encoded(items.get((change.kind, change.id))),
                "after": _encoded(change.item),
                "undoes": (undoes or {}).get((change.kind, change.id)),
            }
            for number, change in enumerate(items.differences(wanted), version + 1)
        ]
        if not rows:
            return version
        await unit.connection.execute(insert(tables.changes), rows)
        await self._replace(unit.connection, rows)
        return version + len(rows)

    async def put(self, unit: UnitOfWork, kind: Kind, id: str, item: Item, by: str = "") -> int:
        if kind_of(item) != kind or id_of(item) != id:
            raise ValueError(f"no {kind} {id}: {item}")
        return await self.apply(unit, [Change(kind, id, item)], by)

    async def remove(self, unit: UnitOfWork, kind: Kind, id: str, by: str = "") -> int:
        """References to it stay, and lead nowhere."""
        return await self.apply(unit, [Change(kind, id, None)], by)

    async def not_changed_since(self, connection: AsyncConnection, keys: Sequence[Key], version: int) -> None:
        """Raises `ChangedMeanwhile` when one of them was changed after that version."""
        for (kind, id), last in (await self.last_changes(connection, keys)).items():
            if last > version:
                raise ChangedMeanwhile(kind, id, last)

    async def undoing(self, connection: AsyncConnection, version: int) -> list[Written]:
        """The changes that were made in one go with that of `version`, which can be taken back.

        Raises `NoSuchChange`, and `ChangedMeanwhile` when a later change stands on one of them."""
        table = tables.changes
        batch = select(table.c.batch).where(table.c.tenant == self.tenant, table.c.version == version).scalar_subquery()
        query = select(table).where(table.c.tenant == self.tenant, table.c.batch == batch).order_by(table.c.version)
        found = [_written(row) for row in (await connection.execute(query)).mappings()]
        if not found:
            raise NoSuchChange(version)
        await self.not_changed_since(connection, [(each.kind, each.id) for each in found], found[-1].version)
        return found

    async def undo(self, unit: UnitOfWork, version: int, by: str = "") -> int:
        """Take back the change of that version and what was made in one go with it. Raises as `undoing`."""
        found = await self.undoing(unit.connection, version)
        back = [Change(each.kind, each.id, each.before) for each in found]
        return await self.apply(unit, back, by, undoes={(each.kind, each.id): each.version for each in found})

    # --- single items ---

    async def set_rules(self, unit: UnitOfWork, rules: Rules) -> None:
        await self.put(unit, "rules", RULES, rules)

    async def put_queue(
        self,
        unit: UnitOfWork,
        id: str,
        name: str,
        *,
        wrap_up_seconds: float | None = UNCHANGED,
        offer_seconds: float = UNCHANGED,
        allow_pick: bool = UNCHANGED,
        ageing: float = UNCHANGED,
        handle_seconds: float = UNCHANGED,
        recording: RecordingPolicy = UNCHANGED,
        default: bool = UNCHANGED,
    ) -> None:
        """Units and meaning as in `QueueConfig`. A new default queue replaces the former one."""
        given = {
            "name": name,
            "wrap_up_seconds": wrap_up_seconds,
            "offer_seconds": offer_seconds,
            "allow_pick": allow_pick,
            "ageing": ageing,
            "handle_seconds": handle_seconds,
            "recording": recording,
            "default": default,
        }
        former = (await self.items(unit.connection)).get(("queue", id)) or QueueConfig(id=id, name=name)
        await self.put(unit, "queue", id, _changed(former, given))

    async def remove_queue(self, unit: UnitOfWork, id: str) -> None:
        """Its agents leave it. Whoever waits there will wait in the default queue, at the place that its arrival
        gives."""
        changes = [Change("queue", id, None)]
        for agent in (await self.items(unit.connection)).of(AgentConfig):
            if id in agent.queues:
                left = tuple(queue for queue in agent.queues if queue != id)
                changes.append(Change("agent", agent.id, msgspec.structs.replace(agent, queues=left)))
        await self.apply(unit, changes)

    async def put_agent(
        self, unit: UnitOfWork, id: str, *, queues: Sequence[str] = (), capacity: int = UNCHANGED
    ) -> None:
        """`id` is the user's. `queues` replaces those the agent was in by name."""
        former = (await self.items(unit.connection)).get(("agent", id)) or AgentConfig(id=id)
        given = {"queues": tuple(sorted(set(queues))), "capacity": capacity}
        await self.put(unit, "agent", id, _changed(former, given))

    async def remove_agent(self, unit: UnitOfWork, id: str) -> None:
        """What the agent has goes back to the queues."""
        await self.remove(unit, "agent", id)

    async def put_reason(self, unit: UnitOfWork, id: str, label: str) -> None:
        await self.put(unit, "reason", id, Choice(id, label))

    async def remove_reason(self, unit: UnitOfWork, id: str) -> None:
        await self.remove(unit, "reason", id)

    async def put_outcome_code(self, unit: UnitOfWork, id: str, label: str, queue: str | None = None) -> None:
        """A code of one queue, or of all. Raises `KeyError` when there is no such queue."""
        items = await self.items(unit.connection)
        changes = _without_code(items, id, but=queue)
        if queue is None:
            changes.append(Change("outcome_code", id, OutcomeCode(id, label)))
        else:
            own = items[("queue", queue)]
            assert isinstance(own, QueueConfig)
            codes = {code.id: code for code in own.outcome_codes} | {id: Choice(id, label)}
            changed = msgspec.structs.replace(own, outcome_codes=tuple(codes.values()))
            changes.append(Change("queue", queue, changed))
        await self.apply(unit, changes)

    async def remove_outcome_code(self, unit: UnitOfWork, id: str) -> None:
        await self.apply(unit, _without_code(await self.items(unit.connection), id))

    async def _replace(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
        """The items of the rows of history, as they are after them."""
        table = tables.items
        gone = delete(table).where(
            table.c.tenant == self.tenant, table.c.kind == bindparam("of"), table.c.id == bindparam("named")
        )
        await connection.execute(gone, [{"of": row["kind"], "named": row["id"]} for row in rows])
        there = [
            {"tenant": self.tenant, "kind": row["kind"], "id": row["id"], "body": row["after"],
             "version": row["version"]}
            for row in rows
            if row["after"] is not None
        ]  # fmt: skip
        if there:
            await connection.execute(insert(table), there)


def with_one_default(items: Items, changes: Sequence[Change]) -> list[Change]:
    """The changes, and what makes the queue that is newly the default the only one."""
    marked = [each.item for each in changes if isinstance(each.item, QueueConfig) and each.item.default]
    if not marked:
        return list(changes)
    chosen = marked[-1].id
    others = [
        Change("queue", queue.id, msgspec.structs.replace(queue, default=False))
        for queue in items.after(changes).of(QueueConfig)
        if queue.default and queue.id != chosen
    ]
    return [*changes, *others]


async def put(
    connection: AsyncConnection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    otherwise: Mapping[str, Any] | None = None,
) -> None:
    """Update the row, or insert it with `otherwise` added. The caller is the only writer."""
    where = and_(*(table.c[name] == value for name, value in key.items()))
    if (await connection.execute(update(table).where(where).values(values))).rowcount == 0:
        await connection.execute(insert(table).values({**key, **values, **(otherwise or {})}))


def _without_code(items: Items, id: str, but: str | None = None) -> list[Change]:
    """No queue has the outcome code any more, except the one that is named, nor is it common."""
    changes = [Change("outcome_code", id, None)]
    for queue in items.of(QueueConfig):
        left = tuple(code for code in queue.outcome_codes if code.id != id)
        if queue.id != but and left != queue.outcome_codes:
            changes.append(Change("queue", queue.id, msgspec.structs.replace(queue, outcome_codes=left)))
    return changes


def _changed(item: Item, given: Mapping[str, Any]) -> Item:
    return msgspec.structs.replace(item, **{name: value for name, value in given.items() if value is not UNCHANGED})


def _encoded(item: Item | None) -> str | None:
    return None if item is None else msgspec.json.encode(item).decode()


def _decoded(kind: Kind, body: str) -> Item:
    return msgspec.json.decode(body, type=TYPES[kind])


def _written(row: RowMapping) -> Written:
    kind: Kind = row["kind"]
    return Written(
        version=row["version"],
        batch=row["batch"],
        at=row["at"],
        by=row["by"],
        kind=kind,
        id=row["id"],
        before=None if row["before"] is None else _decoded(kind, row["before"]),
        after=None if row["after"] is None else _decoded(kind, row["after"]),
        undoes=row["undoes"],
    )
