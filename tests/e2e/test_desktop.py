"""An agent in the console, the customer's window, and the client on the customer's desktop: real windows on a real
X server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import xcffib.xproto as xp
from playwright.async_api import expect

from rs_client.geometry import Rect
from tests.support import xserver as xs
from tests.support.browsers import People
from tests.support.demo import Demo
from tests.support.desk import BLUE, GREEN, YELLOW, Scene, staged
from tests.support.xserver import Application

# Counts pictures, and those with a pixel that is red as nothing but the other window is.
WATCH = """() => {
  const video = document.querySelector(".screen-over").parentElement.querySelector("video");
  const canvas = document.createElement("canvas");
  const look = canvas.getContext("2d", { willReadFrequently: true });
  window.watched = { pictures: 0, red: 0 };
  const each = () => {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    look.drawImage(video, 0, 0);
    const { data } = look.getImageData(0, 0, canvas.width, canvas.height);
    let red = false;
    for (let at = 0; at < data.length; at += 4) red ||= data[at] > 160 && data[at + 1] < 90 && data[at + 2] < 90;
    window.watched.pictures++;
    window.watched.red += red;
    video.requestVideoFrameCallback(each);
  };
  video.requestVideoFrameCallback(each);
}"""


@pytest.fixture
async def scene(company: Demo, crowd: People, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(company, crowd, tmp_path) as ready:
        yield ready


async def test_the_customers_desktop_is_seen_and_controlled_until_the_customer_stops(scene: Scene) -> None:
    typed = scene.folder / "typed"
    place = ("-u8", "-T", "Typed", "-fa", "Monospace", "-geometry", "60x20+600+300", "-e", f"cat > {typed}")
    scene.xserver.run("xterm", *place)
    app = Application(scene.xserver.display)
    window = await app.opened(Rect(100, 100, 300, 200), xs.GREEN, "Green")
    agent, customer = scene.agent, scene.customer
    await scene.asks("View desktop")
    await expect(customer.get_by_role("dialog")).to_contain_text("desktop")
    async with scene.client() as client:
        said = await client.said("see your desktop?")
        await expect(customer.get_by_text("answer there")).to_be_visible()
        await expect(agent.locator(".screen-over")).to_have_count(0)
        await client.says_yes()
        await expect(agent.locator(".screen-over")).to_be_visible(timeout=20_000)
        await scene.sees(250 / xs.WIDTH, 200 / xs.HEIGHT, GREEN)
        app.fill(window, Rect(0, 0, 300, 200), xs.BLUE)
        await scene.sees(250 / xs.WIDTH, 200 / xs.HEIGHT, BLUE)
        # The same look that must not find red where one application is shown.
        await agent.evaluate(WATCH)
        app.fill(window, Rect(0, 0, 300, 200), xs.RED)
        await agent.wait_for_function("() => window.watched.red > 0")
        await scene.asks("Control desktop")
        said = await client.said("control your desktop?", said)
        await client.says_yes(said)
        await agent.locator(".screen-over[data-control]").wait_for()
        await controls(scene, app, typed)
        await customer.get_by_role("button", name="Stop", exact=True).first.click()
        await expect(agent.locator(".screen-over")).to_have_count(0)
        before = typed.read_text()
        await agent.keyboard.type("late\n")
        await client.said("Nobody", said)
        assert typed.read_text() == before
        assert app.pressed()[0] == set()
        # The window manager holds clicks up while it gives the focus.
        await xs.until(lambda: app.pressed()[1] == 0, "nothing stays pressed")
    app.close()


async def controls(scene: Scene, app: Application, typed: Path) -> None:
    """A click is one click. Into the terminal: letters, and characters that its layout lacks."""
    agent = scene.agent
    await scene.click(250, 200)
    await app.heard(xp.ButtonReleaseEvent)
    await scene.click(750, 400)
    await agent.locator(".screen-over[data-typing]").wait_for()
    # The window manager takes a moment to give the focus where the click was.
    await app.heard(xp.FocusOutEvent)
    await agent.keyboard.type("Hello You 123 ")
    await agent.keyboard.insert_text("é€ 日本")
    await agent.keyboard.press("Enter")
    await xs.until(lambda: typed.exists() and typed.read_text() == "Hello You 123 é€ 日本\n", "typed")
    assert [len(app.hear(kind)) for kind in (xp.ButtonPressEvent, xp.ButtonReleaseEvent)] == [1, 1]


async def test_one_application_and_nothing_of_what_covers_it(scene: Scene) -> None:
    shared, other = Application(scene.xserver.display), Application(scene.xserver.display)
    accounts = await shared.opened(Rect(100, 100, 400, 300), xs.GREEN, "Accounts")
    agent = scene.agent
    await scene.asks("View application")
    async with scene.client() as client:
        await client.says_yes()
        await client.said("Number of the window")
        client.type(next(line for line in client.lines if "Accounts" in line).split()[0])
        await expect(agent.locator(".screen-over")).to_be_visible(timeout=20_000)
        await scene.sees(0.5, 0.5, GREEN)
        await agent.evaluate(WATCH)
        cover = await other.opened(Rect(50, 50, 600, 500), xs.RED, "Private")
        for number in range(6):
            right = (xs.BLUE, BLUE) if number % 2 else (xs.YELLOW, YELLOW)
            shared.fill(accounts, Rect(0, 0, 400, 300), right[0])
            await scene.sees(0.5, 0.5, right[1])
            other.configure(cover, x=40 + 10 * number, y=50)
        watched = await agent.evaluate("() => window.watched")
        # The browser may pass over one when it is busy.
        assert watched["pictures"] >= 3
        assert watched["red"] == 0
    shared.close()
    other.close()
