"""What the server holds of a session's page: its tabs, its viewers, and what was passed on."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

from rs_server.core.page import EPOCHS_AHEAD, Hold, Log, Order
from rs_server.core.session import Session
from rs_server.core.streams import page_controllers, page_stopped, page_viewers
from rs_server.core.tabs import Tabs
from rs_server.protocol.base import Message
from rs_server.protocol.cobrowse import PageTabs
from rs_server.protocol.errors import Code

LOG_LIMIT = 16 * 1024 * 1024
"""Bytes of a session's stream that are kept for who comes late."""
MESSAGE_LIMIT = 8 * 1024 * 1024
"""Bytes of one message, which is kept back until it is whole."""
EPOCH_STEP = 16
"""Further than any epoch of a tab that did not know yet that it was closed and opened again."""


class PageClient(Protocol):
    """A connected page stream socket."""

    @property
    def participant(self) -> str: ...

    @property
    def user(self) -> str:
        """Of staff; empty for a customer."""

    @property
    def sign_in(self) -> bytes | None:
        """Digest of the sign-in it rests on; None for a customer."""

    @property
    def pending(self) -> int:
        """Frames that wait to be sent."""

    def send(self, body: Message) -> None: ...

    def unsend(self, which: Callable[[object], bool]) -> None:
        """Of the messages that wait to be sent, those are not sent."""

    def pass_on(self, frame: bytes) -> None:
        """Queue a frame; a client that is too far behind is cut."""

    def catch_up(self, frames: Sequence[bytes]) -> None:
        """Queue what was kept; that much is nobody's being behind."""

    def take_back(self) -> None:
        """Of the frames that are queued, none may arrive any more."""

    def close(self, code: Code) -> None: ...


class Source:
    """A tab's connection, and what it sent that was not passed on."""

    def __init__(self, client: PageClient, tab: str) -> None:
        self.client = client
        self.tab = tab
        self.open = False
        """It was told to send."""
        self.closed_at = float("-inf")
        self.order = Order()
        self.hold = Hold(MESSAGE_LIMIT)
        self.dropped: Counter[str] = Counter()
        self.unnoted = 0

    @property
    def epoch(self) -> int:
        """The last that it began."""
        return self.order.epoch

    def begin(self, epoch: int) -> None:
        """From now on it may send: first a snapshot of this epoch."""
        self.open = True
        self.order = Order(epoch - 1, EPOCHS_AHEAD)
        self.hold.clear()

    def end(self, now: float) -> None:
        self.open = False
        self.closed_at = now
        self.order.lose()
        self.hold.clear()


class Stream:
    """One session's."""

    def __init__(self, session: Session) -> None:
        self.session = session.info.id
        self.alarm = page_stopped(session)
        self.pausing: set[str] = set()
        """Tabs whose own script wants nobody to see any of them."""
        self.viewers: frozenset[str] = frozenset()
        """Participants who may see the page."""
        self.controllers: frozenset[str] = frozenset()
        self.sources: dict[str, Source] = {}
        """By tab."""
        self.tabs = Tabs()
        self.had_page = False
        self.told: tuple[PageTabs, frozenset[str]] | None = None
        """To staff, and who of them saw the page then."""
        self.tell_timer: asyncio.TimerHandle | None = None
        self.return_timers: dict[str, asyncio.TimerHandle] = {}
        self.views: dict[PageClient, bool] = {}
        """Whether the viewer has what went before, and gets what comes."""
        self.epoch = 0
        """The last that was given out or used."""
        self.log = Log(LOG_LIMIT)
        self.wanted = False
        """A snapshot is to be asked for, and has not begun."""
        self.asked_at = float("-inf")
        self.refused = 0
        """So many snapshots, one after the other, were too large."""
        self.ask_timer: asyncio.TimerHandle | None = None
        self.read_grants(session)

    @property
    def paused(self) -> bool:
        return bool(self.pausing)

    def read_grants(self, session: Session) -> None:
        nobody = self.alarm or self.paused
        self.viewers = frozenset() if nobody else page_viewers(session)
        self.controllers = frozenset() if nobody else page_controllers(session)

    @property
    def shown(self) -> Source | None:
        """The tab whose page the viewers get, while it is connected."""
        return self.sources.get(self.tabs.shown or "")

    def next_epoch(self, now: float) -> int:
        """For a source that begins to send. Over a restart as well none is used again: they go with the time."""
        self.epoch = max(self.epoch + EPOCH_STEP, int(now))
        return self.epoch

    def forget_timers(self) -> None:
        for timer in (self.tell_timer, self.ask_timer, *self.return_timers.values()):
            if timer is not None:
                timer.cancel()
        self.return_timers.clear()
        self.tell_timer = self.ask_timer = None
