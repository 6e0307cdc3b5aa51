"""Gates between lines and slots."""

from collections.abc import Callable
from typing import Any

import pytest

from rs_server.media.forward import DROPPED_INTERVAL, Forwarder, Line
from rs_server.ports import FramesDropped, Label, Source, StreamState, Undecodable
from rs_server.rtc.packets import Frame
from rs_server.rtc.rate import SubscriberLimit
from rs_server.rtc.slot import FrameSource


class Receiver:
    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.on_frame: Callable[[Frame], None] | None = None
        self.asked = 0

    def request_keyframe(self) -> None:
        self.asked += 1

    def send(self, at: float, key: bool = True, width: int = 0, codec: str = "vp8") -> None:
        assert self.on_frame is not None
        self.on_frame(Frame(b"x", int(at * 90_000), 0, 1, key, at, True, width, width, codec))


class Place:
    """What a forwarder sees of a sender and its slot."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.slot = self
        self.source: FrameSource | None = None
        self.got: list[Frame] = []
        self.at_once = False
        self.codecs = frozenset({"vp8", "h264"})

    def show(self, source: FrameSource | None) -> None:
        if self.source is not None:
            self.source.remove_sink(self.got.append)
        self.source = source
        if source is not None:
            source.add_sink(self.got.append)


class Rate:
    cap: int | None = None


class Connection:
    def __init__(self) -> None:
        self.rate = Rate()
        self.limit = SubscriberLimit()


class Hall:
    """A forwarder with legs that each have a mic, a camera, and two slots, `a` for sound and `v` for
    pictures."""

    def __init__(self) -> None:
        self.told: list[StreamState | FramesDropped | Undecodable] = []
        self.forwarder = Forwarder(self.told.append)
        self.receivers: dict[Source, Receiver] = {}
        self.places: dict[tuple[str, str], Place] = {}
        self.connections: dict[str, Connection] = {}

    def join(self, leg: str) -> None:
        lines: dict[Label, Any] = {"mic": Receiver("audio"), "camera": Receiver("video"), "screen": Receiver("video")}
        slots: dict[str, Any] = {"a": Place("audio"), "v": Place("video"), "w": Place("video")}
        connection: Any = Connection()
        self.forwarder.add_leg(leg, connection, lines, slots)
        self.connections[leg] = connection
        for label, receiver in lines.items():
            self.receivers[Source(leg, label)] = receiver
        for mid, place in slots.items():
            self.places[leg, mid] = place

    def line(self, leg: str, label: Label = "camera") -> Line:
        line = self.forwarder.line(Source(leg, label))
        assert line is not None
        return line


def test_nothing_passes_that_is_not_allowed() -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    camera = Source("x", "camera")
    hall.forwarder.subscribe("y", "v", camera)
    receiver = hall.receivers[camera]
    receiver.send(1.0)
    assert hall.places["y", "v"].got == []
    hall.line("x").allow(True)
    receiver.send(2.0)
    hall.line("x").allow(False)
    receiver.send(3.0)
    assert [frame.arrived for frame in hall.places["y", "v"].got] == [2.0]


def test_dropped_frames_are_told_at_most_once_a_second() -> None:
    hall = Hall()
    hall.join("x")
    receiver = hall.receivers[Source("x", "camera")]
    for frame in range(100):
        receiver.send(10 + frame / 50)
    hall.forwarder.tick(12 + DROPPED_INTERVAL)
    hall.forwarder.tick(13 + DROPPED_INTERVAL)
    dropped = [event.frames for event in hall.told if isinstance(event, FramesDropped)]
    assert dropped == [1, 50, 49]


def test_a_picture_begins_with_a_keyframe_each_time_it_is_allowed() -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    hall.forwarder.subscribe("y", "v", Source("x", "camera"))
    receiver, line = hall.receivers[Source("x", "camera")], hall.line("x")
    for _ in range(2):
        line.allow(True)
        asked = receiver.asked
        assert asked
        receiver.send(1.0, key=False)
        assert receiver.asked > asked
        receiver.send(1.1)
        receiver.send(1.2, key=False)
        line.allow(False)
    assert [frame.keyframe for frame in hall.places["y", "v"].got] == [True, False] * 2


def test_activity_and_size_are_told() -> None:
    hall = Hall()
    hall.join("x")
    source = Source("x", "camera")
    hall.line("x").allow(True)
    receiver = hall.receivers[source]
    receiver.send(1.0, width=320)
    receiver.send(1.1, key=False)
    receiver.send(1.2, width=640)
    hall.forwarder.tick(2.0)
    hall.forwarder.tick(10.0)
    receiver.send(11.0, width=640)
    hall.line("x").allow(False)
    assert hall.told == [
        StreamState(source, True, 320, 320),
        StreamState(source, True, 640, 640),
        StreamState(source, False),
        StreamState(source, True, 640, 640),
        StreamState(source, False),
    ]


def test_a_wish_outlives_the_source() -> None:
    hall = Hall()
    hall.join("y")
    source = Source("x", "camera")
    hall.forwarder.subscribe("y", "v", source)
    for _ in range(2):
        hall.join("x")
        assert not hall.line("x").allowed
        hall.line("x").allow(True)
        hall.receivers[source].send(1.0)
        hall.forwarder.remove_leg("x")
        assert hall.places["y", "v"].source is None
    assert len(hall.places["y", "v"].got) == 2


def test_sound_does_not_go_on_a_slot_for_pictures() -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    hall.forwarder.subscribe("y", "v", Source("x", "mic"))
    hall.forwarder.subscribe("y", "a", Source("x", "camera"))
    hall.forwarder.subscribe("y", "nowhere", Source("x", "mic"))
    assert hall.places["y", "v"].source is None
    assert hall.places["y", "a"].source is None


def test_a_sink_that_fails_takes_nobody_with_it(caplog: pytest.LogCaptureFixture) -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    line = hall.line("x")
    line.allow(True)
    line.add_sink(lambda frame: [][frame.index])
    hall.forwarder.subscribe("y", "v", Source("x", "camera"))
    for at in range(3):
        hall.receivers[Source("x", "camera")].send(float(at))
    assert len(hall.places["y", "v"].got) == 3
    assert caplog.text.count("failed") == 1


def test_a_leg_that_goes_is_forgotten() -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    hall.forwarder.subscribe("y", "v", Source("x", "camera"))
    hall.line("x").allow(True)
    hall.forwarder.remove_leg("y")
    hall.receivers[Source("x", "camera")].send(1.0)
    assert hall.places["y", "v"].got == []
    assert hall.forwarder.line(Source("y", "mic")) is None


def test_no_one_sends_more_than_the_weakest_of_the_others_can_take() -> None:
    hall = Hall()
    for leg in "xyz":
        hall.join(leg)
    hall.forwarder.subscribe("y", "v", Source("x", "camera"))
    hall.forwarder.subscribe("z", "v", Source("x", "camera"))
    hall.forwarder.subscribe("z", "w", Source("y", "camera"))
    hall.connections["y"].limit.remb(1.0, 3_000_000)
    hall.connections["z"].limit.remb(1.0, 1_000_000)
    hall.forwarder.hold_rates(2.0)
    caps = {leg: connection.rate.cap for leg, connection in hall.connections.items()}
    assert caps == {"x": 500_000, "y": 500_000, "z": None}
    hall.forwarder.hold_rates(20.0)
    assert all(connection.rate.cap is None for connection in hall.connections.values())


def test_who_cannot_decode_what_comes_is_told_of_once() -> None:
    hall = Hall()
    for leg in "xyz":
        hall.join(leg)
    source = Source("x", "camera")
    hall.places["z", "v"].codecs = frozenset({"vp8"})
    for leg in "yz":
        hall.forwarder.subscribe(leg, "v", source)
    line = hall.forwarder.line(source)
    assert line is not None
    line.allow(True)

    def told() -> list[Undecodable]:
        hall.forwarder.tick(1.0)
        hall.forwarder.tick(1.1)
        return [event for event in hall.told if isinstance(event, Undecodable)]

    assert told() == [], "nothing has come yet"
    hall.receivers[source].send(1.0)
    assert told() == []
    hall.receivers[source].send(1.0, codec="h264")
    assert told() == [Undecodable(source, "h264")]
    hall.receivers[source].send(1.1, codec="vp8")
    assert len(told()) == 1


def test_a_screen_is_shown_at_once_and_a_camera_evenly() -> None:
    hall = Hall()
    hall.join("x")
    hall.join("y")
    place = hall.places["y", "v"]
    said = []
    for label in ("screen", "camera", "screen", None):
        source = None if label is None else Source("x", label)
        hall.forwarder.subscribe("y", "v", source)
        said.append(place.at_once)
    assert said == [True, False, True, False]
