"""A callback: who is to be called, when, by whom, and what came of it. No I/O, no clock."""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

import msgspec
from msgspec.structs import replace

from .config import CallbackPolicy, HoursConfig
from .lifecycle import LifeCycle, State
from .refused import Refused


class CallbackState(State):
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    """Due: a contact of medium `callback` waits for an agent."""
    ATTEMPTING = "attempting"
    """An agent has it."""
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CallbackStep(State):
    """What may happen to a callback."""

    SCHEDULE = "schedule"
    QUEUE = "queue"
    TAKE = "take"
    RETURN = "return"
    DIAL = "dial"
    SUCCEED = "succeed"
    FAIL = "fail"
    CANCEL = "cancel"


_S, _E = CallbackState, CallbackStep

CALLBACK_LIFE = LifeCycle[CallbackState, CallbackStep](
    "callback",
    {
        (_S.SCHEDULED, _E.SCHEDULE): _S.SCHEDULED,
        (_S.SCHEDULED, _E.QUEUE): _S.QUEUED,
        (_S.SCHEDULED, _E.FAIL): _S.FAILED,
        (_S.SCHEDULED, _E.CANCEL): _S.CANCELLED,
        (_S.QUEUED, _E.SCHEDULE): _S.SCHEDULED,
        (_S.QUEUED, _E.TAKE): _S.ATTEMPTING,
        (_S.QUEUED, _E.FAIL): _S.FAILED,
        (_S.QUEUED, _E.CANCEL): _S.CANCELLED,
        (_S.ATTEMPTING, _E.TAKE): _S.ATTEMPTING,
        (_S.ATTEMPTING, _E.DIAL): _S.ATTEMPTING,
        (_S.ATTEMPTING, _E.RETURN): _S.QUEUED,
        (_S.ATTEMPTING, _E.SCHEDULE): _S.SCHEDULED,
        (_S.ATTEMPTING, _E.SUCCEED): _S.DONE,
        (_S.ATTEMPTING, _E.FAIL): _S.FAILED,
        (_S.ATTEMPTING, _E.CANCEL): _S.CANCELLED,
    },
)

LIVE = (CallbackState.SCHEDULED, CallbackState.QUEUED, CallbackState.ATTEMPTING)

Source = Literal["agent", "page", "abandon", "queue", "api", "list"]
"""Who asked: an agent, a customer on a page, nobody (the customer left, or a queue's last step closed the contact), a
program, an imported list."""

AttemptOutcome = Literal["reached", "no_answer", "busy", "wrong_number", "later", "unknown"]
"""`unknown`: the agent began to call, and nobody said what came of it."""


class Calendar(Protocol):
    """When something is open; instants in seconds since the epoch."""

    def is_open(self, hours: HoursConfig, at: float) -> bool: ...

    def next_open(self, hours: HoursConfig, at: float) -> float | None:
        """`at` itself when it is open then; None: never again."""


class Rule(NamedTuple):
    """How a queue calls back. `hours`: of the policy, else of the queue; None: at any time."""

    policy: CallbackPolicy
    hours: HoursConfig | None
    calendar: Calendar

    def local(self, zone: str) -> HoursConfig | None:
        """The hours as they are at the customer's place: nine o'clock there, not here."""
        return self.hours and (replace(self.hours, zone=zone) if zone else self.hours)

    def may_call(self, at: float, zone: str) -> bool:
        hours = self.local(zone)
        return hours is None or self.calendar.is_open(hours, at)

    def earliest(self, at: float, zone: str) -> float:
        """The first moment from `at` on at which we call. Raises `Refused`: never_open."""
        if self.may_call(at, zone):
            return at
        hours = self.local(zone)
        found = None if hours is None else self.calendar.next_open(hours, at)
        if found is None:
            raise Refused("never_open")
        return found


class Callback(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds since the epoch."""

    id: str
    reference: str
    """To quote; opens nothing."""
    queue: str
    key: str
    """Who the customer is: the number (E.164), else the e-mail address."""
    name: str
    number: str = ""
    email: str = ""
    note: str = ""
    language: str = "en"
    zone: str = ""
    """IANA name of the customer's time zone; empty: that of the hours."""
    source: Source
    state: CallbackState = CallbackState.SCHEDULED
    at: float
    """When it is due; once due, when that was."""
    agent: str | None = None
    """For whom it is kept."""
    agent_only: bool = False
    priority: int = 0
    arrived_at: float | None = None
    """The place in the queue that the customer had when asking; None: from `at`."""
    tries: int = 0
    """Attempts since it was last agreed when to call."""
    dialled: bool = False
    """An attempt has begun of which nobody has said yet what came of it."""
    contact: str | None = None
    session: str | None = None
    holder: str | None = None
    """The agent who has it."""
    outcome: str = ""
    created_at: float
    created_by: str = ""
    ended_at: float | None = None
    list_key: str | None = None
    """Row of an imported list: the same again is the same callback."""
    version: int = 1

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def live_key(self) -> str | None:
        """Unique among what is live: one callback for a customer and queue."""
        return f"{self.queue}\t{self.key}" if self.live else None

    @property
    def place(self) -> float:
        """Its arrival in the queue."""
        return self.at if self.arrived_at is None else self.arrived_at


def _after(callback: Callback, step: CallbackStep, **changes: object) -> Callback:
    state = CALLBACK_LIFE.after(callback.state, step)
    return replace(callback, state=state, version=callback.version + 1, **changes)


_NOBODY: Mapping[str, object] = {"contact": None, "session": None, "holder": None, "dialled": False}


def schedule(callback: Callback, at: float, rule: Rule) -> Callback:
    """Due at `at`, or when the hours begin. Raises `Refused`: never_open."""
    return _after(callback, CallbackStep.SCHEDULE, at=rule.earliest(at, callback.zone), **_NOBODY)


def ask_again(callback: Callback, asked: Callback, rule: Rule) -> Callback:
    """The customer asked once more while this one is live: there is still one. The newer wish counts; a place in the
    queue is kept, the better one of two. Raises `Refused`: calling_now."""
    if callback.state is CallbackState.ATTEMPTING:
        raise Refused("calling_now")
    due = callback.state is CallbackState.QUEUED or callback.at <= asked.created_at
    places = [at for at in (callback.place if due else callback.arrived_at, asked.arrived_at) if at is not None]
    merged = replace(
        callback,
        name=asked.name or callback.name,
        email=asked.email or callback.email,
        note=asked.note or callback.note,
        language=asked.language,
        zone=asked.zone or callback.zone,
        # What somebody asked for does not end when the customer comes back.
        source=asked.source if callback.source == "abandon" else callback.source,
        priority=max(callback.priority, asked.priority),
        arrived_at=min(places, default=None),
        agent=callback.agent or asked.agent,
        tries=0,
    )
    return schedule(merged, asked.at, rule)


def is_due(callback: Callback, now: float, rule: Rule) -> bool:
    return callback.state is CallbackState.SCHEDULED and callback.at <= now and rule.may_call(now, callback.zone)


def queue(callback: Callback, contact: str, session: str) -> Callback:
    """A contact waits for it from now on."""
    return _after(callback, CallbackStep.QUEUE, contact=contact, session=session)


def take(callback: Callback, agent: str) -> Callback:
    """An agent has it: accepted, or was handed over. What the former one began was not finished."""
    return _after(callback, CallbackStep.TAKE, holder=agent, dialled=callback.dialled and callback.holder == agent)


def give_back(callback: Callback, now: float, rule: Rule) -> Callback:
    """The agent is gone, the contact waits again. An attempt that had begun counts; the last one ends the callback."""
    if callback.dialled and callback.tries >= rule.policy.attempts:
        return fail(callback, "unknown", now)
    return _after(callback, CallbackStep.RETURN, holder=None, dialled=False)


def dial(callback: Callback, agent: str, now: float, rule: Rule) -> Callback:
    """An attempt begins. It is stored before anybody hears the number.

    Raises `Refused`: not_yours, already_dialled, outside_hours, no_attempts."""
    if callback.state is not CallbackState.ATTEMPTING or callback.holder != agent:
        raise Refused("not_yours")
    if callback.dialled:
        raise Refused("already_dialled")
    if not rule.may_call(now, callback.zone):
        raise Refused("outside_hours")
    if callback.tries >= rule.policy.attempts:
        raise Refused("no_attempts")
    return _after(callback, CallbackStep.DIAL, tries=callback.tries + 1, dialled=True)


def close(callback: Callback, outcome: AttemptOutcome, now: float, rule: Rule, at: float | None = None) -> Callback:
    """What came of it. `at`: when to call instead, for `later`.

    Raises `Refused`: not_dialled (nobody can say what came of a call that was not made), no_time."""
    match outcome:
        case "reached":
            return _after(callback, CallbackStep.SUCCEED, outcome=outcome, ended_at=now, dialled=False)
        case "later":
            if at is None or at <= now:
                raise Refused("no_time")
            # A time that was agreed upon: the attempts are counted anew, and it is no longer about a former place.
            return schedule(replace(callback, tries=0, arrived_at=None), at, rule)
        case "wrong_number":
            if not callback.dialled:
                raise Refused("not_dialled")
            return fail(callback, outcome, now)
        case _:
            if not callback.dialled and outcome != "unknown":
                raise Refused("not_dialled")
            return retry(callback, outcome, now, rule)


def retry(callback: Callback, outcome: AttemptOutcome, now: float, rule: Rule) -> Callback:
    """Once more after the policy's pause, or the end when no attempt is left."""
    if callback.tries >= rule.policy.attempts:
        return fail(callback, outcome, now)
    try:
        return schedule(callback, now + rule.policy.retry_seconds, rule)
    except Refused:
        return fail(callback, "never_open", now)


def fail(callback: Callback, outcome: str, now: float) -> Callback:
    return _after(callback, CallbackStep.FAIL, outcome=outcome, ended_at=now, dialled=False)


def cancel(callback: Callback, outcome: str, now: float) -> Callback:
    """Called off: `cancelled` by staff, `came_back` by the customer's return. Raises `IllegalTransition` when over."""
    return _after(callback, CallbackStep.CANCEL, outcome=outcome, ended_at=now, dialled=False)
