"""The page stream over a bus between two processes, and over one that loses messages."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rs_server.bus.memory import MemoryBus
from rs_server.core.session import Change
from rs_server.protocol.base import Message
from rs_server.protocol.consent import Grant
from rs_server.protocol.errors import Code
from rs_server.protocol.page import Header, Kind, NeedSnapshot, PageFlow, pack
from rs_server.services.page import PageStreams
from tests.unit.core.sessions import AGENT, CUSTOMER, change

GRANT = Grant(id="g", capability="page_view", giver="c", holder="a", state="granted", asked_at=0.0)


class Clock:
    def now(self) -> float:
        return 1000.0


class House:
    """A hub without a store."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.reactions: list[Callable[..., None]] = []

    def react(self, reaction: Callable[..., None]) -> None:
        self.reactions.append(reaction)

    def committed(self, made: Change) -> None:
        for reaction in self.reactions:
            reaction(made.session, [])


class Bus(MemoryBus):
    """Loses as many of the next messages as it is told to."""

    lose = 0

    def publish(self, topic: str, payload: bytes) -> None:
        if self.lose and not topic.endswith("wanted"):
            self.lose -= 1
            return
        super().publish(topic, payload)


class Client:
    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.user = ""
        self.sign_in: bytes | None = None
        self.words: list[Message] = []
        self.got: list[bytes] = []
        self.closed: Code | None = None

    def send(self, body: Message) -> None:
        self.words.append(body)

    def pass_on(self, frame: bytes) -> None:
        self.got.append(frame)

    def catch_up(self, frames: Sequence[bytes]) -> None:
        self.got.extend(frames)

    def take_back(self) -> None:
        self.got.append(b"taken back")

    def close(self, code: Code) -> None:
        self.closed = code


class Two:
    """The source's process, a viewer's, and the session that both know."""

    def __init__(self) -> None:
        self.house: Any = House()
        self.bus = Bus()
        self.near, self.far = (PageStreams(self.house, self.bus, notices=None) for _ in range(2))  # type: ignore[arg-type]
        self.made = change(CUSTOMER, AGENT)
        self.made.grant(GRANT)
        self.page, self.view = Client("c"), Client("a")
        self.epoch, _ = self.near.source(self.made.session, self.page)

    def look(self) -> None:
        self.far.view(self.made.session, self.view)
        self.far.begin("s", self.view)

    def send(self, kind: Kind, epoch: int, message: int) -> bytes:
        frame = pack(Header(kind, epoch, message, 0), b"x")
        self.near.arrived("s", self.page, frame)
        return frame


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Two:
    monkeypatch.setattr("rs_server.services.page._now", lambda: 0.0)
    monkeypatch.setattr("rs_server.services.page.SNAPSHOT_SECONDS", 0.0)
    return Two()


async def test_a_viewer_in_another_process(two: Two) -> None:
    two.send(Kind.SNAPSHOT, two.epoch, 0)
    two.look()
    assert two.page.words == [NeedSnapshot()], "nothing was kept over there"
    two.send(Kind.EVENT, two.epoch, 1)
    assert two.view.got == []
    frames = [two.send(Kind.SNAPSHOT, two.epoch + 1, 0), two.send(Kind.EVENT, two.epoch + 1, 1)]
    assert two.view.got == frames
    late = Client("a")
    two.far.view(two.made.session, late)
    two.far.begin("s", late)
    assert late.got == frames


async def test_what_the_bus_lost_takes_a_new_snapshot(two: Two) -> None:
    two.look()
    frames = [two.send(Kind.SNAPSHOT, two.epoch, 0)]
    two.page.words.clear()
    two.bus.lose = 1
    two.send(Kind.EVENT, two.epoch, 1)
    two.send(Kind.EVENT, two.epoch, 2)
    assert two.page.words == [NeedSnapshot()]
    two.send(Kind.EVENT, two.epoch, 3)
    assert two.view.got == frames
    frames.append(two.send(Kind.SNAPSHOT, two.epoch + 1, 0))
    assert two.view.got == frames
    assert two.near._streams["s"].source.dropped == {}  # type: ignore[union-attr]


async def test_snapshots_are_asked_for_in_time_not_in_number(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page.SNAPSHOT_SECONDS", 1000.0)
    for _ in range(3):
        two.look()
    assert two.page.words == [], "the source was told so a moment ago"
    stream = two.near._streams["s"]
    assert stream.timer is not None
    two.near._ask_now(stream)
    assert two.page.words == [NeedSnapshot()]
    two.send(Kind.SNAPSHOT, two.epoch, 0)
    two.near._ask_now(stream)
    assert two.page.words == [NeedSnapshot()], "it came"
    await two.near.close()


async def test_the_end_of_the_grant(two: Two) -> None:
    two.look()
    frame = two.send(Kind.SNAPSHOT, two.epoch, 0)
    two.made.close_grants(lambda _grant: True)
    two.house.committed(two.made)
    two.send(Kind.EVENT, two.epoch, 1)
    assert two.view.got == [frame, b"taken back"]
    assert two.view.words == two.page.words[-1:] == [PageFlow(open=False)]


async def test_an_epoch_is_never_used_again(two: Two) -> None:
    two.send(Kind.SNAPSHOT, two.epoch + 700, 0)
    two.near.gone("s", two.page)
    assert two.near._streams == {}
    epoch, is_open = two.near.source(two.made.session, two.page)
    assert (epoch, is_open) == (two.epoch + 701, True)
