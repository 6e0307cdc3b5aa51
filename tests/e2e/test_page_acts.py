"""What staff does on a customer's page, in a browser: each act has the effect of a person's own, or says why not."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page

from tests.support.browsers import People
from tests.support.bundle import PAGES, bundled

Act = Callable[..., Awaitable[list[Any]]]

HTML = """<!doctype html><meta charset=utf-8><style>body{margin:8px;min-height:3000px}#cover{position:fixed;inset:0;
background:#fff8;display:none}#scroll{height:50px;overflow:auto}#scroll p{height:400px}.box{width:60px;height:40px;
display:inline-block;background:#ccd}</style>
<div id=panel><button data-n=99>Allow</button></div>
<form id=form data-n=1><input data-n=2 id=text maxlength=8><input data-n=3 type=number id=number>
<textarea data-n=4 id=area></textarea><label data-n=5>Tick <input data-n=6 type=checkbox id=box></label>
<input data-n=7 type=radio name=r value=1 id=one><input data-n=8 type=radio name=r value=2 id=two>
<select data-n=9 id=select><option>x<option>y<option disabled>z</select>
<select data-n=10 multiple id=many><option>p<option>q<option>r</select>
<input data-n=11 type=date id=date><input data-n=12 type=range min=0 max=100 id=range>
<input data-n=13 type=color id=color><input data-n=14 data-masked id=secret><input data-n=15 readonly id=fixed>
<input data-n=16 type=file><button data-n=17 id=pay>Pay now</button><button data-n=18 disabled>Off</button></form>
<div data-n=20 contenteditable id=free>abc</div><div data-n=21 id=scroll><p>tall</div>
<a data-n=22 href="https://evil.example/">Away</a><a data-n=23 href="#here" id=anchor>Here</a>
<a data-n=26 href="/new" target=_blank>New</a><details data-n=27 id=details><summary data-n=28>More</summary>x</details>
<span data-n=24 style="display:none" id=none>hidden</span><button data-n=25 id=plain>Plain</button><div id=cover></div>
<div class=box data-n=30 draggable=true id=thing></div><div class=box data-n=31 id=bin></div>
<div class=box data-n=32 id=slider></div><div class=box data-n=33 id=end></div>
<form id=lone><input data-n=60></form><form id=pic><input data-n=61 type=image alt=Go></form>
<div id=host></div><iframe id=frame srcdoc="<input data-n=51 id=inner>"></iframe><div id=app></div>"""

SETUP = """() => {
  window.heard = []
  for (const type of ["pointerdown", "mousedown", "pointerup", "mouseup", "click", "dblclick", "contextmenu", "input",
      "change", "keydown", "submit", "beforeinput", "dragstart", "drop", "pointermove"])
    document.addEventListener(type, (e) => heard.push([type, e.target.id]), true)
  document.addEventListener("submit", (e) => e.preventDefault())
  const shadow = document.getElementById("host").attachShadow({ mode: "open" })
  shadow.innerHTML = "<input data-n=50 id=deep><button data-n=52>In</button>"
  shadow.querySelector("button").onclick = () => { heard.push(["shadow", "in"]) }
  document.getElementById("bin").ondragover = (e) => e.preventDefault()
  document.getElementById("thing").ondragstart = (e) => e.dataTransfer.setData("text/plain", "carried")
  document.getElementById("bin").ondrop = (e) => { window.dropped = e.dataTransfer.getData("text/plain") }
  const slider = document.getElementById("slider")
  slider.onpointerdown = (e) => { slider.setPointerCapture(e.pointerId); window.slid = 0 }
  document.addEventListener("pointermove", () => { if (window.slid !== undefined) window.slid++ })
}"""


@pytest.fixture
async def page(crowd: People, tmp_path: Path) -> Page:
    found = await crowd.person()
    await found.route("https://shop.test/**", lambda route: route.fulfill(body=HTML, content_type="text/html"))
    await found.goto("https://shop.test/")
    await found.evaluate(SETUP)
    await found.evaluate(await bundled(PAGES / "acts.tsx", tmp_path))
    await found.locator("#react").wait_for(state="attached")
    return found


@pytest.fixture
def act(page: Page) -> Act:
    async def do(op: str, node: int = 0, **more: Any) -> list[Any]:
        where = {"x": 0.5, "y": 0.5} if op in ("click", "hover", "drag") else {}
        body = {"op": op, **({} if op == "go" else {"node": node}), **where, **more}
        result: list[Any] = await page.evaluate("(op) => act(op)", body)
        return result

    return do


DONE = ["done", None]


async def value(page: Page, name: str) -> Any:
    return await page.evaluate("(id) => document.getElementById(id).value", name)


async def test_fields_take_what_is_typed(page: Page, act: Act) -> None:
    assert await act("click", 2) == DONE
    for letter in "héllo":
        assert await act("key", 2, key=letter) == DONE
    assert await value(page, "text") == "héllo"
    await act("key", 2, key="ArrowLeft")
    await act("key", 2, key="Backspace")
    assert await value(page, "text") == "hélo"
    await act("insert", 2, text="LONGER THAN IT TAKES")
    assert await value(page, "text") == "hélLONGo"
    await act("key", 2, key="a", modifiers=["ctrl"])
    await act("insert", 2, text="new")
    assert await value(page, "text") == "new"
    assert ["change", "text"] not in await page.evaluate("heard")
    assert await act("value", 3, value="42") == DONE
    assert ["change", "text"] in await page.evaluate("heard")
    assert await value(page, "number") == "42"
    await act("insert", 4, text="one")
    await act("key", 4, key="Enter")
    await act("insert", 4, text="two")
    assert await value(page, "area") == "one\ntwo"
    for node, name, wanted in ((11, "date", "2026-05-04"), (12, "range", "77"), (13, "color", "#ff8800")):
        assert await act("value", node, value=wanted) == DONE
        assert await value(page, name) == wanted
    await act("key", 12, key="ArrowUp")
    assert await value(page, "range") == "78"


async def test_boxes_and_choices(page: Page, act: Act) -> None:
    assert await act("check", 6, on=True) == DONE
    assert await act("check", 6, on=True) == DONE
    assert await page.evaluate("document.getElementById('box').checked")
    assert await act("click", 5) == DONE
    assert not await page.evaluate("document.getElementById('box').checked")
    assert await act("check", 8, on=True) == DONE
    assert await page.evaluate("document.getElementById('two').checked")
    assert await act("select", 9, options=[1]) == DONE
    assert await value(page, "select") == "y"
    assert await act("select", 9, options=[2]) == ["refused", "unsupported"]
    assert await act("select", 10, options=[0, 2]) == DONE
    chosen = "[...document.getElementById('many').selectedOptions].map((o) => o.text)"
    assert await page.evaluate(chosen) == ["p", "r"]
    assert await act("click", 28) == DONE
    assert await page.evaluate("document.getElementById('details').open")


async def test_a_click_is_the_whole_sequence(page: Page, act: Act) -> None:
    await page.evaluate("heard.length = 0")
    assert await act("click", 25) == DONE
    assert await act("click", 25, count=2) == DONE
    heard = [kind for kind, name in await page.evaluate("heard") if name == "plain"]
    once = ["pointerdown", "mousedown", "pointerup", "mouseup", "click"]
    assert heard == ["pointermove", *once, "pointermove", *once, "dblclick"]
    await act("click", 25, button=2)
    assert ["contextmenu", "plain"] in await page.evaluate("heard")


async def test_editors_shadows_frames(page: Page, act: Act) -> None:
    assert await act("insert", 20, text="X") == DONE
    assert "X" in await page.inner_text("#free")
    assert await act("value", 20, value="whole") == DONE
    assert await page.inner_text("#free") == "whole"
    assert await act("value", 50, value="in the shadow") == DONE
    assert (
        await page.evaluate("document.getElementById('host').shadowRoot.getElementById('deep').value")
        == "in the shadow"
    )
    assert await act("click", 52) == DONE
    assert ["shadow", "in"] in await page.evaluate("heard")
    assert await act("insert", 51, text="framed") == DONE
    assert await page.frame_locator("#frame").locator("#inner").input_value() == "framed"


async def test_react_hears_of_everything(page: Page, act: Act) -> None:
    await act("insert", 40, text="abc")
    await act("value", 41, value="xyz")
    await act("click", 42)
    await act("select", 43, options=[1])
    await act("click", 44)
    assert await page.inner_text("#react") == "abc|xyz|true|b|1"


async def test_scroll_and_drag(page: Page, act: Act) -> None:
    assert await act("scroll", 21, x=0, y=120) == DONE
    assert await page.evaluate("document.getElementById('scroll').scrollTop") == 120
    assert await act("scroll", 0, x=0, y=600) == DONE
    assert await page.evaluate("scrollY") == 600
    await act("scroll", 0, x=0, y=0)
    assert await act("drag", 30, to=31, to_x=0.5, to_y=0.5) == DONE
    assert await page.evaluate("window.dropped") == "carried"
    assert await act("drag", 32, to=33, to_x=0.5, to_y=0.5) == DONE
    assert await page.evaluate("window.slid") >= 8


async def test_each_refusal_has_its_reason(page: Page, act: Act) -> None:
    for wanted, op, node, more in (
        ("gone", "click", 777, {}),
        ("masked", "insert", 14, {"text": "x"}),
        ("masked", "click", 14, {}),
        ("disabled", "insert", 15, {"text": "x"}),
        ("disabled", "click", 18, {}),
        ("unsupported", "click", 16, {}),
        ("unsupported", "value", 16, {"value": "x"}),
        ("unsupported", "insert", 25, {"text": "x"}),
        ("unsupported", "click", 99, {}),
        ("unsupported", "click", 26, {}),
        ("unsupported", "key", 16, {"key": " "}),
        ("off_site", "key", 22, {"key": "Enter"}),
        ("hidden", "click", 24, {}),
        ("off_site", "click", 22, {}),
        ("off_site", "go", 0, {"way": "address", "to": "https://evil.example/"}),
        ("off_site", "go", 0, {"way": "address", "to": "javascript:alert(1)"}),
    ):
        assert await act(op, node, **more) == ["refused", wanted], (op, node)
    await page.evaluate("document.getElementById('cover').style.display = 'block'")
    assert await act("click", 25) == ["refused", "hidden"]
    assert await page.evaluate("(op) => act(op, 2)", {"op": "click", "node": 25, "x": 0, "y": 0}) == [
        "refused",
        "old_epoch",
    ]
    await page.evaluate("state.controllers = []")
    assert await act("scroll", 0, x=0, y=5) == ["refused", "no_consent"]


async def test_acts_go_through_our_own_panel(page: Page, act: Act) -> None:
    """It stands over the page; who sees the page without it meant what is below."""
    await page.evaluate("document.getElementById('panel').style.cssText = 'position:fixed;inset:0;z-index:9'")
    await page.evaluate("heard.length = 0")
    assert await act("click", 25) == DONE
    assert ["click", "plain"] in await page.evaluate("heard")


async def buttons(page: Page) -> None:
    """The question is in a closed shadow root, by the keyboard: No has the focus, then Yes."""
    await page.wait_for_function("document.activeElement?.localName === 'deskside-layer'")
    # Only who has had time to read may answer.
    await page.wait_for_function(
        "(from) => performance.now() > from + 700", arg=await page.evaluate("performance.now()")
    )


async def test_a_risky_act_asks_each_time(page: Page, act: Act) -> None:
    asked = asyncio.ensure_future(act("click", 17))
    await buttons(page)
    await page.keyboard.press("Enter")
    assert await asked == ["refused", "declined"]
    assert ["submit", "form"] not in await page.evaluate("heard")
    asked = asyncio.ensure_future(act("key", 2, key="Enter"))
    await buttons(page)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await asked == DONE
    assert ["submit", "form"] in await page.evaluate("heard")
    asked = asyncio.ensure_future(act("click", 17))
    await page.wait_for_function("document.activeElement?.localName === 'deskside-layer'")
    await page.keyboard.press("Escape")
    assert await asked == ["refused", "declined"]
    assert await page.evaluate("Object.values(state.acts).filter((one) => one.includes('asking')).length") == 3


async def declined(page: Page, asked: "asyncio.Future[list[Any]]") -> None:
    """The customer is asked, and says no."""
    await buttons(page)
    await page.keyboard.press("Escape")
    assert await asked == ["refused", "declined"]
    assert "submit" not in [kind for kind, _ in await page.evaluate("heard")]


async def test_what_is_hit_counts_not_what_was_named(page: Page, act: Act) -> None:
    """A press on the whole page is a press on the button that stands there."""
    place = """() => { const b = document.getElementById("pay").getBoundingClientRect()
      const r = document.documentElement.getBoundingClientRect()
      return [(b.x + b.width / 2 - r.x) / r.width, (b.y + b.height / 2 - r.y) / r.height] }"""
    x, y = await page.evaluate(place)
    await declined(page, asyncio.ensure_future(act("click", 0, x=x, y=y)))
    secret = await page.evaluate(place.replace("pay", "secret"))
    assert await act("click", 0, x=secret[0], y=secret[1]) == ["refused", "masked"]


async def test_every_way_to_submit_is_asked_for(page: Page, act: Act) -> None:
    await declined(page, asyncio.ensure_future(act("key", 60, key="Enter")))
    await declined(page, asyncio.ensure_future(act("click", 61)))
    await page.evaluate("document.getElementById('plain').type = ''; document.getElementById('lone').append(plain)")
    await declined(page, asyncio.ensure_future(act("click", 25)))


async def test_what_is_under_way_ends_with_stop(page: Page) -> None:
    result, heard, address = await page.evaluate(
        """async () => {
          heard.length = 0
          for (const type of ["pointercancel", "mouseup"])
            document.addEventListener(type, (e) => heard.push([type, e.target.id]), true)
          const dragging = act({ op: "drag", node: 32, x: 0.5, y: 0.5, to: 33, to_x: 0.5, to_y: 0.5 })
          while (!heard.some(([type]) => type === "mousedown")) await new Promise((r) => setTimeout(r, 1))
          state.controllers = []
          actor.stop()
          const result = await dragging
          state.controllers = ["anna"]
          const going = act({ op: "go", way: "address", to: "/elsewhere" })
          await going
          actor.stop()
          await new Promise((r) => setTimeout(r, 150))
          return [result, heard.map(([type]) => type), location.pathname]
        }"""
    )
    assert result == ["refused", "no_consent"]
    assert "pointercancel" in heard
    assert not {"mouseup", "pointerup", "click"} & set(heard)
    assert address == "/"


async def test_an_editor_never_writes_where_the_customer_types(page: Page, act: Act) -> None:
    await page.focus("#secret")
    await page.keyboard.type("4111")
    for op, more in (
        ("key", {"key": "Backspace"}),
        ("key", {"key": "Enter"}),
        ("insert", {"text": "x"}),
        ("value", {"value": "y"}),
    ):
        assert (await act(op, 20, **more))[0] == "refused"
    assert await value(page, "secret") == "4111"
    assert await page.inner_text("#free") == "abc"


async def test_nothing_happens_after_stop(page: Page) -> None:
    """Acts that wait for a question are thrown away with it."""
    done = page.evaluate(
        """async () => {
          const all = [act({ op: "click", node: 17, x: 0.5, y: 0.5 })]
          for (let n = 0; n < 20; n++) all.push(act({ op: "click", node: 25, x: 0.5, y: 0.5 }))
          await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))
          heard.length = 0
          state.controllers = []
          actor.stop()
          const results = await Promise.all(all)
          return [results, heard.filter(([type]) => type === "click")]
        }"""
    )
    results, clicks = await done
    assert {tuple(one) for one in results} == {("refused", "no_consent")}
    assert clicks == []


async def test_who_types_keeps_the_focus(page: Page, act: Act) -> None:
    await page.focus("#area")
    await page.keyboard.type("cust")
    assert await act("insert", 2, text="agent") == DONE
    assert await act("click", 25) == DONE
    await page.keyboard.type("omer")
    assert await value(page, "area") == "customer"
    assert await value(page, "text") == "agent"


# What is shown on the layer and where the elements are: [x, y, x, y] each.
MARKS = """() => {
  const one = (kind) => window.layer.querySelector(kind)
  const numbers = (kind, ...names) => names.map((name) => Number(one(kind).getAttribute(name)))
  const { left, top, right, bottom } = document.getElementById("plain").getBoundingClientRect()
  const field = document.getElementById("text").getBoundingClientRect()
  const [x, y, width, height] = numbers("rect", "x", "y", "width", "height")
  return [
    [[...numbers("circle", "cx", "cy")], [(left + right) / 2, (top + bottom) / 2]],
    [one("polyline").getAttribute("points").split(/[ ,]+/).map(Number), [left, top, right, bottom]],
    [[x + 4, y + 4, x + width - 4, y + height - 4], [field.left, field.top, field.right, field.bottom]],
  ]
}"""


async def test_marks_stay_on_their_element(page: Page) -> None:
    await page.evaluate("window.layer = actor.layer.root")
    await page.evaluate("show({ mark: 'pointer', at: [25, 0.5, 0.5] })")
    await page.evaluate("show({ mark: 'stroke', stroke: 1, points: [[25, 0, 0], [25, 1, 1]] })")
    await page.evaluate("show({ mark: 'highlight', node: 2 })")
    seen = set()
    for change in (
        "0",
        # Scrolled before, the browser would undo the other by its anchoring.
        "document.getElementById('form').style.marginTop = '150px'",
        "scrollTo(0, 200)",
        "document.body.style.paddingLeft = '90px'",
        "document.getElementById('plain').style.cssText = 'width:300px;height:80px'",
    ):
        await page.evaluate(change)
        await page.evaluate("new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)))")
        for drawn, there in await page.evaluate(MARKS):
            assert drawn == pytest.approx(there, abs=1), change
        seen.add(str(await page.evaluate(MARKS)))
    assert len(seen) == 5
    assert await page.evaluate("layer.querySelectorAll('polyline, rect').length") == 2
    await page.evaluate("show({ mark: 'wipe' }); show({ mark: 'pointer', at: null })")
    await page.wait_for_function("!actor.layer.element.isConnected")
