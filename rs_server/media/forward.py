"""Who receives what: lines that are published, slots that show them, and the gates between."""

import logging
from collections.abc import Callable

from rs_server.ports import FramesDropped, Label, Source, StreamState, Undecodable
from rs_server.rtc.connection import MediaConnection
from rs_server.rtc.packets import Frame
from rs_server.rtc.receiver import PassReceiver
from rs_server.rtc.sender import SlotSender

logger = logging.getLogger(__name__)

CEASED: dict[Label, float] = {"mic": 2.0, "camera": 3.0, "screen": 4.0, "desktop": 15.0, "application": 15.0}
"""Seconds without a frame after which a line counts as silent. Silence itself is a packet every 0.4 s, a
still screen of a browser is a frame every second, that of a native client one every few seconds."""

DROPPED_INTERVAL = 1.0

AT_ONCE: frozenset[Label] = frozenset({"screen", "desktop", "application"})
"""What is worked with while it is looked at: late is worse than uneven."""

Report = Callable[[StreamState | FramesDropped | Undecodable], None]


class Line:
    """One publishing line. Nothing passes until it is allowed."""

    def __init__(self, source: Source, receiver: PassReceiver, report: Report) -> None:
        self.source = source
        self.allowed = False
        self.codec: str | None = None
        """Of the pictures that pass; None before the first."""
        self._receiver = receiver
        self._report = report
        self._sinks: list[Callable[[Frame], None]] = []
        self._wants_keyframe = True
        self._active = False
        self._size = (0, 0)
        self._heard = 0.0
        self._dropped = 0
        self._told_dropped = float("-inf")
        self._told_codec: str | None = None
        receiver.on_frame = self._on_frame

    @property
    def active(self) -> bool:
        """Whether frames pass at present."""
        return self._active

    def add_sink(self, sink: Callable[[Frame], None]) -> None:
        if sink not in self._sinks:
            self._sinks.append(sink)

    def remove_sink(self, sink: Callable[[Frame], None]) -> None:
        if sink in self._sinks:
            self._sinks.remove(sink)

    def request_keyframe(self) -> None:
        if self.allowed:
            self._receiver.request_keyframe()

    def allow(self, allowed: bool) -> None:
        """Open or shut the gate."""
        if allowed == self.allowed:
            return
        self.allowed = allowed
        self._wants_keyframe = self.source.label != "mic"
        if allowed:
            self.request_keyframe()
        else:
            self._set_active(False)

    def close(self) -> None:
        """No frame comes any more."""
        self._receiver.on_frame = None
        self.allowed = False
        self._set_active(False)
        self._sinks.clear()

    def tick(self, now: float) -> None:
        """Notice that frames ceased, and tell of dropped ones."""
        if self._active and now - self._heard > CEASED[self.source.label]:
            self._set_active(False)
        self._tell_dropped(now)

    def undecodable(self) -> None:
        """Somebody has no use for what comes."""
        if self.codec is not None and self.codec != self._told_codec:
            self._told_codec = self.codec
            self._report(Undecodable(self.source, self.codec))

    def _on_frame(self, frame: Frame) -> None:
        if not self.allowed:
            self._dropped += 1
            self._tell_dropped(frame.arrived)
            return
        if self._wants_keyframe:
            if not frame.keyframe:
                self._receiver.request_keyframe()
                return
            self._wants_keyframe = False
        self.codec = frame.codec
        self._heard = frame.arrived
        if frame.width and (frame.width, frame.height) != self._size:
            self._size = frame.width, frame.height
            self._active = False
        self._set_active(True)
        for sink in tuple(self._sinks):
            try:
                sink(frame)
            except Exception:
                # A receiver in trouble must not take the publisher with it.
                logger.exception("a sink of %s failed and gets nothing more", self.source)
                self.remove_sink(sink)

    def _set_active(self, active: bool) -> None:
        if active == self._active:
            return
        self._active = active
        width, height = self._size if active else (0, 0)
        self._report(StreamState(self.source, active, width, height))

    def _tell_dropped(self, now: float) -> None:
        if self._dropped and now - self._told_dropped >= DROPPED_INTERVAL:
            self._report(FramesDropped(self.source, self._dropped))
            self._dropped = 0
            self._told_dropped = now


class _Place:
    """A slot of a leg and the source that was asked for, which may come later than the wish or come back."""

    def __init__(self, sender: SlotSender, connection: MediaConnection) -> None:
        self.sender = sender
        self.connection = connection
        self.source: Source | None = None

    def show(self, line: Line | None) -> None:
        self.sender.at_once = line is not None and line.source.label in AT_ONCE
        self.sender.show(line)


class Forwarder:
    """All lines and slots of a worker."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._lines: dict[Source, Line] = {}
        self._places: dict[tuple[str, str], _Place] = {}
        self._connections: dict[str, MediaConnection] = {}

    def add_leg(
        self,
        leg: str,
        connection: MediaConnection,
        lines: dict[Label, PassReceiver],
        slots: dict[str, SlotSender],
    ) -> None:
        """Take in a leg. Slots of others that wait for its lines show them as soon as they are allowed."""
        self._connections[leg] = connection
        for mid, sender in slots.items():
            self._places[leg, mid] = _Place(sender, connection)
        for label, receiver in lines.items():
            source = Source(leg, label)
            line = self._lines[source] = Line(source, receiver, self._report)
            for place in self._places.values():
                if place.source == source and place.sender.kind == receiver.kind:
                    place.show(line)

    def remove_leg(self, leg: str) -> None:
        """Forget a leg: its slots, and its lines wherever they are shown."""
        self._connections.pop(leg, None)
        for key in [key for key in self._places if key[0] == leg]:
            self._places.pop(key).show(None)
        for source in [source for source in self._lines if source.leg == leg]:
            self._lines.pop(source).close()
            for place in self._places.values():
                if place.source == source:
                    place.show(None)

    def line(self, source: Source) -> Line | None:
        return self._lines.get(source)

    def subscribe(self, leg: str, mid: str, source: Source | None) -> None:
        """Put a source on a slot, or nothing. A line of the other kind (sound, picture) shows nothing."""
        place = self._places.get((leg, mid))
        if place is None or (place.source == source and source is not None and place.sender.slot.source):
            return
        place.source = source
        line = None if source is None else self._lines.get(source)
        fits = source is not None and (source.label == "mic") == (place.sender.kind == "audio")
        place.show(line if fits else None)

    def tick(self, now: float) -> None:
        for line in self._lines.values():
            line.tick(now)
        for place in self._places.values():
            shown, known = place.sender.slot.source, place.sender.codecs
            if isinstance(shown, Line) and place.sender.kind == "video" and known and shown.codec not in known:
                shown.undecodable()

    def hold_rates(self, now: float) -> None:
        """Let no leg send more than each of those who see it can take.

        An endpoint's limit is shared evenly by the legs that it sees."""
        seen: dict[MediaConnection, set[str]] = {}
        for place in self._places.values():
            if place.source is not None and place.sender.slot.source and place.sender.kind == "video":
                seen.setdefault(place.connection, set()).add(place.source.leg)
        caps: dict[str, int] = {}
        for connection, legs in seen.items():
            limit = connection.limit.limit(now)
            if limit is None:
                continue
            for leg in legs:
                caps[leg] = min(caps.get(leg, limit // len(legs)), limit // len(legs))
        for leg, connection in self._connections.items():
            connection.rate.cap = caps.get(leg)
