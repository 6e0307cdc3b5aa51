"""A recorded page is shown as it was, at any time of it."""

import asyncio
import base64
import gzip
import random
from collections.abc import Callable
from typing import Any

from tests.support.figures import held
from tests.support.view import Viewing, init, record

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
        async with asyncio.timeout(30):
            return float(await watching) - float(await viewing.page.evaluate("() => asked"))

    took = [await seek(at, str(first_item(at))) for at in (5, 1700, 3, 900, 899, 1200.05, 1750, 20)]
    held("view: longest seek in 30 minutes of changes", max(took), "ms", 150)
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
