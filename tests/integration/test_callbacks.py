"""Callbacks with the whole server: asked for in the shop, by staff, by those who left; called by agents; crashes."""

import asyncio
import time
from typing import Any

import msgspec
import pytest
from sqlalchemy import insert, select

from rs_server.demo import SITE_KEY
from rs_server.ports import CallbackFilter, CallbackRequest
from tests.support.client import Refused, Socket
from webacd.channels import follow, tables
from webacd.channels.store import row_of
from webacd.core.config import CallbackPolicy, End, HoursConfig, QueueConfig, Span, Step

from .conftest import BOTH, ELSEWHERE, SHOP, House, accept, state

NUMBER = "+33 6 12 34 56 78"
E164 = "+33612345678"
DAY = (Span("00:00", "24:00"),)
NEVER_NOW = HoursConfig(id="shut", name="Shut", week=((), (), (), (), (), (), ()))


async def policy(house: House, hours: HoursConfig | None = None, queue: str = "support", **changes: Any) -> None:
    """Change how a queue calls back."""
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        known: QueueConfig = next(each for each in acd.queues() if each.id == queue)
        rule = CallbackPolicy(**{"hours": hours.id if hours else None, **changes})
        if hours is not None:
            await acd.config.put(unit, "hours", hours.id, hours, "test")
        await acd.config.put(unit, "queue", queue, msgspec.structs.replace(known, callback=rule), "test")
        await acd.reconfigure(unit)


async def callback(house: House, id: str) -> Any:
    sam = await house.signed_in("sam")
    return await sam.call("GET", f"/callbacks/{id}")


async def all_of(house: House) -> list[Any]:
    sam = await house.signed_in("sam")
    rows: list[Any] = (await sam.call("GET", "/callbacks"))["rows"]
    return rows


async def until(condition: Any, timeout: float = 10) -> Any:
    async with asyncio.timeout(timeout):
        while not (found := await condition()):
            await asyncio.sleep(0.02)
    return found


async def in_state(house: House, wanted: str) -> Any:
    async def look() -> Any:
        return next((row for row in await all_of(house) if row["state"] == wanted), None)

    return await until(look)


async def asked(house: House, **more: Any) -> Any:
    """A callback asked for by amelie."""
    api = await house.signed_in("amelie")
    body = {"queue": "support", "name": "Jeanne", "number": NUMBER, "note": "invoice", "source": "agent", **more}
    return await api.call("POST", "/callbacks", body)


async def given(agent: Socket, former: str = "") -> tuple[str, Any]:
    """(session, detail) of the callback that the agent accepts; not the former one, of which the desk may not
    have heard yet that it is gone."""

    def find() -> Any:
        return next((each for each in agent.desk().get("offers", ()) if each["session"] != former), None)

    offer = await agent.until(find)
    await accept(agent, offer["session"])
    return offer["session"], await agent.api.call("GET", f"/sessions/{offer['session']}/callback")


async def leaves(agent: Socket, session: str) -> None:
    await agent.until(lambda: session not in agent.desk()["sessions"])


@BOTH
async def test_one_is_asked_for_in_the_shop_and_keeps_its_place(house: House) -> None:
    first, session = await house.customer("Jeanne", question="My card")
    await first.event("session.snapshot", session)
    later, other = await house.customer("Karl")
    await later.event("session.snapshot", other)
    choice = await first.api.call("GET", "/session/callback?zone=Europe/Paris")
    assert choice == {"offer_after": 120.0, "open": None, "number": ""}
    promise = await first.api.call("POST", "/session/callback", {"number": "06 12 34 56 78", "country": "FR"})
    assert promise["at"] is None
    await first.until(lambda: state(first, session) == "ended")
    line = first.view(session)["lines"][-1]
    assert line["data"] == {"reason": "callback", "reference": promise["reference"], "at": ""}
    row = await in_state(house, "queued")
    assert (row["reference"], row["name"], row["source"], row["zone"]) == (
        promise["reference"],
        "Jeanne",
        "page",
        "Europe/Paris",
    )
    # Karl came later; Jeanne is called first.
    agent = await house.agent()
    called, detail = await given(agent)
    assert called != other
    assert detail["callback"]["note"] == "My card"
    assert detail["callback"]["number"] == "+33 •••••••78"


@BOTH
async def test_the_number_is_told_once_the_attempt_is_on_disk(house: House) -> None:
    made = await asked(house)
    agent = await house.agent()
    session, detail = await given(agent)
    assert detail["history"] == []
    assert detail["dial"] == detail["shown"] == ""
    assert E164[4:] not in repr(agent.frames)
    dialled = await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    assert (dialled["dial"], dialled["shown"]) == (E164, "+33 6 12 34 56 78")
    assert [(one["number"], one["agent_name"], one["outcome"]) for one in dialled["history"]] == [
        (1, "Amélie Morel", None)
    ]
    with pytest.raises(Refused) as twice:
        await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    assert twice.value.error["field"] == "attempt"
    # Nobody else sees it, not even who sees everything.
    assert (await callback(house, made["id"]))["dial"] == ""
    await agent.api.call("POST", f"/callbacks/{made['id']}/close", {"outcome": "reached", "note": "paid"})
    assert state(agent, session) == "inviting"
    link = (await agent.api.call("POST", f"/sessions/{session}/invites", {"way": "link"}))["url"]
    customer = await house.join(link.rsplit("/", 1)[-1].partition("?")[0])
    await agent.until(lambda: state(agent, session) == "live")
    await customer.event("session.snapshot", session)
    # What was noted about the customer is for staff, and so is the number as it was called.
    assert "invoice" not in repr(customer.frames)
    assert E164 not in repr(customer.frames)
    await agent.do("session.end", session)
    over = await callback(house, made["id"])
    assert (over["callback"]["state"], over["callback"]["outcome"]) == ("done", "reached")
    assert [(one["outcome"], one["note"]) for one in over["history"]] == [("reached", "paid")]


@BOTH
async def test_no_answer_is_tried_again_as_often_as_agreed(house: House) -> None:
    await policy(house, attempts=2, retry_seconds=0.0)
    made = await asked(house)
    agent = await house.agent()
    session = ""
    for number in (1, 2):
        session, _detail = await given(agent, session)
        await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
        closed = await agent.api.call("POST", f"/callbacks/{made['id']}/close", {"outcome": "no_answer"})
        assert closed["callback"]["tries"] == number
        await leaves(agent, session)
        # Nothing is left to write up.
        await agent.until(lambda: not agent.desk()["wrap_ups"])
        assert not any(each.wrap_ups for each in house.services.acd.agents())
    over = (await callback(house, made["id"]))["callback"]
    assert (over["state"], over["outcome"], over["tries"]) == ("failed", "no_answer", 2)


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ({"outcome": "wrong_number"}, ("failed", "wrong_number")),
        ({"outcome": "busy"}, ("scheduled", "")),
        ({"outcome": "later", "at": time.time() + 7200}, ("scheduled", "")),
        ({"outcome": "busy", "outcome_code": "solved"}, ("scheduled", "")),
    ],
)
async def test_outcomes(house: House, body: dict[str, Any], after: tuple[str, str]) -> None:
    made = await asked(house)
    agent = await house.agent()
    session, _detail = await given(agent)
    for wrong in ({"outcome": "busy"}, {"outcome": "later"}, {"outcome": "later", "at": 5.0}):
        with pytest.raises(Refused):
            await agent.api.call("POST", f"/callbacks/{made['id']}/close", wrong)
    await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    now = (await agent.api.call("POST", f"/callbacks/{made['id']}/close", body))["callback"]
    assert (now["state"], now["outcome"]) == after
    assert now["session"] is None or now["state"] == "failed"
    if now["state"] == "scheduled":
        assert now["at"] == pytest.approx(body.get("at", time.time() + 1800), abs=60)
        assert now["tries"] == (0 if "at" in body else 1)
    await leaves(agent, session)


@BOTH
async def test_one_live_callback_of_a_customer_and_queue(house: House) -> None:
    made = await asked(house, at=time.time() + 3600)
    with pytest.raises(Refused) as caught:
        await asked(house, number="0033 6 12.34.56.78", name="Somebody")
    assert (caught.value.code, caught.value.error["field"]) == ("conflict", "number")
    await asked(house, queue="billing", at=time.time() + 3600)
    customer, session = await house.customer("Jeanne")
    await customer.event("session.snapshot", session)
    # What staff arranged stays as it is, whoever knows the number; what is told does not show that there was one.
    promise = await customer.api.call("POST", "/session/callback", {"number": NUMBER, "at": time.time() + 7200})
    assert promise == {"reference": made["reference"], "at": pytest.approx(time.time() + 7200, abs=60)}
    rows = await all_of(house)
    [row] = [row for row in rows if row["queue"] == "support"]
    assert (row["id"], row["name"], row["at"]) == (made["id"], made["name"], made["at"])
    await (await house.signed_in("sam")).call("DELETE", f"/callbacks/{made['id']}")
    await asked(house)


@pytest.mark.parametrize("number", ["", "12", "+33 6 12 34 56", "06 12 34 56 78", "+33612345678; DROP", "x" * 41, "+0"])
async def test_a_number_that_is_none(house: House, number: str) -> None:
    customer, session = await house.customer()
    await customer.event("session.snapshot", session)
    with pytest.raises(Refused) as caught:
        await customer.api.call("POST", "/session/callback", {"number": number})
    assert caught.value.code == "bad_request"
    assert state(customer, session) == "waiting"


async def test_a_wish_is_throttled_and_on_the_pages_of_the_site_only(house: House) -> None:
    customer, session = await house.customer()
    await customer.event("session.snapshot", session)
    with pytest.raises(Refused) as foreign:
        await _from(house, ELSEWHERE, customer, "POST", {"number": NUMBER})
    assert foreign.value.code == "foreign_origin"
    with pytest.raises(Refused) as stranger:
        await house.api(SHOP).call("POST", "/session/callback", {"number": NUMBER})
    assert stranger.value.code == "not_signed_in"
    codes = []
    for _ in range(12):
        with pytest.raises(Refused) as caught:
            await customer.api.call("POST", "/session/callback", {"number": "12"})
        codes.append(caught.value.code)
    assert codes == ["bad_request"] * 10 + ["throttled"] * 2
    assert await all_of(house) == []


async def _from(house: House, origin: str, customer: Socket, method: str, body: Any) -> Any:
    api = house.api(origin)
    api.access = customer.api.access
    return await api.call(method, "/session/callback", body)


async def test_the_same_number_cannot_be_asked_for_again_and_again(house: House) -> None:
    codes = []
    for place in range(4):
        api = house.api(SHOP, address=f"127.0.0.{place + 2}")
        ticket = await api.call("POST", f"/sites/{SITE_KEY}/sessions", {"name": "J", "language": "en"})
        socket = await Socket(api, ticket["token"]).open()
        await socket.event("session.snapshot", ticket["session"])
        try:
            await api.call("POST", "/session/callback", {"number": NUMBER})
            codes.append("done")
        except Refused as refused:
            codes.append(refused.code)
    assert codes == ["done"] * 3 + ["throttled"]
    assert len(await all_of(house)) == 1


async def test_a_customer_whom_an_agent_has_is_not_called_back(house: House) -> None:
    customer, _agent, _session = await house.live()
    with pytest.raises(Refused) as caught:
        await customer.api.call("POST", "/session/callback", {"number": NUMBER})
    assert caught.value.code == "conflict"
    await policy(house, offer_after=None)
    waiting, other = await house.customer("Karl")
    await waiting.event("session.snapshot", other)
    assert (await waiting.api.call("GET", "/session/callback"))["offer_after"] is None
    with pytest.raises(Refused) as never:
        await waiting.api.call("POST", "/session/callback", {"number": NUMBER})
    assert never.value.code == "not_found"


async def test_none_of_the_coming_days_is_not_any_time(house: House) -> None:
    waiting, session = await house.customer("Karl")
    await waiting.event("session.snapshot", session)
    await policy(house, NEVER_NOW)
    assert (await waiting.api.call("GET", "/session/callback"))["open"] == []
    await policy(house, None)
    assert (await waiting.api.call("GET", "/session/callback"))["open"] is None


async def test_never_outside_the_hours_of_the_customer(house: House) -> None:
    """Open for one hour, which is over in Paris and to come elsewhere."""
    # Hours that are open now in UTC, and shut at the customer's place eleven hours ahead.
    hour = time.gmtime().tm_hour
    start, to = f"{hour:02d}:00", f"{hour + 1:02d}:00"
    open_now = HoursConfig(id="now", name="Now", zone="UTC", week=((Span(start, to),),) * 7)
    await policy(house, open_now)
    agent = await house.agent()
    away = await asked(house, number="+64 9 301 0101")
    assert away["zone"] == "Pacific/Auckland"
    assert away["at"] > time.time() + 1800
    assert time.strftime("%M", time.gmtime(away["at"])) == "00"
    assert not agent.desk()["offers"]
    await policy(house, NEVER_NOW)
    with pytest.raises(Refused) as caught:
        await asked(house)
    assert caught.value.code == "queue_closed"


@BOTH
async def test_what_waits_when_the_hours_end_goes_back_and_keeps_its_place(house: House) -> None:
    made = await asked(house)
    row = await in_state(house, "queued")
    tomorrow = time.strftime("%a", time.gmtime(time.time() + 86400))
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    week = tuple(DAY if day == tomorrow else () for day in days)
    await policy(house, HoursConfig(id="tomorrow", name="Tomorrow", week=week))
    stirring = await asked(house, number="+33 6 98 76 54 32")
    assert stirring["at"] > time.time()
    back = await in_state(house, "scheduled")
    assert back["session"] is None
    both = [each for each in await all_of(house) if each["state"] == "scheduled"]
    assert {each["id"] for each in both} == {made["id"], stirring["id"]}
    assert not house.services.acd.waiting()
    async with house.services.hub.database.read() as connection:
        place = select(tables.callbacks.c.arrived_at).where(tables.callbacks.c.id == made["id"])
        assert (await connection.execute(place)).scalar_one() == row["at"]


async def test_the_zone_that_was_told_counts_and_not_that_of_the_number(house: House) -> None:
    here = await asked(house, number="+64 9 301 0101", zone="Europe/Paris", at=time.time() + 3600)
    assert here["zone"] == "Europe/Paris"
    api = await house.signed_in("amelie")
    changed = await api.call(
        "PATCH", f"/callbacks/{here['id']}", {"version": here["version"], "email": "j@home.example"}
    )
    assert changed["zone"] == "Europe/Paris"
    away = await asked(house, number="+33 6 98 76 54 32", zone="Pacific/Auckland", at=time.time() + 3600)
    assert away["zone"] == "Pacific/Auckland"
    # A number that rings in one of several zones tells none.
    assert (await asked(house, number="+1 800 555 1234", at=time.time() + 3600))["zone"] == ""


async def test_the_guessed_zone_does_not_replace_the_one_that_was_told(house: House) -> None:
    customer, session = await house.customer("Jeanne")
    await customer.event("session.snapshot", session)
    wish = {"number": NUMBER, "at": time.time() + 7200, "zone": "America/New_York"}
    await customer.api.call("POST", "/session/callback", wish)
    again, session = await house.customer("Jeanne")
    await again.event("session.snapshot", session)
    await again.api.call("POST", "/session/callback", {"number": NUMBER, "at": time.time() + 7200})
    assert [row["zone"] for row in await all_of(house)] == ["America/New_York"]


async def test_the_time_that_is_promised_is_the_one_that_is_kept(house: House) -> None:
    begins = (time.time() // 86400 + 2) * 86400
    name = time.strftime("%a", time.gmtime(begins))
    week = tuple(DAY if day == name else () for day in ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
    await policy(house, HoursConfig(id="day", name="Day", week=week))
    for number, wish in (("+33612345601", {}), ("+33612345602", {"at": begins - 7200}), ("+1 800 555 1234", {})):
        customer, session = await house.customer("Jeanne")
        await customer.event("session.snapshot", session)
        body = {"number": number, "zone": "UTC", **wish}
        promise = await customer.api.call("POST", "/session/callback", body)
        assert promise["at"] == begins
        await customer.until(lambda: state(customer, session) == "ended")  # noqa: B023
        assert customer.view(session)["lines"][-1]["data"]["at"] == f"{begins:.0f}"
    assert {row["at"] for row in await all_of(house)} == {begins}


async def test_dialling_outside_the_hours_is_refused(house: House) -> None:
    made = await asked(house)
    agent = await house.agent()
    await given(agent)
    await policy(house, NEVER_NOW)
    with pytest.raises(Refused) as caught:
        await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    assert caught.value.code == "queue_closed"
    assert (await callback(house, made["id"]))["history"] == []


@BOTH
async def test_who_leaves_is_called_back_until_back(house: House) -> None:
    await policy(house, on_abandon=True)
    customer, session = await house.customer("Jeanne", number=NUMBER, question="Where is it?")
    await customer.event("session.snapshot", session)
    await customer.do("session.leave", session)
    row = await in_state(house, "queued")
    assert (row["source"], row["name"], row["note"]) == ("abandon", "Jeanne", "Where is it?")
    again, second = await house.customer("Jeanne", number="+33612345678")
    await again.event("session.snapshot", second)
    gone = await in_state(house, "cancelled")
    assert (gone["id"], gone["outcome"]) == (row["id"], "came_back")

    async def only_the_customer() -> bool:
        return [each.session for each in house.services.acd.waiting()] == [second]

    await until(only_the_customer)
    # Nothing is known of who gives no number.
    silent, third = await house.customer("Karl")
    await silent.event("session.snapshot", third)
    await silent.do("session.leave", third)
    assert len(await all_of(house)) == 1


@BOTH
async def test_who_could_not_be_served_in_time_is_called_back(house: House) -> None:
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        known = next(each for each in acd.queues() if each.id == "support")
        step = Step(after=0.2, end=End(to="callback"))
        await acd.config.put(unit, "queue", "support", msgspec.structs.replace(known, steps=(step,)), "test")
        await acd.reconfigure(unit)
    customer, session = await house.customer("Jeanne", number=NUMBER)
    await customer.until(lambda: state(customer, session) == "ended")
    row = await in_state(house, "queued")
    assert (row["source"], row["name"]) == ("queue", "Jeanne")
    said = customer.view(session)["lines"][-1]["data"]
    assert said == {"reason": "callback", "reference": row["reference"], "at": ""}


async def test_reserved_for_an_agent(house: House) -> None:
    sofia = await house.user_id("sofia")
    made = await asked(house, agent=sofia, agent_only=True)
    assert (made["agent_name"], made["agent_only"]) == ("Sofia Lind", True)
    with pytest.raises(Refused) as caught:
        await asked(house, agent="nobody", number="+33 6 98 76 54 32")
    assert caught.value.error["field"] == "agent"
    await in_state(house, "queued")
    amelie = await house.agent()
    assert [each.medium for each in house.services.acd.waiting()] == ["callback"]
    with pytest.raises(Refused):
        await amelie.do("contact.pick", contact=house.services.acd.waiting()[0].contact)
    _session, detail = await given(await house.agent("sofia"))
    assert detail["callback"]["holder_name"] == "Sofia Lind"
    assert not amelie.desk()["offers"]


@BOTH
async def test_a_crash_after_the_attempt_began(house: House) -> None:
    """The attempt is on disk; the agent who comes back sees it, and the number, and nobody dials by surprise."""
    made = await asked(house)
    agent = await house.agent()
    session, _detail = await given(agent)
    await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    await house.stop()
    await house.begin()
    agent = await house.staff("amelie")
    await agent.event("session.snapshot", session)
    detail = await agent.api.call("GET", f"/sessions/{session}/callback")
    assert detail["callback"]["dialled"]
    assert detail["dial"] == E164
    assert [one["outcome"] for one in detail["history"]] == [None]
    with pytest.raises(Refused):
        await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    await agent.api.call("POST", f"/callbacks/{made['id']}/close", {"outcome": "no_answer"})
    assert (await callback(house, made["id"]))["callback"]["state"] == "scheduled"


async def test_an_agent_who_is_lost_while_calling(start: Any) -> None:
    house = await start(presence_grace=0.5)
    made = await asked(house)
    agent = await house.agent()
    session, _detail = await given(agent)
    await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    await agent.close()
    row = await in_state(house, "queued")
    assert row["tries"] == 1
    sofia = await house.agent("sofia")
    again, detail = await given(sofia)
    assert again == session
    # It is said that somebody began to call.
    assert [(one["agent_name"], one["outcome"]) for one in detail["history"]] == [("Amélie Morel", "unknown")]
    dialled = await sofia.api.call("POST", f"/callbacks/{made['id']}/dial")
    assert [one["number"] for one in dialled["history"]] == [1, 2]


async def test_a_session_that_is_ended_without_a_word(house: House) -> None:
    made = await asked(house)
    agent = await house.agent()
    session, _detail = await given(agent)
    await agent.api.call("POST", f"/callbacks/{made['id']}/dial")
    await agent.do("session.end", session)
    row = await in_state(house, "scheduled")
    assert row["at"] == pytest.approx(time.time() + 1800, abs=60)
    assert [one["outcome"] for one in (await callback(house, made["id"]))["history"]] == ["unknown"]


async def test_an_agent_sees_and_changes_what_is_the_agents_own(house: House) -> None:
    made = await asked(house, at=time.time() + 3600)
    sofia, sam = await house.signed_in("sofia"), await house.signed_in("sam")
    amelie = await house.signed_in("amelie")
    assert (await sofia.call("GET", "/callbacks"))["rows"] == []
    for method, body in (("GET", None), ("PATCH", {"version": 1}), ("DELETE", None)):
        with pytest.raises(Refused) as caught:
            await sofia.call(method, f"/callbacks/{made['id']}", body)
        assert caught.value.code == "not_found"
    change = {"version": 1, "name": "Jeanne Petit", "agent": await house.user_id("sofia"), "priority": 3}
    changed = await amelie.call("PATCH", f"/callbacks/{made['id']}", change)
    assert (changed["name"], changed["agent_name"], changed["version"]) == ("Jeanne Petit", "Sofia Lind", 2)
    assert len((await sofia.call("GET", "/callbacks"))["rows"]) == 1
    with pytest.raises(Refused) as stale:
        await sam.call("PATCH", f"/callbacks/{made['id']}", {"version": 1, "name": "X"})
    assert (stale.value.code, stale.value.error["field"]) == ("conflict", "version")
    gone = await sam.call("DELETE", f"/callbacks/{made['id']}")
    assert gone["state"] == "cancelled"
    with pytest.raises(Refused):
        await sam.call("PATCH", f"/callbacks/{made['id']}", {"version": 3, "name": "X"})


@BOTH
async def test_changing_one_that_waits_takes_it_out_of_the_queue(house: House) -> None:
    made = await asked(house)
    row = await in_state(house, "queued")
    sam = await house.signed_in("sam")
    later = {"version": row["version"], "at": time.time() + 3600}
    moved = await sam.call("PATCH", f"/callbacks/{made['id']}", later)
    assert (moved["state"], moved["session"]) == ("scheduled", None)
    assert not house.services.acd.waiting()
    assert (await house.services.hub.get(row["session"])).info.state == "ended"


@BOTH
async def test_filters_and_pages(house: House) -> None:
    sam = await house.signed_in("sam")
    for place in range(3):
        body = {"queue": "support" if place else "billing", "name": f"Élodie {place}", "at": time.time() + 3600 + place}
        await sam.call("POST", "/callbacks", body | {"number": f"+3361234567{place}"})

    async def names(query: str) -> list[str]:
        return [row["name"] for row in (await sam.call("GET", f"/callbacks?{query}"))["rows"]]

    assert await names("queue=billing") == ["Élodie 0"]
    assert await names("state=scheduled,queued") == ["Élodie 0", "Élodie 1", "Élodie 2"]
    assert await names("state=done") == []
    assert await names("text=ÉLODIE 2") == ["Élodie 2"]
    assert await names("text=%25") == []
    assert await names(f"since={time.time() + 7200}") == []
    assert await names(f"until={time.time() + 7200}&agent=x") == []
    with pytest.raises(Refused):
        await names("state=x")
    find = house.services.callbacks._callbacks.find
    rows, following = await find(CallbackFilter(), "", 2)
    assert [row.name for row in rows] == ["Élodie 0", "Élodie 1"]
    rows, last = await find(CallbackFilter(), following, 2)
    assert [row.name for row in rows] == ["Élodie 2"]
    assert last is None


async def test_a_callback_that_waits_keeps_its_session(house: House) -> None:
    await asked(house)
    row = await in_state(house, "queued")
    await house.services.sessions.tidy()
    agent = await house.agent()
    _session, detail = await given(agent)
    assert detail["callback"]["id"] == row["id"]


async def test_a_list_for_one_agent_hides_nobody_behind_it(house: House) -> None:
    service, agent = house.services.callbacks._callbacks, await house.user_id("amelie")
    async with house.services.hub.database.begin() as unit:
        for start, reserved in ((0, agent), (5 * follow.MOST_QUEUED, "")):
            numbers = [f"+336123{start + number:05d}" for number in range(5 * follow.MOST_QUEUED if reserved else 3)]
            made = [
                service.new(CallbackRequest(queue="support", source="list", number=number, agent=reserved))
                for number in numbers
            ]
            await unit.connection.execute(insert(tables.callbacks), [row_of("main", each) for each in made])

    async def all_there() -> bool:
        async with house.services.hub.database.begin() as unit:
            service.stir_after(unit)
        return [each.agent for each in house.services.acd.waiting()].count(None) == 3

    await until(all_there)


async def test_many_that_are_due_do_not_flood_the_queue(house: House) -> None:
    service = house.services.callbacks._callbacks
    async with house.services.hub.database.begin() as unit:
        numbers = [f"+336123{number:05d}" for number in range(120)]
        made = [service.new(CallbackRequest(queue="support", source="list", number=number)) for number in numbers]
        await unit.connection.execute(insert(tables.callbacks), [row_of("main", each) for each in made])
    await asked(house)

    async def waiting() -> int:
        return len(house.services.acd.waiting())

    async def full() -> bool:
        return await waiting() == follow.MOST_QUEUED + 1

    await until(full)
    agent = await house.agent()
    await given(agent)

    async def refilled() -> bool:
        return await waiting() >= follow.MOST_QUEUED

    await until(refilled)
