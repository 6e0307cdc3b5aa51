"""The customer's page without a store and without sockets: tabs, frames, acts, consents."""

import asyncio
from typing import Any

import pytest

from rs_server.core import consent
from rs_server.protocol.cobrowse import (
    PageTabs,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import Header, Kind, NeedSnapshot, PageAbout, PageFlow, pack
from rs_server.services import page_relay
from rs_server.services.page import MOST_TABS
from rs_server.services.page_state import EPOCH_STEP
from tests.unit.core.sessions import AGENT, COLLEAGUE, CUSTOMER

from .page import CANARY, Scene


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
    for chunk in range(4):
        scene.streams.arrived("s", page, pack(Header(Kind.EVENT, epoch, 1, chunk, last=chunk == 3), bytes(50_000)))
    assert scene.dropped(page) == {"too_large": 3}
    assert page.words == [NeedSnapshot()], "once, though the page were still from now on"
    scene.send(page, Kind.EVENT, epoch, 2)
    assert scene.dropped(page) == {"too_large": 3, "order": 1}
    scene.epochs[page] += 1
    assert view.got == [*frames, scene.snapshot(page)]


def too_large(scene: Scene, page: Any, kind: Kind = Kind.SNAPSHOT, message: int = 0) -> None:
    """A message of this page of which the second chunk is too much already, with what each costs. A page that would
    not fit is not asked for before it has changed."""
    epoch = scene.epochs[page]
    for chunk in range(3):
        frame = pack(Header(kind, epoch, message, chunk, last=chunk == 2), bytes(50_000))
        scene.streams.arrived("s", page, frame)
    assert scene.stream.wanted is (kind is not Kind.SNAPSHOT)


async def test_a_page_too_large_is_asked_for_less_and_less_often(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page_state.MESSAGE_LIMIT", 100_000)
    now = 1000.0
    monkeypatch.setattr(page_relay, "_now", lambda: now)
    scene.give("page_view")
    page, view = scene.source(), scene.view()
    pauses = []
    for _ in range(7):
        page.words.clear()
        too_large(scene, page)
        assert page.words == []
        # The page changes all the time, and each of its frames fits nowhere.
        begun = now
        while not page.words:
            now += 1.0
            scene.send(page, Kind.EVENT, scene.epochs[page], 1)
            timer = scene.stream.ask_timer
            if timer is not None and now >= scene.stream.asked_at + page_relay._pause(scene.stream.refused):
                timer.cancel()
                scene.streams._relay._ask_now(scene.stream)
        assert page.words == [NeedSnapshot()]
        pauses.append(now - begun)
        scene.epochs[page] += 1
    assert pauses == [4, 8, 16, 32, 60, 60, 60]
    assert view.got == []
    frames = [scene.snapshot(page)]
    assert view.got == frames
    assert page_relay._pause(scene.stream.refused) == page_relay.SNAPSHOT_SECONDS


async def test_staff_hear_that_a_page_is_too_large_and_when_it_is_no_longer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rs_server.services.page_state.MESSAGE_LIMIT", 100_000)
    monkeypatch.setattr("rs_server.services.page_telling.TELL_SECONDS", 0.0)
    scene.give("page_view")
    page = scene.source()

    async def told(large: bool) -> None:
        async with asyncio.timeout(30):
            while [each.too_large for each in scene.tabs()[-1:]] != [large]:
                await asyncio.sleep(0)
        tabs = scene.streams.tabs("s", AGENT)
        assert tabs is not None
        assert tabs.too_large is large

    await told(False)
    too_large(scene, page)
    await told(True)
    scene.epochs[page] += 1
    scene.snapshot(page)
    await told(False)
    too_large(scene, page, Kind.EVENT, 1)
    await told(False)
    scene.epochs[page] += 1
    too_large(scene, page)
    await told(True)
    scene.streams.gone("s", page)
    scene.source("another")
    await told(False)


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


async def test_the_page_is_paused_while_any_tab_says_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page.RETURN_SECONDS", 0.0)
    scene.give("page_view")
    first, second, third = (scene.source(name) for name in ("tab-one", "tab-two", "tab-three"))
    for page in (first, second):
        scene.streams.pause("s", page, True)
    scene.streams.pause("s", third, False)
    assert scene.stream.viewers == frozenset()
    scene.streams.pause("s", first, False)
    assert scene.stream.viewers == frozenset(), "the second still does"
    scene.streams.gone("s", second)
    again = scene.source("tab-two")
    assert scene.stream.viewers == frozenset(), "it was away for a moment only"
    before = len(first.said(PageFlow))
    scene.streams.gone("s", again)
    async with asyncio.timeout(30):
        while scene.stream.return_timers:
            await asyncio.sleep(0)
    assert AGENT.id in scene.stream.viewers, "who said so does not come back"
    assert [flow.open for flow in first.said(PageFlow)[before:]] == [True]
    tabs = scene.streams.tabs("s", AGENT)
    assert tabs is not None
    assert not tabs.paused


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
    monkeypatch.setattr("rs_server.services.page_telling.TELL_SECONDS", 0.01)
    scene.give("page_view")
    page = scene.source()
    for number in range(500):
        scene.streams.about("s", page, PageAbout(title=f"{number}", address="https://a.test/", active=True))
    assert len(scene.tabs()) == 1
    async with asyncio.timeout(30):
        while len(scene.tabs()) < 2:
            await asyncio.sleep(0.001)
    last = scene.tabs()[-1]
    assert [tab.title for tab in last.tabs] == ["499"]
    assert scene.streams.tabs("s", AGENT) == last


async def test_titles_are_for_who_sees_the_page_and_while_they_do(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rs_server.services.page_telling.TELL_SECONDS", 0.0)

    async def told() -> dict[str, list[str]]:
        """What each last heard, once all is told."""
        async with asyncio.timeout(30):
            while scene.stream.tell_timer is not None:
                await asyncio.sleep(0.001)
        both = {person.id: scene.tabs(person)[-1] for person in (AGENT, COLLEAGUE)}
        assert both == {person.id: scene.streams.tabs("s", person) for person in (AGENT, COLLEAGUE)}
        return {name: [tab.title + tab.address for tab in tabs.tabs] for name, tabs in both.items()}

    page = scene.source()
    about = PageAbout(title="Secret", address="https://a.test/secret", active=True)
    scene.streams.about("s", page, about)
    assert await told() == {"a": [""], "b": [""]}
    assert scene.tabs()[-1].tabs[0].active
    consent.give(scene.hub.made, CUSTOMER, "page_view", AGENT)
    scene.hub.commit()
    assert await told() == {"a": [""], "b": [""]}, "what was said before is not for anybody"
    scene.streams.about("s", page, about)
    assert await told() == {"a": ["Secrethttps://a.test/secret"], "b": [""]}
    scene.give("page_view")
    assert (await told())["b"] == ["Secrethttps://a.test/secret"]
    scene.stop()
    assert await told() == {"a": [""], "b": [""]}
    assert scene.streams.tabs("s", CUSTOMER) is None


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
    for person in (AGENT, CUSTOMER):
        assert scene.streams.tabs("s", person) == PageTabs(tabs=[], alarm=True)
    assert PageTabs(tabs=[], alarm=True) in scene.hub.told
    with pytest.raises(ProtocolError, match="stopped"):
        scene.source("tab-two")
    with pytest.raises(ProtocolError, match="did not allow"):
        await scene.act("late")


async def test_a_canary_in_a_title(scene: Scene) -> None:
    page = scene.source()
    scene.streams.about("s", page, PageAbout(title=f"x {CANARY}", address="https://a.test/", active=True))
    assert page.closed is Code.NOT_ALLOWED
    assert CANARY not in repr([scene.hub.told, scene.presences.heard])
