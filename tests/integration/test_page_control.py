"""Several tabs, and what staff does on them, over real sockets."""

import asyncio
from typing import Any

import pytest

from rs_server.services import page_control
from tests.support.client import Refused, Socket
from tests.support.page import Page, PageSocket

from .conftest import SHOP, House, accept, me
from .test_page_stream import Scene, scene

__all__ = ["scene"]

CLICK = {"op": "click", "node": 7, "x": 0.5, "y": 0.5}


async def control(scene: Scene) -> None:
    await scene.give()
    await scene.customer.do("grant.give", scene.session, capability="page_control")


async def shown(scene: Scene, tab: str = "first-tab") -> Page:
    """The page in this tab, with its snapshot passed on."""
    page = await scene.source(tab)
    await page.wire.until(page.wire.flow)
    await page.snapshot(b"snapshot")
    async with asyncio.timeout(30):
        while not scene.stream().log.size:
            await asyncio.sleep(0.005)
    return page


async def tabs(socket: Socket, session: str, **shown: bool) -> list[dict[str, Any]]:
    """As the console knows them, once these (without their `-`) are there, shown or not."""

    def find() -> Any:
        told = [tab for body in socket.bodies("page.tabs", session)[-1:] for tab in body["tabs"]]
        return told if {tab["id"].replace("-", ""): tab["shown"] for tab in told} == shown else None

    return list(await socket.until(find))


async def grant_of(socket: Socket, session: str, capability: str, state: str) -> Any:
    """The newest grant of it, once it is in this state."""

    def find() -> Any:
        mine = [grant for grant in socket.view(session)["grants"] if grant["capability"] == capability]
        return mine[-1] if mine and mine[-1]["state"] == state else None

    return await socket.until(find)


async def result(socket: Socket, act: str, outcome: str) -> Any:
    return (await socket.event("page.result", act=act, outcome=outcome))["reason"]


async def test_an_act_goes_to_the_page_and_its_answer_to_staff(scene: Scene) -> None:
    await control(scene)
    page = await shown(scene)
    await scene.agent.do("page.act", scene.session, act="a1", epoch=page.epoch, op=CLICK)
    (done,) = await page.wire.until(lambda: page.wire.said("page.do"))
    mine = me(scene.agent, scene.session)
    assert (done["act"], done["by"], done["by_name"], done["epoch"]) == ("a1", mine, "Amélie Morel", page.epoch)
    assert done["op"] == {**CLICK, "button": 0, "count": 1, "modifiers": []}
    await scene.customer.do("page.acted", scene.session, act="a1", holder=mine, outcome="asking")
    assert await result(scene.agent, "a1", "asking") is None
    with pytest.raises(Refused, match="conflict"):
        await scene.agent.do("page.act", scene.session, act="a1", epoch=page.epoch, op=CLICK)
    await scene.customer.do("page.acted", scene.session, act="a1", holder=mine, outcome="refused", reason="declined")
    assert await result(scene.agent, "a1", "refused") == "declined"
    # An answer that nobody waits for is nobody's.
    await scene.customer.do("page.acted", scene.session, act="a1", holder=mine, outcome="done")
    await scene.customer.do("page.acted", scene.session, act="a2", holder=mine, outcome="done")
    assert len(scene.agent.bodies("page.result")) == 2
    assert not scene.customer.bodies("page.result")


async def test_nothing_is_done_without_control(scene: Scene) -> None:
    await scene.give()
    page = await shown(scene)
    for _ in range(3):
        with pytest.raises(Refused, match="not_allowed"):
            await scene.agent.do("page.act", scene.session, act="a", epoch=page.epoch, op=CLICK)
    colleague = await scene.colleague()
    await scene.withdraw()
    for kind, fields in (
        ("page.point", {"epoch": page.epoch, "shown": {"mark": "wipe"}}),
        ("page.choose", {}),
        ("page.act", {"act": "a", "epoch": page.epoch, "op": CLICK}),
    ):
        with pytest.raises(Refused, match="not_allowed"):
            await colleague.do(kind, scene.session, **fields)
    assert not page.wire.said("page.do")
    assert not page.wire.said("page.mark")
    detail = await (await scene.house.signed_in("otto")).call("GET", f"/sessions/{scene.session}")
    assert {row["what"] for row in detail["notices"]} == {"dropped:page_control", "dropped:page_point"}


async def test_a_thousand_acts_and_then_stop(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the source is told is in order: after its flow is closed, no act comes."""
    monkeypatch.setattr(page_control, "MOST_WAITING", 10_000)
    await control(scene)
    page = await shown(scene)

    async def act(number: int) -> str:
        try:
            await scene.agent.do("page.act", scene.session, act=f"a{number}", epoch=page.epoch, op=CLICK)
        except Refused as refused:
            return refused.code
        return "passed"

    acting = [asyncio.create_task(act(number)) for number in range(300)]
    await page.wire.until(lambda: page.wire.said("page.do"))
    await scene.customer.do("stop", scene.session)
    told = await asyncio.gather(*acting)
    assert told.count("not_allowed") > 50
    assert told == sorted(told, reverse=True), "from the first that was refused on, all were"
    await page.wire.until(lambda: not page.wire.flow())
    closed = next(
        i for i, word in enumerate(page.wire.words) if word == {"type": "page.flow", "open": False, "epoch": 0}
    )
    assert [word["type"] for word in page.wire.words[closed:]] == ["page.flow"]
    done = len(page.wire.said("page.do"))
    thrown = [body for body in scene.agent.bodies("page.result") if body["reason"] == "no_consent"]
    busy = [body for body in scene.agent.bodies("page.result") if body["reason"] == "too_many"]
    assert len(thrown) + len(busy) == told.count("passed")
    assert done <= len(thrown)


async def test_marks_are_shown_to_those_who_see_the_page(scene: Scene) -> None:
    sees = await scene.colleague("paul")
    await scene.give()
    page = await shown(scene)
    blind = await scene.colleague("sofia")
    grant = next(
        grant["id"]
        for grant in scene.customer.view(scene.session)["grants"]
        if grant["capability"] == "page_view" and grant["holder"] == me(blind, scene.session)
    )
    await scene.customer.do("grant.withdraw", scene.session, grant=grant)
    other_window = await Socket(scene.agent.api).open()
    mark = {"mark": "highlight", "node": 3}
    await scene.agent.do("page.point", scene.session, epoch=page.epoch, shown=mark)
    (shown_there,) = await page.wire.until(lambda: page.wire.said("page.mark"))
    assert (shown_there["by_name"], shown_there["shown"]) == ("Amélie Morel", mark)
    for socket in (sees, other_window):
        told = await socket.event("page.pointed", scene.session)
        assert told == {
            "type": "page.pointed",
            "by": me(scene.agent, scene.session),
            "epoch": page.epoch,
            "shown": mark,
        }
    await scene.agent.do("page.point", scene.session, epoch=page.epoch - 1, shown=mark)
    await scene.agent.do("page.point", scene.session, epoch=page.epoch, shown={"mark": "wipe"})
    await page.wire.until(lambda: len(page.wire.said("page.mark")) == 2)
    for socket in (scene.agent, blind, scene.customer):
        assert not socket.bodies("page.pointed")


BAD: list[dict[str, Any]] = [
    {"op": {"op": "click", "node": -1, "x": 0, "y": 0}},
    {"op": {"op": "click", "node": 1, "x": 1e9, "y": 0}},
    {"op": {"op": "click", "node": 1, "x": 0, "y": 0, "button": 9}},
    {"op": {"op": "click", "node": 1, "x": 0, "y": 0, "more": True}},
    {"op": {"op": "value", "node": 1, "value": "x" * 10_001}},
    {"op": {"op": "select", "node": 1, "options": list(range(1001))}},
    {"op": {"op": "key", "node": 1, "key": ""}},
    {"op": {"op": "go", "way": "sideways"}},
    {"op": {"op": "eval", "text": "1"}},
    {"act": "a" * 1000},
    {"epoch": -1},
    {"epoch": "1"},
]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: str(bad)[:40])
async def test_acts_that_are_none(scene: Scene, bad: dict[str, Any]) -> None:
    await control(scene)
    page = await shown(scene)
    fields = {"act": "a", "epoch": page.epoch, "op": CLICK, **bad}
    with pytest.raises(Refused, match="bad_request"):
        await scene.agent.do("page.act", scene.session, **fields)
    await scene.agent.do("page.act", scene.session, act="fine", epoch=page.epoch, op=CLICK)
    assert [word["act"] for word in await page.wire.until(lambda: page.wire.said("page.do"))] == ["fine"]


# --- tabs ---


async def test_the_tab_in_use_is_shown_or_the_one_that_staff_chose(scene: Scene) -> None:
    await scene.give()
    one = await shown(scene, "tab-one1")
    two = await scene.source("tab-two2")
    view = await scene.view()
    await one.wire.about("Shop", f"{SHOP}/", True)
    first, second = await tabs(scene.agent, scene.session, tabone1=True, tabtwo2=False)
    assert (first["title"], first["address"], first["active"]) == ("Shop", f"{SHOP}/", True)
    assert (second["title"], second["active"]) == ("", False)

    await two.wire.about("Basket", f"{SHOP}/basket", True)
    await two.wire.until(two.wire.flow)
    await one.wire.until(lambda: not one.wire.flow())
    sent = await two.snapshot(b"basket")
    await view.until(lambda: view.frames[-1:] == sent)
    with pytest.raises(Refused, match="not_found"):
        await scene.agent.do("page.choose", scene.session, tab="tab-none")
    await scene.agent.do("page.choose", scene.session, tab="tab-one1")
    await scene.agent.event("page.tabs", scene.session, chosen=True)
    await tabs(scene.agent, scene.session, tabone1=True, tabtwo2=False)
    await one.wire.until(one.wire.flow)
    sent = await one.snapshot(b"shop")
    await view.until(lambda: view.frames[-1:] == sent)
    await two.wire.about("Basket (2)", f"{SHOP}/basket", True)

    late = await Socket(scene.agent.api).open()
    page = (await late.event("session.snapshot", scene.session))["page"]
    assert [(tab["title"], tab["active"], tab["shown"]) for tab in page["tabs"]] == [
        ("Shop", False, True),
        ("Basket (2)", True, False),
    ]
    await scene.agent.do("page.choose", scene.session)
    await two.wire.until(two.wire.flow)
    assert not scene.customer.bodies("page.tabs")
    again = await Socket(scene.customer.api, scene.customer.welcome["resume"]).open()
    assert (await again.event("session.snapshot", scene.session))["page"] is None


async def test_a_tab_that_goes_is_followed_by_the_next(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    await scene.give()
    one = await shown(scene, "tab-one1")
    await one.wire.about("Shop", f"{SHOP}/", True)
    two = await scene.source("tab-two2")
    # A reload: the other is not shown in between.
    await one.wire.close()
    one = await shown(scene, "tab-one1")
    assert two.wire.said("page.flow") == []
    monkeypatch.setattr("rs_server.services.page.RETURN_SECONDS", 0.05)
    await one.wire.close()
    await two.wire.until(two.wire.flow)
    await tabs(scene.agent, scene.session, tabtwo2=True)
    await two.wire.close()
    await scene.agent.event("page.tabs", scene.session, tabs=[])


@pytest.mark.parametrize(
    "address",
    [
        f"{SHOP}/?secret=1",
        f"{SHOP}/#secret",
        "http://secret@127.0.0.1:1/",
        "http://127.0.0.1:2/",
        "https://127.0.0.1:1/",
        "javascript:alert(1)",
        "/path",
        f"{SHOP}/\u202e",
        "http://[",
        f"{SHOP}/" + "x" * 1000,
    ],
)
async def test_what_is_no_address_of_the_page(scene: Scene, address: str) -> None:
    page = await scene.source()
    await page.wire.about("Shop", address, True)
    await page.wire.until(lambda: page.wire.bye)
    assert page.wire.bye == "bad_request"
    assert not any(tab["address"] for body in scene.agent.bodies("page.tabs") for tab in body["tabs"])


# --- consents that come and go by themselves ---


async def test_the_customer_is_asked_once_by_itself(scene: Scene) -> None:
    assert not [g for g in scene.customer.view(scene.session)["grants"] if g["capability"] == "page_view"]
    page = await scene.source()
    question = await grant_of(scene.customer, scene.session, "page_view", "asked")
    assert question["holder"] == me(scene.agent, scene.session)
    await scene.customer.do("grant.answer", scene.session, grant=question["id"], allow=False)
    await page.wire.close()
    page = await scene.source("tab-two2")
    await scene.agent.do("grant.ask", scene.session, capability="page_view")
    again = await grant_of(scene.customer, scene.session, "page_view", "asked")
    assert again["id"] != question["id"]
    assert sum(g["capability"] == "page_view" for g in scene.customer.view(scene.session)["grants"]) == 2
    await scene.customer.do("grant.answer", scene.session, grant=again["id"], allow=True)
    await page.wire.until(page.wire.flow)


async def test_a_page_that_was_there_before_the_agent(house: House) -> None:
    customer, session = await house.customer()
    page = await PageSocket(customer.api, session, "source", customer.api.access).open()
    assert not page.flow()
    assert not customer.view(session)["grants"]
    agent = await house.agent()
    await accept(agent, session)
    question = await grant_of(customer, session, "page_view", "asked")
    assert question["holder"] == me(agent, session)
    (tab,) = (await agent.event("session.snapshot", session))["page"]["tabs"]
    assert tab["shown"], "a page without a number of its own is a tab as well"


async def test_without_a_page_the_grants_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rs_server.services.page_grants.ABSENT_SECONDS", 0.2)
    page = await scene.source()
    await control(scene)
    await page.wire.until(page.wire.flow)
    await page.wire.close()
    # A reload takes less.
    page = await scene.source()
    await asyncio.sleep(0)
    assert page.wire.flow()
    await page.wire.close()
    await grant_of(scene.customer, scene.session, "page_view", "ended")
    await grant_of(scene.customer, scene.session, "page_control", "ended")
    page = await scene.source()
    assert not page.wire.flow()


async def test_control_does_not_pass_with_the_session(scene: Scene) -> None:
    await control(scene)
    page = await shown(scene)
    second = await scene.colleague()
    with pytest.raises(Refused, match="not_allowed"):
        await second.do("page.act", scene.session, act="a", epoch=page.epoch, op=CLICK)
    await scene.agent.do("page.act", scene.session, act="a", epoch=page.epoch, op=CLICK)
    await scene.agent.do("session.hand_over", scene.session, to=me(second, scene.session))
    await grant_of(scene.customer, scene.session, "page_control", "ended")
    assert await result(second, "a", "refused") == "no_consent"
    for socket in (scene.agent, second):
        with pytest.raises(Refused, match="not_allowed"):
            await socket.do("page.act", scene.session, act="b", epoch=page.epoch, op=CLICK)
    assert page.wire.flow()
