"""Several servers, one installation: real processes on one PostgreSQL and one Redis."""

import asyncio
import contextlib
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from rs_server.db.migrate import migrate
from tests.integration.test_files import Tus, download
from tests.support.client import Refused
from tests.support.cluster import SHOP, Cluster, Server, cluster, furnish
from tests.support.figures import note
from tests.support.people import Agent, Customer, state, texts
from tests.support.postgres import Postgres, missing, running
from tests.support.redis import Redis

AGENTS = 6
VIEW = "view.example"
OPTIONS = ("--media-workers", "1", "--view-origin", f"http://{VIEW}")
TAKEN_OVER_SECONDS = 10.0
"""Twice what is promised: a busy machine decides nothing. What was seen is noted."""


@pytest.fixture
def furnished_url(postgres: Postgres) -> Iterator[str]:
    """A database with a queue, a site and agents."""

    async def fill(url: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            await furnish(Path(folder), url, AGENTS)

    with postgres.database(postgres.template("small_company", fill)) as url:
        yield url


@pytest.fixture
async def two(tmp_path: Path, furnished_url: str, redis: Redis) -> AsyncIterator[Cluster]:
    async with cluster(tmp_path, furnished_url, redis.url, options=OPTIONS) as servers:
        yield servers


@contextlib.asynccontextmanager
async def met(agents: list[Server], customers: list[Server]) -> AsyncIterator[tuple[Agent, Customer]]:
    """An agent and a customer in a session that is live, each by servers of their own."""
    agent, customer = Agent(agents), Customer(customers)
    try:
        await agent.begin("agent0")
        await customer.begin()
        await accept(agent, customer)
        yield agent, customer
    finally:
        await agent.close()
        await customer.close()


async def accept(agent: Agent, customer: Customer) -> None:
    offer = await agent.offer(customer.session)
    await agent.do("offer.accept", offer=offer["id"])
    for person in (agent, customer):
        await person.until(lambda socket: state(socket, customer.session) == "live")


async def test_people_on_different_servers_meet(two: Cluster) -> None:
    home, (other,) = await two.home(), await two.others()
    await at_work([other], [home])
    await at_work([home], [other])
    await strangers(two)
    await addresses(other)


async def test_each_has_the_view_under_its_name(two: Cluster) -> None:
    await two.home()
    async with aiohttp.ClientSession() as http:
        for server in two.servers:
            for path, host, status in (("/view/", VIEW, 200), ("/view/", "localhost", 404), ("/join", VIEW, 404)):
                async with http.get(server.base + path, headers={"Host": host}) as response:
                    assert response.status == status, (path, host)


async def at_work(agents: list[Server], customers: list[Server]) -> None:
    """A chat both ways, a file that is sent in two pieces, and a piece of it fetched."""
    async with met(agents, customers) as (agent, customer):
        session = customer.session
        await customer.do("chat.post", session, text="Hello?", key="c1")
        await agent.until(lambda socket: "Hello?" in texts(socket, session))
        await agent.do("chat.post", session, text="Hello!", key="a1")
        await customer.until(lambda socket: texts(socket, session) == ["Hello?", "Hello!"])
        data = bytes(range(256)) * 12_000
        assert customer.socket is not None
        tus = Tus(customer.socket.api, session)
        assert (await tus.create(len(data), "log.txt"))[0] == 201
        half = len(data) // 2
        assert (await tus.patch(0, data[:half]))[0] == 204
        assert await tus.head() == half
        assert (await tus.patch(half, data[half:]))[0] == 204
        await agent.until(lambda socket: any(f["state"] == "ready" for f in socket.view(session).get("files", ())))
        assert agent.socket is not None
        status, whole, headers = await download(agent.socket.api, tus.id)
        assert (status, whole, headers["Content-Disposition"]) == (200, data, "attachment; filename*=UTF-8''log.txt")
        api = agent.socket.api
        place = f"{api.base}/api/v1/files/{tus.id}/content"
        async with api.http.get(place, headers={**api.headers(), "Range": "bytes=1000-1999"}) as answer:
            assert (answer.status, await answer.read()) == (206, data[1000:2000])
            assert answer.headers["Content-Range"] == f"bytes 1000-1999/{len(data)}"
        await agent.do("session.end", session)


async def addresses(server: Server) -> None:
    """What a caller claims is not believed; what our server saw is: guessing passwords is slowed down for the one."""
    wrong = {"name": "agent5", "password": "wrong"}
    codes = []
    for number in range(30):
        headers = {"X-Forwarded-For": f"203.0.113.{number}", "Origin": server.origin}
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{server.base}/api/v1/login", json=wrong, headers=headers) as answer,
        ):
            codes.append((await answer.json())["code"])
    assert codes[-1] == "throttled"


async def strangers(two: Cluster) -> None:
    """A page of nobody's is refused by either."""
    for server in two.servers:
        async with aiohttp.ClientSession() as http:
            for origin, status in (("http://evil.example", 403), (SHOP, 101)):
                try:
                    async with http.ws_connect(f"{server.base}/api/v1/socket", headers={"Origin": origin}):
                        got = 101
                except aiohttp.WSServerHandshakeError as refused:
                    got = refused.status
                assert (origin, got) == (origin, status)


async def test_what_each_says_of_itself(two: Cluster) -> None:
    home, (other,) = await two.home(), await two.others()
    assert (await home.ready(), await other.ready()) == (
        (200, {"ready": True, "reasons": {}, "role": "home"}),
        (200, {"ready": True, "reasons": {}, "role": "forwarder"}),
    )
    async with aiohttp.ClientSession() as http:
        for server in two.servers:
            async with http.get(f"{server.base}/healthz") as answer:
                assert await answer.json() == {"alive": True}
    # Nobody follows: the other passes nothing on any more, and says so, and lives.
    await home.kill()
    async with asyncio.timeout(30):
        while (await other.ready())[0] != 503:
            await asyncio.sleep(0.02)
    await two.home()


async def test_a_home_that_stops_in_good_order_is_followed_at_once(two: Cluster) -> None:
    home, others = await two.home(), await two.others()
    async with met(others, others) as (agent, customer):
        await customer.do("chat.post", customer.session, text="before", key="c1")
        assert await home.stop() == 0
        began = time.monotonic()
        await two.home()
        took = time.monotonic() - began
        note("a home that stops is followed within", took, "s")
        assert took < TAKEN_OVER_SECONDS / 2
        await agent.until(lambda socket: texts(socket, customer.session) == ["before"])
        await customer.do("chat.post", customer.session, text="after", key="c2")
        await agent.until(lambda socket: texts(socket, customer.session) == ["before", "after"])


async def killed_again_and_again(two: Cluster, rounds: int) -> None:
    """Nobody is lost or doubled, the chat is kept, and everybody goes on."""
    times: list[float] = []
    async with met(two.servers, two.servers[::-1]) as (agent, customer):
        wanted: list[str] = []
        for number in range(rounds):
            words = f"line {number}"
            await customer.do("chat.post", customer.session, text=words, key=f"c{number}")
            wanted.append(words)
            waiting = await Customer(two.servers, number).begin(f"Waiting {number}")
            home = await two.home()
            began = time.monotonic()
            await home.kill()
            times.append(await two.time_until_home(began))
            await home.start()
            # Acknowledged before the crash: there after it, once.
            for person in (agent, customer):
                await person.until(lambda socket: texts(socket, customer.session) == wanted)
                await person.until(lambda socket: state(socket, customer.session) == "live")
            await accept(agent, waiting)
            assert agent.socket is not None
            sessions = agent.socket.desk()["sessions"]
            assert sorted(sessions) == sorted({customer.session, waiting.session})
            await agent.do("session.end", waiting.session)
            await waiting.until(lambda socket, s=waiting.session: state(socket, s) == "ended")  # type: ignore[misc]
            await waiting.close()
    note(f"a home that is killed is followed within, {rounds} times", max(times), "s")
    assert max(times) < TAKEN_OVER_SECONDS


async def test_a_home_that_is_killed_is_followed(two: Cluster) -> None:
    await killed_again_and_again(two, 3)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_a_home_that_is_killed_twenty_times_is_followed(two: Cluster) -> None:
    await killed_again_and_again(two, 20)


async def test_a_home_that_was_stopped_writes_nothing_when_it_wakes(two: Cluster) -> None:
    """SIGSTOP, another takes over, SIGCONT: what was on its way to the old one is refused, and it becomes one that
    passes on."""
    home, (other,) = await two.home(), await two.others()
    async with met([other], [home]) as (agent, customer):
        assert customer.socket is not None
        home.signal(signal.SIGSTOP)
        try:
            # Into its socket, to be read when it wakes.
            command = {"type": "chat.post", "text": "too late", "key": "late"}
            frame = {"type": "command", "id": 999, "session": customer.session, "body": command}
            await customer.socket.ws.send_json(frame)
            async with asyncio.timeout(15):
                while await other.role() != "home":
                    await asyncio.sleep(0.05)
        finally:
            home.signal(signal.SIGCONT)
        async with asyncio.timeout(15):
            while await home.role() != "forwarder":
                await asyncio.sleep(0.05)
        await customer.do("chat.post", customer.session, text="in time", key="c1")
        for person in (agent, customer):
            await person.until(lambda socket: texts(socket, customer.session) == ["in time"])
        assert home.process is not None
        assert home.process.returncode is None
        assert await other.role() == "home"


async def test_the_internal_address_is_for_servers_only(
    tmp_path: Path, postgres_url: str, unused_tcp_port: int
) -> None:
    listen = ("--cluster-listen", f"127.0.0.1:{unused_tcp_port}")
    async with cluster(tmp_path, postgres_url, count=1, options=(*OPTIONS, *listen)) as one:
        await one.home()
        base = f"http://127.0.0.1:{unused_tcp_port}"
        async with aiohttp.ClientSession() as http:
            for headers in ({}, {"X-Deskside-Peer": "guessed"}, {"X-Forwarded-For": "127.0.0.1"}):
                for path in ("/healthz", "/api/v1/me", "/console", "/api/v1/socket"):
                    async with http.get(base + path, headers=headers) as answer:
                        assert (path, answer.status) == (path, 403)


async def test_a_database_that_starts_again_is_waited_for(tmp_path: Path) -> None:
    """PostgreSQL is killed under both servers: neither ends, what was acknowledged is kept, and all go on."""
    absent = missing()
    if absent is not None:
        pytest.skip(absent)
    with running() as own:
        url = own.url(own.template("alone", migrate))
        await furnish(tmp_path / "data", url, 1)
        async with cluster(tmp_path, url, options=OPTIONS) as two, met(two.servers, two.servers) as (agent, customer):
            await customer.do("chat.post", customer.session, text="before", key="c1")
            own.kill()
            with contextlib.suppress(ConnectionError, Refused):
                await customer.do("chat.post", customer.session, text="meanwhile", key="c2")
            for server in two.servers:
                async with asyncio.timeout(20):
                    while (await server.ready())[0] != 503:
                        await asyncio.sleep(0.05)
            await asyncio.to_thread(own.start)
            await two.home()
            await customer.until(lambda socket: texts(socket, customer.session)[:1] == ["before"])
            await agent.until(lambda socket: state(socket, customer.session) == "live")
            await customer.do("chat.post", customer.session, text="after", key="c3")
            await agent.until(lambda socket: texts(socket, customer.session)[-1:] == ["after"])
            for server in two.servers:
                assert server.process is not None
                assert server.process.returncode is None


async def test_a_third_server_lets_go_of_a_home_that_was_stopped(
    tmp_path: Path, furnished_url: str, redis: Redis
) -> None:
    """It says nothing, not even that it is gone; whoever came by the third goes on at the next home."""
    async with cluster(tmp_path, furnished_url, redis.url, count=3, options=OPTIONS) as three:
        home, others = await three.home(), await three.others()
        async with met(others[:1], others[1:]) as (agent, customer):
            home.signal(signal.SIGSTOP)
            try:
                async with asyncio.timeout(30):
                    while "home" not in [await other.role() for other in others]:
                        await asyncio.sleep(0.05)
                for person in (agent, customer):
                    await person.until(lambda socket: state(socket, customer.session) == "live")
                await say(customer, "on", "c1")
                await agent.until(lambda socket: texts(socket, customer.session) == ["on"])
            finally:
                home.signal(signal.SIGCONT)


async def say(person: Customer, words: str, key: str) -> None:
    """Until it is said; the key makes it one line."""
    while True:
        try:
            await person.do("chat.post", person.session, text=words, key=key)
            return
        except ConnectionError:
            continue
