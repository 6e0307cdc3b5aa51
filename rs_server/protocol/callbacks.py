"""Callbacks: asked for by staff, by customers who wait, by programs; attempted by agents."""

from typing import Annotated, Literal

import msgspec

from .base import ONE_LINE, Email, Id, Language, Number, Record, Remark, Time, Word

CallbackState = Literal["scheduled", "queued", "attempting", "done", "failed", "cancelled"]
CallbackSource = Literal["agent", "page", "abandon", "queue", "api", "list"]
CallbackOutcome = Literal["reached", "no_answer", "busy", "wrong_number", "later", "unknown"]

_Line = Annotated[str, msgspec.Meta(max_length=80, pattern=ONE_LINE)]
_Country = Annotated[str, msgspec.Meta(max_length=2, pattern=r"^([A-Za-z]{2})?$(?!\n)")]
_Priority = Annotated[int, msgspec.Meta(ge=-100, le=100)]


class CallbackCreate(Record, frozen=True, kw_only=True):
    """Somebody is to be called. One of `number` and `email` is needed; a number without a country code is one of
    `country`. A customer has at most one live callback in a queue: another is refused with `conflict`."""

    queue: Id
    name: _Line = ""
    number: Number = ""
    email: Email = ""
    country: _Country = ""
    """ISO 3166-1 alpha-2."""
    zone: Word = ""
    """IANA time zone of the customer; empty: that of the number."""
    language: Language = "en"
    note: Remark = ""
    at: Time | None = None
    """Not before; None: as soon as possible. Always within the queue's hours at the customer's place."""
    agent: Id | None = None
    """Kept for this agent; None: for anybody in the queue."""
    agent_only: bool = False
    """Nobody else ever gets it; else others may, a minute after it is due."""
    priority: _Priority = 0
    source: Literal["agent", "api"] = "api"


class CallbackEdit(Record, frozen=True, kw_only=True):
    """What becomes another; what is null stays."""

    version: int
    """Of the callback that was looked at; `conflict` when it was changed since."""
    name: _Line | None = None
    number: Number | None = None
    email: Email | None = None
    note: Remark | None = None
    queue: Id | None = None
    at: Time | None = None
    agent: Word | None = None
    """Empty: kept for nobody."""
    agent_only: bool | None = None
    priority: _Priority | None = None


class CallbackInfo(Record, frozen=True, kw_only=True):
    id: str
    reference: str
    queue: str
    queue_name: str
    name: str
    number: str
    """Country code and last digits: the whole of it is told to the agent who calls, once the attempt is on record."""
    email: str
    note: str
    language: str
    zone: str
    source: CallbackSource
    state: CallbackState
    at: Time
    agent: str | None
    agent_name: str
    agent_only: bool
    priority: int
    tries: int
    attempts: int
    """As many at the most."""
    dialled: bool
    session: str | None
    holder: str | None
    holder_name: str
    outcome: str
    created_at: Time
    created_by_name: str
    ended_at: Time | None
    version: int


class AttemptInfo(Record, frozen=True, kw_only=True):
    """`outcome` null: nobody has said yet what came of it."""

    number: int
    at: Time
    agent_name: str
    outcome: CallbackOutcome | None
    note: str


class CallbackDetail(Record, frozen=True, kw_only=True):
    callback: CallbackInfo
    history: list[AttemptInfo]
    dial: str = ""
    """The number, while an attempt of the reader's own is open."""
    shown: str = ""
    """The same with spaces, as one reads it out."""


class CallbackPage(Record, frozen=True, kw_only=True):
    rows: list[CallbackInfo]
    next: str | None
    """Cursor of the next page; None at the end."""


class CallbackClose(Record, frozen=True, kw_only=True):
    """What came of the attempt. `at`: for `later`, when to call instead."""

    outcome: Literal["reached", "no_answer", "busy", "wrong_number", "later"]
    at: Time | None = None
    note: Remark = ""
    outcome_code: Word | None = None
    """Of the queue; when the customer was reached it is given after the session, as always."""


class CallTimes(Record, frozen=True, kw_only=True):
    start: Time
    end: Time


class CallbackChoice(Record, frozen=True, kw_only=True):
    """What a waiting customer may choose from. `offer_after`: seconds of expected wait from which a callback is
    offered, also when the wait is unknown; null: never. `open`: begin and end of the next times at which we call,
    none when there are none in the coming days; null: at any time."""

    offer_after: float | None
    open: list[CallTimes] | None
    number: str
    """Known from before; empty: not."""


class CallbackWish(Record, frozen=True, kw_only=True):
    """A waiting customer wants to be called instead, and the place in the queue is kept unless a time is chosen; or one
    who came while the queue is closed."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=ONE_LINE)]
    name: _Line = ""
    country: _Country = ""
    """Of a number without a country code."""
    zone: Word = ""
    at: Time | None = None
    language: Language = "en"
    note: Remark = ""
    """This and the language are known of who waits; they count for who does not."""


class CallbackPromise(Record, frozen=True, kw_only=True):
    """`at` null: as soon as it is the customer's turn."""

    reference: str
    at: Time | None
