"""Bodies of the HTTP API (`/api/v1`)."""

from typing import Annotated, Literal

import msgspec

from .base import LINES, ONE_LINE, Email, Id, Language, Name, Number, Record, Remark, Time, Token, Word
from .media import IceServer
from .session import Invite, Line, Note, Participant, PartLabel, RecordingPolicy, SessionInfo

Short = Annotated[str, msgspec.Meta(max_length=2000, pattern=ONE_LINE)]


class LoginRequest(Record, frozen=True, kw_only=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class UserInfo(Record, frozen=True, kw_only=True):
    id: str
    name: str
    display_name: str
    department: str
    language: str
    roles: list[str]
    permissions: list[str]


class PageRules(Record, frozen=True, kw_only=True):
    """What of a site's pages may be seen and done, as CSS selectors. Everything typed or hidden is masked unless
    `unmask` names it; passwords and card fields always are."""

    unmask: list[str] = msgspec.field(default_factory=list)
    mask: list[str] = msgspec.field(default_factory=list)
    """Masked as a whole, text as well."""
    risky: list[str] = msgspec.field(default_factory=list)
    """An agent's act on it asks the customer each time."""
    origins: list[str] = msgspec.field(default_factory=list)
    """The company's: an agent may go there, and its frames may be shown."""


class ClosedInfo(Record, frozen=True, kw_only=True):
    """Help is not to be had now."""

    opens_at: Time | None
    """None: it is not known when it is again."""
    callback: bool
    """One can leave a number instead, to be called."""


IgnoredReason = Literal["not_listed", "gone", "nobody"]


class Ignored(Record, frozen=True, kw_only=True):
    """A wish of a page that does not count, for whoever writes the page. `not_listed`: the site does not let its pages
    choose it. `gone`: it does, but there is no such queue or skill any more."""

    field: Literal["queue", "skills"]
    value: str
    reason: IgnoredReason


class SiteInfo(Record, frozen=True, kw_only=True):
    """What the embed may know before anybody clicks."""

    key: str
    company: str
    languages: list[str]
    capabilities: list[str]
    recording: RecordingPolicy
    """always: the notice must be shown before joining."""
    theme: dict[str, str]
    page: PageRules | None = None
    """None: co-browsing is not offered."""
    closed: ClosedInfo | None = None
    """Of the queue that the page asks for, as far as the site leads there."""
    ignored: list[Ignored] = msgspec.field(default_factory=list)


MOST_SKILLS = 5

SkillWish = Annotated[str, msgspec.Meta(min_length=1, max_length=80, pattern=ONE_LINE)]
"""Id or name of a skill."""
AttributeName = Annotated[
    str,
    msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$(?!\n)"),
]
AttributeValue = Annotated[str, msgspec.Meta(max_length=200, pattern=ONE_LINE)]


class HelpRequest(Record, frozen=True, kw_only=True):
    """A customer asks for help from a page of a site. `queue` and `skills`: of those that the site lists for its pages;
    what is not among them is ignored, and the ticket says so."""

    name: Name
    question: Remark = ""
    language: Language = "en"
    page_url: Short = ""
    """Origin and path; the server keeps no more of it."""
    queue: Word | None = None
    number: Number = ""
    """Telephone number with country code, where the page knows it; one that is none is left out."""
    skills: Annotated[list[SkillWish], msgspec.Meta(max_length=MOST_SKILLS)] = msgspec.field(default_factory=list)
    attributes: Annotated[dict[AttributeName, AttributeValue], msgspec.Meta(max_length=10)] = msgspec.field(
        default_factory=dict
    )
    """Shown to the agent as texts of the page's, such as the number of an order."""


class JoinRequest(Record, frozen=True, kw_only=True):
    """By number or by link, exactly one."""

    number: Annotated[str, msgspec.Meta(max_length=20, pattern=ONE_LINE)] | None = None
    link: Token | None = None
    name: Name | None = None
    language: Language = "en"
    native: bool = False
    """The native client joins, which sends no Origin: its endpoint is good for nothing else. What was made for a window
    is not good for it, and the other way round; the invitation of a customer is good for either."""


class EndpointTicket(Record, frozen=True, kw_only=True):
    """What an endpoint needs to open its socket. The token is shown in `Hello` and then replaced."""

    session: str
    reference: str
    token: str
    window_link: str | None = None
    """For the company's page: path of the session window (`/j/...`), good once."""
    ignored: list[Ignored] = msgspec.field(default_factory=list)


class LinkInfo(Record, frozen=True, kw_only=True):
    """What the page behind a link may say before it is used. Looking uses nothing up."""

    purpose: Literal["customer", "window", "client", "agent_client"]
    """client: a customer's native client; agent_client: an agent's own."""
    company: str
    agent: str
    """In charge; for `agent_client`, whose it is. May be empty."""
    recording: RecordingPolicy
    languages: list[str]
    ice_servers: list[IceServer]
    """The relay, for a customer to try beforehand; as in `RelayInfo`."""


class RelayInfo(Record, frozen=True, kw_only=True):
    """What a browser needs to try the relay. Empty: there is none. The credentials are good for some minutes."""

    ice_servers: list[IceServer]


class WindowLink(Record, frozen=True, kw_only=True):
    path: str


class ClientLink(Record, frozen=True, kw_only=True):
    """How a native client joins: by the link, or by the number. Using one up takes the other with it, and so does
    asking again. Both are shown this once."""

    path: str
    """`/client#` and the token, which no server sees when the link is opened."""
    number: str
    """9 digits."""
    wheel: str
    """Path of the program for pip, with `#sha256=` and its digest."""
    expires_at: Time
    """Of link and number."""


class OutboundRequest(Record, frozen=True, kw_only=True):
    customer_name: Annotated[str, msgspec.Meta(max_length=80, pattern=ONE_LINE)] = ""
    queue: Id | None = None
    language: Language = "en"


class InviteRequest(Record, frozen=True, kw_only=True):
    way: Literal["link", "number", "email"]
    role: Literal["customer", "agent"] = "customer"
    to: Email = ""
    """E-mail address, for `email`; or the staff user's id with role agent."""
    language: Language = "en"
    message: Annotated[str, msgspec.Meta(max_length=1000, pattern=LINES)] = ""


class InviteCreated(Record, frozen=True, kw_only=True):
    """`url` and `number` are shown this once."""

    invite: Invite
    url: str | None = None
    number: str | None = None


class SessionCreated(Record, frozen=True, kw_only=True):
    session: str


class QueueInfo(Record, frozen=True, kw_only=True):
    id: str
    name: str
    allow_pick: bool
    recording: RecordingPolicy
    outcome_codes: list["CodeInfo"]
    wrap_up_seconds: int


class QueueTarget(Record, frozen=True, kw_only=True):
    """A queue to transfer to. `expected_wait` in seconds, None while unknown; `ready`: how many of its agents are."""

    id: str
    name: str
    waiting: int
    expected_wait: float | None
    ready: int
    open: bool = True


class AgentTarget(Record, frozen=True, kw_only=True):
    """An agent to transfer to, who is signed in."""

    user: str
    name: str
    department: str
    state: Literal["not_ready", "ready"]
    reason: str | None
    sessions: int
    capacity: int


class TransferTargets(Record, frozen=True, kw_only=True):
    queues: list[QueueTarget]
    agents: list[AgentTarget]
    """Those who are ready and have room first."""


class CodeInfo(Record, frozen=True, kw_only=True):
    code: str
    label: dict[str, str]
    """By language."""


class DeskConfig(Record, frozen=True, kw_only=True):
    """What a console needs to know of the installation."""

    company: str
    base_url: str
    queues: list[QueueInfo]
    reasons: list[CodeInfo]
    multisession: bool
    capacity: int
    """Sessions that the reader handles at once; 0 for who serves none."""
    file_limit: int
    """Bytes."""
    mail: bool
    """Invitations by e-mail can be sent."""
    languages: list[str]


class FileCreated(Record, frozen=True, kw_only=True):
    id: str
    location: str


class SessionRow(Record, frozen=True, kw_only=True):
    """One line of the list of sessions."""

    session: SessionInfo
    agents: list[str]
    duration: float | None
    recorded: bool


class SessionPage(Record, frozen=True, kw_only=True):
    rows: list[SessionRow]
    next: str | None
    """Cursor of the next page; None at the end."""


class Part(Record, frozen=True, kw_only=True):
    """One recorded track: seconds from the beginning of the timeline."""

    id: str
    participant: str
    name: str
    role: str
    label: PartLabel
    starts: float
    ends: float
    bytes: int
    frames: int
    complete: bool
    codec: str
    url: str


class Marker(Record, frozen=True, kw_only=True):
    at: float
    kind: str
    text: str


class Timeline(Record, frozen=True, kw_only=True):
    """A session to be replayed. All times are seconds from `began_at`."""

    began_at: Time
    duration: float
    parts: list[Part]
    events: list["TimedEvent"]
    """The durable events, in order: feed them to the reducer of the live view."""


class TimedEvent(Record, frozen=True, kw_only=True):
    at: float
    seq: int
    body: msgspec.Raw


class ConsentRow(Record, frozen=True, kw_only=True):
    capability: str
    giver: str
    holder: str
    state: str
    asked_at: Time
    decided_at: Time | None
    ended_at: Time | None
    basis: str


class FileRow(Record, frozen=True, kw_only=True):
    id: str
    name: str
    size: int
    sender: str
    sha256: str | None
    state: str
    url: str = ""
    """Where a reader who may replay recordings gets it; empty for others, and while it is not whole."""


class NoticeRow(Record, frozen=True, kw_only=True):
    """What was held back."""

    at: Time
    participant: str
    what: str
    """`dropped:` and the label of the stream: frames came that nobody had agreed to."""
    count: int


class SessionDetail(Record, frozen=True, kw_only=True):
    """Session detail report (people, times, queue, media, notes, consents, control, files, outcome, rating)."""

    session: SessionInfo
    participants: list[Participant]
    consents: list[ConsentRow]
    files: list[FileRow]
    lines: list[Line]
    note: Note | None
    streams: dict[str, float]
    """Seconds recorded, by label."""
    recorded: bool
    notices: list[NoticeRow] = msgspec.field(default_factory=list)
    """For readers of every session's report; empty for others."""


class Saved(Record, frozen=True, kw_only=True):
    ok: bool = True


class Mail(Record, frozen=True, kw_only=True):
    id: int
    at: Time
    to: str
    subject: str
    text: str
