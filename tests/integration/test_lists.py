"""Lists that are dropped in the folder: imported once, whole, whatever happens."""

import asyncio
import csv
import os
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.support.figures import note
from webacd.channels import folder as watching
from webacd.channels import tables
from webacd.channels.folder import ListFolder
from webacd.channels.importing import Importer

from .conftest import House
from .test_callbacks import all_of, given, until

HEAD = "name,number,queue,note\n"


def rows(count: int, first: int = 0) -> str:
    return "".join(f"Jeanne {n},+336{n:08d},support,row {n}\n" for n in range(first, first + count))


class Drop:
    """A folder of lists beside the house's own, looked at by hand."""

    def __init__(self, house: House, path: Path, batch: int = 200, limit: int = 50_000_000) -> None:
        self.house = house
        self.path = path
        self.path.mkdir(exist_ok=True)
        self.now = 0.0
        services = house.services
        importer = Importer(
            services.callbacks._callbacks,
            "main",
            services.callbacks.agents,
            lambda language, code: services.texts.say(language, f"callbacks.report.{code}"),
            limit,
            batch,
        )
        self.folder = ListFolder(path, importer, settle=2.0, monotonic=lambda: self.now)

    def put(self, name: str, text: str | bytes) -> Path:
        path = self.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    async def look(self) -> bool:
        """Twice, with time between."""
        await self.folder.look()
        self.now += 3
        return await self.folder.look()

    def names(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir())

    def report(self, name: str) -> list[dict[str, str]]:
        text = (self.path / name).read_text(encoding="utf-8-sig")
        return list(csv.DictReader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))


@pytest.fixture
def drop(house: House, tmp_path: Path) -> Drop:
    return Drop(house, tmp_path / "drop")


async def count(house: House, **where: Any) -> int:
    async with house.services.hub.database.read() as connection:
        query = select(func.count()).select_from(tables.callbacks)
        for name, value in where.items():
            query = query.where(tables.callbacks.c[name] == value)
        return int((await connection.execute(query)).scalar_one())


async def test_a_list_in_the_folder_of_the_house_reaches_an_agent(house: House) -> None:
    agent = await house.agent()
    lists = house.config.data / "lists"
    (lists / "spring.csv").write_text(HEAD + rows(1))

    async def renamed() -> Any:
        return [path.name for path in lists.iterdir() if path.name.endswith(".done.csv")]

    name = (await until(renamed))[0]
    assert name.startswith("spring.20")
    _session, detail = await given(agent)
    assert (detail["callback"]["name"], detail["callback"]["source"]) == ("Jeanne 0", "list")


async def test_columns_in_english_and_french(house: House, drop: Drop) -> None:
    at = time.time() + 86400
    iso = time.strftime("%Y-%m-%d %H:%M", time.gmtime(at))
    drop.put(
        "a.csv",
        "Priority;Agent;At;Phone;Queue;Language;Note;E-Mail\n"
        f"7;Sofia Lind;{iso}+00:00;+33612345678;Support;fr;Hi;j@x.example\n",
    )
    drop.put(
        "b.csv",
        "priorité;conseiller;quand;numéro;file;langue;motif;courriel\n"
        f"7;sofia;{iso};+33612345679;support;en;Hi;k@x.example\n",
    )
    await drop.look()
    english, french = sorted(await all_of(house), key=lambda row: row["email"])
    for row in (english, french):
        assert (row["priority"], row["agent_name"], row["queue"], row["note"]) == (7, "Sofia Lind", "support", "Hi")
    assert (english["language"], french["language"]) == ("fr", "en")
    assert english["at"] == pytest.approx(at, abs=61)
    # Without an offset it is the customer's clock that is meant.
    assert english["at"] - french["at"] in (3600, 7200)


async def test_bad_rows_are_reported_and_the_others_imported(house: House, drop: Drop) -> None:
    bad = [
        ("number", "bad_number", "A,12,support,"),
        ("queue", "unknown_queue", "B,+33612345678,nowhere,"),
        ("number", "no_customer", "C,,support,"),
        ("name", "bad_character", "D\x00,+33612345678,support,"),
        ("name", "too_long", f"{'E' * 81},+33612345678,support,"),
        ("number", "bad_number", "F,=HYPERLINK(1),support,"),
        ("", "too_many_fields", "G,+33612345678,support,x,=cmd"),
    ]
    drop.put("mixed.csv", HEAD + "".join(f"{row}\n{rows(1, place)}" for place, (_c, _r, row) in enumerate(bad)))
    await drop.look()
    assert await count(house) == len(bad)
    done, report = drop.names()
    assert done.endswith(".done.csv")
    assert report == "mixed.report.csv"
    found = drop.report(report)
    assert [(row["column"], row["code"]) for row in found] == [(column, code) for column, code, _row in bad]
    assert [int(row["line"]) for row in found] == [2 + 2 * place for place in range(len(bad))]
    assert all(row["what is wrong"] for row in found)
    assert [row["value"] for row in found if "=" in row["value"]] == ["'=HYPERLINK(1)", "'=cmd"]


async def test_the_same_list_twice_is_once(house: House, drop: Drop) -> None:
    drop.put("one.csv", HEAD + rows(20))
    await drop.look()
    drop.put("two.csv", HEAD + rows(20))
    await drop.look()
    assert await count(house) == 20
    assert [row["code"] for row in drop.report("two.report.csv")] == ["known_list"]
    # Other content, same people: they are to be called already.
    drop.put("three.csv", HEAD + rows(21))
    await drop.look()
    assert await count(house) == 21
    assert [row["code"] for row in drop.report("three.report.csv")] == ["exists"] * 20
    assert sum(name.endswith(".done.csv") for name in drop.names()) == 3


async def test_the_same_row_at_the_same_time_is_once_for_ever(house: House, drop: Drop) -> None:
    row = "number,queue,at\n+33612345678,support,2099-01-01 10:00\n"
    near = time.strftime("%Y-%m-%d %H:%M", time.gmtime(time.time() + 200 * 86400))
    drop.put("a.csv", row.replace("2099-01-01 10:00", near))
    await drop.look()
    made = (await all_of(house))[0]
    await (await house.signed_in("sam")).call("DELETE", f"/callbacks/{made['id']}")
    drop.put("b.csv", row.replace("2099-01-01 10:00", near) + "\n\n")
    await drop.look()
    assert await count(house) == 1
    drop.put("far.csv", row)
    await drop.look()
    assert [each["code"] for each in drop.report("far.report.csv")] == ["bad_time"]


async def test_what_is_still_written_is_not_taken(house: House, drop: Drop) -> None:
    for name in ("a.csv.part", "b.tmp", ".c.csv", "d.csv.filepart", "e.done.csv", "f.report.csv", "g.refused.csv"):
        drop.put(name, HEAD + rows(1))
    path = drop.put("slow.csv", HEAD)
    for number in range(3):
        assert await drop.folder.look()
        drop.now += 1.9
        with path.open("a") as file:
            file.write(rows(1, number))
    assert await count(house) == 0
    with path.open("a"):
        # Nothing changes, but somebody has it in hand.
        assert await drop.look()
        assert await count(house) == 0
        with path.open("r"):
            assert watching.is_being_written(path)
    with path.open("r"):
        assert not watching.is_being_written(path)
        await drop.look()
    assert await count(house) == 3
    assert len([name for name in drop.names() if "slow" in name]) == 1


async def test_strange_things_in_the_folder(house: House, drop: Drop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + rows(5))
    (drop.path / "link.csv").symlink_to(secret)
    (drop.path / "dangling.csv").symlink_to(tmp_path / "nothing")
    (drop.path / "folder.csv").mkdir()
    (drop.path / "out").symlink_to(tmp_path)
    os.mkfifo(drop.path / "pipe.csv")
    before = drop.names()
    assert not await drop.look()
    assert drop.names() == before
    assert await count(house) == 0
    assert secret.exists()
    # A list whose report would go through a link.
    (drop.path / ".evil.report.csv.part").symlink_to(secret)
    drop.put("evil.csv", HEAD + "A,12,support,\n")
    await drop.look()
    assert secret.read_text().startswith(HEAD)
    assert drop.report("evil.report.csv")[0]["code"] == "bad_number"


async def test_a_link_that_takes_the_place_of_the_file(house: House, drop: Drop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(HEAD + rows(5))
    path = drop.put("a.csv", HEAD)
    await drop.folder.look()
    path.unlink()
    path.symlink_to(secret)
    assert not await drop.folder._importer.take(path)
    assert await count(house) == 0


async def test_a_file_over_the_limit_is_refused_unread(house: House, tmp_path: Path) -> None:
    drop = Drop(house, tmp_path / "drop", limit=1000)
    with (drop.path / "huge.csv").open("wb") as file:
        file.truncate(1 << 30)
    drop.put("ok.csv", HEAD + rows(2))
    drop.put("binary.csv", bytes(range(256)) * 3)
    await drop.look()
    assert await count(house) == 2
    codes = [drop.report(name)[0]["code"] for name in ("huge.report.csv", "binary.report.csv")]
    assert codes == ["too_large", "no_header"]
    assert sum(name.endswith(".refused.csv") for name in drop.names()) == 2


async def test_a_crash_in_the_middle(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every place where it may come: what is on disk goes on from there."""
    drop = Drop(house, tmp_path / "drop", batch=10)
    for place, moment in enumerate(("_store", "_store", "_store", "_ended", "rename")):
        number = 1000 * place
        drop.put(f"list{place}.csv", HEAD + "bad,1,support,\n" + rows(35, number))
        calls = 0
        real = getattr(Importer, moment) if moment.startswith("_") else os.rename

        async def dies(*args: Any, real: Any = real, after: int = place) -> Any:
            nonlocal calls
            calls += 1
            if calls > after:
                raise RuntimeError("power is gone")
            return await real(*args)

        def dies_at_once(*_args: Any) -> None:
            raise RuntimeError("power is gone")

        with monkeypatch.context() as patched:
            if moment == "rename":
                patched.setattr(os, "rename", dies_at_once)
            else:
                patched.setattr(Importer, moment, dies if moment == "_store" else dies_at_once)
            await drop.look()
        assert f"list{place}.csv" in drop.names()
        before = await count(house, queue="support")
        drop = Drop(house, tmp_path / "drop", batch=10)
        await drop.look()
        assert f"list{place}.csv" not in drop.names()
        assert await count(house) == 35 * (place + 1)
        assert before <= 35 * (place + 1)
    reports = [drop.report(f"list{place}.report.csv") for place in range(5)]
    assert [[row["code"] for row in report] for report in reports] == [["bad_number"]] * 5


async def test_a_list_that_is_changed_while_it_is_read(
    house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop.put("a.csv", HEAD + rows(5))
    real = Importer._store

    async def slow(self: Importer, *args: Any) -> Any:
        with path.open("a") as file:
            file.write(rows(1, 7))
        return await real(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_store", slow)
        await drop.look()
    assert "a.csv" in drop.names()
    await drop.look()
    assert await count(house) == 6
    assert not [name for name in drop.names() if name == "a.csv"]


async def test_what_fails_is_tried_again_with_pauses_and_said_once(
    house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=watching.log.name)
    drop.put("a.csv", HEAD + rows(3))
    tries: list[float] = []

    async def fails(*_args: Any) -> Any:
        tries.append(drop.now)
        raise OSError("the disk is full" if len(tries) < 6 else "the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_store", fails)
        while len(tries) < 14:
            await drop.folder.look()
            drop.now += 1
    pauses = [round(later - earlier) for earlier, later in pairwise(tries)]
    # Two seconds to settle, each time.
    assert [pause // 10 for pause in pauses[:9]] == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert max(pauses) < 3600 + 10
    said = [record for record in caplog.records if record.name == watching.log.name]
    assert [(record.levelname, record.__dict__["why"]) for record in said] == [
        ("ERROR", "OSError: the disk is full"),
        ("ERROR", "OSError: the database is away"),
    ]
    drop.now += 3600
    await drop.look()
    assert await count(house) == 3
    assert "list taken after all" in [record.getMessage() for record in caplog.records]
    # What was changed is not waited for.
    with monkeypatch.context() as patched:
        patched.setattr(Importer, "_store", fails)
        drop.put("b.csv", HEAD + rows(3, 10))
        await drop.look()
    drop.put("b.csv", HEAD + rows(4, 10))
    await drop.look()
    assert await count(house) == 7


async def test_a_folder_that_does_not_let_us_rename(house: House, drop: Drop, monkeypatch: pytest.MonkeyPatch) -> None:
    drop.put("a.csv", HEAD + rows(3))

    def not_allowed(*_args: Any) -> None:
        raise PermissionError("not yours")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", not_allowed)
        assert not await drop.look()
    assert await count(house) == 3
    assert not await drop.look()
    assert "a.csv" in drop.names()
    drop.now += 10
    await drop.look()
    assert "a.csv" not in drop.names()
    assert await count(house) == 3


async def test_a_list_says_where_its_customers_are(house: House, drop: Drop) -> None:
    year = time.gmtime().tm_year + (time.gmtime().tm_mon > 1)
    body = (
        f"+33612345678,{year}-02-01 10:00,America/New_York\n+33612345679,{year}-02-01 10:00,\n+33612345670,,Nowhere\n"
    )
    drop.put("zones.csv", f"number,at,time zone\n{body}")
    await drop.look()
    known = {row["zone"]: row["at"] for row in await all_of(house)}
    assert known.keys() == {"America/New_York", "Europe/Paris"}
    assert known["America/New_York"] - known["Europe/Paris"] == 6 * 3600
    assert [(row["line"], row["column"], row["code"]) for row in drop.report("zones.report.csv")] == [
        ("4", "zone", "bad_zone")
    ]


async def test_markup_in_a_list_stays_text(house: House, drop: Drop) -> None:
    evil = "<img src=x onerror=alert(1)>"
    drop.put("xss.csv", f"name,number,note\n{evil},+33612345678,{evil}\n")
    await drop.look()
    row = (await all_of(house))[0]
    assert (row["name"], row["note"]) == (evil, evil)


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("encoding", "size"),
    [
        ("utf-8", 100_000),
        ("utf-16", 2000),
        ("cp1252", 2000),
        pytest.param("utf-16", 100_000, marks=pytest.mark.long),
        pytest.param("cp1252", 100_000, marks=pytest.mark.long),
    ],
)
async def test_a_long_list_leaves_the_server_free(house: House, drop: Drop, encoding: str, size: int) -> None:
    text = "nom;numéro;motif\n" + "".join(f"Élodie {n};+336{n:08d};Reçu\n" for n in range(size))
    drop.put("long.csv", text.encode(encoding))
    api = await house.signed_in("sam")
    waits: list[float] = []

    async def ask() -> None:
        while True:
            began = time.perf_counter()
            await api.call("GET", "/me")
            waits.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)

    asking = asyncio.create_task(ask())
    began = time.perf_counter()
    await drop.look()
    took = time.perf_counter() - began
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    assert await count(house) == size
    note(f"list of {size} rows in {encoding}", took, "s")
    note(f"slowest of {len(waits)} answers meanwhile", max(waits), "s")
    # It was answered all along, not only before and after.
    assert len(waits) > 3


async def test_stopping_in_the_middle_of_a_list(house: House) -> None:
    """The stop does not wait for the end of the list, and the next start goes on where it was."""
    (house.config.data / "lists" / "long.csv").write_text(HEAD + rows(5000))

    async def begun() -> bool:
        return await count(house) > 0

    await until(begun, 20)
    await house.stop()
    await house.begin()

    async def whole() -> bool:
        return any(path.name.endswith(".done.csv") for path in (house.config.data / "lists").iterdir())

    await until(whole, 60)
    assert await count(house) == 5000
    assert not (house.config.data / "lists" / "long.report.csv").exists()
