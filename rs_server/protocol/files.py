"""Files passed in a session. Bytes travel by HTTP (tus 1.0); these say what became of them.

Some only carry bytes from or to a customer's folders (`folder_of`, see `folders`): nobody shared them in the chat, and
nobody is told of them by events, and they are `cancelled`, and their bytes gone, as soon as they served or the consent
that they rest on is over."""

from typing import Literal

from .base import Message, Record, Time


class FileInfo(Record, frozen=True, kw_only=True):
    id: str
    name: str
    """As the sender called it, made harmless; shown as text."""
    size: int
    media_type: str
    sender: str
    """Participant id."""
    state: Literal["uploading", "ready", "cancelled", "failed"]
    created_at: Time
    sha256: str | None = None
    """Hex digest of the whole file, once it is there."""
    folder_of: str | None = None
    """Participant from whose folders it comes (who is then the sender too), or to whose folders it goes; None for a
    file of the chat."""
    folder_for: str | None = None
    """Of one from folders: participant who asked for it, once their ask is `done`. They alone fetch it."""


class FileProgress(Message, frozen=True, kw_only=True, tag="file.progress"):
    """Volatile: bytes that have arrived."""

    file: str
    received: int
