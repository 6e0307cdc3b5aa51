"""Which monitor or window it is that others see."""

from rs_client.capture import Capture
from rs_client.core.rights import VIEW, Rights
from rs_client.share import Sharer, Target
from rs_client.store import Chosen, Kept
from rs_server.protocol.desktop import DesktopSet


class Choice:
    def __init__(self, rights: Rights, capture: Capture, sharer: Sharer, kept: Kept | None) -> None:
        self.window = kept.window if kept else None
        """What of the applications the person chose, while they agree that somebody sees it."""
        self.monitor = kept.monitor if kept else None
        self._rights = rights
        self._capture = capture
        self._sharer = sharer

    def wanted(self) -> Target | None:
        """What is to be shown now."""
        if not self._rights.has_agreed(VIEW["application"]):
            self.window = None
        kind = self._rights.kind()
        if kind == "application":
            return Target(kind, self.window.id, self.window.mark) if self.window else None
        if kind == "desktop":
            screens = [each.id for each in self._sharer.screens()]
            return Target(kind, self.monitor if self.monitor in screens else screens[0]) if screens else None
        return None

    def ask(self, body: DesktopSet) -> bool:
        """A viewer wants another monitor, or another mode; whether another monitor is kept now."""
        kind = self._rights.kind()
        if kind is None or body.by not in self._rights.viewers(kind):
            return False
        if body.mode is not None:
            self._sharer.set_mode(body.mode)
        if kind == "desktop" and body.monitor in {each.id for each in self._sharer.screens()}:
            self.monitor = body.monitor
            return True
        return False

    def take(self, window: str) -> None:
        """The person chose it. Raises Gone."""
        self.window = Chosen(id=window, mark=self._capture.mark(window))

    def showing(self) -> tuple[str, str] | None:
        """Id and title of the window that others see, or may see when the line is back."""
        return (self.window.id, self._sharer.title(self.window.id)) if self.window else None
