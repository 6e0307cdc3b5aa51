"""What an administrator sets: queues, agents, reasons, outcome codes, rules.

Everything is written in the caller's unit of work, and routed by once `AcdService.reconfigure` is called in
the same unit or the service starts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from rs_server.db import UnitOfWork

from . import tables
from .core.config import AgentConfig, Choice, Configuration, QueueConfig, RecordingPolicy, Rules


class AcdConfig:
    """The configuration of one tenant. `put_...` adds or replaces, `remove_...` does nothing when there is
    nothing. What is contradictory is refused when it is read, by `BadConfiguration`."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant

    async def set_rules(self, unit: UnitOfWork, rules: Rules) -> None:
        text = msgspec.json.encode(rules).decode()
        key = {"tenant": self.tenant}
        await put(unit.connection, tables.tenants, key, {"rules": text}, {"epoch": 0})

    async def put_queue(
        self,
        unit: UnitOfWork,
        id: str,
        name: str,
        *,
        wrap_up_seconds: float | None = 30.0,
        offer_seconds: float = 20.0,
        allow_pick: bool = False,
        ageing: float = 60.0,
        handle_seconds: float = 300.0,
        recording: RecordingPolicy = "off",
        default: bool = False,
    ) -> None:
        """Units and meaning as in `QueueConfig`. A new default queue replaces the former one."""
        if default:
            others = update(tables.queues).where(tables.queues.c.tenant == self.tenant)
            await unit.connection.execute(others.values(is_default=False))
        values = {
            "name": name,
            "wrap_up_seconds": wrap_up_seconds,
            "offer_seconds": offer_seconds,
            "allow_pick": allow_pick,
            "ageing": ageing,
            "handle_seconds": handle_seconds,
            "recording": recording,
            "is_default": default,
        }
        await put(unit.connection, tables.queues, self._key(id), values)

    async def remove_queue(self, unit: UnitOfWork, id: str) -> None:
        """Whoever waits there will wait in the default queue, at the place that its arrival gives."""
        for table in (tables.queue_agents, tables.outcome_codes):
            await unit.connection.execute(delete(table).where(*self._of(table, queue=id)))
        await self._remove(unit, tables.queues, id)

    async def put_agent(self, unit: UnitOfWork, id: str, *, queues: Sequence[str] = (), capacity: int = 3) -> None:
        """`id` is the user's. `queues` replaces those the agent was in."""
        await put(unit.connection, tables.agents, self._key(id), {"capacity": capacity})
        await self._leave_queues(unit, id)
        for queue in dict.fromkeys(queues):
            row = {"tenant": self.tenant, "queue": queue, "agent": id}
            await unit.connection.execute(insert(tables.queue_agents).values(row))

    async def remove_agent(self, unit: UnitOfWork, id: str) -> None:
        """What the agent has goes back to the queues."""
        await self._leave_queues(unit, id)
        await self._remove(unit, tables.agents, id)

    async def put_reason(self, unit: UnitOfWork, id: str, label: str) -> None:
        await put(unit.connection, tables.reasons, self._key(id), {"label": label})

    async def remove_reason(self, unit: UnitOfWork, id: str) -> None:
        await self._remove(unit, tables.reasons, id)

    async def put_outcome_code(self, unit: UnitOfWork, id: str, label: str, queue: str | None = None) -> None:
        """A code of one queue, or of all."""
        await put(unit.connection, tables.outcome_codes, self._key(id), {"label": label, "queue": queue})

    async def remove_outcome_code(self, unit: UnitOfWork, id: str) -> None:
        await self._remove(unit, tables.outcome_codes, id)

    async def read(self, connection: AsyncConnection) -> Configuration:
        """What the tables say now."""
        members = await self._rows(connection, tables.queue_agents, "queue", "agent")
        codes = await self._rows(connection, tables.outcome_codes, "id")
        rules = await self._rows(connection, tables.tenants, "tenant")
        return Configuration(
            queues=tuple(
                _queue_config(row, codes) for row in await self._rows(connection, tables.queues, "name", "id")
            ),
            agents=tuple(
                AgentConfig(
                    id=row["id"],
                    queues=tuple(each["queue"] for each in members if each["agent"] == row["id"]),
                    capacity=row["capacity"],
                )
                for row in await self._rows(connection, tables.agents, "id")
            ),
            reasons=tuple(
                Choice(row["id"], row["label"]) for row in await self._rows(connection, tables.reasons, "id")
            ),
            common_codes=_choices(codes, None),
            rules=msgspec.json.decode(rules[0]["rules"], type=Rules) if rules else Rules(),
        )

    def _key(self, id: str) -> dict[str, Any]:
        return {"tenant": self.tenant, "id": id}

    def _of(self, table: Table, **values: Any) -> list[ColumnElement[bool]]:
        return [table.c[name] == value for name, value in {"tenant": self.tenant, **values}.items()]

    async def _remove(self, unit: UnitOfWork, table: Table, id: str) -> None:
        await unit.connection.execute(delete(table).where(*self._of(table, id=id)))

    async def _leave_queues(self, unit: UnitOfWork, agent: str) -> None:
        rows = self._of(tables.queue_agents, agent=agent)
        await unit.connection.execute(delete(tables.queue_agents).where(*rows))

    async def _rows(self, connection: AsyncConnection, table: Table, *order: str) -> Sequence[RowMapping]:
        columns = [table.c[name] for name in order]
        found = await connection.execute(select(table).where(*self._of(table)).order_by(*columns))
        return found.mappings().all()


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


def _queue_config(row: RowMapping, codes: Sequence[RowMapping]) -> QueueConfig:
    return QueueConfig(
        id=row["id"],
        name=row["name"],
        wrap_up_seconds=row["wrap_up_seconds"],
        offer_seconds=row["offer_seconds"],
        allow_pick=row["allow_pick"],
        ageing=row["ageing"],
        handle_seconds=row["handle_seconds"],
        recording=row["recording"],
        default=row["is_default"],
        outcome_codes=_choices(codes, row["id"]),
    )


def _choices(codes: Sequence[RowMapping], queue: str | None) -> tuple[Choice, ...]:
    return tuple(Choice(row["id"], row["label"]) for row in codes if row["queue"] in (queue, None))
