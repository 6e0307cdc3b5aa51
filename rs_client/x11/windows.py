"""Which windows there are, whose they are, and which one a click or a key would reach."""

import contextlib
import os
from typing import NamedTuple

import xcffib.xproto as xp

from rs_client.geometry import Rect

from .display import Display, WindowError

VIEWABLE = xp.MapState.Viewable
OWN = "_DESKSIDE_OWN"
"""A property of all windows of the client."""
FAMILY_LIMIT = 32
"""Popups and dialogs of one window; more would be somebody's mistake."""


class Place(NamedTuple):
    """A window's inside, without its border, in root coordinates."""

    window: int
    rect: Rect


class Windows:
    def __init__(self, display: Display) -> None:
        self._display = display
        self._core = display.core
        self._root = display.root

    def listed(self) -> list[int]:
        """Top-level windows of applications, as the window manager knows them (EWMH), else by WM_CLASS."""
        found = self._display.numbers(self._root, "_NET_CLIENT_LIST")
        if found:
            return found
        children = self._children(self._root)
        return [each for each in children if self.viewable(each) and self._display.property(each, "WM_CLASS")[1]]

    def viewable(self, window: int) -> bool:
        try:
            return bool(self._core.GetWindowAttributes(window).reply().map_state == VIEWABLE)
        except WindowError:
            return False

    def place(self, window: int) -> Rect | None:
        """None when the window is gone."""
        try:
            geometry = self._core.GetGeometry(window)
            origin = self._core.TranslateCoordinates(window, self._root, 0, 0)
            size, at = geometry.reply(), origin.reply()
        except WindowError:
            return None
        return Rect(at.dst_x, at.dst_y, size.width, size.height)

    def family(self, main: int) -> list[Place]:
        """Menus and dialogs that belong to `main` and stand above it, the lowest first.

        A member is of the same X client, shown, and either unmanaged (menus, tooltips; when it says for which window,
        then for one of the family), or managed and transient for one of the family. Another program that claims
        to be transient for `main` is of another client, and no member."""
        stack = self._children(self._root)
        top = self.top(main)
        above = stack[stack.index(top) + 1 :] if top in stack else []
        kin = {main}
        found: list[Place] = []
        dialogs = {self.top(each): each for each in self.listed() if each != main and self._same_client(each, main)}
        for child in above:
            managed = child in dialogs
            window = dialogs.get(child, child)
            if len(found) == FAMILY_LIMIT or not (managed or self._same_client(child, main)):
                continue
            place = self._member(window, managed, kin)
            if place is not None:
                kin.add(window)
                found.append(place)
        return found

    def _member(self, window: int, managed: bool, kin: set[int]) -> Place | None:
        try:
            attributes = self._core.GetWindowAttributes(window).reply()
        except WindowError:
            return None
        owner = (*self._display.numbers(window, "WM_TRANSIENT_FOR"), 0)[0]
        belongs = owner in kin if managed or owner not in (0, self._root) else bool(attributes.override_redirect)
        if not belongs or attributes.map_state != VIEWABLE or attributes._class != xp.WindowClass.InputOutput:
            return None
        rect = self.place(window)
        return None if rect is None else Place(window, rect)

    def holds(self, main: int, x: int, y: int) -> bool:
        """Whether a click at this point of the root reaches `main` or its family: not a frame's title bar, not a
        window that covers it."""
        try:
            child = self._core.TranslateCoordinates(self._root, self._root, x, y).reply().child
            if not child or not self.viewable(main):
                return False
            places = self.family(main)
            own = self.place(main)
            if own is not None:
                places.append(Place(main, own))
            return any(place.rect.holds(x, y) and self.top(place.window) == child for place in places)
        except WindowError:
            return False

    def focused(self, main: int) -> bool:
        """Whether keys go to `main`, its family, or a window inside of these."""
        focus = self._core.GetInputFocus().reply().focus
        if focus in (xp.InputFocus._None, xp.InputFocus.PointerRoot):
            pointer = self._core.QueryPointer(self._root).reply()
            return bool(focus == xp.InputFocus.PointerRoot and self.holds(main, pointer.root_x, pointer.root_y))
        family = {main, *(place.window for place in self.family(main))}
        return not family.isdisjoint(self._upwards(focus))

    def around(self, main: int) -> list[int]:
        """Windows of others that the one with the focus stands in, such as its frame."""
        focus = self._core.GetInputFocus().reply().focus
        return [each for each in self._upwards(focus) if not self._same_client(each, main)]

    def focus_place(self) -> Rect | None:
        """Where the window is that gets the keys; None when no single window does."""
        focus = self._core.GetInputFocus().reply().focus
        if focus in (xp.InputFocus._None, xp.InputFocus.PointerRoot, self._root):
            return None
        return self.place(focus)

    def ours_at(self, x: int, y: int) -> bool:
        """Whether a click there reaches a window of ours."""
        window = self._root
        with contextlib.suppress(*WindowError):
            while window := self._core.TranslateCoordinates(self._root, window, x, y).reply().child:
                if self._is_ours(window):
                    return True
        return False

    def ours(self) -> list[Rect]:
        """Where windows of this process are to be seen, with what the window manager puts around them."""
        stack = self.stack()
        mine = [each for each in {*self.listed(), *stack} if self._is_ours(each) and self.viewable(each)]
        return [rect for each in mine if (rect := self.place(self.top(each))) is not None]

    def stack(self) -> list[int]:
        """The children of the root, the lowest first."""
        return self._children(self._root)

    def ours_focused(self) -> bool:
        """Whether keys go to a window of ours."""
        focus = self._core.GetInputFocus().reply().focus
        if focus == xp.InputFocus.PointerRoot:
            pointer = self._core.QueryPointer(self._root).reply()
            return self.ours_at(pointer.root_x, pointer.root_y)
        return any(self._is_ours(window) for window in self._upwards(focus))

    def _is_ours(self, window: int) -> bool:
        """Of this process, or of any other of the client."""
        return bool(self._display.numbers(window, OWN)) or self._display.numbers(window, "_NET_WM_PID") == [os.getpid()]

    def speaks(self, protocol: str) -> int | None:
        """The window with the focus, or the one it stands in, that takes part in this protocol (ICCCM 4.1.2.7)."""
        wanted = self._display.atom(protocol)
        for window in self._upwards(self._core.GetInputFocus().reply().focus):
            if wanted in self._display.numbers(window, "WM_PROTOCOLS"):
                return window
        return None

    def _same_client(self, one: int, other: int) -> bool:
        mask: int = self._display.setup.resource_id_mask
        return one & ~mask == other & ~mask

    def _children(self, window: int) -> list[int]:
        try:
            return list(self._core.QueryTree(window).reply().children)
        except WindowError:
            return []

    def _upwards(self, window: int) -> list[int]:
        """The window and what it stands in, up to below the root."""
        found: list[int] = []
        while window and window != self._root:
            found.append(window)
            window = self._parent(window)
        return found

    def _parent(self, window: int) -> int:
        try:
            return int(self._core.QueryTree(window).reply().parent)
        except WindowError:
            return 0

    def top(self, window: int) -> int:
        """The child of the root that it stands in: itself, or its frame."""
        return (*self._upwards(window)[-1:], 0)[0]
