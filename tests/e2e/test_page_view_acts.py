"""What staff do over the view of a customer's page becomes acts and marks."""

from typing import Any

import pytest

from tests.support.view import Viewing, init


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
