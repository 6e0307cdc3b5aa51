"""Signalling of an endpoint's one PeerConnection. Only the server offers; who is in which slot is told here."""

from typing import Annotated, Literal

import msgspec

from .base import LINES, ONE_LINE, Id, Message, Record
from .session import StreamLabel

Sdp = Annotated[str, msgspec.Meta(max_length=200_000, pattern=LINES)]


class IceServer(Record, frozen=True, kw_only=True):
    urls: list[str]
    username: str = ""
    credential: str = ""


class MediaOpen(Message, frozen=True, kw_only=True, tag="media.open"):
    """Client: make a fresh PeerConnection for me in this session (the first one, or after a failure).

    `native`: for the native client, which stands beside the window of the same participant and publishes their
    desktop or one application; each has a PeerConnection of its own."""

    native: bool = False


class MediaOffer(Message, frozen=True, kw_only=True, tag="media.offer"):
    """Server: the offer. `publish` gives the mid of each line on which to send, `slots` the mids to receive on.
    `leg` names this PeerConnection; answers and candidates repeat it. `native` is that of the question."""

    leg: str
    sdp: str
    publish: dict[StreamLabel, str]
    audio_slots: list[str]
    video_slots: list[str]
    ice_servers: list[IceServer]
    relay_only: bool = False
    native: bool = False


class MediaAnswer(Message, frozen=True, kw_only=True, tag="media.answer"):
    leg: Id
    sdp: Sdp


class MediaCandidate(Message, frozen=True, kw_only=True, tag="media.candidate"):
    leg: Id
    candidate: Annotated[str, msgspec.Meta(max_length=1000, pattern=LINES)]
    mid: Annotated[str, msgspec.Meta(max_length=16, pattern=ONE_LINE)] = ""


class SlotContent(Record, frozen=True, kw_only=True):
    participant: str
    label: StreamLabel


class MediaSlots(Message, frozen=True, kw_only=True, tag="media.slots"):
    """State: what each receiving mid carries now. A mid that is not named is empty."""

    leg: str
    slots: dict[str, SlotContent]


class MediaFailed(Message, frozen=True, kw_only=True, tag="media.failed"):
    """State: the path is gone (the worker died); open a new one now. `*`: there is none for an endpoint of this
    kind, whichever it thinks it has."""

    leg: str
    native: bool = False


class MediaCodec(Message, frozen=True, kw_only=True, tag="media.codec"):
    """Server, to a native client: somebody who sees what this leg sends on the line `label` has no decoder for it;
    from now on only in `codec`, which everybody has."""

    leg: str
    label: StreamLabel
    codec: Literal["vp8"]


class MediaMute(Message, frozen=True, kw_only=True, tag="media.mute"):
    """Client: my microphone is silent (or not); shown to the others."""

    muted: bool


class MediaFocus(Message, frozen=True, kw_only=True, tag="media.focus"):
    """Staff: this is the one session that my microphone and camera go to. No session in the command: to none.
    In all others the agent is on hold."""
