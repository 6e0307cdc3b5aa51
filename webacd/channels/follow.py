"""Callbacks and the queue: what is due goes in, and what becomes of it there is followed."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Sequence

from msgspec.structs import replace

from rs_server.db import UnitOfWork
from rs_server.ports import (
    AcdEvent,
    Assigned,
    CallbackRefused,
    CallbackRequest,
    ContactEnded,
    ContactLeft,
    ContactQueued,
    ContactRequest,
)
from webacd.core import callback as life
from webacd.core.callback import Callback, CallbackState
from webacd.core.refused import Refused
from webacd.service import AcdService

from . import numbers
from .callback import CallbackService, view_of
from .reconcile import reconcile

log = logging.getLogger(__name__)

MOST_QUEUED = 50
"""Contacts of imported lists and programs that wait in a queue at once; the others wait on disk, in the same order."""
MOST_KEPT = 5
"""The same, of those that are kept for one agent."""
LOOK_SECONDS = 30.0
"""Hours end by themselves: it is looked at least so often."""
RECONCILE_SECONDS = 600.0
BATCH = 20


class Follower:
    """`load` before the routing, `start` after it; `stir` when something may be due."""

    def __init__(self, service: CallbackService, acd: AcdService) -> None:
        self._service = service
        self._store = service.store
        self._acd = acd
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._contacts: set[str] = set()
        """Contacts that may belong to a callback; saves looking for those of all others."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._reconcile_at = 0.0
        acd.listen(self._on_acd)
        service.on_stirred(self.stir)

    async def load(self) -> None:
        """Before the routing starts: from then on it speaks of contacts that may be a callback's."""
        async with self._service.database.read() as connection:
            for each in await self._store.in_state(connection, CallbackState.QUEUED, CallbackState.ATTEMPTING):
                if each.contact is not None:
                    self._contacts.add(each.contact)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """What has begun is brought to its end: a statement dropped halfway leaves a thread of the database behind."""
        self._stop.set()
        self._wake.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def stir(self) -> None:
        self._wake.set()

    async def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                await self._reconcile()
                delay = await self.look()
            except Exception:
                log.exception("callbacks that are due were not queued, trying again")
                delay = 1.0
            if self._stop.is_set():
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(delay):
                    await self._wake.wait()

    async def _reconcile(self) -> None:
        """At the start, and now and then."""
        if self._service.now() < self._reconcile_at:
            return
        self._reconcile_at = self._service.now() + RECONCILE_SECONDS
        try:
            await reconcile(self._service)
        except Exception:
            # What is due is queued all the same.
            log.exception("callbacks were not compared with the queue")
            self._reconcile_at = self._service.now() + LOOK_SECONDS

    # --- what is due ---

    async def look(self) -> float:
        """Queue what is due, take back what may not be made any more. Returns the seconds until it is to be looked
        again at the latest."""
        now = self._service.now()
        async with self._service.database.read() as connection:
            queued = await self._store.in_state(connection, CallbackState.QUEUED)
            queues = await self._store.due_queues(connection, now)
            upcoming = await self._store.next_due(connection, now)
        for each in queued:
            if not self._service.rule(each.queue).may_call(now, each.zone):
                await self._take_back(each)
        waiting = [each for each in queued if each.source in ("list", "api")]
        for queue in queues:
            await self._queue_due(queue, now, [each for each in waiting if each.queue == queue])
        return LOOK_SECONDS if upcoming is None else max(0.0, min(LOOK_SECONDS, upcoming - now))

    async def _queue_due(self, queue: str, now: float, waiting: Sequence[Callback]) -> None:
        served = self._service.rules.served_by(queue)
        if served is None:
            return
        counts: dict[str | None, int] = {}
        for each in waiting:
            counts[each.agent] = counts.get(each.agent, 0) + 1
        full = [agent for agent, count in counts.items() if count >= (MOST_QUEUED if agent is None else MOST_KEPT)]
        async with self._service.database.read() as connection:
            found = await self._store.due(connection, queue, now, served.ageing, MOST_QUEUED * 4, full)
        chosen: list[Callback] = []
        for each in found:
            if each.source in ("list", "api"):
                most = MOST_QUEUED if each.agent is None else MOST_KEPT
                if counts.get(each.agent, 0) >= most:
                    continue
                counts[each.agent] = counts.get(each.agent, 0) + 1
            chosen.append(each)
        for start in range(0, len(chosen), BATCH):
            if self._stop.is_set():
                return
            async with self._service.database.begin() as unit:
                for each in chosen[start : start + BATCH]:
                    await self._queue_one(unit, each, served.id, now)

    async def _queue_one(self, unit: UnitOfWork, callback: Callback, queue: str, now: float) -> None:
        rule = self._service.rule(callback.queue)
        try:
            fresh = await self._store.get(unit.connection, callback.id)
            if fresh.version != callback.version:
                return
            if not life.is_due(callback, now, rule):
                # The hours have changed since.
                await self._store.save(unit.connection, callback, _later(callback, now, rule))
                return
            contact = secrets.token_hex(12)
            session = await self._service.sessions.open(unit, view_of(callback), contact)
            await self._store.save(unit.connection, callback, life.queue(callback, contact, session))
        except CallbackRefused as refused:
            log.info("callback not queued", extra={"callback": callback.id, "code": refused.code})
            return
        self._contacts.add(contact)
        agent = callback.agent if callback.agent and self._acd.agent(callback.agent) is not None else None
        await self._acd.enqueue(
            unit,
            ContactRequest(
                contact=contact,
                queue=queue,
                medium="callback",
                session=session,
                customer=callback.name or numbers.masked(callback.number) or callback.email,
                question=callback.note,
                priority=callback.priority,
                agent=agent,
                agent_only=callback.agent_only and agent is not None,
                customer_key=callback.key,
                arrived_at=min(callback.place, now),
            ),
        )

    async def _take_back(self, callback: Callback) -> None:
        """Nobody was free while we may call: it waits on disk until we may again, and keeps its place."""
        rule = self._service.rule(callback.queue)
        now = self._service.now()
        async with self._service.database.begin() as unit:
            try:
                kept = replace(callback, arrived_at=callback.place)
                await self._store.save(unit.connection, callback, _later(kept, now, rule))
            except CallbackRefused:
                return
            await self._service.withdraw(unit, callback.contact, callback.session)

    # --- what the queue says ---

    async def _on_acd(self, unit: UnitOfWork, events: Sequence[AcdEvent]) -> None:
        for event in events:
            if not isinstance(event, Assigned | ContactLeft | ContactEnded | ContactQueued):
                continue
            try:
                if event.contact in self._contacts:
                    await self._of_callback(unit, event)
                elif isinstance(event, ContactQueued) and event.returned is None:
                    await self._came(unit, event)
                elif isinstance(event, ContactEnded) and event.outcome in ("abandoned", "callback"):
                    await self._left(unit, event)
            except CallbackRefused as refused:
                log.info("callback did not follow", extra={"event": type(event).__name__, "code": refused.code})

    async def _of_callback(
        self, unit: UnitOfWork, event: Assigned | ContactLeft | ContactEnded | ContactQueued
    ) -> None:
        found = (await self._store.of_contacts(unit.connection, [event.contact])).get(event.contact)
        now = self._service.now()
        if isinstance(event, ContactEnded):
            unit.after_commit(lambda: self._contacts.discard(event.contact))
        if found is None:
            return
        rule = self._service.rule(found.queue)
        after = found
        match event:
            case Assigned(agent=agent):
                after = life.take(found, agent)
            case ContactLeft(reason="agent_lost" | "transferred") if found.state is CallbackState.ATTEMPTING:
                after = life.give_back(found, now, rule)
                if not after.live:
                    unit.after_commit(lambda: self._later(self._leave(found)))
            case ContactEnded():
                after = await self._ended(unit, found, event)
            case _:
                return
        await self._store.save(unit.connection, found, after)
        if found.dialled and not after.dialled:
            outcome = after.outcome if after.outcome == "reached" else "unknown"
            await self._store.end_attempt(unit.connection, found.id, outcome, "", now)
        self._service.stir_after(unit)

    async def _ended(self, unit: UnitOfWork, callback: Callback, event: ContactEnded) -> Callback:
        """The contact is over and nobody said what came of the call: it was answered, or is to be made again."""
        now, rule = self._service.now(), self._service.rule(callback.queue)
        if callback.state is CallbackState.QUEUED:
            return _later(callback, now + rule.policy.retry_seconds, rule)
        facts = await self._service.sessions.facts(unit, event.session)
        if facts is not None and facts.answered:
            return life.close(callback, "reached", now, rule)
        return life.retry(callback, "unknown", now, rule)

    async def _leave(self, callback: Callback) -> None:
        async with self._service.database.begin() as unit:
            await self._service.withdraw(unit, callback.contact, callback.session)

    # --- customers who come and go ---

    async def _came(self, unit: UnitOfWork, event: ContactQueued) -> None:
        """A customer who is back needs no callback for having left."""
        facts = await self._service.sessions.facts(unit, event.session)
        if facts is None or not facts.number:
            return
        for each in await self._store.of_customer(unit.connection, facts.number, "abandon"):
            if each.state is CallbackState.ATTEMPTING:
                continue
            await self._store.save(unit.connection, each, life.cancel(each, "came_back", self._service.now()))
            if each.contact is not None:
                unit.after_commit(lambda gone=each: self._later(self._leave(gone)))  # type: ignore[misc]

    async def _left(self, unit: UnitOfWork, event: ContactEnded) -> None:
        """Who left while waiting, or could not be served in time, is called back where the queue does so."""
        facts = await self._service.sessions.facts(unit, event.session)
        if facts is None or not facts.number:
            return
        row = await self._store.contact(unit.connection, event.contact)
        if row is None or row.queue is None or not self._service.rules.knows(row.queue):
            return
        abandoned = event.outcome == "abandoned"
        if abandoned and not self._service.policy(row.queue).on_abandon:
            return
        request = CallbackRequest(
            queue=row.queue,
            source="abandon" if abandoned else "queue",
            name=facts.name,
            number=facts.number,
            language=facts.language,
            note=facts.question,
            priority=row.priority,
            arrived_at=row.arrived_at,
        )
        if abandoned:
            await self._service.ask(unit, request)
            return
        promised = None
        with contextlib.suppress(CallbackRefused):
            promised = await self._service.ask(unit, request)
        await self._service.sessions.end(unit, event.session, promised)

    def _later(self, work: Awaitable[None]) -> None:
        """What the queue has to be told cannot be told while it speaks."""

        async def do() -> None:
            try:
                await work
            except Exception:
                log.exception("contact of a callback that is over did not leave its queue")

        task = asyncio.create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _later(callback: Callback, at: float, rule: life.Rule) -> Callback:
    """Scheduled anew, or over where no time is left at which we call."""
    try:
        return life.schedule(callback, at, rule)
    except Refused:
        return life.fail(callback, "never_open", at)
