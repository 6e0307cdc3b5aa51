"""Files that carry bytes from and to a customer's folders: made, fetched and kept only with the consent for it."""

from pathlib import Path
from typing import Any

import pytest

from rs_server.protocol.files import FileInfo
from tests.support import native
from tests.support.client import Api, Refused, Socket
from tests.support.xserver import until

from .conftest import Start, me
from .test_desktop import Scene
from .test_desktop import scene as scene  # a fixture
from .test_files import Tus, digest, download, ready
from .test_folders import answer, answered, ask, said
from .test_native import allow

BYTES = b"of the folder"


async def made(scene: Scene, api: Api, folder_of: str | None = None) -> Tus:
    upload = Tus(api, scene.session)
    created, answer = await upload.create(len(BYTES), sha256=digest(BYTES), folder_of=folder_of or scene.giver)
    assert created == 201, answer
    assert (await upload.patch(0, BYTES))[0] == 204
    found = file_of(scene, upload)
    assert found is not None
    assert (found.state, found.folder_of, found.folder_for) == ("ready", scene.giver, None)
    return upload


def file_of(scene: Scene, upload: Tus) -> FileInfo | None:
    """As the server knows it; None once the session is over."""
    session = scene.house.services.hub.peek(scene.session)
    return session.files[upload.id] if session is not None else None


async def fetched(scene: Scene, mark: str) -> Tus:
    """The agent asked for it, and was answered."""
    await ask(scene, mark, op="download", root="r1", path=["a"])
    upload = await made(scene, scene.client.api)
    await answer(scene, mark, result="done", file=upload.id)
    await answered(scene, mark)
    return upload


def grants(socket: Socket, scene: Scene) -> list[dict[str, Any]]:
    every = socket.view(scene.session).get("grants", ())
    return [each for each in every if each["capability"] == "files_read"]


async def head(api: Api, upload: Tus) -> int:
    other = Tus(api, upload.session)
    return (await other.send("HEAD", upload.place))[0]


async def status(api: Api, file: str) -> int:
    return (await download(api, file))[0]


def blobs(scene: Scene) -> set[str]:
    folder: Path = scene.house.config.data
    return {each.name for each in folder.rglob(f"files/{scene.session}/*")}


async def gone(scene: Scene, upload: Tus) -> None:
    await until(lambda: (known := file_of(scene, upload)) is None or known.state == "cancelled", "it is over")
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
    upload = await fetched(scene, "1")
    got, data, headers = await download(scene.agent.api, upload.id)
    assert (got, data) == (200, BYTES)
    assert headers["Repr-Digest"].startswith("sha-256=:")
    for api in (scene.customer.api, scene.client.api, colleague.api):
        assert await status(api, upload.id) == 404
    assert await head(scene.client.api, upload) == 200
    assert await head(colleague.api, upload) == 404
    assert await scene.lines("file") == [], "nobody shared it in the chat"
    other = Tus(colleague.api, scene.session)
    other.place = upload.place
    assert (await other.send("DELETE", other.place))[0] == 404
    mine = Tus(scene.agent.api, scene.session)
    assert (await mine.send("DELETE", upload.place))[0] == 204
    await gone(scene, upload)
    assert await status(scene.agent.api, upload.id) == 404


async def test_one_does_not_get_what_another_asked_for(scene: Scene) -> None:
    """Each was given folders of their own."""
    await scene.let("files_read")
    colleague, you = await scene.colleague(), me(scene.agent, scene.session)
    await allow(scene.client, colleague, scene.session, "files_read")
    upload = await fetched(scene, "1")
    half = Tus(scene.client.api, scene.session)
    await half.create(5, folder_of=scene.giver)
    for each in (upload, half):
        assert await status(colleague.api, each.id) == 404
        assert await head(colleague.api, each) == 404
        assert (await Tus(colleague.api, scene.session).send("DELETE", each.place))[0] == 404
    assert await status(scene.agent.api, upload.id) == 200
    mine = next(each for each in grants(scene.agent, scene) if each["state"] == "granted" and each["holder"] == you)
    await scene.agent.do("grant.cancel", scene.session, grant=mine["id"])
    for socket in (await Socket(colleague.api).open(), colleague, scene.agent, scene.customer):
        await socket.until(lambda socket=socket: grants(socket, scene) and mine not in grants(socket, scene))  # type: ignore[misc]
        assert socket.view(scene.session)["files"] == []
        assert not socket.bodies("file.changed")
        assert not socket.bodies("file.progress")
    await gone(scene, upload)
    assert await status(scene.agent.api, upload.id) == 404


async def test_nothing_is_fetched_before_the_log_says_so(scene: Scene) -> None:
    await scene.let("files_read")
    await ask(scene, "1", op="download", root="r1", path=["a"])
    upload = await made(scene, scene.client.api)
    assert await status(scene.agent.api, upload.id) == 404
    await ask(scene, "s", op="stop", ask="1")
    await answer(scene, "1", result="refused", reason="stopped")
    assert (await answered(scene, "1"))["reason"] == "stopped"
    assert await status(scene.agent.api, upload.id) == 404
    assert await said(scene) == []
    await ask(scene, "2", op="download", root="r1", path=["a"])
    await answer(scene, "2", result="done", file=upload.id)
    await answered(scene, "2")
    assert await status(scene.agent.api, upload.id) == 200
    assert [line["act"] for line in await said(scene)] == ["download"]
    await ask(scene, "3", op="download", root="r1", path=["a"])
    with pytest.raises(Refused, match="bad_request"):
        await answer(scene, "3", result="done", file=upload.id)


async def test_of_nobodys_folders(scene: Scene) -> None:
    """No value is no way past the consent."""
    for api in (scene.agent.api, scene.client.api, scene.customer.api):
        refused, told = await Tus(api, scene.session).create(1, folder_of=None)
        assert (refused, told["code"]) == (400, "bad_request")
    assert blobs(scene) == set()


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
