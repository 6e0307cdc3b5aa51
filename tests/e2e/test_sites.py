"""Administrators say what of a site agents may see, and look at it before it is saved."""

import re

from playwright.async_api import FrameLocator, Page, expect

from tests.support.browsers import People, sign_in
from tests.support.demo import Demo
from tests.support.texts import Texts

say = Texts("en")


async def administrator(company: Demo, crowd: People, site: str = "acme-tools") -> Page:
    page = await crowd.person(viewport={"width": 1280, "height": 1400})
    await sign_in(page, company, "ada", f"/admin/sites/{site}")
    await page.get_by_role("heading", name="Acme Tools").wait_for()
    return page


def shown(page: Page) -> FrameLocator:
    """The customer's page, as it is built in the view."""
    return page.frame_locator(f"iframe[title='{say('staff.page.frame', name='Acme Tools')}']").frame_locator("iframe")


async def test_what_pages_may_choose(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd)
    for field, name in (("queues", "Refunds"), ("skills", "French")):
        label = say(f"admin.sites.field.{field}")
        await (
            page.get_by_role("textbox", name=label, exact=True)
            .or_(page.get_by_role("combobox", name=label, exact=True))
            .click()
        )
        await page.get_by_role("listbox", name=label).get_by_role("option", name=name).click()
        await page.keyboard.press("Escape")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.saved"), exact=True).first).to_be_visible()
    history = page.get_by_role("region", name=say("admin.sites.changes"))
    await expect(history).to_contain_text(say("admin.sites.field.queues"))
    await expect(history).to_contain_text(say("admin.sites.field.skills"))
    info = await page.evaluate(
        """async () => (await fetch("/api/v1/sites/acme-tools?queue=refunds&skill=french&skill=tax")).json()"""
    )
    assert [each["value"] for each in info["ignored"]] == ["tax"]


async def test_a_site_is_changed_and_the_change_is_told(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd)
    unmask = page.get_by_label(say("admin.sites.field.unmask"), exact=True)
    await unmask.fill("[name=email]\n[name=")
    wrong = say("admin.sites.line", line=2, what=say("admin.sites.wrong.selector", value="[name="))
    await expect(page.get_by_text(wrong)).to_be_visible()
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.mend_first"))).to_be_visible()
    await expect(unmask).to_be_focused()

    # Somebody else is quicker.
    other = await administrator(company, crowd)
    await other.get_by_label(say("admin.sites.field.company"), exact=True).fill("Acme")
    await other.keyboard.press("Control+s")
    await expect(other.get_by_text(say("admin.saved"), exact=True).first).to_be_visible()
    await unmask.fill("[name=email]")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.sites.conflict"))).to_be_visible()
    await page.get_by_role("button", name=say("admin.conflict.restore")).click()
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.saved"), exact=True).first).to_be_visible()
    history = page.get_by_role("region", name=say("admin.sites.changes"))
    await expect(history.get_by_role("listitem").first).to_contain_text(say("admin.sites.field.unmask"))
    await page.reload()
    await expect(page.get_by_label(say("admin.sites.field.unmask"), exact=True)).to_have_value("[name=email]")


async def test_the_preview_shows_what_an_agent_would_see(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd)
    await page.get_by_label(say("admin.sites.address")).fill(f"{company.shop}/checkout")
    async with page.expect_popup() as opened:
        await page.get_by_role("button", name=say("admin.sites.open")).click()
    shop = await opened.value
    await expect(page.get_by_text(say("admin.sites.preview_state.shown"))).to_be_visible()
    await expect(shown(page).get_by_role("heading", level=1)).to_have_text("Checkout")
    await shop.get_by_label("Town").fill("Leeds")
    await shop.get_by_label("E-mail").fill("jeanne@petit.example")
    await shop.get_by_label("Card number").fill("4111111111111111")
    town, email, card = (shown(page).locator("form.order input").nth(number) for number in (3, 4, 5))
    await expect(town).to_have_value("Leeds")
    await expect(email).to_have_value(re.compile("^•+"))

    # Typed into the form, not saved: seen at once. Card numbers are never shown.
    unmask = page.get_by_label(say("admin.sites.field.unmask"), exact=True)
    await unmask.fill("[name=email]\n[name=card]")
    await expect(email).to_have_value("jeanne@petit.example")
    await expect(town).to_have_value(re.compile("^•+"))
    await expect(card).not_to_have_value(re.compile("4"))
    mask = page.get_by_label(say("admin.sites.field.mask"), exact=True)
    await mask.fill(".summary")
    await expect(shown(page).get_by_text("Cordless drill D18")).to_have_count(0)

    # The next page of the same window is shown as well.
    await shop.get_by_role("link", name="Drills").click()
    await expect(shown(page).get_by_role("heading", level=1)).to_have_text("Cordless drill D18")
    await shop.close()
    await expect(page.get_by_text(say("admin.sites.preview_state.closed"))).to_be_visible()


async def test_who_may_not_change_sites_is_told_who_can(company: Demo, crowd: People) -> None:
    page = await crowd.person()
    await sign_in(page, company, "sam", "/admin/sites")
    await expect(page.get_by_text(say("admin.sites.not_allowed"))).to_be_visible()
