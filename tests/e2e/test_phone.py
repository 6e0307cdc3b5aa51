"""A customer with a telephone: fingers instead of a mouse, and a page that is zoomed into."""

from dataclasses import dataclass

import pytest
from playwright.async_api import CDPSession, Locator, Page, expect

from tests.support.browsers import People, become_available, next_picture, sign_in
from tests.support.cobrowse import embed, pages
from tests.support.demo import Demo

from .test_cobrowse import click_on, page_of, view_of

WHERE = "[scrollY, visualViewport.scale, visualViewport.offsetLeft, visualViewport.offsetTop]"


@dataclass
class Hand:
    """Touches; places are parts of what is seen."""

    page: Page
    devtools: CDPSession

    async def _touch(self, kind: str, *place: float) -> None:
        # Where a page is zoomed, the protocol counts in its pixels from where it is seen on.
        width, height = await self.page.evaluate("[visualViewport.width, visualViewport.height]")
        points = [{"x": place[0] * width, "y": place[1] * height}] if place else []
        await self.devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    async def swipe(self, begin: float, end: float) -> None:
        await self._touch("touchStart", 0.5, begin)
        for step in range(1, 21):
            await self._touch("touchMove", 0.5, begin + (end - begin) * step / 20)
        for _ in range(10):
            # A finger that rests before it is lifted throws nothing.
            await next_picture(self.page)
            await self._touch("touchMove", 0.5, end)
        await self._touch("touchEnd")
        await self.rest()

    async def rest(self) -> None:
        """Until nothing moves any more."""
        before = None
        while (now := await self.page.evaluate(WHERE)) != before:
            before = now
            for _ in range(10):
                await next_picture(self.page)

    async def tap(self, found: Locator) -> None:
        left, top, right, bottom = await self.seen(found)
        await self._touch("touchStart", (left + right) / 2, (top + bottom) / 2)
        await self._touch("touchEnd")

    async def pinch(self, scale: float) -> None:
        await self.devtools.send("Input.synthesizePinchGesture", {"x": 190, "y": 300, "scaleFactor": scale})
        await self.rest()

    async def seen(self, found: Locator) -> list[float]:
        """Left, top, right and bottom in what is seen, as parts of it."""
        place: list[float] = await found.evaluate(
            """(found) => {
              const { left, top, right, bottom } = found.getBoundingClientRect()
              const { offsetLeft: x, offsetTop: y, width, height } = visualViewport
              return [(left - x) / width, (top - y) / height, (right - x) / width, (bottom - y) / height]
            }"""
        )
        return place


@pytest.fixture
async def hand(crowd: People) -> Hand:
    page = await crowd.person(viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    return Hand(page, await page.context.new_cdp_session(page))


async def seen_by_agent(company: Demo, crowd: People, hand: Hand) -> Page:
    agent, customer = await crowd.person(), hand.page
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await customer.goto(f"{company.shop}/checkout")
    await customer.get_by_role("button", name="Get help").tap()
    await customer.get_by_label("Your name").fill("Jeanne Petit")
    await customer.get_by_role("button", name="Get help").last.tap()
    await agent.get_by_role("button", name="Accept").click()
    await customer.get_by_role("button", name="Allow", exact=True).tap()
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    return agent


async def test_the_agent_helps_on_a_page_that_is_held_in_a_hand(company: Demo, crowd: People, hand: Hand) -> None:
    agent, customer = await seen_by_agent(company, crowd, hand), hand.page
    shown = page_of(agent)
    assert await shown.locator("html").evaluate("() => [innerWidth, innerHeight]") == [390, 780]

    await agent.get_by_role("button", name="Control page").first.click()
    await customer.get_by_role("button", name="Allow", exact=True).tap()
    await expect(agent.get_by_text("You control the page of Jeanne Petit")).to_be_visible()
    await click_on(agent, shown.get_by_label("Town"))
    await agent.keyboard.type("Nantes")
    await expect(customer.get_by_label("Town")).to_have_value("Nantes")
    await expect(shown.get_by_label("Town")).to_have_value("Nantes")
    # Nobody's finger was there: the agent's own doing is not shown to them as the customer's.
    await expect(view_of(agent).get_by_text("Jeanne Petit", exact=True)).to_be_hidden()

    await hand.swipe(0.7, 0.2)
    scrolled = await customer.evaluate("scrollY")
    assert scrolled > 100
    await expect(shown.locator("html")).to_have_js_property("scrollTop", scrolled)


async def test_stop_is_in_reach_however_far_the_page_is_zoomed(company: Demo, crowd: People, hand: Hand) -> None:
    agent, customer = await seen_by_agent(company, crowd, hand), hand.page
    stop = customer.get_by_role("button", name="Stop")
    # Rules of the page that mean everything on it do not move it either.
    rules = "html { zoom: 1.1 } body > * { position: relative; display: block } * { padding: 10px; max-width: 100% }"
    await customer.add_style_tag(content=rules)
    before = await hand.seen(stop)
    assert 0.5 < before[0] < before[2] < 1
    assert 0.8 < before[1] < before[3] < 1
    await hand.pinch(2.5)
    assert await customer.evaluate("visualViewport.scale") == pytest.approx(2.5, abs=0.3)
    for end in (0.8, 0.1):
        # To other parts of the page.
        await hand.swipe(0.5, end)
        left, top, right, bottom = await hand.seen(stop)
        # As large as it was, or larger, and at the foot of what is seen.
        assert 0.4 < left < right < 1
        assert 0.8 < top < bottom < 1
        assert right - left > 0.95 * (before[2] - before[0])
    await hand.tap(stop)
    await expect(agent.locator("iframe.page-frame")).to_have_count(0)


async def test_on_a_page_that_knows_no_telephones_the_panel_can_be_read(
    company: Demo, crowd: People, hand: Hand
) -> None:
    customer = hand.page
    async with pages(company) as shop:
        # Without a viewport of its own it is laid out for a desk and shown small.
        await customer.goto(shop.put("/", f'<p style="width: 960px">{"old " * 200}</p>{embed(company)}'))
        help_me = customer.get_by_role("button", name="Get help")
        await expect(help_me).to_be_visible()
        scale = await customer.evaluate("visualViewport.scale")
        assert scale < 0.5
        for _ in range(2):
            left, top, right, bottom = await hand.seen(help_me)
            assert (bottom - top) * 780 >= 44
            assert 0 < left < right < 1
            assert 0.8 < top < bottom < 1
            await hand.pinch(2)
        await hand.tap(help_me)
        await expect(customer.get_by_label("Your name")).to_be_focused()
        left, top, right, bottom = await hand.seen(customer.locator("deskside-help .panel"))
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
