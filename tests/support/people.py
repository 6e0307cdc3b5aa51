"""People who come back: when a server goes they connect to another, and go on where they were."""

import asyncio
import contextlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp

from tests.support.client import Api, Refused, Socket
from tests.support.cluster import PASSWORD, SHOP, SITE, Server

LOST = (aiohttp.ClientError, ConnectionError, TimeoutError, OSError)


_numbers = itertools.count()


class Person:
    """Somebody at an address of their own. `socket` is the newest.

    What was sent and not answered is sent again only where the caller says so."""

    def __init__(self, servers: Sequence[Server], first: int = 0) -> None:
        self.servers = servers
        self.turn = first
        self.socket: Socket | None = None
        self.apis: list[Api] = []
        self.frames: list[dict[str, Any]] = []
        self.token: str | None = None
        self.origin: str | None = None
        self.cookies: dict[str, str] = {}
        number = next(_numbers)
        self.address = f"127.9.{number // 250 % 250}.{number % 250 + 1}"

    def _api(self) -> Api:
        server = self.servers[self.turn % len(self.servers)]
        api = server.api(self.origin, self.address)
        api.http.cookie_jar.update_cookies(self.cookies)
        self.apis.append(api)
        return api

    async def asked(self, method: str, path: str, body: Any = None) -> Any:
        """Ask until there is an answer; one server after the other."""
        while True:
            api = self._api()
            if self.socket is not None:
                api.access = self.socket.api.access
            try:
                async with asyncio.timeout(5):
                    answer = await api.call(method, path, body)
                self.cookies |= {cookie.key: cookie.value for cookie in api.http.cookie_jar}
                return answer
            except Refused as refused:
                if refused.code not in ("unavailable", "server_error"):
                    raise
            except LOST:
                pass
            self.turn += 1
            await asyncio.sleep(0.1)

    async def connected(self) -> Socket:
        """The socket, a new one where the former is dead."""
        if self.socket is not None and self.socket.bye is None:
            return self.socket
        while True:
            since = self._since()
            socket = Socket(self._api(), self.token, since)
            socket.frames = self.frames
            if self.socket is not None:
                socket.api.access = self.socket.api.access
            try:
                async with asyncio.timeout(5):
                    await socket.open()
                if socket.bye is None or socket.bye["code"] == "closed":
                    if socket.welcome:
                        self.token = socket.welcome.get("resume") or self.token
                        self.socket = socket
                        return socket
                else:
                    raise Refused(socket.bye)
            except LOST:
                pass
            self.turn += 1
            await asyncio.sleep(0.1)

    def _since(self) -> dict[str, int]:
        sessions = {frame["session"] for frame in self.frames if frame["session"]}
        seqs = {session: max((f["seq"] or f["body"].get("seq", 0)) for f in self.of(session)) for session in sessions}
        return {session: seq for session, seq in seqs.items() if seq}

    def of(self, session: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["session"] == session]

    async def until(self, condition: Callable[[Socket], Any], seconds: float = 40.0) -> Any:
        """Also over losses of the connection."""
        async with asyncio.timeout(seconds):
            while True:
                socket = await self.connected()

                def there(socket: Socket = socket) -> Any:
                    return condition(socket) or socket.bye is not None

                await socket.until(there, seconds)
                if found := condition(socket):
                    return found

    async def do(self, kind: str, session: str | None = None, **fields: Any) -> None:
        """Once; raises `ConnectionError` when nobody knows whether it was done."""
        socket = await self.connected()
        try:
            await socket.do(kind, session, **fields)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise ConnectionError from error

    async def close(self) -> None:
        if self.socket is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self.socket.close(), 3)
        for api in self.apis:
            await api.close()


class Agent(Person):
    async def begin(self, name: str) -> "Agent":
        await self.asked("POST", "/login", {"name": name, "password": PASSWORD})
        await self.ready()
        return self

    async def ready(self) -> None:
        await self.until(lambda socket: socket.bodies("desk.snapshot"))
        while True:
            try:
                await self.do("agent.state", state="ready")
                return
            except ConnectionError:
                continue

    async def offer(self, session: str, seconds: float = 40.0) -> dict[str, Any]:
        """The offer of this session, once there is one."""

        def find(socket: Socket) -> Any:
            return next((each for each in socket.desk().get("offers", ()) if each["session"] == session), None)

        found: dict[str, Any] = await self.until(find, seconds)
        return found


class Customer(Person):
    session = ""

    async def begin(self, name: str = "Jeanne") -> "Customer":
        self.origin = SHOP
        asked = {"name": name, "language": "en"}
        ticket = await self.asked("POST", f"/sites/{SITE}/sessions", asked)
        self.token, self.session = ticket["token"], ticket["session"]
        await self.connected()
        return self


def state(socket: Socket, session: str) -> Any:
    return socket.view(session).get("session", {}).get("state")


def texts(socket: Socket, session: str) -> list[str]:
    """What was written in the chat, in order."""
    return [line["text"] for line in socket.view(session).get("lines", ()) if line["kind"] == "chat"]
