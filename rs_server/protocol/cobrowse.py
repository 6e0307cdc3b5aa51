"""What happens on the customer's page beside the stream that shows it: acts of staff, pointers and drawings, tabs.

Staff send acts and marks over their control socket, where the service holds them to the consents; the server passes
them to the tab that is shown over its page stream socket (`PageDo`, `PageMark`). The tab answers each act over its
control socket (`PageActed`). A node is the number that the stream gave it in `epoch`.
"""

from typing import Annotated, Literal

import msgspec

from .base import LINES, ONE_LINE, Id, Message, Record

Node = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""0: the page itself (its scrolling element)."""
Fraction = Annotated[float, msgspec.Meta(ge=-1e4, le=1e4)]
"""Of the node's box, from its upper left corner: 0.5 is its middle."""
Pixels = Annotated[float, msgspec.Meta(ge=-1e7, le=1e7)]
"""CSS pixels of the customer's page."""
Modifier = Literal["alt", "ctrl", "meta", "shift"]
Modifiers = Annotated[list[Modifier], msgspec.Meta(max_length=4)]
TabId = Annotated[str, msgspec.Meta(min_length=8, max_length=36, pattern=r"^[A-Za-z0-9_\-]+$")]


class _Op(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", forbid_unknown_fields=True):
    """Base of what an agent does on the page."""


class PageClick(_Op, frozen=True, kw_only=True, tag="click"):
    """The whole sequence of pointer and mouse events, then what the browser does on a click. `count`: which click of a
    row it is; a double click comes as 1, then 2."""

    node: Node
    x: Fraction
    y: Fraction
    button: Annotated[int, msgspec.Meta(ge=0, le=2)] = 0
    count: Annotated[int, msgspec.Meta(ge=1, le=3)] = 1
    modifiers: Modifiers = []


class PageHover(_Op, frozen=True, kw_only=True, tag="hover"):
    node: Node
    x: Fraction
    y: Fraction


class PageInsert(_Op, frozen=True, kw_only=True, tag="insert"):
    """Type text where the caret is."""

    node: Node
    text: Annotated[str, msgspec.Meta(max_length=10_000, pattern=LINES)]


class PageValue(_Op, frozen=True, kw_only=True, tag="value"):
    """Replace the whole value, of any field that has one: text, date, range, contenteditable."""

    node: Node
    value: Annotated[str, msgspec.Meta(max_length=10_000, pattern=LINES)]


class PageKey(_Op, frozen=True, kw_only=True, tag="key"):
    """`key` as in UI Events KeyboardEvent.key: Enter, Tab, Backspace, ArrowLeft, a."""

    node: Node
    key: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=ONE_LINE)]
    modifiers: Modifiers = []


class PageSelect(_Op, frozen=True, kw_only=True, tag="select"):
    """Options by their index: what they say may be masked."""

    node: Node
    options: Annotated[list[Annotated[int, msgspec.Meta(ge=0, le=100_000)]], msgspec.Meta(max_length=1000)]


class PageCheck(_Op, frozen=True, kw_only=True, tag="check"):
    """Checkbox or radio button."""

    node: Node
    on: bool


class PageScroll(_Op, frozen=True, kw_only=True, tag="scroll"):
    node: Node
    x: Pixels
    y: Pixels


class PageDrag(_Op, frozen=True, kw_only=True, tag="drag"):
    """From one place to another, with pointer, mouse and, where the element is draggable, drag events."""

    node: Node
    x: Fraction
    y: Fraction
    to: Node
    to_x: Fraction
    to_y: Fraction


class PageGo(_Op, frozen=True, kw_only=True, tag="go"):
    """`to`: for `address`, a URL of the same site, or a path."""

    way: Literal["back", "forward", "reload", "address"]
    to: Annotated[str, msgspec.Meta(max_length=2000, pattern=ONE_LINE)] = ""


PageOp = (
    PageClick | PageHover | PageInsert | PageValue | PageKey | PageSelect | PageCheck | PageScroll | PageDrag | PageGo
)

PageOutcome = Literal["done", "asking", "refused"]
"""asking: the customer is asked whether to let this one act happen; `done` or `refused` follows."""
PageReason = Literal[
    "no_consent",
    "no_page",
    "old_epoch",
    "gone",
    "masked",
    "disabled",
    "hidden",
    "declined",
    "unanswered",
    "off_site",
    "unsupported",
    "too_many",
    "failed",
]
"""no_page: no tab is connected; gone: the node is not there any more; masked: the agent may not see what stands there;
declined, unanswered: by the customer, who was asked."""

Point = tuple[Node, Fraction, Fraction]
"""A place on a node: it stays there when the page scrolls and reflows."""


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="mark", forbid_unknown_fields=True):
    """Base of what somebody of staff shows on the page without doing anything there."""


class PagePointer(_Mark, frozen=True, kw_only=True, tag="pointer"):
    """Laser pointer; `at` None: it left the page."""

    at: Point | None


class PageHighlight(_Mark, frozen=True, kw_only=True, tag="highlight"):
    """A frame around the node; `node` None: none any more."""

    node: Node | None


class PageStroke(_Mark, frozen=True, kw_only=True, tag="stroke"):
    """A piece of a line drawn by hand. Pieces of one line have the same `stroke`; it fades after `end`."""

    stroke: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    points: Annotated[list[Point], msgspec.Meta(min_length=1, max_length=200)]
    end: bool = False


class PageWipe(_Mark, frozen=True, kw_only=True, tag="wipe"):
    """All that this person drew goes."""


PageShown = PagePointer | PageHighlight | PageStroke | PageWipe

# --- client to server, over the control socket ---------------------------------------------------------------


class PageAct(Message, frozen=True, kw_only=True, tag="page.act"):
    """Staff with `page_control`. `act` is the sender's own mark, repeated in each `PageActResult`."""

    act: Id
    epoch: Annotated[int, msgspec.Meta(ge=0)]
    op: PageOp


class PagePoint(Message, frozen=True, kw_only=True, tag="page.point"):
    """Staff with `page_view`. Volatile."""

    epoch: Annotated[int, msgspec.Meta(ge=0)]
    shown: PageShown


class PageChoose(Message, frozen=True, kw_only=True, tag="page.choose"):
    """Staff with `page_view`: show this tab; None: the one that the customer uses."""

    tab: TabId | None = None


class PageActed(Message, frozen=True, kw_only=True, tag="page.acted"):
    """The customer's page, for each act that it was given. `holder`: participant whose act it was."""

    act: Id
    holder: Id
    outcome: PageOutcome
    reason: PageReason | None = None


# --- server to client, over the control socket ---------------------------------------------------------------


class PageActResult(Message, frozen=True, kw_only=True, tag="page.result"):
    """Volatile, to staff: what became of an act of `by` (participant id)."""

    act: str
    by: str
    outcome: PageOutcome
    reason: PageReason | None = None


class PageTab(Record, frozen=True, kw_only=True):
    """A tab of the customer's with a page of the site. `address`: origin and path, without query and fragment. It and
    `title` are empty for who does not see the page."""

    id: str
    title: str
    address: str
    active: bool
    """In front of the customer."""
    shown: bool
    """Its page is the one that the stream carries."""


class PageTabs(Message, frozen=True, kw_only=True, tag="page.tabs"):
    """State, to staff: the tabs that are connected, of a session with a page. `chosen`: by staff, not by use. An alarm
    is told to everybody, without tabs."""

    tabs: list[PageTab]
    chosen: bool = False
    paused: bool = False
    """The company's page wants nobody to see it for now, whatever was allowed."""
    alarm: bool = False
    """The stream was stopped for good: something that must never leave the page did."""
    too_large: bool = False
    """The page that should be shown is too large for it; it is tried again when it has changed, less and less often."""


class PagePointed(Message, frozen=True, kw_only=True, tag="page.pointed"):
    """Volatile, to the staff who see the page: what a colleague shows there."""

    by: str
    epoch: int
    shown: PageShown
