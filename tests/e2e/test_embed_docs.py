"""docs/embedding.md: every example runs, and every call of the interface does what it says."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import People, become_available, sign_in
from tests.support.client import Api
from tests.support.cobrowse import Pages, Watcher, allow, embed, get_help, pages, watcher
from tests.support.demo import Demo

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "embedding.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
async def shop(company: Demo) -> AsyncIterator[Pages]:
    async with pages(company) as served:
        yield served


@pytest.fixture
async def agent(company: Demo) -> AsyncIterator[Watcher]:
    async with watcher(company) as one:
        yield one


def here(text: str, company: Demo) -> str:
    socket = company.base.replace("http", "ws")
    return text.replace("https://support.example", company.base).replace("wss://support.example", socket)


async def test_examples_of_pages(crowd: People, company: Demo, shop: Pages) -> None:
    [policy] = blocks("csp")
    for number, block in enumerate(blocks("html")):
        headers = {"Content-Security-Policy": here(policy, company).strip()} if "nonce=" in block else {}
        page = await crowd.person()
        body = here(block, company)
        await page.goto(shop.put(f"/{number}", body if "<script" in body else body + embed(company), **headers))
        button = page.get_by_role("button", name="Get help")
        if "data-child" in block:
            await expect(button).to_have_count(0)
        else:
            await expect(button).to_be_visible()
        await page.close()


async def test_examples_of_scripts(crowd: People, company: Demo, shop: Pages) -> None:
    page = await crowd.person()
    await page.goto(shop.put("/", "<p class=account-balance>7</p>" + embed(company)))
    await expect(page.get_by_role("button", name="Get help")).to_be_visible()
    scripts = blocks("js")
    assert len(scripts) == 6
    for script in scripts:
        await page.evaluate(f"() => {{ {script} }}")
    exported = await page.evaluate("() => Object.keys(Deskside).sort()")
    described = {call for row in re.findall(r"^\| (`[a-z]+\(.*?) \|", TEXT, re.MULTILINE) for call in names(row)}
    assert exported == sorted(described)


def names(row: str) -> list[str]:
    return re.findall(r"`([a-z]+)\(", row)


async def field(page: Page, label: str) -> str:
    return await page.get_by_label(label).input_value()


async def test_what_the_page_knows_goes_with_the_question(
    crowd: People, company: Demo, shop: Pages, agent: Watcher
) -> None:
    page = await crowd.person()
    await page.goto(shop.put("/", embed(company, 'data-start="manual"')))
    await page.wait_for_function("() => window.Deskside")
    assert await page.locator("deskside-help").count() == 0
    await page.evaluate(
        """() => {
          window.heard = [];
          for (const event of ["open", "close", "state", "message", "page"])
            Deskside.on(event, (detail) => window.heard.push([event, detail ?? null]));
          Deskside.attributes({ name: "Jeanne Petit", question: "Where is it?", number: "+33 1 99 00 12 34" });
          Deskside.start({ language: "fr", scheme: "dark", theme: { accent: "#aa0000" } });
          Deskside.open({ question: "Where is my order?" });
        }"""
    )
    assert await field(page, "Votre nom") == "Jeanne Petit"
    assert await field(page, "Votre question") == "Where is my order?"
    panel = page.locator("deskside-help")
    await expect(panel).to_have_attribute("data-scheme", "dark")
    assert "#aa0000" in await panel.evaluate("(panel) => panel.style.getPropertyValue('--accent')")
    await page.evaluate(
        "() => { Deskside.language('en'); Deskside.theme({ scheme: null }); Deskside.queue('support') }"
    )
    await expect(panel).not_to_have_attribute("data-scheme", "dark")
    await page.get_by_role("button", name="Get help").click()
    await agent.take()
    session = agent.socket.view(agent.session)["session"]
    assert (session["customer_name"], session["question"], session["queue"]) == (
        "Jeanne Petit",
        "Where is my order?",
        "support",
    )
    # What was said before the page was in is no news there; and a question opens the panel.
    await page.wait_for_function("() => window.heard.some(([event, detail]) => detail === 'live')")
    await expect(page.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    await agent.socket.do("chat.post", agent.session, key="k1", text="Hello")
    await page.wait_for_function("() => window.heard.some(([event]) => event === 'message')")
    await page.evaluate("() => Deskside.close()")
    await expect(page.get_by_role("button", name="Chat")).to_be_visible()
    heard = await page.evaluate("() => window.heard")
    for one in (["open", None], ["close", None], ["state", "live"]):
        assert one in heard
    assert ["message", {"from": "Sofia Lind", "text": "Hello"}] in heard


async def test_who_answers(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await crowd.person()
    await page.goto(
        shop.put("/", embed(company, 'data-start="manual" data-queue="billing" data-skills="Refunds, magic"'))
    )
    await page.wait_for_function("() => window.Deskside")
    await page.evaluate(
        """() => {
          window.wrong = [];
          Deskside.on("error", ({ field, value, reason }) => window.wrong.push([field, value, reason].join(" ")));
          Deskside.attributes({ details: { Order: "A-1042\\u0000\\n", Deep: { secret: 1 } } });
          Deskside.start();
        }"""
    )
    # Before anybody has asked for help.
    await page.wait_for_function("() => window.wrong.includes('skills magic not_listed')")
    assert await page.evaluate("() => window.wrong") == ["details Deep invalid", "skills magic not_listed"]
    await get_help(page)
    await agent.take()
    session = agent.socket.view(agent.session)["session"]
    assert (session["queue"], session["skills"]) == ("billing", {"refunds": "Refunds"})
    assert session["attributes"] == {"Order": "A-1042"}
    assert len(await page.evaluate("() => window.wrong")) == 2


async def test_a_queue_that_the_site_does_not_list(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await crowd.person()
    warned: list[str] = []
    page.on("console", lambda message: warned.append(message.text))
    await page.goto(shop.put("/", embed(company, 'data-queue="nowhere"')))
    await get_help(page)
    await agent.take()
    assert agent.socket.view(agent.session)["session"]["queue"] == "support"
    assert [text for text in warned if text.startswith("Deskside")] == ['Deskside: queue "nowhere": not_listed']


async def test_the_shop_asks_for_somebody_who_refunds(crowd: People, company: Demo) -> None:
    agent, page = await crowd.person(), await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await page.goto(f"{company.shop}/")
    await page.get_by_role("link", name="60 days to return").click()
    await get_help(page)
    await agent.get_by_role("button", name="Accept").click()
    await agent.get_by_role("tab", name="Customer").click()
    panel = agent.locator(".customer")
    for name, value in (("Queue", "Billing"), ("Skills asked for", "Refunds")):
        await expect(panel.locator("div", has=agent.get_by_text(name, exact=True)).last).to_contain_text(value)
    said = agent.get_by_role("region", name="Said by the page")
    await expect(said.get_by_role("term")).to_have_text(["Order", "Amount"])
    await expect(said.get_by_role("definition")).to_have_text(["A-1042", "€129"])


async def test_mask_pause_stop_and_start(crowd: People, company: Demo, shop: Pages, agent: Watcher) -> None:
    page = await crowd.person()
    body = "<h1>Balance</h1><p class=balance>4711 euros</p><p id=now>nothing yet</p>"
    await page.goto(shop.put("/", body + embed(company)))
    await page.evaluate(
        """() => { window.heard = []; Deskside.on("page", ({ state }) => window.heard.push(state));
        try { Deskside.mask("[["); } catch (error) { window.refused = error.name; } }"""
    )
    assert await page.evaluate("() => window.refused") == "SyntaxError"
    await get_help(page)
    await agent.take()
    await allow(page)
    await agent.sees("4711 euros")
    before = len(agent.messages())
    await page.evaluate("() => Deskside.mask('.balance')")
    await agent.until(lambda: "•••• •••••" in str(agent.messages()[before:]))
    assert "4711" not in str(agent.messages()[before:])

    await page.evaluate("() => { Deskside.pause(); document.querySelector('#now').textContent = 'in between' }")
    await page.evaluate("() => { document.querySelector('#now').textContent = 'after all'; Deskside.resume() }")
    await agent.sees("after all")
    assert "in between" not in agent.said()
    await page.wait_for_function("() => window.heard.join() === 'shown,hidden,shown'")

    await page.evaluate("() => { Deskside.stop(); document.querySelector('#now').textContent = 'when stopped' }")
    await agent.wire.until(lambda: not agent.wire.flow())
    await expect(page.locator("deskside-help")).to_have_count(0)
    await page.evaluate("() => Deskside.start()")
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    await agent.socket.do("grant.ask", agent.session, capability="page_view")
    assert "when stopped" not in agent.said()
    await allow(page)
    await agent.sees("when stopped")


async def test_the_scripts_are_small_and_kept(company: Demo) -> None:
    api = Api(company.base)
    try:
        for name, seconds in (("embed.js", 300), ("page.js", 86_400)):
            async with api.http.get(f"{company.base}/{name}") as answer:
                assert answer.content_type == "text/javascript"
                assert answer.headers["Cache-Control"] == f"public, max-age={seconds}"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                text = await answer.text()
            if name == "embed.js":
                assert re.search(r"/page\.js\?v=", text)
                assert re.search(r'["`][0-9a-f]{12}["`]', text), "the version of page.js is not known"
    finally:
        await api.close()
