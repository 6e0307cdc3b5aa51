"""An agent who waits for a customer's client, through a real server and its media worker."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from tests.support.client import Api, Socket
from tests.support.demo import Demo, demo


class Call:
    def __init__(self, house: Demo, agent: Socket, session: str, link: str) -> None:
        self.house, self.agent, self.session, self.link = house, agent, session, link

    @property
    def customer(self) -> str:
        people = self.agent.view(self.session)["participants"]
        return next(str(each["id"]) for each in people if each["role"] == "customer")

    def grants(self, capability: str, state: str) -> list[dict[str, Any]]:
        grants = self.agent.view(self.session).get("grants", ())
        return [each for each in grants if (each["capability"], each["state"]) == (capability, state)]

    async def grant(self, capability: str, state: str) -> dict[str, Any]:
        found = await self.agent.until(lambda: self.grants(capability, state), 20)
        return dict(found[-1])

    async def ask(self, capability: str) -> None:
        await self.agent.do("grant.ask", self.session, capability=capability, giver=self.customer)

    async def shown(self, monitor: str | None = None) -> dict[str, Any]:
        """The picture, once there is one (of this monitor)."""

        def find() -> Any:
            told = self.agent.bodies("desktop.shared", self.session)
            picture = told[-1]["picture"] if told else None
            return picture if picture and monitor in (None, picture["monitor"]) else None

        found: dict[str, Any] = await self.agent.until(find, 20)
        return found

    async def hidden(self) -> None:
        await self.agent.until(lambda: self.agent.bodies("desktop.shared", self.session)[-1]["picture"] is None, 20)

    async def sees(self, label: str) -> None:
        """Frames arrive at the server that the agent may receive."""

        def streams() -> list[str]:
            people = self.agent.view(self.session)["presence"]
            return next((each["streams"] for each in people if each["participant"] == self.customer), [])

        await self.agent.until(lambda: label in streams(), 30)

    async def input(self, picture: int, *events: dict[str, Any]) -> None:
        await self.agent.do("desktop.input", self.session, giver=self.customer, picture=picture, events=list(events))


@contextlib.asynccontextmanager
async def calling(folder: Path) -> AsyncIterator[Call]:
    async with demo(folder / "data") as house:
        api = Api(house.base)
        try:
            await api.login("amelie", house.password("amelie"))
            agent = await Socket(api).open()
            await agent.event("desk.snapshot")
            session = (await api.call("POST", "/sessions", {"queue": "billing"}))["session"]
            made = await api.call("POST", f"/sessions/{session}/invites", {"way": "link"})
            yield Call(house, agent, session, made["url"])
            await agent.close()
        finally:
            await api.close()
