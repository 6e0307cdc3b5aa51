"""Which folders somebody may go into: suggestions to tick, and a way to any other. None is ticked at first."""

import asyncio
import os
import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import Path

from rs_client.core.roots import Root
from rs_client.folders import choose
from rs_client.folders.names import readable
from rs_client.texts import Texts

from .tk_parts import Button, Page, Tick, listbox

MOST = 12


class RootChoice:
    """`known`: what was chosen for the same person before, offered first."""

    def __init__(self, page: Page, texts: Texts, known: Sequence[Root]) -> None:
        self.on_chosen: Callable[[], None] = lambda: None
        self._page, self._texts, self._known = page, texts, known
        self._rows: list[tuple[Root, Tick]] = []
        self._title = page.say(texts("ask.folders"), "strong", 4)
        self._list = tk.Frame(page, background=page.cget("background"))
        self._list.pack(fill="x")
        self._more = Button(self._list, page.look, texts("ask.folders_add"), self._browse)
        self._more.pack(side="bottom", anchor="w", pady=(page.look.px(6), 0))
        self._wrong = tk.Label(
            self._list, anchor="w", justify="left", wraplength=page.look.px(370), font=page.look.small,
            background=page.look.theme.panel, foreground=page.look.theme.text,
        )  # fmt: skip
        self._browser: _Browser | None = None
        for path in [*(root.path for root in known), *choose.suggested()]:
            self.add(path, ticked=False)

    @property
    def chosen(self) -> tuple[Root, ...]:
        return tuple(root for root, ticked in self._rows if ticked.get())

    def add(self, path: str, *, ticked: bool) -> None:
        self._wrong.pack_forget()
        try:
            root = choose.root(path, [*self._known, *(root for root, _ in self._rows)])
        except choose.NoRoot as error:
            if ticked:
                self._wrong.configure(text=self._texts(f"ask.folders_{error.why}"))
                self._wrong.pack(side="bottom", fill="x")
            return
        found = next((each for each in self._rows if each[0].id == root.id), None)
        if found is not None:
            found[1].set(found[1].get() or ticked)
        elif len(self._rows) < MOST:
            self._tick(root, ticked)
        self.on_chosen()

    def _tick(self, root: Root, ticked: bool) -> None:
        look, theme = self._page.look, self._page.look.theme
        value = Tick(self._page, ticked)
        self._rows.append((root, value))
        where = readable(os.path.dirname(root.path))
        box = tk.Checkbutton(
            self._list, text=f"{readable(root.name)}   ({where})", variable=value, command=lambda: self.on_chosen(),
            anchor="w", justify="left", wraplength=look.px(340), font=look.body, background=theme.panel,
            foreground=theme.text, activebackground=theme.panel, activeforeground=theme.text, selectcolor=theme.panel,
            highlightthickness=2, highlightcolor=theme.accent, highlightbackground=theme.panel, borderwidth=0,
        )  # fmt: skip
        box.pack(fill="x")

    def _browse(self) -> None:
        if self._browser is not None:
            return

        def done(path: str | None) -> None:
            if self._browser is not None:
                self._browser.destroy()
                self._browser = None
            self._list.pack(fill="x", after=self._title)
            self._more.focus_set()
            if path is not None:
                self.add(path, ticked=True)

        self._browser = _Browser(self._page, self._texts, done)
        self._browser.pack(fill="x", after=self._title)
        # In its place: both together are higher than small screens.
        self._list.pack_forget()


class _Browser(tk.Frame):
    """From folder to folder. Tk's own dialog would stop everything else while it is open."""

    def __init__(self, page: Page, texts: Texts, done: Callable[[str | None], None]) -> None:
        look, theme = page.look, page.look.theme
        super().__init__(page, background=theme.panel, pady=look.px(6))
        self._here = str(Path.home())
        self._reading: asyncio.Task[None] | None = None
        self._where = tk.Label(
            self, anchor="w", justify="left", wraplength=look.px(370), font=look.small, background=theme.panel,
            foreground=theme.text,
        )  # fmt: skip
        self._where.pack(fill="x")
        self._list = listbox(self, look, 6)
        for event in ("<Double-Button-1>", "<Return>", "<Right>"):
            self._list.bind(event, lambda _: self._inside())
        for event in ("<BackSpace>", "<Left>"):
            self._list.bind(event, lambda _: self._turn_to(os.path.dirname(self._here)))
        row = tk.Frame(self, background=theme.panel)
        row.pack(fill="x")
        Button(row, look, texts("ask.folders_up"), lambda: self._turn_to(os.path.dirname(self._here))).pack(side="left")
        Button(row, look, texts("ask.folders_back"), lambda: done(None)).pack(side="left")
        Button(row, look, texts("ask.folders_this"), lambda: done(self._chosen())).pack(side="right")
        self._turn_to(self._here)
        self._list.focus_set()

    def _selected(self) -> str | None:
        found: Sequence[int] = self._list.curselection()  # type: ignore[no-untyped-call]
        return str(self._list.get(found[0])) if found else None

    def _chosen(self) -> str:
        """What is marked, else where we are."""
        name = self._selected()
        return os.path.join(self._here, name) if name is not None else self._here

    def _inside(self) -> str:
        name = self._selected()
        if name is not None:
            self._turn_to(os.path.join(self._here, name))
        return "break"

    def _turn_to(self, path: str) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._here = path
        self._where.configure(text=readable(path))
        self._list.delete(0, "end")
        self._reading = asyncio.create_task(self._read(path))

    async def _read(self, path: str) -> None:
        found = await asyncio.to_thread(choose.folders_in, path)
        if self.winfo_exists():
            for name in found:
                self._list.insert("end", name)

    def destroy(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        super().destroy()
