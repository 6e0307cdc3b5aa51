"""What the customer's page shows of another origin, which lets no script read it, is seen by the agent, too."""

import re
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.bench.cobrowse_scene import serving
from tests.support.browsers import People, become_available, say, sign_in
from tests.support.cobrowse import allow, embed, get_help, pages
from tests.support.demo import Demo

from .test_cobrowse import page_of, sees_page
from .test_stop_and_replay import read_timeline, seek

PICTURES = Path(__file__).resolve().parents[2] / "web" / "templates" / "shop" / "pictures"


async def test_pictures_and_styles_of_another_origin(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    asked: list[str] = []
    agent.context.on("request", lambda request: asked.append(request.url))
    await customer.get_by_role("link", name="Acme Tools").first.click()
    pictures = page_of(agent).locator("img.picture")
    await expect(pictures).to_have_count(6)
    widths = await customer.locator("img.picture").evaluate_all("(all) => all.map((one) => one.naturalWidth)")
    for number, width in enumerate(widths):
        await expect(pictures.nth(number)).to_have_js_property("naturalWidth", width)
        await expect(pictures.nth(number)).to_have_attribute("src", re.compile("^blob:"))
    # The stylesheet that says so is of that origin as well.
    await expect(pictures.first).to_have_css("border-radius", "8px")
    assert asked, "the console fetches them"
    assert elsewhere(company, asked) == []


def elsewhere(company: Demo, asked: Sequence[str]) -> list[str]:
    """What was asked for of others than ourselves."""
    return [url for url in asked if not url.startswith((company.base, str(company.facts["view"]), "blob:", "data:"))]


async def looks_right(person: Page, width: int) -> None:
    """Both pictures and the style of the other origin are there."""
    picture = page_of(person).locator("img")
    await expect(picture).to_have_js_property("naturalWidth", width)
    await expect(picture).to_have_attribute("src", re.compile("^blob:"))
    await expect(picture).to_have_css("border-top-left-radius", "13px")
    await expect(page_of(person).locator("p")).to_have_css("background-image", re.compile(r'^url\("blob:'))


async def test_a_replay_has_pictures_and_styles_of_an_origin_that_is_gone(company: Demo, crowd: People) -> None:
    app = web.Application()
    app.router.add_static("/pictures/", PICTURES)

    async def style(_: web.Request) -> web.Response:
        text = "img { border-radius: 13px } p { background: url(pictures/saw.svg) }"
        return web.Response(text=text, content_type="text/css")

    app.router.add_get("/style.css", style)
    agent = await crowd.person()
    async with serving(app) as port, pages(company, asset_hosts=[f"localhost:{port}"]) as shop:
        there = f"http://localhost:{port}"
        head = f'<link rel="stylesheet" href="{there}/style.css">'
        body = f'<h1>Tools</h1><p>On offer</p><img src="{there}/pictures/drill.svg" alt="Drill">'
        await sign_in(agent, company, "sofia")
        await become_available(agent)
        customer = await crowd.person()
        await customer.goto(shop.put("/tools", head + embed(company, 'data-lang="en"') + body))
        await get_help(customer)
        await agent.get_by_role("button", name="Accept").click()
        await allow(customer)
        width = await customer.locator("img").evaluate("(one) => one.naturalWidth")
        assert width > 0
        await looks_right(agent, width)
        await say(customer, "all is there")
        await expect(agent.get_by_text("all is there").first).to_be_visible()
        await agent.get_by_role("button", name="End session").click()
        await agent.get_by_role("menuitem").first.click()
        await expect(customer.get_by_role("radio").first).to_be_visible()
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.get(f"{there}/style.css")

    auditor = await crowd.person()
    asked: list[str] = []
    auditor.context.on("request", lambda request: asked.append(request.url))
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name="Replay").first.click()
    await auditor.get_by_role("button", name="Play").wait_for()
    timeline = await read_timeline(auditor)
    [at] = [
        event["at"]
        for event in timeline["events"]
        if event["body"]["type"] == "line.added" and event["body"]["line"]["text"] == "all is there"
    ]
    await seek(auditor, at)
    await looks_right(auditor, width)
    assert elsewhere(company, asked) == []
