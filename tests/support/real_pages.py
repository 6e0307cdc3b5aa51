# ruff: noqa: E501  (pages, as they would stand in a file of their own)
"""Pages that are not ours, from npm, served on loopback: what people really have in front of them."""

from aiohttp import web

from tests.support.bundle import WEB

MODULES = WEB / "node_modules"
NAMES = ("grid", "gallery", "calendar", "reference")
"""A virtual list of 10,000 rows (ag-grid), web components (Shoelace), a calendar (FullCalendar, Preact), a reference of an
API (Redoc: React, styled-components)."""

_CALENDAR = "/modules/fullcalendar"
_SHOELACE = "/modules/@shoelace-style/shoelace/cdn"

BODIES = {
    "grid": """<h1>Orders</h1><div id="grid" style="height: 520px"></div>
<script src="/modules/ag-grid-community/dist/ag-grid-community.min.js"></script>
<script>
  const rows = Array.from({ length: 10000 }, (_, n) => (
    { order: n + 1, customer: "Customer " + ((n * 7919) % 5003), total: ((n * 31) % 977) + 0.5, paid: n % 3 === 0 }))
  window.grid = agGrid.createGrid(document.getElementById("grid"), {
    columnDefs: [{ field: "order", filter: true }, { field: "customer" }, { field: "total" }, { field: "paid" }],
    rowData: rows, animateRows: false, suppressRowTransform: false,
  })
</script>""",
    "gallery": f"""<link rel="stylesheet" href="{_SHOELACE}/themes/light.css"><style>:not(:defined) {{ visibility: hidden }}</style>
<script type="module" src="{_SHOELACE}/shoelace-autoloader.js"></script>
<h1>Gallery</h1>
<sl-card><strong slot="header">A card</strong>With text <sl-badge variant="success" pulse>new</sl-badge>
<div slot="footer"><sl-button variant="primary" id="order">Order</sl-button><sl-rating value="3"></sl-rating></div></sl-card>
<sl-tab-group><sl-tab slot="nav" panel="one">One</sl-tab><sl-tab slot="nav" panel="two">Two</sl-tab>
<sl-tab-panel name="one">The first panel</sl-tab-panel><sl-tab-panel name="two">The second panel</sl-tab-panel></sl-tab-group>
<sl-input label="Name" help-text="As on the card"></sl-input><sl-switch checked>Newsletter</sl-switch>
<sl-range min="0" max="10" value="4"></sl-range><sl-progress-bar value="60"></sl-progress-bar>
<sl-details summary="Details" open>Opened</sl-details><sl-alert open><sl-icon slot="icon" name="info-circle"></sl-icon>
An alert</sl-alert><sl-tree><sl-tree-item expanded>Fruit<sl-tree-item>Apple</sl-tree-item></sl-tree-item></sl-tree>
<sl-avatar initials="AB"></sl-avatar><sl-divider></sl-divider><sl-select label="Size" value="m"><sl-option value="m">M</sl-option>
<sl-option value="l">L</sl-option></sl-select>""",
    "calendar": f"""<link rel="stylesheet" href="{_CALENDAR}/skeleton.css">
<link rel="stylesheet" href="{_CALENDAR}/themes/classic/theme.css"><link rel="stylesheet"
href="{_CALENDAR}/themes/classic/palette.css"><div id="calendar"></div><script src="{_CALENDAR}/all/global.js"></script>
<script>
  window.calendar = new FullCalendar.Calendar(document.getElementById("calendar"), {{
    initialView: "dayGridMonth", initialDate: "2026-03-10", headerToolbar: {{ right: "prev,next" }},
    events: [{{ title: "Review", start: "2026-03-12" }}, {{ title: "Fair", start: "2026-03-16", end: "2026-03-19" }},
      {{ title: "Audit", start: "2026-04-02" }}],
  }})
  calendar.render()
</script>""",
    "reference": """<div id="reference"></div><script src="/modules/redoc/bundles/redoc.standalone.js"></script>
<script>Redoc.init("/api.json", { disableSearch: true, hideLoading: true }, document.getElementById("reference"))</script>""",
}

READY = {
    "grid": "document.querySelectorAll('.ag-row').length > 5",
    "gallery": "document.querySelectorAll(':not(:defined)').length === 0 && "
    "!!document.querySelector('sl-tree-item').shadowRoot",
    "calendar": "document.body.innerText.includes('Review') && document.querySelectorAll('[role=gridcell]').length > 20",
    "reference": "document.querySelectorAll('h2').length > 3",
}

# What is done on each, so that it is not only a picture.
STEPS = {
    "grid": "grid.applyColumnState({ state: [{ colId: 'total', sort: 'desc' }] }); grid.ensureIndexVisible(5000)",
    "gallery": "document.querySelector('sl-tab-group').show('two'); document.querySelector('sl-switch').checked = false;"
    "document.querySelector('sl-progress-bar').value = 80; document.querySelector('sl-details').hide()",
    "calendar": "calendar.next()",
    "reference": "document.querySelector('[data-section-id] [role=button], [role=menuitem] label').click()",
}


def page(name: str, head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title>{head}'
        f"<style>body {{ font: 15px system-ui; margin: 16px; }}</style></head><body>{BODIES[name]}</body></html>"
    )


def real_pages(api: bytes, head: str = "") -> web.Application:
    """The application with all of them. `api`: the OpenAPI document that the reference shows; `head`: what else stands
    in each head, such as the script of the help panel."""
    app = web.Application()

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=page(request.match_info["name"], head), content_type="text/html")

    async def document(_request: web.Request) -> web.Response:
        return web.Response(body=api, content_type="application/json")

    app.router.add_get("/api.json", document)
    app.router.add_static("/modules", MODULES, follow_symlinks=True)
    app.router.add_get("/{name:" + "|".join(NAMES) + "}", show)
    return app
