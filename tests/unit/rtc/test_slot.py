"""Switching sources within one stream."""

from collections.abc import Callable

from rs_server.rtc.packets import Frame
from rs_server.rtc.slot import Slot

Sent = list[tuple[bytes, int, int]]


class Source:
    def __init__(self) -> None:
        self.sinks: list[Callable[[Frame], None]] = []
        self.asked = 0

    def add_sink(self, sink: Callable[[Frame], None]) -> None:
        self.sinks.append(sink)

    def remove_sink(self, sink: Callable[[Frame], None]) -> None:
        self.sinks.remove(sink)

    def request_keyframe(self) -> None:
        self.asked += 1

    def send(
        self, data: bytes, timestamp: int, arrived: float, key: bool = False, index: int = 0, epoch: int = 1
    ) -> None:
        for sink in list(self.sinks):
            sink(Frame(data, timestamp, index, epoch, key, arrived))


def slot(kind: str) -> tuple[Slot, Sent]:
    sent: Sent = []
    return Slot(kind, lambda frame, gap, timestamp: sent.append((frame.data, gap, timestamp))), sent


def test_nothing_before_a_keyframe() -> None:
    place, sent = slot("video")
    source = Source()
    place.show(source)
    assert source.asked == 1
    source.send(b"delta", 0, 0.0)
    assert sent == []
    assert source.asked == 2
    source.send(b"key", 3000, 0.0, key=True)
    source.send(b"delta", 6000, 0.0)
    assert [data for data, _, _ in sent] == [b"key", b"delta"]


def test_after_a_switch_nothing_of_the_former_source_is_sent() -> None:
    place, sent = slot("video")
    former, latter = Source(), Source()
    place.show(former)
    former.send(b"a", 0, 0.0, key=True)
    place.show(latter)
    former.send(b"a", 3000, 0.1, key=True)
    latter.send(b"b", 500, 0.1, key=True)
    place.show(None)
    latter.send(b"b", 3500, 0.2, key=True)
    assert [data for data, _, _ in sent] == [b"a", b"b"]
    assert former.sinks == latter.sinks == []


def test_time_goes_on_through_a_switch() -> None:
    place, sent = slot("video")
    former, latter = Source(), Source()
    place.show(former)
    former.send(b"a", 1_000_000, 10.0, key=True)
    former.send(b"a", 1_003_000, 10.033)
    place.show(latter)
    latter.send(b"b", 77, 11.033, key=True)
    latter.send(b"b", 3077, 11.066)
    assert [timestamp for _, _, timestamp in sent] == [0, 3000, 93_000, 96_000]


def test_a_source_that_begins_anew_is_a_switch() -> None:
    place, sent = slot("video")
    source = Source()
    place.show(source)
    source.send(b"a", 1_000_000, 10.0, key=True)
    source.send(b"lost", 5, 10.5, epoch=2)
    source.send(b"b", 3005, 11.0, key=True, epoch=2)
    assert [(data, timestamp) for data, _, timestamp in sent] == [(b"a", 0), (b"b", 90_000)]


def test_lost_sound_leaves_a_gap_and_late_sound_is_left_out() -> None:
    place, sent = slot("audio")
    source = Source()
    place.show(source)
    for index in [5, 6, 9, 8, 10]:
        source.send(bytes([index]), index * 960, index * 0.02, key=True, index=index)
    assert sent == [(b"\x05", 1, 0), (b"\x06", 1, 960), (b"\x09", 3, 3840), (b"\x0a", 1, 4800)]


def test_a_request_for_a_keyframe_goes_to_the_source_of_a_picture() -> None:
    for kind, asked in (("video", 2), ("audio", 1)):
        place, _ = slot(kind)
        source = Source()
        place.show(source)
        place.request_keyframe()
        assert source.asked == asked
    place.show(None)
    place.request_keyframe()
