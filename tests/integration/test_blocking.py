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
        # A further connection to PostgreSQL, now and then.
        for name in ("os.path.abspath", "os.stat", "os.readlink"):
            blocking.functions[name].can_block_in("asyncpg/connect_utils.py", "_parse_connect_dsn_and_args")
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
