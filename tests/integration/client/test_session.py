"""A customer's client and an agent, through a real server and its media worker."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Api, Refused, Socket
from tests.support.demo import Demo, demo
from tests.support.native import Native, native
from tests.support.xserver import Application, XServer, until


class Call:
    """An agent who waits for a customer by a link."""

    def __init__(self, house: Demo, agent: Socket, session: str, link: str) -> None:
        self.house, self.agent, self.session, self.link = house, agent, session, link

    @property
    def customer(self) -> str:
        people = self.agent.view(self.session)["participants"]
        return next(each["id"] for each in people if each["role"] == "customer")

    async def grant(self, capability: str, state: str) -> dict[str, Any]:
        def find() -> Any:
            grants = self.agent.view(self.session).get("grants", ())
            return next((g for g in grants if (g["capability"], g["state"]) == (capability, state)), None)

        found: dict[str, Any] = await self.agent.until(find, 20)
        return found

    async def ask(self, capability: str) -> None:
        await self.agent.do("grant.ask", self.session, capability=capability, giver=self.customer)

    async def shown(self) -> dict[str, Any]:
        """The picture, once there is one."""

        def find() -> Any:
            told = self.agent.bodies("desktop.shared", self.session)
            return told[-1]["picture"] if told else None

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


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    async with demo(tmp_path / "data") as house:
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


async def joined(client: Native, call: Call) -> None:
    await client.said("would like to help you")
    await client.said("fraud")
    await client.said("y join")
    client.type("y")
    await call.agent.until(lambda: call.agent.view(call.session).get("session", {}).get("state") == "live", 30)
    await client.said("Nobody sees your screen now.")


async def allowed(client: Native, call: Call, capability: str, words: str) -> None:
    before = len(client.text)
    await call.ask(capability)
    await client.said(words, before)
    await client.said("y yes", before)
    client.type("y")
    await call.grant(capability, "granted")


async def typed_into(xserver: XServer, app: Application, out: Path) -> None:
    """A terminal that writes down what is typed into it."""
    xserver.run("xterm", "-u8", "-T", "Typed", "-e", f"cat > {out}")
    await until(lambda: b"Typed" in app.x.property(app.x.core.GetInputFocus().reply().focus, "WM_NAME")[1])
    await until(out.exists)


async def test_view_control_and_stop(xserver: XServer, program: Any, call: Call, tmp_path: Path) -> None:
    out = tmp_path / "typed"
    await typed_into(xserver, program(), out)
    async with native(tmp_path, xserver.env, "--terminal", call.link) as client:
        await joined(client, call)
        await allowed(client, call, "desktop_view", "see your desktop?")
        picture = await call.shown()
        assert (picture["kind"], picture["monitor"], picture["width"]) == ("desktop", "left", 640)
        assert {"left", "right", "all"} <= {each["id"] for each in picture["monitors"]}
        await client.said("sees your monitor left")
        await call.sees("desktop")
        key = {"op": "key", "key": "x", "code": "KeyX"}
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(picture["number"], {**key, "down": True})

        await call.agent.do("desktop.choose", call.session, giver=call.customer, monitor="all", mode="sampling")
        await call.agent.until(lambda: call.agent.bodies("desktop.shared")[-1]["picture"]["monitor"] == "all", 20)
        picture = await call.shown()
        assert (picture["width"], picture["mode"]) == (1280, "sampling")
        await allowed(client, call, "desktop_control", "control your desktop?")
        await client.said("sees and controls your desktop")
        text = "déjà vu, 10 €"
        await call.input(
            picture["number"],
            {"op": "text", "text": text},
            {"op": "key", "key": "Enter", "code": "Enter", "down": True},
            {"op": "key", "key": "Enter", "code": "Enter", "down": False},
        )
        await until(lambda: out.read_text() == f"{text}\n", "typed")
        quality = await call.agent.event("desktop.quality", call.session, timeout=20)
        assert quality["delay"] < 5

        client.type("s")
        await client.said("Stopped. Nobody sees your screen now.")
        await call.grant("desktop_control", "withdrawn")
        await call.grant("desktop_view", "withdrawn")
        await call.hidden()
        with pytest.raises(Refused, match="not_allowed"):
            await call.input(picture["number"], {"op": "text", "text": "late"})
        assert out.read_text() == f"{text}\n"
        client.type("q")
        assert await client.ends() == 0
