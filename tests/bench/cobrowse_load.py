"""Pages and viewers without browsers, in a process of their own. Each line of its input is a run of so many seconds;
what it says is JSON.

`python -m tests.bench.cobrowse_load live BASE SHOP ACCOUNTS COUNT`: so many live sessions with one viewer each.
Accounts: JSON, passwords by name.
`python -m tests.bench.cobrowse_load bare PORT COUNT`: as many pairs of sockets of the bare relay.
`python -m tests.bench.cobrowse_load relay`: that relay: passes on what comes, unread. Says its port."""

import asyncio
import contextlib
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web

from rs_server.demo import SITE_KEY
from rs_server.protocol.page import Header, Kind, pack
from tests.integration.conftest import offered
from tests.support.client import Api, Socket
from tests.support.page import Page, PageSocket

RATE = 30
ROWS = [[100 + 4 * n, 1, "tr", 0, [[101 + 4 * n, 1, "td", 0, [[102 + 4 * n, 3, f"Item {n}"]]]]] for n in range(200)]
SNAPSHOT = json.dumps([0, ["init", {"root": {"id": 1, "children": ROWS}, "width": 1280, "height": 720}]]).encode()

Send = Callable[[bytes], Awaitable[None]]


def event(number: int) -> bytes:
    return json.dumps([number * 33, ["text", 102 + 4 * (number % 200), f"{50 + number % 997 / 10:.1f}"]]).encode()


class Line:
    """A page that sends, and what its viewer got."""

    def __init__(self, send: Send, got: Callable[[], int]) -> None:
        self.send = send
        self.got = got
        self.number = 0

    async def run(self, seconds: float, offset: float) -> None:
        began = time.monotonic() + offset
        for count in range(int(seconds * RATE)):
            await asyncio.sleep(began + count / RATE - time.monotonic())
            self.number += 1
            await self.send(event(self.number))


async def live(base: str, shop: str, accounts: dict[str, str], count: int) -> list[Line]:
    agents = []
    for name, password in accounts.items():
        staff = Api(base)
        await staff.login(name, password)
        agents.append(await Socket(staff).open())
        await agents[-1].event("desk.snapshot")
        await agents[-1].do("agent.state", state="ready")
    return [await line(base, shop, agents, f"127.0.2.{number + 1}") for number in range(count)]


async def take(agents: list[Socket], session: str) -> Socket:
    """The agent to whom it was offered, and who has accepted it."""
    offers = {asyncio.create_task(offered(agent, session)): agent for agent in agents}
    done, others = await asyncio.wait(offers, return_when=asyncio.FIRST_COMPLETED)
    for other in others:
        other.cancel()
    first = done.pop()
    agent = offers[first]
    await agent.do("offer.accept", offer=first.result()["id"])
    await agent.event("session.snapshot", session)
    return agent


async def line(base: str, shop: str, agents: list[Socket], address: str) -> Line:
    api = Api(base, shop, address)
    ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "Jeanne", "language": "en"})
    session: str = ticket["session"]
    customer = await Socket(api, ticket["token"]).open()
    agent = await take(agents, session)
    await customer.event("session.snapshot", session)
    wire = await PageSocket(api, session, "source", api.access, f"tab-{address.replace('.', '-')}").open()
    grant = await customer.until(lambda: _asked(customer.view(session)))
    await customer.do("grant.answer", session, grant=grant["id"], allow=True)
    await wire.until(wire.flow)
    page = Page(wire)
    await page.snapshot(SNAPSHOT)
    view = await PageSocket(agent.api, session, "view").open()
    await view.count(1)

    async def send(payload: bytes) -> None:
        if wire.asked():
            raise RuntimeError("a snapshot was asked for")
        await page.event(payload)

    return Line(send, lambda: len(view.frames) - 1)


def _asked(view: dict[str, Any]) -> Any:
    grants = view.get("grants", ())
    return next((one for one in grants if (one["capability"], one["state"]) == ("page_view", "asked")), None)


async def bare(port: int, count: int) -> list[Line]:
    http = aiohttp.ClientSession()
    lines = []
    for number in range(count):
        view = await http.ws_connect(f"http://127.0.0.1:{port}/{number}", compress=15)
        source = await http.ws_connect(f"http://127.0.0.1:{port}/{number}", compress=15)
        lines.append(_bare_line(source, view))
    return lines


def _bare_line(source: aiohttp.ClientWebSocketResponse, view: aiohttp.ClientWebSocketResponse) -> Line:
    sent = got = 0

    async def read() -> None:
        nonlocal got
        async for _ in view:
            got += 1

    reader = asyncio.create_task(read())

    async def send(payload: bytes) -> None:
        nonlocal sent
        sent += 1
        assert not reader.done()
        await source.send_bytes(pack(Header(Kind.EVENT, 1, sent, 0), payload))

    return Line(send, lambda: got)


async def relay() -> None:
    rooms: dict[str, list[web.WebSocketResponse]] = {}

    async def pass_on(request: web.Request) -> web.WebSocketResponse:
        mine = web.WebSocketResponse()
        await mine.prepare(request)
        room = rooms.setdefault(request.path, [])
        room.append(mine)
        async for message in mine:
            for other in room:
                if other is not mine:
                    await other.send_bytes(message.data)
        return mine

    app = web.Application()
    app.router.add_get("/{room}", pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


async def obey(lines: list[Line]) -> None:
    gc.freeze()
    print(json.dumps(len(lines)), flush=True)
    while words := await asyncio.to_thread(sys.stdin.readline):
        seconds = float(words)
        before = sum(one.got() for one in lines)
        async with asyncio.TaskGroup() as all_of_them:
            for number, one in enumerate(lines):
                all_of_them.create_task(one.run(seconds, number / len(lines) / RATE))
        due = len(lines) * int(seconds * RATE)
        async with asyncio.timeout(10):
            while sum(one.got() for one in lines) - before < due:
                await asyncio.sleep(0.05)
        print(json.dumps(due), flush=True)


async def main() -> None:
    match sys.argv[1:]:
        case ["live", base, shop, accounts, count]:
            await obey(await live(base, shop, json.loads(accounts), int(count)))
        case ["bare", port, count]:
            await obey(await bare(int(port), int(count)))
        case _:
            await relay()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
