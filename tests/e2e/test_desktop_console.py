"""An agent's console and a customer's desktop of two monitors: what to see of it and how, the clipboard, and losses."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import xcffib.xproto as xp
from playwright.async_api import expect

from rs_client.geometry import Rect
from rs_client.inject.x11_clipboard import X11Clipboard
from tests.support import xserver as xs
from tests.support.browsers import People
from tests.support.client_program import Native
from tests.support.demo import Demo
from tests.support.desk import BLUE, GREEN, YELLOW, Scene, staged
from tests.support.person import Person
from tests.support.wire import wire
from tests.support.xserver import Application

HALF = xs.WIDTH // 2
ESCAPE = 0xFF1B
INK = 0x3155D6
VIDEO = "document.querySelector('.screen-over').parentElement.querySelector('video')"


@pytest.fixture
async def scene(company: Demo, crowd: People, tmp_path: Path) -> AsyncIterator[Scene]:
    async with staged(company, crowd, tmp_path) as ready:
        ready.xserver.monitors(left=Rect(0, 0, HALF, xs.HEIGHT), right=Rect(HALF, 0, HALF, xs.HEIGHT))
        yield ready


async def allows(scene: Scene, client: Native, tool: str, words: str) -> None:
    before = len(client.text)
    if tool:
        await scene.asks(tool)
    await client.says_yes(await client.said(words, before if tool else 0))


async def chooses(scene: Scene, what: str, now: str, to: str) -> None:
    """In the bar over the picture."""
    await scene.agent.get_by_role("button", name=f"{what}: {now}", exact=True).click()
    await scene.agent.get_by_role("menuitemradio", name=re.compile(f"^{to}")).click()
    await scene.agent.get_by_role("button", name=f"{what}: {to}", exact=True).wait_for()


async def width(scene: Scene) -> int:
    return int(await scene.agent.evaluate(f"() => {VIDEO}.videoWidth"))


async def test_monitors_mode_quality_marks_and_special_keys(scene: Scene) -> None:
    app = Application(scene.xserver.display)
    await app.opened(Rect(100, 100, 300, 200), xs.GREEN, "Left")
    right = await app.opened(Rect(HALF + 100, 100, 300, 200), xs.BLUE, "Right")
    agent = scene.agent
    await scene.asks("View desktop")
    async with scene.client() as client:
        await allows(scene, client, "", "see your desktop?")
        await expect(agent.locator(".screen-over")).to_be_visible(timeout=20_000)
        await scene.sees(250 / HALF, 200 / xs.HEIGHT, GREEN)
        assert await width(scene) == HALF
        await chooses(scene, "Monitor", "left", "right")
        await scene.sees(250 / HALF, 200 / xs.HEIGHT, BLUE)
        await client.said("sees your monitor right")
        await chooses(scene, "Monitor", "right", "All monitors")
        await scene.sees(250 / xs.WIDTH, 200 / xs.HEIGHT, GREEN)
        await scene.sees((HALF + 250) / xs.WIDTH, 200 / xs.HEIGHT, BLUE)

        whole = await width(scene)
        await chooses(scene, "Display mode", "Standard", "Screen sampling")
        app.fill(right, Rect(0, 0, 300, 200), xs.YELLOW)
        await scene.sees((HALF + 250) / xs.WIDTH, 200 / xs.HEIGHT, YELLOW)
        assert await width(scene) < whole
        await chooses(scene, "Display mode", "Screen sampling", "Standard")
        app.fill(right, Rect(0, 0, 300, 200), xs.BLUE)
        await scene.sees((HALF + 250) / xs.WIDTH, 200 / xs.HEIGHT, BLUE)
        await agent.wait_for_function(f"(whole) => {VIDEO}.videoWidth === whole", arg=whole)
        await expect(agent.get_by_text(re.compile(r"^\d+ fps · \d+ ms · [\d.]+ Mbit/s$"))).to_be_visible()

        await agent.get_by_role("button", name="Highlight on screen").click()
        await drag(scene, (150, 150), (350, 250))
        await xs.until(lambda: pixel(app, 150, 200) == INK, "the frame on the customer's screen")
        await scene.asks("Control desktop")
        await allows(scene, client, "", "control your desktop?")
        await agent.locator(".screen-over[data-control]").wait_for()
        await agent.get_by_role("button", name="Wipe drawings on screen").click()
        await xs.until(lambda: pixel(app, 150, 200) == xs.GREEN, "wiped there")
        await agent.get_by_role("button", name="Highlight on screen").click()
        await scene.click(250, 200)
        await app.heard(xp.FocusInEvent)
        await agent.get_by_role("button", name="Special keys").click()
        await agent.get_by_role("menuitem", name="Escape").click()
        (pressed, *_) = await app.heard(xp.KeyPressEvent)
        assert pressed.detail == Person(app).code(ESCAPE)
        await xs.until(lambda: app.pressed() == (set(), 0), "nothing stays pressed")
    app.close()


async def test_on_the_second_monitor_too_everything_lands_where_it_is_seen(scene: Scene) -> None:
    """Drag, wheel, shortcut and text, through the worker."""
    typed = scene.folder / "typed"
    place = ("-u8", "-T", "Typed", "-fa", "Monospace", "-geometry", f"30x10+{HALF + 100}+400", "-e", f"cat > {typed}")
    app = Application(scene.xserver.display)
    await app.opened(Rect(HALF + 100, 100, 300, 200), xs.BLUE, "Right")
    scene.xserver.run("xterm", *place)
    agent, keys = scene.agent, Person(app)
    await scene.asks("View desktop")
    async with scene.client() as client:
        await allows(scene, client, "", "see your desktop?")
        await expect(agent.locator(".screen-over")).to_be_visible(timeout=20_000)
        await chooses(scene, "Monitor", "left", "right")
        scene.shown = Rect(HALF, 0, HALF, xs.HEIGHT)
        await scene.sees(250 / HALF, 200 / xs.HEIGHT, BLUE)
        await allows(scene, client, "Control desktop", "control your desktop?")
        await agent.locator(".screen-over[data-control]").wait_for()

        await drag(scene, (HALF + 150, 150), (HALF + 350, 250))
        (released,) = await app.heard(xp.ButtonReleaseEvent)
        (pressed,) = app.hear(xp.ButtonPressEvent)
        moves = [each for each in app.hear(xp.MotionNotifyEvent) if each.state & xp.KeyButMask.Button1]
        assert near(pressed, (HALF + 150, 150))
        assert near(released, (HALF + 350, 250))
        assert len(moves) > 1
        assert all(HALF + 150 - 2 <= each.root_x <= HALF + 350 + 2 for each in moves)

        app.events.clear()
        await agent.mouse.wheel(0, 300)
        (notch, *_) = await app.heard(xp.ButtonPressEvent)
        assert notch.detail == 5
        assert near(notch, (HALF + 350, 250))

        await agent.locator(".screen-over[data-typing]").wait_for()
        await agent.keyboard.press("Control+k")
        letter = keys.code(ord("k"))
        await xs.until(lambda: any(each.detail == letter for each in app.hear(xp.KeyPressEvent)), "the shortcut")
        (shortcut,) = [each for each in app.hear(xp.KeyPressEvent) if each.detail == letter]
        assert shortcut.state & xp.KeyButMask.Control

        await scene.click(HALF + 200, 460)
        await app.heard(xp.FocusOutEvent)
        await agent.keyboard.insert_text("écran 2 漢")
        await agent.keyboard.press("Enter")
        await xs.until(lambda: typed.exists() and typed.read_text() == "écran 2 漢\n", "typed")
        await xs.until(lambda: app.pressed() == (set(), 0), "nothing stays pressed")
    app.close()


def near(event: Any, spot: tuple[int, int]) -> bool:
    """The picture in the console is smaller than the screen."""
    return bool(abs(event.root_x - spot[0]) <= 2 and abs(event.root_y - spot[1]) <= 2)


def pixel(app: Application, x: int, y: int) -> int:
    data = app.x.core.GetImage(xp.ImageFormat.ZPixmap, app.x.root, x, y, 1, 1, 0xFFFFFFFF).reply().data
    return int.from_bytes(bytes(data)[:4], "little") & 0xFFFFFF


async def drag(scene: Scene, begin: tuple[int, int], end: tuple[int, int]) -> None:
    mouse = scene.agent.mouse
    await mouse.move(*await scene.spot(*begin))
    await mouse.down()
    await mouse.move(*await scene.spot(*end), steps=5)
    await mouse.up()


async def test_text_passes_each_way_of_the_clipboard_only_when_allowed(scene: Scene) -> None:
    app, board = Application(scene.xserver.display), X11Clipboard(scene.xserver.display)
    await app.opened(Rect(100, 100, 300, 200), xs.GREEN, "Left")
    agent = scene.agent
    copied = agent.get_by_text("Jeanne Petit copied:")
    board.set_clipboard("private")
    await scene.asks("View desktop")
    async with scene.client() as client:
        await allows(scene, client, "", "see your desktop?")
        await expect(agent.locator(".screen-over")).to_be_visible(timeout=20_000)
        await allows(scene, client, "Control desktop", "control your desktop?")
        await agent.locator(".screen-over[data-control]").wait_for()
        await expect(agent.get_by_role("button", name="Type my clipboard")).to_be_visible()
        await expect(agent.get_by_role("button", name="Send my clipboard")).to_have_count(0)
        board.set_clipboard("still private")
        await allows(scene, client, "Write clipboard", "put text into your clipboard?")
        await agent.evaluate("() => navigator.clipboard.writeText('from the agent é€')")
        await agent.get_by_role("button", name="Send my clipboard").click()
        await expect(agent.get_by_text("It is in the clipboard of")).to_be_visible()
        await client.said("Sofia Lind put text into your clipboard.")
        assert await board.clipboard() == "from the agent é€"
        await expect(copied).to_have_count(0)
        await allows(scene, client, "Read clipboard", "get the text that you copy?")
        await client.said("gets the text that you copy")
        board.set_clipboard("from the customer 日本")
        await expect(copied).to_contain_text("from the customer 日本")
        await agent.get_by_role("button", name="Copy", exact=True).click()
        assert await agent.evaluate("() => navigator.clipboard.readText()") == "from the customer 日本"
        client.type("c")
        await expect(agent.get_by_role("button", name="Send my clipboard")).to_have_count(0)
        board.set_clipboard("too late")
        await allows(scene, client, "Control desktop", "control your desktop?")
        await agent.locator(".screen-over[data-control]").wait_for()
        await expect(copied).to_have_count(0)
    board.close()
    app.close()


async def test_after_a_loss_and_a_restart_the_picture_is_back_without_a_question(scene: Scene, company: Demo) -> None:
    app = Application(scene.xserver.display)
    window = await app.opened(Rect(100, 100, 300, 200), xs.GREEN, "Left")
    agent, spot = scene.agent, (250 / HALF, 200 / xs.HEIGHT)
    await scene.asks("View desktop")
    async with wire(company.base) as line:
        _, number = await scene.offered()
        async with scene.started(line.base, number) as client:
            await allows(scene, client, "", "see your desktop?")
            await scene.sees(*spot, GREEN)
            before = len(client.text)
            line.cut()
            await client.said("Connection lost. Nothing is shown", before)
            await xs.until(lambda: line.refused, "it tries again")
            app.fill(window, Rect(0, 0, 300, 200), xs.BLUE)
            line.mend()
            await client.said("sees your monitor left", before)
            await scene.sees(*spot, BLUE)
            assert client.text.count("see your desktop?") == 1
            await client.kill()
        app.fill(window, Rect(0, 0, 300, 200), xs.YELLOW)
        async with scene.started(line.base, number) as client:
            await client.said("sees your monitor left")
            await scene.sees(*spot, YELLOW)
            assert "You were in this conversation already." in client.text
            assert "see your desktop?" not in client.text
            client.type("s")
            await expect(agent.locator(".screen-over")).to_have_count(0)
    app.close()
