"""A client that sends everything at all times: only what is granted arrives, and only as long as it is."""

from typing import Any

import pytest
from sqlalchemy import select

from rs_server.core.streams import CAPABILITY, LABELS
from rs_server.protocol.session import StreamLabel
from rs_server.store.tables import media_notices
from tests.integration.conftest import House, Start
from tests.support.client import Refused, Socket
from tests.unit.rtc.client import Client, Feed, plain_aiortc, until
from tests.unit.rtc.pictures import opus_frames, vp8_frames

__all__ = ["plain_aiortc"]
BROWSER: tuple[StreamLabel, ...] = ("mic", "camera", "screen")
"""What the window of a session can give."""
pytestmark = pytest.mark.usefixtures("plain_aiortc")


class Shouter:
    """Somebody whose programs publish microphone, camera and screen, desktop and application from the first moment."""

    def __init__(self, socket: Socket, session: str) -> None:
        self.socket = socket
        self.session = session
        self.client = Client()
        self.native = Client()
        self.feeds: dict[str, Feed] = {}

    async def join(self) -> "Shouter":
        self.feeds = {
            "mic": Feed("audio", opus_frames(50), 50),
            "camera": Feed("video", vp8_frames("blue", 10), 10),
            "screen": Feed("video", vp8_frames("green", 10), 10),
            "desktop": Feed("video", vp8_frames("red", 10), 10),
            "application": Feed("video", vp8_frames("red", 12), 10),
        }
        for client, native in ((self.client, False), (self.native, True)):
            await self.socket.do("media.open", self.session, native=native)
            offer = await self.socket.event("media.offer", self.session, native=native)
            publish = {mid: self.feeds[label] for label, mid in offer["publish"].items()}
            sdp = await client.answer(offer["sdp"], publish)
            await self.socket.do("media.answer", self.session, leg=offer["leg"], sdp=sdp)
            await until(lambda c=client: c.pc.connectionState == "connected")  # type: ignore[misc]
        return self

    async def close(self) -> None:
        await self.client.close()
        await self.native.close()

    @property
    def received(self) -> int:
        """Frames that arrived on all slots together."""
        return sum(len(frames) for frames in self.client.got.values())

    def slots(self) -> dict[str, Any]:
        window = self.socket.bodies("media.offer", self.session)[0]["leg"]
        found = [each for each in self.socket.bodies("media.slots", self.session) if each["leg"] == window]
        return dict(found[-1]["slots"]) if found else {}

    async def sent_more(self, frames: int) -> None:
        """Wait until every feed has gone on for so many frames."""
        before = {label: feed.sent for label, feed in self.feeds.items()}
        await until(lambda: all(feed.sent >= before[label] + frames for label, feed in self.feeds.items()))


async def notices(house: House) -> set[str]:
    async with house.installation.services.hub.database.read() as connection:
        return {row.what for row in await connection.execute(select(media_notices.c.what))}


async def test_only_what_is_granted_arrives(start: Start) -> None:
    house = await start(real_media=True)
    customer, agent, session = await house.live()
    shouter = await Shouter(customer, session).join()
    hearer = await Shouter(agent, session).join()
    try:
        await shouter.sent_more(8)
        assert hearer.received == 0
        assert hearer.slots() == {}
        assert await _eventually(house, {f"dropped:{label}" for label in LABELS})

        for label in BROWSER:
            capability = CAPABILITY[label]
            await customer.do("grant.give", session, capability=capability)
            await until(lambda: hearer.received > 3)
            assert [slot["label"] for slot in hearer.slots().values()] == [label]
            await customer.do("grant.withdraw", session, capability=capability)
            await until(lambda: hearer.slots() == {})
            settled = hearer.received
            await shouter.sent_more(8)
            assert hearer.received == settled, f"{label} went on after the end of its grant"
            for frames in hearer.client.got.values():
                frames.clear()

        # The agent's own screen needs the agent's grant; voice and camera do not.
        assert {slot["label"] for slot in shouter.slots().values()} == {"mic", "camera"}
        await agent.do("grant.give", session, capability="screen_view")
        await until(lambda: "screen" in {slot["label"] for slot in shouter.slots().values()})
        await agent.do("stop", session)
        await until(lambda: "screen" not in {slot["label"] for slot in shouter.slots().values()})

        # Stop ends all that may be seen at once; the voice goes on unless it is asked for as well.
        for capability in ("hear", "see", "screen_view"):
            await customer.do("grant.give", session, capability=capability)
        await until(lambda: len(hearer.slots()) == 3)
        await customer.do("stop", session)
        await until(lambda: [slot["label"] for slot in hearer.slots().values()] == ["mic"])
        await customer.do("stop", session, voice=True)
        await until(lambda: hearer.slots() == {})

        await agent.do("session.end", session)
        await until(lambda: shouter.client.pc.connectionState in ("closed", "failed"))
    finally:
        await shouter.close()
        await hearer.close()


async def _eventually(house: House, wanted: set[str]) -> bool:
    found: set[str] = set()
    for _ in range(200):
        found = await notices(house)
        if wanted <= found:
            return True
    return wanted <= found


async def test_who_is_not_in_the_session_gets_no_leg(house: House) -> None:
    customer, agent, session = await house.live()
    second = await house.staff("paul")
    with pytest.raises(Refused, match="not_found"):
        await second.do("media.open", session)
    await agent.do("agent.invite", session, user=(await second.event("desk.snapshot"))["me"]["user"])
    await second.do("agent.join", session)
    with pytest.raises(Refused, match="not_found"):
        await second.do("media.open", session)
    question = await customer.event("grant.changed", session)
    await customer.do("grant.answer", session, grant=question["grant"]["id"], allow=False)
    with pytest.raises(Refused, match="not_found"):
        await second.do("media.open", session)
    stranger, _other = await house.customer("Somebody Else")
    with pytest.raises(Refused, match="not_found"):
        await stranger.do("media.open", session)
    with pytest.raises(Refused, match="not_found"):
        await stranger.do("chat.post", session, key="k", text="let me in")
