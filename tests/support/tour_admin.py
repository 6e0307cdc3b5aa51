"""The part of the tour that leads through the administration."""

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from tests.support.demo import Demo
from tests.support.texts import Texts

Look = Callable[[str, Page], Awaitable[None]]

SECTIONS = (
    "skills/french",
    "sites/acme-tools",
    "agents",
    "hours/office",
    "rules",
    "matrix",
    "policy",
    "changes",
    "transfer",
    "nowhere",
)


async def administration(company: Demo, page: Page, say: Texts, look: Look) -> None:
    """`page` is a main administrator's."""

    async def go(path: str) -> None:
        await page.goto(f"{company.base}/admin/{path}")
        await page.get_by_role("navigation", name=say("admin.sections")).wait_for()

    await go("queues/refunds")
    await page.get_by_role("heading", name="Refunds").wait_for()
    await look("admin-queue", page)
    await _changes_a_queue(page, say, look)
    await go("groups/tech")
    await page.get_by_role("button", name=say("admin.more")).click()
    await page.get_by_role("menuitem", name=say("admin.delete")).click()
    await page.get_by_role("dialog").get_by_role("heading", name=say("admin.effects.removal")).wait_for()
    await look("admin-delete", page)
    await page.get_by_role("dialog").get_by_role("button", name=say("admin.delete")).click()
    await page.get_by_role("dialog").wait_for(state="detached")
    alarm = page.get_by_role("region", name=say("admin.alarm.title"))
    await alarm.get_by_role("button").click()
    await look("admin-alarm", page)
    await page.get_by_role("button", name=say("admin.undo"), exact=True).click()
    await alarm.wait_for(state="detached")
    await go("agents/+")
    await page.get_by_role("combobox", name=say("admin.agent.person")).click()
    await page.get_by_role("listbox").get_by_role("option").first.wait_for()
    await look("admin-new-agent", page)
    for section in SECTIONS:
        await go(section)
        await page.get_by_role("heading").nth(1).wait_for()
        await look(f"admin-{section.replace('/', '-')}", page)


async def _changes_a_queue(page: Page, say: Texts, look: Look) -> None:
    """With a step open, an error and a warning, and nothing saved."""
    name = page.get_by_role("textbox", name=say("admin.form.name"), exact=True)
    await name.fill("Billing")
    await page.get_by_role("button", name=say("admin.steps.end_callback")).click()
    await page.get_by_role("combobox", name=say("admin.steps.field_end")).select_option("")
    await page.get_by_role("button", name=say("admin.steps.add")).click()
    await page.get_by_role("complementary").get_by_text(say("admin.problem.step_without_effect")).wait_for()
    await look("admin-queue-changed", page)
    await page.get_by_role("button", name=say("admin.discard")).click()
    await page.get_by_role("complementary").wait_for(state="detached")
