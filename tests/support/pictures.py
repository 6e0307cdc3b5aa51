"""Takes the pictures for the README: `python -m tests.support.pictures`. They come to `docs/pictures`."""

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page

from tests.support.browsers import (
    People,
    ask_for_help,
    become_available,
    hears,
    moving_video,
    open_window,
    people,
    say,
    sign_in,
)
from tests.support.demo import ROOT, Demo, demo

OUT = ROOT / "docs" / "pictures"

# A screen and a camera that one would show to somebody: a shop's checkout in a browser, and a person before a wall.
STUDIO = """
(() => {
  const film = (width, height, draw) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const brush = canvas.getContext("2d");
    let count = 0;
    const paint = () => draw(brush, count++);
    paint();
    setInterval(paint, 66);
    return canvas.captureStream(15);
  };
  const box = (b, x, y, w, h, r, fill, line) => {
    b.beginPath(); b.roundRect(x, y, w, h, r);
    if (fill) { b.fillStyle = fill; b.fill(); }
    if (line) { b.strokeStyle = line; b.lineWidth = 1.5; b.stroke(); }
  };
  const text = (b, words, x, y, size, colour = "#2b2723", weight = 400, family = "Inter, system-ui, sans-serif") => {
    b.fillStyle = colour; b.font = `${weight} ${size}px ${family}`; b.fillText(words, x, y);
  };
  const checkout = (b, count) => {
    b.fillStyle = "#dfe3e8"; b.fillRect(0, 0, 1280, 800);
    box(b, 12, 8, 250, 34, 9, "#ffffff");
    text(b, "▲  Checkout · Acme Tools", 28, 30, 14);
    b.fillStyle = "#ffffff"; b.fillRect(0, 40, 1280, 44);
    box(b, 110, 47, 900, 30, 15, "#eef0f3");
    text(b, "https://shop.acme-tools.example/checkout", 128, 67, 14, "#5b6472");
    text(b, "←   →   ⟳", 22, 68, 17, "#5b6472");
    b.fillStyle = "#fbf8f2"; b.fillRect(0, 84, 1280, 716);
    b.fillStyle = "#ffffff"; b.fillRect(0, 84, 1280, 62);
    text(b, "▲", 60, 123, 20, "#b5451d", 700); text(b, "Acme Tools", 88, 123, 21, "#2b2723", 700);
    text(b, "Home", 960, 121, 15); text(b, "Drills", 1040, 121, 15); text(b, "Basket (1)", 1120, 121, 15);
    text(b, "Your order", 60, 206, 34, "#2b2723", 700, "Georgia, serif");
    box(b, 60, 232, 720, 250, 12, "#ffffff", "#e6dfd3");
    text(b, "Delivery", 84, 268, 18, "#2b2723", 600);
    const field = (label, value, x, y, w, wrong) => {
      text(b, label, x, y, 14, wrong ? "#c0272d" : "#6a6259");
      box(b, x, y + 8, w, 42, 8, wrong ? "#fff4f3" : "#ffffff", wrong ? "#c0272d" : "#a79f94");
      text(b, value, x + 14, y + 35, 16);
    };
    field("Name", "Jeanne Petit", 84, 296, 330); field("Street", "12 rue des Lilas", 434, 296, 322);
    field("Postcode", "69003", 84, 374, 150); field("Town", "Lyon", 254, 374, 502);
    box(b, 60, 506, 720, 262, 12, "#ffffff", "#e6dfd3");
    text(b, "Payment", 84, 542, 18, "#2b2723", 600);
    field("Card number", "••••  ••••  ••••  ••••", 84, 570, 430, true);
    field("Expires", "09 / 28", 534, 570, 110); field("Code", "•••", 664, 570, 92);
    box(b, 84, 646, 672, 44, 8, "#fde8e8");
    text(b, "Error 12: this card was refused. Check the number, or use another card.", 100, 674, 16, "#c0272d", 500);
    box(b, 84, 706, 190, 44, 22, "#b5451d");
    text(b, "Pay 189.00 €", 124, 734, 17, "#ffffff", 600);
    box(b, 820, 232, 400, 300, 12, "#ffffff", "#e6dfd3");
    text(b, "Basket", 844, 268, 18, "#2b2723", 600);
    box(b, 844, 290, 84, 84, 10, "#f0e8dc");
    b.fillStyle = "#b5451d"; b.beginPath(); b.roundRect(862, 318, 44, 16, 5); b.fill();
    b.fillRect(866, 330, 12, 28);
    b.fillStyle = "#55504a"; b.fillRect(904, 322, 18, 7);
    text(b, "Cordless drill D18", 946, 318, 17, "#2b2723", 600);
    text(b, "Two batteries, case", 946, 342, 15, "#6a6259");
    const row = (label, price, y, weight) => { text(b, label, 844, y, 16, "#2b2723", weight);
      b.textAlign = "right"; text(b, price, 1196, y, 16, "#2b2723", weight); b.textAlign = "left"; };
    row("Drill", "179.00 €", 420); row("Delivery", "10.00 €", 448);
    b.fillStyle = "#e6dfd3"; b.fillRect(844, 466, 352, 1);
    row("Total", "189.00 €", 500, 700);
    const [x, y] = [560 + 30 * Math.sin(count / 9), 600 + 12 * Math.cos(count / 7)];
    b.fillStyle = "#171b21"; b.strokeStyle = "#fff"; b.lineWidth = 1.5; b.beginPath();
    b.moveTo(x, y); b.lineTo(x, y + 21); b.lineTo(x + 5, y + 16); b.lineTo(x + 9, y + 24); b.lineTo(x + 12, y + 22);
    b.lineTo(x + 9, y + 15); b.lineTo(x + 15, y + 15); b.closePath(); b.fill(); b.stroke();
  };
  const portrait = (look) => (b, count) => {
    const sway = 4 * Math.sin(count / 14);
    const wall = b.createLinearGradient(0, 0, 640, 360);
    wall.addColorStop(0, look.wall[0]); wall.addColorStop(1, look.wall[1]);
    b.fillStyle = wall; b.fillRect(0, 0, 640, 360);
    b.fillStyle = "rgb(255 255 255 / .14)"; b.fillRect(440, 30, 130, 150); b.fillRect(60, 60, 90, 120);
    const glow = b.createRadialGradient(320, 150, 20, 320, 190, 260);
    glow.addColorStop(0, "rgb(255 255 255 / .22)"); glow.addColorStop(1, "rgb(255 255 255 / 0)");
    b.fillStyle = glow; b.fillRect(0, 0, 640, 360);
    const at = (x) => x + sway;
    b.fillStyle = look.hair; b.beginPath(); b.ellipse(at(320), 158, 78, 96, 0, 0, 7); b.fill();
    if (look.long) { b.beginPath(); b.roundRect(at(242), 150, 156, 130, 50); b.fill(); }
    const cloth = b.createLinearGradient(0, 250, 0, 360);
    cloth.addColorStop(0, look.cloth[0]); cloth.addColorStop(1, look.cloth[1]);
    b.fillStyle = cloth; b.beginPath(); b.ellipse(at(320), 384, 158, 118, 0, 0, 7); b.fill();
    b.fillStyle = look.shade; b.beginPath(); b.roundRect(at(294), 216, 52, 70, 24); b.fill();
    const skin = b.createRadialGradient(at(306), 140, 10, at(320), 164, 92);
    skin.addColorStop(0, look.skin); skin.addColorStop(1, look.shade);
    b.fillStyle = skin; b.beginPath(); b.ellipse(at(320), 168, 60, 76, 0, 0, 7); b.fill();
    b.fillStyle = look.hair; b.beginPath(); b.ellipse(at(320), 104, 66, 34, 0, Math.PI, 0); b.fill();
    const shut = count % 60 < 3;
    b.fillStyle = "#2a2320";
    for (const x of [296, 344]) { b.beginPath(); b.ellipse(at(x), 162, 5.5, shut ? 1 : 5, 0, 0, 7); b.fill(); }
    b.strokeStyle = "#9b5146"; b.lineWidth = 4; b.lineCap = "round"; b.beginPath();
    b.arc(at(320), 190, 20, 0.35, Math.PI - 0.35); b.stroke();
  };
  const LOOKS = {
    customer: { wall: ["#c9d6d3", "#8fa6a0"], hair: "#4a3426", long: true, cloth: ["#2f6f6a", "#204c49"],
      skin: "#f2cdb2", shade: "#d9a583" },
    agent: { wall: ["#d7dbe8", "#98a3c4"], hair: "#c9a15f", long: true, cloth: ["#3a4a86", "#27325c"],
      skin: "#f6d8c3", shade: "#dcae90" },
  };
  const native = navigator.mediaDevices?.getUserMedia?.bind(navigator.mediaDevices);
  if (!native) return;
  const look = LOOKS[location.pathname.startsWith("/console") ? "agent" : "customer"];
  navigator.mediaDevices.getUserMedia = async (wish) =>
    wish.video ? film(640, 360, portrait(look)) : native(wish);
  navigator.mediaDevices.getDisplayMedia = async () => film(1280, 800, checkout);
})();
"""

TALK = (
    (True, "The payment says error 12, and I have tried twice."),
    (False, "Let me have a look with you. May I see your screen?"),
    (True, "Of course."),
    (False, "Thank you. Your bank asks for a confirmation in its app: please open it once."),
    (True, "Ah, there it is! I confirm it now."),
)


async def take(company: Demo, crowd: People) -> None:
    agent = await person(crowd, 1360, 820)
    await sign_in(agent, company, "sofia")
    await become_available(agent)
    customer = await person(crowd, 1180, 760)
    await ask_for_help(customer, company, question="My card is refused at the till: error 12")
    await agent.get_by_role("button", name="Accept").click()
    window = await open_window(customer)
    await window.set_viewport_size({"width": 1080, "height": 720})
    for name in ("Microphone", "Camera"):
        await window.get_by_role("button", name=name).click()
        await agent.get_by_role("button", name=name).click()
    for from_customer, words in TALK[:3]:
        await speak(window, agent, from_customer, words)
    await agent.get_by_role("button", name="Ask to see screen").click()
    await window.get_by_role("button", name="Allow", exact=True).click()
    for from_customer, words in TALK[3:]:
        await speak(window, agent, from_customer, words)
    waiting = await person(crowd, 1180, 760)
    await agent.get_by_role("button", name="Available").first.click()
    await agent.get_by_role("menuitem", name="Unavailable", exact=True).click()
    await ask_for_help(waiting, company, name="Marc Keller", question="Where is my invoice?")
    await moving_video(agent, 2)
    await moving_video(window)
    await hears(agent, 440)
    await agent.get_by_text("Marc Keller").first.wait_for()
    await agent.get_by_text("said yes").first.wait_for(state="detached")
    await shoot(agent, "console")
    await shoot(window, "window")
    await customer.bring_to_front()
    await shoot(customer, "panel")
    await agent.get_by_role("button", name="End session").click()
    await agent.get_by_role("menuitem").first.click()
    await window.get_by_role("radio").nth(4).check(force=True)
    await window.get_by_role("button", name="Send rating").click()
    await window.get_by_text("Your rating has arrived").wait_for()
    await replay(company, crowd)


async def person(crowd: People, width: int, height: int) -> Page:
    page = await crowd.person(hertz=440, viewport={"width": width, "height": height}, device_scale_factor=1)
    await page.context.add_init_script(STUDIO)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return page


async def speak(window: Page, agent: Page, from_customer: bool, words: str) -> None:
    await say(window if from_customer else agent, words)
    await (agent if from_customer else window).get_by_role("log").get_by_text(words).wait_for()


async def replay(company: Demo, crowd: People) -> None:
    auditor = await person(crowd, 1360, 820)
    await sign_in(auditor, company, "otto", "/audit")
    await auditor.get_by_role("link", name="Replay").first.click()
    await auditor.get_by_role("button", name="Play").wait_for()
    slider = auditor.get_by_role("slider", name="Position")
    end = float(await slider.get_attribute("max") or 0)
    await slider.fill(f"{end * 0.8:.1f}")
    await auditor.wait_for_function("() => [...document.querySelectorAll('video')].some((v) => v.videoWidth > 600)")
    await shoot(auditor, "replay")


async def shoot(page: Page, name: str) -> None:
    await page.mouse.move(0, 0)
    await page.evaluate("() => document.activeElement?.blur()")
    await page.evaluate("() => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
    await page.screenshot(path=OUT / f"{name}.png")


async def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder) / "data") as company, people(Path(folder)) as crowd:
            await take(company, crowd)


if __name__ == "__main__":
    asyncio.run(main())
