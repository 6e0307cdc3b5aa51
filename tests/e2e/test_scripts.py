"""What people type stays text: on every page that shows it, nothing of it runs, and the policy is never broken."""

import base64
import re
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect

from tests.support.browsers import People, become_available, hears, open_window, sign_in
from tests.support.client import Api, Refused, Socket
from tests.support.demo import Demo

SHORT = (
    '<img src=x onerror="__ran(1)">',
    "<script>__ran(2)</script>",
    '"><svg onload=__ran(3)>',
    "javascript:__ran(4)",
    "{{constructor.constructor('__ran(5)')()}}${__ran(5)}",
    "\u202egnp.exe \u2066x\u2069 \u200f\u0007\u001b[31m",
)
LONG = ("<iframe srcdoc='<script>parent.__ran(6)</script>'></iframe>" * 80)[:4000]
ALL = " ".join(SHORT)

# The page's own and every shadow root: nothing that somebody typed has become an element.
STRANGE = """() => {
  const found = [];
  const walk = (root) => {
    for (const one of root.querySelectorAll("*")) {
      const runs = ({ name, value }) => name.startsWith("on") || name === "srcdoc" ||
        (["href", "src", "action"].includes(name) && /^\\s*(javascript|data:text)/i.test(value));
      if ([...one.attributes].some(runs)) found.push(one.outerHTML.slice(0, 200));
      if (one.matches("iframe, object, embed, img[src=x]")) found.push(one.outerHTML.slice(0, 200));
      if (one.shadowRoot) walk(one.shadowRoot);
    }
  };
  walk(document);
  return found;
}"""

LISTEN = """
addEventListener("securitypolicyviolation", (event) =>
  __ran(`policy ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`), true);
"""


class Watch:
    """People whose browsers tell of anything that ran."""

    def __init__(self, company: Demo, crowd: People) -> None:
        self.company = company
        self.crowd = crowd
        self.ran: list[str] = []

    async def person(self) -> Page:
        page = await self.crowd.person(hertz=440)
        await page.context.expose_function("__ran", lambda what: self.ran.append(f"{what}"))
        await page.context.add_init_script(LISTEN)
        page.on("dialog", self._dialog)
        page.context.on("page", lambda other: other.on("dialog", self._dialog))
        return page

    async def _dialog(self, dialog: Any) -> None:
        self.ran.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    async def clean(self, page: Page) -> None:
        assert await page.evaluate(STRANGE) == [], page.url
        assert self.ran == [], page.url


@pytest.fixture
async def watch(company: Demo, crowd: People) -> Watch:
    return Watch(company, crowd)


async def chat(page: Page, reader: Page, texts: tuple[str, ...]) -> None:
    box = page.get_by_role("textbox", name="Message").first
    for text in texts:
        await box.fill(text)
        await box.press("Enter")
        shown = max(re.findall(r"[ -~]+", text), key=len)[:24].strip()
        await expect(reader.get_by_role("log").get_by_text(shown).first).to_be_visible()


async def upload(page: Page, session: str, name: str, content: str) -> str:
    """By the protocol itself, as a program would; returns the file's address."""
    address: str = await page.evaluate(
        """async ([session, name, content]) => {
          const head = { "Tus-Resumable": "1.0.0" };
          const made = await fetch(`/api/v1/sessions/${session}/files`, { method: "POST",
            headers: { ...head, "Upload-Length": String(content.length), "Upload-Metadata": `filename ${name}` } });
          const address = made.headers.get("Location");
          await fetch(address, { method: "PATCH", body: content,
            headers: { ...head, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" } });
          return address;
        }""",
        [session, base64.b64encode(name.encode()).decode(), content],
    )
    return address


async def session_of(customer: Page) -> str:
    found: str = await customer.evaluate("() => JSON.parse(sessionStorage['deskside:site:acme-tools']).session")
    return found


@pytest.mark.timeout(240)
async def test_hostile_texts_stay_texts_wherever_they_are_shown(watch: Watch, company: Demo) -> None:
    agent, colleague, customer = [await watch.person() for _ in range(3)]
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    await sign_in(colleague, company, "paul")

    await customer.goto(f"{company.shop}/checkout?q=%3Cimg+src=x+onerror=__ran(7)%3E#'><svg onload=__ran(7)>")
    await customer.get_by_role("button", name="Get help").click()
    await customer.get_by_label("Your name").fill(SHORT[0])
    await customer.get_by_label("Your question").fill(ALL)
    await customer.get_by_role("button", name="Get help").last.click()
    await agent.get_by_role("button", name="Accept").wait_for()
    await watch.clean(agent)
    await watch.clean(customer)
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)

    await window.get_by_role("button", name="Microphone").click()
    await hears(agent, 440)
    await agent.get_by_role("button", name="Invite", exact=True).click()
    await agent.get_by_role("button", name="Ask Paul Bauer in").click()
    await agent.keyboard.press("Escape")
    await colleague.get_by_role("button", name="Join", exact=True).click()
    await window.get_by_role("button", name="Allow", exact=True).click()
    await expect(colleague.get_by_role("textbox", name="Message")).to_be_visible()

    await chat(window, agent, (*SHORT, LONG))
    await chat(agent, window, (*SHORT, LONG))
    await agent.get_by_text("Colleagues only").first.click(force=True)
    await chat(agent, colleague, ("private " + SHORT[0], "private " + SHORT[2]))
    for page in (agent, colleague, customer, window):
        await watch.clean(page)
    await expect(window.get_by_text("private <img").first).to_have_count(0)

    session = await session_of(customer)
    names = (
        SHORT[0] + ".svg",
        '"><svg onload=__ran(3)>.html',
        "../../../etc/passwd",
        "\u202efdp.exe",
        "a\r\nSet-Cookie: b.svg",
    )
    body = '<svg xmlns="http://www.w3.org/2000/svg" onload="__ran(8)"><script>__ran(8)</script></svg>'
    files = [await upload(agent, session, name, body) for name in names]
    await agent.get_by_role("tab", name="Files").click()
    await expect(agent.get_by_role("link", name=re.compile("^Download"))).to_have_count(len(names))
    await expect(window.get_by_role("button", name=re.compile("^Download"))).to_have_count(len(names))
    for address in files:
        answer = await agent.context.request.get(f"{company.base}{address}/content")
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert "set-cookie" not in answer.headers
        assert "sandbox" in answer.headers["content-security-policy"]
        assert await answer.text() == body

    await agent.get_by_role("tab", name="Notes").click()
    await agent.get_by_role("textbox", name="Notes").fill(f"{ALL}\n{LONG}")
    await expect(agent.get_by_text("Saved", exact=False).last).to_be_visible()
    await agent.get_by_role("tab", name="Customer").click()
    await agent.get_by_role("button", name="Correct the name").click()
    await agent.get_by_label("Customer’s name").fill(SHORT[2])
    await agent.get_by_role("button", name="Save").click()
    await expect(agent.get_by_role("heading", name=SHORT[2]).first).to_be_visible()
    for page in (agent, colleague, customer, window):
        await watch.clean(page)

    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await window.get_by_role("radio").nth(1).check(force=True)
    await window.get_by_label("What should we know?").fill(ALL)
    await window.get_by_role("button", name="Send rating").click()
    await expect(window.get_by_text("Your rating has arrived")).to_be_visible()
    for page in (agent, customer, window):
        await watch.clean(page)
    await looked_at_by_the_auditor(watch, company)


async def looked_at_by_the_auditor(watch: Watch, company: Demo) -> None:
    auditor = await watch.person()
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name=SHORT[2]).first.wait_for()
    await watch.clean(auditor)
    await auditor.get_by_role("link", name=SHORT[2]).first.click()
    await expect(auditor.get_by_text("<iframe srcdoc").first).to_be_attached()
    await expect(auditor.get_by_text("private <img").first).to_be_attached()
    await watch.clean(auditor)
    await auditor.get_by_role("link", name="Replay", exact=True).click()
    await auditor.get_by_role("button", name="Play").click()
    await auditor.get_by_role("button", name="Pause").wait_for()
    await auditor.get_by_role("slider", name="Position").press("End")
    await expect(auditor.get_by_text(SHORT[1], exact=False).first).to_be_attached()
    await watch.clean(auditor)


@pytest.mark.timeout(120)
async def test_invitations_and_mails_carry_hostile_words_as_words(watch: Watch, company: Demo) -> None:
    agent = await watch.person()
    await sign_in(agent, company, "sofia")
    await agent.get_by_role("button", name="New session").click()
    await agent.get_by_label("Customer’s name").fill(SHORT[1])
    await agent.get_by_role("button", name="Start session").click()
    await agent.get_by_role("tab", name="E-mail").click()
    await agent.get_by_label("E-mail address").fill("marc@customer.example")
    await agent.get_by_label("A word of your own").fill(f"{ALL}\nBcc: all@customer.example\n{LONG[:400]}")
    await agent.get_by_role("button", name="Send invitation").click()
    await expect(agent.get_by_text("Sent to marc@customer.example").first).to_be_visible()
    await watch.clean(agent)

    await agent.goto(f"{company.base}/outbox")
    link = agent.get_by_role("article").get_by_role("link")
    await expect(link).to_have_count(1)
    address = await link.get_attribute("href")
    await expect(agent.get_by_text("<img src=x").first).to_be_visible()
    await watch.clean(agent)
    [mail] = await agent.evaluate("async () => (await fetch('/api/v1/outbox')).json()")
    assert mail["to"] == "marc@customer.example"
    assert "\n" not in mail["subject"]

    guest = await watch.person()
    assert address is not None
    await guest.goto(address)
    await guest.get_by_label("Your name").fill(SHORT[2])
    await guest.get_by_role("button", name="Join").click()
    await guest.get_by_role("button", name="Microphone").wait_for()
    await watch.clean(guest)


async def test_an_outcome_and_a_page_that_are_none(watch: Watch, company: Demo) -> None:
    """What no page of ours would send is refused, or shown as text."""
    agent = await watch.person()
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = Api(company.base, origin=company.shop)
    staff = Api(company.base)
    try:
        ask = {"name": SHORT[5], "question": LONG[:2000], "language": "en", "page_url": SHORT[3]}
        with pytest.raises(Refused):
            await customer.call("POST", "/sites/acme-tools/sessions", ask)
        ask["name"] = "\u202egnp.exe \u2066x"
        with_page = await customer.call("POST", "/sites/acme-tools/sessions", ask)
        await agent.get_by_role("button", name="Accept").click()
        await agent.get_by_role("tab", name="Customer").click()
        await expect(agent.get_by_text("<iframe srcdoc").first).to_be_visible()
        await watch.clean(agent)
        assert await agent.get_by_role("link", name=re.compile("javascript")).count() == 0
        await staff.login("sofia", company.password("sofia"))
        socket = await Socket(staff).open()
        await socket.do("session.end", with_page["session"])
        done = agent.get_by_role("button", name="Done")
        await done.wait_for()
        contact = await wrap_up_of(socket)
        with pytest.raises(Refused):
            await socket.do("wrap_up.done", contact=contact, outcome_code=SHORT[0])
        await socket.close()
        await watch.clean(agent)
    finally:
        await customer.close()
        await staff.close()


async def wrap_up_of(socket: Socket) -> str:
    def find() -> str | None:
        for frame in reversed(socket.frames):
            for one in frame["body"].get("wrap_ups") or []:
                return str(one["contact"])
            if frame["body"]["type"].startswith("wrap_up") and "contact" in frame["body"]:
                return str(frame["body"]["contact"])
            if isinstance(frame["body"].get("wrap_up"), dict):
                return str(frame["body"]["wrap_up"]["contact"])
        return None

    found = await socket.until(find)
    return str(found)


async def test_the_policy_of_every_page_and_the_headers_of_every_answer(company: Demo) -> None:
    pages = (
        "/console",
        "/supervise",
        "/admin",
        "/audit",
        "/audit/x/replay",
        "/outbox",
        "/login",
        "/join",
        "/client",
        f"/j/{'x' * 24}",
    )
    async with aiohttp.ClientSession(company.base) as http:

        async def get(path: str, **headers: str) -> aiohttp.ClientResponse:
            async with http.get(path, headers=headers) as answer:
                await answer.read()
                return answer

        nonces = []
        for path in (*pages, *pages):
            answer = await get(path)
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            [nonce, *others] = set(re.findall(r"'nonce-([^']+)'", policy))
            assert not others
            text = await answer.text()
            assert set(re.findall(r'nonce="([^"]+)"', text)) == {nonce}
            assert re.findall(r"<script(?![^>]*nonce=)", text) == []
            nonces.append(nonce)
        assert len(set(nonces)) == len(nonces)

        [script] = re.findall(r'src="(/static/[^"]+\.js)"', text)
        texts = ("/healthz", "/api/v1/openapi.json", "/api/v1/me", "/api/v1/sites/acme-tools", "/api/v1/nothing")
        for path in (*pages, script, "/embed.js", "/static/icon.svg", *texts):
            answer = await get(path)
            assert answer.headers.get("X-Content-Type-Options") == "nosniff", path
        assert (await get(script)).content_type in ("text/javascript", "application/javascript")
