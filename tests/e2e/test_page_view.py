"""The view of a customer's page, as the server gives it out: nothing of a hostile page runs or goes out, and what staff
do over it becomes acts."""

import asyncio
import base64
import gzip
import html
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page

from tests.support import hostile
from tests.support.browsers import People
from tests.support.figures import note
from tests.support.view import Hosts, Viewing, frames, hosts, init, record

PICTURE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="lime"/></svg>'
).decode()
HASH = "ab" * 32
EVERYWHERE = "--host-resolver-rules=MAP * 127.0.0.1"


@pytest.fixture
async def served() -> AsyncIterator[Hosts]:
    async with hosts() as running:
        yield running


@pytest.fixture
async def viewing(served: Hosts, crowd: People) -> Viewing:
    viewing = await Viewing(await crowd.person(), served).open()
    await viewing.mode()
    return viewing


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
    watch = Watch(page)
    text = "".join(
        markup(tag, attributes)
        for tag, attributes in hostile.elements(away)
        if ":" not in tag and tag not in ("meta", "frameset", "body", "html")
    )
    styled = "".join(f"<style>{css}</style>" for css in hostile.sheets(away))
    await viewing.inner("(doc.body.innerHTML = arg)", text + styled)
    await viewing.inner("[...doc.querySelectorAll('a')].forEach((a) => a.click())")
    await viewing.inner("[...doc.querySelectorAll('form')].forEach((form) => form.submit())")
    async with asyncio.timeout(20):
        while not any("Content Security Policy" in text for text in watch.said):
            await page.wait_for_timeout(50)
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


def at(left: int, top: int, width: int, height: int, more: str = "") -> dict[str, str]:
    place = f"left:{left}px;top:{top}px;width:{width}px;height:{height}px"
    return {"style": f"position:absolute;margin:0;border:0;padding:0;{place};{more}"}


FORM = (
    [20, 1, "button", at(100, 50, 200, 40), [[21, 3, "Buy"]]],
    [22, 1, "input", {"type": "text", **at(100, 120, 200, 30, "background:#eee")}, 0, {"value": ""}],
    [23, 1, "select", at(100, 180, 200, 30), [[24 + 2 * n, 1, "option", 0, [[25 + 2 * n, 3, f"Option {n}"]]]
      for n in range(4)]],
    [40, 1, "input", {"type": "range", "min": "0", "max": "10", "step": "2", **at(100, 240, 200, 30)}, 0],
    [41, 1, "input", {"type": "date", **at(100, 300, 200, 30)}, 0],
    [42, 1, "div", at(400, 50, 200, 200, "overflow:auto"), [[43, 1, "div", {"style": "height:1000px"}, 0]]],
    [44, 1, "div", at(400, 300, 200, 50), 0, {"shadow": {"id": 45, "children": [
        [46, 1, "button", {"style": "width:100px;height:40px"}, [[47, 3, "In"]]]]}}],
    [48, 1, "iframe", at(400, 400, 200, 100), 0, {"doc": {"id": 49, "children": [
        [50, 1, "html", 0, [[51, 1, "body", 0, [[52, 1, "button", at(20, 20, 100, 40), [[53, 3, "Inner"]]]]]]]]}}],
    [54, 1, "div", {"style": "height:2000px"}, 0],
)  # fmt: skip


class Hand:
    """The agent's mouse over the page, in its own pixels."""

    def __init__(self, viewing: Viewing) -> None:
        self.viewing = viewing
        self.mouse = viewing.page.mouse

    async def place(self, x: float, y: float) -> tuple[float, float]:
        box = await self.viewing.outer.locator(".sheet").bounding_box()
        scale = (await self.viewing.page.evaluate("() => state"))["scale"]
        assert box is not None
        return box["x"] + x * scale, box["y"] + y * scale

    async def click(self, x: float, y: float, **options: Any) -> None:
        await self.mouse.click(*await self.place(x, y), **options)

    async def acts(self, *kinds: str, count: int) -> list[dict[str, Any]]:
        """The acts of these kinds, when there are so many; then they are forgotten."""
        page = self.viewing.page
        await page.wait_for_function(
            "([kinds, count]) => of('act').filter((one) => kinds.includes(one.op.op)).length >= count",
            arg=[list(kinds), count],
        )
        found: list[dict[str, Any]] = await page.evaluate(
            """(kinds) => said.splice(0).filter((one) => one.type === "act" && kinds.includes(one.op.op))
              .map((one) => ({ ...one, ...one.op }))""",
            list(kinds),
        )
        return found


@pytest.fixture
async def hand(viewing: Viewing) -> Hand:
    await viewing.begin(init(*FORM), ["whole"])
    await viewing.mode(control=True)
    await viewing.state("state.whole")
    return Hand(viewing)


async def test_clicks_become_acts_where_they_were_done(hand: Hand) -> None:
    await hand.click(150, 60)
    await hand.click(420, 320, button="right")
    await hand.click(450, 440)
    first, second, third = await hand.acts("click", count=3)
    assert (first["node"], first["button"], first["count"], first["epoch"]) == (20, 0, 1, 1)
    assert (abs(first["x"] - 0.25) < 0.01, abs(first["y"] - 0.25) < 0.03) == (True, True)
    assert (second["node"], second["button"]) == (46, 2)
    assert (third["node"], abs(third["x"] - 0.3) < 0.01) == (52, True)
    await hand.mouse.dblclick(*await hand.place(250, 70))
    await hand.viewing.page.keyboard.down("Shift")
    await hand.click(250, 130)
    await hand.viewing.page.keyboard.up("Shift")
    acts = await hand.acts("click", count=3)
    assert [(one["node"], one["count"]) for one in acts] == [(20, 1), (20, 2), (22, 1)]
    assert acts[2]["modifiers"] == ["shift"]
    assert await hand.viewing.inner("doc.hasFocus()") is False


async def test_drags_hovers_and_the_wheel(hand: Hand) -> None:
    await hand.mouse.move(*await hand.place(150, 60))
    [hover] = (await hand.acts("hover", count=1))[-1:]
    assert hover["node"] == 20
    await hand.mouse.down()
    await hand.mouse.move(*await hand.place(250, 135), steps=4)
    await hand.mouse.up()
    [drag] = await hand.acts("drag", "click", count=1)
    assert (drag["op"], drag["node"], drag["to"]) == ("drag", 20, 22)
    await hand.mouse.move(*await hand.place(450, 100))
    await hand.mouse.wheel(0, 120)
    await hand.mouse.wheel(0, 120)
    scrolls = await hand.acts("scroll", count=1)
    assert scrolls[-1]["node"] == 42
    while scrolls[-1]["y"] < 240:
        scrolls += await hand.acts("scroll", count=1)
    assert scrolls[-1]["y"] == 240
    assert await hand.viewing.inner("doc.querySelectorAll('div')[0].scrollTop") == 0
    await hand.mouse.move(*await hand.place(150, 60))
    await hand.mouse.wheel(0, 100)
    assert (await hand.acts("scroll", count=1))[-1]["node"] == 2


async def test_typing_goes_where_it_was_clicked(hand: Hand) -> None:
    keyboard = hand.viewing.page.keyboard
    await hand.click(150, 130)
    await keyboard.type("hé")
    await keyboard.press("Backspace")
    await keyboard.press("Control+a")
    await keyboard.insert_text("日本")
    acts = await hand.acts("insert", "key", count=5)
    assert [(one["node"], one.get("text") or one["key"]) for one in acts] == [
        (22, "h"), (22, "é"), (22, "Backspace"), (22, "a"), (22, "日本"),
    ]  # fmt: skip
    assert acts[3]["modifiers"] == ["ctrl"]
    # The customer goes elsewhere on their own: the agent's keys do not follow.
    await hand.viewing.page.wait_for_timeout(2100)
    await hand.viewing.event(["focus", 20])
    await keyboard.type("x")
    assert (await hand.acts("insert", "key", count=1))[0]["node"] == 22
    # By Tab they do.
    await keyboard.press("Tab")
    await hand.viewing.event(["focus", 20], ["title", "tabbed"])
    await hand.viewing.state("state.title === 'tabbed'")
    await keyboard.type(" ")
    acts = await hand.acts("insert", "key", count=2)
    assert [(one["node"], one["key"]) for one in acts] == [(22, "Tab"), (20, " ")]
    await keyboard.press("Escape")
    await keyboard.press("Escape")
    await hand.viewing.said("leave")


async def test_text_of_an_input_method_comes_whole(hand: Hand) -> None:
    await hand.click(150, 130)
    session = await hand.viewing.page.context.new_cdp_session(hand.viewing.page)
    await session.send("Input.imeSetComposition", {"text": "に", "selectionStart": 1, "selectionEnd": 1})
    await session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    await session.send("Input.insertText", {"text": "日本"})
    acts = await hand.acts("insert", "key", count=1)
    assert [(one["node"], one["text"]) for one in acts] == [(22, "日本")]


async def test_fields_with_windows_of_their_own(hand: Hand) -> None:
    page, frame = hand.viewing.page, hand.viewing.outer
    await hand.click(150, 190)
    listbox = frame.get_by_role("listbox", name="Choose")
    await listbox.wait_for()
    assert await listbox.get_by_role("option").all_inner_texts() == [f"Option {n}" for n in range(4)]
    await listbox.get_by_role("option", name="Option 2").click()
    [act] = await hand.acts("select", "click", count=1)
    assert (act["node"], act["options"]) == (23, [2])
    await hand.click(150, 190)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    assert (await hand.acts("select", count=1))[0]["options"] == [1]
    await hand.click(150, 190)
    await page.keyboard.press("Escape")
    await listbox.wait_for(state="detached")
    await hand.click(220, 255)
    assert [(one["node"], one["value"]) for one in await hand.acts("value", count=1)] == [(40, "6")]
    await hand.click(150, 310)
    await frame.locator(".popup input").fill("2026-02-03")
    await frame.get_by_role("button", name="Set").click()
    assert [(one["node"], one["value"]) for one in await hand.acts("value", count=1)] == [(41, "2026-02-03")]


async def test_what_becomes_of_an_act_is_said_where_it_was_done(hand: Hand) -> None:
    await hand.click(150, 60)
    [act] = await hand.acts("click", count=1)
    hint = hand.viewing.outer.locator(".hint:not([hidden])")
    await hint.locator(".wheel").wait_for()
    result = {"type": "result", "act": act["act"], "reason": None}
    await hand.viewing.tell({**result, "outcome": "asking"})
    await hint.get_by_text("Waiting for Jeanne…").wait_for()
    await hand.viewing.tell({**result, "outcome": "refused", "reason": "declined"})
    await hint.get_by_text("Jeanne said no").wait_for()
    await hand.click(150, 60)
    [act] = await hand.acts("click", count=1)
    await hand.viewing.tell({**result, "act": act["act"], "outcome": "done"})
    await hint.wait_for(state="detached")


async def test_nothing_is_done_without_control_and_tools_only_show(hand: Hand) -> None:
    viewing, page = hand.viewing, hand.viewing.page
    await viewing.mode(control=False)
    await hand.click(150, 60)
    await page.keyboard.type("x")
    await hand.mouse.wheel(0, 100)
    await viewing.mode(control=True, tool="draw")
    await page.evaluate("() => { said.length = 0 }")
    start = await hand.place(150, 60)
    await hand.mouse.move(*start)
    await hand.mouse.down()
    await hand.mouse.move(start[0] + 100, start[1] + 50, steps=20)
    await hand.mouse.up()
    points = await viewing.said("point", 2)
    strokes = [one["shown"] for one in points]
    assert {one["mark"] for one in strokes} == {"stroke"}
    assert len({one["stroke"] for one in strokes}) == 1
    assert [one["end"] for one in strokes].count(True) == 1
    assert strokes[-1]["end"]
    assert await page.evaluate("() => of('act').length") == 0
    await viewing.mode(tool="highlight")
    await hand.click(150, 60)
    await page.wait_for_function("() => of('point').at(-1).shown.node === 20")
    await viewing.outer.locator(".marks .highlight").wait_for(state="attached")
    await viewing.mode(tool="pointer")
    await hand.mouse.move(*await hand.place(150, 130))
    await page.wait_for_function("() => of('point').at(-1).shown.at?.[0] === 22")
    await viewing.mode()
    await page.wait_for_function("() => of('point').at(-1).shown.at === null")


# When the first item, or the first paragraph, says this.
SHOWS = """(shows) => new Promise((done) => {
  const channel = new MessageChannel();
  const look = () => {
    const doc = document.querySelector("iframe").contentDocument;
    if ((doc.querySelector("li, p")?.textContent ?? "") !== shows) return channel.port2.postMessage(0);
    doc.documentElement?.getBoundingClientRect();
    done(performance.timeOrigin + performance.now());
  };
  channel.port1.onmessage = look;
  look();
})"""


async def test_a_recorded_page_is_shown_as_it_was_at_any_time(viewing: Viewing) -> None:
    """30 minutes with 50 changes a second; where nobody saw the page, nothing is shown."""
    items: list[Any] = [[100 + 2 * n, 1, "li", 0, [[101 + 2 * n, 3, "0"]]] for n in range(100)]
    parts = [record(0, 0, [0, init([10, 1, "ul", 0, items]), ["cursor", [10, 0.5, 0.5]], ["whole"]])]
    for tick in range(1, 30 * 60 * 10):
        at = tick * 100
        changes = [["text", 101 + 2 * ((tick * 5 + n) % 100), str(tick)] for n in range(5)]
        parts.append(record(at, 0, [at, *changes]))
        if tick == 6000:
            op = {"op": "click", "node": 100, "x": 0.5, "y": 0.5}
            parts.append(record(at, 1, {"act": "a1", "by": "p", "by_name": "Sofia", "op": op}))
            parts.append(record(at + 40, 2, {"act": "a1", "outcome": "refused", "reason": "masked"}))
        if tick == 9000:
            shown = {"mark": "highlight", "node": 100}
            parts.append(record(at, 3, {"by": "p", "by_name": "Sofia", "shown": shown}))
    last = 30 * 60 * 1000
    parts += [record(last, 4, b""), record(last + 5000, 0, [0, init([10, 1, "p", 0, [[11, 3, "again"]]])], 2)]
    await viewing.page.evaluate(
        "(data) => tell({ type: 'recorded', data: bytes(data) })",
        base64.b64encode(gzip.compress(b"".join(parts))).decode(),
    )
    [acts] = await viewing.said("acts")
    assert acts["acts"] == [{"at": 600, "by": "Sofia", "op": "click", "outcome": "refused", "reason": "masked"}]

    async def seek(seconds: float, shows: str) -> float:
        """Milliseconds until it is there."""
        watching = asyncio.ensure_future(viewing.outer.evaluate(SHOWS, shows))
        await viewing.page.evaluate(
            "(at) => { window.asked = performance.timeOrigin + performance.now(); tell({ type: 'at', at }) }", seconds
        )
        async with asyncio.timeout(10):
            return float(await watching) - float(await viewing.page.evaluate("() => asked"))

    took = [await seek(at, str(first_item(at))) for at in (5, 1700, 3, 900, 899, 1200.05, 1750, 20)]
    note("view: longest seek in 30 minutes of changes", max(took), "ms")
    assert max(took) < 150
    await seek(600.2, str(first_item(600.2)))
    assert await viewing.outer.locator(".marks .label").all_text_contents() == ["Sofia: clicks", "Jeanne"]
    await seek(899, str(first_item(899)))
    await seek(900.3, str(first_item(900.3)))
    await viewing.outer.locator(".marks .highlight").wait_for(state="attached")
    await seek(1802, "")
    await viewing.outer.get_by_text("Nobody saw the page here").wait_for()
    await seek(1806, "again")
    await seek(5, str(first_item(5)))


def first_item(seconds: float) -> int:
    """What the first item says then: each tick changes five of the hundred, in turn."""
    tick = round(seconds * 1000) // 100
    return max((one for one in range(max(1, tick - 20), tick + 1) if one * 5 % 100 == 0), default=0)


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


async def test_the_keyboard_passes_the_page_by(hand: Hand) -> None:
    """Nothing of the customer's page takes the focus; in control its keys have one place of their own."""
    page, outer = hand.viewing.page, hand.viewing.outer
    await hand.viewing.mode()
    for _ in range(4):
        await page.keyboard.press("Tab")
        assert await outer.evaluate("() => document.activeElement.localName") in ("body", "main")
    await hand.viewing.mode(control=True)
    await outer.get_by_role("textbox", name="Type on the page of Jeanne").focus()
    await page.keyboard.press("Tab")
    assert (await hand.acts("key", count=1))[0]["key"] == "Tab"
    assert await outer.evaluate("() => document.activeElement.className") == "keys"


class Churn:
    """A page that changes at random, as events that fit it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.children: dict[int, list[int]] = {4: []}
        self.parent: dict[int, int] = {}
        self.texts: set[int] = set()
        self.next = 10

    def event(self) -> list[Any]:
        change: Callable[[], list[Any]] = self.random.choice(
            (self.add, self.add, self.move, self.order, self.gone, self.text, self.attribute)
        )
        return change()

    def _below(self, node: int) -> set[int]:
        found = {node}
        for child in self.children.get(node, ()):
            found |= self._below(child)
        return found

    def _place(self, nodes: list[int], parent: int) -> int:
        """Puts them before some child, or at the end: its number, or 0."""
        siblings = self.children[parent]
        at = self.random.randint(0, len(siblings))
        before = siblings[at] if at < len(siblings) else 0
        siblings[at:at] = nodes
        self.parent.update(dict.fromkeys(nodes, parent))
        return before

    def add(self) -> list[Any]:
        element, text = self.next, self.next + 1
        self.next += 2
        parent = self.random.choice(list(self.children))
        before = self._place([element], parent)
        self.children[element], self.parent[text] = [text], element
        self.texts.add(text)
        tag = self.random.choice(("div", "p", "b", "x-y", "input", "svg:g"))
        return ["add", parent, before, [[element, 1, tag, {"class": f"c{element}"}, [[text, 3, f"t{text}"]]]]]

    def move(self) -> list[Any]:
        if not self.parent:
            return self.add()
        node = self.random.choice(list(self.parent))
        parent = self.random.choice([one for one in self.children if one not in self._below(node)])
        self.children[self.parent[node]].remove(node)
        return ["move", parent, self._place([node], parent), [node]]

    def order(self) -> list[Any]:
        parent = self.random.choice(list(self.children))
        self.random.shuffle(self.children[parent])
        return ["order", parent, list(self.children[parent])]

    def gone(self) -> list[Any]:
        if len(self.parent) < 200:
            return self.add()
        node = self.random.choice(list(self.parent))
        self.children[self.parent[node]].remove(node)
        for one in self._below(node):
            self.children.pop(one, None)
            self.parent.pop(one)
            self.texts.discard(one)
        return ["gone", [node]]

    def text(self) -> list[Any]:
        if not self.texts:
            return self.add()
        node = self.random.choice(sorted(self.texts))
        return ["text", node, "new"] if self.random.random() < 0.5 else ["splice", node, 1, 1, "ü"]

    def attribute(self) -> list[Any]:
        node = self.random.choice(list(self.children))
        return ["attr", node, {self.random.choice(("class", "data-a", "title")): self.random.choice(("a", "b", None))}]


async def test_a_jump_shows_what_playing_does(viewing: Viewing) -> None:
    churn = Churn(7)
    first = record(0, 0, [0, init(), ["whole"]])
    parts = [first, *(record(10 * n, 0, [n, *(churn.event() for _ in range(3))]) for n in range(1, 1500))]
    packed = base64.b64encode(gzip.compress(b"".join(parts))).decode()
    await viewing.page.evaluate("(data) => tell({ type: 'recorded', data: bytes(data) })", packed)
    await viewing.said("acts")

    async def html_at(seconds: float) -> str:
        await viewing.page.evaluate("(at) => { said.length = 0; tell({ type: 'at', at }) }", seconds)
        await viewing.said("state")
        html: str = await viewing.inner("doc.documentElement.outerHTML")
        return html

    times = [n / 5 for n in range(75)]
    played = [await html_at(at) for at in times]
    assert len(set(played)) > 70
    random.Random(3).shuffle(order := list(range(75)))
    for number in order:
        assert await html_at(times[number]) == played[number], times[number]
