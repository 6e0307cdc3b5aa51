"""Opening hours against an oracle that looks at the wall's clock minute by minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webacd.core import hours as h
from webacd.core.config import HoursConfig, Span, SpecialDay

ALL_DAY = Span("00:00", "24:00")
CHANGES = [
    ("Europe/Paris", date(2026, 3, 29), 23.0),
    ("Europe/Paris", date(2026, 10, 25), 25.0),
    ("America/New_York", date(2026, 3, 8), 23.0),
    ("America/New_York", date(2026, 11, 1), 25.0),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("UTC", date(2026, 5, 5), 24.0),
]


def every_day(*spans: Span, zone: str = "Europe/Paris", **more: object) -> HoursConfig:
    return HoursConfig("h", "H", zone=zone, week=(spans,) * 7, **more)  # type: ignore[arg-type]


def instant(zone: str, *when: int, fold: int = 0) -> float:
    return datetime(*when, tzinfo=ZoneInfo(zone), fold=fold).timestamp()  # type: ignore[arg-type,misc]


def shown_open(hours: HoursConfig, at: float) -> bool:
    """By the definition: what the wall shows now lies within a span of the wall's day."""
    wall = datetime.fromtimestamp(at, ZoneInfo(hours.zone))
    shown = f"{wall:%H:%M}"
    return any(span.start <= shown < span.to for span in h.day_spans(hours, wall.date()))


def by_the_minute(hours: HoursConfig, day: date) -> list[h.Open]:
    """Open spans of the day, found by looking at every minute that could belong to it."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    found: list[h.Open] = []
    for number in range(-26 * 60, 50 * 60):
        at = midnight + number * 60
        if datetime.fromtimestamp(at, ZoneInfo(hours.zone)).date() != day or not shown_open(hours, at):
            continue
        if found and found[-1].end == at:
            found[-1] = h.Open(found[-1].start, at + 60)
        else:
            found.append(h.Open(at, at + 60))
    return found


@st.composite
def day_plans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Up to three spans of a day, in order, that do not overlap."""
    times = sorted(draw(st.sets(st.integers(0, 24 * 60), max_size=6)))
    texts = [f"{time // 60:02d}:{time % 60:02d}" for time in times]
    return tuple(Span(start, to) for start, to in zip(texts[::2], texts[1::2], strict=False))


@st.composite
def cases(draw: st.DrawFn) -> tuple[HoursConfig, date]:
    zone, day, _length = draw(st.sampled_from(CHANGES))
    day += timedelta(days=draw(st.integers(-2, 2)))
    special = draw(st.lists(st.tuples(st.integers(-2, 2), day_plans()), max_size=2, unique_by=lambda each: each[0]))
    hours = HoursConfig(
        "h",
        "H",
        zone=zone,
        week=tuple(draw(st.tuples(*[day_plans()] * 7))),
        country=draw(st.sampled_from(["", "FR", "AU"])),
        exceptions=tuple(SpecialDay((day + timedelta(days=off)).isoformat(), "", plan) for off, plan in special),
    )
    return hours, day


@given(cases())
@settings(max_examples=60, deadline=None)
@example((every_day(Span("02:00", "03:00")), date(2026, 3, 29)))
@example((every_day(Span("02:00", "03:00")), date(2026, 10, 25)))
@example((every_day(Span("01:30", "02:15"), zone="Australia/Lord_Howe"), date(2026, 4, 5)))
@example((every_day(Span("02:10", "02:40"), zone="Australia/Lord_Howe"), date(2026, 10, 4)))
def test_spans_equal_a_look_at_every_minute(case: tuple[HoursConfig, date]) -> None:
    hours, day = case
    assert h.spans(hours, day) == by_the_minute(hours, day)


@given(cases(), st.integers(0, 48 * 60))
@settings(max_examples=80, deadline=None)
def test_open_now_and_next_equal_a_look_at_every_minute(case: tuple[HoursConfig, date], minute: int) -> None:
    hours, day = case
    at = instant(hours.zone, day.year, day.month, day.day) + minute * 60
    assert h.is_open(hours, at) == shown_open(hours, at)
    found = h.next_open(hours, at)
    looked = next((at + n * 60 for n in range(3 * 24 * 60) if shown_open(hours, at + n * 60)), None)
    if looked is not None:
        assert found == looked
    else:
        assert found is None or found >= at + 3 * 24 * 3600


@pytest.mark.parametrize(("zone", "day", "hours"), CHANGES)
def test_days_on_which_clocks_change_have_their_own_length(zone: str, day: date, hours: float) -> None:
    [whole] = h.spans(every_day(ALL_DAY, zone=zone), day)
    assert whole.end - whole.start == hours * 3600
    assert whole.start == instant(zone, day.year, day.month, day.day)


def test_a_span_that_does_not_exist_and_one_that_happens_twice() -> None:
    night = every_day(Span("02:00", "03:00"))
    assert h.spans(night, date(2026, 3, 29)) == []
    assert h.next_open(night, instant("Europe/Paris", 2026, 3, 29, 0, 0)) == instant("Europe/Paris", 2026, 3, 30, 2)
    # Both hours touch, so they are one span of two hours.
    [twice] = h.spans(night, date(2026, 10, 25))
    assert twice.end - twice.start == 7200
    half = every_day(Span("02:15", "02:30"))
    assert [each.end - each.start for each in h.spans(half, date(2026, 10, 25))] == [900, 900]


def test_a_day_that_a_zone_skipped_is_none() -> None:
    assert h.spans(every_day(ALL_DAY, zone="Pacific/Apia"), date(2011, 12, 30)) == []
    assert len(h.spans(every_day(ALL_DAY, zone="Pacific/Apia"), date(2011, 12, 31))) == 1


def test_over_midnight_by_two_spans() -> None:
    hours = every_day(Span("00:00", "02:00"), Span("22:00", "24:00"))
    at = instant("Europe/Paris", 2026, 6, 1, 23)
    assert h.is_open(hours, at)
    assert h.is_open(hours, at + 2.5 * 3600)
    assert not h.is_open(hours, at + 3 * 3600)
    assert h.closes(hours, at) == at + 3 * 3600
    assert h.next_open(hours, at + 3 * 3600) == at + 23 * 3600


def test_exceptions_win_over_holidays_and_holidays_over_the_week() -> None:
    office = Span("09:00", "17:00")
    hours = HoursConfig(
        "h", "H", zone="Europe/Paris", week=((office,),) * 7, country="FR",
        exceptions=(SpecialDay("2026-07-14", "open all the same", (Span("10:00", "11:00"),)), SpecialDay("2026-07-15")),
    )  # fmt: skip
    assert h.spans(hours, date(2026, 5, 1)) == []
    assert len(h.spans(hours, date(2026, 5, 2))) == 1
    [special] = h.spans(hours, date(2026, 7, 14))
    assert special.end - special.start == 3600
    assert h.spans(hours, date(2026, 7, 15)) == []


def test_holidays_differ_by_region() -> None:
    def region(name: str) -> HoursConfig:
        return every_day(ALL_DAY, zone="Europe/Berlin", country="DE", region=name)

    epiphany = date(2026, 1, 6)
    assert h.spans(region("BY"), epiphany) == []
    assert len(h.spans(region("BE"), epiphany)) == 1
    assert len(h.spans(region(""), epiphany)) == 1


def test_what_never_opens_has_no_next_opening() -> None:
    at = instant("UTC", 2026, 1, 1)
    assert h.next_open(HoursConfig("h", "H"), at) is None
    assert h.next_open(HoursConfig("h", "H", week=()), at) is None
    past = HoursConfig("h", "H", exceptions=(SpecialDay("2025-01-01", "", (ALL_DAY,)),))
    assert h.next_open(past, at) is None
    # Only in the hour that the clocks skip.
    assert h.next_open(every_day(Span("02:00", "03:00")), instant("Europe/Paris", 2026, 3, 29, 3)) is not None


def test_a_far_day_that_is_named_is_found() -> None:
    hours = HoursConfig("h", "H", exceptions=(SpecialDay("2031-01-01", "", (Span("10:00", "11:00"),)),))
    assert h.next_open(hours, instant("UTC", 2026, 1, 1)) == instant("UTC", 2031, 1, 1, 10)


def test_always_open_does_not_close() -> None:
    assert h.closes(every_day(ALL_DAY), instant("UTC", 2026, 1, 1)) is None
    assert h.closes(HoursConfig("h", "H"), instant("UTC", 2026, 1, 1)) is None


@pytest.mark.parametrize("text", ["", "9:00", "24:01", "25:00", "12:60", "12:00 ", "１２:00", "aa:bb"])
def test_no_time(text: str) -> None:
    assert h.minutes(text) is None


@pytest.mark.parametrize("text", ["", "2026-2-1", "2026-02-30", "20260201", "2026-W01-1", "9999-12-31", "0001-01-01"])
def test_no_day(text: str) -> None:
    assert h.day_of(text) is None


def test_unknown_countries_have_no_holidays() -> None:
    assert h.public_holidays("ZZ", "", 2026) == ()
    assert h.public_holidays("FR", "nowhere", 2026) == ()
    assert {"FR", "US", "AU"} <= {each.code for each in h.countries()}
