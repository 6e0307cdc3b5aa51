"""The client's window. It stands above all others while anything is shared or asked."""

import _tkinter
import asyncio
import contextlib
import logging
import time
import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from rs_client.capture import Window
from rs_client.core.shown import Question, Shown
from rs_client.errors import Unsupported, Why
from rs_client.geometry import Rect
from rs_client.texts import Texts

from .base import NO, Actions, Answer, Meeting, Removal, removal_words
from .tk_pages import T, address_page, answer_with, meeting_page, question_page, removal_page
from .tk_parts import Button, Look, Page
from .tk_status import Status

log = logging.getLogger(__name__)

PUMP = 0.02
"""Seconds between looks at what Tk has to do."""
MOST_AT_ONCE = 200
WIDTH = 420
TWICE = 1.5
"""Seconds within which Escape has to be pressed twice."""
MARGIN = 24
LOOK = 1.0
"""Seconds between looks whether it is where it can be seen; when it moved, at once."""
MOST_TRIES = 20
_interpreters: list[Any] = []
"""Kept when their windows are closed: Tcl ends the program when one is collected in another thread than its own
(Tcl_AsyncDelete)."""


class TkSurface:
    """Raises Unsupported where there is no screen."""

    def __init__(self, texts: Texts, theme: str = "light", scale: float | None = None) -> None:
        try:
            self._root = tk.Tk(className="Deskside")
        except tk.TclError as error:
            raise Unsupported(Why.NO_DISPLAY, f"There is no window to be had: {error}") from None
        _interpreters.append(self._root.tk)
        self._texts = texts
        self._actions: Actions | None = None
        self._windows: Callable[[], Sequence[Window]] = lambda: ()
        self._shown: Shown | None = None
        self._page: Page | None = None
        self._escaped = 0.0
        self._lifted = 0.0
        self._wanted, self._tries, self._tried = (0, 0), 0, 0.0
        self._closed = False
        self._x11 = self._root.tk.call("tk", "windowingsystem") == "x11"
        self._unclaimed: set[str] = set()
        """Windows that who controls the screen could reach."""
        self._looked = 0.0
        self._quit: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """The window was closed where that means nothing else."""
        self._look = Look(self._root, theme, scale)
        self._status: Status | None = None
        self._build()
        self._pumping = asyncio.create_task(self._pump())

    def _build(self) -> None:
        root, look = self._root, self._look
        root.title(self._texts("title"))
        root.configure(background=look.theme.panel)
        root.resizable(False, False)
        root.report_callback_exception = self._failed
        root.protocol("WM_DELETE_WINDOW", self._delete)
        root.bind("<Escape>", self._escape)
        root.bind("<Visibility>", self._covered)
        root.bind("<Unmap>", self._hidden)
        root.bind_all("<Map>", self._mapped)
        root.bind("<Configure>", self._moved)
        root.geometry(f"+{max(0, root.winfo_screenwidth() - look.px(WIDTH + 40))}+{look.px(40)}")

    # --- what the client wants ---

    async def address(self, typed: str, server: str, error: str) -> tuple[str, str] | None:
        answer: asyncio.Future[tuple[str, str] | None] = asyncio.get_running_loop().create_future()
        page = address_page(self._new(), self._texts, typed, server, error, answer)
        self._turn_to(page, self._texts("join.title"))
        return await self._or_quit(answer, None)

    async def meet(self, meeting: Meeting) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._turn_to(meeting_page(self._new(), self._texts, meeting, answer), meeting.company)
        return await self._or_quit(answer, False)

    async def ask(self, question: Question, more: int) -> Answer:
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        page = question_page(self._new(), self._texts, question, more, self._windows, answer)
        title = self._texts(f"ask.{question.capability}.title", name=question.name)
        return await self._put(page, title, answer, NO)

    async def confirm(self, removal: Removal) -> bool:
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        page = removal_page(self._new(), self._texts, removal, answer)
        return await self._put(page, removal_words(self._texts, removal)[0], answer, False)

    async def _put(self, page: Page, title: str, answer: "asyncio.Future[T]", otherwise: T) -> T:
        self._turn_to(page, title)
        self._only_status(True)
        self._top()
        self._root.bell()
        try:
            return await self._or_quit(answer, otherwise)
        finally:
            if self._page is page:
                self._turn_to(None)
                self._only_status(False)

    def begin(self, actions: Actions, windows: Callable[[], Sequence[Window]]) -> None:
        self._actions, self._windows = actions, windows
        self._turn_to(None)
        self._status = Status(self._root, self._look, self._texts, WIDTH, actions, windows)
        self._status.pack(fill="x", side="top")

    def show(self, shown: Shown) -> None:
        self._shown = shown
        if self._status is not None and not self._closed:
            self._status.show(shown)
            self._top()

    def note(self, text: str) -> None:
        if self._status is not None and not self._closed:
            self._status.note(text)

    def act(self, text: str, look: bool) -> None:
        if self._status is not None and not self._closed:
            self._status.act(text, look)

    async def ended(self, text: str) -> None:
        if self._closed:
            return
        if self._status is not None:
            self._status.destroy()
            self._status = None
        self._actions, self._shown = None, None
        page = self._new()
        page.say(text, "title", 16)
        seen: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        button = Button(page.row(), self._look, self._texts("window.close"), lambda: answer_with(seen, None), "primary")
        button.pack(side="right")
        button.focus_set()
        self._turn_to(page, text)
        self._top()
        await self._or_quit(seen, None)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._pumping.cancel()
            with contextlib.suppress(tk.TclError):
                self._root.destroy()

    # --- pages ---

    def _only_status(self, asking: bool) -> None:
        if self._status is not None and not self._closed:
            self._status.asking = asking

    def _new(self) -> Page:
        return Page(self._root, self._look, WIDTH)

    def _turn_to(self, page: Page | None, title: str = "") -> None:
        """Instead of the one before. The title says what the window is about, also in a list of windows."""
        if self._closed:
            return
        if self._page is not None:
            self._page.destroy()
        self._page = page
        self._root.title(f"{title or self._texts('window.title')} – {self._texts('title')}")
        if page is not None:
            page.pack(fill="both", side="bottom")

    async def _or_quit(self, answer: "asyncio.Future[T]", otherwise: T) -> T:
        both: set[asyncio.Future[Any]] = {answer, self._quit}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else otherwise

    # --- the window ---

    def _top(self) -> None:
        """Above all others while somebody sees something or waits for an answer."""
        wanted = self._page is not None or (self._shown is not None and self._shown.shared)
        if bool(self._root.attributes("-topmost")) != wanted:
            self._root.attributes("-topmost", wanted)
        if wanted:
            self._root.deiconify()
            self._root.lift()

    def _must_be_seen(self) -> bool:
        return self._shown is not None and self._shown.shared

    def _covered(self, event: "tk.Event[tk.Misc]") -> None:
        # Two windows that both want to be on top must not wrestle all day.
        now = time.monotonic()
        if self._must_be_seen() and str(event.state) != "VisibilityUnobscured" and now - self._lifted > 1:
            self._lifted = now
            self._root.lift()

    def _mapped(self, event: "tk.Event[tk.Misc]") -> None:
        """A window or dialog of ours is there."""
        path = str(event.widget)
        if self._x11 and str(self._root.tk.call("winfo", "toplevel", path)) == path:
            self._unclaimed.add(path)
            self._claim()

    def _claim(self) -> None:
        if not self._unclaimed:
            return
        from rs_client.x11.own import claim

        call = self._root.tk.call
        for path in tuple(self._unclaimed):
            if not int(call("winfo", "exists", path)) or claim(int(str(call("winfo", "id", path)), 0)):
                self._unclaimed.discard(path)
            else:
                log.error("a window could not be marked as ours")

    @property
    def protected(self) -> bool:
        return not self._unclaimed

    def _hidden(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self._root and self._must_be_seen():
            self._root.after(100, self._root.deiconify)

    def _moved(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self._root:
            self._looked = 0.0

    def _stay(self) -> None:
        """Ours, and in sight: whoever controls the screen cannot push it away, nor can a monitor take it along."""
        now = time.monotonic()
        if now < self._looked + LOOK:
            return
        self._looked = now
        self._claim()
        if not self._must_be_seen():
            return
        root = self._root
        place = Rect(root.winfo_x(), root.winfo_y(), root.winfo_width(), root.winfo_height())
        inside = place.within(self._monitors())
        if abs(inside.x - place.x) > MARGIN or abs(inside.y - place.y) > MARGIN:
            root.geometry(f"+{inside.x}+{inside.y}")

    def _monitors(self) -> Sequence[Rect]:
        found: Sequence[Rect] = ()
        if self._x11:
            from rs_client.x11.own import places

            found = places()
        return found or [Rect(0, 0, self._root.winfo_screenwidth(), self._root.winfo_screenheight())]

    def _fit(self) -> None:
        """As large as what is in it. Tk takes an answer of the window manager to an earlier wish for a refusal of the
        newest one; so it is said again, a few times."""
        root = self._root
        wanted = root.winfo_reqwidth(), root.winfo_reqheight()
        now = time.monotonic()
        if wanted != self._wanted:
            self._wanted, self._tries = wanted, 0
        elif (
            (root.winfo_width(), root.winfo_height()) == wanted or self._tries == MOST_TRIES or now < self._tried + 0.1
        ):
            return
        self._tries, self._tried = self._tries + 1, now
        root.geometry(f"{wanted[0]}x{wanted[1]}")

    def _escape(self, _event: "tk.Event[tk.Misc]") -> None:
        now = time.monotonic()
        if self._actions is not None and now - self._escaped < TWICE:
            self._actions.stop()
            now = 0.0
        self._escaped = now

    def _delete(self) -> None:
        """Closing the window ends everything, whoever closes it."""
        if self._actions is not None:
            self._actions.stop()
            self._actions.leave()
        else:
            answer_with(self._quit, None)

    def _failed(self, *error: object) -> None:
        log.error("in the window", exc_info=error[1] if isinstance(error[1], BaseException) else None)

    async def _pump(self) -> None:
        """Tk and asyncio in one thread: neither waits for the other longer than a moment."""
        call = self._root.tk.dooneevent
        try:
            while True:
                for _ in range(MOST_AT_ONCE):
                    if not call(_tkinter.DONT_WAIT):
                        break
                self._fit()
                self._stay()
                await asyncio.sleep(PUMP)
        except tk.TclError as error:
            log.error("the window is gone: %s", error)
            self._closed = True
            if self._actions is not None:
                # Nobody can see any more who sees what.
                self._actions.stop()
                self._actions.leave()
            answer_with(self._quit, None)
