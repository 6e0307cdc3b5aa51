"""The control socket: JSON text frames. `/api/v1/socket`, for customers' endpoints and for staff alike.

The client's first frame is `Hello`; the server answers `Welcome`, then snapshots or what was missed. After that the
client sends `Command`s and gets one `Reply` for each, and the server sends `Event`s. The server pings by the
WebSocket protocol and sends `Beat`; who hears nothing for 10 s gives the connection up.

The page stream has a socket of its own (`/api/v1/page-stream`): see `rs_server/protocol/page.py`.
"""

from typing import Annotated

import msgspec

from .acd import (
    AgentState,
    ContactPick,
    DeskChanged,
    DeskNotice,
    DeskSnapshot,
    InvitationDecline,
    OfferAccept,
    OfferReject,
    TeamBar,
    WrapUpDone,
)
from .base import Id, Message, Time, Token
from .cobrowse import PageAct, PageActed, PageActResult, PageChoose, PagePoint, PagePointed, PageTabs
from .consent import GrantAnswer, GrantAsk, GrantCancel, GrantGive, GrantWithdraw, StopAll
from .desktop import (
    ClipboardGot,
    ClipboardPut,
    DesktopChoose,
    DesktopDo,
    DesktopInput,
    DesktopMark,
    DesktopMeasure,
    DesktopPoint,
    DesktopPointed,
    DesktopQuality,
    DesktopSet,
    DesktopShare,
    DesktopShared,
    NativeClient,
)
from .errors import ErrorInfo
from .files import FileProgress
from .folders import FolderAnswer, FolderAnswered, FolderAsk, FolderDo
from .media import (
    MediaAnswer,
    MediaCandidate,
    MediaCodec,
    MediaFailed,
    MediaFocus,
    MediaMute,
    MediaOffer,
    MediaOpen,
    MediaSlots,
)
from .session import (
    AgentInvite,
    AgentJoin,
    ChatPost,
    ChatTyping,
    FileChanged,
    GrantChanged,
    InviteChanged,
    LineAdded,
    NoteChanged,
    NoteSave,
    ParticipantChanged,
    PresenceChanged,
    QueuePosition,
    RecordingStart,
    RecordingStop,
    SessionChanged,
    SessionEnd,
    SessionHandOver,
    SessionLeave,
    SessionRate,
    SessionRename,
    SessionReport,
    SessionSnapshot,
    SessionTransfer,
    Typing,
)
from .supervise import (
    SuperviseChanged,
    SuperviseMove,
    SupervisePull,
    SuperviseQueue,
    SuperviseSkill,
    SuperviseSnapshot,
    SuperviseState,
    SuperviseUnwatch,
    SuperviseWatch,
)

ClientBody = (
    ChatPost
    | ChatTyping
    | NoteSave
    | SessionLeave
    | SessionEnd
    | SessionReport
    | SessionRate
    | SessionRename
    | SessionHandOver
    | SessionTransfer
    | AgentInvite
    | AgentJoin
    | RecordingStart
    | RecordingStop
    | GrantAsk
    | GrantAnswer
    | GrantGive
    | GrantWithdraw
    | GrantCancel
    | StopAll
    | MediaOpen
    | MediaAnswer
    | MediaCandidate
    | MediaMute
    | MediaFocus
    | AgentState
    | OfferAccept
    | OfferReject
    | ContactPick
    | WrapUpDone
    | InvitationDecline
    | TeamBar
    | SuperviseWatch
    | SuperviseUnwatch
    | SuperviseState
    | SuperviseSkill
    | SuperviseQueue
    | SuperviseMove
    | SupervisePull
    | PageAct
    | PagePoint
    | PageChoose
    | PageActed
    | DesktopInput
    | DesktopChoose
    | DesktopPoint
    | DesktopShare
    | DesktopMeasure
    | ClipboardPut
    | FolderAsk
    | FolderAnswer
)

ServerBody = (
    SessionChanged
    | ParticipantChanged
    | GrantChanged
    | FileChanged
    | LineAdded
    | NoteChanged
    | InviteChanged
    | PresenceChanged
    | QueuePosition
    | SessionSnapshot
    | Typing
    | FileProgress
    | MediaOffer
    | MediaSlots
    | MediaCodec
    | MediaFailed
    | DeskSnapshot
    | DeskChanged
    | DeskNotice
    | SuperviseSnapshot
    | SuperviseChanged
    | PageActResult
    | PageTabs
    | PagePointed
    | DesktopDo
    | DesktopSet
    | DesktopMark
    | DesktopShared
    | DesktopPointed
    | DesktopQuality
    | ClipboardGot
    | FolderDo
    | FolderAnswered
)


class Hello(Message, frozen=True, kw_only=True, tag="hello"):
    """First frame of the client. An endpoint of a customer shows its resume token; staff come with their cookie.
    `since` names the last event number seen of each session.

    The native client says what it is and can, and shows the secret of its device: 128 random bits that it keeps there,
    apart from the token. The endpoint is bound to the first one shown (`resume_refused` with another). What is no
    endpoint of a native client and says it was one is refused with `not_allowed`, and the other way round."""

    token: Token | None = None
    since: dict[Id, int] = msgspec.field(default_factory=dict)
    native: NativeClient | None = None
    device: Token | None = None
    version: int = 1


class Command(Message, frozen=True, kw_only=True, tag="command"):
    """`id` counts up in the connection; the reply repeats it."""

    id: Annotated[int, msgspec.Meta(ge=0)]
    session: Id | None = None
    body: ClientBody


class Welcome(Message, frozen=True, kw_only=True, tag="welcome"):
    """`resume` replaces the token shown (which stays good until this one is first used); `access` is the bearer
    token for HTTP. Both are null for staff."""

    now: Time
    resume: str | None = None
    access: str | None = None
    session: str | None = None


class Reply(Message, frozen=True, kw_only=True, tag="reply"):
    """Answer to a command: done when `error` is null."""

    id: int
    error: ErrorInfo | None = None


class EventFrame(Message, frozen=True, kw_only=True, tag="event"):
    """`seq` is the number of a durable event in its session, 0 for the others."""

    session: str | None
    seq: int
    at: Time
    body: ServerBody


class Beat(Message, frozen=True, kw_only=True, tag="beat"):
    """Every 4 s: the path is alive."""

    now: Time


class Bye(Message, frozen=True, kw_only=True, tag="bye"):
    """Last frame before the server closes, with the reason."""

    error: ErrorInfo


ClientFrame = Hello | Command
ServerFrame = Welcome | Reply | EventFrame | Beat | Bye
