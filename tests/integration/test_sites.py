"""Administrators change sites; whoever was slower is told; what a page may be told is not what administrators see."""

from typing import Any

import pytest

from rs_server.demo import SITE_KEY
from tests.support.client import Api, Refused

from .conftest import SHOP, House


async def look(api: Api) -> Any:
    sites = (await api.call("GET", "/admin/sites"))["sites"]
    return next(site for site in sites if site["key"] == SITE_KEY)


async def put(api: Api, site: Any, key: str = SITE_KEY, **changes: Any) -> int:
    body = {"version": site["version"], "settings": {**site["settings"], **changes}}
    version: int = (await api.call("PUT", f"/admin/sites/{key}", body))["version"]
    return version


@pytest.fixture
async def ada(house: House) -> Api:
    return await house.signed_in("ada")


async def test_what_is_saved_is_there_at_once(house: House, ada: Api) -> None:
    site = await look(ada)
    changes: dict[str, Any] = {
        "unmask": ["#town", "[name=a] > b"],
        "mask": [".private"],
        "risky": ["#pay"],
        "asset_hosts": ["cdn.example", "[2001:db8::1]:8443"],
        "canaries": ["CANARY-0123456789"],
        "accent": "#ff0000",
        "queues": ["billing", "refunds"],
        "skills": ["french"],
    }
    version = await put(ada, site, **changes)
    assert version == site["version"] + 1
    after = await look(ada)
    assert after == {"key": SITE_KEY, "version": version, "settings": {**site["settings"], **changes}}
    told = await house.api(SHOP).call("GET", f"/sites/{SITE_KEY}")
    assert told["page"] == {"unmask": changes["unmask"], "mask": [".private"], "risky": ["#pay"], "origins": [SHOP]}
    assert "CANARY" not in str(told)
    assert "cdn.example" not in str(told)
    _customer, _agent, session = await house.live()
    state = await house.services.hub.get(session)
    assert house.services.sites.canaries(state) == ("CANARY-0123456789",)
    assert house.services.sites.rules(state).risky == ["#pay"]


async def test_a_site_that_does_not_offer_it_says_nothing_of_pages(house: House, ada: Api) -> None:
    await put(ada, await look(ada), capabilities=["hear"])
    assert (await house.api(SHOP).call("GET", f"/sites/{SITE_KEY}"))["page"] is None


async def test_whoever_was_slower_is_told(house: House, ada: Api) -> None:
    site = await look(ada)
    await put(ada, site, company="One")
    with pytest.raises(Refused) as refused:
        await put(ada, site, company="Two")
    assert (refused.value.code, refused.value.error["field"]) == ("conflict", "version")
    assert (await look(ada))["settings"]["company"] == "One"
    with pytest.raises(Refused) as refused:
        await put(ada, {**site, "version": 0}, company="New")
    assert refused.value.code == "conflict"


async def test_nothing_changed_is_no_change(ada: Api) -> None:
    site = await look(ada)
    assert await put(ada, site) == site["version"]
    assert (await ada.call("GET", f"/admin/sites/{SITE_KEY}/changes"))["changes"] == []


async def test_who_changed_what(house: House, ada: Api) -> None:
    site = await look(ada)
    assert await put(ada, {**site, "version": 0}, "second") == 1
    assert await put(ada, {**site, "version": 1}, "second", mask=["a"]) == 2
    with pytest.raises(Refused) as refused:
        await ada.call("DELETE", "/admin/sites/second?version=1")
    assert refused.value.code == "conflict"
    async with ada.http.delete(f"{house.base}/api/v1/admin/sites/second?version=2", headers=ada.headers()) as response:
        assert response.status == 204
    assert house.services.identity.site("second") is None
    changes = (await ada.call("GET", "/admin/sites/second/changes"))["changes"]
    assert [(each["by"], each["by_name"]) for each in changes] == [(await house.user_id("ada"), "Ada Nilsson")] * 3
    assert [each["before"] and each["before"]["mask"] for each in changes] == [["a"], [], None]
    assert [each["after"] and each["after"]["mask"] for each in changes] == [None, ["a"], []]
    with pytest.raises(Refused) as refused:
        await ada.call("DELETE", "/admin/sites/second?version=0")
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"unmask": ["x"] * 201}, "bad_request", None),
        ({"mask": ["x" * 501]}, "bad_request", None),
        ({"canaries": ["short"]}, "bad_request", None),
        ({"canaries": ["x" * 65]}, "bad_request", None),
        ({"canaries": ["with spaces in it"]}, "bad_request", None),
        ({"canaries": ["LINE-BREAK\n"]}, "bad_request", None),
        ({"origins": []}, "bad_request", None),
        ({"languages": []}, "bad_request", None),
        ({"capabilities": ["everything"]}, "bad_request", None),
        ({"accent": "red"}, "bad_request", None),
        ({"company": " "}, "bad_request", None),
        ({"more": 1}, "bad_request", None),
        ({"origins": ["https://shop.example/"]}, "invalid", "origins.0"),
        ({"origins": [SHOP, "shop.example"]}, "invalid", "origins.1"),
        ({"unmask": ["ok", " "]}, "invalid", "unmask.1"),
        ({"risky": ["a\nb"]}, "bad_request", None),
        ({"mask": ["a{}"]}, "invalid", "mask.0"),
        *(
            ({"mask": [".a", selector]}, "invalid", "mask.1")
            for selector in ('[name="x', "[name='x", "[name=x", ".a:is(.b", ".a /* b", ".a\\", '"', ".a)", "[a=(]")
        ),
        ({"queue": "none"}, "invalid", "queue"),
        ({"queues": ["billing", "none"]}, "invalid", "queues.1"),
        ({"queues": ["a b"]}, "bad_request", None),
        ({"queues": ["billing"] * 51}, "bad_request", None),
        ({"skills": ["none"]}, "invalid", "skills.0"),
        ({"capabilities": ["page_control"]}, "invalid", "capabilities"),
        *(
            ({"asset_hosts": [host]}, "invalid", "asset_hosts.0")
            for host in (
                *(
                    "https://cdn.example",
                    "CDN.example",
                    "cdn.example.",
                    "cdn.example:",
                    "cdn.example:0",
                    "cdn.example:443",
                    "a_b.example",
                ),
                *("cdn.example:65536", "cdn.example:080", "*.example", "cdn.example/x", "user@cdn.example", "::1"),
                *("[::1", "[0:0::1]", "2130706433", "127.1", "010.0.0.1", "a..b", "-a.example"),
            )
        ),
    ],
)
async def test_what_is_not_taken(ada: Api, changes: Any, code: str, field: str | None) -> None:
    site = await look(ada)
    with pytest.raises(Refused) as refused:
        await put(ada, site, **changes)
    assert (refused.value.code, refused.value.error.get("field")) == (code, field)
    assert await look(ada) == site


async def test_what_was_deleted_since_may_stay_in_a_list(house: House, ada: Api) -> None:
    site = await look(ada)
    await put(ada, site, queues=["refunds"], skills=["french"])
    acd = house.installation.acd
    async with acd.database.begin() as unit:
        await acd.config.remove(unit, "queue", "refunds")
        await acd.config.remove(unit, "skill", "french")
        await acd.reconfigure(unit)
    site = await look(ada)
    await put(ada, site, company="Another")
    after = await look(ada)
    assert (after["settings"]["queues"], after["settings"]["skills"]) == (["refunds"], ["french"])
    await put(ada, after, queues=[], skills=[])
    with pytest.raises(Refused) as refused:
        await put(ada, await look(ada), queues=["refunds"])
    assert refused.value.code == "invalid"
    known = await ada.call("GET", "/admin/sites")
    assert ["refunds", "Refunds"] in known["skills"]
    assert "french" not in [id for id, _ in known["skills"]]


@pytest.mark.parametrize("key", ["a b", "-a", "x" * 65, "a.b"])
async def test_a_key_that_is_none(ada: Api, key: str) -> None:
    with pytest.raises(Refused) as refused:
        await put(ada, {**await look(ada), "version": 0}, key)
    assert (refused.value.code, refused.value.error["field"]) == ("invalid", "key")


async def test_the_queues_are_told(ada: Api) -> None:
    queues = dict((await ada.call("GET", "/admin/sites"))["queues"])
    assert {"support", "billing"} <= queues.keys()
