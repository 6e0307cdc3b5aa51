"""`rs-server` as a program: what it says when it cannot start, and that nothing is left when it ends."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import House
from tests.support.demo import ROOT, Demo, demo, free_ports
from tests.support.netns import process

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def rs_server(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "rs_server", *arguments]


async def run(*arguments: str, **environment: str) -> tuple[int | None, str]:
    """Exit status and what was said on standard error."""
    running = await asyncio.create_subprocess_exec(
        *rs_server(*arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env={**ENVIRONMENT, **environment},
    )
    _, said = await asyncio.wait_for(running.communicate(), 30)
    return running.returncode, said.decode()


def family(pid: int) -> list[psutil.Process]:
    """The process and all that it started."""
    first = psutil.Process(pid)
    return [first, *first.children(recursive=True)]


async def end_within(people: list[psutil.Process], seconds: float) -> None:
    _, alive = await asyncio.to_thread(psutil.wait_procs, people, seconds)
    assert not alive


@pytest.mark.parametrize("which", ["own", "shop", "view"])
async def test_a_port_in_use_is_named(tmp_path: Path, which: str) -> None:
    own, shop, view = free_ports(3)
    taken = {"own": own, "shop": shop, "view": view}[which]
    ports = ("--port", str(own), "--shop-port", str(shop), "--view-port", str(view))
    with socket.create_server(("127.0.0.1", taken)):
        status, said = await run("demo", *ports, "--data", str(tmp_path), "--log-level", "error")
    assert status == 1
    assert "Traceback" not in said
    assert str(taken) in said
    assert "in use" in said.lower()
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_port", "70000"),
        ("listen_port", "many"),
        ("log_level", "loud"),
        ("base_url", "support.example"),
        ("tls_cert", "/nowhere/cert.pem"),
        ("media_ports", "40000"),
        ("media_ports", "50000-40000"),
        ("media_public_address", "support.example"),
        ("turn_urls", "relay.example:3478"),
        ("turn_only", "yes"),
        ("media_workers", "-1"),
        ("media_listen", "somewhere"),
        ("view_origin", "view.example"),
        ("view_origin", "https://view.example/view/"),
        ("view_listen", "8082"),
        ("view_listen", "localhost:70000"),
        ("view_listen", "view.example:8082"),
        # Open to the network, in clear.
        ("view_listen", "0.0.0.0:8082"),
        ("listen_host", "0.0.0.0"),
    ],
)
async def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, setting: str, value: str) -> None:
    variable = f"DESKSIDE_{setting.upper()}"
    status, said = await run("serve", "--data", str(tmp_path), **{variable: value, "DESKSIDE_TURN_SECRET": "x"})
    assert status == 1
    assert said.startswith(f"rs-server: {setting}: ")
    assert len(said.splitlines()) == 1


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, said = await run("serve", "--listen-port", "0", "--data", str(tmp_path / "file" / "data"))
    assert status == 1
    assert "Traceback" not in said
    assert str(tmp_path / "file") in said


async def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "deskside.db").write_bytes(b"no database" * 1000)
    status, said = await run("serve", "--listen-port", "0", "--data", str(tmp_path))
    assert status == 1
    assert "Traceback" not in said
    assert "database" in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_everything_with_status_0(company: Demo, number: signal.Signals) -> None:
    assert company.process is not None
    everybody = family(company.process.pid)
    assert len(everybody) >= 2
    company.process.send_signal(number)
    assert await asyncio.wait_for(company.process.wait(), 15) == 0
    await end_within(everybody, 1)


@pytest.mark.parametrize(
    ("moment", "number"), [(".", signal.SIGINT), ("deskside.db", signal.SIGTERM), ("secret.key", signal.SIGINT)]
)
async def test_a_signal_during_the_start_ends_everything(tmp_path: Path, moment: str, number: signal.Signals) -> None:
    """As soon as this is in the data folder: before the database, before its tables, before services and workers."""
    data, log = tmp_path / "data", tmp_path / "log"
    (port,) = free_ports(1)
    arguments = ("demo", "--port", str(port), "--data", str(data))
    async with process(rs_server(*arguments), log, env=ENVIRONMENT) as running:
        async with asyncio.timeout(20):
            while not (data / moment).exists():
                await asyncio.sleep(0.005)
        everybody = family(running.pid)
        running.send_signal(number)
        assert await asyncio.wait_for(running.wait(), 15) == 0
        await end_within(everybody, 1)
    assert "Traceback" not in log.read_text()


async def test_the_health_check_of_the_container(company: Demo) -> None:
    async def check() -> int | None:
        env = {"DESKSIDE_LISTEN_PORT": str(company.port)}
        asked = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "docker" / "healthcheck.py"), env=env, stderr=asyncio.subprocess.DEVNULL
        )
        return await asyncio.wait_for(asked.wait(), 10)

    assert await check() == 0
    await company.stop()
    assert await check() == 1


async def test_the_doctor_finds_what_is_missing(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    (tmp_path / "file").touch()
    well = await doctor("--listen-port", str(port), "--data", str(tmp_path / "data"))
    assert (well[0], "wrong" in well[1]) == (0, False)
    assert not (tmp_path / "data").exists()
    with socket.create_server(("127.0.0.1", port)):
        ill = await doctor("--listen-port", str(port), "--data", str(tmp_path / "file" / "data"))
    wrong = [line for line in ill[1].splitlines() if line.startswith("wrong")]
    assert ill[0] == 1
    assert len(wrong) == 2
    assert str(tmp_path / "file" / "data") in wrong[0]
    assert str(port) in wrong[1]


async def test_the_doctor_looks_at_the_views_host(tmp_path: Path) -> None:
    own, view = free_ports(2)
    common = ("--listen-port", str(own), "--data", str(tmp_path / "data"))

    async def said(*options: str) -> str:
        status, text = await doctor(*common, *options)
        assert status == 0, text
        (line,) = (line for line in text.splitlines() if "view" in line or "pages" in line)
        return line

    assert (await said()).startswith("note ")
    assert (await said("--view-origin", f"http://localhost:{view}")).startswith("note ")
    same = ("--base-url", "https://a.example", "--view-origin", "https://a.example:8443")
    assert (await said(*same)).startswith("note ")
    assert (await said("--view-listen", f"127.0.0.1:{view}")).startswith("ok ")
    with socket.create_server(("127.0.0.1", view)):
        status, text = await doctor(*common, "--view-listen", f"127.0.0.1:{view}")
    assert (status, str(view) in text) == (1, True)


async def doctor(*options: str) -> tuple[int | None, str]:
    asked = await asyncio.create_subprocess_exec(
        *rs_server("doctor", *options), stdout=asyncio.subprocess.PIPE, env=ENVIRONMENT
    )
    said, _ = await asyncio.wait_for(asked.communicate(), 30)
    return asked.returncode, said.decode()


async def test_nothing_is_left_when_the_server_is_killed(company: Demo) -> None:
    assert company.process is not None
    everybody = family(company.process.pid)
    assert len(everybody) >= 2
    await company.kill()
    await end_within(everybody, 5)


async def test_a_worker_of_elsewhere_carries_the_media(start: Callable[..., Awaitable[House]], tmp_path: Path) -> None:
    """`rs-server media` with the secret serves; without it is turned away; a signal ends it with status 0."""
    meeting = f"unix:{tmp_path}/engine"
    house = await start(real_media=True, media_workers=0, media_listen=meeting, media_secret="a shared one")
    arguments = ("media", "--connect", meeting, "--address", "127.0.0.1", "--ports", "42000-42009")
    status, said = await run(*arguments, DESKSIDE_MEDIA_SECRET="another")
    assert (status, "secret" in said, "Traceback" in said) == (1, True, False)

    worker = {**ENVIRONMENT, "DESKSIDE_MEDIA_SECRET": "a shared one"}
    async with process(rs_server(*arguments), tmp_path / "log", env=worker) as running:
        _customer, agent, session = await house.live()
        await agent.do("media.open", session)
        offer = await agent.event("media.offer", session)
        ports = [int(line.split()[5]) for line in offer["sdp"].splitlines() if line.startswith("a=candidate:")]
        assert ports
        assert set(ports) <= set(range(42000, 42010))
        running.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(running.wait(), 10) == 0
        await agent.event("media.failed", session)


async def test_a_worker_without_a_server_says_so(tmp_path: Path) -> None:
    status, said = await run("media", "--connect", f"unix:{tmp_path}/nobody")
    assert (status, "no engine at" in said, "Traceback" in said) == (1, True, False)


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Demo]:
    async with demo(tmp_path / "data", "--media-workers", "2") as running:
        yield running


async def test_the_data_folder_is_ones_own(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    status, said = await run("queue", "put", "support", "--data", str(data))
    assert (status, said) == (0, "")
    assert data.stat().st_mode & 0o777 == 0o700
