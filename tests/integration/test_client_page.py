"""The page of the native client, and the client as one file, where the installation offers it."""

import asyncio
import email
import hashlib
import io
import json
import os
import re
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from blockbuster import blockbuster_ctx
from yarl import URL

from rs_client.core.address import Target, target

from .conftest import House

CONTENT = b"\x7fELF not really" * 1000


def offer(house: House, content: bytes = CONTENT) -> Path:
    file = house.config.data / "downloads" / "rs-client"
    file.parent.mkdir(exist_ok=True)
    whole = file.with_name("new")
    whole.write_bytes(content)
    whole.replace(file)
    return file


async def get(house: House, path: str, **more: Any) -> tuple[aiohttp.ClientResponse, bytes]:
    """As a stranger; the path as it stands."""
    url = URL(house.base + path, encoded=True)
    async with house.api().http.get(url, allow_redirects=False, **more) as response:
        return response, await response.read()


async def boot(house: House) -> dict[str, Any]:
    response, body = await get(house, "/client")
    assert response.status == 200
    found = re.search(r'id="boot"[^>]*>(.*?)</script>', body.decode(), re.DOTALL)
    assert found
    return dict(json.loads(found[1]))


def policy(response: aiohttp.ClientResponse) -> str:
    return re.sub(r"'nonce-[^']+'", "'nonce'", response.headers["Content-Security-Policy"])


async def test_the_page_is_open_to_strangers_under_the_policy_of_join(house: House) -> None:
    page, body = await get(house, "/client", headers={"Accept-Language": "fr"})
    join, _ = await get(house, "/join")
    assert page.status == 200
    assert page.content_type == "text/html"
    assert policy(page) == policy(join)
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "Cache-Control"):
        assert page.headers[name] == join.headers[name]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in page.headers
    assert b'<html lang="fr">' in body
    assert b"<deskside-client>" in body


async def test_a_link_leads_here_and_the_program_understands_it(house: House) -> None:
    token = "x" * 43
    assert target(f"{house.base}/client#{token}") == Target(house.base, link=token)
    assert target("123456789", house.base) == Target(house.base, number="123456789")


async def test_without_a_file_there_is_none_and_nothing_is_said_of_it(house: House) -> None:
    assert (await boot(house))["download"] is None
    assert (await get(house, "/client/rs-client"))[0].status == 404


async def test_the_file_is_an_attachment_and_its_digest_is_said(house: House) -> None:
    offer(house)
    with blockbuster_ctx(scanned_modules=["rs_server"]):
        said = (await boot(house))["download"]
        response, body = await get(house, "/client/rs-client")
    assert said == {
        "path": "/client/rs-client",
        "size": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    assert (response.status, body) == (200, CONTENT)
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"] == 'attachment; filename="rs-client"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers
    part, some = await get(house, "/client/rs-client", headers={"Range": "bytes=4-7"})
    assert (part.status, some) == (206, CONTENT[4:8])


async def test_another_file_is_told_apart_and_one_taken_away_is_gone(house: House) -> None:
    offer(house)
    first = (await boot(house))["download"]
    file = offer(house, CONTENT[::-1])
    second = (await boot(house))["download"]
    assert second["sha256"] == hashlib.sha256(CONTENT[::-1]).hexdigest() != first["sha256"]
    assert second["size"] == first["size"]
    file.unlink()
    assert (await boot(house))["download"] is None
    assert (await get(house, "/client/rs-client"))[0].status == 404


async def test_it_is_read_through_once_for_many_visitors(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(house)
    read = 0
    digest = hashlib.file_digest

    def counted(*arguments: Any) -> Any:
        nonlocal read
        read += 1
        return digest(*arguments)

    monkeypatch.setattr(hashlib, "file_digest", counted)
    found = await asyncio.gather(*(boot(house) for _ in range(8)))
    assert len({one["download"]["sha256"] for one in found}) == 1
    assert read == 1


async def test_what_is_no_file_is_not_offered(house: House) -> None:
    (house.config.data / "downloads" / "rs-client").mkdir(parents=True)
    assert (await boot(house))["download"] is None
    assert (await get(house, "/client/rs-client"))[0].status == 404


@pytest.mark.parametrize(
    "path",
    [
        "/client/",
        "/client/new",
        "/client/other",
        "/client/../deskside.db",
        "/client/..%2fdeskside.db",
        "/client/%2e%2e/deskside.db",
        "/client/..%2f..%2fetc%2fpasswd",
        "/client/rs-client/..%2f..%2fdeskside.db",
        "/client/rs-client%00",
        "/client/rs-client%2f..%2fother",
        "/client/.%2fother",
        "/client//other",
        "/downloads/rs-client",
    ],
)
async def test_nothing_else_of_the_data_folder_is_served(house: House, path: str) -> None:
    file = offer(house)
    file.with_name("other").write_bytes(b"not for visitors")
    response, body = await get(house, path)
    assert response.status == 404
    assert b"SQLite" not in body
    assert b"not for visitors" not in body


async def test_only_looking_is_possible(house: House) -> None:
    offer(house)
    for path in ("/client", "/client/rs-client"):
        for method in ("POST", "PUT", "DELETE"):
            async with house.api().http.request(method, house.base + path, data=b"x") as response:
                assert response.status == 405
        async with house.api().http.head(house.base + path) as response:
            assert response.status == 200


async def test_the_program_comes_from_the_server_with_its_digest(house: House) -> None:
    path, _, digest = (await boot(house))["wheel"].partition("#sha256=")
    response, content = await get(house, path)
    assert response.status == 200
    assert hashlib.sha256(content).hexdigest() == digest
    assert response.headers["Content-Disposition"] == f'attachment; filename="{path.rpartition("/")[2]}"'
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    customer, _agent, _session = await house.live()
    assert (await customer.api.call("POST", "/session/client"))["wheel"] == f"{path}#sha256={digest}"
    for other in (path.replace("0.", "9."), path.replace("/client/", "/client/../"), path + "x"):
        assert (await get(house, other))[0].status == 404


async def test_the_program_holds_the_client_and_no_part_of_the_server(house: House) -> None:
    path = (await boot(house))["wheel"].partition("#")[0]
    archive = zipfile.ZipFile(io.BytesIO((await get(house, path))[1]))
    names = set(archive.namelist())
    assert {"rs_client/__main__.py", "rs_client/_locales/fr.json", "rs_server/protocol/desktop.py"} <= names
    shared = {"__init__.py", "protocol", "rtc"}
    assert {each.split("/")[1] for each in names if each.startswith("rs_server/")} == shared
    assert {each.split("/")[0] for each in names if "dist-info" not in each} == {"rs_client", "rs_server"}
    assert list(json.loads(archive.read("rs_client/_locales/fr.json"))) == ["client"]
    said = email.message_from_bytes(archive.read(next(each for each in names if each.endswith("/METADATA"))))
    needs = {re.split(r"[^A-Za-z0-9-]", each)[0] for each in said.get_all("Requires-Dist", ())}
    assert {"aiohttp", "aiortc", "numpy", "xcffib"} <= needs
    assert needs.isdisjoint({"sqlalchemy", "redis", "pytest", "deskside"})
    assert not [each for each in said.get_all("Requires-Dist", ()) if "extra" in each]


async def test_it_is_installed_from_there_and_only_as_it_is(house: House, tmp_path: Path) -> None:
    wheel = (await boot(house))["wheel"]
    await asyncio.to_thread(venv.create, tmp_path / "venv", symlinks=True)
    python = tmp_path / "venv" / "bin" / "python"
    # What it builds on is not downloaded: it stands behind its own, as the tests have it.
    own = Path(sysconfig.get_path("purelib", "venv", {"base": str(tmp_path / "venv")}))
    (own / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")

    async def install(pinned: str) -> tuple[int, str]:
        command = ["-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", "--no-cache-dir"]
        return await run(sys.executable, *command, f"deskside-client @ {house.base}{pinned}")

    wrong = wheel[:-1] + ("0" if wheel[-1] != "0" else "1")
    status, said = await install(wrong)
    assert status != 0
    assert "DO NOT MATCH" in said or "hash" in said.lower()
    status, said = await install(wheel)
    assert status == 0, said
    status, said = await run(str(python.with_name("rs-client")), "--version")
    assert (status, said.strip()) == (0, "rs-client 0.1.0")
    look = "import rs_client, rs_client.texts, rs_server.protocol as p; print(rs_client.__file__, p.__file__)"
    status, said = await run(str(python), "-I", "-c", look + "; rs_client.texts.Texts('fr')('title')")
    assert (status, said.count(str(own))) == (0, 2), said


async def run(*command: str) -> tuple[int, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=bare
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
