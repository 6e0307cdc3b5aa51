"""Reordering, gaps, and what is asked for again."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rs_server.rtc.jitter import (
    BLOCKED,
    BLOCKED_IN_KEYFRAME,
    CAPACITY,
    FEW,
    MAX_GAP,
    MAX_TRIES,
    AudioBuffer,
    NackTracker,
    Piece,
    VideoBuffer,
    Whole,
)


def stream(frames: int, size: int = 3, first: int = 65_530, key_every: int = 1000) -> list[Piece]:
    """Packets of `frames` frames of `size` packets each; numbers wrap early on."""
    return [
        Piece(
            sequence=(first + frame * size + part) & 0xFFFF,
            timestamp=((1 << 32) - 6000 + frame * 3000) & 0xFFFFFFFF,
            marker=part == size - 1,
            data=bytes([frame & 255, part]),
            starts_keyframe=frame % key_every == 0 and part == 0,
        )
        for frame in range(frames)
        for part in range(size)
    ]


def copy(piece: Piece) -> Piece:
    return Piece(piece.sequence, piece.timestamp, piece.marker, piece.data, piece.starts_keyframe)


def numbers(frames: list[Whole]) -> list[int]:
    return [frame.data[0] for frame in frames]


def test_a_frame_is_out_with_its_last_packet() -> None:
    buffer = VideoBuffer()
    out = [numbers(buffer.add(piece, 0.0)) for piece in stream(3)]
    assert out == [[], [], [0], [], [], [1], [], [], [2]]


def test_timestamps_and_numbers_grow_through_a_wrap() -> None:
    buffer = VideoBuffer()
    frames = [frame for piece in stream(6) for frame in buffer.add(piece, 0.0)]
    assert [b.timestamp - a.timestamp for a, b in itertools.pairwise(frames)] == [3000] * 5
    assert [b.index - a.index for a, b in itertools.pairwise(frames)] == [3] * 5


@settings(max_examples=200)
@given(st.randoms(use_true_random=False), st.integers(1, 12), st.integers(1, 5), st.integers(0, 3))
def test_any_order_gives_the_same_frames(chance: random.Random, reach: int, size: int, doubled: int) -> None:
    pieces = stream(20, size)
    arriving = sorted(range(1, len(pieces)), key=lambda at: at + chance.uniform(0, reach))
    arriving += arriving[:doubled]
    buffer = VideoBuffer()
    frames = buffer.add(copy(pieces[0]), 0.0)
    for at in arriving:
        frames += buffer.add(copy(pieces[at]), 0.0)
    assert numbers(frames) == list(range(20))
    assert b"".join(frame.data for frame in frames) == b"".join(piece.data for piece in pieces)
    assert not buffer.blocked


def test_without_markers_a_frame_ends_where_the_next_begins() -> None:
    buffer = VideoBuffer()
    pieces = stream(3)
    for piece in pieces:
        piece.marker = False
    frames = [frame for piece in pieces for frame in buffer.add(piece, 0.0)]
    assert numbers(frames) == [0, 1]


def test_padding_belongs_to_no_frame() -> None:
    buffer = VideoBuffer()
    pieces = stream(2, 2, first=100)
    padding = [
        Piece(102, pieces[1].timestamp, False, b"", False),
        Piece(103, pieces[1].timestamp, False, b"", False),
    ]
    later = [Piece((p.sequence + 2) & 0xFFFF, p.timestamp, p.marker, p.data, False) for p in pieces[2:]]
    frames = [frame for piece in [*pieces[:2], *padding, *later] for frame in buffer.add(piece, 0.0)]
    assert numbers(frames) == [0, 1]
    assert not buffer.blocked


def test_it_begins_with_a_keyframe_even_when_its_packets_are_out_of_order() -> None:
    buffer = VideoBuffer()
    pieces = stream(12, 3, key_every=10)
    frames: list[Whole] = []
    for at in [3, 4, 5, 31, 32, 30, 33, 34, 35]:
        frames += buffer.add(pieces[at], 0.0)
    assert numbers(frames) == [10, 11]


def test_a_gap_that_nobody_fills_leads_to_the_next_keyframe_that_is_here() -> None:
    buffer = VideoBuffer()
    pieces = stream(12, 3, key_every=10)
    frames: list[Whole] = []
    for at, piece in enumerate(pieces):
        if at != 7:
            frames += buffer.add(piece, 1.0)
    assert numbers(frames) == [0, 1]
    assert buffer.blocked
    # The keyframe is here already, and so the longer patience holds.
    assert buffer.expire(1.0 + BLOCKED_IN_KEYFRAME - 0.1) == []
    assert numbers(buffer.expire(1.1 + BLOCKED_IN_KEYFRAME)) == [10, 11]
    assert not buffer.hunting


def test_a_gap_without_a_keyframe_behind_it_starts_a_hunt() -> None:
    buffer = VideoBuffer()
    pieces = stream(30, 3, key_every=20)
    frames: list[Whole] = []
    for at, piece in enumerate(pieces[:15]):
        if at != 7:
            frames += buffer.add(piece, 0.0)
    assert buffer.expire(BLOCKED - 0.1) == []
    assert buffer.expire(BLOCKED + 0.1) == []
    assert buffer.hunting
    assert buffer.floor is None
    for piece in pieces[15:]:
        frames += buffer.add(piece, 2.0)
    assert numbers(frames) == [0, 1, *range(20, 30)]


def test_it_never_holds_more_than_its_capacity() -> None:
    buffer = VideoBuffer()
    buffer.add(Piece(0, 0, False, b"x", True), 0.0)
    for number in range(2, CAPACITY * 3):
        buffer.add(Piece(number, number, True, b"x", False), 0.0)
        assert len(buffer._pieces) <= CAPACITY + 1
    assert buffer.skips


def test_sound_is_given_on_at_once_and_only_once() -> None:
    buffer = AudioBuffer()
    order = [65_534, 65_535, 1, 0, 1, 2]
    out = [buffer.add(Piece(number, number * 960, False, b"s", False), 0.0) for number in order]
    assert [len(frames) for frames in out] == [1, 1, 1, 1, 0, 1]
    indexes = [frame.index for frames in out for frame in frames]
    assert [index - indexes[0] for index in indexes] == [0, 1, 3, 2, 4]


def test_sound_that_is_far_too_late_is_left_out() -> None:
    buffer = AudioBuffer()
    buffer.add(Piece(200, 0, False, b"s", False), 0.0)
    assert buffer.add(Piece(100, 0, False, b"s", False), 0.0) == []
    assert buffer.add(Piece(201, 0, False, b"", False), 0.0) == []


def test_missing_packets_are_asked_for_at_once_and_again_with_back_off() -> None:
    nack = NackTracker()
    assert nack.add(10, 0.0) == []
    assert nack.add(13, 0.0) == [11, 12]
    assert nack.due(0.1, 10) == []
    asked = [at / 100 for at in range(1, 2_000) if nack.due(at / 100, 10)]
    assert len(asked) == MAX_TRIES
    pauses = [b - a for a, b in itertools.pairwise(asked)]
    assert pauses == sorted(pauses)


def test_an_answer_ends_the_asking_and_tells_the_round_trip() -> None:
    nack = NackTracker()
    nack.add(10, 0.0)
    nack.add(12, 0.0)
    assert nack.add(11, 0.03, repaired=True) == []
    assert not nack.waiting
    assert nack.round_trip == pytest.approx(0.093)


def test_what_is_no_longer_of_use_is_not_asked_for() -> None:
    nack = NackTracker()
    nack.add(10, 0.0)
    nack.add(20, 0.0)
    assert nack.due(1.0, 18) == [18, 19]
    assert nack.due(2.0, None) == []
    assert not nack.waiting


def test_a_great_hole_is_a_new_beginning() -> None:
    nack = NackTracker()
    nack.add(10, 0.0)
    assert nack.add(12 + MAX_GAP, 0.0) == []
    assert not nack.waiting


def test_loss_counts_what_did_not_come_the_first_time() -> None:
    nack = NackTracker()
    for number in [1, 2, 4, 5]:
        nack.add(number, 0.0)
    nack.add(3, 0.1, repaired=True)
    assert nack.take_loss() == (5, 4)
    assert nack.take_loss() == (0, 0)


def test_more_than_can_be_repaired_in_time_is_hopeless() -> None:
    nack = NackTracker()
    nack.add(1, 0.0)
    nack.add(2 + FEW, 0.0)
    assert not nack.hopeless(300_000)
    nack.add(4 + FEW, 0.0)
    assert nack.hopeless(300_000)
    # A fast line repairs as much in no time.
    assert not nack.hopeless(4_000_000)


def test_what_is_given_up_leads_to_a_hunt_but_not_within_a_keyframe() -> None:
    pieces = stream(4)
    buffer = VideoBuffer()
    buffer.add(pieces[0], 0.0)
    assert buffer.give_up(0.1) == []
    assert not buffer.hunting
    for piece in pieces[1:4]:
        buffer.add(piece, 0.2)
    buffer.add(pieces[5], 0.3)
    buffer.give_up(0.4)
    assert buffer.hunting
