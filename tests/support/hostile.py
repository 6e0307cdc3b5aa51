"""A customer's page as no browser would send it: everything that could run, load, navigate or send, in one stream."""

from typing import Any

RUN = "top.__ran=1;parent.__ran=1;self.__ran=1;alert(1)"


def elements(away: str) -> list[tuple[str, dict[str, str]]]:
    """Tags with attributes. `away`: an origin that nobody may reach."""
    js, data = f"javascript:{RUN}", f"data:text/html,<script>{RUN}</script>"
    socket = away.replace("http", "ws")
    rels = ("stylesheet", "preload", "prefetch", "dns-prefetch", "preconnect", "modulepreload", "icon", "manifest")
    return [
        ("script", {"src": f"{away}/script.js"}),
        ("SCRIPT", {"src": f"{away}/script2.js"}),
        ("svg:script", {"href": f"{away}/svg.js", "xlink:href": f"{away}/svg2.js"}),
        ("img", {"src": f"{away}/img.png", "onerror": RUN, "ONLOAD": RUN}),
        ("img", {"srcset": f"{away}/set.png 1x, {away}/set2.png 2x", "sizes": "100vw", "lowsrc": f"{away}/low.png"}),
        ("img", {"src": "x", "onerror": RUN}),
        ("img", {"src": f"asset:{'0' * 64}", "onload": RUN}),
        ("img", {"src": f"asset:{'0' * 63}/../../{away}/x"}),
        ("picture", {}),
        ("source", {"srcset": f"{away}/source.png", "src": f"{away}/source.mp4"}),
        ("iframe", {"srcdoc": f"<script>{RUN}</script>", "sandbox": "allow-scripts allow-same-origin"}),
        ("iframe", {"src": js}),
        ("iframe", {"src": f"{away}/frame.html", "onload": RUN}),
        ("iframe", {"src": data, "allow": "camera *", "name": "x"}),
        ("frame", {"src": f"{away}/frame2.html"}),
        ("frameset", {"onload": RUN}),
        ("object", {"data": f"{away}/object.html", "type": "text/html"}),
        ("object", {"data": data}),
        ("embed", {"src": f"{away}/embed.swf"}),
        ("embed", {"src": js}),
        ("applet", {"code": "x", "archive": f"{away}/a.jar"}),
        ("portal", {"src": f"{away}/portal"}),
        ("fencedframe", {"src": f"{away}/fenced"}),
        ("meta", {"http-equiv": "refresh", "content": f"0;url={away}/refresh"}),
        ("meta", {"http-equiv": "Content-Security-Policy", "content": "script-src *"}),
        ("meta", {"name": "referrer", "content": "unsafe-url"}),
        ("base", {"href": f"{away}/base/", "target": "_top"}),
        *[
            ("link", {"rel": rel, "href": f"{away}/{rel}", "as": "script", "imagesrcset": f"{away}/i 1x"})
            for rel in rels
        ],
        ("form", {"action": f"{away}/form", "method": "post", "target": "_top", "onsubmit": RUN}),
        ("button", {"formaction": f"{away}/button", "formtarget": "_top", "type": "submit", "form": "f"}),
        ("input", {"type": "image", "src": f"{away}/image.png", "formaction": f"{away}/image"}),
        ("input", {"autofocus": "", "onfocus": RUN, "name": "__proto__", "autocomplete": "on"}),
        ("input", {"type": "password", "name": "password", "autocomplete": "current-password"}),
        ("input", {"type": "file", "onchange": RUN}),
        ("a", {"href": js, "target": "_top", "ping": f"{away}/ping", "download": "x"}),
        ("a", {"href": f"{away}/link", "rel": "opener", "attributionsrc": f"{away}/attribution"}),
        ("area", {"href": js}),
        ("video", {"src": f"{away}/video.mp4", "poster": f"{away}/poster.png", "autoplay": "", "preload": "auto"}),
        ("audio", {"src": f"{away}/audio.mp3", "autoplay": "", "preload": "auto"}),
        ("track", {"src": f"{away}/track.vtt", "default": ""}),
        ("body", {"background": f"{away}/body.png", "onload": RUN}),
        ("table", {"background": f"{away}/table.png"}),
        ("td", {"background": f"{away}/td.png"}),
        ("details", {"open": "", "ontoggle": RUN}),
        ("marquee", {"onstart": RUN}),
        ("div", {"style": f"background:url({away}/style.png)"}),
        ("div", {"style": f'background:image-set("{away}/set.png" 1x);list-style:url({away}/list.png)'}),
        ("div", {"style": f"b\\61 ckground:u\\72l({away}/escaped.png);cursor:url({away}/cursor.cur),auto"}),
        ("div", {"onmouseover": RUN, "onclick": RUN, "onpointerenter": RUN, "onanimationstart": RUN, "tabindex": "0"}),
        ("div", {"__proto__": RUN, "constructor": RUN, "toString": RUN, "hasOwnProperty": "x"}),
        ("div", {"popover": "auto", "popovertarget": "x", "commandfor": "x", "command": "show-modal"}),
        ("div", {"title": f'"><img src={away}/title.png onerror={RUN}>', "id": f"</style><script>{RUN}</script>"}),
        (
            "x-element",
            {"is": "x", "src": f"{away}/custom.png", "href": js, "onclick": RUN, "style": f"content:url({away}/c)"},
        ),
        ("constructor", {"src": f"{away}/constructor"}),
        ("__proto__", {"src": f"{away}/proto"}),
        ("template", {"shadowrootmode": "open"}),
        ("noscript", {}),
        ("svg:svg", {"onload": RUN, "style": f"background:url({away}/svg.png)"}),
        ("svg:use", {"href": f"{away}/use.svg#x", "xlink:href": f"{away}/use2.svg#x"}),
        ("svg:use", {"href": f"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>#x"}),
        ("svg:image", {"href": f"{away}/image.svg", "xlink:href": f"{away}/image2.svg"}),
        ("svg:feImage", {"href": f"{away}/fe.png"}),
        ("svg:a", {"href": js, "xlink:href": js}),
        (
            "svg:rect",
            {"fill": f"url({away}/fill.svg#x)", "filter": f"url({away}/filter.svg#x)", "width": "9", "height": "9"},
        ),
        ("svg:animate", {"attributeName": "href", "values": js, "begin": "0s", "onbegin": RUN}),
        ("svg:set", {"attributeName": "onclick", "to": RUN}),
        ("svg:animate", {"attributeName": "xlink:href", "to": f"{away}/animate", "dur": "1s"}),
        ("svg:foreignObject", {"width": "9", "height": "9", "requiredExtensions": "x"}),
        ("svg:handler", {"type": "text/javascript"}),
        ("svg:style", {}),
        ("math:math", {"href": js, "xlink:href": js}),
        ("math:maction", {"actiontype": f"statusline#{away}", "href": js}),
        ("math:annotation-xml", {"encoding": "text/html"}),
        ("html", {"manifest": f"{away}/manifest", "onload": RUN}),
        ("object", {"data": f"{socket}/socket", "classid": js}),
    ]


def sheets(away: str) -> list[str]:
    return [
        f'@import "{away}/import.css"; @import url({away}/import2.css);',
        f"@font-face {{ font-family: evil; src: url({away}/font.woff2) }} * {{ font-family: evil, sans-serif }}",
        f"html {{ background: url({away}/html.png) }} body::after {{ content: url({away}/after.png) }}",
        f'div {{ background: image-set("{away}/set.png" 1x) }} p {{ mask: url({away}/mask.svg#x) }}',
        f"li {{ list-style-image: url('{away}/list.png') }} p {{ --x: url({away}/var.png); border-image: var(--x) }}",
        f"a[href^='h'] {{ background: \\75 rl('{away}/escaped.png') }} @namespace x url({away}/ns);",
        f"</style><script>{RUN}</script><img src={away}/close.png onerror={RUN}>",
        f"div {{ behavior: url({away}/x.htc); -moz-binding: url({away}/x.xml); width: expression({RUN}) }}",
    ]


CLOBBER = [
    "parentNode", "parentElement", "nodeType", "nodeName", "nodeValue", "localName", "firstChild", "nextSibling",
    "childNodes", "children", "style", "id", "ownerDocument", "isConnected", "shadowRoot", "attributes", "matches",
    "remove", "insertBefore", "appendChild", "setAttribute", "tagName", "contains", "removeAttribute", "hasAttribute",
    "getBoundingClientRect", "scrollTo",
]  # fmt: skip
"""Ids of fields, which a form would show instead of its own properties."""

TEXTS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg><p><style><!--</style><img src=x onerror={RUN}>-->",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={RUN}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"]]><!--<template shadowrootmode=open><script>{RUN}</script>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
]


class Numbers:
    def __init__(self, first: int) -> None:
        self.next = first

    def take(self) -> int:
        self.next += 1
        return self.next - 1


def page(away: str, first: int = 100) -> tuple[list[Any], int]:
    """Nodes for a body, and the next free number. Each element is there bare, with each text in it, in a shadow root
    and in a frame's document."""
    number = Numbers(first)

    def texts() -> list[Any]:
        return [[number.take(), 3, text] for text in TEXTS]

    def element(tag: str, attributes: dict[str, str], more: dict[str, Any] | None = None) -> list[Any]:
        return [number.take(), 1, tag, attributes, texts(), *([more] if more else [])]

    def all_elements() -> list[Any]:
        # Not in a document of their own making: there they would stand beside its root.
        return [element(tag, attributes) for tag, attributes in elements(away)]

    def all_styles() -> list[Any]:
        kinds = ("style", "link", "svg:style")
        return [element(kind, {"media": "all"}, {"css": css}) for css in sheets(away) for kind in kinds]

    def form() -> list[Any]:
        fields = [[number.take(), 1, "input", {"id": name, "name": name}, 0] for name in CLOBBER]
        return [number.take(), 1, "form", {"id": "documentElement", "name": "body"}, fields]

    shadow = [
        number.take(),
        1,
        "div",
        0,
        0,
        {"shadow": {"id": number.take(), "children": all_elements() + all_styles()}},
    ]
    inner = [number.take(), 1, "html", 0, [[number.take(), 1, "body", 0, all_elements() + all_styles()]]]
    frame = [number.take(), 1, "iframe", {"srcdoc": TEXTS[0]}, 0, {"doc": {"id": number.take(), "children": [inner]}}]
    return [form(), *all_elements(), *all_styles(), shadow, frame], number.next
