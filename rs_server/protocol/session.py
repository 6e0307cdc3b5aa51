"""A support session: who takes part, its state, and what may be said about it.

Three classes of message: *durable* ones are stored, numbered by session and sent again on resume; *state* ones
are brought by the next snapshot; *volatile* ones are never sent again.
"""

from typing import Annotated, Literal

import msgspec

from .base import LINES, Id, Message, Name, Record, Remark, Text, Time
from .cobrowse import PageTabs
from .consent import Capability, Grant
from .desktop import DesktopShared, NativeClient
from .files import FileInfo

SessionState = Literal["inviting", "waiting", "live", "ended"]
"""inviting: an agent is there, the customer is not yet. waiting: the customer is in a queue. live: both are in."""

Role = Literal["customer", "agent", "supervisor"]
StreamLabel = Literal["mic", "camera", "screen", "desktop", "application"]
"""Of media; the last two come from the native client."""
PartLabel = Literal["mic", "camera", "screen", "desktop", "application", "page"]
"""Of what is recorded."""
RecordingPolicy = Literal["off", "on_demand", "always"]
Audience = Literal["everyone", "staff"]


class SessionInfo(Record, frozen=True, kw_only=True):
    id: str
    reference: str
    """To quote later; opens nothing."""
    state: SessionState
    kind: Literal["inbound", "outbound"]
    company: str
    site: str | None
    queue: str | None
    queue_name: str | None
    customer_name: str
    question: str
    page_url: str
    language: str
    created_at: Time
    waiting_since: Time | None
    """Begin of the wait, also after it; the original one when the contact came back to the queue."""
    answered_at: Time | None
    ended_at: Time | None
    ended_by: Literal["customer", "agent", "system"] | None
    primary: str | None
    """Participant id of the agent in charge."""
    recording: bool
    recording_policy: RecordingPolicy
    withheld: list[Capability] = msgspec.field(default_factory=list)
    """What the site does not offer: nobody asks for it or gives it there."""
    rating: int | None = None
    comment: str = ""
    outcome_code: str | None = None
    number: str = ""
    """Telephone number of the customer, where the page gave one."""
    callback: str | None = None
    """The callback that it is for."""
    skills: dict[str, str] = msgspec.field(default_factory=dict)
    """Names by id: what the page asked for in whoever answers."""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    """What the page said of itself or the customer. Nobody has looked whether it is true."""


class Participant(Record, frozen=True, kw_only=True):
    id: str
    role: Role
    name: str
    user: str | None
    """Staff user id; None for a customer."""
    joined_at: Time | None
    """None while the customer has not yet agreed to this person."""
    left_at: Time | None = None


class Presence(Record, frozen=True, kw_only=True):
    """What of a participant changes by the second; not stored."""

    participant: str
    online: bool
    streams: list[StreamLabel]
    """Lines whose frames arrive now and that somebody may receive."""
    muted: bool = False
    on_hold: bool = False
    """An agent whose microphone and camera are in another session now."""
    media: Literal["none", "connecting", "connected", "failed"] = "none"
    round_trip_ms: float | None = None
    loss: float | None = None
    native: NativeClient | None = None
    """Their native client, while it is connected. A customer does not hear of an agent's."""


LineKind = Literal[
    "chat",
    "created",
    "queued",
    "joined",
    "left",
    "lost",
    "back",
    "asked",
    "granted",
    "refused",
    "withdrawn",
    "cancelled",
    "expired",
    "notice",
    "file",
    "invited",
    "recording_on",
    "recording_off",
    "control_passed",
    "transferred",
    "dropped",
    "page_alarm",
    "sharing",
    "control_on",
    "control_off",
    "folder",
    "reported",
    "ended",
    "rated",
]


class Line(Record, frozen=True, kw_only=True):
    """One line of the chat, which is also the log. `data` holds what the sentence of its kind needs:

    created: reference; queued: queue; asked: capability, giver; granted, refused, withdrawn, cancelled, expired:
    capability, holder; notice: capability; file: file, name, size; invited: way, to; control_passed: to; transferred:
    to, target (agent, queue); dropped: reason (recording: what is recorded of this person failed), label; page_alarm:
    nothing, what must never leave the customer's page did; sharing: what (desktop, application), name (of the monitor
    or application); control_on, control_off: capability, giver: this person began to use the control that they were
    given, and it is over; folder: act (list, make, rename, delete, download, upload), place (names from the root's
    on, with slashes; empty: the roots), to (of rename), giver: this person did it there; reported (for staff): the
    customer said that something was not right, `text` is what they said; ended: reason, and where that is
    `callback`: reference, at (seconds since the epoch; empty: as soon as possible); rated: stars."""

    id: str
    at: Time
    kind: LineKind
    by: str | None
    """Participant id; None when the system says it."""
    by_name: str
    text: str = ""
    data: dict[str, str] = msgspec.field(default_factory=dict)
    audience: Audience = "everyone"


class Note(Record, frozen=True, kw_only=True):
    """Notes of the session; one text, shared by its agents. `version` counts the saves."""

    text: str
    version: int
    saved_at: Time
    saved_by: str


class Invite(Record, frozen=True, kw_only=True):
    id: str
    way: Literal["link", "number", "email"]
    role: Literal["customer", "agent"]
    to: str
    """E-mail address or staff user id; empty for a link or number that is read out."""
    to_name: str
    by_name: str = ""
    """Who invites."""
    state: Literal["open", "used", "expired", "revoked", "failed"]
    made_at: Time
    expires_at: Time


# --- server to client: durable ------------------------------------------------------------------------------


class SessionChanged(Message, frozen=True, kw_only=True, tag="session.changed"):
    session: SessionInfo


class ParticipantChanged(Message, frozen=True, kw_only=True, tag="participant.changed"):
    participant: Participant


class GrantChanged(Message, frozen=True, kw_only=True, tag="grant.changed"):
    grant: Grant


class FileChanged(Message, frozen=True, kw_only=True, tag="file.changed"):
    file: FileInfo


class LineAdded(Message, frozen=True, kw_only=True, tag="line.added"):
    line: Line


class NoteChanged(Message, frozen=True, kw_only=True, tag="note.changed"):
    """Staff only."""

    note: Note


class InviteChanged(Message, frozen=True, kw_only=True, tag="invite.changed"):
    """Staff only."""

    invite: Invite


Durable = SessionChanged | ParticipantChanged | GrantChanged | FileChanged | LineAdded | NoteChanged | InviteChanged


# --- server to client: state --------------------------------------------------------------------------------


class PresenceChanged(Message, frozen=True, kw_only=True, tag="presence.changed"):
    presence: Presence


class QueuePosition(Message, frozen=True, kw_only=True, tag="queue.position"):
    """For the waiting customer. `estimate` in seconds, None while it cannot be known."""

    position: int
    estimate: float | None


class SessionSnapshot(Message, frozen=True, kw_only=True, tag="session.snapshot"):
    """Everything the reader may know of a session, true after event number `seq`."""

    you: str
    """The reader's participant id."""
    seq: int
    session: SessionInfo
    participants: list[Participant]
    grants: list[Grant]
    files: list[FileInfo]
    lines: list[Line]
    presence: list[Presence]
    note: Note | None = None
    invites: list[Invite] = msgspec.field(default_factory=list)
    position: QueuePosition | None = None
    page: PageTabs | None = None
    """Staff, once a page was connected; a customer only hears of an alarm."""
    shares: list[DesktopShared] = msgspec.field(default_factory=list)
    """Of native clients: what the reader views or gives."""


# --- client to server ---------------------------------------------------------------------------------------


class ChatPost(Message, frozen=True, kw_only=True, tag="chat.post"):
    """`key` is the sender's own mark: the same key twice is one line, whose id is the sender's, a dash, the key."""

    key: Annotated[str, msgspec.Meta(min_length=1, max_length=36, pattern=r"^[A-Za-z0-9_\-]+$(?!\n)")]
    text: Text
    audience: Audience = "everyone"


class ChatTyping(Message, frozen=True, kw_only=True, tag="chat.typing"):
    audience: Audience = "everyone"


class Typing(Message, frozen=True, kw_only=True, tag="typing"):
    """Volatile: this participant is writing."""

    participant: str
    audience: Audience = "everyone"


class NoteSave(Message, frozen=True, kw_only=True, tag="note.save"):
    """Refused with `conflict` when `version` is not the present one."""

    text: Annotated[str, msgspec.Meta(max_length=20000, pattern=LINES)]
    version: int


class SessionLeave(Message, frozen=True, kw_only=True, tag="session.leave"):
    """The customer leaves for good; an agent who is not primary leaves."""


class SessionReport(Message, frozen=True, kw_only=True, tag="session.report"):
    """The customer: this is not right. Everything ends at once, the session too; supervisors are told, also of one that
    is over already. Again: no error, and nothing more."""

    reason: Remark = ""


class SessionEnd(Message, frozen=True, kw_only=True, tag="session.end"):
    """The primary agent ends the session for all."""


class SessionRate(Message, frozen=True, kw_only=True, tag="session.rate"):
    stars: Annotated[int, msgspec.Meta(ge=1, le=5)]
    comment: Remark = ""


class SessionRename(Message, frozen=True, kw_only=True, tag="session.rename"):
    """An agent corrects the customer's name."""

    name: Name


class SessionHandOver(Message, frozen=True, kw_only=True, tag="session.hand_over"):
    """Another agent of the session becomes primary."""

    to: Id


class SessionTransfer(Message, frozen=True, kw_only=True, tag="session.transfer"):
    """The primary agent leaves, and the customer waits for another: for one of `queue`, or for `agent` (a staff user;
    should that one not take it, for `queue` or, without one, the queue it came from)."""

    queue: Id | None = None
    agent: Id | None = None
    note: Remark = ""
    """Read by colleagues only."""


class AgentInvite(Message, frozen=True, kw_only=True, tag="agent.invite"):
    """Ask a colleague into the session; shown in their console."""

    user: Id


class AgentJoin(Message, frozen=True, kw_only=True, tag="agent.join"):
    """A colleague who was invited wants in; the customer is asked first."""


class RecordingStart(Message, frozen=True, kw_only=True, tag="recording.start"):
    """Asks the customer where the policy wants a question; otherwise gives notice and begins."""


class RecordingStop(Message, frozen=True, kw_only=True, tag="recording.stop"):
    pass
