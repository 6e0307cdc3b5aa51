"""Which of the customer's tabs is shown: the one that staff chose, else the one that the customer used last. Pure."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from rs_server.protocol.cobrowse import PageTab, PageTabs


class Tabs:
    """The tabs in the order of their use. One that is gone for a moment, as at each reload, keeps its place until it
    is forgotten."""

    def __init__(self) -> None:
        self.shown: str | None = None
        self.chosen: str | None = None
        self._active: str | None = None
        self._known: dict[str, PageTab] = {}
        self._here: set[str] = set()

    @property
    def most_idle(self) -> str | None:
        """Of those who are here and not shown, the one that was not used for longest."""
        return next((tab for tab in self._known if tab in self._here and tab != self.shown), None)

    @property
    def here(self) -> frozenset[str]:
        return frozenset(self._here)

    def come(self, tab: str) -> None:
        self._here.add(tab)
        self._known.setdefault(tab, PageTab(id=tab, title="", address="", active=False, shown=False))
        self._settle()

    def about(self, tab: str, title: str, address: str, active: bool) -> None:
        """What a tab that is known says of itself. Only one is in front of the customer: the last that said so."""
        self._known[tab] = replace(self._known[tab], title=title, address=address)
        if active:
            self._active = tab
            self._known[tab] = self._known.pop(tab)
        elif self._active == tab:
            self._active = None
        self._settle()

    def go(self, tab: str) -> None:
        """It is not connected now."""
        self._here.discard(tab)
        self._settle()

    def forget(self, tab: str) -> None:
        """It did not come back, if it is not here."""
        if tab not in self._here:
            self._known.pop(tab, None)
            self.chosen = None if self.chosen == tab else self.chosen
            self._active = None if self._active == tab else self._active
            self._settle()

    def choose(self, tab: str | None) -> bool:
        """False when there is no such tab."""
        if tab is not None and tab not in self._known:
            return False
        self.chosen = tab
        self._settle()
        return True

    def _settle(self) -> None:
        for wanted in (self.chosen, self._active, self.shown):
            if wanted is not None and wanted in self._known:
                self.shown = wanted
                return
        self.shown = next((tab for tab in reversed(self._known) if tab in self._here), None)

    def forget_titles(self) -> None:
        """Nobody sees the page any more, and so nothing of it."""
        self._known = {name: replace(tab, title="", address="") for name, tab in self._known.items()}

    def told(self) -> PageTabs:
        """As who sees the page sees it."""
        tabs = [replace(tab, active=name == self._active, shown=name == self.shown) for name, tab in self._each()]
        return PageTabs(tabs=tabs, chosen=self.chosen is not None)

    def _each(self) -> Sequence[tuple[str, PageTab]]:
        known: Mapping[str, PageTab] = self._known
        return sorted(known.items())
