"""An agent's own client shows the agent's desktop to the customer, who sees and uses it in their browser."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import xcffib.xproto as xp
from playwright.async_api import expect

from rs_client.geometry import Rect
from rs_client.inject.x11_clipboard import X11Clipboard
from tests.support import xserver as xs
from tests.support.browsers import People
from tests.support.client_program import Native
from tests.support.demo import Demo
from tests.support.desk import BLUE, GREEN, Scene, staged
from tests.support.person import Person
from tests.support.xserver import Application


@pytest.fixture
async def scene(company: Demo, crowd: People, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(company, crowd, tmp_path) as ready:
        yield ready


def terminal(scene: Scene) -> Path:
    """A terminal that writes down what is typed into it."""
    typed = scene.folder / "typed"
    scene.xserver.run(
        "xterm", "-u8", "-T", "Typed", "-fa", "Monospace", "-geometry", "60x20+600+300", "-e", f"cat > {typed}"
    )
    return typed


async def shows_desktop(scene: Scene, client: Native) -> None:
    client.type("d")
    await client.said("sees your desktop")
    await expect(scene.customer.locator(".stage .over")).to_be_visible(timeout=20_000)


async def lets_control(scene: Scene, client: Native) -> None:
    before = len(client.text)
    client.type("l")
    await client.said("sees and controls your desktop", before)
    await expect(scene.customer.get_by_text("You can click and type at")).to_be_visible()


async def types(scene: Scene, app: Application, typed: Path, text: str, pasted: str = "") -> None:
    """The customer, into the terminal; `pasted` comes at once, as an input method gives it."""
    keyboard = scene.customer.keyboard
    await scene.click(750, 400, scene.customer)
    await scene.customer.get_by_role("button", name="Keyboard back").wait_for()
    await xs.until(lambda: b"Typed" in title(app), "the terminal has the focus")
    before = typed.read_text() if typed.exists() else ""
    await keyboard.type(text)
    await keyboard.insert_text(pasted)
    await keyboard.press("Enter")
    await xs.until(lambda: typed.exists() and typed.read_text() == f"{before}{text}{pasted}\n", "typed")


def title(app: Application) -> bytes:
    focus = app.x.core.GetInputFocus().reply().focus
    return app.x.property(focus, "WM_NAME")[1] if focus > 1 else b""


async def test_the_customer_sees_and_uses_the_agents_desktop(scene: Scene) -> None:
    typed = terminal(scene)
    app = Application(scene.xserver.display)
    window = await app.opened(Rect(100, 100, 300, 200), xs.GREEN, "Green")
    customer = scene.customer
    async with scene.own() as client:
        await shows_desktop(scene, client)
        await scene.sees(250 / xs.WIDTH, 200 / xs.HEIGHT, GREEN, customer)
        app.fill(window, Rect(0, 0, 300, 200), xs.BLUE)
        await scene.sees(250 / xs.WIDTH, 200 / xs.HEIGHT, BLUE, customer)
        # Seen, and no more: neither click nor key arrives.
        await scene.click(250, 200, customer)
        await lets_control(scene, client)
        assert not app.hear(xp.ButtonPressEvent)
        await scene.click(250, 200, customer)
        await app.heard(xp.ButtonReleaseEvent)
        await types(scene, app, typed, "Hello You 123 ", "é€日本")

        before = len(client.text)
        await customer.get_by_role("button", name="Stop using").click()
        await client.said("sees your desktop", before)
        await expect(customer.get_by_role("button", name="Stop using")).to_have_count(0)
        await expect(customer.locator(".stage .over")).to_be_visible()
        await lets_control(scene, client)
        await types(scene, app, typed, "again")

        before = len(client.text)
        client.type("c")
        await client.said("sees your desktop", before)
        await expect(customer.get_by_role("button", name="Stop using")).to_have_count(0)
        held = typed.read_text()
        await customer.keyboard.type("late\n")
        await lets_control(scene, client)
        Person(app).stop_keys()
        await client.said("Stopped. Nobody sees your screen now.", before)
        await expect(customer.locator(".stage .over")).to_have_count(0)
        assert typed.read_text() == held
        assert app.pressed()[0] == set()
        # The window manager holds clicks up while it gives the focus.
        await xs.until(lambda: app.pressed()[1] == 0, "nothing stays pressed")
    app.close()


async def gives(client: Native, way: str) -> None:
    """A way of the clipboard, which is asked about."""
    before = len(client.text)
    client.type(way)
    await client.said("y yes", before)
    client.type("y")


async def test_each_way_of_the_clipboard_is_given_by_itself(scene: Scene) -> None:
    typed = terminal(scene)
    app, board = Application(scene.xserver.display), X11Clipboard(scene.xserver.display)
    customer = scene.customer
    copied = customer.get_by_text("Sofia copied:")
    async with scene.own() as client:
        await shows_desktop(scene, client)
        await lets_control(scene, client)
        board.set_clipboard("private")
        await customer.evaluate("() => navigator.clipboard.writeText('from the customer é€')")
        await scene.click(750, 400, customer)
        await customer.keyboard.press("Control+V")
        await types(scene, app, typed, " 1")
        assert await board.clipboard() == "private"
        await expect(copied).to_have_count(0)

        await gives(client, "o")
        await client.said("gets the text that you copy")
        board.set_clipboard("from the agent 日本")
        await expect(copied).to_contain_text("from the agent 日本")
        await customer.get_by_role("button", name="Copy", exact=True).click()
        await expect(copied).to_have_count(0)
        assert await customer.evaluate("() => navigator.clipboard.readText()") == "from the agent 日本"

        await scene.click(750, 400, customer)
        await customer.keyboard.press("Control+V")
        await types(scene, app, typed, " 2")
        assert "put text into your clipboard." not in client.text
        await gives(client, "i")
        await client.said("may put text into your clipboard")
        await expect(customer.get_by_text("Ctrl + V pastes your text there.")).to_be_visible()
        await customer.evaluate("() => navigator.clipboard.writeText('from the customer é€')")
        await scene.click(750, 400, customer)
        await customer.keyboard.press("Control+V")
        await client.said("Jeanne Petit put text into your clipboard.")
        assert await board.clipboard() == "from the customer é€"

        client.type("c")
        await expect(customer.get_by_role("button", name="Stop using")).to_have_count(0)
        board.set_clipboard("too late")
        await lets_control(scene, client)
        await types(scene, app, typed, " 3")
        await expect(copied).to_have_count(0)
    board.close()
    app.close()


async def test_one_application_in_the_customers_hands(scene: Scene) -> None:
    shared, other = Application(scene.xserver.display), Application(scene.xserver.display)
    accounts = await shared.opened(Rect(100, 100, 400, 300), xs.GREEN, "Accounts")
    customer = scene.customer
    async with scene.own() as client:
        client.type("w")
        await client.said("Number of the window")
        client.type(next(line for line in client.lines if "Accounts" in line).split()[0])
        await client.said("sees the window")
        await expect(customer.locator(".stage .over")).to_be_visible(timeout=20_000)
        await scene.sees(0.5, 0.5, GREEN, customer)
        client.type("l")
        await client.said("sees and controls the window")
        await expect(customer.get_by_role("button", name="Stop using")).to_be_visible()
        left, top, width, height = await scene.over(customer)
        middle = left + width / 2, top + height / 2
        await customer.mouse.click(*middle)
        await shared.heard(xp.ButtonReleaseEvent)
        cover = await other.opened(Rect(50, 50, 600, 500), xs.RED, "Private")
        other.fill(cover, Rect(0, 0, 600, 500), xs.RED)
        await customer.mouse.click(*middle)
        shared.fill(accounts, Rect(0, 0, 400, 300), xs.BLUE)
        await scene.sees(0.5, 0.5, BLUE, customer)
        other.hide(cover)
        await customer.mouse.click(*middle)
        await xs.until(lambda: len(shared.hear(xp.ButtonReleaseEvent)) == 2, "the click behind that one")
        assert not other.hear(xp.ButtonPressEvent)
        before = len(client.text)
        client.type("s")
        await client.said("Stopped.", before)
        await expect(customer.locator(".stage .over")).to_have_count(0)
    shared.close()
    other.close()
