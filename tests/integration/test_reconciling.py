"""Callbacks, contacts and sessions that a crash has parted come together with the next start."""

import asyncio
import os
import sys
import time
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from rs_server.ports import CallbackRequest
from tests.support.demo import ROOT
from webacd import tables
from webacd.channels import tables as channels
from webacd.channels.reconcile import reconcile

from .conftest import BOTH, House, Start

NUMBER = "+33612345678"


async def until(condition: Any) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.02)


def state(house: House, session: str) -> str:
    found = house.services.hub.peek(session)
    return "ended" if found is None else str(found.info.state)


async def killed(house: House, what: str) -> None:
    """Our house is closed; another is opened on the same data, and killed."""
    await house.stop()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.reconcile_child"),
        *(str(house.config.data), house.config.database_url, what),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert await asyncio.wait_for(child.wait(), 60) == -9


async def rows(house: House, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    async with house.services.hub.database.read() as connection:
        found = await connection.execute(select(*(table.c[name] for name in columns)))
        return [tuple(row) for row in found]


async def queued(house: House, **more: Any) -> Any:
    """A callback that waits in the queue."""
    async with house.services.hub.unit() as unit:
        request = CallbackRequest(queue="support", source="agent", name="Jeanne", number=NUMBER, **more)
        made = await house.services.callbacks._callbacks.ask(unit, request)
    return await in_state(house, made.id, "queued")


async def in_state(house: House, id: str, wanted: str, former: str | None = None) -> Any:
    """As it is on disk; with another contact than the former one."""
    async with asyncio.timeout(30):
        while True:
            found = await house.services.callbacks._callbacks.get(id)
            if found.state == wanted and (former is None or found.contact != former):
                return found
            await asyncio.sleep(0.02)


async def change(house: House, table: Any, id: str, **values: Any) -> None:
    """Behind everybody's back, while the house is closed or before it is looked at."""
    async with house.services.hub.unit() as unit:
        await unit.connection.execute(update(table).where(table.c.id == id).values(values))


@BOTH
async def test_killed_before_the_contact_of_a_callback_that_is_over_was_withdrawn(house: House) -> None:
    await killed(house, "came_back")
    await house.begin()
    acd = house.services.acd
    await until(lambda: [each.medium for each in acd.waiting()] == ["session"])
    ((session, state_of),) = await rows(house, channels.callbacks, "session", "state")
    assert state_of == "cancelled"
    await until(lambda: state(house, session) == "ended")
    # The customer who came back is where she was.
    assert [each.customer for each in acd.waiting()] == ["Jeanne"]


@BOTH
async def test_killed_before_the_contact_of_an_agent_who_is_gone_was_withdrawn(house: House) -> None:
    await killed(house, "agent_gone")
    await house.begin()
    async with asyncio.timeout(30):
        while await rows(house, tables.contacts, "state") != [("abandoned",)]:
            await asyncio.sleep(0.02)
    assert not house.services.acd.waiting()


@BOTH
@pytest.mark.parametrize("begun", [False, True])
async def test_a_callback_without_its_contact_is_queued_again(start: Start, begun: bool) -> None:
    house = await start()
    before = await queued(house)
    if begun:
        amelie = await house.user_id("amelie")
        values = {"state": "attempting", "holder": amelie, "dialled": True, "tries": 1}
        await change(house, channels.callbacks, before.id, **values)
        async with house.services.hub.unit() as unit:
            values = {"tenant": "main", "callback": before.id, "number": 1, "at": time.time(), "note": ""}
            await unit.connection.execute(insert(channels.attempts).values(values | {"agent": amelie}))
    await change(house, tables.contacts, before.contact, state="completed")
    await house.stop()
    await house.begin()
    callbacks = house.services.callbacks._callbacks
    if begun:
        # The attempt counts, once.
        after = await in_state(house, before.id, "scheduled")
        assert (after.tries, after.dialled) == (1, False)
        assert after.at == pytest.approx(time.time() + 1800, abs=60)
        assert [one.outcome for one in await callbacks.attempts(before.id)] == ["unknown"]
    else:
        after = await in_state(house, before.id, "queued", before.contact)
        assert after.tries == 0
        (waiting,) = house.services.acd.waiting()
        assert waiting.arrived_at == before.at
    await until(lambda: state(house, before.session) == "ended")


async def test_a_session_that_nobody_is_in_ends(house: House) -> None:
    before = await queued(house)
    await change(house, channels.callbacks, before.id, state="failed", live_key=None, contact=None, session=None)
    await reconcile(house.services.callbacks._callbacks)
    await until(lambda: state(house, before.session) == "ended")
    assert not house.services.acd.waiting()


async def test_what_belongs_together_stays(house: House) -> None:
    before = await queued(house)
    agent = await house.agent()
    await agent.until(lambda: agent.desk()["offers"])
    await reconcile(house.services.callbacks._callbacks)
    offer = agent.desk()["offers"][0]
    await agent.do("offer.accept", offer=offer["id"])
    await agent.event("session.snapshot", before.session)
    await reconcile(house.services.callbacks._callbacks)
    await agent.api.call("POST", f"/callbacks/{before.id}/dial")
    await agent.api.call("POST", f"/callbacks/{before.id}/close", {"outcome": "reached"})
    # It is over, and its agent invites the customer who was reached.
    await reconcile(house.services.callbacks._callbacks)
    assert state(house, before.session) == "inviting"
    assert [each.medium for each in house.installation.acd.contacts_of(await house.user_id("amelie"))] == ["callback"]
