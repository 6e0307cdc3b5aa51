"""One leg: the PeerConnection of an endpoint, its lines by what they are for, and how it is doing."""

import time
from collections.abc import Callable

from rs_server.ports import Label, LegOffer, LegQuality, LegState
from rs_server.rtc.connection import Kind, MediaConnection, State, Traffic
from rs_server.rtc.ice import IceSettings
from rs_server.rtc.receiver import PassReceiver
from rs_server.rtc.sender import SlotSender

PUBLISH: dict[Label, Kind] = {"mic": "audio", "camera": "video", "screen": "video"}
NATIVE_PUBLISH: dict[Label, Kind] = {"desktop": "video", "application": "video"}
"""Of a native client, which stands beside a browser and leaves voice and camera to that."""
MAX_SLOTS = 32

ANSWER_TIMEOUT = 120.0
"""Seconds for which an offer may wait for its answer."""

CONNECT_TIMEOUT = 30.0
"""Seconds from the answer to a connection."""

SILENCE = 6.0
"""Seconds without any packet after which a leg counts as disconnected: idle browsers check every 2.5 s."""

SILENCE_WHILE_SENDING = 2.0
"""The same for one that was sending at least `SENDING` bytes a second."""

SENDING = 500

LOST = 30.0
"""Seconds of silence after which a leg is given up."""

QUALITY_INTERVAL = 2.0


class Peer:
    """A leg. `emit` takes its events; `tick` is called a few times a second."""

    def __init__(
        self,
        leg: str,
        ice: IceSettings,
        audio_slots: int,
        video_slots: int,
        emit: Callable[[LegState | LegQuality], None],
        native: bool = False,
    ) -> None:
        self.leg = leg
        self._publish = NATIVE_PUBLISH if native else PUBLISH
        self._emit = emit
        audio_slots, video_slots = (max(0, min(MAX_SLOTS, count)) for count in (audio_slots, video_slots))
        sounds: list[Kind] = ["audio"] * audio_slots
        pictures: list[Kind] = ["video"] * video_slots
        self.connection = MediaConnection(ice, list(self._publish.values()), sounds + pictures, native)
        self.connection.on_state = self._on_state
        self.lines: dict[Label, PassReceiver] = dict(zip(self._publish, self.connection.receivers, strict=True))
        self._state: str = "new"
        self._deadline: float | None = time.monotonic() + ANSWER_TIMEOUT
        self._measured = time.monotonic()
        self._traffic = Traffic(0, 0, 0, 0)
        self._sending = False

    async def offer(self) -> LegOffer:
        """Make the offer; call once. Raises NoPort."""
        sdp = await self.connection.offer()
        mids = self.connection.mids
        slots = list(zip(mids[len(self._publish) :], self.connection.senders, strict=True))
        return LegOffer(
            leg=self.leg,
            sdp=sdp,
            publish=dict(zip(self._publish, mids, strict=False)),
            audio_slots=[mid for mid, sender in slots if sender.kind == "audio"],
            video_slots=[mid for mid, sender in slots if sender.kind == "video"],
        )

    @property
    def state(self) -> str:
        """As told last; `new` before anything was."""
        return self._state

    @property
    def slots(self) -> dict[str, SlotSender]:
        """The receiving slots by mid, once there is an offer."""
        return dict(zip(self.connection.mids[len(self._publish) :], self.connection.senders, strict=True))

    async def answer(self, sdp: str) -> None:
        """Take the browser's answer. Raises BadDescription."""
        await self.connection.answer(sdp)
        self._deadline = time.monotonic() + CONNECT_TIMEOUT

    async def close(self) -> None:
        """End the connection; tells nothing."""
        await self.connection.close()

    def tick(self, now: float) -> bool:
        """Watch over the connection. False when it is beyond hope; `failed` has been told then."""
        if self._deadline is not None and now > self._deadline:
            self._set_state("failed")
        if self._state in ("connected", "disconnected"):
            self._watch(now)
            if now - self._measured >= QUALITY_INTERVAL:
                self._measure(now)
        return self._state not in ("failed", "closed")

    def _watch(self, now: float) -> None:
        silence = now - self.connection.heard
        if silence > LOST:
            self._set_state("failed")
        elif silence > (SILENCE_WHILE_SENDING if self._sending else SILENCE):
            self._set_state("disconnected")
        elif silence < SILENCE_WHILE_SENDING:
            self._set_state("connected")

    def _measure(self, now: float) -> None:
        before, elapsed = self._traffic, now - self._measured
        self._traffic, self._measured = self.connection.traffic(), now
        received = self._traffic.received - before.received
        self._sending = received > SENDING * elapsed or (self._sending and self._state == "disconnected")
        active = [sender for sender in self.connection.senders if sender.round_trip is not None]
        trips = [sender.round_trip for sender in active if sender.round_trip is not None]
        expected = self._traffic.expected - before.expected
        loss = max(0, self._traffic.lost - before.lost) / expected if expected > 0 else 0.0
        self._emit(
            LegQuality(
                leg=self.leg,
                round_trip_ms=round(min(trips) * 1000, 1) if trips else None,
                loss=round(min(1.0, max([loss, *(sender.fraction_lost for sender in active)])), 4),
                receive_bps=int(received * 8 / elapsed),
                send_bps=int((self._traffic.sent - before.sent) * 8 / elapsed),
            )
        )

    def _on_state(self, state: State) -> None:
        if state == "connected":
            self._deadline = None
        self._set_state(state)

    def _set_state(self, state: str) -> None:
        if state == self._state or state == "new" or self._state in ("failed", "closed"):
            return
        self._state = state
        if state in ("connecting", "connected", "disconnected", "failed", "closed"):
            self._emit(LegState(self.leg, state))  # type: ignore[arg-type]
