"""Callbacks: who is to be called, when, and what came of it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    # Media workers read these modules and need no database.
    from rs_server.db import UnitOfWork


CallbackState = Literal["scheduled", "queued", "attempting", "done", "failed", "cancelled"]
CallbackSource = Literal["agent", "page", "abandon", "queue", "api", "list"]
CallbackOutcome = Literal["reached", "no_answer", "busy", "wrong_number", "later", "unknown"]


class CallbackRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody is to be called. Times in seconds since the epoch."""

    queue: str
    source: CallbackSource
    name: str = ""
    number: str = ""
    """As typed; with a country code, or of `country`."""
    email: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    zone: str = ""
    """IANA name of the customer's time zone; empty: that of the number."""
    language: str = "en"
    note: str = ""
    at: float | None = None
    """Not before; None: as soon as possible."""
    agent: str | None = None
    agent_only: bool = False
    priority: int = 0
    by: str = ""
    """The staff account that asks."""
    arrived_at: float | None = None
    """A place in the queue that is kept."""
    stranger: bool = False
    """Nothing tells that it is the customer: one who knows the number."""


class CallbackChange(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes another; None: stays."""

    version: int
    """Of the callback that was looked at."""
    name: str | None = None
    number: str | None = None
    email: str | None = None
    note: str | None = None
    queue: str | None = None
    at: float | None = None
    agent: str | None = None
    """Empty: kept for nobody."""
    agent_only: bool | None = None
    priority: int | None = None


class CallbackView(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    reference: str
    queue: str
    name: str
    number: str
    email: str
    note: str
    language: str
    zone: str
    source: CallbackSource
    state: CallbackState
    at: float
    agent: str | None
    agent_only: bool
    priority: int
    tries: int
    dialled: bool
    contact: str | None
    session: str | None
    holder: str | None
    outcome: str
    created_at: float
    created_by: str
    ended_at: float | None
    version: int


class CallbackAttempt(msgspec.Struct, frozen=True, kw_only=True):
    """One call that was begun. `outcome` None: nobody has said yet what came of it."""

    number: int
    at: float
    agent: str
    session: str | None
    outcome: CallbackOutcome | None
    note: str
    ended_at: float | None


class CallbackFilter(msgspec.Struct, frozen=True, kw_only=True):
    queue: str = ""
    states: Sequence[CallbackState] = ()
    agent: str = ""
    """Kept for this agent, or in the agent's hands."""
    since: float | None = None
    until: float | None = None
    text: str = ""
    """In the name or the reference."""
    own: str = ""
    """Only what this account made, has, or is kept for."""


class CallbackHours(msgspec.Struct, frozen=True, kw_only=True):
    """When a customer may ask to be called."""

    offer_after: float | None
    """Seconds of expected wait from which a callback is offered; None: never."""
    open: Sequence[tuple[float, float]] | None
    """Begin and end of the next times at which we call, none when there are none soon; None: at any time."""


class CallbackRefused(Exception):
    """Codes: unknown_queue, unknown_agent, bad_number, bad_email, no_customer (neither number nor address), exists,
    never_open, bad_time, calling_now, gone, changed, not_yours, already_dialled, not_dialled, outside_hours,
    no_attempts, no_time."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CustomerFacts(msgspec.Struct, frozen=True):
    """What is known of the customer of a session."""

    name: str
    number: str
    language: str
    question: str
    answered: bool
    """Customer and agent were in it together."""


Attended = Literal["nobody", "agent", "customer"]
"""Who is in the session of a callback: an agent in charge, at least; the customer, who may also be invited to come."""


class CallbackSessions(Protocol):
    """What callbacks need of the sessions."""

    async def open(self, unit: "UnitOfWork", callback: CallbackView, contact: str) -> str:
        """The session of a callback that is due, to be invited into."""

    async def end(self, unit: "UnitOfWork", session: str, promised: CallbackView | None = None) -> None:
        """The callback is not about to be made any more; or, for a customer who waited in the session, one is promised
        instead. Nothing happens when the session is over."""

    def attended(self) -> Mapping[str, Attended]:
        """Of all sessions of callbacks that are not over, as committed."""

    async def facts(self, unit: "UnitOfWork", session: str) -> CustomerFacts | None:
        """As the unit sees them; None: no such session."""


class Callbacks(Protocol):
    """Callbacks of one tenant. What changes something runs in the caller's unit of work. Raises `CallbackRefused`."""

    async def ask(self, unit: "UnitOfWork", request: CallbackRequest) -> CallbackView:
        """One more callback, or, asked by a customer who has one in the queue already, that one as it is wished now.

        What was arranged otherwise, and all that a stranger finds, stays as it is but for a remark to staff; `at` is
        then the time that a new one would have, so that nobody learns that there is one."""

    async def change(self, unit: "UnitOfWork", callback: str, change: CallbackChange) -> CallbackView: ...

    async def cancel(self, unit: "UnitOfWork", callback: str) -> CallbackView: ...

    async def dial(self, unit: "UnitOfWork", callback: str, agent: str) -> CallbackAttempt:
        """An attempt begins: stored when the unit commits, and only then anybody may hear the number."""

    async def close(
        self,
        unit: "UnitOfWork",
        callback: str,
        agent: str,
        outcome: CallbackOutcome,
        *,
        at: float | None = None,
        note: str = "",
        outcome_code: str | None = None,
    ) -> CallbackView:
        """What came of the attempt. When the customer was not reached, contact and session are over."""

    async def get(self, callback: str) -> CallbackView: ...

    async def attempts(self, callback: str) -> Sequence[CallbackAttempt]: ...

    async def find(self, which: CallbackFilter, after: str, limit: int) -> tuple[Sequence[CallbackView], str | None]:
        """A page of them by time, and the cursor of the next one."""

    def hours(self, queue: str, zone: str) -> CallbackHours: ...

    def most_attempts(self, queue: str) -> int: ...

    async def priority_of(self, unit: "UnitOfWork", contact: str) -> int:
        """That a contact has in its queue; 0 for one that is not known."""

    def number(self, text: str) -> str:
        """E.164; empty when it is no number."""

    def masked(self, number: str) -> str:
        """The number so that one recognizes it and cannot call it."""

    def shown(self, number: str) -> str:
        """The number as one reads it out."""
