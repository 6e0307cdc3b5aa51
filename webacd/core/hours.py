"""When something is open. An instant is open when a clock on the wall of the zone shows a time within one of the
day's spans: a span that is skipped when clocks go forward does not exist, one that is shown twice is open twice.

Instants are seconds since the epoch. Days are the zone's own and have 23, 24, 25 or any number of hours.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import holidays

from .config import HoursConfig, Span

DAY = timedelta(days=1)
LOOK_DAYS = 370
"""How far ahead an opening is looked for, beside the days that are named one by one."""
YEARS = (1970, 2200)
"""First and last of which anything is said."""
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")


class Open(NamedTuple):
    """Open from `start` to before `end`."""

    start: float
    end: float


class Holiday(NamedTuple):
    date: date
    name: str


class Country(NamedTuple):
    code: str
    name: str
    """In English."""
    regions: tuple[str, ...]


def minutes(clock: str) -> int | None:
    """Minutes since midnight of `HH:MM`, up to `24:00`; None when it is no such time."""
    if not _CLOCK.fullmatch(clock):
        return None
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)


def day_of(text: str) -> date | None:
    """Of `YYYY-MM-DD`; None when there is no such day, or it is not of our time."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


@lru_cache
def zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache
def countries() -> tuple[Country, ...]:
    """Those whose public holidays are known, by name."""
    regions = holidays.list_supported_countries(include_aliases=False)
    found = [
        Country(code, re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name), tuple(regions.get(code, ())))
        for name, code, *_ in holidays.registry.COUNTRIES.values()
    ]
    return tuple(sorted(found, key=lambda each: each.name))


@lru_cache(maxsize=256)
def public_holidays(country: str, region: str, year: int) -> tuple[Holiday, ...]:
    """In order; none when country or region are not known, or nothing is known of the year."""
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year, expand=False)
    except NotImplementedError:
        return ()
    return tuple(Holiday(day, name) for day, name in sorted(found.items()))


def day_spans(hours: HoursConfig, day: date) -> Sequence[Span]:
    """Of the local day, by exception, else holiday, else day of the week."""
    for special in hours.exceptions:
        if special.date == day.isoformat():
            return special.spans
    if hours.country and any(each.date == day for each in public_holidays(hours.country, hours.region, day.year)):
        return ()
    return hours.week[day.weekday()] if len(hours.week) == 7 else ()


def day_name(hours: HoursConfig, day: date) -> str:
    """Of the exception or the public holiday that the day is; empty: neither."""
    for special in hours.exceptions:
        if special.date == day.isoformat():
            return special.name
    days = public_holidays(hours.country, hours.region, day.year) if hours.country else ()
    return next((each.name for each in days if each.date == day), "")


def spans(hours: HoursConfig, day: date) -> list[Open]:
    """When it is open on the zone's `day`, in order; what touches is one. Raises `ZoneInfoNotFoundError`."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    found: list[Open] = []
    for piece in _pieces(hours.zone, day):
        for span in day_spans(hours, day):
            first, last = minutes(span.start), minutes(span.to)
            if first is None or last is None:
                continue
            # The wall's times as instants, while the offset from UTC is that of this piece.
            base = midnight.timestamp() - piece.offset
            start, end = max(piece.start, base + first * 60), min(piece.end, base + last * 60)
            if start < end:
                found.append(Open(start, end))
    return _joined(found)


def is_open(hours: HoursConfig, at: float) -> bool:
    return any(each.start <= at < each.end for each in spans(hours, local_day(hours.zone, at)))


def next_open(hours: HoursConfig, at: float) -> float | None:
    """`at` when it is open then, else when it opens next; None when that is never."""
    for each in openings(hours, at):
        return max(at, each.start)
    return None


def closes(hours: HoursConfig, at: float) -> float | None:
    """When what is open at that time closes; None when it is closed, or open without an end for a year."""
    end: float | None = None
    for each in openings(hours, at):
        if each.start > (at if end is None else end):
            return end
        end = each.end
    return end if end is not None and end < at + LOOK_DAYS * DAY.total_seconds() else None


def openings(hours: HoursConfig, at: float) -> Iterator[Open]:
    """What is open at that time or later, in order; spans of neighbouring days are not joined."""
    for day in _days(hours, local_day(hours.zone, at)):
        for each in spans(hours, day):
            if each.end > at:
                yield each


def local_day(zone: str, at: float) -> date:
    """The day that a calendar on the wall of the zone shows."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).date()


def _days(hours: HoursConfig, first: date) -> Iterator[date]:
    """Days from `first` on which it may be open: a year of them, and then those that are exceptions."""
    last = first + LOOK_DAYS * DAY
    named = {day_of(special.date) for special in hours.exceptions if special.spans}
    special = sorted(day for day in named if day is not None and day >= first)
    if not any(hours.week):
        yield from special
        return
    for number in range(LOOK_DAYS + 1):
        yield first + number * DAY
    yield from (day for day in special if day > last)


class _Piece(NamedTuple):
    """Part of a day with one offset from UTC, seconds."""

    start: float
    end: float
    offset: float


@lru_cache(maxsize=4096)
def _pieces(zone: str, day: date) -> tuple[_Piece, ...]:
    """The instants that belong to the zone's day. None at all for a day that the zone skipped."""
    place = ZoneInfo(zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    first = int((midnight - timedelta(hours=26)).timestamp())
    last = int((midnight + timedelta(hours=50)).timestamp())
    changing = (hour for hour in range(first, last, 3600) if _offset(place, hour) != _offset(place, hour + 3600))
    changes = [first, *(_change(place, hour, hour + 3600) for hour in changing), last]
    pieces = []
    for start, end in pairwise(changes):
        offset = _offset(place, start)
        begins = midnight.timestamp() - offset
        piece = _Piece(max(float(start), begins), min(float(end), begins + DAY.total_seconds()), offset)
        if piece.start < piece.end:
            pieces.append(piece)
    return tuple(pieces)


def _offset(place: ZoneInfo, at: int) -> float:
    shown = datetime.fromtimestamp(at, place).utcoffset()
    return shown.total_seconds() if shown is not None else 0.0


def _change(place: ZoneInfo, low: int, high: int) -> int:
    """The first second with the offset of `high`."""
    after = _offset(place, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(place, middle) == after:
            high = middle
        else:
            low = middle
    return high


def _joined(found: list[Open]) -> list[Open]:
    joined: list[Open] = []
    for each in sorted(found):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Open(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return joined
