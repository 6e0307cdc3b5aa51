"""What moves the pointer and types, whatever the platform."""

from collections.abc import Callable
from typing import Protocol

BUTTONS = (1, 2, 3, 8, 9)
"""Left, middle, right, back, forward."""
MAX_NOTCHES = 20
MAX_TEXT = 4096
"""Characters of one `text`."""
MAX_CLIPBOARD = 1024 * 1024
"""Bytes of UTF-8."""
GRACE = 1.0
"""Seconds for which the local user, having moved or typed, has pointer and keyboard alone."""
STOP_KEYS = "Ctrl+Shift+F12"
"""What stops everything, on whichever window the keys are pressed."""


class Injector(Protocol):
    """Each input is applied when its call is over: nothing of it waits anywhere, and what is under way when `release`
    is called is not applied. Call one after the other: `key` and `text` may have to wait until the application has
    learnt of a character that the layout lacks.

    It returns False, and nothing happens, while the local user moves or types, and where it would reach something
    outside of what is shared, or a window of this process."""

    @property
    def kept_back(self) -> bool:
        """Whether keys or clicks were refused so far that would have left the application: those of the window
        manager, of the desktop, of another program."""

    def pointer(self, x: int, y: int) -> bool:
        """Root coordinates."""

    def button(self, number: int, down: bool) -> bool:
        """One of BUTTONS, else ValueError."""

    def wheel(self, dx: int, dy: int) -> bool:
        """Notches, to the right and down; at most MAX_NOTCHES each."""

    async def key(self, key: str, down: bool, code: str = "") -> bool:
        """A key by the name that `KeyboardEvent.key` gives it; unknown names are False.

        A character is typed as such, whatever modifiers it takes here, except with Control, Alt or Meta held: then it
        is the key that has it. `code` (`KeyboardEvent.code`) says which key it was there: by it the release is known,
        also when the character is another by then. A key held longer than a second has to be said again."""

    async def text(self, text: str) -> bool:
        """Any characters, whether the layout has them or not; whether all were typed. ValueError above MAX_TEXT."""

    def release(self) -> None:
        """Nothing stays pressed, and a `text` under way ends. Idempotent."""

    async def local_input(self) -> None:
        """Waits until the local user moves or types next."""

    def hotkey(self, callback: Callable[[], None]) -> None:
        """Call it whenever STOP_KEYS are pressed."""

    def close(self) -> None:
        """`release`, and leave everything as it was found. Idempotent."""


class StopKeys(Protocol):
    @property
    def closed(self) -> bool:
        """Nobody hears them any more."""

    def close(self) -> None:
        """They are nobody's any more. Idempotent."""


class Clipboard(Protocol):
    """Raises Gone when the display ended."""

    async def clipboard(self) -> str:
        """The text in it, "" when there is none. ValueError when longer than MAX_CLIPBOARD; TimeoutError."""

    def set_clipboard(self, text: str) -> None:
        """ValueError when longer than MAX_CLIPBOARD."""

    async def changed(self) -> None:
        """Waits until another program puts something into it; also if it did since the last call."""

    def from_now(self) -> None:
        """What was put into it before counts no more."""

    def close(self) -> None:
        """What was set may be gone from then on. Idempotent."""
