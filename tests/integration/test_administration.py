"""The administration's part of the API, on a whole server."""

import asyncio
import io
import json
import threading
from typing import Any
from unittest import mock

import pytest

from rs_server.core.permissions import Profile
from rs_server.ports import Candidate, ContactRequest, Explanation, WhyNot
from rs_server.services.configuration import note_change
from tests.support.client import Api, Refused
from webacd import administration
from webacd.core.config import GroupConfig
from webacd.core.items import Items
from webacd.core.problem import Problem
from webacd.core.validate import problems

from .conftest import House


@pytest.fixture
async def admin(house: House) -> Api:
    return await house.signed_in("ada")


async def look(admin: Api) -> Any:
    return await admin.call("GET", "/admin/configuration")


async def put(admin: Api, kind: str, item: Any, version: int | None = None) -> int:
    if version is None:
        version = (await look(admin))["version"]
    id = item.get("id", "rules")
    answer = await admin.call("PUT", f"/admin/items/{kind}/{id}", {"version": version, "item": item})
    return int(answer["version"])


async def check(admin: Api, *changes: Any) -> Any:
    made = [{"kind": kind, "id": id, "item": item} for kind, id, item in changes]
    return await admin.call("POST", "/admin/check", {"changes": made})


async def refused(admin: Api, method: str, path: str, body: Any = None) -> dict[str, Any]:
    with pytest.raises(Refused) as caught:
        await admin.call(method, path, body)
    return caught.value.error


def one(found: Any, kind: str, id: str) -> Any:
    return next(item for item in found["configuration"][kind] if item["id"] == id)


async def test_what_is_there(admin: Api, house: House) -> None:
    found = await look(admin)
    configuration = found["configuration"]
    assert {each["id"] for each in configuration["queues"]} == {"support", "billing", "refunds"}
    assert [each["id"] for each in one(found, "queues", "refunds")["outcome_codes"]] == ["refunded", "refused"]
    assert one(found, "queues", "support")["outcome_codes"] == []
    assert {each["id"] for each in configuration["common_codes"]} == {"solved", "call_again", "passed_on", "no_answer"}
    people = {each["name"]: each for each in found["people"]}
    assert people["amelie"] == {
        "user": await house.user_id("amelie"),
        "name": "amelie",
        "display_name": "Amélie Morel",
        "department": "Billing",
        "roles": ["agent"],
        "disabled": False,
    }
    assert (found["alarms"], found["problems"]) == ([], [])


async def test_saving_routes_at_once(admin: Api, house: House) -> None:
    socket = await house.agent("paul")
    before = await admin.call("GET", "/desk/config")
    assert not any(queue["id"] == "vip" for queue in before["queues"])
    version = await put(admin, "queue", {"id": "vip", "name": "VIP"})
    agent = one(await look(admin), "agents", await house.user_id("paul"))
    assert await put(admin, "agent", {**agent, "queues": ["vip"]}) == version + 1
    assert "vip" in {queue["id"] for queue in (await admin.call("GET", "/desk/config"))["queues"]}
    view = house.installation.acd.agent(agent["id"])
    assert view is not None
    assert view.queues == ("vip",)
    await socket.event("desk.snapshot")


async def test_a_new_agent_is_in_the_team(admin: Api, house: House) -> None:
    await house.hire("nora", Profile.AGENT)
    socket = await house.staff("sofia")
    await socket.event("desk.snapshot")
    nora = await house.user_id("nora")
    # With lists of the administrator's, nobody else is in the team.
    found = await look(admin)
    for team in found["configuration"]["team_lists"]:
        version = (await look(admin))["version"]
        await admin.call("DELETE", f"/admin/items/team_list/{team['id']}?version={version}")
    await put(admin, "agent", {"id": nora, "queues": ["support"]})
    await socket.until(lambda: any(each["user"] == nora for each in socket.desk()["team"]))
    version = (await look(admin))["version"]
    await admin.call("DELETE", f"/admin/items/agent/{nora}?version={version}")
    assert house.installation.acd.agent(nora) is None


async def test_what_changed_meanwhile_is_a_conflict(admin: Api) -> None:
    seen = (await look(admin))["version"]
    await put(admin, "skill", {"id": "spanish", "name": "Spanish"}, seen)
    # Another item is nobody's business.
    await put(admin, "group", {"id": "night", "name": "Night shift"}, seen)
    for method, path, body in (
        ("PUT", "/admin/items/skill/spanish", {"version": seen, "item": {"id": "spanish", "name": "Español"}}),
        ("DELETE", f"/admin/items/skill/spanish?version={seen}", None),
    ):
        error = await refused(admin, method, path, body)
        assert (error["code"], error["field"]) == ("conflict", "skill.spanish")


async def test_several_are_saved_in_one_go_or_not_at_all(admin: Api, house: House) -> None:
    seen = await look(admin)
    before = {each["id"]: each for each in seen["configuration"]["agents"]}
    ids = [await house.user_id(name) for name in ("amelie", "paul")]
    good = [{"kind": "agent", "id": id, "item": {**before[id], "queues": ["refunds"]}} for id in ids]
    bad = {"kind": "agent", "id": ids[0], "item": {**before[ids[0]], "queues": ["a", "a"]}}
    body = {"version": seen["version"], "changes": good}
    for wrong, code in (
        ({**body, "changes": [bad, good[1]]}, "invalid"),
        ({**body, "changes": [*good, good[0]]}, "bad_request"),
        ({**body, "changes": []}, "bad_request"),
        ({"changes": good}, "bad_request"),
    ):
        assert (await refused(admin, "POST", "/admin/changes", wrong))["code"] == code
    assert (await look(admin))["configuration"] == seen["configuration"]
    version = (await admin.call("POST", "/admin/changes", body))["version"]
    assert version == seen["version"] + 2
    assert [one(await look(admin), "agents", id)["queues"] for id in ids] == [["refunds"]] * 2
    # Somebody who saw it as it was changes only one of them: nothing of theirs is saved.
    late = {**body, "changes": [{"kind": "skill", "id": "s", "item": {"id": "s", "name": "S"}}, good[0]]}
    assert (await refused(admin, "POST", "/admin/changes", late))["code"] == "conflict"
    assert not any(each["id"] == "s" for each in (await look(admin))["configuration"]["skills"])
    # And one Undo takes all of it back.
    await admin.call("POST", f"/admin/changes/{version}/undo", {})
    assert (await look(admin))["configuration"]["agents"] == seen["configuration"]["agents"]


async def test_two_at_once_are_one_after_the_other(admin: Api) -> None:
    seen = (await look(admin))["version"]
    answers = await asyncio.gather(
        *(put(admin, "skill", {"id": "same", "name": f"Name {number}"}, seen) for number in range(6)),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["Refused"] * 5 + ["int"]


async def test_nobody_waits_while_it_is_looked_for_what_is_wrong(
    admin: Api, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What others save meanwhile is looked at too."""
    seen = (await look(admin))["version"]
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()
    real, looked_at = problems, list[set[str]]()

    def slow(items: Items, now: float) -> list[Problem]:
        looked_at.append({group.id for group in items.of(GroupConfig)})
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(20)
        return real(items, now)

    monkeypatch.setattr(administration, "problems", slow)
    saving = asyncio.create_task(put(admin, "group", {"id": "night", "name": "Night shift"}, seen))
    await asyncio.wait_for(begun.wait(), 10)
    customer, session = await house.customer()
    await customer.event("session.snapshot", session)
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        await acd.config.put(unit, "group", "other", GroupConfig("other", "Other"), "test")
    go_on.set()
    await saving
    assert [("other" in groups, "night" in groups) for groups in looked_at] == [
        (False, False),
        (False, True),
        (True, False),
        (True, True),
    ]
    assert {"night", "other"} <= {each["id"] for each in (await look(admin))["configuration"]["groups"]}


async def test_what_is_wrong_is_not_saved_and_says_where(admin: Api) -> None:
    queue = one(await look(admin), "queues", "refunds")
    before = await look(admin)
    wrong = {**queue, "steps": [{"after": 60, "lower": 1}, {"after": 30, "lower": 1}], "priority": 500}
    error = await refused(admin, "PUT", "/admin/items/queue/refunds", {"version": before["version"], "item": wrong})
    assert error["code"] == "invalid"
    assert {(each["field"], each["code"], each["severity"]) for each in error["problems"]} == {
        ("priority", "out_of_range", "error"),
        ("steps.1.after", "steps_order", "error"),
    }
    assert error["message"] == "queue, refunds, priority: 500 is not within -100 and 100"
    assert await look(admin) == before


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("queue/x", {"version": 0, "item": {"id": "x", "name": "X", "colour": 1}}, "bad_request"),
        ("queue/x", {"version": 0, "item": {"id": "y", "name": "X"}}, "bad_request"),
        ("queue/x", {"version": -1, "item": {"id": "x", "name": "X"}}, "bad_request"),
        ("queue/x", {"item": {"id": "x", "name": "X"}}, "bad_request"),
        ("queue/x", {"version": 9999, "item": {"id": "x", "name": ""}}, "invalid"),
        ("queue/x", {"version": 9999, "item": {"id": "x", "name": "Support"}}, "invalid"),
        ("agent/nobody", {"version": 9999, "item": {"id": "nobody"}}, "invalid"),
        ("hours/x", {"version": 9999, "item": {"id": "x", "name": "X", "zone": "Nowhere"}}, "invalid"),
        ("team_list/x", {"version": 9999, "item": {"id": "x", "name": "X", "members": ["nobody"]}}, "invalid"),
        ("rules/other", {"version": 9999, "item": {}}, "bad_request"),
        ("queue/x", {"version": 0, "item": {"id": "x", "name": "x" * 70_000}}, "too_large"),
    ],
)
async def test_bad_items(admin: Api, path: str, body: Any, code: str) -> None:
    before = await look(admin)
    assert (await refused(admin, "PUT", f"/admin/items/{path}", body))["code"] == code
    assert await look(admin) == before


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("DELETE", "/admin/items/queue/support", "bad_request"),
        ("DELETE", "/admin/items/queue/support?version=x", "bad_request"),
        ("DELETE", "/admin/items/queue/support?version=9999", "invalid"),
        ("GET", "/admin/changes?before=x", "bad_request"),
        ("GET", "/admin/changes?limit=-1", "bad_request"),
        ("GET", "/admin/changes?before=²", "bad_request"),
        ("POST", "/admin/changes/0/undo", "not_found"),
        ("POST", "/admin/changes/99999/undo", "not_found"),
        ("POST", "/admin/changes/x/undo", "bad_request"),
        ("GET", "/admin/holidays?country=ZZ", "bad_request"),
        ("GET", "/admin/holidays?country=FR&region=BY", "bad_request"),
        ("GET", "/admin/holidays?country=FR&year=0", "bad_request"),
    ],
)
async def test_bad_questions(admin: Api, method: str, path: str, code: str) -> None:
    assert (await refused(admin, method, path))["code"] == code


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        '{"version": 0, "item": null}',
        '{"version": 0, "item": {"id": "x", "name": "\\ud800"}}',
        '{"version": 1e300, "item": {"id": "x", "name": "X"}}',
        '{"version": 0, "item": {"id": "x", "name": "X", "groups": {}}}',
        '{"version": 0, "item": {"id": "x", "name": "X", "offer_seconds": NaN}}',
    ],
)
async def test_bodies_that_no_page_would_send(admin: Api, body: str) -> None:
    headers = {**admin.headers(), "Content-Type": "application/json"}
    for path, method in (("items/queue/x", "PUT"), ("check", "POST"), ("policy", "POST"), ("hours/preview", "POST")):
        url = f"{admin.base}/api/v1/admin/{path}"
        async with admin.http.request(method, url, data=io.BytesIO(body.encode()), headers=headers) as response:
            assert (response.status, (await response.json())["code"]) in ((400, "bad_request"), (413, "too_large"))


async def test_a_queue_that_a_site_leads_into_stays(admin: Api) -> None:
    answer = await check(admin, ("queue", "support", None))
    [found] = [each for each in answer["problems"] if each["code"] == "queue_of_site"]
    assert found["params"] == {"sites": "acme-tools"}


async def test_checking_says_what_would_happen_and_saves_nothing(admin: Api, house: House) -> None:
    socket = await house.agent("amelie")
    _customer, session = await house.customer()
    await socket.until(lambda: socket.desk().get("offers"))
    before = await look(admin)
    agent = one(before, "agents", await house.user_id("amelie"))
    answer = await check(admin, ("agent", agent["id"], {**agent, "queues": [], "groups": []}))
    assert [each["code"] for each in answer["effects"]] == ["offers_rescinded"]
    assert [(each["kind"], each["what"]) for each in answer["changed"]] == [("agent", "changed")]
    answer = await check(admin, ("group", "billing", None), ("skill", "refunds", None))
    codes = [each["code"] for each in answer["effects"]]
    assert codes.count("dangling") == len(answer["alarms"]) > 3
    assert {each["code"] for each in answer["problems"]} == {"nobody_has_skill_until"}
    assert {"kind": "queue", "id": "refunds", "of": "group", "to": "billing"} in answer["alarms"]
    assert await look(admin) == before
    assert socket.desk()["offers"][0]["session"] == session


async def test_dangling_references_are_saved_and_shown(admin: Api) -> None:
    version = (await look(admin))["version"]
    await admin.call("DELETE", f"/admin/items/group/tech?version={version}")
    found = await look(admin)
    assert {"kind": "queue", "id": "refunds", "of": "group", "to": "tech"} in found["alarms"]
    await admin.call("POST", f"/admin/changes/{version + 1}/undo", {})
    assert (await look(admin))["alarms"] == []


async def test_the_history_and_taking_back(admin: Api, house: House) -> None:
    version = await put(admin, "queue", {"id": "vip", "name": "VIP", "default": True})
    changes = (await admin.call("GET", "/admin/changes?limit=2"))["changes"]
    assert {each["id"] for each in changes} == {"vip", "billing"}
    vip = next(each for each in changes if each["id"] == "vip")
    assert (vip["by_name"], vip["kind"], vip["name"], vip["before"]) == ("Ada Nilsson", "queue", "VIP", None)
    assert vip["after"]["default"] is True
    back = (await admin.call("POST", f"/admin/changes/{vip['version']}/undo", {}))["version"]
    assert back == version + 2
    found = await look(admin)
    assert one(found, "queues", "billing")["default"]
    assert "vip" not in {each["id"] for each in found["configuration"]["queues"]}
    assert {queue.id for queue in house.installation.acd.queues()} == {"support", "billing", "refunds"}
    assert (await refused(admin, "POST", f"/admin/changes/{vip['version']}/undo", {}))["code"] == "conflict"
    await admin.call("POST", f"/admin/changes/{back}/undo", {})
    assert one(await look(admin), "queues", "vip")["default"]
    page = (await admin.call("GET", f"/admin/changes?before={version - 1}&limit=5"))["changes"]
    assert [each["version"] for each in page] == sorted((each["version"] for each in page), reverse=True)
    assert all(each["by"] == "" for each in page)


async def test_out_and_in_again_is_the_same(admin: Api, house: House) -> None:
    before = await look(admin)
    async with admin.http.get(f"{admin.base}/api/v1/admin/export", headers=admin.headers()) as response:
        assert response.headers["Content-Disposition"].startswith('attachment; filename="deskside-configuration-')
        file = json.loads(await response.read())
    assert file["deskside"] == 1
    checked = await admin.call("POST", "/admin/import?check=1", file)
    assert (checked["problems"], checked["changed"], checked["effects"]) == ([], [], [])
    small = {"deskside": 1, "configuration": {"queues": [{"id": "support", "name": "Help"}]}}
    checked = await admin.call("POST", "/admin/import?check=1", small)
    assert {each["code"] for each in checked["problems"]} == {"queue_without_agents"}
    assert {each["what"] for each in checked["changed"]} == {"changed", "removed"}
    assert await look(admin) == before
    done = await admin.call("POST", "/admin/import", small)
    assert done["changed"] == len(checked["changed"])
    assert [queue.name for queue in house.installation.acd.queues()] == ["Help"]
    assert await admin.call("POST", "/admin/import", file) != done
    after = await look(admin)
    assert after["configuration"] == before["configuration"]
    # An import is one change.
    [newest] = (await admin.call("GET", "/admin/changes?limit=1"))["changes"]
    await admin.call("POST", f"/admin/changes/{newest['version']}/undo", {})
    assert [queue.name for queue in house.installation.acd.queues()] == ["Help"]


async def test_a_file_with_one_mistake_changes_nothing(admin: Api) -> None:
    before = await look(admin)
    file = {"deskside": 1, "configuration": before["configuration"]}
    file = json.loads(json.dumps(file))
    file["configuration"]["queues"][0]["offer_seconds"] = 0
    file["configuration"]["groups"].append({"id": "fresh", "name": "Fresh"})
    for queue in file["configuration"]["queues"]:
        queue["default"] = True
    for path in ("/admin/import?check=1", "/admin/import"):
        if "check" in path:
            problems = (await admin.call("POST", path, file))["problems"]
        else:
            problems = (await refused(admin, "POST", path, file))["problems"]
        found = {(each["code"], each["field"]) for each in problems if each["severity"] == "error"}
        assert found == {("out_of_range", "offer_seconds"), ("default_twice", "default")}
    assert await look(admin) == before


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "file_broken"), (b'{"deskside": 7}', "file_version"), (b"[]", "file_shape")]
)
async def test_a_file_that_is_none(admin: Api, body: bytes, code: str) -> None:
    headers = {**admin.headers(), "Content-Type": "application/json"}
    async with admin.http.post(f"{admin.base}/api/v1/admin/import", data=body, headers=headers) as response:
        answer = await response.json()
    assert (response.status, answer["code"], answer["problems"][0]["code"]) == (422, "invalid", code)
    assert answer["problems"][0]["message"] in answer["message"]


async def test_a_file_may_be_large_but_not_endless(admin: Api) -> None:
    headers = {**admin.headers(), "Content-Type": "application/json"}
    body = b" " * (1 << 20) + b"{}"
    async with admin.http.post(f"{admin.base}/api/v1/admin/import", data=io.BytesIO(body), headers=headers) as response:
        assert (await response.json())["code"] == "invalid"
    body = b" " * ((8 << 20) + 1)
    async with admin.http.post(f"{admin.base}/api/v1/admin/import", data=io.BytesIO(body), headers=headers) as response:
        assert (await response.json())["code"] == "too_large"


async def test_a_file_from_elsewhere_names_accounts_that_are_not_here(admin: Api) -> None:
    found = await look(admin)
    file = {"deskside": 1, "configuration": found["configuration"]}
    file["configuration"]["agents"].append({"id": "stranger", "queues": ["support"]})
    answer = await admin.call("POST", "/admin/import?check=1", file)
    assert answer["problems"] == []
    assert {"kind": "agent", "id": "stranger", "of": "account", "to": "stranger"} in answer["alarms"]
    await admin.call("POST", "/admin/import", file)
    # It is there, and neither in the way of what else is saved.
    await put(admin, "skill", {"id": "spanish", "name": "Spanish"})


async def test_holidays(admin: Api) -> None:
    countries = {each["code"]: each for each in (await admin.call("GET", "/admin/holidays"))["countries"]}
    assert countries["DE"]["name"] == "Germany"
    assert "BY" in countries["DE"]["regions"]
    days = (await admin.call("GET", "/admin/holidays?country=DE&region=BY&year=2026"))["days"]
    assert {"date": "2026-01-06", "name": "Epiphany"} in days
    assert {"date": "2026-01-06", "name": "Epiphany"} not in (
        await admin.call("GET", "/admin/holidays?country=DE&year=2026")
    )["days"]


async def test_hours_as_they_will_be(admin: Api) -> None:
    hours = one(await look(admin), "hours", "office")
    question = {"hours": hours, "from": "2026-07-13", "days": 3}
    days = (await admin.call("POST", "/admin/hours/preview", question))["days"]
    assert [(day["date"], day["name"], len(day["spans"])) for day in days] == [
        ("2026-07-13", "", 2),
        ("2026-07-14", days[1]["name"], 0),
        ("2026-07-15", "", 2),
    ]
    assert days[1]["name"]
    first = days[0]["spans"][0]
    assert (first["local_start"], first["local_to"]) == ("08:00", "12:30")
    assert first["start"] == 1783922400.0
    assert first["to"] - first["start"] == 4.5 * 3600
    error = await refused(admin, "POST", "/admin/hours/preview", {**question, "from": "2026-13-01"})
    assert (error["code"], error["field"]) == ("bad_request", "from")
    error = await refused(admin, "POST", "/admin/hours/preview", {**question, "hours": {**hours, "zone": "X"}})
    assert error["code"] == "invalid"
    assert (await refused(admin, "POST", "/admin/hours/preview", {**question, "days": 63}))["code"] == "bad_request"


async def test_a_policy_is_tried_with_names(admin: Api, house: House) -> None:
    acd = house.installation.acd
    amelie = await house.user_id("amelie")
    asked: list[ContactRequest] = []

    def explain(contact: ContactRequest) -> Explanation:
        asked.append(contact)
        missing = WhyNot("skill_missing", "refunds", 3, 8)
        return Explanation(
            queue="refunds",
            medium="voice",
            waited=10.0,
            steps=0,
            next_step=(contact.arrived_at or 0.0) + 30.0,
            skills={"refunds": 8, "gone": 1},
            groups=["billing"],
            agent=None,
            candidates=[Candidate(amelie, (), 9, 1), Candidate("left", (WhyNot("offline"), missing), 3, 0)],
            chosen=amelie,
            open=True,
            opens_at=None,
        )

    question = {"queue": "refunds", "medium": "voice", "priority": 2, "skills": {"french": 4}, "waited": 10}
    with mock.patch.object(acd, "explain", explain):
        answer = await admin.call("POST", "/admin/policy", question)
    [request] = asked
    assert (request.queue, request.medium, request.priority, request.skills) == ("refunds", "voice", 2, {"french": 4})
    assert acd._now() - (request.arrived_at or 0.0) == pytest.approx(10, abs=5)
    assert (answer["queue_name"], answer["chosen_name"], answer["next_step"]) == ("Refunds", "Amélie Morel", 30.0)
    assert answer["skills"] == [
        {"skill": "gone", "name": "gone", "level": 1},
        {"skill": "refunds", "name": "Refunds", "level": 8},
    ]
    assert answer["groups"] == [{"id": "billing", "name": "Billing"}]
    first, second = answer["agents"]
    assert (first["name"], first["eligible"], first["reasons"]) == ("Amélie Morel", True, [])
    assert (second["name"], second["eligible"]) == ("left", False)
    assert second["reasons"][1] == {
        "code": "skill_missing",
        "skill": "refunds",
        "skill_name": "Refunds",
        "has": 3,
        "needs": 8,
    }


async def test_the_policy_is_the_routing_s_own(admin: Api, house: House) -> None:
    await house.agent("paul")
    question = {"queue": "refunds", "medium": "voice"}
    early = await admin.call("POST", "/admin/policy", question)
    assert (early["steps"], early["chosen"], early["next_step"]) == (0, None, 30.0)
    assert {each["skill"]: each["level"] for each in early["skills"]} == {"refunds": 8, "english": 5}
    late = await admin.call("POST", "/admin/policy", {**question, "waited": 100})
    assert (late["steps"], late["chosen_name"]) == (2, "Paul Bauer")
    assert late["next_step"] == pytest.approx(600, abs=1)
    verdicts = {each["name"]: each for each in early["agents"]}
    codes = {each["code"] for each in verdicts["Paul Bauer"]["reasons"]}
    assert codes == {"not_in_group", "skill_missing"}
    assert [each["code"] for each in verdicts["Amélie Morel"]["reasons"]] == ["offline"]
    sam = await house.signed_in("sam")
    for wrong, field in (({"queue": "nowhere"}, "queue"), ({**question, "agent": "nobody"}, "agent")):
        error = await refused(sam, "POST", "/admin/policy", wrong)
        assert (error["code"], error["field"]) == ("not_found", field)


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"queue": "a b"},
        {"queue": "support", "medium": "smoke"},
        {"queue": "support", "priority": 101},
        {"queue": "support", "skills": {"french": 0}},
        {"queue": "support", "waited": -1},
        {"queue": "support", "also": 1},
    ],
)
async def test_questions_that_are_none(admin: Api, question: Any) -> None:
    assert (await refused(admin, "POST", "/admin/policy", question))["code"] == "bad_request"


async def test_who_may_only_look(house: House) -> None:
    sam = await house.signed_in("sam")
    assert (await look(sam))["version"] > 0
    for method, path, body in (
        ("PUT", "/admin/items/skill/x", {"version": 0, "item": {"id": "x", "name": "X"}}),
        ("POST", "/admin/check", {"changes": []}),
        ("POST", "/admin/changes", {"version": 0, "changes": []}),
        ("POST", "/admin/import", {}),
    ):
        assert (await refused(sam, method, path, body))["code"] == "not_allowed"
    sofia = await house.signed_in("sofia")
    assert (await refused(sofia, "GET", "/admin/configuration"))["code"] == "not_allowed"


async def test_commands_beside_the_server_are_noticed_and_conflict(admin: Api, house: House) -> None:
    seen = (await look(admin))["version"]
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        await note_change(unit, "main")
        await acd.config.put_queue(unit, "support", "Helpdesk")
    async with asyncio.timeout(30):
        while "Helpdesk" not in {queue.name for queue in acd.queues()}:
            await asyncio.sleep(0.05)
    queue = one(await look(admin), "queues", "support")
    error = await refused(admin, "PUT", "/admin/items/queue/support", {"version": seen, "item": queue})
    assert error["code"] == "conflict"
