"""A whole server in this process, on free loopback ports, with the demonstration's people."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rs_server.app import Installation, running
from rs_server.config import Config
from rs_server.demo import SITE_KEY, furnish
from tests.support.client import Api, Socket

SHOP = "http://127.0.0.1:1"


@dataclass
class House:
    """The server and everybody who came in; all leave at the end."""

    installation: Installation
    passwords: dict[str, str]
    apis: list[Api] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.installation.base_url

    def api(self, origin: str | None = None) -> Api:
        api = Api(self.base, origin)
        self.apis.append(api)
        return api

    async def staff(self, name: str) -> Socket:
        api = self.api()
        await api.login(name, self.passwords[name])
        return await Socket(api).open()

    async def agent(self, name: str = "amelie") -> Socket:
        """An agent who is available."""
        socket = await self.staff(name)
        await socket.event("desk.snapshot")
        await socket.do("agent.state", state="ready")
        return socket

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
        await customer.until(lambda: customer.view(session).get("session", {}).get("state") == "live")
        return customer, agent, session


async def accept(agent: Socket, session: str) -> None:
    def offered() -> Any:
        for body in agent.bodies("desk.changed") + agent.bodies("desk.snapshot"):
            for offer in body.get("offers", ()):
                if offer["session"] == session:
                    return offer
        return None

    offer = await agent.until(offered)
    await agent.do("offer.accept", offer=offer["id"])
    await agent.event("session.snapshot", session)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[House]]]:
    """Starts houses with given settings; stops them at the end."""
    import contextlib

    async with contextlib.AsyncExitStack() as stack:

        async def begin(**settings: Any) -> House:
            config = Config(**{"listen_port": 0, "data": tmp_path / "data", "company": "Acme Tools", **settings})
            installation = await stack.enter_async_context(running(config, demo_outbox=not settings.get("smtp_host")))
            accounts = await furnish(installation, SHOP)
            house = House(installation, {a.name: a.password for a in accounts})

            async def leave() -> None:
                for api in house.apis:
                    await api.close()

            stack.push_async_callback(leave)
            return house

        yield begin


@pytest.fixture
async def house(start: Callable[..., Awaitable[House]]) -> House:
    return await start()
