"""Capabilities and the grants that allow them. Held by the server; the receiving side checks again."""

from typing import Annotated, Literal

import msgspec

from .base import Id, Message, Record, Time

Capability = Literal[
    "hear",
    "see",
    "screen_view",
    "record",
    "further_agent",
    "page_view",
    "page_control",
    "desktop_view",
    "desktop_control",
    "application_view",
    "application_control",
    "files_read",
    "files_write",
    "clipboard_in",
    "clipboard_out",
]
"""`screen_view` is a share by the browser's own picker (desktop, window or tab, the giver picks). The desktop,
application, files and clipboard capabilities need the giver's native client, and are agreed to there. `clipboard_in`:
into the giver's machine."""

GrantState = Literal["asked", "granted", "refused", "withdrawn", "cancelled", "expired", "ended"]
"""ended: the session or the holder's part in it is over."""


class Grant(Record, frozen=True, kw_only=True):
    """`giver` lets `holder` use `capability`. For `record` the holder is the agent who asked."""

    id: str
    capability: Capability
    giver: str
    holder: str
    state: GrantState
    asked_at: Time
    decided_at: Time | None = None
    ended_at: Time | None = None
    basis: Literal["answer", "own", "notice"] = "answer"
    """answer: was asked and said yes; own: gave it unasked; notice: told before joining and went on."""
    expires_at: Time | None = None
    """Of a question."""
    endpoint: str | None = None
    """The giver's native client that it rests on; with another one it ends."""


class GrantAsk(Message, frozen=True, kw_only=True, tag="grant.ask"):
    capability: Capability
    giver: Id | None = None
    """Whom to ask; the customer when not given."""


class GrantAnswer(Message, frozen=True, kw_only=True, tag="grant.answer"):
    """Yes to what needs the native client is only taken from one that can do it (`not_allowed` else); no, from any
    endpoint of the giver's."""

    grant: Id
    allow: bool


class GrantGive(Message, frozen=True, kw_only=True, tag="grant.give"):
    """Give unasked: to `holder`, or to everybody of the other side who is in the session. As with a yes, what needs the
    native client is given there."""

    capability: Capability
    holder: Id | None = None


class GrantWithdraw(Message, frozen=True, kw_only=True, tag="grant.withdraw"):
    """The giver takes it back. All grants of the capability when no grant is named."""

    grant: Id | None = None
    capability: Capability | None = None


class GrantCancel(Message, frozen=True, kw_only=True, tag="grant.cancel"):
    """The asker no longer asks, or gives back a view or control that was granted."""

    grant: Id


class StopAll(Message, frozen=True, kw_only=True, tag="stop"):
    """The giver's Stop: every view and control that the sender has granted ends now. Voice stays unless
    `voice`."""

    voice: Annotated[bool, msgspec.Meta()] = False
