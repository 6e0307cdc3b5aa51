"""The agent sees the customer's own page, and acts there while the customer lets it happen."""

import re

from playwright.async_api import FrameLocator, Locator, Page, expect

from tests.support.browsers import People, ask_for_help, become_available, say, sign_in
from tests.support.demo import Demo

from .test_stop_and_replay import read_timeline, seek

NAME = "Jeanne Petit"

# An administrator gives the site a word that must never leave its pages.
SET_CANARY = """async (canary) => {
  const { sites: [{ key, version, settings }] } = await (await fetch("/api/v1/admin/sites")).json();
  const answer = await fetch(`/api/v1/admin/sites/${key}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ version, settings: { ...settings, canaries: [canary] } }),
  });
  return answer.status;
}"""


async def sees_page(company: Demo, crowd: People) -> tuple[Page, Page]:
    """An agent who sees the page of a customer."""
    agent = await crowd.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await crowd.person()
    await ask_for_help(customer, company)
    await agent.get_by_role("button", name="Accept").click()
    # The server asks by itself.
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await expect(agent.get_by_role("tab", name="Page")).to_have_attribute("aria-selected", "true")
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    return agent, customer


def view_of(agent: Page) -> FrameLocator:
    return agent.frame_locator("iframe.page-frame")


def page_of(agent: Page) -> FrameLocator:
    """The customer's page as it stands in the view."""
    return agent.frame_locator(f'iframe[title="Page of {NAME}"]').frame_locator("iframe")


async def controls(agent: Page, customer: Page) -> None:
    await agent.get_by_role("button", name="Control page").first.click()
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await expect(agent.get_by_text(f"You control the page of {NAME}")).to_be_visible()


async def click_on(agent: Page, found: Locator) -> None:
    """With the mouse, as a person does: something of the view's own lies over the page."""
    box = await found.bounding_box()
    assert box is not None
    await agent.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


async def test_the_agent_sees_the_page_and_helps_on_it(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    where = agent.locator(".page-where")
    await expect(where).to_contain_text("Checkout")
    await expect(where).to_contain_text("/checkout")
    await customer.get_by_label("Town").fill("Lyon")
    await expect(page_of(agent).get_by_label("Town")).to_have_value("Lyon")
    await customer.get_by_label("Account password").fill("secret-9")
    await customer.get_by_label("Street and number").fill("9 Secret Street")
    await controls(agent, customer)
    assert "ecret" not in await page_of(agent).get_by_label("Street and number").input_value()

    await click_on(agent, page_of(agent).get_by_label("Town"))
    await expect(customer.get_by_label("Town")).to_be_focused()
    await agent.keyboard.press("Control+a")
    await agent.keyboard.type("Nantes")
    await expect(customer.get_by_label("Town")).to_have_value("Nantes")

    await click_on(agent, page_of(agent).get_by_label("Street and number"))
    await expect(view_of(agent).get_by_text(f"Only {NAME} can fill it in").first).to_be_visible()

    await agent.get_by_role("button", name="Stop", exact=True).click()
    await expect(agent.get_by_text(f"You control the page of {NAME}")).to_be_hidden()
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    await customer.get_by_label("Town").press("Control+a")
    await customer.keyboard.type("Brest")
    await expect(page_of(agent).get_by_label("Town")).to_have_value("Brest")
    await click_on(agent, page_of(agent).get_by_label("Town"))
    await agent.keyboard.type("x")
    await expect(customer.get_by_label("Town")).to_have_value("Brest")


async def test_the_page_stays_when_the_console_becomes_narrow(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    loads: list[str] = []
    agent.on("framenavigated", lambda frame: loads.append(frame.url))
    for width, tabs in ((800, 1), (400, 1), (1280, 0)):
        await agent.set_viewport_size({"width": width, "height": 720})
        await expect(agent.get_by_role("tab", name="Stage", exact=True)).to_have_count(tabs)
        await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
        await customer.get_by_label("Town").fill(f"Lyon {width}")
        await expect(page_of(agent).get_by_label("Town")).to_have_value(f"Lyon {width}")
    assert loads == []


async def test_the_customer_is_asked_before_what_matters(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    await controls(agent, customer)
    pay = page_of(agent).get_by_role("button")
    await customer.get_by_role("button", name="Pay €129").scroll_into_view_if_needed()
    await expect(pay).to_be_in_viewport()
    await click_on(agent, pay)
    await expect(agent.locator(".page-answer")).to_have_text(f"{NAME} is asked whether this may happen")
    # The question is out of the page's reach, and of ours: the keyboard says no.
    await customer.keyboard.press("Escape")
    await expect(agent.locator(".page-answer")).to_have_text(f"{NAME} said no to this")
    assert customer.url.endswith("/checkout")


async def test_the_customers_stop_takes_the_page_away(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    await controls(agent, customer)
    await customer.get_by_role("button", name="Stop", exact=True).first.click()
    await expect(agent.locator("iframe.page-frame")).to_have_count(0)
    await expect(agent.get_by_role("tab", name="Page")).to_be_disabled()
    # It can be asked for again.
    await agent.get_by_role("button", name=re.compile("^View page")).click()
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()


async def test_the_page_goes_on_with_the_next_one_and_behind_another_session(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    frame = await agent.locator("iframe.page-frame").element_handle()
    other = await crowd.person()
    await ask_for_help(other, company, "Marc Dubois")
    await agent.get_by_role("button", name="Accept").click()
    await expect(agent.get_by_role("heading", name="Marc Dubois", level=1)).to_be_visible()
    await customer.get_by_role("link", name="Acme Tools").first.click()
    await customer.wait_for_url(re.compile(r"/$"))
    await agent.keyboard.press("Alt+1")
    await expect(agent.locator(".page-where").first).not_to_contain_text("/checkout")
    assert frame is not None
    assert await frame.evaluate("(frame) => frame.isConnected")


async def test_keys_lead_into_the_page_and_out_again(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    await agent.locator(".page-where").first.click()
    await agent.keyboard.press("k")
    await customer.get_by_role("button", name="Allow", exact=True).click()
    strip = agent.get_by_text(f"You control the page of {NAME}")
    await expect(strip).to_be_visible()
    await click_on(agent, page_of(agent).get_by_role("heading", name="Checkout"))
    await expect(agent.locator("iframe.page-frame")).to_be_focused()
    await agent.keyboard.press("Escape")
    await agent.keyboard.press("Escape")
    await expect(agent.locator(".page-tool[data-leave]")).to_be_focused()
    await agent.keyboard.press("k")
    await expect(strip).to_be_hidden()
    await agent.keyboard.press("l")
    await expect(agent.locator(".page-tools").get_by_role("button", name="Pointer")).to_have_attribute(
        "aria-pressed", "true"
    )


async def test_an_auditor_replays_the_page_with_what_was_done_there(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    await controls(agent, customer)
    for town in ("Lyon", "Nantes"):
        await click_on(agent, page_of(agent).get_by_label("Town"))
        await agent.keyboard.press("Control+a")
        await agent.keyboard.type(town)
        await expect(page_of(agent).get_by_label("Town")).to_have_value(town)
        await say(customer, f"now it is {town}")
        await expect(agent.get_by_text(f"now it is {town}").first).to_be_visible()
    await click_on(agent, page_of(agent).get_by_label("Street and number"))
    await expect(view_of(agent).get_by_text(f"Only {NAME} can fill it in").first).to_be_visible()
    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await expect(customer.get_by_role("radio").first).to_be_visible()

    auditor = await crowd.person()
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name="Replay").first.click()
    await auditor.get_by_role("button", name="Play").wait_for()
    timeline = await read_timeline(auditor)
    said = {
        event["body"]["line"]["text"]: event["at"]
        for event in timeline["events"]
        if event["body"]["type"] == "line.added" and event["body"]["line"]["kind"] == "chat"
    }
    for town in ("Nantes", "Lyon", "Nantes"):
        # At the very moment: right after it the agent goes on.
        await seek(auditor, said[f"now it is {town}"])
        await expect(page_of(auditor).get_by_label("Town")).to_have_value(town)
    lane = auditor.get_by_role("button", name=f"Show in front: {NAME}, page")
    await expect(lane).to_be_visible()
    await expect(auditor.get_by_title(re.compile(r"Sofia.*: typing"))).to_have_count(2)
    await expect(auditor.get_by_title(re.compile(r"Sofia.*refused \(masked\)"))).to_have_count(1)
    await expect(auditor.get_by_text("control the page").first).to_be_attached()


async def test_the_agent_follows_the_customer_or_stays_with_a_tab(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    second = await customer.context.new_page()
    await second.goto(f"{company.shop}/")
    where = agent.locator(".page-where")
    await expect(agent.get_by_role("button", name=f"Tabs of {NAME}: 2")).to_be_visible(timeout=20_000)
    # Without a screen every tab believes to be in front: it is the one that was turned to last.
    await second.evaluate("() => dispatchEvent(new Event('focus'))")
    await expect(where).not_to_contain_text("/checkout", timeout=10_000)
    await chooses(agent, "Checkout")
    await expect(where).to_contain_text("/checkout")
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    await second.evaluate("() => dispatchEvent(new Event('focus'))")
    await chooses(agent, f"Follow {NAME}")
    await expect(where).not_to_contain_text("/checkout")
    await second.close()
    # A tab that goes may come back with the next page: that is waited for.
    await expect(where).to_contain_text("/checkout", timeout=20_000)


async def chooses(agent: Page, tab: str) -> None:
    """By keys: what is told of the tabs meanwhile moves the list under the pointer."""
    await agent.get_by_role("button", name=f"Tabs of {NAME}: 2").press("Enter")
    await agent.get_by_role("menuitemradio", name=tab).press("Enter")
    await expect(agent.get_by_role("menu")).to_have_count(0)


async def test_a_colleague_who_comes_in_sees_what_is_shown(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    paul = await crowd.person()
    await sign_in(paul, company, "paul")
    await become_available(paul)
    await agent.get_by_role("button", name=re.compile("^Paul Bauer")).first.click()
    await agent.get_by_role("menuitem", name=f"Ask into the session with {NAME}").click()
    await paul.get_by_role("button", name="Join").click()
    await customer.get_by_role("button", name="Allow", exact=True).click()
    await expect(page_of(paul).get_by_role("heading", name="Checkout")).to_be_visible()
    await expect(agent.get_by_text("Paul Bauer sees it too")).to_be_visible()
    await controls(agent, customer)
    await expect(paul.get_by_text("Sofia Lind controls the page")).to_be_visible()
    await paul.get_by_role("button", name="Highlight", exact=True).first.click()
    await click_on(paul, page_of(paul).get_by_role("heading", name="Checkout"))
    await expect(view_of(agent).get_by_text("Paul Bauer").first).to_be_visible()


async def test_a_supervisor_sees_the_page_once_the_customer_allows_it(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    boss = await crowd.person()
    await sign_in(boss, company, "sam")
    await become_available(boss)
    await agent.get_by_role("button", name=re.compile("^Sam Okafor")).first.click()
    await agent.get_by_role("menuitem", name=f"Ask into the session with {NAME}").click()
    await boss.get_by_role("button", name="Join").click()
    allow = customer.get_by_role("button", name="Allow", exact=True)
    await allow.wait_for()
    await expect(customer.get_by_text("Sam Okafor").first).to_be_visible()
    # Nothing of it yet, nor where it is.
    await expect(boss.locator("iframe.page-frame")).to_have_count(0)
    assert "/checkout" not in await boss.content()
    await allow.click()
    await expect(page_of(boss).get_by_role("heading", name="Checkout")).to_be_visible()
    await customer.get_by_label("Town").fill("Lyon")
    for one in (agent, boss):
        await expect(page_of(one).get_by_label("Town")).to_have_value("Lyon")
    await expect(agent.get_by_text("Sam Okafor sees it too")).to_be_visible()


async def test_a_page_that_pauses_itself_is_said_to_be_paused(company: Demo, crowd: People) -> None:
    agent, customer = await sees_page(company, crowd)
    note = agent.locator(".page-note")
    await customer.evaluate("() => Deskside.pause()")
    await expect(note).to_contain_text("has paused itself")
    await expect(view_of(agent).get_by_role("heading", name="The page is paused")).to_be_visible()
    await customer.evaluate("() => Deskside.resume()")
    await expect(page_of(agent).get_by_role("heading", name="Checkout")).to_be_visible()
    await expect(note).to_have_count(0)


async def test_an_alarm_takes_the_page_away_and_says_why(company: Demo, crowd: People) -> None:
    admin = await crowd.person()
    await sign_in(admin, company, "ada", "/admin")
    canary = "canary-that-never-leaves-7"
    status = await admin.evaluate(SET_CANARY, canary)
    assert status < 300, status
    agent, customer = await sees_page(company, crowd)
    await customer.get_by_label("Town").fill(canary)
    await expect(agent.get_by_role("alert").get_by_text("The page was stopped")).to_be_visible()
    await expect(agent.locator("iframe.page-frame")).to_have_count(0)
    assert canary not in await agent.content()
