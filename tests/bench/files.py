"""Files of 100 MB up and down, beside plain aiohttp handlers on the same disk."""

import base64
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
TURNS = 3


@measures("files.upload_ratio", "files.download_ratio", seconds=90)
async def ratios(folder: Path) -> Sequence[Row]:
    (folder / "plain").mkdir()
    up: dict[str, list[float]] = {"ours": [], "plain": []}
    down: dict[str, list[float]] = {"ours": [], "plain": []}
    async with (
        demo(folder / "data") as company,
        child("tests.bench.plain", str(folder / "plain")) as helper,
        aiohttp.ClientSession() as http,
    ):
        plain = f"http://127.0.0.1:{int(await said(helper))}/file"
        async with live(company) as (api, session):
            for _ in range(TURNS):
                up["plain"].append(await send(http, "PUT", plain, {}))
                place = await announce(api, session)
                tus = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
                up["ours"].append(await send(api.http, "PATCH", place, {**api.headers(), **tus}))
                down["plain"].append(await fetch(http, plain, {}))
                down["ours"].append(await fetch(api.http, f"{place}/content", api.headers()))
    return [_ratio("files.upload_ratio", up), _ratio("files.download_ratio", down)]


def _ratio(name: str, rates: dict[str, list[float]]) -> Row:
    ours, plain = statistics.median(rates["ours"]), statistics.median(rates["plain"])
    return row(name, ours / plain, "of plain", at_least=0.5, peer=f"{ours:.0f} MB/s, plain aiohttp {plain:.0f} MB/s")


class live:
    """A session with an agent in it; gives the customer's access and its id."""

    def __init__(self, company: Demo) -> None:
        self._company = company

    async def __aenter__(self) -> tuple[Api, str]:
        company = self._company
        self._customer = Api(company.base, company.shop)
        self._staff = Api(company.base)
        await self._staff.login("paul", company.password("paul"))
        self._agent = await Socket(self._staff).open()
        await self._agent.event("desk.snapshot")
        await self._agent.do("agent.state", state="ready")
        ticket = await self._customer.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "Jeanne", "language": "en"})
        self._page = await Socket(self._customer, ticket["token"]).open()
        await accept(self._agent, ticket["session"])
        return self._customer, ticket["session"]

    async def __aexit__(self, *_: object) -> None:
        for socket in (self._page, self._agent):
            await socket.close()
        for api in (self._customer, self._staff):
            await api.close()


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
