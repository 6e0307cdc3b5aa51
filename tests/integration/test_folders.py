"""What staff asks of a customer's folders, and what the client answers, over real sockets."""

from base64 import b64encode
from typing import Any

import pytest

from rs_server.core import folder_log
from rs_server.services import folders, talk
from tests.support import native
from tests.support.client import Refused, Socket

from .conftest import House, me
from .test_desktop import Scene
from .test_desktop import scene as scene  # a fixture
from .test_page_control import grant_of

ROOTS = {"result": "entries", "entries": [{"name": "Documents", "kind": "folder", "root": "r1"}], "next": None}
DONE = {"result": "done"}


async def ask(scene: Scene, mark: str, by: Socket | None = None, **op: Any) -> None:
    await (by or scene.agent).do("folder.ask", scene.session, ask=mark, giver=scene.giver, op=op)


async def answer(scene: Scene, mark: str, **result: Any) -> None:
    holder = me(scene.agent, scene.session)
    await scene.client.do("folder.answer", scene.session, ask=mark, holder=holder, answer=result)


async def answered(scene: Scene, mark: str) -> Any:
    return (await scene.agent.event("folder.answered", scene.session, ask=mark))["answer"]


async def said(scene: Scene) -> list[dict[str, str]]:
    """The log, as the customer reads it too."""
    every = (await scene.house.services.hub.get(scene.session)).lines
    last = next(line.id for line in reversed(every) if line.audience == "everyone")
    await scene.customer.until(lambda: any(line["id"] == last for line in scene.customer.view(scene.session)["lines"]))
    return lines(scene)


def lines(scene: Scene) -> list[dict[str, str]]:
    return [line["data"] for line in scene.customer.view(scene.session)["lines"] if line["kind"] == "folder"]


async def test_an_ask_goes_to_the_client_and_its_answers_to_who_asked(scene: Scene) -> None:
    await scene.let("files_read", "files_write")
    second = await scene.colleague()
    await ask(scene, "1", op="list")
    told = await scene.client.event("folder.do", scene.session)
    assert (told["ask"], told["by"], told["by_name"]) == ("1", me(scene.agent, scene.session), "Amélie Morel")
    assert told["op"] == {"op": "list", "root": None, "path": [], "after": None}
    with pytest.raises(Refused, match="conflict"):
        await ask(scene, "1", op="list")
    await answer(scene, "1", **ROOTS)
    assert (await answered(scene, "1"))["entries"][0]["root"] == "r1"
    await answer(scene, "1", **ROOTS)
    assert len(scene.agent.bodies("folder.answered")) == 1, "what is answered is answered"

    await ask(scene, "2", op="delete", root="r1", path=["Old", "letter.txt"])
    await answer(scene, "2", result="asking")
    assert (await answered(scene, "2"))["result"] == "asking"
    await answer(scene, "2", result="progress", done=1, total=2)
    await answer(scene, "2", **DONE)
    await scene.agent.until(lambda: len(scene.agent.bodies("folder.answered")) == 4)
    await ask(scene, "3", op="rename", root="r1", path=["a"], name="b")
    await answer(scene, "3", **DONE)
    await ask(scene, "4", op="make", root="r1", path=["a", "new"])
    await answer(scene, "4", result="refused", reason="exists")
    assert (await answered(scene, "4"))["reason"] == "exists"
    assert await said(scene) == [
        {"act": "list", "place": "", "giver": "Jeanne"},
        {"act": "delete", "place": "Documents/Old/letter.txt", "giver": "Jeanne"},
        {"act": "rename", "place": "Documents/a", "to": "b", "giver": "Jeanne"},
    ]
    for socket in (second, scene.customer):
        assert not socket.bodies("folder.answered")
        assert not socket.bodies("folder.do")


READS: list[dict[str, Any]] = [{"op": "list", "root": "r1"}, {"op": "download", "root": "r1", "path": ["a"]}]
WRITES: list[dict[str, Any]] = [
    {"op": "make", "root": "r1", "path": ["a"]},
    {"op": "rename", "root": "r1", "path": ["a"], "name": "b"},
    {"op": "delete", "root": "r1", "path": ["a"]},
    {"op": "upload", "root": "r1", "path": ["a"], "file": "f"},
]


async def test_nothing_without_the_consent_for_it(scene: Scene) -> None:
    for op in READS + WRITES:
        with pytest.raises(Refused, match="not_allowed"):
            await ask(scene, "1", **op)
    await scene.let("files_read")
    second = await scene.colleague()
    for op in READS + WRITES:
        with pytest.raises(Refused, match="not_allowed"):
            await ask(scene, "1", by=second, **op)
    for number, op in enumerate(READS):
        await ask(scene, f"r{number}", **op)
    for op in WRITES:
        with pytest.raises(Refused, match="not_allowed"):
            await ask(scene, "w", **op)
    await scene.customer.do("grant.withdraw", scene.session, capability="files_read")
    for number in range(len(READS)):
        assert (await answered(scene, f"r{number}"))["reason"] == "no_consent"
        await answer(scene, f"r{number}", result="refused", reason="failed")
    await scene.let("files_write")
    with pytest.raises(Refused, match="not_allowed"):
        await ask(scene, "1", **READS[1])
    await ask(scene, "1", **READS[0])
    with pytest.raises(Refused, match="not_found"):
        await ask(scene, "2", **WRITES[3])
    assert len(scene.client.bodies("folder.do")) == 3
    notices = await scene.notices()
    await scene.house.services.recordings.notices.close()
    notices = await scene.notices()
    assert notices["dropped:folder"] == 17
    assert await said(scene) == []


async def test_stopping(scene: Scene) -> None:
    await scene.let("files_read")
    with pytest.raises(Refused, match="not_found"):
        await ask(scene, "s", op="stop", ask="1")
    await ask(scene, "1", op="download", root="r1", path=["big.iso"])
    await ask(scene, "s", op="stop", ask="1")
    await scene.client.until(lambda: len(scene.client.bodies("folder.do")) == 2)
    await answer(scene, "1", result="refused", reason="stopped")
    assert (await answered(scene, "1"))["reason"] == "stopped"
    assert await said(scene) == []


async def test_what_was_begun_and_cut_stands_in_the_log(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it was done nobody can know but the client."""
    await scene.let("files_write")
    for number, op in enumerate(WRITES[:3]):
        await ask(scene, str(number), **op)
    await ask(scene, "s", op="stop", ask="0")
    await answer(scene, "0", result="refused", reason="stopped")
    await answer(scene, "1", result="refused", reason="denied")
    unsure = {"act": "unsure", "place": "a", "giver": "Jeanne"}
    assert await said(scene) == [unsure]
    await scene.customer.do("grant.withdraw", scene.session, capability="files_write")
    assert (await answered(scene, "2"))["reason"] == "no_consent"
    await scene.customer.until(lambda: lines(scene) == [unsure] * 2)
    monkeypatch.setattr(folders, "ANSWER_SECONDS", 0.05)
    await scene.let("files_write")
    await ask(scene, "4", **WRITES[0])
    assert (await answered(scene, "4"))["reason"] == "unanswered"
    await scene.customer.until(lambda: lines(scene) == [unsure] * 3)


async def test_a_download_is_a_file_of_the_customers(scene: Scene) -> None:
    await scene.let("files_read")
    await ask(scene, "1", op="download", root="r1", path=["a.txt"])
    for wrong in ({}, {"file": "unknown"}):
        with pytest.raises(Refused, match="bad_request"):
            await answer(scene, "1", **DONE, **wrong)
    with pytest.raises(Refused, match="bad_request"):
        await answer(scene, "1", **ROOTS)
    headers = {
        **scene.client.api.headers(),
        "Tus-Resumable": "1.0.0",
        "Upload-Length": "0",
        "Upload-Metadata": f"filename YS50eHQ=,folder_of {b64encode(scene.giver.encode()).decode()}",
    }
    url = f"{scene.house.base}/api/v1/sessions/{scene.session}/files"
    async with scene.client.api.http.post(url, headers=headers) as response:
        assert response.status == 201, await response.text()
        file = (response.headers["Location"]).rpartition("/")[2]
    await answer(scene, "1", **DONE, file=file)
    assert (await answered(scene, "1"))["file"] == file
    assert await said(scene) == [{"act": "download", "place": "a.txt", "giver": "Jeanne"}]


async def test_a_client_that_does_not_answer(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "ANSWER_SECONDS", 0.05)
    await scene.let("files_read")
    await ask(scene, "1", op="list")
    assert (await answered(scene, "1"))["reason"] == "unanswered"
    await scene.client.close()
    await scene.agent.until(lambda: all(p["native"] is None for p in scene.agent.view(scene.session)["presence"]))
    with pytest.raises(Refused, match="not_ready"):
        await ask(scene, "2", op="list")


async def test_no_more_than_so_many_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST_WAITING", 2)
    await scene.let("files_read")
    for mark in ("1", "2"):
        await ask(scene, mark, op="list")
    with pytest.raises(Refused, match="throttled"):
        await ask(scene, "3", op="list")
    await ask(scene, "4", op="stop", ask="1")


async def flood(scene: Scene, number: int, **more: Any) -> None:
    for each in range(number):
        await ask(scene, f"f{each}", op="list", root="r1", **more)
        await answer(scene, f"f{each}", result="entries", entries=[])


async def test_a_flood_of_asks_is_bounded_and_all_pages_of_a_long_list_are_not(scene: Scene) -> None:
    await scene.let("files_read")
    for number in range(21):
        await ask(scene, f"p{number}", op="list", root="r1", after=str(number) if number else None)
        await answer(scene, f"p{number}", result="entries", entries=[], next="n")
    assert await said(scene) == [{"act": "list", "place": "", "giver": "Jeanne"}], "one look, however many pages"
    with pytest.raises(Refused, match="throttled") as found:
        await flood(scene, 100)
    assert found.value.error["retry_after"] <= 0.2
    with pytest.raises(Refused, match="throttled"):
        await flood(scene, 1000, after="n")
    assert len(await said(scene)) == 1


async def test_looks_do_not_drown_the_log(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_log, "MOST_LOOKS", 3)
    await scene.let("files_read", "files_write")
    for number, name in enumerate("ababcdea"):
        # Also one who asks for a later page alone has looked.
        await ask(scene, str(number), op="list", root="r1", path=[name], after="0")
        await answer(scene, str(number), result="entries", entries=[])
    await ask(scene, "m", **WRITES[0])
    await answer(scene, "m", **DONE)
    acts = [(line["act"], line["place"]) for line in await said(scene)]
    assert acts == [("list", "a"), ("list", "b"), ("more", "c"), ("make", "a")]
    monkeypatch.setattr(folder_log, "MOST_ACTS", 1)
    with pytest.raises(Refused, match="throttled"):
        await ask(scene, "n", **WRITES[0])
    await ask(scene, "l", op="list", root="r1")
    monkeypatch.setattr(talk, "MOST_LINES", 1)
    await scene.agent.do("chat.post", scene.session, key="k", text="still heard")


async def test_another_client_answers_nothing(house: House, scene: Scene) -> None:
    await scene.let("files_read")
    await ask(scene, "1", op="list")
    other = await native.client_of(scene.customer, house.api(""))
    assert (await answered(scene, "1"))["reason"] == "no_consent"
    await grant_of(scene.agent, scene.session, "files_read", "ended")
    scene.client = other
    await answer(scene, "1", **ROOTS)
    assert len(scene.agent.bodies("folder.answered")) == 1


@pytest.mark.parametrize(
    "path",
    [
        [".."],
        ["."],
        ["a/b"],
        ["a\\b"],
        ["\x00"],
        ["a\n"],
        [""],
        ["x" * 256],
        ["a"] * 65,
        "name",
    ],
    ids=lambda path: repr(path)[:20],
)
async def test_places_that_are_none(scene: Scene, path: Any) -> None:
    await scene.let("files_read", "files_write")
    for op in [*READS, *WRITES]:
        with pytest.raises(Refused, match="bad_request"):
            await ask(scene, "1", **{**op, "path": path})
    if len(path) == 1:
        with pytest.raises(Refused, match="bad_request"):
            await ask(scene, "1", op="rename", root="r1", path=["a"], name=path[0])
    assert not scene.client.bodies("folder.do")


async def test_a_root_itself_is_only_listed(scene: Scene) -> None:
    await scene.let("files_read", "files_write")
    for op in [READS[1], *WRITES]:
        with pytest.raises(Refused, match="bad_request"):
            await ask(scene, "1", **{**op, "path": []})
    await ask(scene, "1", op="list", root="r1", path=[])


async def test_entries_that_are_none(scene: Scene) -> None:
    await scene.let("files_read")
    await ask(scene, "1", op="list")
    entry = {"name": "a", "kind": "file", "size": 1}
    for entries in ([entry] * 501, [{**entry, "name": ".."}], [{**entry, "size": -1}], [{**entry, "kind": "device"}]):
        with pytest.raises(Refused, match="bad_request"):
            await answer(scene, "1", result="entries", entries=entries)
    await answer(scene, "1", result="entries", entries=[{**entry, "name": f"{n:0255d}"} for n in range(500)], next="n")
    assert len((await answered(scene, "1"))["entries"]) == 500
    assert await said(scene) == [{"act": "list", "place": "", "giver": "Jeanne"}]
    await ask(scene, "2", op="list", after="n")
    await answer(scene, "2", result="entries", entries=[])
    await answered(scene, "2")
    assert len(await said(scene)) == 1, "further pages are no further act"
