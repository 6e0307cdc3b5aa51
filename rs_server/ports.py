"""What the services need from outside, as protocols. Adapters live in `store`, `bus`, `media` and `webacd`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    # Media workers read this module and need no database.
    from rs_server.db import UnitOfWork


class Clock(Protocol):
    """Wall time as seconds since the epoch. Virtual in tests."""

    def now(self) -> float: ...


# --- bus ---------------------------------------------------------------------------------------------------


class Bus(Protocol):
    """Notices between parts and processes. Carries news, never the truth: a subscriber may miss messages
    while it is away and then reads the store."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send to everyone subscribed to `topic`. Never waits and never fails; call it after the commit."""

    def subscribe(self, topic: str, handler: Callable[[str, bytes], None]) -> Callable[[], None]:
        """Call `handler(topic, payload)` for each message, in order. Returns the call that ends it."""


# --- blobs -------------------------------------------------------------------------------------------------


class Blobs(Protocol):
    """Named byte strings: uploads in progress, files, recordings. Keys are ours (`a/b/c`), never a user's."""

    async def size(self, key: str) -> int | None:
        """Bytes stored under `key`, or None when there is nothing."""

    async def changed(self, key: str) -> float | None:
        """When bytes were last written, in seconds since the epoch; None when there is nothing."""

    async def append(self, key: str, offset: int, data: bytes) -> int:
        """Write `data` at `offset`, which must equal the present size. Returns the new size.

        Raises `BlobConflict` when the offset is another."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Chunks of the bytes from `start` to `end` (exclusive). Raises `BlobMissing`."""

    async def delete(self, key: str) -> None:
        """Remove; nothing happens when there is nothing."""

    def path(self, key: str) -> str | None:
        """A file path to read or write directly, where the adapter has one."""


class BlobMissing(Exception):
    """No such blob."""


class BlobConflict(Exception):
    """The bytes do not begin where the blob ends."""


# --- media -------------------------------------------------------------------------------------------------

Label = Literal["mic", "camera", "screen"]
"""What a publishing line carries."""


class Source(msgspec.Struct, frozen=True):
    """One published stream: a leg and one of its publishing lines."""

    leg: str
    label: Label


class LegOffer(msgspec.Struct, frozen=True):
    """The worker's SDP offer for a leg, and what its lines (by mid) are for."""

    leg: str
    sdp: str
    publish: Mapping[Label, str]
    """The mid of each line on which the browser sends."""
    audio_slots: Sequence[str]
    video_slots: Sequence[str]
    """The mids on which the browser receives; each carries whatever `subscribe` puts there."""


class LegState(msgspec.Struct, frozen=True, tag="leg_state"):
    leg: str
    state: Literal["connecting", "connected", "disconnected", "failed", "closed"]


class StreamState(msgspec.Struct, frozen=True, tag="stream_state"):
    """Frames of an allowed publishing line began (`active`) or ceased to arrive."""

    source: Source
    active: bool
    width: int = 0
    height: int = 0


class FramesDropped(msgspec.Struct, frozen=True, tag="frames_dropped"):
    """A publisher sent what nobody allowed; the frames went nowhere. Told at most once a second a line."""

    source: Source
    frames: int


class PartOpened(msgspec.Struct, frozen=True, tag="part_opened"):
    """The first frame of a recording part is on disk."""

    part: str
    source: Source
    codec: str
    started_at: float
    """Seconds since the epoch on the server's clock of the first frame (the worker's offset is taken out)."""


class PartClosed(msgspec.Struct, frozen=True, tag="part_closed"):
    part: str
    ended_at: float
    frames: int
    bytes: int
    keyframes: int
    complete: bool
    """False when the worker died before it could finish the file."""


class LegQuality(msgspec.Struct, frozen=True, tag="leg_quality"):
    """Every 2 s while connected. Round trip in ms (None while unknown), loss as a fraction, rates in bit/s."""

    leg: str
    round_trip_ms: float | None
    loss: float
    receive_bps: int
    send_bps: int


class LegLost(msgspec.Struct, frozen=True, tag="leg_lost"):
    """The worker that carried the leg is gone. The endpoint must be opened anew."""

    leg: str


MediaEvent = LegState | StreamState | FramesDropped | PartOpened | PartClosed | LegQuality | LegLost


class Media(Protocol):
    """Engine that forwards encoded packets between legs and tees them to recordings.

    A *leg* is one PeerConnection of one endpoint in one session. Legs of a session share a worker. The engine
    knows no users: nothing is forwarded, recorded or accepted that was not asked for here. Commands for a leg
    that is gone are ignored, except `open`; events tell what became of it.
    """

    def listen(self, handler: Callable[[MediaEvent], None]) -> None: ...

    async def open(self, session: str, leg: str, audio_slots: int = 4, video_slots: int = 6) -> LegOffer:
        """Make a PeerConnection and its offer. Opening a leg that exists closes the earlier one first.

        Raises `MediaUnavailable` when no worker answers."""

    async def answer(self, leg: str, sdp: str) -> None:
        """The browser's SDP answer. Raises `MediaRefused` when it is not one for this offer."""

    async def candidate(self, leg: str, candidate: str, mid: str) -> None:
        """A trickled ICE candidate of the browser (the `candidate:` line; empty = end of candidates)."""

    async def allow(self, source: Source, allowed: bool) -> None:
        """Accept or drop what arrives on a publishing line. Lines begin not allowed."""

    async def subscribe(self, leg: str, mid: str, source: Source | None) -> None:
        """Put a source on a receiving slot, or empty the slot. Takes effect at once: after it returns no
        packet of the former source leaves."""

    async def record(self, source: Source, part: str, path: str) -> None:
        """Tee a publishing line into a WebM file until `stop_recording` or the leg's end."""

    async def stop_recording(self, part: str) -> None: ...

    async def close_leg(self, leg: str) -> None: ...


class MediaUnavailable(Exception):
    """No media worker can be reached now; try again shortly."""


class MediaRefused(Exception):
    """The peer's description does not fit the offer."""


# --- callbacks -----------------------------------------------------------------------------------------------

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
    open: Sequence[tuple[float, float]]
    """Begin and end of the next times at which we call; empty: at any time."""


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


class CallbackSessions(Protocol):
    """What callbacks need of the sessions."""

    async def open(self, unit: "UnitOfWork", callback: CallbackView, contact: str) -> str:
        """The session of a callback that is due, to be invited into."""

    async def end(self, unit: "UnitOfWork", session: str, promised: CallbackView | None = None) -> None:
        """The callback is not about to be made any more; or, for a customer who waited in the session, one is promised
        instead. Nothing happens when the session is over."""

    async def facts(self, unit: "UnitOfWork", session: str) -> CustomerFacts | None:
        """As the unit sees them; None: no such session."""


class Callbacks(Protocol):
    """Callbacks of one tenant. What changes something runs in the caller's unit of work. Raises `CallbackRefused`."""

    async def ask(self, unit: "UnitOfWork", request: CallbackRequest) -> CallbackView:
        """One more callback, or, asked by a customer who has one in the queue already, that one as it is wished now."""

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


# --- acd ---------------------------------------------------------------------------------------------------

Medium = Literal["session", "voice", "callback", "chat", "email", "message"]


class ContactRequest(msgspec.Struct, frozen=True):
    """A piece of work to be routed. Times in seconds since the epoch."""

    contact: str
    queue: str
    medium: Medium
    session: str
    customer: str
    """Name to show in an offer."""
    question: str = ""
    priority: int = 0
    skills: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Required of whoever takes it, with the lowest level that will do, beside what the queue requires."""
    agent: str | None = None
    """Waits for this agent, whatever the agent's queues and skills."""
    agent_only: bool = False
    """Nobody but `agent` ever gets it, for as long as there is such an agent."""
    agent_seconds: float = 60.0
    """Otherwise the queue's others may take it too after so long, or once the agent has declined it."""
    customer_key: str = ""
    """Who the customer is, so that the agent who served them last can be preferred; empty: unknown."""
    number: str = ""
    """Telephone number to call back; empty: unknown."""
    arrived_at: float | None = None
    """A place kept from earlier, such as that of a customer who asked for a callback; None: now."""


class ContactQueued(msgspec.Struct, frozen=True, tag="contact_queued"):
    """The contact waits. `returned` says why it is back: timed_out, rejected, rescinded, agent_lost, transferred (its
    agent passed it on); or why it waits elsewhere: moved (by hand, or its queue was removed), overflowed (a step of
    its queue sent it on)."""

    contact: str
    session: str
    queue: str
    arrived_at: float
    returned: str | None = None


class Offered(msgspec.Struct, frozen=True, tag="offered"):
    offer: str
    contact: str
    session: str
    agent: str
    deadline: float
    queue: str
    arrived_at: float


class OfferEnded(msgspec.Struct, frozen=True, tag="offer_ended"):
    """The offer is no longer open: accepted, rejected, timed_out or rescinded."""

    offer: str
    contact: str
    session: str
    agent: str
    outcome: Literal["accepted", "rejected", "timed_out", "rescinded"]


class Assigned(msgspec.Struct, frozen=True, tag="assigned"):
    """The agent has the contact, by accepting, picking, or starting it (outbound)."""

    contact: str
    session: str
    agent: str
    queue: str | None
    waited: float


class ContactLeft(msgspec.Struct, frozen=True, tag="contact_left"):
    """The agent no longer has the contact, without its end: presence ran out (`agent_lost`), handed over to another
    agent at once, or transferred, so that it waits again."""

    contact: str
    session: str
    agent: str
    reason: Literal["agent_lost", "handed_over", "transferred"]


class ContactEnded(msgspec.Struct, frozen=True, tag="contact_ended"):
    """The customer's part is over. A last step of the queue may have closed the contact: `redirected` (with a word of
    regret), or `callback` (whoever listens schedules one)."""

    contact: str
    session: str
    outcome: Literal["completed", "abandoned", "redirected", "callback"]
    agent: str | None = None


class WrapUpStarted(msgspec.Struct, frozen=True, tag="wrap_up_started"):
    contact: str
    session: str
    agent: str
    deadline: float | None


class WrapUpEnded(msgspec.Struct, frozen=True, tag="wrap_up_ended"):
    contact: str
    session: str
    agent: str
    outcome_code: str | None


class AgentChanged(msgspec.Struct, frozen=True, tag="agent_changed"):
    """Something an agent's view shows has changed; read `Acd.agent`."""

    agent: str


AcdEvent = (
    ContactQueued
    | Offered
    | OfferEnded
    | Assigned
    | ContactLeft
    | ContactEnded
    | WrapUpStarted
    | WrapUpEnded
    | AgentChanged
)

AcdListener = Callable[["UnitOfWork", Sequence[AcdEvent]], Awaitable[None]]
"""Called inside the transaction that makes the events true, before its commit: what it writes commits with them."""


class AgentView(msgspec.Struct, frozen=True):
    """What is shown of an agent. `since` = when the state began."""

    agent: str
    state: Literal["offline", "not_ready", "ready"]
    reason: str | None
    since: float
    queues: Sequence[str]
    sessions: int
    capacity: int
    wrap_ups: int
    groups: Sequence[str] = ()
    skills: Mapping[str, int] = msgspec.field(default_factory=dict)
    """Levels."""
    missed: int = 0
    """Offers missed one after the other."""


class WaitingView(msgspec.Struct, frozen=True):
    """A contact that waits or is being offered. `position` counts from 1 in its queue; `estimate` in seconds,
    None when unknown. `agent`: whom it waits for. `steps`: how many of its queue it has reached."""

    contact: str
    session: str
    queue: str
    customer: str
    question: str
    arrived_at: float
    position: int
    estimate: float | None
    offered_to: str | None
    medium: Medium = "session"
    priority: int = 0
    agent: str | None = None
    steps: int = 0


ReasonCode = Literal[
    "offline",
    "not_ready",
    "at_capacity",
    "medium_limit",
    "not_this_queue",
    "not_in_group",
    "skill_missing",
    "declined",
    "reserved_for_another",
]


class WhyNot(msgspec.Struct, frozen=True):
    """Why an agent does not get a contact now. `skill_missing` names the skill, the agent's level and the one needed;
    `not_in_group` stands where the queue has groups, `not_this_queue` where it has none."""

    code: ReasonCode
    skill: str | None = None
    has: int = 0
    needs: int = 0


class Candidate(msgspec.Struct, frozen=True):
    """An agent with all that speaks against; nothing: the agent is among those of whom the first is chosen.
    `declined` alone: asked only when nobody else can take the contact, and not before a pause is over."""

    agent: str
    reasons: Sequence[WhyNot] = ()
    skill_sum: int = 0
    load: int = 0


class Explanation(msgspec.Struct, frozen=True):
    """What routing says of a contact. Times in seconds since the epoch."""

    queue: str
    medium: Medium
    waited: float
    steps: int
    """How many of the queue's steps are active."""
    next_step: float | None
    """When the next one comes."""
    skills: Mapping[str, int]
    """Levels that are required now."""
    groups: Sequence[str]
    """Groups whose agents may take it now, beside the agents of the queue."""
    agent: str | None
    """The agent it is kept for."""
    candidates: Sequence[Candidate]
    """All agents, by id."""
    chosen: str | None
    """Who would be offered it now; None: nobody."""


class OfferView(msgspec.Struct, frozen=True):
    offer: str
    contact: str
    session: str
    agent: str
    queue: str
    customer: str
    question: str
    arrived_at: float
    made_at: float
    deadline: float
    medium: Medium = "session"
    direct: bool = False
    """The contact waits for this agent alone."""


class AcdRefused(Exception):
    """The command cannot be carried out now; `code` says why.

    Codes: offer_gone, contact_gone, at_capacity, not_ready, pick_not_allowed, not_in_queue, unknown_queue,
    unknown_agent, not_yours, unknown_reason, unknown_outcome_code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Acd(Protocol):
    """Automatic contact distribution of one tenant. Every command runs inside the caller's unit of work: its
    rows, the listener's rows and the caller's rows commit together or not at all."""

    def listen(self, listener: AcdListener) -> None: ...

    async def enqueue(self, unit: "UnitOfWork", request: ContactRequest) -> None: ...

    async def start_outbound(self, unit: "UnitOfWork", request: ContactRequest, agent: str) -> None:
        """A contact that the agent began; takes a slot at once. Raises at_capacity."""

    async def accept(self, unit: "UnitOfWork", offer: str, agent: str) -> None: ...

    async def reject(self, unit: "UnitOfWork", offer: str, agent: str) -> None: ...

    async def pick(self, unit: "UnitOfWork", contact: str, agent: str, *, by_right: bool = False) -> None:
        """The agent takes a waiting contact by hand, where the queue allows it. `by_right`: the agent is in its
        session already; the queue's rules do not count, and an offer to another is taken back."""

    async def abandon(self, unit: "UnitOfWork", contact: str) -> None:
        """The customer left while waiting or being offered."""

    async def complete(self, unit: "UnitOfWork", contact: str) -> None:
        """The contact is over; wrap-up begins for its agent. Completing again changes nothing."""

    async def hand_over(self, unit: "UnitOfWork", contact: str, agent: str) -> None:
        """Another agent becomes the contact's. The former one gets no wrap-up."""

    async def transfer(
        self, unit: "UnitOfWork", contact: str, by: str, *, queue: str | None = None, agent: str | None = None
    ) -> None:
        """The active contact of agent `by` goes back to wait, for a queue or for an agent; arrival, priority and
        history stay, and `by` is free of it at once, without wrap-up. For an agent: kept for that agent until it is
        declined, the agent goes offline, or a minute is over; then it waits in `queue`, or in its former one.

        Raises contact_gone, not_yours, unknown_queue, unknown_agent, not_ready (the agent is offline)."""

    async def move(self, unit: "UnitOfWork", contact: str, queue: str) -> None:
        """A contact that waits or is being offered goes to another queue by a supervisor's hand; arrival and priority
        stay. Raises contact_gone, unknown_queue."""

    async def wrap_up_done(self, unit: "UnitOfWork", contact: str, agent: str, outcome_code: str | None) -> None: ...

    async def set_state(
        self, unit: "UnitOfWork", agent: str, state: Literal["not_ready", "ready"], reason: str | None = None
    ) -> None: ...

    async def presence(self, agent: str, present: bool) -> None:
        """Beat of an agent's console (every 5 s while one is connected), or False when the last one closed on
        purpose (signed out). Without beats for the grace time (8 s by default) the agent is offline and the
        contacts in hand go back to the head of their queue. Opens its own unit of work when needed."""

    def renew(self, agent: str) -> bool:
        """A beat of an agent who is signed in; neither waits nor tells anybody. False for all others."""

    def before_leases_end(self, hook: Callable[[], None]) -> None:
        """Call `hook` before it is looked whose grace has run out; it may still `renew`."""

    def agent(self, agent: str) -> AgentView | None: ...

    def agents(self) -> Sequence[AgentView]: ...

    def waiting(self) -> Sequence[WaitingView]: ...

    def waiting_contact(self, contact: str) -> WaitingView | None: ...

    def offers(self, agent: str) -> Sequence[OfferView]: ...

    def can_handle(self, agent: str) -> Sequence[str]:
        """Contacts that wait and that the agent may take by queue, groups, skills and the steps reached so far,
        whatever the agent's load and state; oldest place first."""

    def explain(self, contact: "ContactRequest | str") -> Explanation:
        """Who gets the contact and why not the others: one that waits, by id, or one that would come now.

        Raises `AcdRefused`: unknown_queue, contact_gone."""
