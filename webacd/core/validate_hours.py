"""What is wrong with opening hours."""

from collections.abc import Iterator, Sequence

from . import hours as opening
from .config import HoursConfig, Span
from .problem import Problem, named, problem, twice


def of_hours(hours: HoursConfig) -> Iterator[Problem]:
    id = hours.id
    yield from named("hours", id, hours.name)
    if hours.zone not in opening.zone_names():
        yield problem("hours", id, "zone", "bad_zone", zone=hours.zone)
    known = {country.code: country for country in opening.countries()}
    if hours.country and hours.country not in known:
        yield problem("hours", id, "country", "bad_country", country=hours.country)
    elif hours.country and hours.region and hours.region not in known[hours.country].regions:
        yield problem("hours", id, "region", "bad_region", region=hours.region, country=known[hours.country].name)
    elif hours.region and not hours.country:
        yield problem("hours", id, "region", "region_without_country")
    if len(hours.week) != 7:
        yield problem("hours", id, "week", "week_days", count=len(hours.week))
    for number, day in enumerate(hours.week):
        yield from _spans(id, f"week.{number}", day)
    dates = [special.date for special in hours.exceptions]
    yield from twice("hours", id, "exceptions", dates)
    for number, special in enumerate(hours.exceptions):
        if opening.day_of(special.date) is None:
            yield problem("hours", id, f"exceptions.{number}.date", "bad_date", date=special.date)
        yield from _spans(id, f"exceptions.{number}.spans", special.spans)


def never_closes(hours: HoursConfig) -> bool:
    """As they stand: what a far holiday or a change of clocks does is not looked for."""
    days = [*hours.week, *(special.spans for special in hours.exceptions)]
    return not hours.country and all(sum(_length(span) for span in day) == 24 * 60 for day in days)


def _length(span: Span) -> int:
    return (opening.minutes(span.to) or 0) - (opening.minutes(span.start) or 0)


def _spans(id: str, field: str, spans: Sequence[Span]) -> Iterator[Problem]:
    sound: list[Span] = []
    for number, span in enumerate(spans):
        where = f"{field}.{number}"
        wrong = False
        for name, time in (("start", span.start), ("to", span.to)):
            if opening.minutes(time) is None:
                wrong = True
                yield problem("hours", id, f"{where}.{name}", "bad_time", time=time)
        if wrong:
            continue
        if span.start >= span.to:
            yield problem("hours", id, where, "span_order", start=span.start, to=span.to)
            continue
        for other in sound:
            if span.start < other.to and other.start < span.to:
                params = {"start": span.start, "to": span.to, "other_start": other.start, "other_to": other.to}
                yield problem("hours", id, where, "span_overlap", **params)
        sound.append(span)
