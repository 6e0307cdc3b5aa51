"""What a server that lies, or an agent who may no longer, gets of the folders: nothing, not even an answer."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest

from rs_client.consent_ui.base import Removal, Surface
from rs_client.core.hands import Hands
from rs_client.core.rights import Rights
from rs_client.core.shown import shown
from rs_client.folders import choose, names, tree, visits
from rs_client.folders.carry import Progress
from rs_client.folders.part import Part
from rs_client.folders.visits import Visits
from rs_client.link import Server, Unreachable
from rs_client.texts import Texts
from rs_client.turn import Turn
from rs_server.protocol.consent import Capability
from rs_server.protocol.folders import (
    FolderAnswer,
    FolderAsking,
    FolderDelete,
    FolderDo,
    FolderDone,
    FolderDownload,
    FolderEntries,
    FolderList,
    FolderMake,
    FolderOp,
    FolderRefused,
    FolderRename,
    FolderStop,
    FolderUpload,
)

from .test_folder_tree import X
from .test_rights import ANNA, BEN, grant, snapshot


class Screen:
    """A surface that writes down what it says, and answers when it is told to."""

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.looks: list[str] = []
        self.asked: list[Removal] = []
        self.answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def act(self, text: str, look: bool) -> None:
        (self.looks if look else self.acts).append(text)

    def note(self, text: str) -> None: ...

    async def confirm(self, removal: Removal) -> bool:
        self.asked.append(removal)
        return await self.answer


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = choose.root(str(folder))
        self.rights = Rights()
        self.screen = Screen()
        self.said: list[FolderAnswer] = []
        self.heard = asyncio.Event()
        self.lost = 0
        self.server = Server("http://127.0.0.1:1")
        self.turn = Turn(self.rights)
        self.visits = Visits(self.rights, self.server, cast(Surface, self.screen), Texts("en"), self.say, self.turn)

    async def say(self, body: Any) -> None:
        if self.lost:
            self.lost -= 1
            raise Unreachable("offline", "")
        self.said.append(body)
        self.heard.set()

    def let(self, *capabilities: Capability) -> None:
        asked = [grant(each, each, state="asked") for each in capabilities]
        self.rights.snapshot(snapshot(*asked))
        for each in asked:
            assert self.rights.agree(each.id, (self.root,))
        for capability in capabilities:
            self.rights.grant(grant(capability, capability))
        self.visits.settle()

    def ask(self, op: FolderOp, by: str = ANNA, ask: str = "1") -> None:
        self.visits.take(FolderDo(ask=ask, by=by, by_name=by.title(), op=op))

    async def over(self) -> None:
        """Nothing runs any more."""
        tasks = [each.task for each in self.visits._visits.values() if each.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def last(self) -> Any:
        return self.said[-1].answer


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    folder = tmp_path / "Papers"
    folder.mkdir()
    (folder / "a.txt").write_text("a")
    made = Scene(folder)
    yield made
    await made.visits.close()
    await made.server.close()


def ops(root: str) -> dict[Capability, list[FolderOp]]:
    path = ["a.txt"]
    return {
        "files_read": [FolderDownload(root=root, path=path)],
        "files_write": [
            FolderMake(root=root, path=["b"]),
            FolderRename(root=root, path=path, name="b"),
            FolderDelete(root=root, path=path),
            FolderUpload(root=root, path=["b"], file="f"),
        ],
    }


@pytest.mark.parametrize("allowed", [(), ("files_read",), ("files_write",)])
async def test_a_server_that_lies(scene: Scene, allowed: tuple[Capability, ...]) -> None:
    scene.let(*allowed)
    for capability, asked in ops(scene.root.id).items():
        for number, op in enumerate(asked):
            if capability in allowed:
                scene.ask(op, by=BEN, ask=f"b{number}")
            else:
                scene.ask(op, ask=f"{capability}{number}")
    scene.ask(FolderList(root=scene.root.id), by=BEN, ask="l")
    await scene.over()
    assert all(isinstance(each.answer, FolderRefused) for each in scene.said)
    assert {each.answer.reason for each in scene.said} <= {"no_consent", "outside"}  # type: ignore[union-attr]
    assert scene.screen.acts == []
    assert [each.name for each in scene.folder.iterdir()] == ["a.txt"]


async def test_only_the_roots_of_this_person(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "Other").mkdir()
    other = choose.root(str(tmp_path / "Other"))
    asked = [grant("1", "files_read", state="asked"), grant("2", "files_read", BEN, state="asked")]
    scene.rights.snapshot(snapshot(*asked))
    assert not scene.rights.agree("1"), "no folder is no yes"
    assert scene.rights.agree("1", (scene.root,))
    assert scene.rights.agree("2", (other,))
    for each in asked:
        scene.rights.grant(grant(each.id, "files_read", each.holder))
    scene.visits.settle()
    scene.ask(FolderList())
    await scene.over()
    assert [(each.name, each.root) for each in scene.last.entries] == [("Papers", scene.root.id)]
    scene.ask(FolderList(root=other.id))
    await scene.over()
    assert scene.last == FolderRefused(reason="outside")
    seen = shown(scene.rights, "connected", "", False)
    assert [(each.name, each.reads, each.writes) for each in seen.visitors] == [
        ("Anna", ("Papers",), ()),
        ("Ben", ("Other",), ()),
    ]


@pytest.mark.parametrize("how", ["stop", "withdrawn", "answered no", "yes"])
async def test_a_deletion_waits_for_the_person_alone(scene: Scene, how: str) -> None:
    scene.let("files_write")
    confirming: list[bool] = []
    scene.turn.on_changed = lambda: confirming.append(scene.rights.confirming)
    scene.ask(FolderDelete(root=scene.root.id, path=["a.txt"]))
    await scene.heard.wait()
    while not scene.screen.asked:
        await asyncio.sleep(0)
    assert scene.screen.asked == [Removal("Anna", "a.txt", "Papers", False)]
    assert scene.rights.confirming, "nobody else has a hand in it"
    match how:
        case "stop":
            scene.rights.stop()
            scene.visits.settle()
        case "withdrawn":
            scene.rights.grant(grant("files_write", "files_write", state="withdrawn"))
            scene.visits.settle()
        case _:
            scene.screen.answer.set_result(how == "yes")
    await scene.over()
    assert (scene.folder / "a.txt").exists() == (how != "yes")
    assert confirming == [True, False]
    if how in ("stop", "withdrawn"):
        assert len(scene.said) == 1, "what may be no longer ends without an answer"
    else:
        assert scene.last == (FolderDone() if how == "yes" else FolderRefused(reason="declined"))


@pytest.mark.parametrize("allow", [False, True])
async def test_a_replacement_waits_for_the_person(scene: Scene, carried: None, allow: bool) -> None:
    scene.let("files_write")
    scene.ask(FolderUpload(root=scene.root.id, path=["b"], file="f", exists="replace"), ask="0")
    await scene.over()
    assert scene.last == FolderDone(), "nothing was there, and nothing is asked"
    scene.ask(FolderUpload(root=scene.root.id, path=["a.txt"], file="f", exists="replace"))
    while not scene.screen.asked:
        await asyncio.sleep(0)
    assert scene.screen.asked == [Removal("Anna", "a.txt", "Papers", replaces=True)]
    assert scene.rights.confirming
    assert scene.said[-1].answer == FolderAsking()
    scene.screen.answer.set_result(allow)
    await scene.over()
    assert (scene.folder / "a.txt").read_text() == ("x" if allow else "a")
    assert scene.last == (FolderDone(replaced=True) if allow else FolderRefused(reason="declined"))
    assert ("Anna replaces a.txt in Papers" in scene.screen.acts) is allow


async def test_while_something_is_confirmed_nobody_controls(scene: Scene) -> None:
    asked = [grant(each, each, state="asked") for each in ("desktop_view", "desktop_control")]
    scene.rights.snapshot(snapshot(*asked))
    for each in asked:
        scene.rights.agree(each.id)
        scene.rights.grant(grant(each.id, each.capability))
    hands = Hands(scene.rights)
    hands.show(1, "desktop")
    assert hands.may(ANNA)
    scene.rights.confirming = True
    assert not hands.may(ANNA)


async def test_while_the_connection_is_away_nothing_begins_and_answers_wait(scene: Scene) -> None:
    scene.let("files_read")
    scene.lost = 1
    scene.ask(FolderList(root=scene.root.id))
    await scene.over()
    assert isinstance(scene.last, FolderEntries)
    scene.rights.connected = False
    scene.visits.settle()
    scene.ask(FolderList(root=scene.root.id), ask="2")
    await scene.over()
    assert len(scene.said) == 1


async def test_stopped_by_who_asked_and_by_nobody_else(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "TELL", 0.01)
    scene.let("files_read")
    scene.ask(FolderDownload(root=scene.root.id, path=["a.txt"]))
    scene.ask(FolderStop(ask="1"), by=BEN, ask="s")
    scene.ask(FolderStop(ask="1"), ask="s")
    await scene.over()
    answers = {(each.holder, each.ask): each.answer for each in scene.said}
    assert answers == {
        (BEN, "s"): FolderDone(),
        (ANNA, "s"): FolderDone(),
        (ANNA, "1"): FolderRefused(reason="stopped"),
    }


@pytest.fixture
def carried(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever file it is, the server has it: one letter."""

    async def take(_place: str, part: Part, progress: Progress) -> str:
        await asyncio.to_thread(part.write, b"x")
        progress.total = 1
        return X

    async def drop(_place: str) -> None: ...

    monkeypatch.setattr(scene.visits._carrier, "_take", take)
    monkeypatch.setattr(scene.visits._carrier, "drop", drop)


class Held:
    """Something blocking that a test holds back: before it is done or after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, when: str) -> None:
        self.here, self.go = threading.Event(), threading.Event()
        original = getattr(owner, name)

        def held(*args: Any, **more: Any) -> Any:
            result = original(*args, **more) if when == "after" else None
            self.here.set()
            assert self.go.wait(30)
            return original(*args, **more) if when == "before" else result

        monkeypatch.setattr(owner, name, held)

    async def reached(self) -> None:
        assert await asyncio.to_thread(self.here.wait, 30)


CHANGES = ("make", "rename", "upload")


def change(scene: Scene, kind: str) -> FolderOp:
    root = scene.root.id
    found: dict[str, FolderOp] = {
        "make": FolderMake(root=root, path=["b"]),
        "rename": FolderRename(root=root, path=["a.txt"], name="b"),
        "upload": FolderUpload(root=root, path=["b"], file="f"),
    }
    return found[kind]


def end(scene: Scene, how: str) -> None:
    if how == "withdrawn":
        scene.rights.grant(grant("files_write", "files_write", state="withdrawn"))
        scene.visits.settle()
    else:
        scene.ask(FolderStop(ask="1"), ask="s")


@pytest.mark.parametrize("how", ["withdrawn", "stop"])
@pytest.mark.parametrize("kind", [*CHANGES, "placed"])
async def test_nothing_is_changed_once_it_is_given_up(
    scene: Scene, carried: None, monkeypatch: pytest.MonkeyPatch, kind: str, how: str
) -> None:
    """The thread is under way: an upload flushes, or, as all else, stands right before the call that changes."""
    scene.let("files_write")
    owner, name = {"upload": (os, "fsync"), "placed": (tree, "known")}.get(kind, (names, "new"))
    held = Held(monkeypatch, owner, name, "before")
    scene.ask(change(scene, "upload" if kind == "placed" else kind))
    await held.reached()
    end(scene, how)
    held.go.set()
    await scene.over()
    assert [each.name for each in scene.folder.iterdir()] == ["a.txt"]
    ends = [each.answer for each in scene.said if each.ask == "1"]
    assert ends == ([] if how == "withdrawn" else [FolderRefused(reason="stopped")])


@pytest.mark.parametrize("kind", CHANGES)
async def test_what_was_done_before_it_was_stopped_is_told_as_done(
    scene: Scene, carried: None, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    scene.let("files_write")
    owner, name = {"make": (os, "mkdir"), "rename": (tree, "move"), "upload": (Part, "place")}[kind]
    held = Held(monkeypatch, owner, name, "after")
    scene.ask(change(scene, kind))
    await held.reached()
    end(scene, "stop")
    held.go.set()
    await scene.over()
    assert (scene.folder / "b").exists()
    assert [each.answer for each in scene.said if each.ask == "1"] == [FolderDone()]


async def test_a_stop_takes_back_no_answer(scene: Scene) -> None:
    scene.let("files_write")
    scene.lost = 1
    scene.ask(change(scene, "make"))
    while scene.lost:
        await asyncio.sleep(0)
    end(scene, "stop")
    await scene.over()
    assert [each.answer for each in scene.said if each.ask == "1"] == [FolderDone()]


async def test_looks_are_said_apart_and_any_page_is_one(scene: Scene) -> None:
    scene.let("files_read", "files_write")
    for number, after in enumerate(("0", None, "0a")):
        scene.ask(FolderList(root=scene.root.id, after=after), ask=str(number))
        await scene.over()
    scene.ask(change(scene, "make"))
    await scene.over()
    assert scene.screen.looks == ["Anna looks into Papers"]
    assert scene.screen.acts == ["Anna makes the folder b in Papers"]


async def test_far_too_much_is_dropped(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST", 3)
    scene.let("files_read")
    for number in range(10):
        scene.ask(FolderList(root=scene.root.id), ask=str(number))
    await scene.over()
    assert len(scene.said) == 3


async def test_what_is_said_of_it_does_not_mislead(scene: Scene) -> None:
    scene.let("files_write")
    long = "x" * 120 + ".pdf"
    for name in ("a\u202etxt", long):
        scene.visits.take(
            FolderDo(
                ask=name[:3],
                by=ANNA,
                by_name="An\u202ena",
                op=FolderRename(root=scene.root.id, path=[name], name="b"),
            )
        )
        await scene.over()
    first, second = scene.screen.acts
    assert first == "An\ufffdna renames a\ufffdtxt in Papers to b"
    assert "…" in second
    assert second.count("x") < 100
