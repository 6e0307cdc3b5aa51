"""A company's page that an agent sees: consent, masks, Stop, policies, reloads, tabs, leaving."""

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import People
from tests.support.cobrowse import Pages, Watcher, allow, embed, get_help, pages, watcher
from tests.support.demo import Demo
from tests.support.disk import kept

SECRET = "Secr3t-4711"

FORM = f"""
<title>Checkout</title>
<style>h1 {{ color: teal }}</style>
<h1 id="top">Your order</h1>
<p class="deskside-mask">{SECRET}</p>
<input aria-label="A {SECRET}" placeholder="{SECRET}" value="{SECRET}" title="{SECRET}">
<input type="hidden" name="t" value="{SECRET}">
<input type="password" id="pw" name="pw" value="{SECRET}">
<input autocomplete="cc-number" value="{SECRET}">
<textarea>{SECRET}</textarea>
<select><option value="{SECRET}">{SECRET}</option></select>
<div contenteditable>{SECRET}</div>
<input type="submit" value="{SECRET}"><img alt="{SECRET}" src="/x.png?t={SECRET}">
<a href="/next?t={SECRET}#{SECRET}" data-id="{SECRET}">Next</a>
<p style="background: url(/y.png?t={SECRET})">Delivery tomorrow</p>
<iframe srcdoc="<input value='{SECRET}'><p>inside the frame</p><p class='deskside-mask'>{SECRET}</p>"></iframe>
<div id="host"></div>
<script>
  document.querySelector("#host").attachShadow({{ mode: "open" }}).innerHTML =
    "<p>in the shade</p><input value='{SECRET}'><b data-deskside-mask>{SECRET}</b>";
</script>
"""


@pytest.fixture
async def agent(company: Demo) -> AsyncIterator[Watcher]:
    async with watcher(company) as one:
        yield one


@pytest.fixture
async def shop(company: Demo) -> AsyncIterator[Pages]:
    async with pages(company) as served:
        yield served


async def shown(crowd: People, company: Demo, shop: Pages, agent: Watcher, body: str) -> Page:
    """A customer on a page of this content, which the agent sees with their consent."""
    page = await crowd.person()
    await page.goto(shop.put("/form", body + embed(company)))
    await get_help(page)
    await agent.take()
    await allow(page)
    return page


async def test_seen_with_consent_masked_and_stopped(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await crowd.person()
    await page.goto(f"{shop.put('/form', FORM + embed(company))}?t={SECRET}#{SECRET}")
    await get_help(page)
    await agent.take()
    await expect(page.get_by_text("May Sofia see this page?")).to_be_visible()
    assert agent.wire.frames == []
    await allow(page)
    for text in ("Your order", "Delivery tomorrow", "inside the frame", "in the shade"):
        await agent.sees(text)
    await expect(page.get_by_text(re.compile("Sofia.*sees this page"))).to_be_visible()

    # What is typed, shown and changed later is masked as well.
    await page.locator("#pw").evaluate("field => { field.type = 'text'; field.value = 'Secr3t-9000'; }")
    await page.locator("textarea").first.fill("Secr3t-9001")
    await page.evaluate(
        """() => { document.querySelector('#top').textContent = 'Your order is on its way';
        document.querySelector('#top').title = 'Secr3t-9002'; document.title = 'Paid';
        document.querySelector('[contenteditable]').textContent = 'Secr3t-9003';
        history.pushState(null, '', '/form?t=Secr3t-9004#Secr3t-9005'); }"""
    )
    await agent.sees("is on its way")
    await agent.sees('"Paid"')
    everything = agent.said() + str(agent.socket.frames)
    assert "Your order" in everything
    assert "Secr3t" not in everything
    assert f"{shop.origin}/form" in str(agent.socket.frames)

    await page.get_by_role("button", name="Fold away").click()
    await expect(page.get_by_role("button", name="This page is being seen.")).to_be_visible()
    await page.get_by_role("button", name="Stop", exact=True).click()
    await agent.wire.until(lambda: not agent.wire.flow())
    heard = len(agent.wire.frames)
    await page.evaluate("() => { document.querySelector('#top').textContent = 'Nobody sees this' }")
    await expect(page.get_by_role("button", name="This page is being seen.")).to_have_count(0)
    await agent.socket.do("chat.post", agent.session, key="k1", text="still there?")
    await expect(page.get_by_text("1 new message")).to_be_attached()
    assert len(agent.wire.frames) == heard

    async with asyncio.timeout(20):
        while b"is on its way" not in kept(company.data):
            await asyncio.sleep(0.1)
    # A crash: the database and its log are as they are.
    await company.kill()
    disk = kept(company.data)
    assert f"{shop.origin}/form".encode() in disk
    assert b"Secr3t" not in disk


async def test_escape_twice_ends_view_and_control(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await shown(crowd, company, shop, agent, "<h1>Order</h1><button onclick='this.textContent=1'>Press</button>")
    await agent.sees("Press")
    await agent.socket.do("grant.ask", agent.session, capability="page_control")
    await expect(page.get_by_text("May Sofia click and type on this page?")).to_be_visible()
    await allow(page)
    await expect(page.get_by_text(re.compile("Sofia.*controls this page"))).to_be_visible()
    button = agent.node(lambda node: node[2] == "button")
    assert (await agent.act(op="click", node=button, x=0.5, y=0.5))["outcome"] == "done"
    await expect(page.get_by_role("button", name="1", exact=True)).to_be_visible()
    await page.locator("h1").click()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await agent.wire.until(lambda: not agent.wire.flow())
    await expect(page.get_by_text(re.compile("Sofia.*(sees|controls) this page"))).to_have_count(0)


async def test_a_strict_policy_on_the_companys_page(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    socket = company.base.replace("http", "ws")
    policy = (
        f"default-src 'none'; script-src 'nonce-n0nce'; connect-src {company.base} {socket}; style-src 'nonce-n0nce'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types deskside"
    )
    page = await crowd.person()
    body = '<title>Strict</title><style nonce="n0nce">p { color: red }</style><p>Strictly seen</p>'
    tag = embed(company, 'nonce="n0nce"')
    await page.goto(shop.put("/strict", body + tag, **{"Content-Security-Policy": policy}))
    await get_help(page)
    await agent.take()
    await allow(page)
    await agent.sees("Strictly seen")
    await agent.sees("color: red")


async def test_goes_on_after_reload_and_on_the_next_page(
    crowd: People, company: Demo, shop: Pages, agent: Watcher
) -> None:
    page = await shown(crowd, company, shop, agent, "<h1>First page</h1><a href='/second'>Next</a>")
    shop.put("/second", "<h1>Second page</h1>" + embed(company))
    await agent.sees("First page")
    before = {epoch for epoch, _ in agent.messages()}
    await page.reload()
    await agent.until(lambda: {epoch for epoch, _ in agent.messages()} > before)
    await page.get_by_role("link", name="Next").click()
    await agent.sees("Second page")
    await expect(page.get_by_text(re.compile("Sofia.*sees this page"))).to_be_visible()
    asked = [grant for grant in agent.socket.view(agent.session)["grants"] if grant["capability"] == "page_view"]
    assert len(asked) == 1

    # Elsewhere there is nothing of ours.
    await page.goto("about:blank")
    await agent.socket.until(lambda: agent.tabs() == [], 15)
    heard = len(agent.wire.frames)
    await page.evaluate("() => { document.body.textContent = 'elsewhere' }")
    await agent.socket.do("chat.post", agent.session, key="k1", text="gone?")
    assert len(agent.wire.frames) == heard
    await page.go_back()
    await agent.until(lambda: len(agent.wire.frames) > heard)


async def test_staff_goes_back_and_forth_in_the_site(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await shown(crowd, company, shop, agent, "<h1>First page</h1>")
    shop.put("/second", "<h1>Second page</h1>" + embed(company))
    await agent.sees("First page")
    await agent.socket.do("grant.ask", agent.session, capability="page_control")
    await allow(page)
    await expect(page.get_by_text(re.compile("Sofia.*controls this page"))).to_be_visible()

    async def go(way: str, heading: str, **more: str) -> None:
        await page.evaluate("() => { window.before = true }")
        before = max(epoch for epoch, _ in agent.messages())
        assert (await agent.act(op="go", way=way, **more))["outcome"] == "done"
        await agent.until(lambda: any(e > before and heading in json.dumps(m) for e, m in agent.messages()))
        assert await page.evaluate("() => window.before") is None, "it is another document"
        await expect(page.get_by_role("heading", name=heading)).to_be_visible()
        await expect(page.get_by_text(re.compile("Sofia.*controls this page"))).to_be_visible()

    await go("address", "Second page", to="/second")
    await go("back", "First page")
    await go("forward", "Second page")
    await go("reload", "Second page")
    await go("address", "First page", to=f"{shop.origin}/form?from=agent")
    assert page.url == f"{shop.origin}/form?from=agent"


async def test_several_tabs_of_one_person(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await shown(crowd, company, shop, agent, "<title>One</title><h1>First tab</h1>")
    await agent.sees("First tab")
    other = await crowd.page(page.context)
    await other.goto(shop.put("/two", "<title>Two</title><h1>Other tab</h1>" + embed(company)))
    await agent.socket.until(lambda: sorted(tab["title"] for tab in agent.tabs()) == ["One", "Two"], 15)
    await other.bring_to_front()
    await other.locator("h1").click()
    await agent.sees("Other tab")
    await expect(other.get_by_text(re.compile("Sofia.*sees this page"))).to_be_visible()
    # A reload keeps the tab's own part in the session, and its number.
    [two] = [tab["id"] for tab in agent.tabs() if tab["title"] == "Two"]
    await other.reload()
    await other.evaluate("() => { document.querySelector('h1').textContent = 'Once more' }")
    await agent.sees("Once more")
    assert two in [tab["id"] for tab in agent.tabs()]
    # Stop in the one is Stop in the other.
    await page.bring_to_front()
    await page.get_by_role("button", name="Stop", exact=True).click()
    await agent.wire.until(lambda: not agent.wire.flow())
    await expect(other.get_by_text(re.compile("Sofia.*sees this page"))).to_have_count(0)


async def test_on_a_phone_the_page_is_not_covered_while_it_is_seen(
    crowd: People, company: Demo, shop: Pages, agent: Watcher
) -> None:
    page = await crowd.person(viewport={"width": 320, "height": 640})
    await page.goto(shop.put("/form", "<h1>Your order</h1>" + embed(company)))
    await get_help(page)
    await agent.take()
    await allow(page)
    await agent.sees("Your order")
    banner = page.get_by_role("region", name="Who sees what")
    await expect(banner.get_by_text(re.compile("Sofia.*sees this page"))).to_be_visible()
    box = await banner.bounding_box()
    assert box is not None
    assert box["height"] < 120
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
    await expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    await page.get_by_role("button", name="This page is being seen.").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    # Asked for more, the question is in front; answered, the page is again.
    await agent.socket.do("grant.ask", agent.session, capability="page_control")
    await allow(page)
    await expect(banner.get_by_text(re.compile("Sofia.*controls this page"))).to_be_visible()
    await expect(page.get_by_role("textbox", name="Message")).to_have_count(0)
    await banner.get_by_role("button", name="Stop").click()
    await agent.wire.until(lambda: not agent.wire.flow())


async def test_a_tab_that_was_opened_by_another_has_a_part_of_its_own(
    crowd: People, company: Demo, shop: Pages, agent: Watcher
) -> None:
    """The browser copies what the first tab keeps: its number, and its token."""
    page = await shown(crowd, company, shop, agent, "<title>One</title><h1>First tab</h1>")
    await agent.sees("First tab")
    shop.put("/two", "<title>Two</title><h1>Other tab</h1>" + embed(company))
    async with page.expect_popup() as opened:
        await page.evaluate("() => { window.open('/two') }")
    other = await opened.value
    await agent.socket.until(lambda: sorted(tab["title"] for tab in agent.tabs()) == ["One", "Two"], 20)
    await other.locator("h1").click()
    await agent.sees("Other tab")
    for one in (page, other):
        await one.reload()
        await expect(one.get_by_text(re.compile("Sofia.*sees this page"))).to_be_visible()
    await agent.socket.until(lambda: sorted(tab["title"] for tab in agent.tabs()) == ["One", "Two"], 20)


async def test_pictures_come_by_their_hash(crowd: People, company: Demo, agent: Watcher) -> None:
    """Of the shop's other origin as well, which lets no script read them."""
    page = await crowd.person()
    await page.goto(company.shop)
    await get_help(page)
    await agent.take()
    await allow(page)
    await agent.sees("asset:")
    found = set(re.findall(r"asset:([0-9a-f]{64})", agent.said()))
    for digest in found:
        address = f"{company.base}/api/v1/sessions/{agent.session}/page/assets/{digest}"
        async with agent.api.http.get(address) as answer:
            assert answer.status == 200
            assert hashlib.sha256(await answer.read()).hexdigest() == digest
            assert answer.content_type.split("/")[0] in ("image", "font")
    assert "http://localhost" not in re.sub(r'"(href|address)": "[^"]*"', "", agent.said())
