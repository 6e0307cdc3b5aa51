"""Colours, type and controls of the window: what `web` has as tokens, within what Tk can draw.

Images and fonts go by their Tcl names, and variables stay: tkinter's own objects call Tcl when they are collected, in
whatever thread that happens, and hold that thread up."""

import tkinter as tk
import tkinter.font
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

Style = Literal["quiet", "primary", "stop"]
Corner = tuple[str, str, str, str]
"""Names of images."""


class Theme(NamedTuple):
    back: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    live: str
    live_soft: str
    wait: str
    wait_soft: str
    stop: str
    on_stop: str


THEMES: Mapping[str, Theme] = {
    "light": Theme(
        "#f6f7f9", "#ffffff", "#e2e5ea", "#171b21", "#5b6472", "#3155d6", "#ffffff",
        "#117a49", "#e2f5ea", "#8f5a00", "#fdf1d9", "#c0272d", "#ffffff",
    ),
    "dark": Theme(
        "#111418", "#181c22", "#2a3038", "#e8ebf0", "#98a2b0", "#8ba5ff", "#0b1020",
        "#4bcf8e", "#13301f", "#f0b74c", "#362709", "#ff7a78", "#1c0505",
    ),
    "contrast": Theme(
        "#000000", "#000000", "#ffffff", "#ffffff", "#ffffff", "#ffff00", "#000000",
        "#00ff00", "#000000", "#ffff00", "#000000", "#ff6060", "#000000",
    ),
}  # fmt: skip
RADIUS = 7
PAD = 20
"""Around what a page holds."""
FRAME = 2
"""Of what asks."""
TARGET = 44
"""Pixels, the least height of what is clicked."""


class Look:
    """A theme at a scale. Sizes are given as on a screen of 96 dots an inch."""

    def __init__(self, root: tk.Tk, theme: str, scale: float | None = None) -> None:
        self.theme = THEMES[theme]
        self._root = root
        self._scale = scale or min(3.0, max(1.0, root.winfo_fpixels("1i") / 96))
        families = set(tkinter.font.families(root))
        family = next((each for each in ("Inter", "Segoe UI", "SF Pro Text") if each in families), "TkDefaultFont")
        if family == "TkDefaultFont":
            family = str(tkinter.font.nametofont("TkDefaultFont", root).actual("family"))
        self.body = (family, -self.px(15))
        self.strong = (family, -self.px(15), "bold")
        self.title = (family, -self.px(20), "bold")
        self.small = (family, -self.px(13))
        self._corners: dict[tuple[str, str, int], Corner] = {}

    def px(self, size: float) -> int:
        return round(size * self._scale)

    def corners(self, fill: str, back: str, radius: int) -> Corner:
        """Upper left, upper right, lower right, lower left, with smooth edges."""
        key = (fill, back, radius)
        if key not in self._corners:
            self._corners[key] = _corners(self._root, fill, back, radius)
        return self._corners[key]


def _corners(root: tk.Tk, fill: str, back: str, radius: int) -> Corner:
    rows = [[_mix(fill, back, _cover(x, y, radius)) for x in range(radius)] for y in range(radius)]
    right = [row[::-1] for row in rows]
    made = []
    for each in (rows, right, right[::-1], rows[::-1]):
        image = str(root.tk.call("image", "create", "photo", "-width", radius, "-height", radius))
        root.tk.call(image, "put", " ".join("{" + " ".join(row) + "}" for row in each))
        made.append(image)
    return made[0], made[1], made[2], made[3]


def _cover(x: int, y: int, radius: int) -> float:
    """How much of the pixel is inside a circle around the lower right corner, from 16 points in it."""
    points = [(x + (i + 0.5) / 4, y + (j + 0.5) / 4) for i in range(4) for j in range(4)]
    return sum((radius - px) ** 2 + (radius - py) ** 2 <= radius**2 for px, py in points) / 16


def _mix(one: str, other: str, share: float) -> str:
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


class Tick(tk.BooleanVar):
    """Whether a box is ticked."""

    def __del__(self) -> None:
        """It stays in Tcl."""


class Button(tk.Canvas):
    """Rounded, with a ring where the focus is. Return and space press it."""

    def __init__(
        self, parent: tk.Misc, look: Look, text: str, press: Callable[[], None], style: Style = "quiet"
    ) -> None:
        theme = look.theme
        self._look, self._press = look, press
        self._back = str(parent.cget("background"))
        self._fill = {"quiet": theme.panel, "primary": theme.accent, "stop": theme.stop}[style]
        self._ink = {"quiet": theme.text, "primary": theme.on_accent, "stop": theme.on_stop}[style]
        self._edge = theme.line if style == "quiet" else self._fill
        self.text = text
        self._enabled = True
        width = int(parent.tk.call("font", "measure", look.strong, text)) + look.px(36)
        super().__init__(
            parent, width=width, height=look.px(TARGET) + 6, background=self._back, highlightthickness=0,
            takefocus=True, cursor="hand2", borderwidth=0,
        )  # fmt: skip
        for event in ("<Configure>", "<FocusIn>", "<FocusOut>"):
            self.bind(event, lambda _: self._draw())
        for event in ("<ButtonRelease-1>", "<Return>", "<KP_Enter>", "<space>"):
            self.bind(event, self._pressed)

    @property
    def enabled(self) -> bool:
        return self._enabled

    def enable(self, enabled: bool) -> None:
        if enabled != self._enabled:
            self._enabled = enabled
            self.configure(cursor="hand2" if enabled else "")
            self._draw()

    def _pressed(self, event: "tk.Event[tk.Misc]") -> str:
        inside = 0 <= event.x <= self.winfo_width() and 0 <= event.y <= self.winfo_height()
        if self._enabled and (event.type is not tk.EventType.ButtonRelease or inside):
            self._press()
        return "break"

    def _draw(self) -> None:
        self.delete("all")
        width, height = self.winfo_width(), self.winfo_height()
        theme = self._look.theme
        if self.focus_get() is self:
            self._box(0, width, height, theme.accent, self._back, RADIUS + 3)
            self._box(2, width, height, self._back, theme.accent, RADIUS + 1)
        fill = self._fill if self._enabled else self._back
        edge = self._edge if self._enabled else theme.line
        self._box(3, width, height, edge, self._back, RADIUS)
        self._box(4, width, height, fill, edge, RADIUS - 1)
        ink = self._ink if self._enabled else theme.muted
        self.create_text(width // 2, height // 2, text=self.text, font=self._look.strong, fill=ink)

    def _box(self, inset: int, width: int, height: int, fill: str, back: str, radius: int) -> None:
        left, top, right, bottom = inset, inset, width - inset, height - inset
        self.create_rectangle(left, top, right, bottom, fill=fill, width=0)
        images = self._look.corners(fill, back, radius)
        spots = ((left, top), (right - radius, top), (right - radius, bottom - radius), (left, bottom - radius))
        for image, (x, y) in zip(images, spots, strict=True):
            self.create_image(x, y, image=image, anchor="nw")


def listbox(parent: tk.Misc, look: Look, height: int) -> tk.Listbox:
    """In a frame of its own (`master`), with a bar to scroll it."""
    theme = look.theme
    frame = tk.Frame(parent, background=theme.line, padx=1, pady=1)
    frame.pack(fill="x", pady=(0, look.px(4)))
    made = tk.Listbox(
        frame, height=height, font=look.body, activestyle="dotbox", exportselection=False, relief="flat",
        background=theme.panel, foreground=theme.text, selectbackground=theme.accent,
        selectforeground=theme.on_accent, highlightthickness=2, highlightcolor=theme.accent,
        highlightbackground=theme.panel, borderwidth=0, width=10,
    )  # fmt: skip
    bar = tk.Scrollbar(frame, command=made.yview)
    made.configure(yscrollcommand=bar.set)
    made.pack(side="left", fill="x", expand=True)
    bar.pack(side="right", fill="y")
    return made


class Page(tk.Frame):
    """Things one below the other, as wide as the window."""

    def __init__(self, parent: tk.Misc, look: Look, width: int, back: str | None = None, pad: int = PAD) -> None:
        self.look = look
        self._wide = look.px(width - 2 * pad)
        super().__init__(parent, background=back or look.theme.panel, padx=look.px(pad), pady=look.px(pad))
        tk.Frame(self, width=max(0, self._wide), height=0, background=self.cget("background")).pack()

    def say(self, text: str, kind: Literal["title", "strong", "body", "small"] = "body", gap: int = 6) -> tk.Label:
        theme = self.look.theme
        label = tk.Label(
            self, text=text, justify="left", anchor="w", wraplength=self._wide, background=self.cget("background"),
            foreground=theme.muted if kind == "small" else theme.text, font=getattr(self.look, kind),
        )  # fmt: skip
        label.pack(fill="x", pady=(0, self.look.px(gap)))
        return label

    def point(self, text: str) -> None:
        """One of a list."""
        row = tk.Frame(self, background=self.cget("background"))
        row.pack(fill="x", pady=(0, self.look.px(6)))
        colours = {"background": self.cget("background"), "foreground": self.look.theme.text}
        tk.Label(row, text="•", font=self.look.body, anchor="n", **colours).pack(side="left", anchor="n")
        wide = self._wide - self.look.px(22)
        tk.Label(row, text=text, font=self.look.body, justify="left", wraplength=wide, anchor="w", **colours).pack(
            side="left", fill="x", padx=(self.look.px(8), 0)
        )

    def notice(self, title: str, text: str) -> None:
        """What must not be overlooked."""
        theme = self.look.theme
        soft = Page(self, self.look, 0, theme.wait_soft, 12)
        soft._wide = self._wide - self.look.px(30)
        soft.configure(highlightthickness=1, highlightbackground=theme.wait)
        soft.pack(fill="x", pady=(self.look.px(6), self.look.px(14)))
        soft.say("\u26a0\ufe0e  " + title, "strong", 4)
        soft.say(text, "body", 0)

    def field(self, label: str, text: str = "") -> tk.Entry:
        theme = self.look.theme
        self.say(label, "strong", 4)
        entry = tk.Entry(
            self, font=self.look.body, background=theme.panel, foreground=theme.text, insertbackground=theme.text,
            relief="flat", highlightthickness=2, highlightbackground=theme.line, highlightcolor=theme.accent, width=10,
        )  # fmt: skip
        entry.insert(0, text)
        entry.pack(fill="x", ipady=self.look.px(9), ipadx=self.look.px(6), pady=(0, self.look.px(12)))
        return entry

    def row(self) -> tk.Frame:
        """Side by side, the last one to the right."""
        row = tk.Frame(self, background=self.cget("background"))
        row.pack(fill="x", pady=(self.look.px(8), 0))
        return row
