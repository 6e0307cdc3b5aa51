"""A walk through every page and main state of the product; whoever takes it is told at each what there is to see."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.support.browsers import People, share_pattern
from tests.support.demo import Demo
from tests.support.texts import Texts
from tests.support.tour_admin import administration

Look = Callable[[str, Page], Awaitable[None]]

LONG_NAME = "Maximilienne-Alexandrine de la Rochefoucauld-Montmorency"
QUESTION = "Ma commande n’arrive pas: https://shop.example/" + "commandes-en-souffrance/" * 5


class Tour:
    """One company, one customer, one agent and the others who look at what they did."""

    def __init__(self, company: Demo, crowd: People, language: str, look: Look, **context: Any) -> None:
        self.company = company
        self.crowd = crowd
        self.say = Texts(language)
        self.look = look
        self.context = context

    async def take(self) -> None:
        agent = await self._person()
        await agent.goto(f"{self.company.base}/console")
        await agent.get_by_role("button", name=self.say("staff.login.submit")).wait_for()
        await self.look("sign-in", agent)
        await self._sign_in(agent, "amelie" if self.say.language == "fr" else "sofia", "/console")
        await agent.get_by_role("heading", name=self.say("staff.nothing.title")).wait_for()
        await self.look("console-empty", agent)
        customer, window = await self._waits()
        await self._is_offered(agent)
        await self._talk(agent, customer, window)
        await self._ends(agent, customer, window)
        await self._invitation(agent)
        await self._staff()
        await self._auditor()

    async def _person(self) -> Page:
        language = self.say.language
        locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        page = await self.crowd.person(hertz=440, language=locale, **self.context)
        await page.context.add_init_script(
            f"try {{ localStorage.setItem('deskside.language', '\"{language}\"') }} catch {{}}"
        )
        return page

    async def _sign_in(self, page: Page, name: str, path: str) -> None:
        say = self.say
        await page.goto(f"{self.company.base}{path}")
        await page.get_by_label(say("staff.login.name"), exact=True).fill(name)
        await page.get_by_label(say("staff.login.password"), exact=True).fill(self.company.password(name))
        await page.get_by_role("button", name=say("staff.login.submit")).click()
        await page.get_by_role("button", name=say("staff.login.submit")).wait_for(state="detached")

    async def _waits(self) -> tuple[Page, Page]:
        say = self.say
        customer = await self._person()
        shop = f"{self.company.shop}{'/fr' if say.language == 'fr' else ''}/checkout"
        await customer.goto(shop)
        await customer.get_by_role("button", name=say("customer.form.help")).wait_for()
        await self.look("shop", customer)
        await customer.get_by_role("button", name=say("customer.form.help")).click()
        await customer.get_by_label(say("customer.form.name")).fill(LONG_NAME)
        await customer.get_by_label(say("customer.form.question")).fill(QUESTION)
        await self.look("panel-form", customer)
        await customer.get_by_role("button", name=say("customer.form.help")).last.click()
        await customer.get_by_text(say("customer.queue.next")).wait_for()
        await self.look("panel-queue", customer)
        async with customer.expect_popup() as opened:
            await customer.get_by_role("button", name=say("customer.window.open")).click()
        window = await opened.value
        await window.get_by_text(say("customer.queue.next")).wait_for()
        await self.look("window-waiting", window)
        await window.get_by_role("button", name=say("session_window.check.start")).click()
        await window.get_by_role("switch", name=say("customer.call.camera"), checked=True).wait_for()
        await self.look("window-checked", window)
        return customer, window

    async def _is_offered(self, agent: Page) -> None:
        say = self.say
        await agent.get_by_role("button", name=say("staff.state.not_ready")).first.click()
        await self.look("console-state-menu", agent)
        await agent.get_by_role("menuitem", name=say("staff.state.ready"), exact=True).click()
        await agent.get_by_role("button", name=say("staff.offer.accept")).wait_for()
        await self.look("console-offer", agent)
        await agent.get_by_role("button", name=say("staff.offer.accept")).click()

    async def _talk(self, agent: Page, customer: Page, window: Page) -> None:
        say = self.say
        await window.get_by_role("button", name=say("customer.call.mic")).wait_for()
        await self.look("console-session", agent)
        await self.look("window-call", window)
        await self._chat(window, say("customer.chat.message"), "Bonjour ! " + "x" * 120)
        await self._chat(window, say("customer.chat.message"), "https://shop.example/" + "a" * 150)
        await self._chat(agent, say("staff.chat.message"), "Bonjour, je regarde tout de suite. " * 4)
        await agent.get_by_role("button", name=say("staff.call.camera")).click()
        await share_pattern(window, 0b1001_0110)
        await agent.get_by_role("button", name=say("staff.tool.ask_screen")).click()
        await window.get_by_role("button", name=say("customer.ask.allow"), exact=True).wait_for()
        await self.look("window-question", window)
        await self.look("panel-question", customer)
        await self.look("console-asked", agent)
        await window.get_by_role("button", name=say("customer.ask.allow"), exact=True).click()
        await window.get_by_role("button", name=say("customer.call.stop_sharing")).wait_for()
        await window.locator(".tile, .big > video").first.wait_for()
        await self.look("window-sharing", window)
        await self.look("panel-chat", customer)
        await self.look("console-screen", agent)
        await self._window_dialogs(window)
        await self._tabs(agent)
        await self._dialogs(agent)
        await self._transfer_and_team(agent)

    async def _chat(self, page: Page, label: str, text: str) -> None:
        box = page.get_by_role("textbox", name=label).first
        await box.fill(text)
        await box.press("Enter")
        await page.get_by_role("log").get_by_text(text.strip()).wait_for()

    async def _window_dialogs(self, window: Page) -> None:
        say = self.say
        await window.get_by_role("button", name=say("customer.call.devices")).click()
        await window.get_by_role("dialog").wait_for()
        await self.look("window-devices", window)
        await window.get_by_role("button", name=say("customer.done"), exact=True).click()
        await window.get_by_role("button", name=say("customer.leave"), exact=True).click()
        await window.get_by_role("dialog").wait_for()
        await self.look("window-leave", window)
        await window.get_by_role("button", name=say("customer.stay"), exact=True).click()

    async def _tabs(self, agent: Page) -> None:
        say = self.say
        for name in ("notes", "files", "customer"):
            await agent.get_by_role("tab", name=say(f"staff.panel.{name}"), exact=True).click()
            if name == "notes":
                await agent.get_by_role("textbox", name=say("staff.notes.title")).fill("Carte refusée. " * 30)
                await agent.get_by_text(say("staff.notes.saved"), exact=False).last.wait_for()
            if name == "files":
                async with agent.expect_file_chooser() as chosen:
                    await agent.get_by_role("button", name=say("staff.files.send")).click()
                name_of = "facture-" + "trimestrielle-" * 6 + ".pdf"
                await (await chosen.value).set_files(
                    {"name": name_of, "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n" * 100}
                )
                await agent.get_by_role("link", name=name_of).wait_for()
            await self.look(f"console-{name}", agent)
        await agent.get_by_role("tab", name=say("staff.panel.chat"), exact=True).click()

    async def _dialogs(self, agent: Page) -> None:
        say = self.say
        await agent.get_by_role("button", name=say("staff.tool.invite"), exact=True).click()
        # A customer is in: only colleagues can be asked.
        await agent.get_by_role("tabpanel", name=say("staff.invite.colleague"), exact=True).wait_for()
        await self.look("console-invite-colleague", agent)
        await agent.keyboard.press("Escape")
        await expect(agent.get_by_role("dialog")).to_have_count(0)
        await agent.get_by_role("button", name=re.compile(re.escape(say("staff.menu.open", name="")))).click()
        await agent.get_by_role("menuitem", name=say("staff.menu.sign_out")).wait_for()
        await self.look("console-user-menu", agent)
        await agent.get_by_role("menuitem", name=say("staff.keys.title"), exact=True).click()
        await agent.get_by_role("dialog").wait_for()
        await self.look("console-keys", agent)
        await agent.keyboard.press("Escape")
        await expect(agent.get_by_role("dialog")).to_have_count(0)
        await agent.get_by_role("button", name=say("staff.palette.open")).click()
        await agent.get_by_placeholder(say("staff.palette.placeholder")).wait_for()
        await self.look("console-palette", agent)
        await agent.keyboard.press("Escape")
        await expect(agent.get_by_placeholder(say("staff.palette.placeholder"))).to_have_count(0)

    async def _transfer_and_team(self, agent: Page) -> None:
        say = self.say
        await agent.get_by_role("button", name=say("staff.tool.transfer"), exact=True).click()
        await agent.get_by_role("tab", name=say("staff.transfer.queues")).wait_for()
        await self.look("console-transfer-queue", agent)
        await agent.get_by_role("tab", name=say("staff.transfer.agents")).click()
        await self.look("console-transfer-agent", agent)
        await agent.keyboard.press("Escape")
        await expect(agent.get_by_role("dialog")).to_have_count(0)
        if await agent.get_by_role("button", name=say("staff.back"), exact=True).is_visible():
            # On a phone the team is on the other screen.
            return
        await agent.get_by_role("button", name=say("staff.team.arrange")).click()
        await agent.get_by_role("button", name="Paul Bauer").click()
        await agent.get_by_role("menuitem", name=say("staff.team.pin")).wait_for()
        await self.look("console-team-menu", agent)
        await agent.get_by_role("menuitem", name=say("staff.team.pin")).click()
        await agent.get_by_role("list", name=say("staff.team.bar")).wait_for()
        await self.look("console-team-bar", agent)
        await agent.get_by_role("button", name=say("staff.team.arrange")).click()

    async def _ends(self, agent: Page, customer: Page, window: Page) -> None:
        say = self.say
        await agent.get_by_role("button", name=say("staff.head.end")).click()
        await agent.get_by_role("menuitem", name=say("staff.head.end_all")).click()
        await agent.get_by_role("button", name=say("staff.wrap_up.done"), exact=True).wait_for()
        await self.look("console-wrap-up", agent)
        await window.get_by_role("radio").nth(3).check(force=True)
        await window.get_by_label(say("customer.rate.comment")).fill("Très bien. " * 20)
        await self.look("window-ended", window)
        await window.get_by_role("button", name=say("customer.rate.send")).click()
        await window.get_by_text(say("customer.rate.thanks")).wait_for()
        await customer.bring_to_front()
        await customer.get_by_text(say("customer.end.by_agent")).wait_for()
        await self.look("panel-ended", customer)

    async def _invitation(self, agent: Page) -> None:
        say = self.say
        await agent.get_by_role("button", name=say("staff.new.button")).click()
        await agent.get_by_role("textbox", name=say("staff.new.name")).wait_for()
        await self.look("console-new", agent)
        await agent.get_by_role("button", name=say("staff.new.start")).click()
        await agent.get_by_role("button", name=say("staff.invite.copy")).wait_for()
        await self.look("console-invite-number", agent)
        await agent.get_by_role("tab", name=say("staff.invite.by_mail"), exact=True).click()
        await self.look("console-invite-mail", agent)
        await agent.get_by_role("textbox", name=say("staff.invite.address")).fill("marc@customer.example")
        await agent.get_by_role("button", name=say("staff.invite.mail")).click()
        await agent.get_by_text("marc@customer.example").first.wait_for()
        await agent.get_by_role("tab", name=say("staff.invite.by_link"), exact=True).click()
        link = await agent.get_by_role("textbox", name=say("staff.invite.link")).input_value()
        await self.look("console-invite-link", agent)
        await agent.keyboard.press("Escape")
        await self.look("console-inviting", agent)
        guest = await self._person()
        await guest.goto(link)
        await guest.get_by_role("button", name=say("customer.join.join")).wait_for()
        await self.look("invitation", guest)
        await guest.goto(f"{self.company.base}/j/{'x' * 24}")
        await guest.get_by_role("alert").wait_for()
        await self.look("invalid-link", guest)
        await guest.goto(f"{self.company.base}/join")
        await guest.get_by_label(say("customer.join.number")).fill("123")
        await guest.get_by_role("button", name=say("customer.join.join")).click()
        await guest.get_by_role("alert").wait_for()
        await self.look("join", guest)
        (self.company.data / "downloads").mkdir(exist_ok=True)
        (self.company.data / "downloads" / "rs-client").write_bytes(b"a program")
        await guest.goto(f"{self.company.base}/client#{'x' * 43}")
        await guest.get_by_role("link", name="rs-client").wait_for()
        await self.look("client", guest)
        await guest.get_by_role("radio", name="Windows").check()
        await self.look("client-windows", guest)

    async def _staff(self) -> None:
        for name, path in (("ada", "/admin"), ("sam", "/supervise")):
            page = await self._person()
            await self._sign_in(page, name, path)
            await page.get_by_role("heading", level=1).wait_for()
            if name == "sam":
                await page.get_by_role("tab").first.wait_for()
            await self.look(path.strip("/"), page)
            if name == "ada":
                await administration(self.company, page, self.say, self.look)
        await self._supervise(page)
        await page.goto(f"{self.company.base}/admin/queues/refunds")
        await page.get_by_text(self.say("admin.read_only")).wait_for()
        await self.look("admin-read-only", page)
        await page.goto(f"{self.company.base}/outbox")
        await page.get_by_text("marc@customer.example").wait_for()
        await self.look("outbox", page)
        await page.goto(f"{self.company.base}/audit")
        await page.get_by_role("heading", name=self.say("staff.not_allowed.title")).wait_for()
        await self.look("not-allowed", page)

    async def _supervise(self, page: Page) -> None:
        say = self.say
        await page.get_by_role("button", name="Sam Okafor").last.click()
        await page.get_by_role("dialog").wait_for()
        await self.look("supervise-agent", page)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await page.get_by_role("tab").nth(1).click()
        await page.get_by_role("region", name=say("supervise.waiting_region")).wait_for()
        await self.look("supervise-waiting", page)

    async def _auditor(self) -> None:
        say = self.say
        page = await self._person()
        await self._sign_in(page, "otto", "/audit")
        replay = page.get_by_role("link", name=say("audit.replay.name"), exact=True).first
        await replay.wait_for()
        await self.look("audit-list", page)
        await page.get_by_role("link", name=LONG_NAME).click()
        await page.get_by_role("heading", name=say("audit.detail.consents")).wait_for()
        await self.look("audit-detail", page)
        await page.get_by_role("link", name=say("audit.replay.name"), exact=True).click()
        await page.get_by_role("button", name=say("audit.replay.play")).wait_for()
        await self.look("audit-replay", page)
        await page.goto(f"{self.company.base}/audit?text=nobody")
        await self.look("audit-none", page)
