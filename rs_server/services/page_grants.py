"""The consents for the page that come and go by themselves: the first question, and the end without a page."""

import asyncio
from collections.abc import Callable

import structlog

from rs_server.core import consent
from rs_server.core.session import Session
from rs_server.protocol.errors import ProtocolError
from rs_server.services.hub import Hub

log = structlog.get_logger()

ABSENT_SECONDS = 30.0
"""Without any tab of the site for so long, the customer has left it: what they gave for it ends."""


class PageGrants:
    """`connected`: whether a tab of the session is."""

    def __init__(self, hub: Hub, connected: Callable[[str], bool]) -> None:
        self._hub = hub
        self._connected = connected
        self._absent: dict[str, asyncio.TimerHandle] = {}
        self._asking: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        for timer in self._absent.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def look(self, session: Session) -> None:
        """The session, or its connections, changed."""
        name = session.info.id
        if self._connected(name) and name not in self._asking and consent.page_is_to_be_asked_for(session):
            self._asking.add(name)
            self._start(self._ask(name))
        if consent.page_grants(session) and not self._connected(name):
            if name not in self._absent:
                loop = asyncio.get_running_loop()
                self._absent[name] = loop.call_later(ABSENT_SECONDS, self._left, name)
        elif (timer := self._absent.pop(name, None)) is not None:
            timer.cancel()

    def alarm(self, session: str) -> None:
        """Something left the page that never must: nothing of it is seen any more in this session."""
        self._start(self._alarm(session))

    def _left(self, session: str) -> None:
        self._absent.pop(session, None)
        self._start(self._end(session))

    def _start(self, work: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, ProtocolError):
            log.info("consent for the page skipped", reason=error.error.code)
        elif error is not None:
            log.error("consent for the page failed", exc_info=error)

    async def _ask(self, session: str) -> None:
        try:
            async with self._hub.change(session) as change:
                if self._connected(session):
                    consent.ask_for_page(change)
        finally:
            self._asking.discard(session)

    async def _end(self, session: str) -> None:
        async with self._hub.change(session) as change:
            if not self._connected(session):
                consent.end_page(change)

    async def _alarm(self, session: str) -> None:
        async with self._hub.change(session) as change:
            change.line("page_alarm", audience="staff")
            consent.end_page(change)
