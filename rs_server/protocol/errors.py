"""Errors as they leave: a code from this list, a message in English, and what the field was.

The front end says them in the person's own language by code; the message is for logs and for callers of the API.
"""

from enum import StrEnum

from .base import Record


class Code(StrEnum):
    BAD_REQUEST = "bad_request"
    """The message or body does not have the documented shape."""
    TOO_LARGE = "too_large"
    NOT_SIGNED_IN = "not_signed_in"
    WRONG_CREDENTIALS = "wrong_credentials"
    THROTTLED = "throttled"
    """Too many attempts; `retry_after` says how many seconds to wait."""
    NOT_ALLOWED = "not_allowed"
    FOREIGN_ORIGIN = "foreign_origin"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    INVALID = "invalid"
    """What was to be saved contradicts itself; the answer lists the problems."""
    LINK_INVALID = "link_invalid"
    """Number or link: unknown, expired or used; which one is not told."""
    RESUME_REFUSED = "resume_refused"
    """The resume token was used already or never existed."""
    SESSION_ENDED = "session_ended"
    NO_CONSENT = "no_consent"
    NO_CUSTOMER = "no_customer"
    OFFER_GONE = "offer_gone"
    AT_CAPACITY = "at_capacity"
    NOT_READY = "not_ready"
    PICK_NOT_ALLOWED = "pick_not_allowed"
    FILE_TOO_LARGE = "file_too_large"
    FILE_DIGEST = "file_digest"
    """The bytes that arrived are not those that were announced."""
    MEDIA_UNAVAILABLE = "media_unavailable"
    MEDIA_REFUSED = "media_refused"
    MAIL_FAILED = "mail_failed"
    BY_GROUP = "by_group"
    """The agent comes into the queue by groups, which `field` names: taking the queue away changes nothing."""
    CONTROLLED = "controlled"
    """Somebody controls the computer that it comes from, so it may not be its user who wants it."""
    QUEUE_CLOSED = "queue_closed"
    BEHIND = "behind"
    """The reader was too slow; connect again and resume."""
    UNAVAILABLE = "unavailable"
    """No server is at home for this installation just now; try again in a moment."""
    SERVER_ERROR = "server_error"


class ErrorInfo(Record, frozen=True, kw_only=True):
    code: Code
    message: str
    field: str | None = None
    retry_after: float | None = None


class ProtocolError(Exception):
    """A refusal that is told to the peer as it stands."""

    def __init__(
        self, code: Code, message: str = "", *, field: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message or code.value)
        self.error = ErrorInfo(code=code, message=message or code.value, field=field, retry_after=retry_after)
