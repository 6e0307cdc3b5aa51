"""Files that carry bytes from and to a customer's folders: made, fetched and kept only with the consent for it."""

from pathlib import Path
from typing import Any

import pytest

from tests.support import native
from tests.support.client import Api, Refused
from tests.support.xserver import until

from .conftest import Start
from .test_desktop import Scene
from .test_desktop import scene as scene  # a fixture
from .test_files import Tus, digest, download, ready
from .test_folders import answer, answered, ask, said

BYTES = b"of the folder"


async def made(scene: Scene, api: Api, folder_of: str | None = None) -> Tus:
    upload = Tus(api, scene.session)
    created, answer = await upload.create(len(BYTES), sha256=digest(BYTES), folder_of=folder_of or scene.giver)
    assert created == 201, answer
    assert (await upload.patch(0, BYTES))[0] == 204
    found = await ready(scene.agent, scene.session, upload.id)
    assert found["folder_of"] == scene.giver
    return upload


async def status(api: Api, file: str) -> int:
    return (await download(api, file))[0]


def blobs(scene: Scene) -> set[str]:
    folder: Path = scene.house.config.data
    return {each.name for each in folder.rglob(f"files/{scene.session}/*")}


async def gone(scene: Scene, upload: Tus) -> None:
    await ready(scene.agent, scene.session, upload.id, "cancelled")
    await until(lambda: upload.id not in blobs(scene), "the bytes are gone")


async def test_from_folders(scene: Scene) -> None:
    for allowed in ("", "files_write"):
        if allowed:
            await scene.let(allowed)
        assert (await Tus(scene.client.api, scene.session).create(1, folder_of=scene.giver))[0] == 403
    await scene.let("files_read")
    colleague = await scene.colleague()
    for api in (scene.customer.api, colleague.api):
        assert (await Tus(api, scene.session).create(1, folder_of=scene.giver))[0] == 403, "only the client itself"
    upload = await made(scene, scene.client.api)
    got, data, headers = await download(scene.agent.api, upload.id)
    assert (got, data) == (200, BYTES)
    assert headers["Repr-Digest"].startswith("sha-256=:")
    for api in (scene.customer.api, scene.client.api, colleague.api):
        assert await status(api, upload.id) == 404
    assert await scene.lines("file") == [], "nobody shared it in the chat"
    other = Tus(colleague.api, scene.session)
    other.place = upload.place
    assert (await other.send("DELETE", other.place))[0] == 404
    mine = Tus(scene.agent.api, scene.session)
    assert (await mine.send("DELETE", upload.place))[0] == 204
    await gone(scene, upload)
    assert await status(scene.agent.api, upload.id) == 404


async def test_to_folders(scene: Scene) -> None:
    await scene.let("files_read")
    assert (await Tus(scene.agent.api, scene.session).create(1, folder_of=scene.giver))[0] == 403
    await scene.let("files_write")
    chat = Tus(scene.agent.api, scene.session)
    await chat.create(0)
    await ready(scene.agent, scene.session, chat.id)
    upload = await made(scene, scene.agent.api)
    for api in (scene.agent.api, scene.customer.api):
        assert await status(api, upload.id) == 404
    assert (await download(scene.client.api, upload.id))[1] == BYTES
    with pytest.raises(Refused, match="not_found"):
        await ask(scene, "1", op="upload", root="r1", path=["a"], file=chat.id)
    await ask(scene, "2", op="upload", root="r1", path=["a"], file=upload.id)
    mine = Tus(scene.client.api, scene.session)
    assert (await mine.send("DELETE", upload.place))[0] == 204
    await gone(scene, upload)


async def test_names_come_from_who_asked(scene: Scene) -> None:
    """A client gives another name only where it had to, and no name at all to what goes to the agent."""
    await scene.let("files_read", "files_write")
    down, up = await made(scene, scene.client.api), await made(scene, scene.agent.api)
    await ask(scene, "d", op="download", root="r1", path=["a"])
    for exists in ("refuse", "replace", "keep_both"):
        await ask(scene, exists, op="upload", root="r1", path=["D", "a"], file=up.id, exists=exists)
    await ask(scene, "m", op="make", root="r1", path=["a"])
    named: list[tuple[str, dict[str, Any]]] = [
        ("d", {"file": down.id, "name": "b"}), ("m", {"name": "b"}), ("refuse", {"name": "b"}),
        ("replace", {"name": "b"}), ("refuse", {"replaced": True}), ("keep_both", {"replaced": True}),
        ("d", {"file": down.id, "replaced": True}),
    ]  # fmt: skip
    for mark, wrong in named:
        with pytest.raises(Refused, match="bad_request"):
            await answer(scene, mark, result="done", **wrong)
    await answer(scene, "keep_both", result="done", name="a (2)")
    await answer(scene, "replace", result="done", replaced=True)
    acts = [(line["act"], line["place"]) for line in await said(scene)]
    assert acts == [("upload", "D/a (2)"), ("replace", "D/a")]


async def test_a_file_of_the_chat_is_no_answer_to_a_download(scene: Scene) -> None:
    await scene.let("files_read")
    await ask(scene, "1", op="download", root="r1", path=["a"])
    chat = Tus(scene.client.api, scene.session)
    await chat.create(0)
    me = scene.agent.view(scene.session)["you"]
    with pytest.raises(Refused, match="bad_request"):
        await scene.client.do(
            "folder.answer", scene.session, ask="1", holder=me, answer={"result": "done", "file": chat.id}
        )


@pytest.mark.parametrize("way", ["withdrawn", "stopped", "ended"])
async def test_they_go_with_the_consent(scene: Scene, way: str) -> None:
    await scene.let("files_read", "files_write")
    uploads = [await made(scene, scene.client.api), await made(scene, scene.agent.api)]
    half = Tus(scene.client.api, scene.session)
    await half.create(5, folder_of=scene.giver)
    await half.send("PATCH", half.place, b"12", Upload_Offset="0", Content_Type="application/offset+octet-stream")
    await ask(scene, "1", op="download", root="r1", path=["a"])
    assert len(blobs(scene)) == 3
    match way:
        case "withdrawn":
            for capability in ("files_read", "files_write"):
                await scene.customer.do("grant.withdraw", scene.session, capability=capability)
        case "stopped":
            await scene.customer.do("stop", scene.session)
        case _:
            await scene.agent.do("session.end", scene.session)
    if way != "ended":
        assert (await answered(scene, "1"))["reason"] == "no_consent"
    for each in (*uploads, half):
        await gone(scene, each)
        assert await status(scene.agent.api, each.id) == 404
    rows = await (await scene.house.signed_in("otto")).call("GET", f"/sessions/{scene.session}")
    assert rows["files"] == [], "the log says what was done; the bytes are nobody's any more"


async def test_limits(start: Start) -> None:
    house = await start(file_limit=10, folder_file_limit=50, session_files_limit=60)
    customer, agent, session = await house.live()
    scene = Scene(house, customer, agent, session, await native.client_of(customer, house.api("")))
    await scene.let("files_write")
    first, second = Tus(agent.api, session), Tus(agent.api, session)
    assert (await first.create(51, folder_of=scene.giver))[0] == 413
    assert (await first.create(50, folder_of=scene.giver))[0] == 201
    assert (await second.create(11, folder_of=scene.giver))[0] == 413, "they count while they are there"
    assert (await second.create(11))[0] == 413
    assert (await first.send("DELETE", first.place))[0] == 204
    assert (await second.create(50, folder_of=scene.giver))[0] == 201
