"""The part of the window that always stays: who sees what, and Stop."""

import tkinter as tk
from collections import deque
from collections.abc import Callable, Sequence

from rs_client.capture import Window
from rs_client.core.shown import Shown, Viewer
from rs_client.texts import Texts

from .base import Actions, connection, visits, what
from .tk_pages import Answers, Choice
from .tk_parts import FRAME, PAD, Button, Look, Page

ACTS = 4
"""The last of what is done in the folders. Of looks there is one line more: however many come, they hide nothing."""


class Status(tk.Frame):
    def __init__(
        self,
        root: tk.Tk,
        look: Look,
        texts: Texts,
        width: int,
        actions: Actions,
        windows: Callable[[], Sequence[Window]],
    ) -> None:
        super().__init__(root, background=look.theme.panel)
        self._look, self._texts, self._width = look, texts, width
        self._actions, self._windows = actions, windows
        self._strip = tk.Frame(self, height=look.px(6))
        self._strip.pack(fill="x", side="top")
        self._shown: Shown | None = None
        self._note = ""
        self._acts: deque[str] = deque(maxlen=ACTS)
        self._look_in = ""
        self._page: Page | None = None
        self._panel: Page | None = None
        """What the person has begun to choose or to say: it stays as it is whatever is drawn around it."""
        self._asking = False
        self._next: tk.Misc | None = None
        """It gets the focus as soon as it is there."""

    @property
    def asking(self) -> bool:
        return self._asking

    @asking.setter
    def asking(self, asking: bool) -> None:
        """A question stands below: only what matters meanwhile is shown. The question has the focus."""
        self._asking = asking
        self._draw(keep=False)

    def show(self, shown: Shown) -> None:
        if shown != self._shown:
            if self._shown is not None and not self._shown.shared and shown.shared:
                self._note = ""
            self._shown = shown
            self._draw()

    def note(self, text: str) -> None:
        if text != self._note:
            self._note = text
            self._draw()

    def act(self, text: str, look: bool) -> None:
        if look:
            self._look_in = text
        else:
            self._acts.append(text)
        self._draw()

    def _draw(self, *, keep: bool = True) -> None:
        """Anew: it is small, and changes seldom. The focus stays on the same button, where it is to be kept."""
        shown = self._shown
        if shown is None:
            return
        focused = self._focused() if keep else None
        self._next = None
        old = self._page
        page = self._page = Page(self, self._look, self._width)
        self._band(shown)
        page.pack(fill="x")
        page.say(connection(self._texts, shown), "small", 10)
        if shown.shared:
            for viewer in shown.viewers:
                self._viewer(page, shown, viewer)
            for visitor in shown.visitors:
                page.say(f"●  {visitor.name}", "strong", 0).configure(foreground=self._look.theme.stop)
                page.say("\n".join(visits(self._texts, visitor)), "body", 10)
            if shown.paused:
                page.say(self._texts("window.paused"), "small")
            Button(page, self._look, self._texts("window.stop"), self._actions.stop, "stop").pack(fill="x")
            if shown.keys:
                page.say(self._texts("window.keys", keys=shown.keys), "small", 4)
        else:
            page.say(self._texts("window.nobody"), "strong", 4)
        if not self._asking:
            self._rest(page, shown)
        elif not shown.gives:
            self._report(page)
        if old is not None:
            old.destroy()
        if focused is not None and focused.winfo_exists():
            self._aim(focused)
        elif focused is not None:
            self._focus(focused.text if isinstance(focused, Button) else "")

    def _rest(self, page: Page, shown: Shown) -> None:
        if self._note:
            page.say(self._note)
        if acts := [*self._acts, *([self._look_in] if self._look_in else [])]:
            page.say("\n".join(acts), "small")
        if shown.gives:
            self._give(page, shown)
        else:
            self._report(page)
        row = page.row()
        if any(each.controls for each in shown.viewers):
            Button(row, self._look, self._texts("window.take_back"), self._actions.take_back).pack(side="left")
        Button(row, self._look, self._texts("window.leave"), self._actions.leave).pack(side="right")

    def _report(self, page: Page) -> None:
        """Not by one press: the focus may come here from elsewhere."""
        if self._panel is not None:
            self._put(self._panel, page)
            return

        def ask() -> None:
            panel = self._open()
            panel.say(self._texts("window.report_ask"), "strong", 4)
            answers = Answers(panel, self._texts, "window.report_yes", "stop", said)
            self._draw()
            self._aim(answers.no)

        def said(report: bool) -> None:
            self._close("window.report")
            if report:
                self._actions.report()

        Button(page, self._look, self._texts("window.report"), ask).pack(fill="x")

    def _open(self) -> Page:
        # Beside the pages, as it outlives them; it is put into each.
        self._panel = Page(self, self._look, self._width - 2 * PAD - 2 * FRAME, pad=12)
        return self._panel

    def _put(self, panel: Page, page: Page) -> None:
        panel.pack(in_=page, fill="x", pady=(self._look.px(6), 0))
        panel.lift()

    def _close(self, back: str) -> None:
        """The focus goes back to the button from which it came."""
        panel, self._panel = self._panel, None
        self._draw(keep=False)
        if panel is not None:
            panel.destroy()
        self._focus(self._texts(back))

    def _band(self, shown: Shown) -> None:
        """A strip of colour along the top: never the only sign."""
        theme = self._look.theme
        colour = theme.wait if shown.connection == "away" else theme.stop if shown.shared else theme.live
        self._strip.configure(background=colour)

    def _viewer(self, page: Page, shown: Shown, viewer: Viewer) -> None:
        texts = self._texts
        page.say(f"●  {viewer.name}", "strong", 0).configure(foreground=self._look.theme.stop)
        key = "window.sees_controls" if viewer.controls else "window.sees"
        says = [texts(key, what=what(texts, shown))]
        says += [texts(f"window.{way}") for way in ("clipboard_in", "clipboard_out") if getattr(viewer, way)]
        page.say("\n".join(says), "body", 10)

    def _give(self, page: Page, shown: Shown) -> None:
        texts, look, actions = self._texts, self._look, self._actions
        page.say(texts("give.title"), "strong", 4)
        if self._panel is not None:
            self._put(self._panel, page)
            return
        buttons: list[tuple[str, Callable[[], None]]] = [
            ("give.desktop", lambda: actions.give("desktop", None)),
            ("give.application", self._choose),
        ]
        if shown.shared and not all(each.controls for each in shown.viewers):
            buttons.append(("give.control", actions.give_control))
        controllers = [each for each in shown.viewers if each.controls]
        if not all(each.clipboard_in for each in controllers):
            buttons.append(("give.clipboard_in", lambda: actions.give_clipboard("clipboard_in")))
        if not all(each.clipboard_out for each in controllers):
            buttons.append(("give.clipboard_out", lambda: actions.give_clipboard("clipboard_out")))
        for key, press in buttons:
            Button(page, look, texts(key), press).pack(fill="x")

    def _choose(self) -> None:
        panel = self._open()
        choice = Choice(panel, self._texts, self._windows)

        def said(give: bool) -> None:
            window = choice.chosen
            self._close("give.application")
            if give and window is not None:
                self._actions.give("application", window)

        Button(panel, self._look, self._texts("ask.again"), choice.look_again).pack(anchor="w")
        answers = Answers(panel, self._texts, "ask.allow", "primary", said, lambda: choice.chosen is not None)
        choice.on_chosen = answers.settle
        self._draw()
        self._aim(choice.list)

    def _buttons(self) -> list[Button]:
        found: list[Button] = []
        waiting: list[tk.Misc] = [self]
        while waiting:
            widget = waiting.pop(0)
            waiting += widget.winfo_children()
            if isinstance(widget, Button):
                found.append(widget)
        return found

    def _focused(self) -> tk.Misc | None:
        """What has the focus here, or gets it in a moment: Tk gives it to nothing that is not there yet."""
        if self._next is not None and not self._next.winfo_ismapped():
            return self._next
        focus = self.focus_get()
        return focus if focus is not None and str(focus).startswith(f"{self}.") else None

    def _focus(self, text: str) -> None:
        """On the button that is called so; where there is none, on Stop, and where nothing is shared on Leave."""
        buttons = {each.text: each for each in self._buttons()}
        texts = (text, self._texts("window.stop"), self._texts("window.leave"))
        self._aim(next((buttons[each] for each in texts if each in buttons), self))

    def _aim(self, widget: tk.Misc) -> None:
        self._next = widget
        widget.focus_set()
