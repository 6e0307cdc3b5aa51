"""A customer's or agent's program without a browser: speaks HTTP and the control socket, keeps what it hears."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import aiohttp


class Refused(Exception):
    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error.get('message', '')}")
        self.error = error
        self.code: str = error["code"]


class Api:
    """HTTP as a page of `origin` would do it."""

    def __init__(self, base: str, origin: str | None = None, address: str | None = None) -> None:
        """`origin`: empty for a program that sends none. `address`: the loopback address to come from."""
        self.base = base
        self.origin = base if origin is None else origin
        connector = aiohttp.TCPConnector(local_addr=(address, 0), family=socket.AF_INET) if address else None
        self.http = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.access: str | None = None

    async def close(self) -> None:
        await self.http.close()

    def headers(self) -> dict[str, str]:
        headers = {"Origin": self.origin} if self.origin else {}
        if self.access:
            headers["Authorization"] = f"Bearer {self.access}"
        return headers

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """JSON answer. Raises `Refused` with the error's code."""
        async with self.http.request(
            method, f"{self.base}/api/v1{path}", json=body, headers=self.headers()
        ) as response:
            answer = await response.json()
            if response.status >= 400:
                raise Refused(answer)
            return answer

    async def login(self, name: str, password: str) -> Any:
        return await self.call("POST", "/login", {"name": name, "password": password})


class Socket:
    """A control socket: events are kept in order, and the newest of each session can be waited for."""

    def __init__(self, api: Api, token: str | None = None, since: dict[str, int] | None = None, **hello: Any) -> None:
        """`hello`: more of the first frame."""
        self.api = api
        self.token = token
        self.since = since or {}
        self.hello = hello
        self.frames: list[dict[str, Any]] = []
        self.bye: dict[str, Any] | None = None
        self.welcome: dict[str, Any] = {}
        self._changed = asyncio.Condition()
        self._replies: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._next = 0
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> "Socket":
        headers = {"Origin": self.api.origin} if self.api.origin else {}
        self.ws = await self.api.http.ws_connect(
            f"{self.api.base}/api/v1/socket", headers=headers, max_msg_size=1 << 24
        )
        await self.ws.send_json({"type": "hello", "token": self.token, "since": self.since, **self.hello})
        self._reader = asyncio.create_task(self._read())
        await self.until(lambda: bool(self.welcome) or self.bye is not None)
        if self.welcome.get("access"):
            self.api.access = self.welcome["access"]
        return self

    async def close(self) -> None:
        await self.ws.close()
        if self._reader is not None:
            await self._reader

    async def _read(self) -> None:
        async for message in self.ws:
            frame = message.json()
            async with self._changed:
                match frame["type"]:
                    case "welcome":
                        self.welcome = frame
                    case "reply":
                        reply = self._replies.pop(frame["id"])
                        if not reply.done():  # whoever waited for it may have gone
                            reply.set_result(frame)
                    case "bye":
                        self.bye = frame["error"]
                    case "event":
                        self.frames.append(frame)
                self._changed.notify_all()
        async with self._changed:
            self.bye = self.bye or {"code": "closed"}
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(ConnectionError("socket closed"))
            self._changed.notify_all()

    async def until(self, condition: Callable[[], Any], timeout: float = 30) -> Any:
        """Wait until `condition` holds; returns what it returned."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(condition)
        return condition()

    async def do(self, kind: str, session: str | None = None, **fields: Any) -> None:
        """Send a command and wait for its reply. Raises `Refused`."""
        self._next += 1
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._replies[self._next] = reply
        command = {"type": "command", "id": self._next, "session": session, "body": {"type": kind, **fields}}
        await self.ws.send_json(command)
        async with asyncio.timeout(30):
            frame = await reply
        if frame.get("error"):
            raise Refused(frame["error"])

    def bodies(self, kind: str, session: str | None = None) -> list[dict[str, Any]]:
        return [
            f["body"] for f in self.frames if f["body"]["type"] == kind and (session is None or f["session"] == session)
        ]

    async def event(
        self, kind: str, /, session: str | None = None, timeout: float = 10, **match: Any
    ) -> dict[str, Any]:
        """The newest body of this kind whose top-level fields match; waits for one."""

        def find() -> Any:
            for body in reversed(self.bodies(kind, session)):
                if all(body.get(key) == value for key, value in match.items()):
                    return body
            return None

        found: dict[str, Any] = await self.until(find, timeout)
        return found

    def desk(self) -> dict[str, Any]:
        """What a console knows of its desk: the snapshot and every change since, by id."""
        desk: dict[str, Any] = {}
        for frame in self.frames:
            body = frame["body"]
            if body["type"] == "desk.snapshot":
                desk = {key: list(value) if isinstance(value, list) else value for key, value in body.items()}
            elif body["type"] == "desk.changed":
                _change_desk(desk, body)
            elif body["type"] == "session.snapshot" and desk and frame["session"] not in desk["sessions"]:
                desk["sessions"].append(frame["session"])
        return desk

    def view(self, session: str) -> dict[str, Any]:
        """What a reader knows of a session: the last snapshot and every event since, put together."""
        view: dict[str, Any] = {}
        for frame in self.frames:
            if frame["session"] != session:
                continue
            _apply(view, frame)
        return view


_LISTS = {
    "participant.changed": ("participants", "participant", "id"),
    "grant.changed": ("grants", "grant", "id"),
    "file.changed": ("files", "file", "id"),
    "line.added": ("lines", "line", "id"),
    "invite.changed": ("invites", "invite", "id"),
    "presence.changed": ("presence", "presence", "participant"),
}


def _apply(view: dict[str, Any], frame: dict[str, Any]) -> None:
    body = frame["body"]
    kind = body["type"]
    if kind == "session.snapshot":
        view.clear()
        view.update({key: value for key, value in body.items() if key != "type"})
        return
    if frame["seq"]:
        view["seq"] = frame["seq"]
    if kind == "session.changed":
        view["session"] = body["session"]
        if body["session"]["state"] != "waiting":
            view["position"] = None
    elif kind == "note.changed":
        view["note"] = body["note"]
    elif kind == "queue.position":
        view["position"] = body
    elif kind in _LISTS:
        name, field, key = _LISTS[kind]
        items = view.setdefault(name, [])
        item = body[field]
        for index, other in enumerate(items):
            if other[key] == item[key]:
                items[index] = item
                return
        items.append(item)


_DESK = (
    ("offers", "id"),
    ("waiting", "contact"),
    ("team", "user"),
    ("wrap_ups", "contact"),
    ("invitations", "session"),
)


def _change_desk(desk: dict[str, Any], change: dict[str, Any]) -> None:
    for name in ("me", "teams", "bar", "rules", "shift"):
        if change.get(name) is not None:
            desk[name] = change[name]
    for name, key in _DESK:
        for item in change.get(name, ()):
            desk[name] = [other for other in desk[name] if other[key] != item[key]] + [item]
        desk[name] = [item for item in desk[name] if item[key] not in change.get(f"{name}_gone", ())]
    desk["sessions"] = [session for session in desk["sessions"] if session not in change.get("sessions_gone", ())]
