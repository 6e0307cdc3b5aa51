# ruff: noqa: E501  (pages, as they would stand in a file of their own)
"""What customers of the benches of co-browsing have in front of them."""

from tests.support.bundle import PAGES

SCRIPT = (PAGES / "bench.js").read_text(encoding="utf-8")

STYLE = """<style>
body { font: 15px/1.5 system-ui; margin: 24px; color: #223; background: #fff }
fieldset { border: 1px solid #ccd; border-radius: 8px; margin: 0 0 16px } label { display: block; margin: 6px 0 }
input { display: block; width: 320px; padding: 6px; border: 1px solid #99a; border-radius: 4px }
table { border-collapse: collapse } td { border: 1px solid #dde; padding: 2px 8px } .up { color: #172 } .down { color: #a22 }
</style>"""

_FIELDS = "".join(
    f"<fieldset><legend>{legend}</legend>"
    + "".join(f'<label>{label} {number}<input name="field{legend}{number}"></label>' for number in range(1, 5))
    + "</fieldset>"
    for legend, label in (("Delivery", "Line"), ("Invoice", "Line"), ("Remarks", "Remark"))
)

FORM = f"""<h1>Order</h1><p>Loaded: <b id="loaded"></b>. Changes: <b id="count">0</b></p>
<button id="press" type="button" onclick="this.nextElementSibling.textContent = ++this.dataset.presses" data-presses="0">
One more</button> <b id="presses">0</b>
<form>{_FIELDS}</form><p>Delivery is free from 50 euros. We answer on working days within four hours.</p>
<script>document.querySelector("#loaded").textContent = performance.timeOrigin</script>"""

PRICES = (
    '<h1>Prices</h1><p>Changes: <b id="count">0</b></p><table><tbody>'
    + "".join(
        f'<tr class="up"><td>Item {number}</td><td class="price">{number}.00</td><td>In stock</td></tr>'
        for number in range(1, 61)
    )
    + "</tbody></table><ul id='news'>"
    + "".join(f"<li>News {number}</li>" for number in range(20))
    + "</ul>"
)

TABLE = """<h1>Stock</h1><p>Changes: <b id="count">0</b></p><table id="table"></table>
<script>__bench.table(5000, 8)</script>"""


def page(body: str, head: str = "") -> str:
    """`head`: what stands there beside the style, such as the script of the help panel."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bench</title>{STYLE}{head}'
        f"<script>{SCRIPT}</script></head><body>{body}</body></html>"
    )
