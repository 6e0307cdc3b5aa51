"""The administration in a browser: what a change does is seen before it is saved, and each can be taken back."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from tests.support.browsers import People, ask_for_help, sign_in
from tests.support.demo import Demo
from tests.support.texts import Texts

say = Texts("en")


async def administrator(company: Demo, crowd: People, path: str = "/admin") -> Page:
    page = await crowd.person()
    await sign_in(page, company, "ada", path)
    await page.get_by_role("navigation", name=say("admin.sections")).wait_for()
    return page


def listed(page: Page, name: str) -> Any:
    """The item in the list of its section."""
    pane = page.get_by_role("region").filter(has=page.locator("#admin-list"))
    return pane.get_by_role("link").filter(has_text=re.compile(f"^{re.escape(name)}"))


def effects(page: Page) -> Any:
    return page.get_by_role("complementary")


async def add(page: Page, kind: str) -> None:
    await page.get_by_role("button", name=say(f"admin.new.{kind}")).first.click()


async def name_it(page: Page, name: str) -> None:
    await page.get_by_role("textbox", name=say("admin.form.name"), exact=True).fill(name)


async def test_a_queue_with_steps_is_made_and_taken_back(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd)
    await page.get_by_role("link", name=re.compile(say("admin.nav.groups"))).click()
    await add(page, "group")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.mend_first"))).to_be_visible()
    await name_it(page, "Second line")
    await page.keyboard.press("Control+s")
    await expect(listed(page, "Second line")).to_be_visible()

    await page.get_by_role("link", name=re.compile(say("admin.nav.queues"))).click()
    await add(page, "queue")
    await name_it(page, "Night")
    # Nobody serves it yet: said before anything is saved, and no reason to refuse.
    await expect(effects(page)).to_contain_text(say("admin.problem.queue_without_agents"))
    await page.get_by_role("button", name=say("admin.steps.add")).click()
    await expect(page.get_by_text(say("admin.steps.nothing"))).to_be_visible()
    await page.get_by_role("combobox", name=say("admin.steps.field_groups")).click()
    await page.get_by_role("option", name="Second line").click()
    await page.keyboard.press("Escape")
    sentence = say("admin.steps.groups_one", names="Second line")
    await expect(page.get_by_role("button", name=sentence)).to_be_visible()
    await page.get_by_role("combobox", name=say("admin.steps.field_end")).select_option("queue")
    await page.get_by_role("combobox", name=say("admin.steps.field_queue")).select_option("support")

    # Left for a moment, the draft is still there.
    await page.get_by_role("link", name=re.compile(say("admin.nav.skills"))).click()
    await page.go_back()
    await expect(page.get_by_role("textbox", name=say("admin.form.name"), exact=True)).to_have_value("Night")

    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.saved"), exact=True).last).to_be_visible()
    await expect(listed(page, "Night")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("/admin/queues/night")
    await page.reload()
    end = say("admin.steps.end_queue", name="Support")
    await expect(page.get_by_role("button", name=re.compile(re.escape(end)))).to_be_visible()

    await page.get_by_label(say("admin.queue.priority"), exact=True).fill("7")
    await page.get_by_role("button", name=re.compile(f"^{say('common.save')}")).click()
    await page.get_by_role("button", name=say("admin.undo"), exact=True).click()
    await expect(page.get_by_text(say("admin.undone"))).to_be_visible()
    await expect(page.get_by_label(say("admin.queue.priority"), exact=True)).to_have_value("0")

    await page.get_by_role("link", name=say("admin.nav.changes"), exact=True).click()
    await expect(page.get_by_text(say("admin.changes.took_back"))).to_be_visible()
    made = page.get_by_role("listitem").filter(has_text="Night").filter(has_text=say("admin.changes.made"))
    await expect(made).to_be_visible()


async def test_what_waits_is_told_before_a_queue_changes(company: Demo, crowd: People) -> None:
    customer = await crowd.person()
    await ask_for_help(customer, company)
    await customer.get_by_text(say("customer.queue.next")).wait_for()
    page = await administrator(company, crowd, "/admin/queues/support")
    await page.get_by_role("combobox", name=say("admin.form.add_skill")).click()
    await page.get_by_role("option", name="Hardware").click()
    await page.get_by_role("slider", name=say("admin.form.level_of", name="Hardware")).press("End")
    alone = say("admin.effect.contacts_without_agents_one", count=1, queue="Support")
    await expect(effects(page)).to_contain_text(alone)
    await page.get_by_role("button", name=say("admin.discard")).click()
    await expect(effects(page)).to_have_count(0)

    # The site sends its customers here, so it cannot go.
    await page.get_by_role("button", name=say("admin.more")).click()
    await page.get_by_role("menuitem", name=say("admin.delete")).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("acme-tools")
    await expect(dialog.get_by_role("button", name=say("admin.delete"))).to_be_disabled()
    await dialog.get_by_role("button", name=say("admin.keep")).click()


async def test_deleting_is_taken_back(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd, "/admin/groups/tech")
    await page.get_by_role("button", name=say("admin.more")).click()
    await page.get_by_role("menuitem", name=say("admin.delete")).click()
    dialog = page.get_by_role("dialog")
    lost = say("admin.alarm.loses_group", name="Technical support")
    await expect(dialog).to_contain_text(lost)
    await dialog.get_by_role("button", name=say("admin.delete")).click()
    await expect(listed(page, "Technical support")).to_have_count(0)
    alarm = page.get_by_role("region", name=say("admin.alarm.title"))
    await alarm.get_by_role("button").click()
    await expect(alarm.get_by_role("link", name="Paul Bauer")).to_be_visible()
    await page.get_by_role("button", name=say("admin.undo"), exact=True).click()
    await expect(listed(page, "Technical support")).to_be_visible()
    await expect(alarm).to_have_count(0)


async def test_what_two_people_change_is_put_together(company: Demo, crowd: People) -> None:
    first = await administrator(company, crowd, "/admin/queues/billing")
    second = await administrator(company, crowd, "/admin/queues/billing")
    await name_it(first, "Invoices")
    await name_it(second, "Money")
    await second.get_by_label(say("admin.queue.priority"), exact=True).fill("5")
    await second.keyboard.press("Control+s")
    await expect(second.get_by_text(say("admin.saved"), exact=True).last).to_be_visible()
    await first.keyboard.press("Control+s")
    conflict = first.get_by_role("alert").filter(has_text=say("admin.conflict.title"))
    await expect(conflict).to_contain_text(say("admin.conflict.taken", fields=say("admin.field.priority")))
    await conflict.get_by_role("radio", name=say("admin.conflict.mine", value="Invoices")).check()
    await conflict.get_by_role("button", name=say("admin.conflict.go_on")).click()
    await expect(first.get_by_label(say("admin.queue.priority"), exact=True)).to_have_value("5")
    await first.keyboard.press("Control+s")
    await expect(listed(first, "Invoices")).to_be_visible()


async def test_the_configuration_goes_out_and_comes_in_as_a_file(company: Demo, crowd: People, tmp_path: Path) -> None:
    page = await administrator(company, crowd, "/admin/transfer")
    async with page.expect_download() as started:
        await page.get_by_role("link", name=say("admin.transfer.export_button")).click()
    file = tmp_path / "configuration.json"
    await (await started.value).save_as(file)
    content = json.loads(file.read_text("utf-8"))
    content["configuration"]["skills"].append({"id": "german", "name": "German"})
    (tmp_path / "more.json").write_text(json.dumps(content), "utf-8")
    (tmp_path / "foreign.json").write_text('{"something": "else"}', "utf-8")
    choose = page.locator("input[type=file]")
    await choose.set_input_files(tmp_path / "foreign.json")
    await expect(effects(page)).to_contain_text(say("admin.problem.file_shape", reason=""))
    await expect(page.get_by_role("button", name=say("admin.transfer.apply"))).to_be_disabled()
    await choose.set_input_files(tmp_path / "more.json")
    await expect(effects(page)).to_contain_text(say("admin.transfer.added_one", count=1))
    await page.get_by_role("button", name=say("admin.transfer.apply")).click()
    await expect(page.get_by_text(say("admin.transfer.done_one", count=1))).to_be_visible()
    await page.get_by_role("link", name=re.compile(f"^{say('admin.nav.skills')}")).click()
    await expect(listed(page, "German")).to_be_visible()


async def test_the_policy_says_who_gets_a_contact_and_why_not(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd, "/admin/policy")
    result = page.get_by_role("region", name=say("admin.policy.result"))
    await expect(result).to_contain_text(say("admin.policy.waits"))
    row = result.get_by_role("row").filter(has_text="Sofia Lind")
    await expect(row).to_contain_text(say("admin.why.offline"))
    await page.get_by_role("combobox", name=say("admin.policy.queue")).select_option("support")
    await expect(result.get_by_role("row").filter(has_text="Paul Bauer")).to_contain_text(say("admin.why.offline"))
    await expect(row).not_to_contain_text(say("admin.why.not_this_queue"))


async def test_hours_show_the_days_that_they_mean(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd, "/admin/hours")
    await add(page, "hours")
    await name_it(page, "Weekend")
    await page.get_by_role("combobox", name=say("admin.hours.country")).fill("France")
    await page.get_by_role("option", name="France", exact=True).click()
    await expect(page.get_by_text("National Day").first).to_be_visible()
    await expect(page.get_by_text("09:00 – 17:00").first).to_be_visible()
    monday = page.get_by_label(re.compile(say("admin.hours.to_of", day="Monday", number=1)))
    await monday.fill("08:00")
    wrong = say("admin.problem.span_order", start="09:00", to="08:00")
    await expect(page.get_by_role("alert").filter(has_text=wrong)).to_be_visible()
    await monday.fill("18:00")
    await expect(page.get_by_text(wrong)).to_have_count(0)
    await page.keyboard.press("Control+s")
    await expect(listed(page, "Weekend")).to_be_visible()


async def test_a_skill_matrix_is_filled_in_by_keys(company: Demo, crowd: People) -> None:
    page = await administrator(company, crowd, "/admin/skills")
    await add(page, "skill")
    await name_it(page, "German")
    await page.keyboard.press("Control+s")
    await expect(listed(page, "German")).to_be_visible()
    await page.get_by_role("link", name=say("admin.nav.matrix"), exact=True).click()
    cell = page.get_by_label(say("admin.matrix.cell", agent="Amélie Morel", skill="German"))
    await cell.press("9")
    await cell.press("ArrowDown")
    await page.keyboard.press("4")
    await expect(effects(page)).to_contain_text(say("admin.effects.none_change"))
    await page.keyboard.press("Control+s")
    told = page.get_by_role("alert").filter(has_text=say("admin.matrix.saved_other", count=2))
    await expect(told.get_by_role("button", name=say("common.close"), exact=True)).to_be_visible()
    await told.get_by_role("button", name=say("admin.undo"), exact=True).click()
    await expect(page.get_by_text(say("admin.undone"))).to_be_visible()
    await expect(cell).to_have_value("")
    await cell.press("9")
    await page.keyboard.press("Control+s")
    await expect(page.get_by_text(say("admin.matrix.saved_one", count=1))).to_be_visible()
    await page.reload()
    await expect(page.get_by_label(say("admin.matrix.cell", agent="Amélie Morel", skill="German"))).to_have_value("9")


async def test_who_may_read_cannot_change(company: Demo, crowd: People) -> None:
    page = await crowd.person()
    await sign_in(page, company, "sam", "/admin/queues/support")
    await expect(page.get_by_text(say("admin.read_only"))).to_be_visible()
    await expect(page.get_by_role("textbox", name=say("admin.form.name"), exact=True)).to_be_disabled()
    await expect(page.get_by_role("button", name=say("admin.new.queue"))).to_have_count(0)
    await expect(page.get_by_role("button", name=say("admin.more"))).to_have_count(0)
