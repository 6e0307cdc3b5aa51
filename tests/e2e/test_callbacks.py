"""A customer who does not want to wait is called back; a list in the folder reaches an agent."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import Locator, Page, expect

from tests.support.browsers import People, ask_for_help, become_available, sign_in
from tests.support.demo import Demo

from .test_axe import AXE, RUN, STILL


async def accessible(page: Page) -> None:
    """Nothing that axe calls serious, in both themes."""
    await page.evaluate(f"() => {{ if (!window.axe) {{ {AXE.read_text('utf-8')} }} }}")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
        await page.evaluate(STILL, scheme)
        assert await page.evaluate(RUN) == [], scheme


async def take(agent: Page) -> None:
    await agent.get_by_role("button", name="Accept").click()
    await agent.get_by_role("button", name="Show number and call").click()


async def test_from_the_shop_to_an_agent(company: Demo, crowd: People) -> None:
    customer = await crowd.person(hertz=440)
    await ask_for_help(customer, company)
    await customer.get_by_role("button", name="Call me back").click()
    number = customer.get_by_label("Your telephone number")
    await number.fill("12")
    await customer.get_by_role("button", name="Call me back").click()
    await expect(customer.get_by_role("alert")).to_contain_text("We cannot call this number")
    await accessible(customer)
    await number.fill("+33 6 12 34 56 78")
    await customer.get_by_role("button", name="Call me back").click()
    await expect(customer.get_by_role("heading", name="We call you back")).to_be_visible()
    await customer.reload()
    await expect(customer.get_by_role("heading", name="We call you back")).to_be_visible()

    agent = await crowd.person(hertz=880)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await take(agent)
    await expect(agent.get_by_role("link", name="+33 6 12 34 56 78")).to_have_attribute("href", "tel:+33612345678")
    await expect(agent.get_by_role("region", name="Callback").get_by_text("It says error 12")).to_be_visible()
    await agent.get_by_role("button", name="Call later").click()
    await accessible(agent)
    await agent.get_by_role("region", name="Callback").get_by_label("Note").fill("rings out")
    await agent.get_by_role("button", name="No answer").click()
    await agent.get_by_role("button", name="Callbacks").click()
    row = agent.get_by_role("dialog").get_by_role("listitem")
    await expect(agent.get_by_role("dialog").get_by_text("No callbacks")).to_be_visible()
    await expect(row).to_have_count(0)
    await accessible(agent)
    await agent.get_by_role("button", name="New callback").click()
    await agent.get_by_label("What it is about").wait_for()
    await accessible(agent)

    supervisor = await crowd.person(hertz=660)
    await sign_in(supervisor, company, "sam")
    await supervisor.get_by_role("button", name="Callbacks").click()
    row = supervisor.get_by_role("dialog").get_by_role("listitem")
    await expect(row).to_contain_text("Attempt 1 of 3")
    await row.get_by_role("button", name="Call off").click()
    await expect(supervisor.get_by_role("button", name="Keep it")).to_be_focused()
    await accessible(supervisor)
    await row.get_by_role("button", name="Call off").click()
    await expect(supervisor.get_by_role("dialog").get_by_text("No callbacks")).to_be_visible()


async def callbacks_of(crowd: People, company: Demo, name: str) -> Page:
    page = await crowd.person()
    await sign_in(page, company, name)
    await page.get_by_role("button", name="Callbacks").click()
    return page


def listed(page: Page) -> Locator:
    return page.get_by_role("region", name="Callbacks").get_by_role("listitem")


async def save(page: Page) -> None:
    await page.get_by_role("button", name="Save", exact=True).click()


async def test_what_two_people_change_is_put_together(company: Demo, crowd: People) -> None:
    first = await callbacks_of(crowd, company, "sam")
    await first.get_by_role("button", name="New callback").click()
    await first.get_by_label("Name", exact=True).fill("Zoé")
    await first.keyboard.press("Escape")
    await expect(first.get_by_label("Name", exact=True)).to_have_count(0)
    await first.get_by_role("button", name="New callback").click()
    await expect(first.get_by_text("This is what you had begun.")).to_be_visible()
    await expect(first.get_by_label("Name", exact=True)).to_have_value("Zoé")
    await first.get_by_label("Telephone number").fill("+64 21 123 4567")
    await first.get_by_role("combobox", name="Customer’s time zone").fill("Auckland")
    await first.get_by_role("option", name="Pacific/Auckland").click()
    await first.get_by_role("combobox", name="When", exact=True).last.click()
    await first.get_by_role("option", name="At a time").click()
    await first.get_by_label("Day and time").fill(f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M}")
    await expect(first.get_by_text("for the customer (Pacific/Auckland)")).to_be_visible()
    await accessible(first)
    await first.get_by_role("button", name="Note it down").click()
    row = listed(first).filter(has_text="Zoé")
    await expect(row).to_contain_text("for the customer (Pacific/Auckland)")

    second = await callbacks_of(crowd, company, "sam")
    for page, note in ((first, "card"), (second, "refund")):
        await page.get_by_role("button", name="Change the callback for Zoé").click()
        await page.get_by_label("What it is about").fill(note)
    await second.get_by_label("Name", exact=True).fill("Zoé Öst")
    await save(second)
    await expect(listed(second).filter(has_text="Zoé Öst")).to_contain_text("refund")
    await save(first)
    told = first.get_by_role("alert").filter(has_text="Somebody changed it meanwhile")
    await expect(told).to_contain_text("Name is now: Zoé Öst")
    await expect(told).to_contain_text("What it is about, as they wrote it: refund")
    await expect(told).to_be_focused()
    await expect(first.get_by_label("Name", exact=True)).to_have_value("Zoé Öst")
    await expect(first.get_by_label("What it is about", exact=True)).to_have_value("card")
    await accessible(first)
    await save(first)
    row = listed(first).filter(has_text="Zoé Öst")
    await expect(row).to_contain_text("card")

    # Nobody who thinks again loses the place.
    await row.get_by_role("button", name="Call off").click()
    await first.get_by_role("button", name="Keep it").press("Escape")
    await expect(row.get_by_role("button", name="Call off")).to_be_focused()
    await first.keyboard.press("Enter")
    await row.get_by_role("button", name="Call off").click()
    await expect(first.get_by_text("No callbacks")).to_be_visible()
    await expect(first.get_by_role("region", name="Callbacks")).to_be_focused()


async def test_a_list_that_is_dropped_reaches_an_agent(company: Demo, crowd: People) -> None:
    agent = await crowd.person(hertz=440)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    evil = "<img src=x onerror=document.title='broken'>"
    text = f'nom;numéro;file;motif\nZoé;12;support;\n"{evil}";+33612345678;support;"{evil}"\n'
    lists = company.data / "lists"
    (lists / "spring.csv.part").write_bytes(text.encode("cp1252"))
    (lists / "spring.csv.part").rename(lists / "spring.csv")
    await take(agent)
    card = agent.get_by_role("region", name="Callback")
    await expect(card.get_by_role("heading")).to_have_text(f"Call {evil} back")
    await expect(card.get_by_text("From a list")).to_be_visible()
    assert await agent.locator("img").count() == 0
    assert await agent.title() != "broken"
    await agent.get_by_role("button", name="Reached").click()
    await expect(card.get_by_text("Reached. The session goes on")).to_be_visible()
    report = (lists / "spring.report.csv").read_text(encoding="utf-8-sig")
    assert "Ce n’est pas un numéro de téléphone" in report
    assert [path.name for path in lists.glob("spring.*.done.csv")]
