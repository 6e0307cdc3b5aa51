"""Callbacks of a tenant: asked for, queued when due, attempted, closed. On disk before anybody is called."""

import secrets
from collections.abc import Callable, Sequence

from msgspec.structs import replace

from rs_server.db import Database, UnitOfWork
from rs_server.ports import (
    AcdRefused,
    CallbackAttempt,
    CallbackChange,
    CallbackFilter,
    CallbackHours,
    CallbackOutcome,
    CallbackRefused,
    CallbackRequest,
    CallbackSessions,
    CallbackView,
    Clock,
)
from webacd.core import callback as life
from webacd.core.callback import Callback, CallbackState, Rule
from webacd.core.config import CallbackPolicy
from webacd.core.errors import IllegalTransition
from webacd.core.hours import openings
from webacd.core.refused import Refused
from webacd.service import AcdService

from . import numbers
from .rules import Rules
from .store import CallbackStore

FURTHEST = 366 * 86400.0
"""Nobody is promised a call later than in a year."""
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SHOWN_DAYS = 7 * 86400.0
LONGEST_NOTE = 2000


def new_reference() -> str:
    """To quote: `K7QF-29XR`."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def view_of(callback: Callback) -> CallbackView:
    same = {name: getattr(callback, name) for name in CallbackView.__struct_fields__}
    return CallbackView(**same | {"state": callback.state.value})


class CallbackService:
    """Implements `rs_server.ports.Callbacks`. What the queue does with them is followed by `follow.Follower`."""

    def __init__(self, database: Database, acd: AcdService, clock: Clock, tenant: str, rules: Rules) -> None:
        self.database = database
        self.store = CallbackStore(tenant)
        self.rules = rules
        self._acd = acd
        self._clock = clock
        self._sessions: CallbackSessions | None = None
        self._stirred: Callable[[], None] = lambda: None

    @property
    def sessions(self) -> CallbackSessions:
        if self._sessions is None:
            raise RuntimeError("callbacks have no sessions yet")
        return self._sessions

    def use(self, sessions: CallbackSessions) -> None:
        self._sessions = sessions

    def on_stirred(self, stirred: Callable[[], None]) -> None:
        """Call after each commit that may make something due."""
        self._stirred = stirred

    def now(self) -> float:
        return self._clock.now()

    def rule(self, queue: str) -> Rule:
        return self.rules.rule(queue)

    # --- asking ---

    async def ask(self, unit: UnitOfWork, request: CallbackRequest) -> CallbackView:
        """See the port. A customer who asks again has still one callback; who asks for somebody else is told `exists`.

        Raises `CallbackRefused`: unknown_queue, unknown_agent, bad_number, bad_email, no_customer, exists, never_open,
        bad_time, calling_now."""
        asked = self.new(request)
        with refusals():
            rule = self.rule(asked.queue)
            existing = await self.store.live(unit.connection, asked.queue, asked.key)
            wanted = rule.earliest(asked.at, asked.zone)
            if existing is None:
                asked = replace(asked, at=wanted)
                await self.store.add(unit.connection, asked)
                self.stir_after(unit)
                return view_of(asked)
            if request.source in ("agent", "api", "list"):
                raise CallbackRefused("exists")
            # Whoever knows a number may ask at a page: what others have arranged with its owner stays as it is.
            mergeable = ("abandon", "queue") if request.source in ("abandon", "queue") else ("page", "abandon", "queue")
            if request.stranger or existing.source not in mergeable:
                if request.stranger:
                    await self._remark(unit, existing, asked.note)
                return replace(view_of(existing), at=wanted)
            if existing.zone and not numbers.known_zone(request.zone):
                # That of the number is a guess; somebody may have told it before.
                asked = replace(asked, zone=existing.zone)
            return view_of(await self._again(unit, existing, life.ask_again(existing, asked, rule)))

    async def _remark(self, unit: UnitOfWork, callback: Callback, note: str) -> None:
        """For staff, marked as what somebody said on a page; as much as there is room for."""
        text = f"{callback.note}\n[web] {note}".strip()
        if note and note not in callback.note and len(text) <= LONGEST_NOTE:
            after = replace(callback, note=text, version=callback.version + 1)
            await self.store.save(unit.connection, callback, after)

    def new(self, request: CallbackRequest) -> Callback:
        """What was asked for, checked; the hours are not looked at. Raises `CallbackRefused`."""
        now = self.now()
        if not self.rules.knows(request.queue):
            raise CallbackRefused("unknown_queue")
        if request.agent and not self._acd.knows(request.agent):
            raise CallbackRefused("unknown_agent")
        number, zone, email = self._reached_by(request.number, request.country, request.email)
        at = now if request.at is None else request.at
        if not (now - 60 <= at <= now + FURTHEST):
            raise CallbackRefused("bad_time")
        given = request.zone if numbers.known_zone(request.zone) else ""
        return Callback(
            id=secrets.token_hex(12),
            reference=new_reference(),
            queue=request.queue,
            key=number or email,
            name=request.name.strip(),
            number=number,
            email=email,
            note=request.note.strip(),
            language=request.language,
            zone=given or zone,
            source=request.source,
            at=max(at, now),
            agent=request.agent or None,
            agent_only=request.agent_only and bool(request.agent),
            priority=max(-100, min(100, request.priority)),
            arrived_at=request.arrived_at,
            created_at=now,
            created_by=request.by,
        )

    def _reached_by(self, number: str, country: str, email: str) -> tuple[str, str, str]:
        """(number, its time zone, address). One of number and address is enough."""
        found = numbers.parse_number(number, country or self.rules.country) if number.strip() else None
        if number.strip() and found is None:
            raise CallbackRefused("bad_number")
        address = numbers.parse_email(email) if email.strip() else ""
        if address is None:
            raise CallbackRefused("bad_email")
        if found is None and not address:
            raise CallbackRefused("no_customer")
        return (found.e164, found.zone, address) if found else ("", "", address)

    # --- changing ---

    async def change(self, unit: UnitOfWork, callback: str, change: CallbackChange) -> CallbackView:
        """Not while an agent has it (`calling_now`), nor when it is over (`gone`)."""
        before = await self.store.get(unit.connection, callback)
        if not before.live:
            raise CallbackRefused("gone")
        if before.version != change.version:
            raise CallbackRefused("changed")
        if before.state is CallbackState.ATTEMPTING:
            raise CallbackRefused("calling_now")
        values: dict[str, object] = {}
        for name in ("name", "note", "queue", "priority", "agent_only"):
            if getattr(change, name) is not None:
                values[name] = getattr(change, name)
        if change.agent is not None:
            values["agent"] = change.agent or None
            if change.agent and self._acd.agent(change.agent) is None:
                raise CallbackRefused("unknown_agent")
        if change.queue is not None and not self.rules.knows(change.queue):
            raise CallbackRefused("unknown_queue")
        if change.number is not None or change.email is not None:
            number = before.number if change.number is None else change.number
            email = before.email if change.email is None else change.email
            number, zone, email = self._reached_by(number, "", email)
            values |= {"number": number, "email": email, "key": number or email}
            if number != before.number:
                values["zone"] = zone or before.zone
        now = self.now()
        at = before.at
        if change.at is not None:
            if not (now - 60 <= change.at <= now + FURTHEST):
                raise CallbackRefused("bad_time")
            # Who agrees upon a time gives up the place.
            at, values["arrived_at"], values["tries"] = max(change.at, now), None, 0
        with refusals():
            wanted = replace(before, **values)
            return view_of(await self._again(unit, before, life.schedule(wanted, at, self.rule(wanted.queue))))

    async def cancel(self, unit: UnitOfWork, callback: str, outcome: str = "cancelled") -> CallbackView:
        """Raises `CallbackRefused`: gone, calling_now."""
        before = await self.store.get(unit.connection, callback)
        if before.state is CallbackState.ATTEMPTING:
            raise CallbackRefused("calling_now")
        if not before.live:
            raise CallbackRefused("gone")
        return view_of(await self._again(unit, before, life.cancel(before, outcome, self.now())))

    async def _again(self, unit: UnitOfWork, before: Callback, after: Callback) -> Callback:
        """Store a callback that is not queued any more; its contact, if it has one, leaves the queue."""
        await self.store.save(unit.connection, before, after)
        await self.withdraw(unit, before.contact, before.session)
        self.stir_after(unit)
        return after

    async def withdraw(self, unit: UnitOfWork, contact: str | None, session: str | None) -> None:
        """A callback's contact leaves the queue, or the agent who has just got it, and its session ends."""
        if session is not None:
            await self.sessions.end(unit, session)
        if contact is not None:
            try:
                await self._acd.abandon(unit, contact)
            except AcdRefused as refused:
                if refused.code != "contact_gone":
                    raise
                await self._acd.complete(unit, contact)

    def stir_after(self, unit: UnitOfWork) -> None:
        unit.after_commit(lambda: self._stirred())

    # --- calling ---

    async def dial(self, unit: UnitOfWork, callback: str, agent: str) -> CallbackAttempt:
        """See the port. Raises `CallbackRefused`: gone, not_yours, already_dialled, outside_hours, no_attempts."""
        before = await self.store.get(unit.connection, callback)
        with refusals():
            after = life.dial(before, agent, self.now(), self.rule(before.queue))
        await self.store.save(unit.connection, before, after)
        await self.store.begin_attempt(unit.connection, after, self.now())
        return (await self.store.attempts(unit.connection, callback))[-1]

    async def close(
        self,
        unit: UnitOfWork,
        callback: str,
        agent: str,
        outcome: CallbackOutcome,
        *,
        at: float | None = None,
        note: str = "",
        outcome_code: str | None = None,
    ) -> CallbackView:
        """See the port. Raises `CallbackRefused`: gone, not_yours, not_dialled, no_time, bad_time, never_open."""
        now = self.now()
        before = await self.store.get(unit.connection, callback)
        if before.state is not CallbackState.ATTEMPTING or before.holder != agent:
            raise CallbackRefused("not_yours")
        if at is not None and at > now + FURTHEST:
            raise CallbackRefused("bad_time")
        with refusals():
            after = life.close(before, outcome, now, self.rule(before.queue), at)
        await self.store.save(unit.connection, before, after)
        await self.store.end_attempt(unit.connection, callback, outcome, note, now)
        if outcome != "reached" and before.contact is not None:
            if before.session is not None:
                await self.sessions.end(unit, before.session)
            await self._acd.complete(unit, before.contact)
            if any(each.id == before.contact for each in self._acd.contacts_of(agent)):
                # Nothing was said that would have to be written up.
                await self._acd.wrap_up_done(unit, before.contact, agent, outcome_code)
        self.stir_after(unit)
        return view_of(after)

    # --- looking ---

    async def get(self, callback: str) -> CallbackView:
        async with self.database.read() as connection:
            return view_of(await self.store.get(connection, callback))

    async def attempts(self, callback: str) -> Sequence[CallbackAttempt]:
        async with self.database.read() as connection:
            return await self.store.attempts(connection, callback)

    async def find(self, which: CallbackFilter, after: str, limit: int) -> tuple[Sequence[CallbackView], str | None]:
        cursor = _cursor(after)
        async with self.database.read() as connection:
            found = await self.store.find(connection, which, cursor, limit + 1)
        page = found[:limit]
        more = len(found) > limit
        return [view_of(each) for each in page], f"{page[-1].at!r}_{page[-1].id}" if more else None

    def hours(self, queue: str, zone: str) -> CallbackHours:
        """Of the next days; a queue that is not known calls nobody back, nor one whose hours leave no time for it."""
        nobody = CallbackHours(offer_after=None, open=())
        if not self.rules.knows(queue):
            return nobody
        rule = self.rule(queue)
        zone = zone if numbers.known_zone(zone) else ""
        hours = rule.local(zone)
        if hours is None:
            return CallbackHours(offer_after=rule.policy.offer_after, open=None)
        found: list[tuple[float, float]] = []
        now = self.now()
        try:
            rule.earliest(now, zone)
        except Refused:
            return nobody
        for each in openings(hours, now):
            if each.start > now + SHOWN_DAYS or len(found) >= 40:
                break
            found.append((each.start, each.end))
        return CallbackHours(offer_after=rule.policy.offer_after, open=found)

    def number(self, text: str) -> str:
        found = numbers.parse_number(text, self.rules.country)
        return found.e164 if found else ""

    def masked(self, number: str) -> str:
        return numbers.masked(number)

    def shown(self, number: str) -> str:
        return numbers.shown(number)

    def most_attempts(self, queue: str) -> int:
        return self.policy(queue).attempts

    async def priority_of(self, unit: UnitOfWork, contact: str) -> int:
        row = await self.store.contact(unit.connection, contact)
        return row.priority if row is not None else 0

    def policy(self, queue: str) -> CallbackPolicy:
        return self.rule(queue).policy


def _cursor(text: str) -> tuple[float, str] | None:
    at, _, id = text.partition("_")
    try:
        return (float(at), id) if id else None
    except ValueError:
        return None


class refusals:  # reads as a phrase: `with refusals():`
    """Turns the core's refusals into the port's."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Refused):
            raise CallbackRefused(error.code) from error
        if isinstance(error, IllegalTransition):
            raise CallbackRefused("gone") from error
