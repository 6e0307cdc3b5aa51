"""Positions of frames, with networks that stall and clocks that drift."""

import random

import pytest

from rs_server.media.timeline import Timeline


def test_even_frames_stay_even_while_arrival_jitters() -> None:
    chance = random.Random(1)
    line = Timeline(48_000)
    positions = [line.position(n * 960, 1, 5.0 + n * 0.02 + chance.uniform(0, 0.03)) for n in range(500)]
    errors = [position - n * 0.02 - positions[100] + 2.0 for n, position in enumerate(positions)][100:]
    assert max(errors) - min(errors) < 0.01


def test_a_stall_moves_nothing() -> None:
    line = Timeline(90_000)
    arrivals = [n / 15 if not 100 <= n < 110 else 110 / 15 for n in range(200)]
    positions = [line.position(n * 6_000, 1, at) for n, at in enumerate(arrivals)]
    assert positions == pytest.approx([n / 15 for n in range(200)], abs=0.001)


def test_a_clock_that_runs_differently_does_not_add_up() -> None:
    line = Timeline(48_000)
    for n in range(0, 200_000, 10):
        arrived = n * 0.02 * 1.0003
        position = line.position(n * 960, 1, arrived)
        assert abs(position - arrived) < 0.02


def test_a_pause_takes_as_long_as_it_took() -> None:
    # A browser's audio timestamps may stand still while nothing is sent.
    line = Timeline(48_000)
    line.position(0, 1, 10.0)
    assert line.position(960, 1, 10.02) == pytest.approx(0.02)
    assert line.position(1920, 1, 40.0) == pytest.approx(30.0)
    assert line.position(2880, 1, 40.02) == pytest.approx(30.02)


def test_a_new_stream_goes_on_where_time_is() -> None:
    line = Timeline(90_000)
    line.position(900_000, 1, 10.0)
    assert line.position(77, 2, 10.5) == pytest.approx(0.5)
    assert line.position(77 + 9_000, 2, 10.6) == pytest.approx(0.6)
