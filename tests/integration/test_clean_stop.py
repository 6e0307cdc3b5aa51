"""A server that is stopped finishes what it records."""

import pytest

from tests.unit.rtc.client import Client, Feed, plain_aiortc, until
from tests.unit.rtc.pictures import opus_frames

from .conftest import Start

__all__ = ["plain_aiortc"]
pytestmark = pytest.mark.usefixtures("plain_aiortc")


async def test_what_was_being_recorded_is_complete(start: Start) -> None:
    house = await start(real_media=True)
    customer, _agent, session = await house.live()
    await customer.do("grant.give", session, capability="hear")
    await customer.do("media.open", session)
    offer = await customer.event("media.offer", session)
    client, feed = Client(), Feed("audio", opus_frames(50), 50)
    try:
        answer = await client.answer(offer["sdp"], {offer["publish"]["mic"]: feed})
        await customer.do("media.answer", session, leg=offer["leg"], sdp=answer)
        await until(lambda: any(part.stat().st_size for part in house.config.data.rglob("*.webm")))
        before = feed.sent
        await until(lambda: feed.sent > before + 50)
        await house.stop()
    finally:
        await client.close()
    await house.begin()
    auditor = await house.signed_in("otto")
    auditor.base = house.base
    timeline = await auditor.call("GET", f"/sessions/{session}/timeline")
    (part,) = timeline["parts"]
    assert part["complete"]
    assert part["frames"] >= 40
    assert part["bytes"] == next(house.config.data.rglob("*.webm")).stat().st_size


async def test_it_says_when_it_is_not_ready(start: Start) -> None:
    house = await start()

    async def reasons() -> tuple[int, list[str]]:
        async with house.api().http.get(f"{house.base}/readyz") as response:
            return response.status, sorted((await response.json())["reasons"])

    assert await reasons() == (200, [])
    house.media.connected = False
    assert await reasons() == (503, ["media"])
    house.media.connected = True
    await house.installation.acd.close()
    assert await reasons() == (503, ["acd"])


async def test_without_a_media_worker_it_is_not_ready(start: Start) -> None:
    house = await start(real_media=True, media_workers=0)
    async with house.api().http.get(f"{house.base}/readyz") as response:
        assert (response.status, list((await response.json())["reasons"])) == (503, ["media"])
