"""Acts and marks of staff: passed on while they are allowed, and answered."""

import asyncio
from typing import Any

import pytest

from rs_server.core import consent
from rs_server.protocol.cobrowse import (
    PageAct,
    PageActed,
    PageClick,
    PageGo,
    PagePoint,
    PageWipe,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import PageDo, PageFlow, PageMark
from rs_server.services import page_control
from tests.unit.core.sessions import AGENT, ASKED, COLLEAGUE, CUSTOMER

from .page import Scene


@pytest.fixture
async def scene() -> Any:
    made = Scene()
    yield made
    await made.streams.close()


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
    async with asyncio.timeout(30):
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
