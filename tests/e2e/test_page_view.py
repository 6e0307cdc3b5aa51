"""The view of a customer's page, as the server gives it out: nothing of a hostile page runs or goes out."""

import base64
import html
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from tests.support import hostile
from tests.support.browsers import People
from tests.support.figures import note
from tests.support.view import Hosts, Viewing, frames, init

PICTURE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="lime"/></svg>'
).decode()
HASH = "ab" * 32
EVERYWHERE = "--host-resolver-rules=MAP * 127.0.0.1"


class Watch:
    """What a page says and does that nobody should make it do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))
        page.on("console", lambda message: self.said.append(f"console {message.text}"))
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("websocket", lambda socket: self.said.append(f"socket {socket.url}"))
        page.on("popup", lambda popup: self.said.append(f"popup {popup.url}"))
        page.on("worker", lambda worker: self.said.append(f"worker {worker.url}"))
        page.on("download", lambda download: self.said.append(f"download {download.url}"))

    def start(self) -> None:
        self.said.clear()
        self.asked.clear()

    async def nothing(self, caught: list[str]) -> None:
        ran = [
            await frame.evaluate("() => window.__ran ?? 0")
            for frame in self.page.frames
            if frame.url.startswith("http")
        ]
        assert [self.said, caught, any(ran)] == [[], [], False]
        # What stands in memory is no request.
        assert [url for url in self.asked if not url.startswith(("blob:", "data:"))] == []


async def picture(viewing: Viewing) -> None:
    """Assets can be had from now on."""
    await viewing.page.evaluate(
        "([hash, data]) => { window.assets = { [hash]: { mime: 'image/svg+xml', data } } }", [HASH, PICTURE]
    )


def markup(tag: str, attributes: dict[str, str]) -> str:
    held = " ".join(f"{name}='{html.escape(value, quote=True)}'" for name, value in attributes.items())
    return f"<{tag} {held}>{hostile.TEXTS[0]}</{tag}>"


async def poke(viewing: Viewing) -> None:
    """Clicks, keys and focus everywhere over the page."""
    page = viewing.page
    for x in range(100, 1000, 180):
        for y in range(80, 700, 120):
            await page.mouse.move(x, y)
            await page.mouse.click(x, y)
    for key in ("Tab", "Enter", "Space", "Tab", "Enter", "Shift+Tab", "Enter"):
        await page.keyboard.press(key)


@pytest.mark.timeout(240)
async def test_nothing_of_a_hostile_page_runs_or_reaches_out(served: Hosts, crowd: People, tmp_path: Path) -> None:
    """Also no name is looked up: the browser's own log of the network names none."""
    log = tmp_path / "net.json"
    page = await crowd.person(flags=(EVERYWHERE, f"--log-net-log={log}"))
    away = f"http://evil.example:{served.caught.port}"
    # First, that the counting counts.
    viewing = await Viewing(page, served).open()
    control = f"http://control.example:{served.caught.port}/control"
    await page.evaluate("(url) => fetch(url, { mode: 'no-cors' })", control)
    assert served.caught.requests == ["GET /control"]
    served.caught.requests.clear()

    await picture(viewing)
    await viewing.mode()
    watch = Watch(page)
    watch.start()
    nodes, following = hostile.page(away)
    canvas = [following, 1, "canvas", {"width": "40", "height": "30"}, 0, {"picture": HASH}]
    styles = [[50 + at, 1, "style", 0, 0, {"css": css}] for at, css in enumerate(hostile.sheets(away))]
    await viewing.begin(init(canvas, *nodes, head=tuple(styles)), ["whole"])
    await viewing.state("state.whole")
    await viewing.said("want")
    await page.wait_for_function("() => of('want').flatMap((one) => one.hashes).length > 0")
    # The same by changes: attributes, later CSS, adopted sheets.
    changes: list[Any] = []
    for number, (_, attributes) in enumerate(hostile.elements(away)):
        changes.append(["attr", 4, attributes])
        changes.append(["add", 4, 0, [[following + 10 + number, 1, "div", attributes, 0]]])
    for number, css in enumerate(hostile.sheets(away), 1):
        changes += [["sheet", number, css], ["sheets", 1, [number]], ["css", 50, css]]
        # Texts that become the text of a sheet.
        text = following + 500 + number
        changes += [["add", 50, 0, [[text + 100, 3, css]]], ["add", 4, 0, [[text, 3, css]]], ["move", 50, 0, [text]]]
    changes += [["move", 4, 0, [nodes[0][0]]], ["order", 4, [nodes[0][0], following]]]
    await viewing.event(*changes, ["title", "<script>"], ["title", "changed"])
    await viewing.state("state.title === 'changed'")
    built = await viewing.inner("doc.querySelectorAll('*').length")
    assert built > 200
    assert await viewing.inner("doc.querySelectorAll('form')[0].parentNode === doc.body")
    assert await viewing.inner("doc.querySelectorAll('script, base, object, embed, meta, template').length") == 0
    assert await viewing.inner("doc.querySelectorAll('iframe[src], iframe[srcdoc]').length") == 0
    await poke(viewing)
    await viewing.mode(control=True, scale="full")
    await poke(viewing)
    await viewing.state("state.scale === 1")
    await watch.nothing(served.caught.requests)
    assert len(page.context.pages) == 1
    await page.context.browser.close()  # type: ignore[union-attr]
    names = log.read_text(encoding="utf-8", errors="replace")
    assert "control.example" in names
    assert "evil.example" not in names


@pytest.mark.timeout(240)
async def test_the_policy_holds_where_the_allow_list_would_not(served: Hosts, crowd: People) -> None:
    """The second wall by itself: markup is put into the frame past the first one. What is refused is said."""
    page = await crowd.person(flags=(EVERYWHERE,))
    away = f"http://evil.example:{served.caught.port}"
    viewing = await Viewing(page, served).open()
    await viewing.begin(init(), ["whole"])
    await viewing.state("state.whole")
    text = "".join(
        markup(tag, attributes)
        for tag, attributes in hostile.elements(away)
        if ":" not in tag and tag not in ("meta", "frameset", "body", "html")
    )
    styled = "".join(f"<style>{css}</style>" for css in hostile.sheets(away))
    async with page.expect_console_message(lambda said: "Content Security Policy" in said.text, timeout=20_000):
        await viewing.inner("(doc.body.innerHTML = arg)", text + styled)
        await viewing.inner("[...doc.querySelectorAll('a')].forEach((a) => a.click())")
        await viewing.inner("[...doc.querySelectorAll('form')].forEach((form) => form.submit())")
    assert served.caught.requests == []
    assert not await viewing.outer.evaluate("() => window.__ran")
    assert not await page.evaluate("() => window.__ran")
    # They are what was wanted.
    crowd.errors.clear()


def chain(first: int, count: int) -> msgspec.Raw:
    """Elements in one another."""
    opened = "".join(f'[{number},1,"div",0,[' for number in range(first, first + count))
    return msgspec.Raw(f'{opened}[{first + count},3,""]{"]]" * count}'.encode())


WRONG: dict[str, list[Any] | bytes] = {
    "no JSON": b"[0,",
    "nested lists": b"[" * 1_000_000,
    "no message": b'{"a": 1}',
    "an event of Object's": [0, ["__proto__", 1]],
    "unknown nodes": [0, *[["add", 999, 0, [[1000, 3, ""]]]] * 200],
    "an id again": [0, ["add", 4, 0, [[4, 3, ""]] * 200]],
    "nodes in themselves": [0, *[["move", 4, 0, [2]]] * 200],
    "too deep at once": [0, ["add", 4, 0, [chain(1000, 600)]]],
    "too deep in steps": [
        0,
        *[["add", 4 if at == 0 else 1000 + at * 300 - 2, 0, [chain(1000 + at * 300, 299)]] for at in range(9)],
    ],
    "too deep by moves": [
        0,
        *[["add", 4, 0, [chain(1000 + at * 100, 80)]] for at in range(3)],
        *[["move", 1079 + at * 100, 0, [1100 + at * 100]] for at in range(2)],
    ],
    "too many": [
        0,
        *[["add", 4, 0, [[n, 1, "p", 0, 0] for n in range(k, k + 90_000)]] for k in range(1000, 450_000, 90_000)],
    ],
    "a page in the middle": [0, init()],
    "a size of everything": [0, ["size", 1e9, 1]],
    "text of nothing": [0, ["splice", 11, -1, 1, "x"]],
}


async def test_what_cannot_be_ends_in_broken_and_a_page_after_it_is_shown(viewing: Viewing) -> None:
    for number, (what, message) in enumerate(WRONG.items(), 1):
        await viewing.begin(init([10, 1, "p", 0, [[11, 3, what]]]))
        await viewing.state(f"state.shown && state.epoch === {viewing.epoch}")
        await viewing.raw(frames(viewing.epoch, 1, message))
        viewing.broken = number
        broken = await viewing.said("broken", number)
        assert broken[-1]["why"], what
        # What comes after it in this page is not taken.
        await viewing.raw(frames(viewing.epoch, 2, [0, ["title", "late"]]))
        assert await viewing.state("!state.shown")
        assert len(await viewing.page.evaluate("() => of('broken')")) == number, what
    # The host fetches the same page again: its epoch is not new.
    viewing.epoch -= 1
    await viewing.begin(init([10, 1, "p", 0, [[11, 3, "good"]]]), ["whole"])
    await viewing.state("state.whole")
    assert await viewing.inner("doc.body.textContent") == "good"


async def test_a_large_page_is_built_in_short_tasks(viewing: Viewing) -> None:
    await viewing.outer.evaluate(
        """() => {
          window.longest = 0;
          new PerformanceObserver((list) => {
            for (const one of list.getEntries()) longest = Math.max(longest, one.duration);
          }).observe({ entryTypes: ["longtask"] });
        }"""
    )
    rows = [
        [n, 1, "tr", 0, [[n + 1 + 2 * c, 1, "td", 0, [[n + 2 + 2 * c, 3, f"{n} {c}"]]] for c in range(8)]]
        for n in range(1000, 1000 + 3000 * 20, 20)
    ]
    await viewing.begin(init([10, 1, "table", 0, [[11, 1, "tbody", 0, rows]]]), ["whole"])
    await viewing.state("state.whole")
    assert await viewing.inner("doc.querySelectorAll('td').length") == 24_000
    longest = await viewing.outer.evaluate("() => longest")
    note("view: longest task, table of 3,000 x 8", longest, "ms")
    assert longest < 1000


async def test_pictures_come_in_and_a_canvas_is_one(viewing: Viewing) -> None:
    await viewing.begin(
        init(
            [10, 1, "img", {"src": f"asset:{HASH}", "id": "img"}, 0],
            [11, 1, "canvas", {"id": "canvas"}, 0, {"picture": HASH}],
            [12, 1, "div", {"id": "div", "style": f"background:url(asset:{HASH})"}, [[13, 3, "x"]]],
        ),
        ["whole"],
    )
    wanted = await viewing.said("want")
    assert [one["hashes"] for one in wanted] == [[HASH]]
    await viewing.page.evaluate(
        "([hash, data]) => tell({ type: 'asset', hash, mime: 'image/svg+xml', data: bytes(data) })", [HASH, PICTURE]
    )
    frame = viewing.outer
    await frame.wait_for_function(
        "() => document.querySelector('iframe').contentDocument.querySelector('#img').naturalWidth === 40"
    )
    assert (
        await viewing.inner("doc.defaultView.getComputedStyle(doc.querySelector('#canvas')).content.slice(0, 10)")
        == 'url("blob:'
    )
    assert "blob:" in await viewing.inner("doc.querySelector('#div').getAttribute('style')")
    await viewing.tell({"type": "clear", "why": "hidden"})
    await viewing.state("!state.shown")
    await viewing.outer.get_by_role("status").get_by_role("heading", name="The page is hidden").wait_for()
    await viewing.outer.get_by_text("Jeanne doesn’t show it now. You can ask again.").wait_for()
    assert await viewing.inner("doc.body?.innerHTML ?? ''") == ""


async def test_marks_stay_on_their_element(viewing: Viewing) -> None:
    paul = {"id": "p", "name": "Paul", "color": "#8f5a00"}
    tall = [
        [10, 1, "div", {"style": "height:300px"}, 0],
        [11, 1, "p", {"style": "width:200px;margin:0"}, [[12, 3, "here"]]],
    ]
    await viewing.begin(init(*tall, [13, 1, "div", {"style": "height:3000px"}, 0]), ["cursor", [11, 0, 0]], ["whole"])
    await viewing.state("state.whole")
    await viewing.tell({"type": "shown", "by": paul, "epoch": 1, "shown": {"mark": "highlight", "node": 11}})
    frame = viewing.outer
    await frame.locator(".marks .highlight").wait_for(state="attached")
    assert await frame.locator(".marks .cursor text").text_content() == "Jeanne"

    async def settles(event: Any) -> None:
        if event:
            await viewing.event(event)
        await frame.wait_for_function(
            """() => {
              const box = document.querySelector("iframe").contentDocument.querySelector("p").getBoundingClientRect();
              const scale = document.querySelector(".sheet").clientWidth / 1000;
              const rect = document.querySelector(".marks .highlight");
              const tip = document.querySelector(".marks .cursor").getCTM();
              const near = (a, b) => Math.abs(a - b) < 1;
              return near(Number(rect.getAttribute("y")) + 3, box.y * scale) && near(tip.f, box.y * scale);
            }"""
        )

    await settles(None)
    await settles(["scroll", 2, 0, 120])
    await settles(["attr", 10, {"style": "height:200px"}])
    await viewing.page.set_viewport_size({"width": 600, "height": 500})
    await viewing.state("state.scale < 0.7")
    await settles(None)
    await viewing.tell({"type": "shown", "by": paul, "epoch": 7, "shown": {"mark": "highlight", "node": None}})
    await viewing.tell({"type": "shown", "by": paul, "epoch": 1, "shown": {"mark": "highlight", "node": None}})
    await frame.locator(".marks .highlight").wait_for(state="detached")


async def test_only_the_console_is_listened_to(served: Hosts, crowd: People) -> None:
    page = await crowd.person()
    answer = await page.goto(served.view)
    assert answer is not None
    assert f"frame-ancestors {served.console}" in answer.headers["content-security-policy"]
    answers = await page.evaluate(
        """async () => {
          let answers = 0;
          const channel = new MessageChannel();
          channel.port1.onmessage = () => { answers++ };
          postMessage({ type: "deskside.view" }, "*", [channel.port2]);
          await new Promise((done) => addEventListener("message", () => setTimeout(done), { once: true }));
          return answers + document.querySelectorAll("iframe").length;
        }"""
    )
    assert answers == 0
    # Another page, on the console's own machine.
    await page.goto(f"{served.console.replace('localhost', '127.0.0.1')}/?view={served.view}")
    await page.wait_for_function("() => document.querySelector('iframe') && port")
    assert await page.evaluate("() => said.length") == 0
    crowd.errors.clear()
