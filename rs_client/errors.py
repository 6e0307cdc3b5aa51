"""What can go wrong with a screen, a keyboard or a clipboard."""

from enum import StrEnum


class Why(StrEnum):
    """Reasons for `Unsupported`, and whatever else keeps something from being shown or done, for whoever says it in
    the user's language."""

    WAYLAND = "wayland"
    NO_DISPLAY = "no_display"
    NO_EXTENSION = "no_extension"
    NO_SHARED_MEMORY = "no_shared_memory"
    PIXELS = "pixels"
    NO_CLIPBOARD = "no_clipboard"
    NO_WINDOWS = "no_windows"
    NOT_INSTALLED = "not_installed"
    NO_CONNECTION = "no_connection"
    """For pictures."""
    GONE = "gone"
    FAILED = "failed"
    """What went wrong is in the log."""


class Unsupported(Exception):
    """This machine cannot do it; `str` says in English why and what would help."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why


class Gone(Exception):
    """What was shared is not there any more: the window was closed, the monitor unplugged, the display ended."""
