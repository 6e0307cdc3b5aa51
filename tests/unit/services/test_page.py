"""The customer's page without a store and without sockets: tabs, frames, acts, consents."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from rs_server.core import consent
from rs_server.core.session import Session
from rs_server.protocol.base import Message
from rs_server.protocol.cobrowse import (
    PageAct,
    PageActed,
    PageActResult,
    PageClick,
    PageGo,
    PagePoint,
    PageTabs,
    PageWipe,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import Header, Kind, NeedSnapshot, PageAbout, PageDo, PageFlow, PageMark, pack
from rs_server.services import page_control, page_relay
from rs_server.services.page import MOST_TABS, PageStreams
from rs_server.services.page_state import EPOCH_STEP
from tests.unit.core.sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER, change

CANARY = "canary-0123456789"


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time


class Hub:
    """Without a store: changes are made by the tests."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.made = change(CUSTOMER, AGENT, COLLEAGUE)
        self.reactions: list[Callable[..., None]] = []
        self.told: list[Message] = []

    def react(self, reaction: Callable[..., None]) -> None:
        self.reactions.append(reaction)

    def peek(self, _session: str) -> Session:
        return self.made.session

    def open(self) -> list[Session]:
        return [self.made.session]

    def tell(self, _session: str, body: Message, audience: str) -> None:
        assert audience == "staff"
        self.told.append(body)

    def commit(self) -> None:
        for reaction in self.reactions:
            reaction(self.made.session, [])


class Silent:
    """Stands for what the tests here do not look at: recorder, presences, what comes by itself."""

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_: []

    async def close(self) -> None:
        pass


class Notices:
    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    async def add(self, _session: str, _participant: str, what: str, count: int) -> None:
        self.counts[what] = self.counts.get(what, 0) + count


class Client:
    def __init__(self, participant: str) -> None:
        self.participant = participant
        self.user = ""
        self.sign_in: bytes | None = None
        self.words: list[Message] = []
        self.waiting: list[Message] = []
        """Not sent yet, when `slow`."""
        self.slow = False
        self.got: list[bytes] = []
        self.closed: Code | None = None

    @property
    def pending(self) -> int:
        return len(self.waiting)

    def send(self, body: Message) -> None:
        (self.waiting if self.slow else self.words).append(body)

    def unsend(self, which: Callable[[object], bool]) -> None:
        self.waiting = [body for body in self.waiting if not which(body)]

    def pass_on(self, frame: bytes) -> None:
        self.got.append(frame)

    def catch_up(self, frames: Sequence[bytes]) -> None:
        self.got.extend(frames)

    def take_back(self) -> None:
        self.got.append(b"taken back")

    def close(self, code: Code) -> None:
        self.closed = code

    def said(self, kind: type[Message]) -> list[Any]:
        return [word for word in self.words if isinstance(word, kind)]


class Scene:
    def __init__(self) -> None:
        self.hub = Hub()
        self.notices = Notices()
        self.streams = PageStreams(
            self.hub,  # type: ignore[arg-type]
            Silent(),  # type: ignore[arg-type]
            self.notices,  # type: ignore[arg-type]
            Silent(),  # type: ignore[arg-type]
            lambda _session: (CANARY,),
        )
        self.streams._grants = Silent()  # type: ignore[assignment]
        self.epochs: dict[Client, int] = {}
        self.stream = self.streams._stream(self.hub.made.session)

    def give(self, *capabilities: str) -> None:
        for capability in capabilities:
            consent.give(self.hub.made, CUSTOMER, capability, None)  # type: ignore[arg-type]
        self.hub.commit()

    def stop(self) -> None:
        consent.stop_all(self.hub.made, CUSTOMER, voice=False)
        self.hub.commit()

    def source(self, tab: str = "tab-one") -> Client:
        client = Client("c")
        self.epochs[client] = self.streams.source(self.hub.made.session, client, tab).epoch
        return client

    def view(self, participant: str = "a") -> Client:
        client = Client(participant)
        self.streams.view(self.hub.made.session, client)
        self.streams.begin("s", client)
        return client

    def send(self, client: Client, kind: Kind, epoch: int, message: int, payload: bytes = b"x") -> bytes:
        frame = pack(Header(kind, epoch, message, 0), payload)
        self.streams.arrived("s", client, frame)
        return frame

    def snapshot(self, client: Client) -> bytes:
        flows = [flow.epoch for flow in client.said(PageFlow) if flow.open]
        self.epochs[client] = max([self.epochs[client], *flows])
        return self.send(client, Kind.SNAPSHOT, self.epochs[client], 0)

    def dropped(self, client: Client) -> dict[str, int]:
        return next(dict(s.dropped) for s in self.stream.sources.values() if s.client is client)

    async def act(self, name: str, who: Any = AGENT) -> None:
        op = PageClick(node=1, x=0.5, y=0.5)
        await self.streams.act("s", who, PageAct(act=name, epoch=self.epoch(), op=op))

    def epoch(self) -> int:
        """Of what viewers see."""
        return self.stream.shown.epoch if self.stream.shown is not None else 1

    async def point(self) -> None:
        shown = PagePoint(epoch=self.epoch(), shown=PageWipe())
        await self.streams.point("s", AGENT, None, shown)  # type: ignore[arg-type]

    def results(self) -> list[tuple[str, str, str | None]]:
        return [(r.act, r.outcome, r.reason) for r in self.hub.told if isinstance(r, PageActResult)]


@pytest.fixture
async def scene() -> Any:
    made = Scene()
    yield made
    await made.streams.close()


# --- frames ---


async def test_snapshots_are_asked_for_in_time_not_in_number(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_relay, "SNAPSHOT_SECONDS", 1000.0)
    scene.give("page_view")
    page = scene.source()
    for _ in range(3):
        scene.view()
    assert page.words == [], "the source was told so a moment ago"
    assert scene.stream.ask_timer is not None
    scene.streams._relay._ask_now(scene.stream)
    assert page.words == [NeedSnapshot()]
    scene.snapshot(page)
    scene.streams._relay._ask_now(scene.stream)
    assert page.words == [NeedSnapshot()], "it came"


async def test_what_is_missing_takes_a_new_snapshot(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_relay, "SNAPSHOT_SECONDS", 0.0)
    scene.give("page_view")
    page, view = scene.source(), scene.view()
    page.words.clear()
    frames = [scene.snapshot(page)]
    scene.send(page, Kind.EVENT, scene.epochs[page], 2)
    assert page.words == [NeedSnapshot()]
    scene.send(page, Kind.EVENT, scene.epochs[page], 1)
    assert view.got == frames
    scene.epochs[page] += 1
    frames.append(scene.snapshot(page))
    assert view.got == frames


async def test_the_end_of_the_grant(scene: Scene) -> None:
    scene.give("page_view")
    page, view = scene.source(), scene.view()
    frame = scene.snapshot(page)
    scene.stop()
    scene.send(page, Kind.EVENT, scene.epochs[page], 1)
    assert view.got == [frame, b"taken back"]
    assert view.words == page.words[-1:] == [PageFlow(open=False)]
    assert scene.stream.log.frames() == []


async def test_an_epoch_is_never_used_again(scene: Scene) -> None:
    scene.give("page_view")
    page = scene.source()
    scene.epochs[page] += 700
    scene.snapshot(page)
    scene.streams.gone("s", page)
    again = scene.source()
    assert scene.epochs[again] == scene.epochs[page] + EPOCH_STEP
    scene.stop()
    scene.give("page_view")
    (flow,) = [word for word in again.said(PageFlow) if word.open]
    assert flow.epoch == scene.epochs[again] + EPOCH_STEP
    before = scene.epochs[again]
    scene.send(again, Kind.SNAPSHOT, before + 1, 0, b"sent before it knew")
    assert scene.dropped(again) == {"epoch": 1}


async def test_a_message_too_large_is_dropped_and_a_snapshot_asked_for(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rs_server.services.page_state.MESSAGE_LIMIT", 100_000)
    monkeypatch.setattr(page_relay, "SNAPSHOT_SECONDS", 0.0)
    scene.give("page_view")
    page, view = scene.source(), scene.view()
    frames = [scene.snapshot(page)]
    epoch = scene.epochs[page]
    page.words.clear()
    for chunk in range(3):
        scene.streams.arrived("s", page, pack(Header(Kind.EVENT, epoch, 1, chunk, last=False), bytes(50_000)))
    assert scene.dropped(page) == {"too_large": 1, "order": 1}
    assert page.words == [NeedSnapshot()]
    scene.epochs[page] += 1
    assert view.got == [*frames, scene.snapshot(page)]


# --- tabs ---


async def test_only_one_tab_is_told_to_send(scene: Scene) -> None:
    scene.give("page_view")
    first, view = scene.source("tab-one"), scene.view()
    second = scene.source("tab-two")
    frames = [scene.snapshot(first)]
    scene.send(second, Kind.SNAPSHOT, scene.epochs[second], 0)
    assert scene.dropped(second) == {"not_shown": 1}
    scene.streams.about("s", second, PageAbout(title="Two", address="https://a.test/2", active=True))
    assert first.said(PageFlow) == [PageFlow(open=False)]
    (opened,) = second.said(PageFlow)
    assert opened.open
    assert opened.epoch > scene.epochs[first]
    scene.send(first, Kind.EVENT, scene.epochs[first], 1, b"still on its way")
    assert scene.dropped(first) == {"late": 1}
    assert view.got == frames
    assert scene.view().got == [], "what is kept is of the other tab"
    frames.append(scene.snapshot(second))
    assert view.got == frames
    await asyncio.sleep(0)
    assert scene.notices.counts == {"dropped:page": 1}


async def test_tabs_are_bounded(scene: Scene) -> None:
    scene.give("page_view")
    pages = [scene.source(f"tab-{number:04}") for number in range(MOST_TABS)]
    further = scene.source("tab-more")
    assert [page.closed for page in pages] == [None, Code.NOT_ALLOWED, *[None] * (MOST_TABS - 2)]
    assert len(scene.stream.sources) == MOST_TABS
    again = scene.source("tab-more")
    assert (further.closed, again.closed) == (Code.CONFLICT, None)
    assert len(scene.stream.sources) == MOST_TABS


async def test_staff_hear_of_tabs_in_time_not_in_number(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page.TELL_SECONDS", 0.01)
    page = scene.source()
    for number in range(500):
        scene.streams.about("s", page, PageAbout(title=f"{number}", address="https://a.test/", active=True))
    assert len(scene.hub.told) == 1
    async with asyncio.timeout(5):
        while len(scene.hub.told) < 2:
            await asyncio.sleep(0.001)
    last = scene.hub.told[-1]
    assert isinstance(last, PageTabs)
    assert [tab.title for tab in last.tabs] == ["499"]
    assert scene.streams.tabs("s") == last


# --- acts ---


async def test_nothing_is_passed_on_after_stop(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor what waits for a slow tab."""
    monkeypatch.setattr(page_control, "MOST_WAITING", 10_000)
    scene.give("page_view", "page_control")
    page = scene.source()
    scene.snapshot(page)
    page.slow = True
    for number in range(1000):
        scene.hub.clock.time += 0.1
        await scene.act(f"a{number}")
        await scene.point()
    assert sum(isinstance(word, PageDo) for word in page.waiting) == 1000
    scene.stop()
    assert page.waiting == [PageFlow(open=False)]
    assert page.said(PageDo) == []
    assert scene.results() == [(f"a{number}", "refused", "no_consent") for number in range(1000)]
    for number in range(1000):
        with pytest.raises(ProtocolError, match="did not allow"):
            await scene.act(f"b{number}")
    assert page.waiting == [PageFlow(open=False)]
    assert scene.notices.counts == {"dropped:page_control": 1000}
    assert scene.streams._control._waiting == {}


async def test_losing_control_is_not_losing_the_view(scene: Scene) -> None:
    scene.give("page_view", "page_control")
    page = scene.source()
    scene.snapshot(page)
    page.slow = True
    await scene.act("mine")
    await scene.act("theirs", COLLEAGUE)
    grant = next(g for g in scene.hub.made.session.live_grants() if (g.capability, g.holder) == ("page_control", "a"))
    consent.withdraw(scene.hub.made, CUSTOMER, grant.id, None)
    scene.hub.commit()
    assert [word.act for word in page.waiting if isinstance(word, PageDo)] == ["theirs"]
    assert scene.results() == [("mine", "refused", "no_consent")]
    with pytest.raises(ProtocolError, match="did not allow"):
        await scene.act("again")
    await scene.point()
    assert isinstance(page.waiting[-1], PageMark)


async def test_acts_are_refused_with_their_reason(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.give("page_view", "page_control")
    await scene.act("nowhere")
    page = scene.source()
    scene.snapshot(page)
    await scene.act("fine")
    for epoch in (scene.epoch() - 1, scene.epoch() + 1):
        body = PageAct(act="other", epoch=epoch, op=PageClick(node=1, x=0, y=0))
        await scene.streams.act("s", AGENT, body)
    back = PageAct(act="back", epoch=0, op=PageGo(way="back"))
    await scene.streams.act("s", AGENT, back)
    scene.source("tab-two")
    await scene.act("another tab is no new page")
    monkeypatch.setattr(page_control, "MOST_WAITING", 1)
    await scene.act("more")
    assert scene.results() == [
        ("nowhere", "refused", "no_page"),
        ("other", "refused", "old_epoch"),
        ("other", "refused", "old_epoch"),
        ("more", "refused", "too_many"),
    ]
    assert [word.act for word in page.said(PageDo)] == ["fine", "back", "another tab is no new page"]


async def test_acts_and_points_have_a_pace(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_control, "MOST_WAITING", 10_000)
    scene.give("page_view", "page_control")
    page = scene.source()
    scene.snapshot(page)
    throttled = 0
    for number in range(200):
        await scene.act(f"a{number}")
        try:
            await scene.point()
        except ProtocolError as error:
            throttled += error.error.code is Code.THROTTLED
    assert (len(page.said(PageDo)), len(page.said(PageMark)), throttled) == (120, 120, 80)
    assert scene.results() == [(f"a{number}", "refused", "too_many") for number in range(120, 200)]
    scene.hub.clock.time += 1
    for number in range(200, 300):
        await scene.act(f"a{number}")
    assert len(page.said(PageDo)) == 180


async def test_an_act_without_an_answer_fails(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_control, "ANSWER_SECONDS", 0.01)
    scene.give("page_view", "page_control")
    scene.snapshot(scene.source())
    await scene.act("silent")
    await scene.act("asking")
    scene.streams.acted("s", PageActed(act="asking", holder="a", outcome="asking"))
    async with asyncio.timeout(5):
        while len(scene.results()) < 2:
            await asyncio.sleep(0.001)
    assert scene.results() == [("asking", "asking", None), ("silent", "refused", "failed")]
    scene.streams.acted("s", PageActed(act="asking", holder="a", outcome="done"))
    assert scene.results()[-1] == ("asking", "done", None)


async def test_points_do_not_pile_up_before_a_slow_tab(scene: Scene) -> None:
    scene.give("page_view")
    page = scene.source()
    scene.snapshot(page)
    page.slow = True
    for _ in range(page_control.MOST_BEHIND * 2):
        scene.hub.clock.time += 1
        await scene.point()
    assert page.pending == page_control.MOST_BEHIND
    with pytest.raises(ProtocolError, match="did not allow"):
        await scene.streams.point("s", ASKED, None, PagePoint(epoch=1, shown=PageWipe()))  # type: ignore[arg-type]


# --- canaries ---


@pytest.mark.parametrize("cut", range(len(CANARY) + 1))
async def test_a_message_with_a_canary_never_passes(scene: Scene, cut: int) -> None:
    scene.give("page_view", "page_control")
    page, view = scene.source(), scene.view()
    frames = [scene.snapshot(page)]
    for chunk, piece in enumerate((b"before " + CANARY[:cut].encode(), CANARY[cut:].encode() + b" after")):
        header = Header(Kind.EVENT, scene.epochs[page], 1, chunk, last=chunk == 1)
        scene.streams.arrived("s", page, pack(header, piece))
    assert view.got == [*frames, b"taken back"]
    assert view.words == [PageFlow(open=False)]
    assert page.closed is Code.NOT_ALLOWED
    assert scene.stream.log.size == 0
    told = scene.streams.tabs("s")
    assert told is not None
    assert told.alarm
    with pytest.raises(ProtocolError, match="stopped"):
        scene.source("tab-two")
    with pytest.raises(ProtocolError, match="did not allow"):
        await scene.act("late")


async def test_a_canary_in_a_title(scene: Scene) -> None:
    page = scene.source()
    scene.streams.about("s", page, PageAbout(title=f"x {CANARY}", address="https://a.test/", active=True))
    assert page.closed is Code.NOT_ALLOWED
    assert CANARY not in repr(scene.hub.told)
