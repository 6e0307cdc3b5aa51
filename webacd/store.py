"""The truth on disk: the events, appended, and rows that say what they come to. Events of long ago are forgotten; the
rows and the events after any of them still come to the same.

Each event is one row more and at most two guarded changes: a change names the state it starts from and must
find it. All of it is SQL that PostgreSQL and SQLite both know.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import RowMapping, Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .core import events as ev
from .core.contact import ContactState
from .core.estimate import HandleTime
from .core.offer import OfferState
from .core.profile import Profiles
from .core.state import RoutingState
from .projection import Projection, StoreConflict
from .rows import agent_of, contact_of, offer_of, routed

__all__ = ["AcdStore", "EstimateAccuracy", "StaleWriter", "StoreConflict"]

LIVE = (ContactState.QUEUED, ContactState.OFFERED, ContactState.ACTIVE, ContactState.WRAP_UP)


class StaleWriter(Exception):
    """Another process has taken over the routing of the tenant."""


class EstimateAccuracy(msgspec.Struct, frozen=True):
    """Of the contacts of a queue that were answered: estimate at arrival against wait, seconds."""

    queue: str
    contacts: int
    mean_estimate: float
    mean_wait: float
    mean_error: float
    """Mean of the absolute differences."""


class AcdStore:
    """Rows of one tenant. `epoch` is 0 until `take_over`."""

    def __init__(self, tenant: str) -> None:
        self.tenant = tenant
        self.epoch = 0

    async def take_over(self, connection: AsyncConnection) -> None:
        """Become the writer; every earlier one is refused from now on."""
        mine = tables.tenants.c.tenant == self.tenant
        change = update(tables.tenants).where(mine).values(epoch=tables.tenants.c.epoch + 1)
        if (await connection.execute(change)).rowcount == 0:
            await connection.execute(insert(tables.tenants).values(tenant=self.tenant, epoch=1))
        self.epoch = (await connection.execute(select(tables.tenants.c.epoch).where(mine))).scalar_one()

    async def last_event(self, connection: AsyncConnection) -> int:
        """Number of the last event; 0 when there is none."""
        return await self._max(connection, tables.events)

    async def write(self, connection: AsyncConnection, events: Sequence[ev.Event], after: int) -> None:
        """Append `events`, numbered from `after` + 1, and bring the rows up to date.

        Raises `StaleWriter`, `StoreConflict`."""
        # The change is none; it holds the row, so that a writer of a later epoch waits for this commit.
        hold = update(tables.tenants).where(
            tables.tenants.c.tenant == self.tenant, tables.tenants.c.epoch == self.epoch
        )
        if (await connection.execute(hold.values(epoch=self.epoch))).rowcount != 1:
            raise StaleWriter(self.tenant)
        rows = [
            {
                "tenant": self.tenant,
                "seq": seq,
                "at": event.at,
                "contact": getattr(event, "contact", None),
                "body": msgspec.json.encode(event).decode(),
            }
            for seq, event in enumerate(events, after + 1)
        ]
        await connection.execute(insert(tables.events), rows)
        projection = Projection(connection, self.tenant)
        for event in events:
            await projection.apply(event)

    async def events(self, connection: AsyncConnection, after: int = 0) -> list[ev.Event]:
        """All events after that number, in order. Those of long ago are forgotten."""
        table = tables.events
        found = await connection.execute(
            select(table.c.body).where(table.c.tenant == self.tenant, table.c.seq > after).order_by(table.c.seq)
        )
        return [msgspec.json.decode(body, type=ev.Event) for body in found.scalars()]

    async def before(self, connection: AsyncConnection, at: float) -> int:
        """Number of the last event before `at`, or one less than the first where there is none, 0 where there are no
        events; times do not fall with the numbers, so that it is found by halving."""
        table = tables.events
        mine = table.c.tenant == self.tenant
        ends = select(func.min(table.c.seq), func.max(table.c.seq)).where(mine)
        first, last = (await connection.execute(ends)).one()
        if last is None:
            return 0
        low, high = first - 1, last
        while low < high:
            middle = (low + high + 1) // 2
            query = select(table.c.at).where(mine, table.c.seq <= middle).order_by(table.c.seq.desc()).limit(1)
            found = (await connection.execute(query)).scalar_one()
            if found < at:
                low = middle
            else:
                high = middle - 1
        return int(low)

    async def forget(self, connection: AsyncConnection, until: int, most: int) -> int:
        """Delete events up to that number, the oldest first, but never the last of all, from which the numbers go on.
        How many."""
        table = tables.events
        mine = table.c.tenant == self.tenant
        first = (await connection.execute(select(func.min(table.c.seq)).where(mine))).scalar_one()
        last = min(until, await self.last_event(connection) - 1)
        if first is None or first > last:
            return 0
        old = delete(table).where(mine, table.c.seq <= min(last, first + most - 1))
        return (await connection.execute(old)).rowcount

    async def load(self, connection: AsyncConnection) -> RoutingState:
        """What the rows say, ready to be continued."""
        configuration = routed(await self._rows(connection, tables.routed))
        profiles = Profiles(configuration)
        states = {row["agent"]: row for row in await self._rows(connection, tables.agent_states)}
        remembered = sorted(await self._rows(connection, tables.sticky), key=lambda row: row["at"])
        state = RoutingState()
        state.load(
            configuration,
            agents=[agent_of(agent.id, profiles.of(agent), states.get(agent.id)) for agent in configuration.agents],
            contacts=[
                contact_of(row)
                for row in await self._rows(connection, tables.contacts, state=[each.value for each in LIVE])
            ],
            offers=[
                offer_of(row) for row in await self._rows(connection, tables.offers, state=[OfferState.PENDING.value])
            ],
            handle_times={
                row["queue"]: HandleTime(row["mean"], row["count"])
                for row in await self._rows(connection, tables.handle_times)
            },
            seq=await self._max(connection, tables.contacts),
            sticky={(row["queue"], row["customer"]): (row["agent"], row["at"]) for row in remembered},
        )
        return state

    async def accuracy(self, connection: AsyncConnection, since: float = 0.0) -> list[EstimateAccuracy]:
        """How good the estimates given at arrival were, by queue, for contacts that arrived since then."""
        table = tables.contacts
        found = await connection.execute(
            select(
                table.c.queue,
                func.count(),
                func.avg(table.c.estimate),
                func.avg(table.c.waited),
                func.avg(func.abs(table.c.estimate - table.c.waited)),
            )
            .where(table.c.tenant == self.tenant, table.c.arrived_at >= since)
            .where(table.c.estimate.is_not(None), table.c.waited.is_not(None), table.c.queue.is_not(None))
            .group_by(table.c.queue)
            .order_by(table.c.queue)
        )
        return [EstimateAccuracy(*row) for row in found]

    async def _rows(
        self, connection: AsyncConnection, table: Table, state: Sequence[str] | None = None
    ) -> Sequence[RowMapping]:
        query = select(table).where(table.c.tenant == self.tenant)
        if state is not None:
            query = query.where(table.c.state.in_(state))
        return (await connection.execute(query)).mappings().all()

    async def _max(self, connection: AsyncConnection, table: Table) -> int:
        query = select(func.max(table.c.seq)).where(table.c.tenant == self.tenant)
        return (await connection.execute(query)).scalar_one() or 0
