"""The media engine: legs, streams, recordings, as the services see them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Label = Literal["mic", "camera", "screen", "desktop", "application"]
"""What a publishing line carries; the last two come from a native client."""


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


class Undecodable(msgspec.Struct, frozen=True, tag="undecodable"):
    """Somebody who shall see the source has no decoder for what it sends, and gets nothing. Told once a source."""

    source: Source
    codec: str


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


MediaEvent = LegState | StreamState | FramesDropped | Undecodable | PartOpened | PartClosed | LegQuality | LegLost


class Media(Protocol):
    """Engine that forwards encoded packets between legs and tees them to recordings.

    A *leg* is one PeerConnection of one endpoint in one session. Legs of a session share a worker. The engine
    knows no users: nothing is forwarded, recorded or accepted that was not asked for here. Commands for a leg
    that is gone are ignored, except `open`; events tell what became of it.
    """

    def listen(self, handler: Callable[[MediaEvent], None]) -> None: ...

    async def open(
        self, session: str, leg: str, audio_slots: int = 4, video_slots: int = 6, native: bool = False
    ) -> LegOffer:
        """Make a PeerConnection and its offer. Opening a leg that exists closes the earlier one first.

        `native`: the lines to publish on are those of a native client, desktop and application, else those of
        a browser: microphone, camera and screen.

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
        """Tee a publishing line into a WebM file (with H.264: Matroska) until `stop_recording` or the leg's end."""

    async def stop_recording(self, part: str) -> None: ...

    async def close_leg(self, leg: str) -> None: ...


class MediaUnavailable(Exception):
    """No media worker can be reached now; try again shortly."""


class MediaRefused(Exception):
    """The peer's description does not fit the offer."""
