"""Setting an installation up by commands: from an empty folder, and beside a running server."""

import asyncio
import contextlib
import io
import os
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import select

from rs_server.__main__ import main
from rs_server.app import Installation, running
from rs_server.config import Config
from rs_server.store.tables import versions
from tests.support.client import Api, Refused, Socket
from tests.support.demo import ROOT
from tests.support.media import FakeMedia

from .conftest import House, quick_hasher

SHOP = "https://shop.example"
PASSWORD = "correct horse battery"


async def program(data: Path, *arguments: str, password: str = "") -> tuple[int | None, str, str]:
    """Exit status, what was said, what was complained of."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "rs_server", *arguments, "--data", str(data)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    said, complained = await asyncio.wait_for(running.communicate(f"{password}\n".encode()), 30)
    return running.returncode, said.decode(), complained.decode()


async def command(data: Path, *arguments: str, password: str = "") -> tuple[int, str, str]:
    """The same within this process, which is quicker; no server may speak meanwhile."""

    def run() -> int:
        try:
            return main([*arguments, "--data", str(data)])
        except SystemExit as ended:
            return int(ended.code or 0)

    said, complained = io.StringIO(), io.StringIO()
    with (
        mock.patch("rs_server.__main__._log"),
        mock.patch("rs_server.services.identity.PasswordHasher", quick_hasher),
        mock.patch("sys.stdin", io.StringIO(f"{password}\n")),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(complained),
    ):
        status = await asyncio.to_thread(run)
    return status, said.getvalue(), complained.getvalue()


async def done(data: Path, *arguments: str, password: str = "", alone: bool = True) -> str:
    status, said, complained = await (command if alone else program)(data, *arguments, password=password)
    assert (status, complained) == (0, ""), complained
    return said


SITE = ("site", "add", "shop", "--company", "Shop", "--origin", SHOP, "--language", "fr", "--queue", "support")


async def furnish(data: Path) -> None:
    await done(
        data,
        *("queue", "put", "support", "--name", "Support", "--recording", "on_demand", "--wrap-up", "none"),
        *("--allow-pick", "--default"),
    )
    await done(data, "user", "amelie", "--role", "agent", "--queue", "support", password=PASSWORD)
    await done(data, *SITE)
    await done(data, "reason", "put", "lunch", "--label", "en=Lunch", "fr=Pause déjeuner")
    await done(data, "outcome", "put", "solved", "--label", "en=Solved", "--queue", "support")


async def signed_in(installation: Installation) -> Api:
    api = Api(installation.base_url)
    await api.login("amelie", PASSWORD)
    return api


async def test_from_an_empty_folder_to_a_site_that_works(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await furnish(data)
    async with running(Config(listen_port=0, data=data), media=FakeMedia()) as installation:
        api, customer = await signed_in(installation), Api(installation.base_url, SHOP)
        told = await api.call("GET", "/desk/config")
        assert told["queues"] == [
            {
                "id": "support",
                "name": "Support",
                "allow_pick": True,
                "recording": "on_demand",
                "outcome_codes": [{"code": "solved", "label": {"en": "Solved"}}],
                "wrap_up_seconds": 0,
            }
        ]
        assert told["reasons"] == [{"code": "lunch", "label": {"en": "Lunch", "fr": "Pause déjeuner"}}]
        agent = await Socket(api).open()
        await agent.do("agent.state", state="ready")
        await customer.call("POST", "/sites/shop/sessions", {"name": "Jeanne", "language": "fr"})
        await agent.until(lambda: agent.desk().get("offers"))
        await agent.close()
        for each in (api, customer):
            await each.close()


async def test_all_of_it_again_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await furnish(data)
    before = (await done(data, "site", "list"), await done(data, "queue", "list"))
    await done(data, "queue", "put", "support")
    await done(data, *SITE)
    await done(data, "reason", "put", "lunch", "--label", "en=Lunch", "fr=Pause déjeuner")
    assert (await done(data, "site", "list"), await done(data, "queue", "list")) == before
    assert before[0].startswith(
        f"shop\tcompany=Shop\torigins={SHOP}\tlanguages=fr\tqueue=support\toffers=hear see screen_view "
    )
    assert before[1] == "support\tname=Support\trecording=on_demand\twrap_up=none\tpick=yes\tdefault=yes\tagents=1\n"
    for _ in range(2):
        await done(data, "site", "remove", "shop")
    assert await done(data, "site", "list") == ""


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((*SITE[:-1], "nowhere"), "there is no queue 'nowhere'; there are: support"),
        ((*SITE[:6], f"{SHOP}/help", *SITE[7:]), "--origin: not an origin: 'https://shop.example/help'"),
        ((*SITE[:8], "french", *SITE[9:]), "--language: not like en: 'french'"),
        (("site", "add", "a b", *SITE[3:]), "'a b' is no name"),
        (("queue", "put", "x/y"), "'x/y' is no name"),
        (("queue", "put", "support", "--wrap-up", "-1"), "wrap-up of support is negative"),
        (("reason", "put", "tea", "--label", "Tea"), "--label: not like en=Lunch: 'Tea'"),
        (("outcome", "put", "x", "--label", "en=X", "--queue", "nowhere"), "there is no queue 'nowhere'"),
        (("agent", "nobody", "--capacity", "2"), "there is no account 'nobody'"),
        (("agent", "amelie", "--capacity", "9"), "--capacity: not between 1 and 8: 9"),
        (("user", "amelie", "--role", "agent"), "that name is taken"),
    ],
)
async def test_what_is_wrong_is_named_and_changes_nothing(
    furnished_by_commands: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    data = furnished_by_commands
    before = (await done(data, "site", "list"), await done(data, "queue", "list"))
    status, said, complained = await command(data, *arguments, password=PASSWORD)
    assert (status, said) == (1, "")
    assert complained.startswith("rs-server: ")
    assert complaint in complained
    assert len(complained.splitlines()) == 1
    assert (await done(data, "site", "list"), await done(data, "queue", "list")) == before


@pytest.fixture(scope="module")
def furnished_by_commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("commands") / "data"
    asyncio.run(furnish(data))
    return data


@pytest.mark.parametrize("arguments", [("queue", "put"), ("site",), ("queue", "put", "x", "--recording", "maybe")])
async def test_what_cannot_be_understood_has_status_2(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    status, _, complained = await command(tmp_path / "data", *arguments)
    assert status == 2
    assert "usage" in complained
    assert not (tmp_path / "data").exists()


async def test_a_running_server_notices(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    data = house.config.data
    monkeypatch.setenv("DESKSIDE_DATABASE_URL", house.config.database_url)
    agent = await house.agent()
    shop = house.api(SHOP)
    with pytest.raises(Refused, match="foreign_origin"):
        await shop.call("GET", "/sites/shop")
    await done(data, *SITE, alone=False)
    await done(data, "queue", "put", "extra", "--name", "Extra", alone=False)
    await done(
        data,
        "user",
        "nina",
        "--display-name",
        "Nina",
        "--role",
        "agent",
        "--queue",
        "extra",
        password=PASSWORD,
        alone=False,
    )
    await done(data, "agent", "amelie", "--capacity", "2", alone=False)
    await done(data, "tenant", "--single-session", "off", alone=False)
    # Within a few seconds, by itself.
    await agent.until(
        lambda: (
            "Nina" in [user.display_name for user in house.services.desk.users.values()]
            and agent.desk()["me"]["capacity"] == 2
        )
    )
    assert (await shop.call("GET", "/sites/shop"))["company"] == "Shop"
    told: Any = await agent.api.call("GET", "/desk/config")
    assert "extra" in [queue["id"] for queue in told["queues"]]
    assert (told["multisession"], told["capacity"]) == (True, 2)
    assert await done(data, "tenant", "--single-session", "on", alone=False) == "single_session=on\n"
    await agent.until(lambda: agent.desk()["me"]["capacity"] == 1)
    assert (await agent.api.call("GET", "/desk/config"))["multisession"] is False
    assert await done(data, "tenant", alone=False) == "single_session=on\n"
    async with house.services.hub.database.read() as connection:
        assert (await connection.execute(select(versions.c.version))).scalar_one() == 6


async def test_what_of_a_site_may_be_seen(tmp_path: Path) -> None:
    data = tmp_path / "data"
    await furnish(data)
    await done(
        data, *SITE, *("--capability", "page_view"), *("--unmask", "#town"), *("--unmask", "#zip"),
        *("--mask", ".private"), *("--asset-host", "cdn.example"), *("--canary", "CANARY-1234"),
        *("--further-queue", "support"),
    )  # fmt: skip
    (line,) = (await done(data, "site", "list")).splitlines()
    for part in (
        "offers=page_view",
        "unmask=#town, #zip",
        "mask=.private",
        "asset_hosts=cdn.example",
        "canaries=1",
        "queues=support",
    ):
        assert part in line.split("\t")
    assert "CANARY" not in line
    for wrong in (
        ("--canary", "short"),
        ("--asset-host", "https://cdn.example"),
        ("--risky", " "),
        ("--skill", "no"),
        ("--further-queue", "no"),
    ):
        status, _said, complained = await command(data, *SITE, *wrong)
        assert (status, len(complained.splitlines())) == (1, 1), complained
        assert (await done(data, "site", "list")).splitlines() == [line]
