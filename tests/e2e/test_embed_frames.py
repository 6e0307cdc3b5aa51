"""The preview for administrators, and frames of the company's other origins."""

import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import People
from tests.support.cobrowse import Pages, Watcher, allow, embed, get_help, pages, watcher
from tests.support.demo import Demo

SECRET = "Secr3t-4711"

# What the administrator's page does: opens the company's, and takes the port.
OPEN = """([address]) => {
  window.got = [];
  addEventListener("message", (event) => {
    if (event.data?.type !== "deskside.preview") return;
    window.from = event.origin;
    window.port = event.ports[0];
    window.port.onmessage = ({ data }) => window.got.push(data);
    window.port.postMessage({ rules: { unmask: ["#city"], mask: ["h2"] } });
  });
  window.open(address);
}"""


@pytest.fixture
async def agent(company: Demo) -> AsyncIterator[Watcher]:
    async with watcher(company) as one:
        yield one


@pytest.fixture
async def shop(company: Demo) -> AsyncIterator[Pages]:
    async with pages(company) as served:
        yield served


async def previewed(admin: Page) -> str:
    return json.dumps(await admin.evaluate("() => window.got ?? []"), ensure_ascii=False)


async def until(admin: Page, text: str) -> str:
    await admin.wait_for_function("(text) => JSON.stringify(window.got ?? []).includes(text)", arg=text)
    return await previewed(admin)


async def test_preview_shows_what_an_agent_would_see(crowd: People, company: Demo, shop: Pages) -> None:
    body = f"<h1>Orders</h1><h2>Private</h2><input id=city value=Leeds><input value={SECRET}><img src='{DOT}'>"
    address = shop.put("/orders", body + embed(company))
    admin = await crowd.person()
    await admin.goto(f"{company.base}/join")
    await admin.evaluate(OPEN, [f"{address}#deskside-preview"])
    text = await until(admin, "Orders")
    assert await admin.evaluate("() => window.from") == shop.origin
    assert '"Leeds"' in text
    assert SECRET not in text
    assert "Private" not in text
    await until(admin, '"type":"asset"')

    # Other rules, another preview.
    await admin.evaluate("() => { window.got = []; window.port.postMessage({ rules: {} }) }")
    text = await until(admin, "Private")
    assert "Leeds" not in text
    assert '"clear"' in text


async def test_preview_is_for_the_servers_own_pages(crowd: People, company: Demo, shop: Pages) -> None:
    address = shop.put("/orders", "<h1>Orders</h1>" + embed(company))
    other = await crowd.person()
    await other.goto(shop.put("/other", "<h1>Elsewhere</h1>"))
    async with other.expect_popup() as opened:
        await other.evaluate(OPEN, [f"{address}#deskside-preview"])
    page = await opened.value
    await expect(page.get_by_role("button", name="Get help")).to_be_visible()
    assert await other.evaluate("() => window.port") is None


DOT = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


async def test_a_frame_of_another_origin_of_the_companys(
    crowd: People, company: Demo, shop: Pages, agent: Watcher
) -> None:
    async with pages(company, "localhost") as pay, pages(company, "127.0.0.1") as stranger:
        inner = (
            f"<title>Pay</title><h1>Payment</h1><input value={SECRET}><p class=deskside-mask>{SECRET}</p>"
            "<button onclick=\"this.textContent='Pressed'\">Press</button><div style='height: 3000px'></div>"
        )
        child = embed(company, "data-child")
        frame = pay.put("/pay", inner + child)
        without = stranger.put("/x", "<p>Nobody's business</p>")
        page = await crowd.person()
        frames = f"<iframe src='{frame}'></iframe><iframe src='{without}'></iframe>"
        await page.goto(shop.put("/form", f"<h1>Checkout</h1>{frames}" + embed(company)))
        await get_help(page)
        await agent.take()
        await allow(page)
        await agent.sees("Payment")
        assert "Nobody's business" not in agent.said()
        assert SECRET not in agent.said()

        inside = page.frame_locator("iframe").first
        await expect(inside.get_by_role("button", name="Get help")).to_have_count(0)
        await inside.locator("h1").evaluate("(h1) => { h1.textContent = 'Nearly paid' }")
        await agent.sees("Nearly paid")

        # Acts on its nodes are done in it; and not after Stop.
        await agent.socket.do("grant.ask", agent.session, capability="page_control")
        await allow(page)
        await expect(page.get_by_text("controls this page")).to_be_visible()
        button = agent.node(lambda node: node[2] == "button" and "Press" in json.dumps(node))
        assert await agent.act(op="click", node=button, x=0.5, y=0.5) == {
            **agent.socket.bodies("page.result")[-1],
            "outcome": "done",
        }
        await expect(inside.get_by_role("button", name="Pressed")).to_be_visible()
        field = agent.node(lambda node: node[2] == "input")
        assert (await agent.act(op="insert", node=field, text="x"))["reason"] == "masked"
        await page.get_by_role("button", name="Stop", exact=True).click()
        await agent.wire.until(lambda: not agent.wire.flow())
        heard = len(agent.wire.frames)
        await inside.locator("h1").evaluate("(h1) => { h1.textContent = 'Nobody sees this' }")
        await agent.socket.do("chat.post", agent.session, key="k1", text="still there?")
        await expect(page.get_by_text("still there?")).to_be_visible()
        assert len(agent.wire.frames) == heard
