"""What staff does and shows on the customer's page: passed to the tab that is shown, and answered by it."""

import asyncio
from dataclasses import dataclass

from rs_server.protocol.cobrowse import (
    PageAct,
    PageActed,
    PageActResult,
    PageGo,
    PageOutcome,
    PagePoint,
    PagePointed,
    PageReason,
)
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.page import PageDo, PageMark
from rs_server.protocol.session import Participant
from rs_server.services.hub import Hub
from rs_server.services.notices import Notices
from rs_server.services.page_recording import PageRecorder
from rs_server.services.page_state import Stream
from rs_server.services.presence import Client, Presences, actor_of
from rs_server.services.throttle import Throttle

ANSWER_SECONDS = 30.0
"""An act that the page does not answer has failed."""
ASKING_SECONDS = 60.0
"""The same, once it said that it asks the customer."""
MOST_WAITING = 200
"""Acts of one session that are not answered yet."""
MOST_BEHIND = 100
"""Frames that wait for a tab to which nothing is shown meanwhile: it would be over when it came."""


@dataclass(slots=True)
class _Waiting:
    timer: asyncio.TimerHandle


_Key = tuple[str, str]
"""Whose act it is (participant), and their mark of it."""


class PageControl:
    def __init__(self, hub: Hub, presences: Presences, notices: Notices, recorder: PageRecorder) -> None:
        self._hub = hub
        self._presences = presences
        self._notices = notices
        self._recorder = recorder
        self._waiting: dict[str, dict[_Key, _Waiting]] = {}
        self._acts = Throttle(hub.clock, burst=120, refill=1 / 60)
        self._points = Throttle(hub.clock, burst=120, refill=1 / 60)

    def close(self) -> None:
        for waiting in self._waiting.values():
            for each in waiting.values():
                each.timer.cancel()
        self._waiting.clear()

    async def act(self, session: str, stream: Stream | None, who: Participant, body: PageAct) -> None:
        """Pass it to the page, or tell why not. Raises `not_allowed` for who has no control, `conflict` for a mark
        that waits for its answer."""
        if stream is None or who.id not in stream.controllers:
            await self._notices.add(session, who.id, "dropped:page_control", 1)
            raise ProtocolError(Code.NOT_ALLOWED, "the customer did not allow that")
        key = (who.id, body.act)
        waiting = self._waiting.get(session, {})
        if key in waiting:
            raise ProtocolError(Code.CONFLICT, "this act waits for its answer")
        source = stream.shown
        if self._acts.wait(who.id) > 0 or len(waiting) >= MOST_WAITING:
            self._refused(session, key, "too_many")
            return
        self._acts.spend(who.id)
        if source is None or not source.open:
            self._refused(session, key, "no_page")
        elif body.epoch != source.epoch and not isinstance(body.op, PageGo):
            self._refused(session, key, "old_epoch")
        else:
            timer = self._expire_after(session, key, ANSWER_SECONDS)
            self._waiting.setdefault(session, {})[key] = _Waiting(timer)
            self._recorder.act(session, body, who)
            source.client.send(PageDo(act=body.act, by=who.id, by_name=who.name, epoch=body.epoch, op=body.op))

    def acted(self, session: str, body: PageActed) -> None:
        """The page's answer. One that nobody waits for any more is of no use."""
        key = (body.holder, body.act)
        waiting = self._waiting.get(session, {}).get(key)
        if waiting is None:
            return
        if body.outcome == "asking":
            waiting.timer.cancel()
            waiting.timer = self._expire_after(session, key, ASKING_SECONDS)
            self._result(session, key, body.outcome, body.reason)
        else:
            self._end(session, key, body.outcome, body.reason)

    async def point(
        self, session: str, stream: Stream | None, who: Participant, client: Client, body: PagePoint
    ) -> None:
        """Show it on the page and to the others who see it. Raises `not_allowed`, `throttled`."""
        if stream is None or who.id not in stream.viewers:
            await self._notices.add(session, who.id, "dropped:page_point", 1)
            raise ProtocolError(Code.NOT_ALLOWED, "the customer did not allow that")
        self._points.take(who.id)
        source = stream.shown
        if source is None or not source.open or body.epoch != source.epoch:
            return
        if source.client.pending < MOST_BEHIND:
            source.client.send(PageMark(by=who.id, by_name=who.name, epoch=body.epoch, shown=body.shown))
        self._recorder.shown(session, body, who)
        self._tell_others(session, stream, client, PagePointed(by=who.id, epoch=body.epoch, shown=body.shown))

    def _tell_others(self, session: str, stream: Stream, client: Client, told: PagePointed) -> None:
        """Who sees the page; of the sender, the other windows."""
        found = self._hub.peek(session)
        viewers = [found.participants[viewer] for viewer in stream.viewers] if found is not None else []
        for viewer in viewers:
            for other in self._presences.clients(actor_of(viewer)):
                if other is not client:
                    other.send(session, told)

    def settle(self, stream: Stream) -> None:
        """The consents changed: what waits for somebody who has no control any more is thrown away."""
        session = stream.session
        for key in [key for key in self._waiting.get(session, {}) if key[0] not in stream.controllers]:
            self._end(session, key, "refused", "no_consent")
        for source in stream.sources.values():
            source.client.unsend(lambda body: isinstance(body, PageDo) and body.by not in stream.controllers)
            source.client.unsend(lambda body: isinstance(body, PageMark) and body.by not in stream.viewers)

    # --- answers ---

    def _expire_after(self, session: str, key: _Key, seconds: float) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, self._end, session, key, "refused", "failed")

    def _refused(self, session: str, key: _Key, reason: PageReason) -> None:
        self._result(session, key, "refused", reason)

    def _end(self, session: str, key: _Key, outcome: PageOutcome, reason: PageReason | None) -> None:
        waiting = self._waiting[session]
        waiting.pop(key).timer.cancel()
        if not waiting:
            del self._waiting[session]
        self._result(session, key, outcome, reason)
        self._recorder.result(session, key[1], outcome, reason)

    def _result(self, session: str, key: _Key, outcome: PageOutcome, reason: PageReason | None) -> None:
        self._hub.tell(session, PageActResult(act=key[1], by=key[0], outcome=outcome, reason=reason), "staff")
