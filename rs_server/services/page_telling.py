"""What is told of the customer's tabs: to staff, as far as each of them may know it, and of an alarm, to everybody."""

import asyncio

from msgspec.structs import replace

from rs_server.protocol.cobrowse import PageTabs
from rs_server.protocol.session import Participant
from rs_server.services.hub import Hub
from rs_server.services.page_state import Stream
from rs_server.services.presence import Presences, actor_of

TELL_SECONDS = 0.25
"""At the least between two times that staff are told of the tabs."""

_STOPPED = PageTabs(tabs=[], alarm=True)


class PageTelling:
    def __init__(self, hub: Hub, presences: Presences) -> None:
        self._hub = hub
        self._presences = presences

    def tabs(self, stream: Stream, reader: Participant | None) -> PageTabs | None:
        """As this participant may know them; None when no page was ever connected, and for customers."""
        if stream.alarm:
            return _STOPPED
        if not stream.had_page or reader is None or reader.role == "customer":
            return None
        return _for(stream, reader, _told(stream))

    def tell(self, stream: Stream, at_once: bool = False) -> None:
        """Staff see the tabs as they are, a moment later at the latest."""
        if stream.tell_timer is not None:
            if not at_once:
                return
            stream.tell_timer.cancel()
            stream.tell_timer = None
        now = (_told(stream), stream.viewers)
        if now == stream.told or not (stream.had_page or stream.alarm):
            return
        stream.told = now
        if stream.alarm:
            self._hub.tell(stream.session, _STOPPED)
        else:
            self._tell_staff(stream, now[0])
        loop = asyncio.get_running_loop()
        stream.tell_timer = loop.call_later(TELL_SECONDS, self._tell_again, stream)

    def _tell_again(self, stream: Stream) -> None:
        stream.tell_timer = None
        self.tell(stream)

    def _tell_staff(self, stream: Stream, told: PageTabs) -> None:
        session = self._hub.peek(stream.session)
        for person in session.staff if session is not None else ():
            for client in self._presences.clients(actor_of(person)):
                client.send(stream.session, _for(stream, person, told))


def _told(stream: Stream) -> PageTabs:
    if stream.alarm:
        return _STOPPED
    return replace(stream.tabs.told(), paused=stream.paused, too_large=stream.refused > 0)


def _for(stream: Stream, reader: Participant, told: PageTabs) -> PageTabs:
    """Only who sees the page knows what it is called and where it is."""
    if reader.id in stream.viewers:
        return told
    return replace(told, tabs=[replace(tab, title="", address="") for tab in told.tabs])
