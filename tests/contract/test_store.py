"""What every database does for the services."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog.testing
from msgspec.structs import replace

import webacd.tables  # noqa: F401  # their tables join the one metadata
from rs_server.bus.memory import MemoryBus
from rs_server.core.session import Session
from rs_server.db import Database
from rs_server.db.engine import _to_its_end
from rs_server.protocol.errors import ProtocolError
from rs_server.protocol.session import SessionChanged
from rs_server.services.hub import Hub
from rs_server.store import sessions as store
from tests.unit.core.sessions import AGENT, ASKED, CUSTOMER, info


class Clock:
    def now(self) -> float:
        return 1000.0


@pytest.fixture
async def hub(any_url: str) -> AsyncIterator[Hub]:
    database = Database(any_url)
    await database.create_all()
    yield Hub(database, MemoryBus(), Clock(), "main")
    await database.close()


async def begun(hub: Hub) -> str:
    async with hub.unit() as unit:
        change = await hub.create(unit, "contact", Session(info()))
        change.emit(SessionChanged(session=change.session.info))
        for person in (CUSTOMER, AGENT, ASKED):
            change.participant(person)
        await hub.save(unit, change)
    return "s"


async def test_what_is_stored_is_what_is_in_memory(hub: Hub) -> None:
    name = await begun(hub)
    async with hub.change(name) as change:
        change.line("chat", CUSTOMER, "hello")
    kept = await hub.get(name)
    async with hub.database.read() as connection:
        stored = await store.load(connection, "main", name)
        assert stored is not None
        assert vars(stored) == vars(kept)
        assert await store.load(connection, "other", name) is None
        assert await store.contact_of(connection, name) == "contact"
        assert await store.open_sessions(connection, "main") == [name]
        assert await store.open_sessions(connection, "other") == []


async def test_who_is_in_and_who_was_only_asked(hub: Hub) -> None:
    name = await begun(hub)
    async with hub.database.read() as connection:
        assert await store.of_user(connection, "u-a") == [name]
        assert await store.of_user(connection, "u-n") == []
        assert await store.took_part(connection, name, "u-a")
        assert not await store.took_part(connection, name, "u-n")
    async with hub.change(name) as change:
        change.leave(AGENT)
        change.leave(ASKED)
    async with hub.database.read() as connection:
        assert await store.of_user(connection, "u-a") == []
        assert await store.took_part(connection, name, "u-a")
        assert not await store.took_part(connection, name, "u-n")


async def test_an_act_that_fails_leaves_nothing(hub: Hub) -> None:
    name = await begun(hub)
    before = (await hub.get(name)).seq
    heard: list[bytes] = []
    hub.listen(name, True, heard.append)

    async def fail() -> None:
        async with hub.change(name) as change:
            change.line("chat", CUSTOMER, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert (await hub.get(name)).seq == before
    assert heard == []
    async with hub.change(name) as change:
        change.line("chat", CUSTOMER, "then")
    assert (await hub.get(name)).seq == before + 1
    assert len(heard) == 1


async def test_many_acts_at_once_are_one_after_the_other(hub: Hub) -> None:
    name = await begun(hub)
    before = (await hub.get(name)).seq
    heard: list[bytes] = []
    hub.listen(name, True, heard.append)

    async def act(number: int) -> None:
        async with hub.change(name) as change:
            await asyncio.sleep(0)
            change.line("chat", CUSTOMER, str(number))

    await asyncio.gather(*(act(number) for number in range(20)))
    session = await hub.get(name)
    assert session.seq == before + 20
    assert sorted(int(line.text) for line in session.lines) == list(range(20))
    assert len(heard) == 20
    async with hub.database.read() as connection:
        assert [seq for seq, _, _ in await store.events_after(connection, name, before)] == list(
            range(before + 1, before + 21)
        )


async def test_a_reaction_that_fails_stops_neither_the_act_nor_the_others(hub: Hub) -> None:
    name = await begun(hub)
    told: list[str] = []

    def broken(_session: Session, _events: object) -> None:
        raise RuntimeError("broken")

    hub.react(broken)
    hub.react(lambda session, _events: told.append(session.info.id))
    with structlog.testing.capture_logs() as logs:
        async with hub.change(name) as change:
            change.line("chat", CUSTOMER, "hello")
    assert told == [name]
    assert [(log["event"], log["session"]) for log in logs] == [("reaction failed", name)]


async def test_a_session_that_is_over_is_kept_apart(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.hub.MOST_OVER", 0)
    name = await begun(hub)
    async with hub.change(name) as change:
        change.end(CUSTOMER)
    assert hub.peek(name) is None
    assert hub.open() == []
    assert (await hub.get(name)).info.state == "ended"
    assert hub.open() == []
    assert hub._over == {}
    async with hub.change(name) as change:
        change.info(rating=5)
    assert (await hub.get(name)).info.rating == 5


async def test_what_is_nowhere(hub: Hub) -> None:
    with pytest.raises(ProtocolError) as caught:
        await hub.get("nowhere")
    assert caught.value.error.code == "not_found"


async def test_a_callback_that_fails_does_not_keep_the_others_from_running(hub: Hub) -> None:
    ran: list[str] = []

    def broken() -> None:
        raise RuntimeError("broken")

    async with hub.database.begin() as unit:
        unit.after_commit(broken)
        unit.after_commit(lambda: ran.append("after"))
    assert ran == ["after"]
    async with hub.database.begin():
        pass


async def test_search_knows_capitals_with_accents(hub: Hub) -> None:
    async with hub.unit() as unit:
        change = await hub.create(unit, "contact", Session(replace(info(), customer_name="ÉMILE  ŽIŽEK")))
        change.emit(SessionChanged(session=change.session.info))
        change.participant(replace(AGENT, name="Ángela ÑUÑEZ"))
        await hub.save(unit, change)
    async with hub.database.read() as connection:
        for query in ("émile žižek", "ŽIŽ", "E\u0301mile", "ñuñez", "ÁNGELA", "aaaa"):
            assert len(await store.search(connection, "main", query=query)) == 1, query
        assert len(await store.search(connection, "main", agent="ñuñez")) == 1
        assert await store.search(connection, "main", agent="émile") == []
        assert await store.search(connection, "main", query="_") == []


@pytest.mark.parametrize("turns", range(4))
async def test_a_cancellation_is_never_lost(turns: int) -> None:
    """Also one that comes in the very moment in which the work is done."""
    done = asyncio.Event()
    task = asyncio.create_task(_to_its_end(_wait(done)))
    await asyncio.sleep(0)
    done.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    cancelled = task.cancel()
    if cancelled:
        assert isinstance(await task, asyncio.CancelledError)


async def _wait(done: asyncio.Event) -> None:
    await done.wait()
