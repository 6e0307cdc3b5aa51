"""The page of the native client in a real browser: the link's token stays there, the file is what its digest says."""

import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, Request, expect

from tests.support.browsers import People
from tests.support.demo import Demo
from tests.support.texts import Texts

CONTENT = b"\x7fELF not really" * 5000
TOKEN = "Ab0-_" * 8
COMMAND = (
    r'^pipx run --spec "deskside-client @ {base}/client/deskside_client-[0-9.]+-py3-none-any.whl'
    r'#sha256=[0-9a-f]{{64}}" '
    r'rs-client --server "{base}"$'
)


@pytest.fixture
def offered(company: Demo) -> Path:
    file = company.data / "downloads" / "rs-client"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(CONTENT)
    return file


async def focused(page: Page) -> str:
    return str(
        await page.evaluate(
            """() => {
              const root = document.querySelector("deskside-client").shadowRoot;
              return root.activeElement?.textContent || root.activeElement?.value || "";
            }"""
        )
    )


async def test_the_token_never_leaves_the_browser(company: Demo, crowd: People, offered: Path) -> None:
    page = await crowd.person()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    await page.goto(f"{company.base}/client#{TOKEN}")
    command = re.compile(COMMAND.format(base=re.escape(company.base)))
    await expect(page.get_by_role("textbox").first).to_have_value(command)
    async with page.expect_download() as found:
        await page.get_by_role("link", name="rs-client").click()
    download = await found.value
    assert download.suggested_filename == "rs-client"
    digest = hashlib.sha256(Path(await download.path()).read_bytes()).hexdigest()
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    await expect(page.get_by_text(digest, exact=True)).to_be_visible()
    await page.get_by_role("link", name="Français").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(Texts("fr")("client_page.title"))
    await expect(page.get_by_role("textbox").first).to_have_value(command)
    assert len(asked) > 3
    for request in asked:
        headers = await request.all_headers()
        # A page's address is told here with its fragment, which the browser does not send.
        sent = [request.url.partition("#")[0], request.post_data or "", *headers.values()]
        assert not [each for each in sent if TOKEN in each], request.url
        assert request.is_navigation_request() or "#" not in request.url
        # Fonts name the stylesheet that asks for them; nothing names the page.
        referrer = urlsplit(headers.get("referer", "")).path
        assert not referrer or referrer.startswith("/static/")


async def test_by_keyboard_at_320_pixels(company: Demo, crowd: People, offered: Path) -> None:
    page = await crowd.person(
        viewport={"width": 320, "height": 640}, permissions=["clipboard-read", "clipboard-write"], language="fr-FR"
    )
    say = Texts("fr")
    await page.goto(f"{company.base}/client")
    await page.get_by_role("heading", level=1).wait_for()
    for name in ("Windows", "macOS", "Linux"):
        await page.get_by_role("radio", name=name).check()
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, name
    await page.get_by_role("radio", name="Linux").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Windows")).to_be_checked()
    await expect(page.get_by_role("radio", name="Windows")).to_be_focused()
    await expect(page.get_by_text(say("client_page.unverified", platform="Windows"))).to_be_visible()
    await page.keyboard.press("Tab")
    command = await focused(page)
    assert command.endswith(f'--server "{company.base}"')
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").first).to_have_text(say("session_window.client.copied"))
    assert await page.evaluate("navigator.clipboard.readText()") == command
    assert await focused(page) in (say("session_window.client.copied"), say("session_window.client.copy_command"))
    await page.keyboard.press("Tab")
    assert await focused(page) == say("client_page.setup")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("py -m pip install")).to_be_visible()
