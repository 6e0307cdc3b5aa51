"""Several tabs, and what staff does on them, over real sockets."""

import asyncio
from typing import Any

import pytest

from tests.support.client import Refused, Socket
from tests.support.page import Page

from .conftest import me
from .test_page_stream import Scene, scene

__all__ = ["scene"]

CLICK = {"op": "click", "node": 7, "x": 0.5, "y": 0.5}


async def control(scene: Scene) -> None:
    await scene.give()
    await scene.customer.do("grant.give", scene.session, capability="page_control")


async def shown(scene: Scene, tab: str = "first-tab") -> Page:
    """The page in this tab, with its snapshot sent and known to the agent."""
    page = await scene.source(tab)
    await page.wire.until(page.wire.flow)
    await page.snapshot(b"snapshot")
    async with asyncio.timeout(10):
        while scene.stream().epoch != page.epoch:
            await asyncio.sleep(0.005)
    return page


def tabs(socket: Socket, session: str) -> list[dict[str, Any]]:
    """As the console knows them."""
    told = socket.bodies("page.tabs", session)
    return list(told[-1]["tabs"]) if told else []


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
