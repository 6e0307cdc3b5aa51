"""Asking for and answering: the rules of `core.consent`, on the stored session; and the time an answer may take."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from rs_server.core import consent
from rs_server.core.capabilities import Native
from rs_server.core.session import Session
from rs_server.protocol.consent import Capability
from rs_server.protocol.errors import Code, ProtocolError
from rs_server.protocol.session import Durable, GrantChanged, Participant
from rs_server.services.hub import Hub
from rs_server.services.recordings import turn_on
from rs_server.services.throttle import Throttle

log = structlog.get_logger()


class Consents:
    """`native`: the client that a participant of a session has connected."""

    def __init__(self, hub: Hub, native: Callable[[str, str], Native | None]) -> None:
        self._hub = hub
        self._native = native
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        # Taking back and stopping are never slowed down.
        self._acts = Throttle(hub.clock, burst=60, refill=1.0)
        hub.react(self._changed)

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, session: str, who: Participant, capability: Capability, giver: str | None) -> None:
        async with self._hub.change(session) as change:
            person = change.session.participants.get(giver) if giver else None
            self._acts.take(who.id)
            if giver is not None and person is None:
                raise ProtocolError(Code.NOT_FOUND, "nobody by that name is in the session")
            asked = person or change.session.customer
            native = self._native(session, asked.id) if asked is not None else None
            consent.ask(change, who, capability, person, native)

    async def answer(
        self, session: str, who: Participant, grant: str, allow: bool, native: Native | None = None
    ) -> None:
        """`native`: it comes from this client."""
        async with self._hub.change(session) as change:
            answered = consent.answer(change, who, grant, allow, native)
            if answered.capability == "record" and answered.state == "granted":
                turn_on(change, change.session.participants.get(answered.holder))

    async def give(
        self,
        session: str,
        who: Participant,
        capability: Capability,
        holder: str | None,
        native: Native | None = None,
    ) -> None:
        """`native`: it comes from this client."""
        async with self._hub.change(session) as change:
            person = change.session.participants.get(holder) if holder else None
            self._acts.take(who.id)
            if holder is not None and person is None:
                raise ProtocolError(Code.NOT_FOUND, "nobody by that name is in the session")
            consent.give(change, who, capability, person, native)

    async def withdraw(self, session: str, who: Participant, grant: str | None, capability: Capability | None) -> None:
        async with self._hub.change(session) as change:
            consent.withdraw(change, who, grant, capability)

    async def cancel(self, session: str, who: Participant, grant: str) -> None:
        async with self._hub.change(session) as change:
            consent.cancel(change, who, grant)

    async def stop(self, session: str, who: Participant, voice: bool) -> None:
        async with self._hub.change(session) as change:
            consent.stop_all(change, who, voice)

    # --- questions that nobody answers ---

    def _changed(self, session: Session, events: Sequence[Durable]) -> None:
        if any(isinstance(event, GrantChanged) for event in events) or session.info.state == "ended":
            self.watch(session)

    def watch(self, session: Session) -> None:
        """Look again when the next question runs out."""
        name = session.info.id
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()
        due = consent.next_expiry(session)
        if due is not None and session.info.state != "ended":
            wait = max(0.0, due - self._hub.clock.now())
            self._timers[name] = asyncio.get_running_loop().call_later(wait, self._due, name)

    def _due(self, session: str) -> None:
        self._timers.pop(session, None)
        task = asyncio.create_task(self._expire(session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _expire(self, session: str) -> None:
        try:
            async with self._hub.change(session) as change:
                consent.expire(change)
            found = self._hub.peek(session)
            if found is not None:
                self.watch(found)
        except ProtocolError as error:
            log.info("expiry skipped", session=session, reason=error.error.code)
