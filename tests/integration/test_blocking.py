"""Nothing that a request or a command does keeps the others waiting for the disk."""

from blockbuster import blockbuster_ctx

from .conftest import House, accept, state
from .test_files import Tus, download, ready


async def test_the_way_of_a_session(house: House) -> None:
    agent = await house.agent()
    with blockbuster_ctx(scanned_modules=["rs_server", "webacd"]) as blocking:
        # Makes a folder, once a session.
        for name in ("os.mkdir", "os.stat"):
            blocking.functions[name].can_block_in("rs_server/store/folder.py", "path")
        customer, session = await house.customer()
        await accept(agent, session)
        await customer.until(lambda: state(customer, session) == "live")
        await customer.do("chat.post", session, key="k", text="hello")
        await customer.do("media.open", session)
        await customer.do("grant.give", session, capability="hear")
        upload = Tus(customer.api, session)
        await upload.create(10)
        assert (await upload.patch(0, b"0123456789"))[0] == 204
        await ready(agent, session, upload.id)
        assert (await download(agent.api, upload.id))[:2] == (200, b"0123456789")
        for path in ("/console", "/join", "/embed.js", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"):
            async with agent.api.http.get(house.base + path) as response:
                assert response.status == 200, path
        made = (await agent.api.call("POST", "/sessions", {"queue": "billing"}))["session"]
        await agent.api.call("POST", f"/sessions/{made}/invites", {"way": "email", "to": "j@home.example"})
        await agent.do("session.end", session)
        await customer.until(lambda: state(customer, session) == "ended")
        assert (await agent.api.call("GET", f"/sessions/{session}"))["session"]["state"] == "ended"


async def test_the_administration(house: House) -> None:
    admin = await house.signed_in("ada")
    with blockbuster_ctx(scanned_modules=["rs_server", "webacd"]):
        found = await admin.call("GET", "/admin/configuration")
        hours = {**found["configuration"]["hours"][0], "country": "IS"}
        change = {"kind": "hours", "id": hours["id"], "item": hours}
        await admin.call("POST", "/admin/check", {"changes": [change]})
        body = {"version": found["version"], "item": hours}
        await admin.call("PUT", f"/admin/items/hours/{hours['id']}", body)
        await admin.call("GET", "/admin/holidays?country=NO&year=2027")
        await admin.call("POST", "/admin/hours/preview", {"hours": hours, "from": "2026-01-01"})
        file = await admin.call("GET", "/admin/export")
        await admin.call("POST", "/admin/import?check=1", file)
        await admin.call("POST", "/admin/import", file)
        await admin.call("GET", "/admin/changes")
