"""What the client does not believe: its own name, files beside it, another company behind the same link."""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web

from tests.support.client_program import native
from tests.support.demo import ROOT
from tests.support.native_call import Call
from tests.support.xserver import XServer
from tests.unit.client.test_rights import snapshot

LINK = "abcdefghijklmnopqrstuvwx"


async def test_neither_its_name_nor_files_beside_it_say_where_to_go(xserver: XServer, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    folder.mkdir()
    renamed = folder / "rs-client-host=evil.example,key=abc,server=evil.example.py"
    renamed.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\nfrom rs_client.__main__ import main\nsys.exit(main())\n"
    )
    patched = json.dumps({"server": "https://evil.example", "address": f"https://evil.example/j/{LINK}"})
    for name in ("client.json", "rs-client.json", "config.json", "settings.ini", ".env"):
        (folder / name).write_text(patched)
        (tmp_path / name).write_text(patched)
    state = tmp_path / "state" / "deskside"
    state.mkdir(parents=True)
    (state / "client.json").write_text(patched)
    (state / "client.json").chmod(0o600)
    env = {**xserver.env, "RS_SERVER": "https://evil.example", "RS_CLIENT_SERVER": "https://evil.example"}
    async with native(tmp_path, env, "--terminal", program=(sys.executable, str(renamed))) as client:
        await client.said("Number or link: ")
        client.type("123456789")
        await client.said("Address of the site: ")
        client.type("")
        await client.said("the address of the site is needed too")
        assert "evil" not in client.text


@pytest.mark.parametrize("address", ["deskside://evil.example/j/" + LINK, "http://evil.example/j/" + LINK])
async def test_what_a_handler_of_addresses_would_pass_is_refused(
    xserver: XServer, tmp_path: Path, address: str
) -> None:
    async with native(tmp_path, xserver.env, "--terminal", address) as client:
        await client.said("Number or link: ")
        assert "This is not the address of a site." in client.text or "not protected" in client.text


async def test_another_company_than_was_said(xserver: XServer, tmp_path: Path) -> None:
    heard: list[dict[str, Any]] = []

    async def socket(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.receive_json()
        await ws.send_json({"type": "welcome", "now": 1.0, "resume": "r" * 24, "access": "a" * 24, "session": "s"})
        body = msgspec.to_builtins(snapshot())
        await ws.send_json({"type": "event", "session": "s", "seq": 0, "at": 1.0, "body": body})
        heard.extend([message.json() async for message in ws])
        return ws

    async def look(_: web.Request) -> web.Response:
        who = {"purpose": "client", "company": "Your Bank", "agent": "Anna", "recording": "off"}
        return web.json_response({**who, "languages": ["en"], "ice_servers": []})

    async def join(_: web.Request) -> web.Response:
        return web.json_response({"session": "s", "reference": "R", "token": "t" * 24})

    app = web.Application()
    app.router.add_get("/api/v1/socket", socket)
    app.router.add_get(f"/api/v1/links/{LINK}", look)
    app.router.add_post("/api/v1/join", join)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with native(tmp_path, xserver.env, "--terminal", f"http://127.0.0.1:{port}/client#{LINK}") as client:
            await client.said("Anna of Your Bank")
            await client.said("y join")
            client.type("y")
            await client.said("The server says that this is ACME, and said Your Bank before.")
            await client.ends()
    finally:
        await runner.cleanup()
    assert heard == []


async def test_who_comes_by_a_number_is_told_with_whom_before_anything_is_asked(
    xserver: XServer, call: Call, tmp_path: Path
) -> None:
    made = await call.agent.api.call("POST", f"/sessions/{call.session}/invites", {"way": "number"})
    async with native(tmp_path, xserver.env, "--terminal", "--server", call.house.base, made["number"]) as client:
        end = await client.said("Amélie Morel of Acme Tools would like to help you")
        await client.said("fraud", end)
        await call.agent.until(lambda: call.agent.view(call.session)["session"]["state"] == "live")
        await call.ask("desktop_view")
        await client.said("y join")
        client.type("y")
        await client.said("see your desktop?")
        client.type("n")
        await call.grant("desktop_view", "refused")


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [(404, "link_invalid", "n’est plus valable"), (503, "unavailable", "en cours de relève")],
)
async def test_an_address_of_the_command_line_that_is_refused(
    xserver: XServer, tmp_path: Path, status: int, code: str, words: str
) -> None:
    async def look(_: web.Request) -> web.Response:
        return web.json_response({"code": code, "message": "some English words"}, status=status)

    app = web.Application()
    app.router.add_get(f"/api/v1/links/{LINK}", look)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}/client#{LINK}"
    try:
        async with native(tmp_path, xserver.env, "--terminal", "--language", "fr", address) as client:
            assert await client.ends() == 1
    finally:
        await runner.cleanup()
    assert words in client.text
    assert "English" not in client.text


async def test_an_address_of_the_command_line_where_nobody_is(
    xserver: XServer, tmp_path: Path, unused_tcp_port: int
) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}/client#{LINK}"
    async with native(tmp_path, xserver.env, "--terminal", address) as client:
        assert await client.ends() == 1
    assert "The server cannot be reached." in client.text
