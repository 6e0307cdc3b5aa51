"""A contact centre at work: arrivals offered over sockets, contacts a second, who waits and who is connected."""

import asyncio
import contextlib
import gc
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path

import aiohttp
import msgspec
import psutil

from rs_server.demo import SITE_KEY
from rs_server.http.kit import COOKIE
from tests.bench.child import child, said
from tests.bench.crowd import SHOP
from tests.bench.rows import Row, measures, quantile, row
from tests.support.client import Api, Socket

RATE = 50
"""Arrivals a second."""
SECONDS = 12
AT_WORK = 60
TALK = 1.5
"""Seconds from accepting to the end."""
REST = 5.0


class Said(msgspec.Struct):
    base: str
    cookies: list[str]


@contextlib.asynccontextmanager
async def crowd(folder: Path, agents: int) -> AsyncIterator[tuple[Said, psutil.Process]]:
    async with child("tests.bench.crowd", str(folder), str(agents)) as process:
        yield msgspec.json.decode(await said(process, 120), type=Said), psutil.Process(process.pid)


async def desk(base: str, cookie: str) -> Socket:
    """An agent's console, signed in."""
    api = Api(base)
    api.http.cookie_jar.update_cookies({COOKIE: cookie})
    return await Socket(api).open()


@measures("acd.arrival_to_offer", seconds=120)
async def arrival_to_offer(folder: Path) -> Sequence[Row]:
    """From a customer's request on the wire to the offer, which is on disk by then, on an agent's socket: 50 a second,
    taken at once, each ended after 1.5 s. Each customer has an address of their own."""
    asked: dict[str, float] = {}
    took: list[float] = []
    # The clients keep all that they hear; to walk through it again and again is none of the server's time.
    gc.disable()
    async with crowd(folder / "data", AT_WORK) as (server, _process), contextlib.AsyncExitStack() as stack:
        workers = []
        for cookie in server.cookies:
            socket = await desk(server.base, cookie)
            stack.push_async_callback(socket.api.close)
            stack.push_async_callback(socket.close)
            await socket.do("agent.state", state="ready")
            workers.append(asyncio.create_task(_serve(socket, asked, took)))
        began = time.monotonic()
        arrivals = []
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, began + number / RATE - time.monotonic()))
            arrivals.append(asyncio.create_task(_arrive(server.base, number, asked)))
        await asyncio.gather(*arrivals)
        async with asyncio.timeout(30):
            while len(took) < len(arrivals):
                await asyncio.sleep(0.05)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    gc.enable()
    disk = fsync_ms(folder)
    peer = f"fsync of 4 KiB here: p50 {quantile(disk, 0.5):.2f}, p99 {quantile(disk, 0.99):.2f} ms"
    return [
        row("acd.arrival_to_offer.p50", 1000 * quantile(took, 0.5), "ms", peer=peer),
        row("acd.arrival_to_offer.p99", 1000 * quantile(took, 0.99), "ms", at_most=50, peer=peer),
    ]


async def _arrive(base: str, number: int, asked: dict[str, float]) -> None:
    api = Api(base, SHOP, f"127.1.{number // 250}.{number % 250 + 1}")
    try:
        name = f"Customer {number}"
        asked[name] = time.perf_counter()
        await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": name, "language": "en"})
    finally:
        await api.close()


async def _serve(socket: Socket, asked: dict[str, float], took: list[float]) -> None:
    """Take what is offered; end it after a while."""
    async with asyncio.TaskGroup() as talks:
        seen: set[str] = set()
        read = 0
        while True:
            await socket.until(partial(_more, socket, read), timeout=60)
            now = time.perf_counter()
            fresh, read = socket.frames[read:], len(socket.frames)
            for frame in fresh:
                for offer in frame["body"].get("offers", ()) if frame["body"]["type"].startswith("desk.") else ():
                    if offer["id"] not in seen:
                        seen.add(offer["id"])
                        took.append(now - asked[offer["customer"]])
                        talks.create_task(_talk(socket, offer))


def _more(socket: Socket, known: int) -> bool:
    return len(socket.frames) > known


async def _talk(socket: Socket, offer: dict[str, str]) -> None:
    await socket.do("offer.accept", offer=offer["id"])
    await asyncio.sleep(TALK)
    await socket.do("session.end", offer["session"])


def fsync_ms(folder: Path, times: int = 200) -> list[float]:
    """Milliseconds that the disk needs for a page."""
    found = []
    with (folder / "fsync").open("wb") as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(os.urandom(4096))
            file.flush()
            os.fsync(file.fileno())
            found.append(1000 * (time.perf_counter() - began))
    return found


@measures("acd.connected.750", "acd.connected.2000", seconds=240)
async def connected(folder: Path) -> Sequence[Row]:
    """Agents' consoles connected and at rest, then one of them changes state and everybody is told."""
    rows: list[Row] = []
    for agents in (750, 2000):
        async with crowd(folder / str(agents), agents) as (server, process):
            before = process.memory_info().rss / 1e6
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
                rows += await _measure(http, server, process, before, agents)
    return rows


class Console:
    """As little of a console as there can be: it notes when it is told of a colleague."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: asyncio.Queue[tuple[bytes, float]] = asyncio.Queue()
        self.me = ""
        self.team: set[str] = set()
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self.ws:
            text = message.data.encode() if isinstance(message.data, str) else b""
            if b'"desk.changed"' in text or b'"desk.snapshot"' in text or b'"reply"' in text:
                self.heard.put_nowait((text, time.perf_counter()))

    async def begin(self) -> None:
        """Who this is, and whom it shows."""
        text = b""
        while b'"desk.snapshot"' not in text:
            text, _ = await self.heard.get()
        desk = msgspec.json.decode(text)["body"]
        self.me, self.team = desk["me"]["user"], {each["user"] for each in desk["team"]}

    async def until(self, *parts: bytes) -> float:
        """When the first frame that holds all of this came; what came before it is gone."""
        while True:
            text, at = await self.heard.get()
            if all(part in text for part in parts):
                return at

    async def close(self) -> None:
        await self.ws.close()
        await self._reader


async def _measure(
    http: aiohttp.ClientSession, server: Said, process: psutil.Process, before: float, agents: int
) -> list[Row]:
    consoles: list[Console] = []
    gate = asyncio.Semaphore(20)

    async def connect(cookie: str) -> None:
        async with gate:
            headers = {"Origin": server.base, "Cookie": f"{COOKIE}={cookie}"}
            ws = await http.ws_connect(f"{server.base}/api/v1/socket", headers=headers, max_msg_size=1 << 25)
            await ws.send_json({"type": "hello", "token": None, "since": {}})
            console = Console(ws)
            await console.begin()
            consoles.append(console)

    await asyncio.gather(*map(connect, server.cookies))
    await asyncio.sleep(REST)
    times = process.cpu_times()
    began = time.monotonic()
    await asyncio.sleep(REST)
    after = process.cpu_times()
    cpu = 100 * (after.user + after.system - times.user - times.system) / (time.monotonic() - began)
    memory = process.memory_info().rss / 1e6
    slowest, typical, told = await _fan_out(consoles)
    await asyncio.gather(*(console.close() for console in consoles))
    name = f"acd.connected.{agents}"
    return [
        row(
            f"{name}.memory",
            memory,
            "MB",
            peer=f"{before:.0f} MB before they came; {(memory - before) / agents:.3f} MB each",
        ),
        row(f"{name}.cpu", cpu, "%", peer="of one core, all at rest; a beat from each every 5 s"),
        row(
            f"{name}.fan_out",
            1000 * slowest,
            "ms",
            peer=f"last of {told} told of a colleague's new state, half of them after {1000 * typical:.0f} ms",
        ),
    ]


async def _fan_out(consoles: Sequence[Console]) -> tuple[float, float, int]:
    """(last, median) seconds until all who show an agent are told that this one is available, and how many they are."""
    shown = Counter(user for console in consoles for user in console.team)
    actor = max(consoles, key=lambda console: shown[console.me])
    readers = [console for console in consoles if actor.me in console.team and console is not actor]
    for console in consoles:
        while not console.heard.empty():
            console.heard.get_nowait()
    began = time.perf_counter()
    body = {"type": "agent.state", "state": "ready", "reason": None}
    await actor.ws.send_json({"type": "command", "id": 1, "session": None, "body": body})
    waits = (console.until(b'"desk.changed"', b'"team"', actor.me.encode(), b'"ready"') for console in readers)
    async with asyncio.timeout(30):
        told = [at - began for at in await asyncio.gather(*waits)]
    return max(told), quantile(told, 0.5), len(told)
