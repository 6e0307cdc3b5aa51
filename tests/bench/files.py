"""Files of 100 MB up and down, beside plain aiohttp handlers on the same disk.

The plain handler writes each chunk to a new file as it comes, and computes no digest; ours checks SHA-256, so it stands
beside a plain handler that computes it too. Nobody calls fsync for the bytes."""

import base64
import contextlib
import os
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import aiohttp

from rs_server.demo import SITE_KEY
from tests.bench.child import child, said
from tests.bench.rows import Row, measures, row
from tests.integration.conftest import accept
from tests.support.client import Api, Socket
from tests.support.demo import Demo, demo

SIZE = 100 * 1024 * 1024
BLOCK = os.urandom(1 << 18)
TURNS = 7


@measures("files.upload_ratio", "files.upload_digest_ratio", "files.download_ratio", seconds=90)
async def ratios(folder: Path) -> Sequence[Row]:
    (folder / "plain").mkdir()
    up: dict[str, list[float]] = {"ours": [], "plain": [], "digest": []}
    down: dict[str, list[float]] = {"ours": [], "plain": []}
    async with (
        demo(folder / "data") as company,
        child("tests.bench.plain", str(folder / "plain")) as helper,
        aiohttp.ClientSession() as http,
    ):
        base = f"http://127.0.0.1:{int(await said(helper))}"
        async with live(company) as (api, session):
            for turn in range(TURNS):
                # Always a new file, as ours is: to empty an old one takes longer than to write it.
                plain = f"{base}/{turn}"
                up["plain"].append(await send(http, "PUT", plain, {}))
                up["digest"].append(await send(http, "PUT", f"{base}/digest/d{turn}", {}))
                place = await announce(api, session)
                tus = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
                up["ours"].append(await send(api.http, "PATCH", place, {**api.headers(), **tus}))
                down["plain"].append(await fetch(http, plain, {}))
                down["ours"].append(await fetch(api.http, f"{place}/content", api.headers()))
    return [
        _ratio("files.upload_ratio", up, "plain"),
        _ratio("files.upload_digest_ratio", up, "digest"),
        _ratio("files.download_ratio", down, "plain"),
    ]


def _ratio(name: str, rates: dict[str, list[float]], beside: str) -> Row:
    ours, peer = statistics.median(rates["ours"]), statistics.median(rates[beside])
    what = "plain aiohttp with SHA-256" if beside == "digest" else "plain aiohttp"
    return row(name, ours / peer, "of plain", at_least=0.5, peer=f"{ours:.0f} MB/s, {what} {peer:.0f} MB/s")


@contextlib.asynccontextmanager
async def live(company: Demo) -> AsyncIterator[tuple[Api, str]]:
    """A session with an agent in it: the customer's access and its id."""
    async with contextlib.AsyncExitStack() as stack:
        staff, customer = Api(company.base), Api(company.base, company.shop)
        for api in (staff, customer):
            stack.push_async_callback(api.close)
        await staff.login("paul", company.password("paul"))
        agent = await Socket(staff).open()
        stack.push_async_callback(agent.close)
        await agent.event("desk.snapshot")
        await agent.do("agent.state", state="ready")
        ticket = await customer.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "Jeanne", "language": "en"})
        page = await Socket(customer, ticket["token"]).open()
        stack.push_async_callback(page.close)
        await accept(agent, ticket["session"])
        yield customer, ticket["session"]


async def announce(api: Api, session: str) -> str:
    """Address of a new upload."""
    name = base64.b64encode(b"file.bin").decode()
    headers = {**api.headers(), "Upload-Length": str(SIZE), "Upload-Metadata": f"filename {name}"}
    async with api.http.post(f"{api.base}/api/v1/sessions/{session}/files", headers=headers) as answer:
        assert answer.status == 201, await answer.text()
        return f"{api.base}{answer.headers['Location']}"


async def send(http: aiohttp.ClientSession, method: str, url: str, headers: dict[str, str]) -> float:
    """MB a second until the server has all of it."""
    began = time.perf_counter()
    headers = {**headers, "Content-Length": str(SIZE)}
    async with http.request(method, url, data=_blocks(), headers=headers) as answer:
        assert answer.status == 204, await answer.text()
    return SIZE / 1e6 / (time.perf_counter() - began)


async def _blocks() -> AsyncIterator[bytes]:
    for _ in range(SIZE // len(BLOCK)):
        yield BLOCK


async def fetch(http: aiohttp.ClientSession, url: str, headers: dict[str, str]) -> float:
    """MB a second until all of it is here."""
    began = time.perf_counter()
    got = 0
    async with http.get(url, headers=headers) as answer:
        async for chunk in answer.content.iter_any():
            got += len(chunk)
    assert got == SIZE, f"{answer.status}: {got} bytes"
    return SIZE / 1e6 / (time.perf_counter() - began)
