"""Another tenant's things on the same database are not there."""

from typing import Any

import pytest
from sqlalchemy import update

from rs_server.store import recordings as parts
from rs_server.store import tables
from rs_server.store.recordings import PartRow
from tests.support.client import Refused, Socket

from .conftest import SHOP, House, Start


async def moved_away(start: Start) -> tuple[House, str, Any]:
    """A session with a recording, which another tenant has now; and its customer's token."""
    house = await start()
    customer, agent, session = await house.live()
    await agent.do("session.end", session)
    path = house.services.blobs.path(f"recordings/{session}/part.webm")
    with open(path, "wb") as file:
        file.write(b"0123456789")
    async with house.services.hub.database.begin() as unit:
        await parts.add_part(
            unit.connection,
            PartRow(
                id="part",
                session=session,
                participant="p",
                label="mic",
                codec="opus",
                blob=f"recordings/{session}/part.webm",
                started_at=1.0,
                ended_at=2.0,
            ),
        )
    auditor = await house.signed_in("otto")
    assert (await auditor.call("GET", f"/sessions/{session}"))["session"]["id"] == session
    async with auditor.http.get(f"{house.base}/api/v1/recordings/parts/part") as response:
        assert await response.read() == b"0123456789"
    async with auditor.http.get(
        f"{house.base}/api/v1/recordings/parts/part", headers={"Range": "bytes=2-4"}
    ) as response:
        assert (response.status, await response.read()) == (206, b"234")
    for wrong in ("bytes=20-30", "bytes=5-2"):
        async with auditor.http.get(f"{house.base}/api/v1/recordings/parts/part", headers={"Range": wrong}) as response:
            assert response.status in (200, 416), wrong
    async with house.services.hub.database.begin() as unit:
        await unit.connection.execute(update(tables.sessions).values(tenant="other"))
        await unit.connection.execute(update(tables.sites).values(tenant="other"))
        await unit.connection.execute(update(tables.users).where(tables.users.c.name == "paul").values(tenant="other"))
    resume = customer.welcome["resume"]
    await house.stop()
    await house.begin()
    return house, session, resume


async def test_nothing_of_another_tenant(start: Start) -> None:
    house, session, resume = await moved_away(start)
    auditor = await house.signed_in("otto")
    for path in (f"/sessions/{session}", f"/sessions/{session}/timeline", "/recordings/parts/part"):
        with pytest.raises(Refused, match="not_found"):
            await auditor.call("GET", path)
    assert (await auditor.call("GET", "/sessions"))["rows"] == []
    with pytest.raises(Refused, match="wrong_credentials"):
        await house.signed_in("paul")
    agent = await house.agent()
    with pytest.raises(Refused, match="not_found"):
        await agent.do("chat.post", session, key="k", text="x")
    with pytest.raises(Refused, match="not_found"):
        await house.api(SHOP).call("GET", "/sites/acme-tools")
    back = await Socket(house.api(SHOP), resume).open()
    assert back.bye or not back.bodies("session.snapshot")
