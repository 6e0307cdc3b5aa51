"""The page stream: what a customer's page shows, on its way to those who may see it. `/api/v1/page-stream`.

A socket beside the control socket, with permessage-deflate. The first frame, text, is `PageHello`; the server answers
`PageWelcome`. After it the server says, as text, `PageFlow`, `NeedSnapshot`, `Bye` and, to a source, `PageDo` and
`PageMark`; a source says `PageAbout` and `PagePause`, a viewer nothing. Each tab of the customer's with a page of the
site is a source of its own; `PageFlow` tells one of them that it is the one that is shown. The stream itself is
binary frames, from the source to the server and on to each viewer, byte for byte:

    offset  size  what
    0       1     version, 1
    1       1     kind: 1 snapshot, 2 event
    2       1     flags: bit 0, last chunk of its message; the others are 0
    3       1     0
    4       4     epoch
    8       4     message: its number in the epoch
    12      4     chunk: its number in the message
    16      ...   payload, which the server never reads

Numbers are unsigned, in network order. Message 0 of an epoch is its snapshot, and no other is one; the messages after
it are events. A large message goes in several frames, so that nothing has to wait long. All frames come in order, none
is left out; a frame that does not fit is dropped, and with it what follows, until the next epoch begins.

An epoch begins with each snapshot, since nodes are numbered anew by it. The source takes the epoch of the welcome, or
of the last `PageFlow` that opened, for its next snapshot and one more for each further. A viewer to whom a new epoch
comes throws away an unfinished message.
"""

import struct
from enum import IntEnum
from typing import Annotated, Literal, NamedTuple

import msgspec

from .base import Id, Message, Time, Token
from .cobrowse import PageOp, PageShown, TabId
from .socket import Bye

VERSION = 1
FRAME_LIMIT = 64 * 1024
"""Bytes of a frame, its header included."""

_HEADER = struct.Struct("!BBBBIII")
HEADER_SIZE = _HEADER.size
_LAST = 1

PageRole = Literal["source", "view"]


class PageHello(Message, frozen=True, kw_only=True, tag="page.hello"):
    """First frame of the client. `source`: the customer's page, which shows the `access` token of the control socket's
    welcome. `view`: staff, who come with their cookie."""

    session: Id
    role: PageRole
    token: Token | None = None
    tab: TabId | None = None
    """Of a source: the same over reloads and the next pages of one tab."""
    version: Literal[1] = 1


class PageAbout(Message, frozen=True, kw_only=True, tag="page.about"):
    """The source's tab, after the welcome and when it changes. `address`: origin and path, nothing more; it and `title`
    are empty while nobody may see the page."""

    title: Annotated[str, msgspec.Meta(max_length=200)]
    address: Annotated[str, msgspec.Meta(max_length=1000)]
    active: bool


class PagePause(Message, frozen=True, kw_only=True, tag="page.pause"):
    """The source's page wants nobody to see any of the session's tabs, or no longer so, whatever was allowed. It lasts
    until the other is said, over connections, or the tab does not come back; of several tabs, until the last."""

    paused: bool


PageSourceFrame = PageAbout | PagePause


class PageWelcome(Message, frozen=True, kw_only=True, tag="page.welcome"):
    """`epoch` is that of the source's first snapshot; 0 for a viewer. `open` as in `PageFlow`."""

    now: Time
    epoch: int
    open: bool


class PageFlow(Message, frozen=True, kw_only=True, tag="page.flow"):
    """The consents changed, or another tab is shown. A source for whom it opens sends a snapshot, of this `epoch`, and
    what follows, and stops when it closes. A viewer for whom it closes may not see the page any more, and takes away
    what is shown; to one, `epoch` is 0."""

    open: bool
    epoch: int = 0


class NeedSnapshot(Message, frozen=True, kw_only=True, tag="page.need_snapshot"):
    """To the source: begin a new epoch, for a viewer who cannot be told what went before."""


class PageDo(Message, frozen=True, kw_only=True, tag="page.do"):
    """To the source that is shown: an act of `by` (participant id), who has `page_control` now."""

    act: str
    by: str
    by_name: str
    epoch: int
    op: PageOp


class PageMark(Message, frozen=True, kw_only=True, tag="page.mark"):
    """To the source that is shown: what `by` (participant id) shows on the page."""

    by: str
    by_name: str
    epoch: int
    shown: PageShown


PageServerFrame = PageWelcome | PageFlow | NeedSnapshot | PageDo | PageMark | Bye


class Kind(IntEnum):
    SNAPSHOT = 1
    EVENT = 2


class Header(NamedTuple):
    kind: Kind
    epoch: int
    message: int
    chunk: int
    last: bool = True

    @property
    def begins(self) -> bool:
        """True for the first frame of an epoch."""
        return self.kind is Kind.SNAPSHOT and self.chunk == 0


def pack(header: Header, payload: bytes) -> bytes:
    """The frame. Raises `ValueError` when it would be none that `read` takes."""
    if not _fits(header.kind, header.message) or HEADER_SIZE + len(payload) > FRAME_LIMIT:
        raise ValueError("no such frame")
    try:
        flags = _LAST if header.last else 0
        return _HEADER.pack(VERSION, header.kind, flags, 0, header.epoch, header.message, header.chunk) + payload
    except struct.error as error:
        raise ValueError(str(error)) from error


def read(frame: bytes) -> Header:
    """The header of a frame. Raises `ValueError` when it has none."""
    try:
        version, kind, flags, zero, epoch, message, chunk = _HEADER.unpack_from(frame)
    except struct.error as error:
        raise ValueError("too short") from error
    if version != VERSION or flags & ~_LAST or zero:
        raise ValueError("another version")
    if not _fits(kind, message):
        raise ValueError("a snapshot is message 0 and no other")
    return Header(Kind(kind), epoch, message, chunk, bool(flags & _LAST))


def _fits(kind: int, message: int) -> bool:
    return kind == Kind.SNAPSHOT if message == 0 else kind == Kind.EVENT
