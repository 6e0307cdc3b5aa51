"""A queue that is closed takes no customers who come by themselves, and says when it opens."""

import time
from typing import Any

import msgspec
import pytest

from rs_server.demo import SITE_KEY
from tests.support.client import Refused, Socket
from webacd.core.config import CallbackPolicy, HoursConfig, QueueConfig, Span

from .conftest import SHOP, House, accept, state
from .test_callbacks import E164, NUMBER, all_of, asked

SITE = f"/sites/{SITE_KEY}"
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
ALWAYS = (Span("00:00", "24:00"),)


def tomorrow() -> tuple[HoursConfig, float]:
    """Hours of that day only (UTC), and when it begins."""
    begins = (time.time() // 86400 + 1) * 86400
    name = time.strftime("%a", time.gmtime(begins))
    return HoursConfig("tomorrow", "Tomorrow", week=tuple(ALWAYS if day == name else () for day in DAYS)), begins


async def close(house: House, queue: str = "support", hours: HoursConfig | None = None, **changes: Any) -> None:
    acd = house.installation.acd
    known: QueueConfig = next(each for each in acd.queues() if each.id == queue)
    wanted = hours or tomorrow()[0]
    async with acd.database.begin() as unit:
        await acd.config.put(unit, "hours", wanted.id, wanted, "test")
        await acd.config.put(unit, "queue", queue, msgspec.structs.replace(known, hours=wanted.id, **changes), "test")
        await acd.reconfigure(unit)


async def test_who_comes_is_told_when_it_opens_and_leaves_a_number(house: House) -> None:
    api = house.api(SHOP)
    assert (await api.call("GET", SITE))["closed"] is None
    with pytest.raises(Refused, match="conflict"):
        await api.call("POST", f"{SITE}/callback", {"number": E164})
    _, begins = tomorrow()
    await close(house)
    with pytest.raises(Refused, match="queue_closed") as caught:
        await api.call("POST", f"{SITE}/sessions", {"name": "Jeanne"})
    assert caught.value.error["retry_after"] == pytest.approx(begins - time.time(), abs=60)
    assert not house.services.acd.waiting()
    assert not house.services.hub.open(), "nothing of it remains"
    assert (await api.call("GET", SITE))["closed"] == {"opens_at": begins, "callback": True}
    choice = await api.call("GET", f"{SITE}/callback?zone=UTC")
    assert choice["open"][0]["start"] == begins
    body = {"number": NUMBER, "name": "Jeanne", "note": "Where is it?", "language": "fr", "zone": "UTC"}
    promise = await api.call("POST", f"{SITE}/callback", body)
    [row] = await all_of(house)
    assert (row["reference"], row["at"]) == (promise["reference"], promise["at"])
    assert (row["name"], row["note"], row["language"], row["source"]) == ("Jeanne", "Where is it?", "fr", "page")
    assert row["at"] >= begins - 12 * 3600
    with pytest.raises(Refused) as wrong:
        await api.call("POST", f"{SITE}/callback", {"number": "12"})
    assert wrong.value.error["field"] == "number"


@pytest.mark.parametrize("source", ["page", "agent"])
async def test_who_merely_knows_a_number_changes_nothing_of_what_is_live(house: House, source: str) -> None:
    _, begins = tomorrow()
    await close(house)
    api = house.api(SHOP)
    if source == "page":
        await api.call(
            "POST", f"{SITE}/callback", {"number": NUMBER, "name": "Jeanne", "note": "My card", "zone": "UTC"}
        )
    else:
        await asked(house, note="My card", zone="UTC", at=begins + 3600)
    [before] = await all_of(house)
    wish = {"number": NUMBER, "name": "Mallory", "note": "Not needed", "zone": "UTC"}
    # The answer is that of a new one.
    for at, told in ((None, begins), (begins + 7200, begins + 7200)):
        promise = await api.call("POST", f"{SITE}/callback", {**wish, "at": at})
        assert promise == {"reference": before["reference"], "at": told}
    [after] = await all_of(house)
    assert after == {**before, "note": "My card\n[web] Not needed", "version": before["version"] + 1}


async def test_a_time_is_taken_within_the_week_that_is_offered(house: House) -> None:
    await close(house)
    api = house.api(SHOP)
    with pytest.raises(Refused) as late:
        await api.call("POST", f"{SITE}/callback", {"number": NUMBER, "at": time.time() + 9 * 86400})
    assert (late.value.code, late.value.error["field"]) == ("bad_request", "at")
    assert await all_of(house) == []


async def test_a_number_is_taken_where_the_queue_calls_back_only(house: House) -> None:
    never = HoursConfig("never", "Never", week=((),) * 7)
    await close(house, hours=never, callback=CallbackPolicy(offer_after=None))
    api = house.api(SHOP)
    assert (await api.call("GET", SITE))["closed"] == {"opens_at": None, "callback": False}
    with pytest.raises(Refused, match="not_found"):
        await api.call("POST", f"{SITE}/callback", {"number": E164})
    with pytest.raises(Refused, match="queue_closed") as caught:
        await api.call("POST", f"{SITE}/sessions", {"name": "Jeanne"})
    assert caught.value.error.get("retry_after") is None


async def test_no_callback_is_offered_that_could_never_be_made(house: House) -> None:
    await close(house, hours=HoursConfig("never", "Never", week=((),) * 7))
    api = house.api(SHOP)
    assert (await api.call("GET", SITE))["closed"] == {"opens_at": None, "callback": False}
    assert (await api.call("GET", f"{SITE}/callback"))["offer_after"] is None
    with pytest.raises(Refused, match="not_found"):
        await api.call("POST", f"{SITE}/callback", {"number": E164})


def open_between(start: float, end: float) -> HoursConfig:
    """Each day at these times of day (UTC)."""
    first, last = (time.strftime("%H:%M", time.gmtime(at)) for at in (start, end))
    spans = (Span(first, last),) if first < last else (Span("00:00", last), Span(first, "24:00"))
    return HoursConfig("daily", "Daily", week=(spans,) * 7)


async def test_what_was_begun_before_the_opening_may_be_sent_after_it(house: House) -> None:
    now = time.time()
    api = house.api(SHOP)
    await close(house, hours=open_between(now - 3600, now + 3600))
    with pytest.raises(Refused, match="conflict"):
        await api.call("POST", f"{SITE}/callback", {"number": E164})
    await close(house, hours=open_between(now - 120, now + 3600))
    assert (await api.call("GET", SITE))["closed"] is None
    promise = await api.call("POST", f"{SITE}/callback", {"number": E164, "zone": "UTC"})
    assert promise["at"] is None
    assert [row["reference"] for row in await all_of(house)] == [promise["reference"]]


async def test_numbers_are_throttled_and_taken_on_the_pages_of_the_site_only(house: House) -> None:
    await close(house)
    with pytest.raises(Refused, match="foreign_origin"):
        await house.api("http://127.0.0.1:2").call("POST", f"{SITE}/callback", {"number": E164})
    api = house.api(SHOP)
    for _ in range(3):
        await api.call("POST", f"{SITE}/callback", {"number": E164})
    with pytest.raises(Refused, match="throttled"):
        await api.call("POST", f"{SITE}/callback", {"number": E164})


async def test_who_is_there_already_stays(house: House) -> None:
    customer, session = await house.customer()
    await customer.event("session.snapshot", session)
    agent: Socket = await house.agent()
    invited, link = await house.outbound(agent, "support")
    await close(house)
    await accept(agent, session)
    await customer.until(lambda: state(customer, session) == "live")
    # Whom an agent invited gets in, and the customer may not be given on to where nobody is.
    await house.join(link)
    await agent.until(lambda: state(agent, invited) == "live")
    with pytest.raises(Refused, match="queue_closed"):
        await agent.do("session.transfer", session, queue="support")
    assert state(customer, session) == "live"
    await agent.do("session.transfer", session, queue="billing")
    await customer.until(lambda: state(customer, session) == "waiting")


async def test_a_policy_says_that_it_is_closed(house: House) -> None:
    _, begins = tomorrow()
    await close(house)
    admin = await house.signed_in("ada")
    found = await admin.call("POST", "/admin/policy", {"queue": "support"})
    assert (found["open"], found["opens_at"]) == (False, begins)
    found = await admin.call("POST", "/admin/policy", {"queue": "billing"})
    assert (found["open"], found["opens_at"]) == (True, None)
