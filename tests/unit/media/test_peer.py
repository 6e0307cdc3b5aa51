"""Watching over a leg, in time that a test makes."""

import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from rs_server.media.peer import (
    ANSWER_TIMEOUT,
    LOST,
    MAX_SLOTS,
    QUALITY_INTERVAL,
    SILENCE,
    SILENCE_WHILE_SENDING,
    Peer,
)
from rs_server.ports import LegQuality, LegState
from rs_server.rtc.connection import MediaConnection, Traffic
from rs_server.rtc.ice import IceSettings

LOOPBACK = IceSettings(addresses=["127.0.0.1"])


class Watched:
    """A leg with events, and a connection that says what a test wants."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[LegState | LegQuality] = []
        self.heard = 0.0
        self.traffic = Traffic(0, 0, 0, 0)
        monkeypatch.setattr(MediaConnection, "heard", property(lambda _: self.heard))
        monkeypatch.setattr(MediaConnection, "traffic", lambda _: self.traffic)
        self.peer = Peer("leg", LOOPBACK, 1, 1, self.events.append)
        self.now = self.heard = time.monotonic()

    def connect(self) -> None:
        assert self.peer.connection.on_state is not None
        self.peer.connection.on_state("connected")

    def wait(self, seconds: float, heard: bool = False) -> bool:
        self.now += seconds
        if heard:
            self.heard = self.now
        return self.peer.tick(self.now)

    @property
    def states(self) -> list[str]:
        return [event.state for event in self.events if isinstance(event, LegState)]


@pytest_asyncio.fixture
async def watched(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Watched]:
    result = Watched(monkeypatch)
    yield result
    await result.peer.close()


async def test_an_idle_leg_may_be_silent_for_a_while(watched: Watched) -> None:
    watched.connect()
    assert watched.wait(SILENCE - 0.5)
    assert watched.states == ["connected"]
    assert watched.wait(1.0)
    assert watched.states == ["connected", "disconnected"]
    assert watched.wait(1.0, heard=True)
    assert watched.states == ["connected", "disconnected", "connected"]


async def test_the_silence_of_one_who_was_sending_is_noticed_soon(watched: Watched) -> None:
    watched.connect()
    watched.traffic = Traffic(100_000, 0, 0, 0)
    watched.wait(QUALITY_INTERVAL + 0.1, heard=True)
    watched.wait(SILENCE_WHILE_SENDING + 0.1)
    assert watched.states == ["connected", "disconnected"]


async def test_a_leg_that_stays_silent_is_given_up(watched: Watched) -> None:
    watched.connect()
    watched.wait(SILENCE + 1)
    assert not watched.wait(LOST)
    assert watched.states == ["connected", "disconnected", "failed"]


async def test_an_offer_without_an_answer_is_given_up(watched: Watched) -> None:
    assert watched.wait(ANSWER_TIMEOUT - 5)
    assert not watched.wait(10)
    assert watched.states == ["failed"]


async def test_quality_is_of_the_last_interval(watched: Watched) -> None:
    watched.connect()
    watched.traffic = Traffic(received=50_000, sent=25_000, expected=100, lost=10)
    watched.wait(2.0, heard=True)
    watched.traffic = Traffic(received=50_000, sent=75_000, expected=300, lost=10)
    watched.wait(2.0, heard=True)
    first, second = [event for event in watched.events if isinstance(event, LegQuality)]
    assert first.receive_bps == pytest.approx(200_000, rel=0.05)
    assert first.send_bps == pytest.approx(100_000, rel=0.05)
    assert first.loss == pytest.approx(0.1)
    assert first.round_trip_ms is None
    assert (second.receive_bps, second.loss) == (0, 0.0)
    assert second.send_bps == pytest.approx(200_000, rel=0.05)


async def test_slots_are_bounded() -> None:
    peer = Peer("leg", LOOPBACK, -1, 1_000, lambda _: None)
    offer = await peer.offer()
    assert (len(offer.audio_slots), len(offer.video_slots)) == (0, MAX_SLOTS)
    assert list(peer.slots) == offer.video_slots
    await peer.close()
