"""Files by tus: resumable, checked, bounded, inert."""

import asyncio
import hashlib
import io
import os
from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import text

from tests.support.client import Api, Socket

from .conftest import House, Start, accept, state

MEGABYTE = 1 << 20


class Tus:
    """One upload, as a client of tus 1.0 does it."""

    def __init__(self, api: Api, session: str) -> None:
        self.api, self.session = api, session
        self.place = ""

    async def send(self, method: str, url: str, data: Any = None, **headers: str) -> tuple[int, Any, Any]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = io.BytesIO(data) if isinstance(data, bytes) else data
        every = {**self.api.headers(), "Tus-Resumable": "1.0.0", **named}
        async with self.api.http.request(method, url, data=data, headers=every) as response:
            answer = await response.json() if response.content_type == "application/json" else await response.read()
            return response.status, answer, response.headers

    async def create(
        self, size: int | str, name: str = "a.bin", sha256: str = "", folder_of: str | None = ""
    ) -> tuple[int, Any]:
        metadata = f"filename {b64encode(name.encode()).decode()},filetype {b64encode(b'text/html').decode()}"
        if sha256:
            metadata += f",sha256 {b64encode(sha256.encode()).decode()}"
        if folder_of is None:
            metadata += ",folder_of"
        elif folder_of:
            metadata += f",folder_of {b64encode(folder_of.encode()).decode()}"
        url = f"{self.api.base}/api/v1/sessions/{self.session}/files"
        status, answer, headers = await self.send("POST", url, Upload_Length=str(size), Upload_Metadata=metadata)
        if status == 201:
            place = headers["Location"]
            self.place = place if place.startswith("http") else self.api.base + place
        return status, answer

    async def patch(self, offset: int | str, data: Any) -> tuple[int, Any, Any]:
        kind = "application/offset+octet-stream"
        return await self.send("PATCH", self.place, data, Upload_Offset=str(offset), Content_Type=kind)

    async def head(self) -> int:
        status, _, headers = await self.send("HEAD", self.place)
        assert status == 200
        return int(headers["Upload-Offset"])

    @property
    def id(self) -> str:
        return self.place.rsplit("/", 1)[-1]


async def download(api: Api, file: str) -> tuple[int, bytes, Any]:
    async with api.http.get(f"{api.base}/api/v1/files/{file}/content", headers=api.headers()) as response:
        return response.status, await response.read(), response.headers


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def test_twenty_megabytes_both_ways(house: House) -> None:
    customer, agent, session = await house.live()
    for sender, receiver in ((customer, agent), (agent, customer)):
        data = os.urandom(20 * MEGABYTE)
        upload = Tus(sender.api, session)
        assert (await upload.create(len(data)))[0] == 201
        assert (await upload.patch(0, data))[0] == 204
        assert (await ready(receiver, session, upload.id))["sha256"] == digest(data)
        status, got, _ = await download(receiver.api, upload.id)
        assert (status, digest(got)) == (200, digest(data))


async def ready(socket: Socket, session: str, file: str, state: str = "ready") -> Any:
    def find() -> Any:
        files = socket.view(session).get("files", ())
        return next((f for f in files if f["id"] == file and f["state"] == state), None)

    return await socket.until(find)


async def test_going_on_after_a_break(house: House) -> None:
    customer, agent, session = await house.live()
    data = os.urandom(5 * MEGABYTE)
    upload = Tus(customer.api, session)
    await upload.create(len(data))
    half = asyncio.Event()

    async def breaking() -> Any:
        yield data[: 3 * MEGABYTE]
        half.set()
        await asyncio.Event().wait()

    sending = asyncio.create_task(upload.patch(0, breaking()))
    await half.wait()
    await agent.event("file.progress", session)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    offset = await upload.head()
    while (status := (await upload.patch(offset, data[offset:]))[0]) == 409:
        offset = await upload.head()
    assert status == 204
    assert 0 < offset < len(data)
    assert (await ready(agent, session, upload.id))["sha256"] == digest(data)


async def test_taking_over_from_a_connection_that_hangs(house: House) -> None:
    customer, agent, session = await house.live()
    data = os.urandom(3 * MEGABYTE)
    upload = Tus(customer.api, session)
    await upload.create(len(data))

    async def hanging() -> Any:
        yield data[: 2 * MEGABYTE]
        await asyncio.Event().wait()

    sending = asyncio.create_task(upload.patch(0, hanging()))
    await agent.until(lambda: any(b["received"] >= MEGABYTE for b in agent.bodies("file.progress", session)))
    status = 0
    for _ in range(20):
        offset = await upload.head()
        status = (await upload.patch(offset, data[offset:]))[0]
        if status != 409:
            break
    assert status == 204
    assert (await ready(agent, session, upload.id))["sha256"] == digest(data)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)


async def test_going_on_after_a_restart(start: Start) -> None:
    house = await start()
    customer, agent, session = await house.live()
    data = os.urandom(2 * MEGABYTE)
    upload = Tus(customer.api, session)
    await upload.create(len(data))
    # All bytes are there, and the server dies before it says so.
    await house.services.blobs.append(f"files/{session}/{upload.id}", 0, data)
    resume = customer.welcome["resume"]
    await house.stop()
    await house.begin()
    customer.api.base = agent.api.base = house.base
    back = await Socket(customer.api, resume).open()
    upload.place = f"{house.base}/api/v1/files/{upload.id}"
    assert (await ready(back, session, upload.id))["sha256"] == digest(data), "though nobody asked"
    assert await upload.head() == len(data)
    assert (await download(customer.api, upload.id))[:2] == (200, data)


async def test_after_a_restart_nothing_is_left_of_what_came_for_a_session_that_is_over(start: Start) -> None:
    house = await start()
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(3)
    await agent.do("session.end", session)
    await house.services.files.close()
    async with house.services.hub.database.begin() as unit:
        await unit.connection.execute(text("UPDATE files SET state = 'uploading'"))
    await house.services.blobs.append(f"files/{session}/{upload.id}", 0, b"abc")
    await house.stop()
    await house.begin()
    assert await house.services.blobs.size(f"files/{session}/{upload.id}") is None
    assert (await house.services.files.get(upload.id)).state == "cancelled"


async def test_who_asks_how_much_is_there_has_what_is_whole_passed_on(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(3)
    # The connection broke between the last byte and the commit.
    await house.services.blobs.append(f"files/{session}/{upload.id}", 0, b"abc")
    assert await upload.head() == 3
    assert (await ready(agent, session, upload.id))["sha256"] == digest(b"abc")
    assert (await download(agent.api, upload.id))[:2] == (200, b"abc")
    assert len([line for line in agent.view(session)["lines"] if line["kind"] == "file"]) == 1


async def test_a_sender_who_is_gone_after_the_last_byte(house: House) -> None:
    """The request is cancelled while it is still open, though all bytes have come."""
    customer, agent, session = await house.live()
    data = os.urandom(MEGABYTE)
    upload = Tus(customer.api, session)
    await upload.create(len(data))

    async def hanging() -> Any:
        yield data
        await asyncio.Event().wait()

    sending = asyncio.create_task(upload.patch(0, hanging()))
    await agent.until(lambda: any(b["received"] == len(data) for b in agent.bodies("file.progress", session)))
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert (await ready(agent, session, upload.id))["sha256"] == digest(data)


async def test_a_request_that_is_cancelled_while_its_file_is_finished(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(3)
    files = house.services.files
    finishing, go_on = asyncio.Event(), asyncio.Event()
    finish = files._finish

    async def slowly(*arguments: Any) -> None:
        finishing.set()
        await go_on.wait()
        await finish(*arguments)

    monkeypatch.setattr(files, "_finish", slowly)
    sending = asyncio.create_task(upload.patch(0, b"abc"))
    await finishing.wait()
    files._writers[upload.id].cancel()
    go_on.set()
    assert (await ready(agent, session, upload.id))["sha256"] == digest(b"abc")
    await asyncio.gather(sending, return_exceptions=True)


async def test_a_digest_that_was_announced(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    assert (await upload.create(6, sha256=digest(b"abcdef").upper()))[0] == 201
    assert (await upload.patch(0, b"abc"))[0] == 204
    assert (await upload.patch(3, b"def"))[0] == 204
    assert (await ready(agent, session, upload.id))["sha256"] == digest(b"abcdef")

    for other in ("x", "g" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n"):
        status, answer = await upload.create(6, sha256=other)
        assert (status, answer["code"]) == (400, "bad_request"), other

    await upload.create(6, sha256=digest(b"abcdef"))
    assert (await upload.patch(0, b"abc"))[0] == 204
    status, answer, _ = await upload.patch(3, b"deg")
    assert (status, answer["code"]) == (422, "file_digest")
    assert (await ready(agent, session, upload.id, "failed"))["sha256"] is None
    assert await house.services.blobs.size(f"files/{session}/{upload.id}") is None
    assert (await download(agent.api, upload.id))[0] == 404
    assert (await upload.patch(6, b""))[1]["code"] == "file_digest"
    assert (await upload.send("HEAD", upload.place))[0] == 422

    status, answer = await upload.create(0, sha256=digest(b"x"))
    assert (status, answer["code"]) == (422, "file_digest")


async def test_only_a_live_session_takes_files(house: House) -> None:
    customer, session = await house.customer()
    status, answer = await Tus(customer.api, session).create(1)
    assert (status, answer["code"]) == (403, "not_allowed"), "nobody is there to take it"
    agent = await house.agent()
    await accept(agent, session)
    assert (await Tus(customer.api, session).create(1))[0] == 201
    calling, _link = await house.outbound(agent)
    assert (await Tus(agent.api, calling).create(1))[0] == 403


async def test_all_files_of_a_session_together_are_bounded(start: Start) -> None:
    house = await start(session_files_limit=100)
    customer, agent, session = await house.live()
    first, second, third = (Tus(customer.api, session) for _ in range(3))
    assert (await first.create(60))[0] == 201
    status, answer = await second.create(41)
    assert (status, answer["code"]) == (413, "file_too_large")
    assert (await Tus(agent.api, session).create(41))[0] == 413
    assert (await second.create(40, sha256=digest(b""))) == (201, b"")
    assert (await third.create(1))[0] == 413
    assert (await first.send("DELETE", first.place))[0] == 204
    assert (await second.patch(0, b"x" * 40))[0] == 422
    assert (await third.create(100))[0] == 201, "neither what was taken back nor what failed counts"


async def test_an_auditor_gets_what_was_passed(house: House) -> None:
    customer, agent, session = await house.live()
    upload, half = Tus(customer.api, session), Tus(customer.api, session)
    await upload.create(8, "x.svg")
    await upload.patch(0, b"<script>")
    await ready(agent, session, upload.id)
    await half.create(8)
    auditor, boss = await house.signed_in("otto"), await house.signed_in("sam")
    rows = {row["id"]: row for row in (await auditor.call("GET", f"/sessions/{session}"))["files"]}
    assert rows[half.id]["url"] == ""
    url = rows[upload.id]["url"]
    assert {row["url"] for row in (await boss.call("GET", f"/sessions/{session}"))["files"]} == {""}
    async with auditor.http.get(house.base + url, headers=auditor.headers()) as response:
        assert (response.status, await response.read()) == (200, b"<script>")
        assert response.headers["Content-Type"] == "application/octet-stream"
        assert response.headers["Content-Disposition"] == "attachment; filename*=UTF-8''x.svg"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for api, file, status in (
        (auditor, half.id, 404),
        (auditor, "nothing", 404),
        (boss, upload.id, 403),
        (agent.api, upload.id, 403),
        (customer.api, upload.id, 403),
    ):
        place = f"{house.base}/api/v1/recordings/files/{file}"
        async with api.http.get(place, headers={**api.headers(), "Origin": house.base}) as response:
            assert response.status == status, (file, status)


async def test_limits(start: Start) -> None:
    house = await start(file_limit=1000)
    customer, _agent, session = await house.live()
    upload = Tus(customer.api, session)
    for size, status, code in (
        (1001, 413, "file_too_large"),
        ("9" * 15, 413, "file_too_large"),
        ("9" * 16, 400, "bad_request"),
        ("-1", 400, "bad_request"),
        ("1e3", 400, "bad_request"),
        ("", 400, "bad_request"),
        ("٣", 400, "bad_request"),
    ):
        answered, answer = await upload.create(size)
        assert (answered, answer["code"]) == (status, code), size
    assert customer.view(session)["files"] == []
    assert (await upload.create(1000))[0] == 201
    status, answer, _ = await upload.patch(0, b"x" * 1001)
    assert (status, answer["code"]) == (413, "too_large")
    assert await upload.head() == 0
    assert (await upload.patch(0, b"x" * 1000))[0] == 204


async def test_more_bytes_than_announced_are_not_kept(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(MEGABYTE + 10)

    async def too_much() -> Any:
        yield b"x" * MEGABYTE
        yield b"y" * 100

    status, _, _ = await upload.patch(0, too_much())
    assert status == 413
    offset = await upload.head()
    assert offset <= MEGABYTE
    data = b"x" * (MEGABYTE + 10)
    assert (await upload.patch(offset, data[offset:]))[0] == 204
    assert (await ready(agent, session, upload.id))["sha256"] == digest(data)


async def test_a_wrong_offset(house: House) -> None:
    customer, _agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(10)
    assert (await upload.patch(0, b"12345"))[0] == 204
    for offset in (0, 4, 6, 10, 11):
        status, answer, _ = await upload.patch(offset, b"12345")
        assert (status, answer["code"]) == (409, "conflict")
    for nonsense in ("x", "-5", "5.0"):
        assert (await upload.patch(nonsense, b"12345"))[0] == 400
    assert await upload.head() == 5
    assert (await upload.patch(5, b"67890"))[0] == 204
    assert (await upload.patch(10, b""))[0] == 409, "it is whole"


async def test_an_empty_file(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(0, "empty.txt")
    info = await ready(agent, session, upload.id)
    assert info["sha256"] == digest(b"")
    assert (await download(agent.api, upload.id))[:2] == (200, b"")


async def test_cancelling(house: House) -> None:
    customer, agent, session = await house.live()
    mine, theirs = Tus(customer.api, session), Tus(agent.api, session)
    await mine.create(10)
    await mine.patch(0, b"12345")
    theirs.place = mine.place
    other = await house.staff("paul")
    status, _, _ = await Tus(other.api, session).send("DELETE", mine.place)
    assert status == 404
    assert (await theirs.send("DELETE", mine.place))[0] == 204, "the agent in charge may"
    assert (await mine.patch(5, b"67890"))[0] == 409
    assert (await mine.send("DELETE", mine.place))[0] == 409
    await agent.until(lambda: agent.view(session)["files"][0]["state"] == "cancelled")
    assert await house.services.blobs.size(f"files/{session}/{mine.id}") is None
    await theirs.create(10)
    assert (await mine.send("DELETE", theirs.place))[0] == 404, "a customer may not take back an agent's"


async def test_the_end_of_the_session_ends_its_uploads(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(10)
    await upload.patch(0, b"12345")
    await agent.do("session.end", session)
    await customer.until(lambda: state(customer, session) == "ended")
    assert customer.view(session)["files"][0]["state"] == "cancelled"
    await house.services.files.close()
    assert (await upload.patch(5, b"67890"))[0] == 409
    assert await house.services.blobs.size(f"files/{session}/{upload.id}") is None
    assert (await upload.create(1))[0] == 409
    assert len(house.services.files._digests) == 0


async def test_files_of_others_are_not_there(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(3)
    await upload.patch(0, b"abc")
    stranger, _other_session = await house.customer("Karl")
    boss = await house.staff("sam")
    for socket in (stranger, boss):
        other = Tus(socket.api, session)
        other.place = upload.place
        assert (await other.create(3))[0] == 404
        other.place = upload.place
        assert (await other.send("HEAD", upload.place))[0] == 404
        assert (await other.patch(0, b"abc"))[0] == 404
        assert (await other.send("DELETE", upload.place))[0] == 404
        assert (await download(socket.api, upload.id))[0] == 404
    assert (await download(agent.api, upload.id))[0] == 200


async def test_nobody_writes_into_the_file_of_another(house: House) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(3)
    other = Tus(agent.api, session)
    other.place = upload.place
    assert (await other.patch(0, b"abc"))[0] == 404
    assert (await download(agent.api, upload.id))[0] == 404, "not whole yet"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("page.html", "page.html"),
        ("x.svg", "x.svg"),
        ('a"; filename="b.exe', "a__%20filename%3D_b.exe"),
        ("a\r\nX-Evil: 1", "a__X-Evil_%201"),
        ("../../é.txt", "%C3%A9.txt"),
        ("it's.txt", "it%27s.txt"),
    ],
)
async def test_downloads_are_inert(house: House, name: str, shown: str) -> None:
    customer, agent, session = await house.live()
    upload = Tus(customer.api, session)
    await upload.create(8, name)
    await upload.patch(0, b"<script>")
    await ready(agent, session, upload.id)
    status, _, headers = await download(agent.api, upload.id)
    assert status == 200
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].replace("%3B", "_") == f"attachment; filename*=UTF-8''{shown}"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert "X-Evil" not in headers


async def test_metadata_that_is_none(house: House) -> None:
    customer, _agent, session = await house.live()
    upload = Tus(customer.api, session)
    url = f"{house.base}/api/v1/sessions/{session}/files"
    for metadata in ("name !!!", "name /w==", "name ZZZ"):
        status, _, _ = await upload.send("POST", url, Upload_Length="1", Upload_Metadata=metadata)
        assert status == 400, metadata


async def test_many_files(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.files.MOST_FILES", 3)
    customer, _agent, session = await house.live()
    upload = Tus(customer.api, session)
    assert [(await upload.create(1))[0] for _ in range(4)] == [201, 201, 201, 429]
