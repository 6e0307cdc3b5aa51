"""Routes of the administration, as data. Whoever joins them keeps an `Administration` for them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from rs_server.feature import FeatureCall, Route
from rs_server.protocol.errors import Code, ProtocolError

from . import api
from .administration import Administration
from .core import hours as opening
from .core.config import HoursConfig
from .core.items import RULES, TYPES, Change, Items, Kind, id_of
from .core.validate import problems
from .shapes import loose

BASE = "/api/v1/admin"
IMPORT_LIMIT = 8 << 20
MOST_CHANGES = 200

Answer = Callable[[FeatureCall], Coroutine[Any, Any, Any]]


async def configuration(call: FeatureCall) -> api.Administered:
    return await call.part(Administration).look()


def _put(kind: Kind) -> Answer:
    async def put(call: FeatureCall) -> api.SavedVersion:
        item = loose(call.body.item, TYPES[kind])
        _same_id(kind, call.path("id"), id_of(item))
        version = await call.part(Administration).save(
            [Change(kind, id_of(item), item)], call.body.version, call.user()
        )
        return api.SavedVersion(version=version)

    return _named(put, f"put_{kind}")


def _remove(kind: Kind) -> Answer:
    async def remove(call: FeatureCall) -> api.SavedVersion:
        given = call.query("version")
        if not given:
            raise ProtocolError(Code.BAD_REQUEST, "which version was it made on?", field="version")
        change = Change(kind, call.path("id")[:64], None)
        version = await call.part(Administration).save([change], _whole(given, "version"), call.user())
        return api.SavedVersion(version=version)

    return _named(remove, f"remove_{kind}")


def _named(handler: Answer, name: str) -> Answer:
    """Under a name of its own, which the API's document shows."""
    handler.__name__ = name
    return handler


def _same_id(kind: Kind, path: str, id: str) -> None:
    if path != id:
        raise ProtocolError(Code.BAD_REQUEST, f"the {kind} in the body is {id}, not {path}", field="id")


async def check(call: FeatureCall) -> api.Checked:
    return await call.part(Administration).check(_proposed(call.body.changes))


async def save(call: FeatureCall) -> api.SavedVersion:
    changes = _proposed(call.body.changes)
    if len({(each.kind, each.id) for each in changes}) < len(changes):
        raise ProtocolError(Code.BAD_REQUEST, "an item is there twice", field="changes")
    version = await call.part(Administration).save(changes, call.body.version, call.user())
    return api.SavedVersion(version=version)


def _proposed(given: Sequence[Any]) -> list[Change]:
    changes: list[Change] = []
    for proposed in given:
        kind: Kind = proposed.__struct_config__.tag
        item = None if proposed.item is None else loose(proposed.item, TYPES[kind])
        if item is not None:
            _same_id(kind, proposed.id, id_of(item))
        changes.append(Change(kind, proposed.id, item))
    return changes


async def changes(call: FeatureCall) -> api.History:
    before = call.query("before")
    limit = call.query("limit")
    most = min(max(_whole(limit, "limit"), 1), MOST_CHANGES) if limit else 50
    return await call.part(Administration).history(_whole(before, "before") if before else None, most)


async def undo(call: FeatureCall) -> api.SavedVersion:
    version = await call.part(Administration).undo(_whole(call.path("version"), "version"), call.user())
    return api.SavedVersion(version=version)


async def export(call: FeatureCall) -> web.Response:
    day = datetime.now(UTC).date().isoformat()
    return web.Response(
        body=await call.part(Administration).export(),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="deskside-configuration-{day}.json"'},
    )


async def load(call: FeatureCall) -> api.Checked | api.Imported:
    if call.query("check"):
        return await call.part(Administration).check_file(call.body)
    return await call.part(Administration).load_file(call.body, call.user())


async def policy(call: FeatureCall) -> api.PolicyAnswer:
    return await call.part(Administration).policy(call.body)


async def holidays(call: FeatureCall) -> api.Holidays:
    code, region, year = call.query("country"), call.query("region"), call.query("year")
    known = await asyncio.to_thread(opening.countries)
    if not code:
        return api.Holidays(
            countries=[api.CountryInfo(code=each.code, name=each.name, regions=list(each.regions)) for each in known]
        )
    country = next((each for each in known if each.code == code), None)
    if country is None:
        raise ProtocolError(Code.BAD_REQUEST, "the holidays of this country are not known", field="country")
    if region and region not in country.regions:
        raise ProtocolError(Code.BAD_REQUEST, f"this is no region of {country.name}", field="region")
    when = _whole(year, "year") if year else datetime.now(UTC).year
    first, last = opening.YEARS
    if not first <= when <= last:
        raise ProtocolError(Code.BAD_REQUEST, f"not a year from {first} to {last}", field="year")
    days = await asyncio.to_thread(opening.public_holidays, code, region, when)
    return api.Holidays(days=[api.HolidayInfo(date=each.date.isoformat(), name=each.name) for each in days])


async def hours_preview(call: FeatureCall) -> api.HoursPreview:
    hours = loose(call.body.hours, HoursConfig)
    first = opening.day_of(call.body.from_)
    if first is None:
        raise ProtocolError(Code.BAD_REQUEST, "this is no day, like 2026-05-01", field="from")
    return await asyncio.to_thread(_preview, hours, first, call.body.days)


def _preview(hours: HoursConfig, first: date, count: int) -> api.HoursPreview:
    found = problems(Items({("hours", hours.id): hours}), 0.0)
    errors = [each for each in found if each.severity == "error"]
    if errors:
        raise api.Invalid(errors)
    days = [first + timedelta(days=number) for number in range(count)]
    return api.HoursPreview(
        days=[
            api.OpenDay(
                date=day.isoformat(),
                name=opening.day_name(hours, day),
                spans=[_span(hours.zone, each) for each in opening.spans(hours, day)],
            )
            for day in days
        ]
    )


def _span(zone: str, each: opening.Open) -> api.OpenSpan:
    start, to = (datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M") for at in each)
    return api.OpenSpan(start=each.start, to=each.end, local_start=start, local_to="24:00" if to == "00:00" else to)


def _whole(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ProtocolError(Code.BAD_REQUEST, "not a whole number", field=name)
    return int(text)


READ, MANAGE = "queues.read", "queues.manage"

ROUTES = [
    Route("GET", f"{BASE}/configuration", READ, configuration, "All that routing goes by", None, api.Administered),
    *(
        Route("PUT", f"{BASE}/items/{kind}/{{id}}", MANAGE, _put(kind), f"Add or replace an item: {kind}",
              api.PUT[kind], api.SavedVersion)
        for kind in TYPES
    ),
    *(
        Route("DELETE", f"{BASE}/items/{kind}/{{id}}", MANAGE, _remove(kind), f"Take an item away: {kind}",
              None, api.SavedVersion, query=("version",))
        for kind in TYPES
        if kind != RULES
    ),
    Route("POST", f"{BASE}/check", MANAGE, check, "What saving would do", api.CheckRequest, api.Checked,
          body_limit=IMPORT_LIMIT),
    Route("POST", f"{BASE}/changes", MANAGE, save, "Change several items in one go", api.SaveRequest,
          api.SavedVersion, body_limit=IMPORT_LIMIT),
    Route("GET", f"{BASE}/changes", READ, changes, "Who changed what", None, api.History, query=("before", "limit")),
    Route("POST", f"{BASE}/changes/{{version}}/undo", MANAGE, undo, "Take a change back", None, api.SavedVersion),
    Route("GET", f"{BASE}/export", READ, export, "The configuration as a file", None, api.ConfigurationFile),
    Route("POST", f"{BASE}/import", MANAGE, load, "Load such a file instead of everything there is; with check=1, only "
          "say what that would do, as `check` does", api.ConfigurationFile, api.Imported, query=("check",),
          body_limit=IMPORT_LIMIT, raw=True),
    Route("POST", f"{BASE}/policy", READ, policy, "Who would get a contact, and why not the others",
          api.PolicyQuestion, api.PolicyAnswer),
    Route("GET", f"{BASE}/holidays", READ, holidays, "Countries whose public holidays are known, or the days of one",
          None, api.Holidays, query=("country", "region", "year")),
    Route("POST", f"{BASE}/hours/preview", READ, hours_preview, "When opening hours are open", api.HoursQuestion,
          api.HoursPreview),
]  # fmt: skip
