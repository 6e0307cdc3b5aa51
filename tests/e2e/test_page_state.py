"""What of a page is seen beside its tree: where the customer is and looks, and what must not be seen."""

from pathlib import Path
from typing import Any

from tests.support.browsers import People
from tests.support.mirror import Pair, pair

LONG = '<div id="box" style="height: 50px; overflow: auto"><div style="height: 900px">high</div></div>'


async def opened(crowd: People, folder: Path, body: str, **context: Any) -> Pair:
    both = await pair((await crowd.person(**context)).context, folder, body)
    await both.page.evaluate("() => { source.keep = true }")
    await both.start()
    return both


async def said(both: Pair, name: str, test: str = "true") -> None:
    """Wait for an event of this name for which the expression (of `event`) holds."""
    await both.page.wait_for_function(f"() => source.log.some((event) => event[0] === '{name}' && ({test}))")


async def test_where_the_customer_is_and_looks(crowd: People, tmp_path: Path) -> None:
    both = await opened(
        crowd,
        tmp_path,
        f'<input id="field"><p id="text">Some text</p>{LONG}<p style="margin-top: 3000px">end</p>',
    )
    page, view = both.page, both.view
    await page.mouse.move(40, 40)
    await said(both, "cursor", "event[1][0] > 0")
    await page.click("#field")
    await said(both, "click")
    await said(both, "focus", "event[1] === source.engine.nodes.idOf(document.getElementById('field'))")
    await page.keyboard.type("typed")
    await said(both, "more", "event[2].value === 'typed'")
    await page.evaluate("() => getSelection().selectAllChildren(document.getElementById('text'))")
    await said(both, "select", "event[1] !== null")
    await page.evaluate("() => { document.title = 'Another'; history.pushState(null, '', '/page?step=2') }")
    await said(both, "title", "event[1] === 'Another'")
    await said(both, "address", "event[1].endsWith('step=2')")
    await page.evaluate("() => { document.getElementById('box').scrollTop = 300; scrollTo(0, 1200) }")
    await view.wait_for_function("() => mirror.tree.document.defaultView.scrollY === 1200")
    await view.wait_for_function("() => mirror.tree.document.getElementById('box').scrollTop === 300")
    # Both stay where they were when the box goes elsewhere, and the page begins again in the middle.
    await page.evaluate("() => document.body.prepend(document.getElementById('text'))")
    assert await both.differences() == []
    await both.stop()
    await both.start()
    down = await page.evaluate("() => scrollY")
    assert down > 1000
    await view.wait_for_function("(down) => mirror.tree.document.defaultView.scrollY === down", arg=down)
    await view.wait_for_function("() => mirror.tree.document.getElementById('box').scrollTop === 300")
    await page.set_viewport_size({"width": 900, "height": 500})
    await said(both, "size", "event[1] === 900")
    assert await both.errors() == []


async def test_what_opens_above_all_is_drawn_and_plays(crowd: People, tmp_path: Path) -> None:
    both = await opened(
        crowd,
        tmp_path,
        '<div id="pop" popover="manual">popped</div><dialog id="dialog">modal</dialog><canvas id="canvas"></canvas>',
    )
    page, view = both.page, both.view
    for which, show, hide, state in (
        ("pop", "showPopover", "hidePopover", ":popover-open"),
        ("dialog", "showModal", "close", ":modal"),
    ):
        for call, there in ((show, "true"), (hide, "false"), (show, "true")):
            await page.evaluate("([which, call]) => document.getElementById(which)[call]()", [which, call])
            await view.wait_for_function(
                f"() => mirror.tree.document.getElementById('{which}').matches('{state}') === {there}"
            )
    await page.evaluate("() => { document.getElementById('canvas').getContext('2d').fillRect(0, 0, 50, 50) }")
    await said(both, "more", "event[2].picture")


async def test_media_queries_are_answered_as_on_the_page(crowd: People, tmp_path: Path) -> None:
    style = "<style>p { color: red } @media (prefers-color-scheme: dark) { p { color: rgb(1, 2, 3) } }</style>"
    hover = "<style>p:hover { margin: 11px }</style><p id='text'>text</p>"
    both = await opened(crowd, tmp_path, style + hover, color_scheme="dark")
    await both.view.emulate_media(color_scheme="light")
    look = """(what) => {
      const { tree } = mirror;
      return tree.document.defaultView.getComputedStyle(tree.document.getElementById("text"))[what];
    }"""
    assert await both.view.evaluate(look, "color") == "rgb(1, 2, 3)"
    hovered = "(on) => mirror.tree.hover(on ? mirror.tree.idOf(mirror.tree.document.getElementById('text')) : 0)"
    await both.view.evaluate(hovered, True)
    assert await both.view.evaluate(look, "marginTop") == "11px"
    await both.view.evaluate(hovered, False)
    assert await both.view.evaluate(look, "marginTop") != "11px"


async def test_what_becomes_private_is_taken_back(crowd: People, tmp_path: Path) -> None:
    both = await opened(crowd, tmp_path, '<div id="a"><p>a name</p></div><div id="b"><p>a number</p></div>')
    text = "() => mirror.tree.document.body.textContent"
    assert "a name" in await both.view.evaluate(text)
    await both.page.evaluate(
        "() => { for (const [id, name] of [['a', 'hidden-block'], ['b', 'secret']])"
        "document.getElementById(id).className = name }"
    )
    await both.view.wait_for_function("() => !mirror.tree.document.body.textContent.includes('name')")
    await both.view.wait_for_function("() => mirror.tree.document.body.textContent.includes('• ••••••')")
    assert "number" not in await both.view.evaluate(text)
    await both.page.evaluate("() => { document.querySelector('#b p').firstChild.data = 'other secret' }")
    await both.page.evaluate("() => { document.querySelector('#a p').append('other secret') }")
    await both.view.wait_for_function("() => mirror.tree.document.body.textContent.includes('••••• ••••••')")
    assert "secret" not in await both.view.evaluate(text)
    assert await both.errors() == []


async def test_odd_pages_are_shown(crowd: People, tmp_path: Path) -> None:
    """Names of elements from word processors, elements in a thousand others, names of a thousand signs."""
    both = await opened(crowd, tmp_path, "<o:p>office</o:p><div id='deep'></div>")
    await both.page.evaluate(
        """() => {
          let at = document.getElementById("deep");
          for (let i = 0; i < 1000; i++) at = at.appendChild(document.createElement("i"));
          at.append("bottom");
          at.setAttribute("x".repeat(999), "");
          document.body.append("after it");
        }"""
    )
    await both.view.wait_for_function("() => mirror.tree.document.body.textContent.includes('after it')")
    assert "office" in await both.view.evaluate("() => mirror.tree.document.body.textContent")
    assert await both.errors() == []


async def test_nothing_is_said_after_the_end(crowd: People, tmp_path: Path) -> None:
    both = await opened(crowd, tmp_path, '<input id="field"><iframe srcdoc="<p>framed</p>"></iframe>')
    await both.page.evaluate(
        """async () => {
          document.body.append("last");
          source.stop();
          source.reset();
          document.body.append("too late");
          document.getElementById("field").value = "too late";
          document.getElementById("field").dispatchEvent(new Event("input", { bubbles: true }));
          document.getElementById("field").focus();
          await new Promise((done) => setTimeout(done, 600));
        }"""
    )
    assert await both.page.evaluate("() => source.messages") == 0
    assert await both.page.evaluate("() => /native code/.test(Element.prototype.attachShadow)")
    assert await both.page.evaluate("() => /native code/.test(CSSStyleSheet.prototype.insertRule)")


async def test_a_page_that_is_made_anew_all_the_time_does_not_grow(crowd: People, tmp_path: Path) -> None:
    both = await opened(crowd, tmp_path, "")
    churn = """() => new Promise((done) => {
      let times = 0;
      const timer = setInterval(() => {
        const rows = Array.from({ length: 200 }, (_, row) => {
          const div = document.createElement("div");
          div.attachShadow({ mode: "open" }).innerHTML = `<input><b>${Math.random()}</b>`;
          div.innerHTML = `<span>${row}</span><iframe></iframe>`.slice(0, row < 3 ? 99 : 21);
          return div;
        });
        document.body.replaceChildren(...rows);
        if (++times === 20) done(clearInterval(timer));
      }, 50);
    })"""
    nodes: list[int] = []
    for _ in range(3):
        await both.page.evaluate(churn)
        assert await both.differences() == []
        nodes.append(await both.page.evaluate("() => source.engine.nodes.size"))
    assert nodes[0] == nodes[1] == nodes[2]
    assert await both.errors() == []


async def test_a_page_with_constructed_sheets_begins_with_itself(crowd: People, tmp_path: Path) -> None:
    both = await pair((await crowd.person()).context, tmp_path, '<p id="red">text</p>')
    page, view = both.page, both.view
    await page.evaluate(
        """() => {
          source.keep = true
          const sheet = new CSSStyleSheet()
          sheet.replaceSync("#red { color: rgb(200, 0, 0) }")
          document.adoptedStyleSheets = [sheet]
        }"""
    )
    await both.start()
    assert await page.evaluate("() => source.log[0][0]") == "init"
    await view.wait_for_function(
        """() => { const doc = mirror.tree.document, one = doc.getElementById("red")
          return one && doc.defaultView.getComputedStyle(one).color === "rgb(200, 0, 0)" }"""
    )
