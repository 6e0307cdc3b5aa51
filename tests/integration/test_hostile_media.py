"""A client that sends everything at all times: only what is granted arrives, and only as long as it is."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Self

import pytest
from sqlalchemy import select

from rs_server.core.streams import CAPABILITY, LABELS, NATIVE
from rs_server.store.tables import media_notices
from tests.integration.conftest import House, Start, me
from tests.integration.test_native import own
from tests.integration.test_page_stream import Scene
from tests.support.client import Refused, Socket
from tests.support.native import client_of
from tests.unit.rtc.client import Client, Feed, plain_aiortc, until
from tests.unit.rtc.pictures import opus_frames, vp8_frames

__all__ = ["plain_aiortc"]
pytestmark = pytest.mark.usefixtures("plain_aiortc")


class Hearer:
    """Somebody of staff who receives, and says nothing."""

    def __init__(self, socket: Socket, session: str) -> None:
        self.socket = socket
        self.session = session
        self.client = Client()

    async def join(self) -> Self:
        await self._open(self.socket, self.client, {})
        return self

    async def _open(self, socket: Socket, client: Client, feeds: Mapping[str, Feed], native: bool = False) -> None:
        await socket.do("media.open", self.session, native=native)
        offer = await socket.event("media.offer", self.session, native=native)
        publish = {mid: feeds[label] for label, mid in offer["publish"].items() if label in feeds}
        sdp = await client.answer(offer["sdp"], publish)
        await socket.do("media.answer", self.session, leg=offer["leg"], sdp=sdp)
        await until(lambda: client.pc.connectionState == "connected")

    async def close(self) -> None:
        await self.client.close()

    def slots(self) -> dict[str, Any]:
        window = self.socket.bodies("media.offer", self.session)[0]["leg"]
        found = [each for each in self.socket.bodies("media.slots", self.session) if each["leg"] == window]
        return dict(found[-1]["slots"]) if found else {}

    def shown(self, of: Socket) -> list[str]:
        """Labels of what this participant shows here."""
        return [slot["label"] for slot in self.slots().values() if slot["participant"] == me(of, self.session)]

    def received(self, of: Socket) -> int:
        """Frames on all slots that nobody else than `of` has now."""
        others = {mid for mid, slot in self.slots().items() if slot["participant"] != me(of, self.session)}
        return sum(len(frames) for mid, frames in self.client.got.items() if mid not in others)

    def forget(self) -> None:
        for frames in self.client.got.values():
            frames.clear()


class Shouter(Hearer):
    """Somebody whose programs publish microphone, camera and screen, desktop and application from the first moment."""

    def __init__(self, socket: Socket, program: Socket, session: str) -> None:
        """`program`: their native client's socket."""
        super().__init__(socket, session)
        self.program = program
        self.native = Client()
        self.feeds: dict[str, Feed] = {}

    async def join(self) -> Self:
        self.feeds = {
            "mic": Feed("audio", opus_frames(50), 50),
            "camera": Feed("video", vp8_frames("blue", 10), 10),
            "screen": Feed("video", vp8_frames("green", 10), 10),
            "desktop": Feed("video", vp8_frames("red", 10), 10),
            "application": Feed("video", vp8_frames("red", 12), 10),
        }
        await self._open(self.socket, self.client, self.feeds)
        await self._open(self.program, self.native, self.feeds, native=True)
        return self

    async def close(self) -> None:
        await super().close()
        await self.native.close()

    async def sent_more(self, frames: int) -> None:
        """Wait until every feed has gone on for so many frames."""
        before = {label: feed.sent for label, feed in self.feeds.items()}
        await until(lambda: all(feed.sent >= before[label] + frames for label, feed in self.feeds.items()))


async def dropped(house: House, of: str) -> Counter[str]:
    """Frames of this participant that the log says were dropped, by label."""
    columns = media_notices.c
    async with house.installation.services.hub.database.read() as connection:
        rows = await connection.execute(select(columns.what, columns.count).where(columns.participant == of))
    found: Counter[str] = Counter()
    for what, count in rows:
        found[what.removeprefix("dropped:")] += count
    return found


async def drops_more(house: House, of: str, labels: Iterable[str], than: Counter[str]) -> None:
    """Wait until more of each is in the log than there was."""
    async with asyncio.timeout(20):
        while True:
            now = await dropped(house, of)
            if all(now[label] > than[label] for label in labels):
                return
            await asyncio.sleep(0.02)


async def test_only_what_is_granted_arrives(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.notices.ROW_SECONDS", 0.1)
    house = await start(real_media=True)
    customer, agent, session = await house.live()
    program, who = await client_of(customer, house.api("")), me(customer, session)
    shouter = await Shouter(customer, program, session).join()
    hearer = await Shouter(agent, await own(house, agent, session), session).join()
    second = await Scene(house, customer, agent, session).colleague()
    await second.do("media.focus", session)
    colleague = await Hearer(second, session).join()
    try:
        await shouter.sent_more(8)
        assert hearer.shown(customer) == colleague.shown(customer) == []
        assert hearer.received(customer) == colleague.received(customer) == 0
        await drops_more(house, who, LABELS, Counter())

        for label in LABELS:
            capability = CAPABILITY[label]
            await (program if label in NATIVE else customer).do("grant.give", session, capability=capability)
            for one in (hearer, colleague):
                await until(lambda o=one: o.received(customer) > 3)  # type: ignore[misc]
                assert one.shown(customer) == [label]
            # What is told of the time before the grant is told with the others'.
            await drops_more(house, who, set(LABELS) - {label}, await dropped(house, who))
            logged = await dropped(house, who)
            await customer.do("grant.withdraw", session, capability=capability)
            await until(lambda: hearer.shown(customer) == colleague.shown(customer) == [])
            settled = [one.received(customer) for one in (hearer, colleague)]
            await shouter.sent_more(8)
            await drops_more(house, who, LABELS, logged)
            went_on = [one.received(customer) for one in (hearer, colleague)]
            assert went_on == settled, f"{label} went on after the end of its grant"
            hearer.forget()
            colleague.forget()

        # The agent's own screen needs the agent's grant; voice and camera do not.
        assert {slot["label"] for slot in shouter.slots().values()} == {"mic", "camera"}
        await agent.do("grant.give", session, capability="screen_view")
        await until(lambda: "screen" in {slot["label"] for slot in shouter.slots().values()})
        await agent.do("stop", session)
        await until(lambda: "screen" not in {slot["label"] for slot in shouter.slots().values()})

        # Stop ends all that may be seen at once; the voice goes on unless it is asked for as well.
        for capability in ("hear", "see", "screen_view"):
            await customer.do("grant.give", session, capability=capability)
        await until(lambda: all(len(one.shown(customer)) == 3 for one in (hearer, colleague)))
        await customer.do("stop", session)
        await until(lambda: all(one.shown(customer) == ["mic"] for one in (hearer, colleague)))
        await customer.do("stop", session, voice=True)
        await until(lambda: hearer.shown(customer) == colleague.shown(customer) == [])

        await agent.do("session.end", session)
        await until(lambda: shouter.client.pc.connectionState in ("closed", "failed"))
    finally:
        for one in (shouter, hearer, colleague):
            await one.close()


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
