"""The native client: what it can, what it shows and is told to do on the screen, and the clipboard.

All of it goes over the control socket, to and from the client of one participant (`giver`), who lets others (`holder`)
view and control by grants. Input, marks and the clipboard are volatile: never resent. A picture is named by the number
that the client gave it: whatever was meant for another picture is dropped. Folders: see `folders`.
"""

from typing import Annotated, Literal

import msgspec

from .base import LINES, ONE_LINE, Id, Message, Record, Time

# --- the program -------------------------------------------------------------------------------------------------

NativeSkill = Literal["desktop", "application", "control", "clipboard", "folders", "marks"]
"""control: of what is viewed. marks: what viewers point at and draw is shown there."""
Platform = Literal["linux", "windows", "macos"]


class NativeClient(Record, frozen=True, kw_only=True):
    """In `Hello`: the endpoint is the native client, and this is what it can on this machine. A client that can see
    but not inject, as on Wayland, leaves `control` out."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=ONE_LINE)]
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
    platform: Platform
    can: Annotated[list[NativeSkill], msgspec.Meta(max_length=6)]


# --- shapes --------------------------------------------------------------------------------------------------------

Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
"""Of the picture's width or height, from its upper left corner."""
PictureNumber = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
"""Counted up by the client whenever another thing is shown, or the same in another place: another monitor, another
application, another share. A size that changes makes no new one."""
Side = Annotated[int, msgspec.Meta(ge=1, le=65_535)]
"""Pixels."""
ShareKind = Literal["desktop", "application"]
ShareMode = Literal["standard", "sampling"]
"""standard: best picture; sampling: fastest."""
Label = Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)]
MonitorId = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=ONE_LINE)]


class Monitor(Record, frozen=True, kw_only=True):
    """`id` `all`: all monitors in one picture."""

    id: MonitorId
    name: Label
    width: Side
    height: Side


class Picture(Record, frozen=True, kw_only=True):
    """What is shown now. `name`: of the monitor, or of the application. `monitors`: for a desktop, those that can be
    chosen; `monitor` is the one that is shown. `paused`: there is nothing to see just now (minimised, locked)."""

    number: PictureNumber
    kind: ShareKind
    name: Label
    width: Side
    height: Side
    monitors: Annotated[list[Monitor], msgspec.Meta(max_length=32)] = msgspec.field(default_factory=list)
    monitor: MonitorId | None = None
    mode: ShareMode = "standard"
    paused: bool = False


class _Input(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", forbid_unknown_fields=True):
    """Base of what somebody does with mouse and keyboard."""


class InputMove(_Input, frozen=True, kw_only=True, tag="move"):
    x: Part
    y: Part


class InputButton(_Input, frozen=True, kw_only=True, tag="button"):
    """1 left, 2 middle, 3 right; at this place, wherever the pointer is by now."""

    x: Part
    y: Part
    button: Annotated[int, msgspec.Meta(ge=1, le=3)]
    down: bool


class InputWheel(_Input, frozen=True, kw_only=True, tag="wheel"):
    """Notches; down and right are positive."""

    x: Part
    y: Part
    dx: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0
    dy: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 0.0


class InputKey(_Input, frozen=True, kw_only=True, tag="key"):
    """As in UI Events: KeyboardEvent.key ("a", "Enter", "Control", "F5") and .code ("KeyA")."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=32, pattern=ONE_LINE)]
    code: Annotated[str, msgspec.Meta(max_length=32, pattern=r"^[A-Za-z0-9]*$(?!\n)")] = ""
    down: bool


class InputText(_Input, frozen=True, kw_only=True, tag="text"):
    """Characters, whatever the layout has: what an input method made, or was pasted as typing."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1000, pattern=LINES)]


class InputRelease(_Input, frozen=True, kw_only=True, tag="release"):
    """Whatever this person holds down is let go: the viewer lost the focus."""


InputEvent = InputMove | InputButton | InputWheel | InputKey | InputText | InputRelease

Spot = tuple[Part, Part]


class _Mark(msgspec.Struct, frozen=True, kw_only=True, tag_field="mark", forbid_unknown_fields=True):
    """Base of what a viewer shows on the screen without doing anything there."""


class ScreenPointer(_Mark, frozen=True, kw_only=True, tag="pointer"):
    """Laser pointer; `at` None: it left the picture."""

    at: Spot | None


class ScreenHighlight(_Mark, frozen=True, kw_only=True, tag="highlight"):
    """A frame from one corner to the other; None: none any more."""

    box: tuple[Part, Part, Part, Part] | None


class ScreenStroke(_Mark, frozen=True, kw_only=True, tag="stroke"):
    """A piece of a line drawn by hand. Pieces of one line have the same `stroke`; it fades after `end`."""

    stroke: Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
    points: Annotated[list[Spot], msgspec.Meta(min_length=1, max_length=200)]
    end: bool = False


class ScreenWipe(_Mark, frozen=True, kw_only=True, tag="wipe"):
    """All that this person drew goes."""


ScreenShown = ScreenPointer | ScreenHighlight | ScreenStroke | ScreenWipe

CLIPBOARD_BYTES = 256 * 1024
"""Of UTF-8."""
ClipboardText = Annotated[str, msgspec.Meta(max_length=CLIPBOARD_BYTES, pattern=LINES)]
"""Without control characters: pasted into a terminal, they would do things. Who sends leaves them out."""

# --- client to server: who views and controls ----------------------------------------------------------------------


class DesktopInput(Message, frozen=True, kw_only=True, tag="desktop.input"):
    """Who holds desktop_control or application_control of `giver`, for what is shown. Volatile. Refused with
    `not_allowed` without the grant (and noted), `conflict` when another picture is shown by now, `not_ready` while the
    client is away, `behind` when it does not keep up: send `release` then, once it is taken again."""

    giver: Id
    picture: PictureNumber
    events: Annotated[list[InputEvent], msgspec.Meta(min_length=1, max_length=64)]


class DesktopChoose(Message, frozen=True, kw_only=True, tag="desktop.choose"):
    """Who views: another monitor of a desktop, another mode. None: as it is. The answer is `desktop.shared`."""

    giver: Id
    monitor: MonitorId | None = None
    mode: ShareMode | None = None


class DesktopPoint(Message, frozen=True, kw_only=True, tag="desktop.point"):
    """Who views. Volatile; shown on the giver's screen and to the others who view."""

    giver: Id
    picture: PictureNumber
    shown: ScreenShown


class ClipboardPut(Message, frozen=True, kw_only=True, tag="clipboard.put"):
    """Volatile. From the giver's native client (without `giver`): to those who hold clipboard_out; a text that nobody
    may have is refused with `not_allowed`. From who holds clipboard_in of `giver`: to that one's client."""

    text: ClipboardText
    giver: Id | None = None


# --- client to server: the native client ---------------------------------------------------------------------------


class DesktopShare(Message, frozen=True, kw_only=True, tag="desktop.share"):
    """What is shown from now on; None: nothing. Refused with `not_allowed` while nobody may see that kind. To be said
    before the first frame of a picture and at each change of it, and again after each `Welcome`."""

    picture: Picture | None


class DesktopMeasure(Message, frozen=True, kw_only=True, tag="desktop.measure"):
    """How it goes. Volatile; more than one in two seconds is dropped."""

    rate: Annotated[float, msgspec.Meta(ge=0, le=1000)]
    """Frames a second."""
    delay: Annotated[float, msgspec.Meta(ge=0, le=3600)]
    """Seconds from the change on the screen until its packets are sent, and half the round trip."""
    bits: Annotated[float, msgspec.Meta(ge=0, le=1e10)]
    """A second."""


# --- server to client: the native client ---------------------------------------------------------------------------


class DesktopDo(Message, frozen=True, kw_only=True, tag="desktop.do"):
    """Volatile: input of `by`, who held the grant when it was passed on. After the `grant.changed` that ends the grant
    none comes; the client throws away what it has not applied by then, and lets go what is pressed."""

    by: str
    by_name: str
    picture: int
    events: list[InputEvent]


class DesktopSet(Message, frozen=True, kw_only=True, tag="desktop.set"):
    """Volatile: show another monitor, in another mode. None: as it is."""

    by: str
    by_name: str
    monitor: str | None = None
    mode: ShareMode | None = None


class DesktopMark(Message, frozen=True, kw_only=True, tag="desktop.mark"):
    """Volatile: show it on the screen."""

    by: str
    by_name: str
    picture: int
    shown: ScreenShown


# --- server to client: everybody it concerns -----------------------------------------------------------------------


class DesktopShared(Message, frozen=True, kw_only=True, tag="desktop.shared"):
    """State, to who views and to the giver: what `giver` shows, since when this kind of it. None: nothing."""

    giver: str
    picture: Picture | None
    since: Time | None = None


class DesktopPointed(Message, frozen=True, kw_only=True, tag="desktop.pointed"):
    """Volatile, to the others who view: what somebody shows there."""

    by: str
    giver: str
    picture: int
    shown: ScreenShown


class DesktopQuality(Message, frozen=True, kw_only=True, tag="desktop.quality"):
    """Volatile, to who views: see `DesktopMeasure`."""

    giver: str
    rate: float
    delay: float
    bits: float


class ClipboardGot(Message, frozen=True, kw_only=True, tag="clipboard.got"):
    """Volatile: put this into the clipboard. To the giver's client, of `by` (clipboard_in); or to who holds
    clipboard_out, of the giver (`by` and `giver` are the same)."""

    by: str
    by_name: str
    giver: str
    text: str
