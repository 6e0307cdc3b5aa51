"""The page in the recording, and what must never be in it: canaries."""

import asyncio
import errno
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from rs_server.core.page_record import Record, RecordKind, unpack
from rs_server.demo import SITE_KEY
from rs_server.protocol.page import FRAME_LIMIT, HEADER_SIZE
from rs_server.services import page_recording
from rs_server.store import recordings as store
from tests.support.client import Api, Refused, Socket
from tests.support.page import PageSocket

from .conftest import SHOP, House, me
from .test_page_control import CLICK, control, grant_of, result, shown
from .test_page_stream import Scene, scene

__all__ = ["scene"]


async def parts(house: House, session: str) -> list[dict[str, Any]]:
    otto = await house.signed_in("otto")
    found = (await otto.call("GET", f"/sessions/{session}/timeline"))["parts"]
    return [part for part in found if part["label"] == "page"]


async def closed(house: House, session: str, count: int = 1) -> list[dict[str, Any]]:
    """The parts, once there are so many and all are closed."""
    async with asyncio.timeout(30):
        while True:
            async with house.services.hub.database.read() as connection:
                rows = await store.of_session(connection, session)
            mine = [row for row in rows if row.label == "page"]
            if len(mine) >= count and all(row.ended_at is not None for row in mine):
                return await parts(house, session)
            await asyncio.sleep(0.01)


async def stored(house: House, part: dict[str, Any]) -> bytes:
    otto = await house.signed_in("otto")
    async with otto.http.get(house.base + part["url"], headers=otto.headers()) as response:
        assert response.status == 200
        assert response.content_type == "application/octet-stream"
        assert "Content-Encoding" not in response.headers
        return await response.read()


async def records(house: House, part: dict[str, Any]) -> list[Record]:
    return list(unpack(await stored(house, part)))


def kinds(found: list[Record]) -> list[str]:
    return [record.kind.name for record in found]


async def test_what_was_seen_done_and_shown(scene: Scene) -> None:
    await control(scene)
    page = await shown(scene)
    view = await scene.view()
    await page.event(b"\x00 any bytes", bytes(FRAME_LIMIT - HEADER_SIZE), b"in pieces")
    await scene.agent.do("page.act", scene.session, act="a1", epoch=page.epoch, op=CLICK)
    mine = me(scene.agent, scene.session)
    await scene.customer.do("page.acted", scene.session, act="a1", holder=mine, outcome="refused", reason="gone")
    await result(scene.agent, "a1", "refused")
    mark = {"mark": "pointer", "at": [3, 0.5, 0.25]}
    await scene.agent.do("page.point", scene.session, epoch=page.epoch, shown=mark)
    (second,) = await page.snapshot(b"second")
    await view.until(lambda: view.frames[-1:] == [second])
    await scene.customer.do("stop", scene.session)
    (part,) = await closed(scene.house, scene.session)
    assert (part["role"], part["name"], part["codec"], part["complete"]) == ("customer", "Jeanne", "page", True)
    assert part["frames"] == 3
    assert part["ends"] > part["starts"] > 0
    assert part["bytes"] == len(await stored(scene.house, part))
    found = await records(scene.house, part)
    assert kinds(found) == ["MESSAGE", "MESSAGE", "ACT", "RESULT", "SHOWN", "MESSAGE", "CUT"]
    assert found[0].payload == b"snapshot"
    assert found[1].payload == b"\x00 any bytes" + bytes(FRAME_LIMIT - HEADER_SIZE) + b"in pieces"
    by = {"by": mine, "by_name": "Amélie Morel"}
    op = {**CLICK, "button": 0, "count": 1, "modifiers": []}
    assert json.loads(found[2].payload) == {"act": "a1", **by, "op": op}
    assert json.loads(found[3].payload) == {"act": "a1", "outcome": "refused", "reason": "gone"}
    assert json.loads(found[4].payload) == {**by, "shown": mark}
    assert [found[index].epoch for index in (0, 1, 2, 4, 5)] == [page.epoch - 1] * 4 + [page.epoch]
    times = [record.at for record in found]
    assert times == sorted(times)
    assert times[-1] <= (part["ends"] - part["starts"]) * 1000 + 1
    detail = await (await scene.house.signed_in("otto")).call("GET", f"/sessions/{scene.session}")
    assert detail["streams"]["page"] > 0


async def test_what_an_agent_types_is_not_kept(scene: Scene) -> None:
    """Whether the page lets it happen, is known later."""
    await control(scene)
    page = await shown(scene)
    ops = [
        {"op": "insert", "node": 3, "text": "typed-4711"},
        {"op": "value", "node": 3, "value": "typed-4711"},
        {"op": "key", "node": 3, "key": "typed-4711", "modifiers": []},
        {"op": "go", "way": "address", "to": "/a?q=typed-4711#typed-4711"},
    ]
    mine = me(scene.agent, scene.session)
    for number, op in enumerate(ops):
        await scene.agent.do("page.act", scene.session, act=f"a{number}", epoch=page.epoch, op=op)
        await scene.customer.do(
            "page.acted", scene.session, act=f"a{number}", holder=mine, outcome="refused", reason="masked"
        )
    await scene.customer.do("stop", scene.session)
    (part,) = await closed(scene.house, scene.session)
    acts = [r for r in await records(scene.house, part) if r.kind is RecordKind.ACT]
    assert [json.loads(act.payload)["op"] for act in acts] == [
        {"op": "insert", "node": 3, "length": 10},
        {"op": "value", "node": 3, "length": 10},
        {"op": "key", "node": 3, "modifiers": []},
        {"op": "go", "way": "address", "to": "/a"},
    ]
    await scene.house.stop()
    assert on_disk(scene.house, b"typed-4711") == []
    await scene.house.begin()


async def test_a_page_that_pauses_is_not_recorded(scene: Scene) -> None:
    await scene.give()
    page = await shown(scene)
    await page.wire.ws.send_json({"type": "page.pause", "paused": True})
    (part,) = await closed(scene.house, scene.session)
    await page.event(b"meanwhile")
    await page.wire.ws.send_json({"type": "page.pause", "paused": False})
    await page.wire.until(page.wire.flow)
    await page.snapshot(b"after")
    await scene.withdraw()
    _, second = await closed(scene.house, scene.session, 2)
    found = [*(await records(scene.house, part)), *(await records(scene.house, second))]
    assert [record.payload for record in found] == [b"snapshot", b"", b"after", b""]


async def test_who_may_not_replay_does_not_get_it(scene: Scene) -> None:
    await scene.give()
    await shown(scene)
    await scene.withdraw()
    (part,) = await closed(scene.house, scene.session)
    for api in (scene.agent.api, scene.customer.api, scene.house.api()):
        api.origin = ""
        with pytest.raises(Refused):
            await api.call("GET", part["url"].removeprefix("/api/v1"))


async def test_each_consent_has_a_part_that_begins_with_a_snapshot(scene: Scene) -> None:
    await scene.give()
    page = await shown(scene)
    await scene.withdraw()
    await closed(scene.house, scene.session)
    await scene.give()
    await page.wire.until(page.wire.flow)
    await page.snapshot(b"again")
    # The tab goes, another comes: one part, with a cut between them.
    await page.wire.close()
    await asyncio.wait_for(_cut(scene), 10)
    page = await shown(scene)
    await scene.agent.do("session.end", scene.session)
    first, second = await closed(scene.house, scene.session, 2)
    assert kinds(await records(scene.house, first)) == ["MESSAGE", "CUT"]
    found = await records(scene.house, second)
    assert kinds(found) == ["MESSAGE", "CUT", "MESSAGE", "CUT"]
    assert found[2].epoch == page.epoch > found[0].epoch
    assert first["ends"] <= second["starts"]


async def _cut(scene: Scene) -> None:
    while scene.stream().sources:
        await asyncio.sleep(0.005)


async def test_a_session_that_is_not_recorded_has_none_until_it_is(house: House) -> None:
    scene = await _unrecorded(house)
    await scene.give()
    page = await shown(scene)
    await page.event(b"before")
    await scene.agent.do("recording.start", scene.session)
    question = await grant_of(scene.customer, scene.session, "record", "asked")
    await scene.customer.do("grant.answer", scene.session, grant=question["id"], allow=True)
    await page.wire.until(page.wire.asked)
    await page.event(b"not with this one")
    await page.snapshot(b"with this one")
    async with asyncio.timeout(30):
        while scene.session not in house.services.page_streams._recorder._parts:
            await asyncio.sleep(0.005)
    await scene.agent.do("recording.stop", scene.session)
    (part,) = await closed(house, scene.session)
    found = await records(house, part)
    assert [record.payload for record in found] == [b"with this one", b""]


async def _unrecorded(house: House) -> Scene:
    """Where the queue records on demand, and the site offers the page."""
    identity = house.services.identity
    await identity.put_site(replace(identity.site(SITE_KEY), queue="billing"))
    sofia = await house.agent("sofia")
    customer, agent, session = await house.live(sofia)
    assert not customer.view(session)["session"]["recording"]
    return Scene(house, customer, agent, session)


async def test_after_a_crash_it_can_be_read(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to what was flushed; the part is closed at the next start."""
    monkeypatch.setattr(page_recording, "FLUSH_SECONDS", 0.05)
    await scene.give()
    page = await shown(scene)
    for number in range(20):
        await page.event(b"event %d" % number)
    house = scene.house
    path = Path(house.config.data) / "blobs"
    async with asyncio.timeout(30):
        while len([r for file in path.rglob("*.page") for r in unpack(file.read_bytes())]) < 21:
            await asyncio.sleep(0.02)
    (file,) = path.rglob("*.page")
    with pytest.raises(zlib.error):
        zlib.decompress(file.read_bytes(), wbits=31)
    # What a killed server leaves: its row is open.
    (row,) = await _rows(house, scene.session)
    assert row.ended_at is None
    await house.services.recordings.start()
    (part,) = await closed(house, scene.session)
    assert (part["complete"], part["frames"], part["bytes"]) == (False, 21, file.stat().st_size)
    assert len(await records(house, part)) == 21


async def _rows(house: House, session: str) -> list[Any]:
    async with house.services.hub.database.read() as connection:
        return [row for row in await store.of_session(connection, session) if row.label == "page"]


async def test_a_clean_stop_closes_it(scene: Scene) -> None:
    await scene.give()
    await shown(scene)
    house, session = scene.house, scene.session
    await house.stop()
    await house.begin()
    (part,) = await closed(house, session)
    assert part["complete"]
    assert kinds(await records(house, part))[:1] == ["MESSAGE"]


async def test_a_full_disk_is_told_and_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs, full = scene.house.services.blobs, True
    append = type(blobs).append

    async def failing(self: Any, key: str, offset: int, data: bytes) -> int:
        if full and key.endswith(".page"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return int(await append(self, key, offset, data))

    monkeypatch.setattr(type(blobs), "append", failing)
    monkeypatch.setattr(page_recording, "FLUSH_SECONDS", 0.02)
    monkeypatch.setattr(page_recording, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr("rs_server.services.page_relay.SNAPSHOT_SECONDS", 0.0)
    await scene.give()
    page, view = await shown(scene), await scene.view()
    line = await scene.agent.until(
        lambda: next((line for line in scene.agent.view(scene.session)["lines"] if line["kind"] == "dropped"), None)
    )
    assert line["data"] == {"reason": "recording", "label": "page"}
    full = False
    await page.wire.until(page.wire.asked)
    (sent,) = await page.snapshot(b"there is room again")
    await view.until(lambda: view.frames[-1:] == [sent])
    await scene.withdraw()
    found = await closed(scene.house, scene.session, 2)
    assert [part["complete"] for part in found] == [False, True]
    assert (await records(scene.house, found[-1]))[0].payload == b"there is room again"


async def test_a_minute_of_changes_is_small(scene: Scene) -> None:
    """50 a second in 3 s' worth, as compact events; flushed in the rhythm of the real thing."""
    await scene.give()
    page = await shown(scene)
    recorder = scene.house.services.page_streams._recorder
    part = recorder._parts[scene.session]
    for number in range(60 * 50):
        at, node, price = number * 20, 40 + number % 50, (number * 7919) % 100_000 / 100
        payload = json.dumps([at, ["text", node, f"{price:.2f} €"]], separators=(",", ":")).encode()
        part.add(RecordKind.MESSAGE, page.epoch, payload)
        if number % 50 == 49:
            async with asyncio.timeout(30):
                part.stirred.set()
                while part.waiting:
                    await asyncio.sleep(0)
                part.stirred.clear()
    await scene.withdraw()
    (found,) = await closed(scene.house, scene.session)
    print("bytes a minute:", found["bytes"])
    assert found["bytes"] < 80_000


# --- canaries ---

CANARY = "canary-7f3a91c0de"


@pytest.fixture
def planted(scene: Scene) -> Scene:
    scene.house.services.page_streams._canaries = lambda _session: ("another-canary", CANARY)
    return scene


def on_disk(house: House, secret: bytes) -> list[str]:
    """Files of the installation that hold it, also compressed."""
    found = []
    for path in Path(house.config.data).rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        if path.suffix == ".page" and data:
            data += b"".join(record.payload for record in unpack(data))
        if secret in data:
            found.append(path.name)
    return found


async def test_a_canary_stops_the_page_for_good(planted: Scene) -> None:
    scene = planted
    await control(scene)
    page, view = await shown(scene), await scene.view()
    await view.count(1)
    await page.event(b"harmless", b"in two")
    await view.count(3)
    seen = list(view.frames)
    await page.event(b"x" * 1000 + CANARY[:5].encode(), CANARY[5:].encode() + b" and on", b"a third")
    await page.wire.until(lambda: page.wire.bye)
    assert page.wire.bye == "not_allowed"
    await view.until(lambda: not view.flow() or view.bye)
    assert view.frames == seen
    for socket in (scene.agent, scene.customer):
        assert (await socket.event("page.tabs", scene.session, alarm=True))["tabs"] == []
    again = await Socket(scene.customer.api, scene.customer.welcome["resume"]).open()
    assert (await again.event("session.snapshot", scene.session))["page"]["alarm"]
    scene.customer = again
    line = await scene.agent.until(
        lambda: next((line for line in scene.agent.view(scene.session)["lines"] if line["kind"] == "page_alarm"), None)
    )
    assert line["audience"] == "staff"
    await grant_of(scene.customer, scene.session, "page_view", "ended")
    await grant_of(scene.customer, scene.session, "page_control", "ended")
    assert not [x for x in scene.customer.view(scene.session)["lines"] if x["kind"] == "page_alarm"]
    for socket, kind in ((scene.agent, "grant.ask"), (scene.customer, "grant.give")):
        with pytest.raises(Refused, match="not_allowed"):
            await socket.do(kind, scene.session, capability="page_view")
    assert await _knock(scene) == "not_allowed"
    (part,) = await closed(scene.house, scene.session)
    assert kinds(await records(scene.house, part)) == ["MESSAGE", "MESSAGE", "CUT"]
    await scene.house.stop()
    assert on_disk(scene.house, CANARY.encode()) == []
    assert on_disk(scene.house, b"harmless") != [], "the search finds what is there"
    await scene.house.begin()
    assert await _knock(scene) == "not_allowed", "for good"


async def _knock(scene: Scene) -> str | None:
    """What another tab hears."""
    api = scene.customer.api
    socket = PageSocket(Api(scene.house.base, api.origin), scene.session, "source", api.access, "tab-two2")
    scene.house.apis.append(socket.api)
    return (await socket.open()).bye


async def test_a_canary_in_what_a_tab_says_of_itself(planted: Scene) -> None:
    scene = planted
    page = await scene.source()
    await page.wire.about(f"Card {CANARY}", f"{SHOP}/", True)
    await page.wire.until(lambda: page.wire.bye)
    await scene.agent.event("page.tabs", scene.session, alarm=True)
    await scene.agent.until(lambda: any(x["kind"] == "page_alarm" for x in scene.agent.view(scene.session)["lines"]))
    assert CANARY not in json.dumps(scene.agent.frames)
