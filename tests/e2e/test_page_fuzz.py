"""The view equals the page: after the start, after sorts of a large table, and after any changes in any order."""

from pathlib import Path

import pytest

from tests.support.browsers import People
from tests.support.mirror import Pair, pair

FORM = """
<style>p { color: rgb(200, 0, 0) } @media (min-width: 9px) { p { margin: 5px } }</style>
<h1>Checkout</h1><p>One <b>two</b><!-- no --> three</p><script>window.secret = "in a script"</script>
<form><input value="as written"><input type="checkbox" checked><textarea>text</textarea>
<select><option>a</option><option selected>b</option></select></form>
<noscript><p>no scripts</p></noscript><template><p>not shown</p></template>
<div id="host"></div><dialog id="dialog"><p>Sure?</p></dialog><svg viewBox="0 0 10 10"><path d="M0 0h10"/></svg>
<iframe srcdoc="<!doctype html><p>framed <i>text</i></p>"></iframe><div id="deskside-panel">ours</div>
"""


async def opened(crowd: People, folder: Path, body: str = "", slice_of: int | None = None) -> Pair:
    first = await crowd.person()
    return await pair(first.context, folder, body, slice_of)


async def run(both: Pair, seed: int, operations: int) -> None:
    """So many random operations, with what both sides are compared after; then the page is empty again."""
    await both.start()
    await both.page.evaluate(
        "async ([seed, operations]) => { await new harness.Fuzz(seed).run(operations) }", [seed, operations]
    )
    assert await both.differences() == [], f"seed {seed}"
    assert await both.errors() == [], f"seed {seed}"
    await both.stop()
    await both.page.evaluate("() => document.body.replaceChildren()")


async def test_the_view_is_like_the_page_and_stays_so(crowd: People, tmp_path: Path) -> None:
    both = await opened(crowd, tmp_path, FORM)
    await both.start()
    assert await both.differences() == []
    await both.page.evaluate(
        """() => {
          const host = document.getElementById("host");
          host.attachShadow({ mode: "open" }).innerHTML = "<style>b { color: red }</style><b>late</b><slot></slot>";
          document.getElementById("dialog").showModal();
          document.querySelector("input").value = "by a script";
          document.querySelector("select").selectedIndex = 0;
          document.querySelector("iframe").contentDocument.body.append("more");
          document.styleSheets[0].insertRule("h1 { margin: 7px }");
          const sheet = new CSSStyleSheet();
          sheet.replaceSync("h1 { padding: 3px }");
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert await both.differences() == []
    await both.page.evaluate(
        """() => {
          document.getElementById("dialog").close();
          document.adoptedStyleSheets[0].insertRule("h2 { padding: 3px }");
          document.querySelector("iframe").srcdoc = "<p>another, in quirks</p>";
        }"""
    )
    assert await both.differences() == []
    assert await both.errors() == []
    text = await both.view.evaluate("() => mirror.tree.document.documentElement.outerHTML")
    assert "in a script" not in text
    assert "no scripts" not in text
    assert "ours" not in text


@pytest.mark.parametrize(("seed", "slice_of"), [(3, None), (8, 40), (21, 3)])
async def test_random_changes_are_followed(crowd: People, tmp_path: Path, seed: int, slice_of: int | None) -> None:
    """Also while the page is still being said: with slices of few nodes nearly every change comes in the middle."""
    await run(await opened(crowd, tmp_path, slice_of=slice_of), seed, 500)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("slice_of", [None, 2])
async def test_ten_thousand_random_changes_are_followed(crowd: People, tmp_path: Path, slice_of: int | None) -> None:
    both = await opened(crowd, tmp_path, slice_of=slice_of)
    for seed in range(100, 120):
        await run(both, seed, 500)


async def test_a_large_table_is_said_in_slices_and_sorted_by_a_line(crowd: People, tmp_path: Path) -> None:
    both = await opened(crowd, tmp_path)
    await both.page.evaluate("() => harness.table(2000, 8)")
    await both.start()
    assert await both.differences() == []
    for how in ("sort", "reverse"):
        await both.reset()
        await both.page.evaluate("(how) => harness[how]()", how)
        assert await both.differences() == []
        said = (await both.figures())["page"]
        # Numbers of the rows alone, no row again.
        assert set(said["events"]) == {"order"}
        assert said["bytes"] < 40_000
    assert await both.errors() == []
