"""A whole server in this process, on free loopback ports, with the demonstration's people.

With `RS_TEST_DATABASE=postgres` in the environment its database is PostgreSQL instead of SQLite.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from rs_server.app import Installation, running
from rs_server.config import Config
from rs_server.core.permissions import Profile
from rs_server.db import metadata
from rs_server.demo import SITE_KEY, furnish
from tests.support.client import Api, Socket
from tests.support.media import FakeMedia
from tests.support.postgres import Postgres, apart

SHOP = "http://127.0.0.1:1"
ELSEWHERE = "http://127.0.0.1:2"
"""A page of nobody's."""


quick_hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
"""The work that makes passwords hard to guess would be most of what the tests do."""


@dataclass
class House:
    """The server and everybody who came in; all leave at the end."""

    config: Config
    real_media: bool = False
    capacity: int | None = None
    apis: list[Api] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)
    media: FakeMedia = field(default_factory=FakeMedia)
    installation: Installation = field(init=False)
    _stack: contextlib.AsyncExitStack = field(init=False)

    async def begin(self) -> "House":
        """Start; also again, on the same data and port, after `stop`."""
        self._stack = contextlib.AsyncExitStack()
        self.media = FakeMedia()
        with mock.patch("rs_server.services.identity.PasswordHasher", quick_hasher):
            self.installation = await self._stack.enter_async_context(
                running(
                    self.config,
                    demo_outbox=not self.config.smtp_host,
                    media=None if self.real_media else self.media,
                )
            )
        async with asyncio.timeout(20):
            while self.installation.at_home is None:
                # A server that was killed is at home until its lease is over.
                await asyncio.sleep(0.02)
        accounts = await furnish(self.installation, SHOP, self.capacity)
        self.passwords = {account.name: account.password for account in accounts}
        return self

    async def stop(self) -> None:
        await self._stack.aclose()

    async def leave(self) -> None:
        for api in self.apis:
            await api.close()
        await self.stop()

    @property
    def base(self) -> str:
        return self.installation.base_url

    @property
    def services(self) -> Any:
        return self.installation.services

    def api(self, origin: str | None = None, address: str | None = None) -> Api:
        """A browser on a page of `origin` (the installation's when not given), at a loopback address of its own."""
        api = Api(self.base, origin, address)
        self.apis.append(api)
        return api

    async def signed_in(self, name: str) -> Api:
        api = self.api()
        await api.login(name, self.passwords[name])
        return api

    async def staff(self, name: str) -> Socket:
        return await Socket(await self.signed_in(name)).open()

    async def agent(self, name: str = "amelie") -> Socket:
        """An agent who is available."""
        socket = await self.staff(name)
        await socket.event("desk.snapshot")
        await socket.do("agent.state", state="ready")
        return socket

    async def hire(self, name: str, *roles: Profile) -> None:
        """One more account."""
        password = f"correct horse {name}"
        await self.services.identity.add_user("main", name, name.title(), roles, password)
        self.passwords[name] = password
        await self.services.desk.reload_users()

    async def user_id(self, name: str) -> str:
        users = await self.services.identity.users("main")
        return next(str(user.id) for user in users if user.name == name)

    async def customer(self, name: str = "Jeanne", **more: Any) -> tuple[Socket, str]:
        """A customer who asked for help in the shop: the page's socket and the session."""
        api = self.api(SHOP)
        ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": name, "language": "en", **more})
        socket = await Socket(api, ticket["token"]).open()
        return socket, ticket["session"]

    async def live(self, agent: Socket | None = None) -> tuple[Socket, Socket, str]:
        """(customer, agent, session) with the offer accepted."""
        agent = agent or await self.agent()
        customer, session = await self.customer()
        await accept(agent, session)
        await customer.until(lambda: state(customer, session) == "live")
        # All that the acceptance brings about, not its first event alone.
        seq = (await self.services.hub.get(session)).seq
        await customer.until(lambda: customer.view(session).get("seq", 0) >= seq)
        await agent.until(lambda: agent.view(session).get("seq", 0) >= seq)
        return customer, agent, session

    async def outbound(self, agent: Socket, queue: str = "billing") -> tuple[str, str]:
        """(session, token of a link for its customer)."""
        session = (await agent.api.call("POST", "/sessions", {"queue": queue}))["session"]
        made = await agent.api.call("POST", f"/sessions/{session}/invites", {"way": "link"})
        return session, made["url"].rsplit("/", 1)[-1].partition("?")[0]

    async def join(self, link: str, name: str = "Jeanne", address: str | None = None) -> Socket:
        """A customer who came by a link."""
        api = self.api(address=address)
        ticket = await api.call("POST", "/join", {"link": link, "name": name})
        return await Socket(api, ticket["token"]).open()

    async def called(self, agent: Socket | None = None, queue: str = "billing") -> tuple[Socket, Socket, str]:
        """(customer, agent, session), live, begun by the agent; `billing` records on demand."""
        agent = agent or await self.agent()
        session, link = await self.outbound(agent, queue)
        customer = await self.join(link)
        await agent.until(lambda: state(agent, session) == "live")
        return customer, agent, session


def state(socket: Socket, session: str) -> Any:
    return socket.view(session).get("session", {}).get("state")


def me(socket: Socket, session: str) -> str:
    return str(socket.view(session)["you"])


async def accept(agent: Socket, session: str) -> None:
    offer = await offered(agent, session)
    await agent.do("offer.accept", offer=offer["id"])
    await agent.event("session.snapshot", session)


async def offered(agent: Socket, session: str) -> Any:
    """The offer of this session, once it is there."""

    def find() -> Any:
        return next((offer for offer in agent.desk().get("offers", ()) if offer["session"] == session), None)

    return await agent.until(find)


Start = Callable[..., Awaitable[House]]


ON_POSTGRES = os.environ.get("RS_TEST_DATABASE") == "postgres"


BOTH = pytest.mark.parametrize("database_kind", ["sqlite", "postgres"])
"""For a test whose house stands on each of them in turn."""


@pytest.fixture
def database_kind() -> str:
    return "postgres" if ON_POSTGRES else "sqlite"


@pytest.fixture(scope="session")
def furnishings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Data of furnished houses that nobody was in yet, by kind of database."""
    return {kind: tmp_path_factory.mktemp(f"furnished-{kind}") / "data" for kind in ("sqlite", "postgres")}


@pytest.fixture
def furnished(furnishings: dict[str, Path], database_kind: str, request: pytest.FixtureRequest) -> Path:
    """Data of a furnished house; to be copied. With it goes PostgreSQL's database of that name."""
    data = furnishings[database_kind]

    async def furnish_once(url: str = "") -> None:
        house = House(Config(listen_port=0, data=data, company="Acme Tools", database_url=url))
        await house.begin()
        await house.stop()

    if database_kind == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        postgres.template("furnished", furnish_once)
    elif not data.exists():
        apart(furnish_once)
    return data


@pytest.fixture
def database_url(furnished: Path, database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the house; empty for SQLite in its data folder."""
    if database_kind == "sqlite":
        yield ""
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    with postgres.database("furnished") as url:
        yield url


@pytest.fixture
async def start(tmp_path: Path, furnished: Path, database_url: str) -> AsyncIterator[Start]:
    """Starts houses with given settings; stops them at the end."""
    async with contextlib.AsyncExitStack() as stack:

        async def begin(*, real_media: bool = False, capacity: int | None = None, **settings: Any) -> House:
            data = tmp_path / "data"
            if not data.exists():
                shutil.copytree(furnished, data)
            common = {"listen_port": 0, "data": data, "company": "Acme Tools", "database_url": database_url}
            house = House(Config(**{**common, **settings}), real_media=real_media, capacity=capacity)
            stack.push_async_callback(house.leave)
            return await house.begin()

        yield begin


@pytest.fixture
async def house(start: Start) -> House:
    return await start()


async def rows(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Everything on the database, but for the lease, which the server renews all the while."""
    async with house.services.hub.database.read() as connection:
        return {
            table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table.name != "homes"
        }
